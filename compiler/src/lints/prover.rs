//! What can be proven of conditions together. The front of the proof: conditions in, yes or "not proven" out.
//!
//! The work is bounded for each question, and for all questions together in proportion to how many they are: what lints cost
//! grows with what is written and no faster, whatever is written.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use opportune_plan::{ExprId, Exprs, Schema};

use super::formula::{Formula, Formulas};
use super::search::{Demand, impossible};

/// What is demanded of a condition or a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Holds {
    /// Definitely true.
    True(ExprId),
    /// Definitely false.
    False(ExprId),
    /// False or unknown.
    NotTrue(ExprId),
    /// True or unknown.
    NotFalse(ExprId),
    /// Missing.
    Missing(ExprId),
}

/// How many steps one question takes at most.
const MOST_STEPS: usize = 4_000;
/// How many steps all questions share, beside those that each brings.
const SHARED_STEPS: usize = 12_000;
/// How many steps each question brings; most take far fewer.
const STEPS_EACH: usize = 400;

/// Proves what it can of the conditions of an arena.
pub(super) struct Prover<'a> {
    /// How many steps are left.
    steps: Cell<usize>,
    exprs: &'a Exprs,
    schema: &'a Schema,
    formulas: RefCell<Formulas<'a>>,
}

impl<'a> Prover<'a> {
    /// Nothing is proven yet.
    pub(super) fn new(exprs: &'a Exprs, schema: &'a Schema) -> Self {
        Self { steps: Cell::new(SHARED_STEPS), exprs, schema, formulas: RefCell::new(Formulas::new(exprs, schema)) }
    }

    /// The arena.
    pub(super) fn exprs(&self) -> &'a Exprs {
        self.exprs
    }

    /// Whether no customer can be so.
    pub(super) fn nobody(&self, demands: impl IntoIterator<Item = Holds>) -> bool {
        let all = self.steps.get() + STEPS_EACH;
        let mut steps = all.min(MOST_STEPS);
        // Each demand is a step at least.
        let demands: Vec<Demand> = demands.into_iter().take(steps + 1).map(|demand| self.demand(demand)).collect();
        let spared = all - steps;
        let found = demands.len() <= steps && impossible(self.exprs, self.schema, demands, &mut steps);
        self.steps.set(spared + steps);
        found
    }

    /// Whether no customer can be so, where one of several lists of demands is met beside.
    pub(super) fn nobody_of_any(&self, demands: &[Holds], any: &[Vec<Holds>]) -> bool {
        any.iter().all(|more| self.nobody(demands.iter().chain(more).copied()))
    }

    fn demand(&self, demand: Holds) -> Demand {
        let mut formulas = self.formulas.borrow_mut();
        match demand {
            Holds::True(id) => (formulas.definitely(id, true), true),
            Holds::False(id) => (formulas.definitely(id, false), true),
            Holds::NotTrue(id) => (formulas.definitely(id, true), false),
            Holds::NotFalse(id) => (formulas.definitely(id, false), false),
            Holds::Missing(id) => (Rc::new(missing(&mut formulas, id)), true),
        }
    }
}

fn missing(formulas: &mut Formulas<'_>, id: ExprId) -> Formula {
    formulas.missing(id)
}
