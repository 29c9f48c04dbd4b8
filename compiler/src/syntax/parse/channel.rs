//! The clauses of a channel: who begins, when it is quiet, what it carries, costs and holds.

use pest::iterators::Pair;

use super::{Reader, Rule, clause, foreign};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast::{ChannelClauseKind, Expr, ExprKind, Name, Span};
use crate::syntax::layout::Part;
use opportune_plan::Direction;

/// `outbound`, `inbound`, `inbound and outbound`
pub fn direction(reader: &mut Reader<'_>, part: &Part) -> Option<ChannelClauseKind> {
    let (mut inbound, mut outbound) = (false, false);
    let mut odd = false;
    for pair in reader.matched(Rule::direction_clause, part)?.into_inner() {
        match (pair.as_rule(), pair.as_str()) {
            (Rule::direction, "inbound") => {
                odd |= outbound;
                inbound = true;
            }
            (Rule::direction, _) => outbound = true,
            (Rule::odd_both, _) => odd = true,
            _ => {}
        }
    }
    let direction = match (inbound, outbound) {
        (true, true) => Direction::Both,
        (true, false) => Direction::Inbound,
        _ => Direction::Outbound,
    };
    if odd && direction == Direction::Both {
        let all = reader.part_span(part);
        let right = "inbound and outbound";
        let message = format!("a channel for both is `{right}`");
        let diagnostic = Diagnostic::error(codes::WORD_ORDER, message, all, format!("write `{right}`"));
        reader.report(diagnostic.fix(format!("write `{right}`"), all, right));
    }
    Some(ChannelClauseKind::Direction(direction))
}

/// `both`
pub fn both(reader: &mut Reader<'_>, word: Span) -> ChannelClauseKind {
    reader.report(foreign::word(reader, word, "inbound and outbound"));
    ChannelClauseKind::Direction(Direction::Both)
}

/// `quiet 21:00 to 08:00 on weekdays`, `quiet by law of customer.state`
pub fn quiet(reader: &mut Reader<'_>, part: &Part) -> Option<ChannelClauseKind> {
    let mut kind = None;
    for pair in reader.matched(Rule::quiet_clause, part)?.into_inner() {
        let span = reader.span(&pair);
        match pair.as_rule() {
            Rule::colon | Rule::odd_quiet_word => reader.report(foreign::superfluous(reader, span)),
            Rule::quiet_when => {
                let law = pair.clone().into_inner().find(|inner| inner.as_rule() == Rule::quiet_law);
                kind = match law {
                    Some(law) => quiet_law(reader, law),
                    None => reader.quiet_when(pair).map(ChannelClauseKind::Quiet),
                };
            }
            _ => {}
        }
    }
    kind
}

/// `by law of customer.state`
fn quiet_law<'t>(reader: &mut Reader<'t>, pair: Pair<'t, Rule>) -> Option<ChannelClauseKind> {
    let mut of = None;
    for part in pair.into_inner() {
        let span = reader.span(&part);
        match part.as_rule() {
            Rule::odd_law_of => reader.report(foreign::word(reader, span, "of")),
            Rule::sum => of = Some(reader.expr(part)),
            _ => {}
        }
    }
    of.map(ChannelClauseKind::Law)
}

/// `lead 2 hours`, `horizon 14 days`: the length of time after the clause's word.
pub fn length(reader: &mut Reader<'_>, part: &Part, message: &str, word: &str) -> Option<Expr> {
    let mut length = None;
    for pair in reader.matched(Rule::length_clause, part)?.into_inner() {
        let span = reader.span(&pair);
        match pair.as_rule() {
            Rule::colon | Rule::odd_length_word => reader.report(foreign::superfluous(reader, span)),
            Rule::sum => {
                let value = reader.expr(pair);
                length = Some(clause::span_literal(reader, value, message, word));
            }
            _ => {}
        }
    }
    length
}

/// `capacity 50_000 per week`
pub fn capacity(reader: &mut Reader<'_>, part: &Part) -> Option<ChannelClauseKind> {
    let mut most = None;
    let mut each = None;
    for pair in reader.matched(Rule::capacity_clause, part)?.into_inner() {
        let span = reader.span(&pair);
        match pair.as_rule() {
            Rule::colon | Rule::odd_most => reader.report(foreign::superfluous(reader, span)),
            Rule::odd_per => reader.report(foreign::word(reader, span, "per")),
            Rule::sum => most = Some(reader.expr(pair)),
            Rule::name | Rule::odd_name => each = stretch(reader, span),
            Rule::odd_ly => each = adverb(reader, span),
            Rule::no_per => {
                let (all, slash) = (reader.part_span(part), most.take().map(by_slash));
                let (value, unit) = slash?;
                most = Some(value);
                each = unit.and_then(|unit| slashed(reader, unit, all, most.as_ref()));
                if unit.is_none() {
                    let message = "a capacity says for how long it is";
                    let here = Span { start: all.end, end: all.end };
                    let diagnostic =
                        Diagnostic::error(codes::FORGOTTEN_WORD, message, here, "`per day` or `per week` is missing");
                    reader.report(diagnostic.help("write `capacity 50_000 per week`"));
                }
            }
            _ => {}
        }
    }
    Some(ChannelClauseKind::Capacity { most: most?, each: each? })
}

/// `50_000/week` is one expression.
fn by_slash(value: Expr) -> (Expr, Option<Span>) {
    match value.kind {
        ExprKind::Binary(op, most, unit)
            if op.node == crate::syntax::ast::BinaryWord::Divide && matches!(unit.kind, ExprKind::Name(_)) =>
        {
            (*most, Some(unit.span))
        }
        kind => (Expr { kind, ..value }, None),
    }
}

fn slashed(reader: &mut Reader<'_>, unit: Span, all: Span, most: Option<&Expr>) -> Option<Name> {
    let before = most.map_or(all.start, |most| most.span.end);
    let sign = Span { start: before, end: unit.start };
    let word = reader.written(unit).to_owned();
    let message = "`/` is written `per` here";
    let diagnostic = Diagnostic::error(codes::FOREIGN_OPERATOR, message, sign, format!("write `per {word}`"));
    reader.report(diagnostic.fix("write `per`", sign, " per "));
    stretch(reader, unit)
}

/// `day` or `week`; others are reported.
fn stretch(reader: &mut Reader<'_>, span: Span) -> Option<Name> {
    let written = reader.written(span);
    let right = match written.to_lowercase().as_str() {
        "day" | "days" => "day",
        "week" | "weeks" => "week",
        _ => {
            let message = format!("a capacity is for a day or a week, not for a `{}`", super::failure::shown(written));
            let diagnostic = Diagnostic::error(codes::BAD_UNIT, message, span, "`day` or `week` is expected here");
            reader.report(diagnostic.help("write `per day` or `per week`, with what fits into it"));
            return None;
        }
    };
    if written != right {
        reader.report(foreign::word(reader, span, right));
    }
    Some(Name { node: right.into(), span })
}

/// `capacity 500 daily`
fn adverb(reader: &mut Reader<'_>, span: Span) -> Option<Name> {
    let right = match reader.written(span) {
        "daily" => "day",
        "weekly" => "week",
        _ => return stretch(reader, span),
    };
    reader.report(foreign::word(reader, span, &format!("per {right}")));
    Some(Name { node: right.into(), span })
}
