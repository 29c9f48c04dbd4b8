//! What may be missing, by the operation, its operands and the snapshot: where nothing can be, evaluators ask for nothing.

use super::arena::Arena;
use super::program::{Calculation, NodeId, Op, Reduction, Sign};
use crate::vectorised::column::{Kind, Scalar};

impl Arena<'_> {
    /// Whether any value of a node may be missing, given its operands and the snapshot.
    pub(super) fn may_miss(&self, op: &Op) -> bool {
        let mut of_operands = false;
        op.for_each_operand(|operand| of_operands |= self.program.node(operand).missing);
        match op {
            Op::Constant(_) | Op::Bucket(..) | Op::IsMissing(_) | Op::IsTrue(_) => false,
            Op::Missing(_) => true,
            Op::Column(table, _) if self.entries.is_one(*table) => false,
            Op::Column(table, field) => {
                let column = self.snapshot.table(*table).and_then(|t| t.columns.get(field.0 as usize));
                column.is_none_or(|column| column.validity.is_some())
            }
            Op::Entry(_, lookup) => {
                let lookup = self.program.lookups.get(*lookup as usize);
                of_operands || lookup.is_none_or(|lookup| lookup.missing)
            }
            Op::Call(call, _) => {
                of_operands || self.program.calls.get(*call as usize).is_none_or(|call| call.is_partial)
            }
            Op::Gather { .. } | Op::Find(..) | Op::Journey(..) => true,
            Op::Aggregate(selection, reduction) => {
                let selection = self.program.selections.get(*selection as usize);
                let unsure = selection.is_some_and(|s| s.operands().any(|id| self.program.node(id).missing));
                match reduction {
                    Reduction::Exists | Reduction::Count => unsure,
                    Reduction::Distinct(_) => unsure || of_operands,
                    _ => true,
                }
            }
            Op::Else(a, b) => self.program.node(*a).missing && self.program.node(*b).missing,
            Op::Arithmetic(Calculation::DaysBetween, ..) => of_operands,
            Op::Arithmetic(Calculation::Ratio, _, b) => of_operands || !self.is_not_zero(*b),
            Op::Arithmetic(Calculation::Number(_), a, b) => of_operands || !self.is_small(op, *a, *b),
            Op::Arithmetic(..) => true,
            Op::Negate(a) => of_operands || self.program.node(*a).kind == Kind::Int64,
            Op::Not(_)
            | Op::And(_)
            | Op::Or(_)
            | Op::OfCustomer(..)
            | Op::Atom(..)
            | Op::Compare(..)
            | Op::Recode(..)
            | Op::If(..)
            | Op::ToNumber(_) => of_operands,
        }
    }

    fn is_not_zero(&self, id: NodeId) -> bool {
        matches!(self.scalar(id), Some(Scalar::Int64(value)) if value != 0)
    }

    /// Whether a double operation with a constant can never overflow: a factor at most 1, a divisor at least 1.
    fn is_small(&self, op: &Op, a: NodeId, b: NodeId) -> bool {
        let magnitude = |id| match self.scalar(id) {
            Some(Scalar::Float64(bits)) => Some(f64::from_bits(bits).abs()),
            _ => None,
        };
        match op {
            Op::Arithmetic(Calculation::Number(Sign::Times), ..) => {
                magnitude(a).or(magnitude(b)).is_some_and(|factor| factor <= 1.0)
            }
            Op::Arithmetic(Calculation::Number(Sign::Through), ..) => magnitude(b).is_some_and(|by| by >= 1.0),
            _ => false,
        }
    }
}
