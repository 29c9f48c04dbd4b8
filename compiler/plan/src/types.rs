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
    /// A time of day; microseconds since midnight, less than 24 hours.
    Time,
    /// A moment; microseconds since 1970-01-01 00:00 UTC.
    Instant,
    /// An exact duration (hours and less); microseconds.
    Duration,
    /// A number of calendar days.
    Days,
    /// A number of calendar months (a year is 12).
    Months,
    /// An IANA time zone.
    Zone,
    /// A point on the earth.
    Place,
    /// A length on the earth in metres; a double as [`Type::Number`].
    Distance,
    /// A set of values, each once.
    Set(Element),
}

impl Type {
    /// As the language writes it; `values` tells the values of a list.
    pub fn name(self, values: &dyn Fn(DomainId) -> String) -> String {
        let plain = match self {
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Number => "number",
            Self::Money(currency) => return format!("money({currency})"),
            Self::Text => "text",
            Self::OneOf(domain) => return format!("one_of{}", values(domain)),
            Self::Ordered(domain) => return format!("ordered{}", values(domain)),
            Self::Date => "date",
            Self::Instant => "instant",
            Self::Duration => "duration",
            Self::Days => "days",
            Self::Months => "months",
            Self::Time => "time",
            Self::Zone => "timezone",
            Self::Place => "place",
            Self::Distance => "distance",
            Self::Set(element) => return format!("set of {}", element.ty().name(values)),
        };
        plain.to_owned()
    }

    /// Whether `<` means something.
    pub fn is_ordered(self) -> bool {
        !matches!(self, Self::Bool | Self::Text | Self::OneOf(_) | Self::Zone | Self::Place | Self::Set(_))
    }

    /// What a set of this type would hold, if there are such sets.
    pub fn element(self) -> Option<Element> {
        match self {
            Self::Text => Some(Element::Text),
            Self::Int => Some(Element::Int),
            Self::OneOf(domain) => Some(Element::OneOf(domain)),
            Self::Ordered(domain) => Some(Element::Ordered(domain)),
            _ => None,
        }
    }
}

/// What a set holds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Element {
    /// Texts.
    Text,
    /// Integers.
    Int,
    /// Values of a `one_of` list.
    OneOf(DomainId),
    /// Values of an `ordered` list.
    Ordered(DomainId),
}

impl Element {
    /// The type of one element.
    pub fn ty(self) -> Type {
        match self {
            Self::Text => Type::Text,
            Self::Int => Type::Int,
            Self::OneOf(domain) => Type::OneOf(domain),
            Self::Ordered(domain) => Type::Ordered(domain),
        }
    }
}

/// A point on the earth, to a ten-millionth of a degree (about a centimetre).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Place {
    /// Ten-millionths of a degree north, from -90 to 90 degrees.
    latitude: i32,
    /// Ten-millionths of a degree east, from -180 to 180 degrees.
    longitude: i32,
}

impl Place {
    /// The nearest point to these degrees north and east; `None` beyond the poles, beyond 180 degrees, and for NaN.
    pub fn new(latitude: f64, longitude: f64) -> Option<Self> {
        let within = |degrees: f64, limit: f64| (degrees.abs() <= limit).then(|| (degrees * 1e7).round() as i32);
        Some(Self { latitude: within(latitude, 90.0)?, longitude: within(longitude, 180.0)? })
    }

    /// Degrees north.
    pub fn latitude(self) -> f64 {
        f64::from(self.latitude) / 1e7
    }

    /// Degrees east.
    pub fn longitude(self) -> f64 {
        f64::from(self.longitude) / 1e7
    }

    /// Both in 64 bits: the latitude in the upper half, the longitude in the lower.
    pub fn to_bits(self) -> i64 {
        i64::from(self.latitude) << 32 | i64::from(self.longitude.cast_unsigned())
    }

    /// The point of these bits; what [`Place::to_bits`] never gives leads to some point.
    pub fn from_bits(bits: i64) -> Self {
        Self { latitude: (bits >> 32) as i32, longitude: bits as i32 }
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
    /// Calendar months.
    Months(i64),
    /// Microseconds since midnight.
    Time(i64),
    /// The name of an IANA time zone.
    Zone(Box<str>),
    /// A point on the earth.
    Place(Place),
    /// Metres.
    Distance(Float),
    /// A set of constants of its element's type, sorted, each once; perhaps none.
    Set(Element, Box<[Constant]>),
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
            Self::Months(_) => Type::Months,
            Self::Time(_) => Type::Time,
            Self::Zone(_) => Type::Zone,
            Self::Place(_) => Type::Place,
            Self::Distance(_) => Type::Distance,
            Self::Set(element, _) => Type::Set(*element),
        }
    }

    /// The constant as a column of its type holds it.
    pub fn stored(&self) -> Stored<'_> {
        match self {
            Self::Bool(value) => Stored::Bool(*value),
            Self::Int(value)
            | Self::Money(_, value)
            | Self::Instant(value)
            | Self::Duration(value)
            | Self::Days(value)
            | Self::Months(value)
            | Self::Time(value) => Stored::Int64(*value),
            Self::Place(place) => Stored::Int64(place.to_bits()),
            Self::Number(value) | Self::Distance(value) => Stored::Float64(*value),
            Self::Date(days) => Stored::Int32(*days),
            Self::Text(text) => Stored::Text(text),
            Self::Zone(name) => Stored::Zone(name),
            Self::OneOf(domain, at) | Self::Ordered(domain, at) => Stored::Code(*domain, *at),
            Self::Set(element, all) => Stored::Set(*element, all),
        }
    }
}

/// A [`Constant`] as a column of its type holds it: types that are stored alike are one.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Stored<'a> {
    /// A bit.
    Bool(bool),
    /// A whole number of 64 bits; a place by its bits.
    Int64(i64),
    /// A double.
    Float64(Float),
    /// A whole number of 32 bits.
    Int32(i32),
    /// A text.
    Text(&'a str),
    /// The name of a time zone, as it is written.
    Zone(&'a str),
    /// The position of a value in its domain.
    Code(DomainId, u32),
    /// The elements of a set, sorted.
    Set(Element, &'a [Constant]),
}
