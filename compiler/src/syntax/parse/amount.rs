//! Numbers, and numbers with a unit: money, lengths of time, percent.

use opportune_plan::{Currency, Float, Span as TimeSpan};
use pest::iterators::Pair;

use super::build::Built;
use super::{Reader, Rule};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast::{ExprKind, Literal, Span};

/// Millionths in one.
const MILLION: i64 = 1_000_000;

impl<'t> Reader<'t> {
    /// A `quantity` or what is meant to be one.
    pub fn amount(&mut self, pair: Pair<'t, Rule>) -> Built {
        let span = self.span(&pair);
        let literal = match pair.as_rule() {
            Rule::quantity => self.quantity(pair, span),
            Rule::odd_sign_before => self.sign_before(pair, span),
            Rule::odd_point => {
                let mended = format!("0{}", pair.as_str());
                self.report(
                    Diagnostic::error(
                        codes::BAD_NUMBER,
                        "a number begins with a digit",
                        span,
                        format!("write `{mended}`"),
                    )
                    .fix(format!("write `{mended}`"), span, mended.clone()),
                );
                self.plain(&mended, span)
            }
            _ => None,
        };
        literal.map_or_else(|| Built::error(span), |literal| Built::leaf(ExprKind::Literal(literal), span))
    }

    fn quantity(&mut self, pair: Pair<'t, Rule>, span: Span) -> Option<Literal> {
        let mut parts = pair.into_inner();
        let number = parts.next()?;
        let number_span = self.span(&number);
        let digits = number.as_str();
        if digits.contains(['e', 'E']) {
            self.report(
                Diagnostic::error(
                    codes::BAD_NUMBER,
                    format!("`{digits}` is not written as a number"),
                    number_span,
                    "powers of ten are not read",
                )
                .help("write the number out: `1_000_000`, `0.001`"),
            );
            return None;
        }
        let Some(unit) = parts.next() else { return self.plain(digits, span) };
        let unit_span = self.span(&unit);
        match unit.as_rule() {
            Rule::percent => {
                self.number(digits, number_span).and_then(|value| Float::new(value / 100.0)).map(Literal::Number)
            }
            Rule::odd_sign => {
                self.report(sign_report(unit.as_str(), digits, span));
                self.money(digits, number_span, currency_of(unit.as_str()))
            }
            _ => self.with_unit(digits, number_span, unit.as_str(), unit_span, span),
        }
    }

    /// `$20`
    fn sign_before(&mut self, pair: Pair<'t, Rule>, span: Span) -> Option<Literal> {
        let mut parts = pair.into_inner();
        let sign = parts.next()?;
        let number = parts.next()?;
        let number_span = self.span(&number);
        self.report(sign_report(sign.as_str(), number.as_str(), span));
        self.money(number.as_str(), number_span, currency_of(sign.as_str()))
    }

    /// A number without a unit: whole ones are `int`.
    fn plain(&mut self, digits: &str, span: Span) -> Option<Literal> {
        if digits.contains('.') {
            return self.number(digits, span).and_then(Float::new).map(Literal::Number);
        }
        let value = digits.replace('_', "").parse().ok();
        if value.is_none() {
            self.too_big(span, "whole numbers go up to 9_223_372_036_854_775_807");
        }
        value.map(Literal::Int)
    }

    pub fn number(&mut self, digits: &str, span: Span) -> Option<f64> {
        let value: Option<f64> = digits.replace('_', "").parse().ok().filter(|value: &f64| value.is_finite());
        if value.is_none() {
            self.too_big(span, "numbers go up to about 1.7 followed by 308 digits");
        }
        value
    }

    pub fn too_big(&mut self, span: Span, help: &str) {
        self.report(Diagnostic::error(codes::BAD_NUMBER, "this number is too big", span, "does not fit").help(help));
    }

    fn with_unit(&mut self, digits: &str, at: Span, unit: &str, unit_span: Span, all: Span) -> Option<Literal> {
        if let Some(currency) = Currency::new(unit).filter(|_| unit_word(&unit.to_lowercase()).is_none()) {
            return self.money(digits, at, Some(currency));
        }
        if let Some(currency) = small_currency(unit) {
            self.report(unit_report(unit, unit_span, self.touching(unit_span), currency.as_str()));
            return self.money(digits, at, Some(currency));
        }
        if let Some(distance) = super::distance::unit(unit) {
            return self.distance(digits, at, unit, unit_span, all, distance);
        }
        let (word, singular) = unit_word(unit).or_else(|| unit_word(&unit.to_lowercase()))?;
        let one = digits == "1";
        if unit != word && !(one && unit == singular) || self.touching(unit_span) {
            let right = if one { singular } else { word };
            self.report(unit_report(unit, unit_span, self.touching(unit_span), right));
        }
        self.time_span(digits, at, word).map(Literal::Span)
    }

    /// Whether a unit follows its number without a space.
    pub fn touching(&self, unit: Span) -> bool {
        self.text
            .get(..unit.start as usize)
            .and_then(|text| text.chars().next_back())
            .is_some_and(|c| c.is_ascii_digit())
    }

