//! What stands before a cursor, in tokens; no more than is needed to see what may follow.
//!
//! In a hole of a text (`because "… {`) the tokens are those of the hole alone.

use opportune_compiler::syntax::{is_word_char, last_clause};

/// What a token is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A word.
    Word,
    /// A number.
    Number,
    /// A text with its quotes.
    Text,
    /// An operator or a bracket.
    Sign,
    /// The end of a line.
    Newline,
}

/// A token before the cursor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Token<'t> {
    /// What it is.
    pub kind: Kind,
    /// Its text.
    pub text: &'t str,
    /// Its first byte in the item.
    pub start: usize,
}

/// In what the cursor stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// Among words and signs.
    Code,
    /// In a text that is not closed before it.
    Text,
    /// Behind `//`.
    Comment,
}

/// A cursor in an item.
#[derive(Debug)]
pub struct Cursor<'t> {
    /// The tokens before what is typed.
    pub tokens: Vec<Token<'t>>,
    /// In what it stands.
    pub state: State,
    /// Whether it is in the hole of a text.
    pub in_hole: bool,
    /// All tokens of the item before the text whose hole it is in.
    pub outer: Vec<Token<'t>>,
    /// Whether what is typed touches the token before.
    pub touches: bool,
    typed: &'t str,
    /// The item up to the cursor.
    before: &'t str,
}

impl<'t> Cursor<'t> {
    /// The cursor behind `before`, which begins with its item.
    pub fn new(before: &'t str) -> Self {
        let mut lexer = Lexer { whole: before, rest: before, tokens: Vec::new(), in_hole: false, outer: Vec::new() };
        let state = lexer.run();
        let (typed, touches) = match state {
            State::Code => lexer.unfinished(before),
            State::Text | State::Comment => (lexer.rest, false),
        };
        Self { tokens: lexer.tokens, state, in_hole: lexer.in_hole, outer: lexer.outer, touches, typed, before }
    }

    /// The byte of the item where the clause at the cursor begins, as the compiler finds clauses; `records` where they hold
    /// records. What is being typed counts as some word, in a test as one that a `then` asks for.
    pub fn clause(&self, records: bool) -> Option<usize> {
        let before = self.before.get(..self.before.len().checked_sub(self.typed.len())?)?;
        last_clause(&format!("{before} {}", if records { "at" } else { "x" }), records)
    }

    /// What is typed of the word or text so far.
    pub fn typed(&self) -> &'t str {
        self.typed
    }

    /// The text of a token, counted from the last; empty where there is none.
    pub fn back(&self, count: usize) -> &'t str {
        self.tokens.len().checked_sub(count + 1).and_then(|at| self.tokens.get(at)).map_or("", |token| token.text)
    }

    /// The last token.
    pub fn last(&self) -> Option<Token<'t>> {
        self.tokens.last().copied()
    }
}

struct Lexer<'t> {
    whole: &'t str,
    rest: &'t str,
    tokens: Vec<Token<'t>>,
    in_hole: bool,
    outer: Vec<Token<'t>>,
}

/// Operators of two signs.
const PAIRS: &[&str] = &["<=", ">=", "->", "==", "!="];

impl<'t> Lexer<'t> {
    fn run(&mut self) -> State {
        while let Some(first) = self.rest.chars().next() {
            match first {
                '/' if self.rest.starts_with("//") => match self.rest.find(['\n', '\r']) {
                    Some(end) => self.skip(end),
                    None => return State::Comment,
                },
                '\n' | '\r' => self.push(Kind::Newline, 1),
                '"' if self.begins_template() => {
                    if let Some(state) = self.template() {
                        return state;
                    }
                }
                '"' => match text_end(self.rest) {
                    Some(end) => self.push(Kind::Text, end),
                    None => match self.rest.find(['\n', '\r']) {
                        Some(end) => self.push(Kind::Text, end),
                        None => {
                            self.skip(1);
                            return State::Text;
                        }
                    },
                },
                c if c.is_ascii_digit() => {
                    let end = self.rest.find(|c: char| !(c.is_ascii_digit() || c == '_')).unwrap_or(self.rest.len());
                    self.push(Kind::Number, end);
                }
                c if is_word_char(c) => {
                    let end = self.rest.find(|c| !is_word_char(c)).unwrap_or(self.rest.len());
                    self.push(Kind::Word, end);
                }
                c if c.is_whitespace() => self.skip(c.len_utf8()),
                _ if PAIRS.iter().any(|pair| self.rest.starts_with(pair)) => self.push(Kind::Sign, 2),
                c => self.push(Kind::Sign, c.len_utf8()),
            }
        }
        State::Code
    }

    fn skip(&mut self, length: usize) {
        self.rest = self.rest.get(length..).unwrap_or("");
    }

    fn push(&mut self, kind: Kind, length: usize) {
        let start = self.whole.len() - self.rest.len();
        self.tokens.push(Token { kind, text: self.rest.get(..length).unwrap_or(""), start });
        self.skip(length);
    }

    /// The last word, where the cursor touches it: it is being typed.
    fn unfinished(&mut self, before: &'t str) -> (&'t str, bool) {
        let last = self.tokens.last().copied();
        if let Some(token) = last.filter(|token| token.kind == Kind::Word && before.ends_with(token.text)) {
            self.tokens.pop();
            return (token.text, false);
        }
        (before.get(before.len()..).unwrap_or(""), !before.ends_with(char::is_whitespace))
    }

    /// Whether a quote here opens a text with holes.
    fn begins_template(&self) -> bool {
        let line = self.tokens.iter().rev().take_while(|token| token.kind != Kind::Newline && token.text != ";");
        let mut words = line.filter(|token| token.text != "{").map(|token| token.text);
        let (last, before) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
        !self.in_hole && (last == "because" && before.is_empty() || last == "message" || before == "message")
    }

    /// A text with holes; the state, where the cursor is in it.
    fn template(&mut self) -> Option<State> {
        let text = self.rest;
        let (mut hole, mut in_text, mut escaped, mut doubled) = (None, false, false, false);
        for (at, c) in text.char_indices().skip(1) {
            let next = text.get(at + 1..).and_then(|rest| rest.chars().next());
            match c {
                '\n' | '\r' => {
                    self.push(Kind::Text, at);
                    return None;
                }
                _ if std::mem::take(&mut escaped) || std::mem::take(&mut doubled) => {}
                '\\' => escaped = true,
                '"' if hole.is_some() => in_text = !in_text,
                '"' => {
                    self.push(Kind::Text, at + 1);
                    return None;
                }
                '{' | '}' if hole.is_none() && next == Some(c) => doubled = true,
                '{' if hole.is_none() => hole = Some(at + 1),
                '}' if !in_text => hole = None,
                _ => {}
            }
        }
        let Some(hole) = hole else {
            self.skip(1);
            return Some(State::Text);
        };
        self.outer = std::mem::take(&mut self.tokens);
        self.in_hole = true;
        self.rest = text.get(hole..).unwrap_or("");
        Some(self.run())
    }
}

/// The byte behind the closing quote.
fn text_end(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '\n' | '\r' => return None,
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}
