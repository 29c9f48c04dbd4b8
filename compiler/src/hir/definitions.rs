//! Segments and traits: their values, what they refer to, and the order in which they can be read.

use std::collections::{BTreeMap, BTreeSet};

use opportune_plan::{Schema as PlanSchema, TableId};

use super::infer::{Context, Infer};
use super::written::computed_of;
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
        ExprKind::Aggregate { of, ranked, window, filter, .. } => {
            let mut over_customer = |part: &ast::Expr| collect(schema, part, PlanSchema::CUSTOMER, found);
            ranked.iter().for_each(|ranked| over_customer(ranked));
            window.iter().for_each(|window| ends(window).into_iter().for_each(&mut over_customer));
            if let Some(events) = computed_of(schema, of) {
                std::iter::once(of).chain(filter).for_each(|part| collect(schema, part, events, found));
            }
            if let (ExprKind::Name(events), Some(filter)) = (&super::resolve::flatten(of).0.kind, filter)
                && let Some(events) = schema.table_named(events)
            {
                collect(schema, filter, events, found);
            }
        }
        ExprKind::InWindow { of, window, .. } => {
            visit(of);
            ends(window).into_iter().for_each(visit);
        }
        ExprKind::Not(of) | ExprKind::Negate(of) | ExprKind::Is { of, .. } => visit(of),
        ExprKind::List(all) => all.iter().for_each(visit),
        ExprKind::Binary(_, a, b) | ExprKind::InSet { of: a, set: b, .. } => {
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

/// The values between which a window lies.
fn ends(window: &ast::Window) -> Vec<&ast::Expr> {
    match &window.kind {
        ast::WindowKind::Between(low, high) => vec![low, high],
        _ => Vec::new(),
    }
}

/// In which order definitions can be read, and which go in circles.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Order {
    /// Each after all that it refers to, but for circles.
    pub sorted: Vec<Box<str>>,
    /// Those that go in circles; one of each circle tells it: `a needs b needs a`.
    pub cyclic: BTreeMap<Box<str>, Option<String>>,
}

type References = BTreeMap<Box<str>, BTreeSet<Box<str>>>;

/// Orders definitions by what they refer to.
pub fn order(references: &References) -> Order {
    let mut sorter = Sorter::new(references);
    loop {
        sorter.take_ready();
        let Some(first) = references.keys().find(|name| !sorter.done.contains(&***name)) else { break };
        sorter.take_circle(first);
    }
    sorter.order
}

/// Kahn's algorithm: take what waits for nothing; where all wait, take a circle.
struct Sorter<'a> {
    references: &'a References,
    waits: BTreeMap<&'a str, usize>,
    users: BTreeMap<&'a str, Vec<&'a str>>,
    ready: Vec<&'a str>,
    done: BTreeSet<&'a str>,
    order: Order,
}

impl<'a> Sorter<'a> {
    fn new(references: &'a References) -> Self {
        let mut waits = BTreeMap::new();
        let mut users: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (name, needs) in references {
            let known = needs.iter().filter(|need| references.contains_key(*need));
            waits.insert(&**name, known.clone().count());
            known.for_each(|need| users.entry(need).or_default().push(name));
        }
        let ready = waits.iter().filter(|(_, count)| **count == 0).map(|(name, _)| *name).collect();
        Self { references, waits, users, ready, done: BTreeSet::new(), order: Order::default() }
    }

    fn take_ready(&mut self) {
        while let Some(name) = self.ready.pop() {
            self.take(name);
        }
    }

    fn take(&mut self, name: &'a str) {
        if !self.done.insert(name) {
            return;
        }
        self.order.sorted.push(name.into());
        for user in self.users.get(name).into_iter().flatten() {
            if let Some(count) = self.waits.get_mut(user) {
                *count -= 1;
                if *count == 0 {
                    self.ready.push(user);
                }
            }
        }
    }

    /// Follows what is needed until it comes back to where it has been; there is no end, since all wait.
    fn take_circle(&mut self, first: &'a str) {
        let (mut way, mut places) = (Vec::new(), BTreeMap::new());
        let mut at = first;
        let start = loop {
            if let Some(start) = places.insert(at, way.len()) {
                break start;
            }
            way.push(at);
            let mut needs = self.references.get(at).into_iter().flatten();
            let next = needs.find(|need| self.references.contains_key(*need) && !self.done.contains(&***need));
            let Some(next) = next else { return self.take(at) };
            at = next;
        };
        let circle: Vec<&str> = way.into_iter().skip(start).collect();
        for name in &circle {
            let told = (*name == at).then(|| tell(&circle));
            self.order.cyclic.insert((*name).into(), told);
        }
        circle.into_iter().for_each(|name| self.take(name));
    }
}

/// The circle in words; of a long one its beginning and its end.
fn tell(circle: &[&str]) -> String {
    const SHOWN: usize = 6;
    let mut names: Vec<String> = circle.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    if circle.len() > SHOWN {
        names.push(format!("{} more", circle.len() - SHOWN));
    }
    names.extend(circle.first().map(|name| format!("`{name}`")));
    names.join(" needs ")
}

/// How far definitions may build on each other: whoever evaluates a plan may go as deep as its expressions.
const DEPTH: usize = 1_000;

/// The definitions at which the chain becomes too long; `definitions` come each after those that it needs.
pub fn too_deep<'a>(definitions: impl Iterator<Item = (&'a str, &'a Expr)>) -> Vec<&'a str> {
    let mut depths: BTreeMap<&str, usize> = BTreeMap::new();
    let mut found = Vec::new();
    for (name, value) in definitions {
        let mut depth = value.depth(&|definition| depths.get(definition).copied().unwrap_or(0));
        if depth > DEPTH {
            found.push(name);
            // What builds on this one starts anew, so that a chain is told once each time it is too long.
            depth = 0;
        }
        depths.insert(name, depth);
    }
    found
}

/// What to say of it.
pub fn chain_too_long(item: &DefinitionItem) -> Diagnostic {
    let message = format!("`{}` builds on others that build on others, more than {DEPTH} deep", item.name.node);
    Diagnostic::error(codes::CHAIN_TOO_LONG, message, item.name.span, "too deep")
        .help("write some of them without the others; a table of values in the data may say the same in fewer steps")
}

/// What to say of a definition that goes in a circle.
pub fn cycle(item: &DefinitionItem, circle: &str) -> Diagnostic {
    let name = &item.name;
    let message = format!("`{}` needs itself", name.node);
    Diagnostic::error(codes::CYCLE, message, name.span, circle)
        .help("break the circle: write one of them without the others")
}
