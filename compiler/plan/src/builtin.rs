//! Functions of values: what each takes and gives. A missing argument makes a missing result.

use crate::expr::{Node, Op};
use crate::infer::IllFormed;
use crate::schema::Schema;
use crate::types::{Constant, DomainId, Type};

/// A function of values.
///
/// "Missing where it does not fit" is not told by the type (as with arithmetic); "nullable" is. A local time that a DST
/// night skips moves on to the next that exists, one that occurs twice is the first.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Builtin {
    /// `(zone) → date`: the day of `now` there.
    Today,
    /// `(date, days or months) → date`, `(instant, days or months, zone) → instant`: moved by the calendar, the local time
    /// kept. A day of the month that does not exist becomes the month's last. Missing out of years 1 to 9999.
    Shift,
    /// `(instant, zone) → date`: the local day.
    DateOf,
    /// `(instant, zone) → time`: the local time of day.
    TimeOf,
    /// `(date, time, zone) → instant`: the moment of a local time.
    At,
    /// `(date) → int` or `(instant, zone) → int`: 1 to 9999.
    Year,
    /// `(date) → int` or `(instant, zone) → int`: 1 to 12.
    Month,
    /// `(date) → int` or `(instant, zone) → int`: the day of the month.
    Day,
    /// `(date) → ordered` or `(instant, zone) → ordered`: the day of the week, in a list of seven from Monday on.
    Weekday(DomainId),
    /// `(date) → int` or `(instant, zone) → int`: 1 to 366.
    DayOfYear,
    /// `(date) → int` or `(instant, zone) → int`: the week by ISO 8601, 1 to 53.
    Week,
    /// `(time) → int` or `(instant, zone) → int`: 0 to 23.
    Hour,
    /// `(time) → int` or `(instant, zone) → int`: 0 to 59.
    Minute,
    /// `(time) → int` or `(instant, zone) → int`: 0 to 59.
    Second,
    /// `(date) → date`: the first day of the week (Monday), month, quarter or year that holds it.
    StartOf(Unit),
    /// `(date, date) → date`: the first yearly return of the first date that is not before the second; of the 29th of
    /// February, in a common year, the 28th. Before the first date itself: that date.
    Anniversary,
    /// `(date, date) → int`: how many whole months lie from the first to the second; negative backwards.
    MonthsBetween,

    /// `(int, number, money, duration, days, months or distance) → the same`: without its sign.
    Abs,
    /// `(number) → int`: the greatest integer that is not greater.
    Floor,
    /// `(number) → int`: the least integer that is not less.
    Ceil,
    /// `(number) → int`: the nearest integer, half to even.
    Round,
    /// `(number) → number`: to so many decimals (0 to 9): the product with their power of ten, rounded half to even,
    /// divided by it.
    RoundTo(u8),
    /// `(number) → number?`: the square root; nullable, missing below zero.
    Sqrt,
    /// `(number) → number`: e to this power.
    Exp,
    /// `(number) → number?`: the natural logarithm; nullable, missing at and below zero.
    Ln,
    /// `(number, number) → number?`: the first to the power of the second; nullable.
    Power,
    /// `(T, T, …) → T`, at least two of one ordered type: the least.
    Least,
    /// `(T, T, …) → T`, at least two of one ordered type: the greatest.
    Greatest,
    /// `(int, int) → int`: how many times the second goes into the first, rounded towards zero. Nullable unless the second
    /// is a constant that is not zero.
    Quotient,
    /// `(int, int) → int`: what is left by [`Builtin::Quotient`], with the sign of the first. Nullable as it is.
    Remainder,

    /// `(text) → int`: how many Unicode characters (scalar values) it has.
    Length,

    /// `(number, number) → place?`: the point at these degrees north and east; nullable, missing where there is none.
    PlaceOf,
    /// `(place, place) → distance`: along the great circle, by the haversine formula on a sphere of 6,371,008.8 metres.
    Distance,

    /// `(set of T, T) → bool`: whether the set contains the value.
    Has,
    /// `(set of T, set of T) → bool`: whether a value is in both.
    Overlaps,
    /// `(set of T) → int`: how many values it has.
    Size,
}

/// A stretch of the calendar.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Unit {
    /// A day.
    Day,
    /// Monday to Sunday.
    Week,
    /// A month.
    Month,
    /// January to March and so on.
    Quarter,
    /// A year.
    Year,
}

/// What a function gives: its type, whether it is nullable beyond its arguments, whether it can be missing at run time.
pub(crate) struct Given {
    pub(crate) ty: Type,
    pub(crate) nullable: bool,
    pub(crate) partial: bool,
}

fn total(ty: Type) -> Option<Given> {
    Some(Given { ty, nullable: false, partial: false })
}

fn partial(ty: Type) -> Option<Given> {
    Some(Given { ty, nullable: false, partial: true })
}

fn nullable(ty: Type) -> Option<Given> {
    Some(Given { ty, nullable: true, partial: true })
}

