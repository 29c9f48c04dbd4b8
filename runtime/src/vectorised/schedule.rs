//! In which order a block's nodes are computed.

use opportune_plan::{Schema, Scope, TableId};

use crate::bind::{NodeId, Op, Program};

/// One thing to compute for a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Whose each event of a table is.
    Owners(TableId),
    /// Which events a selection of the program holds.
    Select(u32),
    /// A node's values.
    Node(NodeId),
}

/// The steps that compute some nodes and all they need, operands before what uses them.
pub fn schedule(program: &Program, roots: impl IntoIterator<Item = NodeId>) -> Vec<Step> {
    let wanted = wanted(program, roots);
    let mut steps = Vec::new();
    for (at, (node, wanted)) in program.nodes.iter().zip(&wanted).enumerate() {
        if !wanted || node.scope == Scope::Anywhere {
            continue;
        }
        let before = match node.op {
            Op::Column(..) => continue,
            Op::Aggregate(selection, _) => Some(Step::Select(selection)),
            Op::OfCustomer(events, _) => Some(Step::Owners(events)),
            _ => None,
        };
        steps.extend(before.filter(|step| !steps.contains(step)));
        steps.extend(u32::try_from(at).map(|at| Step::Node(NodeId(at))));
    }
    steps
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
        if let Op::Aggregate(selection, _) = node.op {
            let filter = program.selections.get(selection as usize).and_then(|selection| selection.filter);
            filter.into_iter().for_each(|filter| want(&mut wanted, filter));
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
    let mut found = vec![root];
    let mut next = 0;
    while let Some(id) = found.get(next).copied() {
        next += 1;
        if is_leaf(id) {
            continue;
        }
        program.node(id).op.for_each_operand(|operand| {
            if !found.contains(&operand) {
                found.push(operand);
            }
        });
    }
    found.retain(|id| program.node(*id).scope == Scope::Row(Schema::CUSTOMER));
    found.sort_unstable();
    found
}

/// What a score needs of the whole block: the nodes that are read row by row but not from the customer's own columns.
pub fn leaves(program: &Program, root: NodeId) -> Vec<NodeId> {
    let mut found = vec![root];
    let mut next = 0;
    while let Some(id) = found.get(next).copied() {
        next += 1;
        if !is_block_wide(&program.node(id).op) {
            program.node(id).op.for_each_operand(|operand| {
                if !found.contains(&operand) {
                    found.push(operand);
                }
            });
        }
    }
    found.retain(|id| is_block_wide(&program.node(*id).op));
    found
}

fn is_block_wide(op: &Op) -> bool {
    matches!(op, Op::Gather { .. } | Op::Aggregate(..))
}
