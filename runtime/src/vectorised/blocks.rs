//! The computed columns of a block, and the buffers that hold them from one block to the next.

use super::aggregate::{Reducer, Selected};
use super::column::{Bits, Kind, Operand, Vectors, words_for};
use super::condition;
use super::evaluation::{Evaluation, Frames, room};
use super::journey::Walked;
use super::schedule::{Schedule, Step};
use crate::bind::{NodeId, Op, Program};
use crate::kernels::Kernels;
use crate::snapshot::Block;

/// How many values are tested at once: as doubles they fill a quarter of the nearest cache.
const PART: usize = 1_024;

/// Computes the steps of a schedule, block after block, in the same buffers.
#[derive(Debug)]
pub struct Columns {
    schedule: Schedule,
    slots: Vec<Vectors>,
    selected: Vec<Selected>,
    walked: Vec<Walked>,
    owners: Vec<Vec<u32>>,
    /// The bitmaps of the tests at hand, away from their slots; otherwise empty.
    tested: Vec<Vec<u64>>,
}

impl Columns {
    /// For the steps of a schedule.
    pub fn new(program: &Program, schedule: Schedule) -> Self {
        let slots = std::iter::repeat_with(Vectors::default).take(program.nodes.len()).collect();
        let selected = std::iter::repeat_with(Selected::default).take(program.selections.len()).collect();
        let walked = std::iter::repeat_with(Walked::default).take(program.journeys.len()).collect();
        Self { schedule, slots, selected, walked, owners: Vec::new(), tested: Vec::new() }
    }

    /// By node: whether a step computes it.
    pub fn computed(&self) -> Vec<bool> {
        let mut computed = vec![false; self.slots.len()];
        let mut note = |id: NodeId| {
            if let Some(slot) = computed.get_mut(id.at()) {
                *slot = true;
            }
        };
        for step in &self.schedule.steps {
            if let Step::Node(id) = step {
                note(*id);
            }
        }
        self.schedule.tests.iter().flat_map(|(_, tests)| tests).for_each(|(id, _)| note(*id));
        computed
    }

    /// The columns by node.
    pub fn slots(&self) -> &[Vectors] {
        &self.slots
    }

    /// Computes all steps for a block.
    pub fn compute(&mut self, program: &Program, kernels: &Kernels, block: &Block<'_>) {
        for at in 0..self.schedule.steps.len() {
            if let Some(step) = self.schedule.steps.get(at).copied() {
                self.step(program, kernels, block, step);
            }
        }
    }

    fn step(&mut self, program: &Program, kernels: &Kernels, block: &Block<'_>, step: Step) {
        match step {
            Step::Owners(table) => {
                let at = table.0 as usize;
                self.owners.resize_with(self.owners.len().max(at + 1), Vec::new);
                if let (Some(owners), Some(events)) = (self.owners.get_mut(at), block.events(table)) {
                    owners.clear();
                    for (customer, _) in (0..).zip(0..block.len) {
                        owners.extend(events.of(customer as usize).map(|_| customer));
                    }
                }
            }
            Step::Select(at) => {
                let Some(mut selected) = self.selected.get_mut(at as usize).map(std::mem::take) else { return };
                let selection = program.selections.get(at as usize);
                if let Some((selection, events)) = selection.and_then(|s| Some((s, block.events(s.events)?))) {
                    selected.select(&self.evaluation(program, kernels, block), *selection, events);
                }
                if let Some(slot) = self.selected.get_mut(at as usize) {
                    *slot = selected;
                }
            }
            Step::Walk(at) => {
                let Some(mut walked) = self.walked.get_mut(at as usize).map(std::mem::take) else { return };
                if let Some(journey) = program.journeys.get(at as usize) {
                    walked.walk(&self.evaluation(program, kernels, block), journey, block);
                }
                if let Some(slot) = self.walked.get_mut(at as usize) {
                    *slot = walked;
                }
            }
            Step::Tests(at) => self.tests(program, kernels, block, at),
            Step::Node(id) => {
                // Operands come before what uses them.
                let Some((before, [out, ..])) = self.slots.split_at_mut_checked(id.at()) else { return };
                let of = Evaluation::new(program, kernels, Frames::Block(block, &self.owners), before);
                match program.node(id).op {
                    Op::Aggregate(selection, reduction) => {
                        out.kind = program.node(id).kind;
                        let selected = self.selected.get(selection as usize);
                        let events = program.selections.get(selection as usize).and_then(|s| block.events(s.events));
                        if let (Some(selected), Some(events)) = (selected, events) {
                            Reducer { of: &of, selected, events, customers: block.len }.reduce(reduction, out);
                        }
                    }
                    Op::Journey(journey, part) => {
                        out.kind = program.node(id).kind;
                        if let Some(walked) = self.walked.get(journey as usize) {
                            walked.write(part, out);
                        }
                    }
                    _ => of.compute(id, out),
                }
            }
        }
    }

    /// Makes all tests of one value, part by part.
    fn tests(&mut self, program: &Program, kernels: &Kernels, block: &Block<'_>, at: usize) {
        let Some((value, tests)) = self.schedule.tests.get(at) else { return };
        let frames = Frames::Block(block, &self.owners);
        let len = frames.len(program.node(*value).scope);
        for (id, _) in tests {
            let mut bits = self.slots.get_mut(id.at()).map(|slot| std::mem::take(&mut slot.bits)).unwrap_or_default();
            room(&mut bits, len);
            self.tested.push(bits);
        }
        let of = Evaluation::new(program, kernels, frames, &self.slots);
        let operand = of.operand(*value);
        let following = self.schedule.tests.get(at + 1).map(|(value, _)| of.operand(*value));
        // What will be tested next is asked for test by test: all at once, it would have to be waited for.
        let share = PART.div_ceil(tests.len()).next_multiple_of(64);
        for first in (0..len).step_by(PART) {
            let end = len.min(first + PART);
            let part = operand.rows(first, end - first);
            let (next, begin) = if end < len { (Some(operand), end) } else { (following, 0) };
            for (number, ((_, atom), bits)) in tests.iter().zip(&mut self.tested).enumerate() {
                if let Some(next) = next.filter(|_| number * share < PART) {
                    next.prefetch(begin + number * share, share);
                }
                condition::tested(&of, part, *atom, bits.get_mut(first / 64..words_for(end)).unwrap_or_default());
            }
        }
        for ((id, _), bits) in tests.iter().zip(self.tested.drain(..)) {
            if let Some(slot) = self.slots.get_mut(id.at()) {
                (slot.kind, slot.bits) = (Kind::Bits, bits);
            }
        }
    }

    /// Where a computed condition is definitely true.
    pub fn bits(&self, id: NodeId) -> Option<Bits<'_>> {
        self.slots.get(id.at()).map(|slot| Bits::Words(&slot.bits))
    }

    /// What reads these columns.
    pub fn evaluation<'a>(
        &'a self,
        program: &'a Program,
        kernels: &'a Kernels,
        block: &'a Block<'a>,
    ) -> Evaluation<'a> {
        Evaluation::new(program, kernels, Frames::Block(block, &self.owners), &self.slots)
    }

    /// A node's values over the customers of the block.
    pub fn operand<'a>(
        &'a self,
        program: &'a Program,
        kernels: &'a Kernels,
        block: &'a Block<'a>,
        id: NodeId,
    ) -> Operand<'a> {
        self.evaluation(program, kernels, block).operand(id)
    }
}
