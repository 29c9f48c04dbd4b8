//! Words, numbers, texts and signs of an item, before any grammar: enough to find clauses, to blank out comments, and to
//! name what stands at a place in a message.
//!
//! The blanked text has the length of the original, so that every span stays true. Nothing here fails: what is no token
//! of the language becomes a sign or white space, and is reported.

pub mod strange;
pub mod template;

use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::Span;

/// What a token is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TokenKind {
    /// Letters, digits and `_`, beginning with no digit.
    Word,
    /// Digits, `_` and a decimal point.
    Number,
    /// In quotes of any kind, closed.
    Text,
    /// A `"` that is not closed on its line.
    OpenText,
    /// An operator, a bracket or anything else.
    Sign,
    /// The end of a line.
    Newline,
}

/// A token and its place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Its first byte.
    pub start: usize,
    /// The byte after its last.
    pub end: usize,
    /// Bytes between the beginning of the line and the token.
    pub column: usize,
}

impl Token {
    /// Its text.
    pub fn text<'t>(&self, source: &'t str) -> &'t str {
        source.get(self.start..self.end).unwrap_or("")
    }

    /// Its place.
    pub fn span(&self) -> Span {
        Span::new(self.start, self.end)
    }
}

/// An item's text in tokens.
#[derive(Debug)]
pub struct Scanned {
    /// The text with comments, merge markers and strange characters as spaces, and with nothing inside the quotes of a
    /// text with holes; as long as the original.
    pub blanked: String,
    /// The same with what stands inside the holes; empty where there are none.
    pub with_holes: String,
    /// The tokens in order; a text with holes is one.
    pub tokens: Vec<Token>,
    /// The holes in order.
    pub holes: Vec<Hole>,
    /// What is wrong so far.
    pub diagnostics: Vec<Diagnostic>,
}

/// A hole in a text: `{` … `}`.
#[derive(Debug)]
pub struct Hole {
    /// Its braces and all between them.
    pub span: Span,
    /// What stands between the braces.
    pub tokens: Vec<Token>,
}

/// Operators of more than one sign, the longer first.
const SIGNS: &[&str] =
    &["===", "!==", "==", "!=", "<>", "<=", ">=", "=>", "=<", "&&", "||", "->", "??", "?:", "**", ":=", ".."];

/// Cuts an item's text into tokens.
pub fn scan(text: &str) -> Scanned {
    let mut scanner = Scanner::new(text, 0);
    scanner.run();
    let Scanner { tokens, holes, templates, mut blanks, mut diagnostics, .. } = scanner;
    strange::report(text, &tokens, &holes, &mut blanks, &mut diagnostics);
    let with_holes = if holes.is_empty() { String::new() } else { blank_out(text, &blanks) };
    blanks.extend(templates);
    Scanned { blanked: blank_out(text, &blanks), with_holes, tokens, holes, diagnostics }
}

