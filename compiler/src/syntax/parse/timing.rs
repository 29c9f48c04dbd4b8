//! When an offer may be sent: `timing from 2026-11-01 to 2026-12-24, on weekdays, between 18:00 and 21:00`.
//!
//! The parts stand in any order, each once. Of moments there may be several, the later ones after `, else`.

use pest::iterators::Pair;

use super::hours::{Hours, HoursForm, is_time};
use super::{Reader, Rule, foreign};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast::{BinaryWord, Expr, ExprKind, Literal, OfferClauseKind, Span, TimingPart};
use crate::syntax::layout::Part;

/// The clause; `None`: reported.
pub fn timing(reader: &mut Reader<'_>, part: &Part) -> Option<OfferClauseKind> {
    let mut parts = Vec::new();
    let mut moments = 0;
    let mut joint = None;
    for pair in reader.matched(Rule::timing_clause, part)?.into_inner() {
        let span = reader.span(&pair);
        match pair.as_rule() {
            Rule::colon => reader.report(foreign::superfluous(reader, span)),
            Rule::timing_next => joint = Some(pair),
            Rule::timing_part => {
                let read = reader.timing_part(pair);
                let is_moment = matches!(read, Some(TimingPart::Moment { .. }));
                if let Some(joint) = joint.take() {
                    reader.timing_joint(joint, is_moment && moments > 0, span);
                }
                moments += usize::from(is_moment);
                if let Some(read) = read {
                    reader.timing_add(&mut parts, read, span);
                }
            }
            _ => {}
        }
    }
    (!parts.is_empty()).then_some(OfferClauseKind::Timing(parts))
}

impl<'t> Reader<'t> {
    /// Adds a part; one that is there already is reported.
    fn timing_add(&mut self, parts: &mut Vec<TimingPart>, part: TimingPart, span: Span) {
        let alike = |known: &&mut TimingPart| {
            !matches!(known, TimingPart::Moment { .. })
                && std::mem::discriminant::<TimingPart>(known) == std::mem::discriminant(&part)
        };
        let Some(known) = parts.iter_mut().find(alike) else { return parts.push(part) };
        if let (TimingPart::Days { to: known @ None, .. }, TimingPart::Days { from: None, to: Some(to) }) =
            (&mut *known, &part)
        {
            // `from 2026-11-01, to 2026-12-24`
            *known = Some(to.clone());
            let before = self.text.get(..span.start as usize).unwrap_or("").trim_end();
            let comma = Span::new(before.len().saturating_sub(1), before.len());
            return self.report(foreign::superfluous(self, comma));
        }
        let what = match part {
            TimingPart::Days { .. } => "from when to when",
            TimingPart::On(_) => "on which days",
            TimingPart::Between(..) => "between which hours",
            TimingPart::Moment { .. } => "when",
        };
        self.report(said_twice(&format!("`timing` says twice {what}"), span));
    }

    /// What stands between two parts: a comma, before a second moment `, else`.
    fn timing_joint(&mut self, pair: Pair<'t, Rule>, needs_else: bool, next: Span) {
        let span = self.span(&pair);
        let right = if needs_else { ", else" } else { "," };
        let inner = pair.into_inner().last().map(|inner| inner.as_rule());
        let written = match inner {
            Some(Rule::comma) => ",",
            Some(Rule::timing_else) => ", else",
            Some(Rule::no_comma) => "",
            _ => self.written(span),
        };
        if written == right {
            return;
        }
        let before = self.text.get(..span.start as usize).unwrap_or("").trim_end().len();
        let fixed = Span::new(before, span.end.max(before as u32) as usize);
        let title = format!("write `{right}`");
        self.report(match (written, right) {
            ("", _) => {
                let here = Span::new(before, before);
                let message = format!("`{right}` is left out between two parts of `timing`");
                Diagnostic::error(codes::FORGOTTEN_WORD, message, next, format!("`{right}` is missing before this"))
                    .fix(format!("add `{right}`"), here, right)
            }
            (",", _) => {
                Diagnostic::error(codes::FORGOTTEN_WORD, "of two moments the second stands after `, else`", next, "`else` is missing before this")
                    .help("the first moment that has a possible time rules, the next is tried where there is none")
                    .fix("add `else`", Span { start: next.start, end: next.start }, "else ")
            }
            (", else", _) => {
                Diagnostic::error(codes::FOREIGN_WORD, "only a second moment of sending stands after `else`", span, "write `,`")
                    .help("days and hours hold for every moment; moments are such as `right away` and `7 days after last(visit).at`")
                    .fix(title, fixed, right)
            }
            _ => Diagnostic { code: codes::FOREIGN_WORD, ..foreign::operator(self, span, right) }
                .fix(title, fixed, right),
        });
    }

