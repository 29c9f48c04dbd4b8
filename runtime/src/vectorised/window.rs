//! Which events of a block are in a window, by its ends: the same moments for all customers, or each one's own.

use std::ops::Range;

use super::aggregate::Selected;
use super::column::{Operand, words_for};
use super::evaluation::{Evaluation, room};
use crate::bind::{Bound, Selection};
use crate::snapshot::Events;

impl Selected {
    /// Puts the events of the window into `counted`, and whose window has no end into `endless`.
    pub(super) fn window(&mut self, of: &Evaluation<'_>, selection: Selection, events: &Events<'_>) {
        self.endless.clear();
        let counted = room(&mut self.counted, events.at.len());
        match selection.after {
            Bound::At(after) => (of.kernels.int64_greater)(events.at, after, counted),
            Bound::Open | Bound::Of(_) => counted.fill(!0),
        }
        if let Bound::At(until) = selection.until {
            up_to(of, events.at, until, counted);
        }
        let own = [selection.after, selection.until].map(|bound| bound.node().map(|id| of.operand(id)));
        if own.iter().any(Option::is_some) {
            self.own_ends(own, events);
        }
    }

    /// Narrows each customer's events to those between moments of their own. They are in the order of time.
    fn own_ends(&mut self, [after, until]: [Option<Operand<'_>>; 2], events: &Events<'_>) {
        for customer in 0..events.offsets.len().saturating_sub(1) {
            let all = events.of(customer);
            let at = events.at.get(all.clone()).unwrap_or_default();
            let is_there = |end: Option<Operand<'_>>| end.is_none_or(|end| end.known.bit(customer));
            if !is_there(after) || !is_there(until) {
                self.note_endless(customer, events.offsets.len() - 1);
            }
            // How many events are not after a moment.
            let before = |end: Operand<'_>| {
                let moment = end.int64s().get(customer);
                at.partition_point(|at| *at <= moment)
            };
            let (begin, end) = (after.map_or(0, before), until.map_or(at.len(), before));
            let (begin, end) = (all.start + begin.min(end), all.start + end);
            clear(&mut self.counted, all.start..begin);
            clear(&mut self.counted, end..all.end);
        }
    }

    fn note_endless(&mut self, customer: usize, customers: usize) {
        self.endless.resize(words_for(customers), 0);
        if let Some(word) = self.endless.get_mut(customer / 64) {
            *word |= 1 << (customer % 64);
        }
    }
}

/// Leaves what is not after a moment.
fn up_to(of: &Evaluation<'_>, at: &[i64], until: i64, counted: &mut [u64]) {
    let mut later = [0_u64; 16];
    for (at, counted) in at.chunks(64 * later.len()).zip(counted.chunks_mut(later.len())) {
        (of.kernels.int64_greater)(at, until, &mut later);
        counted.iter_mut().zip(&later).for_each(|(counted, later)| *counted &= !later);
    }
}

/// Clears a range of bits.
fn clear(words: &mut [u64], bits: Range<usize>) {
    for (index, mask) in super::aggregate::parts(bits) {
        if let Some(word) = words.get_mut(index) {
            *word &= !mask;
        }
    }
}