/// Replaces the spans by spaces but for their line breaks.
fn blank_out(text: &str, blanks: &[Span]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for span in blanks {
        for byte in bytes.get_mut(span.start as usize..span.end as usize).unwrap_or_default() {
            if !matches!(byte, b'\n' | b'\r') {
                *byte = b' ';
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_default()
}

/// Whether the character may stand in a word.
pub fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

struct Scanner<'t> {
    text: &'t str,
    at: usize,
    /// Where the line begins.
    line: usize,
    tokens: Vec<Token>,
    holes: Vec<Hole>,
    blanks: Vec<Span>,
    /// The insides of texts with holes.
    templates: Vec<Span>,
    diagnostics: Vec<Diagnostic>,
    /// Inside a hole no text has holes.
    in_hole: bool,
}

impl<'t> Scanner<'t> {
    fn new(text: &'t str, at: usize) -> Self {
        Self {
            text,
            at,
            line: 0,
            tokens: Vec::new(),
            holes: Vec::new(),
            blanks: Vec::new(),
            templates: Vec::new(),
            diagnostics: Vec::new(),
            in_hole: false,
        }
    }

    fn run(&mut self) {
        while self.at < self.text.len() {
            self.step();
        }
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    /// The length of the rest of the line.
    fn line_length(&self) -> usize {
        self.rest().find(['\n', '\r']).unwrap_or(self.rest().len())
    }

    fn push(&mut self, kind: TokenKind, length: usize) {
        let end = self.at + length;
        self.tokens.push(Token { kind, start: self.at, end, column: self.at - self.line });
        self.at = end;
    }

    fn blank(&mut self, length: usize) -> Span {
        let span = Span::new(self.at, self.at + length);
        self.blanks.push(span);
        self.at += length;
        span
    }

    /// One token, comment or character.
    fn step(&mut self) {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return };
        if self.at == self.line && self.merge_marker() {
            return;
        }
        match first {
            '\r' if rest.starts_with("\r\n") => self.newline(2),
            '\n' | '\r' => self.newline(1),
            ' ' | '\t' => self.at += 1,
            '/' if rest.starts_with("//") && !self.in_hole => {
                self.blank(self.line_length());
            }
            '/' if rest.starts_with("/*") => self.block_comment(),
            '*' if rest.starts_with("*/") => self.comment_end(),
            '#' => self.foreign_comment("#"),
            '-' if self.begins_dash_comment() => self.foreign_comment("--"),
            '"' => self.text(),
            '\'' | '`' | '“' | '”' | '„' | '‘' | '’' | '‚' | '«' => self.foreign_text(first),
            c if c.is_ascii_digit() => self.number(),
            c if is_word_char(c) => self.push(TokenKind::Word, run(rest, is_word_char)),
            c if strange::is_strange(c) => self.at += c.len_utf8(),
            c => {
                let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign));
                self.push(TokenKind::Sign, sign.map_or(c.len_utf8(), |sign| sign.len()));
            }
        }
    }

    fn newline(&mut self, length: usize) {
        self.push(TokenKind::Newline, length);
        self.line = self.at;
    }

    fn number(&mut self) {
        let whole = |text: &str| run(text, |c| c.is_ascii_digit() || c == '_');
        let mut length = whole(self.rest());
        let after = self.rest().get(length..).unwrap_or("");
        if let Some(decimals) = after.strip_prefix('.').filter(|text| text.starts_with(|c: char| c.is_ascii_digit())) {
            length += 1 + whole(decimals);
        }
        self.push(TokenKind::Number, length);
    }

    /// `"…"` on one line.
    fn text(&mut self) {
        if !self.in_hole && template::begins_after(self.text.get(self.line..self.at).unwrap_or("")) {
            return self.template();
        }
        let mut escaped = false;
        // No look at the whole line for each text: a line may hold very many.
        for (at, c) in self.rest().char_indices().skip(1) {
            match c {
                '\n' | '\r' => break,
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => return self.push(TokenKind::Text, at + 1),
                _ => {}
            }
        }
        self.open_text();
    }

    /// A text that is not closed: it ends with its line.
    fn open_text(&mut self) {
        let line = self.rest().get(..self.line_length()).unwrap_or("");
        let span = Span::new(self.at, self.at + line.trim_end().len());
        self.push(TokenKind::OpenText, line.len());
        self.diagnostics.push(
            Diagnostic::error(codes::UNCLOSED_TEXT, "this text is not closed", span, "it ends with the line")
                .help("close it with `\"` on the same line; a `\"` inside a text is written `\\\"`"),
        );
    }

    /// `"… {value} …"` on one line.
    fn template(&mut self) {
        let template::Extent { end, holes, strays, unclosed } = template::extent(self.rest());
        let Some(end) = end else { return self.open_text() };
        let start = self.at;
        self.templates.push(Span::new(start + 1, start + end - 1));
        self.push(if unclosed.is_some() { TokenKind::OpenText } else { TokenKind::Text }, end);
        for hole in holes {
            self.hole(start + hole.start, start + hole.end);
        }
        let brace = |at: usize| Span::new(start + at, start + at + 1);
        if let Some(open) = unclosed {
            self.diagnostics.push(
                Diagnostic::error(codes::LONE_BRACE, "this hole is never closed", brace(open), "opened here")
                    .help("write `}` where the value ends; a `{` that stands for itself is written `{{`"),
            );
        }
        for stray in strays {
            self.diagnostics.push(
                Diagnostic::error(codes::LONE_BRACE, "this `}` closes no hole", brace(stray), "nothing is open here")
                    .help("a `}` that stands for itself is written `}}`")
                    .fix("write `}}`", brace(stray), "}}"),
            );
        }
    }

    /// The tokens between two braces.
    fn hole(&mut self, start: usize, end: usize) {
        let inside = self.text.get(..end).unwrap_or("");
        let mut scanner = Scanner { line: self.line, in_hole: true, ..Scanner::new(inside, start) };
        scanner.run();
        self.diagnostics.append(&mut scanner.diagnostics);
        self.blanks.append(&mut scanner.blanks);
        self.holes.push(Hole { span: Span::new(start - 1, end + 1), tokens: scanner.tokens });
    }

    /// Texts in the quotes of other languages; a lone quote is a sign.
    fn foreign_text(&mut self, open: char) {
        let closers: &[char] = match open {
            '\'' => &['\''],
            '`' => &['`'],
            '«' => &['»'],
            '‘' | '’' | '‚' => &['’', '‘'],
            _ => &['”', '“', '"'],
        };
        let inner = self.rest().get(open.len_utf8()..).unwrap_or("");
        let mut line = inner.char_indices().take_while(|(_, c)| !matches!(c, '\n' | '\r'));
        match line.find(|(_, c)| closers.contains(c)) {
            Some((at, close)) => self.push(TokenKind::Text, open.len_utf8() + at + close.len_utf8()),
            None => self.push(TokenKind::Sign, open.len_utf8()),
        }
    }

    fn begins_dash_comment(&self) -> bool {
        let after = self.rest().strip_prefix("--");
        let line_so_far = self.text.get(self.line..self.at).unwrap_or("");
        after.is_some_and(|after| {
            line_so_far.trim().is_empty() || after.is_empty() || after.starts_with(char::is_whitespace)
        })
    }

    fn foreign_comment(&mut self, mark: &str) {
        let span = self.blank(self.line_length());
        let mark_span = Span::new(span.start as usize, span.start as usize + mark.len());
        self.diagnostics.push(
            Diagnostic::error(
                codes::FOREIGN_COMMENT,
                format!("a comment begins with `//`, not `{mark}`"),
                mark_span,
                "write `//`",
            )
            .fix(format!("replace `{mark}` with `//`"), mark_span, "//"),
        );
    }

    /// `/* … */`, over several lines too; one that is not closed ends with its line.
    fn block_comment(&mut self) {
        let closed = self.rest().find("*/");
        let span = self.blank(closed.map_or(self.line_length(), |at| at + 2));
        if let Some(last) = self.text.get(span.start as usize..span.end as usize).and_then(|text| text.rfind('\n')) {
            self.line = span.start as usize + last + 1;
        }
        let mark = Span::new(span.start as usize, span.start as usize + 2);
        self.diagnostics.push(
            Diagnostic::error(codes::FOREIGN_COMMENT, "a comment begins with `//`, not `/*`", mark, "write `//`")
                .help("write `//` at the beginning of each line of the comment"),
        );
    }

    /// A `*/` whose `/*` stands in another item.
    fn comment_end(&mut self) {
        let span = self.blank(2);
        self.diagnostics.push(
            Diagnostic::error(
                codes::FOREIGN_COMMENT,
                "a comment ends with its line, not with `*/`",
                span,
                "this ends nothing",
            )
            .help("write `//` at the beginning of each line of the comment"),
        );
    }

    /// The lines that git leaves where two versions disagree. Between `=======` and `>>>>>>>` the text is not read, so
    /// that each clause is seen once.
    fn merge_marker(&mut self) -> bool {
        let Some(marker) =
            ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].into_iter().find(|m| self.rest().starts_with(m))
        else {
            return false;
        };
        let theirs = match marker {
            "=======" => self.rest().find("\n>>>>>>>").map(|at| at + 1),
            "|||||||" => self.rest().find("\n=======").map(|at| at + 1),
            _ => None,
        };
        let line = Span::new(self.at, self.at + self.line_length());
        self.blank(theirs.unwrap_or(self.line_length()));
        if theirs.is_some() {
            self.line = self.at;
        }
        self.report_merge(line);
        true
    }

    /// One error for all markers of an item.
    fn report_merge(&mut self, line: Span) {
        if let Some(earlier) = self.diagnostics.iter_mut().find(|d| d.code == codes::MERGE_CONFLICT) {
            earlier.labels.push(crate::diagnostic::Label { span: line, message: "also left by git".to_owned() });
            return;
        }
        self.diagnostics.push(
            Diagnostic::error(codes::MERGE_CONFLICT, "a merge was not finished here", line, "left by git")
                .help("keep one of the two versions and delete the lines with `<<<<<<<`, `=======` and `>>>>>>>`"),
        );
    }
}

/// The length of the leading run of such characters.
fn run(text: &str, matches: impl Fn(char) -> bool) -> usize {
    text.find(|c| !matches(c)).unwrap_or(text.len())
}
