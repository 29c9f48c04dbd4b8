//! Counts of events that lie within each other: whatever is counted of the last week is counted of the last month too.

use opportune_plan::{Aggregate, Builtin, Constant, ExprId, Exprs, Function, Op};

use super::values::{Known, Values};

/// How two counts stand to each other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Nesting {
    /// All that the first counts is counted by the second.
    Within,
    /// That is not known.
    Unknown,
}

/// The count of events that a term is.
pub(super) fn count(exprs: &Exprs, id: ExprId) -> Option<Aggregate> {
    match &exprs.get(id)?.op {
        Op::Aggregate(aggregate @ Aggregate { function: Function::Count, .. }) => Some(aggregate.clone()),
        _ => None,
    }
}

/// The least and the greatest that a count may be, where it is not missing for sure.
pub(super) fn bounds(values: &Values) -> Option<(i128, i128)> {
    // A count that is missing counts nothing for sure.
    if values.missing {
        return None;
    }
    let Known::Ranges(ranges) = &values.known else { return None };
    Some((ranges.first()?.0, ranges.last()?.1))
}

/// Whether all that the one counts is counted by the other.
pub(super) fn nesting(exprs: &Exprs, inner: &Aggregate, outer: &Aggregate) -> Nesting {
    let by_time = inner.window == outer.window || is_longer(exprs, inner, outer);
    let same = inner.events == outer.events && (outer.by.is_none() || inner.by == outer.by);
    if same && by_time && is_stricter(exprs, inner.filter, outer.filter) { Nesting::Within } else { Nesting::Unknown }
}

/// Whether the outer window begins no later, and both end now.
fn is_longer(exprs: &Exprs, inner: &Aggregate, outer: &Aggregate) -> bool {
    if outer.window.until.is_some() {
        return false;
    }
    match (inner.window.after, outer.window.after) {
        (_, None) => true,
        (Some(inner), Some(outer)) => match (back(exprs, inner), back(exprs, outer)) {
            (Some((a, inner)), Some((b, outer))) => {
                std::mem::discriminant(&inner) == std::mem::discriminant(&outer) && a == b && outer <= inner
            }
            _ => false,
        },
        (None, Some(_)) => false,
    }
}

/// The moment and the length that it is moved by.
fn back(exprs: &Exprs, id: ExprId) -> Option<(Vec<ExprId>, Constant)> {
    let op = |id: ExprId| exprs.get(id).map(|node| &node.op);
    match op(id)? {
        Op::Else(moment, first) if matches!(op(*first), Some(Op::Constant(_))) => back(exprs, *moment),
        Op::Call(Builtin::Shift, arguments) => {
            let Some(Op::Constant(by)) = op(*arguments.get(1)?) else { return None };
            let around = arguments.iter().enumerate().filter(|(at, _)| *at != 1).map(|(_, argument)| *argument);
            Some((around.collect(), by.clone()))
        }
        Op::Arithmetic(opportune_plan::Arithmetic::Add, base, by) => match op(*by)? {
            Op::Constant(by) => Some((vec![*base], by.clone())),
            _ => None,
        },
        _ => None,
    }
}

/// Whether each event that the first filter lets through is let through by the second: it has all its conditions.
fn is_stricter(exprs: &Exprs, inner: Option<ExprId>, outer: Option<ExprId>) -> bool {
    let parts = |id: ExprId| {
        let mut found = Vec::new();
        parts(exprs, id, DEEPEST, &mut found);
        found
    };
    match (inner, outer) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(inner), Some(outer)) => {
            let inner = parts(inner);
            parts(outer).iter().all(|part| inner.contains(part))
        }
    }
}

/// How deep a filter is taken apart.
const DEEPEST: usize = 16;

/// What must be definitely true of an event that a filter lets through.
fn parts(exprs: &Exprs, id: ExprId, depth: usize, found: &mut Vec<ExprId>) {
    let is_false = |id: ExprId| exprs.get(id).is_some_and(|node| node.op == Op::Constant(Constant::Bool(false)));
    match exprs.get(id).map(|node| &node.op) {
        Some(Op::And(all)) if depth > 0 => all.iter().for_each(|part| parts(exprs, *part, depth - 1, found)),
        Some(Op::Else(of, other)) if depth > 0 && is_false(*other) => parts(exprs, *of, depth - 1, found),
        Some(Op::IsTrue(of)) if depth > 0 => parts(exprs, *of, depth - 1, found),
        _ => found.push(id),
    }
}
