//! Which members the conditions over the member alone tell apart: computed once, for all customers.

use std::collections::HashMap;

use super::bound::Fill;
use super::buffers::Buffer;
use super::classes::Classes;
use super::members::Members;
use crate::bind::{NodeId, Program};
use crate::kernels::Kernels;
use crate::snapshot::{Block, Rows, Snapshot};
use crate::vectorised::blocks::Columns;
use crate::vectorised::schedule::schedule;

/// Members by what these conditions are for them.
pub fn classes(
    program: &Program,
    tables: &Snapshot,
    members: &Members,
    fields: &[Fill],
    conditions: &[NodeId],
) -> Classes {
    let len = members.len();
    let mut of = vec![0; len];
    if conditions.is_empty() {
        return Classes::new(of);
    }
    let all: Vec<u32> = (0..).take(len).collect();
    let (mut values, none) = (Buffer::default(), Buffer::default());
    values.members(members, &all);
    let known = tables.tables.first().map_or(&[][..], |table| &table.columns);
    let view = |(field, like)| if matches!(field, &Fill::Member) { values.view(like) } else { none.view(like) };
    let customers = Rows { len, columns: fields.iter().zip(known).map(view).collect(), links: Vec::new() };
    let block = Block { first: 0, len, customers, events: Vec::new(), tables: &tables.tables };
    let mut columns = Columns::new(program, schedule(program, conditions.iter().copied()));
    let kernels = Kernels::best();
    columns.compute(program, kernels, &block);
    for condition in conditions {
        let found = columns.operand(program, kernels, &block, *condition);
        let mut refined = HashMap::new();
        for (member, class) in of.iter_mut().enumerate() {
            let state = (*class, found.known.bit(member), found.bits().bit(member));
            let next = u32::try_from(refined.len()).unwrap_or(u32::MAX);
            *class = *refined.entry(state).or_insert(next);
        }
    }
    Classes::new(of)
}
