//! How far a customer is on a journey: [`opportune_plan::Journey`] has the rules, by number.

use opportune_plan::{Constant, JourneyPart};

use crate::builtin::calendar;
use crate::time::{Zone, in_years};
use crate::value::Value;

/// An event of a table of the journey, when it happened, and by step whether it matches it; of a step over another
/// table, false.
pub struct Event {
    pub at: i64,
    pub matches: Vec<bool>,
}

/// Where a customer stands.
#[derive(Clone, Copy, Default)]
struct Reached {
    /// How many steps.
    steps: usize,
    /// When the last of them was reached.
    since: i64,
}

/// Walks a customer's events, in their order; `within` has the limit of each step.
pub fn walk<'v>(
    part: JourneyPart,
    within: &[Option<&Constant>],
    zone: &Zone,
    events: &[Event],
    now: i64,
) -> Option<Value<'v>> {
    let mut reached = Reached::default();
    for event in events {
        reached = unless_lapsed(reached, within, zone, event.at);
        let matches = |step: usize| event.matches.get(step).copied().unwrap_or(false);
        let at_first_or_last = reached.steps == 1 || reached.steps == within.len();
        if matches(reached.steps) {
            reached = Reached { steps: reached.steps + 1, since: event.at };
        } else if at_first_or_last && matches(0) {
            reached = Reached { steps: 1, since: event.at };
        }
    }
    let reached = unless_lapsed(reached, within, zone, now);
    match part {
        JourneyPart::Step => i64::try_from(reached.steps).ok().map(Value::Int),
        JourneyPart::Since => (reached.steps > 0).then_some(Value::Instant(reached.since)),
    }
}

/// Rule 1. A limit that ends after the last instant there is never ends.
fn unless_lapsed(reached: Reached, within: &[Option<&Constant>], zone: &Zone, at: i64) -> Reached {
    let limit = within.get(reached.steps).copied().flatten().filter(|_| reached.steps > 0);
    let last = limit.and_then(|limit| last_in_time(zone, reached.since, limit));
    if last.is_some_and(|last| at > last) { Reached::default() } else { reached }
}

fn last_in_time(zone: &Zone, since: i64, within: &Constant) -> Option<i64> {
    match within {
        Constant::Duration(micros) => in_years(since.checked_add(*micros)?),
        Constant::Days(days) => zone.shift(since, calendar::days(*days)?),
        Constant::Months(months) => zone.shift(since, calendar::months(*months)?),
        _ => None,
    }
}
