//! Aggregates: windows whose ends are constants or moments of the customer's own, and what is reduced.

use opportune_plan::{self as plan, ExprId, Function, Scope, Type};

use super::program::{Bound, NodeId, Op, Reduction, Selection};
use super::{Binder, kind};
use crate::vectorised::column::Scalar;

impl Binder<'_> {
    pub(super) fn aggregate(&mut self, id: ExprId, aggregate: &plan::Aggregate, node: &plan::Node) -> NodeId {
        if let Some(value) = aggregate.function.value() {
            self.same_names(id, value);
        }
        let ends = [aggregate.window.after, aggregate.window.until].map(|end| self.bound(end));
        let [Some(after), Some(until)] = ends else { return self.arena.missing(kind(node.ty)) };
        let filter = aggregate.filter.map(|filter| self.id(filter));
        let selection = self.arena.selection(Selection { events: aggregate.events, after, until, filter });
        let reduction = self.reduction(aggregate.function);
        self.arena.push(Op::Aggregate(selection, reduction), kind(node.ty), Scope::Row(plan::Schema::CUSTOMER))
    }

    /// An end of a window; `None` where it is missing for everybody.
    fn bound(&mut self, end: Option<ExprId>) -> Option<Bound> {
        let Some(end) = end else { return Some(Bound::Open) };
        let bound = self.id(end);
        match (self.arena.scalar(bound), &self.arena.node(bound).op) {
            (Some(Scalar::Int64(moment)), _) => Some(Bound::At(moment)),
            (_, Op::Missing(_)) => None,
            _ => Some(Bound::Of(bound)),
        }
    }

    fn reduction(&mut self, function: Function) -> Reduction {
        match function {
            Function::Exists => Reduction::Exists,
            Function::Count => Reduction::Count,
            Function::Sum(value) => Reduction::Sum(self.id(value)),
            Function::Avg(value) => {
                let bound = self.id(value);
                match self.ty(value) {
                    Type::Number | Type::Distance => Reduction::MeanOfNumbers(bound),
                    Type::Int => Reduction::MeanOfInts(bound),
                    _ => Reduction::MeanOfWhole(bound),
                }
            }
            Function::Min(value) => Reduction::Min(self.id(value)),
            Function::Max(value) => Reduction::Max(self.id(value)),
            Function::First(value) => Reduction::First(self.id(value)),
            Function::Last(value) => Reduction::Last(self.id(value)),
            Function::Distinct(value) => Reduction::Distinct(self.id(value)),
            Function::MostFrequent(value) => Reduction::MostFrequent(self.id(value)),
            Function::FrequencyRank { value, of } => {
                let (value, of) = self.ranked(value, of);
                Reduction::FrequencyRank(value, of)
            }
            Function::TypicalGap(value) => Reduction::TypicalGap(self.id(value)),
        }
    }
}
