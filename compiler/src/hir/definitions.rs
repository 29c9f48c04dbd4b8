//! Segments and traits: their values, what they refer to, and the order in which they can be read.

use std::collections::{BTreeMap, BTreeSet};

use opportune_plan::{Schema as PlanSchema, TableId};

use super::infer::{Context, Infer};
use super::{Expr, Schema, Signature};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast::{self, DefinitionItem, ExprKind};

/// A segment or trait, if it could be understood, and all that is wrong with it.
pub fn definition(context: Context<'_>, item: &DefinitionItem, is_segment: bool) -> (Option<Expr>, Vec<Diagnostic>) {
    let mut infer = Infer::new(context);
    let found = if is_segment { infer.condition(&item.value) } else { infer.value(&item.value, None) };
    (found, infer.into_diagnostics())
}

/// What is known of it without looking into it.
pub fn signature(found: Option<&Expr>) -> Option<Signature> {
    found.map(|expr| Signature { ty: expr.ty, nullable: expr.nullable })
}

/// The bare words of a definition that may be other definitions: those that are no fields where they stand.
pub fn references(schema: &Schema, value: &ast::Expr) -> BTreeSet<Box<str>> {
    let mut found = BTreeSet::new();
    collect(schema, value, PlanSchema::CUSTOMER, &mut found);
    found
}

fn collect(schema: &Schema, expr: &ast::Expr, row: TableId, found: &mut BTreeSet<Box<str>>) {
    let mut visit = |part: &ast::Expr| collect(schema, part, row, found);
    match &expr.kind {
        ExprKind::Error | ExprKind::Literal(_) => {}
        ExprKind::Name(name) => {
            if schema.field_named(row, name).is_none() {
                found.insert(name.clone());
            }
        }
        ExprKind::Field(base, _) => {
            if !matches!(base.kind, ExprKind::Name(_)) {
                visit(base);
            }
        }
        ExprKind::Call(_, all) => all.iter().for_each(visit),
        ExprKind::Aggregate { of, filter, .. } => {
            if let (ExprKind::Name(events), Some(filter)) = (&super::resolve::flatten(of).0.kind, filter)
                && let Some(events) = schema.table_named(events)
            {
                collect(schema, filter, events, found);
            }
        }
        ExprKind::Not(of) | ExprKind::Negate(of) | ExprKind::Is { of, .. } | ExprKind::InWindow { of, .. } => visit(of),
        ExprKind::Binary(_, a, b) => {
            visit(a);
            visit(b);
        }
        ExprKind::InList { of, list, .. } => {
            visit(of);
            list.iter().for_each(visit);
        }
        ExprKind::Between { of, low, high, .. } => [of, low, high].into_iter().for_each(|part| visit(part)),
        ExprKind::If(a, b, c) => [a, b, c].into_iter().for_each(|part| visit(part)),
    }
}

/// In which order definitions can be read, and which go in circles.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Order {
    /// Each after all that it refers to; those that go in circles come last.
    pub sorted: Vec<Box<str>>,
    /// Those that go in circles, each with the circle: `a needs b needs a`.
    pub cyclic: BTreeMap<Box<str>, String>,
}

/// Orders definitions by what they refer to.
pub fn order(references: &BTreeMap<Box<str>, BTreeSet<Box<str>>>) -> Order {
    let mut order = Order::default();
    let mut done: BTreeSet<&str> = BTreeSet::new();
    let known = |name: &&Box<str>| references.contains_key(*name);
    // Kahn's algorithm: take what waits for nothing.
    let mut waits: BTreeMap<&str, usize> = BTreeMap::new();
    let mut users: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, needs) in references {
        waits.insert(name, needs.iter().filter(known).count());
        needs.iter().filter(known).for_each(|need| users.entry(need).or_default().push(name));
    }
    let mut ready: Vec<&str> = waits.iter().filter(|(_, count)| **count == 0).map(|(name, _)| *name).collect();
    while let Some(name) = ready.pop() {
        order.sorted.push(name.into());
        done.insert(name);
        for user in users.get(name).into_iter().flatten() {
            if let Some(count) = waits.get_mut(user) {
                *count -= 1;
                if *count == 0 {
                    ready.push(user);
                }
            }
        }
    }
    for name in references.keys().filter(|name| !done.contains(&***name)) {
        order.sorted.push(name.clone());
        if let Some(circle) = circle(references, name) {
            order.cyclic.insert(name.clone(), circle);
        }
    }
    order
}

/// The shortest way from a definition back to itself, if there is one.
fn circle(references: &BTreeMap<Box<str>, BTreeSet<Box<str>>>, start: &str) -> Option<String> {
    let mut came_from: BTreeMap<&str, &str> = BTreeMap::new();
    let mut queue = std::collections::VecDeque::from([start]);
    while let Some(name) = queue.pop_front() {
        for next in references.get(name).into_iter().flatten() {
            if &**next == start {
                return Some(way_back(&came_from, start, name));
            }
            if references.contains_key(next) && !came_from.contains_key(&**next) {
                came_from.insert(next, name);
                queue.push_back(next);
            }
        }
    }
    None
}

fn way_back(came_from: &BTreeMap<&str, &str>, start: &str, last: &str) -> String {
    let mut names = vec![start, last];
    let mut at = last;
    while at != start {
        let Some(before) = came_from.get(at) else { break };
        names.push(before);
        at = before;
    }
    names.reverse();
    let shown: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    shown.join(" needs ")
}

/// What to say of a definition that goes in a circle.
pub fn cycle(item: &DefinitionItem, circle: &str) -> Diagnostic {
    let name = &item.name;
    let message = format!("`{}` needs itself", name.node);
    Diagnostic::error(codes::CYCLE, message, name.span, circle)
        .help("break the circle: write one of them without the others")
}
