//! Between which numbers a value lies, whoever the customer is.
//!
//! What must hold: whatever the value comes out as lies between the two. Operations on doubles are monotone also where
//! they round, so the ends are computed by the same operations.

use opportune_plan::{Arithmetic, Builtin, Constant, ExprId, Exprs, Function, Op, Type};

/// How deep a value is looked into; of what lies deeper nothing is known.
const DEEPEST: usize = 64;

type Bounds = (f64, f64);

const ANY: Bounds = (f64::NEG_INFINITY, f64::INFINITY);

/// The least and the greatest value of an int, a number or an amount; `None` of other types.
pub(super) fn bounds(exprs: &Exprs, id: ExprId) -> Option<Bounds> {
    let node = exprs.get(id)?;
    matches!(node.ty, Type::Int | Type::Number).then(|| within(exprs, id, DEEPEST))
}

/// Whether a value is there whatever the customer is like: nothing that it is made of is missing or overflows.
pub(super) fn is_sure(exprs: &Exprs, id: ExprId) -> bool {
    is_there(exprs, id, DEEPEST)
}

fn is_there(exprs: &Exprs, id: ExprId, depth: usize) -> bool {
    let (Some(node), Some(depth)) = (exprs.get(id), depth.checked_sub(1)) else { return false };
    if !node.partial {
        return true;
    }
    let of = |id: &ExprId| is_there(exprs, *id, depth);
    match &node.op {
        Op::Arithmetic(_, a, b) if node.ty == Type::Number && !node.nullable => {
            let (least, most) = within(exprs, id, DEEPEST);
            least.is_finite() && most.is_finite() && of(a) && of(b)
        }
        Op::ToNumber(value) => of(value),
        Op::If(when, a, b) => of(when) && of(a) && of(b),
        Op::Else(a, b) => of(a) || of(b),
        _ => false,
    }
}

fn within(exprs: &Exprs, id: ExprId, depth: usize) -> Bounds {
    let (Some(node), Some(depth)) = (exprs.get(id), depth.checked_sub(1)) else { return ANY };
    let of = |id: &ExprId| within(exprs, *id, depth);
    match &node.op {
        Op::Constant(Constant::Int(value)) => (*value as f64, *value as f64),
        Op::Constant(Constant::Number(value)) => (value.get(), value.get()),
        Op::ToNumber(value) => of(value),
        Op::Negate(value) => {
            let (least, most) = of(value);
            (-most, -least)
        }
        Op::Else(a, b) | Op::If(_, a, b) => around(of(a), of(b)),
        Op::Arithmetic(arithmetic, a, b) => {
            match (exprs.get(*a).map(|node| node.ty), exprs.get(*b).map(|node| node.ty)) {
                (Some(Type::Int | Type::Number), Some(Type::Int | Type::Number)) => combined(*arithmetic, of(a), of(b)),
                _ => ANY,
            }
        }
        Op::Aggregate(aggregate) => match aggregate.function {
            Function::Count | Function::Distinct(_) => (0.0, f64::INFINITY),
            Function::FrequencyRank { .. } => (1.0, f64::INFINITY),
            _ => ANY,
        },
        Op::Call(builtin, arguments) => called(*builtin, &arguments.iter().map(of).collect::<Vec<_>>()),
        _ => ANY,
    }
}

fn around(a: Bounds, b: Bounds) -> Bounds {
    (a.0.min(b.0), a.1.max(b.1))
}

fn combined(arithmetic: Arithmetic, a: Bounds, b: Bounds) -> Bounds {
    let corners = |of: fn(f64, f64) -> f64| {
        let all = [of(a.0, b.0), of(a.0, b.1), of(a.1, b.0), of(a.1, b.1)];
        if all.iter().any(|corner| corner.is_nan()) {
            return ANY;
        }
        (all.iter().copied().fold(f64::INFINITY, f64::min), all.iter().copied().fold(f64::NEG_INFINITY, f64::max))
    };
    match arithmetic {
        Arithmetic::Add => corners(|a, b| a + b),
        Arithmetic::Subtract => corners(|a, b| a - b),
        // Zero by infinity stands for zero by something large.
        Arithmetic::Multiply => corners(|a, b| if a == 0.0 || b == 0.0 { 0.0 } else { a * b }),
        Arithmetic::Divide if b.0 > 0.0 || b.1 < 0.0 => {
            corners(|a, b| if a == 0.0 || b.is_infinite() && a.is_infinite() { 0.0 } else { a / b })
        }
        Arithmetic::Divide => ANY,
    }
}

fn called(builtin: Builtin, arguments: &[Bounds]) -> Bounds {
    let each = |of: fn(f64, f64) -> f64| {
        let folded = arguments.iter().copied().reduce(|a, b| (of(a.0, b.0), of(a.1, b.1)));
        folded.unwrap_or(ANY)
    };
    match (builtin, arguments) {
        (Builtin::Least, _) => each(f64::min),
        (Builtin::Greatest, _) => each(f64::max),
        (Builtin::Abs | Builtin::Sqrt | Builtin::Exp | Builtin::Length | Builtin::Size, _) => (0.0, f64::INFINITY),
        (Builtin::Hour, _) => (0.0, 23.0),
        (Builtin::Month, _) => (1.0, 12.0),
        (Builtin::Floor, [(least, most)]) => (least.floor(), most.floor()),
        (Builtin::Ceil, [(least, most)]) => (least.ceil(), most.ceil()),
        (Builtin::Round, [(least, most)]) => (least.floor(), most.ceil()),
        _ => ANY,
    }
}
