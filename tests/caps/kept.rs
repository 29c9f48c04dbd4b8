//! What a run decides is laid beside the history, and every window of every cap that holds something new is counted.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use opportune_plan::Span;
use opportune_runtime::time::Clock;

/// Something shown to a customer, or to be shown.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shown {
    pub at: i64,
    pub offer: String,
    pub channel: String,
    pub topic: String,
    pub is_new: bool,
}

/// What each customer was shown and is to be shown.
pub type Customers = BTreeMap<String, Vec<Shown>>;

/// A cap as it is counted here: `most` of what `of` keeps, apart by what `by` says, in each stretch that `together` tells.
pub struct Rule<'a> {
    pub name: &'a str,
    pub most: usize,
    /// Offers of one channel at one time are one.
    pub messages: bool,
    pub of: fn(&Shown) -> bool,
    pub by: fn(&Shown) -> String,
    pub stretch: Stretch,
}

/// A stretch of time.
#[derive(Clone, Copy)]
pub enum Stretch {
    Days(i32),
    Month,
}

/// The history of a file `household_id,sent,offer,channel,topic` up to now.
pub fn history(file: &Path, clock: &Clock) -> Customers {
    let mut customers = Customers::new();
    for line in std::fs::read_to_string(file).unwrap().lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let at = Clock::parse(&format!("{} 00:00", cells[1]), "America/New_York").unwrap().now();
        let [offer, channel, topic] = [2, 3, 4].map(|cell| cells[cell].to_owned());
        if at <= clock.now() {
            customers.entry(cells[0].to_owned()).or_default().push(Shown { at, offer, channel, topic, is_new: false });
        }
    }
    customers
}

/// How often a cap is exceeded in a stretch that holds something new.
pub fn exceeded(customers: &Customers, rule: &Rule<'_>, clock: &Clock) -> Vec<String> {
    let mut found = Vec::new();
    for (customer, all) in customers {
        let mut apart: BTreeMap<String, Vec<&Shown>> = BTreeMap::new();
        for shown in all.iter().filter(|shown| (rule.of)(shown)) {
            apart.entry((rule.by)(shown)).or_default().push(shown);
        }
        for (key, all) in apart {
            if most_together(&all, rule, clock) > rule.most {
                found.push(format!("{}: {customer} {key}: {all:?}", rule.name));
            }
        }
    }
    found
}

/// The most that are in one stretch together with something new.
fn most_together(all: &[&Shown], rule: &Rule<'_>, clock: &Clock) -> usize {
    let together = |end: &Shown| -> Vec<&Shown> {
        let inside = |shown: &&&Shown| match rule.stretch {
            Stretch::Days(days) => {
                shown.at <= end.at && shown.at > clock.shift_instant(end.at, Span::days(-days)).unwrap()
            }
            Stretch::Month => month(shown.at, clock) == month(end.at, clock),
        };
        all.iter().filter(inside).copied().collect()
    };
    let counted = |held: Vec<&Shown>| {
        if !held.iter().any(|shown| shown.is_new) {
            0
        } else if rule.messages {
            held.iter().map(|shown| (shown.at, &shown.channel)).collect::<BTreeSet<_>>().len()
        } else {
            held.len()
        }
    };
    all.iter().map(|end| counted(together(end))).max().unwrap_or(0)
}

fn month(at: i64, clock: &Clock) -> (i16, i8) {
    let date = opportune_runtime::time::date_of_days(clock.date_of(at).unwrap()).unwrap();
    (date.year(), date.month())
}
