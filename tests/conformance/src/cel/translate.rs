//! From CEL's expressions to Opportune's. Literals carry the types; a variable is replaced by what it is bound to.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::parse::Expr;
use crate::{reasons, spelling};

/// The type of a CEL value, as far as Opportune has it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Type {
    Bool,
    Int,
    /// Unsigned: an int that CEL keeps from falling below zero.
    Uint,
    Double,
    Text,
    Timestamp,
    Duration,
}

/// An expression of Opportune and its CEL type.
#[derive(Clone, Debug)]
pub struct Typed {
    pub text: String,
    pub ty: Type,
}

type Found = Result<Typed, &'static str>;

impl Typed {
    fn new(ty: Type, text: impl Into<String>) -> Self {
        Self { text: text.into(), ty }
    }

    pub fn bool(value: bool) -> Self {
        Self::new(Type::Bool, value.to_string())
    }

    pub fn int(value: i128) -> Found {
        Ok(Self::new(Type::Int, spelling::int(value)?))
    }

    pub fn uint(value: i128) -> Found {
        Ok(Self::new(Type::Uint, spelling::int(value)?))
    }

    pub fn double(value: f64) -> Found {
        Ok(Self::new(Type::Double, spelling::number(value)?))
    }

    pub fn string(value: &str) -> Found {
        Ok(Self::new(Type::Text, spelling::text(value)?))
    }

    pub fn duration(micros: i128) -> Found {
        Ok(Self::new(Type::Duration, spelling::duration(micros)?))
    }

    pub fn timestamp(micros: i128) -> Found {
        let micros = i64::try_from(micros).map_err(|_| reasons::YEARS)?;
        let at = Timestamp::from_microsecond(micros).map_err(|_| reasons::YEARS)?;
        Ok(Self::new(Type::Timestamp, spelling::instant(at)?))
    }
}

/// Translates one case.
pub struct Translator {
    bound: Vec<(String, Typed)>,
    /// The zone that the case tells local times in.
    zone: Option<String>,
}

impl Translator {
    /// With the variables of the case.
    pub fn new(bound: Vec<(String, Typed)>) -> Self {
        Self { bound, zone: None }
    }

    /// The zone of the case.
    pub fn zone(&self) -> String {
        self.zone.clone().unwrap_or_else(|| "UTC".to_owned())
    }

    /// Translates an expression.
    pub fn translate(&mut self, expr: &Expr) -> Found {
        match expr {
            Expr::Bool(value) => Ok(Typed::bool(*value)),
            Expr::Int(value) => Typed::int(*value),
            Expr::Uint(value) => match i64::try_from(*value) {
                Ok(value) => Typed::uint(i128::from(value)),
                // Beyond the ints there are only numbers.
                Err(_) => Typed::double(*value as f64),
            },
            Expr::Double(value) => Typed::double(*value),
            Expr::Text(value) => Typed::string(value),
            Expr::Bytes => Err(reasons::BYTES),
            Expr::Null => Err("not applicable: a value is missing or there; there is no null to compare with"),
            Expr::Index(list, index) => match (&**list, &**index) {
                // A list that is written out has its values where they are written.
                (Expr::List(list), Expr::Int(at)) => {
                    let item = usize::try_from(*at).ok().and_then(|at| list.get(at));
                    item.map_or(Err(reasons::LISTS), |item| self.translate(item))
                }
                _ => Err(reasons::LISTS),
            },
            Expr::List(_) => Err(reasons::LISTS),
            Expr::Field(of, name) => unset(of, name),
            Expr::Map(_) | Expr::Message { .. } => Err(reasons::STRUCTURES),
            Expr::Name(name) => self.name(name),
            Expr::Not(of) => Ok(Typed::new(Type::Bool, format!("(not {})", self.translate(of)?.text))),
            Expr::Negate(of) => {
                let of = self.translate(of)?;
                if of.ty == Type::Uint {
                    return Err("not applicable: ints have no unsigned kind");
                }
                Ok(Typed::new(of.ty, format!("(-{})", of.text)))
            }
            Expr::If(condition, yes, no) => {
                let (condition, yes, no) = (self.translate(condition)?, self.translate(yes)?, self.translate(no)?);
                Ok(Typed::new(yes.ty, format!("(if {} then {} else {})", condition.text, yes.text, no.text)))
            }
            // Nothing equals null but what is not there.
            Expr::Binary(operator @ ("==" | "!="), a, b) if matches!(**a, Expr::Null) || matches!(**b, Expr::Null) => {
                let of = match (&**a, &**b) {
                    (Expr::Null, Expr::Null) => Typed::new(Type::Int, "no_int"),
                    (Expr::Null, of) | (of, _) => self.translate(of)?,
                };
                let word = if *operator == "==" { "is missing" } else { "is known" };
                Ok(Typed::new(Type::Bool, format!("({} {word})", of.text)))
            }
            Expr::Binary("in", value, list) => self.is_in(value, list),
            Expr::Binary(operator @ ("==" | "!="), a, b) if matches!((&**a, &**b), (Expr::List(_), Expr::List(_))) => {
                self.lists(operator, a, b)
            }
            Expr::Binary(operator @ ("<" | "<=" | ">" | ">="), a, b)
                if matches!((&**a, &**b), (Expr::List(_), Expr::List(_))) =>
            {
                // Lists have no order in either language.
                let (a, b) = (self.written(a)?, self.written(b)?);
                Ok(Typed::new(Type::Bool, format!("({a} {operator} {b})")))
            }
            Expr::Binary(operator, a, b) => self.binary(operator, a, b),
            Expr::Call { method, name, arguments } => self.call(*method, name, arguments),
        }
    }

