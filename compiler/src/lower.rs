//! From meaning to the plan: named passes, one per line, in the order in which they run.
//!
//! Every pass keeps what the plan decides; each rebuilds the arena and so drops what nobody uses any more. What comes
//! out is verified; a failure there is a mistake of the compiler.

mod build;
mod built_in;
pub(crate) mod conditions;
mod flatten;
mod fold;
mod guarantees;
mod items;
mod normalise;
mod rebuild;
pub(crate) mod roots;

use opportune_plan::{ChannelId, ExprId, Exprs, IllFormed, OfferId, Plan, Schema, VerifiedPlan, verify};

use crate::hir;
use crate::manifest::Manifest;

/// A policy without mistakes.
pub struct Policy<'a> {
    /// The manifest.
    pub manifest: &'a Manifest,
    /// What the data looks like.
    pub schema: &'a hir::Schema,
    /// Segments and traits, each after those that it needs.
    pub definitions: Vec<(&'a str, &'a hir::Expr)>,
    /// The journeys, in the order of their names.
    pub journeys: Vec<&'a hir::Journey>,
    /// The guarantees, in the order of their names.
    pub guarantees: Vec<&'a hir::Guarantee>,
    /// The channels, in the order of their names.
    pub channels: Vec<&'a hir::Channel>,
    /// The offers, in the order of their names.
    pub offers: Vec<&'a hir::Offer>,
    /// The rules over all offers.
    pub portfolio: &'a hir::Portfolio,
}

/// The passes, in the order in which they run.
const PASSES: &[(&str, rebuild::Rule)] = &[
    // Conditions and arithmetic on constants become constants.
    ("fold_constants", fold::fold_constants),
    // `not` moves inwards, equal ways to say a comparison become one, so that equal predicates are one node.
    ("normalise_conditions", normalise::normalise_conditions),
    // `a and (b and a)` becomes `a and b`, in one order.
    ("flatten_conditions", flatten::flatten_conditions),
];

fn drop_unused(arena: &mut rebuild::Arena<'_>, op: opportune_plan::Op) -> Result<opportune_plan::ExprId, IllFormed> {
    arena.add(op)
}

/// When the caps of single customers are counted, where there is a choice.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Counted {
    /// At `now` where that is exact, since the evaluators then tell it beside all other conditions.
    AtNow,
    /// At the time of sending throughout: what an expression at `now` does not see counts too, contacts that were decided
    /// and are still to be sent.
    AtSending,
}

/// Lowers a policy to a verified plan.
///
/// # Errors
/// When the plan is ill-formed, which the checks before this should have excluded.
pub fn lower(policy: &Policy<'_>, caps: Counted) -> Result<VerifiedPlan, Failure> {
    let mut plan = build::build(policy, caps)?;
    for (pass, rule) in PASSES {
        plan = rebuild::rebuild(plan, *rule).map_err(|reason| Failure { stage: pass, reason: reason.to_string() })?;
    }
    // What guarantees could never forbid goes, and with it the parts of conditions that became flat.
    guarantees::keep(&mut plan);
    plan = rebuild::rebuild(plan, drop_unused)
        .map_err(|reason| Failure { stage: "drop_unused", reason: reason.to_string() })?;
    built_in::drop_unused(&mut plan);
    verify(plan).map_err(|error| Failure { stage: "verify", reason: error.to_string() })
}

/// The plan before any pass: slower, and what every pass must keep.
///
/// # Errors
/// As [`lower`].
pub fn built(policy: &Policy<'_>) -> Result<VerifiedPlan, Failure> {
    let mut plan = build::build(policy, Counted::AtNow)?;
    built_in::drop_unused(&mut plan);
    verify(plan).map_err(|error| Failure { stage: "verify", reason: error.to_string() })
}

/// An expression beside those by which a plan decides.
#[derive(Clone, Copy, Debug)]
pub struct Beside<'a> {
    /// What is asked.
    pub expr: &'a hir::Expr,
    /// Where it speaks of an offer: which, and by which channel it goes where it speaks of that too.
    pub of: Option<(OfferId, Option<ChannelId>)>,
}

/// The plan before any pass as tests are played on it: with all tables that tests may give, with caps counted at the time of
/// sending, and with expressions beside those by which it decides. By each of them its place, if it has one.
///
/// # Errors
/// As [`lower`].
pub fn rehearsed(policy: &Policy<'_>, beside: &[Beside<'_>]) -> Result<(VerifiedPlan, Vec<Option<ExprId>>), Failure> {
    let (plan, places) = build::build_with(policy, Counted::AtSending, beside)?;
    let plan = verify(plan).map_err(|error| Failure { stage: "verify", reason: error.to_string() })?;
    Ok((plan, places))
}

/// A plan of the schema alone, with which data can be read.
///
/// # Errors
/// As [`lower`].
pub fn schema_alone(manifest: &Manifest, schema: &Schema) -> Result<VerifiedPlan, Failure> {
    let mut plan = Plan::new(manifest.name.clone(), manifest.zone.clone(), schema.clone(), Exprs::default());
    built_in::drop_unused(&mut plan);
    verify(plan).map_err(|error| Failure { stage: "verify", reason: error.to_string() })
}

/// A mistake of the compiler.
#[derive(Debug)]
pub struct Failure {
    stage: &'static str,
    reason: String,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.stage, self.reason)
    }
}

impl From<IllFormed> for Failure {
    fn from(reason: IllFormed) -> Self {
        Self { stage: "build", reason: reason.to_string() }
    }
}

#[cfg(test)]
mod tests;
