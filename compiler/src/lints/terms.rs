//! What conditions compare, and which values it can have at all.

use opportune_plan::{Aggregate, BUCKETS, Builtin, ExprId, Function, Node, Op, Schema, Type};

use super::formula::Kind;
use super::values::{Known, Values};

/// What conditions compare.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(super) enum Term {
    /// A value of the arena.
    Value(ExprId),
    /// Whether the first is less than the second (-1), equal (0) or greater (1).
    Order(ExprId, ExprId),
    /// How much later the first is than `now` or `today`, in this kind of length.
    Since(ExprId, ExprId, Kind),
}

const MICROS_OF_A_DAY: i128 = 86_400_000_000;

/// All values that an expression can have.
pub(super) fn universe(node: &Node, schema: &Schema) -> Values {
    Values { missing: node.partial, known: by_operation(&node.op).unwrap_or_else(|| by_type(node.ty, schema)) }
}

fn by_operation(op: &Op) -> Option<Known> {
    Some(match op {
        Op::Aggregate(Aggregate { function: Function::Count | Function::Distinct(_), .. }) => Known::at_least(0),
        Op::Aggregate(Aggregate { function: Function::FrequencyRank { .. }, .. }) => Known::at_least(1),
        Op::Aggregate(Aggregate { function: Function::TypicalGap(_), .. }) | Op::Remaining(_) => Known::at_least(0),
        Op::Bucket { .. } => Known::between(0, i128::from(BUCKETS) - 1),
        Op::Call(builtin, _) => match builtin {
            Builtin::Hour => Known::between(0, 23),
            Builtin::Minute | Builtin::Second => Known::between(0, 59),
            Builtin::Month => Known::between(1, 12),
            Builtin::Day => Known::between(1, 31),
            Builtin::DayOfYear => Known::between(1, 366),
            Builtin::Week => Known::between(1, 53),
            Builtin::Year => Known::between(1, 9999),
            Builtin::Length | Builtin::Size | Builtin::Abs | Builtin::Sqrt | Builtin::Exp => Known::at_least(0),
            _ => return None,
        },
        _ => return None,
    })
}

fn by_type(ty: Type, schema: &Schema) -> Known {
    match ty {
        Type::Bool => Known::between(0, 1),
        Type::OneOf(domain) | Type::Ordered(domain) => {
            let values = schema.domain(domain).map_or(0, |domain| domain.variants.len());
            i128::try_from(values).map_or(Known::any(), |values| Known::between(0, values - 1))
        }
        Type::Time => Known::between(0, MICROS_OF_A_DAY - 1),
        Type::Distance => Known::at_least(0),
        Type::Text | Type::Zone => Known::any_text(),
        _ => Known::any(),
    }
}
