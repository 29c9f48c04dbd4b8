//! Values as people read them, in English.

use std::fmt::Write;

use opportune_plan::{Builtin, Format, Node, Op, Schema, Type};

use super::currency;
use crate::builtin::number;
use crate::time::{Zone, date_of_days};
use crate::value::Value;

const MICROS: i64 = 1_000_000;
const MINUTE: i64 = 60 * MICROS;
const HOUR: i64 = 60 * MINUTE;

/// The most decimals of a number whose decimals are not said.
const PLAIN_DECIMALS: u8 = 6;
/// The most decimals of a percentage.
const PERCENT_DECIMALS: u8 = 2;

/// How the value of a hole is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hole {
    ty: Type,
    format: Format,
    /// Whether it is a year, which has no thousands.
    is_year: bool,
}

impl Hole {
    pub(super) fn new(node: &Node, format: Format) -> Self {
        Self { ty: node.ty, format, is_year: matches!(node.op, Op::Call(Builtin::Year, _)) }
    }

    /// Appends the value; none where it has no writing, such as an instant without a zone.
    pub(super) fn write(self, out: &mut String, schema: &Schema, value: Value<'_>, zone: Option<&Zone>) -> Option<()> {
        match (value, self.ty) {
            (Value::Int(value), _) if self.is_year && self.format == Format::Plain => out.push_str(&value.to_string()),
            (Value::Int(value), _) => out.push_str(&int(value, self.format)),
            (Value::Number(value), _) => out.push_str(&double(value.get(), self.format)),
            (Value::Money(micros), Type::Money(of)) => {
                let decimals = match self.format {
                    Format::Whole => 0,
                    Format::Decimals(decimals) => decimals,
                    _ => currency::decimals(of),
                };
                out.push_str(&amount(micros, decimals));
                out.push(' ');
                out.push_str(of.as_str());
            }
            (Value::Date(date), _) => day(out, date, self.format)?,
            (Value::Instant(instant), _) => moment(out, zone?.local(instant)?, self.format)?,
            (Value::Time(micros), _) => out.push_str(&time(micros)),
            (Value::Distance(metres), _) => out.push_str(&distance(metres.get(), self.format)),
            (value, ty) => out.push_str(&plain(schema, ty, value)?),
        }
        Some(())
    }
}

/// The member of a family: ints without thousands, so that they are what the data has.
pub(super) fn member(schema: &Schema, ty: Type, value: Value<'_>) -> String {
    match value {
        Value::Int(value) => value.to_string(),
        value => plain(schema, ty, value).unwrap_or_default(),
    }
}

/// What is written in one way only.
fn plain(schema: &Schema, ty: Type, value: Value<'_>) -> Option<String> {
    Some(match value {
        Value::Bool(value) => if value { "yes" } else { "no" }.to_owned(),
        Value::Int(value) => int(value, Format::Plain),
        Value::Text(text) => text.to_owned(),
        Value::Choice(at) => {
            let (Type::OneOf(domain) | Type::Ordered(domain)) = ty else { return None };
            schema.domain(domain)?.variants.get(at as usize)?.to_string()
        }
        Value::Duration(micros) => duration(micros),
        Value::Days(days) => counted(days, "day"),
        Value::Months(months) => counted(months, "month"),
        Value::Zone(zone) => zone.name().to_owned(),
        Value::Place(place) => format!("{}, {}", place.latitude(), place.longitude()),
        Value::Set(set) => {
            let Type::Set(element) = ty else { return None };
            let all: Option<Vec<String>> = set.iter().map(|value| plain(schema, element.ty(), value)).collect();
            listed(&all?)
        }
        _ => return None,
    })
}

