//! What to say where two types do not go together: the reason, and what to write instead.

use opportune_plan::{Constant, Type};

use super::super::Expr;
use super::instead::{day, digits, is_literal, length, time, unquoted, written};
use super::{Infer, constant_of};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::Span;
use crate::syntax::ast::{self, Literal};

/// An expression as written and as typed.
pub(super) type Side<'a> = (&'a ast::Expr, &'a Expr);

impl Infer<'_> {
    /// Two sides of a comparison.
    pub(super) fn mismatch(&self, a: Side<'_>, b: Side<'_>) -> Diagnostic {
        if let Some(known) = self.unit_or_time(a, b) {
            return known;
        }
        let message = format!("{} does not compare with {}", self.beside(a, b), self.beside(b, a));
        let diagnostic = Diagnostic::error(codes::MISMATCH, message, a.0.span.to(b.0.span), "two different things");
        if let Some(word) = self.taken_value(a.1, b.0).or_else(|| self.taken_value(b.1, a.0)) {
            let help = format!("`{}` means something else by itself; the value is written in quotes", word.node);
            let quoted = format!("{:?}", word.node);
            return diagnostic.help(help).fix(format!("write `{quoted}`"), word.span, quoted);
        }
        match self.quotes(a, b).or_else(|| self.quotes(b, a)) {
            Some((help, title, span, replacement)) => diagnostic.help(help).fix(title, span, replacement),
            None => diagnostic.help(self.mismatch_help(a, b)),
        }
    }

    /// Quotes that are too many, or too few, beside a value of another type: what to say, and the change that mends it.
    fn quotes(&self, of: Side<'_>, literal: Side<'_>) -> Option<(String, String, Span, String)> {
        let span = literal.0.span;
        if let Some(plain) = unquoted(literal.0, of.1.ty) {
            return Some((
                format!("write it without quotes: `{plain}`"),
                "leave out the quotes".to_owned(),
                span,
                plain,
            ));
        }
        let number = digits(literal.0, literal.1).filter(|number| of.1.ty == Type::Text && is_as_long(number, span))?;
        let quoted = format!("\"{number}\"");
        Some((format!("a text stands in quotes: `{quoted}`"), "add quotes".to_owned(), span, quoted))
    }

    /// What a side is; beside a time, how long something takes is no number.
    fn beside(&self, side: Side<'_>, other: Side<'_>) -> String {
        let is_length = matches!(side.1.ty, Type::Days | Type::Months | Type::Duration);
        if is_length && matches!(other.1.ty, Type::Date | Type::Instant) {
            return "a length of time".to_owned();
        }
        self.a_type(side.1.ty)
    }

    /// A bare word that is one of the other side's values, but means something by itself.
    fn taken_value(&self, of: &Expr, word: &ast::Expr) -> Option<ast::Name> {
        let (Type::OneOf(domain) | Type::Ordered(domain)) = of.ty else { return None };
        let ast::ExprKind::Name(name) = &word.kind else { return None };
        let domain = self.context.schema.plan.domain(domain)?;
        domain.variants.contains(name).then(|| ast::Name { node: name.clone(), span: word.span })
    }

    fn mismatch_help(&self, a: Side<'_>, b: Side<'_>) -> String {
        self.help_of_pair(a, b).or_else(|| self.help_of_pair(b, a)).unwrap_or_else(|| {
            match (is_literal(a.0), is_literal(b.0)) {
                (false, true) => self.how_to_write(a.1.ty),
                (true, false) => self.how_to_write(b.1.ty),
                _ => "compare values of one type".to_owned(),
            }
        })
    }

    /// What to say of two sides, whichever stands first.
    fn help_of_pair(&self, a: Side<'_>, b: Side<'_>) -> Option<String> {
        let is_number = |ty| matches!(ty, Type::Int | Type::Number);
        let (of, other) = (written(a.0), constant_of(b.1));
        Some(match (a.1.ty, b.1.ty) {
            (number, Type::Text) if is_number(number) => "write numbers without quotes, and texts with them".to_owned(),
            (Type::Bool, _) if !is_literal(a.0) => {
                format!("a condition stands by itself, `{of}` or `not {of}`, and is not compared with a value")
            }
            (Type::Date, Type::Duration) => "a date has no hours: count in days, `today - 2 days`".to_owned(),
            (Type::Date | Type::Instant, Type::Days | Type::Months | Type::Duration) => long_ago(&of, a.1.ty, other),
            (Type::Date, number) if is_number(number) => match other {
                Some(Constant::Int(year @ 1_000..=2_999)) => {
                    format!("a year alone is no date: write `{year}-01-01`, or take the year, `year({of})`")
                }
                _ => {
                    "compare with a date: `2026-11-01`, or one that is counted from today, `today - 30 days`".to_owned()
                }
            },
            (Type::Instant, number) if is_number(number) => {
                "compare with a moment: `2026-11-01 18:00`, or one that is counted from now, `now - 30 days`".to_owned()
            }
            (Type::OneOf(_) | Type::Ordered(_), Type::OneOf(_) | Type::Ordered(_)) => {
                "only values of the same list compare".to_owned()
            }
            (Type::Date, Type::Text) => "write a date as 2026-11-01, without quotes".to_owned(),
            (Type::Instant, Type::Text) => {
                format!("write a moment as 2026-11-01 18:00, without quotes; with a day compare `date({of})`")
            }
            (Type::Time, Type::Text) => "write a time of day as 21:00, without quotes".to_owned(),
            (Type::Instant, Type::Time) => {
                let at = other.and_then(time).map_or("21:00".to_owned(), |(time, _)| time);
                format!("take the time of day of the moment: `time({of}) >= {at}`")
            }
            (Type::Time, number) if is_number(number) => match constant_of(a.1).and_then(time) {
                Some((time, hour)) => {
                    format!("an hour is a whole number, `{hour}`; times of day are compared as `time(…) >= {time}`")
                }
                None => {
                    let hour = if let Some(Constant::Int(hour @ 0..=23)) = other { *hour } else { 21 };
                    format!(
                        "compare with a time of day, `{of} >= {hour:02}:00`, or take its hour: `hour({of}) >= {hour}`"
                    )
                }
            },
            (Type::Ordered(week), number) if is_number(number) && self.context.schema.weekday == Some(week) => {
                format!("days of the week go by their names: `{of} = saturday`")
            }
            (Type::Zone, Type::Text) => "write the name of the zone in quotes: `\"Europe/London\"`".to_owned(),
            (Type::Set(_), _) => match &b.0.kind {
                ast::ExprKind::Literal(Literal::Text(text)) if text.len() < 40 => {
                    format!("ask what is in a set: `{of} contains {text:?}`")
                }
                _ => "ask what is in a set: `… contains …`, `… in …`, `… overlaps […]`".to_owned(),
            },
            (Type::Place, _) => format!("places have a distance: `distance({of}, …) < 5 km`"),
            _ => return None,
        })
    }

    /// Two branches of `else` or `if`.
    pub(super) fn branches_differ(&self, a: Side<'_>, b: Side<'_>) -> Diagnostic {
        if let Some(known) = self.unit_or_time(a, b) {
            return known;
        }
        let message = format!("one alternative is {}, the other {}", self.a_type(a.1.ty), self.a_type(b.1.ty));
        Diagnostic::error(codes::BRANCHES_DIFFER, message, a.0.span, self.a_type(a.1.ty))
            .label(b.0.span, self.a_type(b.1.ty))
            .help("both must be of one type")
    }

    /// A value where another type is expected.
    pub(super) fn wrong_type(&self, expr: &ast::Expr, wanted: Type, found: &Expr) -> Diagnostic {
        if let Some(known) = self.missing_unit(expr, found, wanted, None) {
            return known;
        }
        let message = format!("{} is expected, and this is {}", self.a_type(wanted), self.a_type(found.ty));
        let diagnostic = Diagnostic::error(codes::WRONG_TYPE, message, expr.span, self.a_type(found.ty));
        if let Some(plain) = unquoted(expr, wanted) {
            let help = format!("write it without quotes: `{plain}`");
            return diagnostic.help(help).fix("leave out the quotes", expr.span, plain);
        }
        let of = written(expr);
        match (wanted, found.ty) {
            (Type::Number, Type::Money(currency)) => {
                diagnostic.help(format!("divide by an amount to get a number: `{of} / 100 {currency}`"))
            }
            (Type::Number | Type::Int, Type::OneOf(_) | Type::Ordered(_)) => {
                diagnostic.help(format!("choose by it: `if {} then 1 else 0`", self.as_condition(expr, found.ty)))
            }
            (Type::Date, Type::Instant) if day(expr).is_some() => {
                let day = day(expr).unwrap_or_default();
                diagnostic.help(format!("leave out the time of day: `{day}`"))
            }
            (Type::Number | Type::Int, Type::Set(_)) => diagnostic.help("count its values: `size(…)`"),
            (Type::Bool, Type::Set(_)) => diagnostic.help("ask what is in it: `… contains …`"),
            (Type::Number, Type::Bool) => diagnostic.help(format!("choose by it: `if {of} then 1 else 0`")),
            (Type::Number, Type::Days) => diagnostic.help("divide by a length to get a number: `… / 1 days`"),
            (Type::Number, Type::Months) => diagnostic.help("divide by a length to get a number: `… / 1 months`"),
            (Type::Number, Type::Duration) => diagnostic.help("divide by a length to get a number: `… / 1 hours`"),
            (Type::Number, Type::Distance) => diagnostic.help("divide by a length to get a number: `… / 1 km`"),
            (Type::Int, Type::Number) => diagnostic.help("make it whole: `round(…)`, `floor(…)` or `ceil(…)`"),
            (Type::Date, Type::Instant) => diagnostic.help(format!("take the day of the moment: `date({of})`")),
            (Type::Instant, Type::Date) => diagnostic.help(format!("give the day a time: `instant({of}, 00:00)`")),
            _ => diagnostic.help(self.how_to_write(wanted)),
        }
    }

    pub(super) fn how_to_write(&self, ty: Type) -> String {
        let example = match ty {
            Type::Bool => "`true` or `false`",
            Type::Int => "a whole number: `3`",
            Type::Number => "a number: `0.5`",
            Type::Money(currency) => return format!("write an amount: `20 {currency}`"),
            Type::Text => "a text in double quotes",
            Type::OneOf(_) | Type::Ordered(_) => return format!("write {}", self.a_type(ty)),
            Type::Date => "a date: `2026-11-01`",
            Type::Instant => "a moment: `2026-11-01 18:00`",
            Type::Duration => "a length in hours: `5 hours`",
            Type::Days => "a number of days: `30 days`",
            Type::Months => "a number of months: `3 months`",
            Type::Time => "a time of day: `21:00`",
            Type::Zone => "a time zone in quotes: `\"Europe/London\"`",
            Type::Place => "a place: `place(40.71, -74.0)`",
            Type::Distance => "a distance: `5 km`",
            Type::Set(_) => return "name a set".to_owned(),
        };
        format!("write {example}")
    }
}

/// A time that is compared with how long ago it is.
fn long_ago(of: &str, ty: Type, length_of_time: Option<&Constant>) -> String {
    let now = if ty == Type::Date { "today" } else { "now" };
    let length = length_of_time.and_then(length).unwrap_or_else(|| "30 days".to_owned());
    format!(
        "count back from {now}: `{of} <= {now} - {length}` is that long ago or longer, `{of} > {now} - {length}` less"
    )
}

/// Whether a number fills the place where it was read.
fn is_as_long(number: &str, span: Span) -> bool {
    number.len() == span.end.saturating_sub(span.start) as usize
}
