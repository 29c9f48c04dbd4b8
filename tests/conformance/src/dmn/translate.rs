//! From FEEL's expressions to Opportune's.
//!
//! Numbers without a fraction are ints. `null` is a missing field of the type that goes with the other operand. A day
//! of FEEL's is 24 hours: exact, but for dates, which move by days. A time of day is moved on a day of its own.

use std::collections::HashMap;

use super::parse::{Expr, Foreign};
use super::temporal;
use crate::{reasons, spelling};

/// The type of a FEEL value, as far as Opportune has it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Type {
    Bool,
    Int,
    Number,
    Text,
    Date,
    Time,
    Instant,
    Duration,
    Months,
    Weekday,
    /// Null, or an operand of no type of its own.
    Null,
}

/// An expression of Opportune and its type.
#[derive(Clone, Debug)]
pub struct Typed {
    pub text: String,
    pub ty: Type,
}

type Found = Result<Typed, &'static str>;

impl Typed {
    pub fn new(ty: Type, text: impl Into<String>) -> Self {
        Self { text: text.into(), ty }
    }
}

/// A value of a test file.
pub fn value(kind: &str, text: &str) -> Found {
    match kind {
        "boolean" => Ok(Typed::new(Type::Bool, text)),
        "decimal" | "double" | "integer" => number(text),
        "string" => Ok(Typed::new(Type::Text, spelling::text(text)?)),
        "date" => temporal::date(text),
        "time" => temporal::time(text),
        "dateTime" => temporal::date_time(text).map(|(found, _)| found),
        "duration" => temporal::duration(text),
        _ => Err(reasons::UNREAD),
    }
}

/// The condition that an expression has the expected value.
pub fn equals(found: &Typed, kind: &str, text: &str) -> Result<String, &'static str> {
    // A text of a temporal value is read back as such a value; months between dates are counted.
    let expected = match (found.ty, kind) {
        (Type::Bool, "boolean") => {
            return Ok(if text == "true" { found.text.clone() } else { format!("not {}", found.text) });
        }
        (Type::Weekday, "string") => Typed::new(Type::Weekday, text.to_lowercase()),
        (Type::Date | Type::Time | Type::Instant | Type::Duration | Type::Months, "string") => {
            let text = text.split_once('@').map_or(text.to_owned(), |(local, zone)| format!("{local}@{zone}"));
            temporal::literal(&text)?.0
        }
        (Type::Int, "duration") => {
            let months = temporal::duration(text)?;
            return Ok(format!("({} = {} / 1 month)", found.text, months.text));
        }
        _ => value(kind, text)?,
    };
    Ok(format!("({} = {})", found.text, expected.text))
}

fn number(text: &str) -> Found {
    let value: f64 = text.parse().map_err(|_| reasons::UNREAD)?;
    match text.parse::<i128>() {
        Ok(whole) => Ok(Typed::new(Type::Int, spelling::int(whole)?)),
        Err(_) => Ok(Typed::new(Type::Number, spelling::number(value)?)),
    }
}

/// Translates one case.
pub struct Translator<'a> {
    inputs: &'a HashMap<String, Result<Typed, &'static str>>,
    zone: Option<String>,
}

impl<'a> Translator<'a> {
    /// With the values that the case gives.
    pub fn new(inputs: &'a HashMap<String, Result<Typed, &'static str>>) -> Self {
        Self { inputs, zone: None }
    }

    /// The zone that the case names, else UTC.
    pub fn zone(&self) -> String {
        self.zone.clone().unwrap_or_else(|| "UTC".to_owned())
    }

