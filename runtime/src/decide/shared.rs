//! Limits over all customers: whether a plan has any, and what is left of each when a run begins.
//!
//! What was before is counted once, and in doubt it counts. Who gets what is left is settled by [`crate::allocate`].

mod before;

use std::collections::BTreeMap;

use opportune_plan::{Plan, SharedLimit, VerifiedPlan};

pub use before::Before;

use super::windows::period;
use crate::allocate::{LimitOf, ResourceKey};
use crate::remaining::remaining;
use crate::snapshot::Snapshot;
use crate::time::{Calendar, Clock};

/// Whether a plan limits what all customers together get.
pub fn limits_all(plan: &Plan) -> bool {
    !plan.portfolio.shared.is_empty() || plan.channels.iter().any(|channel| channel.capacity.is_some())
}

/// Who answers a request.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Who {
    /// Named by a number.
    Int(i64),
    /// Named by a text or a value of a list.
    Text(Box<str>),
}

/// What is left of a resource when a run begins.
pub fn left(plan: &VerifiedPlan, snapshot: &Snapshot, clock: &Clock) -> impl Fn(&ResourceKey) -> u64 {
    let calendar = Calendar::new(clock.zone().clone());
    let before = Before::new(plan, snapshot, clock);
    let mut all: BTreeMap<LimitOf, BTreeMap<(Option<Box<str>>, Option<i64>), u64>> = BTreeMap::new();
    let mut most: BTreeMap<LimitOf, u64> = BTreeMap::new();
    for (at, limit) in (0..).zip(&plan.portfolio.shared) {
        let of = LimitOf::Shared(at);
        match limit {
            SharedLimit::Quota(quota) => {
                most.insert(of, quota.most);
                if let Some(left) = remaining(plan, snapshot, clock, at) {
                    all.entry(of).or_default().insert((None, None), left);
                }
            }
            SharedLimit::Share { .. } => {
                let text = |who: Who| match who {
                    Who::Int(value) => value.to_string().into(),
                    Who::Text(text) => text,
                };
                let left = before.shares(limit, &calendar).into_iter();
                all.insert(of, left.map(|(who, left)| ((Some(text(who)), None), left)).collect());
            }
        }
    }
    for (at, channel) in (0..).zip(&plan.channels) {
        let Some(capacity) = channel.capacity else { continue };
        let of = LimitOf::Channel(at);
        most.insert(of, capacity.most);
        let today = period(capacity.each, clock.now(), &calendar);
        if let Some((today, past)) = today.zip(capacity.past) {
            let is_then = |time| period(capacity.each, time, &calendar) == Some(today);
            let left = capacity.most.saturating_sub(before.messages(past, at, is_then));
            all.entry(of).or_default().insert((None, Some(today)), left);
        }
    }
    move |key: &ResourceKey| {
        let most = most.get(&key.limit).copied().unwrap_or(0);
        let of = (key.key.as_deref().map(Box::from), key.period);
        all.get(&key.limit).and_then(|left| left.get(&of)).copied().unwrap_or(most)
    }
}
