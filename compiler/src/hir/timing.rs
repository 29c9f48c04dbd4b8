//! Reads when an offer may be sent: days, hours, moments.
//!
//! What must hold: a timing that validates holds at some moment. The plan's moments count from instants and days that
//! are told in the customer's zone; a date as what a delay counts from is its first moment there.

use opportune_plan::{Constant, Hours, Span as Length, Type, Weekdays};

use super::clauses::said_twice;
use super::family;
use super::hours;
use super::infer::{Infer, constant_of};
use super::{Expr, ExprKind};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::Span;
use crate::syntax::ast::{self, MomentItem, TimingPart};

/// When an offer may be sent; [`opportune_plan::Timing`] says what it means.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Timing {
    /// The first day.
    pub from: Option<i32>,
    /// The last day, included.
    pub to: Option<i32>,
    /// On these days.
    pub days: Weekdays,
    /// Within these hours.
    pub hours: Vec<Hours>,
    /// The first that is possible rules.
    pub moments: Vec<Moment>,
}

/// A moment, or a stretch of time; [`opportune_plan::Moment`] says what each means.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "each is explained at the moment of the plan that it becomes")]
pub enum Moment {
    RightAway,
    After { event: Expr, least: Length, most: Option<Length> },
    At { day: Expr, plus: Length, time: i64 },
    Exactly { event: Expr, plus: Length },
}

/// Reads a `timing`; nothing is sent later than `horizon` after a decision.
pub(super) fn timing(infer: &mut Infer<'_>, span: Span, parts: &[TimingPart], horizon: Length) -> Option<Timing> {
    let mut reader = Reader { infer, span, horizon, days: None, on: None, between: None };
    let mut found = Timing { from: None, to: None, days: Weekdays::ALL, hours: Vec::new(), moments: Vec::new() };
    // Each part is looked at, so that every mistake is told.
    let complete = parts.iter().filter(|part| reader.part(part, &mut found).is_none()).count() == 0;
    complete.then_some(())?;
    reader.holds_on_some_day(&found)?;
    reader.holds_at_some_hour(parts, &found)?;
    Some(found)
}

struct Reader<'a, 'i> {
    infer: &'a mut Infer<'i>,
    span: Span,
    horizon: Length,
    /// Where each part stands first.
    days: Option<Span>,
    on: Option<Span>,
    between: Option<Span>,
}

impl Reader<'_, '_> {
    fn part(&mut self, part: &TimingPart, found: &mut Timing) -> Option<()> {
        match part {
            TimingPart::Days { from, to } => {
                let ends = [from.as_ref(), to.as_ref()].into_iter().flatten().map(|end| end.span);
                let place = ends.reduce(Span::to).unwrap_or(self.span);
                said_once(self.infer, &mut self.days, place, "the stretch of days")?;
                let first = from.as_ref().map(|expr| day(self.infer, expr));
                let last = to.as_ref().map(|expr| day(self.infer, expr));
                (found.from, found.to) = (settled(first)?, settled(last)?);
            }
            TimingPart::On(words) => {
                let place = hours::span_of(words).unwrap_or(self.span);
                said_once(self.infer, &mut self.on, place, "the days of the week")?;
                found.days = hours::days(self.infer, words)?;
            }
            TimingPart::Between(from, to) => {
                said_once(self.infer, &mut self.between, from.span.to(to.span), "the hours of the day")?;
                found.hours.push(hours::between(self.infer, from, to)?);
            }
            TimingPart::Moment { span, kind } => {
                let moment = self.moment(*span, kind)?;
                found.moments.push(moment);
            }
        }
        Some(())
    }

    fn moment(&mut self, span: Span, written: &MomentItem) -> Option<Moment> {
        match written {
            MomentItem::RightAway => Some(Moment::RightAway),
            MomentItem::After { least, most, event } => {
                let shortest = settled(least.as_ref().map(|length| self.infer.length(length)));
                let longest = settled(most.as_ref().map(|length| self.infer.length(length)));
                let event = self.instant(event);
                let (least, most) = (shortest?.unwrap_or_default(), longest?);
                if most.is_some_and(|most| is_longer(least, most)) {
                    let message = "this delay is at most shorter than it is at least";
                    let diagnostic = Diagnostic::error(codes::BAD_DELAY, message, span, "never holds");
                    return self.infer.fail(diagnostic.help("exchange the two lengths of time"));
                }
                let event = event?;
                self.within_horizon(span, &event, least)?;
                Some(Moment::After { event, least, most })
            }
            MomentItem::Exactly { plus, event } => {
                let length = self.infer.length(plus);
                let event = self.instant(event);
                let (plus, event) = (length?, event?);
                self.within_horizon(span, &event, plus)?;
                Some(Moment::Exactly { event, plus })
            }
            MomentItem::At { time, plus, event } => {
                let clock = hours::time(self.infer, time);
                let later = settled(plus.as_ref().map(|length| self.whole_days(length)));
                let day = self.date(event);
                let (time, plus, day) = (clock?, later?.unwrap_or_default(), day?);
                self.within_horizon(span, &day, plus)?;
                Some(Moment::At { day, plus, time })
            }
        }
    }

