//! Limits over all customers: whether a plan has any, and what is left of each when a run begins.
//!
//! What was before is counted once, and in doubt it counts. Who gets what is left is settled by [`crate::allocate`].

use opportune_plan::{Plan, VerifiedPlan};

use super::Left;
use crate::allocate::ResourceKey;
use crate::snapshot::Snapshot;
use crate::time::Clock;

/// Whether a plan limits what all customers together get.
pub fn limits_all(plan: &Plan) -> bool {
    !plan.portfolio.shared.is_empty() || plan.channels.iter().any(|channel| channel.capacity.is_some())
}

/// What is left of a resource when a run begins.
pub fn left<'a>(plan: &'a VerifiedPlan, snapshot: &'a Snapshot, clock: &Clock) -> impl Fn(&ResourceKey) -> u64 + 'a {
    let left = Left::new(plan, snapshot, clock);
    move |resource| left.left(resource)
}
