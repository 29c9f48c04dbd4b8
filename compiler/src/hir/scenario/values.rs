//! Values that are written out in a test: constants, `now`, `today`, and lengths of time before and after them.
//!
//! They are typed as all values are, over a schema without tables, then worked out at the test's moment in the project's
//! zone. What must hold: a value is the one that the runtime would compute.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Span as Stretch, Timestamp};
use opportune_plan::{Arithmetic, Builtin, Constant, Element, Float, Span as Length, Type};

use super::super::clauses::NoNames;
use super::super::describe::a_type;
use super::super::infer::{Context, Infer};
use super::super::{Expr, ExprKind, Schema, constants};
use super::Around;
use crate::diagnostic::{Diagnostic, codes};
use crate::moment::of_local;
use crate::syntax::Span;
use crate::syntax::ast::{self, BinaryWord, Literal};

/// Works out values at a moment.
#[derive(Clone, Copy)]
pub(super) struct Values<'a> {
    lists: &'a Schema,
    zone: &'a TimeZone,
    now: i64,
}

impl<'a> Values<'a> {
    pub(super) fn new(around: Around<'a>, now: i64) -> Self {
        Self { lists: around.lists, zone: around.zone, now }
    }

    pub(super) fn now(&self) -> i64 {
        self.now
    }

    /// A value of this type; `None`: reported.
    pub(super) fn constant(
        &self,
        expr: &ast::Expr,
        ty: Type,
        bare: bool,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<Constant> {
        let mut infer = self.infer();
        let found = self.typed(&mut infer, expr, ty, bare);
        diagnostics.extend(infer.into_diagnostics());
        let found = found?;
        let value = self.evaluate(&found).and_then(|value| self.as_type(value, ty));
        if value.is_none() {
            diagnostics.push(not_computed(expr, &found));
        }
        value
    }

    fn infer(&self) -> Infer<'a> {
        Infer::new(Context::new(self.lists, &NoNames, Some(self.zone)))
    }

    /// The value with its type. A day stands for its first moment, and a moment for its day, as in data without hours.
    fn typed(&self, infer: &mut Infer<'_>, expr: &ast::Expr, ty: Type, bare: bool) -> Option<Expr> {
        if let ast::ExprKind::Name(word) = &expr.kind
            && !is_time(word)
        {
            return match ty {
                Type::OneOf(_) | Type::Ordered(_) => infer.variant(word, expr.span, ty, false),
                Type::Text if bare => Some(Expr::constant(Constant::Text(word.clone()))),
                _ => infer.fail(self.bare_word(word, expr.span, ty)),
            };
        }
        if let Some(span) = not_written_out(expr) {
            return infer.fail(not_constant(span));
        }
        if !matches!(ty, Type::Date | Type::Instant) {
            return infer.of_type(expr, ty);
        }
        let found = infer.value(expr, Some(ty))?;
        if matches!(found.ty, Type::Date | Type::Instant) { Some(found) } else { infer.of_type(expr, ty) }
    }

    fn bare_word(&self, word: &str, span: Span, ty: Type) -> Diagnostic {
        let wanted = a_type(&self.lists.plan, ty);
        let message = format!("{wanted} is expected, and `{word}` is a bare word");
        let diagnostic = Diagnostic::error(codes::GIVEN_NOT_CONSTANT, message, span, "not a written value");
        match ty {
            Type::Text | Type::Zone => {
                let quoted = format!("{word:?}");
                diagnostic.help("a text stands in quotes").fix(format!("write `{quoted}`"), span, quoted)
            }
            Type::Bool => diagnostic.help("write `true` or `false`"),
            _ => diagnostic.help("write the value itself: a test looks nothing up"),
        }
    }

