//! The second round: links to lookup tables, fields that come through a link, and whose an event is.

use opportune_plan::{FieldId, Schema as PlanSchema, Source, TableId, TableKind};

use super::{Builder, tables};
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::Span;
use crate::syntax::ast::{FieldItem, LinkItem, Name, TableItem};

/// Resolves the links of a table, then what comes through them.
pub(super) fn resolve(builder: &mut Builder, id: TableId, item: usize, table: &TableItem) {
    for field in &table.fields {
        if let (Some(link), Some(known)) = (&field.link, builder.checked.schema.field_named(id, &field.name.node)) {
            resolve_link(builder, id, item, known, link);
        }
    }
    for field in &table.fields {
        if let ([through, name], Some(known)) =
            (field.from.as_slice(), builder.checked.schema.field_named(id, &field.name.node))
        {
            resolve_from(builder, id, item, known, field, through, name);
        }
    }
}

fn resolve_link(builder: &mut Builder, id: TableId, item: usize, field: FieldId, link: &LinkItem) {
    let Some(target) = builder.table_named(&link.table.node) else {
        builder.report(item, unknown_table(builder, &link.table));
        return;
    };
    if target == PlanSchema::CUSTOMER {
        return check_customer_link(builder, id, item, field, link);
    }
    let schema = &builder.checked.schema;
    let own_type = schema.plan.field(id, field).map(|f| f.ty);
    let is_lookup = schema.plan.table(target).is_some_and(|t| matches!(t.kind, TableKind::Lookup { .. }));
    if !is_lookup {
        let message = format!("`{}` is not a table to look up in", link.table.node);
        let diagnostic = Diagnostic::error(codes::BAD_LINK, message, link.table.span, "events have no key");
        builder.report(item, diagnostic.help("a link leads from a field to the key of a `table`"));
        return;
    }
    if let Some(key) = builder.key_type(target)
        && Some(key) != own_type
    {
        let message = format!("the key of `{}` has another type", link.table.node);
        let diagnostic = Diagnostic::error(codes::BAD_LINK, message, link.table.span, "the types differ");
        builder.report(item, diagnostic.help("give this field the type of the key that it holds"));
        return;
    }
    let alias = link.alias.as_ref().unwrap_or(&link.table);
    let taken = schema.link_named(id, &alias.node).is_some() || schema.field_named(id, &alias.node).is_some();
    if taken {
        let message = format!("`{}` means something else in this table already", alias.node);
        let diagnostic = Diagnostic::error(codes::LINK_TWICE, message, alias.span, "taken");
        let help = format!("give the linked row a name of its own: `-> {} as other_name`", link.table.node);
        builder.report(item, diagnostic.help(help));
        return;
    }
    let (at, required) = (id.0 as usize, link.optional.is_none());
    if let Some(links) = builder.checked.schema.links.get_mut(at) {
        links.push((alias.node.clone(), field));
    }
    let table = builder.checked.schema.plan.tables.get_mut(at);
    if let Some(entry) = table.and_then(|t| t.fields.get_mut(field.0 as usize)) {
        entry.link = Some(tables::link(target, required));
    }
}

/// A link to the customer says whose an event is.
fn check_customer_link(builder: &mut Builder, id: TableId, item: usize, field: FieldId, link: &LinkItem) {
    let is_events = builder.checked.schema.plan.table(id).is_some_and(|t| matches!(t.kind, TableKind::Events { .. }));
    let problem = if !is_events {
        Some("only an event belongs to a customer")
    } else if builder.key_type(PlanSchema::CUSTOMER) != builder.checked.schema.plan.field(id, field).map(|f| f.ty) {
        Some("the customer's key has another type")
    } else {
        None
    };
    if let Some(problem) = problem {
        let diagnostic = Diagnostic::error(codes::BAD_LINK, problem, link.table.span, "this link");
        builder.report(
            item,
            diagnostic.help("in events, the field that holds the customer's key may say `-> ` and the customer's name"),
        );
    }
}

