//! How values are written in Opportune.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::reasons;

/// A text literal.
pub(crate) fn text(value: &str) -> Result<String, &'static str> {
    let mut written = String::from("\"");
    for char in value.chars() {
        match char {
            '"' => written.push_str("\\\""),
            '\\' => written.push_str("\\\\"),
            '\n' => written.push_str("\\n"),
            '\t' => written.push_str("\\t"),
            char if char.is_control() => return Err("not applicable: control characters in a policy are refused"),
            char => written.push(char),
        }
    }
    written.push('"');
    Ok(written)
}

/// An integer literal; a negative one in brackets.
pub(crate) fn int(value: i128) -> Result<String, &'static str> {
    match i64::try_from(value) {
        // The least integer has no positive counterpart to negate.
        Ok(i64::MIN) => Ok("(-9223372036854775807 - 1)".to_owned()),
        Ok(value) if value < 0 => Ok(format!("({value})")),
        Ok(value) => Ok(value.to_string()),
        Err(_) => Err(reasons::BEYOND),
    }
}

/// A number literal, with a point so that it is no int; a negative one in brackets.
pub(crate) fn number(value: f64) -> Result<String, &'static str> {
    if !value.is_finite() {
        return Err(reasons::BEYOND);
    }
    let written = value.abs().to_string();
    let written = if written.contains('.') { written } else { format!("{written}.0") };
    Ok(if value < 0.0 { format!("(-{written})") } else { written })
}

/// An instant literal in UTC.
pub(crate) fn instant(at: Timestamp) -> Result<String, &'static str> {
    if at.subsec_nanosecond() % 1_000 != 0 {
        return Err(reasons::NANOSECONDS);
    }
    let local = TimeZone::UTC.to_datetime(at);
    local_time(local, "UTC").map(|(whole, micros)| match micros {
        0 => whole,
        micros => format!("({whole} + {})", duration_of(i128::from(micros))),
    })
}

/// A local time to the second with its zone, and the microseconds beyond.
fn local_time(local: DateTime, zone: &str) -> Result<(String, i32), &'static str> {
    if !(1..=9999).contains(&local.year()) {
        return Err(reasons::YEARS);
    }
    let (date, time) = (local.date(), local.time());
    let written = format!(
        "{:04}-{:02}-{:02} {:02}:{:02}:{:02} {zone}",
        date.year(),
        date.month(),
        date.day(),
        time.hour(),
        time.minute(),
        time.second()
    );
    Ok((written, time.subsec_nanosecond() / 1_000))
}

/// An exact duration of so many microseconds.
pub(crate) fn duration(micros: i128) -> Result<String, &'static str> {
    i64::try_from(micros).map_err(|_| reasons::BEYOND)?;
    Ok(duration_of(micros))
}

fn duration_of(micros: i128) -> String {
    let (seconds, rest) = (micros / 1_000_000, micros % 1_000_000);
    let one = |count: i128, unit: &str| match count {
        0 => None,
        count if count < 0 => Some(format!("(-({} {unit}))", -count)),
        count => Some(format!("{count} {unit}")),
    };
    // A second times a double is exact for so few microseconds.
    let rest = (rest != 0).then(|| format!("1 second * ({:?})", rest as f64 / 1e6));
    match (one(seconds, "seconds"), rest) {
        (Some(whole), Some(rest)) => format!("({whole} + {rest})"),
        (None, Some(rest)) => format!("({rest})"),
        (Some(whole), None) => whole,
        (None, None) => "(1 second - 1 second)".to_owned(),
    }
}