    fn time_span(&mut self, digits: &str, at: Span, unit: &str) -> Option<TimeSpan> {
        if digits.contains('.') {
            self.report(
                Diagnostic::error(
                    codes::BAD_NUMBER,
                    format!("`{digits} {unit}` is not a whole number of {unit}"),
                    at,
                    "write a whole number",
                )
                .help("take a smaller unit: `90 minutes` instead of `1.5 hours`, `36 hours` instead of `1.5 days`"),
            );
            return None;
        }
        let count: Option<i64> = digits.replace('_', "").parse().ok();
        let span = count.and_then(|count| match unit {
            "days" => i32::try_from(count).ok().map(TimeSpan::days),
            "weeks" => i32::try_from(count.checked_mul(7)?).ok().map(TimeSpan::days),
            "months" => i32::try_from(count).ok().map(|months| TimeSpan { months, ..TimeSpan::default() }),
            "years" => {
                i32::try_from(count.checked_mul(12)?).ok().map(|months| TimeSpan { months, ..TimeSpan::default() })
            }
            "hours" => count.checked_mul(3_600 * MILLION).map(TimeSpan::micros),
            "minutes" => count.checked_mul(60 * MILLION).map(TimeSpan::micros),
            _ => count.checked_mul(MILLION).map(TimeSpan::micros),
        });
        if span.is_none() {
            self.too_big(at, "no calendar goes so far");
        }
        span
    }

    /// An amount to the millionth, exactly as written.
    fn money(&mut self, digits: &str, at: Span, currency: Option<Currency>) -> Option<Literal> {
        let digits = digits.replace('_', "");
        let (whole, decimals) = digits.split_once('.').unwrap_or((&digits, ""));
        if decimals.trim_end_matches('0').len() > 6 {
            self.report(
                Diagnostic::error(
                    codes::BAD_NUMBER,
                    "money has at most 6 decimals",
                    at,
                    format!("has {}", decimals.len()),
                )
                .help("money is counted in millionths; round the amount"),
            );
            return None;
        }
        let kept: String = decimals.chars().chain("000000".chars()).take(6).collect();
        let micros =
            whole.parse::<i64>().ok().and_then(|whole| whole.checked_mul(MILLION)?.checked_add(kept.parse().ok()?));
        if micros.is_none() {
            self.too_big(at, "money goes up to 9_223_372_036_854");
        }
        Some(Literal::Money(currency?, micros?))
    }
}

fn sign_report(sign: &str, digits: &str, span: Span) -> Diagnostic {
    let code = currency_of(sign).map_or("USD".to_owned(), |currency| currency.to_string());
    let mended = format!("{digits} {code}");
    Diagnostic::error(
        codes::BAD_UNIT,
        "the currency's three letters stand after the amount",
        span,
        format!("write `{mended}`"),
    )
    .fix(format!("write `{mended}`"), span, mended)
}

pub fn unit_report(unit: &str, span: Span, touching: bool, right: &str) -> Diagnostic {
    if unit == right {
        return Diagnostic::error(
            codes::BAD_UNIT,
            "a space stands between a number and its unit",
            span,
            format!("write ` {right}`"),
        )
        .fix("add a space", span, format!(" {right}"));
    }
    let replacement = if touching { format!(" {right}") } else { right.to_owned() };
    Diagnostic::error(
        codes::BAD_UNIT,
        format!("the unit `{unit}` is written `{right}`"),
        span,
        format!("write `{right}`"),
    )
    .fix(format!("replace `{unit}` with `{right}`"), span, replacement)
}

fn currency_of(sign: &str) -> Option<Currency> {
    Currency::new(match sign {
        "$" => "USD",
        "€" => "EUR",
        "£" => "GBP",
        _ => "JPY",
    })
}

fn small_currency(unit: &str) -> Option<Currency> {
    match unit {
        "dollar" | "dollars" | "bucks" => Currency::new("USD"),
        "euro" | "euros" => Currency::new("EUR"),
        "pounds" => Currency::new("GBP"),
        _ if unit.len() == 3 && unit_word(&unit.to_lowercase()).is_none() => Currency::new(&unit.to_ascii_uppercase()),
        _ => None,
    }
}

/// The unit of time that is meant: for many and for one.
pub fn unit_word(unit: &str) -> Option<(&'static str, &'static str)> {
    Some(match unit {
        "seconds" | "second" | "secs" | "sec" | "s" => ("seconds", "second"),
        "minutes" | "minute" | "mins" | "min" => ("minutes", "minute"),
        "hours" | "hour" | "hrs" | "hr" | "h" | "Hours" => ("hours", "hour"),
        "days" | "day" | "d" | "Days" => ("days", "day"),
        "weeks" | "week" | "w" | "Weeks" => ("weeks", "week"),
        "months" | "month" | "Months" => ("months", "month"),
        "years" | "year" | "yrs" | "yr" | "y" | "Years" => ("years", "year"),
        _ => return None,
    })
}