    fn timing_part(&mut self, pair: Pair<'t, Rule>) -> Option<TimingPart> {
        let all = self.span(&pair);
        let known = self.diagnostics.len();
        let mut days = (None, None);
        for part in pair.into_inner() {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::timing_from => days.0 = Some(self.day(part)),
                Rule::timing_to => days.1 = Some(self.day(part)),
                Rule::on_days => {
                    let days = self.days(part);
                    return (!days.is_empty()).then_some(TimingPart::On(days));
                }
                Rule::between_hours => return self.between_hours(part, span),
                Rule::stretch => return self.stretch(part, span),
                Rule::right_away => return Some(self.right_away(part, span)),
                Rule::at_time => return self.at_time(part, span),
                Rule::day_of => return self.day_of(part, span),
                _ => {}
            }
        }
        self.days_between(days, all, known)
    }

    /// `from 2026-11-01 to 2026-12-24`; hours are between, not from.
    fn days_between(
        &mut self,
        (from, to): (Option<Expr>, Option<Expr>),
        span: Span,
        known: usize,
    ) -> Option<TimingPart> {
        if from.as_ref().or(to.as_ref()).is_some_and(is_time) {
            let hours = Hours { span, ends: from.into_iter().chain(to).collect(), odd: true, known };
            return self.hours(hours, HoursForm::Timing).map(|(from, to)| TimingPart::Between(from, to));
        }
        match (from, to) {
            (Some(Expr { kind: ExprKind::Binary(op, first, last), .. }), None)
                if op.node == BinaryWord::Subtract && is_date(&first) && is_date(&last) =>
            {
                self.report(foreign::word(self, op.span, "to"));
                Some(TimingPart::Days { from: Some(*first), to: Some(*last) })
            }
            (from, to) => Some(TimingPart::Days { from, to }),
        }
    }

    /// The day after `from` or `to`.
    fn day(&mut self, pair: Pair<'t, Rule>) -> Expr {
        let mut day = Expr { kind: ExprKind::Error, span: self.span(&pair) };
        for part in pair.into_inner() {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::odd_to => self.report(foreign::word(self, span, "to")),
                Rule::sum => day = self.expr(part),
                _ => {}
            }
        }
        day
    }

    /// `between 18:00 and 21:00`; with `after T` it is a stretch of days.
    fn between_hours(&mut self, pair: Pair<'t, Rule>, span: Span) -> Option<TimingPart> {
        let mut hours = Hours { span, ends: Vec::new(), odd: false, known: self.diagnostics.len() };
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::odd_between_and => hours.odd = true,
                Rule::sum => hours.ends.push(self.expr(part)),
                Rule::between_after => return self.between_after(part, hours),
                _ => {}
            }
        }
        self.hours(hours, HoursForm::Timing).map(|(from, to)| TimingPart::Between(from, to))
    }

    /// `18:00 to 21:00`, `2026-11-01 to 2026-12-24`: what a part without its first word means; `None`: neither.
    pub fn bare_part(&mut self, ends: &[Expr], span: Span, known: usize) -> Option<TimingPart> {
        if ends.iter().all(is_time) {
            let hours = Hours { span, ends: ends.to_vec(), odd: true, known };
            return self.hours(hours, HoursForm::Timing).map(|(from, to)| TimingPart::Between(from, to));
        }
        let [from, to] = ends else { return None };
        if !(is_date(from) && is_date(to)) {
            return None;
        }
        self.report(foreign::forgotten(span, "from", "before the first day"));
        Some(TimingPart::Days { from: Some(from.clone()), to: Some(to.clone()) })
    }
}

fn is_date(value: &Expr) -> bool {
    matches!(value.kind, ExprKind::Literal(Literal::Date(_)))
}

/// A part that the clause has already.
pub fn said_twice(message: &str, span: Span) -> Diagnostic {
    Diagnostic::error(codes::REPEATED_PART, message, span, "said again here").help("keep one of the two")
}
