//! Functions of values row by row, by their shared meaning ([`crate::builtin`]).

use super::calendar;
use super::column::{Operand, Scalar, Vectors, words_for};
use super::evaluation::Evaluation;
use crate::bind::{Call, NodeId};
use crate::builtin;
use crate::value::Value;

/// A function of values.
pub fn call(of: &Evaluation<'_>, call: &Call, arguments: &[NodeId], len: usize, out: &mut Vectors) {
    let operands: Vec<Operand<'_>> = arguments.iter().map(|id| of.operand(*id)).collect();
    begin(&operands, len, out);
    let fast = calendar::in_zone(call);
    let (now, mut values) = (of.program.clock.now(), Vec::with_capacity(operands.len()));
    let mut known = std::mem::take(&mut out.known);
    for (index, known) in known.iter_mut().enumerate() {
        let (first, before) = (index * 64, *known);
        for row in first..len.min(first + 64) {
            let is_there = before >> (row % 64) & 1 == 1;
            let found = match &fast {
                _ if !is_there => None,
                Some(fast) => fast.at(&operands, row),
                None => one(call, now, &operands, row, &mut values),
            };
            *known &= !(u64::from(found.is_none()) << (row % 64));
            out.push(found, row);
        }
    }
    out.known = known;
}

/// Empties what is written, and notes where all arguments are there.
fn begin(operands: &[Operand<'_>], len: usize, out: &mut Vectors) {
    out.clear();
    out.known.clear();
    let all = |index| operands.iter().fold(!0, |all, operand| all & operand.known.word(index));
    out.known.extend((0..words_for(len)).map(all));
}

fn one<'a>(
    call: &'a Call,
    now: i64,
    operands: &[Operand<'_>],
    row: usize,
    values: &mut Vec<Value<'a>>,
) -> Option<Scalar> {
    values.clear();
    for (operand, parameter) in operands.iter().zip(&call.parameters) {
        values.push(parameter.value(operand.at(row))?);
    }
    scalar(builtin::call(now, call.builtin, values)?)
}

/// How a value is held in columns; of none that a dictionary would be needed for.
fn scalar(value: Value<'_>) -> Option<Scalar> {
    match value {
        Value::Bool(value) => Some(Scalar::Bool(value)),
        Value::Number(value) | Value::Distance(value) => Some(Scalar::Float64(value.get().to_bits())),
        Value::Date(days) => Some(Scalar::Int32(days)),
        Value::Choice(code) => Some(Scalar::Code(code)),
        Value::Place(place) => Some(Scalar::Int64(place.to_bits())),
        value => value.to_int().map(Scalar::Int64),
    }
}
