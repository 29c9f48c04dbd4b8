//! The channels of an offer: `channel branch, else email when not exists(visit in last 7 days), else sms`.

use pest::iterators::Pair;

use super::{Reader, Rule, clause, foreign};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast::{BinaryWord, Expr, ExprKind, RouteItem, Span};
use crate::syntax::layout::Part;

/// The clause; `None`: reported.
pub fn routes(reader: &mut Reader<'_>, part: &Part) -> Option<Vec<RouteItem>> {
    let mut routes = Vec::new();
    for pair in reader.matched(Rule::channel_clause, part)?.into_inner() {
        let span = reader.span(&pair);
        match pair.as_rule() {
            Rule::route => routes.extend(route(reader, pair)),
            Rule::colon => reader.report(foreign::superfluous(reader, span)),
            Rule::channel_next => {
                let mut inner = pair.into_inner().peekable();
                let comma = inner.peek().is_some_and(|first| first.as_rule() == Rule::comma);
                if let Some(odd) = inner.find(|inner| inner.as_rule() == Rule::odd_next) {
                    let at = reader.span(&odd);
                    reader.report(match comma {
                        true => foreign::word(reader, at, "else"),
                        false => clause::separator(reader, &odd, ", else"),
                    });
                }
            }
            _ => {}
        }
    }
    Some(routes)
}

/// `email when condition`; where its condition took the next channel along, both.
fn route<'t>(reader: &mut Reader<'t>, pair: Pair<'t, Rule>) -> Vec<RouteItem> {
    let mut channel = None;
    let mut when = None;
    for part in pair.into_inner() {
        match part.as_rule() {
            Rule::name | Rule::odd_name => channel = Some(reader.name(&part)),
            Rule::when_part => when = Some(condition(reader, part)),
            _ => {}
        }
    }
    let Some(channel) = channel else { return Vec::new() };
    match when {
        // In brackets, the `else` belongs to the condition.
        Some(Expr { kind: ExprKind::Binary(op, left, right), span })
            if op.node == BinaryWord::Else && matches!(right.kind, ExprKind::Name(_)) && right.span.end == span.end =>
        {
            reader.report(swallowed(reader, left.span, op.span, right.span));
            let next = match right.kind {
                ExprKind::Name(node) => Some(RouteItem { channel: super::Name { node, span: right.span }, when: None }),
                _ => None,
            };
            std::iter::once(RouteItem { channel, when: Some(*left) }).chain(next).collect()
        }
        when => vec![RouteItem { channel, when }],
    }
}

/// `email when new_parents else sms`
fn swallowed(reader: &Reader<'_>, condition: Span, word: Span, name: Span) -> Diagnostic {
    let here = Span { start: condition.end, end: word.end };
    let name = reader.written(name);
    Diagnostic::error(
        codes::ROUTE_ELSE,
        format!("`else {name}` may be the next channel or a part of the condition"),
        word,
        "a comma stands before the next channel",
    )
    .help(format!(
        "write `, else {name}` for the next channel; a part of the condition goes into brackets: `(… else {name})`"
    ))
    .fix("write `, else`", here, ", else")
}

/// The condition of `when`; damaged, it is still there: without one the channel would be open to all.
pub fn condition<'t>(reader: &mut Reader<'t>, pair: Pair<'t, Rule>) -> Expr {
    let mut value = Expr { kind: ExprKind::Error, span: reader.span(&pair) };
    let mut inverse = false;
    for part in pair.into_inner() {
        let span = reader.span(&part);
        match part.as_rule() {
            Rule::odd_when_part if reader.written(span) == "unless" => {
                inverse = true;
                reader.report(
                    Diagnostic::error(
                        codes::FOREIGN_WORD,
                        "`unless` is written with `when not`",
                        span,
                        "not a word of the language",
                    )
                    .help("write `when not (…)`: it holds where the condition is definitely false, so think of missing data too"),
                );
            }
            Rule::odd_when_part => reader.report(foreign::word(reader, span, "when")),
            Rule::odd_where_part => reader.report(foreign::word(reader, span, "where")),
            Rule::expr => value = reader.expr(part),
            _ => {}
        }
    }
    if inverse { Expr { kind: ExprKind::Error, span: value.span } } else { value }
}
