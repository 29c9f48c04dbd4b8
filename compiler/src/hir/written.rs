//! What is written in an expression, before it means anything.

use std::collections::BTreeSet;

use opportune_plan::TableId;

use super::Schema;
use super::resolve::flatten;
use crate::syntax::ast::{Expr, ExprKind, Window, WindowKind};

/// Calls `visit` with each direct part of an expression.
pub(super) fn for_each_part<'a>(expr: &'a Expr, visit: &mut dyn FnMut(&'a Expr)) {
    match &expr.kind {
        ExprKind::Error | ExprKind::Literal(_) | ExprKind::Name(_) => {}
        ExprKind::Field(of, _) | ExprKind::Not(of) | ExprKind::Negate(of) | ExprKind::Is { of, .. } => visit(of),
        ExprKind::Call(_, all) | ExprKind::List(all) => all.iter().for_each(visit),
        ExprKind::Aggregate { ranked, of, window, filter, .. } => {
            ranked.iter().chain(Some(of)).chain(filter).for_each(|part| visit(part));
            window.iter().for_each(|window| for_each_end(window, visit));
        }
        ExprKind::Binary(_, a, b) | ExprKind::InSet { of: a, set: b, .. } => {
            [a, b].into_iter().for_each(|part| visit(part))
        }
        ExprKind::InList { of, list, .. } => {
            visit(of);
            list.iter().for_each(visit);
        }
        ExprKind::InWindow { of, window, .. } => {
            visit(of);
            for_each_end(window, visit);
        }
        ExprKind::Between { of: a, low: b, high: c, .. } | ExprKind::If(a, b, c) => {
            [a, b, c].into_iter().for_each(|part| visit(part));
        }
    }
}

fn for_each_end<'a>(window: &'a Window, visit: &mut dyn FnMut(&'a Expr)) {
    match &window.kind {
        WindowKind::Last(length) | WindowKind::Next(length) => visit(length),
        WindowKind::Calendar(..) => {}
        WindowKind::Between(low, high) => [low, high].into_iter().for_each(|part| visit(part)),
    }
}

/// The fields of offers that an expression names: `offer.topic`, and where `bare` is, every word.
pub(super) fn offer_fields(expr: &Expr, bare: bool, found: &mut BTreeSet<Box<str>>) {
    match &expr.kind {
        ExprKind::Field(of, name) if matches!(&of.kind, ExprKind::Name(root) if **root == *"offer") => {
            found.insert(name.node.clone());
        }
        ExprKind::Name(name) if bare => {
            found.insert(name.clone());
        }
        _ => for_each_part(expr, &mut |part| offer_fields(part, bare, found)),
    }
}

/// The events of which a value is computed, where what is aggregated is no path into them: the first that it names.
pub(super) fn computed_of(schema: &Schema, of: &Expr) -> Option<TableId> {
    if matches!(flatten(of).0.kind, ExprKind::Name(_) | ExprKind::Aggregate { .. }) {
        return None;
    }
    let mut open = vec![of];
    while let Some(expr) = open.pop() {
        match &expr.kind {
            ExprKind::Name(name) => {
                if let Some(events) = schema.table_named(name).filter(|table| schema.is_events(*table)) {
                    return Some(events);
                }
            }
            // It looks at events of its own.
            ExprKind::Aggregate { .. } => {}
            _ => {
                let behind = open.len();
                for_each_part(expr, &mut |part| open.push(part));
                // The first that is written comes first.
                open.get_mut(behind..).into_iter().for_each(<[_]>::reverse);
            }
        }
    }
    None
}
