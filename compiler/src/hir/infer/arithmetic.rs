//! `+ - * /`: which types go together is written at [`opportune_plan::Arithmetic`].

use opportune_plan::{Arithmetic, Constant, Type};

use super::super::describe::symbol;
use super::super::{Expr, ExprKind, constants};
use super::instead::{digits, unquoted, written as written_as};
use super::{Infer, constant_of};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast::{self, BinaryWord, Spanned};

impl Infer<'_> {
    pub(super) fn arithmetic(&mut self, word: &Spanned<BinaryWord>, a: &ast::Expr, b: &ast::Expr) -> Option<Expr> {
        let first = self.value(a, None);
        let second = self.value(b, None);
        let (first, second) = (first?, second?);
        match (word.node, first.ty, second.ty) {
            (BinaryWord::Add, Type::Date | Type::Instant, Type::Days | Type::Months) => Some(self.shift(first, second)),
            (BinaryWord::Add, Type::Days | Type::Months, Type::Date | Type::Instant) => Some(self.shift(second, first)),
            (BinaryWord::Subtract, Type::Date | Type::Instant, Type::Days | Type::Months) => {
                Some(self.shift(first, opposite(second)))
            }
            (BinaryWord::Add | BinaryWord::Subtract, Type::Date, Type::Duration)
            | (BinaryWord::Add, Type::Duration, Type::Date) => {
                let message = "a date has no hours to move by";
                let span = a.span.to(b.span);
                let diagnostic = Diagnostic::error(codes::BAD_OPERANDS, message, span, "a date and hours");
                self.fail(diagnostic.help("move a date by days, weeks, months or years"))
            }
            _ => self.combine(word, (a, first), (b, second)),
        }
    }

    /// A date or moment moved by the customer's calendar.
    fn shift(&self, at: Expr, by: Expr) -> Expr {
        Self::moved(at, by, self.zone_here())
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
        if let Some(folded) = folded(arithmetic, &first, &second) {
            return Some(Expr::constant(folded));
        }
        let by_zero = arithmetic == Arithmetic::Divide && !is_nonzero(&second);
        let nullable = first.nullable || second.nullable || by_zero;
        Some(Expr { kind: ExprKind::Arithmetic(arithmetic, Box::new(first), Box::new(second)), ty, nullable })
    }

    fn bad_operands(&self, word: &Spanned<BinaryWord>, a: (&ast::Expr, &Expr), b: (&ast::Expr, &Expr)) -> Diagnostic {
        let adds = matches!(word.node, BinaryWord::Add | BinaryWord::Subtract);
        let divides_money =
            word.node == BinaryWord::Divide && matches!((a.1.ty, b.1.ty), (Type::Money(_), Type::Money(_)));
        if (adds || divides_money || divides_lengths(word.node, a.1.ty, b.1.ty))
            && let Some(known) = self.unit_or_time(a, b)
        {
            return known;
        }
        let message =
            format!("`{}` does not take {} and {}", symbol(word.node), self.a_type(a.1.ty), self.a_type(b.1.ty));
        let span = a.0.span.to(b.0.span);
        let diagnostic = Diagnostic::error(codes::BAD_OPERANDS, message, span, "these do not go together");
        for (of, quoted) in [(a, b), (b, a)] {
            if let Some(plain) = unquoted(quoted.0, of.1.ty) {
                let help = format!("write it without quotes: `{plain}`");
                return diagnostic.help(help).fix("leave out the quotes", quoted.0.span, plain);
            }
        }
        if adds && matches!((a.1.ty, b.1.ty), (Type::Date | Type::Instant, Type::Int | Type::Number)) {
            return by_how_much(diagnostic, a.1.ty, b);
        }
        let help = match (word.node, a.1.ty, b.1.ty) {
            (BinaryWord::Multiply, Type::Money(_), Type::Money(_)) => "multiply an amount by a number",
            (BinaryWord::Add, Type::Text, _) | (BinaryWord::Add, _, Type::Text) => "texts are neither added nor joined",
            (BinaryWord::Divide, Type::Days, _) => "divide days by days: `… / 7 days` is a number of weeks",
            (BinaryWord::Divide, Type::Months, _) => "divide months by months: `… / 12 months` is a number of years",
            (BinaryWord::Multiply, Type::Days | Type::Months, _)
            | (BinaryWord::Multiply, _, Type::Days | Type::Months) => {
                "days and months are whole: multiply them by a whole number, `round(…) * 1 days`"
            }
            (_, Type::Set(_), _) | (_, _, Type::Set(_)) => {
                "sets are not joined; ask what is in them, or count: `size(…)`"
            }
            (_, Type::Place, _) | (_, _, Type::Place) => "places have a distance: `distance(…, …)`",
            (_, Type::Time, _) | (_, _, Type::Time) => {
                "times of day compare; to move one, give it a day: `instant(today, …) + 2 hours`"
            }
            (_, Type::Zone, _) | (_, _, Type::Zone) => "time zones are only compared",
            (_, Type::Bool, _) | (_, _, Type::Bool) => "choose by a condition: `if … then 1 else 0`",
            (_, Type::Ordered(_), _) | (_, _, Type::Ordered(_)) => {
                "values of a list are no numbers: choose by them, `if … >= … then 1 else 0`"
            }
            _ => "arithmetic takes numbers, amounts, dates, moments, lengths of time and distances",
        };
        diagnostic.help(help)
    }
}

