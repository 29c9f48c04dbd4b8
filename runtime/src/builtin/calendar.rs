//! Functions of dates and times of day. Years 1 to 9999.

use jiff::civil::Date;
use opportune_plan::{Builtin, Span, Unit};

use crate::time::{FIRST_DATE, date_of_days, days_of};

/// A span of so many days, where any day is as many away from another.
pub fn days(days: i64) -> Option<Span> {
    i32::try_from(days).ok().map(Span::days)
}

/// A span of so many months, where any month is as many away from another.
pub fn months(months: i64) -> Option<Span> {
    let months = i32::try_from(months).ok()?;
    Some(Span { months, ..Span::default() })
}

/// The hour, minute or second of a time of day.
pub fn part_of_time(part: Builtin, time: i64) -> i64 {
    let seconds = time / 1_000_000;
    match part {
        Builtin::Hour => seconds / 3_600,
        Builtin::Minute => seconds / 60 % 60,
        _ => seconds % 60,
    }
}

/// The year, month, day of the month, day of the year or ISO week of a date.
pub fn part_of_date(part: Builtin, date: i32) -> Option<i64> {
    let date = date_of_days(date)?;
    Some(match part {
        Builtin::Year => date.year().into(),
        Builtin::Month => date.month().into(),
        Builtin::Day => date.day().into(),
        Builtin::DayOfYear => date.day_of_year().into(),
        Builtin::Week => date.iso_week_date().week().into(),
        _ => return None,
    })
}

/// The day of the week, 0 for Monday.
pub fn weekday(date: i32) -> u32 {
    // The first of January of the year 1 was a Monday.
    (i64::from(date) - i64::from(FIRST_DATE)).rem_euclid(7) as u32
}

/// The first day of the week, month, quarter or year that holds a date.
pub fn start_of(unit: Unit, date: i32) -> Option<i32> {
    let found = date_of_days(date)?;
    let first = |month: i8| Date::new(found.year(), month, 1).ok().and_then(days_of);
    match unit {
        Unit::Day => Some(date),
        Unit::Week => date.checked_sub(weekday(date) as i32),
        Unit::Month => first(found.month()),
        Unit::Quarter => first((found.month() - 1) / 3 * 3 + 1),
        Unit::Year => first(1),
    }
}

/// The first yearly return of `first` that is not before `from`; of the 29th of February, in a common year, the 28th.
/// Where `from` is not after `first`: `first` itself.
pub fn anniversary(first: i32, from: i32) -> Option<i32> {
    let (day, after) = (date_of_days(first)?, date_of_days(from)?);
    let this_year = in_year(day, after.year().max(day.year()))?;
    if days_of(this_year)? >= from { days_of(this_year) } else { days_of(in_year(day, after.year() + 1)?) }
}

/// A date's return in a year.
fn in_year(date: Date, year: i16) -> Option<Date> {
    let first = Date::new(year, date.month(), 1).ok()?;
    Date::new(year, date.month(), date.day().min(first.days_in_month())).ok()
}

/// How many whole months lie from the first to the second: the most by which the first can be moved towards the second
/// without passing it, a day of the month that does not exist becoming the month's last; negative backwards.
///
/// So from the 31st of January to the 28th of February 2026 it is 1, and back from there to the 31st of January 0.
pub fn months_between(first: i32, second: i32) -> Option<i64> {
    let (from, to) = (date_of_days(first)?, date_of_days(second)?);
    let months = (i64::from(to.year()) - i64::from(from.year())) * 12 + i64::from(to.month()) - i64::from(from.month());
    // The first moved into the month of the second.
    let day = from.day().min(to.days_in_month());
    Some(match first <= second {
        true if day > to.day() => months - 1,
        false if day < to.day() => months + 1,
        _ => months,
    })
}

#[cfg(test)]
mod tests;
