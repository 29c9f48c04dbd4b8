//! Texts that are compared with a field and that no row of the data has: mostly a slip of the pen. Told only where all
//! values of the field are known.

use std::collections::BTreeSet;

use opportune_plan::{Builtin, Comparison, Constant, FieldId, TableId, TableKind};

use super::contains;
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Diagnostic, codes};
use crate::facts::Facts;
use crate::hir::{Expr, ExprKind, Schema};
use crate::queries::noted::Noted;
use crate::syntax::Span;

/// A text of the data with the number of its rows.
type Value = (Box<str>, u64);

/// Tells of the texts of an item.
pub(super) fn told(schema: &Schema, facts: &Facts, notes: &[Noted]) -> Vec<Diagnostic> {
    let mut seen: BTreeSet<(Span, &str)> = BTreeSet::new();
    let mut found = Vec::new();
    for noted in notes {
        let Some((field, texts)) = compared(&noted.expr) else { continue };
        let Some((name, values)) = values(schema, facts, field) else { continue };
        for text in texts {
            let is_there = values.binary_search_by(|(value, _)| (**value).cmp(text)).is_ok();
            if is_there || !seen.insert((place(notes, noted.span, text), text)) {
                continue;
            }
            found.push(nowhere(place(notes, noted.span, text), &name, text, values));
        }
    }
    found
}

fn nowhere(span: Span, field: &str, text: &str, values: &[Value]) -> Diagnostic {
    let message = format!("no `{field}` in the data is \"{text}\"");
    let diagnostic = Diagnostic::warning(codes::TEXT_NOWHERE, message, span, "occurs nowhere");
    let near = nearest(text, values.iter().map(|(value, _)| &**value)).or_else(|| beginning(text, values));
    match near {
        Some(near) => diagnostic.help(format!("did you mean \"{near}\"?")),
        None => diagnostic.help("mend the text, or look whether the data is complete"),
    }
}

/// The only value with such a beginning, or one that differs in its capitals.
fn beginning<'v>(text: &str, values: &'v [Value]) -> Option<&'v str> {
    let lower = text.to_lowercase();
    let mut all = values.iter().map(|(value, _)| &**value).filter(|value| value.to_lowercase().starts_with(&lower));
    let first = all.next()?;
    all.next().is_none().then_some(first)
}

/// Where the text is written in a comparison; where it comes from elsewhere, the comparison.
fn place(notes: &[Noted], comparison: Span, text: &str) -> Span {
    let is_text = |noted: &&Noted| {
        contains(comparison, noted.span)
            && matches!(&noted.expr.kind, ExprKind::Constant(Constant::Text(found)) if &**found == text)
    };
    notes.iter().find(is_text).map_or(comparison, |noted| noted.span)
}

/// The field and the texts that a condition compares.
fn compared(expr: &Expr) -> Option<((TableId, FieldId), Vec<&str>)> {
    let text = |expr: &Expr| matches!(&expr.kind, ExprKind::Constant(Constant::Text(_)));
    match &expr.kind {
        ExprKind::Compare(Comparison::Equal, a, b) if text(b) => Some((field(a)?, texts_of(b))),
        ExprKind::Compare(Comparison::Equal, a, b) if text(a) => Some((field(b)?, texts_of(a))),
        ExprKind::In(of, all) => Some((field(of)?, all.iter().filter_map(as_text).collect())),
        ExprKind::Call(Builtin::Has, arguments) => match arguments.as_slice() {
            [set, value] if text(value) => Some((field(set)?, texts_of(value))),
            _ => None,
        },
        ExprKind::Call(Builtin::Overlaps, arguments) => match arguments.as_slice() {
            [set, values] => Some((field(set)?, texts_of(values))),
            _ => None,
        },
        _ => None,
    }
}

fn texts_of(expr: &Expr) -> Vec<&str> {
    match &expr.kind {
        ExprKind::Constant(Constant::Set(_, all)) => all.iter().filter_map(as_text).collect(),
        ExprKind::Constant(one) => as_text(one).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn as_text(constant: &Constant) -> Option<&str> {
    if let Constant::Text(text) = constant { Some(text) } else { None }
}

/// The field whose value an expression is, as it stands in the data.
fn field(expr: &Expr) -> Option<(TableId, FieldId)> {
    match &expr.kind {
        ExprKind::Field(table, field) | ExprKind::Member(table, field) => Some((*table, *field)),
        ExprKind::Follow { value, .. } | ExprKind::OfCustomer { value, .. } | ExprKind::Lookup { value, .. } => {
            field(value)
        }
        _ => None,
    }
}

/// Of fewer customers or events, a value that does not occur is no wonder.
const ENOUGH: u64 = 100;

/// The field's name, and all its values; none where they are not known, or there are too few rows to have any.
fn values<'f>(schema: &Schema, facts: &'f Facts, (table, field): (TableId, FieldId)) -> Option<(String, &'f [Value])> {
    let (of, entry) = (schema.plan.table(table)?, schema.plan.field(table, field)?);
    let rows = facts.tables.get(&of.name)?.rows;
    // Of a catalogue every row is there; of what happened, a little tells little.
    let is_catalogue = matches!(of.kind, TableKind::Lookup { .. });
    let values = facts.field(&of.name, &entry.name)?.values.as_deref()?;
    (rows >= if is_catalogue { 1 } else { ENOUGH }).then(|| (format!("{}.{}", of.name, entry.name), values))
}
