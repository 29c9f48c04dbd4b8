//! Where a text with holes ends: in `because "At {first(purchase where spend > 3 else false).at as date}"` a hole may hold
//! texts of its own, whose quotes do not end the outer one. Scanner and splitter ask the same.

use std::ops::Range;

/// A text with holes that begins with its quote; all places count from there.
pub struct Extent {
    /// The byte after the closing quote; `None`: not closed on its line.
    pub end: Option<usize>,
    /// The insides of the holes.
    pub holes: Vec<Range<usize>>,
    /// Every `}` that closes nothing.
    pub strays: Vec<usize>,
    /// The `{` of a hole that is not closed. Then the text ends with the last quote on its line.
    pub unclosed: Option<usize>,
}

/// Whether what stands on the line before a quote makes it the quote of a text with holes.
pub fn begins_after(line: &str) -> bool {
    let mut rest = line.trim_end_matches([' ', '\t', ':']);
    // `message email "…"`, and what is meant so: `message for email "…"`.
    for beside in 0..3 {
        let before = rest.trim_end_matches(super::is_word_char);
        let word = rest.get(before.len()..).unwrap_or("");
        let introduces = match word {
            "because" | "Because" => beside == 0,
            "message" | "Message" => true,
            "" => return false,
            _ => false,
        };
        let before = before.trim_end_matches([' ', '\t']);
        if introduces && (before.is_empty() || before.ends_with(['{', ';'])) {
            return true;
        }
        rest = before;
    }
    false
}

/// The extent of the text whose quote `rest` begins with.
pub fn extent(rest: &str) -> Extent {
    let mut walk = Walk::default();
    for (at, c) in rest.char_indices().skip(1) {
        if matches!(c, '\n' | '\r') {
            break;
        }
        if walk.step(at, c, rest) {
            walk.extent.end = Some(at + 1);
            return walk.extent;
        }
    }
    let Some((open, _)) = walk.hole else { return walk.extent };
    let line = rest.get(..rest.find(['\n', '\r']).unwrap_or(rest.len())).unwrap_or("");
    let last = line.rfind('"').filter(|last| *last > open);
    Extent { end: last.map(|last| last + 1), unclosed: Some(open), ..walk.extent }
}

struct Walk {
    extent: Extent,
    /// The hole that is open: its brace, and how many braces are open inside it.
    hole: Option<(usize, usize)>,
    /// Whether a text inside the hole is open.
    in_text: bool,
    escaped: bool,
    /// Whether an escape `\\u{…}` is open, whose braces are none.
    in_escape: bool,
    /// Whether the next character is the second half of `{{` or `}}`.
    doubled: bool,
}

impl Default for Walk {
    fn default() -> Self {
        let extent = Extent { end: None, holes: Vec::new(), strays: Vec::new(), unclosed: None };
        Self { extent, hole: None, in_text: false, escaped: false, in_escape: false, doubled: false }
    }
}

impl Walk {
    /// Takes a character; whether the text ends with it.
    fn step(&mut self, at: usize, c: char, rest: &str) -> bool {
        if std::mem::take(&mut self.escaped) || std::mem::take(&mut self.doubled) {
            return false;
        }
        if self.in_escape && c != '"' {
            self.in_escape = c != '}';
            return false;
        }
        let Some((open, depth)) = self.hole else { return self.outside(at, c, rest) };
        match c {
            '\\' if self.in_text => self.escaped = true,
            '"' => self.in_text = !self.in_text,
            _ if self.in_text => {}
            '{' => self.hole = Some((open, depth + 1)),
            '}' if depth > 0 => self.hole = Some((open, depth - 1)),
            '}' => {
                self.extent.holes.push(open + 1..at);
                self.hole = None;
            }
            _ => {}
        }
        false
    }

    fn outside(&mut self, at: usize, c: char, rest: &str) -> bool {
        let next = rest.get(at + 1..).and_then(|rest| rest.chars().next());
        match c {
            '"' => return true,
            '\\' if rest.get(at + 1..).is_some_and(|rest| rest.starts_with("u{")) => self.in_escape = true,
            '\\' => self.escaped = true,
            '{' | '}' if next == Some(c) => self.doubled = true,
            '{' => self.hole = Some((at, 0)),
            '}' => self.extent.strays.push(at),
            _ => {}
        }
        false
    }
}
