//! Channels, and what sending needs to know of the customer.

use opportune_plan::{Capacity, Channel, Constant, Delivery, IllFormed, Offer, Op, Portfolio, Schema, Span as Length};

use super::super::build::Builder;
use crate::hir;

/// Whether anything is told by the customer's clock. Otherwise all that is sent is sent at `now`.
pub(in crate::lower) fn asks_for_zone(channels: &[Channel], offers: &[Offer], portfolio: &Portfolio) -> bool {
    let waits =
        |channel: &Channel| !channel.quiet.is_empty() || channel.law.is_some() || channel.lead != Length::default();
    let of_offers = offers.iter().any(|offer| offer.timing.is_some() || !offer.limits.is_empty());
    channels.iter().any(waits) || of_offers || !portfolio.limits.is_empty() || !portfolio.pauses.is_empty()
}

impl Builder<'_> {
    pub(in crate::lower) fn channel(&mut self, channel: &hir::Channel) -> Result<Channel, IllFormed> {
        Ok(Channel {
            name: channel.name.clone(),
            needs: self.some(channel.needs.as_ref())?,
            direction: channel.direction,
            asked: self.some(channel.asked.as_ref())?,
            quiet: channel.quiet.clone(),
            law: self.some(channel.law.as_ref())?,
            lead: channel.lead,
            capacity: channel.capacity.map(|(most, each)| Capacity { most, each, past: None }),
        })
    }

    /// Gives the channels with a capacity the past contacts, which have used some of it.
    pub(in crate::lower) fn used_capacity(
        &mut self,
        schema: &hir::Schema,
        channels: &mut [Channel],
    ) -> Result<(), IllFormed> {
        let Some(contacts) = hir::caps::contacts_by_channel(schema) else { return Ok(()) };
        for capacity in channels.iter_mut().filter_map(|channel| channel.capacity.as_mut()) {
            capacity.past = Some(self.history(&contacts)?);
        }
        Ok(())
    }

    /// The customer's zone: their field of type timezone, its default, the project's. It is known where it was given.
    pub(in crate::lower) fn delivery(
        &mut self,
        zone: Option<&hir::schema::CustomerZone>,
        project: &str,
    ) -> Result<Delivery, IllFormed> {
        let Some(zone) = zone else { return Ok(Delivery::default()) };
        let field = self.add(Op::Field(Schema::CUSTOMER, zone.field))?;
        if !zone.may_miss {
            return Ok(Delivery { zone: Some(field), ..Delivery::default() });
        }
        let name = zone.default.clone().unwrap_or_else(|| project.into());
        let default = self.add(Op::Constant(Constant::Zone(name)))?;
        let told = self.add(Op::Else(field, default))?;
        let is_missing = self.add(Op::IsMissing(field))?;
        let is_known = self.add(Op::Not(is_missing))?;
        Ok(Delivery { zone: Some(told), zone_known: Some(is_known), ..Delivery::default() })
    }
}
