//! The moments of `timing`: `right away`, `1 day to 5 days after last(visit).at`, `at 18:00 on the day of last(visit).at`.

use pest::iterators::Pair;

use super::clause::span_literal;
use super::hours::{Hours, is_time};
use super::{Reader, Rule, foreign};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast::{BinaryWord, Expr, ExprKind, Literal, MomentItem, Span, TimingPart};

/// What begins a stretch of time.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bound {
    /// `at least 1 day after T`
    Least,
    /// `within 5 days after T`
    Most,
    /// `1 day to 5 days after T`, `7 days after T`
    None,
}

const AFTER: &str = "a time of sending is a length of time after an event";

impl<'t> Reader<'t> {
    /// `right away`
    pub fn right_away(&mut self, pair: Pair<'t, Rule>, span: Span) -> TimingPart {
        if pair.into_inner().any(|inner| inner.as_rule() == Rule::odd_right_away) {
            self.report(foreign::word(self, span, "right away"));
        }
        TimingPart::Moment { span, kind: MomentItem::RightAway }
    }

    /// `1 day to 5 days after T`, and what begins with an amount although it is something else.
    pub fn stretch(&mut self, pair: Pair<'t, Rule>, span: Span) -> Option<TimingPart> {
        let known = self.diagnostics.len();
        let (mut bound, mut bound_span) = (Bound::None, span);
        let mut values = Vec::new();
        let mut event = false;
        for part in pair.into_inner() {
            let at = self.span(&part);
            match part.as_rule() {
                Rule::stretch_least => {
                    (bound, bound_span) = (Bound::Least, at);
                    self.bound_word(part, Rule::odd_least, "at least");
                }
                Rule::stretch_most => {
                    (bound, bound_span) = (Bound::Most, at);
                    self.bound_word(part, Rule::odd_stretch_most, "within");
                }
                Rule::odd_hours_to => self.report(foreign::word(self, at, "to")),
                Rule::kw_after => event = true,
                Rule::odd_after => {
                    event = true;
                    self.after(at)?;
                }
                Rule::stretch_bare => {
                    self.report(without_length(self, at, span));
                    return None;
                }
                Rule::sum => values.push(self.expr(part)),
                _ => {}
            }
        }
        if !event {
            return self.no_event(&values, span, known);
        }
        let event = values.pop()?;
        let kind = self.moment_after(values, event, bound, bound_span)?;
        Some(TimingPart::Moment { span, kind })
    }

    fn bound_word(&mut self, pair: Pair<'t, Rule>, odd: Rule, right: &str) {
        let span = self.span(&pair);
        if pair.into_inner().any(|inner| inner.as_rule() == odd) {
            self.report(foreign::word(self, span, right));
        }
    }

    /// A word in place of `after`; `None`: it means something else.
    fn after(&mut self, span: Span) -> Option<()> {
        let written = self.written(span);
        if written != "before" {
            self.report(foreign::word(self, span, "after"));
            return Some(());
        }
        self.report(
            Diagnostic::error(codes::LOOSE_MOMENT, "a time of sending is after an event", span, "not before one")
                .help("move the event: `1 hour after anniversary(customer.birth) - 7 days`"),
        );
        None
    }

    /// An amount without an event.
    fn no_event(&mut self, values: &[Expr], span: Span, known: usize) -> Option<TimingPart> {
        if let Some(part) = self.bare_part(values, span, known) {
            return Some(part);
        }
        if let [Expr { kind: ExprKind::Literal(Literal::Date(_)), .. }] = values {
            let day = self.written(span).to_owned();
            self.report(
                Diagnostic::error(
                    codes::LOOSE_MOMENT,
                    format!("from `{day}` or to `{day}`?"),
                    span,
                    "no word says which",
                )
                .help(format!("write `from {day}`, `to {day}`, or for this day alone `from {day} to {day}`")),
            );
            return None;
        }
        if self.diagnostics.len() == known {
            let written = self.written(span).to_owned();
            self.report(
                Diagnostic::error(codes::LOOSE_MOMENT, format!("`{written}` after what?"), span, "no event follows")
                    .help(format!("name a date or an instant: `{written} after last(visit).at`")),
            );
        }
        None
    }

