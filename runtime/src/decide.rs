//! From the scored candidates of a block to its decisions: channels, times of sending, slots, caps, experiments.
//!
//! A customer's candidates are ranked by the portfolio's static keys ([`rank`]), then by what they are worth, the greatest
//! first, then by lot ([`lot`]). In that order each takes the first route of its offer that has room ([`general`]). Where
//! a plan asks no more than one offer a customer that is sent at `now` or not at all, [`best`] finds the winner in one
//! pass over the candidates. Both give the same decisions and depend on nothing but the candidates, the plan, the past
//! and the customers' keys. Where something is limited over all customers, blocks are gone through twice: first each
//! customer says what they could get ([`survey`]), and when it is settled who may have what ([`crate::allocate`]), each is
//! placed by the same rules, and may take of what all share what was granted.
//!
//! Each member of a family is ranked as an offer of its own, with the lot of its family; those of equal rank take turns
//! ([`family`]).

mod beside;
mod best;
mod experiments;
mod facts;
mod family;
mod gather;
mod general;
mod left;
mod limits;
mod lot;
mod needs;
mod options;
mod past;
mod pauses;
mod picks;
mod placed;
mod queue;
mod rank;
mod shared;
mod slates;
mod survey;
mod takes;
#[cfg(test)]
mod tests;
mod windows;
mod work;
mod zones;

use opportune_plan::{ChannelId, OfferId, Plan, Schema, VerifiedPlan};

use crate::allocate::{Grants, Page};
use crate::evaluate::Candidates;
use crate::snapshot::Snapshot;
use crate::time::Clock;
pub use beside::BesideEachOther;
use best::Best;
use general::General;
pub use left::{Left, key_of};
pub use lot::Lot;
pub use needs::needs_placement;
pub use rank::tiers;
pub use shared::{left, limits_all};
use slates::slots_in_all;

/// An offer made to a customer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decision {
    /// The customer's row in the snapshot.
    pub customer: u32,
    /// The offer.
    pub offer: OfferId,
    /// Of a family: the member, as a position in the run's list ([`crate::families::Members`]).
    pub member: Option<u32>,
    /// The channel that carries it.
    pub channel: ChannelId,
    /// The place on that channel, from 1, in rank order; 0 for a notice, which takes none.
    pub slot: u32,
    /// When it is sent, in microseconds since 1970-01-01 UTC.
    pub send_at: i64,
    /// The offer's priority for the customer.
    pub score: f64,
    /// What ranked it: by the objective where the portfolio has one (in whole units of its currency), else the score.
    pub value: f64,
    /// The items picked, as positions in the run's lists of members of each pick; [`Picks::NONE`] where there are none.
    pub picks: Picks,
    /// Which arm of its experiment the customer is in.
    pub arm: Option<u8>,
    /// Whether it is held out: it takes the slot and is not sent.
    pub held_out: bool,
    /// How likely it was to come out as it did, given the customer's rank: the share of the arm, times that of the
    /// offer's holdout or of the rest.
    pub propensity: f64,
    /// What it costs, in millionths of the currency that budgets count: the first offer of a message pays for it. `None`
    /// where no cost is told, and for what is held out.
    pub cost: Option<u64>,
}

/// The items picked for a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Picks(pub [u32; opportune_plan::MOST_PICKS]);

impl Picks {
    /// No item at all.
    pub const NONE: Self = Self([u32::MAX; opportune_plan::MOST_PICKS]);

    /// The item of a pick.
    pub fn get(&self, pick: usize) -> Option<u32> {
        self.0.get(pick).copied().filter(|item| *item != u32::MAX)
    }
}

/// What became of an offer's candidates: each counts once. Of a family, each member counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Stopped by a cap or pause of this customer: a slot was free, but on no channel with room for a contact. Also by
    /// the caps of a family, where other members took what they left room for.
    pub capped: u64,
    /// Stopped because candidates of a higher rank had all the slots.
    pub outranked: u64,
    /// Stopped because no channel that may reach the customer has a time of sending.
    pub untimely: u64,
    /// Stopped by what excludes offers beside each other: one value of a field, mutual exclusion.
    pub excluded: u64,
    /// Stopped because the offer is worth nothing by any channel that is left, or an item could not be picked.
    pub withheld: u64,
    /// Stopped by a limit over all customers.
    pub used_up: u64,
    /// Stopped because no channel that may reach the customer carries the offer to them now: its condition does not hold,
    /// or nobody asks by it.
    pub unreachable: u64,
    /// Candidates of customers who are held out from everything.
    pub left_out: u64,
    /// Decided, and held out by the offer's own holdout.
    pub held_out: u64,
    /// Made, and sent.
    pub made: u64,
    /// Of those made: how many by each channel, by [`ChannelId`].
    pub by_channel: Vec<u64>,
}

impl Outcome {
    /// Counts in another block.
    pub fn add(&mut self, other: &Self) {
        self.capped += other.capped;
        self.outranked += other.outranked;
        self.untimely += other.untimely;
        self.excluded += other.excluded;
        self.withheld += other.withheld;
        self.used_up += other.used_up;
        self.unreachable += other.unreachable;
        self.left_out += other.left_out;
        self.held_out += other.held_out;
        self.made += other.made;
        for (count, other) in self.by_channel.iter_mut().zip(&other.by_channel) {
            *count += other;
        }
    }