    /// Why the expression may have another value on purpose.
    pub fn unless(&self, source: &str) -> Option<&'static str> {
        let temporal = source.contains('T') && (source.contains('@') || source.contains("date"));
        if temporal {
            Some("a local time without a zone is told in the project's zone, and so mixes with moments")
        } else if source.contains('.') || source.contains("**") {
            Some("numbers are doubles, not decimals")
        } else {
            None
        }
    }

    /// Translates an expression.
    pub fn translate(&mut self, expr: &Expr) -> Found {
        match expr {
            Expr::Null => Ok(Typed::new(Type::Null, "no_int")),
            Expr::Bool(value) => Ok(Typed::new(Type::Bool, value.to_string())),
            Expr::Number(text) => number(text),
            Expr::Text(text) => Ok(Typed::new(Type::Text, spelling::text(text)?)),
            Expr::At(text) => self.at(text),
            Expr::Name(name) => self.inputs.get(name).cloned().unwrap_or(Err(reasons::UNBOUND)),
            Expr::List(_) => Err(reasons::LISTS),
            Expr::Foreign(Foreign::Range) => Err(reasons::INTERVALS),
            Expr::Foreign(Foreign::Context) => Err(reasons::STRUCTURES),
            Expr::Foreign(Foreign::Function) => Err(reasons::FUNCTIONS),
            Expr::InstanceOf(_) => Err(reasons::TYPES),
            Expr::Negate(of) => {
                let of = self.translate(of)?;
                Ok(Typed::new(of.ty, format!("(-{})", of.text)))
            }
            Expr::Binary(operator, a, b) => self.binary(operator, a, b),
            Expr::Field(of, name) => self.field(of, name),
            Expr::Call(name, arguments) => self.call(name, arguments),
        }
    }

    fn at(&mut self, text: &str) -> Found {
        let (found, zone) = temporal::literal(text)?;
        self.zone = zone.or(self.zone.take());
        Ok(found)
    }

    fn binary(&mut self, operator: &str, a: &Expr, b: &Expr) -> Found {
        let (mut a, mut b) = (self.translate(a)?, self.translate(b)?);
        if a.ty == Type::Null {
            a = null_beside(operator, b.ty, true);
        }
        if b.ty == Type::Null {
            b = null_beside(operator, a.ty, false);
        }
        if matches!(operator, "=" | "!=" | "<" | "<=" | ">" | ">=") {
            let operator = if operator == "!=" { "is not" } else { operator };
            return Ok(Typed::new(Type::Bool, format!("({} {operator} {})", a.text, b.text)));
        }
        if operator == "**" {
            return Ok(Typed::new(Type::Number, format!("power({}, {})", a.text, b.text)));
        }
        if operator == "+" && matches!(a.ty, Type::Duration | Type::Months) && is_moment(b.ty) {
            std::mem::swap(&mut a, &mut b);
        }
        if let Some(moved) = moved(operator, &a, &b) {
            return Ok(moved);
        }
        if operator == "-"
            && matches!(
                (a.ty, b.ty),
                (Type::Date, Type::Instant) | (Type::Instant, Type::Date) | (Type::Date, Type::Date)
            )
        {
            return Ok(Typed::new(Type::Duration, format!("({} - {})", moment(&a), moment(&b))));
        }
        let ty = result(operator, a.ty, b.ty);
        Ok(Typed::new(ty, format!("({} {operator} {})", a.text, b.text)))
    }

    fn field(&mut self, of: &Expr, name: &str) -> Found {
        let of = self.translate(of)?;
        let part = match name {
            "year" | "month" | "day" | "hour" | "minute" | "second" => name,
            "weekday" => return Err("not applicable: days of the week are no numbers"),
            _ => return Err(reasons::STRUCTURES),
        };
        Ok(Typed::new(Type::Int, format!("{part}({})", of.text)))
    }

    fn call(&mut self, name: &str, arguments: &[(Option<String>, Expr)]) -> Found {
        // An argument may be named where there is one.
        let foreign = |name: &str| !matches!(name, "date" | "from" | "list");
        let named = arguments.iter().any(|(name, _)| name.is_some());
        if named && (arguments.len() > 1 || arguments.iter().any(|(name, _)| name.as_deref().is_some_and(foreign))) {
            return Err(reasons::FUNCTIONS);
        }
        let given: Vec<&Expr> = arguments.iter().map(|(_, value)| value).collect();
        match (name, given.as_slice()) {
            ("string", [of]) => self.text_of(of),
            ("date" | "time" | "date and time" | "duration", [Expr::Text(text)]) => self.literal(name, text),
            ("date", [of]) => self.convert(of, Type::Date),
            ("time", [of]) => self.convert(of, Type::Time),
            ("date and time", [of]) => self.convert(of, Type::Instant),
            ("date", [y, m, d]) => {
                self.written(&[y, m, d], |[y, m, d]| temporal::date(&format!("{y:0>4}-{m:0>2}-{d:0>2}")))
            }
            ("time", [h, m, s]) => {
                self.written(&[h, m, s], |[h, m, s]| temporal::time(&format!("{h:0>2}:{m:0>2}:{s:0>2}")))
            }
            ("time", [h, m, s, Expr::Null]) => {
                self.written(&[h, m, s], |[h, m, s]| temporal::time(&format!("{h:0>2}:{m:0>2}:{s:0>2}")))
            }
            ("time", [_, _, _, _]) => Err(reasons::OFFSETS),
            ("date and time", [day, clock]) => self.joined(day, clock),
            ("years and months duration", [from, to]) => self.between(from, to),
            ("product", [Expr::List(all)]) if !all.is_empty() => self.product(&all.iter().collect::<Vec<_>>()),
            ("product", [_, ..]) => self.product(&given),
            ("day of year" | "week of year" | "month of year" | "day of week", [of]) => self.calendar(name, of),
            ("now" | "today", []) => Ok(Typed::new(if name == "now" { Type::Instant } else { Type::Date }, name)),
            _ => self.unknown(name, &given),
        }
    }

    /// A call that FEEL answers with null: ours does not compile.
    fn unknown(&mut self, name: &str, given: &[&Expr]) -> Found {
        let known = match name {
            "date" | "time" | "product" => name,
            "date and time" => "instant",
            "day of year" => "day_of_year",
            "week of year" => "week",
            "month of year" => "month",
            "day of week" => "weekday",
            "years and months duration" => "months_between",
            "now" | "today" => name,
            "duration" => return Err(reasons::CONVERSIONS),
            _ => return Err(reasons::INTERVALS),
        };
        let given = given.iter().map(|of| self.translate(of).map(|of| of.text)).collect::<Result<Vec<_>, _>>()?;
        Ok(Typed::new(Type::Null, format!("{known}({})", given.join(", "))))
    }

    fn literal(&mut self, name: &str, text: &str) -> Found {
        match name {
            "date" => temporal::date(text),
            "time" => temporal::time(text),
            "duration" => temporal::duration(text),
            _ if !text.contains('T') => temporal::date(text).map(|day| Typed::new(Type::Instant, moment(&day))),
            _ => {
                let (found, zone) = temporal::date_time(text)?;
                self.zone = zone.or(self.zone.take());
                Ok(found)
            }
        }
    }

    /// A text of a value is compared as the value.
    fn text_of(&mut self, of: &Expr) -> Found {
        let of = self.translate(of)?;
        let temporal = matches!(of.ty, Type::Date | Type::Time | Type::Instant | Type::Duration | Type::Months);
        if temporal { Ok(of) } else { Err(reasons::CONVERSIONS) }
    }

    fn convert(&mut self, of: &Expr, to: Type) -> Found {
        let of = self.translate(of)?;
        match (of.ty, to) {
            (ty, to) if ty == to => Ok(of),
            (Type::Null, Type::Date) => Ok(Typed::new(to, "date(no_instant)")),
            (Type::Null, Type::Time) => Ok(Typed::new(to, "time(no_instant)")),
            (Type::Null, _) => Ok(Typed::new(to, "instant(no_date, 00:00)")),
            (Type::Date, Type::Instant) => Ok(Typed::new(to, moment(&of))),
            (Type::Date, Type::Time) => Ok(Typed::new(to, format!("time({})", moment(&of)))),
            (_, Type::Date) => Ok(Typed::new(to, format!("date({})", of.text))),
            (_, Type::Time) => Ok(Typed::new(to, format!("time({})", of.text))),
            _ => Ok(Typed::new(to, format!("instant({}, 00:00)", of.text))),
        }
    }

    /// A date or time of numbers that are written out.
    fn written<const N: usize>(&mut self, parts: &[&Expr; N], make: impl Fn([String; N]) -> Found) -> Found {
        let mut written = [const { String::new() }; N];
        for (slot, part) in written.iter_mut().zip(parts) {
            match part {
                Expr::Number(number) => slot.clone_from(number),
                Expr::Name(name) => match self.inputs.get(name) {
                    Some(Ok(value)) => slot.clone_from(&value.text),
                    _ => return Err(reasons::UNBOUND),
                },
                _ => {
                    return Err("not applicable: dates and times are written as literals, not put together of numbers");
                }
            }
        }
        make(written)
    }

    fn joined(&mut self, day: &Expr, clock: &Expr) -> Found {
        let (day, clock) = (self.translate(day)?, self.translate(clock)?);
        let day = if day.ty == Type::Instant { format!("date({})", day.text) } else { day.text };
        let (day, clock) = (
            if day == "no_int" { "no_date".to_owned() } else { day },
            if clock.ty == Type::Null { "no_time".to_owned() } else { clock.text },
        );
        Ok(Typed::new(Type::Instant, format!("instant({day}, {clock})")))
    }

    fn between(&mut self, from: &Expr, to: &Expr) -> Found {
        let mut day = |of: &Expr| {
            let of = self.translate(of)?;
            Ok(match of.ty {
                Type::Instant => format!("date({})", of.text),
                Type::Null => "no_date".to_owned(),
                _ => of.text,
            })
        };
        let (from, to) = (day(from)?, day(to)?);
        Ok(Typed::new(Type::Int, format!("months_between({from}, {to})")))
    }

    fn product(&mut self, all: &[&Expr]) -> Found {
        let parts = all.iter().map(|of| self.translate(of).map(|of| of.text)).collect::<Result<Vec<_>, _>>()?;
        Ok(Typed::new(Type::Number, format!("({})", parts.join(" * "))))
    }

    fn calendar(&mut self, name: &str, of: &Expr) -> Found {
        let of = self.translate(of)?;
        let at = if of.ty == Type::Null { "no_date" } else { &of.text };
        Ok(match name {
            "day of year" => Typed::new(Type::Int, format!("day_of_year({at})")),
            "week of year" => Typed::new(Type::Int, format!("week({at})")),
            "day of week" => Typed::new(Type::Weekday, format!("weekday({at})")),
            _ => Typed::new(Type::Int, format!("month({at})")),
        })
    }
}

