//! Which offers a customer may have beside each other, as far as the plan alone tells: what allocation needs to know of
//! slates, exclusions, the fallback and notices.

use opportune_plan::Plan;

use super::slates::{InSlot, Slates};
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
}

impl BesideEachOther {
    /// Those of a plan.
    pub fn new(plan: &Plan) -> Self {
        Self { slates: Slates::new(plan), phases: Phases::new(plan) }
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
        let is_there = chosen.iter().any(|other| (other.offer, other.member) == (next.offer, next.member));
        let is_notice = self.takes_no_slot(next.phase);
        !is_there && (is_notice || self.slates.slot(chosen, next.offer, next.channel.into()).is_ok())
    }

    fn takes_no_slot(&self, phase: u16) -> bool {
        phase == self.phases.notices()
    }

    fn is_for_nobody_else(&self, phase: u16) -> bool {
        phase == self.phases.fallback()
    }
}