/// A date or moment that is moved by a number: of days, if a date.
fn by_how_much(diagnostic: Diagnostic, moved: Type, (written, by): (&ast::Expr, &Expr)) -> Diagnostic {
    let whole = digits(written, by).filter(|_| by.ty == Type::Int);
    match (whole, moved) {
        (Some(n), Type::Date) => {
            let unit = if n == "1" { "day" } else { "days" };
            let end = ast::Span { start: written.span.end, end: written.span.end };
            diagnostic.help(format!("did you mean `{n} {unit}`?")).fix(format!("add `{unit}`"), end, format!(" {unit}"))
        }
        (Some(n), _) => diagnostic.help(format!("did you mean `{n} days` or `{n} hours`?")),
        (None, _) => diagnostic.help(format!("say of what: `round({}) * 1 days`", written_as(written))),
    }
}

/// Both operands as the operation takes them, in its order, and the type of the result.
fn fit(arithmetic: Arithmetic, a: &Expr, b: &Expr) -> Option<(Expr, Expr, Type)> {
    use Arithmetic::{Add, Divide, Multiply, Subtract};
    use Type::{Date, Days, Distance, Duration, Instant, Int, Money, Months, Number};
    let same = |ty| Some((a.clone(), b.clone(), ty));
    let swapped = |ty| Some((b.clone(), a.clone(), ty));
    match (arithmetic, a.ty, b.ty) {
        (Add | Subtract | Multiply, Int, Int) => same(Int),
        (Add | Subtract | Multiply, Int | Number, Int | Number) => {
            Some((a.clone().widened(), b.clone().widened(), Number))
        }
        (Add | Subtract, ty @ (Money(_) | Duration | Days | Months | Distance), other) if ty == other => same(ty),
        (Add | Subtract, Instant, Duration) => same(Instant),
        (Add, Duration, Instant) => swapped(Instant),
        (Subtract, Date, Date) => same(Days),
        (Subtract, Instant, Instant) => same(Duration),
        (Multiply | Divide, ty @ (Money(_) | Duration | Distance), Int | Number) => {
            Some((a.clone(), b.clone().widened(), ty))
        }
        (Multiply, Int | Number, ty @ (Money(_) | Duration | Distance)) => Some((b.clone(), a.clone().widened(), ty)),
        (Multiply, ty @ (Days | Months), Int) => same(ty),
        (Multiply, Int, ty @ (Days | Months)) => swapped(ty),
        (Divide, Int, Int) => same(Number),
        (Divide, Int | Number, Int | Number) => Some((a.clone().widened(), b.clone().widened(), Number)),
        (Divide, ty @ (Money(_) | Duration | Days | Months | Distance), other) if ty == other => same(Number),
        _ => None,
    }
}

/// What two written values make, where their sum, difference or product is exact or is the double's own.
fn folded(arithmetic: Arithmetic, a: &Expr, b: &Expr) -> Option<Constant> {
    constants::arithmetic(arithmetic, constant_of(a)?, constant_of(b)?)
}

/// Whether two lengths of different kinds are divided.
fn divides_lengths(word: BinaryWord, a: Type, b: Type) -> bool {
    let is_length = |ty| matches!(ty, Type::Days | Type::Months | Type::Duration);
    word == BinaryWord::Divide && is_length(a) && is_length(b)
}

fn is_nonzero(expr: &Expr) -> bool {
    match constant_of(expr) {
        Some(
            Constant::Int(n) | Constant::Duration(n) | Constant::Days(n) | Constant::Months(n) | Constant::Money(_, n),
        ) => *n != 0,
        Some(Constant::Number(n) | Constant::Distance(n)) => n.get() != 0.0,
        _ => false,
    }
}

/// The same the other way; of a written value at once.
pub(super) fn opposite(value: Expr) -> Expr {
    if let Some(constant) = constant_of(&value).and_then(constants::negated) {
        return Expr::constant(constant);
    }
    let (ty, nullable) = (value.ty, value.nullable);
    Expr { kind: ExprKind::Negate(Box::new(value)), ty, nullable }
}
