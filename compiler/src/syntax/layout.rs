//! Where the clauses of an item begin and end: the newline rule of the language, held in one place.
//!
//! A line break or `;` ends a clause. The clause goes on inside brackets, and where a line ends in, or the next begins
//! with, an infix operator, a comma or one of the joining words. Texts that cannot be right are cut so that a clause
//! takes no neighbour along: two words in a row, or a word and a value, begin a clause, for no expression holds them.

mod brackets;

use std::ops::Range;

use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::Span;
use crate::syntax::scan::{Token, TokenKind};
use crate::syntax::split::ITEM_WORDS;
use brackets::Brackets;

/// How deep brackets and `if`s may stand in each other.
const DEEPEST: usize = 64;

/// The longest clause.
const LONGEST_CLAUSE: usize = 4 << 20;

/// A run of tokens of an item.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Part {
    /// Positions in the list of tokens; never empty.
    pub tokens: Range<usize>,
    /// Whether its brackets or nesting are reported: then nothing else is said about it.
    pub broken: bool,
}

/// An item's head and clauses.
#[derive(Debug)]
pub struct Layout {
    /// From the item word to the `{` or the end of the line.
    pub head: Part,
    /// What stands between the braces.
    pub clauses: Vec<Part>,
}

/// Finds the parts of items with braces and of those without.
pub struct Finder<'t> {
    text: &'t str,
    tokens: &'t [Token],
    diagnostics: &'t mut Vec<Diagnostic>,
    /// Whether its clauses hold records in braces, as those of tests do.
    records: bool,
}

/// The byte where the last clause of an item's text begins; `records` where its clauses hold records, as those of tests do.
/// None before the `{` of the item, and where no clause has begun.
pub fn last_clause(text: &str, records: bool) -> Option<usize> {
    let tokens = super::scan(text).tokens;
    let mut diagnostics = Vec::new();
    let last = Finder { text, tokens: &tokens, diagnostics: &mut diagnostics, records }.last()?;
    tokens.get(last.tokens.start).map(|token| token.start)
}

/// What the braces of an item are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Braces {
    /// They must be there.
    Needed,
    /// `channel mail` stands alone too.
    Optional,
}

impl<'t> Finder<'t> {
    /// Over the tokens of an item.
    pub fn new(text: &'t str, tokens: &'t [Token], diagnostics: &'t mut Vec<Diagnostic>) -> Self {
        Self { text, tokens, diagnostics, records: false }
    }

    /// The same over the tokens of a persona or a test.
    pub fn with_records(self) -> Self {
        Self { records: true, ..self }
    }

    /// The one clause of an item without braces, and what follows it.
    pub fn single(&mut self) -> (Part, Option<Part>) {
        let first = self.clause(0).unwrap_or(Part { tokens: 0..0, broken: false });
        let rest = self.skip_ends(first.tokens.end);
        let more = (rest < self.tokens.len()).then_some(Part { tokens: rest..self.tokens.len(), broken: false });
        (first, more)
    }

    /// All tokens, where a clause is known to be alone: in a hole of a text.
    pub fn alone(&mut self) -> Part {
        let mut brackets = Brackets::new(DEEPEST);
        for (at, token) in self.tokens.iter().enumerate() {
            brackets.see(at, token.text(self.text), self.word(at.wrapping_sub(1)), token.kind);
        }
        let open_text = self.tokens.iter().any(|token| token.kind == TokenKind::OpenText);
        let broken = brackets.report(self.tokens, open_text, self.records, self.diagnostics);
        Part { tokens: 0..self.tokens.len(), broken }
    }

    /// The head and the clauses between the braces of an item such as `offer name { … }`, of which `what` tells the kind.
    pub fn block(&mut self, what: &str, braces: Braces) -> Layout {
        let (head, open) = self.head(what, braces);
        let mut clauses = Vec::new();
        let mut at = open.map_or(head.tokens.end, |open| open + 1);
        let mut closed = false;
        loop {
            at = self.skip_ends(at);
            let Some(token) = self.tokens.get(at) else { break };
            if self.is_sign(at, "}") {
                self.closing_brace(at, what, closed);
                closed = true;
                at += 1;
                continue;
            }
            let Some(part) = self.clause(at) else {
                at += 1;
                continue;
            };
            debug_assert!(part.tokens.end > at, "no progress at {token:?}");
            at = part.tokens.end.max(at + 1);
            clauses.push(part);
        }
        if let (Some(open), false) = (open, closed) {
            self.never_closed(open, what);
        }
        Layout { head, clauses }
    }

