//! Journeys: ordered steps over a customer's events.

use crate::expr::ExprId;
use crate::schema::TableId;
use crate::types::Constant;

/// Names a journey of [`crate::Plan::journeys`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct JourneyId(pub u32);

/// What is asked of a journey.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum JourneyPart {
    /// The step that the customer has reached: an int, 0 before the first.
    Step,
    /// When that step was reached: an instant; missing before the first.
    Since,
}

/// Ordered steps: `journey checkin = visit, then scan within 2 days where product.promoted`.
///
/// A customer's events of all its tables are taken by time (those of one moment in the order of the steps' tables in the
/// schema, then of their rows). The journey begins at step 0. Each event does the first of these that applies:
///
/// 1. where the next step has a limit and the event is later than the step that was reached moved by that limit (by the
///    customer's calendar), the journey has lapsed: it is at step 0 again, before the event is looked at;
/// 2. an event that matches the next step reaches it;
/// 3. on a finished journey, or at its first step, an event that matches the first step begins anew from there.
///
/// An event that does none of these changes nothing. At last `now` is looked at as by rule 1. Where the filter of a step
/// is unknown for an event of its table, the journey is missing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Journey {
    /// The name.
    pub name: Box<str>,
    /// The steps; at least one.
    pub steps: Vec<JourneyStep>,
    /// The customer's zone, for limits in days and months; over the customer, never nullable.
    pub zone: ExprId,
}

/// A step of a journey.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JourneyStep {
    /// The event table.
    pub events: TableId,
    /// Which of its events: a condition over the event's row, not nullable.
    pub filter: Option<ExprId>,
    /// How long after the step before: a positive duration, days or months; the moment itself is still in time. None
    /// for the first step.
    pub within: Option<Constant>,
}
