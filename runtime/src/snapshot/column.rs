//! Typed columns with validity, and views of a run of their rows.

use std::sync::Arc;

use opportune_plan::{Element, Schema, Type};

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
    /// Int, money (millionths), instant and duration (microseconds), time (microseconds since midnight), days, months,
    /// and place (by [`opportune_plan::Place::to_bits`]).
    Int64(Vec<i64>),
    /// Number and distance (metres): never NaN, infinite or negative zero.
    Float64(Vec<f64>),
    /// Date: days since 1970-01-01.
    Int32(Vec<i32>),
    /// Text, `one_of`, `ordered` and timezone: positions in the dictionary. Code 0 stands for a missing value even where
    /// the dictionary is empty.
    Codes(Vec<u32>, Arc<Dictionary>),
    /// Sets: positions in the dictionary of sets; code 0 as for texts.
    Sets(Vec<u32>, Arc<SetDictionary>),
}

/// What a row of a column tells. Two columns of one type tell the same where these are equal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Told<'a> {
    /// A bool.
    Bool(bool),
    /// What is held as an integer.
    Int(i64),
    /// What is held as a double, by its bits.
    Number(u64),
    /// What is held as a position in a dictionary.
    Text(&'a str),
    /// The elements of a set, in their order.
    Set(Vec<Told<'a>>),
}

/// The distinct values of a text or timezone column in ascending order of their bytes, or the declared values of a `one_of` or
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

/// The distinct sets of a column, in the order of their elements' codes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SetDictionary {
    /// By code: the codes of the set's elements in [`Self::elements`], ascending, each once; the empty set has none.
    pub sets: Vec<Box<[u32]>>,
    /// What the codes of elements stand for.
    pub elements: Elements,
}

/// The elements of a column's sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Elements {
    /// Texts in ascending order of their bytes.
    Texts(Arc<Dictionary>),
    /// Ints in ascending order.
    Ints(Vec<i64>),
    /// The declared values of a `one_of` or `ordered` list, in their order.
    Declared(Arc<Dictionary>),
}

impl Default for Elements {
    fn default() -> Self {
        Self::Ints(Vec::new())
    }
}

impl Elements {
    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Texts(dictionary) | Self::Declared(dictionary) => dictionary.values.len(),
            Self::Ints(values) => values.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl SetDictionary {
    /// The elements of the set of a code, in their order.
    fn tells(&self, code: u32) -> Vec<Told<'_>> {
        let element = |code: &u32| match &self.elements {
            Elements::Texts(dictionary) | Elements::Declared(dictionary) => dictionary.get(*code).map(Told::Text),
            Elements::Ints(values) => values.get(*code as usize).copied().map(Told::Int),
        };
        self.get(code).iter().filter_map(element).collect()
    }

    /// The codes of the elements of the set of a code; nothing beyond the last set.
    pub fn get(&self, code: u32) -> &[u32] {
        self.sets.get(code as usize).map_or(&[], |set| set)
    }
}

impl Column {
    /// A column in which nothing is missing.
    pub fn full(values: Values) -> Self {
        Self { values, validity: None }
    }

    /// How many rows it has.
    pub fn len(&self) -> usize {
        match &self.values {
            Values::Bits(bits) => bits.len(),
            Values::Int64(values) => values.len(),
            Values::Float64(values) => values.len(),
            Values::Int32(values) => values.len(),
            Values::Codes(codes, _) | Values::Sets(codes, _) => codes.len(),
        }
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What a row tells, whatever the dictionary; `None` where it is missing.
    pub fn tells(&self, row: usize) -> Option<Told<'_>> {
        let value = match &self.values {
            Values::Bits(bits) => Told::Bool(bits.get(row)),
            Values::Int64(values) => Told::Int(*values.get(row)?),
            Values::Float64(values) => Told::Number(values.get(row)?.to_bits()),
            Values::Int32(values) => Told::Int((*values.get(row)?).into()),
            Values::Codes(codes, dictionary) => Told::Text(dictionary.get(*codes.get(row)?)?),
            Values::Sets(codes, dictionary) => Told::Set(dictionary.tells(*codes.get(row)?)),
        };
        self.is_valid(row).then_some(value)
    }

    /// Whether the value of a row is there.
    pub fn is_valid(&self, row: usize) -> bool {
        self.validity.as_ref().is_none_or(|validity| validity.get(row))
    }

    /// A column of a type in which everything is missing.
    pub fn missing(schema: &Schema, ty: Type, rows: usize) -> Self {
        let declared = |domain| {
            let variants = schema.domain(domain).map(|domain| domain.variants.clone());
            Arc::new(Dictionary { values: variants.unwrap_or_default() })
        };
        let values = match ty {
            Type::Bool => Values::Bits(Bitmap::zeros(rows)),
            Type::Int
            | Type::Money(_)
            | Type::Instant
            | Type::Duration
            | Type::Days
            | Type::Months
            | Type::Time
            | Type::Place => Values::Int64(vec![0; rows]),
            Type::Number | Type::Distance => Values::Float64(vec![0.0; rows]),
            Type::Date => Values::Int32(vec![0; rows]),
            Type::Text | Type::Zone => Values::Codes(vec![0; rows], Arc::default()),
            Type::OneOf(domain) | Type::Ordered(domain) => Values::Codes(vec![0; rows], declared(domain)),
            Type::Set(element) => {
                let elements = match element {
                    Element::Text => Elements::Texts(Arc::default()),
                    Element::Int => Elements::Ints(Vec::new()),
                    Element::OneOf(domain) | Element::Ordered(domain) => Elements::Declared(declared(domain)),
                };
                Values::Sets(vec![0; rows], Arc::new(SetDictionary { sets: Vec::new(), elements }))
            }
        };
        Self { values, validity: Some(Bitmap::zeros(rows)) }
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
            Values::Sets(codes, dictionary) => ValuesView::Sets(cut(codes, first, len), dictionary),
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
    /// Int, money, instant, duration, time, days, months, place.
    Int64(&'a [i64]),
    /// Number, distance.
    Float64(&'a [f64]),
    /// Date.
    Int32(&'a [i32]),
    /// Text, `one_of`, `ordered`, timezone.
    Codes(&'a [u32], &'a Arc<Dictionary>),
    /// Sets.
    Sets(&'a [u32], &'a Arc<SetDictionary>),
}
