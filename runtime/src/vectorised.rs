//! The vectorised evaluator: every node of the bound program as columns over a block, without machine code.
//!
//! It stands between the interpreter and the JIT: the JIT takes from it the columns that it does not compute itself
//! (aggregates, values behind links, calendar arithmetic), and both are measured and tested against it. Conditions
//! and what lies behind links and events are computed for whole blocks, scores only for the customers that an offer
//! is left with. Buffers live from block to block.

pub mod aggregate;
mod arithmetic;
pub mod blocks;
mod calendar;
mod call;
pub mod column;
mod condition;
mod draw;
pub mod evaluation;
pub mod facts;
mod frequency;
pub mod gather;
pub mod journey;
pub mod outcome;
pub mod schedule;
mod window;

use std::sync::Arc;

use crate::bind::{NodeId, Offer, Program};
use crate::evaluate::{Candidates, Evaluator, GREATEST_SCORE, Tally};
use crate::families::Families;
use crate::kernels::{Kernels, append_rows};
use crate::snapshot::Block;
use blocks::Columns;
use column::{Bits, Operand, Vectors, words_for};
use evaluation::{Evaluation, Frames};
use opportune_plan::{Schema, Scope};

/// Evaluates blocks by columns.
#[derive(Debug)]
pub struct Vectorised {
    program: Arc<Program>,
    kernels: &'static Kernels,
    columns: Columns,
    /// By node: whether it is computed for whole blocks.
    dense: Vec<bool>,
    /// By offer: what its score needs beyond that.
    scores: Vec<Vec<NodeId>>,
    /// Columns over an offer's customers.
    slots: Vec<Vectors>,
    stages: Stages,
    families: Option<Families>,
}

/// The masks of an offer, and its customers.
#[derive(Debug, Default)]
struct Stages {
    mask: Vec<u64>,
    rows: Vec<u32>,
    /// For how many each customer of the block stands; empty: for one.
    weights: Vec<u64>,
}

impl Vectorised {
    /// Over a bound program.
    pub fn new(program: Arc<Program>) -> Self {
        let scores = program.offers.iter().flat_map(|offer| schedule::leaves(&program, offer.priority));
        let roots: Vec<NodeId> = conditions(&program).into_iter().chain(scores).collect();
        let columns = Columns::new(&program, schedule::schedule(&program, roots));
        let dense = columns.computed();
        let of = |offer: &Offer| schedule::selected_schedule(&program, &dense, offer.priority);
        let scores = program.offers.iter().map(of).collect();
        let slots = std::iter::repeat_with(Vectors::default).take(program.nodes.len()).collect();
        let families = program.families.clone().map(Families::new);
        let (kernels, stages) = (Kernels::best(), Stages::default());
        Self { program, kernels, columns, dense, scores, slots, stages, families }
    }

    /// Evaluates a block each of whose customers stands for so many: the tallies count them all.
    pub fn evaluate_weighted(&mut self, block: &Block<'_>, weights: &[u64], candidates: &mut Candidates) {
        self.stages.weights.clear();
        self.stages.weights.extend_from_slice(weights);
        self.evaluate(block, candidates);
        self.stages.weights.clear();
    }
}

/// The conditions of all stages and what the decision needs.
pub fn conditions(program: &Program) -> Vec<NodeId> {
    let mut roots: Vec<NodeId> = program.channels.iter().copied().flatten().collect();
    for offer in &program.offers {
        roots.extend(offer.eligible.iter().chain(&offer.except).chain(&offer.forbidden).chain(&offer.room).copied());
    }
    roots.extend(of_decision(program));
    roots
}

/// What the decision needs beside the channels.
pub fn of_decision(program: &Program) -> impl Iterator<Item = NodeId> {
    let cap = program.contact_cap.iter().flat_map(|cap| [cap.counted, cap.has_room]);
    let filters = program.histories.iter().flatten().map(|history| history.filter);
    cap.chain(program.facts.iter().map(|fact| fact.value)).chain(filters)
}

impl Evaluator for Vectorised {
    fn evaluate_each(&mut self, block: &Block<'_>, candidates: &mut Candidates, each: &mut dyn FnMut(&mut Candidates)) {
        let program = Arc::clone(&self.program);
        self.columns.compute(&program, self.kernels, block);
        let read = |id: NodeId| self.columns.operand(&program, self.kernels, block, id);
        outcome::begin(&program, block, read, candidates);
        for (offer, needs) in program.offers.iter().zip(&self.scores) {
            let mut tally = Tally::default();
            self.stages.mask(offer, block.len, read, &mut tally);
            let begin = candidates.rows.len();
            if !self.stages.rows.is_empty() {
                let evaluation = self.columns.evaluation(&program, self.kernels, block);
                let dense = Dense { evaluation, is_dense: &self.dense };
                score(&dense, offer, needs, &mut self.slots, &self.stages.rows, candidates);
            }
            let scored = candidates.rows.get(begin..).unwrap_or_default();
            tally.withheld = self.stages.weigh(&self.stages.rows) - self.stages.weigh(scored);
            candidates.offers.push(begin..candidates.rows.len());
            candidates.tallies.push(tally);
            each(candidates);
        }
        if let Some(families) = &mut self.families {
            families.evaluate(block, candidates);
        }
    }
}