fn is_moment(ty: Type) -> bool {
    matches!(ty, Type::Date | Type::Time | Type::Instant)
}

/// The first moment of a date; an instant as it is.
fn moment(of: &Typed) -> String {
    let is_literal = of.text.chars().all(|char| char.is_ascii_digit() || char == '-');
    match of.ty {
        // A date of FEEL's begins in UTC.
        Type::Date if is_literal => format!("{} 00:00 UTC", of.text),
        Type::Date => format!("instant({}, 00:00)", of.text),
        _ => of.text.clone(),
    }
}

/// A date, time or instant moved by a length of time.
fn moved(operator: &str, at: &Typed, by: &Typed) -> Option<Typed> {
    if !matches!(operator, "+" | "-") || !is_moment(at.ty) {
        return None;
    }
    let text = match (at.ty, by.ty) {
        (Type::Date | Type::Instant, Type::Months) | (Type::Instant, Type::Duration) => {
            format!("({} {operator} {})", at.text, by.text)
        }
        (Type::Date, Type::Duration) => match temporal::whole_days(&by.text) {
            Some(days) if days < 0 => format!("({} {operator} (-({} days)))", at.text, -days),
            Some(days) if days > 0 => format!("({} {operator} {days} days)", at.text),
            _ => format!("date({} {operator} {})", moment(at), by.text),
        },
        (Type::Time, Type::Duration) => format!("time(instant(2000-01-03, {}) {operator} {})", at.text, by.text),
        _ => return None,
    };
    Some(Typed::new(at.ty, text))
}

