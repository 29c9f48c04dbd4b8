//! The past contacts of all customers, one after the other, by a plan's histories.

use opportune_plan::{ExprId, HistoryId, TableId, VerifiedPlan};

use super::{Event, OfHistory};
use crate::bind::{Filtered, NodeId, bind_alone};
use crate::evaluate::Selected;
use crate::kernels::Kernels;
use crate::snapshot::Snapshot;
use crate::time::Clock;
use crate::vectorised::blocks::Columns;
use crate::vectorised::facts;
use crate::vectorised::schedule::schedule;

/// How many customers' events are looked through at once.
const BLOCK: usize = 4_096;

/// Whose a contact is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Whose {
    /// A customer's, by row.
    Customer(usize),
    /// Of somebody who is not in the data any more, by number.
    Nobody(u32),
}

/// Reads the events of all customers.
#[derive(Clone, Copy)]
pub struct Contacts<'a> {
    plan: &'a VerifiedPlan,
    snapshot: &'a Snapshot,
    clock: &'a Clock,
}

impl<'a> Contacts<'a> {
    /// The events of a snapshot.
    pub fn new(plan: &'a VerifiedPlan, snapshot: &'a Snapshot, clock: &'a Clock) -> Self {
        Self { plan, snapshot, clock }
    }

    /// Calls `take` with each event of a history, and whose it is: customer by customer those that were, then those that
    /// are scheduled, then those of nobody.
    pub fn each(self, history: HistoryId, mut take: impl FnMut(&OfHistory<'_>, Whose, &Event)) {
        let Some(of) = self.plan.histories.get(history.0 as usize) else { return };
        let told = OfHistory::new(self.plan, self.snapshot, self.clock, history.0 as usize, i64::MIN);
        let Some(events) = told.table().and_then(|table| table.by_customer.as_ref()) else { return };
        let mut seen = |customer: usize, row: usize| {
            let event = events.at.get(row).and_then(|at| told.event(row, *at));
            event.iter().for_each(|event| take(&told, Whose::Customer(customer), event));
        };
        match of.filter {
            Some(filter) => self.each_selected(of.events, filter, seen),
            None => each_row(&events.offsets, &mut seen),
        }
        let Some(unseen) = told.unseen() else { return };
        each_row(&unseen.scheduled.offsets, &mut |customer, row| {
            let event = told.scheduled(row);
            event.iter().for_each(|event| take(&told, Whose::Customer(customer), event));
        });
        for (at, owner) in unseen.owners.iter().enumerate() {
            let event = told.of_nobody(at);
            event.iter().for_each(|event| take(&told, Whose::Nobody(*owner), event));
        }
    }

    /// Calls `take` with each event that passes a filter: whose it is, and its row.
    fn each_selected(self, events: TableId, filter: ExprId, mut take: impl FnMut(usize, usize)) {
        let (program, bound) = bind_alone(self.plan, self.snapshot, self.clock, &[filter]);
        let Some(id) = bound.first().map(|value| value.id) else { return };
        let mut columns = Columns::new(&program, schedule(&program, [id]));
        let (kernels, filtered) = (Kernels::best(), Filtered { events, filter: id });
        let mut selected = Selected::default();
        for index in 0..self.snapshot.blocks(BLOCK) {
            let block = self.snapshot.block(index, BLOCK);
            columns.compute(&program, kernels, &block);
            let read = |id: NodeId| columns.operand(&program, kernels, &block, id);
            facts::select(&filtered, &block, read, self.clock.now(), &mut selected);
            for (row, bounds) in selected.begins.windows(2).enumerate() {
                let &[begin, end] = bounds else { continue };
                let rows = selected.rows.get(begin as usize..end as usize).unwrap_or_default();
                rows.iter().for_each(|of| take(block.first + row, *of as usize));
            }
        }
    }
}

/// Calls `take` with each row, and whose it is.
fn each_row(offsets: &[usize], take: &mut impl FnMut(usize, usize)) {
    for (customer, bounds) in offsets.windows(2).enumerate() {
        let &[begin, end] = bounds else { continue };
        (begin..end).for_each(|row| take(customer, row));
    }
}
