//! Vectors of values and how an operand of an operation is read: owned by a slot, borrowed from the snapshot, or the
//! same for all rows.

use std::fmt::Debug;

use crate::kernels::prefetch;
use crate::snapshot::{BitsView, Column, ColumnView, Values, ValuesView};

/// The physical kind of a value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Kind {
    /// Bool, and conditions.
    #[default]
    Bits,
    /// Int, money, time, instant, duration, days, months, and places by their bits.
    Int64,
    /// Number, distance.
    Float64,
    /// Date.
    Int32,
    /// Text, `one_of`, `ordered`, zone, set; numbers of rows.
    Codes,
}

/// A value that is the same for all rows.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Scalar {
    /// Bool.
    Bool(bool),
    /// Int, money, time, instant, duration, days, months, or a place by its bits.
    Int64(i64),
    /// The bits of a finite number or distance that is not negative zero.
    Float64(u64),
    /// Date.
    Int32(i32),
    /// A position in a dictionary, domain or table.
    Code(u32),
}

/// A computed column: the buffer of its kind is filled, the others stay empty. Where a value is missing the slot holds
/// anything, but for bits, which are zero there. Bits beyond the last row may be anything.
#[derive(Clone, Debug, Default)]
pub struct Vectors {
    /// Which buffer holds the values.
    pub kind: Kind,
    /// Conditions: where definitely true.
    pub bits: Vec<u64>,
    /// 64-bit integers.
    pub int64s: Vec<i64>,
    /// Doubles.
    pub float64s: Vec<f64>,
    /// 32-bit integers.
    pub int32s: Vec<i32>,
    /// Codes.
    pub codes: Vec<u32>,
    /// Which values are there: read only where the node may be missing.
    pub known: Vec<u64>,
}

impl Vectors {
    /// Empties the buffer of its kind.
    pub fn clear(&mut self) {
        match self.kind {
            Kind::Bits => self.bits.clear(),
            Kind::Int64 => self.int64s.clear(),
            Kind::Float64 => self.float64s.clear(),
            Kind::Int32 => self.int32s.clear(),
            Kind::Codes => self.codes.clear(),
        }
    }

    /// Appends the value of the next row, which is at this position; of a missing one, or one of another kind, zero.
    pub fn push(&mut self, value: Option<Scalar>, row: usize) {
        match self.kind {
            Kind::Bits => {
                if row.is_multiple_of(64) {
                    self.bits.push(0);
                }
                if let (Some(word), Some(Scalar::Bool(value))) = (self.bits.last_mut(), value) {
                    *word |= u64::from(value) << (row % 64);
                }
            }
            Kind::Int64 => self.int64s.push(if let Some(Scalar::Int64(value)) = value { value } else { 0 }),
            Kind::Float64 => {
                let bits = if let Some(Scalar::Float64(bits)) = value { bits } else { 0 };
                self.float64s.push(f64::from_bits(bits));
            }
            Kind::Int32 => self.int32s.push(if let Some(Scalar::Int32(value)) = value { value } else { 0 }),
            Kind::Codes => self.codes.push(if let Some(Scalar::Code(code)) = value { code } else { 0 }),
        }
    }
}

/// Bits of an operand: validity, or a condition.
#[derive(Clone, Copy, Debug)]
pub enum Bits<'a> {
    /// None set.
    Zeros,
    /// All set.
    Ones,
    /// From the lowest bit of the first word on.
    Words(&'a [u64]),
    /// From within a word on.
    View(BitsView<'a>),
}

impl<'a> Bits<'a> {
    /// The bits of a view.
    pub fn view(view: BitsView<'a>) -> Self {
        view.aligned().map_or(Self::View(view), Self::Words)
    }

    /// The 64 rows from `index * 64` on.
    pub fn word(self, index: usize) -> u64 {
        match self {
            Self::Zeros => 0,
            Self::Ones => !0,
            Self::Words(words) => words.get(index).copied().unwrap_or(0),
            Self::View(view) => view.word(index),
        }
    }

    /// The bit of a row.
    pub fn bit(self, row: usize) -> bool {
        match self {
            Self::Zeros => false,
            Self::Ones => true,
            Self::Words(words) => words.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1),
            Self::View(view) => view.get(row),
        }
    }

    /// Some of the rows, from the first row of a word on.
    pub fn rows(self, first: usize, len: usize) -> Self {
        match self {
            Self::Words(words) => Self::Words(words.get(first / 64..words_for(first + len)).unwrap_or_default()),
            Self::View(view) => Self::View(view.rows(first, len)),
            all => all,
        }
    }

    /// Whether all are set for sure.
    pub fn all(self) -> bool {
        matches!(self, Self::Ones)
    }
}

