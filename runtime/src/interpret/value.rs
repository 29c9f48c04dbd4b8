//! Values as the documents speak of them, read from columns one at a time.

use std::cmp::Ordering;

use opportune_plan::{Constant, Float, Type};

use crate::snapshot::{Column, Values};

/// A value that is there; a missing one, and an unknown condition, is `None` of `Option<Value>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Value<'a> {
    Bool(bool),
    Int(i64),
    /// Never NaN, infinite or negative zero.
    Number(Float),
    /// Millionths.
    Money(i64),
    Text(&'a str),
    /// The position in its `one_of` or `ordered` list.
    Choice(u32),
    /// Days since 1970-01-01.
    Date(i32),
    /// Microseconds since 1970-01-01 UTC.
    Instant(i64),
    /// Microseconds.
    Duration(i64),
    Days(i64),
}

impl<'a> Value<'a> {
    /// A value written in the policy.
    pub fn constant(constant: &'a Constant) -> Self {
        match constant {
            Constant::Bool(value) => Self::Bool(*value),
            Constant::Int(value) => Self::Int(*value),
            Constant::Number(value) => Self::Number(*value),
            Constant::Money(_, micros) => Self::Money(*micros),
            Constant::Text(text) => Self::Text(text),
            Constant::OneOf(_, at) | Constant::Ordered(_, at) => Self::Choice(*at),
            Constant::Date(days) => Self::Date(*days),
            Constant::Instant(micros) => Self::Instant(*micros),
            Constant::Duration(micros) => Self::Duration(*micros),
            Constant::Days(days) => Self::Days(*days),
        }
    }

    /// The value of a row of a column of this type, unless it is missing.
    pub fn read(ty: Type, column: &'a Column, row: usize) -> Option<Self> {
        if !column.is_valid(row) {
            return None;
        }
        match (&column.values, ty) {
            (Values::Bits(bits), Type::Bool) => Some(Self::Bool(bits.get(row))),
            (Values::Int64(values), _) => Self::of_int(ty, *values.get(row)?),
            (Values::Float64(values), Type::Number) => Float::new(*values.get(row)?).map(Self::Number),
            (Values::Int32(values), Type::Date) => Some(Self::Date(*values.get(row)?)),
            (Values::Codes(codes, dictionary), Type::Text) => Some(Self::Text(dictionary.get(*codes.get(row)?)?)),
            (Values::Codes(codes, _), Type::OneOf(_) | Type::Ordered(_)) => Some(Self::Choice(*codes.get(row)?)),
            _ => None,
        }
    }

    /// A value of a type that is 64 bits of whole units.
    pub fn of_int(ty: Type, value: i64) -> Option<Self> {
        match ty {
            Type::Int => Some(Self::Int(value)),
            Type::Money(_) => Some(Self::Money(value)),
            Type::Instant => Some(Self::Instant(value)),
            Type::Duration => Some(Self::Duration(value)),
            Type::Days => Some(Self::Days(value)),
            _ => None,
        }
    }

    /// The whole units of such a value.
    pub fn to_int(self) -> Option<i64> {
        match self {
            Self::Int(value)
            | Self::Money(value)
            | Self::Instant(value)
            | Self::Duration(value)
            | Self::Days(value) => Some(value),
            _ => None,
        }
    }

    /// The number, or whole units as the nearest double, ties to even.
    pub fn to_f64(self) -> Option<f64> {
        match self {
            Self::Number(value) => Some(value.get()),
            other => other.to_int().map(|value| value as f64),
        }
    }

    pub fn to_bool(self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(value),
            _ => None,
        }
    }

    pub fn to_text(self) -> Option<&'a str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The order of two values of one type.
    pub fn compare(self, other: Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => Some(a.cmp(&b)),
            (Self::Number(a), Self::Number(b)) => a.get().partial_cmp(&b.get()),
            (Self::Text(a), Self::Text(b)) => Some(a.cmp(b)),
            (Self::Choice(a), Self::Choice(b)) => Some(a.cmp(&b)),
            (Self::Date(a), Self::Date(b)) => Some(a.cmp(&b)),
            (a, b) => Some(a.to_int()?.cmp(&b.to_int()?)),
        }
    }
}