    /// The values of a set.
    pub(super) fn set(
        &self,
        values: &[ast::RecordValue],
        element: Element,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<Constant> {
        let one = |value: &ast::RecordValue| match value {
            ast::RecordValue::One(expr) => self.constant(expr, element.ty(), false, diagnostics),
            other => {
                let message = "a set holds single values";
                let diagnostic = Diagnostic::error(codes::GIVEN_SHAPE, message, other.span(), "not a single value");
                diagnostics.push(diagnostic.help("write the values with commas between them: `[…, …]`"));
                None
            }
        };
        let found: Vec<Option<Constant>> = values.iter().map(one).collect();
        let all = found.into_iter().collect::<Option<std::collections::BTreeSet<Constant>>>()?;
        Some(Constant::Set(element, all.into_iter().collect()))
    }

    /// A moment that a test is at, or that something is sent at.
    pub(super) fn moment(&self, expr: &ast::Expr, diagnostics: &mut Vec<Diagnostic>) -> Option<i64> {
        let Constant::Instant(moment) = self.constant(expr, Type::Instant, false, diagnostics)? else { return None };
        if self.is_of_our_years(moment) {
            return Some(moment);
        }
        diagnostics.push(out_of_years(expr.span));
        None
    }

    /// So much later: days and months by the calendar, hours exactly.
    pub(super) fn after(&self, moment: i64, length: &ast::Expr, diagnostics: &mut Vec<Diagnostic>) -> Option<i64> {
        let ast::ExprKind::Literal(Literal::Span(by)) = &length.kind else { return None };
        let later = self.shifted(moment, *by).filter(|later| self.is_of_our_years(*later));
        if later.is_none() {
            diagnostics.push(out_of_years(length.span));
        }
        later
    }

    /// Within the years 2 to 9998: the days around are in the calendar, wherever the customer is.
    fn is_of_our_years(&self, moment: i64) -> bool {
        self.local(moment).is_some_and(|local| (2..=9998).contains(&local.year()))
    }

    fn local(&self, moment: i64) -> Option<DateTime> {
        Some(self.zone.to_datetime(Timestamp::from_microsecond(moment).ok()?))
    }

    fn instant(&self, local: DateTime) -> Option<i64> {
        of_local(self.zone, local).map(|moment| moment.as_microsecond())
    }

    fn shifted(&self, moment: i64, by: Length) -> Option<i64> {
        let moved = match by {
            Length { months: 0, days: 0, .. } => moment,
            Length { months, days, .. } => {
                let stretch = Stretch::new().try_months(months).ok()?.try_days(days).ok()?;
                self.instant(self.local(moment)?.checked_add(stretch).ok()?)?
            }
        };
        moved.checked_add(by.micros)
    }

    /// The first moment of a day.
    pub(super) fn first_moment(&self, day: &Constant) -> Option<i64> {
        match self.as_type(day.clone(), Type::Instant)? {
            Constant::Instant(moment) => Some(moment),
            _ => None,
        }
    }

    /// The zone of the project.
    pub(super) fn project_zone(&self) -> Constant {
        Constant::Zone(self.zone.iana_name().unwrap_or("UTC").into())
    }

    /// A day as its first moment, a moment as its day; any other value as it is.
    pub(super) fn as_type(&self, value: Constant, ty: Type) -> Option<Constant> {
        Some(match (value, ty) {
            (Constant::Date(day), Type::Instant) => {
                Constant::Instant(self.instant(day_of(day)?.to_datetime(MIDNIGHT))?)
            }
            (Constant::Instant(moment), Type::Date) => Constant::Date(days(self.local(moment)?.date())?),
            (value, _) => value,
        })
    }

    /// What the expression comes to; `None` where it has no value, or none that is worked out here.
    fn evaluate(&self, expr: &Expr) -> Option<Constant> {
        match &expr.kind {
            ExprKind::Constant(constant) => Some(constant.clone()),
            ExprKind::Now => Some(Constant::Instant(self.now)),
            ExprKind::ToNumber(of) => match self.evaluate(of)? {
                Constant::Int(value) => Float::new(value as f64).map(Constant::Number),
                _ => None,
            },
            ExprKind::Negate(of) => constants::negated(&self.evaluate(of)?),
            ExprKind::Arithmetic(arithmetic, a, b) => calculated(*arithmetic, &self.evaluate(a)?, &self.evaluate(b)?),
            ExprKind::Call(builtin, operands) => {
                let operands = operands.iter().map(|operand| self.evaluate(operand)).collect::<Option<Vec<_>>>()?;
                self.called(*builtin, &operands)
            }
            _ => None,
        }
    }

    /// The functions of the calendar; a zone among the operands is the project's, as the lists know no customer.
    fn called(&self, builtin: Builtin, operands: &[Constant]) -> Option<Constant> {
        match (builtin, operands) {
            (Builtin::Today, _) => days(self.local(self.now)?.date()).map(Constant::Date),
            (Builtin::DateOf, [Constant::Instant(moment), _]) => days(self.local(*moment)?.date()).map(Constant::Date),
            (Builtin::At, [Constant::Date(day), Constant::Time(micros), _]) => {
                let midnight = day_of(*day)?.to_datetime(MIDNIGHT);
                let local = midnight.checked_add(Stretch::new().try_microseconds(*micros).ok()?).ok()?;
                self.instant(local).map(Constant::Instant)
            }
            (Builtin::Shift, [Constant::Date(day), by, ..]) => {
                let stretch = stretch(by)?;
                days(day_of(*day)?.checked_add(stretch).ok()?).map(Constant::Date)
            }
            (Builtin::Shift, [Constant::Instant(moment), by, ..]) => {
                self.instant(self.local(*moment)?.checked_add(stretch(by)?).ok()?).map(Constant::Instant)
            }
            _ => None,
        }
    }
}

const MIDNIGHT: jiff::civil::Time = jiff::civil::Time::midnight();

fn day_of(days: i32) -> Option<jiff::civil::Date> {
    jiff::civil::date(1970, 1, 1).checked_add(Stretch::new().try_days(days).ok()?).ok()
}

/// Days since 1970-01-01; within the years 1 to 9999.
fn days(date: jiff::civil::Date) -> Option<i32> {
    let since = date.since((jiff::Unit::Day, jiff::civil::date(1970, 1, 1))).ok()?;
    Some(since.get_days()).filter(|_| date.year() >= 1)
}

fn stretch(by: &Constant) -> Option<Stretch> {
    match by {
        Constant::Days(days) => Stretch::new().try_days(*days).ok(),
        Constant::Months(months) => Stretch::new().try_months(*months).ok(),
        _ => None,
    }
}

fn calculated(arithmetic: Arithmetic, a: &Constant, b: &Constant) -> Option<Constant> {
    match (arithmetic, a, b) {
        (Arithmetic::Add, Constant::Instant(moment), Constant::Duration(by)) => {
            moment.checked_add(*by).map(Constant::Instant)
        }
        (Arithmetic::Subtract, Constant::Instant(moment), Constant::Duration(by)) => {
            moment.checked_sub(*by).map(Constant::Instant)
        }
        (Arithmetic::Subtract, Constant::Instant(a), Constant::Instant(b)) => a.checked_sub(*b).map(Constant::Duration),
        (Arithmetic::Subtract, Constant::Date(a), Constant::Date(b)) => {
            Some(Constant::Days(i64::from(*a) - i64::from(*b)))
        }
        _ => constants::arithmetic(arithmetic, a, b),
    }
}

fn is_time(word: &str) -> bool {
    matches!(word, "now" | "today")
}

/// Where a value speaks of `now` or `today`.
pub(super) fn relative(expr: &ast::Expr) -> Option<Span> {
    match &expr.kind {
        ast::ExprKind::Name(word) if is_time(word) => Some(expr.span),
        ast::ExprKind::Negate(of) => relative(of),
        ast::ExprKind::Binary(_, a, b) => relative(a).or_else(|| relative(b)),
        ast::ExprKind::Call(_, arguments) => arguments.iter().find_map(relative),
        _ => None,
    }
}

/// The first part of a value that is not written out.
fn not_written_out(expr: &ast::Expr) -> Option<Span> {
    match &expr.kind {
        ast::ExprKind::Error | ast::ExprKind::Literal(_) => None,
        ast::ExprKind::Name(word) if is_time(word) => None,
        ast::ExprKind::Negate(of) => not_written_out(of),
        ast::ExprKind::Binary(word, a, b) if is_arithmetic(word.node) => {
            not_written_out(a).or_else(|| not_written_out(b))
        }
        ast::ExprKind::Call(_, arguments) => arguments.iter().find_map(not_written_out),
        _ => Some(expr.span),
    }
}

fn is_arithmetic(word: BinaryWord) -> bool {
    matches!(word, BinaryWord::Add | BinaryWord::Subtract | BinaryWord::Multiply | BinaryWord::Divide)
}

fn not_constant(span: Span) -> Diagnostic {
    Diagnostic::error(
        codes::GIVEN_NOT_CONSTANT,
        "a test gives values that are written out",
        span,
        "not a written value",
    )
    .help("write the value itself, or a time such as `now - 1 day`, `today + 3 days`")
}

fn not_computed(expr: &ast::Expr, found: &Expr) -> Diagnostic {
    if matches!(found.ty, Type::Date | Type::Instant) {
        return out_of_years(expr.span);
    }
    Diagnostic::error(codes::GIVEN_NOT_CONSTANT, "this is not worked out in a test", expr.span, "not a written value")
        .help("write the value that it comes to")
}

fn out_of_years(span: Span) -> Diagnostic {
    Diagnostic::error(codes::GIVEN_NOT_CONSTANT, "this is outside the years that there are", span, "out of range")
        .help("write a day or a moment of the years 2 to 9998")
}
