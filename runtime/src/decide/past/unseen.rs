//! The contacts that no expression sees: those that are still to be sent, and those of customers who are not known any
//! more. Which of them a history holds is told by its filter, computed once, over these rows as if they had been.

use opportune_plan::{ExprId, History, Op, VerifiedPlan};

use super::{Event, OfHistory};
use crate::bind::{Filtered, NodeId, bind_alone};
use crate::evaluate::Selected;
use crate::kernels::Kernels;
use crate::snapshot::{Bitmap, Block, Snapshot, Unseen};
use crate::time::Clock;
use crate::vectorised::blocks::Columns;
use crate::vectorised::facts;
use crate::vectorised::schedule::schedule;

/// How many customers' events are looked through at once.
const BLOCK: usize = 4_096;

impl<'a> OfHistory<'a> {
    /// The table's rows that no expression sees.
    pub fn unseen(&self) -> Option<&'a Unseen> {
        self.table?.unseen.as_ref()
    }

    /// An event that is still to be, by its row.
    pub fn scheduled(&self, row: usize) -> Option<Event> {
        let at = row.checked_sub(self.table?.rows)?;
        let time = *self.unseen()?.scheduled.at.get(at)?;
        self.passes(at).then(|| self.read(row, time))
    }

    /// An event of nobody, by its position among those.
    pub fn of_nobody(&self, position: usize) -> Option<Event> {
        let unseen = self.unseen()?;
        let time = *unseen.of_nobody.get(position)?;
        let at = unseen.scheduled.at.len() + position;
        self.passes(at).then(|| self.read(self.table.map_or(0, |table| table.rows) + at, time))
    }

    fn passes(&self, at: usize) -> bool {
        self.unseen.as_ref().is_none_or(|passing| passing.get(at))
    }
}

/// Which unseen rows pass a history's filter; none: all. What cannot be told of them passes.
pub fn passing(plan: &VerifiedPlan, snapshot: &Snapshot, clock: &Clock, history: &History) -> Option<Bitmap> {
    let filter = history.filter?;
    let table = snapshot.table(history.events)?;
    let unseen = table.unseen.as_ref()?;
    let (scheduled, nobodys) = (unseen.scheduled.at.len(), unseen.of_nobody.len());
    let reads = Reads::of(plan, filter);
    if scheduled + nobodys == 0 || reads.past {
        return None;
    }
    let mut passing = Bitmap::zeros(scheduled + nobodys);
    let (program, bound) = bind_alone(plan, snapshot, clock, &[filter]);
    let id = bound.first()?.id;
    let mut columns = Columns::new(&program, schedule(&program, [id]));
    let (kernels, filtered) = (Kernels::best(), Filtered { events: history.events, filter: id });
    let mut selected = Selected::default();
    let mut select = |block: &Block<'_>| {
        columns.compute(&program, kernels, block);
        let read = |id: NodeId| columns.operand(&program, kernels, block, id);
        facts::select(&filtered, block, read, i64::MAX, &mut selected);
        for row in &selected.rows {
            passing.set((*row as usize).saturating_sub(table.rows), true);
        }
    };
    let (offsets, at) = (&unseen.scheduled.offsets, &unseen.scheduled.at);
    for index in 0..snapshot.blocks(BLOCK) {
        let block = snapshot.block(index, BLOCK);
        let Some(offsets) = offsets.get(block.first..=block.first + block.len) else { continue };
        let (Some(begin), Some(end)) = (offsets.first(), offsets.last()) else { continue };
        let rows = begin.saturating_sub(table.rows)..end.saturating_sub(table.rows);
        let Some(at) = at.get(rows).filter(|at| !at.is_empty()) else { continue };
        select(&block.with_events(history.events, offsets, at));
    }
    let first = table.rows + scheduled;
    if reads.customer || snapshot.customers() == 0 {
        (scheduled..scheduled + nobodys).for_each(|row| passing.set(row, true));
    } else if nobodys > 0 {
        // What is not said of the customer is the same whosever it is.
        let offsets = [first, first + nobodys];
        select(&snapshot.block(0, 1).with_events(history.events, &offsets, &unseen.of_nobody));
    }
    Some(passing)
}

/// What a filter needs beside the row.
#[derive(Default)]
struct Reads {
    /// The customer.
    customer: bool,
    /// The customer's past, which is not what it was once these rows are.
    past: bool,
}

impl Reads {
    fn of(plan: &VerifiedPlan, filter: ExprId) -> Self {
        let (mut reads, mut open) = (Self::default(), vec![filter]);
        while let Some(node) = open.pop().and_then(|id| plan.exprs.get(id)) {
            reads.customer |= matches!(node.op, Op::OfCustomer { .. });
            reads.past |= matches!(node.op, Op::Aggregate(_) | Op::Journey(..));
            node.op.for_each_operand(|operand| open.push(operand));
        }
        reads
    }
}
