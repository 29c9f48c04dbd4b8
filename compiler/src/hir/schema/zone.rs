//! The customer's own time zone: at most one field of type timezone, perhaps with a default.

use jiff::tz::TimeZone;
use opportune_plan::{Schema, Type};

use super::{Builder, CustomerZone, Declaration};
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::clauses;
use crate::syntax::Span;
use crate::syntax::ast::{ExprKind, FieldItem, FieldSetting, Literal, TableItem};

/// Finds the zone of the customer, who is the first of the tables.
pub(super) fn customer(builder: &mut Builder, tables: &[(Declaration<'_>, &TableItem)]) {
    let Some((declaration, table)) = tables.first() else { return };
    let item = declaration.item;
    let mut first: Option<&FieldItem> = None;
    for field in &table.fields {
        let known = builder.checked.schema.field_named(Schema::CUSTOMER, &field.name.node);
        let ty = known.and_then(|id| builder.checked.schema.plan.field(Schema::CUSTOMER, id)).map(|entry| entry.ty);
        let (Some(id), Some(Type::Zone)) = (known, ty) else { continue };
        if let Some(first) = first {
            if first.name.node != field.name.node {
                builder.report(item, two_zones(first, field));
            }
            continue;
        }
        first = Some(field);
        let default = field.default.as_ref().and_then(|default| name(builder, item, field, default));
        let optional = field.optional.is_some();
        let may_miss = optional || field.default.is_some();
        let customer = builder.checked.schema.plan.tables.first_mut();
        if let Some(entry) = customer.and_then(|table| table.fields.get_mut(id.0 as usize)) {
            entry.nullable = may_miss;
        }
        builder.checked.schema.zone = Some(CustomerZone { field: id, optional, may_miss, default });
    }
}

fn two_zones(first: &FieldItem, second: &FieldItem) -> Diagnostic {
    let message = "a customer has one time zone, in which their days and hours are told";
    Diagnostic::error(codes::TWO_ZONES, message, second.name.span, "the second one")
        .label(first.name.span, "the first one")
        .help("keep the one that counts; declare the other as `text`")
}

/// The name of a zone.
fn name(builder: &mut Builder, item: usize, field: &FieldItem, default: &FieldSetting) -> Option<Box<str>> {
    if let FieldSetting::One(expr) = default
        && let ExprKind::Literal(Literal::Text(name)) = &expr.kind
    {
        if TimeZone::get(name).is_ok() {
            return Some(name.clone());
        }
        builder.report(item, no_zone(name, expr.span));
        return None;
    }
    if matches!(default, FieldSetting::One(expr) if matches!(expr.kind, ExprKind::Error)) {
        return None;
    }
    let span = clauses::setting_span(default).unwrap_or(field.span);
    let diagnostic = Diagnostic::error(codes::UNKNOWN_ZONE, "a time zone is a name in quotes", span, "not a name");
    builder.report(item, diagnostic.help("write a name like `\"America/New_York\"`"));
    None
}

/// What to say of a name that is no zone's.
pub(crate) fn no_zone(name: &str, span: Span) -> Diagnostic {
    let message = format!("`{name}` is not a time zone");
    let diagnostic = Diagnostic::error(codes::UNKNOWN_ZONE, message, span, "no time zone");
    let known: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
    match nearest(name, known.iter().map(String::as_str)) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic.help("write the name of a place in the IANA list, like `Europe/London`"),
    }
}
