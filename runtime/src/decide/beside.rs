//! Which offers a customer may have beside each other, as far as the plan alone tells: what allocation needs to know of
//! slates, exclusions, caps, the fallback and notices.
//!
//! Of caps it knows what a run may give by them, whatever was before and when it is sent: as if all that a run gives one
//! customer were in one window. Placing asks them again, and knows more.

use opportune_plan::{Counts, Direction, Limit, OfferFieldId, Per, Plan};

use super::slates::{FieldValues, InSlot, Slates};
use super::tiers;
use crate::allocate::{Beside, Choice};

/// The phases of an allocation: the tiers of the ranking, the fallback, notices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Phases {
    tiers: u16,
}

impl Phases {
    /// Those of a plan.
    pub fn new(plan: &Plan) -> Self {
        let tiers = tiers(plan).into_iter().max().map_or(0, |last| last.saturating_add(1));
        Self { tiers: u16::try_from(tiers).unwrap_or(u16::MAX).min(u16::MAX - 2) }
    }

    /// The phase of a tier; those beyond what can be told are one.
    pub fn tier(self, tier: u32) -> u16 {
        u16::try_from(tier).unwrap_or(u16::MAX).min(self.tiers.saturating_sub(1))
    }

    /// That of the fallback.
    pub fn fallback(self) -> u16 {
        self.tiers
    }

    /// That of notices.
    pub fn notices(self) -> u16 {
        self.tiers + 1
    }
}

/// The rules of a plan for what a customer gets beside each other.
#[derive(Debug)]
pub struct BesideEachOther {
    slates: Slates,
    phases: Phases,
    caps: Vec<InRun>,
    values: FieldValues,
    /// By channel: whether it only reaches out.
    reaches_out: Vec<bool>,
}

/// A cap, as far as it counts what a run gives.
#[derive(Debug)]
struct InRun {
    most: usize,
    /// Whether offers in one message are one.
    of_messages: bool,
    /// Of which offer; none: of all but notices.
    offer: Option<u32>,
    by_offer: bool,
    by_field: Option<OfferFieldId>,
    channel: Option<u32>,
    including_inbound: bool,
}

impl BesideEachOther {
    /// Those of a plan.
    pub fn new(plan: &Plan) -> Self {
        let portfolio = &plan.portfolio;
        let mut caps: Vec<InRun> = portfolio.limits.iter().filter_map(|limit| InRun::of(limit, None)).collect();
        caps.extend(portfolio.contact_cap.map(|cap| InRun {
            most: cap.limit as usize,
            of_messages: true,
            offer: None,
            by_offer: false,
            by_field: None,
            channel: None,
            including_inbound: true,
        }));
        for (at, offer) in (0..).zip(&plan.offers) {
            caps.extend(offer.limits.iter().filter_map(|limit| InRun::of(limit, Some(at))));
        }
        Self {
            slates: Slates::new(plan),
            phases: Phases::new(plan),
            caps,
            values: FieldValues::new(plan),
            reaches_out: plan.channels.iter().map(|channel| channel.direction == Direction::Outbound).collect(),
        }
    }

    /// Whether a cap leaves room for one more beside what is chosen.
    fn has_room(&self, cap: &InRun, chosen: &[Choice], next: &Choice) -> bool {
        if !self.is_about(cap, next) {
            return true;
        }
        match cap.by_field {
            Some(field) => self.values.of(next.offer, field).iter().all(|value| {
                cap.has_room(
                    next,
                    chosen.iter().filter(|other| {
                        self.is_about(cap, other) && self.values.of(other.offer, field).contains(value)
                    }),
                )
            }),
            None => {
                let is_apart = |other: &Choice| cap.by_offer && other.offer != next.offer;
                cap.has_room(next, chosen.iter().filter(|other| self.is_about(cap, other) && !is_apart(other)))
            }
        }
    }

    fn is_about(&self, cap: &InRun, choice: &Choice) -> bool {
        let channel = u32::from(choice.channel);
        cap.offer.map_or(choice.phase != self.phases.notices(), |offer| offer == choice.offer)
            && cap.channel.is_none_or(|of| of == channel)
            && (cap.including_inbound || self.reaches_out.get(channel as usize) == Some(&true))
    }
}

impl InRun {
    /// None where it does not count what a run gives, or not for everybody.
    fn of(limit: &Limit, offer: Option<u32>) -> Option<Self> {
        let counts = limit.counts != Counts::Nothing && limit.when.is_none() && limit.per != Per::Member;
        counts.then(|| Self {
            most: limit.most as usize,
            of_messages: matches!(limit.counts, Counts::Contacts | Counts::Decisions),
            offer,
            by_offer: limit.per == Per::Offer,
            by_field: if let Per::Field(field) = limit.per { Some(field) } else { None },
            channel: limit.channel.map(|channel| channel.0),
            including_inbound: limit.including_inbound,
        })
    }

    fn has_room<'c>(&self, next: &Choice, chosen: impl Iterator<Item = &'c Choice> + Clone) -> bool {
        let sent = chosen.filter(|other| !other.held_out);
        if !self.of_messages {
            return sent.count() < self.most;
        }
        let is_first = |(at, one): &(usize, &Choice)| !sent.clone().take(*at).any(|other| other.message == one.message);
        sent.clone().any(|other| other.message == next.message)
            || sent.clone().enumerate().filter(is_first).count() < self.most
    }
}

impl InSlot for Choice {
    fn offer(&self) -> u32 {
        self.offer
    }

    fn channel(&self) -> u32 {
        self.channel.into()
    }
}

impl Beside for BesideEachOther {
    fn fits(&self, chosen: &[Choice], next: &Choice) -> bool {
        chosen.is_empty()
            || self.can_stand(chosen, next) && self.caps.iter().all(|cap| self.has_room(cap, chosen, next))
    }

    fn can_stand(&self, chosen: &[Choice], next: &Choice) -> bool {
        let is_there = chosen.iter().any(|other| (other.offer, other.member) == (next.offer, next.member));
        let is_notice = self.takes_no_slot(next.phase);
        !is_there && (is_notice || self.slates.slot(chosen, next.offer, next.channel.into()).is_ok())
    }

    fn most_by(&self, choice: &Choice) -> usize {
        if self.takes_no_slot(choice.phase) { usize::MAX } else { self.slates.most_by(choice.channel.into()) }
    }

    fn takes_no_slot(&self, phase: u16) -> bool {
        phase == self.phases.notices()
    }

    fn is_for_nobody_else(&self, phase: u16) -> bool {
        phase == self.phases.fallback()
    }
}
