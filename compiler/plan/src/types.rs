//! The types of values and the constants of each.

use std::fmt;

/// An ISO 4217 currency code, for example `USD`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency([u8; 3]);

impl Currency {
    /// Reads three capital ASCII letters; anything else is `None`.
    pub fn new(code: &str) -> Option<Self> {
        let bytes: [u8; 3] = code.as_bytes().try_into().ok()?;
        bytes.iter().all(u8::is_ascii_uppercase).then_some(Self(bytes))
    }

    /// The three letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("???")
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Names the list of values of a `one_of` or `ordered` type in [`crate::Schema::domains`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct DomainId(pub u32);

/// The values that a `one_of` or `ordered` field may have, in the order in which they were declared.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Domain {
    /// The values; their position is their code at run time.
    pub variants: Vec<Box<str>>,
}

/// The type of a value that is not missing. Whether it may be missing is told beside the type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Type {
    /// True or false; as a condition also unknown.
    Bool,
    /// 64-bit signed integer.
    Int,
    /// IEEE 754 double, never NaN or infinite.
    Number,
    /// Millionths of one currency, in 64 bits.
    Money(Currency),
    /// Unicode text.
    Text,
    /// One of a list of values, without an order.
    OneOf(DomainId),
    /// One of a list of values, compared by position.
    Ordered(DomainId),
    /// A calendar day; days since 1970-01-01.
    Date,
    /// A moment; microseconds since 1970-01-01 00:00 UTC.
    Instant,
    /// An exact duration (hours and less); microseconds.
    Duration,
    /// A number of calendar days.
    Days,
}

impl Type {
    /// Whether `<` means something.
    pub fn is_ordered(self) -> bool {
        !matches!(self, Self::Bool | Self::Text | Self::OneOf(_))
    }
}

/// A double that is neither NaN nor infinite, compared and hashed by its bits (`-0.0` is stored as `0.0`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Float(u64);

impl Float {
    /// `None` for NaN and the infinities.
    pub fn new(value: f64) -> Option<Self> {
        value.is_finite().then(|| Self((value + 0.0).to_bits()))
    }

    /// The value.
    pub fn get(self) -> f64 {
        f64::from_bits(self.0)
    }
}

impl fmt::Debug for Float {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.get())
    }
}

/// A stretch of calendar and clock time as it is written: `3 months`, `30 days`, `5 hours`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct Span {
    /// Calendar months (a year is 12).
    pub months: i32,
    /// Calendar days (a week is 7).
    pub days: i32,
    /// Exact microseconds.
    pub micros: i64,
}

impl Span {
    /// A span of calendar days.
    pub fn days(days: i32) -> Self {
        Self { days, ..Self::default() }
    }

    /// An exact span.
    pub fn micros(micros: i64) -> Self {
        Self { micros, ..Self::default() }
    }
}

/// A value written in the policy.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Constant {
    /// `true` or `false`.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A number.
    Number(Float),
    /// An amount in millionths of its currency.
    Money(Currency, i64),
    /// A text.
    Text(Box<str>),
    /// The position of a value in the domain of a `one_of` field.
    OneOf(DomainId, u32),
    /// The position of a value in the domain of an `ordered` field.
    Ordered(DomainId, u32),
    /// Days since 1970-01-01.
    Date(i32),
    /// Microseconds since 1970-01-01 00:00 UTC.
    Instant(i64),
    /// Microseconds.
    Duration(i64),
    /// Calendar days.
    Days(i64),
}

impl Constant {
    /// The type of the constant.
    pub fn ty(&self) -> Type {
        match self {
            Self::Bool(_) => Type::Bool,
            Self::Int(_) => Type::Int,
            Self::Number(_) => Type::Number,
            Self::Money(currency, _) => Type::Money(*currency),
            Self::Text(_) => Type::Text,
            Self::OneOf(domain, _) => Type::OneOf(*domain),
            Self::Ordered(domain, _) => Type::Ordered(*domain),
            Self::Date(_) => Type::Date,
            Self::Instant(_) => Type::Instant,
            Self::Duration(_) => Type::Duration,
            Self::Days(_) => Type::Days,
        }
    }
}