/// `a, b and c`.
fn listed(all: &[String]) -> String {
    match all {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// `1 day`, `3 days`.
fn counted(count: i64, unit: &str) -> String {
    let plural = if matches!(count, 1 | -1) { "" } else { "s" };
    format!("{} {unit}{plural}", grouped(&count.to_string()))
}

/// `1 hour and 30 minutes`; seconds with their fraction.
fn duration(micros: i64) -> String {
    let sign = if micros < 0 { "-" } else { "" };
    let all = i128::from(micros).unsigned_abs();
    let [hour, minute, second] = [HOUR, MINUTE, MICROS].map(|unit| i128::from(unit).unsigned_abs());
    let (hours, minutes, rest) = (all / hour, all % hour / minute, all % minute);
    let mut parts = Vec::new();
    let unit = |count: u128, name: &str| {
        format!("{} {name}{}", grouped(&count.to_string()), if count == 1 { "" } else { "s" })
    };
    if hours > 0 {
        parts.push(unit(hours, "hour"));
    }
    if minutes > 0 {
        parts.push(unit(minutes, "minute"));
    }
    if rest > 0 || parts.is_empty() {
        let fraction = format!("{:06}", rest % second);
        let fraction = fraction.trim_end_matches('0');
        parts.push(match fraction {
            "" => unit(rest / second, "second"),
            fraction => format!("{}.{fraction} seconds", rest / second),
        });
    }
    format!("{sign}{}", listed(&parts))
}

fn int(value: i64, format: Format) -> String {
    match format {
        Format::Decimals(decimals @ 1..) => format!("{}.{}", grouped(&value.to_string()), "0".repeat(decimals.into())),
        Format::Percent => format!("{}%", grouped(&(i128::from(value) * 100).to_string())),
        _ => grouped(&value.to_string()),
    }
}

fn double(value: f64, format: Format) -> String {
    match format {
        Format::Whole => fixed(value, 0),
        Format::Decimals(decimals) => fixed(value, decimals),
        Format::Percent => format!("{}%", trimmed(value * 100.0, PERCENT_DECIMALS)),
        _ => trimmed(value, PLAIN_DECIMALS),
    }
}

/// A number to so many decimals: what `round(x, n)` gives, all of them written.
fn fixed(value: f64, decimals: u8) -> String {
    // Beyond the doubles that have fractions, the product may overflow: there is nothing to round.
    let rounded = number::round_to(value, decimals).map_or(value, |rounded| rounded.get());
    let text = format!("{rounded:.*}", usize::from(decimals));
    let is_zero = text.bytes().all(|byte| matches!(byte, b'-' | b'0' | b'.'));
    grouped(if is_zero { text.trim_start_matches('-') } else { &text })
}

/// A number to at most so many decimals, without zeros at its end.
fn trimmed(value: f64, decimals: u8) -> String {
    let text = fixed(value, decimals);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// Millionths to so many decimals, rounded half to even.
fn amount(micros: i64, decimals: u8) -> String {
    let kept = u32::from(decimals.min(6));
    let by = 10_i128.pow(6 - kept);
    let (floor, rest) = (i128::from(micros).div_euclid(by), i128::from(micros).rem_euclid(by));
    let rounded = match (rest * 2).cmp(&by) {
        std::cmp::Ordering::Less => floor,
        std::cmp::Ordering::Greater => floor + 1,
        std::cmp::Ordering::Equal => floor + floor.rem_euclid(2),
    };
    let (sign, all) = (if rounded < 0 { "-" } else { "" }, rounded.unsigned_abs());
    let one = 10_u128.pow(kept);
    let whole = format!("{sign}{}", grouped(&(all / one).to_string()));
    if kept == 0 { whole } else { format!("{whole}.{:0width$}", all % one, width = kept as usize) }
}

/// Metres below a kilometre, then kilometres to a tenth.
fn distance(metres: f64, format: Format) -> String {
    match format {
        Format::Whole | Format::Decimals(_) => format!("{} km", double(metres / 1_000.0, format)),
        _ if fixed(metres.abs(), 0).len() <= 3 => format!("{} m", trimmed(metres, 0)),
        _ => format!("{} km", trimmed(metres / 1_000.0, 1)),
    }
}

/// `20 November 2026`, or a part of it.
fn day(out: &mut String, date: i32, format: Format) -> Option<()> {
    let civil = date_of_days(date)?;
    // Writing to a string cannot fail.
    let _ = match format {
        Format::Iso => write!(out, "{:04}-{:02}-{:02}", civil.year(), civil.month(), civil.day()),
        Format::Weekday => write!(out, "{}", civil.strftime("%A")),
        Format::Month => write!(out, "{}", civil.strftime("%B")),
        Format::DayAndMonth => write!(out, "{}", civil.strftime("%-d %B")),
        _ => write!(out, "{} {}", civil.strftime("%-d %B"), civil.year()),
    };
    Some(())
}

/// `20 November 2026, 18:00`, or a part of it.
fn moment(out: &mut String, (date, micros): (i32, i64), format: Format) -> Option<()> {
    match format {
        Format::Time => out.push_str(&time(micros)),
        Format::Plain => {
            day(out, date, Format::Date)?;
            out.push_str(", ");
            out.push_str(&time(micros));
        }
        _ => day(out, date, format)?,
    }
    Some(())
}

/// `18:00`; seconds are left out.
fn time(micros: i64) -> String {
    format!("{:02}:{:02}", micros.div_euclid(HOUR), micros.rem_euclid(HOUR) / MINUTE)
}

/// Digits with a comma before each three of the whole part.
fn grouped(text: &str) -> String {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("-", digits));
    let (whole, fraction) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let mut out = String::with_capacity(text.len() + whole.len() / 3);
    out.push_str(sign);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out.push_str(fraction);
    out
}
