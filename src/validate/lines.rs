//! `validate --format json`: each diagnostic as a line of JSON, for CI and other tools.
//!
//! Lines and columns count from 1, columns in characters; bytes from 0. The keys are always the same; what there is not is
//! `null`.

use std::collections::HashMap;

use opportune_compiler::diagnostic::{Located, Severity};
use opportune_compiler::syntax::Span;
use serde_json::{Value, json};

use crate::escape::escaped;

/// A diagnostic as a line.
pub fn line(found: &Located, texts: &HashMap<&str, &str>) -> String {
    let diagnostic = &found.diagnostic;
    let text = texts.get(&*found.path).map_or("", |text| text);
    let main = diagnostic.labels.first();
    let labels: Vec<Value> = diagnostic
        .labels
        .iter()
        .map(|label| json!({ "message": label.message, "span": span(text, label.span) }))
        .collect();
    let fix = diagnostic
        .fix
        .as_ref()
        .map(|fix| json!({ "title": fix.title, "span": span(text, fix.span), "replacement": fix.replacement }));
    let severity = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let value = json!({
        "code": diagnostic.code,
        "severity": severity,
        "message": diagnostic.message,
        "path": &*found.path,
        "span": main.map(|label| span(text, label.span)),
        "labels": labels,
        "help": diagnostic.help,
        "data": diagnostic.data,
        "fix": fix,
    });
    value.to_string().chars().map(shown).collect()
}

/// What drives a terminal is written by its number, as JSON may.
fn shown(c: char) -> String {
    let written = c.to_string();
    if c.is_ascii() || escaped(&written) == written {
        return written;
    }
    let mut units = [0; 2];
    c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")).collect()
}

fn span(text: &str, span: Span) -> Value {
    json!({ "start": place(text, span.start as usize), "end": place(text, span.end as usize) })
}

fn place(text: &str, byte: usize) -> Value {
    let before = text.get(..byte).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    json!({ "line": line, "column": column, "byte": byte })
}
