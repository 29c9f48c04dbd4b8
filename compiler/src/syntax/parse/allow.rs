//! The lines before an item that say which lints are allowed in it: `allow E1005 "bread is bought every day"`.
//!
//! A line that cannot be read is reported and allows nothing; the item behind it is read all the same.

use super::Reader;
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::Span;
use crate::syntax::ast::{AllowItem, Name};
use crate::syntax::scan::{Token, TokenKind};
use crate::syntax::split::ALLOW;

/// Reads the `allow` lines, and leaves the tokens of the item.
pub(super) fn read(reader: &mut Reader<'_>) -> Vec<AllowItem> {
    let mut found = Vec::new();
    loop {
        let tokens = reader.tokens;
        let begin = tokens.iter().position(|token| token.kind != TokenKind::Newline).unwrap_or(tokens.len());
        let rest = tokens.get(begin..).unwrap_or_default();
        let Some(first) = rest.first().filter(|token| token.column == 0 && token.text(reader.text) == ALLOW) else {
            return found;
        };
        let end = rest.iter().position(|token| token.kind == TokenKind::Newline).unwrap_or(rest.len());
        let (line, after) = rest.split_at(end);
        found.extend(allow(reader, first.span(), line.get(1..).unwrap_or_default()));
        reader.tokens = after;
        if after.iter().all(|token| token.kind == TokenKind::Newline) {
            let message = "no item stands behind this `allow`";
            let diagnostic = Diagnostic::error(codes::NOT_AN_ITEM, message, first.span(), "allows nothing");
            reader.report(diagnostic.help("write it before the offer, segment or other item in which it is allowed"));
            return found;
        }
    }
}

/// What stands behind the word: a code and a reason.
fn allow(reader: &mut Reader<'_>, word: Span, tokens: &[Token]) -> Option<AllowItem> {
    let Some(code) = tokens.first().filter(|token| token.kind == TokenKind::Word) else {
        let place = tokens.first().map_or(word, Token::span);
        reader.report(no_code(place));
        return None;
    };
    let name = Name { node: code.text(reader.text).into(), span: code.span() };
    let reason =
        tokens.get(1).filter(|token| token.kind == TokenKind::Text && token.text(reader.text).starts_with('"'));
    let Some(reason) = reason.map(|token| reader.plain_text(token.span())) else {
        reader.report(without_reason(name.span));
        return None;
    };
    if reason.node.trim().is_empty() {
        reader.report(without_reason(reason.span));
        return None;
    }
    if let Some(more) = tokens.get(2) {
        let message = "an `allow` is a code and a reason, and no more";
        let diagnostic = Diagnostic::error(codes::UNEXPECTED, message, more.span(), "does not belong here");
        reader.report(diagnostic.help("allow each lint on a line of its own"));
        return None;
    }
    Some(AllowItem { span: word.to(reason.span), code: name, reason })
}

fn no_code(span: Span) -> Diagnostic {
    Diagnostic::error(codes::NOT_A_LINT, "this `allow` names no lint", span, "which one?")
        .help("name one by its code, with the reason: `allow E1005 \"bread is bought every day\"`")
}

fn without_reason(span: Span) -> Diagnostic {
    Diagnostic::error(codes::ALLOW_REASON, "this `allow` does not say why", span, "for which reason?")
        .help("say it in quotes behind the code, for those who read it next year")
}
