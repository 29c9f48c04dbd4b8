//! How a pass runs: bottom-up over what the plan uses, into a new arena.

use std::collections::HashMap;

use opportune_plan::{ExprId, Exprs, IllFormed, Op, Plan, Schema};

use super::roots;

/// What a pass does with one operation, whose operands are in the new arena already.
pub(super) type Rule = fn(&mut Arena<'_>, Op) -> Result<ExprId, IllFormed>;

/// The new arena while a pass fills it.
pub(super) struct Arena<'a> {
    pub(super) schema: &'a Schema,
    pub(super) exprs: Exprs,
    /// The negations that were made, so that a shared condition is negated once.
    pub(super) negated: HashMap<ExprId, ExprId>,
}

impl Arena<'_> {
    pub(super) fn add(&mut self, op: Op) -> Result<ExprId, IllFormed> {
        self.exprs.add(self.schema, op)
    }

    /// The operation of an expression that is in the arena.
    pub(super) fn op(&self, id: ExprId) -> Option<&Op> {
        self.exprs.get(id).map(|node| &node.op)
    }
}

/// Runs a pass.
pub(super) fn rebuild(mut plan: Plan, rule: Rule) -> Result<Plan, IllFormed> {
    let used = used(&mut plan);
    let schema = std::mem::take(&mut plan.schema);
    let mut arena = Arena { schema: &schema, exprs: Exprs::default(), negated: HashMap::new() };
    let mut moved: Vec<Option<ExprId>> = Vec::with_capacity(plan.exprs.len());
    for ((_, node), used) in plan.exprs.iter().zip(used) {
        let mut op = node.op.clone();
        let mut complete = used;
        if used {
            op.for_each_operand_mut(|operand| match moved.get(operand.0 as usize).copied().flatten() {
                Some(new) => *operand = new,
                None => complete = false,
            });
        }
        moved.push(if complete { Some(rule(&mut arena, op)?) } else { None });
    }
    let mut missing = None;
    roots::of_plan(&mut plan, &mut |root| match moved.get(root.0 as usize).copied().flatten() {
        Some(new) => *root = new,
        None => missing = Some(*root),
    });
    plan.exprs = arena.exprs;
    plan.schema = schema;
    missing.map_or(Ok(plan), |root| Err(IllFormed::UnknownOperand(root)))
}

/// By id, whether the plan uses the expression.
pub(super) fn used(plan: &mut Plan) -> Vec<bool> {
    let mut used = vec![false; plan.exprs.len()];
    let mark = |used: &mut Vec<bool>, id: ExprId| {
        if let Some(entry) = used.get_mut(id.0 as usize) {
            *entry = true;
        }
    };
    roots::of_plan(plan, &mut |root| mark(&mut used, *root));
    let nodes: Vec<_> = plan.exprs.iter().collect();
    for (id, node) in nodes.into_iter().rev() {
        if used.get(id.0 as usize).copied().unwrap_or(false) {
            node.op.for_each_operand(|operand| mark(&mut used, operand));
        }
    }
    used
}
