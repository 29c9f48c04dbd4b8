//! Amounts, percentages and plain numbers, made twice as large; lengths of time and limits, half as large too.

use super::Edits;
use crate::syntax::Span;
use crate::syntax::ast::{Expr, ExprKind, Literal};

impl Edits<'_> {
    /// Makes a literal twice as large, if it is one; a length of time half as long too.
    pub(super) fn larger(&mut self, expr: &Expr) {
        let ExprKind::Literal(literal) = &expr.kind else { return };
        let is_amount = matches!(
            literal,
            Literal::Int(_) | Literal::Number(_) | Literal::Money(..) | Literal::Span(_) | Literal::Distance(_)
        );
        if let Some(larger) = twice(self.written(expr.span)).filter(|_| is_amount) {
            self.replace(expr.span, larger);
        }
        if matches!(literal, Literal::Span(_)) {
            self.half(expr.span);
        }
    }

    /// Makes a limit twice and half as large. Of one there is no half: nothing would ever come through.
    pub(super) fn limit(&mut self, expr: &Expr) {
        self.larger(expr);
        self.smaller(expr);
    }

    /// Makes a limit half as large.
    pub(super) fn smaller(&mut self, expr: &Expr) {
        if matches!(expr.kind, ExprKind::Literal(Literal::Int(_))) {
            self.half(expr.span);
        }
    }

    /// Makes a length of time twice and half as long.
    pub(super) fn length(&mut self, expr: Option<&Expr>) {
        if let Some(expr) = expr {
            self.larger(expr);
        }
    }

    fn half(&mut self, span: Span) {
        if let Some(smaller) = half(self.written(span)) {
            self.replace(span, smaller);
        }
    }

    /// The words from one place to another, without the white space at their ends.
    pub(super) fn trimmed(&self, start: u32, end: u32) -> Span {
        let text = self.written(Span { start, end });
        let before = text.len() - text.trim_start().len();
        let after = text.len() - text.trim_end().len();
        Span::new(start as usize + before, (end as usize).saturating_sub(after))
    }
}

/// A number with whatever stands behind it, twice as large; one in place of nought.
fn twice(text: &str) -> Option<String> {
    let (before, digits, unit) = parts(text)?;
    let larger = match digits.parse::<u64>() {
        Ok(0) => "1".to_owned(),
        Ok(whole) => whole.checked_mul(2)?.to_string(),
        Err(_) => {
            let value: f64 = digits.parse().ok()?;
            if value == 0.0 { "1".to_owned() } else { (value * 2.0).to_string() }
        }
    };
    // One day becomes two days.
    let is_one = digits == "1" && !unit.ends_with('s') && smaller_unit(unit.trim_start()).is_some();
    Some(format!("{before}{larger}{unit}{}", if is_one { "s" } else { "" }))
}

/// A whole number with its unit, half as large, rounded down; of one day that is twelve hours. Of one without a unit, and of
/// nought, there is no half.
fn half(text: &str) -> Option<String> {
    let (before, digits, unit) = parts(text)?;
    match digits.parse::<u64>().ok()? {
        0 => None,
        1 => smaller_unit(unit.trim()).map(|half| format!("{before}{half}")),
        whole => Some(format!("{before}{}{unit}", whole / 2)),
    }
}

/// What stands before a number, its digits, and what stands behind it.
fn parts(text: &str) -> Option<(&str, String, &str)> {
    let (before, rest) = text.split_at(text.find(|c: char| c.is_ascii_digit())?);
    let end = rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, '_' | '.'))).unwrap_or(rest.len());
    let (number, unit) = rest.split_at(end);
    Some((before, number.chars().filter(|c| *c != '_').collect(), unit))
}

/// About half of one unit of time.
fn smaller_unit(unit: &str) -> Option<&'static str> {
    Some(match unit.trim_end_matches('s') {
        "year" => "6 months",
        "month" => "15 days",
        "week" => "3 days",
        "day" => "12 hours",
        "hour" => "30 minutes",
        "minute" => "30 seconds",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_grow_in_their_own_spelling() {
        let cases = [
            ("20_000", "40000"),
            ("0.5", "1"),
            ("5%", "10%"),
            ("20 USD", "40 USD"),
            ("1 day", "2 days"),
            ("30 days", "60 days"),
            ("0", "1"),
            ("-3", "-6"),
            ("500 m", "1000 m"),
        ];
        for (before, after) in cases {
            assert_eq!(twice(before).as_deref(), Some(after));
        }
        assert_eq!(twice("18446744073709551615"), None);
    }

    #[test]
    fn lengths_and_limits_shrink_in_their_own_spelling() {
        let cases = [
            ("20_000", "10000"),
            ("3", "1"),
            ("30 days", "15 days"),
            ("7 days", "3 days"),
            ("1 day", "12 hours"),
            ("1 hours", "30 minutes"),
            ("1 year", "6 months"),
        ];
        for (before, after) in cases {
            assert_eq!(half(before).as_deref(), Some(after));
        }
        for whole in ["0 days", "1", "1 second", "0.5"] {
            assert_eq!(half(whole), None);
        }
    }
}