    /// What a delay counts from, as an instant.
    fn instant(&mut self, written: &ast::Expr) -> Option<Expr> {
        let found = self.event(written)?;
        Some(if found.ty == Type::Date { self.infer.first_moment(found) } else { found })
    }

    /// What a delay counts from, as the customer's day.
    fn date(&mut self, written: &ast::Expr) -> Option<Expr> {
        let found = self.event(written)?;
        Some(if found.ty == Type::Instant { self.infer.day_of(found) } else { found })
    }

    fn event(&mut self, written: &ast::Expr) -> Option<Expr> {
        let found = self.infer.value_or_moment(written)?;
        if !matches!(found.ty, Type::Date | Type::Instant) {
            let message =
                format!("a delay counts from a date or a moment, and this is {}", self.infer.a_type(found.ty));
            let diagnostic = Diagnostic::error(codes::WRONG_TYPE, message, written.span, "not a time");
            return self.infer.fail(diagnostic.help("name when it happened: `1 day after last(visit).at`"));
        }
        family::of_whole(self.infer, found, written.span)
    }

    fn whole_days(&mut self, written: &ast::Expr) -> Option<Length> {
        let found = self.infer.length(written)?;
        if found.micros == 0 {
            return Some(found);
        }
        let message = "a time of the clock comes days or months later, not hours";
        let diagnostic = Diagnostic::error(codes::BAD_WINDOW, message, written.span, "hours");
        self.infer.fail(diagnostic.help("give the time itself: `at 18:00 on the day of …`"))
    }

    /// Of a delay after the decision itself, whether decisions look so far ahead.
    fn within_horizon(&mut self, span: Span, event: &Expr, least: Length) -> Option<()> {
        if !is_present(event) || !is_longer(least, self.horizon) {
            return Some(());
        }
        let message = "this is later than decisions look ahead, so it would never be sent";
        let diagnostic = Diagnostic::error(codes::BEYOND_HORIZON, message, span, "beyond the horizon");
        self.infer.fail(diagnostic.help("shorten the delay, or look further ahead in the portfolio: `horizon 30 days`"))
    }

    fn holds_on_some_day(&mut self, found: &Timing) -> Option<()> {
        let (Some(first), Some(last)) = (found.from, found.to) else { return Some(()) };
        if first > last {
            let message = "this timing ends before it begins";
            let diagnostic = Diagnostic::error(codes::BAD_TIMING, message, self.span, "holds on no day");
            return self.infer.fail(diagnostic.help("exchange the two dates, or mend the year"));
        }
        // Hours that reach into the next day may begin on the day before the first.
        let reaches = found.hours.iter().any(|hours| hours.to <= hours.from);
        let earliest = if reaches { first.saturating_sub(1) } else { first };
        if last.saturating_sub(earliest) >= 6 || (earliest..=last).any(|day| found.days.contains(weekday(day))) {
            return Some(());
        }
        let message = "between these dates there is none of these days of the week";
        let diagnostic = Diagnostic::error(codes::BAD_TIMING, message, self.on.unwrap_or(self.span), "holds on no day");
        self.infer.fail(diagnostic.help("add days of the week, or another week"))
    }

    /// Times of the clock lie within the hours.
    fn holds_at_some_hour(&mut self, parts: &[TimingPart], found: &Timing) -> Option<()> {
        let spans = parts.iter().filter_map(|part| match part {
            TimingPart::Moment { span, .. } => Some(*span),
            _ => None,
        });
        let mut holds = Some(());
        for (span, moment) in spans.zip(&found.moments) {
            let Moment::At { time, .. } = moment else { continue };
            if !found.hours.is_empty() && !found.hours.iter().any(|hours| hours::holds(*hours, *time)) {
                let message = "this time of the clock is not within the hours of this timing";
                let diagnostic = Diagnostic::error(codes::NEVER_SENT, message, span, "never holds");
                let place = self.between.unwrap_or(self.span);
                self.infer.report(
                    diagnostic
                        .label(place, "the hours, the last minute excluded")
                        .help("move the one into the other, or leave the hours out"),
                );
                holds = None;
            }
        }
        holds
    }
}

