//! Values of the schema's types as CSV and JSON lines spell them.

use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Timestamp};
use opportune_plan::{Element, Type};

use super::builder::{Builder, Fault, Reading};
use super::sets::{MOST_ELEMENTS, SetStore};
use super::{places, scalars};
use crate::time::Clock;

/// Appends a field of a CSV file; an empty one is missing. Spaces around anything but a text or a set are skipped.
pub(super) fn append(builder: &mut Builder, ty: Type, text: Option<&str>, clock: &Clock) {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return builder.push_fault(Fault::Missing) };
    if matches!(ty, Type::Text | Type::OneOf(_) | Type::Ordered(_)) {
        return builder.push_text(text);
    }
    match (text.trim(), ty) {
        ("", _) => builder.push_fault(Fault::Missing),
        (text, Type::Bool) => builder.push(bool(text)),
        (text, Type::Int | Type::Days | Type::Months) => builder.push(int(text)),
        (text, Type::Number | Type::Distance) => builder.push(number(text)),
        (text, Type::Money(_)) => builder.push(money(text)),
        (trimmed, _) => append_word(builder, ty, if is_set(ty) { text } else { trimmed }, clock),
    }
}

fn is_set(ty: Type) -> bool {
    matches!(ty, Type::Set(_))
}

/// Appends what CSV files and texts of other files spell alike: moments, zones, points and sets.
pub(super) fn append_word(builder: &mut Builder, ty: Type, text: &str, clock: &Clock) {
    match ty {
        Type::Date => builder.push(date(text)),
        Type::Instant => builder.push(instant(text, clock)),
        Type::Duration => builder.push(duration(text)),
        Type::Time => builder.push(time(text)),
        Type::Zone => builder.push_text(text),
        Type::Place => builder.push(places::of_text(text)),
        Type::Set(element) => {
            let set = builder.sets().map_or(Err(Fault::Unreadable), |sets| set(sets, element, text));
            builder.push(set);
        }
        _ => builder.push_fault(Fault::Unreadable),
    }
}

/// The set of the elements between bars. What is empty between two is none, so that `|` alone is the empty set.
fn set(sets: &mut SetStore, element: Element, text: &str) -> Reading<u32> {
    let parts = text.split('|').filter(|part| !part.is_empty()).take(MOST_ELEMENTS + 1);
    let elements: Vec<Reading<u32>> = match element {
        Element::Int => parts.map(|part| int(part.trim()).and_then(|value| sets.int(value))).collect(),
        Element::Text | Element::OneOf(_) | Element::Ordered(_) => parts.map(|part| sets.text(part)).collect(),
    };
    sets.set(elements)
}

/// A time of day: hours and minutes, perhaps seconds and a fraction of them, `21:00` or `08:30:15.5`.
pub(super) fn time(text: &str) -> Reading<i64> {
    let is_part = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    let (clock, fraction) = text.split_once('.').map_or((text, None), |(clock, fraction)| (clock, Some(fraction)));
    let parts: Vec<&str> = clock.split(':').collect();
    let part = |at: usize| parts.get(at).and_then(|part| part.parse::<i64>().ok()).unwrap_or(0);
    let (hours, minutes, seconds) = (part(0), part(1), part(2));
    let whole = matches!((parts.len(), fraction), (2, None) | (3, _)) && parts.iter().all(|part| is_part(part));
    let micros = fraction.map_or(Some(0), micros_of_fraction);
    match micros {
        Some(micros) if whole && hours < 24 && minutes < 60 && seconds < 60 => {
            Ok(((hours * 60 + minutes) * 60 + seconds) * 1_000_000 + micros)
        }
        _ => Err(Fault::Unreadable),
    }
}

/// The digits after a second's point as microseconds; those beyond are cut off.
fn micros_of_fraction(digits: &str) -> Option<i64> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits.chars().chain("00000".chars()).take(6).collect::<String>().parse().ok()
}

fn bool(text: &str) -> Reading<bool> {
    match text {
        _ if text.eq_ignore_ascii_case("true") => Ok(true),
        _ if text.eq_ignore_ascii_case("false") => Ok(false),
        _ => Err(Fault::Unreadable),
    }
}

/// A decimal number exactly: its digits as an integer, and how many of them are after the point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Decimal {
    digits: i128,
    scale: i32,
}