fn resolve_from(
    builder: &mut Builder,
    id: TableId,
    item: usize,
    field: FieldId,
    written: &FieldItem,
    through: &Name,
    name: &Name,
) {
    let schema = &builder.checked.schema;
    let Some(link) = schema.link_named(id, &through.node) else {
        if written.link.is_none() {
            let links = schema.links.get(id.0 as usize).into_iter().flatten().map(|(name, _)| &**name);
            builder.report(item, no_link(through, links));
        }
        return;
    };
    let Some(to) = schema.plan.field(id, link).and_then(|f| f.link) else { return };
    let found = schema.field_named(to.table, &name.node).or_else(|| schema.field_of_column(to.table, &name.node));
    let target = found.and_then(|found| schema.plan.field(to.table, found).cloned());
    let (Some(found), Some(target)) = (found, target) else {
        if !schema.is_damaged(to.table, &name.node) {
            let message = format!("`{}` has no field `{}`", through.node, name.node);
            let diagnostic = Diagnostic::error(codes::BAD_FROM, message, name.span, "no such field");
            let diagnostic = match nearest(&name.node, schema.names_in(to.table)) {
                Some(near) => diagnostic.meant(&name.node, name.span, near),
                None => diagnostic.help("name a field of the table that the link leads to"),
            };
            builder.report(item, diagnostic);
        }
        return;
    };
    let Some(own) = schema.plan.field(id, field).cloned() else { return };
    let is_column = matches!(written_source(schema, to.table, found), Some(Source::Column(_)));
    if target.ty != own.ty || !is_column || own.link.is_some() {
        let message = format!("`{}.{}` does not fit this field", through.node, name.node);
        let diagnostic = Diagnostic::error(codes::BAD_FROM, message, through.span.to(name.span), "of another kind");
        builder.report(item, diagnostic.help("it must have the same type, and be a column of the linked table itself"));
        return;
    }
    let may_miss = target.nullable || !to.required || schema.plan.field(id, link).is_some_and(|f| f.nullable);
    if may_miss && !own.nullable {
        builder.report(item, may_be_missing(written, through, name));
    }
    let table = builder.checked.schema.plan.tables.get_mut(id.0 as usize);
    if let Some(entry) = table.and_then(|t| t.fields.get_mut(field.0 as usize)) {
        entry.source = Source::Linked { link, field: found };
    }
}

fn written_source(schema: &super::Schema, table: TableId, field: FieldId) -> Option<&Source> {
    schema.plan.field(table, field).map(|f| &f.source)
}

fn may_be_missing(written: &FieldItem, through: &Name, name: &Name) -> Diagnostic {
    let message = format!("`{}.{}` may be missing, and this field says that it never is", through.node, name.node);
    let span = through.span.to(name.span);
    let diagnostic = Diagnostic::error(codes::LINKED_MAY_BE_MISSING, message, span, "may be missing");
    let end = written.ty.as_ref().map_or(written.span.end, |ty| ty.span.end);
    diagnostic.help("write `?` after this field's type, or leave out the `?` of the link and of the linked field").fix(
        "add `?` after the type",
        Span { start: end, end },
        "?",
    )
}

fn no_link<'a>(through: &Name, links: impl Iterator<Item = &'a str>) -> Diagnostic {
    let message = format!("no link of this table goes by `{}`", through.node);
    let diagnostic = Diagnostic::error(codes::BAD_FROM, message, through.span, "no link");
    match nearest(&through.node, links) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic
            .help(format!("declare the link on the field that holds the key: `{0}_id: text -> {0}`", through.node)),
    }
}

fn unknown_table(builder: &Builder, name: &Name) -> Diagnostic {
    let message = format!("no table `{}` is declared", name.node);
    let diagnostic = Diagnostic::error(codes::UNKNOWN_TABLE, message, name.span, "not declared");
    match nearest(&name.node, builder.checked.schema.plan.tables.iter().map(|t| &*t.name)) {
        Some(near) => diagnostic.meant(&name.node, name.span, near),
        None => diagnostic.help(format!("declare it: `table {} {{ key id: text }}`", name.node)),
    }
}

/// The column that says whose an event is: of the field linked to the customer, else of the customer's key.
pub(super) fn customer_column(builder: &Builder, id: TableId, table: &TableItem) -> Box<str> {
    let schema = &builder.checked.schema;
    let customer = schema.table_name(PlanSchema::CUSTOMER);
    let linked = table.fields.iter().find(|f| f.link.as_ref().is_some_and(|link| &*link.table.node == customer));
    let own = linked.and_then(|field| Some((id, schema.field_named(id, &field.name.node)?)));
    let key = builder.keys.get(&PlanSchema::CUSTOMER).map(|key| (PlanSchema::CUSTOMER, *key));
    let field = own.or(key).and_then(|(table, field)| schema.plan.field(table, field));
    field.and_then(|field| tables::column(&field.source)).unwrap_or_default()
}
