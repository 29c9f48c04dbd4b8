//! Characters that cannot be seen: control characters, spaces that are not spaces, marks that turn the reading direction.
//!
//! Messages show them as escapes and never raw, so that a terminal is never driven by a policy's text.

use super::{Hole, Token, TokenKind};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::Span;

/// Whether the character has no place between the words of a policy.
pub fn is_strange(c: char) -> bool {
    is_dangerous(c) || (c.is_whitespace() && !matches!(c, ' ' | '\t' | '\n' | '\r'))
}

/// Whether the character has no place even in a text: it would drive a terminal or show the text in another order.
fn is_dangerous(c: char) -> bool {
    (c.is_control() && !matches!(c, '\t' | '\n' | '\r'))
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{FFFE}' | '\u{E0000}'..='\u{E007F}')
}

/// As it is shown in messages: `\u{1b}`.
pub fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            c if is_strange(c) => shown.extend(c.escape_unicode()),
            c => shown.push(c),
        }
    }
    shown
}

/// Reports the strange characters of an item together, and blanks out those that stand between words.
pub fn report(text: &str, tokens: &[Token], holes: &[Hole], blanks: &mut Vec<Span>, diagnostics: &mut Vec<Diagnostic>) {
    let mut holes = holes.iter().map(|hole| hole.span).peekable();
    let mut texts =
        tokens.iter().filter(|token| matches!(token.kind, TokenKind::Text | TokenKind::OpenText)).peekable();
    let mut found: Vec<(Span, char)> = Vec::new();
    for (at, c) in text.char_indices().filter(|(_, c)| is_strange(*c)) {
        while texts.next_if(|token| token.end <= at).is_some() {}
        while holes.next_if(|hole| hole.end as usize <= at).is_some() {}
        let in_hole = holes.peek().is_some_and(|hole| hole.start as usize <= at);
        let inside = texts.peek().is_some_and(|token| token.start <= at) && !in_hole;
        let span = Span::new(at, at + c.len_utf8());
        if !inside {
            blanks.push(span);
        }
        if !inside || is_dangerous(c) {
            found.push((span, c));
        }
    }
    let Some(&(span, c)) = found.first() else { return };
    let more = if found.len() > 1 { format!(", and {} more in this item", found.len() - 1) } else { String::new() };
    let shown = c.escape_unicode();
    let message = format!("the character `{shown}` cannot be seen and has no place here{more}");
    diagnostics.push(
        Diagnostic::error(codes::STRANGE_CHARACTER, message, span, format!("`{shown}` stands here"))
            .help("delete it, or write a space; such characters come along when text is pasted from elsewhere")
            .fix(format!("replace `{shown}` with a space"), span, " "),
    );
}
