//! `flatten_conditions`: nested conjunctions become one, each part once, in the order of the arena; disjunctions too.

use opportune_plan::{ExprId, IllFormed, Op};

use super::rebuild::Arena;

/// How many parts one condition has at most; longer chains stay nested, so that the plan stays linear in the policy.
const PARTS: usize = 256;

/// The rule of the pass.
pub(super) fn flatten_conditions(arena: &mut Arena<'_>, op: Op) -> Result<ExprId, IllFormed> {
    let parts = match &op {
        Op::And(all) => flat(arena, all, |op| if let Op::And(inner) = op { Some(&**inner) } else { None }),
        Op::Or(all) => flat(arena, all, |op| if let Op::Or(inner) = op { Some(&**inner) } else { None }),
        _ => return arena.add(op),
    };
    match parts.as_slice() {
        [one] => Ok(*one),
        _ if matches!(op, Op::And(_)) => arena.add(Op::And(parts.into())),
        _ => arena.add(Op::Or(parts.into())),
    }
}

/// The parts, with those of parts of the same kind in their place; operands are flat already.
fn flat(arena: &Arena<'_>, all: &[ExprId], same: impl Fn(&Op) -> Option<&[ExprId]>) -> Vec<ExprId> {
    let mut parts = Vec::new();
    for part in all {
        match arena.op(*part).and_then(&same) {
            Some(inner) if parts.len() + inner.len() <= PARTS => parts.extend_from_slice(inner),
            _ => parts.push(*part),
        }
    }
    parts.sort_unstable();
    parts.dedup();
    parts
}
