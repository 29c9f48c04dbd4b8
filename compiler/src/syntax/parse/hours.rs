//! Hours of the day, `21:00 to 08:00`, in the spellings of other languages too: one message for all that is odd in them.

use pest::iterators::Pair;

use super::{Reader, Rule, foreign};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast::{BinaryWord, Expr, ExprKind, HoursClause, Literal, Span};

/// Microseconds in an hour and in a minute.
const HOUR: i64 = 3_600_000_000;
const MINUTE: i64 = 60_000_000;

/// How hours are written where they stand.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum HoursForm {
    /// `21:00 to 08:00`
    Quiet,
    /// `between 18:00 and 21:00`
    Timing,
}

impl HoursForm {
    fn written(self, from: &str, to: &str) -> String {
        match self {
            Self::Quiet => format!("{from} to {to}"),
            Self::Timing => format!("between {from} and {to}"),
        }
    }

    fn whose(self) -> &'static str {
        match self {
            Self::Quiet => "quiet hours",
            Self::Timing => "hours of sending",
        }
    }
}

/// What was read as hours.
pub struct Hours {
    /// All of it.
    pub span: Span,
    /// One or two times of day, perhaps in one expression.
    pub ends: Vec<Expr>,
    /// Whether the words around them are others.
    pub odd: bool,
    /// How many messages there were before.
    pub known: usize,
}

impl<'t> Reader<'t> {
    /// `21:00 to 08:00`, then perhaps `on weekdays`; `None`: reported.
    pub fn quiet_hours(&mut self, pair: Pair<'t, Rule>) -> Option<(Expr, Expr)> {
        let mut hours = Hours { span: self.span(&pair), ends: Vec::new(), odd: false, known: self.diagnostics.len() };
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::odd_hours_from | Rule::odd_hours_to | Rule::kw_and => hours.odd = true,
                Rule::sum => hours.ends.push(self.expr(part)),
                _ => {}
            }
        }
        self.hours(hours, HoursForm::Quiet)
    }

    /// The clause of hours and days that `quiet` and what follows say.
    pub fn quiet_when(&mut self, pair: Pair<'t, Rule>) -> Option<HoursClause> {
        let mut clause = HoursClause { hours: None, days: Vec::new() };
        for part in pair.into_inner() {
            let span = self.span(&part);
            match part.as_rule() {
                // Without its hours the clause would be quiet all day.
                Rule::quiet_hours => clause.hours = Some(self.quiet_hours(part)?),
                Rule::odd_comma => self.report(foreign::superfluous(self, span)),
                Rule::on_days => clause.days = self.days(part),
                _ => {}
            }
        }
        (clause.hours.is_some() || !clause.days.is_empty()).then_some(clause)
    }

    /// Two times of day; reports what is odd about them, once.
    pub fn hours(&mut self, hours: Hours, form: HoursForm) -> Option<(Expr, Expr)> {
        let Hours { span, ends, mut odd, known } = hours;
        let ends = match apart(ends) {
            Apart::Two(ends, dashed) => {
                odd |= dashed;
                ends
            }
            Apart::One(end) => {
                let at = self.written(end.span).to_owned();
                let message = format!("{} have a beginning and an end", form.whose());
                let (from, to) = if form == HoursForm::Quiet { ("21:00", "08:00") } else { ("18:00", "21:00") };
                let help = format!("write both: `{}`", form.written(from, to));
                self.diagnostics.truncate(known);
                self.report(Diagnostic::error(codes::FOREIGN_HOURS, message, span, format!("only `{at}`")).help(help));
                return None;
            }
            Apart::None => return None,
        };
        odd |= ends.iter().any(|end| matches!(end.kind, ExprKind::Literal(Literal::Int(_))));
        let [from, to] = ends.map(|end| (time_of(&end.kind), end));
        let (Some(first), Some(last)) = (from.0, to.0) else { return self.no_times(from, to, form) };
        if odd || self.diagnostics.len() > known {
            self.diagnostics.truncate(known);
            let right = form.written(&shown(first), &shown(last));
            self.report(
                Diagnostic::error(
                    codes::FOREIGN_HOURS,
                    format!("{} are written `{right}`", form.whose()),
                    span,
                    format!("write `{right}`"),
                )
                .fix(format!("write `{right}`"), span, right),
            );
        }
        Some((at_time(first, from.1.span), at_time(last, to.1.span)))
    }

    /// Ends of which one is no time of day that is written out.
    fn no_times(
        &mut self,
        from: (Option<i64>, Expr),
        to: (Option<i64>, Expr),
        form: HoursForm,
    ) -> Option<(Expr, Expr)> {
        for (time, end) in [&from, &to] {
            let constant = matches!(end.kind, ExprKind::Literal(_));
            if constant && time.is_none() {
                let message = format!("{} go from a time of day to a time of day", form.whose());
                self.report(
                    Diagnostic::error(codes::FOREIGN_HOURS, message, end.span, "not a time of day")
                        .help(format!("write times such as `08:30`: `{}`", form.written("18:00", "21:00"))),
                );
            }
        }
        let value = |(time, end): (Option<i64>, Expr)| time.map_or(end.clone(), |time| at_time(time, end.span));
        Some((value(from), value(to)))
    }

    /// A time of day after `at`; a bare hour is reported.
    pub fn mended_time(&mut self, value: Expr) -> Expr {
        let (ExprKind::Literal(Literal::Int(_)), Some(time)) = (&value.kind, time_of(&value.kind)) else {
            return value;
        };
        let right = shown(time);
        let written = self.written(value.span);
        self.report(
            Diagnostic::error(
                codes::FOREIGN_HOURS,
                format!("`{written}` is no time of day"),
                value.span,
                format!("write `{right}`"),
            )
            .fix(format!("write `{right}`"), value.span, right),
        );
        at_time(time, value.span)
    }
}

/// Two ends, or fewer.
enum Apart {
    /// And whether a dash joined them.
    Two([Expr; 2], bool),
    One(Expr),
    None,
}

/// `21:00 - 08:00` is one expression.
fn apart(ends: Vec<Expr>) -> Apart {
    let mut ends = ends.into_iter();
    match (ends.next(), ends.next()) {
        (Some(from), Some(to)) => Apart::Two([from, to], false),
        (Some(Expr { kind: ExprKind::Binary(op, from, to), .. }), None) if op.node == BinaryWord::Subtract => {
            Apart::Two([*from, *to], true)
        }
        (Some(end), None) => Apart::One(end),
        (None, _) => Apart::None,
    }
}

/// Whether the expression is a time of day, or two with a dash between.
pub fn is_time(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Literal(Literal::Time(_)) => true,
        ExprKind::Binary(op, from, to) => op.node == BinaryWord::Subtract && is_time(from) && is_time(to),
        _ => false,
    }
}

/// The time of day that is written, also as a bare hour.
fn time_of(kind: &ExprKind) -> Option<i64> {
    match kind {
        ExprKind::Literal(Literal::Time(time)) => Some(*time),
        ExprKind::Literal(Literal::Int(hour)) => (0..=24).contains(hour).then(|| hour % 24 * HOUR),
        _ => None,
    }
}

fn at_time(time: i64, span: Span) -> Expr {
    Expr { kind: ExprKind::Literal(Literal::Time(time)), span }
}

/// A time of day as it is written in a policy.
fn shown(time: i64) -> String {
    let (hour, minute, rest) = (time / HOUR, time / MINUTE % 60, time % MINUTE / 1_000_000);
    let seconds = if rest == 0 { String::new() } else { format!(":{rest:02}") };
    format!("{hour:02}:{minute:02}{seconds}")
}
