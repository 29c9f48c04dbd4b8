//! What may stand after an operand: `is missing`, `in […]`, `in last …`, `between … and …`.

use pest::iterators::Pair;

use super::build::Built;
use super::{Reader, Rule, foreign};
use crate::syntax::ast::{BinaryWord, ExprKind, IsWord, Literal, Span, Spanned, WindowKind};

impl<'t> Reader<'t> {
    /// `is missing`, `in […]`, `between … and …` after an operand.
    pub fn tail(&mut self, of: Built, pair: Pair<'t, Rule>) -> Built {
        match pair.as_rule() {
            Rule::tail_is => self.tail_is(of, pair),
            Rule::tail_null => self.tail_null(of, &pair),
            Rule::tail_between => self.tail_between(of, pair),
            _ => self.tail_in(of, pair),
        }
    }

    fn tail_is(&mut self, of: Built, pair: Pair<'t, Rule>) -> Built {
        let tail = self.span(&pair);
        let all = of.expr.span.to(tail);
        let written: Vec<&str> = pair.into_inner().map(|part| part.as_str()).collect();
        let negated = written.len() > 2;
        let word = written.last().copied().unwrap_or("");
        let lower = word.to_lowercase();
        let (test, right) = match (lower.as_str(), negated) {
            ("missing", _) => (IsWord::Missing, if negated { "is not missing" } else { "is missing" }),
            ("known", _) => (IsWord::Known, if negated { "is not known" } else { "is known" }),
            ("true", _) => (IsWord::True, if negated { "is not true" } else { "is true" }),
            ("false", _) => return self.is_false(of, tail, negated, word == "false"),
            (_, true) => (IsWord::Known, "is known"),
            (_, false) => (IsWord::Missing, "is missing"),
        };
        let null = !matches!(lower.as_str(), "missing" | "known" | "true");
        if null {
            self.report(foreign::null_test(self, tail, right));
        } else if written.join(" ") != right {
            self.report(foreign::operator(self, tail, right));
        }
        let kind = ExprKind::Is { of: Box::new(of.expr), test, negated: negated && !null };
        self.node(kind, all, of.depth)
    }

    /// `is not false` is a comparison; `is false` is written `= false`.
    fn is_false(&mut self, of: Built, tail: Span, negated: bool, plain: bool) -> Built {
        let (op, right) = if negated { (BinaryWord::NotEqual, "is not false") } else { (BinaryWord::Equal, "= false") };
        if !negated || !plain {
            self.report(foreign::operator(self, tail, right));
        }
        let value = Built::leaf(ExprKind::Literal(Literal::Bool(false)), tail);
        self.binary(Spanned { node: op, span: tail }, of, value)
    }

    fn tail_null(&mut self, of: Built, pair: &Pair<'t, Rule>) -> Built {
        let tail = self.span(pair);
        let all = of.expr.span.to(tail);
        let different = pair.as_str().starts_with(['!', '<']);
        let known = pair.as_str().trim_end().ends_with("known");
        let (test, right) =
            if different == known { (IsWord::Missing, "is missing") } else { (IsWord::Known, "is known") };
        self.report(foreign::null_test(self, tail, right));
        self.node(ExprKind::Is { of: Box::new(of.expr), test, negated: false }, all, of.depth)
    }

    fn tail_between(&mut self, of: Built, pair: Pair<'t, Rule>) -> Built {
        let all = of.expr.span.to(self.span(&pair));
        let mut negated = false;
        let mut ends: Vec<Built> = Vec::new();
        for part in pair.into_inner() {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::tail_not => {
                    negated = true;
                    self.lower_case(&part);
                }
                Rule::odd_between => self.report(foreign::word(self, span, "between")),
                Rule::odd_between_and => self.report(foreign::word(self, span, "and")),
                Rule::sum => ends.push(self.built(part)),
                _ => {}
            }
        }
        let high = ends.pop().unwrap_or_else(|| Built::error(all));
        let low = ends.pop().unwrap_or_else(|| Built::error(all));
        let below = of.depth.max(low.depth).max(high.depth);
        let kind =
            ExprKind::Between { of: Box::new(of.expr), negated, low: Box::new(low.expr), high: Box::new(high.expr) };
        self.node(kind, all, below)
    }

    fn tail_in(&mut self, of: Built, pair: Pair<'t, Rule>) -> Built {
        let all = of.expr.span.to(self.span(&pair));
        let mut negated = false;
        let mut below = of.depth;
        let mut kind = ExprKind::Error;
        let of = Box::new(of.expr);
        for part in pair.into_inner() {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::tail_not => {
                    negated = true;
                    self.lower_case(&part);
                }
                Rule::odd_in => self.report(foreign::word(self, span, "in")),
                Rule::window => {
                    kind = ExprKind::InWindow { of: of.clone(), negated, window: self.window(part).0 };
                }
                Rule::odd_window_between => {
                    let (window, depth) = self.window(part);
                    below = below.max(depth);
                    if let WindowKind::Between(low, high) = window.kind {
                        kind = ExprKind::Between { of: of.clone(), negated, low, high };
                    }
                }
                _ if matches!(part.as_rule(), Rule::list | Rule::odd_list) => {
                    if part.as_rule() == Rule::odd_list {
                        self.report(foreign::round_list(self, span));
                    }
                    let list = self.list(part);
                    below = list.iter().map(|item| item.depth).fold(below, u16::max);
                    kind = ExprKind::InList {
                        of: of.clone(),
                        negated,
                        list: list.into_iter().map(|item| item.expr).collect(),
                    };
                }
                Rule::in_set => {
                    let set = self.built(part);
                    below = below.max(set.depth);
                    kind = ExprKind::InSet { of: of.clone(), negated, set: Box::new(set.expr) };
                }
                _ => {}
            }
        }
        self.node(kind, all, below)
    }

    /// The items of a list in brackets.
    pub fn list(&mut self, pair: Pair<'t, Rule>) -> Vec<Built> {
        let mut items = Vec::new();
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::expr => items.push(self.built(part)),
                Rule::no_comma => {
                    let span = self.span(&part);
                    self.report(foreign::forgotten_comma(span));
                }
                _ => {}
            }
        }
        items
    }
}