/// Values of an operand.
#[derive(Clone, Copy, Debug)]
pub enum Lanes<'a, T> {
    /// The same for all rows.
    One(T),
    /// One a row.
    Many(&'a [T]),
}

impl<T: Copy + Default> Lanes<'_, T> {
    /// Some of the rows.
    pub fn rows(self, first: usize, len: usize) -> Self {
        match self {
            Self::One(value) => Self::One(value),
            Self::Many(values) => Self::Many(values.get(first..first + len).unwrap_or_default()),
        }
    }

    /// The value of a row.
    pub fn get(self, row: usize) -> T {
        match self {
            Self::One(value) => value,
            Self::Many(values) => values.get(row).copied().unwrap_or_default(),
        }
    }
}

/// An operand as it is read.
#[derive(Clone, Copy, Debug)]
pub struct Operand<'a> {
    /// The values.
    pub values: Read<'a>,
    /// Which are there.
    pub known: Bits<'a>,
}

/// The values of an operand by their kind.
#[derive(Clone, Copy, Debug)]
pub enum Read<'a> {
    /// Bits; zero where missing.
    Bits(Bits<'a>),
    /// 64-bit integers.
    Int64(Lanes<'a, i64>),
    /// Doubles.
    Float64(Lanes<'a, f64>),
    /// 32-bit integers.
    Int32(Lanes<'a, i32>),
    /// Codes.
    Codes(Lanes<'a, u32>),
}

/// Makes the accessor of one kind: an operand of another kind reads as its default, which a verified plan never asks.
macro_rules! lanes {
    ($name:ident, $variant:ident, $of:ty) => {
        /// The values of this kind.
        pub fn $name(self) -> Lanes<'a, $of> {
            match self.values {
                Read::$variant(values) => values,
                _ => Lanes::One(<$of>::default()),
            }
        }
    };
}

impl<'a> Operand<'a> {
    lanes!(int64s, Int64, i64);
    lanes!(float64s, Float64, f64);
    lanes!(int32s, Int32, i32);
    lanes!(codes, Codes, u32);

    /// Where the condition is definitely true.
    pub fn bits(self) -> Bits<'a> {
        match self.values {
            Read::Bits(bits) => bits,
            _ => Bits::Zeros,
        }
    }

    /// The missing value of a kind.
    pub fn missing(kind: Kind) -> Self {
        let values = match kind {
            Kind::Bits => Read::Bits(Bits::Zeros),
            Kind::Int64 => Read::Int64(Lanes::One(0)),
            Kind::Float64 => Read::Float64(Lanes::One(0.0)),
            Kind::Int32 => Read::Int32(Lanes::One(0)),
            Kind::Codes => Read::Codes(Lanes::One(0)),
        };
        Self { values, known: Bits::Zeros }
    }

    /// The same value for all rows.
    pub fn constant(scalar: Scalar) -> Self {
        let values = match scalar {
            Scalar::Bool(true) => Read::Bits(Bits::Ones),
            Scalar::Bool(false) => Read::Bits(Bits::Zeros),
            Scalar::Int64(value) => Read::Int64(Lanes::One(value)),
            Scalar::Float64(bits) => Read::Float64(Lanes::One(f64::from_bits(bits))),
            Scalar::Int32(value) => Read::Int32(Lanes::One(value)),
            Scalar::Code(code) => Read::Codes(Lanes::One(code)),
        };
        Self { values, known: Bits::Ones }
    }

    /// A column of the snapshot.
    pub fn column(column: ColumnView<'a>) -> Self {
        let values = match column.values {
            ValuesView::Bits(bits) => Read::Bits(Bits::view(bits)),
            ValuesView::Int64(values) => Read::Int64(Lanes::Many(values)),
            ValuesView::Float64(values) => Read::Float64(Lanes::Many(values)),
            ValuesView::Int32(values) => Read::Int32(Lanes::Many(values)),
            ValuesView::Codes(codes, _) | ValuesView::Sets(codes, _) => Read::Codes(Lanes::Many(codes)),
        };
        Self { values, known: column.validity.map_or(Bits::Ones, Bits::view) }
    }

    /// A computed column; `missing` tells whether its `known` counts.
    pub fn vectors(vectors: &'a Vectors, missing: bool) -> Self {
        let values = match vectors.kind {
            Kind::Bits => Read::Bits(Bits::Words(&vectors.bits)),
            Kind::Int64 => Read::Int64(Lanes::Many(&vectors.int64s)),
            Kind::Float64 => Read::Float64(Lanes::Many(&vectors.float64s)),
            Kind::Int32 => Read::Int32(Lanes::Many(&vectors.int32s)),
            Kind::Codes => Read::Codes(Lanes::Many(&vectors.codes)),
        };
        Self { values, known: if missing { Bits::Words(&vectors.known) } else { Bits::Ones } }
    }

    /// Asks for the values of some rows, as far as they are there, which will be read soon.
    pub fn prefetch(self, first: usize, len: usize) {
        match self.values {
            Read::Int64(Lanes::Many(values)) => prefetch(within(values, first, len)),
            Read::Float64(Lanes::Many(values)) => prefetch(within(values, first, len)),
            Read::Int32(Lanes::Many(values)) => prefetch(within(values, first, len)),
            Read::Codes(Lanes::Many(codes)) => prefetch(within(codes, first, len)),
            _ => {}
        }
    }

    /// Some of its rows, from the first row of a word on.
    pub fn rows(self, first: usize, len: usize) -> Self {
        let values = match self.values {
            Read::Bits(bits) => Read::Bits(bits.rows(first, len)),
            Read::Int64(values) => Read::Int64(values.rows(first, len)),
            Read::Float64(values) => Read::Float64(values.rows(first, len)),
            Read::Int32(values) => Read::Int32(values.rows(first, len)),
            Read::Codes(codes) => Read::Codes(codes.rows(first, len)),
        };
        Self { values, known: self.known.rows(first, len) }
    }

    /// The value of a row, if it is there.
    pub fn scalar(self, row: usize) -> Option<Scalar> {
        self.known.bit(row).then(|| self.at(row))
    }

    /// The value of a row, or anything where it is missing.
    pub fn at(self, row: usize) -> Scalar {
        match self.values {
            Read::Bits(bits) => Scalar::Bool(bits.bit(row)),
            Read::Int64(values) => Scalar::Int64(values.get(row)),
            Read::Float64(values) => Scalar::Float64((values.get(row) + 0.0).to_bits()),
            Read::Int32(values) => Scalar::Int32(values.get(row)),
            Read::Codes(codes) => Scalar::Code(codes.get(row)),
        }
    }
}

/// What there is of some rows.
fn within<T>(values: &[T], first: usize, len: usize) -> &[T] {
    values.get(first..values.len().min(first + len)).unwrap_or_default()
}

/// The kind of a column of the snapshot.
pub fn kind_of(column: &Column) -> Kind {
    match &column.values {
        Values::Bits(_) => Kind::Bits,
        Values::Int64(_) => Kind::Int64,
        Values::Float64(_) => Kind::Float64,
        Values::Int32(_) => Kind::Int32,
        Values::Codes(..) | Values::Sets(..) => Kind::Codes,
    }
}

/// How many words hold so many rows.
pub fn words_for(rows: usize) -> usize {
    rows.div_ceil(64)
}
