//! Channels, and what sending needs to know of the customer.

use opportune_plan::{Capacity, Channel, Delivery, IllFormed, Op, Schema};

use super::super::build::Builder;
use crate::hir;

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
        let default = self.add(Op::Constant(opportune_plan::Constant::Zone(name)))?;
        let told = self.add(Op::Else(field, default))?;
        let is_missing = self.add(Op::IsMissing(field))?;
        let is_known = self.add(Op::Not(is_missing))?;
        Ok(Delivery { zone: Some(told), zone_known: Some(is_known), ..Delivery::default() })
    }
}
