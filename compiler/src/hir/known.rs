//! What is known to be there where a condition is definitely true.
//!
//! "What a top-level `and` of `eligible` has compared is known in that offer's other clauses": a customer whose `age`
//! is missing has no definite `age > "25-34"`, so wherever that offer's other clauses are read, `age` is there. So it is
//! with the events of an aggregate and its `where`.

use std::collections::HashSet;

use opportune_plan::Constant;

use super::{Aggregate, Expr, ExprKind};

/// The values that cannot be missing where `condition` is definitely true.
pub(super) fn known_where(condition: &Expr) -> HashSet<Expr> {
    let mut known = HashSet::new();
    collect(condition, true, &mut known);
    known
}

impl Aggregate {
    /// The values that cannot be missing of an event that counts.
    pub(super) fn known_of_events(&self) -> HashSet<Expr> {
        let mut known = self.filter.as_ref().map(known_where).unwrap_or_default();
        self.by.iter().for_each(|by| there(&by.key, &mut known));
        known
    }
}

/// `condition` is definitely what `holds` says.
fn collect(condition: &Expr, holds: bool, known: &mut HashSet<Expr>) {
    match (&condition.kind, holds) {
        (ExprKind::And(all), true) | (ExprKind::Or(all), false) => {
            all.iter().for_each(|part| collect(part, holds, known));
        }
        (ExprKind::Or(all), true) | (ExprKind::And(all), false) => known.extend(in_each(all, holds)),
        (ExprKind::Not(of), _) => collect(of, !holds, known),
        (ExprKind::IsTrue(of), true) => collect(of, true, known),
        (ExprKind::Else(of, instead), true) if instead.kind == ExprKind::Constant(Constant::Bool(false)) => {
            collect(of, true, known);
        }
        (ExprKind::IsMissing(of), false) => there(of, known),
        (ExprKind::Compare(_, a, b), _) => {
            there(a, known);
            there(b, known);
        }
        (
            ExprKind::In(of, _) | ExprKind::StartsWith(of, _) | ExprKind::EndsWith(of, _) | ExprKind::Contains(of, _),
            _,
        ) => there(of, known),
        _ => there(condition, known),
    }
}

/// What is known whichever of these holds.
fn in_each(parts: &[Expr], holds: bool) -> HashSet<Expr> {
    let known = parts.iter().map(|part| {
        let mut known = HashSet::new();
        collect(part, holds, &mut known);
        known
    });
    known.reduce(|a, b| a.intersection(&b).cloned().collect()).unwrap_or_default()
}

/// `value` is there, and so is what it cannot do without.
fn there(value: &Expr, known: &mut HashSet<Expr>) {
    if !value.nullable {
        return;
    }
    match &value.kind {
        ExprKind::ToNumber(of) | ExprKind::Negate(of) => there(of, known),
        ExprKind::Arithmetic(_, a, b) => {
            there(a, known);
            there(b, known);
        }
        ExprKind::Call(_, arguments) => arguments.iter().for_each(|argument| there(argument, known)),
        ExprKind::Lookup { key, .. } => there(key, known),
        _ => {}
    }
    known.insert(value.clone());
}
