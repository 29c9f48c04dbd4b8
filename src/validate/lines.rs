//! `validate --format json`: each diagnostic as a line of JSON, for CI and other tools.
//!
//! Lines and columns count from 1, columns in characters; bytes from 0. The keys are always the same; what there is not is
//! `null`.

use std::collections::HashMap;

use opportune_compiler::diagnostic::{Located, Severity};
use opportune_compiler::syntax::Span;
use serde_json::{Value, json};

use crate::escape::escaped;

/// A text in which lines are found without reading it again: a file may have as many mistakes as lines.
#[derive(Clone, Debug, Default)]
pub struct Text<'t> {
    text: &'t str,
    /// Where each line but the first begins.
    begins: Vec<usize>,
}

impl<'t> Text<'t> {
    /// Looks for the lines of a text.
    pub fn new(text: &'t str) -> Self {
        Self { text, begins: text.match_indices('\n').map(|(at, _)| at + 1).collect() }
    }

    fn place(&self, byte: usize) -> Value {
        let at = if self.text.is_char_boundary(byte) { byte } else { self.text.len() };
        let line = self.begins.partition_point(|begin| *begin <= at);
        let begin = line.checked_sub(1).and_then(|before| self.begins.get(before)).copied().unwrap_or(0);
        let column = self.text.get(begin..at).map_or(0, |before| before.chars().count()) + 1;
        json!({ "line": line + 1, "column": column, "byte": byte })
    }

    fn span(&self, span: Span) -> Value {
        json!({ "start": self.place(span.start as usize), "end": self.place(span.end as usize) })
    }
}

/// A diagnostic as a line.
pub fn line(found: &Located, texts: &HashMap<&str, Text<'_>>) -> String {
    let diagnostic = &found.diagnostic;
    let none = Text::default();
    let text = texts.get(&*found.path).unwrap_or(&none);
    let main = diagnostic.labels.first();
    let labels: Vec<Value> = diagnostic
        .labels
        .iter()
        .map(|label| json!({ "message": label.message, "span": text.span(label.span) }))
        .collect();
    let fix = diagnostic
        .fix
        .as_ref()
        .map(|fix| json!({ "title": fix.title, "span": text.span(fix.span), "replacement": fix.replacement }));
    let severity = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let value = json!({
        "code": diagnostic.code,
        "severity": severity,
        "message": diagnostic.message,
        "path": &*found.path,
        "span": main.map(|label| text.span(label.span)),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_lines_from_one_and_columns_in_characters() {
        let text = "offer é\n\n  x";
        let known = Text::new(text);
        for byte in 0..=text.len() + 1 {
            let before = text.get(..byte).unwrap_or(text);
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            assert_eq!(known.place(byte), json!({ "line": line, "column": column, "byte": byte }));
        }
    }
}
