//! Mutations of conditions and values: comparisons flipped, parts of `and` and `or` dropped, negations, windows, numbers.

use super::Edits;
use crate::syntax::Span;
use crate::syntax::ast::{AggregateWord, BinaryWord, Expr, ExprKind, IsWord, WindowKind};

impl Edits<'_> {
    /// A value, perhaps a condition.
    pub(super) fn expression(&mut self, expr: &Expr) {
        self.inside(expr);
    }

    /// A value of which only the conditions of `if` change: the numbers of priorities only count beside each other.
    pub(super) fn branches(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::If(condition, then, otherwise) => {
                self.condition(condition);
                self.branches(then);
                self.branches(otherwise);
            }
            ExprKind::Binary(_, left, right) => {
                self.branches(left);
                self.branches(right);
            }
            ExprKind::Negate(of) => self.branches(of),
            ExprKind::Call(_, all) => all.iter().for_each(|part| self.branches(part)),
            _ => {}
        }
    }

    /// A condition: one that is a name alone is negated.
    pub(super) fn condition(&mut self, expr: &Expr) {
        self.negated_name(expr);
        self.inside(expr);
    }

    fn negated_name(&mut self, expr: &Expr) {
        let is_name = matches!(expr.kind, ExprKind::Name(_) | ExprKind::Field(..) | ExprKind::Call(..));
        if is_name {
            self.replace(expr.span, format!("not ({})", self.written(expr.span)));
        }
    }

    fn inside(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Error | ExprKind::Name(_) => {}
            ExprKind::Literal(_) => self.larger(expr),
            ExprKind::Field(of, _) | ExprKind::Negate(of) => self.inside(of),
            ExprKind::Call(_, all) | ExprKind::List(all) => all.iter().for_each(|part| self.inside(part)),
            ExprKind::Aggregate { function, of, window, filter, .. } => {
                match function.node {
                    AggregateWord::Exists => self.replace(function.span, "none"),
                    AggregateWord::None => self.replace(function.span, "exists"),
                    _ => {}
                }
                self.inside(of);
                window.iter().for_each(|window| self.window(&window.kind));
                filter.iter().for_each(|filter| self.condition(filter));
            }
            ExprKind::Not(of) => {
                // `exists` and `none` are negated by each other.
                if !matches!(&of.kind, ExprKind::Aggregate { function, .. } if is_negatable(function.node)) {
                    self.without_not(expr, of);
                }
                self.inside(of);
            }
            ExprKind::Binary(word, left, right) => self.binary(expr, (word.node, word.span), (left, right)),
            ExprKind::Is { of, test, negated } => {
                self.is(expr, of, *test, *negated);
                self.inside(of);
            }
            ExprKind::InList { of, .. } | ExprKind::InSet { of, .. } => {
                self.negated(expr);
                self.inside(of);
            }
            ExprKind::InWindow { of, window, .. } => {
                self.negated(expr);
                self.inside(of);
                self.window(&window.kind);
            }
            ExprKind::Between { of, low, high, .. } => {
                self.negated(expr);
                [of, low, high].into_iter().for_each(|part| self.inside(part));
            }
            ExprKind::If(condition, then, otherwise) => {
                self.condition(condition);
                self.inside(then);
                self.inside(otherwise);
            }
        }
    }

    fn window(&mut self, kind: &WindowKind) {
        match kind {
            WindowKind::Last(length) | WindowKind::Next(length) => self.larger(length),
            WindowKind::Calendar(..) => {}
            WindowKind::Between(from, to) => {
                self.inside(from);
                self.inside(to);
            }
        }
    }

    fn negated(&mut self, expr: &Expr) {
        self.replace(expr.span, format!("not ({})", self.written(expr.span)));
    }

    /// Drops the word, wherever the brackets are.
    fn without_not(&mut self, expr: &Expr, of: &Expr) {
        let before = self.written(Span { start: expr.span.start, end: of.span.start });
        if let Some(at) = before.to_ascii_lowercase().rfind("not") {
            let start = expr.span.start as usize + at;
            self.drop(Span::new(start, start + "not".len()));
        }
    }

    /// `is missing` and `is known` for each other; `is true` for its negation.
    fn is(&mut self, expr: &Expr, of: &Expr, test: IsWord, negated: bool) {
        let after = self.trimmed(of.span.end, expr.span.end);
        let is_plain = !negated && self.written(after).starts_with("is");
        match test {
            IsWord::Missing if is_plain && self.written(after).ends_with("missing") => self.replace(after, "is known"),
            IsWord::Known if is_plain && self.written(after).ends_with("known") => self.replace(after, "is missing"),
            _ => self.negated(expr),
        }
    }

    fn binary(&mut self, expr: &Expr, (word, place): (BinaryWord, Span), sides: (&Expr, &Expr)) {
        use BinaryWord::{
            And, Contains, EndsWith, Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual, Or, Overlaps,
            StartsWith,
        };
        match word {
            And | Or => return self.chain(expr, word),
            Equal => self.replace(place, "is not"),
            NotEqual => self.replace(place, "="),
            Less => self.becomes(place, &["<=", ">"]),
            LessOrEqual => self.becomes(place, &["<", ">="]),
            Greater => self.becomes(place, &[">=", "<"]),
            GreaterOrEqual => self.becomes(place, &[">", "<="]),
            StartsWith | EndsWith | Contains | Overlaps => self.negated(expr),
            BinaryWord::Else | BinaryWord::Add | BinaryWord::Subtract | BinaryWord::Multiply | BinaryWord::Divide => {}
        }
        self.inside(sides.0);
        self.inside(sides.1);
    }

    fn becomes(&mut self, place: Span, all: &[&str]) {
        all.iter().for_each(|other| self.replace(place, *other));
    }

    /// Each part of a chain of `and` or `or` dropped; the words exchanged.
    fn chain(&mut self, expr: &Expr, word: BinaryWord) {
        let (mut parts, mut words) = (Vec::new(), Vec::new());
        self.collect(expr, word, true, &mut parts, &mut words);
        for (part, place) in parts.iter().zip(std::iter::once(None).chain(words.iter().map(Some))) {
            match (place, words.first()) {
                // The first goes with the word behind it, the others with the word before them.
                (None, Some(first)) => self.drop(Span { start: part.span.start, end: first.end }),
                (Some(place), _) => self.drop(Span { start: place.start, end: part.span.end }),
                (None, None) => {}
            }
        }
        for place in words {
            self.replace(place, if word == BinaryWord::And { "or" } else { "and" });
        }
        for part in parts {
            self.negated_name(part);
            self.inside(part);
        }
    }

    /// The parts of a chain and the words between them; what stands in brackets of its own is a part.
    fn collect<'e>(
        &self,
        expr: &'e Expr,
        of: BinaryWord,
        is_first: bool,
        parts: &mut Vec<&'e Expr>,
        words: &mut Vec<Span>,
    ) {
        let is_bracketed = !is_first && self.written(expr.span).starts_with('(') && {
            // `(a or b) and c` begins with a bracket that is not its own.
            !matches!(&expr.kind, ExprKind::Binary(_, left, _) if left.span.start == expr.span.start)
        };
        match &expr.kind {
            ExprKind::Binary(word, left, right) if word.node == of && !is_bracketed => {
                self.collect(left, of, false, parts, words);
                words.push(word.span);
                self.collect(right, of, false, parts, words);
            }
            _ => parts.push(expr),
        }
    }
}

fn is_negatable(function: AggregateWord) -> bool {
    matches!(function, AggregateWord::Exists | AggregateWord::None)
}
