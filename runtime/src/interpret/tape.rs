//! Expressions laid out as a tape: each step after the steps it reads, so that evaluating needs no recursion however
//! deep an expression is.
//!
//! A step is an expression at a place: the row that the tape is about (a customer, or one of its events), or a row
//! that links lead to from there. A condition that is read through two links is two steps.

use std::collections::HashMap;

use opportune_plan::{Aggregate, ExprId, Exprs, FieldId, Op, Scope, TableId, VerifiedPlan, Window};

use crate::time::Clock;

/// A position on the tape.
pub type Step = usize;

/// A position in [`Tape::places`].
pub type Place = usize;

/// The place of the row that a tape is about.
pub const HERE: Place = 0;

/// Expressions in the order in which they are evaluated.
#[derive(Debug)]
pub struct Tape<'a> {
    plan: &'a VerifiedPlan,
    clock: &'a Clock,
    pub steps: Vec<TapeStep<'a>>,
    pub places: Vec<TapePlace>,
    found: HashMap<(ExprId, Place), Step>,
    linked: HashMap<(Place, TableId, FieldId), Place>,
}

/// An expression at a place.
#[derive(Debug)]
pub struct TapeStep<'a> {
    pub expr: ExprId,
    pub op: &'a Op,
    pub place: Place,
    /// The steps of its operands, in the order of [`Op::for_each_operand`]; of an aggregate, none.
    pub operands: Vec<Step>,
    /// Of an aggregate: what is evaluated for each event.
    pub aggregate: Option<Box<PerEvent<'a>>>,
}

/// A row.
#[derive(Clone, Copy, Debug)]
pub enum TapePlace {
    /// The row that the tape is about.
    Here,
    /// The row that a link leads to from another place.
    Linked { from: Place, table: TableId, link: FieldId },
}

/// What an aggregate needs of each event.
#[derive(Debug)]
pub struct PerEvent<'a> {
    pub tape: Tape<'a>,
    /// Only events after this moment are in the window.
    pub after: Option<i64>,
    pub filter: Option<Step>,
    pub value: Option<Step>,
    /// Steps of the events' tape whose values are steps of the customer's.
    pub of_customer: Vec<(Step, Step)>,
}

impl<'a> Tape<'a> {
    /// An empty tape.
    pub fn new(plan: &'a VerifiedPlan, clock: &'a Clock) -> Self {
        let (found, linked) = (HashMap::new(), HashMap::new());
        Self { plan, clock, steps: Vec::new(), places: vec![TapePlace::Here], found, linked }
    }

    /// The step of an expression at the tape's own row, laid out with all that it needs if it is not there yet.
    pub fn add(&mut self, expr: ExprId) -> Step {
        // Depth first with a stack of its own: an expression comes by twice, before and after its operands.
        let mut stack = vec![(expr, HERE)];
        while let Some(&(expr, place)) = stack.last() {
            let waiting = stack.len();
            if !self.found.contains_key(&(expr, place)) {
                let needs = self.needs(expr, place);
                stack.extend(needs.iter().filter(|need| !self.found.contains_key(need)));
                if stack.len() == waiting {
                    self.lay(expr, place, &needs);
                }
            }
            if stack.len() == waiting {
                stack.pop();
            }
        }
        self.found.get(&(expr, HERE)).copied().unwrap_or_default()
    }

    /// What must be laid out before an expression.
    fn needs(&mut self, expr: ExprId, place: Place) -> Vec<(ExprId, Place)> {
        let exprs = &self.plan.exprs;
        match &exprs.node(expr).op {
            Op::Follow { table, link, value } => vec![(*value, self.linked(place, *table, *link))],
            // What it reads of the customer is on the customer's tape.
            Op::OfCustomer { .. } => Vec::new(),
            Op::Aggregate(aggregate) => of_customer(exprs, aggregate).into_iter().map(|value| (value, HERE)).collect(),
            op => {
                let mut needs = Vec::new();
                op.for_each_operand(|operand| needs.push((operand, place)));
                needs
            }
        }
    }

    fn linked(&mut self, from: Place, table: TableId, link: FieldId) -> Place {
        let next = self.places.len();
        let place = *self.linked.entry((from, table, link)).or_insert(next);
        if place == next {
            self.places.push(TapePlace::Linked { from, table, link });
        }
        place
    }

    fn lay(&mut self, expr: ExprId, place: Place, needs: &[(ExprId, Place)]) {
        let op = &self.plan.exprs.node(expr).op;
        let operands = needs.iter().filter_map(|need| self.found.get(need).copied()).collect();
        let aggregate = match op {
            Op::Aggregate(aggregate) => Some(Box::new(self.per_event(aggregate))),
            _ => None,
        };
        self.found.insert((expr, place), self.steps.len());
        self.steps.push(TapeStep { expr, op, place, operands, aggregate });
    }

    fn per_event(&self, aggregate: &Aggregate) -> PerEvent<'a> {
        let mut tape = Tape::new(self.plan, self.clock);
        let filter = aggregate.filter.map(|filter| tape.add(filter));
        let value = aggregate.function.value().map(|value| tape.add(value));
        let after = match aggregate.window {
            Window::Always => None,
            Window::Last(span) => Some(self.clock.start_of_last(span)),
        };
        let read = |(at, step): (Step, &TapeStep<'_>)| match step.op {
            Op::OfCustomer { value, .. } => Some((at, *self.found.get(&(*value, HERE))?)),
            _ => None,
        };
        let of_customer = tape.steps.iter().enumerate().filter_map(read).collect();
        PerEvent { tape, after, filter, value, of_customer }
    }
}

/// What an aggregate reads of the customer.
fn of_customer(exprs: &Exprs, aggregate: &Aggregate) -> Vec<ExprId> {
    let mut stack: Vec<ExprId> = aggregate.filter.into_iter().chain(aggregate.function.value()).collect();
    let (mut seen, mut found) = (vec![false; exprs.len()], Vec::new());
    while let Some(expr) = stack.pop() {
        let Some(seen) = seen.get_mut(expr.0 as usize).filter(|seen| !**seen) else { continue };
        *seen = true;
        match &exprs.node(expr).op {
            Op::OfCustomer { value, .. } => found.push(*value),
            op if exprs.node(expr).scope != Scope::Anywhere => op.for_each_operand(|operand| stack.push(operand)),
            _ => {}
        }
    }
    found
}
