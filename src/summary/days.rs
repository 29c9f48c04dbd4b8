//! On which days what is decided is sent: counted as decisions go by.

use std::collections::BTreeMap;

use opportune_plan::Plan;
use opportune_runtime::decide::Decision;
use opportune_runtime::time::{Clock, date_of_days};

use crate::escape::escaped;
use crate::table::Table;

/// More days than these are one row.
const MOST_DAYS: usize = 14;

/// How many decisions are sent on which day of the project's zone by which channel. What is held out is not sent.
#[derive(Default)]
pub struct Days {
    counts: BTreeMap<i32, Vec<u64>>,
    /// The last instant and its day: many decisions are sent at one time.
    last: Option<(i64, i32)>,
}

impl Days {
    /// Counts some decisions.
    pub fn add(&mut self, plan: &Plan, clock: &Clock, decisions: &[Decision]) {
        for decision in decisions.iter().filter(|decision| !decision.held_out) {
            let day = match self.last {
                Some((at, day)) if at == decision.send_at => Some(day),
                _ => clock.date_of(decision.send_at),
            };
            let Some(day) = day else { continue };
            self.last = Some((decision.send_at, day));
            let counts = self.counts.entry(day).or_insert_with(|| vec![0; plan.channels.len()]);
            if let Some(count) = counts.get_mut(decision.channel.0 as usize) {
                *count += 1;
            }
        }
    }

    /// The table, where not all is sent today.
    pub(super) fn table(&self, plan: &Plan, clock: &Clock) -> Option<Table> {
        if self.counts.keys().all(|day| *day == clock.today()) {
            return None;
        }
        let names = plan.channels.iter().map(|channel| escaped(&channel.name));
        let mut table = Table::new("sent on", names.chain(["in all".to_owned()]));
        let mut row = |name: &str, counts: &[u64]| {
            table.row(name, counts.iter().copied().chain([counts.iter().sum()]));
        };
        for (day, counts) in self.counts.iter().take(MOST_DAYS) {
            row(&shown(*day), counts);
        }
        let mut later = vec![0; plan.channels.len()];
        for counts in self.counts.values().skip(MOST_DAYS) {
            later.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        }
        if later.iter().any(|count| *count > 0) {
            row("later", &later);
        }
        Some(table)
    }
}

/// `Fri 2026-11-20`.
fn shown(day: i32) -> String {
    date_of_days(day).map_or_else(String::new, |date| date.strftime("%a %Y-%m-%d").to_string())
}
