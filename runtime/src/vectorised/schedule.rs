//! In which order a block's nodes are computed.

use std::collections::{HashMap, HashSet};

use opportune_plan::{Schema, Scope, TableId};

use crate::bind::{Atom, Journey, NodeId, Op, Program};

/// One thing to compute for a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// Whose each event of a table is.
    Owners(TableId),
    /// Which events a selection of the program holds.
    Select(u32),
    /// How far customers are on a journey of the program.
    Walk(u32),
    /// All tests of one value: a position in [`Schedule::tests`].
    Tests(usize),
    /// A node's values, which is no test.
    Node(NodeId),
}

/// A value with all its tests, each by its node.
pub type Tests = (NodeId, Vec<(NodeId, Atom)>);

/// What to compute for a block, operands before what uses them.
#[derive(Clone, Debug, Default)]
pub struct Schedule {
    /// In this order.
    pub steps: Vec<Step>,
    /// Values with all their tests, which are made together while a part of the values is in the nearest cache.
    pub tests: Vec<Tests>,
}

/// The steps that compute some nodes and all they need.
pub fn schedule(program: &Program, roots: impl IntoIterator<Item = NodeId>) -> Schedule {
    let wanted = wanted(program, roots);
    let (mut steps, mut taken) = (Vec::new(), HashSet::new());
    let (mut tests, mut tests_of): (Vec<Tests>, HashMap<NodeId, usize>) = Default::default();
    for (at_node, (node, wanted)) in program.nodes.iter().zip(&wanted).enumerate() {
        if !wanted || node.scope == Scope::Anywhere {
            continue;
        }
        let before = match node.op {
            Op::Column(..) => continue,
            Op::Atom(value, atom) => {
                let at = *tests_of.entry(value).or_insert_with(|| {
                    steps.push(Step::Tests(tests.len()));
                    tests.push((value, Vec::new()));
                    tests.len() - 1
                });
                if let (Some((_, tests)), Ok(id)) = (tests.get_mut(at), u32::try_from(at_node)) {
                    tests.push((NodeId(id), atom));
                }
                continue;
            }
            Op::Aggregate(selection, _) => Some(Step::Select(selection)),
            Op::Journey(journey, _) => Some(Step::Walk(journey)),
            Op::OfCustomer(events, _) => Some(Step::Owners(events)),
            _ => None,
        };
        steps.extend(before.filter(|step| taken.insert(*step)));
        steps.extend(u32::try_from(at_node).map(|at| Step::Node(NodeId(at))));
    }
    Schedule { steps, tests }
}

/// Which nodes are computed from columns of the block to get the roots; those over lookup tables are there already.
fn wanted(program: &Program, roots: impl IntoIterator<Item = NodeId>) -> Vec<bool> {
    let mut wanted = vec![false; program.nodes.len()];
    for root in roots {
        want(&mut wanted, root);
    }
    for (at, node) in program.nodes.iter().enumerate().rev() {
        if !wanted.get(at).copied().unwrap_or(false) {
            continue;
        }
        node.op.for_each_operand(|operand| want(&mut wanted, operand));
        match node.op {
            Op::Aggregate(selection, _) => {
                let selection = program.selections.get(selection as usize);
                selection.into_iter().flat_map(|s| s.operands()).for_each(|id| want(&mut wanted, id));
            }
            Op::Journey(journey, _) => {
                let journey = program.journeys.get(journey as usize);
                journey.into_iter().flat_map(Journey::operands).for_each(|id| want(&mut wanted, id));
            }
            _ => {}
        }
    }
    wanted
}

fn want(wanted: &mut [bool], id: NodeId) {
    if let Some(slot) = wanted.get_mut(id.at()) {
        *slot = true;
    }
}

/// The nodes over the customer that a value needs, down to those that are computed for the whole block (`dense`) and
/// to columns, which end it; ascending.
pub fn selected_schedule(program: &Program, dense: &[bool], root: NodeId) -> Vec<NodeId> {
    let is_leaf =
        |id: NodeId| dense.get(id.at()).copied().unwrap_or(false) || matches!(program.node(id).op, Op::Column(..));
    let mut found = reach(program, root, is_leaf);
    found.retain(|id| program.node(*id).scope == Scope::Row(Schema::CUSTOMER));
    found.sort_unstable();
    found
}

/// What a score needs of the whole block: the nodes that are read row by row but not from the customer's own columns.
pub fn leaves(program: &Program, root: NodeId) -> Vec<NodeId> {
    let is_block_wide =
        |id: NodeId| matches!(program.node(id).op, Op::Gather { .. } | Op::Aggregate(..) | Op::Journey(..));
    let mut found = reach(program, root, is_block_wide);
    found.retain(|id| is_block_wide(*id));
    found
}

/// A node and all that it is computed from, no further than through leaves.
fn reach(program: &Program, root: NodeId, is_leaf: impl Fn(NodeId) -> bool) -> Vec<NodeId> {
    let (mut found, mut seen, mut next) = (vec![root], HashSet::from([root]), 0);
    while let Some(id) = found.get(next).copied() {
        next += 1;
        if !is_leaf(id) {
            program.node(id).op.for_each_operand(|operand| found.extend(seen.insert(operand).then_some(operand)));
        }
    }
    found
}
