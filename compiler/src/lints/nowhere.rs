//! Texts that are compared with a field and that no row of the data has: mostly a slip of the pen. Told only where all
//! values of the field are known.

use std::collections::{BTreeMap, BTreeSet};

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

/// For how many texts of an item a near one is looked for.
const MOST_NEAR: usize = 100;

/// Tells of the texts of an item.
pub(super) fn told(schema: &Schema, facts: &Facts, notes: &[Noted], written: &str) -> Vec<Diagnostic> {
    let mut seen: BTreeSet<(Span, &str)> = BTreeSet::new();
    let literals = literals(notes);
    let mut found = Vec::new();
    for noted in notes {
        let Some((field, texts)) = compared(&noted.expr) else { continue };
        let Some((name, values)) = values(schema, facts, field) else { continue };
        for text in texts {
            let is_there = values.binary_search_by(|(value, _)| (**value).cmp(text)).is_ok();
            let place = place(&literals, noted.span, text);
            if is_there || !seen.insert((place, text)) {
                continue;
            }
            let values = if found.len() < MOST_NEAR { values } else { &[] };
            let told = nowhere(place, &name, text, values);
            let is_literal = written.get(place.start as usize..place.end as usize) == Some(&*quoted(text));
            found.push(match only_near(text, values).filter(|_| is_literal) {
                Some(near) => told.fix(format!("write \"{near}\""), place, quoted(near)),
                None => told,
            });
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

/// The value that is meant, where one alone is near: a slip of the pen in it, and in no other.
fn only_near<'v>(text: &str, values: &'v [Value]) -> Option<&'v str> {
    let others =
        |not: &str| values.iter().map(|(value, _)| &**value).filter(move |value| *value != not).collect::<Vec<_>>();
    let near = nearest(text, others(""))?;
    nearest(text, others(near)).is_none().then_some(near)
}

/// A text as a policy writes it.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The only value with such a beginning, or one that differs in its capitals.
fn beginning<'v>(text: &str, values: &'v [Value]) -> Option<&'v str> {
    let lower = text.to_lowercase();
    let mut all = values.iter().map(|(value, _)| &**value).filter(|value| value.to_lowercase().starts_with(&lower));
    let first = all.next()?;
    all.next().is_none().then_some(first)
}

/// Where each text is written.
fn literals(notes: &[Noted]) -> BTreeMap<&str, Vec<Span>> {
    let mut found: BTreeMap<&str, Vec<Span>> = BTreeMap::new();
    for noted in notes {
        if let ExprKind::Constant(Constant::Text(text)) = &noted.expr.kind {
            found.entry(text).or_default().push(noted.span);
        }
    }
    found
}

/// Where the text is written in a comparison; where it comes from elsewhere, the comparison.
fn place(literals: &BTreeMap<&str, Vec<Span>>, comparison: Span, text: &str) -> Span {
    let mut written = literals.get(text).into_iter().flatten();
    written.find(|span| contains(comparison, **span)).copied().unwrap_or(comparison)
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
