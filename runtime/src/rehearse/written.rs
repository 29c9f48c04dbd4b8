//! Values as a policy writes them, so that what is printed of a test can be pasted into one.

use opportune_plan::{Constant, Element, Schema, Type};

use crate::template::decimals;
use crate::time::{Zone, date_of_days};
use crate::value::Value;

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

/// Words that stand for themselves where a value is written.
const RESERVED: [&str; 22] = [
    "and", "or", "else", "then", "when", "where", "in", "is", "between", "contains", "overlaps", "not", "if", "true",
    "false", "missing", "known", "this", "previous", "next", "now", "today",
];

/// Writes values.
#[derive(Clone, Copy, Debug)]
pub struct Writing<'a> {
    schema: &'a Schema,
    zone: &'a Zone,
}

impl<'a> Writing<'a> {
    /// By a schema's lists, moments on the clocks of a zone.
    pub fn new(schema: &'a Schema, zone: &'a Zone) -> Self {
        Self { schema, zone }
    }

    /// A constant.
    pub fn constant(&self, constant: &Constant) -> String {
        match (constant, Value::plain(constant)) {
            (Constant::Zone(name), _) => quoted(name),
            (_, Some(value)) => self.value(constant.ty(), value),
            (_, None) => String::new(),
        }
    }

    /// A moment, on the clocks of the zone.
    pub fn moment(&self, instant: i64) -> String {
        match self.zone.local(instant) {
            Some((date, micros)) => format!("{} {}", day(date), time(micros)),
            None => String::new(),
        }
    }

    /// A value of a type.
    pub(crate) fn value(&self, ty: Type, value: Value<'_>) -> String {
        match value {
            Value::Bool(value) => value.to_string(),
            Value::Int(value) => value.to_string(),
            Value::Number(value) => value.get().to_string(),
            Value::Money(micros) => match ty {
                Type::Money(currency) => format!("{} {currency}", amount(micros, decimals(currency))),
                _ => amount(micros, 2),
            },
            Value::Text(text) => quoted(text),
            Value::Choice(at) => self.choice(ty, at),
            Value::Date(date) => day(date),
            Value::Time(micros) => time(micros),
            Value::Instant(instant) => self.moment(instant),
            Value::Duration(micros) => duration(micros),
            Value::Days(days) => counted(days, "day"),
            Value::Months(months) => counted(months, "month"),
            Value::Zone(zone) => quoted(zone.name()),
            Value::Place(place) => format!("place({}, {})", place.latitude(), place.longitude()),
            Value::Distance(metres) => format!("{} m", metres.get()),
            Value::Set(set) => {
                let ty = if let Type::Set(element) = ty { Element::ty(element) } else { Type::Text };
                let all: Vec<String> = set.iter().map(|value| self.value(ty, value)).collect();
                format!("[{}]", all.join(", "))
            }
        }
    }

    /// A value of a list: a bare word where it is one.
    fn choice(&self, ty: Type, at: u32) -> String {
        let (Type::OneOf(domain) | Type::Ordered(domain)) = ty else { return String::new() };
        let Some(name) = self.schema.domain(domain).and_then(|domain| domain.variants.get(at as usize)) else {
            return String::new();
        };
        let begins = name.starts_with(|c: char| c.is_ascii_lowercase());
        let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if begins && name.chars().all(is_word) && !RESERVED.contains(&&**name) {
            name.to_string()
        } else {
            quoted(name)
        }
    }
}

/// A text in quotes.
fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// `2026-11-20`
fn day(date: i32) -> String {
    date_of_days(date).map_or_else(String::new, |day| format!("{:04}-{:02}-{:02}", day.year(), day.month(), day.day()))
}

/// `18:00`, with seconds where there are any.
fn time(micros: i64) -> String {
    let (hours, minutes, seconds) = (micros / HOUR, micros % HOUR / MINUTE, micros % MINUTE / SECOND);
    if seconds == 0 { format!("{hours:02}:{minutes:02}") } else { format!("{hours:02}:{minutes:02}:{seconds:02}") }
}

/// `20`, `4.76`, `0.002`: at least so many decimals where it is not whole.
fn amount(micros: i64, decimals: u8) -> String {
    let sign = if micros < 0 { "-" } else { "" };
    let all = micros.unsigned_abs();
    let (whole, fraction) = (all / 1_000_000, all % 1_000_000);
    if fraction == 0 {
        return format!("{sign}{whole}");
    }
    let mut digits = format!("{fraction:06}");
    while digits.ends_with('0') && digits.len() > usize::from(decimals) {
        digits.pop();
    }
    format!("{sign}{whole}.{digits}")
}

/// In the greatest unit that it is a whole number of.
fn duration(micros: i64) -> String {
    match micros {
        _ if micros % HOUR == 0 => counted(micros / HOUR, "hour"),
        _ if micros % MINUTE == 0 => counted(micros / MINUTE, "minute"),
        _ => counted(micros / SECOND, "second"),
    }
}

fn counted(count: i64, unit: &str) -> String {
    format!("{count} {unit}{}", if matches!(count, 1 | -1) { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use opportune_plan::{Currency, Float};

    use super::*;

    #[test]
    fn values_are_written_as_a_policy_writes_them() {
        let (schema, zone) = (Schema::default(), Zone::get("America/New_York").unwrap());
        let writing = Writing::new(&schema, &zone);
        let usd = Currency::new("USD").unwrap();
        let written = [
            (Constant::Money(usd, 4_760_000), "4.76 USD"),
            (Constant::Money(usd, 20_000_000), "20 USD"),
            (Constant::Money(usd, -500_000), "-0.50 USD"),
            (Constant::Money(usd, 2_000), "0.002 USD"),
            (Constant::Number(Float::new(0.5).unwrap()), "0.5"),
            (Constant::Text("a \"b\"".into()), "\"a \\\"b\\\"\""),
            (Constant::Date(20_000), "2024-10-04"),
            (Constant::Instant(0), "1969-12-31 19:00"),
            (Constant::Duration(90 * MINUTE), "90 minutes"),
            (Constant::Days(1), "1 day"),
            (Constant::Set(Element::Int, [Constant::Int(1), Constant::Int(2)].into()), "[1, 2]"),
        ];
        for (constant, expected) in written {
            assert_eq!(writing.constant(&constant), expected);
        }
    }
}
