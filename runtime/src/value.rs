//! Values as the documents speak of them, one at a time: what functions take and give ([`crate::builtin`]), what the
//! interpreter reads from columns.

mod set;

use std::cmp::Ordering;

use opportune_plan::{Constant, Float, Place, Type};

pub use set::Set;

use crate::snapshot::{Column, Values};
use crate::time::{Zone, Zones};

/// A value that is there; a missing one, and an unknown condition, is `None` of `Option<Value>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Value<'a> {
    /// True or false.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// Never NaN, infinite or negative zero.
    Number(Float),
    /// Millionths.
    Money(i64),
    /// A text.
    Text(&'a str),
    /// The position in its `one_of` or `ordered` list.
    Choice(u32),
    /// Days since 1970-01-01.
    Date(i32),
    /// Microseconds since midnight.
    Time(i64),
    /// Microseconds since 1970-01-01 UTC.
    Instant(i64),
    /// Microseconds.
    Duration(i64),
    /// Calendar days.
    Days(i64),
    /// Calendar months.
    Months(i64),
    /// A time zone.
    Zone(&'a Zone),
    /// A point on the earth.
    Place(Place),
    /// Metres.
    Distance(Float),
    /// Values, each once.
    Set(Set<'a>),
}

impl<'a> Value<'a> {
    /// A value written in the policy.
    pub fn constant(constant: &'a Constant, zones: &'a Zones) -> Option<Self> {
        match constant {
            Constant::Zone(name) => zones.get(name).map(Self::Zone),
            constant => Self::plain(constant),
        }
    }

    /// A value written in the policy, other than a zone.
    pub(crate) fn plain(constant: &'a Constant) -> Option<Self> {
        Some(match constant {
            Constant::Bool(value) => Self::Bool(*value),
            Constant::Int(value) => Self::Int(*value),
            Constant::Number(value) => Self::Number(*value),
            Constant::Money(_, micros) => Self::Money(*micros),
            Constant::Text(text) => Self::Text(text),
            Constant::OneOf(_, at) | Constant::Ordered(_, at) => Self::Choice(*at),
            Constant::Date(days) => Self::Date(*days),
            Constant::Time(micros) => Self::Time(*micros),
            Constant::Instant(micros) => Self::Instant(*micros),
            Constant::Duration(micros) => Self::Duration(*micros),
            Constant::Days(days) => Self::Days(*days),
            Constant::Months(months) => Self::Months(*months),
            Constant::Place(place) => Self::Place(*place),
            Constant::Distance(metres) => Self::Distance(*metres),
            Constant::Set(_, all) => Self::Set(Set::Constants(all)),
            Constant::Zone(_) => return None,
        })
    }

    /// The value of a row of a column of this type, unless it is missing.
    pub fn read(ty: Type, column: &'a Column, row: usize, zones: &'a Zones) -> Option<Self> {
        if !column.is_valid(row) {
            return None;
        }
        match (&column.values, ty) {
            (Values::Bits(bits), Type::Bool) => Some(Self::Bool(bits.get(row))),
            (Values::Int64(values), _) => Self::of_int(ty, *values.get(row)?),
            (Values::Float64(values), Type::Number | Type::Distance) => Self::of_f64(ty, *values.get(row)?),
            (Values::Int32(values), Type::Date) => Some(Self::Date(*values.get(row)?)),
            (Values::Codes(codes, dictionary), Type::Text) => Some(Self::Text(dictionary.get(*codes.get(row)?)?)),
            (Values::Codes(codes, dictionary), Type::Zone) => {
                zones.get(dictionary.get(*codes.get(row)?)?).map(Self::Zone)
            }
            (Values::Codes(codes, _), Type::OneOf(_) | Type::Ordered(_)) => Some(Self::Choice(*codes.get(row)?)),
            (Values::Sets(codes, sets), Type::Set(_)) => {
                Some(Self::Set(Set::Codes(sets.get(*codes.get(row)?), &sets.elements)))
            }
            _ => None,
        }
    }

    /// A value of a type that is 64 bits of whole units, or a place of its bits.
    pub fn of_int(ty: Type, value: i64) -> Option<Self> {
        match ty {
            Type::Int => Some(Self::Int(value)),
            Type::Money(_) => Some(Self::Money(value)),
            Type::Time => Some(Self::Time(value)),
            Type::Instant => Some(Self::Instant(value)),
            Type::Duration => Some(Self::Duration(value)),
            Type::Days => Some(Self::Days(value)),
            Type::Months => Some(Self::Months(value)),
            Type::Place => Some(Self::Place(Place::from_bits(value))),
            _ => None,
        }
    }

    /// A number or distance, unless it is NaN or infinite.
    pub fn of_f64(ty: Type, value: f64) -> Option<Self> {
        match ty {
            Type::Number => Float::new(value).map(Self::Number),
            Type::Distance => Float::new(value).map(Self::Distance),
            _ => None,
        }
    }

    /// The whole units of a value that has them.
    pub fn to_int(self) -> Option<i64> {
        match self {
            Self::Int(value)
            | Self::Money(value)
            | Self::Time(value)
            | Self::Instant(value)
            | Self::Duration(value)
            | Self::Days(value)
            | Self::Months(value) => Some(value),
            _ => None,
        }
    }

    /// The number or metres, or whole units as the nearest double, ties to even.
    pub fn to_f64(self) -> Option<f64> {
        match self {
            Self::Number(value) | Self::Distance(value) => Some(value.get()),
            other => other.to_int().map(|value| value as f64),
        }
    }

    /// True or false.
    pub fn to_bool(self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// The text.
    pub fn to_text(self) -> Option<&'a str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The zone.
    pub fn to_zone(self) -> Option<&'a Zone> {
        match self {
            Self::Zone(zone) => Some(zone),
            _ => None,
        }
    }

    /// The order of two values of a type that has one: texts by their bytes, values of a list by the list.
    pub fn compare(self, other: Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => Some(a.cmp(&b)),
            (Self::Number(a), Self::Number(b)) | (Self::Distance(a), Self::Distance(b)) => {
                a.get().partial_cmp(&b.get())
            }
            (Self::Text(a), Self::Text(b)) => Some(a.cmp(b)),
            (Self::Choice(a), Self::Choice(b)) => Some(a.cmp(&b)),
            (Self::Date(a), Self::Date(b)) => Some(a.cmp(&b)),
            (a, b) => Some(a.to_int()?.cmp(&b.to_int()?)),
        }
    }
}
