//! Drops the built-in events that nothing of the plan looks at.
//!
//! What must hold: they are the last tables, so that no other table gets another id; what uses one of them keeps those
//! before it.

use std::collections::BTreeSet;

use opportune_plan::{Op, Plan, SharedLimit, Table, TableId};

use super::rebuild;

/// Drops them from a plan, whose expressions may be more than it uses.
pub(super) fn drop_unused(plan: &mut Plan) {
    if !plan.schema.tables.last().is_some_and(Table::is_built_in) {
        return;
    }
    let used = tables(plan);
    while let Some(last) = plan.schema.tables.len().checked_sub(1)
        && plan.schema.tables.last().is_some_and(Table::is_built_in)
        && !used.contains(&TableId(u32::try_from(last).unwrap_or(u32::MAX)))
    {
        plan.schema.tables.pop();
    }
}

/// The tables whose rows the plan looks at.
fn tables(plan: &mut Plan) -> BTreeSet<TableId> {
    let used = rebuild::used(plan);
    let mut found: BTreeSet<TableId> = plan.histories.iter().map(|history| history.events).collect();
    found.extend(plan.journeys.iter().flat_map(|journey| &journey.steps).map(|step| step.events));
    found.extend(plan.portfolio.shared.iter().filter_map(|shared| match shared {
        SharedLimit::Share { requests, .. } => Some(*requests),
        SharedLimit::Quota(_) => None,
    }));
    for ((_, node), _) in plan.exprs.iter().zip(used).filter(|(_, used)| *used) {
        // Fields of events stand in aggregates, steps and histories alone.
        if let Op::Aggregate(aggregate) = &node.op {
            found.insert(aggregate.events);
        }
    }
    found
}
