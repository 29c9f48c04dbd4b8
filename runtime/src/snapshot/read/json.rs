//! A value of a JSON object, before it is known what it is to be.

use std::borrow::Cow;
use std::fmt;

use opportune_plan::Type;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::builder::{Builder, Fault, Reading};
use super::sets::MOST_ELEMENTS;
use super::{places, scalars, texts};
use crate::time::Clock;

/// A value of a JSON object.
#[derive(Debug)]
pub(super) enum Json<'de> {
    Null,
    Bool(bool),
    Int(i128),
    Float(f64),
    Text(Cow<'de, str>),
    /// Its items, as far as one more than a set may have.
    List(Vec<Json<'de>>),
    /// An object: its `latitude` and `longitude`, null where it has none.
    Object(Box<[Json<'de>; 2]>),
    /// A list or an object within one.
    Nested,
}

/// Appends a value to a column of a type.
pub(super) fn append(builder: &mut Builder, ty: Type, cell: &Json<'_>, clock: &Clock) {
    match (ty, cell) {
        (_, Json::Null) => builder.push_fault(Fault::Missing),
        (Type::Bool, Json::Bool(value)) => builder.push(Ok(*value)),
        (Type::Int | Type::Days | Type::Months, Json::Int(value)) => builder.push(scalars::int(*value)),
        (Type::Number | Type::Distance, Json::Int(_) | Json::Float(_)) => builder.push(cell.number()),
        (Type::Money(_), Json::Int(value)) => builder.push(scalars::money_of_int(*value)),
        (Type::Money(_), Json::Float(value)) => builder.push(scalars::money_of_float(*value)),
        (Type::Text | Type::OneOf(_) | Type::Ordered(_), Json::Text(text)) => builder.push_text(text),
        (Type::Place, Json::List(items)) => builder.push(place(items)),
        (Type::Place, Json::Object(degrees)) => builder.push(place(degrees.as_slice())),
        (Type::Set(_), Json::List(items)) => {
            let set = set(builder, items);
            builder.push(set);
        }
        (
            Type::Date | Type::Instant | Type::Duration | Type::Time | Type::Zone | Type::Place | Type::Set(_),
            Json::Text(text),
        ) => texts::append_word(builder, ty, text, clock),
        _ => builder.push_fault(Fault::Unreadable),
    }
}

impl Json<'_> {
    /// A number as a double.
    pub(super) fn number(&self) -> Reading<f64> {
        match self {
            Self::Null => Err(Fault::Missing),
            Self::Int(value) => scalars::number(*value as f64),
            Self::Float(value) => scalars::number(*value),
            _ => Err(Fault::Unreadable),
        }
    }
}

fn place(degrees: &[Json<'_>]) -> Reading<i64> {
    match degrees {
        [latitude, longitude] => places::place(latitude.number(), longitude.number()),
        _ => Err(Fault::Unreadable),
    }
}

fn set(builder: &mut Builder, items: &[Json<'_>]) -> Reading<u32> {
    let Some(sets) = builder.sets() else { return Err(Fault::Unreadable) };
    let element = |item: &Json<'_>| match item {
        Json::Null => Err(Fault::Missing),
        Json::Text(text) => sets.text(text),
        Json::Int(value) => scalars::int(*value).and_then(|value| sets.int(value)),
        _ => Err(Fault::Unreadable),
    };
    let elements: Vec<Reading<u32>> = items.iter().map(element).collect();
    sets.set(elements)
}

/// Reads one value.
pub(super) struct Cell {
    /// Whether it is within a list or an object.
    pub inner: bool,
}

impl<'de> DeserializeSeed<'de> for Cell {
    type Value = Json<'de>;

    fn deserialize<D: serde::Deserializer<'de>>(self, input: D) -> Result<Json<'de>, D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Cell {
    type Value = Json<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Json<'de>, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json<'de>, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json<'de>, E> {
        Ok(Json::Int(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json<'de>, E> {
        Ok(Json::Int(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json<'de>, E> {
        Ok(Json::Float(value))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Json<'de>, E> {
        Ok(Json::Text(text.into()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json<'de>, E> {
        Ok(Json::Text(text.to_owned().into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json<'de>, A::Error> {
        let mut kept = Vec::new();
        while !self.inner && kept.len() <= MOST_ELEMENTS {
            match items.next_element_seed(Self { inner: true })? {
                Some(item) => kept.push(item),
                None => return Ok(Json::List(kept)),
            }
        }
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(if self.inner { Json::Nested } else { Json::List(kept) })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut items: A) -> Result<Json<'de>, A::Error> {
        let mut degrees = Box::new([Json::Null, Json::Null]);
        while let Some(name) = items.next_key::<Cow<'de, str>>()? {
            let [latitude, longitude] = &mut *degrees;
            match &*name {
                "latitude" if !self.inner => *latitude = items.next_value_seed(Self { inner: true })?,
                "longitude" if !self.inner => *longitude = items.next_value_seed(Self { inner: true })?,
                _ => drop(items.next_value::<IgnoredAny>()?),
            }
        }
        Ok(if self.inner { Json::Nested } else { Json::Object(degrees) })
    }
}
