//! `fold_constants`: what is the same for every customer is computed now.
//!
//! Kleene's rules: `false and x` is false even where `x` is unknown. Arithmetic folds where it is exact or one operation on
//! doubles ([`constants`]); what rounds keeps the one implementation that the runtime has. A value that is looked for in a
//! set that is known becomes `in`.

use opportune_plan::{Builtin, Comparison, Constant, ExprId, Exprs, Float, IllFormed, Op};

use super::rebuild::Arena;
use crate::hir::constants;

/// The rule of the pass.
pub(super) fn fold_constants(arena: &mut Arena<'_>, op: Op) -> Result<ExprId, IllFormed> {
    let exprs = &arena.exprs;
    let folded = match op {
        Op::And(all) => return connective(arena, &all, false),
        Op::Or(all) => return connective(arena, &all, true),
        Op::Call(Builtin::Has, both) => return has(arena, both),
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
        Op::Negate(of) => constants::negated(constant(of)?),
        Op::Arithmetic(arithmetic, a, b) => constants::arithmetic(*arithmetic, constant(a)?, constant(b)?),
        Op::EndsWith(of, text) => match constant(of)? {
            Constant::Text(of) => Some(Constant::Bool(of.ends_with(&**text))),
            _ => None,
        },
        Op::Call(Builtin::Overlaps, both) => match both.iter().map(constant).collect::<Option<Vec<_>>>()?.as_slice() {
            [Constant::Set(_, a), Constant::Set(_, b)] => Some(Constant::Bool(a.iter().any(|one| b.contains(one)))),
            _ => None,
        },
        Op::Call(Builtin::Size, set) => match constant(set.first()?)? {
            Constant::Set(_, all) => i64::try_from(all.len()).ok().map(Constant::Int),
            _ => None,
        },
        _ => None,
    }
}

/// A value that is looked for in a set that is known: `in` its values.
fn has(arena: &mut Arena<'_>, both: Box<[ExprId]>) -> Result<ExprId, IllFormed> {
    let set = both.first().and_then(|set| arena.op(*set));
    let (Some(Op::Constant(Constant::Set(_, all))), Some(value)) = (set, both.get(1).copied()) else {
        return arena.add(Op::Call(Builtin::Has, both));
    };
    let all = all.clone();
    match arena.exprs.get(value).map(|node| (&node.op, node.partial)) {
        Some((Op::Constant(value), _)) => {
            let found = all.contains(value);
            arena.add(Op::Constant(Constant::Bool(found)))
        }
        Some((_, false)) if all.is_empty() => arena.add(Op::Constant(Constant::Bool(false))),
        _ if all.is_empty() => arena.add(Op::Call(Builtin::Has, both)),
        _ => arena.add(Op::In(value, all)),
    }
}

fn compare(comparison: Comparison, a: &Constant, b: &Constant) -> Option<Constant> {
    let order = match (a, b) {
        (Constant::Number(a), Constant::Number(b)) | (Constant::Distance(a), Constant::Distance(b)) => {
            a.get().partial_cmp(&b.get())?
        }
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
