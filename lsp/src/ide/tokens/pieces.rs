//! An item's text cut into words, numbers, signs, comments and texts; a text with holes is cut around them.

use opportune_compiler::syntax::{self, Hole, Span, TokenKind};

/// What a piece is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PieceKind {
    /// A word.
    Word,
    /// A number.
    Number,
    /// A text in quotes, or what of it is outside of its holes.
    Text,
    /// A comment, or one line of it.
    Comment,
    /// An operator or a bracket.
    Sign,
    /// The end of a line.
    Newline,
}

/// A piece, never empty and never over the end of a line, a newline apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Piece {
    /// Where, in bytes.
    pub span: Span,
    /// What it is.
    pub kind: PieceKind,
    /// Bytes between the beginning of the line and the piece.
    pub column: usize,
}

/// The pieces in the order of the text.
pub fn pieces(text: &str) -> Vec<Piece> {
    let scanned = syntax::scan(text);
    let mut cutter = Cutter { text, at: 0, line: 0, found: Vec::with_capacity(scanned.tokens.len()) };
    let mut holes = scanned.holes.iter().peekable();
    for token in &scanned.tokens {
        cutter.gap(token.start);
        if matches!(token.kind, TokenKind::Text | TokenKind::OpenText) {
            while let Some(hole) = holes.next_if(|hole| (hole.span.end as usize) <= token.end) {
                cutter.hole(hole);
            }
        }
        cutter.push(token.kind, token.end);
    }
    cutter.gap(text.len());
    joined(text, cutter.found)
}

/// Joins what the scanner leaves in parts: `2026-11-01`, `21:00`, `08:30:00`.
fn joined(text: &str, pieces: Vec<Piece>) -> Vec<Piece> {
    let mut found: Vec<Piece> = Vec::with_capacity(pieces.len());
    let written = |span: Span| text.get(span.start as usize..span.end as usize).unwrap_or("");
    for piece in pieces {
        found.push(piece);
        let [.., first, sign, second] = found.as_mut_slice() else { continue };
        let touch = first.span.end == sign.span.start && sign.span.end == second.span.start;
        let is_number = |piece: &Piece| piece.kind == PieceKind::Number && !written(piece.span).contains(['.', '_']);
        let is_part = written(second.span).len() == 2 && is_number(first) && is_number(second);
        let is_date = written(sign.span) == "-" && first.span.end - first.span.start >= 4;
        if touch && is_part && (is_date || written(sign.span) == ":") {
            first.span.end = second.span.end;
            found.truncate(found.len() - 2);
        }
    }
    found
}

struct Cutter<'t> {
    text: &'t str,
    /// All before it is cut.
    at: usize,
    /// Where the line begins.
    line: usize,
    found: Vec<Piece>,
}

impl Cutter<'_> {
    fn add(&mut self, kind: PieceKind, start: usize, end: usize) {
        if start < end {
            self.found.push(Piece { span: Span::new(start, end), kind, column: start.saturating_sub(self.line) });
        }
    }

    /// Up to the end of a token.
    fn push(&mut self, kind: TokenKind, end: usize) {
        let kind = match kind {
            TokenKind::Word => PieceKind::Word,
            TokenKind::Number => PieceKind::Number,
            TokenKind::Text | TokenKind::OpenText => PieceKind::Text,
            TokenKind::Sign => PieceKind::Sign,
            TokenKind::Newline => PieceKind::Newline,
        };
        self.add(kind, self.at, end);
        self.at = end;
        if kind == PieceKind::Newline {
            self.line = end;
        }
    }

    /// What is between two tokens: blanks, and comments.
    fn gap(&mut self, end: usize) {
        let text = self.text.get(self.at..end).unwrap_or("");
        let is_comment = text.trim_start().starts_with(['/', '#', '-', '*']);
        let mut start = self.at;
        for line in text.split_inclusive(['\n', '\r']) {
            let blank = line.len() - line.trim_start().len();
            let content = line.trim();
            if is_comment {
                self.add(PieceKind::Comment, start + blank, start + blank + content.len());
            }
            start += line.len();
            if line.ends_with(['\n', '\r']) {
                self.line = start;
            }
        }
        self.at = end.max(self.at);
    }

    /// The text before a hole, and what is in it.
    fn hole(&mut self, hole: &Hole) {
        self.push(TokenKind::Text, hole.span.start as usize);
        self.push(TokenKind::Sign, hole.span.start as usize + 1);
        for token in &hole.tokens {
            self.gap(token.start);
            self.push(token.kind, token.end);
        }
        self.gap((hole.span.end as usize).saturating_sub(1));
        self.push(TokenKind::Sign, hole.span.end as usize);
    }
}
