//! What a request brings, as it is written on the command line: `reason=complaint`.
//!
//! A value is read by the type of its field: words of lists, texts and zones as they stand, everything else as the
//! language writes it (`20 USD`, `5 km`, `2026-11-01 18:00`).

use jiff::Timestamp;
use jiff::tz::TimeZone;
use opportune_plan::{Constant, Element, FieldId, Place, Plan, TableId, TableKind, Type};

use super::clauses::NoNames;
use super::describe;
use super::infer::{Context, Infer, constant_of};
use crate::diagnostic::nearest::nearest;
use crate::syntax;
use crate::syntax::ast::ItemKind;

/// Why a value of a request cannot be read, and the way out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refused {
    /// What is wrong.
    pub message: String,
    /// The way out.
    pub help: String,
}

/// The table of a plan's context, where it has one.
pub fn context_of(plan: &Plan) -> Option<TableId> {
    plan.schema.tables().find(|(_, table)| matches!(table.kind, TableKind::Context)).map(|(id, _)| id)
}

/// A field of the context and its value; `value` may be empty, which is a missing value and `None`.
///
/// # Errors
/// Where there is no such field, or the value is not of its type.
pub fn read(plan: &Plan, key: &str, value: &str) -> Result<(FieldId, Option<Constant>), Refused> {
    let entry = context_of(plan).and_then(|id| plan.schema.table(id)).ok_or_else(|| Refused {
        message: "the project declares no context".to_owned(),
        help: format!("declare what a request may bring: `context {{ {key}: text }}`"),
    })?;
    let Some((field, found)) = entry.fields().find(|(_, field)| *field.name == *key) else {
        let names = entry.fields.iter().map(|field| &*field.name);
        let help = match nearest(key, names.clone()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("its fields are {}", names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")),
        };
        return Err(Refused { message: format!("the context has no field `{}`", key.escape_debug()), help });
    };
    if value.is_empty() {
        return Ok((field, None));
    }
    let constant = of_type(plan, value, found.ty).map_err(|help| Refused {
        message: format!(
            "`{}` is not {}, which `context.{}` is",
            value.escape_debug(),
            describe::a_type(&plan.schema, found.ty),
            found.name
        ),
        help,
    })?;
    Ok((field, Some(constant)))
}

/// A value of this type, or the way out.
fn of_type(plan: &Plan, value: &str, ty: Type) -> Result<Constant, String> {
    match ty {
        Type::Text => Ok(Constant::Text(value.into())),
        Type::OneOf(domain) => listed(plan, value, domain).map(|at| Constant::OneOf(domain, at)),
        Type::Ordered(domain) => listed(plan, value, domain).map(|at| Constant::Ordered(domain, at)),
        Type::Zone => match TimeZone::get(value) {
            Ok(zone) if zone.iana_name().is_some() => Ok(Constant::Zone(value.into())),
            _ => Err("write a name of the IANA time zone database: `America/New_York`".to_owned()),
        },
        Type::Place => place(value).ok_or_else(|| "write degrees north and east: `40.71,-74.00`".to_owned()),
        Type::Set(element) => set(plan, value, element),
        Type::Instant => match value.parse::<Timestamp>() {
            Ok(instant) => Ok(Constant::Instant(instant.as_microsecond())),
            Err(_) => written(plan, value, ty),
        },
        _ => written(plan, value, ty),
    }
}

fn listed(plan: &Plan, value: &str, domain: opportune_plan::DomainId) -> Result<u32, String> {
    let variants = plan.schema.domain(domain).map(|domain| domain.variants.as_slice()).unwrap_or_default();
    let found = (0..).zip(variants).find(|(_, variant)| ***variant == *value).map(|(at, _)| at);
    found.ok_or_else(|| match nearest(value, variants.iter().map(|variant| &**variant)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("it is one of {}", describe::values(variants)),
    })
}

fn place(value: &str) -> Option<Constant> {
    let (latitude, longitude) = value.split_once(',')?;
    Place::new(latitude.trim().parse().ok()?, longitude.trim().parse().ok()?).map(Constant::Place)
}

/// Elements with a bar between them, as in a column of a CSV file.
fn set(plan: &Plan, value: &str, element: Element) -> Result<Constant, String> {
    let all = value.split('|').filter(|one| !one.is_empty()).map(|one| of_type(plan, one, element.ty()));
    let all = all.collect::<Result<std::collections::BTreeSet<Constant>, String>>()?;
    Ok(Constant::Set(element, all.into_iter().collect()))
}

/// A value as the language writes it.
fn written(plan: &Plan, value: &str, ty: Type) -> Result<Constant, String> {
    let example = match ty {
        Type::Bool => "`true` or `false`",
        Type::Int => "a whole number: `3`",
        Type::Number => "a number: `0.5`, or `5%`",
        Type::Money(_) => "an amount with its currency: `20 USD`",
        Type::Date => "a date: `2026-11-01`",
        Type::Time => "a time of day: `18:30`",
        Type::Instant => "a local time of the project's zone, `2026-11-01 18:00`, or one with its offset",
        Type::Duration => "a length in hours or less: `90 minutes`",
        Type::Days => "a number of days: `3 days`",
        Type::Months => "a number of months: `2 months`",
        Type::Distance => "a distance: `5 km`",
        _ => "a value of its type",
    };
    let refused = || format!("write {example}");
    if value.contains(|c: char| c.is_control() || matches!(c, ';' | '{' | '}')) || value.contains("//") {
        return Err(refused());
    }
    let (item, found) = syntax::parse_item(&format!("trait value = {value}"));
    let Some(ItemKind::Trait(definition)) = item.map(|item| item.kind).filter(|_| found.is_empty()) else {
        return Err(refused());
    };
    let schema = super::Schema { plan: plan.schema.clone(), ..super::Schema::default() };
    let zone = TimeZone::get(&plan.zone).ok();
    let mut infer = Infer::new(Context::new(&schema, &NoNames, zone.as_ref()));
    let found = infer.of_type(&definition.value, ty);
    let constant = found.as_ref().and_then(constant_of).filter(|constant| constant.ty() == ty).cloned();
    constant.ok_or_else(refused)
}
