//! FEEL's dates, times and durations as they are written, and how Opportune writes them.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

use super::translate::{Type, Typed};
use crate::{reasons, spelling};

type Found = Result<Typed, &'static str>;

const NO_LITERAL: &str = "not applicable: a literal that is no date, time or length does not compile";

/// A literal of any of the kinds; the zone it names, if it names one.
pub fn literal(text: &str) -> Result<(Typed, Option<String>), &'static str> {
    if text.starts_with('P') || text.starts_with("-P") {
        return duration(text).map(|found| (found, None));
    }
    let bytes = text.as_bytes();
    if text.contains('T') && !text.starts_with('T') {
        return date_time(text);
    }
    if bytes.get(2) == Some(&b':') {
        return time(text).map(|found| (found, None));
    }
    date(text).map(|found| (found, None))
}

/// `2017-12-31`
pub fn date(text: &str) -> Found {
    let date = civil_date(text)?;
    Ok(Typed::new(Type::Date, date.to_string()))
}

fn civil_date(text: &str) -> Result<Date, &'static str> {
    if text.starts_with('-') || text.len() > 10 {
        return Err(if text.contains(':') { NO_LITERAL } else { reasons::YEARS });
    }
    let date: Date = if text.len() == 10 { text.parse().map_err(|_| NO_LITERAL)? } else { return Err(NO_LITERAL) };
    if date.year() < 1 { Err(reasons::YEARS) } else { Ok(date) }
}

/// `11:22:33`
pub fn time(text: &str) -> Found {
    if text.get(8..).is_some_and(|rest| rest.contains(['Z', '+', '-', '@'])) {
        return Err(reasons::OFFSETS);
    }
    if text.len() != 8 && !text.get(8..).is_some_and(|rest| rest.starts_with('.')) {
        return Err(NO_LITERAL);
    }
    let time = clock(text)?;
    if time.subsec_nanosecond() != 0 {
        return Err("not applicable: a time of day is written to the second");
    }
    Ok(Typed::new(Type::Time, time.strftime("%H:%M:%S").to_string()))
}

/// A time of day; a leap second is none.
fn clock(text: &str) -> Result<Time, &'static str> {
    if text.get(6..8) == Some("60") { Err(NO_LITERAL) } else { text.parse().map_err(|_| NO_LITERAL) }
}

/// `2017-12-31T11:22:33`, with an offset or a zone.
pub fn date_time(text: &str) -> Result<(Typed, Option<String>), &'static str> {
    if text.starts_with('-') {
        return Err(reasons::YEARS);
    }
    let (day, clock) = text.split_once('T').ok_or(NO_LITERAL)?;
    let at = clock.find(['Z', '+', '-', '@']).unwrap_or(clock.len());
    let (clock, zone) = clock.split_at(at);
    let zone = zone_of(zone)?;
    let date = civil_date(day)?;
    // The last moment of a day may be written as 24:00.
    let (date, time) = if clock == "24:00:00" {
        (date.tomorrow().map_err(|_| reasons::YEARS)?, Time::midnight())
    } else {
        let whole = clock.len() == 8 || clock.get(8..).is_some_and(|rest| rest.starts_with('.') && rest.len() > 1);
        (date, if whole { self::clock(clock)? } else { return Err(NO_LITERAL) })
    };
    let local = DateTime::from_parts(date, time);
    let tz = TimeZone::get(zone.as_deref().unwrap_or("UTC")).map_err(|_| NO_LITERAL)?;
    let at = tz.to_ambiguous_zoned(local).compatible().map_err(|_| reasons::YEARS)?.timestamp();
    Ok((Typed::new(Type::Instant, spelling::instant(at)?), zone))
}

