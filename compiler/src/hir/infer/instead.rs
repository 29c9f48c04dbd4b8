//! What to write instead: examples with the author's own words, where those are short enough to be said again.

use jiff::ToSpan as _;
use jiff::civil;
use opportune_plan::{Constant, Type};

use super::super::resolve::flatten;
use super::super::{Expr, currency};
use super::literals::is_word;
use super::{Infer, constant_of};
use crate::syntax::ast::{self, BinaryWord, ItemKind, Literal};
use crate::syntax::parse_item;

/// A text longer than this is no amount, date or number that somebody put into quotes.
const LONGEST: usize = 40;
/// Microseconds in a minute and in an hour.
const MINUTE: i64 = 60_000_000;
const HOUR: i64 = 60 * MINUTE;

/// A path, or a function of paths, as it is written; what is longer is `…`.
pub(super) fn written(expr: &ast::Expr) -> String {
    short(expr).unwrap_or_else(|| "…".to_owned())
}

fn short(expr: &ast::Expr) -> Option<String> {
    match &expr.kind {
        ast::ExprKind::Call(name, arguments) => {
            let arguments: Option<Vec<String>> = arguments.iter().map(path).collect();
            Some(format!("{}({})", name.node, arguments.filter(|all| all.len() <= 2)?.join(", ")))
        }
        _ => path(expr),
    }
}

fn path(expr: &ast::Expr) -> Option<String> {
    let (root, names) = flatten(expr);
    let ast::ExprKind::Name(root) = &root.kind else { return None };
    let names = names.into_iter().map(|name| &*name.node);
    Some(std::iter::once(&**root).chain(names).collect::<Vec<_>>().join("."))
}

/// Whether this is a value as it is written, perhaps with a sign.
pub(super) fn is_literal(expr: &ast::Expr) -> bool {
    match &expr.kind {
        ast::ExprKind::Literal(_) => true,
        ast::ExprKind::Negate(of) => matches!(of.kind, ast::ExprKind::Literal(_)),
        _ => false,
    }
}

/// What is taken from `today` or `now`: `birth` of `today - birth`.
pub(super) fn since(expr: &ast::Expr) -> Option<String> {
    let ast::ExprKind::Binary(word, a, b) = &expr.kind else { return None };
    let from_now = matches!(&a.kind, ast::ExprKind::Name(name) if matches!(&**name, "today" | "now"));
    (word.node == BinaryWord::Subtract && from_now).then(|| short(b)).flatten()
}

/// What moves `today`: `- 5 days` of `today - 5 days`.
pub(super) fn is_moved_today(expr: &ast::Expr) -> bool {
    let ast::ExprKind::Binary(word, a, _) = &expr.kind else { return false };
    matches!(word.node, BinaryWord::Add | BinaryWord::Subtract) && is_named(a, "today")
}

/// Whether this is a bare word.
pub(super) fn is_named(expr: &ast::Expr, word: &str) -> bool {
    matches!(&expr.kind, ast::ExprKind::Name(name) if **name == *word)
}

/// `35 years`, `30 days`, `1 hour`: a length of time as people write it.
pub(super) fn length(constant: &Constant) -> Option<String> {
    Some(match *constant {
        Constant::Months(n) if n % 12 == 0 => counted(n / 12, "year"),
        Constant::Months(n) => counted(n, "month"),
        Constant::Days(n) => counted(n, "day"),
        Constant::Duration(n) if n % HOUR == 0 => counted(n / HOUR, "hour"),
        Constant::Duration(n) if n % MINUTE == 0 => counted(n / MINUTE, "minute"),
        _ => return None,
    })
}

/// `1 day`, `30 days`
pub(super) fn counted(n: i64, unit: &str) -> String {
    format!("{n} {unit}{}", if n == 1 { "" } else { "s" })
}

/// The whole days of a length in hours, where it has no others.
pub(super) fn days_of(constant: &Constant) -> Option<i64> {
    if let Constant::Duration(n) = constant { (*n != 0 && n % (24 * HOUR) == 0).then(|| n / (24 * HOUR)) } else { None }
}

/// A time of day as `18:00`, and its hour.
pub(super) fn time(constant: &Constant) -> Option<(String, i64)> {
    let Constant::Time(micros) = constant else { return None };
    Some((format!("{:02}:{:02}", micros / HOUR, micros % HOUR / MINUTE), micros / HOUR))
}

