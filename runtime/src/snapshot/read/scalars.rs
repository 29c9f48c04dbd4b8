//! Numbers and moments of a file as the schema's types hold them. All total: what does not fit says why.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::builder::{Fault, Reading};
use crate::time::{Clock, date_of_days, days_of};

const MICROS: i128 = 1_000_000;

/// A double as a number: never NaN, infinite or negative zero.
pub(super) fn number(value: f64) -> Reading<f64> {
    finite(value).map(|value| value + 0.0)
}

fn finite(value: f64) -> Reading<f64> {
    match value {
        _ if value.is_nan() => Err(Fault::NotANumber),
        _ if value.is_infinite() => Err(Fault::OutOfRange),
        _ => Ok(value),
    }
}

/// An integer of any width as an int.
pub(super) fn int(value: i128) -> Reading<i64> {
    i64::try_from(value).map_err(|_| Fault::OutOfRange)
}

/// A double of whole units as money: the product with a million, rounded half to even.
pub(super) fn money_of_float(value: f64) -> Reading<i64> {
    let micros = (finite(value)? * 1e6).round_ties_even();
    // 2^63, the first double beyond the greatest i64.
    let limit = 9_223_372_036_854_775_808.0;
    if (-limit..limit).contains(&micros) { Ok(micros as i64) } else { Err(Fault::OutOfRange) }
}

/// A decimal, `value` / 10^`scale`, as money: rounded half to even where it has more than six places.
pub(super) fn money_of_decimal(value: i128, scale: i32) -> Reading<i64> {
    let shift = 6 - scale;
    let power = 10_i128.checked_pow(shift.unsigned_abs());
    let micros = match (shift >= 0, power) {
        (_, _) if value == 0 => Some(0),
        (true, power) => power.and_then(|power| value.checked_mul(power)),
        (false, Some(power)) => Some(divide_half_even(value, power)),
        (false, None) => Some(0),
    };
    micros.map_or(Err(Fault::OutOfRange), int)
}

/// An integer of whole units as money.
pub(super) fn money_of_int(value: i128) -> Reading<i64> {
    value.checked_mul(MICROS).map_or(Err(Fault::OutOfRange), int)
}

/// The quotient by a positive divisor rounded half to even.
fn divide_half_even(value: i128, by: i128) -> i128 {
    let (floor, rest) = (value.div_euclid(by), value.rem_euclid(by));
    match rest.cmp(&(by - rest)) {
        std::cmp::Ordering::Less => floor,
        std::cmp::Ordering::Greater => floor + 1,
        std::cmp::Ordering::Equal => floor + floor.rem_euclid(2),
    }
}

/// A decimal as the nearest double.
pub(super) fn number_of_decimal(value: i128, scale: i32) -> Reading<f64> {
    // Decimal text is parsed to the nearest double, which a division of doubles is not for long decimals.
    format!("{value}e{}", -scale).parse().map_err(|_| Fault::OutOfRange).and_then(number)
}

/// Days since 1970-01-01 within the years 1 to 9999.
pub(super) fn date(days: i64) -> Reading<i32> {
    let days = i32::try_from(days).map_err(|_| Fault::OutOfRange)?;
    date_of_days(days).map(|_| days).ok_or(Fault::OutOfRange)
}

/// Microseconds since midnight, less than 24 hours.
pub(super) fn time(micros: i128) -> Reading<i64> {
    if (0..86_400 * MICROS).contains(&micros) { int(micros) } else { Err(Fault::OutOfRange) }
}

/// Microseconds since 1970-01-01 UTC, within what the calendar holds: the year 1 to 9999-12-30 22:00 UTC.
pub(super) fn instant(micros: i128) -> Reading<i64> {
    let first = -62_135_596_800_000_000;
    let micros = int(micros)?;
    if (first..=Timestamp::MAX.as_microsecond()).contains(&micros) { Ok(micros) } else { Err(Fault::OutOfRange) }
}

/// Microseconds since 1970-01-01 00:00 on the clocks of the project's zone.
pub(super) fn instant_of_local(micros: i128, clock: &Clock) -> Reading<i64> {
    instant_of_civil(civil(micros)?, clock)
}

/// A local date and time of the project's zone.
pub(super) fn instant_of_civil(local: DateTime, clock: &Clock) -> Reading<i64> {
    clock.instant_of(local).ok_or(Fault::OutOfRange)
}

