//! The parts of the plan that are no expressions: journeys, channels, offers with their texts, the portfolio.

mod channels;
pub(super) mod limits;
mod offers;
pub(super) mod quotas;
mod worth;

use std::collections::HashMap;

use opportune_plan::{ChannelId, Exclusion, IllFormed, Journey, JourneyStep, OfferId, Portfolio, Slate};

use super::build::Builder;
use crate::hir::{self, journey};

pub(super) use channels::asks_for_zone;

/// The channels by name.
pub(super) type Channels<'a> = HashMap<&'a str, ChannelId>;

impl Builder<'_> {
    pub(super) fn journey(&mut self, journey: &hir::Journey) -> Result<Journey, IllFormed> {
        let step = |step: &journey::JourneyStep| {
            let filter = step.filter.as_ref().map(|filter| self.expr(filter)).transpose()?;
            Ok(JourneyStep { events: step.events, filter, within: step.within.clone() })
        };
        let steps = journey.steps.iter().map(step).collect::<Result<_, _>>()?;
        Ok(Journey { name: journey.name.clone(), steps, zone: self.expr(&journey.zone)? })
    }

    /// The portfolio without its caps.
    pub(super) fn portfolio(
        &mut self,
        portfolio: &hir::Portfolio,
        channels: &Channels<'_>,
        offers: &[&hir::Offer],
    ) -> Result<Portfolio, IllFormed> {
        let slate = |slate: &hir::portfolio::Slate| {
            let channel = channels.get(&*slate.channel).copied().ok_or(IllFormed::UnknownField)?;
            Ok(Slate { channel, size: slate.size, at_most: slate.at_most.clone() })
        };
        let id = |name: &str| {
            let at = offers.iter().position(|offer| *offer.name == *name).and_then(|at| u32::try_from(at).ok());
            at.map(OfferId).ok_or(IllFormed::UnknownField)
        };
        let exclusion = |(most, names): &(u32, Vec<Box<str>>)| {
            Ok(Exclusion { most: *most, offers: names.iter().map(|name| id(name)).collect::<Result<_, _>>()? })
        };
        Ok(Portfolio {
            objective: portfolio.objective.as_ref().map(|objective| objective.currency),
            slates: portfolio.slates.iter().map(slate).collect::<Result<_, _>>()?,
            slots_in_all: portfolio.slots_in_all,
            rank: portfolio.rank.clone(),
            at_most: portfolio.at_most.clone(),
            exclusions: portfolio.exclusions.iter().map(exclusion).collect::<Result<_, _>>()?,
            holdout: portfolio.holdout.as_ref().map(|holdout| self.holdout(holdout)).transpose()?,
            fallback: portfolio.fallback.as_ref().map(|name| id(name)).transpose()?,
            ..Portfolio::default()
        })
    }
}
