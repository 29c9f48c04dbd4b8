//! Windows of time: `last 30 days`, `next 2 weeks`, `this month`, in aggregates also `between … and …`.

use opportune_plan::Unit;
use pest::iterators::Pair;

use super::build::Built;
use super::{Reader, Rule, foreign};
use crate::diagnostic::nearest::nearest;
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast::{CalendarWord, Expr, ExprKind, Literal, Span, Window, WindowKind};

impl<'t> Reader<'t> {
    /// The window of an aggregate, and the depth of its tree.
    pub fn aggregate_window(&mut self, pair: Pair<'t, Rule>) -> Option<(Window, u16)> {
        let mut window = None;
        for part in pair.into_inner() {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::kw_in => {}
                Rule::odd_in => self.report(foreign::word(self, span, "in")),
                Rule::no_in => self.report(foreign::forgotten(span, "in", "before the window")),
                Rule::window_since => window = self.since(part),
                _ => window = Some(self.window(part)),
            }
        }
        window
    }

    /// A window, and the depth of its tree.
    pub fn window(&mut self, pair: Pair<'t, Rule>) -> (Window, u16) {
        let span = self.span(&pair);
        match pair.as_rule() {
            Rule::window_between | Rule::window_from => self.between(pair),
            Rule::odd_window_between => {
                // `in` stands right before it.
                let before = self.text.get(..span.start as usize).unwrap_or("").trim_end();
                let start = before.trim_end_matches(crate::syntax::scan::is_word_char).len();
                self.report(foreign::superfluous(self, Span::new(start, before.len())));
                match pair.into_inner().next() {
                    Some(inner) => self.between(inner),
                    None => (damaged(span), 1),
                }
            }
            _ => (self.plain_window(pair, span), 2),
        }
    }

    /// `last 30 days`, `next 2 weeks`, `this month`
    fn plain_window(&mut self, pair: Pair<'t, Rule>, span: Span) -> Window {
        let mut kind = WindowKind::Last(Box::new(Expr { kind: ExprKind::Error, span }));
        let mut next = false;
        for part in pair.into_inner() {
            let at = self.span(&part);
            match part.as_rule() {
                Rule::window_the => self.report(foreign::superfluous(self, at)),
                Rule::odd_last => self.report(foreign::word(self, at, "last")),
                Rule::odd_length => self.report(last_unit(part.as_str(), span)),
                Rule::kw_next => next = true,
                Rule::quantity => {
                    let length = Box::new(self.window_length(part));
                    kind = if next { WindowKind::Next(length) } else { WindowKind::Last(length) };
                }
                Rule::calendar => kind = self.calendar(part, at).unwrap_or(kind),
                Rule::odd_calendar => kind = self.odd_calendar(at),
                _ => {}
            }
        }
        Window { span, kind }
    }

    fn window_length(&mut self, pair: Pair<'t, Rule>) -> Expr {
        let length = self.amount(pair).expr;
        if matches!(length.kind, ExprKind::Literal(Literal::Span(_)) | ExprKind::Error) {
            return length;
        }
        let written = self.written(length.span);
        let help = match length.kind {
            ExprKind::Literal(Literal::Distance(_)) => "`m` are metres; write `minutes` or `months`".to_owned(),
            _ => format!("add a unit: `{written} days`, `{written} hours`"),
        };
        self.report(
            Diagnostic::error(codes::BAD_UNIT, "a window is a length of time", length.span, "how long is this?")
                .help(help),
        );
        Expr { kind: ExprKind::Error, span: length.span }
    }

    /// `this month`, `previous week`; `None`: reported.
    fn calendar(&mut self, pair: Pair<'t, Rule>, span: Span) -> Option<WindowKind> {
        let mut word = CalendarWord::This;
        let mut unit = None;
        for part in pair.into_inner() {
            let at = self.span(&part);
            let written = part.as_str();
            match part.as_rule() {
                Rule::calendar_unit => unit = self.calendar_unit(written, at, span),
                rule => {
                    let (found, right) = calendar_word(written);
                    word = found;
                    if rule == Rule::odd_calendar_word {
                        self.report(foreign::word(self, at, right));
                    }
                }
            }
        }
        unit.map(|unit| WindowKind::Calendar(word, unit))
    }

    fn calendar_unit(&mut self, written: &str, at: Span, all: Span) -> Option<Unit> {
        if let Some(unit) = unit(written) {
            return Some(unit);
        }
        let lower = written.to_lowercase();
        let message = format!("`{}` is no stretch of the calendar", super::failure::shown(self.written(all)));
        let diagnostic = Diagnostic::error(codes::BAD_UNIT, message, at, "`day`, `week`, `month`, `quarter` or `year`");
        let near = UNITS.iter().find(|unit| format!("{unit}s") == lower || **unit == lower).copied();
        match near.or_else(|| nearest(&lower, UNITS.iter().copied())) {
            Some(near) => {
                self.report(diagnostic.fix(format!("replace `{written}` with `{near}`"), at, near));
                unit(near)
            }
            None => {
                self.report(diagnostic.help(
                    "shorter ones are `last 24 hours`, `next 2 hours`; other stretches are written `between A and B`",
                ));
                None
            }
        }
    }

    /// `in today`, `in yesterday`
    fn odd_calendar(&mut self, at: Span) -> WindowKind {
        let (word, right) = match self.written(at) {
            "yesterday" => (CalendarWord::Previous, "previous day"),
            "tomorrow" => (CalendarWord::Next, "next day"),
            _ => (CalendarWord::This, "this day"),
        };
        self.report(foreign::word(self, at, right));
        WindowKind::Calendar(word, Unit::Day)
    }

    /// `between A and B`, `from A to B`
    fn between(&mut self, pair: Pair<'t, Rule>) -> (Window, u16) {
        let span = self.span(&pair);
        let mut ends: Vec<Built> = Vec::new();
        for part in pair.into_inner() {
            let at = self.span(&part);
            match part.as_rule() {
                Rule::odd_between | Rule::odd_window_from => self.report(foreign::word(self, at, "between")),
                Rule::odd_between_and | Rule::kw_to | Rule::odd_to => self.report(foreign::word(self, at, "and")),
                Rule::sum => ends.push(self.built(part)),
                _ => {}
            }
        }
        let high = ends.pop().unwrap_or_else(|| Built::error(span));
        let low = ends.pop().unwrap_or_else(|| Built::error(span));
        let depth = low.depth.max(high.depth);
        (Window { span, kind: WindowKind::Between(Box::new(low.expr), Box::new(high.expr)) }, depth)
    }

    /// `count(purchase since 2026-01-01)`
    fn since(&mut self, pair: Pair<'t, Rule>) -> Option<(Window, u16)> {
        let all = self.span(&pair);
        let mut word = all;
        let mut from = None;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::odd_since => word = self.span(&part),
                Rule::sum => from = Some(self.built(part)),
                _ => {}
            }
        }
        let from = from?;
        let written = self.written(word);
        let message = format!("there is no window `{written}`");
        let diagnostic = Diagnostic::error(codes::FOREIGN_WORD, message, word, "a window has both its ends");
        let first = self.written(from.expr.span);
        self.report(match written {
            "since" => {
                let mended = format!("between {first} and now");
                diagnostic.help(format!("write `{mended}`")).fix(format!("write `{mended}`"), all, mended)
            }
            _ => diagnostic.help("write `between A and B`, or ask in the condition: `where at >= A`"),
        });
        Some((damaged(all), from.depth))
    }
}

