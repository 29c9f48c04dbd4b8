//! What to say where two types do not go together: the reason, and what to write instead.

use opportune_plan::{Constant, Type};

use super::super::{Expr, currency};
use super::{Infer, constant_of};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast;

/// An expression as written and as typed.
type Side<'a> = (&'a ast::Expr, &'a Expr);

impl Infer<'_> {
    /// Two sides of a comparison.
    pub(super) fn mismatch(&self, a: Side<'_>, b: Side<'_>) -> Diagnostic {
        if let Some(known) = self.unit_or_time(a, b) {
            return known;
        }
        let message = format!("{} does not compare with {}", self.a_type(a.1.ty), self.a_type(b.1.ty));
        let diagnostic = Diagnostic::error(codes::MISMATCH, message, a.0.span.to(b.0.span), "two different things");
        if let Some(word) = self.taken_value(a.1, b.0).or_else(|| self.taken_value(b.1, a.0)) {
            let help = format!("`{}` means something else by itself; the value is written in quotes", word.node);
            let quoted = format!("{:?}", word.node);
            return diagnostic.help(help).fix(format!("write `{quoted}`"), word.span, quoted);
        }
        diagnostic.help(self.mismatch_help(a.1, b.1))
    }

    /// A bare word that is one of the other side's values, but means something by itself.
    fn taken_value(&self, of: &Expr, word: &ast::Expr) -> Option<ast::Name> {
        let (Type::OneOf(domain) | Type::Ordered(domain)) = of.ty else { return None };
        let ast::ExprKind::Name(name) = &word.kind else { return None };
        let domain = self.context.schema.plan.domain(domain)?;
        domain.variants.contains(name).then(|| ast::Name { node: name.clone(), span: word.span })
    }

    fn mismatch_help(&self, a: &Expr, b: &Expr) -> String {
        let is_number = |ty| matches!(ty, Type::Int | Type::Number);
        match (a.ty, b.ty) {
            (number, Type::Text) | (Type::Text, number) if is_number(number) => {
                "write numbers without quotes, and texts with them".to_owned()
            }
            (Type::OneOf(_) | Type::Ordered(_), Type::OneOf(_) | Type::Ordered(_)) => {
                "only values of the same list compare".to_owned()
            }
            (Type::Date | Type::Instant, Type::Text) | (Type::Text, Type::Date | Type::Instant) => {
                "write a date as 2026-11-01, without quotes".to_owned()
            }
            (Type::Time, Type::Text) | (Type::Text, Type::Time) => {
                "write a time of day as 21:00, without quotes".to_owned()
            }
            (Type::Time, Type::Instant) | (Type::Instant, Type::Time) => {
                "take the time of day of the moment: `time(…) >= 21:00`".to_owned()
            }
            (Type::Time, number) | (number, Type::Time) if is_number(number) => {
                "compare with a time of day, `… >= 21:00`, or take its hour: `hour(…) >= 21`".to_owned()
            }
            (Type::Ordered(week), number) | (number, Type::Ordered(week))
                if is_number(number) && self.context.schema.weekday == Some(week) =>
            {
                "days of the week go by their names: `weekday(…) = saturday`".to_owned()
            }
            (Type::Zone, Type::Text) | (Type::Text, Type::Zone) => {
                "write the name of the zone in quotes: `\"Europe/London\"`".to_owned()
            }
            (Type::Set(_), _) | (_, Type::Set(_)) => {
                "ask what is in a set: `… contains …`, `… in …`, `… overlaps […]`".to_owned()
            }
            (Type::Place, _) | (_, Type::Place) => "places have a distance: `distance(…, …) < 5 km`".to_owned(),
            _ => "compare values of one type".to_owned(),
        }
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
        if let Some(known) = self.missing_unit(expr, found, wanted) {
            return known;
        }
        let message = format!("{} is expected, and this is {}", self.a_type(wanted), self.a_type(found.ty));
        let diagnostic = Diagnostic::error(codes::WRONG_TYPE, message, expr.span, self.a_type(found.ty));
        match (wanted, found.ty) {
            (Type::Number, Type::Money(currency)) => {
                diagnostic.help(format!("divide by an amount to get a number: `… / 100 {currency}`"))
            }
            (Type::Number | Type::Int, Type::Set(_)) => diagnostic.help("count its values: `size(…)`"),
            (Type::Bool, Type::Set(_)) => diagnostic.help("ask what is in it: `… contains …`"),
            (Type::Number, Type::Bool) => diagnostic.help("choose by it: `if … then 1 else 0`"),
            (Type::Number, Type::Days) => diagnostic.help("divide by a length to get a number: `… / 1 days`"),
            (Type::Number, Type::Months) => diagnostic.help("divide by a length to get a number: `… / 1 months`"),
            (Type::Number, Type::Duration) => diagnostic.help("divide by a length to get a number: `… / 1 hours`"),
            (Type::Number, Type::Distance) => diagnostic.help("divide by a length to get a number: `… / 1 km`"),
            (Type::Int, Type::Number) => diagnostic.help("make it whole: `round(…)`, `floor(…)` or `ceil(…)`"),
            (Type::Date, Type::Instant) => diagnostic.help("take the day of the moment: `date(…)`"),
            (Type::Instant, Type::Date) => diagnostic.help("give the day a time: `instant(…, 00:00)`"),
            _ => diagnostic.help(self.how_to_write(wanted)),
        }
    }

    fn how_to_write(&self, ty: Type) -> String {
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

    /// Mistakes of units and of time, which have an answer of their own.
    pub(super) fn unit_or_time(&self, a: Side<'_>, b: Side<'_>) -> Option<Diagnostic> {
        let both = a.0.span.to(b.0.span);
        if let (Some(x), Some(y)) = (currency(a.1.ty), currency(b.1.ty)) {
            let message = format!("{x} and {y} do not mix");
            let diagnostic = Diagnostic::error(codes::CURRENCIES_DIFFER, message, both, "two currencies");
            return Some(diagnostic.help("amounts of different currencies neither compare nor add; keep to one"));
        }
        match (a.1.ty, b.1.ty) {
            (Type::Days, Type::Duration) | (Type::Duration, Type::Days) => Some(
                Diagnostic::error(codes::DAYS_AND_HOURS, "days and hours do not mix", both, "a day is not always 24 hours")
                    .help("between two dates count days, between two moments hours: write `48 hours`, or ask with `… in last 2 days`"),
            ),
            (Type::Months, Type::Days | Type::Duration) | (Type::Days | Type::Duration, Type::Months) => Some(
                Diagnostic::error(codes::MONTHS_AS_VALUE, "months mix neither with days nor with hours", both, "28 to 31 days a month")
                    .help("compare dates, `birth <= today - 21 years`; count whole months, `months_between(birth, today)`; or write days: `90 days`"),
            ),
            (Type::Date, Type::Instant) | (Type::Instant, Type::Date) => Some(
                Diagnostic::error(codes::DAY_AND_MOMENT, "a date and a moment do not mix", both, "a day is not a moment")
                    .help("take the day of the moment, `date(…)`; give the date a time of day, `2026-11-01 00:00`; or compare a moment with `now`, a date with `today`"),
            ),
            (wanted, _) if self.missing_unit(b.0, b.1, wanted).is_some() => self.missing_unit(b.0, b.1, wanted),
            (_, wanted) => self.missing_unit(a.0, a.1, wanted),
        }
    }

    /// A bare number where an amount or a length of time is meant.
    fn missing_unit(&self, expr: &ast::Expr, found: &Expr, wanted: Type) -> Option<Diagnostic> {
        if !matches!(found.ty, Type::Int | Type::Number) {
            return None;
        }
        let unit = match wanted {
            Type::Money(currency) => currency.to_string(),
            Type::Days => "days".to_owned(),
            Type::Months => "months".to_owned(),
            Type::Duration => "hours".to_owned(),
            Type::Distance => "km".to_owned(),
            _ => return None,
        };
        let message = format!("{} is expected, and this number has no unit", self.a_type(wanted));
        let diagnostic = Diagnostic::error(codes::UNIT_MISSING, message, expr.span, "no unit");
        let literal = constant_of(found).filter(|_| matches!(expr.kind, ast::ExprKind::Literal(_)));
        let number = literal.and_then(|constant| match constant {
            Constant::Int(n) => Some(n.to_string()),
            Constant::Number(n) if !matches!(&*unit, "days" | "months") => Some(n.get().to_string()),
            _ => None,
        });
        Some(match number {
            Some(number) => {
                let end = ast::Span { start: expr.span.end, end: expr.span.end };
                diagnostic.help(format!("did you mean `{number} {unit}`?")).fix(
                    format!("add `{unit}`"),
                    end,
                    format!(" {unit}"),
                )
            }
            None => diagnostic.help(format!("multiply it by one unit: `… * 1 {unit}`")),
        })
    }
}
