//! What stopped an offer that is not made, in the order in which offers are decided.

use opportune_plan::{Constant, ExprId, GuaranteeId, Offer, OfferId};

use super::scene::{Scene, Seen};
use crate::decide::Outcome;
use crate::evaluate::{GREATEST_SCORE, is_timely};

/// Of an offer, or of one member of a family: what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// Of a family: the member.
    pub member: Option<Constant>,
    /// What stopped it.
    pub stop: Stop,
}

/// What stopped an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Nothing: it is made.
    Made,
    /// `eligible` is not definitely true.
    NotEligible,
    /// This `except`, by its place, is not definitely false.
    Excepted(usize),
    /// What this guarantee forbids is not definitely false.
    Forbidden(GuaranteeId),
    /// What its channels need is definitely true for none.
    NoChannel,
    /// Its last day is over.
    IsOver,
    /// A cap of its own, told at `now`, is reached.
    CapAtNow,
    /// Its priority is missing, not above zero, or beyond 10^9.
    Worthless,
    /// It was a candidate; of several that are alike, one of these stopped it.
    Later(Vec<Later>),
}

/// What stops a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Later {
    /// The customer is held out from everything.
    LeftOut,
    /// No channel carries it now: a route's condition, or nobody asks.
    Unreachable,
    /// No channel has a time of sending.
    Untimely,
    /// A cap or pause of the customer.
    Capped,
    /// What excludes offers beside each other.
    Excluded,
    /// It is worth nothing by the channels that are left, or an item could not be picked.
    Withheld,
    /// A limit over all customers.
    UsedUp,
    /// Others had the slots.
    Outranked,
    /// Its own holdout.
    HeldOut,
}

impl Later {
    /// How many candidates of an offer it stopped.
    fn count(self, outcome: &Outcome) -> u64 {
        match self {
            Self::LeftOut => outcome.left_out,
            Self::Unreachable => outcome.unreachable,
            Self::Untimely => outcome.untimely,
            Self::Capped => outcome.capped,
            Self::Excluded => outcome.excluded,
            Self::Withheld => outcome.withheld,
            Self::UsedUp => outcome.used_up,
            Self::Outranked => outcome.outranked,
            Self::HeldOut => outcome.held_out,
        }
    }

    const ALL: [Self; 9] = [
        Self::LeftOut,
        Self::Unreachable,
        Self::Untimely,
        Self::Capped,
        Self::Excluded,
        Self::Withheld,
        Self::UsedUp,
        Self::Outranked,
        Self::HeldOut,
    ];
}

impl Scene<'_> {
    /// What became of an offer; of a family, of each member. Nothing of a family without members.
    pub fn stops(&self, offer: OfferId) -> Vec<Stopped> {
        let Some(declared) = self.plan.offers.get(offer.0 as usize) else { return Vec::new() };
        match declared.family {
            None => vec![self.stop(offer, declared, None)],
            Some(family) => {
                let members = self.members(family).into_iter();
                members.map(|member| self.stop(offer, declared, Some(member))).collect()
            }
        }
    }

    fn stop(&self, id: OfferId, offer: &Offer, member: Option<Constant>) -> Stopped {
        let is_this = |made: &&super::Made| made.offer == id && made.member == member;
        let stop = match self.made().find(is_this) {
            Some(_) => Stop::Made,
            None => self.early(offer, member.as_ref()).unwrap_or_else(|| self.later(id, member.as_ref())),
        };
        Stopped { member, stop }
    }

    /// Whether an offer, or any member of it, is eligible and not excepted.
    pub(super) fn is_open(&self, offer: OfferId) -> bool {
        let Some(declared) = self.plan.offers.get(offer.0 as usize) else { return false };
        match declared.family {
            None => self.by_its_clauses(declared, None).is_none(),
            Some(family) => {
                self.members(family).iter().any(|member| self.by_its_clauses(declared, Some(member)).is_none())
            }
        }
    }

    /// What stops it by its own clauses.
    fn by_its_clauses(&self, offer: &Offer, member: Option<&Constant>) -> Option<Stop> {
        let truth = |expr: ExprId| self.see(expr, member).truth();
        if offer.eligible.is_some_and(|eligible| truth(eligible) != Some(true)) {
            return Some(Stop::NotEligible);
        }
        offer.except.iter().position(|except| truth(*except) != Some(false)).map(Stop::Excepted)
    }

    /// What stops it before offers are compared.
    fn early(&self, offer: &Offer, member: Option<&Constant>) -> Option<Stop> {
        let truth = |expr: ExprId| self.see(expr, member).truth();
        if let Some(stop) = self.by_its_clauses(offer, member) {
            return Some(stop);
        }
        if let Some(forbidden) = offer.forbidden.iter().find(|forbidden| truth(forbidden.when) != Some(false)) {
            return Some(Stop::Forbidden(forbidden.guarantee));
        }
        let reaches = |channel: opportune_plan::ChannelId| {
            let needs = self.plan.channels.get(channel.0 as usize).and_then(|channel| channel.needs);
            needs.is_none_or(|needs| truth(needs) == Some(true))
        };
        if !offer.channels().any(reaches) {
            return Some(Stop::NoChannel);
        }
        let today = self.clock().today();
        if offer.timing.as_ref().is_some_and(|timing| !is_timely(timing, today, &self.plan.delivery)) {
            return Some(Stop::IsOver);
        }
        if offer.caps.iter().any(|cap| truth(cap.has_room) != Some(true)) {
            return Some(Stop::CapAtNow);
        }
        (!is_worth(&self.see(offer.priority, member))).then_some(Stop::Worthless)
    }

    /// What stops a candidate: all that stopped any of its offer.
    fn later(&self, id: OfferId, member: Option<&Constant>) -> Stop {
        let is_held_out = |made: &super::Made| made.offer == id && made.member.as_ref() == member && made.is_held_out;
        if self.decided().iter().any(is_held_out) {
            return Stop::Later(vec![Later::HeldOut]);
        }
        let outcome = self.summary.offers.get(id.0 as usize).map(|offer| &offer.outcome);
        let kinds = Later::ALL.into_iter().filter(|later| *later != Later::HeldOut || member.is_none());
        Stop::Later(kinds.filter(|later| outcome.is_some_and(|outcome| later.count(outcome) > 0)).collect())
    }
}

fn is_worth(priority: &Seen) -> bool {
    let Seen::Value(text) = priority else { return false };
    text.parse::<f64>().is_ok_and(|score| score > 0.0 && score <= GREATEST_SCORE)
}
