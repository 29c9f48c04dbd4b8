//! Grows one typed column value by value and counts what could not be kept.
//!
//! A reader turns every value of a file into a [`Reading`]: the value as the schema's type has it, or why there is
//! none. What is not a value takes a slot (zero, false, code 0), is invalid, and is counted with its first row.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::ArrayData;
use opportune_plan::{Schema, Type};

use super::interner::Interner;
use super::sets::SetStore;
use super::shown::nearest;
use super::zones::ZoneNames;
use crate::snapshot::{Bitmap, Column, Dictionary, Values};

/// A value of a file, or why it is none.
pub(super) type Reading<T> = Result<T, Fault>;

/// Why there is no value; the gravest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fault {
    /// Null, or an empty field.
    Missing,
    /// A set with an element that is missing.
    Incomplete,
    /// Not the name of a time zone.
    NotAZone,
    /// NaN.
    NotANumber,
    /// Infinite, beyond what the type holds, or outside the years 1 to 9999.
    OutOfRange,
    /// Not one of the declared values.
    Unlisted,
    /// Not a value of the type at all.
    Unreadable,
}

/// How often something was found in a column, and where first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How often.
    pub count: u64,
    /// The first row with it; the first row of the file is 1.
    pub first_row: u64,
}

impl Tally {
    /// Counts one more, in a row counted from 0.
    pub(super) fn note(&mut self, row: usize) {
        if self.count == 0 {
            self.first_row = row as u64 + 1;
        }
        self.count += 1;
    }
}

/// What was not a value in a column.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Faults {
    pub missing: Tally,
    pub incomplete: Tally,
    pub not_a_zone: Tally,
    pub not_a_number: Tally,
    pub out_of_range: Tally,
    pub unlisted: Tally,
    pub unreadable: Tally,
}

impl Faults {
    fn note(&mut self, fault: Fault, row: usize) {
        let tally = match fault {
            Fault::Missing => &mut self.missing,
            Fault::Incomplete => &mut self.incomplete,
            Fault::NotAZone => &mut self.not_a_zone,
            Fault::NotANumber => &mut self.not_a_number,
            Fault::OutOfRange => &mut self.out_of_range,
            Fault::Unlisted => &mut self.unlisted,
            Fault::Unreadable => &mut self.unreadable,
        };
        tally.note(row);
    }
}

/// Bits that grow.
#[derive(Debug, Default)]
pub(super) struct Bits {
    words: Vec<u64>,
    len: usize,
}

impl Bits {
    fn push(&mut self, bit: bool) {
        if self.len.is_multiple_of(64) {
            self.words.push(0);
        }
        if let Some(last) = self.words.last_mut() {
            *last |= u64::from(bit) << (self.len % 64);
        }
        self.len += 1;
    }

    fn get(&self, row: usize) -> bool {
        self.words.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    fn finish(self) -> Bitmap {
        Bitmap::from_words(self.words, self.len)
    }
}

/// The values so far, by their physical kind.
#[derive(Debug)]
pub(super) enum Store {
    Bits(Bits),
    Int64(Vec<i64>),
    Float64(Vec<f64>),
    Int32(Vec<i32>),
    Texts(Vec<u32>, Interner),
    Zones(Vec<u32>, ZoneNames),
    Sets(SetStore),
    Variants(Vec<u32>, HashMap<Box<str>, u32>, Arc<Dictionary>),
}

/// A value as columns hold it.
pub(super) trait Physical: Default {
    /// Appends the value; a value of another kind than the store's is never handed over.
    fn push(self, store: &mut Store);
}

macro_rules! physical {
    ($($kind:ty => $pattern:pat => $values:ident),*) => {$(
        impl Physical for $kind {
            fn push(self, store: &mut Store) {
                if let $pattern = store {
                    $values.push(self);
                }
            }
        }
    )*};
}

physical! {
    bool => Store::Bits(bits) => bits,
    i64 => Store::Int64(values) => values,
    f64 => Store::Float64(values) => values,
    i32 => Store::Int32(values) => values
}

impl Physical for u32 {
    fn push(self, store: &mut Store) {
        match store {
            Store::Texts(codes, _) | Store::Zones(codes, _) | Store::Variants(codes, ..) => codes.push(self),
            Store::Sets(sets) => sets.push(self),
            Store::Bits(_) | Store::Int64(_) | Store::Float64(_) | Store::Int32(_) => {}
        }
    }
}

/// A column that grows.
#[derive(Debug)]
pub(super) struct Builder {
    store: Store,
    validity: Bits,
    pub(super) faults: Faults,
    /// The last batch's dictionary with the codes of its texts: the batches of a row group share one.
    pub(super) known: Option<(ArrayData, Vec<Option<Reading<u32>>>)>,
    /// The declared value that is most like the first one that is not declared.
    nearly: Option<Box<str>>,
}

impl Builder {
    /// An empty column for values of a type.
    pub(super) fn new(schema: &Schema, ty: Type) -> Self {
        let store = match ty {
            Type::Bool => Store::Bits(Bits::default()),
            Type::Int
            | Type::Money(_)
            | Type::Instant
            | Type::Duration
            | Type::Days
            | Type::Months
            | Type::Time
            | Type::Place => Store::Int64(Vec::new()),
            Type::Number | Type::Distance => Store::Float64(Vec::new()),
            Type::Date => Store::Int32(Vec::new()),
            Type::Text => Store::Texts(Vec::new(), Interner::default()),
            Type::Zone => Store::Zones(Vec::new(), ZoneNames::default()),
            Type::Set(element) => Store::Sets(SetStore::new(schema, element)),
            Type::OneOf(domain) | Type::Ordered(domain) => {
                let variants = schema.domain(domain).map(|d| d.variants.clone()).unwrap_or_default();
                let codes = variants.iter().cloned().zip(0..).collect();
                Store::Variants(Vec::new(), codes, Arc::new(Dictionary { values: variants }))
            }
        };
        Self { store, validity: Bits::default(), faults: Faults::default(), known: None, nearly: None }
    }