/// The day of a date or of a moment as it is written.
pub(super) fn day(expr: &ast::Expr) -> Option<String> {
    let days = match &expr.kind {
        ast::ExprKind::Literal(Literal::Date(days)) => i64::from(*days),
        ast::ExprKind::Literal(Literal::DateTime { local_seconds, .. }) => local_seconds.div_euclid(86_400),
        _ => return None,
    };
    let day = civil::date(1970, 1, 1).checked_add(days.days()).ok()?;
    Some(day.to_string())
}

/// A number without the unit of a value as it is written: 420 of `35 years`, 20 of `20 USD`.
pub(super) fn without_unit(constant: &Constant) -> Option<i64> {
    match constant {
        Constant::Months(n) | Constant::Days(n) => Some(*n),
        Constant::Money(_, micros) => (micros % 1_000_000 == 0).then(|| micros / 1_000_000),
        _ => None,
    }
}

/// What stands in the quotes of a text, where it is a value of this type as it would be written without them.
pub(super) fn unquoted(expr: &ast::Expr, wanted: Type) -> Option<String> {
    let ast::ExprKind::Literal(Literal::Text(text)) = &expr.kind else { return None };
    if text.len() > LONGEST || text.contains(['\n', '"', '/']) {
        return None;
    }
    let (item, wrong) = parse_item(&format!("trait value = {text}"));
    let Some(ItemKind::Trait(item)) = item.map(|item| item.kind).filter(|_| wrong.is_empty()) else { return None };
    let ast::ExprKind::Literal(literal) = item.value.kind else { return None };
    let fits = match (literal, wanted) {
        (Literal::Int(_), Type::Int | Type::Number)
        | (Literal::Number(_), Type::Int | Type::Number)
        | (Literal::Date(_), Type::Date)
        | (Literal::DateTime { .. }, Type::Instant)
        | (Literal::Time(_), Type::Time)
        | (Literal::Distance(_), Type::Distance)
        | (Literal::Bool(_), Type::Bool) => true,
        (Literal::Money(found, _), wanted) => currency(wanted) == Some(found),
        (Literal::Span(length), wanted) => match wanted {
            Type::Months => length.months != 0,
            Type::Days => length.days != 0 && length.months == 0,
            Type::Duration => length.micros != 0 && length.months == 0 && length.days == 0,
            _ => false,
        },
        _ => false,
    };
    fits.then(|| text.trim().to_owned())
}

/// A number without a sign as it is written, where that is sure: `5`, and not `5_000` or `10%`.
pub(super) fn digits(expr: &ast::Expr, found: &Expr) -> Option<String> {
    if !is_literal(expr) {
        return None;
    }
    let length = (expr.span.end.saturating_sub(expr.span.start)) as usize;
    match constant_of(found)? {
        Constant::Int(n) => Some(n.to_string()),
        // A share: `10%` is 0.1.
        Constant::Number(n) if format!("{}%", n.get() * 100.0).len() == length => None,
        Constant::Number(n) => Some(n.get().to_string()),
        _ => None,
    }
}

impl Infer<'_> {
    /// How a value of this type is made a condition.
    pub(super) fn as_condition(&self, expr: &ast::Expr, ty: Type) -> String {
        let value = written(expr);
        match ty {
            Type::Bool => value,
            Type::Int => format!("{value} > 0"),
            Type::Number => format!("{value} > 0.5"),
            Type::Money(currency) => format!("{value} > 20 {currency}"),
            Type::Text => format!("{value} = \"…\""),
            Type::OneOf(_) => format!("{value} = {}", self.a_value(ty)),
            Type::Ordered(_) => format!("{value} >= {}", self.a_value(ty)),
            Type::Date => format!("{value} <= today"),
            Type::Instant => format!("{value} <= now"),
            Type::Duration => format!("{value} > 5 hours"),
            Type::Days => format!("{value} > 30 days"),
            Type::Months => format!("{value} > 3 months"),
            Type::Time => format!("{value} >= 21:00"),
            Type::Zone => format!("{value} = \"Europe/London\""),
            Type::Place => format!("distance({value}, …) < 5 km"),
            Type::Distance => format!("{value} < 5 km"),
            Type::Set(_) => format!("{value} contains …"),
        }
    }

    /// A value of a list as it is written: the first, and of an order the second, which not all values reach.
    pub(super) fn a_value(&self, ty: Type) -> String {
        let (Type::OneOf(domain) | Type::Ordered(domain)) = ty else { return "…".to_owned() };
        let variants =
            self.context.schema.plan.domain(domain).map(|domain| domain.variants.as_slice()).unwrap_or_default();
        let second = variants.get(1).filter(|_| matches!(ty, Type::Ordered(_)));
        second
            .or(variants.first())
            .map_or("…".to_owned(), |value| if is_word(value) { value.to_string() } else { format!("{value:?}") })
    }
}
