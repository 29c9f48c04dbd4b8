//! Limits over all customers: what an offer has in total, what a channel carries a day or week, whose share of requests
//! is left.
//!
//! First come, first served, in the customers' order. Nothing is ever exceeded by one: what was before is counted once,
//! when the run begins, and in doubt it counts.

mod before;

use std::collections::BTreeMap;

use opportune_plan::{OfferKind, Plan, SharedLimit, Unit, VerifiedPlan};

pub use before::Before;

use super::facts::{FactAt, FactIds, Facts};
use super::placed::Placed;
use super::windows::period;
use crate::remaining::remaining;
use crate::snapshot::Snapshot;
use crate::time::{Calendar, Clock};

/// Whether a plan limits what all customers together get.
pub fn limits_all(plan: &Plan) -> bool {
    !plan.portfolio.shared.is_empty() || plan.channels.iter().any(|channel| channel.capacity.is_some())
}

/// What is left of the limits over all customers.
#[derive(Debug)]
pub struct Shared {
    totals: Vec<Total>,
    /// By channel.
    capacities: Vec<Option<Capacity>>,
    shares: Vec<Share>,
    /// By offer: whether it is a notice, which pitches nothing.
    are_notices: Vec<bool>,
    /// The project's, which days and weeks of capacity are of.
    calendar: Calendar,
}

#[derive(Debug)]
struct Total {
    offer: u32,
    left: u64,
}

#[derive(Debug)]
struct Capacity {
    most: u64,
    each: Unit,
    /// By day or week: how many messages.
    used: BTreeMap<i64, u64>,
}

#[derive(Debug)]
struct Share {
    answers: FactAt,
    /// By who answers: how many more offers.
    left: BTreeMap<Who, u64>,
}

/// Who answers a request.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Who {
    /// Named by a number.
    Int(i64),
    /// Named by a text or a value of a list.
    Text(Box<str>),
}

/// The customer for whom room is asked.
#[derive(Clone, Copy)]
pub struct For<'c> {
    /// The facts of the block.
    pub facts: Facts<'c>,
    /// The customer's position in the block.
    pub row: usize,
    /// What this run has given the customer so far.
    pub placed: &'c [Placed],
}

impl For<'_> {
    /// Whether what is new goes in a message that is there already.
    fn is_with_another(&self, new: &Placed) -> bool {
        self.placed.iter().any(|placed| placed.is_sent && placed.is_with(new))
    }
}

impl Shared {
    /// Those of a plan, and what was before.
    pub fn new(plan: &VerifiedPlan, snapshot: &Snapshot, clock: &Clock, facts: &FactIds) -> Self {
        let calendar = Calendar::new(clock.zone().clone());
        let before = Before::new(plan, snapshot, clock);
        let (mut totals, mut shares) = (Vec::new(), Vec::new());
        for (at, limit) in (0..).zip(&plan.portfolio.shared) {
            match limit {
                SharedLimit::Quota(quota) => {
                    let Some(offer) = quota.total_of() else { continue };
                    let left = remaining(plan, snapshot, clock, at).unwrap_or(0);
                    totals.push(Total { offer: offer.0, left });
                }
                SharedLimit::Share { answers, .. } => {
                    shares.push(Share { answers: facts.at(*answers), left: before.shares(limit, &calendar) });
                }
            }
        }
        let capacity = |(channel, of): (u32, &opportune_plan::Channel)| {
            let capacity = of.capacity?;
            let today = period(capacity.each, clock.now(), &calendar);
            let used = today.zip(capacity.past).map(|(today, past)| {
                (today, before.messages(past, channel, |at| period(capacity.each, at, &calendar) == Some(today)))
            });
            Some(Capacity { most: capacity.most, each: capacity.each, used: used.into_iter().collect() })
        };
        let capacities = (0..).zip(&plan.channels).map(capacity).collect();
        let are_notices = plan.offers.iter().map(|offer| offer.kind == OfferKind::Notice).collect();
        Self { totals, capacities, shares, are_notices, calendar }
    }

    /// Whether there is room for one more.
    pub fn have_room(&self, of: For<'_>, new: &Placed) -> bool {
        let is_new_message = !of.is_with_another(new);
        self.totals.iter().all(|total| total.offer != new.offer || total.left > 0)
            && (!is_new_message || self.carries(new))
            && (!is_new_message || !self.is_pitch(new) || self.shares.iter().all(|share| share.left(of) > 0))
    }

    /// Whether it is an offer in answer to a request.
    fn is_pitch(&self, new: &Placed) -> bool {
        new.is_asked && !self.are_notices.get(new.offer as usize).copied().unwrap_or(false)
    }

    fn carries(&self, new: &Placed) -> bool {
        let Some(capacity) = self.capacities.get(new.channel as usize).and_then(Option::as_ref) else { return true };
        let Some(period) = period(capacity.each, new.at, &self.calendar) else { return false };
        capacity.used.get(&period).copied().unwrap_or(0) < capacity.most
    }

    /// Takes what one more needs; to be called for what is sent, before it is among the placed.
    pub fn take(&mut self, of: For<'_>, new: &Placed) {
        for total in self.totals.iter_mut().filter(|total| total.offer == new.offer) {
            total.left = total.left.saturating_sub(1);
        }
        if of.is_with_another(new) {
            return;
        }
        if let Some(capacity) = self.capacities.get_mut(new.channel as usize).and_then(Option::as_mut)
            && let Some(period) = period(capacity.each, new.at, &self.calendar)
        {
            *capacity.used.entry(period).or_default() += 1;
        }
        let is_pitch = self.is_pitch(new);
        for share in self.shares.iter_mut().filter(|_| is_pitch) {
            share.take(of);
        }
    }
}

impl Share {
    /// How many more offers who answers may make; none where that is not known.
    fn left(&self, of: For<'_>) -> u64 {
        who(of.facts, self.answers, of.row).and_then(|who| self.left.get(&who)).copied().unwrap_or(0)
    }

    fn take(&mut self, of: For<'_>) {
        if let Some(left) = who(of.facts, self.answers, of.row).and_then(|who| self.left.get_mut(&who)) {
            *left = left.saturating_sub(1);
        }
    }
}

fn who(facts: Facts<'_>, at: FactAt, row: usize) -> Option<Who> {
    let text = || facts.text(at, row).map(|text| Who::Text(text.into()));
    facts.int(at, row).map(Who::Int).or_else(text)
}
