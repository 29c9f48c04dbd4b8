//! Aggregates over events: what is counted, in which window, under which condition.

use pest::iterators::Pair;

use super::build::Built;
use super::{Reader, Rule, foreign};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast::{AggregateWord, ExprKind, Span, Spanned};

impl<'t> Reader<'t> {
    pub fn aggregate(&mut self, pair: Pair<'t, Rule>) -> Built {
        let span = self.span(&pair);
        let mut function = Spanned { node: AggregateWord::Count, span };
        let mut of: Vec<Built> = Vec::new();
        let mut window = None;
        let mut filter: Option<Built> = None;
        let known = self.diagnostics.len();
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::aggregate_word => function = self.aggregate_word(&part),
                Rule::odd_of => {
                    let at = self.span(&part);
                    if part.as_str().eq_ignore_ascii_case("distinct") {
                        function.node = AggregateWord::Distinct;
                    }
                    self.report(foreign::inner_word(self, at));
                }
                Rule::rank_word => function = self.rank_word(&part),
                Rule::sum => of.push(self.built(part)),
                Rule::odd_star => self.star(&part),
                Rule::no_ranked => self.no_ranked(&part, function.span),
                Rule::aggregate_window => window = self.aggregate_window(part),
                Rule::aggregate_filter => filter = Some(self.filter(part)),
                Rule::odd_more => return self.too_many(&function, known, span),
                _ => {}
            }
        }
        if self.is_of_two_values(&function, filter.as_ref(), known) {
            return self.too_many(&function, known, span);
        }
        let path = of.pop().unwrap_or_else(|| Built::error(span));
        let ranked = of.pop();
        let window = window.map(|(window, depth)| (Some(window), depth)).unwrap_or_default();
        let depths =
            [ranked.as_ref().map_or(1, |ranked| ranked.depth), filter.as_ref().map_or(1, |filter| filter.depth)];
        let below = depths.into_iter().fold(path.depth.max(window.1), u16::max);
        let kind = ExprKind::Aggregate {
            function,
            ranked: ranked.map(|ranked| Box::new(ranked.expr)),
            of: Box::new(path.expr),
            window: window.0,
            filter: filter.map(|filter| Box::new(filter.expr)),
        };
        self.node(kind, span, below)
    }

    fn rank_word(&mut self, pair: &Pair<'t, Rule>) -> Spanned<AggregateWord> {
        let span = self.span(pair);
        self.lower_case(pair);
        Spanned { node: AggregateWord::FrequencyRank, span }
    }

    /// `count(*)`
    fn star(&mut self, pair: &Pair<'t, Rule>) {
        let span = self.span(pair);
        self.report(
            Diagnostic::error(codes::FOREIGN_WORD, "what is counted is named", span, "which events?")
                .help("write the event table: `count(purchase)`"),
        );
    }

    /// `frequency_rank(purchase.product.category)`
    fn no_ranked(&mut self, pair: &Pair<'t, Rule>, word: Span) {
        let at = self.span(pair);
        self.report(
            Diagnostic::error(codes::FORGOTTEN_WORD, "what is ranked is left out", word, "the rank of what?")
                .label(Span { start: at.start, end: at.start }, "a path of the events is not enough")
                .help("write the value first, then where it is counted: `frequency_rank(c, purchase.product.category in last 90 days)`"),
        );
    }

    /// Whether `max(a, b)` stands here: the comma was read as the `where` of another language.
    fn is_of_two_values(&self, function: &Spanned<AggregateWord>, filter: Option<&Built>, known: usize) -> bool {
        let comma = |diagnostic: &Diagnostic| {
            diagnostic.code == codes::FOREIGN_WORD
                && diagnostic.labels.first().is_some_and(|label| self.written(label.span) == ",")
        };
        matches!(function.node, AggregateWord::Min | AggregateWord::Max)
            && filter.is_some()
            && self.diagnostics.get(known..).unwrap_or_default().iter().any(comma)
    }

    /// `max(a, b)`, and a third value in another aggregate.
    fn too_many(&mut self, function: &Spanned<AggregateWord>, known: usize, span: Span) -> Built {
        let word = self.written(function.span).to_owned();
        let right = match function.node {
            AggregateWord::Min => "least",
            AggregateWord::Max => "greatest",
            _ => {
                self.diagnostics.truncate(known);
                self.report(
                    Diagnostic::error(
                        codes::UNEXPECTED,
                        format!("`{word}(…)` takes one path of the events"),
                        function.span,
                        "too much in the brackets",
                    )
                    .help(format!("write `{word}(purchase in last 30 days where condition)`")),
                );
                return Built::error(span);
            }
        };
        self.diagnostics.truncate(known);
        self.report(
            Diagnostic::error(
                codes::FOREIGN_WORD,
                format!("of several values, `{word}` is written `{right}`"),
                function.span,
                format!("write `{right}`"),
            )
            .help(format!("`{word}(…)` looks at events: `{word}(purchase.spend in last 30 days)`"))
            .fix(format!("replace `{word}` with `{right}`"), function.span, right),
        );
        Built::error(span)
    }

    fn aggregate_word(&mut self, pair: &Pair<'t, Rule>) -> Spanned<AggregateWord> {
        let span = self.span(pair);
        let lower = pair.as_str().to_lowercase();
        let (node, right) = match lower.as_str() {
            "exists" | "any" => (AggregateWord::Exists, "exists"),
            "none" => (AggregateWord::None, "none"),
            "sum" => (AggregateWord::Sum, "sum"),
            "avg" | "average" | "mean" => (AggregateWord::Avg, "avg"),
            "min" => (AggregateWord::Min, "min"),
            "max" => (AggregateWord::Max, "max"),
            "first" => (AggregateWord::First, "first"),
            "last" => (AggregateWord::Last, "last"),
            "distinct" => (AggregateWord::Distinct, "distinct"),
            "most_frequent" | "most_common" | "mode" => (AggregateWord::MostFrequent, "most_frequent"),
            "share" => (AggregateWord::Share, "share"),
            "typical_gap" => (AggregateWord::TypicalGap, "typical_gap"),
            _ => (AggregateWord::Count, "count"),
        };
        if pair.as_str() != right {
            self.report(foreign::word(self, span, right));
        }
        Spanned { node, span }
    }

    /// `where condition`, of an aggregate or a cap.
    pub fn filter(&mut self, pair: Pair<'t, Rule>) -> Built {
        let mut built = Built::error(self.span(&pair));
        for part in pair.into_inner() {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::odd_where => self.report(foreign::word(self, span, "where")),
                Rule::no_where => self.report(foreign::forgotten(span, "where", "before the condition")),
                Rule::expr => built = self.built(part),
                _ => {}
            }
        }
        built
    }
}
