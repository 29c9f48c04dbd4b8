//! Reads single values of the manifest.

use std::ops::Range;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, tz};
use opportune_plan::{Currency, Span as Length};
use toml::de::DeValue;

use super::is_currency;
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast::{ExprKind, ItemKind, Literal, Name, Spanned};
use crate::syntax::{self, Span};

type Found<'a> = &'a mut Vec<Diagnostic>;

pub(super) fn span(range: Range<usize>) -> Span {
    Span::new(range.start, range.end)
}

pub(super) fn wrong_type(wanted: &str, value: &DeValue<'_>, at: Span) -> Diagnostic {
    let message = format!("{wanted} is expected here, not {}", a(value.type_str()));
    let help = if wanted == "a text" { "texts stand in double quotes" } else { "see the manifest's page in the docs" };
    Diagnostic::error(codes::WRONG_KEY_TYPE, message, at, format!("not {wanted}")).help(help)
}

fn a(kind: &str) -> String {
    format!("{} {kind}", if kind.starts_with(['a', 'i']) { "an" } else { "a" })
}

pub(super) fn text(value: &DeValue<'_>, at: Span, found: Found<'_>) -> Option<Box<str>> {
    if let DeValue::String(text) = value {
        return Some(text.as_ref().into());
    }
    found.push(wrong_type("a text", value, at));
    None
}

pub(super) fn names(value: &DeValue<'_>, at: Span, found: Found<'_>) -> Option<Vec<Name>> {
    let DeValue::Array(all) = value else {
        found.push(wrong_type("a list of names", value, at));
        return None;
    };
    let mut names = Vec::new();
    for entry in all {
        let span = span(entry.span());
        if let Some(node) = text(entry.get_ref(), span, found) {
            names.push(Spanned { node, span });
        }
    }
    Some(names)
}

pub(super) fn edition(value: &DeValue<'_>, at: Span, found: Found<'_>) -> Option<Box<str>> {
    let edition = text(value, at, found)?;
    if &*edition != "2026" {
        found.push(unknown_edition(&edition, at));
        return None;
    }
    Some(edition)
}

/// A policy of a later edition may mean something else by the same words, so it is not read as one of this edition.
fn unknown_edition(edition: &str, at: Span) -> Diagnostic {
    let is_later = edition.len() == 4 && edition.bytes().all(|byte| byte.is_ascii_digit()) && edition > "2026";
    if is_later {
        let message = format!("the edition `{edition}` is later than this program");
        return Diagnostic::error(codes::UNKNOWN_EDITION, message, at, "not known here")
            .help("take a newer version of the program; this one reads the edition \"2026\"");
    }
    let message = format!("there is no edition `{edition}`");
    let diagnostic = Diagnostic::error(codes::UNKNOWN_EDITION, message, at, "no edition");
    diagnostic.help("the one edition is \"2026\"").fix("write \"2026\"", at, "\"2026\"")
}

pub(super) fn zone(value: &DeValue<'_>, at: Span, found: Found<'_>) -> Option<Box<str>> {
    let zone = text(value, at, found)?;
    if let Ok(known) = TimeZone::get(&zone)
        && known.iana_name().is_some()
    {
        return Some(zone);
    }
    let message = format!("`{zone}` is not a time zone");
    let diagnostic = Diagnostic::error(codes::UNKNOWN_ZONE, message, at, "no time zone");
    let names: Vec<String> = tz::db().available().map(|name| name.to_string()).collect();
    let last = zone.rsplit('/').next().unwrap_or_default().to_lowercase().replace(' ', "_");
    let by_city = names.iter().map(String::as_str).find(|name| name.to_lowercase().ends_with(&format!("/{last}")));
    found.push(match (by_city, nearest(&zone, names.iter().map(String::as_str))) {
        (Some(near), _) => {
            diagnostic.help(format!("did you mean `{near}`?")).fix(format!("write `{near}`"), at, format!("\"{near}\""))
        }
        (None, Some(near)) => diagnostic.help(format!("did you mean `{near}`?")),
        (None, None) => {
            diagnostic.help("write a name of the IANA time zone database, for example \"America/New_York\"")
        }
    });
    None
}

