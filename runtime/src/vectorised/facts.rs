//! What decisions need beside masks and scores: facts of the customers, and the events that histories hold.

use super::column::{Bits, Lanes, Operand, words_for};
use crate::bind::{Filtered, NodeId, Program};
use crate::evaluate::{Fact, Selected};
use crate::snapshot::{Bitmap, Block, Column, Events, Values};

/// The facts of a program and what its filtered histories hold, for a block.
pub fn fill<'a>(
    program: &Program,
    block: &Block<'_>,
    read: impl Fn(NodeId) -> Operand<'a>,
    (facts, selected): (&mut Vec<Fact>, &mut Vec<Option<Selected>>),
) {
    facts.resize_with(program.facts.len(), || Fact(Column::full(Values::Int64(Vec::new()))));
    for (bound, Fact(column)) in program.facts.iter().zip(facts) {
        refill(&bound.like.values, read(bound.value), block.len, column);
    }
    selected.resize_with(program.histories.len(), || None);
    for (filtered, slot) in program.histories.iter().zip(selected) {
        match filtered {
            Some(filtered) => select(filtered, block, &read, program.clock.now(), slot.get_or_insert_default()),
            None => *slot = None,
        }
    }
}

/// Writes the values of a block's customers into a column like another, whose memory is used again.
fn refill(like: &Values, values: Operand<'_>, len: usize, column: &mut Column) {
    let known = values.known;
    let bitmap = |bits: Bits<'_>| Bitmap::from_words((0..words_for(len)).map(|index| bits.word(index)).collect(), len);
    match (&mut column.values, like) {
        (Values::Bits(out), Values::Bits(_)) => *out = bitmap(values.bits()),
        (Values::Int64(out), Values::Int64(_)) => copy(values.int64s(), known, len, out),
        (Values::Float64(out), Values::Float64(_)) => copy(values.float64s(), known, len, out),
        (Values::Int32(out), Values::Int32(_)) => copy(values.int32s(), known, len, out),
        (Values::Codes(out, of), Values::Codes(_, dictionary)) => {
            copy(values.codes(), known, len, out);
            of.clone_from(dictionary);
        }
        (Values::Sets(out, of), Values::Sets(_, dictionary)) => {
            copy(values.codes(), known, len, out);
            of.clone_from(dictionary);
        }
        (other, like) => {
            // The column of another program; the next time it is like this one.
            other.clone_from(like);
            return refill(like, values, len, column);
        }
    }
    column.validity = (!known.all()).then(|| bitmap(known));
}

/// Copies values; of missing ones, zero.
fn copy<T: Copy + Default>(values: Lanes<'_, T>, known: Bits<'_>, len: usize, out: &mut Vec<T>) {
    out.clear();
    match values {
        Lanes::Many(values) => out.extend_from_slice(values.get(..len).unwrap_or(values)),
        Lanes::One(value) => out.resize(len, value),
    }
    out.resize(len, T::default());
    if !known.all() {
        let missing = out.iter_mut().enumerate().filter(|(row, _)| !known.bit(*row));
        missing.for_each(|(_, value)| *value = T::default());
    }
}

/// The events of a block's customers that a filter lets through, none after `now`. One of which that is not known (by
/// arithmetic that does not fit) is let through: what counts contacts would else allow more of them.
pub fn select<'a>(
    filtered: &Filtered,
    block: &Block<'_>,
    read: impl Fn(NodeId) -> Operand<'a>,
    now: i64,
    selected: &mut Selected,
) {
    selected.rows.clear();
    selected.begins.clear();
    selected.begins.push(0);
    let filter = read(filtered.filter);
    let passes = |events: &Events<'_>, row: usize| {
        let is_past = events.at.get(row).is_some_and(|at| *at <= now);
        is_past && (filter.bits().bit(row) || !filter.known.bit(row))
    };
    for customer in 0..block.len {
        if let Some(events) = block.events(filtered.events) {
            let first = events.offsets.first().copied().unwrap_or(0);
            let passing = events.of(customer).filter(|row| passes(events, *row));
            selected.rows.extend(passing.filter_map(|row| u32::try_from(first + row).ok()));
        }
        selected.begins.push(u32::try_from(selected.rows.len()).unwrap_or(u32::MAX));
    }
}
