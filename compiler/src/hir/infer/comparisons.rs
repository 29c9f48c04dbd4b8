//! Comparisons, `between`, and searches in texts.

use opportune_plan::{Comparison, Constant, Type};

use super::super::describe::symbol;
use super::super::{Expr, ExprKind};
use super::{Infer, constant_of, widen_either};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::Span;
use crate::syntax::ast::{self, BinaryWord, Spanned};

impl Infer<'_> {
    pub(super) fn comparison(&mut self, word: &Spanned<BinaryWord>, a: &ast::Expr, b: &ast::Expr) -> Option<Expr> {
        let (first, second) = self.pair(a, b, None)?;
        let (first, second) = self.comparable(word.node, (a, first), (b, second))?;
        Some(compare(word.node, first, second))
    }

    /// Brings both sides to one type that the operator takes.
    fn comparable(
        &mut self,
        word: BinaryWord,
        (a, first): (&ast::Expr, Expr),
        (b, second): (&ast::Expr, Expr),
    ) -> Option<(Expr, Expr)> {
        let (first, second) = widen_either(first, second);
        if first.ty != second.ty {
            let diagnostic = self.mismatch((a, &first), (b, &second));
            return self.fail(diagnostic);
        }
        let by_order = !matches!(word, BinaryWord::Equal | BinaryWord::NotEqual);
        let no_equality = matches!(first.ty, Type::Set(_) | Type::Place);
        if (by_order && !first.ty.is_ordered()) || no_equality {
            let diagnostic = self.no_order(word, a.span.to(b.span), first.ty);
            return self.fail(diagnostic);
        }
        Some((first, second))
    }

    fn no_order(&self, word: BinaryWord, span: Span, ty: Type) -> Diagnostic {
        let message = match ty {
            Type::Set(_) | Type::Place => {
                format!("`{}` does not compare {}", symbol(word), if ty == Type::Place { "places" } else { "sets" })
            }
            _ => format!("`{}` asks for an order, and {} has none", symbol(word), self.a_type(ty)),
        };
        let help = match ty {
            Type::OneOf(_) => "declare the field as `ordered(…)` if its values have an order, or use `=` and `in`",
            Type::Text => "texts compare with `=`, `in [..]`, `starts with`, `ends with` and `contains`",
            Type::Zone => "time zones compare with `=` and `in [..]`",
            Type::Place => "ask how far apart they are: `distance(…, …) < 500 m`",
            Type::Set(_) => "ask what is in it: `… contains …`, `… overlaps […]`, or how many: `size(…)`",
            _ => "conditions are joined with `and`, `or` and `not`",
        };
        Diagnostic::error(codes::NO_ORDER, message, span, "no order").help(help)
    }

    pub(super) fn between(&mut self, of: &ast::Expr, low: &ast::Expr, high: &ast::Expr) -> Option<Expr> {
        let value = self.value(of, None)?;
        self.lies_between((of, value), low, high)
    }

    /// Both ends included; of a moment, an end that is a date is that whole day.
    pub(super) fn lies_between(
        &mut self,
        (of, value): (&ast::Expr, Expr),
        low: &ast::Expr,
        high: &ast::Expr,
    ) -> Option<Expr> {
        let low_value = self.value(low, Some(value.ty));
        let high_value = self.value(high, Some(value.ty));
        let (low_value, high_value) = (low_value?, high_value?);
        let is_time = |ty| matches!(ty, Type::Date | Type::Instant);
        if value.ty == Type::Instant && is_time(low_value.ty) && is_time(high_value.ty) {
            return self.between_times(value, low_value, high_value);
        }
        let word = BinaryWord::LessOrEqual;
        let above = self.comparable(word, (low, low_value), (of, value.clone()));
        let below = self.comparable(word, (of, value), (high, high_value));
        let ((bottom, value_above), (value_below, top)) = above.zip(below)?;
        Expr::all(vec![compare(word, bottom, value_above), compare(word, value_below, top)])
    }

    pub(super) fn search(&mut self, word: BinaryWord, a: &ast::Expr, b: &ast::Expr) -> Option<Expr> {
        let found = self.value(a, None);
        let wanted = self.value(b, None);
        self.search_text(word, (a, found?), (b, wanted?))
    }

    /// A search in a text.
    pub(super) fn search_text(
        &mut self,
        word: BinaryWord,
        (a, found): (&ast::Expr, Expr),
        (b, wanted): (&ast::Expr, Expr),
    ) -> Option<Expr> {
        if found.ty != Type::Text {
            let message = format!("`{}` looks into texts, and this is {}", symbol(word), self.a_type(found.ty));
            let diagnostic = Diagnostic::error(codes::NOT_TEXT, message, a.span, "not a text");
            let help = match found.ty {
                Type::OneOf(_) | Type::Ordered(_) => "list the values that count: `… in [a, b]`",
                Type::Set(_) => "ask what is in the set: `… contains \"…\"`, `… overlaps [\"…\"]`",
                _ => "compare it with `=` or `<`",
            };
            return self.fail(diagnostic.help(help));
        }
        let Some(Constant::Text(text)) = constant_of(&wanted).cloned() else {
            let message = format!("`{}` looks for a text as it is written", symbol(word));
            let diagnostic = Diagnostic::error(codes::NOT_TEXT, message, b.span, "not a text in quotes");
            return self.fail(diagnostic.help("write the text in double quotes"));
        };
        let (nullable, of) = (found.nullable, Box::new(found));
        let kind = match word {
            BinaryWord::StartsWith => ExprKind::StartsWith(of, text),
            BinaryWord::EndsWith => ExprKind::EndsWith(of, text),
            _ => ExprKind::Contains(of, text),
        };
        Some(Expr::condition(kind, nullable))
    }
}

/// A comparison of two values of one type.
pub(super) fn compare(word: BinaryWord, a: Expr, b: Expr) -> Expr {
    let nullable = a.nullable || b.nullable;
    let (comparison, a, b) = match word {
        BinaryWord::Less => (Comparison::Less, a, b),
        BinaryWord::LessOrEqual => (Comparison::LessOrEqual, a, b),
        BinaryWord::Greater => (Comparison::Less, b, a),
        BinaryWord::GreaterOrEqual => (Comparison::LessOrEqual, b, a),
        _ => (Comparison::Equal, a, b),
    };
    let found = Expr::condition(ExprKind::Compare(comparison, Box::new(a), Box::new(b)), nullable);
    if word == BinaryWord::NotEqual { found.negated() } else { found }
}