fn damaged(span: Span) -> Window {
    Window { span, kind: WindowKind::Last(Box::new(Expr { kind: ExprKind::Error, span })) }
}

const UNITS: &[&str] = &["day", "week", "month", "quarter", "year"];

fn unit(word: &str) -> Option<Unit> {
    Some(match word {
        "day" => Unit::Day,
        "week" => Unit::Week,
        "month" => Unit::Month,
        "quarter" => Unit::Quarter,
        "year" => Unit::Year,
        _ => return None,
    })
}

fn calendar_word(written: &str) -> (CalendarWord, &'static str) {
    match written.to_lowercase().as_str() {
        "previous" | "prior" => (CalendarWord::Previous, "previous"),
        "next" => (CalendarWord::Next, "next"),
        _ => (CalendarWord::This, "this"),
    }
}

/// `last month`: the calendar's, or a length of time?
fn last_unit(unit: &str, span: Span) -> Diagnostic {
    let rolling = match unit {
        "second" | "minute" | "hour" | "day" | "year" => format!("last 1 {unit}"),
        "week" => "last 7 days".to_owned(),
        "quarter" => "last 3 months".to_owned(),
        _ => "last 30 days".to_owned(),
    };
    match unit {
        "second" | "minute" | "hour" => {
            Diagnostic::error(codes::BAD_UNIT, format!("`last {unit}` needs a number"), span, "how many?")
                .help(format!("write `{rolling}`"))
                .fix(format!("write `{rolling}`"), span, rolling)
        }
        _ => Diagnostic::error(codes::BAD_UNIT, format!("`last {unit}` can mean two things"), span, "which one?").help(
            format!("the {unit} of the calendar before this one is `previous {unit}`; what ends now is `{rolling}`"),
        ),
    }
}