/// The missing value that may stand beside a type.
fn null_beside(operator: &str, other: Type, first: bool) -> Typed {
    let (ty, text) = match (operator, other) {
        ("+", Type::Date | Type::Instant) | ("-", Type::Date | Type::Instant) if !first => (Type::Months, "no_months"),
        ("+", Type::Date | Type::Instant) => (Type::Months, "no_months"),
        ("+" | "-", Type::Time) => (Type::Duration, "no_duration"),
        ("*" | "/", Type::Duration) if !(first && operator == "/") => (Type::Number, "no_number"),
        ("*", Type::Months) => (Type::Int, "no_int"),
        (_, Type::Duration) => (Type::Duration, "no_duration"),
        (_, Type::Months) => (Type::Months, "no_months"),
        ("-", Type::Date) => (Type::Date, "no_date"),
        ("-", Type::Instant) => (Type::Instant, "no_instant"),
        (_, Type::Number) => (Type::Number, "no_number"),
        (_, Type::Text) => (Type::Text, "no_text"),
        (_, Type::Bool) => (Type::Bool, "no_bool"),
        _ => (Type::Int, "no_int"),
    };
    Typed::new(ty, text)
}

fn result(operator: &str, a: Type, b: Type) -> Type {
    match (operator, a, b) {
        ("-", Type::Instant, Type::Instant) | ("-", Type::Time, Type::Time) => Type::Duration,
        ("/", a, b) if a == b => Type::Number,
        ("*", Type::Int | Type::Number, other) => other,
        ("+" | "-" | "*" | "/", a, _) => a,
        _ => Type::Number,
    }
}
