//! The events of each customer by the member that their key names, and how often values occur among them.

use std::cmp::Reverse;
use std::ops::Range;

use super::bound::{BoundGroup, BoundRank, BoundSelection};
use super::naming::Naming;
use crate::bind::NodeId;
use crate::snapshot::{Block, Events};
use crate::vectorised::column::{Operand, Read};

/// The events of a block that may count for some member, by customer, then by member, then in their order.
#[derive(Debug, Default)]
pub struct Keyed {
    /// Each event's member and position among the block's events.
    events: Vec<(u32, u32)>,
    offsets: Vec<usize>,
}

impl Keyed {
    /// Sorts the events of a block.
    pub fn fill<'a>(&mut self, group: &BoundGroup, block: &'a Block<'a>, read: impl Fn(NodeId) -> Operand<'a>) {
        self.events.clear();
        self.offsets.clear();
        self.offsets.push(0);
        let (Some((key, naming)), Some(events)) = (&group.key, block.events(group.events)) else { return };
        let key = read(*key);
        let selections: Vec<_> = group.selections.iter().map(|selection| Selecting::new(*selection, &read)).collect();
        for customer in 0..block.len {
            let begin = self.events.len();
            for event in events.of(customer) {
                if selections.iter().any(|selection| selection.may_count(events, customer, event))
                    && let (Some(member), Ok(event)) = (naming.one(key, event), u32::try_from(event))
                {
                    self.events.push((member, event));
                }
            }
            self.events.get_mut(begin..).unwrap_or_default().sort_unstable();
            self.offsets.push(self.events.len());
        }
    }

    /// A customer's events, each with its member.
    pub fn of(&self, customer: usize) -> &[(u32, u32)] {
        let range = range(&self.offsets, customer);
        self.events.get(range).unwrap_or_default()
    }
}

/// The places of members by how often they occur among a customer's events.
#[derive(Debug, Default)]
pub struct Ranked {
    /// By customer, then by member: the member and its place, from 1.
    places: Vec<(u32, i64)>,
    offsets: Vec<usize>,
    /// Of the customer at work: the values that occur, and how often each.
    values: Vec<(i64, usize)>,
    counts: Vec<(Reverse<usize>, i64, usize)>,
}

impl Ranked {
    /// Ranks the members for the customers of a block.
    pub fn fill<'a>(&mut self, rank: &BoundRank, block: &'a Block<'a>, read: impl Fn(NodeId) -> Operand<'a>) {
        self.places.clear();
        self.offsets.clear();
        self.offsets.push(0);
        let Some(events) = block.events(rank.events) else { return };
        let (value, naming) = (read(rank.value.0), &rank.value.1);
        let selection = Selecting::new(rank.selection, &read);
        for customer in 0..block.len {
            if self.gather(&selection, events, customer, value) {
                self.place(naming, value);
            }
            self.offsets.push(self.places.len());
        }
    }

    /// A customer's members that have a place, with it.
    pub fn of(&self, customer: usize) -> &[(u32, i64)] {
        let range = range(&self.offsets, customer);
        self.places.get(range).unwrap_or_default()
    }

    /// Takes the values of the events that count; `false` where it is unknown which do, or a value is missing.
    fn gather(&mut self, selection: &Selecting<'_>, events: &Events<'_>, customer: usize, value: Operand<'_>) -> bool {
        self.values.clear();
        if selection.is_missing(customer) {
            return false;
        }
        for event in events.of(customer) {
            if !selection.is_in_window(events, customer, event) {
                continue;
            }
            match selection.counts(event) {
                Some(false) => {}
                Some(true) if value.known.bit(event) => self.values.push((ordinal(value, event), event)),
                _ => return false,
            }
        }
        true
    }

    /// One more than how many values occur more often, or as often and are less.
    fn place(&mut self, naming: &Naming, value: Operand<'_>) {
        self.values.sort_unstable();
        self.counts.clear();
        let alike = self.values.chunk_by(|a, b| a.0 == b.0);
        self.counts
            .extend(alike.filter_map(|run| run.first().map(|(value, event)| (Reverse(run.len()), *value, *event))));
        self.counts.sort_unstable();
        let begin = self.places.len();
        for (place, (_, _, event)) in (1..).zip(&self.counts) {
            self.places.extend(naming.one(value, *event).map(|member| (member, place)));
        }
        self.places.get_mut(begin..).unwrap_or_default().sort_unstable();
    }
}

fn range(offsets: &[usize], customer: usize) -> Range<usize> {
    match (offsets.get(customer), offsets.get(customer + 1)) {
        (Some(begin), Some(end)) => *begin..*end,
        _ => 0..0,
    }
}

/// Values in their order: ints, and codes, whose order is that of what they stand for.
fn ordinal(values: Operand<'_>, row: usize) -> i64 {
    match values.values {
        Read::Int64(values) => values.get(row),
        Read::Codes(codes) => i64::from(codes.get(row)),
        _ => 0,
    }
}

/// A selection as it is read.
struct Selecting<'a> {
    after: Option<Operand<'a>>,
    until: Option<Operand<'a>>,
    filter: Option<Operand<'a>>,
}

impl<'a> Selecting<'a> {
    fn new(selection: BoundSelection, read: impl Fn(NodeId) -> Operand<'a>) -> Self {
        Self {
            after: selection.after.map(&read),
            until: selection.until.map(&read),
            filter: selection.filter.map(&read),
        }
    }

    /// Whether an end of the window is missing.
    fn is_missing(&self, customer: usize) -> bool {
        self.after.iter().chain(&self.until).any(|bound| !bound.known.bit(customer))
    }

    fn is_in_window(&self, events: &Events<'_>, customer: usize, event: usize) -> bool {
        let at = events.at.get(event).copied().unwrap_or(i64::MIN);
        let bound = |bound: &Operand<'_>| bound.int64s().get(customer);
        self.after.as_ref().is_none_or(|after| at > bound(after))
            && self.until.as_ref().is_none_or(|until| at <= bound(until))
    }

    /// Whether an event of the window counts, if that is known.
    fn counts(&self, event: usize) -> Option<bool> {
        match &self.filter {
            Some(filter) => filter.known.bit(event).then(|| filter.bits().bit(event)),
            None => Some(true),
        }
    }

    /// Whether an event counts or may count.
    fn may_count(&self, events: &Events<'_>, customer: usize, event: usize) -> bool {
        !self.is_missing(customer) && self.is_in_window(events, customer, event) && self.counts(event) != Some(false)
    }
}
