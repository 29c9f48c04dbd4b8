//! Values as written.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use opportune_plan::{Constant, Currency, Span as Length, Type};

use super::super::Expr;
use super::super::describe::values;
use super::super::schema::no_zone;
use super::Infer;
use super::arithmetic::opposite;
use crate::diagnostic::nearest::{completed, nearest};
use crate::diagnostic::{Diagnostic, codes};
use crate::manifest::is_currency;
use crate::syntax::Span;
use crate::syntax::ast::{self, Literal};

impl Infer<'_> {
    pub(super) fn literal(&mut self, literal: &Literal, span: Span, expected: Option<Type>) -> Option<Expr> {
        let constant = match literal {
            Literal::Bool(value) => Constant::Bool(*value),
            Literal::Int(value) => Constant::Int(*value),
            Literal::Number(value) => Constant::Number(*value),
            Literal::Money(currency, micros) => self.amount(*currency, *micros, span)?,
            Literal::Text(text) => return self.text(text, span, expected),
            Literal::Date(days) => Constant::Date(*days),
            Literal::DateTime { local_seconds, zone } => self.moment(*local_seconds, zone.as_ref(), span)?,
            Literal::Time(micros) => Constant::Time(*micros),
            Literal::Distance(metres) => Constant::Distance(*metres),
            // Nothing is nothing in whatever unit: the other side says which.
            Literal::Span(length) if *length == Length::default() && expected == Some(Type::Duration) => {
                Constant::Duration(0)
            }
            Literal::Span(length) if *length == Length::default() && expected == Some(Type::Months) => {
                Constant::Months(0)
            }
            Literal::Span(length) if length.months != 0 => Constant::Months(i64::from(length.months)),
            Literal::Span(length) if length.micros != 0 => Constant::Duration(length.micros),
            Literal::Span(length) => Constant::Days(i64::from(length.days)),
        };
        Some(Expr::constant(constant))
    }

    fn amount(&mut self, currency: Currency, micros: i64, span: Span) -> Option<Constant> {
        if is_currency(currency.as_str()) {
            return Some(Constant::Money(currency, micros));
        }
        let message = format!("`{currency}` is not the code of a currency");
        let diagnostic = Diagnostic::error(codes::UNKNOWN_CURRENCY, message, span, "no currency");
        self.fail(diagnostic.help("write the three letters of ISO 4217, for example `20 USD`"))
    }

    /// A text, or a value of the list that is expected.
    fn text(&mut self, text: &str, span: Span, expected: Option<Type>) -> Option<Expr> {
        match expected {
            Some(ty @ (Type::OneOf(_) | Type::Ordered(_))) => self.variant(text, span, ty, true),
            Some(Type::Zone) if TimeZone::get(text).is_ok() => Some(Expr::constant(Constant::Zone(text.into()))),
            Some(Type::Zone) => self.fail(no_zone(text, span)),
            _ => Some(Expr::constant(Constant::Text(text.into()))),
        }
    }

    /// A value of a `one_of` or `ordered` type.
    pub(in crate::hir) fn variant(&mut self, word: &str, span: Span, ty: Type, quoted: bool) -> Option<Expr> {
        let (Type::OneOf(domain) | Type::Ordered(domain)) = ty else { return None };
        let variants = self.context.schema.plan.domain(domain).map(|d| d.variants.as_slice()).unwrap_or_default();
        if let Some(at) = variants.iter().position(|variant| &**variant == word) {
            let at = u32::try_from(at).ok()?;
            let ordered = matches!(ty, Type::Ordered(_));
            return Some(Expr::constant(if ordered {
                Constant::Ordered(domain, at)
            } else {
                Constant::OneOf(domain, at)
            }));
        }
        let message = format!("`{word}` is not one of the values here");
        let diagnostic = Diagnostic::error(codes::NOT_IN_LIST, message, span, "not one of them");
        let diagnostic = match nearest(word, variants.iter().map(|v| &**v)) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")).fix(
                format!("replace it with `{near}`"),
                span,
                if quoted || !is_word(near) { format!("{near:?}") } else { near.to_owned() },
            ),
            None => diagnostic.help(match completed(word, variants.iter().map(|v| &**v)) {
                Some(value) => format!("did you mean `{value}`?"),
                None => format!("the values are {}", values(variants)),
            }),
        };
        self.fail(diagnostic)
    }

    fn moment(&mut self, local_seconds: i64, zone: Option<&ast::Name>, span: Span) -> Option<Constant> {
        let zone = match zone {
            None => self.context.zone.cloned()?,
            Some(name) => match TimeZone::get(&name.node) {
                Ok(zone) => zone,
                Err(_) => return self.fail(no_zone(&name.node, name.span)),
            },
        };
        let local = jiff::Timestamp::from_second(local_seconds).ok();
        let local: Option<DateTime> = local.map(|at| TimeZone::UTC.to_datetime(at));
        let Some(moment) = local.and_then(|local| crate::moment::of_local(&zone, local)) else {
            let message = "this moment is outside the years 1 to 9999";
            return self
                .fail(Diagnostic::error(codes::WRONG_TYPE, message, span, "out of range").help("write another"));
        };
        Some(Constant::Instant(moment.as_microsecond()))
    }

    /// `-a`; of a literal at once.
    pub(super) fn negate(&mut self, of: &ast::Expr) -> Option<Expr> {
        let found = self.value(of, None)?;
        match found.ty {
            Type::Int | Type::Number | Type::Money(_) | Type::Duration | Type::Days | Type::Months | Type::Distance => {
                Some(opposite(found))
            }
            other => {
                let message = format!("`-` does not take {}", self.a_type(other));
                let diagnostic = Diagnostic::error(codes::BAD_OPERANDS, message, of.span, "has no opposite");
                self.fail(diagnostic.help("`-` takes numbers, amounts and lengths of time; for a condition say `not`"))
            }
        }
    }
}

/// Whether a value can be written as a bare word.
pub(super) fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}
