//! Windows of time before `now`.

use opportune_plan::{Span as Length, TableKind, Type, Window};

use super::super::{Expr, ExprKind, Function};
use super::Infer;
use super::comparisons::compare;
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast::{self, AggregateWord, BinaryWord, Literal};

impl Infer<'_> {
    /// `x in last 30 days`: a date after (today - 30 days), a moment after (now - 30 days), neither in the future.
    pub(super) fn in_window(&mut self, of: &ast::Expr, window: &ast::Window) -> Option<Expr> {
        let value = self.value_or_moment(of);
        let length = self.length(&window.last);
        let (value, length) = (value?, length?);
        let end = match value.ty {
            Type::Date if length.micros != 0 => {
                let message = "a date has no hours";
                let diagnostic = Diagnostic::error(codes::BAD_WINDOW, message, window.span, "hours of a date");
                return self.fail(diagnostic.help("give the window in days, weeks, months or years"));
            }
            Type::Date => Expr { kind: ExprKind::Today, ty: Type::Date, nullable: false },
            Type::Instant => Expr { kind: ExprKind::Now, ty: Type::Instant, nullable: false },
            other => {
                let message = format!("only dates and moments are in a window, and this is {}", self.a_type(other));
                let diagnostic = Diagnostic::error(codes::BAD_WINDOW, message, of.span, "not a time");
                return self.fail(diagnostic.help("name a field of type `date` or `instant`"));
            }
        };
        let start = ExprKind::Shift(Box::new(end.clone()), backwards(length));
        let start = Expr { kind: start, ty: value.ty, nullable: false };
        Expr::all(vec![compare(BinaryWord::Less, start, value.clone()), compare(BinaryWord::LessOrEqual, value, end)])
    }

    /// A value; of a whole event, when it happened.
    pub(super) fn value_or_moment(&mut self, expr: &ast::Expr) -> Option<Expr> {
        let ast::ExprKind::Aggregate { function, of, window, filter } = &expr.kind else {
            return self.value(expr, None);
        };
        let function = match function.node {
            AggregateWord::First => Function::First,
            AggregateWord::Last => Function::Last,
            _ => return self.value(expr, None),
        };
        self.record(function, of, window.as_ref(), filter.as_deref(), &[])
    }

    /// The window of an aggregate.
    pub(in crate::hir) fn aggregate_window(
        &mut self,
        events: opportune_plan::TableId,
        window: Option<&ast::Window>,
    ) -> Option<Window> {
        let Some(window) = window else { return Some(Window::Always) };
        let length = self.length(&window.last)?;
        let table = self.context.schema.plan.table(events)?;
        if let TableKind::Events { at, .. } = table.kind
            && length.micros != 0
            && table.fields.get(at.0 as usize).is_some_and(|field| field.ty == Type::Date)
        {
            let message = format!("`{}` happens on a date, which has no hours", table.name);
            let diagnostic = Diagnostic::error(codes::BAD_WINDOW, message, window.span, "hours of a date");
            return self.fail(diagnostic.help("give the window in days, weeks, months or years"));
        }
        Some(Window::Last(length))
    }

    /// A positive length of time as it is written.
    pub(in crate::hir) fn length(&mut self, expr: &ast::Expr) -> Option<Length> {
        let written = match &expr.kind {
            ast::ExprKind::Error => return None,
            ast::ExprKind::Literal(Literal::Span(length)) => Some(*length),
            _ => None,
        };
        if let Some(length) = written
            && (length.months > 0 || length.days > 0 || length.micros > 0)
        {
            return Some(length);
        }
        let diagnostic = Diagnostic::error(codes::BAD_WINDOW, "this is not a length of time", expr.span, "no length");
        let number = match &expr.kind {
            ast::ExprKind::Literal(Literal::Int(number)) if *number > 0 => Some(*number),
            _ => None,
        };
        self.fail(match number {
            Some(number) => {
                let end = ast::Span { start: expr.span.end, end: expr.span.end };
                diagnostic.help(format!("did you mean `{number} days`?")).fix("add `days`", end, " days")
            }
            None => diagnostic.help("write a positive number with its unit: `30 days`, `12 weeks`, `6 hours`"),
        })
    }
}

/// The same length into the past.
pub(super) fn backwards(length: Length) -> Length {
    Length {
        months: length.months.saturating_neg(),
        days: length.days.saturating_neg(),
        micros: length.micros.saturating_neg(),
    }
}