    /// How many rows there are.
    pub(super) fn rows(&self) -> usize {
        self.validity.len
    }

    /// Appends one value.
    pub(super) fn push<T: Physical>(&mut self, reading: Reading<T>) {
        let row = self.validity.len;
        self.validity.push(reading.is_ok());
        match reading {
            Ok(value) => value.push(&mut self.store),
            Err(fault) => {
                self.faults.note(fault, row);
                T::default().push(&mut self.store);
            }
        }
    }

    /// Appends something that is no value.
    pub(super) fn push_fault(&mut self, fault: Fault) {
        match self.store {
            Store::Bits(_) => self.push::<bool>(Err(fault)),
            Store::Int64(_) => self.push::<i64>(Err(fault)),
            Store::Float64(_) => self.push::<f64>(Err(fault)),
            Store::Int32(_) => self.push::<i32>(Err(fault)),
            Store::Texts(..) | Store::Zones(..) | Store::Variants(..) | Store::Sets(_) => self.push::<u32>(Err(fault)),
        }
    }

    /// Whether there is a value in a row.
    pub(super) fn is_there(&self, row: usize) -> bool {
        self.validity.get(row)
    }

    /// What a row holds, as a whole number that is the same where it holds the same; none where it is missing, and of
    /// numbers with a fraction.
    pub(super) fn whole(&self, row: usize) -> Option<i64> {
        let value = match &self.store {
            Store::Bits(bits) => Some(i64::from(bits.get(row))),
            Store::Int64(values) => values.get(row).copied(),
            Store::Int32(values) => values.get(row).copied().map(i64::from),
            Store::Texts(codes, _) | Store::Zones(codes, _) | Store::Variants(codes, ..) => {
                codes.get(row).copied().map(i64::from)
            }
            Store::Float64(_) | Store::Sets(_) => None,
        };
        value.filter(|_| self.is_there(row))
    }

    /// Appends the value of an earlier row.
    pub(super) fn repeat(&mut self, row: usize) {
        self.validity.push(self.validity.get(row));
        match &mut self.store {
            Store::Bits(bits) => bits.push(bits.get(row)),
            Store::Int64(values) => values.push(values.get(row).copied().unwrap_or_default()),
            Store::Float64(values) => values.push(values.get(row).copied().unwrap_or_default()),
            Store::Int32(values) => values.push(values.get(row).copied().unwrap_or_default()),
            Store::Texts(codes, _) | Store::Zones(codes, _) | Store::Variants(codes, ..) => {
                codes.push(codes.get(row).copied().unwrap_or_default());
            }
            Store::Sets(sets) => sets.repeat(row),
        }
    }

    /// The code of a text in a column of texts, zones or declared values.
    pub(super) fn code(&mut self, text: &str) -> Reading<u32> {
        match &mut self.store {
            Store::Texts(_, interner) => Ok(interner.code(text)),
            Store::Zones(_, names) => names.code(text),
            Store::Variants(_, codes, declared) => codes.get(text).copied().ok_or_else(|| {
                if self.faults.unlisted.count == 0 {
                    self.nearly = nearest(text, declared.values.iter().map(|value| &**value)).map(Into::into);
                }
                Fault::Unlisted
            }),
            _ => Err(Fault::Unreadable),
        }
    }

    /// The declared value that is most like the first one that is not declared.
    pub(super) fn nearly(&self) -> Option<&str> {
        match &self.store {
            Store::Sets(sets) => sets.nearly(),
            _ => self.nearly.as_deref(),
        }
    }

    /// The sets of a column of sets.
    pub(super) fn sets(&mut self) -> Option<&mut SetStore> {
        if let Store::Sets(sets) = &mut self.store { Some(sets) } else { None }
    }

    /// Appends a text to a column of texts, zones or declared values.
    pub(super) fn push_text(&mut self, text: &str) {
        let code = self.code(text);
        self.push(code);
    }

    /// The column, texts in sorted dictionaries.
    pub(super) fn finish(self) -> Column {
        let validity = self.validity.finish();
        let validity = (validity.count() < validity.len()).then_some(validity);
        let values = match self.store {
            Store::Bits(bits) => Values::Bits(bits.finish()),
            Store::Int64(values) => Values::Int64(values),
            Store::Float64(values) => Values::Float64(values),
            Store::Int32(values) => Values::Int32(values),
            Store::Variants(codes, _, dictionary) => Values::Codes(codes, dictionary),
            Store::Texts(codes, interner) => sorted(codes, interner, validity.as_ref()),
            Store::Zones(codes, names) => sorted(codes, names.into_names(), validity.as_ref()),
            Store::Sets(sets) => {
                let (codes, dictionary) = sets.finish(validity.as_ref());
                Values::Sets(codes, Arc::new(dictionary))
            }
        };
        Column { values, validity }
    }
}

/// Texts in a sorted dictionary.
fn sorted(mut codes: Vec<u32>, interner: Interner, validity: Option<&Bitmap>) -> Values {
    let (dictionary, rank) = interner.finish();
    for (row, code) in codes.iter_mut().enumerate() {
        let there = validity.is_none_or(|bits| bits.get(row));
        *code = if there { rank.get(*code as usize).copied().unwrap_or(0) } else { 0 };
    }
    Values::Codes(codes, Arc::new(dictionary))
}
