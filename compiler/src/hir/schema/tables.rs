//! Tables with their keys and times, and what the manifest says of them.

use std::collections::BTreeSet;

use opportune_plan::{FieldId, Link, Schema, Source, Table, TableId, TableKind, Type};

use super::{Builder, Declaration, DeclarationKind, fields, links};
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Diagnostic, codes};
use crate::manifest::DataSection;
use crate::syntax::Span;
use crate::syntax::ast::{FieldItem, FieldRole, TableItem};

/// The tables in the order of their ids: the customer first, then as declared; of two with one name the first.
pub(super) fn order<'a>(
    builder: &mut Builder,
    declarations: &[Declaration<'a>],
) -> Vec<(Declaration<'a>, &'a TableItem)> {
    let mut names = BTreeSet::new();
    let (mut customer, mut others) = (None, Vec::new());
    for declaration in declarations {
        match declaration.kind {
            DeclarationKind::OfferFields(_) | DeclarationKind::Context(_) => {}
            DeclarationKind::Customer(table) if customer.is_some() => {
                let message = "a project has one `customer`";
                let diagnostic = Diagnostic::error(codes::TWO_CUSTOMERS, message, table.name.span, "the second one");
                let help = "keep one; declare the other as `table`, or as `events` if it has many rows a customer";
                builder.report(declaration.item, diagnostic.help(help));
            }
            DeclarationKind::Customer(table) => {
                names.insert(&*table.name.node);
                customer = Some((*declaration, table));
            }
            DeclarationKind::Events(table) | DeclarationKind::Lookup(table) => others.push((*declaration, table)),
        }
    }
    let others = others.into_iter().filter(|(_, table)| names.insert(&*table.name.node));
    // Without a customer there is no table 0, and nothing else can have its place.
    customer.map(|customer| std::iter::once(customer).chain(others).collect()).unwrap_or_default()
}

/// Adds the table with its fields; links and roles come later.
pub(super) fn declare(builder: &mut Builder, declaration: Declaration<'_>, item: &TableItem, data: &DataSection) {
    let name = item.name.node.clone();
    let id = TableId(u32::try_from(builder.checked.schema.plan.tables.len()).unwrap_or(u32::MAX));
    let kind = match declaration.kind {
        DeclarationKind::Customer(_) => TableKind::Customer { key: FieldId(0), introduced_by: vec![Schema::CUSTOMER] },
        DeclarationKind::Events(_) => TableKind::Events { at: FieldId(0), customer_column: "".into() },
        _ => TableKind::Lookup { key: FieldId(0) },
    };
    let source = data.files.get(&name).map_or_else(|| name.clone(), |file| file.node.clone());
    let checked = &mut builder.checked;
    checked.table_places.push((declaration.item, item.name.span));
    checked.field_places.push(Vec::new());
    checked.schema.links.push(Vec::new());
    checked.schema.plan.tables.push(Table { name, source, kind, fields: Vec::new() });
    for field in &item.fields {
        fields::table_field(builder, id, declaration.item, field);
    }
    role(builder, id, declaration, item);
}

/// Finds the key of the customer or of a lookup table, or the time of events.
fn role(builder: &mut Builder, id: TableId, declaration: Declaration<'_>, item: &TableItem) {
    let is_events = matches!(declaration.kind, DeclarationKind::Events(_));
    let wanted = if is_events { FieldRole::At } else { FieldRole::Key };
    for field in &item.fields {
        check_role(builder, declaration.item, field, wanted);
    }
    let Some(found) = role_field(builder, id, declaration.item, item, wanted) else { return };
    let table = builder.checked.schema.plan.tables.get_mut(id.0 as usize);
    match table.map(|table| &mut table.kind) {
        Some(TableKind::Customer { key, .. } | TableKind::Lookup { key }) => {
            *key = found;
            builder.keys.insert(id, found);
        }
        Some(TableKind::Events { at, .. }) => *at = found,
        Some(TableKind::Context) | None => {}
    }
}

