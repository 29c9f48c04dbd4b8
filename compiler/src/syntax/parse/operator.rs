//! Infix operators, those of other languages included: each is reported with the right one, which the tree then has.

use std::iter::Peekable;

use pest::iterators::{Pair, Pairs};

use super::build::Built;
use super::{Reader, Rule, foreign};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast::{BinaryWord, ExprKind, Literal, Spanned};

impl<'t> Reader<'t> {
    /// The operator that is meant.
    pub fn operator(&mut self, pair: &Pair<'t, Rule>) -> Spanned<BinaryWord> {
        let span = self.span(pair);
        let (node, foreign) = match pair.as_rule() {
            Rule::op_or => (BinaryWord::Or, None),
            Rule::odd_or => (BinaryWord::Or, Some("or")),
            Rule::kw_and => (BinaryWord::And, None),
            Rule::odd_and => (BinaryWord::And, Some("and")),
            Rule::op_add => (BinaryWord::Add, None),
            Rule::op_subtract => (BinaryWord::Subtract, None),
            Rule::op_multiply => (BinaryWord::Multiply, None),
            Rule::op_divide => (BinaryWord::Divide, None),
            Rule::op_equal => (BinaryWord::Equal, None),
            Rule::odd_equal | Rule::odd_is => (BinaryWord::Equal, Some("=")),
            Rule::op_is_not => (BinaryWord::NotEqual, None),
            Rule::odd_not_equal => (BinaryWord::NotEqual, Some("is not")),
            Rule::op_less => (BinaryWord::Less, None),
            Rule::op_less_or_equal => (BinaryWord::LessOrEqual, None),
            Rule::odd_less_or_equal => (BinaryWord::LessOrEqual, Some("<=")),
            Rule::op_greater => (BinaryWord::Greater, None),
            Rule::op_greater_or_equal => (BinaryWord::GreaterOrEqual, None),
            Rule::odd_greater_or_equal => (BinaryWord::GreaterOrEqual, Some(">=")),
            Rule::op_starts => (BinaryWord::StartsWith, None),
            Rule::odd_starts => (BinaryWord::StartsWith, Some("starts with")),
            Rule::op_ends => (BinaryWord::EndsWith, None),
            Rule::odd_ends => (BinaryWord::EndsWith, Some("ends with")),
            Rule::op_overlaps => (BinaryWord::Overlaps, None),
            Rule::odd_overlaps => (BinaryWord::Overlaps, Some("overlaps")),
            Rule::op_contains => (BinaryWord::Contains, None),
            Rule::odd_contains => (BinaryWord::Contains, Some("contains")),
            _ => (BinaryWord::Else, self.odd_else(pair)),
        };
        if let Some(right) = foreign {
            self.report(foreign::operator(self, span, right));
        }
        Spanned { node, span }
    }

    fn odd_else(&self, pair: &Pair<'t, Rule>) -> Option<&'static str> {
        let span = self.span(pair);
        (self.written(span) != "else").then_some("else")
    }

    /// `a LIKE "x%"`: `starts with`, `contains` or `=`, as the pattern asks.
    pub fn like(&mut self, left: Built, pair: &Pair<'t, Rule>, row: &mut Peekable<Pairs<'t, Rule>>) -> Built {
        let span = self.span(pair);
        let known = self.diagnostics.len();
        let mut right = self.climb_over_comparison(row);
        let pattern = match &right.expr.kind {
            ExprKind::Literal(Literal::Text(text)) => Some(text.clone()),
            _ => None,
        };
        let found = pattern.as_deref().and_then(like_pattern);
        let mut diagnostic = Diagnostic::error(
            codes::FOREIGN_OPERATOR,
            format!("`{}` is not an operator here", self.written(span)),
            span,
            "of another language",
        );
        let Some((op, word, text)) = found else {
            self.report(diagnostic.help(
                "write `starts with \"…\"`, `ends with \"…\"`, `contains \"…\"` or `= \"…\"`, without wildcards",
            ));
            return Built::error(left.expr.span.to(right.expr.span));
        };
        // The mended operator brings its text along in the right quotes.
        self.diagnostics.truncate(known);
        let whole = span.to(right.expr.span);
        let mended = format!("{word} {}", super::text::quoted(text));
        diagnostic = diagnostic.help(format!("write `{mended}`")).fix(
            format!("replace it with `{mended}`"),
            whole,
            mended.clone(),
        );
        self.report(diagnostic);
        right.expr.kind = ExprKind::Literal(Literal::Text(text.into()));
        self.binary(Spanned { node: op, span }, left, right)
    }

    /// Operators that the language does not have at all.
    pub fn strange(&mut self, left: Built, pair: &Pair<'t, Rule>, row: &mut Peekable<Pairs<'t, Rule>>) -> Built {
        let span = self.span(pair);
        let right = self.climb_over_comparison(row);
        let all = left.expr.span.to(right.expr.span);
        let word = self.written(span).to_owned();
        let report = |help: &str| {
            Diagnostic::error(
                codes::FOREIGN_OPERATOR,
                format!("there is no operator `{word}`"),
                span,
                "not an operator here",
            )
            .help(help)
        };
        let diagnostic = match word.as_str() {
            "%" | "mod" | "MOD" => report(
                "write `remainder(a, b)` for whole numbers; `%` stands right after a number, as in `5%`, which is 0.05",
            ),
            "**" | "^" => report("write `power(a, b)`, or the multiplication out: `a * a`"),
            "xor" => report("write `a is not b`"),
            _ => report("patterns cannot be asked for: write `starts with \"…\"` or `contains \"…\"`"),
        };
        self.report(diagnostic);
        Built::error(all)
    }
}

/// What a pattern of SQL asks for: the operator, its word and the text without wildcards.
fn like_pattern(pattern: &str) -> Option<(BinaryWord, &'static str, &str)> {
    let inner = pattern.trim_matches('%');
    if inner.contains(['%', '_']) || inner.is_empty() {
        return None;
    }
    match (pattern.starts_with('%'), pattern.ends_with('%')) {
        (true, true) => Some((BinaryWord::Contains, "contains", inner)),
        (false, true) => Some((BinaryWord::StartsWith, "starts with", inner)),
        (false, false) => Some((BinaryWord::Equal, "=", inner)),
        (true, false) => Some((BinaryWord::EndsWith, "ends with", inner)),
    }
}
