//! `opportune data-use`: which data of a customer each offer reads, of which class, and what for.

use std::fmt::Write as _;
use std::path::Path;

use opportune_compiler::data_use::{FieldUse, Reader, data_use};
use opportune_compiler::reads::Use;
use serde_json::json;

use crate::escape::escaped;
use crate::{Outcome, validate};

/// The columns of the terminals that the report is made for.
const TERMINAL: usize = 80;

/// Where the uses of a field begin.
const INDENT: usize = 40;

/// Runs the command.
pub fn run(root: &Path, as_json: bool) -> Outcome {
    let (files, _) = match validate::checked(root) {
        Ok(checked) => checked,
        Err(outcome) => return outcome,
    };
    let readers = data_use(&files);
    print!("{}", if as_json { json_lines(&readers) } else { report(&readers) });
    Outcome::Fine
}

/// What people read.
fn report(readers: &[Reader]) -> String {
    let mut text = String::new();
    for reader in readers {
        if !text.is_empty() {
            text.push('\n');
        }
        let name = reader.name.as_ref().map_or_else(String::new, |name| format!(" {}", escaped(name)));
        let cost = reader.information_cost.map_or_else(String::new, |cost| format!(", information cost {cost}"));
        let _ = writeln!(text, "{}{name}{cost}", reader.kind);
        if let Some(purpose) = &reader.purpose {
            let _ = writeln!(text, "  purpose: {}", escaped(purpose));
        }
        if reader.fields.is_empty() {
            text.push_str("  reads nothing of a customer\n");
        }
        reader.fields.iter().for_each(|field| text.push_str(&line(field)));
    }
    text
}

/// `  private    customer.birth             eligible (could_sign), because`
fn line(field: &FieldUse) -> String {
    let name = format!("{}.{}", field.table, field.field);
    let mut lines = format!("  {:<10} {:<26} ", field.class.word(), escaped(&name));
    let mut at = lines.chars().count().max(INDENT);
    let words = uses(field);
    for (nth, word) in words.iter().enumerate() {
        let word = if nth + 1 < words.len() { format!("{word},") } else { word.clone() };
        let width = word.chars().count() + 1;
        if nth > 0 && at + width > TERMINAL {
            lines.push('\n');
            lines.push_str(&" ".repeat(INDENT));
            at = INDENT;
        } else if nth > 0 {
            lines.push(' ');
        }
        lines.push_str(&word);
        at += width;
    }
    lines.push('\n');
    lines
}

/// `eligible`, `priority (weekly_spend)`
fn uses(field: &FieldUse) -> Vec<String> {
    let shown = |found: &Use| match &found.through {
        None => found.clause.word().to_owned(),
        Some(name) => format!("{} ({})", found.clause.word(), escaped(name)),
    };
    field.uses.iter().map(shown).collect()
}

/// One line of JSON for each field that something reads.
fn json_lines(readers: &[Reader]) -> String {
    let mut text = String::new();
    for reader in readers {
        let fields: Vec<serde_json::Value> = reader.fields.iter().map(as_json).collect();
        let line = json!({
            "kind": reader.kind,
            "name": reader.name.as_deref(),
            "purpose": reader.purpose.as_deref(),
            "information_cost": reader.information_cost,
            "fields": fields,
        });
        let _ = writeln!(text, "{line}");
    }
    text
}

fn as_json(field: &FieldUse) -> serde_json::Value {
    let uses =
        field.uses.iter().map(|found| json!({"clause": found.clause.word(), "through": found.through.as_deref()}));
    json!({
        "table": &*field.table,
        "field": &*field.field,
        "class": field.class.word(),
        "uses": uses.collect::<Vec<_>>(),
    })
}
