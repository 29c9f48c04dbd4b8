//! Journeys: each customer's events of all its tables, walked in the order of time by the rules at
//! [`opportune_plan::Journey`].

use opportune_plan::JourneyPart;

use super::column::{Operand, Scalar, Vectors};
use super::evaluation::Evaluation;
use crate::bind::{Journey, Step};
use crate::snapshot::{Block, Events};
use crate::time::Calendar;

/// How far the customers of a block are.
#[derive(Debug, Default)]
pub struct Walked {
    /// By customer; `None` where a filter is unknown for an event.
    reached: Vec<Option<Reached>>,
}

/// Where a customer stands.
#[derive(Clone, Copy, Debug, Default)]
struct Reached {
    /// How many steps.
    steps: usize,
    /// When the last of them was reached.
    since: i64,
    /// The last moment at which the next step is in time; none: it always is.
    last: Option<i64>,
}

/// A step's filter over the events of the block.
struct Filtered<'a> {
    step: Step,
    filter: Option<Operand<'a>>,
}

impl Filtered<'_> {
    fn matches(&self, event: usize) -> bool {
        self.filter.is_none_or(|filter| filter.bits().bit(event))
    }

    fn is_known(&self, event: usize) -> bool {
        self.filter.is_none_or(|filter| filter.known.bit(event))
    }
}

impl Walked {
    /// Walks all customers of a block.
    pub fn walk(&mut self, of: &Evaluation<'_>, journey: &Journey, block: &Block<'_>) {
        let filtered = |step: &Step| Filtered { step: *step, filter: step.filter.map(|filter| of.operand(filter)) };
        let steps: Vec<Filtered<'_>> = journey.steps.iter().map(filtered).collect();
        let tables: Vec<(usize, &Events<'_>)> =
            journey.tables.iter().filter_map(|table| Some((table.0 as usize, block.events(*table)?))).collect();
        let zones = of.operand(journey.zone);
        let now = of.program.clock.now();
        self.reached.clear();
        for customer in 0..block.len {
            let zone = match zones.scalar(customer) {
                Some(Scalar::Code(code)) => journey.zones.get(code as usize).and_then(Option::as_ref),
                _ => None,
            };
            self.reached.push(zone.and_then(|zone| Walk { steps: &steps, zone }.customer(&tables, customer, now)));
        }
    }

    /// A part of the journey as a column.
    pub fn write(&self, part: JourneyPart, out: &mut Vectors) {
        out.int64s.clear();
        out.known.clear();
        for (row, reached) in self.reached.iter().enumerate() {
            let value = reached.and_then(|reached| match part {
                JourneyPart::Step => i64::try_from(reached.steps).ok(),
                JourneyPart::Since => (reached.steps > 0).then_some(reached.since),
            });
            if row.is_multiple_of(64) {
                out.known.push(0);
            }
            if let Some(word) = out.known.last_mut() {
                *word |= u64::from(value.is_some()) << (row % 64);
            }
            out.int64s.push(value.unwrap_or_default());
        }
        debug_assert!(out.known.len() == super::column::words_for(self.reached.len()));
    }
}

struct Walk<'a> {
    steps: &'a [Filtered<'a>],
    zone: &'a Calendar,
}

