//! The clauses of the portfolio that answer what customers do, and the rest of them: pauses, stops, suppressions, the
//! fallback, levers, possible zones.

use pest::iterators::Pair;

use super::clause::span_literal;
use super::timing::said_twice;
use super::{Reader, Rule, experiment, foreign, route};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast::{Expr, Name, PortfolioClauseKind, Span};
use crate::syntax::layout::Part;

/// `pause 30 days after 3 ignored`
pub fn pause(reader: &mut Reader<'_>, part: &Part) -> Option<PortfolioClauseKind> {
    let mut length = None;
    let mut after = None;
    for pair in reader.matched(Rule::pause_clause, part)?.into_inner() {
        let span = reader.span(&pair);
        match pair.as_rule() {
            Rule::odd_for | Rule::odd_article => reader.report(foreign::superfluous(reader, span)),
            Rule::odd_reaction => reader.report(foreign::word(reader, span, "after")),
            Rule::sum if length.is_none() => {
                let value = reader.expr(pair);
                length = Some(span_literal(reader, value, "a pause has a length", "pause"));
            }
            Rule::odd_number | Rule::sum => after = Some(reader.how_many(pair)),
            Rule::pause_what => ignored(reader, span)?,
            _ => {}
        }
    }
    Some(PortfolioClauseKind::Pause { length: length?, after: after? })
}

/// `ignored` and nothing else; `None`: something else is counted.
fn ignored(reader: &mut Reader<'_>, span: Span) -> Option<()> {
    let written = reader.written(span);
    if written == "ignored" {
        return Some(());
    }
    let lower = written.to_lowercase();
    let known =
        ["ignor", "unopened", "unanswered", "unread", "no response", "non_response", "without response", "missed"];
    if known.iter().any(|word| lower.contains(word)) {
        reader
            .report(foreign::word(reader, span, "ignored").help("counted are contacts in a row that had no response"));
        return Some(());
    }
    let message = format!("a pause follows `ignored` contacts, not `{}`", super::failure::shown(written));
    reader.report(
        Diagnostic::error(codes::UNEXPECTED, message, span, "`ignored` is expected here")
            .help("write `pause 30 days after 3 ignored`; on a response of one kind no more is sent with `stop after unsubscribed`, and after an event nothing for a while with `suppress for 30 days after purchase`"),
    );
    None
}

/// `stop after unsubscribed`, `stop email after unsubscribed`
pub fn stop(reader: &mut Reader<'_>, part: &Part) -> Option<PortfolioClauseKind> {
    let mut channel = None;
    let mut outcome = None;
    for pair in reader.matched(Rule::stop_clause, part)?.into_inner() {
        let span = reader.span(&pair);
        match pair.as_rule() {
            Rule::stop_channel => channel = stop_channel(reader, pair, span),
            Rule::odd_reaction => reader.report(foreign::word(reader, span, "after")),
            Rule::odd_article => reader.report(foreign::superfluous(reader, span)),
            Rule::name | Rule::odd_name => outcome = Some(reader.name(&pair)),
            _ => {}
        }
    }
    Some(PortfolioClauseKind::Stop { channel, outcome: outcome? })
}

/// `email` of `stop email after …`; `all` stands for every channel and is not written.
fn stop_channel<'t>(reader: &mut Reader<'t>, pair: Pair<'t, Rule>, all: Span) -> Option<Name> {
    if matches!(reader.written(all), "all" | "everything" | "any" | "sending" | "contact") {
        reader.report(foreign::superfluous(reader, all).help("without a channel, nothing more is sent on any"));
        return None;
    }
    let mut channel = None;
    for part in pair.into_inner() {
        let span = reader.span(&part);
        match part.as_rule() {
            Rule::odd_cap_on => reader.report(foreign::superfluous(reader, span)),
            Rule::name | Rule::odd_name => channel = Some(reader.name(&part)),
            _ => {}
        }
    }
    channel
}

/// `suppress for 180 days after purchase where offer.sells contains product.category`
pub fn suppress(reader: &mut Reader<'_>, part: &Part) -> Option<PortfolioClauseKind> {
    let (mut length, mut events, mut filter) = (None, None, None);
    for pair in reader.matched(Rule::suppress_clause, part)?.into_inner() {
        let span = reader.span(&pair);
        match pair.as_rule() {
            Rule::no_for => reader.report(foreign::forgotten(span, "for", "before the length of time")),
            Rule::odd_reaction => reader.report(foreign::word(reader, span, "after")),
            Rule::odd_article => reader.report(foreign::superfluous(reader, span)),
            Rule::sum => {
                let value = reader.expr(pair);
                length = Some(span_literal(reader, value, "a suppression has a length", "for"));
            }
            Rule::name | Rule::odd_name => events = Some(reader.name(&pair)),
            Rule::where_part => filter = Some(route::condition(reader, pair)),
            _ => {}
        }
    }
    Some(PortfolioClauseKind::Suppress { length: length?, events: events?, filter })
}