/// Reads `[+-]digits[.digits][e[+-]digits]`.
fn decimal(text: &str) -> Reading<Decimal> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().map_err(|_| Fault::Unreadable)?),
        None => (text, 0),
    };
    let unsigned = mantissa.strip_prefix(['+', '-']).unwrap_or(mantissa);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() + fraction.len() == 0 || !is_digits(whole) || !is_digits(fraction) {
        return Err(Fault::Unreadable);
    }
    let fraction = fraction.trim_end_matches('0');
    let digits = whole
        .bytes()
        .chain(fraction.bytes())
        .try_fold(0_i128, |digits, byte| digits.checked_mul(10)?.checked_add(i128::from(byte - b'0')));
    let digits = digits.ok_or(Fault::OutOfRange)?;
    let scale = i32::try_from(fraction.len()).ok().and_then(|scale| scale.checked_sub(exponent));
    let digits = if mantissa.starts_with('-') { -digits } else { digits };
    Ok(Decimal { digits, scale: scale.ok_or(Fault::OutOfRange)? })
}

/// An integer; `12.0` and `1.2e1` are ones too, since CSV has no types.
pub(super) fn int(text: &str) -> Reading<i64> {
    if let Ok(value) = text.parse() {
        return Ok(value);
    }
    let Decimal { digits, scale } = decimal(text).or_else(|fault| unless_not_a_number(text, fault))?;
    let power = 10_i128.checked_pow(scale.unsigned_abs());
    match (scale > 0, power) {
        _ if digits == 0 => Ok(0),
        (true, Some(power)) if digits % power == 0 => scalars::int(digits / power),
        (true, _) => Err(Fault::Unreadable),
        (false, power) => {
            power.and_then(|power| digits.checked_mul(power)).map_or(Err(Fault::OutOfRange), scalars::int)
        }
    }
}

/// A number as floating-point text has it, `nan` and `inf` included.
pub(super) fn number(text: &str) -> Reading<f64> {
    text.parse().map_err(|_| Fault::Unreadable).and_then(scalars::number)
}

/// A field of a CSV file as degrees of one of two columns.
pub(super) fn degrees(text: Option<&str>) -> Reading<f64> {
    match text.map(str::trim) {
        None | Some("") => Err(Fault::Missing),
        Some(text) => number(text),
    }
}

/// An amount, exactly, rounded half to even to millionths.
fn money(text: &str) -> Reading<i64> {
    match decimal(text) {
        Ok(Decimal { digits, scale }) => scalars::money_of_decimal(digits, scale),
        // More digits than fit may all be after the point.
        Err(Fault::OutOfRange) => number(text).and_then(scalars::money_of_float),
        Err(fault) => unless_not_a_number(text, fault),
    }
}

/// `nan` and `inf` are said to be what they are in other numeric columns too.
fn unless_not_a_number<T>(text: &str, fault: Fault) -> Reading<T> {
    Err(text.parse().ok().and_then(|value| scalars::number(value).err()).unwrap_or(fault))
}

pub(super) fn date(text: &str) -> Reading<i32> {
    match text.parse::<Date>() {
        Ok(date) if is_date(text) => scalars::date_of_civil(date),
        _ => match text.parse::<DateTime>() {
            Ok(local) if has_no_zone(text) && local.time() == jiff::civil::Time::midnight() => {
                scalars::date_of_civil(local.date())
            }
            _ => Err(beyond_years(text)),
        },
    }
}

/// Dates alone: ten characters, so that jiff's leniency (a time after the date) does not read one.
fn is_date(text: &str) -> bool {
    text.len() == 10
}

/// Whether a date and time says no offset and no zone.
fn has_no_zone(text: &str) -> bool {
    let time = text.get(10..).unwrap_or("");
    !time.contains(['Z', 'z', '+', '-', '['])
}

/// An instant: RFC 3339 with an offset, or local time of the project's zone, or a day, which is its first moment.
pub(super) fn instant(text: &str, clock: &Clock) -> Reading<i64> {
    if is_date(text) {
        return date(text).and_then(|days| scalars::instant_of_date(days.into(), clock));
    }
    if has_no_zone(text) {
        let local = text.parse::<DateTime>().map_err(|_| beyond_years(text))?;
        return scalars::instant_of_civil(local, clock);
    }
    let timestamp = text.parse::<Timestamp>().map_err(|_| beyond_years(text))?;
    // Towards the past, as nanoseconds of typed files are cut.
    scalars::instant(timestamp.as_nanosecond().div_euclid(1_000))
}

/// A well-formed date that no calendar here holds is out of range, not unreadable: years of more than four digits or
/// below 1.
fn beyond_years(text: &str) -> Fault {
    let (sign, rest) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let year = rest.split('-').next().unwrap_or("");
    let digits = year.len() >= 4 && year.bytes().all(|byte| byte.is_ascii_digit());
    let shaped = rest.get(year.len()..).is_some_and(|rest| rest.starts_with('-') && rest.len() >= 6);
    // The last day or two of the calendar are no instants in some zones.
    let last = year == "9999" && matches!(rest.get(4..10), Some("-12-30" | "-12-31"));
    if digits && shaped && (sign || year.len() > 4 || year == "0000" || last) {
        Fault::OutOfRange
    } else {
        Fault::Unreadable
    }
}

