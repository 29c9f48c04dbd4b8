//! Texts with holes: `because "…"`, `message email "… {weekly_spend as whole} …"`.
//!
//! The scanner has cut the holes out. Each is read on its own: a damaged one is reported and leaves the others alone.

use super::{Reader, Rule, foreign};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast::{Expr, ExprKind, Name, OfferClauseKind, Span, Template, TemplatePart};
use crate::syntax::layout::{Finder, Part};
use crate::syntax::scan::{Hole, TokenKind};

/// `because "text"`
pub fn because(reader: &mut Reader<'_>, part: &Part) -> Option<OfferClauseKind> {
    let text = reader.matched(Rule::text_clause, part)?.into_inner().find(|inner| is_text(inner.as_rule()))?;
    Some(OfferClauseKind::Because(reader.template(&text)?))
}

/// `message "text"`, `message email "text"`
pub fn message(reader: &mut Reader<'_>, part: &Part) -> Option<OfferClauseKind> {
    let mut channel = None;
    let mut text = None;
    for inner in reader.matched(Rule::message_clause, part)?.into_inner() {
        let span = reader.span(&inner);
        match inner.as_rule() {
            Rule::name | Rule::odd_name => channel = Some(reader.name(&inner)),
            Rule::odd_by_channel | Rule::colon => reader.report(foreign::superfluous(reader, span)),
            rule if is_text(rule) => text = reader.template(&inner),
            _ => {}
        }
    }
    Some(OfferClauseKind::Message { channel, text: text? })
}

fn is_text(rule: Rule) -> bool {
    matches!(rule, Rule::text | Rule::open_text | Rule::odd_text)
}

impl<'t> Reader<'t> {
    /// A text with its holes; `None`: where it ends is not known, which is reported.
    fn template(&mut self, pair: &pest::iterators::Pair<'t, Rule>) -> Option<Template> {
        let span = self.span(pair);
        if pair.as_rule() == Rule::odd_text {
            return Some(self.in_other_quotes(pair));
        }
        let is_open = |token: &&crate::syntax::scan::Token| token.kind == TokenKind::OpenText;
        let at = self.tokens.partition_point(|token| token.start < span.start as usize);
        if pair.as_rule() == Rule::open_text || self.tokens.get(at).filter(is_open).is_some() {
            return None;
        }
        let first = self.holes.partition_point(|hole| hole.span.start < span.start);
        let last = self.holes.partition_point(|hole| hole.span.start < span.end);
        let mut parts = Vec::new();
        let mut from = span.start + 1;
        for hole in self.holes.get(first..last).unwrap_or_default() {
            self.text_part(Span { start: from, end: hole.span.start }, &mut parts);
            parts.push(self.hole(hole));
            from = hole.span.end;
        }
        self.text_part(Span { start: from, end: span.end - 1 }, &mut parts);
        Some(Template { span, parts })
    }

    /// The text between two holes, `{{` and `}}` as one brace each.
    fn text_part(&mut self, span: Span, parts: &mut Vec<TemplatePart>) {
        let written = self.text.get(span.start as usize..span.end as usize).unwrap_or("");
        let text = self.unescaped_with(written, span.start as usize, true);
        if !text.is_empty() {
            parts.push(TemplatePart::Text(text.into()));
        }
    }

    /// A text in `'…'` or `“…”`: its holes are read once it stands in the right quotes.
    fn in_other_quotes(&mut self, pair: &pest::iterators::Pair<'t, Rule>) -> Template {
        let text = self.text_value(pair);
        let holds_quotes = text.node.contains(['"', '\\']);
        let inner = text.node.clone();
        if let Some(diagnostic) = self.diagnostics.last_mut().filter(|d| d.code == codes::FOREIGN_QUOTES) {
            if let Some(fix) = &mut diagnostic.fix {
                fix.replacement = format!("\"{inner}\"");
            }
            diagnostic.fix = diagnostic.fix.take().filter(|_| !holds_quotes);
        }
        let parts = if text.node.is_empty() { Vec::new() } else { vec![TemplatePart::Text(text.node)] };
        Template { span: text.span, parts }
    }

    fn hole(&mut self, hole: &'t Hole) -> TemplatePart {
        let outer = std::mem::replace(&mut self.tokens, &hole.tokens);
        let (value, format) = self.inside(hole).unwrap_or((Expr { kind: ExprKind::Error, span: hole.span }, None));
        self.tokens = outer;
        TemplatePart::Hole { span: hole.span, value, format }
    }

    /// `value`, `value as format`; `None`: reported.
    fn inside(&mut self, hole: &Hole) -> Option<(Expr, Option<Name>)> {
        if self.tokens.is_empty() {
            self.report(
                Diagnostic::error(codes::UNEXPECTED, "this hole is empty", hole.span, "a value is expected inside")
                    .help("write the value that is to stand here, such as `{weekly_spend}`; braces that stand for themselves are written `{{` and `}}`"),
            );
            return None;
        }
        if let Some(span) = self.pipe(hole) {
            self.report(foreign_format(self, span));
            return None;
        }
        let part = Finder::new(self.text, self.tokens, &mut self.diagnostics).alone();
        let mut value = None;
        let mut format = None;
        for pair in self.matched_in(self.with_holes, Rule::hole, &part)?.into_inner() {
            let span = self.span(&pair);
            match pair.as_rule() {
                Rule::expr => value = Some(self.expr(pair)),
                Rule::hole_as => format = self.format(pair),
                Rule::odd_format => self.report(foreign_format(self, span)),
                _ => {}
            }
        }
        Some((value?, format))
    }

    /// `{value | upper}`: from the bar on.
    fn pipe(&self, hole: &Hole) -> Option<Span> {
        let at = self.tokens.iter().rposition(|token| token.text(self.text) == "|")?;
        let after = self.tokens.get(at + 1..)?;
        let bar = self.tokens.get(at)?;
        (at > 0 && after.first().is_some_and(|token| token.kind == TokenKind::Word) && after.len() < 3)
            .then_some(Span { start: bar.span().start, end: hole.span.end - 1 })
    }

    /// The words after `as`, with one blank between.
    fn format(&mut self, pair: pest::iterators::Pair<'t, Rule>) -> Option<Name> {
        let inner = pair.into_inner().find(|part| part.as_rule() != Rule::kw_as)?;
        let span = self.span(&inner);
        let written = inner.as_str();
        if inner.as_rule() == Rule::format {
            let words: Vec<&str> = written.split_whitespace().collect();
            return Some(Name { node: words.join(" ").into(), span });
        }
        let written = written.trim().to_owned();
        let diagnostic = foreign_format(self, span);
        self.report(if written == "%" { diagnostic.fix("write `percent`", span, "percent") } else { diagnostic });
        None
    }
}

/// A format of another language.
fn foreign_format(reader: &Reader<'_>, span: Span) -> Diagnostic {
    let message = format!("`{}` is no format", super::failure::shown(reader.written(span)));
    Diagnostic::error(codes::FOREIGN_WORD, message, span, "a format stands after `as`").help(FORMATS)
}

const FORMATS: &str = "write `{value as FORMAT}` with one of `whole`, `2 decimals`, `percent`, `date`, `iso date`, `time`, `weekday`, `month`, `day and month`";
