//! `fold_constants`: what is the same for every customer is computed now.
//!
//! Kleene's rules: `false and x` is false even where `x` is unknown. Arithmetic folds only on ints that fit; doubles
//! and money keep the one implementation that the runtime has.

use opportune_plan::{Arithmetic, Comparison, Constant, ExprId, Exprs, Float, IllFormed, Op};

use super::rebuild::Arena;

/// The rule of the pass.
pub(super) fn fold_constants(arena: &mut Arena<'_>, op: Op) -> Result<ExprId, IllFormed> {
    let exprs = &arena.exprs;
    let folded = match op {
        Op::And(all) => return connective(arena, &all, false),
        Op::Or(all) => return connective(arena, &all, true),
        Op::Else(a, _) if exprs.get(a).is_some_and(|node| !node.partial) => return Ok(a),
        Op::If(when, a, b) if truth(exprs, when).is_some() => {
            return Ok(if truth(exprs, when) == Some(true) { a } else { b });
        }
        Op::Else(a, b) if matches!(exprs.get(a).map(|node| &node.op), Some(Op::Missing(_))) => return Ok(b),
        op => fold(exprs, &op).map_or(op, Op::Constant),
    };
    arena.add(folded)
}

fn fold(exprs: &Exprs, op: &Op) -> Option<Constant> {
    let constant = |id: &ExprId| match &exprs.get(*id)?.op {
        Op::Constant(constant) => Some(constant),
        _ => None,
    };
    match op {
        Op::Not(of) => truth(exprs, *of).map(|value| Constant::Bool(!value)),
        Op::IsTrue(of) => truth(exprs, *of).map(Constant::Bool),
        Op::IsMissing(of) => match exprs.get(*of)? {
            node if !node.partial => Some(Constant::Bool(false)),
            node if matches!(node.op, Op::Missing(_)) => Some(Constant::Bool(true)),
            _ => None,
        },
        Op::Compare(comparison, a, b) => compare(*comparison, constant(a)?, constant(b)?),
        Op::In(of, all) => Some(Constant::Bool(all.contains(constant(of)?))),
        Op::StartsWith(of, text) => match constant(of)? {
            Constant::Text(of) => Some(Constant::Bool(of.starts_with(&**text))),
            _ => None,
        },
        Op::Contains(of, text) => match constant(of)? {
            Constant::Text(of) => Some(Constant::Bool(of.contains(&**text))),
            _ => None,
        },
        Op::ToNumber(of) => match constant(of)? {
            Constant::Int(value) => Float::new(*value as f64).map(Constant::Number),
            _ => None,
        },
        Op::Arithmetic(arithmetic, a, b) => match (constant(a)?, constant(b)?) {
            (Constant::Int(a), Constant::Int(b)) => int(*arithmetic, *a, *b).map(Constant::Int),
            _ => None,
        },
        _ => None,
    }
}

fn int(arithmetic: Arithmetic, a: i64, b: i64) -> Option<i64> {
    match arithmetic {
        Arithmetic::Add => a.checked_add(b),
        Arithmetic::Subtract => a.checked_sub(b),
        Arithmetic::Multiply => a.checked_mul(b),
        Arithmetic::Divide => None,
    }
}

fn compare(comparison: Comparison, a: &Constant, b: &Constant) -> Option<Constant> {
    let order = match (a, b) {
        (Constant::Number(a), Constant::Number(b)) => a.get().partial_cmp(&b.get())?,
        _ => a.cmp(b),
    };
    Some(Constant::Bool(match comparison {
        Comparison::Equal => order.is_eq(),
        Comparison::Less => order.is_lt(),
        Comparison::LessOrEqual => order.is_le(),
    }))
}

/// `and` and `or` without their constants; `absorbing` is the value that decides alone.
fn connective(arena: &mut Arena<'_>, all: &[ExprId], absorbing: bool) -> Result<ExprId, IllFormed> {
    if all.iter().any(|part| truth(&arena.exprs, *part) == Some(absorbing)) {
        return arena.add(Op::Constant(Constant::Bool(absorbing)));
    }
    let rest: Box<[ExprId]> = all.iter().copied().filter(|part| truth(&arena.exprs, *part).is_none()).collect();
    match &*rest {
        [] => arena.add(Op::Constant(Constant::Bool(!absorbing))),
        [one] => Ok(*one),
        _ => arena.add(if absorbing { Op::Or(rest) } else { Op::And(rest) }),
    }
}

fn truth(exprs: &Exprs, id: ExprId) -> Option<bool> {
    match exprs.get(id)?.op {
        Op::Constant(Constant::Bool(value)) => Some(value),
        _ => None,
    }
}