impl Walk<'_> {
    /// Merges a customer's events of several tables; those of one moment in the order of the tables.
    fn customer(&self, tables: &[(usize, &Events<'_>)], customer: usize, now: i64) -> Option<Reached> {
        let mut next: Vec<(usize, &Events<'_>, std::ops::Range<usize>)> =
            tables.iter().map(|(table, events)| (*table, *events, events.of(customer))).collect();
        let mut reached = Reached::default();
        loop {
            let first = |(_, events, rows): &(usize, &Events<'_>, std::ops::Range<usize>)| {
                if rows.is_empty() { None } else { events.at.get(rows.start).copied() }
            };
            let times = next.iter().enumerate().filter_map(|(at, rows)| Some((first(rows)?, at)));
            let Some((at, from)) = times.min() else { break };
            let (table, _, rows) = next.get_mut(from)?;
            let event = rows.start;
            rows.start += 1;
            reached = self.event(reached, *table, event, at)?;
        }
        Some(unless_lapsed(reached, now))
    }

    /// What an event does; `None` where a filter is unknown for it.
    fn event(&self, reached: Reached, table: usize, event: usize, at: i64) -> Option<Reached> {
        let of_table = |step: &&Filtered<'_>| step.step.events.0 as usize == table;
        if !self.steps.iter().filter(of_table).all(|step| step.is_known(event)) {
            return None;
        }
        let reached = unless_lapsed(reached, at);
        let matches = |at: usize| self.steps.get(at).filter(of_table).is_some_and(|step| step.matches(event));
        if matches(reached.steps) {
            return Some(self.at_step(reached.steps + 1, at));
        }
        let begins_anew = reached.steps == 1 || reached.steps == self.steps.len();
        Some(if begins_anew && matches(0) { self.at_step(1, at) } else { reached })
    }

    fn at_step(&self, steps: usize, since: i64) -> Reached {
        let within = self.steps.get(steps).and_then(|next| next.step.within);
        // A limit that ends after the last instant there is never ends.
        Reached { steps, since, last: within.and_then(|within| self.zone.shift(since, within)) }
    }
}

fn unless_lapsed(reached: Reached, at: i64) -> Reached {
    if reached.last.is_some_and(|last| at > last) { Reached::default() } else { reached }
}

#[cfg(test)]
mod tests {
    use opportune_plan::{Span, TableId};

    use super::super::column::{Bits, Read};
    use super::*;
    use crate::snapshot::Rows;
    use crate::time::Zone;

    const DAY: i64 = 24 * 3_600_000_000;

    fn events<'a>(at: &'a [i64], offsets: &'a [usize]) -> Events<'a> {
        Events { rows: Rows { len: at.len(), columns: Vec::new(), links: Vec::new() }, at, offsets }
    }

    fn bits(yes: &u64) -> Operand<'_> {
        Operand { values: Read::Bits(Bits::Words(std::slice::from_ref(yes))), known: Bits::Ones }
    }

    fn step<'a>(table: u32, filter: Option<Operand<'a>>, within: Option<Span>) -> Filtered<'a> {
        Filtered { step: Step { events: TableId(table), filter: None, within }, filter }
    }

    /// Where the one customer of these tables stands: how many steps, since when.
    fn stands(steps: &[Filtered<'_>], tables: &[(usize, &[i64])], now: i64) -> Option<(usize, i64)> {
        let calendar = Calendar::new(Zone::get("America/New_York").unwrap());
        let offsets: Vec<[usize; 2]> = tables.iter().map(|(_, at)| [0, at.len()]).collect();
        let all: Vec<Events<'_>> = tables.iter().zip(&offsets).map(|((_, at), offsets)| events(at, offsets)).collect();
        let tables: Vec<(usize, &Events<'_>)> =
            tables.iter().zip(&all).map(|((id, _), events)| (*id, events)).collect();
        let reached = Walk { steps, zone: &calendar }.customer(&tables, 0, now)?;
        Some((reached.steps, reached.since))
    }

    #[test]
    fn steps_follow_each_other_over_tables() {
        let steps = [step(1, None, None), step(2, None, None)];
        assert_eq!(stands(&steps, &[(1, &[]), (2, &[5])], 9), Some((0, 0)), "not without the first");
        assert_eq!(stands(&steps, &[(1, &[3]), (2, &[1, 5])], 9), Some((2, 5)));
        assert_eq!(
            stands(&steps, &[(1, &[5]), (2, &[5])], 9),
            Some((2, 5)),
            "at one moment by the order of the tables"
        );
        assert_eq!(stands(&steps, &[(1, &[3, 7]), (2, &[5])], 9), Some((1, 7)), "a finished one begins anew");
    }

    #[test]
    fn the_moment_of_the_limit_is_in_time() {
        let steps = [step(1, None, None), step(2, None, Some(Span::micros(2)))];
        assert_eq!(stands(&steps, &[(1, &[3]), (2, &[5])], 9), Some((2, 5)));
        assert_eq!(stands(&steps, &[(1, &[3]), (2, &[6])], 9), Some((0, 0)));
        assert_eq!(stands(&steps, &[(1, &[3]), (2, &[])], 5), Some((1, 3)));
        assert_eq!(stands(&steps, &[(1, &[3]), (2, &[])], 6), Some((0, 0)), "`now` is looked at last");
    }

    #[test]
    fn days_are_those_of_the_zone() {
        // 2017-11-05 00:00 in New York, a day of 25 hours.
        let midnight = 1_509_854_400_000_000;
        let steps = [step(1, None, None), step(2, None, Some(Span::days(1)))];
        let hours = |hours: i64| [midnight + hours * 3_600_000_000];
        assert_eq!(stands(&steps, &[(1, &[midnight]), (2, &hours(25))], midnight + 2 * DAY), Some((2, hours(25)[0])));
        assert_eq!(stands(&steps, &[(1, &[midnight]), (2, &hours(26))], midnight + 2 * DAY), Some((0, 0)));
    }

    #[test]
    fn only_what_matches_counts_and_what_is_unknown_hides_all() {
        let second = 0b10;
        let steps = [step(1, Some(bits(&second)), None), step(1, Some(bits(&second)), None)];
        assert_eq!(stands(&steps, &[(1, &[3, 5, 8])], 9), Some((1, 5)));
        let unknown = Operand { values: Read::Bits(Bits::Zeros), known: Bits::Words(&[0b01]) };
        let steps = [step(1, None, None), step(2, Some(unknown), None)];
        assert_eq!(stands(&steps, &[(1, &[3]), (2, &[4])], 9), Some((1, 3)), "known to be false");
        assert_eq!(stands(&steps, &[(1, &[]), (2, &[4, 5])], 9), None, "though it could not matter");
    }

    #[test]
    fn a_limit_beyond_time_never_ends() {
        let steps = [step(1, None, None), step(2, None, Some(Span { months: i32::MAX, ..Span::default() }))];
        assert_eq!(stands(&steps, &[(1, &[3]), (2, &[5])], 9), Some((2, 5)));
    }
}
