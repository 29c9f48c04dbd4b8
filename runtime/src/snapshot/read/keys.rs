//! Keys: which row has one, and which customers there are.

use std::sync::Arc;

use crate::snapshot::{Bitmap, Column, Dictionary, NO_ROW, Values};

/// Finds rows by key.
#[derive(Debug)]
pub(super) enum Index {
    /// By code of the key's dictionary.
    Text(Arc<Dictionary>, Vec<u32>),
    /// Sorted by key.
    Int(Vec<(i64, u32)>),
}

/// A key that several rows have; rows from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Twice {
    /// How many rows repeat a key of an earlier row.
    pub count: u64,
    /// The row that the first of them repeats.
    pub first: u64,
    /// The first of them.
    pub second: u64,
}

impl Twice {
    fn note(found: &mut Option<Self>, first: u32, second: u32) {
        let (first, second) = (u64::from(first) + 1, u64::from(second) + 1);
        let twice = found.get_or_insert(Self { count: 0, first, second });
        twice.count += 1;
        if second < twice.second {
            (twice.first, twice.second) = (first, second);
        }
    }
}

/// The rows of a column whose value is there, with their numbers.
fn there(column: &Column, rows: usize) -> impl Iterator<Item = (usize, u32)> {
    (0..rows).zip(0_u32..).filter(|(row, _)| column.is_valid(*row))
}

impl Index {
    /// An index over a key column, and whether a key occurs twice. Missing keys are left out.
    pub(super) fn new(key: &Column) -> (Self, Option<Twice>) {
        let mut twice = None;
        match &key.values {
            Values::Codes(codes, dictionary) => {
                let mut rows = vec![NO_ROW; dictionary.values.len()];
                for (at, row) in there(key, codes.len()) {
                    let slot = codes.get(at).and_then(|code| rows.get_mut(*code as usize));
                    match slot {
                        Some(slot) if *slot == NO_ROW => *slot = row,
                        Some(slot) => Twice::note(&mut twice, *slot, row),
                        None => {}
                    }
                }
                (Self::Text(dictionary.clone(), rows), twice)
            }
            Values::Int64(values) => {
                let pairs = there(key, values.len()).filter_map(|(at, row)| Some((*values.get(at)?, row)));
                let mut rows: Vec<(i64, u32)> = pairs.collect();
                rows.sort_unstable();
                let mut first = None;
                for (value, row) in &rows {
                    match first {
                        Some((same, first)) if same == *value => Twice::note(&mut twice, first, *row),
                        _ => first = Some((*value, *row)),
                    }
                }
                (Self::Int(rows), twice)
            }
            _ => (Self::Int(Vec::new()), None),
        }
    }

    /// For each row of a column of keys the row that has it; [`NO_ROW`] where the key is missing or unknown.
    pub(super) fn rows_of(&self, column: &Column) -> Vec<u32> {
        match (self, &column.values) {
            (Self::Text(known, rows), Values::Codes(codes, dictionary)) => {
                let row = |text: &str| known.code(text).and_then(|code| rows.get(code as usize).copied());
                let by_code: Vec<u32> = dictionary.values.iter().map(|text| row(text).unwrap_or(NO_ROW)).collect();
                let found = |(at, code): (usize, &u32)| match by_code.get(*code as usize) {
                    Some(row) if column.is_valid(at) => *row,
                    _ => NO_ROW,
                };
                codes.iter().enumerate().map(found).collect()
            }
            (Self::Int(rows), Values::Int64(values)) => {
                let row = |value| rows.binary_search_by_key(value, |(key, _)| *key).ok().and_then(|at| rows.get(at));
                let found = |(at, value)| match row(value) {
                    Some((_, row)) if column.is_valid(at) => *row,
                    _ => NO_ROW,
                };
                values.iter().enumerate().map(found).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// The distinct keys of some columns, each with the rows that count, in ascending order: of texts by their bytes.
pub(super) fn union<'a>(columns: impl IntoIterator<Item = (&'a Column, Option<&'a Bitmap>)>, of_text: bool) -> Column {
    let (mut texts, mut ints): (Vec<&str>, Vec<i64>) = (Vec::new(), Vec::new());
    for (column, counted) in columns {
        let counts = |row: &usize| column.is_valid(*row) && counted.is_none_or(|counted| counted.get(*row));
        match &column.values {
            Values::Codes(codes, dictionary) => {
                let mut used = Bitmap::zeros(dictionary.values.len());
                for row in (0..codes.len()).filter(counts) {
                    codes.get(row).into_iter().for_each(|code| used.set(*code as usize, true));
                }
                texts.extend(used.iter_ones().filter_map(|code| dictionary.values.get(code).map(|text| &**text)));
            }
            Values::Int64(values) => ints.extend((0..values.len()).filter(counts).filter_map(|row| values.get(row))),
            _ => {}
        }
    }
    if of_text {
        texts.sort_unstable();
        texts.dedup();
        let values: Vec<Box<str>> = texts.into_iter().map(Into::into).collect();
        return Column::full(Values::Codes((0_u32..).take(values.len()).collect(), Arc::new(Dictionary { values })));
    }
    ints.sort_unstable();
    ints.dedup();
    Column::full(Values::Int64(ints))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ints(values: &[i64]) -> Column {
        Column::full(Values::Int64(values.to_vec()))
    }

    #[test]
    fn the_first_repeated_row_is_told() {
        let (_, twice) = Index::new(&ints(&[5, 9, 9, 5, 9]));
        assert_eq!(twice, Some(Twice { count: 3, first: 2, second: 3 }));
        let (index, none) = Index::new(&ints(&[5, -9]));
        assert_eq!(none, None);
        assert_eq!(index.rows_of(&ints(&[-9, 0, 5])), [1, NO_ROW, 0]);
    }

    #[test]
    fn a_union_counts_only_what_counts() {
        let (a, b) = (ints(&[3, 1]), ints(&[2, 9]));
        let counted: Bitmap = [true, false].into_iter().collect();
        let Values::Int64(keys) = union([(&a, None), (&b, Some(&counted))], false).values else { panic!("ints") };
        assert_eq!(keys, [1, 2, 3]);
    }
}
