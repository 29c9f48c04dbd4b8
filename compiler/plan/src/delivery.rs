//! When an offer is sent: the earliest moment that its timing and its channel allow.

use crate::channel::{Hours, Weekdays};
use crate::expr::ExprId;
use crate::types::Span;

/// When an offer may be sent, on the customer's clock.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Timing {
    /// The first day (days since 1970-01-01); none: from ever.
    pub from: Option<i32>,
    /// The last day, included; none: for ever.
    pub to: Option<i32>,
    /// On these days. Where there are hours: on which they begin.
    pub days: Weekdays,
    /// Within one of these; none: at any hour. Their own days are all days.
    pub hours: Vec<Hours>,
    /// The first that is possible rules; none: as soon as may be.
    pub moments: Vec<Moment>,
}

impl Timing {
    /// Days between, both included.
    pub fn between(from: Option<i32>, to: Option<i32>) -> Self {
        Self { from, to, days: Weekdays::ALL, hours: Vec::new(), moments: Vec::new() }
    }

    /// Whether it says nothing but days between: then today decides for all customers of one zone.
    pub fn is_days_only(&self) -> bool {
        self.days == Weekdays::ALL && self.hours.is_empty() && self.moments.is_empty()
    }
}

/// A moment, or a stretch of time, in which an offer may be sent. An event's time that is missing makes it impossible.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Moment {
    /// At `now` (later by the channel's lead time) or not at all.
    RightAway,
    /// From `least` after the event to `most` after it, both included; without `most`: for ever.
    After {
        /// When it happened: an instant over the customer.
        event: ExprId,
        /// At least so long after.
        least: Span,
        /// At most so long after; past it the offer is not sent at all.
        most: Option<Span>,
    },
    /// At exactly this time of the clock, so many days after a day.
    At {
        /// The day: a date over the customer.
        day: ExprId,
        /// So much later: days or months.
        plus: Span,
        /// Microseconds since midnight.
        time: i64,
    },
    /// Exactly so long after the event.
    Exactly {
        /// When it happened: an instant over the customer.
        event: ExprId,
        /// So much later.
        plus: Span,
    },
}

/// What sending needs to know of the customer and the calendar.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Delivery {
    /// The customer's zone: a timezone over the customer, not nullable. None: the project's zone, known for all.
    pub zone: Option<ExprId>,
    /// Whether that zone was given, and did not come from a default: a condition over the customer, never unknown.
    /// None: it is known for all.
    pub zone_known: Option<ExprId>,
    /// Where the zone is not known, it is one of these (IANA names); none: any on earth.
    pub possible_zones: Vec<Box<str>>,
    /// How far ahead a sending may lie.
    pub horizon: Span,
}

impl Default for Delivery {
    fn default() -> Self {
        Self { zone: None, zone_known: None, possible_zones: Vec::new(), horizon: Span::days(7) }
    }
}
