//! What decisions need beside masks and scores: facts of the customers, and the events that histories hold.

use super::column::{Operand, Scalar, words_for};
use crate::bind::{Fact as Bound, Filtered, NodeId, Program};
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
        *column = of_customers(bound, read(bound.value), block.len);
    }
    selected.resize_with(program.histories.len(), || None);
    for (filtered, slot) in program.histories.iter().zip(selected) {
        match filtered {
            Some(filtered) => select(filtered, block, &read, program.clock.now(), slot.get_or_insert_default()),
            None => *slot = None,
        }
    }
}

/// A column of its own for the customers of a block.
fn of_customers(fact: &Bound, values: Operand<'_>, len: usize) -> Column {
    let all = || (0..len).map(|row| values.scalar(row));
    let codes = || all().map(|value| if let Some(Scalar::Code(code)) = value { code } else { 0 }).collect();
    let column = match &fact.like.values {
        Values::Bits(_) => Values::Bits(all().map(|value| value == Some(Scalar::Bool(true))).collect()),
        Values::Int64(_) => {
            Values::Int64(all().map(|value| if let Some(Scalar::Int64(value)) = value { value } else { 0 }).collect())
        }
        Values::Float64(_) => {
            let bits = |value| if let Some(Scalar::Float64(bits)) = value { bits } else { 0 };
            Values::Float64(all().map(|value| f64::from_bits(bits(value))).collect())
        }
        Values::Int32(_) => {
            Values::Int32(all().map(|value| if let Some(Scalar::Int32(value)) = value { value } else { 0 }).collect())
        }
        Values::Codes(_, dictionary) => Values::Codes(codes(), dictionary.clone()),
        Values::Sets(_, dictionary) => Values::Sets(codes(), dictionary.clone()),
    };
    let known = || Bitmap::from_words((0..words_for(len)).map(|index| values.known.word(index)).collect(), len);
    Column { values: column, validity: (!values.known.all()).then(known) }
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