    /// The moment of lengths and an event.
    fn moment_after(&mut self, lengths: Vec<Expr>, event: Expr, bound: Bound, bound_span: Span) -> Option<MomentItem> {
        let mut lengths = self.apart(lengths).into_iter();
        let first = lengths.next()?;
        let second = lengths.next();
        if second.is_some() && bound != Bound::None {
            self.report(foreign::superfluous(self, bound_span));
        }
        let mut length = |value: Expr| span_literal(self, value, AFTER, "at least");
        Some(match (second, bound) {
            (Some(second), _) => {
                let (least, most) = (length(first), length(second));
                MomentItem::After { least: Some(least), most: Some(most), event }
            }
            (None, Bound::Least) => MomentItem::After { least: Some(length(first)), most: None, event },
            (None, Bound::Most) => MomentItem::After { least: None, most: Some(length(first)), event },
            (None, Bound::None) => MomentItem::Exactly { plus: length(first), event },
        })
    }

    /// `1 day - 5 days` and `1 to 5 days` in two lengths with units.
    fn apart(&mut self, lengths: Vec<Expr>) -> Vec<Expr> {
        let mut lengths = match <[Expr; 1]>::try_from(lengths) {
            Ok([Expr { kind: ExprKind::Binary(op, from, to), .. }])
                if op.node == BinaryWord::Subtract && is_length(&to) && (is_length(&from) || is_count(&from)) =>
            {
                self.report(foreign::word(self, op.span, "to"));
                vec![*from, *to]
            }
            Ok(one) => Vec::from(one),
            Err(lengths) => lengths,
        };
        if let [from, to] = lengths.as_mut_slice()
            && is_count(from)
            && is_length(to)
        {
            *from = self.with_unit_of(from, to);
        }
        lengths
    }

    /// `1` of `1 to 5 days`
    fn with_unit_of(&mut self, count: &Expr, length: &Expr) -> Expr {
        let unit = self.written(length.span).trim_start_matches(|c: char| c.is_ascii_digit() || c == '_').trim();
        let digits = self.written(count.span);
        let one = unit.strip_suffix('s').filter(|_| digits == "1");
        let right = format!("{digits} {}", one.unwrap_or(unit));
        self.report(
            Diagnostic::error(
                codes::BAD_UNIT,
                "each length of time has its unit",
                count.span,
                format!("write `{right}`"),
            )
            .fix(format!("write `{right}`"), count.span, right),
        );
        Expr { kind: ExprKind::Error, span: count.span }
    }

