//! Where a blank stands between two lexemes.

use super::lexeme::Lexeme;
use crate::syntax::scan::TokenKind;

/// Words after which a value follows: a bracket after them is no call, and a `-` no subtraction.
const BEFORE_A_VALUE: &[&str] = &[
    "and", "or", "else", "then", "when", "where", "in", "is", "between", "contains", "overlaps", "not", "if", "with",
    "by", "of", "to", "per", "every", "after", "at", "for", "from", "over", "on", "within", "until",
];

/// The lexemes of a clause with what is known of their neighbours.
pub struct Spacing {
    /// Whether a `-` is a sign, not a subtraction.
    unary: Vec<bool>,
    /// Whether a value follows the word.
    leads: Vec<bool>,
}

impl Spacing {
    /// Of a clause whose first `head` lexemes are its words.
    pub fn new(lexemes: &[Lexeme<'_>], head: usize) -> Self {
        let leads: Vec<bool> = lexemes
            .iter()
            .enumerate()
            .map(|(at, lexeme)| {
                lexeme.kind == TokenKind::Word && (at < head || BEFORE_A_VALUE.contains(&lexeme.text.as_ref()))
            })
            .collect();
        let mut unary = vec![false; lexemes.len()];
        let mut expects_value = true;
        for ((lexeme, leads), unary) in lexemes.iter().zip(&leads).zip(&mut unary) {
            *unary = expects_value && (lexeme.is("-") || lexeme.is("+"));
            expects_value = match lexeme.kind {
                TokenKind::Sign => !matches!(lexeme.text.as_ref(), ")" | "]" | "}" | "?"),
                _ => *leads,
            };
        }
        Self { unary, leads }
    }

    /// Whether the lexeme is a `-` before one value.
    pub fn is_unary(&self, at: usize) -> bool {
        self.unary.get(at) == Some(&true)
    }

    /// Whether a blank stands between two lexemes that follow each other on a line.
    pub fn between(&self, lexemes: &[Lexeme<'_>], before: usize, after: usize) -> bool {
        let (Some(left), Some(right)) = (lexemes.get(before), lexemes.get(after)) else { return false };
        let sign = |lexeme: &Lexeme<'_>, signs: &[&str]| {
            lexeme.kind == TokenKind::Sign && signs.contains(&lexeme.text.as_ref())
        };
        if sign(right, &[",", ")", "]", "?", ".", ":"]) || sign(left, &["(", "[", "."]) || self.is_unary(before) {
            return false;
        }
        if sign(right, &["("]) && left.kind == TokenKind::Word {
            return self.leads.get(before) == Some(&true);
        }
        true
    }
}
