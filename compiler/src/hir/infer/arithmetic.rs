//! `+ - * /`: which types go together is written at [`opportune_plan::Arithmetic`].

use opportune_plan::{Arithmetic, Constant, Type};

use super::super::describe::symbol;
use super::super::{Expr, ExprKind};
use super::windows::backwards;
use super::{Infer, constant_of};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast::{self, BinaryWord, Literal, Spanned};

impl Infer<'_> {
    pub(super) fn arithmetic(&mut self, word: &Spanned<BinaryWord>, a: &ast::Expr, b: &ast::Expr) -> Option<Expr> {
        if let Some(length) = written_length(b)
            && matches!(word.node, BinaryWord::Add | BinaryWord::Subtract)
        {
            let first = self.value(a, None)?;
            if matches!(first.ty, Type::Date | Type::Instant) {
                let length = if word.node == BinaryWord::Subtract { backwards(length) } else { length };
                return self.shift(a, first, b, length);
            }
            let second = self.value(b, None)?;
            return self.combine(word, (a, first), (b, second));
        }
        if let Some(length) = written_length(a)
            && word.node == BinaryWord::Add
        {
            let second = self.value(b, None)?;
            if matches!(second.ty, Type::Date | Type::Instant) {
                return self.shift(b, second, a, length);
            }
            let first = self.value(a, None)?;
            return self.combine(word, (a, first), (b, second));
        }
        let first = self.value(a, None);
        let second = self.value(b, None);
        self.combine(word, (a, first?), (b, second?))
    }

    /// A date or moment moved by a length as it is written.
    fn shift(&mut self, at: &ast::Expr, moved: Expr, by: &ast::Expr, length: opportune_plan::Span) -> Option<Expr> {
        if moved.ty == Type::Date && length.micros != 0 {
            let message = "a date has no hours to move by";
            let diagnostic = Diagnostic::error(codes::BAD_OPERANDS, message, at.span.to(by.span), "a date and hours");
            return self.fail(diagnostic.help("move a date by days, weeks, months or years"));
        }
        let (ty, nullable) = (moved.ty, moved.nullable);
        Some(Expr { kind: ExprKind::Shift(Box::new(moved), length), ty, nullable })
    }

    fn combine(
        &mut self,
        word: &Spanned<BinaryWord>,
        (a, first): (&ast::Expr, Expr),
        (b, second): (&ast::Expr, Expr),
    ) -> Option<Expr> {
        let arithmetic = match word.node {
            BinaryWord::Add => Arithmetic::Add,
            BinaryWord::Subtract => Arithmetic::Subtract,
            BinaryWord::Multiply => Arithmetic::Multiply,
            _ => Arithmetic::Divide,
        };
        let Some((first, second, ty)) = fit(arithmetic, &first, &second) else {
            let diagnostic = self.bad_operands(word, (a, &first), (b, &second));
            return self.fail(diagnostic);
        };
        let by_zero = arithmetic == Arithmetic::Divide && !is_nonzero(&second);
        let nullable = first.nullable || second.nullable || by_zero;
        Some(Expr { kind: ExprKind::Arithmetic(arithmetic, Box::new(first), Box::new(second)), ty, nullable })
    }

    fn bad_operands(&self, word: &Spanned<BinaryWord>, a: (&ast::Expr, &Expr), b: (&ast::Expr, &Expr)) -> Diagnostic {
        let adds = matches!(word.node, BinaryWord::Add | BinaryWord::Subtract);
        let divides_money =
            word.node == BinaryWord::Divide && matches!((a.1.ty, b.1.ty), (Type::Money(_), Type::Money(_)));
        if (adds || divides_money)
            && let Some(known) = self.unit_or_time(a, b)
        {
            return known;
        }
        let message =
            format!("`{}` does not take {} and {}", symbol(word.node), self.a_type(a.1.ty), self.a_type(b.1.ty));
        let span = a.0.span.to(b.0.span);
        let diagnostic = Diagnostic::error(codes::BAD_OPERANDS, message, span, "these do not go together");
        let help = match (word.node, a.1.ty, b.1.ty) {
            (BinaryWord::Multiply, Type::Money(_), Type::Money(_)) => "multiply an amount by a number",
            (BinaryWord::Add, Type::Text, _) | (BinaryWord::Add, _, Type::Text) => "texts are not joined",
            (BinaryWord::Divide, Type::Days, _) => "divide days by days: `… / 7 days` is a number of weeks",
            (_, Type::Bool, _) | (_, _, Type::Bool) => "choose by a condition: `if … then 1 else 0`",
            (_, Type::Date | Type::Instant, Type::Int | Type::Number) => "say what is added: `+ 30 days`",
            (_, Type::Ordered(_), _) | (_, _, Type::Ordered(_)) => {
                "values of a list are no numbers: choose by them, `if … >= … then 1 else 0`"
            }
            _ => "arithmetic takes numbers, amounts, dates, moments and lengths of time",
        };
        diagnostic.help(help)
    }
}

/// Both operands as the operation takes them, in its order, and the type of the result.
fn fit(arithmetic: Arithmetic, a: &Expr, b: &Expr) -> Option<(Expr, Expr, Type)> {
    use Arithmetic::{Add, Divide, Multiply, Subtract};
    use Type::{Date, Days, Duration, Instant, Int, Money, Number};
    let same = |ty| Some((a.clone(), b.clone(), ty));
    let swapped = |ty| Some((b.clone(), a.clone(), ty));
    match (arithmetic, a.ty, b.ty) {
        (Add | Subtract | Multiply, Int, Int) => same(Int),
        (Add | Subtract | Multiply, Int | Number, Int | Number) => {
            Some((a.clone().widened(), b.clone().widened(), Number))
        }
        (Add | Subtract, ty @ (Money(_) | Duration | Days), other) if ty == other => same(ty),
        (Add | Subtract, Instant, Duration | Days) => same(Instant),
        (Add | Subtract, Date, Days) => same(Date),
        (Add, Duration | Days, Instant) => swapped(Instant),
        (Add, Days, Date) => swapped(Date),
        (Subtract, Date, Date) => same(Days),
        (Subtract, Instant, Instant) => same(Duration),
        (Multiply | Divide, ty @ (Money(_) | Duration), Int | Number) => Some((a.clone(), b.clone().widened(), ty)),
        (Multiply, Int | Number, ty @ (Money(_) | Duration)) => Some((b.clone(), a.clone().widened(), ty)),
        (Multiply, Days, Int) => same(Days),
        (Multiply, Int, Days) => swapped(Days),
        (Divide, Int, Int) => same(Number),
        (Divide, Int | Number, Int | Number) => Some((a.clone().widened(), b.clone().widened(), Number)),
        (Divide, ty @ (Money(_) | Duration | Days), other) if ty == other => same(Number),
        _ => None,
    }
}

fn is_nonzero(expr: &Expr) -> bool {
    match constant_of(expr) {
        Some(Constant::Int(n) | Constant::Duration(n) | Constant::Days(n) | Constant::Money(_, n)) => *n != 0,
        Some(Constant::Number(n)) => n.get() != 0.0,
        _ => false,
    }
}

fn written_length(expr: &ast::Expr) -> Option<opportune_plan::Span> {
    if let ast::ExprKind::Literal(Literal::Span(length)) = &expr.kind { Some(*length) } else { None }
}
