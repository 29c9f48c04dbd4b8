//! What every function of values gives for its arguments, as [`Builtin`] describes them: written once, for all engines.
//!
//! [`call`] takes values of any kind; the modules below have the same meanings on plain numbers, for those who have
//! columns of them. Everything is total: what has no value is `None`.

pub mod calendar;
pub mod earth;
pub mod number;

use opportune_plan::{Builtin, Place};

use crate::time::Zone;
use crate::value::Value;

/// What a function gives at `now` for arguments that are all there; `None` where that is missing.
pub fn call<'a>(now: i64, builtin: Builtin, arguments: &[Value<'a>]) -> Option<Value<'a>> {
    use Builtin as B;
    use Value::{Bool, Choice, Date, Distance, Instant, Int, Number, Set, Text, Time, Zone};
    match (builtin, arguments) {
        (B::Today, [Zone(zone)]) => zone.date_of(now).map(Date),
        (B::Shift, [moved, by]) => shift(*moved, *by, None),
        (B::Shift, [moved, by, Zone(zone)]) => shift(*moved, *by, Some(zone)),
        (B::DateOf, [Instant(instant), Zone(zone)]) => zone.date_of(*instant).map(Date),
        (B::TimeOf, [Instant(instant), Zone(zone)]) => zone.time_of(*instant).map(Time),
        (B::At, [Date(date), Time(time), Zone(zone)]) => zone.instant_of(*date, *time).map(Instant),

        (B::Hour | B::Minute | B::Second, [Time(time)]) => Some(Int(calendar::part_of_time(builtin, *time))),
        (B::Hour | B::Minute | B::Second, [Instant(instant), Zone(zone)]) => {
            zone.time_of(*instant).map(|time| Int(calendar::part_of_time(builtin, time)))
        }
        (B::Weekday(_), [Date(date)]) => Some(Choice(calendar::weekday(*date))),
        (B::Weekday(_), [Instant(instant), Zone(zone)]) => Some(Choice(calendar::weekday(zone.date_of(*instant)?))),
        (B::Year | B::Month | B::Day | B::DayOfYear | B::Week, [Date(date)]) => {
            calendar::part_of_date(builtin, *date).map(Int)
        }
        (B::Year | B::Month | B::Day | B::DayOfYear | B::Week, [Instant(instant), Zone(zone)]) => {
            calendar::part_of_date(builtin, zone.date_of(*instant)?).map(Int)
        }
        (B::StartOf(unit), [Date(date)]) => calendar::start_of(unit, *date).map(Date),
        (B::Anniversary, [Date(first), Date(from)]) => calendar::anniversary(*first, *from).map(Date),
        (B::MonthsBetween, [Date(first), Date(second)]) => calendar::months_between(*first, *second).map(Int),

        (B::Abs, [value]) => abs(*value),
        (B::Floor, [Number(value)]) => number::floor(value.get()).map(Int),
        (B::Ceil, [Number(value)]) => number::ceil(value.get()).map(Int),
        (B::Round, [Number(value)]) => number::round(value.get()).map(Int),
        (B::RoundTo(decimals), [Number(value)]) => number::round_to(value.get(), decimals).map(Number),
        (B::Sqrt, [Number(value)]) => number::sqrt(value.get()).map(Number),
        (B::Exp, [Number(value)]) => number::exp(value.get()).map(Number),
        (B::Ln, [Number(value)]) => number::ln(value.get()).map(Number),
        (B::Power, [Number(base), Number(exponent)]) => number::power(base.get(), exponent.get()).map(Number),
        (B::Least, all) => {
            all.iter().copied().reduce(|a, b| if b.compare(a).is_some_and(|o| o.is_lt()) { b } else { a })
        }
        (B::Greatest, all) => {
            all.iter().copied().reduce(|a, b| if b.compare(a).is_some_and(|o| o.is_gt()) { b } else { a })
        }
        (B::Quotient, [Int(a), Int(b)]) => number::quotient(*a, *b).map(Int),
        (B::Remainder, [Int(a), Int(b)]) => number::remainder(*a, *b).map(Int),

        (B::Length, [Text(text)]) => i64::try_from(text.chars().count()).ok().map(Int),
        (B::PlaceOf, [Number(north), Number(east)]) => Place::new(north.get(), east.get()).map(Value::Place),
        (B::Distance, [Value::Place(a), Value::Place(b)]) => earth::distance(*a, *b).map(Distance),

        (B::Has, [Set(set), value]) => Some(Bool(set.has(*value))),
        (B::Overlaps, [Set(a), Set(b)]) => Some(Bool(a.overlaps(*b))),
        (B::Size, [Set(set)]) => i64::try_from(set.len()).ok().map(Int),
        _ => None,
    }
}

fn shift<'a>(moved: Value<'a>, by: Value<'a>, zone: Option<&Zone>) -> Option<Value<'a>> {
    let span = match by {
        Value::Days(days) => calendar::days(days)?,
        Value::Months(months) => calendar::months(months)?,
        _ => return None,
    };
    match (moved, zone) {
        (Value::Date(date), None) => crate::time::shift_date(date, span).map(Value::Date),
        (Value::Instant(instant), Some(zone)) => zone.shift(instant, span).map(Value::Instant),
        _ => None,
    }
}

fn abs(value: Value<'_>) -> Option<Value<'_>> {
    match value {
        Value::Int(value) => value.checked_abs().map(Value::Int),
        Value::Money(value) => value.checked_abs().map(Value::Money),
        Value::Duration(value) => value.checked_abs().map(Value::Duration),
        Value::Days(value) => value.checked_abs().map(Value::Days),
        Value::Months(value) => value.checked_abs().map(Value::Months),
        Value::Number(value) => number::finite(value.get().abs()).map(Value::Number),
        Value::Distance(value) => number::finite(value.get().abs()).map(Value::Distance),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
