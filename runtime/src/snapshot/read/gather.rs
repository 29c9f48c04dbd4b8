//! Rows of a column in another order, and columns compared row by row.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::snapshot::{Bitmap, Column, Dictionary, NO_ROW, Values};

/// The values of some rows, in their order; missing where a row is [`NO_ROW`].
pub(super) fn gather(column: &Column, rows: &[u32]) -> Column {
    fn take<T: Copy + Default>(values: &[T], rows: &[u32]) -> Vec<T> {
        rows.iter().map(|row| values.get(*row as usize).copied().unwrap_or_default()).collect()
    }
    let validity: Bitmap = rows.iter().map(|row| *row != NO_ROW && column.is_valid(*row as usize)).collect();
    let validity = (validity.count() < rows.len()).then_some(validity);
    let values = match &column.values {
        Values::Bits(bits) => Values::Bits(rows.iter().map(|row| bits.get(*row as usize)).collect()),
        Values::Int64(values) => Values::Int64(take(values, rows)),
        Values::Float64(values) => Values::Float64(take(values, rows)),
        Values::Int32(values) => Values::Int32(take(values, rows)),
        Values::Codes(codes, dictionary) => Values::Codes(take(codes, rows), dictionary.clone()),
    };
    Column { values, validity }
}

/// Takes texts out of a sorted dictionary that no row has, so that what is not in the snapshot leaves no trace.
pub(super) fn prune(column: &mut Column) {
    let Column { values: Values::Codes(codes, dictionary), validity } = column else { return };
    let mut used = Bitmap::zeros(dictionary.values.len());
    for (row, code) in codes.iter().enumerate() {
        if validity.as_ref().is_none_or(|validity| validity.get(row)) {
            used.set(*code as usize, true);
        }
    }
    if used.count() == used.len() {
        return;
    }
    let mut renamed = vec![0; used.len()];
    let mut values = Vec::new();
    for (new, old) in (0_u32..).zip(used.iter_ones()) {
        if let (Some(slot), Some(text)) = (renamed.get_mut(old), dictionary.values.get(old)) {
            *slot = new;
            values.push(text.clone());
        }
    }
    codes.iter_mut().for_each(|code| *code = renamed.get(*code as usize).copied().unwrap_or(0));
    *dictionary = Arc::new(Dictionary { values });
}

/// How the values of two rows compare: missing first, false before true, texts by their bytes.
pub(super) fn compare(column: &Column, a: usize, b: usize) -> Ordering {
    let valid = (column.is_valid(a), column.is_valid(b));
    if valid != (true, true) {
        return valid.0.cmp(&valid.1);
    }
    match &column.values {
        Values::Bits(bits) => bits.get(a).cmp(&bits.get(b)),
        Values::Int64(values) => values.get(a).cmp(&values.get(b)),
        Values::Int32(values) => values.get(a).cmp(&values.get(b)),
        Values::Codes(codes, _) => codes.get(a).cmp(&codes.get(b)),
        Values::Float64(values) => match (values.get(a), values.get(b)) {
            (Some(a), Some(b)) => a.total_cmp(b),
            _ => Ordering::Equal,
        },
    }
}