    fn name(&self, name: &str) -> Found {
        let types = [
            "bool",
            "bytes",
            "double",
            "duration",
            "int",
            "list",
            "map",
            "null_type",
            "string",
            "timestamp",
            "type",
            "uint",
        ];
        let bound = self.bound.iter().rev().find(|(bound, _)| bound == name);
        match bound {
            Some((_, value)) => Ok(value.clone()),
            None if types.contains(&name) || name == "google" => Err(reasons::TYPES),
            // What is not declared does not compile.
            None => Ok(Typed::new(Type::Bool, name)),
        }
    }

    /// `x in [a, b]`: the values of a list are constants of one type.
    fn is_in(&mut self, value: &Expr, list: &Expr) -> Found {
        let list = items(list)?;
        let value = self.translate(value)?;
        let list = list.iter().map(|item| self.translate(item)).collect::<Result<Vec<_>, _>>()?;
        if list.is_empty() {
            return Err("differs: an empty list after `in` does not compile, for it says nothing");
        }
        let all: Vec<String> = list.into_iter().map(|item| item.text).collect();
        Ok(Typed::new(Type::Bool, format!("({} in [{}])", value.text, all.join(", "))))
    }

    /// A list as it is written.
    fn written(&mut self, list: &Expr) -> Result<String, &'static str> {
        let items = items(list)?.into_iter().map(|item| self.translate(item).map(|item| item.text));
        Ok(format!("[{}]", items.collect::<Result<Vec<_>, _>>()?.join(", ")))
    }

    /// Lists of one length that are written out are equal where each pair of their values is.
    fn lists(&mut self, operator: &str, a: &Expr, b: &Expr) -> Found {
        let (Expr::List(a), Expr::List(b)) = (a, b) else { return Err(reasons::LISTS) };
        if a.len() != b.len() || a.is_empty() {
            return Err(reasons::LISTS);
        }
        let pair = |(a, b): (&Expr, &Expr)| self.binary("==", a, b).map(|pair| pair.text);
        let pairs = a.iter().zip(b).map(pair).collect::<Result<Vec<_>, _>>()?.join(" and ");
        Ok(Typed::new(Type::Bool, if operator == "==" { format!("({pairs})") } else { format!("(not ({pairs}))") }))
    }

    fn binary(&mut self, operator: &str, a: &Expr, b: &Expr) -> Found {
        let (a, b) = (self.translate(a)?, self.translate(b)?);
        let infix = |ty, word: &str| Ok(Typed::new(ty, format!("({} {word} {})", a.text, b.text)));
        let whole = |ty: Type| matches!(ty, Type::Int | Type::Uint);
        match operator {
            "&&" => infix(Type::Bool, "and"),
            "||" => infix(Type::Bool, "or"),
            "==" => infix(Type::Bool, "="),
            "!=" => infix(Type::Bool, "is not"),
            "<" | "<=" | ">" | ">=" => infix(Type::Bool, operator),
            "/" if whole(a.ty) => Ok(Typed::new(a.ty, format!("quotient({}, {})", a.text, b.text))),
            "%" => Ok(Typed::new(a.ty, format!("remainder({}, {})", a.text, b.text))),
            "+" if a.ty == Type::Text => Err(reasons::JOINING),
            "-" if a.ty == Type::Uint => unsigned(infix(Type::Uint, "-")?),
            "+" if a.ty == Type::Duration && b.ty == Type::Timestamp => {
                Ok(Typed::new(Type::Timestamp, format!("({} + {})", b.text, a.text)))
            }
            "-" if a.ty == Type::Timestamp && b.ty == Type::Timestamp => infix(Type::Duration, "-"),
            "+" | "-" | "*" | "/" => infix(a.ty, operator),
            _ => Err(reasons::UNREAD),
        }
    }

    fn call(&mut self, method: bool, name: &str, arguments: &[Expr]) -> Found {
        match (method, name, arguments) {
            (false, "dyn", [of]) => self.translate(of),
            (false, "timestamp", [Expr::Text(text)]) => timestamp(text),
            (false, "duration", [Expr::Text(text)]) => duration(text),
            (_, "size", [Expr::List(_) | Expr::Map(_)]) => Err(reasons::LISTS),
            (_, "size", [of]) => Ok(Typed::new(Type::Int, format!("length({})", self.translate(of)?.text))),
            (true, "startsWith" | "endsWith" | "contains", [of, part @ Expr::Text(_)]) => {
                let word = match name {
                    "startsWith" => "starts with",
                    "endsWith" => "ends with",
                    _ => "contains",
                };
                let (of, part) = (self.translate(of)?, self.translate(part)?);
                Ok(Typed::new(Type::Bool, format!("({} {word} {})", of.text, part.text)))
            }
            (_, "matches", _) => Err(reasons::PATTERNS),
            (false, "type", _) => Err(reasons::TYPES),
            (false, "bytes" | "string" | "bool", _) => Err(reasons::CONVERSIONS),
            (false, "int" | "uint" | "double" | "timestamp" | "duration", [of]) => self.convert(name, of),
            (true, "exists" | "all" | "exists_one", [of, Expr::Name(variable), condition]) => {
                self.over_list(name, of, variable, condition)
            }
            (true, "filter" | "map", _) => Err(reasons::LISTS),
            (false, "has", _) => Err(reasons::STRUCTURES),
            (true, part, [of, zone @ ..]) => self.part(part, of, zone),
            (false, ..) if name.contains("unknown") => {
                let all =
                    arguments.iter().map(|of| self.translate(of).map(|of| of.text)).collect::<Result<Vec<_>, _>>()?;
                Ok(Typed::new(Type::Bool, format!("{name}({})", all.join(", "))))
            }
            _ => Err(reasons::UNBOUND),
        }
    }

    fn convert(&mut self, name: &str, of: &Expr) -> Found {
        let of = self.translate(of)?;
        let text = &of.text;
        match (name, of.ty) {
            ("int", Type::Int) | ("uint", Type::Uint) | ("double", Type::Double) => Ok(of),
            ("timestamp", Type::Timestamp) | ("duration", Type::Duration) => Ok(of),
            ("int", Type::Uint) => Ok(Typed::new(Type::Int, of.text)),
            ("uint", Type::Int) => unsigned(Typed::new(Type::Uint, of.text)),
            ("int", Type::Double) => {
                Ok(Typed::new(Type::Int, format!("(if {text} < 0 then ceil({text}) else floor({text}))")))
            }
            ("uint", Type::Double) => unsigned(Typed::new(Type::Uint, format!("floor({text})"))),
            ("double", Type::Int | Type::Uint) => Ok(Typed::new(Type::Double, format!("({text} + 0.0)"))),
            ("int", Type::Timestamp) => {
                Ok(Typed::new(Type::Int, format!("floor(({text} - 1970-01-01 00:00 UTC) / 1 second)")))
            }
            _ => Err(reasons::CONVERSIONS),
        }
    }

    /// A macro over a list that is written out: as many conditions as it has values.
    fn over_list(&mut self, name: &str, of: &Expr, variable: &str, condition: &Expr) -> Found {
        let items = items(of)?;
        let mut conditions = Vec::new();
        for item in items {
            let value = self.translate(item)?;
            self.bound.push((variable.to_owned(), value));
            let found = self.translate(condition);
            self.bound.pop();
            conditions.push(found?.text);
        }
        if conditions.is_empty() {
            return Err(reasons::LISTS);
        }
        let text = match name {
            "exists" => conditions.join(" or "),
            "all" => conditions.join(" and "),
            _ => {
                let one = |condition: &String| format!("(if {condition} then 1 else 0)");
                format!("{} = 1", conditions.iter().map(one).collect::<Vec<_>>().join(" + "))
            }
        };
        Ok(Typed::new(Type::Bool, format!("({text})")))
    }

    /// A part of a timestamp or duration.
    fn part(&mut self, part: &str, of: &Expr, zone: &[Expr]) -> Found {
        let of = self.translate(of)?;
        match zone {
            [] => {}
            [Expr::Text(zone)] => {
                let known = zone.contains('/') && TimeZone::get(zone).is_ok() || zone == "UTC";
                if !known {
                    return Err(reasons::OFFSETS);
                }
                self.zone = Some(zone.clone());
            }
            _ => return Err(reasons::OFFSETS),
        }
        let at = &of.text;
        let int = |text: String| Ok(Typed::new(Type::Int, text));
        match (part, of.ty) {
            ("getFullYear", Type::Timestamp) => int(format!("year({at})")),
            ("getMonth", Type::Timestamp) => int(format!("(month({at}) - 1)")),
            ("getDate", Type::Timestamp) => int(format!("day({at})")),
            ("getDayOfMonth", Type::Timestamp) => int(format!("(day({at}) - 1)")),
            ("getDayOfYear", Type::Timestamp) => int(format!("(day_of_year({at}) - 1)")),
            ("getDayOfWeek", Type::Timestamp) => {
                let days = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday"];
                let choice =
                    (0..).zip(days).map(|(number, day)| format!("if weekday({at}) = {day} then {number} else "));
                int(format!("({}6)", choice.collect::<String>()))
            }
            ("getHours", Type::Timestamp) => int(format!("hour({at})")),
            ("getMinutes", Type::Timestamp) => int(format!("minute({at})")),
            ("getSeconds", Type::Timestamp) => int(format!("second({at})")),
            ("getHours", Type::Duration) => int(format!("floor({at} / 1 hour)")),
            ("getMinutes", Type::Duration) => int(format!("floor({at} / 1 minute)")),
            ("getSeconds", Type::Duration) => int(format!("floor({at} / 1 second)")),
            ("getMilliseconds", _) => Err("not applicable: no part of a time is less than a second"),
            _ => Err(reasons::UNBOUND),
        }
    }
}