    /// The last clause, whatever is wrong before it: of a text that ends where its author is. None before the `{`.
    pub fn last(&mut self) -> Option<Part> {
        let open = self.tokens.iter().position(|token| token.text(self.text) == "{")?;
        let (mut at, mut last) = (open + 1, None);
        loop {
            at = self.skip_ends(at);
            if at >= self.tokens.len() {
                return last;
            }
            match self.clause(at).filter(|_| !self.is_sign(at, "}")) {
                Some(part) => {
                    at = part.tokens.end.max(at + 1);
                    last = Some(part);
                }
                None => at += 1,
            }
        }
    }

    /// The tokens before the `{`, and where it is.
    fn head(&mut self, what: &str, braces: Braces) -> (Part, Option<usize>) {
        let line = self.tokens.iter().position(|t| t.kind == TokenKind::Newline).unwrap_or(self.tokens.len());
        let brace = self.tokens.iter().take(line).position(|token| token.text(self.text) == "{");
        if let Some(open) = brace {
            return (Part { tokens: 0..open, broken: false }, Some(open));
        }
        let next = self.skip_ends(line);
        let head = Part { tokens: 0..line, broken: false };
        if self.is_sign(next, "{") {
            return (head, Some(next));
        }
        if braces == Braces::Needed || next < self.tokens.len() {
            let end = self.tokens.get(line.saturating_sub(1)).map_or(0, |token| token.end);
            let here = Span::new(end, end);
            self.diagnostics.push(
                Diagnostic::error(
                    codes::UNCLOSED_BLOCK,
                    format!("this {what} has no `{{`"),
                    here,
                    "`{` is missing here",
                )
                .help(format!("write what belongs to the {what} between `{{` and `}}`"))
                .fix("add ` {`", here, " {"),
            );
        }
        (head, None)
    }

    fn closing_brace(&mut self, at: usize, what: &str, closed: bool) {
        let after = self.skip_ends(at + 1);
        let Some(brace) = self.tokens.get(at) else { return };
        if closed {
            self.diagnostics.push(
                Diagnostic::error(
                    codes::UNCLOSED_BLOCK,
                    "this `}` closes nothing",
                    brace.span(),
                    "nothing is open here",
                )
                .help("delete it"),
            );
        } else if let Some(more) = self.tokens.get(after).filter(|more| more.text(self.text) != "}") {
            self.diagnostics.push(
                Diagnostic::error(codes::UNCLOSED_BLOCK, format!("this `}}` closes the {what} too early"), brace.span(), "closed here")
                    .label(more.span(), "but this follows")
                    .help(format!("delete this `}}`, or move what follows before it; a new item begins in column 0 with its word, such as `{}`", what)),
            );
        }
    }

    fn never_closed(&mut self, open: usize, what: &str) {
        let Some(brace) = self.tokens.get(open) else { return };
        let end = self.tokens.iter().rev().find(|t| t.kind != TokenKind::Newline).map_or(0, |token| token.end);
        let here = Span::new(end, end);
        self.diagnostics.push(
            Diagnostic::error(codes::UNCLOSED_BLOCK, format!("this {what} is never closed"), brace.span(), "opened here")
                .label(here, "`}` is missing here")
                .help("write `}` in column 0 after its last clause; what is inside is indented, as an item word in column 0 begins a new item")
                .fix("add `}`", here, "\n}"),
        );
    }

    /// The next position that is neither a line break nor a `;`.
    fn skip_ends(&self, from: usize) -> usize {
        let ends = |token: &&Token| token.kind == TokenKind::Newline || token.text(self.text) == ";";
        from + self.tokens.get(from..).unwrap_or_default().iter().take_while(ends).count()
    }

    /// The next position that is no line break.
    fn skip_newlines(&self, from: usize) -> usize {
        from + self.tokens.get(from..).unwrap_or_default().iter().take_while(|t| t.kind == TokenKind::Newline).count()
    }