pub(super) fn currency(value: &DeValue<'_>, at: Span, found: Found<'_>) -> Option<Currency> {
    let code = text(value, at, found)?;
    if is_currency(&code) {
        return Currency::new(&code);
    }
    let message = format!("`{code}` is not the code of a currency");
    let diagnostic = Diagnostic::error(codes::MANIFEST_CURRENCY, message, at, "no currency");
    let upper = code.to_ascii_uppercase();
    found.push(if is_currency(&upper) {
        diagnostic.help("codes are in capitals").fix(format!("write `{upper}`"), at, format!("\"{upper}\""))
    } else {
        diagnostic.help("write the three letters of ISO 4217, for example \"USD\"")
    });
    None
}

/// A length of time, as the language writes it.
pub(super) fn length(value: &DeValue<'_>, at: Span, found: Found<'_>) -> Option<Length> {
    let text = text(value, at, found)?;
    let is_plain = text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, ' ' | '_'));
    let (item, wrong) =
        if is_plain { syntax::parse_item(&format!("trait length = {text}")) } else { (None, Vec::new()) };
    if let Some(ItemKind::Trait(written)) = item.map(|item| item.kind).filter(|_| wrong.is_empty())
        && let ExprKind::Literal(Literal::Span(length)) = written.value.kind
        && (length.months > 0 || length.days > 0 || length.micros > 0)
    {
        return Some(length);
    }
    let message = format!("`{}` is not a length of time", text.escape_debug());
    let diagnostic = Diagnostic::error(codes::BAD_LENGTH, message, at, "cannot be read");
    found.push(diagnostic.help("write a positive number with its unit: \"14 days\", \"2 weeks\", \"36 hours\""));
    None
}

/// A path that stays inside the project.
pub(super) fn path(value: &DeValue<'_>, at: Span, found: Found<'_>) -> Option<Box<str>> {
    let path = text(value, at, found)?;
    let help = "a project holds its own data: name a path inside it; to run on other data, say `--data FOLDER` on the \
                command line";
    path_or(&path, at, help, found)
}

/// A path that stays inside the project, or the way out.
pub(super) fn path_or(path: &str, at: Span, help: &str, found: Found<'_>) -> Option<Box<str>> {
    let is_absolute = path.starts_with(['/', '\\', '~']) || path.chars().nth(1) == Some(':');
    let climbs = path.split(['/', '\\']).any(|part| part == "..");
    if is_absolute || climbs || path.contains('\0') {
        let message = format!("the path `{path}` leaves the project");
        let diagnostic = Diagnostic::error(codes::LEAVES_PROJECT, message, at, "outside the project's folder");
        found.push(diagnostic.help(help));
        return None;
    }
    Some(path.into())
}

/// A file inside the project.
pub(super) fn file(value: &DeValue<'_>, at: Span, found: Found<'_>) -> Option<Box<str>> {
    let path = path(value, at, found)?;
    if path.is_empty() {
        let diagnostic = Diagnostic::error(codes::WRONG_KEY_TYPE, "this names no file", at, "empty");
        found.push(diagnostic.help("name the file, or leave the line out: a table's file goes by its name"));
        return None;
    }
    Some(path)
}

/// A local time of the project's zone, or a moment with its offset, in microseconds since 1970-01-01 UTC.
pub(super) fn now(value: &DeValue<'_>, at: Span, zone: Option<&TimeZone>, found: Found<'_>) -> Option<i64> {
    let text: Box<str> = match value {
        DeValue::Datetime(written) => written.to_string().into(),
        other => text(other, at, found)?,
    };
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(moment.as_microsecond());
    }
    let local = text.parse::<DateTime>().or_else(|_| text.parse::<Date>().map(DateTime::from));
    let Ok(local) = local else {
        let message = format!("`{text}` is not a moment");
        let diagnostic = Diagnostic::error(codes::BAD_NOW, message, at, "cannot be read");
        let help = "write a local time, \"2017-11-20 09:00\", or one with an offset, \"2017-11-20T09:00:00-05:00\"";
        found.push(diagnostic.help(help));
        return None;
    };
    // Without a zone that is known, the mistake in `zone` is told, and is enough.
    crate::moment::of_local(zone?, local).map(|moment| moment.as_microsecond())
}