/// The values of a list, or the keys of a map, that are written out.
fn items(of: &Expr) -> Result<Vec<&Expr>, &'static str> {
    match of {
        Expr::List(items) => Ok(items.iter().collect()),
        Expr::Map(entries) => Ok(entries.iter().map(|(key, _)| key).collect()),
        _ => Err(reasons::STRUCTURES),
    }
}

/// A field that is not set: a wrapped one is null, which is missing.
fn unset(of: &Expr, name: &str) -> Found {
    let wrapped = name.strip_prefix("single_").and_then(|name| name.strip_suffix("_wrapper"));
    match (of, wrapped) {
        (Expr::Message { empty: true }, Some("bool")) => Ok(Typed::new(Type::Bool, "no_bool")),
        (Expr::Message { empty: true }, Some("double" | "float")) => Ok(Typed::new(Type::Double, "no_number")),
        (Expr::Message { empty: true }, Some("string")) => Ok(Typed::new(Type::Text, "no_text")),
        (Expr::Message { empty: true }, Some("bytes")) => Err(reasons::BYTES),
        (Expr::Message { empty: true }, Some(_)) => Ok(Typed::new(Type::Int, "no_int")),
        _ => Err(reasons::STRUCTURES),
    }
}

/// An unsigned result below zero is an error in CEL: missing here.
fn unsigned(of: Typed) -> Found {
    let text = format!("(if {0} >= 0 then {0} else quotient(0, 0))", of.text);
    Ok(Typed::new(Type::Uint, text))
}

