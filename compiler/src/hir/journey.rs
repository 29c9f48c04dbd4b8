//! Journeys: ordered steps over events. [`opportune_plan::Journey`] says what they mean.
//!
//! What must hold: a step's `where` is never unknown, and no journey needs another, so that each is told from the
//! customer's events alone.

use std::collections::BTreeSet;

use opportune_plan::{Constant, TableId};

use super::infer::{Context, Infer};
use super::missing::may_miss;
use super::{Expr, ExprKind};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast::{self, JourneyItem};

/// A journey whose steps hold together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Journey {
    /// The name.
    pub name: Box<str>,
    /// The steps; at least one.
    pub steps: Vec<JourneyStep>,
    /// The customer's zone.
    pub zone: Expr,
}

/// A step of a journey.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JourneyStep {
    /// The event table.
    pub events: TableId,
    /// Which of its events; never unknown.
    pub filter: Option<Expr>,
    /// How long after the step before.
    pub within: Option<Constant>,
}

/// A journey, if all of it could be understood, and all that is wrong with it. `users` are the segments and traits that
/// need a journey.
pub fn journey(
    context: Context<'_>,
    item: &JourneyItem,
    users: &BTreeSet<Box<str>>,
) -> (Option<Journey>, Vec<Diagnostic>) {
    let mut infer = Infer::new(context);
    let steps: Vec<Option<JourneyStep>> =
        item.steps.iter().enumerate().map(|(at, written)| step(&mut infer, at, written, users)).collect();
    let zone = infer.zone();
    let steps = steps.into_iter().collect::<Option<Vec<JourneyStep>>>().filter(|steps| !steps.is_empty());
    let journey = steps.map(|steps| Journey { name: item.name.node.clone(), steps, zone });
    let diagnostics = infer.into_diagnostics();
    (journey.filter(|_| diagnostics.is_empty()), diagnostics)
}

fn step(
    infer: &mut Infer<'_>,
    at: usize,
    written: &ast::JourneyStep,
    users: &BTreeSet<Box<str>>,
) -> Option<JourneyStep> {
    let events = infer.event_table(&written.events.node, written.events.span);
    let within = written.within.as_ref().map(|length| limit(infer, at, length, events));
    let filter = written.filter.as_ref().zip(events).map(|(filter, events)| condition(infer, events, filter, users));
    let (within, filter) = (settled(within)?, settled(filter)?);
    Some(JourneyStep { events: events?, filter, within })
}

/// A part that is not there is settled; one that is there and was not understood is not.
fn settled<T>(part: Option<Option<T>>) -> Option<Option<T>> {
    part.map_or(Some(None), |found| found.map(Some))
}

fn limit(infer: &mut Infer<'_>, at: usize, written: &ast::Expr, events: Option<TableId>) -> Option<Constant> {
    if at == 0 {
        let message = "the first step follows no other, so it has no limit";
        let diagnostic = Diagnostic::error(codes::BAD_STEP, message, written.span, "no step before it");
        return infer.fail(diagnostic.help("leave `within …` out; to look at a stretch of time only, say so where the journey is used: `checkin.since in last 30 days`"));
    }
    let length = infer.length(written)?;
    if length.micros != 0 && events.is_some_and(|events| infer.happens_on_a_date(events)) {
        let message = "these events happen on a date, which has no hours";
        let diagnostic = Diagnostic::error(codes::BAD_WINDOW, message, written.span, "hours of a date");
        return infer.fail(diagnostic.help("give the limit in days, weeks, months or years"));
    }
    Some(match (length.months, length.days) {
        (0, 0) => Constant::Duration(length.micros),
        (0, days) => Constant::Days(i64::from(days)),
        (months, _) => Constant::Months(i64::from(months)),
    })
}

fn condition(infer: &mut Infer<'_>, events: TableId, written: &ast::Expr, users: &BTreeSet<Box<str>>) -> Option<Expr> {
    let found = infer.over_events(events, |infer| infer.condition(written))?;
    if found.nullable {
        let message = "this `where` may be unknown, and then nobody could say which step is reached";
        let diagnostic = Diagnostic::error(codes::STEP_UNKNOWN, message, written.span, "unknown where data is missing");
        let help = "say what counts then: `else false` at its end leaves such events out, `else true` takes them in";
        let diagnostic = diagnostic.may_miss(may_miss(infer.context.schema, [&found]));
        return infer.fail(diagnostic.help(help));
    }
    if let Some(needed) = needs_journey(&found, users) {
        let message = "a journey cannot need a journey";
        let label = format!("`{needed}` needs one");
        let diagnostic = Diagnostic::error(codes::JOURNEY_IN_JOURNEY, message, written.span, label);
        return infer
            .fail(diagnostic.help("write the steps of both as one journey, or ask for both where they are used"));
    }
    Some(found)
}

/// The journey that an expression needs, or the segment or trait that needs one.
pub(crate) fn needs_journey<'a>(expr: &'a Expr, users: &BTreeSet<Box<str>>) -> Option<&'a str> {
    match &expr.kind {
        ExprKind::Journey(name, _) => return Some(name),
        ExprKind::Definition(name) if users.contains(name) => return Some(name),
        _ => {}
    }
    let mut found = None;
    expr.kind.for_each_operand(&mut |operand| {
        if found.is_none() {
            found = needs_journey(operand, users);
        }
    });
    found
}
