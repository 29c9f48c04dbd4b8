//! How much is left, when a run begins, of a limit over all customers on an offer.

use opportune_plan::{History, Op, SharedLimit, VerifiedPlan};

use crate::bind::{Filtered, NodeId, bind_alone};
use crate::evaluate::Selected;
use crate::kernels::Kernels;
use crate::snapshot::{Column, Snapshot, Values};
use crate::time::Clock;
use crate::vectorised::blocks::Columns;
use crate::vectorised::facts;
use crate::vectorised::schedule::schedule;

/// How many customers' events are filtered at once.
const BLOCK: usize = 4_096;

/// What is left of a limit in total; `None` for one of another kind.
pub fn remaining(plan: &VerifiedPlan, snapshot: &Snapshot, clock: &Clock, limit: u32) -> Option<u64> {
    let SharedLimit::Quota(quota) = plan.portfolio.shared.get(limit as usize)? else { return None };
    let (offer, most, past) = (&quota.total_of()?, &quota.most, quota.past);
    let (history, offer) =
        (past.and_then(|past| plan.histories.get(past.0 as usize)), plan.offers.get(offer.0 as usize));
    let (Some(history), Some(offer)) = (history, offer) else { return Some(*most) };
    let table = snapshot.table(history.events);
    let names = history.offer.and_then(|field| table?.columns.get(field.0 as usize));
    let Some((names, code)) = names.and_then(|names| Some((names, code(names, &offer.name)?))) else {
        return Some(*most);
    };
    let is_of_offer = |row: usize| match &names.values {
        Values::Codes(codes, _) => codes.get(row) == Some(&code) && names.is_valid(row),
        _ => false,
    };
    let count = rows(plan, snapshot, clock, history, is_of_offer);
    Some(most.saturating_sub(count))
}

/// What is left of each limit, as an int of expressions; 0 where it is of another kind, and where no expression asks.
pub fn of_all(plan: &VerifiedPlan, snapshot: &Snapshot, clock: &Clock) -> Vec<i64> {
    let is_asked = |limit: u32| plan.exprs.iter().any(|(_, node)| node.op == Op::Remaining(limit));
    let left = |limit| if is_asked(limit) { remaining(plan, snapshot, clock, limit) } else { None };
    let all = (0..).zip(&plan.portfolio.shared).map(|(limit, _)| left(limit));
    all.map(|left| i64::try_from(left.unwrap_or(0)).unwrap_or(i64::MAX)).collect()
}

/// The code of a name in a column that has it; values of a list are in their own order.
fn code(names: &Column, name: &str) -> Option<u32> {
    let Values::Codes(_, dictionary) = &names.values else { return None };
    dictionary.values.iter().position(|value| **value == *name).and_then(|at| u32::try_from(at).ok())
}

/// How many events of a history count.
fn rows(
    plan: &VerifiedPlan,
    snapshot: &Snapshot,
    clock: &Clock,
    history: &History,
    counts: impl Fn(usize) -> bool,
) -> u64 {
    let Some(filter) = history.filter else {
        let at = snapshot.table(history.events).and_then(|table| table.by_customer.as_ref()).map(|events| &*events.at);
        let past = at.unwrap_or_default().iter().enumerate().filter(|(_, at)| **at <= clock.now());
        return past.filter(|(row, _)| counts(*row)).count() as u64;
    };
    let (program, bound) = bind_alone(plan, snapshot, clock, &[filter]);
    let Some(filter) = bound.first().map(|value| value.id) else { return 0 };
    let mut columns = Columns::new(&program, schedule(&program, [filter]));
    let (kernels, filtered) = (Kernels::best(), Filtered { events: history.events, filter });
    let (mut selected, mut count) = (Selected::default(), 0);
    for index in 0..snapshot.blocks(BLOCK) {
        let block = snapshot.block(index, BLOCK);
        columns.compute(&program, kernels, &block);
        let read = |id: NodeId| columns.operand(&program, kernels, &block, id);
        facts::select(&filtered, &block, read, clock.now(), &mut selected);
        count += selected.rows.iter().filter(|row| counts(**row as usize)).count() as u64;
    }
    count
}
