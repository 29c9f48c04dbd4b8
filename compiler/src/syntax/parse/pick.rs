//! What a bundle picks for each customer: `pick a: category of product where condition by value desc`.

use pest::iterators::Pair;

use super::{Reader, Rule, foreign, route};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast::{Expr, Name, PickClause, Span};
use crate::syntax::layout::Part;

/// The clause; `None`: reported.
pub fn pick(reader: &mut Reader<'_>, part: &Part) -> Option<PickClause> {
    let (mut name, mut from, mut filter, mut by) = (None, None, None, None);
    for pair in reader.matched(Rule::pick_clause, part)?.into_inner() {
        let span = reader.span(&pair);
        match pair.as_rule() {
            Rule::name | Rule::odd_name => name = Some(reader.name(&pair)),
            Rule::odd_pick_colon => reader.report(colon(reader, span)),
            Rule::no_pick_name => {
                let here = Span { start: span.start, end: span.start };
                reader.report(
                    Diagnostic::error(
                        codes::FORGOTTEN_WORD,
                        "what is picked has no name",
                        here,
                        "a name is missing here",
                    )
                    .help("write `pick a: product …`, and `{a}` in the texts")
                    .fix("name it `a`", here, "a: "),
                );
                name = Some(Name { node: "a".into(), span: here });
            }
            Rule::pick_from => from = source(reader, pair, span),
            Rule::where_part => filter = Some(route::condition(reader, pair)),
            Rule::pick_by => by = order(reader, pair),
            _ => {}
        }
    }
    let (field, table) = from?;
    Some(PickClause { name: name?, field, table, filter, by: by? })
}

/// `pick a from product`
fn colon(reader: &Reader<'_>, span: Span) -> Diagnostic {
    let before = reader.text.get(..span.start as usize).unwrap_or("").trim_end().len();
    let all = Span::new(before, span.end as usize);
    let mut diagnostic = foreign::word(reader, span, ":");
    if let Some(fix) = diagnostic.fix.as_mut() {
        fix.span = all;
        fix.replacement = ":".to_owned();
    }
    diagnostic
}

/// `category of product`, `product`, and what is meant so: `product.category`.
fn source<'t>(reader: &mut Reader<'t>, pair: Pair<'t, Rule>, all: Span) -> Option<(Option<Name>, Name)> {
    let mut names = Vec::new();
    let mut dotted = false;
    for part in pair.into_inner() {
        let span = reader.span(&part);
        match part.as_rule() {
            Rule::odd_article => reader.report(foreign::superfluous(reader, span)),
            Rule::odd_pick_of => reader.report(foreign::word(reader, span, "of")),
            Rule::dot => dotted = true,
            Rule::name | Rule::odd_name => names.push(reader.name(&part)),
            _ => {}
        }
    }
    let mut names = names.into_iter();
    let first = names.next()?;
    let Some(second) = names.next() else { return Some((None, first)) };
    if !dotted {
        return Some((Some(first), second));
    }
    let right = format!("{} of {}", second.node, first.node);
    reader.report(
        Diagnostic::error(
            codes::FOREIGN_WORD,
            "the field stands first, then its table",
            all,
            format!("write `{right}`"),
        )
        .fix(format!("write `{right}`"), all, right),
    );
    Some((Some(second), first))
}

/// `by value desc`
fn order<'t>(reader: &mut Reader<'t>, pair: Pair<'t, Rule>) -> Option<Expr> {
    let mut value = None;
    for part in pair.into_inner() {
        let span = reader.span(&part);
        match part.as_rule() {
            Rule::odd_pick_by => reader.report(foreign::word(reader, span, "by")),
            Rule::odd_desc => reader.report(foreign::word(reader, span, "desc")),
            Rule::odd_asc => {
                let message = "the greatest is picked";
                let by = value.as_ref().map_or("price", |value: &Expr| reader.written(value.span));
                let diagnostic = Diagnostic::error(codes::FOREIGN_WORD, message, span, "not the least");
                reader.report(diagnostic.help(format!("pick the least with `by -({by})`")));
            }
            Rule::expr => value = Some(reader.expr(part)),
            _ => {}
        }
    }
    value
}
