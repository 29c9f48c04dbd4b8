//! What is never torn apart: a token, or the tokens of one date, hour, zone or number.

use std::borrow::Cow;

use super::remarks::{Comment, Remarks};
use crate::syntax::scan::{Token, TokenKind, is_word_char};

/// A word, number, text or sign as it is printed.
#[derive(Clone, Debug)]
pub struct Lexeme<'t> {
    /// As it is printed.
    pub text: Cow<'t, str>,
    /// Its first token's kind.
    pub kind: TokenKind,
    /// Its first token and its last, among those of its clause without line breaks.
    pub tokens: (usize, usize),
    /// Comments on lines before it.
    pub before: Vec<Comment<'t>>,
    /// The comment after it at the line's end.
    pub after: Option<&'t str>,
}

impl Lexeme<'_> {
    /// Whether it is that sign or word.
    pub fn is(&self, text: &str) -> bool {
        matches!(self.kind, TokenKind::Sign | TokenKind::Word) && self.text == text
    }
}

/// The lexemes of a clause's tokens, among which are no line breaks; `lines` tells for each whether one stood before it.
pub fn lexemes<'t>(text: &'t str, tokens: &[Token], lines: &[bool], mut remarks: Vec<Remarks<'t>>) -> Vec<Lexeme<'t>> {
    let cutter = Cutter { text, tokens, lines };
    let mut lexemes = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let (count, shown) = cutter.lexeme(at);
        let last = at + count - 1;
        let before = remarks.get_mut(at).map(|remarks| std::mem::take(&mut remarks.before)).unwrap_or_default();
        let after = remarks.get_mut(last).and_then(|remarks| remarks.after.take());
        lexemes.push(Lexeme { text: shown, kind: token.kind, tokens: (at, last), before, after });
        at = last + 1;
    }
    lexemes
}

struct Cutter<'t, 'a> {
    text: &'t str,
    tokens: &'a [Token],
    lines: &'a [bool],
}

impl<'t> Cutter<'t, '_> {
    /// How many tokens belong together from there, and how they are printed.
    fn lexeme(&self, at: usize) -> (usize, Cow<'t, str>) {
        if !self.is_number(at) {
            return (1, self.raw(at, 1).into());
        }
        let Some(date) = self.date(at) else {
            let count = self.clock(at).unwrap_or_else(|| self.number(at));
            return (count, self.raw(at, count).into());
        };
        let hour = at + date;
        let Some(clock) = self.clock(hour).filter(|_| self.same_line(hour)) else {
            return (date, self.raw(at, date).into());
        };
        let zone = hour + clock;
        let (day, hour) = (self.raw(at, date), self.raw(hour, clock));
        match self.zone(zone).filter(|_| self.same_line(zone)) {
            Some(count) => (date + clock + count, format!("{day} {hour} {}", self.raw(zone, count)).into()),
            None => (date + clock, format!("{day} {hour}").into()),
        }
    }

    fn word(&self, at: usize) -> &'t str {
        self.tokens.get(at).map_or("", |token| token.text(self.text))
    }

    fn raw(&self, at: usize, count: usize) -> &'t str {
        match (self.tokens.get(at), self.tokens.get(at + count - 1)) {
            (Some(first), Some(last)) => self.text.get(first.start..last.end).unwrap_or(""),
            _ => "",
        }
    }

    fn same_line(&self, at: usize) -> bool {
        self.lines.get(at) == Some(&false)
    }

    /// Whether nothing stands between the token and the one before it.
    fn touches(&self, at: usize) -> bool {
        match (at.checked_sub(1).and_then(|before| self.tokens.get(before)), self.tokens.get(at)) {
            (Some(before), Some(token)) => before.end == token.start,
            _ => false,
        }
    }

    fn is_number(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.kind == TokenKind::Number)
    }

    /// So many digits at the least and at the most, and nothing else.
    fn digits(&self, at: usize, least: usize, most: usize) -> bool {
        let word = self.word(at);
        self.is_number(at) && (least..=most).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit())
    }

    /// `-11`, right after the token before it
    fn joined(&self, at: usize, sign: &str) -> bool {
        self.word(at) == sign && self.touches(at) && self.touches(at + 1) && self.digits(at + 1, 2, 2)
    }

    /// `2026-11-01`
    fn date(&self, at: usize) -> Option<usize> {
        let is_date = self.digits(at, 4, 4) && self.joined(at + 1, "-") && self.joined(at + 3, "-");
        let goes_on = self.touches(at + 5) && (self.word(at + 5) == "-" || self.is_number(at + 5));
        (is_date && !goes_on).then_some(5)
    }

    /// `21:00`, `21:00:30`
    fn clock(&self, at: usize) -> Option<usize> {
        let is_clock = self.digits(at, 1, 2) && self.joined(at + 1, ":");
        is_clock.then(|| if self.joined(at + 3, ":") { 5 } else { 3 })
    }

    /// `5%`
    fn number(&self, at: usize) -> usize {
        1 + usize::from(self.word(at + 1) == "%" && self.touches(at + 1))
    }

    /// `America/Argentina/Buenos_Aires`, `UTC`
    fn zone(&self, at: usize) -> Option<usize> {
        let start = self.tokens.get(at)?.start;
        let rest = self.text.get(start..)?;
        let length = zone_length(rest)?;
        let inside = self.tokens.get(at..)?.iter().take_while(|token| token.end <= start + length).count();
        let ends = self.tokens.get(at + inside.checked_sub(1)?)?.end == start + length;
        ends.then_some(inside)
    }
}

/// The length of the name of a time zone that the text begins with.
fn zone_length(text: &str) -> Option<usize> {
    let run = |from: usize, in_name: fn(char) -> bool| {
        let rest = text.get(from..).unwrap_or("");
        rest.find(|c| !in_name(c)).unwrap_or(rest.len())
    };
    if let Some(rest) = text.strip_prefix("UTC").filter(|rest| !rest.starts_with(is_word_char)) {
        return (!rest.starts_with('/')).then_some(3);
    }
    let area = run(0, |c| c.is_ascii_alphabetic() || c == '_');
    if area < 2 || !text.starts_with(|c: char| c.is_ascii_uppercase()) {
        return None;
    }
    let mut end = area;
    while text.get(end..).is_some_and(|rest| rest.starts_with('/')) {
        match run(end + 1, |c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+')) {
            0 => break,
            length => end += 1 + length,
        }
    }
    (end > area).then_some(end)
}