    /// Counts one that is made.
    fn make(&mut self, channel: ChannelId) {
        self.made += 1;
        if let Some(count) = self.by_channel.get_mut(channel.0 as usize) {
            *count += 1;
        }
    }
}

impl Decision {
    /// An offer of no family, first on its channel, ranked by its score, without picks and experiments.
    pub fn plain(customer: u32, offer: OfferId, channel: ChannelId, send_at: i64, score: f64) -> Self {
        Self {
            customer,
            offer,
            member: None,
            channel,
            slot: 1,
            send_at,
            score,
            value: score,
            picks: Picks::NONE,
            arm: None,
            held_out: false,
            propensity: 1.0,
            cost: None,
        }
    }
}

/// The decisions of a block.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decided {
    /// By customer, then in rank order.
    pub decisions: Vec<Decision>,
    /// By [`OfferId`].
    pub outcomes: Vec<Outcome>,
    /// How many customers the portfolio's holdout leaves out.
    pub customers_left_out: u64,
}

impl Decided {
    fn clear(&mut self, plan: &Plan) {
        self.decisions.clear();
        self.customers_left_out = 0;
        self.outcomes.resize_with(plan.offers.len(), Outcome::default);
        for outcome in &mut self.outcomes {
            let mut by_channel = std::mem::take(&mut outcome.by_channel);
            by_channel.clear();
            by_channel.resize(plan.channels.len(), 0);
            *outcome = Outcome { by_channel, ..Outcome::default() };
        }
    }
}

/// What both ways of deciding know of the plan.
struct Rules<'a> {
    plan: &'a Plan,
    /// By offer: its place by the static keys of `rank by`, the strongest 0.
    tiers: Vec<u32>,
    send_at: i64,
}

impl Rules<'_> {
    /// The first channel of an offer that may reach a customer of the block.
    fn channel(&self, candidates: &Candidates, offer: usize, row: usize) -> Option<ChannelId> {
        self.plan.offers.get(offer)?.channels().find(|channel| {
            let mask = candidates.channels.get(channel.0 as usize).and_then(Option::as_ref);
            mask.is_none_or(|mask| mask.get(row))
        })
    }
}

/// Decides block after block; one for each thread.
pub struct Decider<'a> {
    rules: Rules<'a>,
    lot: Lot<'a>,
    way: Way<'a>,
}

enum Way<'a> {
    Best(Best),
    General(Box<General<'a>>),
}

impl<'a> Decider<'a> {
    /// Prepares the rules of a plan for the customers of a snapshot.
    pub fn new(plan: &'a VerifiedPlan, snapshot: &'a Snapshot, clock: &Clock) -> Self {
        if slots_in_all(&plan.portfolio) == 1 && !needs_placement(plan, clock.today()) {
            return Self::with(plan, snapshot, clock, Way::Best(Best::new(plan)));
        }
        Self::general(plan, snapshot, clock)
    }

    /// As [`Decider::new`], but never by the fast path.
    fn general(plan: &'a VerifiedPlan, snapshot: &'a Snapshot, clock: &Clock) -> Self {
        Self::with(plan, snapshot, clock, Way::General(Box::new(General::new(plan, snapshot, clock))))
    }

    fn with(plan: &'a VerifiedPlan, snapshot: &'a Snapshot, clock: &Clock, way: Way<'a>) -> Self {
        let key = plan.schema.table(Schema::CUSTOMER).and_then(opportune_plan::Table::key);
        let keys = key.and_then(|key| snapshot.tables.first()?.columns.get(key.0 as usize));
        let rules = Rules { plan, tiers: tiers(plan), send_at: clock.now() };
        Self { rules, lot: Lot::new(&plan.name, keys), way }
    }

    /// Takes the newest offer's candidates out of those of a block, if deciding needs nothing but the best; to be called
    /// after every offer or not at all.
    pub fn take(&mut self, candidates: &mut Candidates) {
        if let Way::Best(best) = &mut self.way {
            best.take(&self.rules, &mut self.lot, candidates);
        }
    }

    /// What the customers of a block could get that is limited over all customers ([`limits_all`]), as ballots for the
    /// allocation.
    pub fn survey(&mut self, candidates: &Candidates, page: &mut Page) {
        if let Way::General(general) = &mut self.way {
            general.survey(&self.rules, &mut self.lot, candidates, page);
        }
    }

    /// Decides for the customers of a block, into `decided`, which is emptied first; as if there were enough for all of
    /// what is limited over all customers.
    pub fn decide(&mut self, candidates: &Candidates, decided: &mut Decided) {
        self.decide_within(candidates, None, decided);
    }

    /// As [`Decider::decide`]; of what is limited over all customers they may have what is granted.
    pub fn decide_granted(&mut self, candidates: &Candidates, grants: &Grants, decided: &mut Decided) {
        self.decide_within(candidates, Some(grants), decided);
    }

    fn decide_within(&mut self, candidates: &Candidates, grants: Option<&Grants>, decided: &mut Decided) {
        decided.clear(self.rules.plan);
        match &mut self.way {
            Way::Best(best) => best.decide(&self.rules, &mut self.lot, candidates, decided),
            Way::General(general) => general.decide(&self.rules, &mut self.lot, candidates, grants, decided),
        }
    }
}