    /// `between 1 day and 5 days after T`
    pub fn between_after(&mut self, pair: Pair<'t, Rule>, between: Hours) -> Option<TimingPart> {
        let whole = between.span;
        let mut event = None;
        for part in pair.into_inner() {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::odd_after => self.after(span)?,
                Rule::sum => event = Some(self.expr(part)),
                _ => {}
            }
        }
        let event = event?;
        let known = self.diagnostics.len();
        let lengths = self.apart(between.ends);
        let [least, most] = <[Expr; 2]>::try_from(lengths).ok()?;
        let from = match self.diagnostics.get(known).and_then(|diagnostic| diagnostic.fix.as_ref()) {
            Some(unit) => unit.replacement.clone(),
            None => self.written(least.span).to_owned(),
        };
        self.diagnostics.truncate(known);
        let right = format!("{from} to {} after", self.written(most.span));
        let all = Span { start: whole.start, end: event.span.start };
        let all = Span { end: all.start + self.written(all).trim_end().len() as u32, ..all };
        self.report(
            Diagnostic::error(
                codes::FOREIGN_WORD,
                "a stretch of time after an event has no `between`",
                all,
                format!("write `{right}`"),
            )
            .fix(format!("write `{right}`"), all, right),
        );
        let kind = MomentItem::After { least: Some(least), most: Some(most), event };
        Some(TimingPart::Moment { span: whole, kind })
    }

    /// `at 18:00 on the day of T`, `at 18:00 7 days after T`
    pub fn at_time(&mut self, pair: Pair<'t, Rule>, span: Span) -> Option<TimingPart> {
        let mut time = None;
        let mut tail = None;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::sum => {
                    let value = self.expr(part);
                    time = Some(self.mended_time(value));
                }
                Rule::at_day => tail = Some((None, self.event_of_day(part)?)),
                Rule::at_after => tail = self.at_after(part).map(|(plus, event)| (Some(plus), event)),
                _ => {}
            }
        }
        let time = time?;
        let Some((plus, event)) = tail else {
            if !matches!(time.kind, ExprKind::Error) {
                self.report(on_which_day(self, span, &time));
            }
            return None;
        };
        Some(TimingPart::Moment { span, kind: MomentItem::At { time, plus, event } })
    }

    /// `on the day of T`
    fn event_of_day(&mut self, pair: Pair<'t, Rule>) -> Option<Expr> {
        let mut event = None;
        for part in pair.into_inner() {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::odd_on_the => self.report(foreign::word(self, span, "on")),
                Rule::day if self.written(span) != "day" => self.report(foreign::word(self, span, "day")),
                Rule::sum => event = Some(self.expr(part)),
                _ => {}
            }
        }
        event
    }

    /// `7 days after T`
    fn at_after(&mut self, pair: Pair<'t, Rule>) -> Option<(Expr, Expr)> {
        let mut values = Vec::new();
        for part in pair.into_inner() {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::odd_after => self.after(span)?,
                Rule::sum => values.push(self.expr(part)),
                _ => {}
            }
        }
        let [plus, event] = <[Expr; 2]>::try_from(values).ok()?;
        Some((span_literal(self, plus, AFTER, "at least"), event))
    }

    /// `on the day of T at 18:00`: the hour stands first.
    pub fn day_of(&mut self, pair: Pair<'t, Rule>, span: Span) -> Option<TimingPart> {
        let mut values = Vec::new();
        for part in pair.into_inner() {
            if part.as_rule() == Rule::sum {
                values.push(self.expr(part));
            }
        }
        let mut values = values.into_iter();
        let event = values.next()?;
        let of = self.written(event.span).to_owned();
        let Some(time) = values.next().map(|time| self.mended_time(time)) else {
            self.report(
                Diagnostic::error(codes::LOOSE_MOMENT, "at what time of that day?", span, "no time of day is said")
                    .help(format!("write `at 18:00 on the day of {of}`; anytime on it is `within 1 day after {of}`")),
            );
            return None;
        };
        let right = format!("at {} on the day of {of}", self.written(time.span));
        self.report(
            Diagnostic::error(codes::WORD_ORDER, "the time stands before the day", span, format!("write `{right}`"))
                .fix(format!("write `{right}`"), span, right),
        );
        Some(TimingPart::Moment { span, kind: MomentItem::At { time, plus: None, event } })
    }
}

/// `at 18:00`
fn on_which_day(reader: &Reader<'_>, span: Span, time: &Expr) -> Diagnostic {
    let at = reader.written(time.span);
    let help = if is_time(time) {
        format!(
            "write `at {at} on the day of last(visit).at`, `at {at} 7 days after last(visit).at`, or for any day `between {at} and 21:00`"
        )
    } else {
        "write `at 18:00 on the day of last(visit).at`".to_owned()
    };
    Diagnostic::error(codes::LOOSE_MOMENT, "on which day is this?", span, "no day is said").help(help)
}

/// `after last(visit).at`
fn without_length(reader: &Reader<'_>, word: Span, all: Span) -> Diagnostic {
    let written = reader.written(word);
    let event = reader.written(Span { start: word.end, end: all.end }).trim();
    let diagnostic =
        Diagnostic::error(codes::LOOSE_MOMENT, format!("how long `{written}` it?"), all, "no length of time is said");
    match written {
        "before" => {
            diagnostic.help("a time of sending is after an event: `1 hour after anniversary(customer.birth) - 7 days`")
        }
        _ => diagnostic.help(format!(
            "write `at least 1 hour after {event}`, `within 5 days after {event}` or `1 day to 5 days after {event}`"
        )),
    }
}

fn is_length(value: &Expr) -> bool {
    matches!(value.kind, ExprKind::Literal(Literal::Span(_)))
}

fn is_count(value: &Expr) -> bool {
    matches!(value.kind, ExprKind::Literal(Literal::Int(_)))
}
