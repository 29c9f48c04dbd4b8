//! What guarantees forbid: for each offer whose fields match, one condition; and whether it could ever forbid.
//!
//! [`forbid`] builds the conditions before the passes; [`keep`] looks at what the passes left of them.

mod implied;

use std::collections::BTreeSet;

use opportune_plan::{Constant, ExprId, Exprs, Forbidden, Guarantee, GuaranteeId, IllFormed, Offer, Op, Plan};

use super::build::Builder;
use crate::hir;
use crate::hir::guarantee::{Never, Truth, matching};

/// The guarantees of the plan; whether they are kept anyway is found later.
pub(super) fn declared(guarantees: &[&hir::Guarantee]) -> Vec<Guarantee> {
    let guarantee = |found: &&hir::Guarantee| Guarantee {
        name: found.name.clone(),
        review_by: found.review_by,
        kept_anyway: false,
    };
    guarantees.iter().map(guarantee).collect()
}

/// What each guarantee forbids of an offer, in their order.
pub(super) fn forbid(
    builder: &mut Builder<'_>,
    guarantees: &[&hir::Guarantee],
    offer: &hir::Offer,
) -> Result<Vec<Forbidden>, IllFormed> {
    let mut found = Vec::new();
    for (id, guarantee) in (0..).map(GuaranteeId).zip(guarantees) {
        let clauses = guarantee.clauses.iter();
        let mut conditions = Vec::new();
        for clause in clauses {
            conditions.extend(condition(builder, clause, offer)?);
        }
        let when = match conditions.as_slice() {
            [] => continue,
            [one] => *one,
            _ => builder.add(Op::Or(conditions.into()))?,
        };
        found.push(Forbidden { guarantee: id, when });
    }
    Ok(found)
}

/// `A and B` of `never A when B` for one offer; none where A is definitely false.
fn condition(builder: &mut Builder<'_>, clause: &Never, offer: &hir::Offer) -> Result<Option<ExprId>, IllFormed> {
    let truth = matching(&clause.offers, &offer.fields);
    if truth == Truth::False {
        return Ok(None);
    }
    let when = clause.when.as_ref().map(|when| builder.of_offer(when, offer)).transpose()?;
    if truth == Truth::True {
        return when.map_or_else(|| builder.add(Op::Constant(Constant::Bool(true))), Ok).map(Some);
    }
    let offers = builder.of_offer(&clause.offers, offer)?;
    match when {
        None => Ok(Some(offers)),
        Some(when) => builder.add(Op::And([offers, when].into())).map(Some),
    }
}

/// Leaves out what can never forbid, and finds which guarantees are kept anyway.
pub(super) fn keep(plan: &mut Plan) {
    let exprs = &plan.exprs;
    let never = |id: ExprId| exprs.get(id).is_some_and(|node| node.op == Op::Constant(Constant::Bool(false)));
    let mut kept = vec![true; plan.guarantees.len()];
    for offer in &mut plan.offers {
        offer.forbidden.retain(|forbidden| !never(forbidden.when));
        if offer.forbidden.is_empty() {
            continue;
        }
        let known = Known::of(exprs, offer);
        for forbidden in &offer.forbidden {
            if let Some(kept) = kept.get_mut(forbidden.guarantee.0 as usize) {
                *kept &= known.is_false(forbidden.when, DEPTH);
            }
        }
    }
    for (guarantee, kept) in plan.guarantees.iter_mut().zip(kept) {
        guarantee.kept_anyway = kept;
    }
}

/// How deep a condition is looked into; what lies deeper proves nothing.
const DEPTH: usize = 64;

/// How many known conditions a comparison is held against; with more, less is proven.
const MOST_KNOWN: usize = 512;

/// What holds wherever an offer is eligible and not excepted.
struct Known<'a> {
    exprs: &'a Exprs,
    is_true: BTreeSet<ExprId>,
    is_false: BTreeSet<ExprId>,
}

impl<'a> Known<'a> {
    fn of(exprs: &'a Exprs, offer: &Offer) -> Self {
        let mut known = Self { exprs, is_true: BTreeSet::new(), is_false: BTreeSet::new() };
        offer.eligible.iter().for_each(|condition| known.learn(*condition, true, DEPTH));
        offer.except.iter().for_each(|condition| known.learn(*condition, false, DEPTH));
        known
    }

    fn op(&self, id: ExprId) -> Option<&'a Op> {
        self.exprs.get(id).map(|node| &node.op)
    }

    /// A condition that is definitely what `holds` says.
    fn learn(&mut self, id: ExprId, holds: bool, depth: usize) {
        let new = if holds { self.is_true.insert(id) } else { self.is_false.insert(id) };
        if !new || depth == 0 {
            return;
        }
        match (self.op(id), holds) {
            (Some(Op::And(all)), true) | (Some(Op::Or(all)), false) => {
                all.iter().for_each(|part| self.learn(*part, holds, depth - 1));
            }
            (Some(Op::Not(of)), _) => self.learn(*of, !holds, depth - 1),
            (Some(Op::IsTrue(of)), true) => self.learn(*of, true, depth - 1),
            // `x else false` is true only where x is, `x else true` false only where x is.
            (Some(Op::Else(of, otherwise)), _) if self.is_constant(*otherwise, !holds) => {
                self.learn(*of, holds, depth - 1);
            }
            _ => {}
        }
    }

    fn is_constant(&self, id: ExprId, value: bool) -> bool {
        matches!(self.op(id), Some(Op::Constant(Constant::Bool(found))) if *found == value)
    }

    fn is_false(&self, id: ExprId, depth: usize) -> bool {
        self.is(id, false, depth)
    }

    /// Whether a condition is definitely what `holds` says, as far as can be told.
    fn is(&self, id: ExprId, holds: bool, depth: usize) -> bool {
        let known = if holds { &self.is_true } else { &self.is_false };
        if known.contains(&id) || self.is_constant(id, holds) {
            return true;
        }
        let Some(depth) = depth.checked_sub(1) else { return false };
        match self.op(id) {
            Some(Op::And(all)) if holds => all.iter().all(|part| self.is(*part, true, depth)),
            Some(Op::And(all)) => all.iter().any(|part| self.is(*part, false, depth)),
            Some(Op::Or(all)) if holds => all.iter().any(|part| self.is(*part, true, depth)),
            Some(Op::Or(all)) => all.iter().all(|part| self.is(*part, false, depth)),
            Some(Op::Not(of)) => self.is(*of, !holds, depth),
            Some(Op::IsTrue(of)) => self.is(*of, holds, depth),
            Some(Op::Else(of, _)) => self.is(*of, holds, depth),
            Some(Op::Compare(..) | Op::In(..)) => self.follows(id, holds),
            _ => false,
        }
    }

    /// Whether a comparison follows from one that is known.
    fn follows(&self, id: ExprId, holds: bool) -> bool {
        let known = self.is_true.iter().map(|known| (*known, true));
        let mut known = known.chain(self.is_false.iter().map(|known| (*known, false))).take(MOST_KNOWN);
        known.any(|known| implied::implies(self.exprs, known, (id, holds)))
    }
}
