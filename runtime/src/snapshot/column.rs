//! Typed columns with validity, and views of a run of their rows.

use std::sync::Arc;

use super::bitmap::{Bitmap, BitsView};

/// The values of a field, one a row.
#[derive(Clone, Debug)]
pub struct Column {
    /// The values. Where a value is missing, the slot holds zero, false or code 0.
    pub values: Values,
    /// Which values are there; `None` when all are.
    pub validity: Option<Bitmap>,
}

/// The values of a column in memory, by their physical kind.
#[derive(Clone, Debug)]
pub enum Values {
    /// Bool.
    Bits(Bitmap),
    /// Int, money (millionths), instant and duration (microseconds), days.
    Int64(Vec<i64>),
    /// Number: never NaN, infinite or negative zero.
    Float64(Vec<f64>),
    /// Date: days since 1970-01-01.
    Int32(Vec<i32>),
    /// Text, `one_of` and `ordered`: positions in the dictionary. Code 0 stands for a missing value even where the
    /// dictionary is empty.
    Codes(Vec<u32>, Arc<Dictionary>),
}

/// The distinct values of a text column in ascending order of their bytes, or the declared values of a `one_of` or
/// `ordered` one in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dictionary {
    /// The values by code.
    pub values: Vec<Box<str>>,
}

impl Dictionary {
    /// The code of a text in a sorted dictionary.
    pub fn code(&self, text: &str) -> Option<u32> {
        self.values.binary_search_by(|value| (**value).cmp(text)).ok().and_then(|code| u32::try_from(code).ok())
    }

    /// The value of a code.
    pub fn get(&self, code: u32) -> Option<&str> {
        self.values.get(code as usize).map(|value| &**value)
    }
}

impl Column {
    /// A column in which nothing is missing.
    pub fn full(values: Values) -> Self {
        Self { values, validity: None }
    }

    /// Whether the value of a row is there.
    pub fn is_valid(&self, row: usize) -> bool {
        self.validity.as_ref().is_none_or(|validity| validity.get(row))
    }

    /// A view of the rows `first .. first + len`; rows beyond the last are cut off.
    pub fn view(&self, first: usize, len: usize) -> ColumnView<'_> {
        fn cut<T>(values: &[T], first: usize, len: usize) -> &[T] {
            let end = values.len().min(first.saturating_add(len));
            values.get(first.min(end)..end).unwrap_or_default()
        }
        let values = match &self.values {
            Values::Bits(bits) => ValuesView::Bits(bits.view(first, len)),
            Values::Int64(values) => ValuesView::Int64(cut(values, first, len)),
            Values::Float64(values) => ValuesView::Float64(cut(values, first, len)),
            Values::Int32(values) => ValuesView::Int32(cut(values, first, len)),
            Values::Codes(codes, dictionary) => ValuesView::Codes(cut(codes, first, len), dictionary),
        };
        ColumnView { values, validity: self.validity.as_ref().map(|validity| validity.view(first, len)) }
    }
}

/// A run of rows of a column.
#[derive(Clone, Copy, Debug)]
pub struct ColumnView<'a> {
    /// The values.
    pub values: ValuesView<'a>,
    /// Which are there; `None` when all are.
    pub validity: Option<BitsView<'a>>,
}

/// A run of rows of a column's [`Values`].
#[derive(Clone, Copy, Debug)]
pub enum ValuesView<'a> {
    /// Bool.
    Bits(BitsView<'a>),
    /// Int, money, instant, duration, days.
    Int64(&'a [i64]),
    /// Number.
    Float64(&'a [f64]),
    /// Date.
    Int32(&'a [i32]),
    /// Text, `one_of`, `ordered`.
    Codes(&'a [u32], &'a Arc<Dictionary>),
}
