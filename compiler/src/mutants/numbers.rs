//! Amounts, lengths of time, percentages and plain numbers, made twice as large.

use super::Edits;
use crate::syntax::Span;
use crate::syntax::ast::{Expr, ExprKind, Literal};

impl Edits<'_> {
    /// Makes a literal twice as large, if it is one.
    pub(super) fn larger(&mut self, expr: &Expr) {
        if let ExprKind::Literal(
            Literal::Int(_) | Literal::Number(_) | Literal::Money(..) | Literal::Span(_) | Literal::Distance(_),
        ) = expr.kind
            && let Some(larger) = twice(self.written(expr.span))
        {
            self.replace(expr.span, larger);
        }
    }

    /// Makes a length of time twice as long.
    pub(super) fn longer(&mut self, expr: Option<&Expr>) {
        if let Some(expr) = expr {
            self.larger(expr);
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
    let begin = text.find(|c: char| c.is_ascii_digit())?;
    let (before, rest) = text.split_at(begin);
    let end = rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, '_' | '.'))).unwrap_or(rest.len());
    let (number, unit) = rest.split_at(end);
    let digits: String = number.chars().filter(|c| *c != '_').collect();
    let larger = match digits.parse::<u64>() {
        Ok(0) => "1".to_owned(),
        Ok(whole) => whole.checked_mul(2)?.to_string(),
        Err(_) => {
            let value: f64 = digits.parse().ok()?;
            if value == 0.0 { "1".to_owned() } else { (value * 2.0).to_string() }
        }
    };
    // One day becomes two days.
    let is_one =
        digits == "1" && matches!(unit.trim_start(), "day" | "week" | "month" | "year" | "hour" | "minute" | "second");
    Some(format!("{before}{larger}{unit}{}", if is_one { "s" } else { "" }))
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
}