/// The IANA zone of `Z`, `+11:00` or `@Europe/Paris`.
fn zone_of(text: &str) -> Result<Option<String>, &'static str> {
    match text {
        "" => Ok(None),
        "Z" | "+00:00" | "-00:00" => Ok(Some("UTC".to_owned())),
        _ if text.starts_with('@') => {
            let name = text.trim_start_matches('@');
            TimeZone::get(name).map(|_| Some(name.to_owned())).map_err(|_| NO_LITERAL)
        }
        _ => {
            let (sign, rest) = text.split_at(1);
            let (hours, minutes) = rest.split_once(':').ok_or(NO_LITERAL)?;
            if hours.len() != 2 {
                return Err(NO_LITERAL);
            }
            if minutes != "00" {
                return Err(reasons::OFFSETS);
            }
            let hours: u8 = hours.parse().map_err(|_| NO_LITERAL)?;
            // The signs of these zones are the other way round.
            let sign = if sign == "+" { '-' } else { '+' };
            if hours > 12 { Err(reasons::OFFSETS) } else { Ok(Some(format!("Etc/GMT{sign}{hours}"))) }
        }
    }
}

/// `P1DT2H`, `-P1Y2M`
pub fn duration(text: &str) -> Found {
    let (negative, body) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let body = body.strip_prefix('P').ok_or(NO_LITERAL)?;
    if body.is_empty() || body.ends_with('T') {
        return Err(NO_LITERAL);
    }
    let sign = if negative { -1 } else { 1 };
    if body.contains(['Y']) || (body.contains('M') && !body.contains('T')) {
        let months = months(body)? * sign;
        return Ok(Typed::new(Type::Months, written_months(months)?));
    }
    let (days, clock) = body.split_once('T').unwrap_or((body, ""));
    let mut micros = 0_i128;
    if parts(days)?.iter().any(|(_, unit)| *unit != 'D') || parts(clock)?.iter().any(|(_, unit)| *unit == 'D') {
        return Err(NO_LITERAL);
    }
    for (number, unit) in parts(days)?.into_iter().chain(parts(clock)?) {
        let scale: i128 = match unit {
            'D' => 86_400_000_000,
            'H' => 3_600_000_000,
            'M' => 60_000_000,
            'S' => 1_000_000,
            _ => return Err(NO_LITERAL),
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        micros += whole.parse::<i128>().map_err(|_| NO_LITERAL)? * scale;
        if number.contains('.') {
            let digits = u32::try_from(fraction.len()).map_err(|_| NO_LITERAL)?;
            let part = fraction.parse::<i128>().map_err(|_| NO_LITERAL)? * scale;
            let by = 10_i128.pow(digits);
            if part % by != 0 {
                return Err(reasons::NANOSECONDS);
            }
            micros += part / by;
        }
    }
    Ok(Typed::new(Type::Duration, spelling::duration(micros * sign)?))
}

fn parts(text: &str) -> Result<Vec<(&str, char)>, &'static str> {
    let (mut rest, mut found) = (text, Vec::new());
    while !rest.is_empty() {
        let end = rest.find(|char: char| !char.is_ascii_digit() && char != '.').ok_or(NO_LITERAL)?;
        let unit = rest.get(end..).and_then(|rest| rest.chars().next()).ok_or(NO_LITERAL)?;
        found.push((rest.get(..end).ok_or(NO_LITERAL)?, unit));
        rest = rest.get(end + unit.len_utf8()..).unwrap_or_default();
    }
    Ok(found)
}

fn months(body: &str) -> Result<i128, &'static str> {
    let mut months = 0;
    for (number, unit) in parts(body)? {
        let number: i128 = number.parse().map_err(|_| NO_LITERAL)?;
        months += match unit {
            'Y' => number * 12,
            'M' => number,
            _ => return Err("not applicable: calendar and exact lengths do not mix"),
        };
    }
    Ok(months)
}

/// A length of so many months.
pub fn written_months(months: i128) -> Result<String, &'static str> {
    if months.abs() > i128::from(i32::MAX) {
        return Err(reasons::BEYOND);
    }
    Ok(match months {
        0 => "(1 month - 1 month)".to_owned(),
        months if months < 0 => format!("(-({} months))", -months),
        months => format!("{months} months"),
    })
}

/// Whether a duration literal is of whole days.
pub fn whole_days(text: &str) -> Option<i128> {
    let inner = text.trim_start_matches("(-(").trim_end_matches(')');
    let seconds: i128 = inner.strip_suffix(" seconds")?.parse().ok()?;
    let days = (seconds % 86_400 == 0).then_some(seconds / 86_400)?;
    Some(if text.starts_with("(-(") { -days } else { days })
}
