//! The time of sending: the earliest moment that an offer's timing and a channel's rules allow for one customer.
//!
//! `decide` asks for it once a route is possible otherwise. What is asked does not depend on other offers or customers;
//! the answer depends on the plan, `now`, the customer's zone and jurisdiction, and, where timing has moments, on the
//! customer's own events.
//!
//! Rules are weeks that change with the calendar ([`steps`]): hours of the local clock, days between which they hold,
//! holidays on which they do not. For a zone they become steps in UTC; an offer's timing and a channel's protection are
//! met once for each place (zone and jurisdiction) and remembered. Then a search is two binary ones: in the steps, and in
//! the week. It steps over weeks that never open in one go, so it ends after at most as many steps as the rules change
//! within the horizon: zone transitions, holidays, first and last days. A horizon is at most [`FURTHEST`] days, whatever
//! the plan says.

mod answers;
pub mod holidays;
pub mod law;
mod rules;
mod steps;
mod week;
mod zones;

use opportune_plan::{ChannelId, ExprId, Moment, OfferId, Plan};

use self::answers::{Answer, Answers};
use self::law::Law;
use self::rules::Rules;
use crate::time::{Calendar, Clock, Zone, shift_date};

/// Nothing is sent later than so many days after `now`.
pub const FURTHEST: i32 = 3_660;

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
    rules: Rules,
    answers: Answers,
}

impl SendTimes {
    /// The times of sending of a plan's offers at a run's `now`.
    pub fn new(plan: &Plan, clock: &Clock) -> Self {
        Self { rules: Rules::new(plan), answers: Answers::new(plan, clock) }
    }

    /// The earliest moment at which an offer may be sent by a channel, if there is one within the horizon. A customer
    /// who `asked` by an inbound channel is answered at `now` or not at all; one who did not is not reached by a channel
    /// that is inbound only.
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
        let of_offer = self.rules.offers.get(offer.0 as usize)?;
        let of_channel = self.rules.channels.get(channel.0 as usize)?;
        let asked = asked && of_channel.may_be_asked;
        if of_channel.needs_asking && !asked {
            return None;
        }
        // Whoever asks is answered: their jurisdiction is then nobody's business.
        let law = (of_channel.law && !asked).then(|| Law::of(at.law.flatten()));
        let (place, channel) = (self.answers.place(at.zone, law), channel.0 as usize);
        if self.answers.known(place, of_offer.timing, channel, asked).is_none() {
            self.answers.learn(&self.rules, place, of_offer.timing, channel, asked)?;
        }
        let answer = self.answers.known(place, of_offer.timing, channel, asked)?;
        if of_offer.moments.is_empty() {
            return answer.first;
        }
        let calendar = &self.answers.zone(place)?.calendar;
        of_offer.moments.iter().find_map(|moment| at_moment(answer, calendar, moment, event))
    }
}

/// The earliest instant of a moment that an answer allows.
fn at_moment(
    answer: &Answer,
    calendar: &Calendar,
    moment: &Moment,
    event: &dyn Fn(ExprId) -> Option<i64>,
) -> Option<i64> {
    match *moment {
        Moment::RightAway => exactly(answer, answer.lo),
        Moment::After { event: of, least, most } => {
            let happened = event(of)?;
            let from = calendar.shift(happened, least)?;
            // What ends beyond the last year there is, does not end.
            let to = most.and_then(|most| calendar.shift(happened, most)).unwrap_or(i64::MAX);
            answer.steps.earliest(from.max(answer.lo), to.min(answer.hi))
        }
        Moment::At { day, plus, time } => {
            let day = shift_date(i32::try_from(event(day)?).ok()?, plus)?;
            exactly(answer, calendar.instant_of(day, time)?)
        }
        Moment::Exactly { event: of, plus } => exactly(answer, calendar.shift(event(of)?, plus)?),
    }
}

/// An instant, if it is allowed.
fn exactly(answer: &Answer, instant: i64) -> Option<i64> {
    let within = (answer.lo..=answer.hi).contains(&instant);
    within.then(|| answer.steps.earliest(instant, instant)).flatten()
}
