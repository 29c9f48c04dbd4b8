//! `journey checkin = visit where store.kind = "mall", then scan within 2 days where product.promoted`

use pest::iterators::Pair;

use super::{Reader, Rule, clause, foreign};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast::{Expr, ItemKind, JourneyItem, JourneyStep, Span};

/// Reads the item that the tokens hold.
pub fn journey(reader: &mut Reader<'_>) -> Option<ItemKind> {
    let part = super::item::single(reader, "journey");
    let mut name = None;
    let mut steps = Vec::new();
    for pair in reader.matched(Rule::journey_item, &part)?.into_inner() {
        let span = reader.span(&pair);
        match pair.as_rule() {
            Rule::name | Rule::odd_name => name = Some(reader.name(&pair)),
            Rule::odd_definition => reader.report(foreign::operator(reader, span, "=")),
            Rule::no_equals => reader.report(foreign::forgotten(span, "=", "after the journey's name")),
            Rule::step => steps.extend(step(reader, pair)),
            Rule::step_next => {
                if let Some(odd) = pair.into_inner().find(|inner| inner.as_rule() == Rule::odd_step_next) {
                    reader.report(clause::separator(reader, &odd, ", then"));
                }
            }
            _ => {}
        }
    }
    Some(ItemKind::Journey(JourneyItem { name: name?, steps }))
}

/// `scan within 2 days where product.promoted`
fn step<'t>(reader: &mut Reader<'t>, pair: Pair<'t, Rule>) -> Option<JourneyStep> {
    let span = reader.span(&pair);
    let (mut events, mut within, mut filter) = (None, None, None);
    for part in pair.into_inner() {
        let at = reader.span(&part);
        match part.as_rule() {
            Rule::name | Rule::odd_name => events = Some(reader.name(&part)),
            Rule::step_within => within = length(reader, part),
            Rule::step_late => {
                reader.report(late(reader, at));
                within = within.or(length(reader, part));
            }
            Rule::step_where => filter = condition(reader, part),
            _ => {}
        }
    }
    Some(JourneyStep { span, events: events?, within, filter })
}

/// `within 2 days`
fn length<'t>(reader: &mut Reader<'t>, pair: Pair<'t, Rule>) -> Option<Expr> {
    let mut length = None;
    for part in pair.into_inner() {
        let span = reader.span(&part);
        match part.as_rule() {
            Rule::odd_within => reader.report(foreign::word(reader, span, "within")),
            Rule::sum => {
                let value = reader.expr(part);
                length = Some(clause::span_literal(reader, value, "a step comes within a length of time", "within"));
            }
            _ => {}
        }
    }
    length
}

fn condition<'t>(reader: &mut Reader<'t>, pair: Pair<'t, Rule>) -> Option<Expr> {
    let mut condition = None;
    for part in pair.into_inner() {
        let span = reader.span(&part);
        match part.as_rule() {
            Rule::odd_step_where => reader.report(foreign::word(reader, span, "where")),
            Rule::expr => condition = Some(reader.expr(part)),
            _ => {}
        }
    }
    condition
}

/// `scan where product.promoted within 2 days`
fn late(reader: &Reader<'_>, at: Span) -> Diagnostic {
    let written = reader.written(at);
    Diagnostic::error(codes::UNEXPECTED, "`within` stands before `where`", at, "too late here")
        .help(format!("write it right after the event: `scan {written} where …`"))
}
