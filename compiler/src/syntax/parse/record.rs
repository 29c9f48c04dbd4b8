//! Records: `{ email_ok: true, purchase: [{ at: now - 1 day }] }`.

use pest::iterators::Pair;

use super::{Reader, Rule, foreign};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast::{ExprKind, Name, Record, RecordField, RecordValue, Span};

impl<'t> Reader<'t> {
    /// `{ field: value, … }`
    pub fn record(&mut self, pair: Pair<'t, Rule>) -> Record {
        Record { span: self.span(&pair), fields: self.record_fields(pair) }
    }

    /// The fields of a record, or those on one line of a persona.
    pub fn record_fields(&mut self, pair: Pair<'t, Rule>) -> Vec<RecordField> {
        let mut fields: Vec<RecordField> = Vec::new();
        let mut comma = true;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::no_comma => comma = false,
                Rule::odd_field_end => {
                    let span = self.span(&part);
                    self.report(foreign::operator(self, span, ","));
                }
                Rule::record_field => {
                    let span = self.span(&part);
                    let before = fields.last().map(|field| field.span).filter(|_| !comma);
                    if let Some(before) = before.filter(|before| !self.breaks_line(*before, span)) {
                        self.report(no_comma(before, "fields"));
                    }
                    comma = true;
                    fields.extend(self.record_field(part));
                }
                _ => {}
            }
        }
        fields
    }

    /// Whether a line ends between the two.
    fn breaks_line(&self, before: Span, after: Span) -> bool {
        self.written(Span { start: before.end, end: after.start }).contains(['\n', '\r'])
    }

    fn record_field(&mut self, pair: Pair<'t, Rule>) -> Option<RecordField> {
        let span = self.span(&pair);
        let (mut name, mut value) = (None, None);
        for part in pair.into_inner() {
            let at = self.span(&part);
            match part.as_rule() {
                Rule::name | Rule::odd_name if name.is_none() => name = Some(self.name(&part)),
                Rule::text | Rule::open_text | Rule::odd_text if name.is_none() => name = Some(self.quoted_name(at)),
                Rule::odd_colon => self.report(foreign::operator(self, at, ":")),
                Rule::no_colon => self.report(foreign::forgotten(at, ":", "after the field's name")),
                Rule::record_colon => {}
                _ => value = Some(self.record_value(part)),
            }
        }
        Some(RecordField { span, name: name?, value: value? })
    }

    /// `"email_ok": true`
    fn quoted_name(&mut self, span: Span) -> Name {
        let inner =
            self.written(span).trim_matches(['"', '\'', '`', '“', '”', '‘', '’', '„', '‚', '«', '»']).to_owned();
        let is_name = inner.starts_with(|c: char| c.is_ascii_lowercase())
            && inner.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        let diagnostic = Diagnostic::error(
            codes::FOREIGN_QUOTES,
            "the name of a field stands without quotes",
            span,
            "a text where a name is expected",
        );
        self.report(match is_name {
            true => diagnostic.fix("delete the quotes", span, inner.clone()),
            false => diagnostic.help("write the name that the schema gives the field"),
        });
        Name { node: inner.into(), span }
    }

    fn record_value(&mut self, pair: Pair<'t, Rule>) -> RecordValue {
        let span = self.span(&pair);
        match pair.as_rule() {
            Rule::record => RecordValue::Row(self.record(pair)),
            Rule::record_list => RecordValue::List(self.record_list(pair), span),
            Rule::record_missing => RecordValue::Missing(span),
            Rule::odd_missing => {
                let word = self.written(span);
                let diagnostic = Diagnostic::error(
                    codes::FOREIGN_MISSING,
                    format!("`{word}` is written `missing` here"),
                    span,
                    "write `missing`",
                );
                self.report(diagnostic.fix(format!("replace `{word}` with `missing`"), span, "missing"));
                RecordValue::Missing(span)
            }
            _ => {
                let value = self.expr(pair);
                // A list that the grammar of expressions has found is a list all the same.
                match value.kind {
                    ExprKind::List(values) => {
                        RecordValue::List(values.into_iter().map(RecordValue::One).collect(), value.span)
                    }
                    _ => RecordValue::One(value),
                }
            }
        }
    }

    fn record_list(&mut self, pair: Pair<'t, Rule>) -> Vec<RecordValue> {
        let mut values: Vec<RecordValue> = Vec::new();
        let mut comma = true;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::open_list | Rule::close_list => {}
                Rule::comma => comma = true,
                Rule::no_comma => comma = false,
                _ => {
                    if let (Some(before), false) = (values.last(), comma) {
                        self.report(no_comma(before.span(), "values"));
                    }
                    comma = true;
                    values.push(self.record_value(part));
                }
            }
        }
        values
    }
}

/// `{ a: 1 b: 2 }`
fn no_comma(before: Span, between: &str) -> Diagnostic {
    let here = Span { start: before.end, end: before.end };
    Diagnostic::error(
        codes::FORGOTTEN_WORD,
        format!("a comma is left out between two {between}"),
        here,
        "`,` is missing here",
    )
    .fix("add `,`", here, ",")
}
