//! Journeys: ordered steps over events. [`opportune_plan::Journey`] says what they mean.

use opportune_plan::{Constant, TableId};

use super::Expr;

/// A journey whose steps hold together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Journey {
    /// The name.
    pub name: Box<str>,
    /// The steps; at least one.
    pub steps: Vec<JourneyStep>,
    /// The customer's zone.
    pub zone: Expr,
}

/// A step of a journey.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JourneyStep {
    /// The event table.
    pub events: TableId,
    /// Which of its events; never unknown.
    pub filter: Option<Expr>,
    /// How long after the step before.
    pub within: Option<Constant>,
}