    fn word(&self, at: usize) -> &'t str {
        self.tokens.get(at).map_or("", |token| token.text(self.text))
    }

    fn is_sign(&self, at: usize, sign: &str) -> bool {
        self.tokens.get(at).is_some_and(|token| token.kind == TokenKind::Sign && token.text(self.text) == sign)
    }

    /// The clause that begins with the token at `first`.
    fn clause(&mut self, first: usize) -> Option<Part> {
        let column = self.tokens.get(first)?.column;
        let mut brackets = Brackets::new(DEEPEST);
        let mut at = first;
        let mut last = first;
        while let Some(token) = self.tokens.get(at) {
            match (token.kind, token.text(self.text)) {
                (TokenKind::Newline, _) => {
                    let next = self.skip_newlines(at);
                    if self.ends(first, last, next, column, &brackets) {
                        break;
                    }
                    at = next;
                    continue;
                }
                (TokenKind::Sign, ";") if !(self.records && brackets.has_brace()) => break,
                (TokenKind::Sign, "}") if !brackets.has_brace() || self.closes_item(at, column) => break,
                (_, word) => brackets.see(at, word, self.word(at.saturating_sub(1)), token.kind),
            }
            last = at;
            at += 1;
        }
        let tokens = first..last + 1;
        let open_text =
            self.tokens.get(tokens.clone()).unwrap_or_default().iter().any(|token| token.kind == TokenKind::OpenText);
        let mut broken = self.indented_item(first, &brackets)
            || brackets.report(self.tokens, open_text, self.records, self.diagnostics);
        let (start, end) = (self.tokens.get(first)?.start, self.tokens.get(last)?.end);
        if end - start > LONGEST_CLAUSE && !broken {
            broken = true;
            self.diagnostics.push(
                Diagnostic::error(
                    codes::TOO_DEEP,
                    "this clause is too long",
                    Span::new(start, start + 1),
                    "it begins here",
                )
                .help("a clause may have 4 MiB; keep long lists of values in a table, and link to it"),
            );
        }
        Some(Part { tokens, broken })
    }

    /// Reports an item that stands inside another: its word is not in column 0.
    fn indented_item(&mut self, first: usize, brackets: &Brackets) -> bool {
        let word = self.word(first);
        // A table may be called as an item word is: `channel: [{ … }]`.
        let is_own = self.records && (self.word(first + 1) == ":" || word == "context");
        let is_item = brackets.had_brace() && ITEM_WORDS.contains(&word) && !is_own;
        let Some(token) = self.tokens.get(first).filter(|_| is_item) else {
            return false;
        };
        self.diagnostics.push(
            Diagnostic::error(codes::NOT_AN_ITEM, format!("this `{word}` stands inside another item"), token.span(), "not in column 0")
                .help(format!("an item begins in column 0: write `{word}` at the beginning of its line, after the `}}` of the item before")),
        );
        true
    }

    /// Whether a `}` inside an inner block is rather the item's own: it begins a line further left than the clause.
    fn closes_item(&self, at: usize, column: usize) -> bool {
        let begins_line = at == 0 || self.tokens.get(at - 1).is_some_and(|token| token.kind == TokenKind::Newline);
        begins_line && self.tokens.get(at).is_some_and(|brace| brace.column < column)
    }

    /// Whether the line break between `last` and `next` ends the clause.
    fn ends(&self, first: usize, last: usize, next: usize, column: usize, brackets: &Brackets) -> bool {
        let Some(token) = self.tokens.get(next) else { return true };
        let goes_on = self.lists_on(first, last, next) || (brackets.has_if() && self.word(next) == "then");
        let begins = self.begins_clause(next) && !goes_on;
        if brackets.is_open() {
            let open_text = self.tokens.get(last).is_some_and(|token| token.kind == TokenKind::OpenText);
            return (begins || open_text) && token.column <= column;
        }
        begins || !(self.goes_on_after(last) || self.goes_on_with(next))
    }

    /// Whether the clause whose tokens these are, without its line breaks, would go on over one between `last` and `next`
    /// outside of brackets.
    pub fn goes_on_between(&self, last: usize, next: usize) -> bool {
        let begins = self.begins_clause(next) && !self.lists_on(0, last, next);
        !begins && (self.goes_on_after(last) || self.goes_on_with(next))
    }

    /// Whether a clause of several parts goes on after a line that ends in a comma: the next may begin with two words.
    fn lists_on(&self, first: usize, last: usize, next: usize) -> bool {
        if !self.is_sign(last, ",") {
            return false;
        }
        let (word, after) = (self.word(next), self.word(next + 1));
        match self.word(first) {
            "timing" => {
                after != ":"
                    && ["on", "from", "to", "between", "right", "at", "within", "else", "until"].contains(&word)
            }
            "slate" => word == "at" && after == "most",
            "arms" => {
                self.word(next + 2) == "%" && self.tokens.get(next + 1).is_some_and(|t| t.kind == TokenKind::Number)
            }
            _ => false,
        }
    }

    /// Whether two words in a row, or a word and a value, stand here: then a clause begins.
    fn begins_clause(&self, at: usize) -> bool {
        let (Some(first), Some(second)) = (self.tokens.get(at), self.tokens.get(at + 1)) else { return false };
        let word = first.text(self.text);
        if first.kind == TokenKind::Word && second.text(self.text) == ":" {
            return true;
        }
        if self.records && begins_test_clause(word, second.kind, second.text(self.text)) {
            return true;
        }
        if first.kind != TokenKind::Word || is_joining(word) || NO_CLAUSE.contains(&word) {
            return false;
        }
        match second.kind {
            TokenKind::Word => !is_joining(second.text(self.text)) || matches!(second.text(self.text), "when" | "WHEN"),
            TokenKind::Number | TokenKind::Text | TokenKind::OpenText => true,
            TokenKind::Sign => match second.text(self.text) {
                "[" => true,
                "(" => CLAUSE_WORDS.contains(&word) && second.start > first.end,
                _ => false,
            },
            TokenKind::Newline => false,
        }
    }

    /// Whether the clause goes on after a line that ends so.
    fn goes_on_after(&self, last: usize) -> bool {
        let word = self.word(last);
        let with = word == "with" && last > 0 && matches!(self.word(last - 1), "starts" | "ends");
        with || self.joins(last, word)
    }

    /// Whether the clause goes on with a line that begins so.
    fn goes_on_with(&self, next: usize) -> bool {
        let word = self.word(next);
        let starts = matches!(word, "starts" | "ends") && self.word(next + 1) == "with";
        starts || matches!(word, ")" | "]") || self.joins(next, word)
    }

    fn joins(&self, at: usize, word: &str) -> bool {
        match self.tokens.get(at).map(|token| token.kind) {
            Some(TokenKind::Word) => is_joining(word),
            Some(TokenKind::Sign) => JOINING_SIGNS.contains(&word),
            _ => false,
        }
    }
}