/// `fallback newsletter`
pub fn fallback(reader: &mut Reader<'_>, part: &Part) -> Option<PortfolioClauseKind> {
    let mut offer = None;
    for pair in reader.matched(Rule::fallback_clause, part)?.into_inner() {
        let span = reader.span(&pair);
        match pair.as_rule() {
            Rule::odd_fallback => reader.report(foreign::superfluous(reader, span)),
            Rule::name | Rule::odd_name => offer = Some(reader.name(&pair)),
            _ => {}
        }
    }
    offer.map(PortfolioClauseKind::Fallback)
}

/// `lever spring 1.2 where offer.topic = "garden" when weekly_spend > 20 USD`
pub fn lever(reader: &mut Reader<'_>, part: &Part) -> Option<PortfolioClauseKind> {
    let (mut name, mut factor) = (None, None);
    let (mut filter, mut when): (Option<Expr>, Option<Expr>) = (None, None);
    for pair in reader.matched(Rule::lever_clause, part)?.into_inner() {
        let span = reader.span(&pair);
        match pair.as_rule() {
            Rule::name | Rule::odd_name => name = Some(reader.name(&pair)),
            Rule::odd_lever => reader.report(foreign::superfluous(reader, span)),
            Rule::sum => factor = Some(reader.expr(pair)),
            Rule::where_part | Rule::odd_lever_where => {
                let condition = lever_where(reader, pair);
                if filter.is_some() {
                    reader.report(said_twice("`lever` says twice of which offers", span));
                } else {
                    filter = Some(condition);
                }
            }
            Rule::when_part => {
                let condition = route::condition(reader, pair);
                if when.is_some() {
                    reader.report(said_twice("`lever` says twice for which customers", span));
                } else {
                    when = Some(condition);
                }
            }
            _ => {}
        }
    }
    Some(PortfolioClauseKind::Lever { name: name?, factor: factor?, filter, when })
}

/// `where offer.topic = "garden"`, `for offer.topic = "garden"`
fn lever_where<'t>(reader: &mut Reader<'t>, pair: Pair<'t, Rule>) -> Expr {
    let odd = pair.clone().into_inner().find(|inner| inner.as_rule() == Rule::odd_lever_word);
    if let Some(span) = odd.map(|odd| reader.span(&odd)) {
        reader.report(foreign::word(reader, span, "where"));
    }
    route::condition(reader, pair)
}

/// `possible zones "America/New_York", "America/Chicago"`
pub fn zones(reader: &mut Reader<'_>, part: &Part) -> Option<PortfolioClauseKind> {
    let mut zones = Vec::new();
    let mut list = None;
    for pair in reader.matched(Rule::zones_clause, part)?.into_inner() {
        let span = reader.span(&pair);
        match pair.as_rule() {
            Rule::odd_zones => reader.report(foreign::word(reader, span, "zones")),
            Rule::no_zones => reader.report(foreign::forgotten(span, "zones", "after `possible`")),
            Rule::colon => reader.report(foreign::superfluous(reader, span)),
            Rule::open_list => list = Some(span),
            Rule::zone_next => experiment::next(reader, pair, "between two zones"),
            Rule::zone_name => zones.extend(zone(reader, pair)),
            Rule::close_list => {
                if let Some(all) = list.take().map(|open| open.to(span)) {
                    let inner = reader.written(Span { start: all.start + 1, end: all.end - 1 }).trim().to_owned();
                    let message = "zones are named without brackets";
                    let diagnostic = Diagnostic::error(codes::FOREIGN_OPERATOR, message, all, "write them without");
                    reader.report(diagnostic.fix("leave the brackets out", all, inner));
                }
            }
            _ => {}
        }
    }
    Some(PortfolioClauseKind::PossibleZones(zones))
}

fn zone<'t>(reader: &mut Reader<'t>, pair: Pair<'t, Rule>) -> Option<Name> {
    let inner = pair.into_inner().next()?;
    if inner.as_rule() != Rule::odd_zone_name {
        return Some(reader.text_value(&inner));
    }
    let span = reader.span(&inner);
    let written = reader.written(span);
    let right = super::text::quoted(written);
    reader.report(
        Diagnostic::error(codes::BAD_WORD, "a zone is named in a text", span, format!("write `{right}`")).fix(
            "write it in quotes",
            span,
            right,
        ),
    );
    Some(Name { node: written.into(), span })
}
