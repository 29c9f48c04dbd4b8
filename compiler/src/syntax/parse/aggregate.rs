//! Aggregates over events: what is counted, in which window, under which condition.

use pest::iterators::Pair;

use super::build::Built;
use super::{Reader, Rule, foreign, unbuilt};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast::{AggregateWord, Expr, ExprKind, Literal, Spanned, Window, WindowKind};

impl<'t> Reader<'t> {
    pub fn aggregate(&mut self, pair: Pair<'t, Rule>) -> Built {
        let span = self.span(&pair);
        let mut function = Spanned { node: AggregateWord::Count, span };
        let mut of = Built::error(span);
        let mut window = None;
        let mut filter: Option<Built> = None;
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
                Rule::sum => of = self.built(part),
                Rule::aggregate_window => window = self.aggregate_window(part),
                Rule::aggregate_filter => filter = Some(self.filter(part)),
                _ => {}
            }
        }
        let below = of.depth.max(filter.as_ref().map_or(0, |filter| filter.depth)).max(1);
        let filter = filter.map(|filter| Box::new(filter.expr));
        self.node(ExprKind::Aggregate { function, ranked: None, of: Box::new(of.expr), window, filter }, span, below)
    }

    fn aggregate_word(&mut self, pair: &Pair<'t, Rule>) -> Spanned<AggregateWord> {
        let span = self.span(pair);
        let lower = pair.as_str().to_lowercase();
        let (node, right) = match lower.as_str() {
            "exists" => (AggregateWord::Exists, "exists"),
            "none" => (AggregateWord::None, "none"),
            "sum" => (AggregateWord::Sum, "sum"),
            "avg" | "average" | "mean" => (AggregateWord::Avg, "avg"),
            "min" => (AggregateWord::Min, "min"),
            "max" => (AggregateWord::Max, "max"),
            "first" => (AggregateWord::First, "first"),
            "last" => (AggregateWord::Last, "last"),
            "distinct" => (AggregateWord::Distinct, "distinct"),
            _ => (AggregateWord::Count, "count"),
        };
        if pair.as_str() != right {
            self.report(foreign::word(self, span, right));
        }
        Spanned { node, span }
    }

    fn aggregate_window(&mut self, pair: Pair<'t, Rule>) -> Option<Window> {
        let mut window = None;
        for part in pair.into_inner() {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::odd_in => self.report(foreign::word(self, span, "in")),
                Rule::no_in => self.report(foreign::forgotten(span, "in", "before `last`")),
                Rule::window => window = Some(self.window(part)),
                _ => {}
            }
        }
        window
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

    /// `last 30 days`
    pub fn window(&mut self, pair: Pair<'t, Rule>) -> Window {
        let span = self.span(&pair);
        let mut last = Expr { kind: ExprKind::Error, span };
        for part in pair.into_inner() {
            let at = self.span(&part);
            match part.as_rule() {
                Rule::window_the => self.report(foreign::superfluous(self, at)),
                Rule::odd_last => self.report(foreign::word(self, at, "last")),
                Rule::odd_length => {
                    self.report(foreign::length_without_number(part.as_str(), at));
                }
                Rule::quantity => last = self.window_length(part),
                Rule::unbuilt_window => {
                    self.report(unbuilt::here(at, &format!("the window `{}`", part.as_str().trim_end())))
                }
                _ => {}
            }
        }
        Window { span, kind: WindowKind::Last(Box::new(last)) }
    }

    fn window_length(&mut self, pair: Pair<'t, Rule>) -> Expr {
        let length = self.amount(pair).expr;
        if matches!(length.kind, ExprKind::Literal(Literal::Span(_)) | ExprKind::Error) {
            return length;
        }
        let written = self.written(length.span);
        self.report(
            Diagnostic::error(codes::BAD_UNIT, "a window is a length of time", length.span, "how long is this?")
                .help(format!("add a unit: `{written} days`, `{written} hours`")),
        );
        Expr { kind: ExprKind::Error, span: length.span }
    }
}
