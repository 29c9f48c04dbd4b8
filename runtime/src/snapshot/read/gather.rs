//! Rows of a column in another order, and columns compared row by row.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::snapshot::{Bitmap, Column, Dictionary, Elements, NO_ROW, SetDictionary, Values};

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
        Values::Sets(codes, dictionary) => Values::Sets(take(codes, rows), dictionary.clone()),
    };
    Column { values, validity }
}

/// Takes out of dictionaries what no row has, so that what is not in the snapshot leaves no trace. Declared values
/// stay: they are the schema's.
pub(super) fn prune(column: &mut Column, is_declared: bool) {
    let Column { values, validity } = column;
    match values {
        Values::Codes(codes, dictionary) if !is_declared => {
            let used = used(codes, validity.as_ref(), dictionary.values.len());
            if used.count() < used.len() {
                let values = kept(&used, &dictionary.values);
                rename(codes, &used);
                *dictionary = Arc::new(Dictionary { values });
            }
        }
        Values::Sets(codes, dictionary) => {
            let used = used(codes, validity.as_ref(), dictionary.sets.len());
            if used.count() < used.len() {
                let sets = kept(&used, &dictionary.sets);
                rename(codes, &used);
                *dictionary = Arc::new(prune_elements(sets, &dictionary.elements));
            }
        }
        _ => {}
    }
}

/// Which codes some row has.
fn used(codes: &[u32], validity: Option<&Bitmap>, len: usize) -> Bitmap {
    let mut used = Bitmap::zeros(len);
    for (row, code) in codes.iter().enumerate() {
        if validity.is_none_or(|validity| validity.get(row)) {
            used.set(*code as usize, true);
        }
    }
    used
}

fn kept<T: Clone>(used: &Bitmap, values: &[T]) -> Vec<T> {
    used.iter_ones().filter_map(|code| values.get(code).cloned()).collect()
}

/// Gives the used codes new ones without gaps, in their order; what is not used becomes 0.
fn rename<'a>(codes: impl IntoIterator<Item = &'a mut u32>, used: &Bitmap) {
    let mut renamed = vec![0; used.len()];
    for (new, old) in (0_u32..).zip(used.iter_ones()) {
        if let Some(slot) = renamed.get_mut(old) {
            *slot = new;
        }
    }
    codes.into_iter().for_each(|code| *code = renamed.get(*code as usize).copied().unwrap_or(0));
}

/// Some sets without the elements that none of them has.
fn prune_elements(mut sets: Vec<Box<[u32]>>, elements: &Elements) -> SetDictionary {
    let mut used = Bitmap::zeros(elements.len());
    sets.iter().flatten().for_each(|element| used.set(*element as usize, true));
    let elements = match elements {
        Elements::Declared(_) => return SetDictionary { sets, elements: elements.clone() },
        Elements::Texts(texts) => Elements::Texts(Arc::new(Dictionary { values: kept(&used, &texts.values) })),
        Elements::Ints(values) => Elements::Ints(kept(&used, values)),
    };
    rename(sets.iter_mut().flatten(), &used);
    SetDictionary { sets, elements }
}

/// How the values of two rows compare: missing first, false before true, texts by their bytes, sets by
/// their elements' codes.
pub(super) fn compare(column: &Column, a: usize, b: usize) -> Ordering {
    let valid = (column.is_valid(a), column.is_valid(b));
    if valid != (true, true) {
        return valid.0.cmp(&valid.1);
    }
    match &column.values {
        Values::Bits(bits) => bits.get(a).cmp(&bits.get(b)),
        Values::Int64(values) => values.get(a).cmp(&values.get(b)),
        Values::Int32(values) => values.get(a).cmp(&values.get(b)),
        Values::Codes(codes, _) | Values::Sets(codes, _) => codes.get(a).cmp(&codes.get(b)),
        Values::Float64(values) => match (values.get(a), values.get(b)) {
            (Some(a), Some(b)) => a.total_cmp(b),
            _ => Ordering::Equal,
        },
    }
}
