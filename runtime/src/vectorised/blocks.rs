//! The computed columns of a block, and the buffers that hold them from one block to the next.

use super::aggregate::{Reducer, Selected};
use super::column::{Operand, Vectors};
use super::evaluation::{Evaluation, Frames};
use super::schedule::Step;
use crate::bind::{NodeId, Op, Program};
use crate::kernels::Kernels;
use crate::snapshot::Block;

/// Computes the steps of a schedule, block after block, in the same buffers.
#[derive(Debug)]
pub struct Columns {
    steps: Vec<Step>,
    slots: Vec<Vectors>,
    selected: Vec<Selected>,
    owners: Vec<Vec<u32>>,
}

impl Columns {
    /// For the steps of a schedule.
    pub fn new(program: &Program, steps: Vec<Step>) -> Self {
        let slots = std::iter::repeat_with(Vectors::default).take(program.nodes.len()).collect();
        let selected = std::iter::repeat_with(Selected::default).take(program.selections.len()).collect();
        Self { steps, slots, selected, owners: Vec::new() }
    }

    /// By node: whether a step computes it.
    pub fn computed(&self) -> Vec<bool> {
        let mut computed = vec![false; self.slots.len()];
        for step in &self.steps {
            if let Step::Node(id) = step
                && let Some(slot) = computed.get_mut(id.at())
            {
                *slot = true;
            }
        }
        computed
    }

    /// The columns by node.
    pub fn slots(&self) -> &[Vectors] {
        &self.slots
    }

    /// Computes all steps for a block.
    pub fn compute(&mut self, program: &Program, kernels: &Kernels, block: &Block<'_>) {
        for at in 0..self.steps.len() {
            if let Some(step) = self.steps.get(at).copied() {
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
            Step::Node(id) => {
                let Some(mut out) = self.slots.get_mut(id.at()).map(std::mem::take) else { return };
                let evaluation = self.evaluation(program, kernels, block);
                match program.node(id).op {
                    Op::Aggregate(selection, reduction) => {
                        out.kind = program.node(id).kind;
                        self.aggregate(&evaluation, block, selection, reduction, &mut out);
                    }
                    _ => evaluation.compute(id, &mut out),
                }
                if let Some(slot) = self.slots.get_mut(id.at()) {
                    *slot = out;
                }
            }
        }
    }

    fn aggregate(
        &self,
        of: &Evaluation<'_>,
        block: &Block<'_>,
        selection: u32,
        reduction: crate::bind::Reduction,
        out: &mut Vectors,
    ) {
        let table = of.program.selections.get(selection as usize).map(|selection| selection.events);
        let events = table.and_then(|table| block.events(table));
        if let (Some(selected), Some(events)) = (self.selected.get(selection as usize), events) {
            Reducer { of, selected, events, customers: block.len }.reduce(reduction, out);
        }
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
