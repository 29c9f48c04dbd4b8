//! Texts in quotes: their escapes, and the quotes of other languages.

use pest::iterators::Pair;

use super::{Reader, Rule};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast::{Name, Span};

/// A text as it is written in a policy.
pub fn quoted(text: &str) -> String {
    let mut shown = String::with_capacity(text.len() + 2);
    shown.push('"');
    for c in text.chars() {
        match c {
            '"' => shown.push_str("\\\""),
            '\\' => shown.push_str("\\\\"),
            '\n' => shown.push_str("\\n"),
            '\t' => shown.push_str("\\t"),
            c => shown.push(c),
        }
    }
    shown.push('"');
    shown
}

impl<'t> Reader<'t> {
    /// The value of a text; one in other quotes is reported and read all the same.
    pub fn text_value(&mut self, pair: &Pair<'t, Rule>) -> Name {
        let span = self.span(pair);
        let written = self.written(span);
        let node = match pair.as_rule() {
            Rule::odd_text => self.foreign_text(written, span),
            _ => {
                let inner = written.strip_prefix('"').unwrap_or(written);
                let inner = if pair.as_rule() == Rule::text { inner.strip_suffix('"').unwrap_or(inner) } else { inner };
                self.unescaped(inner, span.start as usize + 1)
            }
        };
        Name { node: node.into(), span }
    }

    /// The value of a text in straight quotes.
    pub fn plain_text(&mut self, span: Span) -> Name {
        let written = self.written(span);
        let inner = written.strip_prefix('"').unwrap_or(written);
        let inner = inner.strip_suffix('"').unwrap_or(inner);
        Name { node: self.unescaped(inner, span.start as usize + 1).into(), span }
    }

    fn foreign_text(&mut self, written: &str, span: Span) -> String {
        let mut chars = written.chars();
        let open = chars.next().unwrap_or('"');
        let close = chars.next_back().unwrap_or('"');
        let inner = chars.as_str().to_owned();
        let right = quoted(&inner);
        self.report(
            Diagnostic::error(
                codes::FOREIGN_QUOTES,
                format!("a text stands in `\"…\"`, not in `{open}…{close}`"),
                span,
                format!("write `{right}`"),
            )
            .fix("write it in straight double quotes", span, right),
        );
        inner
    }

    fn unescaped(&mut self, written: &str, start: usize) -> String {
        self.unescaped_with(written, start, false)
    }

    /// Resolves `\"`, `\\`, `\n`, `\t` and `\u{…}`, in a text with holes also `{{` and `}}`; `start` is the place of the
    /// first character.
    pub fn unescaped_with(&mut self, written: &str, start: usize, braces: bool) -> String {
        let has_braces = braces && written.contains(['{', '}']);
        if !(written.contains('\\') || has_braces) {
            return written.to_owned();
        }
        let mut text = String::with_capacity(written.len());
        let mut rest = written;
        while let Some(c) = rest.chars().next() {
            let at = start + (written.len() - rest.len());
            let (resolved, length) = match c {
                '\\' => escape(rest),
                '{' if braces && rest.starts_with("{{") => (Some('{'), 2),
                '}' if braces && rest.starts_with("}}") => (Some('}'), 2),
                _ => (Some(c), c.len_utf8()),
            };
            match resolved {
                Some(c) => text.push(c),
                None => self.bad_escape(rest.get(..length).unwrap_or(rest), Span::new(at, at + length)),
            }
            rest = rest.get(length..).unwrap_or("");
        }
        text
    }

    fn bad_escape(&mut self, escape: &str, span: Span) {
        self.report(
            Diagnostic::error(
                codes::BAD_ESCAPE,
                format!("there is no escape `{}`", super::failure::shown(escape)),
                span,
                "not an escape",
            )
            .help("the escapes are `\\\"`, `\\\\`, `\\n`, `\\t` and `\\u{e9}`; a `\\` alone is written `\\\\`"),
        );
    }
}

/// The character that an escape stands for, and the escape's length.
fn escape(rest: &str) -> (Option<char>, usize) {
    let mut chars = rest.chars().skip(1);
    let Some(kind) = chars.next() else { return (None, 1) };
    let simple = |c| (Some(c), 2);
    match kind {
        '"' | '\\' => simple(kind),
        'n' => simple('\n'),
        't' => simple('\t'),
        'u' => {
            let inner = rest.get(2..).and_then(|rest| rest.strip_prefix('{')).and_then(|rest| rest.split_once('}'));
            let Some((digits, _)) = inner.filter(|(digits, _)| digits.len() <= 6 && !digits.is_empty()) else {
                return (None, 2);
            };
            (u32::from_str_radix(digits, 16).ok().and_then(char::from_u32), digits.len() + 4)
        }
        other => (None, 1 + other.len_utf8()),
    }
}
