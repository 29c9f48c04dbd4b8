//! How much is left of every limit over all customers when a run begins: quotas (totals, budgets), what channels carry,
//! shares of requests.
//!
//! Read once from whole tables: contacts of customers, those that are scheduled, and those of customers who are not known
//! any more. In doubt a contact counts: one that does not tell what is counted apart counts for each.

mod contacts;
mod keys;
mod quotas;
mod shares;

use std::collections::{BTreeMap, HashSet};

use opportune_plan::{HistoryId, SharedLimit, Unit, VerifiedPlan};

use super::past::{Event, Named, OfHistory};
use super::windows::{longest, period};
use crate::allocate::{LimitOf, ResourceKey};
use crate::snapshot::Snapshot;
use crate::time::{Calendar, Clock};
use contacts::{Contacts, Whose};
pub use keys::key_of;
use quotas::Spent;
use shares::Answered;

/// What is left of the limits over all customers, by key and period, before anything of a run is decided.
#[derive(Debug)]
pub struct Left<'a> {
    /// By position in `portfolio.shared`.
    shared: Vec<Option<Of<'a>>>,
    /// By channel.
    channels: Vec<Option<Carried>>,
}

#[derive(Debug)]
enum Of<'a> {
    Quota(Spent<'a>),
    Share(Answered),
}

/// What all limits read.
#[derive(Clone, Copy)]
struct Source<'a, 's> {
    plan: &'a VerifiedPlan,
    snapshot: &'a Snapshot,
    clock: &'s Clock,
    calendar: &'s Calendar,
}

impl<'a> Left<'a> {
    /// Of all limits of a plan.
    pub fn new(plan: &'a VerifiedPlan, snapshot: &'a Snapshot, clock: &Clock) -> Self {
        Self::of(plan, snapshot, clock, |_| true)
    }

    /// Of some limits of a plan; of the others nothing is left.
    pub fn of(
        plan: &'a VerifiedPlan,
        snapshot: &'a Snapshot,
        clock: &Clock,
        is_asked: impl Fn(LimitOf) -> bool,
    ) -> Self {
        let calendar = Calendar::new(clock.zone().clone());
        let source = Source { plan, snapshot, clock, calendar: &calendar };
        let shared = (0..).zip(&plan.portfolio.shared).map(|(at, limit)| {
            is_asked(LimitOf::Shared(at)).then(|| match limit {
                SharedLimit::Quota(quota) => Of::Quota(Spent::new(source, quota)),
                SharedLimit::Share { .. } => Of::Share(Answered::new(source, limit)),
            })
        });
        let channels = (0..).zip(&plan.channels).map(|(at, channel)| {
            let capacity = channel.capacity.filter(|_| is_asked(LimitOf::Channel(at)))?;
            Some(Carried::new(at, capacity))
        });
        let mut left = Self { shared: shared.collect(), channels: channels.collect() };
        for history in (0..).map(HistoryId).take(plan.histories.len()) {
            left.read(source, history);
        }
        left
    }

    /// How much is left of a resource: showings, messages, or millionths of a currency.
    pub fn left(&self, resource: &ResourceKey) -> u64 {
        let key = resource.key.as_deref();
        match resource.limit {
            LimitOf::Shared(at) => match self.shared.get(at as usize).and_then(Option::as_ref) {
                Some(Of::Quota(spent)) => spent.left(key, resource.period),
                Some(Of::Share(answered)) => answered.left(key),
                None => 0,
            },
            LimitOf::Channel(at) => {
                let carried = self.channels.get(at as usize).and_then(Option::as_ref);
                carried.map_or(0, |carried| carried.left(resource.period))
            }
        }
    }

    /// Counts the contacts of a history for every limit that it is the past of.
    fn read(&mut self, source: Source<'a, '_>, history: HistoryId) {
        let shared = self.shared.iter_mut().flatten().filter(|of| of.past() == Some(history));
        let mut shared: Vec<&mut Of<'_>> = shared.collect();
        let channels = self.channels.iter_mut().flatten().filter(|of| of.capacity.past == Some(history));
        let mut channels: Vec<&mut Carried> = channels.collect();
        if shared.is_empty() && channels.is_empty() {
            return;
        }
        Contacts::new(source.plan, source.snapshot, source.clock).each(history, |told, whose, event| {
            for of in &mut shared {
                match of {
                    Of::Quota(spent) => spent.count(source, told, whose, event),
                    Of::Share(answered) => answered.count(source, whose, event),
                }
            }
            for carried in &mut channels {
                carried.count(source, whose, event);
            }
        });
    }
}

impl Of<'_> {
    fn past(&self) -> Option<HistoryId> {
        match self {
            Self::Quota(spent) => spent.past(),
            Self::Share(answered) => Some(answered.past()),
        }
    }
}

/// What a channel has carried, or will: messages, which are rows of one customer, one channel and one time. A row that
/// tells no channel is a message of its own.
#[derive(Debug)]
struct Carried {
    channel: u32,
    capacity: opportune_plan::Capacity,
    messages: HashSet<(Whose, i64)>,
    by_period: BTreeMap<i64, u64>,
}

impl Carried {
    fn new(channel: u32, capacity: opportune_plan::Capacity) -> Self {
        Self { channel, capacity, messages: HashSet::new(), by_period: BTreeMap::new() }
    }

    fn count(&mut self, source: Source<'_, '_>, whose: Whose, event: &Event) {
        if !event.channel.may_be(self.channel) || event.at < earliest(self.capacity.each, source.clock.now()) {
            return;
        }
        let is_new = event.channel == Named::Untold || self.messages.insert((whose, event.at));
        if let Some(period) = period(self.capacity.each, event.at, source.calendar).filter(|_| is_new) {
            *self.by_period.entry(period).or_default() += 1;
        }
    }

    fn left(&self, period: Option<i64>) -> u64 {
        let carried = period.and_then(|period| self.by_period.get(&period)).copied().unwrap_or(0);
        self.capacity.most.saturating_sub(carried)
    }
}

/// What is before this is in no day, week, month, quarter or year in which something can still be sent.
fn earliest(each: Unit, now: i64) -> i64 {
    now.saturating_sub(longest(opportune_plan::LimitWindow::Calendar(each)))
}

#[cfg(test)]
mod tests;
