//! Single conditions as the plan would hold them, for whoever asks what can be true: hash-consed, folded and normalised,
//! with segments and traits in their places.
//!
//! What must hold: what is added means what the plan means, so that what is proven of it holds for the plan. What cannot
//! be told without the whole project (what is left of an offer) is not added.

use std::collections::BTreeSet;

use opportune_plan::{Aggregate, Comparison, Constant, ExprId, Exprs, Function, IllFormed, Op, Schema};

use super::build::Builder;
use super::rebuild::Arena;
use super::{flatten, fold, normalise};
use crate::hir::{self, ExprKind};

/// How far segments and traits build on each other at most; the checks refuse longer chains.
const DEEPEST: usize = 256;

/// What a name stands for: the value of a segment or trait.
pub(crate) type Meaning<'a> = dyn Fn(&str) -> Option<(&'a str, &'a hir::Expr)> + 'a;

/// Conditions while they are gathered.
pub(crate) struct Conditions<'a> {
    builder: Builder<'a>,
    meaning: &'a Meaning<'a>,
    arena: Arena<'a>,
    /// By place in the builder's arena: the same in the other.
    moved: Vec<Option<ExprId>>,
    defined: BTreeSet<&'a str>,
}

impl<'a> Conditions<'a> {
    /// None yet. `journeys` are the names of all journeys.
    pub(crate) fn new(
        schema: &'a hir::Schema,
        journeys: impl Iterator<Item = &'a str>,
        meaning: &'a Meaning<'a>,
    ) -> Self {
        Self {
            builder: Builder::of_conditions(&schema.plan, journeys),
            meaning,
            arena: Arena {
                schema: &schema.plan,
                exprs: Exprs::default(),
                negated: std::collections::HashMap::default(),
            },
            moved: Vec::new(),
            defined: BTreeSet::new(),
        }
    }

    /// The arena that ids are of.
    pub(crate) fn exprs(&self) -> &Exprs {
        &self.arena.exprs
    }

    /// The schema.
    pub(crate) fn schema(&self) -> &'a Schema {
        self.arena.schema
    }

    /// A condition or value; `None` where it cannot be told.
    pub(crate) fn add(&mut self, expr: &hir::Expr) -> Option<ExprId> {
        self.define_all(expr, DEEPEST)?;
        let built = self.builder.expr(expr).ok()?;
        self.follow(built)
    }

    /// The same with the fields of an offer in it.
    pub(crate) fn add_of_offer(&mut self, expr: &hir::Expr, offer: &hir::Offer) -> Option<ExprId> {
        for (_, value) in &offer.varied {
            self.define_all(value, DEEPEST)?;
        }
        offer.cost.iter().try_for_each(|cost| self.define_all(cost, DEEPEST))?;
        self.define_all(expr, DEEPEST)?;
        let built = self.builder.of_offer(expr, offer).ok()?;
        self.follow(built)
    }

    /// Puts the segments and traits that an expression speaks of into the builder, each after those that it needs.
    fn define_all(&mut self, expr: &hir::Expr, depth: usize) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        let mut names = BTreeSet::new();
        definitions(expr, &mut names);
        for name in names {
            if self.defined.contains(name) {
                continue;
            }
            let (name, value) = (self.meaning)(name)?;
            self.define_all(value, depth)?;
            self.builder.define(name, value).ok()?;
            self.defined.insert(name);
        }
        Some(())
    }

    /// Brings what the builder has made since into the arena, by the rules of the passes.
    fn follow(&mut self, built: ExprId) -> Option<ExprId> {
        // By their ids: to skip those that were brought before takes as long as there are many.
        let new = (self.moved.len()..self.builder.exprs.len()).map_while(|at| u32::try_from(at).ok());
        let new: Vec<Op> = new.filter_map(|at| Some(self.builder.exprs.get(ExprId(at))?.op.clone())).collect();
        for mut op in new {
            let mut complete = true;
            op.for_each_operand_mut(|operand| match self.moved.get(operand.0 as usize).copied().flatten() {
                Some(moved) => *operand = moved,
                None => complete = false,
            });
            let moved = if complete { simplified(&mut self.arena, op).ok() } else { None };
            self.moved.push(moved);
        }
        self.moved.get(built.0 as usize).copied().flatten()
    }
}

/// The names of segments and traits in an expression.
pub(crate) fn definitions<'e>(expr: &'e hir::Expr, found: &mut BTreeSet<&'e str>) {
    if let ExprKind::Definition(name) = &expr.kind {
        found.insert(name);
    }
    expr.kind.for_each_operand(&mut |operand| definitions(operand, found));
}

fn simplified(arena: &mut Arena<'_>, op: Op) -> Result<ExprId, IllFormed> {
    let mut id = fold::fold_constants(arena, op)?;
    for rule in [normalise::normalise_conditions, flatten::flatten_conditions, counted] {
        if let Some(op) = arena.op(id).cloned() {
            id = rule(arena, op)?;
        }
    }
    Ok(id)
}

/// Whether there is an event is whether more than none are counted, where it is known of each whether it counts.
fn counted(arena: &mut Arena<'_>, op: Op) -> Result<ExprId, IllFormed> {
    let Op::Aggregate(aggregate @ Aggregate { function: Function::Exists, .. }) = &op else { return arena.add(op) };
    let unknown = |id: ExprId| arena.exprs.get(id).is_none_or(|node| node.partial);
    let key = aggregate.by.map(|by| by.key);
    if aggregate.filter.into_iter().chain(key).any(unknown) {
        return arena.add(op);
    }
    let count = arena.add(Op::Aggregate(Aggregate { function: Function::Count, ..aggregate.clone() }))?;
    let none = arena.add(Op::Constant(Constant::Int(0)))?;
    arena.add(Op::Compare(Comparison::Less, none, count))
}
