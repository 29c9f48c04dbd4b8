//! Types as written become types as known.

use opportune_plan::{Currency, Domain, DomainId, Type};

use super::Builder;
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Diagnostic, codes};
use crate::manifest::is_currency;
use crate::syntax::ast::{Name, Spanned, TypeExpr};

/// The types without parameters.
pub const NAMED: &[(&str, Type)] = &[
    ("bool", Type::Bool),
    ("int", Type::Int),
    ("number", Type::Number),
    ("text", Type::Text),
    ("date", Type::Date),
    ("instant", Type::Instant),
    ("duration", Type::Duration),
    ("days", Type::Days),
    ("months", Type::Months),
    ("time", Type::Time),
    ("timezone", Type::Zone),
    ("place", Type::Place),
    ("distance", Type::Distance),
];

/// What other languages call them.
const FOREIGN: &[(&str, &str)] = &[
    ("string", "text"),
    ("str", "text"),
    ("varchar", "text"),
    ("char", "text"),
    ("boolean", "bool"),
    ("integer", "int"),
    ("bigint", "int"),
    ("float", "number"),
    ("double", "number"),
    ("decimal", "number"),
    ("real", "number"),
    ("percent", "number"),
    ("datetime", "instant"),
    ("timestamp", "instant"),
    ("interval", "duration"),
    ("time_of_day", "time"),
    ("time_zone", "timezone"),
    ("tz", "timezone"),
    ("point", "place"),
    ("geography", "place"),
    ("geopoint", "place"),
    ("location", "place"),
];

/// A type; `None` where it is reported.
pub(super) fn resolve(builder: &mut Builder, item: usize, ty: &Spanned<TypeExpr>) -> Option<Type> {
    match &ty.node {
        TypeExpr::SetOf(inner) => {
            let found = resolve(builder, item, inner)?;
            let Some(element) = found.element() else {
                let what = if matches!(found, Type::Set(_)) { "a set of sets" } else { "a set of such values" };
                let help = "sets hold texts, whole numbers or values of a list: `set of text`, `set of one_of(a, b)`";
                builder.misplaced(item, inner.span, what, help);
                return None;
            };
            Some(Type::Set(element))
        }
        TypeExpr::Named(name) => named(builder, item, name, ty),
        TypeExpr::Money(currency) => money(builder, item, currency),
        TypeExpr::OneOf(values) => domain(builder, item, values).map(Type::OneOf),
        TypeExpr::Ordered(values) => domain(builder, item, values).map(Type::Ordered),
    }
}

/// The days of the week, from Monday on.
pub(super) fn week(builder: &mut Builder) -> DomainId {
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    intern(builder, days.map(Box::from).to_vec())
}

fn named(builder: &mut Builder, item: usize, name: &str, ty: &Spanned<TypeExpr>) -> Option<Type> {
    if let Some((_, ty)) = NAMED.iter().find(|(known, _)| *known == name) {
        return Some(*ty);
    }
    let mut diagnostic = Diagnostic::error(codes::UNKNOWN_TYPE, format!("`{name}` is not a type"), ty.span, "no type");
    let foreign = FOREIGN.iter().find(|(word, _)| *word == name.to_ascii_lowercase()).map(|(_, known)| *known);
    let known = foreign.or_else(|| nearest(name, NAMED.iter().map(|(known, _)| *known)));
    diagnostic = match known {
        Some(known) => diagnostic.meant(name, ty.span, known),
        None if matches!(name, "set" | "list" | "array") => diagnostic.help("a set says what it holds: `set of text`"),
        None if name == "enum" => diagnostic.help("list the values: `one_of(a, b)`, or `ordered(a, b)` if they have an order"),
        None if name == "money" => diagnostic.help("an amount says its currency: `money(USD)`"),
        None => diagnostic.help(
            "the types are bool, int, number, money(USD), text, one_of(a, b), ordered(a, b), date, time, instant, duration, \
             days, months, timezone, place, distance and set of …",
        ),
    };
    builder.report(item, diagnostic);
    None
}

fn money(builder: &mut Builder, item: usize, code: &Name) -> Option<Type> {
    if is_currency(&code.node)
        && let Some(currency) = Currency::new(&code.node)
    {
        return Some(Type::Money(currency));
    }
    let message = format!("`{}` is not the code of a currency", code.node);
    let diagnostic = Diagnostic::error(codes::UNKNOWN_CURRENCY, message, code.span, "no currency");
    let upper = code.node.to_ascii_uppercase();
    let diagnostic = if is_currency(&upper) {
        diagnostic.help(format!("codes are in capitals: `{upper}`")).fix(
            format!("replace `{}` with `{upper}`", code.node),
            code.span,
            upper,
        )
    } else {
        diagnostic.help("write the three letters of ISO 4217, for example `USD`, `EUR` or `GBP`")
    };
    builder.report(item, diagnostic);
    None
}

fn domain(builder: &mut Builder, item: usize, values: &[Name]) -> Option<DomainId> {
    let mut variants: Vec<Box<str>> = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for value in values {
        if seen.insert(&*value.node) {
            variants.push(value.node.clone());
        } else {
            let message = format!("`{}` stands twice in the list", value.node);
            let diagnostic = Diagnostic::error(codes::VALUE_TWICE, message, value.span, "the second time");
            builder.report(item, diagnostic.help("leave one of them out"));
        }
    }
    if variants.is_empty() {
        return None;
    }
    Some(intern(builder, variants))
}

/// Equal lists are one domain.
fn intern(builder: &mut Builder, variants: Vec<Box<str>>) -> DomainId {
    let domains = &mut builder.checked.schema.plan.domains;
    let domain = Domain { variants };
    let at = domains.iter().position(|known| *known == domain).unwrap_or_else(|| {
        domains.push(domain);
        domains.len() - 1
    });
    DomainId(u32::try_from(at).unwrap_or(u32::MAX))
}
