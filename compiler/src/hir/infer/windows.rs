//! Windows of time: which events an aggregate looks at, and whether a value lies in one.
//!
//! All local days are the customer's. A date as the time of events counts from its first moment in the project's zone,
//! so the ends of calendar windows over such events are told there: the customer's day decides, not an hour of it.

use opportune_plan::{Constant, Span as Length, TableId, TableKind, Type, Unit};

use super::super::missing::may_miss;
use super::super::{Expr, Function, Window};
use super::calendar::{days, just_before, later, midnight, now, start_of, stretches};
use super::comparisons::compare;
use super::{Infer, constant_of};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::Span;
use crate::syntax::ast::{self, AggregateWord, BinaryWord, CalendarWord, Literal, WindowKind};

/// Before any moment that data may hold.
const EVER: i64 = i64::MIN;

impl Infer<'_> {
    /// A value; of a whole event, when it happened.
    pub(in crate::hir) fn value_or_moment(&mut self, expr: &ast::Expr) -> Option<Expr> {
        let ast::ExprKind::Aggregate { function, of, window, filter, .. } = &expr.kind else {
            return self.value(expr, None);
        };
        let function = match function.node {
            AggregateWord::First => Function::First,
            AggregateWord::Last => Function::Last,
            _ => return self.value(expr, None),
        };
        self.record(function, of, window.as_ref(), filter.as_deref(), &[])
    }

    /// Runs with nothing but the customer in scope.
    pub(super) fn over_customer<T>(&mut self, run: impl FnOnce(&mut Self) -> T) -> T {
        let outer = self.row.take();
        let found = run(self);
        self.row = outer;
        found
    }

    /// The window of an aggregate.
    pub(in crate::hir) fn aggregate_window(&mut self, events: TableId, window: Option<&ast::Window>) -> Option<Window> {
        let Some(window) = window else { return Some(Window::default()) };
        let is_day = self.happens_on_a_date(events);
        match &window.kind {
            WindowKind::Last(length) => {
                let length = self.length(length)?;
                if is_day && length.micros != 0 {
                    return self.fail(self.hours_of_days(events, window.span));
                }
                let start = or_ever(self.before(now(), length));
                Some(Window { after: Some(start), until: None })
            }
            WindowKind::Next(_) | WindowKind::Calendar(CalendarWord::Next, _) => {
                let diagnostic = no_events_ahead(window.span);
                self.fail(diagnostic)
            }
            WindowKind::Calendar(word, unit) => {
                let zone = if is_day { self.project_zone() } else { self.zone() };
                let (first, end) = self.stretch(*word, *unit);
                let after = or_ever(just_before(midnight(first, zone.clone())));
                let until = just_before(midnight(end, zone)).or_else(now());
                let is_past = *word == CalendarWord::Previous;
                Some(Window { after: Some(after), until: is_past.then_some(until) })
            }
            WindowKind::Between(low, high) => self.events_between(is_day, low, high),
        }
    }

    fn events_between(&mut self, is_day: bool, low: &ast::Expr, high: &ast::Expr) -> Option<Window> {
        let (first, last) = self.over_customer(|infer| {
            let first = infer.end_of_window(low);
            let last = infer.end_of_window(high);
            first.zip(last)
        })?;
        let zone = if is_day { self.project_zone() } else { self.zone() };
        let after = match first.ty {
            Type::Date => midnight(first, zone.clone()),
            _ => first,
        };
        let until = match last.ty {
            Type::Date => just_before(midnight(next_day(last), zone)),
            _ => last,
        };
        Some(Window { after: Some(just_before(after)), until: Some(until) })
    }

    /// A date or moment that is never missing.
    fn end_of_window(&mut self, expr: &ast::Expr) -> Option<Expr> {
        let found = self.value_or_moment(expr)?;
        if !matches!(found.ty, Type::Date | Type::Instant) {
            let message = format!("a window lies between dates or moments, and this is {}", self.a_type(found.ty));
            let diagnostic = Diagnostic::error(codes::BAD_WINDOW, message, expr.span, "not a time");
            return self.fail(diagnostic.help("write a date, `2026-11-01`, or a moment, `2026-11-01 18:00`"));
        }
        if found.nullable {
            let message = "this end of the window may be missing";
            let diagnostic = Diagnostic::error(codes::WINDOW_MISSING, message, expr.span, "may be missing");
            let values = may_miss(self.context.schema, [&found]);
            return self.fail(diagnostic.help("say where the window ends then: `(… else today)`").may_miss(values));
        }
        Some(found)
    }

    /// Whether the time of these events is a date.
    pub(in crate::hir) fn happens_on_a_date(&self, events: TableId) -> bool {
        let table = self.context.schema.plan.table(events);
        table.is_some_and(|table| match table.kind {
            TableKind::Events { at, .. } => table.fields.get(at.0 as usize).is_some_and(|field| field.ty == Type::Date),
            _ => false,
        })
    }

    pub(in crate::hir) fn hours_of_days(&self, events: TableId, span: Span) -> Diagnostic {
        let message = format!("`{}` happens on a date, which has no hours", self.context.schema.table_name(events));
        Diagnostic::error(codes::BAD_WINDOW, message, span, "hours of a date")
            .help("give the window in days, weeks, months or years")
    }

    /// A moment or the customer's day, so much earlier; over the customer.
    fn before(&self, at: Expr, length: Length) -> Expr {
        self.away(at, length, -1)
    }

    fn away(&self, at: Expr, length: Length, way: i64) -> Expr {
        if length.months != 0 {
            Self::moved(at, Expr::constant(Constant::Months(way * i64::from(length.months))), self.zone())
        } else if length.days != 0 {
            Self::moved(at, days(way * i64::from(length.days)), self.zone())
        } else {
            later(at, way.saturating_mul(length.micros))
        }
    }

    /// The first day of a stretch of the calendar, and the first day after it; over the customer.
    fn stretch(&self, word: CalendarWord, unit: Unit) -> (Expr, Expr) {
        let this = start_of(unit, self.today());
        let at =
            |count| if count == 0 { this.clone() } else { Self::moved(this.clone(), stretches(unit, count), now()) };
        match word {
            CalendarWord::Previous => (at(-1), at(0)),
            CalendarWord::This => (at(0), at(1)),
            CalendarWord::Next => (at(1), at(2)),
        }
    }

    /// `x in last 30 days`: a date after (today - 30 days), a moment after (now - 30 days), neither in the future.
    pub(super) fn in_window(&mut self, of: &ast::Expr, window: &ast::Window) -> Option<Expr> {
        let value = self.value_or_moment(of);
        if let WindowKind::Between(low, high) = &window.kind {
            return self.lies_between((of, value?), low, high);
        }
        let length = match &window.kind {
            WindowKind::Last(length) | WindowKind::Next(length) => Some(self.length(length)?),
            _ => None,
        };
        let value = value?;
        let is_day = match value.ty {
            Type::Date if length.is_some_and(|length| length.micros != 0) => {
                let message = "a date has no hours";
                let diagnostic = Diagnostic::error(codes::BAD_WINDOW, message, window.span, "hours of a date");
                return self.fail(diagnostic.help("give the window in days, weeks, months or years"));
            }
            Type::Date => true,
            Type::Instant => false,
            other => {
                let message = format!("only dates and moments are in a window, and this is {}", self.a_type(other));
                let diagnostic = Diagnostic::error(codes::BAD_WINDOW, message, of.span, "not a time");
                return self.fail(diagnostic.help("name a field of type `date` or `instant`"));
            }
        };
        let present = if is_day { self.today() } else { now() };
        let (low, high) = match (&window.kind, length) {
            (WindowKind::Last(_), Some(length)) => (self.before(present.clone(), length), present),
            (_, Some(length)) => (present.clone(), self.away(present, length, 1)),
            (WindowKind::Calendar(word, unit), _) => return self.in_stretch(value, self.stretch(*word, *unit)),
            _ => return None,
        };
        let (low, high) = (self.of_customer(low), self.of_customer(high));
        Expr::all(vec![compare(BinaryWord::Less, low, value.clone()), compare(BinaryWord::LessOrEqual, value, high)])
    }

    /// From the first day on, before the day that ends it.
    fn in_stretch(&self, value: Expr, (first, end): (Expr, Expr)) -> Option<Expr> {
        let edge = |day: Expr| if value.ty == Type::Date { day } else { midnight(day, self.zone()) };
        let (first, end) = (self.of_customer(edge(first)), self.of_customer(edge(end)));
        Expr::all(vec![compare(BinaryWord::LessOrEqual, first, value.clone()), compare(BinaryWord::Less, value, end)])
    }

    /// A moment between two dates or moments, both included, dates as whole days; over the row in scope.
    pub(super) fn between_times(&self, value: Expr, first: Expr, last: Expr) -> Option<Expr> {
        let first = if first.ty == Type::Date { midnight(first, self.zone_here()) } else { first };
        let from = compare(BinaryWord::LessOrEqual, first, value.clone());
        let to = if last.ty == Type::Date {
            compare(BinaryWord::Less, value, midnight(next_day(last), self.zone_here()))
        } else {
            compare(BinaryWord::LessOrEqual, value, last)
        };
        Expr::all(vec![from, to])
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
                let end = Span { start: expr.span.end, end: expr.span.end };
                diagnostic.help(format!("did you mean `{number} days`?")).fix("add `days`", end, " days")
            }
            None => diagnostic.help("write a positive number with its unit: `30 days`, `12 weeks`, `6 hours`"),
        })
    }
}

/// The day after; of a written date at once.
fn next_day(day: Expr) -> Expr {
    if let Some(Constant::Date(at)) = constant_of(&day)
        && let Some(next) = at.checked_add(1)
    {
        return Expr::constant(Constant::Date(next));
    }
    Infer::moved(day, days(1), now())
}

/// From ever, where the calendar does not reach back so far.
fn or_ever(moment: Expr) -> Expr {
    moment.or_else(Expr::constant(Constant::Instant(EVER)))
}

fn no_events_ahead(span: Span) -> Diagnostic {
    let message = "nothing after `now` has happened, so no event lies in this window";
    Diagnostic::error(codes::FUTURE_EVENTS, message, span, "lies ahead").help(
        "look back, `in last 30 days` or `in this month`; `next` asks of a date or moment: `renewal in next 30 days`",
    )
}