impl Stages {
    /// Narrows all customers down to those that pass every stage but the score.
    fn mask<'a>(&mut self, offer: &Offer, len: usize, read: impl Fn(NodeId) -> Operand<'a>, tally: &mut Tally) {
        self.mask.clear();
        self.mask.resize(words_for(len), !0);
        if let (Some(last), used @ 1..) = (self.mask.last_mut(), len % 64) {
            *last = (1 << used) - 1;
        }
        if let Some(eligible) = offer.eligible.map(&read) {
            self.keep(|index| eligible.bits().word(index));
        }
        tally.eligible = self.count();
        for except in offer.except.iter().map(|id| read(*id)) {
            self.keep(|index| except.known.word(index) & !except.bits().word(index));
        }
        tally.excepted = tally.eligible - self.count();
        let mut left = self.count();
        for forbidden in offer.forbidden.iter().map(|id| read(*id)) {
            self.keep(|index| forbidden.known.word(index) & !forbidden.bits().word(index));
        }
        tally.forbidden = left - self.count();
        left = self.count();
        if let Some(reach) = &offer.reach {
            self.keep(|index| reach.iter().fold(0, |any, id| any | read(*id).bits().word(index)));
        }
        tally.unreachable = left - self.count();
        left = self.count();
        if !offer.timely {
            self.keep(|_| 0);
        }
        tally.untimely = left - self.count();
        left = self.count();
        for room in offer.room.iter().map(|id| read(*id)) {
            self.keep(|index| room.bits().word(index));
        }
        tally.capped = left - self.count();
        self.rows.clear();
        append_rows(&self.mask, &mut self.rows);
    }

    fn keep(&mut self, word: impl Fn(usize) -> u64) {
        for (index, mask) in self.mask.iter_mut().enumerate() {
            *mask &= word(index);
        }
    }

    fn count(&self) -> u64 {
        if self.weights.is_empty() {
            return self.mask.iter().map(|word| u64::from(word.count_ones())).sum();
        }
        let bits = Bits::Words(&self.mask);
        self.weights.iter().enumerate().filter(|(row, _)| bits.bit(*row)).map(|(_, weight)| weight).sum()
    }

    /// For how many some customers stand.
    fn weigh(&self, rows: &[u32]) -> u64 {
        if self.weights.is_empty() {
            return rows.len() as u64;
        }
        rows.iter().filter_map(|row| self.weights.get(*row as usize)).sum()
    }
}

/// The columns over whole blocks.
struct Dense<'a> {
    evaluation: Evaluation<'a>,
    is_dense: &'a [bool],
}

/// Scores the customers that an offer is left with, and appends those whose score counts.
fn score(
    dense: &Dense<'_>,
    offer: &Offer,
    needs: &[NodeId],
    slots: &mut [Vectors],
    rows: &[u32],
    candidates: &mut Candidates,
) {
    let program = dense.evaluation.program;
    for id in needs {
        // Operands come before what uses them.
        let Some((before, [out, ..])) = slots.split_at_mut_checked(id.at()) else { continue };
        let node = program.node(*id);
        if dense.is_dense.get(id.at()).copied().unwrap_or(false) || matches!(node.op, crate::bind::Op::Column(..)) {
            dense.evaluation.pick(*id, rows, out);
        } else {
            let frames = Frames::Selected(rows.len());
            Evaluation::new(program, dense.evaluation.kernels, frames, before).compute(*id, out);
        }
    }
    let frames = Frames::Selected(rows.len());
    let scores = Evaluation::new(program, dense.evaluation.kernels, frames, slots).operand(offer.priority);
    let values = scores.float64s();
    for (at, row) in rows.iter().enumerate() {
        let score = values.get(at);
        if score > 0.0 && score <= GREATEST_SCORE && scores.known.bit(at) {
            candidates.rows.push(*row);
            candidates.scores.push(score);
        }
    }
    debug_assert!(matches!(program.node(offer.priority).scope, Scope::Anywhere | Scope::Row(Schema::CUSTOMER)));
}