/// An exact duration as ISO 8601 writes it, `PT5H30M`.
fn duration(text: &str) -> Reading<i64> {
    let duration = text.parse::<SignedDuration>().map_err(|_| Fault::Unreadable)?;
    scalars::int(duration.as_nanos().div_euclid(1_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_exactly() {
        assert_eq!(money("3.99"), Ok(3_990_000));
        assert_eq!(money("-0.0000005"), Ok(0));
        assert_eq!(money("0.0000015"), Ok(2));
        assert_eq!(money("1e3"), Ok(1_000_000_000));
        assert_eq!(money("9223372036854.775807"), Ok(i64::MAX));
        assert_eq!(money("9223372036854.775808"), Err(Fault::OutOfRange));
        assert_eq!(money("1e400"), Err(Fault::OutOfRange));
        assert_eq!(money("0.3333333333333333333333333333333333333333333333333"), Ok(333_333));
        assert_eq!(money("NaN"), Err(Fault::NotANumber));
        assert_eq!(money("1,000"), Err(Fault::Unreadable));
        assert_eq!(money("$5"), Err(Fault::Unreadable));
        assert_eq!(int("12.0"), Ok(12));
        assert_eq!(int("+7"), Ok(7));
        assert_eq!(int("12.5"), Err(Fault::Unreadable));
        assert_eq!(int("9223372036854775808"), Err(Fault::OutOfRange));
        assert_eq!(int("1e99"), Err(Fault::OutOfRange));
        assert_eq!(int("-"), Err(Fault::Unreadable));
        assert_eq!(number("inf"), Err(Fault::OutOfRange));
        assert_eq!(number("-0"), Ok(0.0));
        assert_eq!(number("1_000"), Err(Fault::Unreadable));
    }

    #[test]
    fn moments_are_read_in_iso_form() {
        let clock = Clock::new(0, "America/New_York").unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap().as_microsecond();
        assert_eq!(instant("2026-11-20T18:00:00Z", &clock), Ok(at("2026-11-20T18:00:00Z")));
        assert_eq!(instant("2026-11-20 18:00:00.5+01:00", &clock), Ok(at("2026-11-20T17:00:00.5Z")));
        assert_eq!(instant("2026-11-20 18:00", &clock), Ok(at("2026-11-20T23:00:00Z")));
        assert_eq!(instant("2026-11-20", &clock), Ok(at("2026-11-20T05:00:00Z")));
        assert_eq!(instant("2017-03-12T02:30:00", &clock), Ok(at("2017-03-12T07:00:00Z")));
        assert_eq!(instant("20/11/2026", &clock), Err(Fault::Unreadable));
        assert_eq!(instant("10000-01-01T00:00:00Z", &clock), Err(Fault::OutOfRange));
        assert_eq!(instant("9999-12-31T00:00:00Z", &clock), Err(Fault::OutOfRange));
        assert_eq!(date("1970-01-02"), Ok(1));
        assert_eq!(date("1970-01-02T00:00:00"), Ok(1));
        assert_eq!(date("1970-01-02T00:00:01"), Err(Fault::Unreadable));
        assert!(date("9999-12-31").is_ok());
        assert_eq!(date("0000-12-31"), Err(Fault::OutOfRange));
        assert_eq!(date("2026-02-30"), Err(Fault::Unreadable));
        assert_eq!(date("yesterday"), Err(Fault::Unreadable));
        assert_eq!(duration("PT1H30M"), Ok(5_400_000_000));
        assert_eq!(duration("P1M"), Err(Fault::Unreadable));
    }

    #[test]
    fn times_of_day_are_read_strictly() {
        assert_eq!(time("21:00"), Ok(21 * 3_600_000_000));
        assert_eq!(time("00:00:00"), Ok(0));
        assert_eq!(time("23:59:59.999999999"), Ok(86_400_000_000 - 1));
        assert_eq!(time("08:30:15.5"), Ok((8 * 3_600 + 30 * 60 + 15) * 1_000_000 + 500_000));
        for bad in [
            "25:00",
            "24:00",
            "21:60",
            "21:00:60",
            "9:00",
            "21",
            "21:00.5",
            "21:00:00.",
            "-1:00",
            "21:00Z",
            "+1:00",
            "",
        ] {
            assert_eq!(time(bad), Err(Fault::Unreadable), "{bad}");
        }
    }
}
