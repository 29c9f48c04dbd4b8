//! Words of the full language that are not built yet: each is answered with one clear error.

use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast::Span;

/// What is not built yet, at the words that say it.
pub fn here(span: Span, what: &str) -> Diagnostic {
    Diagnostic::error(
        codes::NOT_BUILT_YET,
        format!("{what} is not built yet"),
        span,
        "this part of the language comes later",
    )
    .help("leave it out for now")
}

/// Functions that come later.
pub fn function(word: &str, span: Span) -> Option<Diagnostic> {
    let known = ["affinity", "reached"];
    known.contains(&word).then(|| here(span, &format!("`{word}(…)`")))
}

/// Types that come later.
pub fn type_word(word: &str, span: Span) -> Option<Diagnostic> {
    matches!(word, "percent").then(|| here(span, &format!("the type `{word}`")))
}

/// Clauses of an offer that come later.
pub const OFFER_CLAUSES: &[&str] =
    &["reward", "bundle", "unlocks", "remind", "review", "even", "owns", "send", "template"];