/// Infix operators, also those of other languages, and the comma.
const JOINING_SIGNS: &[&str] = &[
    "=", "<", ">", "<=", ">=", "+", "-", "*", "/", ",", "==", "===", "!=", "!==", "<>", "=>", "=<", "≤", "≥", "≠",
    "&&", "||", "??", "?:",
];

/// Words that begin a clause and may stand before a bracket.
const CLAUSE_WORDS: &[&str] = &[
    "priority",
    "needs",
    "cap",
    "slate",
    "eligible",
    "except",
    "never",
    "objective",
    "carries",
    "cost",
    "capacity",
    "lead",
];

/// Words that stand before another word or a value inside an expression, and so do not tell of a clause.
const NO_CLAUSE: &[&str] = &["starts", "ends", "last", "desc", "if", "this", "next", "previous", "the", "past"];

/// Whether the words begin a clause of a test, though one of them joins lines elsewhere.
fn begins_test_clause(word: &str, kind: TokenKind, after: &str) -> bool {
    match word {
        "then" => kind == TokenKind::Number || matches!(after, "after" | "at" | "in" | "on" | "wait" | "another"),
        "expect" => matches!(after, "not"),
        "given" => after == "{",
        _ => false,
    }
}

/// Whether the word joins two lines.
fn is_joining(word: &str) -> bool {
    matches!(
        word,
        "and"
            | "or"
            | "else"
            | "then"
            | "when"
            | "where"
            | "in"
            | "is"
            | "between"
            | "contains"
            | "overlaps"
            | "not"
            | "AND"
            | "OR"
            | "NOT"
            | "IN"
            | "IS"
            | "BETWEEN"
            | "LIKE"
            | "ELSE"
            | "THEN"
            | "WHERE"
            | "WHEN"
    )
}