impl Timing {
    /// Whether it says nothing of hours and days of the week.
    pub(super) fn is_any_hour(&self) -> bool {
        let is_at = |moment: &Moment| moment.time().is_some();
        self.days == Weekdays::ALL && self.hours.is_empty() && !self.moments.iter().any(is_at)
    }

    /// The minutes of a week, from Monday 00:00, at which it may hold.
    pub(super) fn week(&self) -> Vec<bool> {
        let whole = [Hours { from: 0, to: 0, days: self.days }];
        let hours: Vec<Hours> = self.hours.iter().map(|hours| Hours { days: self.days, ..*hours }).collect();
        let mut week = hours::week_of(if hours.is_empty() { &whole } else { &hours });
        let times: Option<Vec<i64>> = self.moments.iter().map(Moment::time).collect();
        if let Some(times) = times.filter(|times| !times.is_empty()) {
            let minute = |at: usize| i64::try_from(at % hours::DAY).unwrap_or_default() * hours::MINUTE;
            week.iter_mut().enumerate().for_each(|(at, holds)| *holds &= times.contains(&minute(at)));
        }
        week
    }
}

impl Moment {
    /// The only time of the clock at which it holds, where there is one.
    fn time(&self) -> Option<i64> {
        if let Self::At { time, .. } = self { Some(*time) } else { None }
    }
}

fn said_once(infer: &mut Infer<'_>, first: &mut Option<Span>, place: Span, what: &str) -> Option<()> {
    match first {
        Some(before) => {
            let before = *before;
            infer.fail(said_twice(place, before, what))
        }
        None => {
            *first = Some(place);
            Some(())
        }
    }
}

/// A clause that is not there is settled; one that is there and was not understood is not.
fn settled<T>(part: Option<Option<T>>) -> Option<Option<T>> {
    part.map_or(Some(None), |found| found.map(Some))
}

fn day(infer: &mut Infer<'_>, expr: &ast::Expr) -> Option<i32> {
    let found = infer.of_type(expr, Type::Date)?;
    if let Some(Constant::Date(day)) = constant_of(&found) {
        return Some(*day);
    }
    let message = "a timing is written with dates";
    let diagnostic = Diagnostic::error(codes::NOT_CONSTANT, message, expr.span, "not a written date");
    infer.fail(diagnostic.help(
        "write the date: `2026-11-01`; a date of the customer's goes with a delay, `within 5 days after …`, or belongs in \
         `eligible when`",
    ))
}

/// The day of the week, 0 for Monday.
fn weekday(day: i32) -> u8 {
    // 1970-01-01 was a Thursday.
    u8::try_from((i64::from(day) + 3).rem_euclid(7)).unwrap_or_default()
}

/// Whether a moment or day is that of the decision.
fn is_present(event: &Expr) -> bool {
    match &event.kind {
        ExprKind::Now => true,
        ExprKind::Call(opportune_plan::Builtin::Today, _) => true,
        ExprKind::Call(opportune_plan::Builtin::At | opportune_plan::Builtin::DateOf, arguments) => {
            arguments.first().is_some_and(is_present)
        }
        _ => false,
    }
}

/// Whether one length is longer than another on every calendar.
pub(super) fn is_longer(one: Length, other: Length) -> bool {
    bounds(one).0 > bounds(other).1
}

/// The least and the greatest that a length can be, in microseconds.
fn bounds(length: Length) -> (i64, i64) {
    const HOUR: i64 = 60 * hours::MINUTE;
    // No zone moved its clocks by more in one stretch of days than this.
    const SHIFT: i64 = 3 * HOUR;
    if length.micros != 0 {
        return (length.micros, length.micros);
    }
    let exact = |days: i64| days.saturating_mul(24 * HOUR);
    if length.days != 0 {
        let days = exact(i64::from(length.days));
        return (days.saturating_sub(SHIFT), days.saturating_add(SHIFT));
    }
    let months = i64::from(length.months);
    if months == 0 {
        return (0, 0);
    }
    // A year has at least 365 days; what is not a whole year, at most three days less than its share.
    let days = months * 365 / 12;
    (exact(days - 3).saturating_sub(SHIFT), exact(days + 4 + months / 48).saturating_add(SHIFT))
}
