//! Evaluates families block by block: customers and events by columns, then pairs, chunk by chunk, as customers of the
//! lifted offer.

use std::sync::Arc;

use super::bound::{Bound, BoundCap, BoundFamily};
use super::chunk::Chunk;
use super::pairs::Told;
use crate::bind::NodeId;
use crate::evaluate::{Candidates, Crowd, FamilyCandidates, Tally, contact_room};
use crate::kernels::Kernels;
use crate::snapshot::Block;
use crate::vectorised::Vectorised;
use crate::vectorised::blocks::Columns;
use crate::vectorised::column::Operand;
use crate::vectorised::schedule::schedule;

/// How many pairs are evaluated at once, or those of one customer where they are more: their columns stay near.
const CHUNK: usize = 4_096;

/// Evaluates the families of a plan; one for each thread.
#[derive(Debug)]
pub struct Families {
    bound: Arc<Bound>,
    kernels: &'static Kernels,
    /// What pairs are made from.
    columns: Columns,
    work: Vec<Work>,
}

/// One family's buffers.
#[derive(Debug)]
struct Work {
    lifted: Vectorised,
    told: Told,
    chunk: Chunk,
    /// Of pairs, as if each were a customer.
    candidates: Candidates,
}

impl Families {
    /// Over bound families.
    pub fn new(bound: Arc<Bound>) -> Self {
        let columns = Columns::new(&bound.outer, schedule(&bound.outer, bound.roots.iter().copied()));
        let work = |family: &BoundFamily| Work {
            lifted: Vectorised::new(Arc::clone(&family.program)),
            told: Told::default(),
            chunk: Chunk::new(family),
            candidates: Candidates::default(),
        };
        let work = bound.families.iter().map(work).collect();
        Self { bound, kernels: Kernels::best(), columns, work }
    }

    /// Evaluates the families for the customers of a block, into candidates that hold those of the other offers.
    pub fn evaluate(&mut self, block: &Block<'_>, candidates: &mut Candidates) {
        let bound = Arc::clone(&self.bound);
        self.columns.compute(&bound.outer, self.kernels, block);
        let read = |id: NodeId| self.columns.operand(&bound.outer, self.kernels, block, id);
        if let Some(offers) = bound.picking {
            candidates.picks.resize_with(offers, Vec::new);
        }
        for (family, work) in bound.families.iter().zip(&mut self.work) {
            let mut found = FamilyCandidates::new(family.offer, Arc::clone(&family.classes));
            let tally = work.evaluate(family, block, read, &mut found);
            found.room = (!family.caps.is_empty()).then(|| room(&family.caps, block.len, read));
            if family.pick.is_some() {
                // Picks are in the order in which they are told: those of one offer come one after the other.
                if let Some(picks) = candidates.picks.get_mut(family.offer.0 as usize) {
                    picks.push(found);
                }
                continue;
            }
            candidates.families.push(found);
            if let Some(slot) = candidates.tallies.get_mut(family.offer.0 as usize) {
                *slot = tally;
            }
        }
    }
}

/// How many members the caps of a family leave room for, by customer.
fn room<'a>(caps: &[BoundCap], customers: usize, read: impl Fn(NodeId) -> Operand<'a>) -> Vec<u32> {
    let mut room = vec![u32::MAX; customers];
    for cap in caps {
        let (counted, has_room) = (read(cap.counted), read(cap.has_room));
        for (customer, room) in room.iter_mut().enumerate() {
            let counted = counted.known.bit(customer).then(|| counted.int64s().get(customer));
            let has_room = has_room.known.bit(customer).then(|| has_room.bits().bit(customer));
            *room = (*room).min(contact_room(cap.limit, counted, has_room));
        }
    }
    room
}

impl Work {
    fn evaluate<'a>(
        &mut self,
        family: &BoundFamily,
        block: &'a Block<'a>,
        read: impl Fn(NodeId) -> Operand<'a> + Copy,
        found: &mut FamilyCandidates,
    ) -> Tally {
        let mut tally = Tally::default();
        self.told.fill(family, block, read);
        self.chunk.pairs.clear(family);
        for customer in 0..block.len {
            self.chunk.pairs.add(family, &mut self.told, block, customer, read);
            if self.chunk.pairs.len() >= CHUNK || customer + 1 == block.len {
                self.chunk.fill(family, read);
                let (pairs, weights) = (self.chunk.block(family), &self.chunk.pairs.weights);
                self.lifted.evaluate_weighted(&pairs, weights, &mut self.candidates);
                for of_chunk in &self.candidates.tallies {
                    tally.add(of_chunk);
                }
                self.hand_on(family, found);
                self.chunk.pairs.clear(family);
            }
        }
        tally
    }

    /// Tells the candidates among the pairs as candidates of the family.
    fn hand_on(&self, family: &BoundFamily, found: &mut FamilyCandidates) {
        let pairs = &self.chunk.pairs;
        for range in &pairs.apart {
            let begin = found.known.len();
            found.known.extend_from_slice(pairs.members.get(range.clone()).unwrap_or_default());
            found.apart.push(begin..found.known.len());
        }
        for (pair, score) in self.candidates.rows.iter().zip(&self.candidates.scores) {
            let at = *pair as usize;
            let (Some(row), Some(member), Some(weight)) =
                (pairs.rows.get(at), pairs.members.get(at), pairs.weights.get(at))
            else {
                continue;
            };
            if pairs.is_crowd.get(at) == Some(&true) {
                let (class, len) =
                    (family.classes.of(*member).unwrap_or(0), u32::try_from(*weight).unwrap_or(u32::MAX));
                found.crowds.push(Crowd { row: *row, class, len, score: *score });
            } else {
                found.push(*row, *member, *score);
            }
        }
    }
}
