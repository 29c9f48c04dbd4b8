//! How long a cap counts: `every 7 days` is a length that rolls, `each week` the calendar's. What may mean either is asked
//! about, never guessed.

use pest::iterators::Pair;

use super::{Reader, Rule, clause, foreign};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast::{CapWindow, Expr, ExprKind, Literal, Name, Span};

/// A stretch of the calendar.
#[derive(Clone, Copy)]
pub struct Stretch {
    /// `week`
    word: &'static str,
    /// The length that rolls and is about as long.
    rolling: &'static str,
    /// What the calendar's is.
    calendar: &'static str,
}

const STRETCHES: [Stretch; 5] = [
    Stretch { word: "day", rolling: "24 hours", calendar: "from midnight to midnight" },
    Stretch { word: "week", rolling: "7 days", calendar: "from Monday on" },
    Stretch { word: "month", rolling: "30 days", calendar: "from the first on" },
    Stretch { word: "quarter", rolling: "3 months", calendar: "from January, April, July or October on" },
    Stretch { word: "year", rolling: "12 months", calendar: "from January on" },
];

impl Stretch {
    /// `week`, `weekly`
    pub fn of(written: &str) -> Option<Self> {
        let word = match written {
            "daily" => "day",
            "annually" => "year",
            _ => written.strip_suffix("ly").unwrap_or(written),
        };
        STRETCHES.into_iter().find(|stretch| stretch.word == word)
    }

    fn help(self) -> String {
        let Self { word, rolling, calendar } = self;
        format!(
            "write `each {word}` for the calendar's, {calendar}, or `every {rolling}` for what has passed until now"
        )
    }
}

impl<'t> Reader<'t> {
    /// `every 7 days`, `each week`
    pub fn cap_window(&mut self, pair: Pair<'t, Rule>) -> CapWindow {
        let span = self.span(&pair);
        let error = CapWindow::Every(Expr { kind: ExprKind::Error, span });
        match pair.into_inner().next() {
            Some(inner) if inner.as_rule() == Rule::window_every => self.window_every(inner).unwrap_or(error),
            Some(inner) => self.window_each(inner, span).unwrap_or(error),
            None => error,
        }
    }

