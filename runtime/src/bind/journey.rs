//! Journeys with their filters bound and their limits as spans.

use opportune_plan::{Constant, JourneyId, JourneyPart, Schema, Scope, Span, TableId};

use super::Binder;
use super::call::Calendars;
use super::program::{NodeId, Op};
use crate::builtin::calendar;
use crate::vectorised::column::Kind;

/// A journey over the customer's events.
#[derive(Debug)]
pub struct Journey {
    /// The steps; at least one.
    pub steps: Vec<Step>,
    /// The event tables of the steps, in the order of the schema, each once.
    pub tables: Vec<TableId>,
    /// The customer's zone.
    pub zone: NodeId,
    /// The zones by code.
    pub zones: Calendars,
}

/// A step of a journey.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// The event table.
    pub events: TableId,
    /// Which of its events.
    pub filter: Option<NodeId>,
    /// How long after the step before.
    pub within: Option<Span>,
}

impl Journey {
    /// What it reads: of the events, and of the customer.
    pub fn operands(&self) -> impl Iterator<Item = NodeId> {
        self.steps.iter().filter_map(|step| step.filter).chain([self.zone])
    }
}

impl Binder<'_> {
    /// How far a customer is on a journey.
    pub(super) fn journey(&mut self, id: JourneyId, part: JourneyPart, kind: Kind) -> NodeId {
        let at = id.0 as usize;
        let Some(journey) = self.plan.journeys.get(at) else { return self.arena.missing(kind) };
        let number = match self.journeys.get(at).copied().flatten() {
            Some(number) => number,
            None => {
                let bound = self.bound_journey(journey);
                self.arena.journey(bound)
            }
        };
        if let Some(slot) = self.journeys.get_mut(at) {
            *slot = Some(number);
        }
        self.arena.push(Op::Journey(number, part), kind, Scope::Row(Schema::CUSTOMER))
    }

    fn bound_journey(&mut self, journey: &opportune_plan::Journey) -> Journey {
        let mut steps = Vec::with_capacity(journey.steps.len());
        for step in &journey.steps {
            let filter = step.filter.map(|filter| self.id(filter));
            steps.push(Step { events: step.events, filter, within: step.within.as_ref().and_then(span) });
        }
        let mut tables: Vec<TableId> = steps.iter().map(|step| step.events).collect();
        tables.sort_unstable();
        tables.dedup();
        Journey { steps, tables, zone: self.id(journey.zone), zones: self.zones(journey.zone) }
    }
}

/// A limit; one that is longer than any time there is none.
fn span(within: &Constant) -> Option<Span> {
    match within {
        Constant::Duration(micros) => Some(Span::micros(*micros)),
        Constant::Days(days) => calendar::days(*days),
        Constant::Months(months) => calendar::months(*months),
        _ => None,
    }
}
