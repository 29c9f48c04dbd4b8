//! How much is left, when a run begins, of a limit in total on an offer, as expressions read it: `shoes.remaining`.

use opportune_plan::{Op, SharedLimit, VerifiedPlan};

use crate::allocate::{LimitOf, ResourceKey};
use crate::decide::Left;
use crate::snapshot::Snapshot;
use crate::time::Clock;

/// What is left of a limit in total; `None` for one of another kind.
pub fn remaining(plan: &VerifiedPlan, snapshot: &Snapshot, clock: &Clock, limit: u32) -> Option<u64> {
    let SharedLimit::Quota(quota) = plan.portfolio.shared.get(limit as usize)? else { return None };
    quota.total_of()?;
    let limit = LimitOf::Shared(limit);
    let left = Left::of(plan, snapshot, clock, |of| of == limit);
    Some(left.left(&ResourceKey { limit, key: None, period: None }))
}

/// What is left of each limit, as an int of expressions; 0 where it is of another kind, and where no expression asks.
pub fn of_all(plan: &VerifiedPlan, snapshot: &Snapshot, clock: &Clock) -> Vec<i64> {
    let is_asked = |limit: u32| plan.exprs.iter().any(|(_, node)| node.op == Op::Remaining(limit));
    let left = |limit| if is_asked(limit) { remaining(plan, snapshot, clock, limit) } else { None };
    let all = (0..).zip(&plan.portfolio.shared).map(|(limit, _)| left(limit));
    all.map(|left| i64::try_from(left.unwrap_or(0)).unwrap_or(i64::MAX)).collect()
}
