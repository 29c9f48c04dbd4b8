//! `context { … }`: what a live request may bring, as a table of the schema with one row a customer.
//!
//! What must hold: every field of it may be missing, whether or not it is written with `?`, since a batch has no request.

use opportune_plan::{Table, TableId, TableKind};

use super::{Builder, Declaration, DeclarationKind, fields};
use crate::diagnostic::{Diagnostic, codes};
use crate::manifest::DataSection;
use crate::syntax::Span;
use crate::syntax::ast::FieldItem;

/// The name by which expressions reach it.
pub(crate) const CONTEXT: &str = "context";

/// Adds the table of the first `context`; a second one is reported.
pub(super) fn declare(builder: &mut Builder, declarations: &[Declaration<'_>], data: &DataSection) {
    let mut contexts = declarations.iter().filter_map(|declaration| match declaration.kind {
        DeclarationKind::Context(fields) => Some((declaration.item, fields)),
        _ => None,
    });
    let Some((item, first)) = contexts.next() else { return };
    table(builder, item, first, data);
    for (item, _) in contexts {
        let message = "a project has one `context`";
        let diagnostic = Diagnostic::error(codes::TWO_CONTEXTS, message, WORD, "the second one");
        builder.report(item, diagnostic.help("put all its fields into one"));
    }
}

/// Where the item's word stands; the report moves it behind the comments before it.
const WORD: Span = Span { start: 0, end: CONTEXT.len() as u32 };

fn table(builder: &mut Builder, item: usize, written: &[FieldItem], data: &DataSection) {
    let schema = &mut builder.checked.schema;
    let id = TableId(u32::try_from(schema.plan.tables.len()).unwrap_or(u32::MAX));
    let name: Box<str> = CONTEXT.into();
    let source = data.files.get(&name).map_or_else(|| name.clone(), |file| file.node.clone());
    schema.links.push(Vec::new());
    schema.plan.tables.push(Table { name, source, kind: TableKind::Context, fields: Vec::new() });
    builder.checked.table_places.push((item, WORD));
    builder.checked.field_places.push(Vec::new());
    for field in written {
        refuse_others(builder, item, field);
        fields::table_field(builder, id, item, field);
    }
    let table = builder.checked.schema.plan.tables.get_mut(id.0 as usize);
    for field in table.into_iter().flat_map(|table| &mut table.fields) {
        field.nullable = true;
    }
}

/// What a field of data may say and one of a request may not.
fn refuse_others(builder: &mut Builder, item: usize, field: &FieldItem) {
    if let Some(role) = &field.role {
        let help = "a request is one customer's, now: leave the word out";
        builder.misplaced(item, role.span, "a context has no `key` or `at`", help);
    }
    if let Some(link) = &field.link {
        let help = format!("look the row up where it is needed: `{}(context.{}).…`", link.table.node, field.name.node);
        builder.misplaced(item, link.table.span, "a field of the context links to no table", &help);
    }
    if let [_, second, ..] = field.from.as_slice() {
        let help = "name the one column that brings it: `from column`";
        builder.misplaced(item, second.span, "a field of the context comes through no link", help);
    }
}