/// The first moment of a day.
pub(super) fn instant_of_date(days: i64, clock: &Clock) -> Reading<i64> {
    clock.start_of(date(days)?).ok_or(Fault::OutOfRange)
}

/// A date written as microseconds of its midnight.
pub(super) fn date_of_midnight(micros: i128) -> Reading<i32> {
    let day = 86_400 * MICROS;
    if micros.rem_euclid(day) != 0 {
        return Err(Fault::Unreadable);
    }
    i64::try_from(micros / day).map_err(|_| Fault::OutOfRange).and_then(date)
}

/// The day of a civil date in the years 1 to 9999.
pub(super) fn date_of_civil(date: jiff::civil::Date) -> Reading<i32> {
    days_of(date).ok_or(Fault::OutOfRange)
}

fn civil(micros: i128) -> Reading<DateTime> {
    let timestamp = i64::try_from(micros).ok().and_then(|micros| Timestamp::from_microsecond(micros).ok());
    timestamp.map(|timestamp| TimeZone::UTC.to_datetime(timestamp)).ok_or(Fault::OutOfRange)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_rounded_half_to_even() {
        assert_eq!(money_of_float(3.99), Ok(3_990_000));
        assert_eq!(money_of_float(0.000_000_5), Ok(0));
        assert_eq!(money_of_float(0.000_001_5), Ok(2));
        assert_eq!(money_of_float(-0.000_001_5), Ok(-2));
        assert_eq!(money_of_float(f64::NAN), Err(Fault::NotANumber));
        assert_eq!(money_of_float(f64::INFINITY), Err(Fault::OutOfRange));
        assert_eq!(money_of_float(9_223_372_036_854.8), Err(Fault::OutOfRange));
        assert_eq!(money_of_decimal(25, 7), Ok(2));
        assert_eq!(money_of_decimal(35, 7), Ok(4));
        assert_eq!(money_of_decimal(-25, 7), Ok(-2));
        assert_eq!(money_of_decimal(-26, 7), Ok(-3));
        assert_eq!(money_of_decimal(399, 2), Ok(3_990_000));
        assert_eq!(money_of_decimal(4, -3), Ok(4_000_000_000));
        assert_eq!(money_of_decimal(i128::MAX, 0), Err(Fault::OutOfRange));
        assert_eq!(money_of_decimal(i128::MAX, 76), Ok(0));
        assert_eq!(money_of_int(9_223_372_036_854), Ok(9_223_372_036_854_000_000));
        assert_eq!(money_of_int(9_223_372_036_855), Err(Fault::OutOfRange));
    }

    #[test]
    fn numbers_are_finite_and_have_one_zero() {
        assert_eq!(number(-0.0).map(f64::to_bits), Ok(0));
        assert_eq!(number(f64::NEG_INFINITY), Err(Fault::OutOfRange));
        assert_eq!(number_of_decimal(-399, 2), Ok(-3.99));
        assert_eq!(number_of_decimal(12, -2), Ok(1200.0));
        assert_eq!(number_of_decimal(0, 3).map(f64::to_bits), Ok(0));
    }

    #[test]
    fn years_end_at_9999() {
        let last = days_of(jiff::civil::date(9999, 12, 31)).unwrap();
        assert_eq!(date(i64::from(last)), Ok(last));
        assert_eq!(date(i64::from(last) + 1), Err(Fault::OutOfRange));
        assert_eq!(date(days_of(jiff::civil::date(1, 1, 1)).unwrap().into()), Ok(-719_162));
        assert_eq!(date(-719_163), Err(Fault::OutOfRange));
        assert_eq!(date(i64::MIN), Err(Fault::OutOfRange));
        assert_eq!(instant(-62_135_596_800_000_000), Ok(-62_135_596_800_000_000));
        assert_eq!(instant(-62_135_596_800_000_001), Err(Fault::OutOfRange));
        assert_eq!(instant(i128::MAX), Err(Fault::OutOfRange));
        let clock = Clock::new(0, "America/New_York").unwrap();
        assert_eq!(instant_of_local(i128::MIN, &clock), Err(Fault::OutOfRange));
        assert_eq!(instant_of_local(0, &clock), Ok(5 * 3_600_000_000));
    }

    #[test]
    fn a_date_is_a_midnight() {
        assert_eq!(date_of_midnight(86_400_000_000 * 3), Ok(3));
        assert_eq!(date_of_midnight(-86_400_000_000), Ok(-1));
        assert_eq!(date_of_midnight(1), Err(Fault::Unreadable));
    }
}
