//! The parts of the plan that are no expressions: journeys, channels, offers with their texts, the portfolio.

use std::collections::HashMap;

use opportune_plan::{
    Cap, Channel, ChannelId, Comparison, Constant, IllFormed, Journey, JourneyStep, Offer, Op, Part, Portfolio, Route,
    Slate, Template,
};

use super::build::Builder;
use crate::hir::{self, journey, template};

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

    pub(super) fn channel(&mut self, channel: &hir::Channel) -> Result<Channel, IllFormed> {
        let needs = channel.needs.as_ref().map(|needs| self.expr(needs)).transpose()?;
        Ok(Channel { needs, ..Channel::new(channel.name.clone()) })
    }

    /// An offer without what guarantees forbid.
    pub(super) fn offer(&mut self, offer: &hir::Offer, channels: &Channels<'_>) -> Result<Offer, IllFormed> {
        let message = |(channel, text): &(Option<Box<str>>, hir::Template)| {
            let channel = channel.as_ref().and_then(|name| channels.get(&**name).copied());
            Ok((channel, self.template(text)?))
        };
        let messages = offer.messages.iter().map(message).collect::<Result<_, _>>()?;
        let priority = self.expr(&offer.priority)?;
        Ok(Offer {
            about: offer.about.clone(),
            family: offer.family,
            fields: offer.fields.clone(),
            eligible: offer.eligible.as_ref().map(|condition| self.expr(condition)).transpose()?,
            except: offer.except.iter().map(|condition| self.expr(condition)).collect::<Result<_, _>>()?,
            forbidden: Vec::new(),
            caps: offer.caps.iter().map(|cap| self.cap(cap)).collect::<Result<_, _>>()?,
            routes: offer.channels.iter().filter_map(|name| channels.get(&**name).copied()).map(Route::by).collect(),
            timing: offer.timing.clone(),
            because: offer.because.as_ref().map(|text| self.template(text)).transpose()?,
            messages,
            ..Offer::new(offer.name.clone(), priority)
        })
    }

    fn template(&mut self, text: &hir::Template) -> Result<Template, IllFormed> {
        let part = |part: &template::Part| match part {
            template::Part::Text(text) => Ok(Part::Text(text.clone())),
            template::Part::Hole { value, format, zone } => {
                let zone = zone.as_ref().map(|zone| self.expr(zone)).transpose()?;
                Ok(Part::Hole { value: self.expr(value)?, format: *format, zone })
            }
        };
        Ok(Template { parts: text.parts.iter().map(part).collect::<Result<_, _>>()? })
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

    fn cap(&mut self, cap: &hir::Cap) -> Result<Cap, IllFormed> {
        let counted = self.expr(&cap.counted)?;
        let limit = self.add(Op::Constant(Constant::Int(i64::from(cap.limit))))?;
        let has_room = self.add(Op::Compare(Comparison::Less, counted, limit))?;
        Ok(Cap { limit: cap.limit, counted, has_room })
    }
}
