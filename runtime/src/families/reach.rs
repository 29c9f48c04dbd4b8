//! What a family's offer is computed from, and by what one member can differ from another.
//!
//! For one customer, two members that the customer's data does not name are alike as far as the conditions over the
//! member alone go. They can differ only by what is found here: keys and ranked values of events, values and sets of the
//! customer, and those conditions.

use opportune_plan::{Aggregate, Builtin, Comparison, ExprId, Exprs, Function, Op, Schema, Scope, Type};

/// What is needed of an arena for some roots, down to what the customer alone decides.
pub struct Reach {
    needed: Vec<bool>,
    /// Values and sets of the customer that a member is compared with.
    pub touches: Vec<ExprId>,
    /// Conditions over the member alone.
    pub of_member: Vec<ExprId>,
    /// Whether members may differ by something else.
    pub each_differs: bool,
}

impl Reach {
    /// What is needed for the roots.
    pub fn new(exprs: &Exprs, roots: &[ExprId]) -> Self {
        let mut reach =
            Self { needed: vec![false; exprs.len()], touches: Vec::new(), of_member: Vec::new(), each_differs: false };
        for root in roots {
            reach.want(*root);
            reach.note(exprs, *root);
        }
        // Operands come before what uses them.
        for at in (0..exprs.len()).rev() {
            let Some(id) = u32::try_from(at).ok().map(ExprId).filter(|id| reach.holds(*id)) else { continue };
            let node = exprs.node(id);
            if node.scope != Scope::Row(Schema::CUSTOMER) {
                reach.operands(exprs, &node.op, matches!(node.scope, Scope::Pair(..)));
            }
        }
        for all in [&mut reach.touches, &mut reach.of_member] {
            all.sort_unstable();
            all.dedup();
        }
        reach
    }

    /// Whether an expression is needed.
    pub fn holds(&self, id: ExprId) -> bool {
        self.needed.get(id.0 as usize).copied().unwrap_or(false)
    }

    fn want(&mut self, id: ExprId) {
        if let Some(slot) = self.needed.get_mut(id.0 as usize) {
            *slot = true;
        }
    }

    fn operands(&mut self, exprs: &Exprs, op: &Op, of_pair: bool) {
        if let Op::Aggregate(aggregate) = op {
            return self.aggregate(exprs, aggregate);
        }
        op.for_each_operand(|operand| self.want(operand));
        if !of_pair {
            return;
        }
        match named(exprs, op) {
            Some(touch) => self.touches.push(touch),
            None => op.for_each_operand(|operand| self.note(exprs, operand)),
        }
    }

    /// Events are read from outside. A member without events of its own has no rank, whatever is ranked.
    fn aggregate(&mut self, exprs: &Exprs, aggregate: &Aggregate) {
        aggregate.of_customer().for_each(|operand| self.want(operand));
        if let (Function::FrequencyRank { of, .. }, None) = (aggregate.function, aggregate.by) {
            self.each_differs |= !matches!(exprs.node(of).op, Op::Member(..));
        }
    }

    /// Notes what a pair, or a root, makes of something over the member alone.
    fn note(&mut self, exprs: &Exprs, id: ExprId) {
        let node = exprs.node(id);
        match (node.scope, node.ty) {
            (Scope::Member(..), Type::Bool) => self.of_member.push(id),
            (Scope::Member(..), _) => self.each_differs = true,
            _ => {}
        }
    }
}

/// The customer's value or set that an operation looks for the member in.
fn named(exprs: &Exprs, op: &Op) -> Option<ExprId> {
    let is_member = |id: ExprId| matches!(exprs.node(id).op, Op::Member(..));
    let of_customer = |id: ExprId| Some(id).filter(|id| exprs.node(*id).scope == Scope::Row(Schema::CUSTOMER));
    match op {
        Op::Compare(Comparison::Equal, a, b) if is_member(*a) => of_customer(*b),
        Op::Compare(Comparison::Equal, a, b) if is_member(*b) => of_customer(*a),
        Op::Call(Builtin::Has, all) => match &**all {
            [set, member] if is_member(*member) => of_customer(*set),
            _ => None,
        },
        _ => None,
    }
}
