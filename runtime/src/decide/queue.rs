//! One customer's candidates in rank order: tier, value, lot. A candidate that goes on to its next route queues again.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::options::{Choice, Stop};

/// A candidate of one customer, or all those of a family that have one score.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The offer's place by the static keys of `rank by`, the strongest 0.
    pub tier: u32,
    /// The offer.
    pub offer: u32,
    /// By which route, and what it is worth by it.
    pub choice: Choice,
    /// Drawn only between equals.
    pub lot: Option<u64>,
    /// The priority.
    pub score: f64,
    /// Of a family: which.
    pub family: Option<OfFamily>,
    /// How far it came by the routes before this one.
    pub furthest: Stop,
}

/// Candidates of a family that have one score.
#[derive(Clone, Copy, Debug)]
pub struct OfFamily {
    /// The family's position among those of the candidates.
    pub at: u32,
    /// The turn of the first of them.
    pub turn: u32,
    /// How many they are.
    pub count: u32,
    /// The one that is left alone, where the others stayed at another route.
    pub alone: Option<u32>,
}

impl Entry {
    /// How many candidates it stands for.
    pub fn count(&self) -> u64 {
        self.family.map_or(1, |family| family.count.into())
    }

    /// What is left without the first of them.
    pub fn without_first(mut self) -> Option<Self> {
        let family = self.family.as_mut().filter(|family| family.count > 1)?;
        family.turn += 1;
        family.count -= 1;
        Some(self)
    }

    /// The first of them alone.
    pub fn alone(mut self, member: u32) -> Self {
        if let Some(family) = &mut self.family {
            family.count = 1;
            family.alone = Some(member);
        }
        self
    }

    /// The greatest is the next; where the lot is not drawn, as if it had the best.
    fn compare(&self, other: &Self) -> Ordering {
        let turn = |entry: &Self| entry.family.map_or((0, None), |family| (family.turn, family.alone));
        let lot = (other.lot, other.offer).cmp(&(self.lot, self.offer));
        // Members of one family that are worth the same by different routes: the greater score first.
        let rank = self.rank(other).then(lot).then_with(|| self.score.total_cmp(&other.score));
        rank.then_with(|| turn(other).cmp(&turn(self)))
    }

    fn rank(&self, other: &Self) -> Ordering {
        other.tier.cmp(&self.tier).then_with(|| self.choice.value.total_cmp(&other.choice.value))
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.compare(other).is_eq()
    }
}

impl Eq for Entry {}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> Ordering {
        self.compare(other)
    }
}

/// The candidates that wait.
#[derive(Debug, Default)]
pub struct Queue {
    heap: BinaryHeap<Entry>,
}

impl Queue {
    /// Takes all at once; emptied by [`Queue::into_spare`].
    pub fn of(entries: Vec<Entry>) -> Self {
        Self { heap: entries.into() }
    }

    /// The room for entries, for the next customer.
    pub fn into_spare(self) -> Vec<Entry> {
        let mut entries = self.heap.into_vec();
        entries.clear();
        entries
    }

    /// Queues one.
    pub fn push(&mut self, entry: Entry) {
        self.heap.push(entry);
    }

    /// The next; `lot` draws the lot of an offer, and is asked only where others are equal.
    pub fn pop(&mut self, mut lot: impl FnMut(u32) -> u64) -> Option<Entry> {
        loop {
            let mut first = self.heap.pop()?;
            let has_equal = self.heap.peek().is_some_and(|next| next.rank(&first).is_eq());
            if first.lot.is_some() || !has_equal {
                return Some(first);
            }
            first.lot = Some(lot(first.offer));
            self.heap.push(first);
        }
    }

    /// All that wait, in no order.
    pub fn rest(&self) -> impl Iterator<Item = &Entry> {
        self.heap.iter()
    }
}
