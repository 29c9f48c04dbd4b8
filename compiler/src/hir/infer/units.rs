//! Mistakes of units, currencies and time: what stands beside each other is alike and does not mix all the same.

use opportune_plan::{Constant, Type};

use super::super::{Expr, currency};
use super::instead::{
    counted, day, days_of, digits, is_literal, is_moved_today, is_named, length, since, without_unit, written,
};
use super::mismatch::Side;
use super::{Infer, constant_of};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast;

impl Infer<'_> {
    /// Mistakes of units and of time, which have an answer of their own.
    pub(super) fn unit_or_time(&self, a: Side<'_>, b: Side<'_>) -> Option<Diagnostic> {
        let both = a.0.span.to(b.0.span);
        if let (Some(x), Some(y)) = (currency(a.1.ty), currency(b.1.ty)) {
            let message = format!("{x} and {y} do not mix");
            let diagnostic = Diagnostic::error(codes::CURRENCIES_DIFFER, message, both, "two currencies");
            return Some(diagnostic.help(
                "amounts of different currencies neither compare nor add, since no rate of exchange is known; keep to one",
            ));
        }
        match (a.1.ty, b.1.ty) {
            (Type::Days, Type::Duration) => Some(days_and_hours(a, b, both)),
            (Type::Duration, Type::Days) => Some(days_and_hours(b, a, both)),
            (Type::Months, Type::Days | Type::Duration) => Some(months_mixed(a, b, both)),
            (Type::Days | Type::Duration, Type::Months) => Some(months_mixed(b, a, both)),
            (Type::Date, Type::Instant) => Some(day_and_moment(a.0, b.0, both)),
            (Type::Instant, Type::Date) => Some(day_and_moment(b.0, a.0, both)),
            (wanted, Type::Int | Type::Number) => self.missing_unit(b.0, b.1, wanted, Some(a.1)),
            (_, wanted) => self.missing_unit(a.0, a.1, wanted, Some(b.1)),
        }
    }

    /// A bare number where an amount or a length of time is meant, perhaps beside a value that has its unit.
    pub(super) fn missing_unit(
        &self,
        expr: &ast::Expr,
        found: &Expr,
        wanted: Type,
        beside: Option<&Expr>,
    ) -> Option<Diagnostic> {
        if !matches!(found.ty, Type::Int | Type::Number) {
            return None;
        }
        let (unit, other): (String, &str) = match wanted {
            Type::Money(currency) => (currency.to_string(), ""),
            Type::Days => ("day".to_owned(), "week"),
            Type::Months => ("month".to_owned(), "year"),
            Type::Duration => ("hour".to_owned(), "minute"),
            Type::Distance => ("km".to_owned(), "m"),
            _ => return None,
        };
        let message = format!("{} is expected, and this number has no unit", self.a_type(wanted));
        let diagnostic = Diagnostic::error(codes::UNIT_MISSING, message, expr.span, "no unit");
        let whole = matches!(found.ty, Type::Int) || matches!(wanted, Type::Money(_) | Type::Distance);
        let Some(number) = digits(expr, found).filter(|_| whole) else {
            let help = match wanted {
                _ if is_literal(expr) => self.how_to_write(wanted),
                Type::Money(_) | Type::Days | Type::Months => give_unit(expr, &with_unit("1", &unit), beside),
                _ => {
                    let (of, other) = (written(expr), with_unit("1", other));
                    format!("say what it counts: `{of} * {}` or `{of} * {other}`", with_unit("1", &unit))
                }
            };
            return Some(diagnostic.help(help));
        };
        let right = with_unit(&number, &unit);
        // Days and currencies are what is meant; hours might be minutes, and kilometres metres.
        if !matches!(wanted, Type::Money(_) | Type::Days) {
            return Some(diagnostic.help(format!("did you mean `{right}` or `{}`?", with_unit(&number, other))));
        }
        let end = ast::Span { start: expr.span.end, end: expr.span.end };
        let unit = right.trim_start_matches(number.as_str()).trim().to_owned();
        Some(diagnostic.help(format!("did you mean `{right}`?")).fix(format!("add `{unit}`"), end, format!(" {unit}")))
    }
}