impl Builtin {
    /// The name in the language; of what has no name there, a word that says what it is.
    pub fn name(self) -> &'static str {
        match self {
            Self::Today => "today",
            Self::Shift => "moved",
            Self::DateOf => "date",
            Self::TimeOf => "time",
            Self::At => "instant",
            Self::Year => "year",
            Self::Month => "month",
            Self::Day => "day",
            Self::Weekday(_) => "weekday",
            Self::DayOfYear => "day_of_year",
            Self::Week => "week",
            Self::Hour => "hour",
            Self::Minute => "minute",
            Self::Second => "second",
            Self::StartOf(Unit::Day) => "start_of_day",
            Self::StartOf(Unit::Week) => "start_of_week",
            Self::StartOf(Unit::Month) => "start_of_month",
            Self::StartOf(Unit::Quarter) => "start_of_quarter",
            Self::StartOf(Unit::Year) => "start_of_year",
            Self::Anniversary => "anniversary",
            Self::MonthsBetween => "months_between",
            Self::Abs => "abs",
            Self::Floor => "floor",
            Self::Ceil => "ceil",
            Self::Round | Self::RoundTo(_) => "round",
            Self::Sqrt => "sqrt",
            Self::Exp => "exp",
            Self::Ln => "ln",
            Self::Power => "power",
            Self::Least => "least",
            Self::Greatest => "greatest",
            Self::Quotient => "quotient",
            Self::Remainder => "remainder",
            Self::Length => "length",
            Self::PlaceOf => "place",
            Self::Distance => "distance",
            Self::Has => "contains",
            Self::Overlaps => "overlaps",
            Self::Size => "size",
        }
    }
}

/// What a function gives for these arguments.
pub(crate) fn given(schema: &Schema, builtin: Builtin, arguments: &[&Node]) -> Result<Given, IllFormed> {
    use Builtin as B;
    use Type::{
        Bool, Date, Days, Distance, Duration, Instant, Int, Money, Months, Number, Place, Set, Text, Time, Zone,
    };
    let types: Vec<Type> = arguments.iter().map(|node| node.ty).collect();
    let found = match (builtin, types.as_slice()) {
        (B::Today, [Zone]) => total(Date),
        (B::Shift, [Date, Days | Months]) => partial(Date),
        (B::Shift, [Instant, Days | Months, Zone]) => partial(Instant),
        (B::DateOf, [Instant, Zone]) => partial(Date),
        (B::TimeOf, [Instant, Zone]) => partial(Time),
        (B::At, [Date, Time, Zone]) => partial(Instant),
        (B::Year | B::Month | B::Day | B::DayOfYear | B::Week, [Date]) => total(Int),
        (B::Year | B::Month | B::Day | B::DayOfYear | B::Week, [Instant, Zone]) => partial(Int),
        (B::Weekday(domain), [Date]) if is_week(schema, domain) => total(Type::Ordered(domain)),
        (B::Weekday(domain), [Instant, Zone]) if is_week(schema, domain) => partial(Type::Ordered(domain)),
        (B::Hour | B::Minute | B::Second, [Time]) => total(Int),
        (B::Hour | B::Minute | B::Second, [Instant, Zone]) => partial(Int),
        (B::StartOf(_), [Date]) => partial(Date),
        (B::Anniversary, [Date, Date]) => partial(Date),
        (B::MonthsBetween, [Date, Date]) => total(Int),
        (B::Abs, [ty @ (Number | Distance)]) => total(*ty),
        (B::Abs, [ty @ (Int | Money(_) | Duration | Days | Months)]) => partial(*ty),
        (B::Floor | B::Ceil | B::Round, [Number]) => partial(Int),
        (B::RoundTo(0..=9), [Number]) | (B::Exp, [Number]) => partial(Number),
        (B::Sqrt | B::Ln, [Number]) | (B::Power, [Number, Number]) => nullable(Number),
        (B::Least | B::Greatest, [ty, others @ ..]) if ty.is_ordered() && !others.is_empty() => {
            others.iter().all(|other| other == ty).then(|| total(*ty)).flatten()
        }
        (B::Quotient | B::Remainder, [Int, Int]) => match arguments.last().map(|node| &node.op) {
            Some(Op::Constant(Constant::Int(by))) if *by != 0 => partial(Int),
            _ => nullable(Int),
        },
        (B::Length, [Text]) | (B::Size, [Set(_)]) => total(Int),
        (B::PlaceOf, [Number, Number]) => nullable(Place),
        (B::Distance, [Place, Place]) => total(Distance),
        (B::Has, [Set(element), ty]) if element.ty() == *ty => total(Bool),
        (B::Overlaps, [Set(a), Set(b)]) if a == b => total(Bool),
        _ => None,
    };
    let wrong = || IllFormed::Arguments { function: builtin.name(), found: types.clone() };
    found.ok_or_else(wrong)
}

fn is_week(schema: &Schema, domain: DomainId) -> bool {
    schema.domain(domain).is_some_and(|domain| domain.variants.len() == 7)
}
