//! The Common Expression Language: its simple conformance tests.

mod parse;
mod translate;

use crate::textproto::{Message, Value, parse as parse_proto};
use crate::{Case, Claim, Expects, reasons};
use translate::{Translator, Typed};

/// The cases of one file; `name` is the file's, for ids.
///
/// # Errors
/// When the file is not in the text form of protocol buffers.
pub fn cases(name: &str, text: &str) -> Result<Vec<Case>, String> {
    let file = parse_proto(text)?;
    let mut cases = Vec::new();
    for section in file.messages("section") {
        for test in section.messages("test") {
            let place = |part: &Message| part.text("name").unwrap_or_default().to_owned();
            let source = test.text("expr").unwrap_or_default().to_owned();
            let id = format!("{name}/{}/{}", place(section), place(test));
            cases.push(Case { id, claim: claim(test, &place(section), &source), source: source.replace('\n', " ") });
        }
    }
    Ok(cases)
}

fn claim(test: &Message, section: &str, source: &str) -> Result<Claim, &'static str> {
    let expr = parse::parse(source).ok_or(reasons::UNREAD)?;
    let mut translator = Translator::new(bindings(test)?);
    let expects_error = test.message("eval_error").is_some();
    // CEL's lengths of time end at 10,000 years.
    if expects_error && section.starts_with("duration_range") {
        return Err("differs: lengths of time reach 292,000 years");
    }
    if expects_error {
        let found = translator.translate(&expr)?;
        let condition = format!("({}) is missing", found.text);
        return Ok(Claim { condition, expects: Expects::Error, zone: translator.zone(), unless: Some(BEYOND_INTS) });
    }
    let expected = expected(test)?;
    let found = translator.translate(&expr)?;
    let condition = match (&expected, found.text) {
        (Expected::Bool(true), text) => text,
        (Expected::Bool(false), text) => format!("not ({text})"),
        (Expected::Value(value), text) => format!("({text}) = {value}"),
    };
    let unless = if source.contains("0.0/0.0") {
        Some("there is no NaN: what has no value is missing")
    } else if source.contains("922337203685477") || source.contains("1844674407370") {
        Some("an int is compared with a number as the nearest double")
    } else {
        None
    };
    Ok(Claim { condition, expects: Expects::Value, zone: translator.zone(), unless })
}

/// Where CEL's ints end in an error.
const BEYOND_INTS: &str = "ints reach from the least to the greatest of 64 bits, and a literal beyond them is a number";

enum Expected {
    Bool(bool),
    Value(String),
}

fn expected(test: &Message) -> Result<Expected, &'static str> {
    let Some(value) = test.message("value") else {
        // A case without a value expects `true`.
        return if test.all("typed_result").next().is_some() { Err(reasons::TYPES) } else { Ok(Expected::Bool(true)) };
    };
    let typed = of_value(value)?;
    Ok(match typed.text.as_str() {
        "true" => Expected::Bool(true),
        "false" => Expected::Bool(false),
        _ => Expected::Value(typed.text),
    })
}

/// A value of `cel.expr.Value`.
fn of_value(value: &Message) -> Result<Typed, &'static str> {
    let Some((kind, inner)) = value.0.first() else { return Err(reasons::UNREAD) };
    let word = || if let Value::Word(word) = inner { Ok(word.as_str()) } else { Err(reasons::UNREAD) };
    match kind.as_str() {
        "bool_value" => Ok(Typed::bool(word()? == "true")),
        "int64_value" => Typed::int(word()?.parse().map_err(|_| reasons::BEYOND)?),
        "uint64_value" => Typed::uint(word()?.parse().map_err(|_| reasons::BEYOND)?),
        "double_value" => Typed::double(word()?.parse().map_err(|_| reasons::BEYOND)?),
        "string_value" => match inner {
            Value::Bytes(bytes) => Typed::string(std::str::from_utf8(bytes).map_err(|_| reasons::BYTES)?),
            _ => Err(reasons::UNREAD),
        },
        "bytes_value" => Err(reasons::BYTES),
        "type_value" => Err(reasons::TYPES),
        "list_value" => Err(reasons::LISTS),
        "map_value" => Err(reasons::STRUCTURES),
        "null_value" => Err("not applicable: a value is missing or there; there is no null to compare with"),
        "object_value" => object(inner),
        _ => Err(reasons::UNREAD),
    }
}

/// A duration or timestamp as a message.
fn object(value: &Value) -> Result<Typed, &'static str> {
    let Value::Message(message) = value else { return Err(reasons::STRUCTURES) };
    let Some((kind, Value::Message(inner))) = message.0.first() else { return Err(reasons::STRUCTURES) };
    let part = |name: &str| inner.word(name).map_or(Ok(0), |word| word.parse::<i128>().map_err(|_| reasons::UNREAD));
    let (seconds, nanos) = (part("seconds")?, part("nanos")?);
    if nanos % 1_000 != 0 {
        return Err(reasons::NANOSECONDS);
    }
    let micros = seconds * 1_000_000 + nanos / 1_000;
    if kind.contains("protobuf.Duration") {
        Typed::duration(micros)
    } else if kind.contains("protobuf.Timestamp") {
        Typed::timestamp(micros)
    } else {
        Err(reasons::STRUCTURES)
    }
}

fn bindings(test: &Message) -> Result<Vec<(String, Typed)>, &'static str> {
    let bound = |entry: &Message| {
        let name = entry.text("key")?.to_owned();
        Some((name, entry.message("value")?.message("value").cloned()?))
    };
    let all = test.messages("bindings").filter_map(bound);
    all.map(|(name, value)| Ok((name, of_value(&value)?))).collect()
}
