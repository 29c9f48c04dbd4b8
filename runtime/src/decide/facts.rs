//! What decisions know of a customer beside masks and scores: the facts of a block, by their place in [`Plan::facts`].

use std::sync::Arc;

use opportune_plan::{ExprId, Plan};

use crate::evaluate::Fact;
use crate::snapshot::{Dictionary, Values};

/// Where a fact stands among those of a block.
pub type FactAt = usize;

/// The expressions whose values are facts.
#[derive(Debug)]
pub struct FactIds(Vec<ExprId>);

impl FactIds {
    /// Those of a plan.
    pub fn new(plan: &Plan) -> Self {
        Self(plan.facts())
    }

    /// Where an expression stands; beyond the last, so that it is always missing, where it is no fact.
    pub fn at(&self, expr: ExprId) -> FactAt {
        Plan::fact(&self.0, expr).unwrap_or(usize::MAX)
    }
}

/// The facts of a block's customers.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'c>(pub &'c [Fact]);

impl<'c> Facts<'c> {
    fn values(self, at: FactAt, row: usize) -> Option<&'c Values> {
        let column = &self.0.get(at)?.0;
        column.is_valid(row).then_some(&column.values)
    }

    /// A condition; `None` where it is unknown.
    pub fn condition(self, at: FactAt, row: usize) -> Option<bool> {
        match self.values(at, row)? {
            Values::Bits(bits) => Some(bits.get(row)),
            _ => None,
        }
    }

    /// What is held as an integer: an int, an amount, an instant, a date.
    pub fn int(self, at: FactAt, row: usize) -> Option<i64> {
        match self.values(at, row)? {
            Values::Int64(values) => values.get(row).copied(),
            Values::Int32(values) => values.get(row).map(|value| i64::from(*value)),
            _ => None,
        }
    }

    /// The code of a text, of a value of a list or of a zone, and the dictionary that it is of.
    pub fn code(self, at: FactAt, row: usize) -> Option<(u32, &'c Arc<Dictionary>)> {
        match self.values(at, row)? {
            Values::Codes(codes, dictionary) => Some((*codes.get(row)?, dictionary)),
            _ => None,
        }
    }

    /// A text, a value of a list, or the name of a zone.
    pub fn text(self, at: FactAt, row: usize) -> Option<&'c str> {
        let (code, dictionary) = self.code(at, row)?;
        dictionary.get(code)
    }
}