/// Finds the columns that say whose an event is.
pub(super) fn owners(builder: &mut Builder, tables: &[(Declaration<'_>, &TableItem)]) {
    for (id, (_, table)) in (0..).map(TableId).zip(tables) {
        let found = links::customer_column(builder, id, table);
        let known = builder.checked.schema.plan.tables.get_mut(id.0 as usize);
        if let Some(TableKind::Events { customer_column, .. }) = known.map(|table| &mut table.kind) {
            *customer_column = found;
        }
    }
}

fn check_role(builder: &mut Builder, item: usize, field: &FieldItem, wanted: FieldRole) {
    if let Some(role) = &field.role
        && role.node != wanted
    {
        let (what, help) = match wanted {
            FieldRole::At => {
                ("events have no `key`", "events have a time, `at …`; a key belongs to the customer and tables")
            }
            FieldRole::Key => ("only events have a time with `at`", "leave out `at`, or declare the table as `events`"),
        };
        builder.misplaced(item, role.span, what, help);
    }
}

fn role_field(
    builder: &mut Builder,
    id: TableId,
    item: usize,
    table: &TableItem,
    wanted: FieldRole,
) -> Option<FieldId> {
    let with_role = |f: &&FieldItem| f.role.as_ref().is_some_and(|role| role.node == wanted);
    let mut found = table.fields.iter().filter(with_role);
    let Some(field) = found.next() else {
        builder.report(item, no_role(table, wanted));
        return None;
    };
    for second in found {
        let (message, help) = match wanted {
            FieldRole::Key => ("a table has one key", "leave out `key` before this field"),
            FieldRole::At => ("events have one time", "leave out `at` before this field"),
        };
        builder.report(item, Diagnostic::error(codes::BAD_KEY, message, second.span, "the second one").help(help));
    }
    let known = builder.checked.schema.field_named(id, &field.name.node)?;
    let entry = builder.checked.schema.plan.field(id, known)?.clone();
    let (fits, help) = match wanted {
        FieldRole::Key => (matches!(entry.ty, Type::Text | Type::Int), "a key is a `text` or an `int`"),
        FieldRole::At => (matches!(entry.ty, Type::Date | Type::Instant), "a time is a `date` or an `instant`"),
    };
    if !fits || entry.nullable {
        let help = if fits { "leave out the `?`: it must always be there" } else { help };
        let what = if wanted == FieldRole::Key { "a key" } else { "the time of events" };
        let message = format!("`{}` cannot be {what}", field.name.node);
        builder.report(item, Diagnostic::error(codes::BAD_KEY, message, field.span, "this field").help(help));
    }
    Some(known)
}

fn no_role(table: &TableItem, wanted: FieldRole) -> Diagnostic {
    let name = &table.name;
    match wanted {
        FieldRole::Key => {
            let message = format!("`{}` has no key", name.node);
            let help = format!("say which field identifies a row: `key {}_id: text`", name.node);
            Diagnostic::error(codes::NO_KEY, message, name.span, "no field with `key`").help(help)
        }
        FieldRole::At => {
            let message = format!("`{}` has no time", name.node);
            let help = "say when an event happened: `at happened: instant`, or `at day: date`";
            Diagnostic::error(codes::NO_AT, message, name.span, "no field with `at`").help(help)
        }
    }
}

/// Reads `introduces` of the manifest, and the names in its `[data.files]`.
pub(super) fn introductions(builder: &mut Builder, data: &DataSection) {
    for (name, file) in &data.files {
        if builder.table_named(name).is_none() {
            builder.checked.manifest.push(unknown_table(builder, name, file.key));
        }
    }
    let mut introduced_by = Vec::new();
    for name in &data.introduces {
        let found = builder.table_named(&name.node);
        let kind = found.and_then(|id| builder.checked.schema.plan.table(id)).map(|t| t.kind.clone());
        match (found, kind) {
            (Some(id), Some(TableKind::Customer { .. } | TableKind::Events { .. })) => introduced_by.push(id),
            (Some(_), _) => {
                let message = format!("`{}` has no customers to introduce", name.node);
                let diagnostic = Diagnostic::error(codes::MANIFEST_TABLE, message, name.span, "a lookup table");
                let help = "only the customer's own table and events introduce customers";
                builder.checked.manifest.push(diagnostic.help(help));
            }
            _ => builder.checked.manifest.push(unknown_table(builder, &name.node, name.span)),
        }
    }
    introduced_by.sort_unstable();
    introduced_by.dedup();
    if let Some(Table { kind: TableKind::Customer { introduced_by: all, .. }, .. }) =
        builder.checked.schema.plan.tables.first_mut()
        && !introduced_by.is_empty()
    {
        *all = introduced_by;
    }
}

fn unknown_table(builder: &Builder, name: &str, span: Span) -> Diagnostic {
    let message = format!("the policies declare no table `{name}`");
    let diagnostic = Diagnostic::error(codes::MANIFEST_TABLE, message, span, "not declared");
    let names = builder.checked.schema.plan.tables.iter().map(|table| &*table.name);
    match nearest(name, names) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic.help("write the name that follows `customer`, `events` or `table` in the policies"),
    }
}

/// The column that holds a field's values, where the table's own file has it.
pub(super) fn column(source: &Source) -> Option<Box<str>> {
    if let Source::Column(column) = source { Some(column.clone()) } else { None }
}

/// The same link, to be put into a field.
pub(super) fn link(table: TableId, required: bool) -> Link {
    Link { table, required }
}
