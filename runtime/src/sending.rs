//! The time of sending: the earliest moment that an offer's timing and a channel's rules allow for one customer.
//!
//! `decide` asks for it once a route is possible otherwise. What is asked does not depend on other offers or customers.

use opportune_plan::{ChannelId, ExprId, OfferId, Plan};

use crate::time::{Clock, Zone};

/// Of one customer, what a time of sending depends on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Whereabouts<'a> {
    /// On whose clock days and hours are told.
    pub zone: ZoneIs<'a>,
    /// Whose legal hours hold on the channel: `None` where the channel asks for none, `Some(None)` where the customer's
    /// jurisdiction is missing.
    pub law: Option<Option<&'a str>>,
}

/// A customer's zone, and whether it was given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ZoneIs<'a> {
    /// It was given.
    Known(&'a Zone),
    /// It was not, and this one stands in for it: a wish is told by it, protection is not.
    Default(&'a Zone),
}

impl<'a> ZoneIs<'a> {
    /// The zone that timing is told in.
    pub fn zone(self) -> &'a Zone {
        match self {
            Self::Known(zone) | Self::Default(zone) => zone,
        }
    }
}

/// Tells times of sending; one for each worker.
#[derive(Debug)]
pub struct SendTimes {
    /// Of each offer and channel: whether it is without any rule, so that `now` is the answer.
    plain: Vec<bool>,
    plain_channels: Vec<bool>,
    now: i64,
}

impl SendTimes {
    /// The times of sending of a plan's offers at a run's `now`.
    pub fn new(plan: &Plan, clock: &Clock) -> Self {
        let plain = plan.offers.iter().map(|offer| offer.timing.is_none());
        let plain_channels = plan.channels.iter().map(|channel| {
            channel.quiet.is_empty() && channel.law.is_none() && channel.lead == opportune_plan::Span::default()
        });
        Self { plain: plain.collect(), plain_channels: plain_channels.collect(), now: clock.now() }
    }

    /// The earliest moment at which an offer may be sent by a channel, if there is one within the horizon. A customer
    /// who `asked` by an inbound channel is answered at `now` or not at all.
    ///
    /// `event` gives the value of a moment's event (an instant) or day (days since 1970-01-01) for this customer.
    pub fn earliest(
        &mut self,
        offer: OfferId,
        channel: ChannelId,
        asked: bool,
        at: &Whereabouts<'_>,
        event: &dyn Fn(ExprId) -> Option<i64>,
    ) -> Option<i64> {
        // Until the search is here, what has a rule is never sent: nobody is reached at a wrong time.
        let _ = (at, event);
        let plain = |of: &[bool], at: u32| of.get(at as usize).copied().unwrap_or(false);
        let free = asked || plain(&self.plain_channels, channel.0);
        (free && plain(&self.plain, offer.0)).then_some(self.now)
    }
}
