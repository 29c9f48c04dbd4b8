//! `normalise_conditions`: one form for each condition, so that offers that say the same share it.
//!
//! - `not not a` is `a`; `not (a < b)` is `b <= a` (values have a total order, and both are unknown together); `not`
//!   moves through `and` and `or` by De Morgan, which holds in Kleene's logic;
//! - `x in [a]` is `x = a`;
//! - of an equality, the constant stands last, else the operand that came first stands first.

use opportune_plan::{Comparison, ExprId, IllFormed, Op};

use super::rebuild::Arena;

/// How deep a negation moves inwards at once; what lies deeper keeps its `not`.
const DEPTH: usize = 64;

/// The rule of the pass.
pub(super) fn normalise_conditions(arena: &mut Arena<'_>, op: Op) -> Result<ExprId, IllFormed> {
    match op {
        Op::Not(of) => negate(arena, of, DEPTH),
        Op::In(of, all) => match &*all {
            [one] => {
                let one = arena.add(Op::Constant(one.clone()))?;
                equal(arena, of, one)
            }
            _ => arena.add(Op::In(of, all)),
        },
        Op::Compare(Comparison::Equal, a, b) => equal(arena, a, b),
        op => arena.add(op),
    }
}

fn equal(arena: &mut Arena<'_>, a: ExprId, b: ExprId) -> Result<ExprId, IllFormed> {
    let is_constant = |id| matches!(arena.op(id), Some(Op::Constant(_)));
    let swap = match (is_constant(a), is_constant(b)) {
        (true, false) => true,
        (false, true) => false,
        _ => b < a,
    };
    let (a, b) = if swap { (b, a) } else { (a, b) };
    arena.add(Op::Compare(Comparison::Equal, a, b))
}

fn negate(arena: &mut Arena<'_>, of: ExprId, depth: usize) -> Result<ExprId, IllFormed> {
    if let Some(known) = arena.negated.get(&of) {
        return Ok(*known);
    }
    let op = arena.op(of).cloned().ok_or(IllFormed::UnknownOperand(of))?;
    let found = match op {
        Op::Not(inner) => inner,
        Op::Compare(Comparison::Less, a, b) => arena.add(Op::Compare(Comparison::LessOrEqual, b, a))?,
        Op::Compare(Comparison::LessOrEqual, a, b) => arena.add(Op::Compare(Comparison::Less, b, a))?,
        Op::And(all) if depth > 0 => {
            let all = negate_all(arena, &all, depth)?;
            arena.add(Op::Or(all))?
        }
        Op::Or(all) if depth > 0 => {
            let all = negate_all(arena, &all, depth)?;
            arena.add(Op::And(all))?
        }
        _ => arena.add(Op::Not(of))?,
    };
    arena.negated.insert(of, found);
    Ok(found)
}

fn negate_all(arena: &mut Arena<'_>, all: &[ExprId], depth: usize) -> Result<Box<[ExprId]>, IllFormed> {
    all.iter().map(|part| negate(arena, *part, depth - 1)).collect()
}
