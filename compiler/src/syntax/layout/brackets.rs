//! The brackets of one clause: which are open, which have no other half, and how deep they stand in each other.

use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::Span;
use crate::syntax::scan::{Token, TokenKind};

/// A bracket, an `if`, or a run of `not`s and `-`s.
#[derive(Clone, Copy)]
struct Open {
    sign: char,
    token: usize,
}

const NESTED_RECORDS: &str = "give rows of lookup tables a key, and link to it: `product: [{ product_id: \"P1\", … }]`";

/// Follows the tokens of a clause.
pub struct Brackets {
    deepest: usize,
    open: Vec<Open>,
    /// `not`s and `-`s right before the next token.
    prefixes: usize,
    too_deep: Option<usize>,
    stray: Option<usize>,
    unclosed: Option<Open>,
    brace: Option<usize>,
}

impl Brackets {
    /// Nothing seen yet; at most `deepest` may stand in each other.
    pub fn new(deepest: usize) -> Self {
        Self { deepest, open: Vec::new(), prefixes: 0, too_deep: None, stray: None, unclosed: None, brace: None }
    }

    /// Whether a line break stands inside brackets.
    pub fn is_open(&self) -> bool {
        self.open.iter().any(|open| open.sign != 'i')
    }

    /// Whether a `{` is open.
    pub fn has_brace(&self) -> bool {
        self.open.iter().any(|open| open.sign == '{')
    }

    /// Whether an `if` was there, whose `then` may follow.
    pub fn has_if(&self) -> bool {
        self.open.iter().any(|open| open.sign == 'i')
    }

    /// Whether a `{` was there at all.
    pub fn had_brace(&self) -> bool {
        self.brace.is_some()
    }

    /// Takes the next token, which stands after `before`.
    pub fn see(&mut self, token: usize, word: &str, before: &str, kind: TokenKind) {
        let is_prefix = matches!(word, "not" | "NOT" | "Not" | "-" | "!");
        self.prefixes = if is_prefix { self.prefixes + 1 } else { 0 };
        match (kind, word) {
            (TokenKind::Sign, "(") => self.push('(', token),
            (TokenKind::Sign, "[") => self.push('[', token),
            (TokenKind::Sign, "{") => {
                self.brace = self.brace.or(Some(token));
                self.push('{', token);
            }
            (TokenKind::Word, "if" | "IF" | "If") if !matches!(before, "else" | "ELSE" | "Else") => {
                self.push('i', token)
            }
            (TokenKind::Sign, ")") => self.close('(', token),
            (TokenKind::Sign, "]") => self.close('[', token),
            (TokenKind::Sign, "}") => self.close('{', token),
            _ => {}
        }
        if self.open.len() + self.prefixes > self.deepest {
            self.too_deep = self.too_deep.or(Some(token));
        }
    }

    fn push(&mut self, sign: char, token: usize) {
        self.open.push(Open { sign, token });
    }

    /// Closes the innermost such bracket; those inside it were never closed.
    fn close(&mut self, sign: char, token: usize) {
        let Some(at) = self.open.iter().rposition(|open| open.sign == sign) else {
            self.stray = self.stray.or(Some(token));
            return;
        };
        let inner = self.open.iter().skip(at + 1).find(|open| open.sign != 'i').copied();
        self.unclosed = self.unclosed.or(inner);
        self.open.truncate(at);
    }

    /// Reports the first of what is wrong; whether anything is. With `records` braces may stand there as other brackets do.
    pub fn report(&self, tokens: &[Token], open_text: bool, records: bool, diagnostics: &mut Vec<Diagnostic>) -> bool {
        let place = |token: usize| tokens.get(token).map_or(Span::default(), Token::span);
        let unclosed = self.unclosed.or(self.open.iter().rfind(|open| open.sign != 'i').copied());
        if let Some(token) = self.too_deep {
            diagnostics.push(
                Diagnostic::error(
                    codes::TOO_DEEP,
                    format!("more than {} levels stand in each other here", self.deepest),
                    place(token),
                    "one level too many",
                )
                .help(if records {
                    NESTED_RECORDS
                } else {
                    "give parts of it names, with `segment name is …` or `trait name = …`"
                }),
            );
        } else if let Some(token) = self.brace.filter(|_| !records) {
            diagnostics.push(
                Diagnostic::error(codes::UNEXPECTED, "braces do not belong inside a clause", place(token), "this `{` is not expected")
                    .help("write conditions without braces: `eligible when age >= \"25-34\" and email_ok`, or `if condition then a else b`"),
            );
        } else if let Some(token) = self.stray {
            let sign = if tokens.get(token).is_some() { place(token) } else { Span::default() };
            diagnostics.push(
                Diagnostic::error(codes::UNCLOSED_BRACKET, "this bracket closes nothing", sign, "nothing is open here")
                    .help("delete it, or open it further left"),
            );
        } else if let Some(open) = unclosed {
            // The text that is not closed has taken the bracket's other half with it.
            if !open_text {
                let close = match open.sign {
                    '[' => ']',
                    '{' => '}',
                    _ => ')',
                };
                diagnostics.push(
                    Diagnostic::error(
                        codes::UNCLOSED_BRACKET,
                        format!("this `{}` is never closed", open.sign),
                        place(open.token),
                        "opened here",
                    )
                    .help(format!("write `{close}` where it ends")),
                );
            }
        } else {
            return false;
        }
        true
    }
}