/// `5 km`, `20 USD`, `1 day`, `30 days`
fn with_unit(number: &str, unit: &str) -> String {
    let is_counted = matches!(unit, "day" | "week" | "month" | "year" | "hour" | "minute");
    format!("{number} {unit}{}", if is_counted && number != "1" { "s" } else { "" })
}

/// How a number that is computed gets its unit; beside a written value, that may leave out its own.
fn give_unit(expr: &ast::Expr, one: &str, beside: Option<&Expr>) -> String {
    let of = written(expr);
    match beside.and_then(constant_of).and_then(without_unit) {
        Some(number) => format!("it counts without a unit: compare it with `{number}`, or give it one, `{of} * {one}`"),
        None => format!("multiply it by one unit: `{of} * {one}`"),
    }
}

fn days_and_hours(days: Side<'_>, hours: Side<'_>, both: ast::Span) -> Diagnostic {
    let label = "a day is not always 24 hours";
    let diagnostic = Diagnostic::error(codes::DAYS_AND_HOURS, "days and hours do not mix", both, label);
    let (of_days, of_hours) = (constant_of(days.1), constant_of(hours.1));
    diagnostic.help(match (of_days, of_hours.and_then(days_of), since(hours.0)) {
        (None, Some(n), _) => format!("between two dates count days: `{}`", counted(n, "day")),
        (Some(Constant::Days(n)), _, Some(moment)) if n.checked_mul(24).is_some() => format!(
            "between two moments count hours, `{}`, or ask with the calendar: `{moment} in last {}`",
            counted(n.saturating_mul(24), "hour"),
            counted(*n, "day")
        ),
        _ => {
            "between two dates count days, between two moments hours: write `48 hours`, or ask with `… in last 2 days`"
                .to_owned()
        }
    })
}

fn months_mixed(months: Side<'_>, other: Side<'_>, both: ast::Span) -> Diagnostic {
    let message = "months mix neither with days nor with hours";
    let diagnostic = Diagnostic::error(codes::MONTHS_AS_VALUE, message, both, "28 to 31 days a month");
    let constant = constant_of(months.1);
    diagnostic.help(match (constant, constant.and_then(length), since(other.0), other.1.ty) {
        (Some(Constant::Months(n)), Some(length), Some(date), Type::Days) => format!(
            "compare dates, `{date} <= today - {length}` is that long ago or longer; or count whole months: \
             `months_between({date}, today) >= {n}`"
        ),
        (Some(_), Some(length), Some(moment), _) => {
            format!("compare moments: `{moment} <= now - {length}` is that long ago or longer")
        }
        _ => {
            "compare dates, `birth <= today - 21 years`; count whole months, `months_between(birth, today)`; or write \
              days: `90 days`"
                .to_owned()
        }
    })
}

fn day_and_moment(date: &ast::Expr, moment: &ast::Expr, both: ast::Span) -> Diagnostic {
    let message = "a date and a moment do not mix";
    let diagnostic = Diagnostic::error(codes::DAY_AND_MOMENT, message, both, "a day is not a moment");
    if is_named(moment, "now") {
        return diagnostic.help("a date is compared with `today`").fix(
            "replace `now` with `today`",
            moment.span,
            "today",
        );
    }
    if let Some(day) = day(moment) {
        return diagnostic.help(format!("a date has no time of day: write `{day}`"));
    }
    let of_moment = format!("date({})", written(moment));
    diagnostic.help(match day(date) {
        Some(day) => {
            format!("take the day of the moment, `{of_moment}`; or give the date a time of day, `{day} 00:00`")
        }
        None if is_named(date, "today") => {
            format!("take the day of the moment, `{of_moment}`, or compare with `now`")
        }
        None if is_moved_today(date) => {
            format!("count from `now`, not from `today`; or take the day of the moment: `{of_moment}`")
        }
        None => format!("take the day of the moment: `{of_moment}`"),
    })
}