fn timestamp(text: &str) -> Found {
    let at: Timestamp = text.parse().map_err(|_| "not applicable: a literal that is no time does not compile")?;
    Ok(Typed::new(Type::Timestamp, spelling::instant(at)?))
}

/// `-1h30m`, `123.4s`, `5ms`: Go's durations.
fn duration(text: &str) -> Found {
    let wrong = "not applicable: a literal that is no length of time does not compile";
    let (negative, mut rest) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let mut nanos = 0_i128;
    while !rest.is_empty() {
        let digits = rest.find(|char: char| !char.is_ascii_digit() && char != '.').ok_or(wrong)?;
        let (number, tail) = rest.split_at(digits);
        let unit_end = tail.find(|char: char| char.is_ascii_digit()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(unit_end);
        let scale: i128 = match unit {
            "h" => 3_600_000_000_000,
            "m" => 60_000_000_000,
            "s" => 1_000_000_000,
            "ms" => 1_000_000,
            "us" => 1_000,
            "ns" => 1,
            _ => return Err(wrong),
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        nanos += whole.parse::<i128>().unwrap_or(0) * scale;
        if !fraction.is_empty() {
            let digits = u32::try_from(fraction.len()).map_err(|_| wrong)?;
            nanos += fraction.parse::<i128>().map_err(|_| wrong)? * scale / 10_i128.pow(digits);
        }
        rest = tail;
    }
    if nanos % 1_000 != 0 {
        return Err(reasons::NANOSECONDS);
    }
    Typed::duration(if negative { -nanos } else { nanos } / 1_000)
}
