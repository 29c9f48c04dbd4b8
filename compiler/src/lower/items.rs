//! The parts of the plan that are no expressions: journeys, channels, offers with their texts, the portfolio.

mod channels;
mod offers;

use std::collections::HashMap;

use opportune_plan::{Cap, ChannelId, Comparison, Constant, IllFormed, Journey, JourneyStep, Op, Portfolio, Slate};

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

    pub(super) fn portfolio(
        &mut self,
        portfolio: &hir::Portfolio,
        channels: &Channels<'_>,
    ) -> Result<Portfolio, IllFormed> {
        let slates = portfolio.slates.iter();
        let slate = |(name, size): &(Box<str>, u32)| {
            Some(Slate { channel: *channels.get(&**name)?, size: *size, at_most: Vec::new() })
        };
        Ok(Portfolio {
            slates: slates.filter_map(slate).collect(),
            slots_in_all: portfolio.slots_in_all,
            rank: portfolio.rank.clone(),
            contact_cap: portfolio.contact_cap.as_ref().map(|cap| self.cap(cap)).transpose()?,
            ..Portfolio::default()
        })
    }

    pub(super) fn cap(&mut self, cap: &hir::Cap) -> Result<Cap, IllFormed> {
        let counted = self.expr(&cap.counted)?;
        let limit = self.add(Op::Constant(Constant::Int(i64::from(cap.limit))))?;
        let has_room = self.add(Op::Compare(Comparison::Less, counted, limit))?;
        Ok(Cap { limit: cap.limit, counted, has_room })
    }
}