    fn window_every(&mut self, pair: Pair<'t, Rule>) -> Option<CapWindow> {
        let mut length = None;
        for part in pair.into_inner() {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::odd_every => {
                    let diagnostic = foreign::word(self, span, "every");
                    self.report(Diagnostic { code: codes::CAP_WINDOW, ..diagnostic });
                }
                Rule::sum => {
                    let value = self.expr(part);
                    length = Some(clause::span_literal(self, value, "a cap is counted over a length of time", "every"));
                }
                _ => {}
            }
        }
        length.map(CapWindow::Every)
    }

    fn window_each(&mut self, pair: Pair<'t, Rule>, all: Span) -> Option<CapWindow> {
        let (mut odd, mut calendar, mut unit) = (None, None, None);
        for part in pair.into_inner() {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::odd_each_window => odd = Some(span),
                Rule::odd_calendar_adjective => calendar = Some(span),
                Rule::odd_ly => (odd, unit) = (Some(span), Some(span)),
                Rule::calendar_unit_word => unit = Some(span),
                _ => {}
            }
        }
        let unit = unit?;
        let stretch = Stretch::of(self.written(unit))?;
        let right = format!("each {}", stretch.word);
        match (odd, calendar) {
            (None, Some(span)) => self.report(foreign::superfluous(self, span)),
            (Some(_), Some(_)) => {
                let diagnostic = foreign::word(self, all, &right);
                self.report(Diagnostic { code: codes::CAP_WINDOW, ..diagnostic });
            }
            (Some(_), None) => {
                let diagnostic = two_meanings(self, all, stretch);
                self.report(diagnostic);
            }
            (None, None) => {}
        }
        Some(CapWindow::Each(Name { node: stretch.word.into(), span: unit }))
    }

    /// `each week` of what counts in the calendar alone; `per week` has one meaning there.
    pub fn calendar_stretch(&mut self, pair: Pair<'t, Rule>, all: Span) -> Option<Name> {
        let (mut odd, mut calendar, mut unit) = (false, None, None);
        for part in pair.into_inner().flat_map(Pair::into_inner) {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::odd_each_window => odd = true,
                Rule::odd_calendar_adjective => calendar = Some(span),
                Rule::odd_ly => (odd, unit) = (true, Some(span)),
                Rule::calendar_unit_word => unit = Some(span),
                _ => {}
            }
        }
        let unit = unit?;
        let stretch = Stretch::of(self.written(unit))?;
        match calendar {
            _ if odd => {
                let diagnostic = foreign::word(self, all, &format!("each {}", stretch.word));
                self.report(Diagnostic { code: codes::CAP_WINDOW, ..diagnostic });
            }
            Some(span) => self.report(foreign::superfluous(self, span)),
            None => {}
        }
        Some(Name { node: stretch.word.into(), span: unit })
    }

    /// `20_000/week` of what counts in the calendar alone.
    pub fn slashed_each(&mut self, sign: Span, value: &Expr, again: bool) -> Option<Name> {
        let stretch = Stretch::named(value);
        let written = super::failure::shown(self.written(value.span));
        let message = format!("`/ {written}` is not how long this counts");
        let diagnostic = Diagnostic::error(codes::CAP_WINDOW, message, sign.to(value.span), "counted over how long?");
        self.report(match stretch {
            _ if again => diagnostic.help("write how long it counts once, as `each week`"),
            Some(Stretch { word, .. }) => diagnostic.help(format!("write `each {word}` at the end")),
            None => {
                diagnostic.help("write `each day`, `each week`, `each month`, `each quarter` or `each year` at the end")
            }
        });
        stretch.map(|stretch| Name { node: stretch.word.into(), span: value.span })
    }

    /// `3/week`, `3 / 7 days`; `again`: the cap says elsewhere how long it counts.
    pub fn slashed(&mut self, sign: Span, value: &Expr, again: bool) -> CapWindow {
        let stretch = Stretch::named(value);
        let written = self.written(value.span);
        let message = format!("`/ {}` is not how long a cap counts", super::failure::shown(written));
        let diagnostic = Diagnostic::error(codes::CAP_WINDOW, message, sign.to(value.span), "counted over how long?");
        self.report(match stretch {
            _ if again => diagnostic.help("write how long it counts once, after `per customer`"),
            Some(stretch) => diagnostic.help(stretch.help()),
            None if matches!(value.kind, ExprKind::Literal(Literal::Span(_))) => {
                diagnostic.help(format!("write `every {written}` after `per customer`"))
            }
            None => diagnostic.help("write `every 7 days` or `each week` after `per customer`"),
        });
        match stretch {
            Some(stretch) => CapWindow::Each(Name { node: stretch.word.into(), span: value.span }),
            None => CapWindow::Every(Expr { kind: ExprKind::Error, span: value.span }),
        }
    }

    /// A cap that does not say how long it counts.
    pub fn no_window(&mut self, here: Span) -> CapWindow {
        let message = "a cap says how long it counts";
        self.report(
            Diagnostic::error(codes::CAP_WINDOW, message, here, "`every …` or `each …` is missing here")
                .help("write `every 30 days` for what has passed until now, `each month` for the calendar's; over all customers and all time it is `in total`"),
        );
        CapWindow::Every(Expr { kind: ExprKind::Error, span: here })
    }
}

/// `per week`
fn two_meanings(reader: &Reader<'_>, all: Span, stretch: Stretch) -> Diagnostic {
    let message = format!("`{}` can mean two things", reader.written(all));
    Diagnostic::error(codes::CAP_WINDOW, message, all, "which one?").help(stretch.help())
}
