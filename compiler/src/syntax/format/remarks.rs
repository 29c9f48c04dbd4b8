//! The comments of an item, each at the token that it belongs to: one at a line's end to the token before it, one on a
//! line of its own to the token after it.

use crate::syntax::scan::{Token, TokenKind, scan};

/// A comment on a line of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Comment<'t> {
    /// From its `//` to its last character that is no blank.
    pub text: &'t str,
    /// Whether a blank line stands before it.
    pub apart: bool,
}

/// What stands at a token.
#[derive(Clone, Default, Debug)]
pub struct Remarks<'t> {
    /// Comments on lines before it.
    pub before: Vec<Comment<'t>>,
    /// Whether a blank line stands between it and what is before.
    pub apart: bool,
    /// The comment after it at the line's end.
    pub after: Option<&'t str>,
}

/// The comments of an item.
#[derive(Debug)]
pub struct Remarked<'t> {
    /// As many as there are tokens.
    pub at: Vec<Remarks<'t>>,
    /// The comments after the last token's line.
    pub end: Vec<Comment<'t>>,
}

/// Finds the comments between the tokens of a text without mistakes.
pub fn remarks<'t>(text: &'t str, tokens: &[Token]) -> Remarked<'t> {
    let mut finder = Finder { text, at: vec![Remarks::default(); tokens.len()], ..Finder::default() };
    for (at, token) in tokens.iter().enumerate() {
        finder.gap(token.start);
        finder.token(at, token);
    }
    finder.gap(text.len());
    Remarked { at: finder.at, end: finder.waiting }
}

#[derive(Default)]
struct Finder<'t> {
    text: &'t str,
    at: Vec<Remarks<'t>>,
    /// The end of what has been seen.
    seen: usize,
    /// The last token that a comment can belong to.
    last: Option<usize>,
    /// Line breaks since the last token or comment.
    breaks: usize,
    /// Comments that wait for the next token.
    waiting: Vec<Comment<'t>>,
}

impl<'t> Finder<'t> {
    /// Takes the text up to the next token: blanks, and perhaps a comment.
    fn gap(&mut self, end: usize) {
        let gap = self.text.get(self.seen..end).unwrap_or("").trim();
        self.seen = end;
        if gap.is_empty() {
            return;
        }
        let place = self.last.and_then(|last| self.at.get_mut(last)).filter(|_| self.breaks == 0);
        match place {
            Some(place) if place.after.is_none() && self.waiting.is_empty() => place.after = Some(gap),
            _ => self.waiting.push(Comment { text: gap, apart: self.breaks > 1 }),
        }
        self.breaks = 0;
    }

    fn token(&mut self, at: usize, token: &Token) {
        self.seen = token.end;
        match (token.kind, token.text(self.text)) {
            (TokenKind::Newline, _) => self.breaks += 1,
            // The line break after it ends the clause, too.
            (TokenKind::Sign, ";") => self.breaks = 0,
            (TokenKind::Sign, "," | "{") => {
                self.pull(at);
                self.place(at, Vec::new());
            }
            _ => {
                let before = std::mem::take(&mut self.waiting);
                self.place(at, before);
            }
        }
    }

    fn place(&mut self, at: usize, before: Vec<Comment<'t>>) {
        let apart = self.breaks > 1;
        if let Some(place) = self.at.get_mut(at) {
            place.before = before;
            place.apart = apart;
        }
        (self.last, self.breaks) = (Some(at), 0);
    }

    /// A comma and a brace stay at the word before them; its comment moves behind them.
    fn pull(&mut self, at: usize) {
        let comment = self.last.and_then(|last| self.at.get_mut(last)).and_then(|before| before.after.take());
        if let Some(place) = self.at.get_mut(at) {
            place.after = comment;
        }
    }
}

/// All comments of an item without mistakes, in their order.
pub fn comments(text: &str) -> Vec<&str> {
    let tokens = scan(text).tokens;
    let begins = std::iter::once(0).chain(tokens.iter().map(|token| token.end));
    let ends = tokens.iter().map(|token| token.start).chain([text.len()]);
    begins
        .zip(ends)
        .filter_map(|(begin, end)| text.get(begin..end))
        .map(str::trim)
        .filter(|gap| !gap.is_empty())
        .collect()
}
