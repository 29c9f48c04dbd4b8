//! Scores as Rust expressions, operation by operation what the plan computes: no fused multiply-add, same order.
//!
//! A sum or product that is not finite fails `0 < score <= 1e9`, so nothing else has to be checked.

use crate::{Column, Operand, Term, Workload};

/// How a peer reads a column: the value, and whether it is there.
pub(super) struct Reader<'a> {
    pub(super) value: &'a dyn Fn(&Column) -> String,
    pub(super) known: &'a dyn Fn(&Column) -> String,
}

impl Reader<'_> {
    /// The score of an offer.
    pub(super) fn score(&self, workload: &Workload, terms: &[Term]) -> String {
        let terms: Vec<String> =
            terms.iter().map(|term| format!("{:?} * {}", term.weight, self.operand(workload, &term.operand))).collect();
        terms.join(" + ")
    }

    fn operand(&self, workload: &Workload, operand: &Operand) -> String {
        let column = |at: usize| &workload.columns[at];
        match *operand {
            Operand::Number(at) => (self.value)(column(at)),
            Operand::Else(at, other) => {
                format!("(if {} {{ {} }} else {{ {other:?} }})", (self.known)(column(at)), (self.value)(column(at)))
            }
            Operand::Scaled(at, by) => format!("({} / {by:?})", (self.value)(column(at))),
            Operand::Whole(at) => format!("({} as f64)", (self.value)(column(at))),
            Operand::Share(at, by) => format!("({} as f64 / {by}_f64)", (self.value)(column(at))),
        }
    }
}
