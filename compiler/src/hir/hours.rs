//! Hours of the day and days of the week, as channels and offers write them.
//!
//! What must hold: hours begin and end on whole minutes and hold on some day; so a week of minutes says all about them.

use opportune_plan::{Constant, Hours, Type, Weekdays};

use super::clauses::said_twice;
use super::infer::{Infer, constant_of};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::Span;
use crate::syntax::ast::{self, HoursClause, Name};

/// Microseconds of a minute.
pub(super) const MINUTE: i64 = 60_000_000;
/// Minutes of a day.
pub(super) const DAY: usize = 1_440;
/// Minutes of a week.
const WEEK: usize = 7 * DAY;

/// The words for days, as the parser gives them.
const DAYS: &[(&str, Weekdays)] = &[
    ("monday", Weekdays(0b000_0001)),
    ("tuesday", Weekdays(0b000_0010)),
    ("wednesday", Weekdays(0b000_0100)),
    ("thursday", Weekdays(0b000_1000)),
    ("friday", Weekdays(0b001_0000)),
    ("saturday", Weekdays(0b010_0000)),
    ("sunday", Weekdays(0b100_0000)),
    ("weekdays", Weekdays::WEEKDAYS),
    ("weekends", Weekdays::WEEKEND),
];

/// Days as words: `weekdays`, `friday`. Words that are no days are reported by the parser, and left out.
pub(super) fn days(infer: &mut Infer<'_>, words: &[Name]) -> Option<Weekdays> {
    let mut found = Weekdays(0);
    for (at, word) in words.iter().enumerate() {
        if let Some(before) = words.iter().take(at).find(|before| before.node == word.node) {
            infer.report(said_twice(word.span, before.span, &format!("`{}`", word.node)));
        }
        let known = DAYS.iter().find(|(name, _)| **name == *word.node);
        found.0 |= known.map_or(0, |(_, days)| days.0);
    }
    (found.0 != 0).then_some(found)
}

/// Hours in which a channel is quiet; without days every day, without hours whole days.
pub(super) fn quiet(infer: &mut Infer<'_>, written: &HoursClause) -> Option<Hours> {
    let hours = written.hours.as_ref().map(|(from, to)| between(infer, from, to));
    let days = if written.days.is_empty() { Some(Weekdays::ALL) } else { days(infer, &written.days) };
    let (from, to) = hours.map_or(Some((0, 0)), |hours| hours.map(|hours| (hours.from, hours.to)))?;
    Some(Hours { from, to, days: days? })
}

/// Hours of every day, from `from` to before `to`, perhaps across midnight.
pub(super) fn between(infer: &mut Infer<'_>, from: &ast::Expr, to: &ast::Expr) -> Option<Hours> {
    let (first, last) = (time(infer, from), time(infer, to));
    let (first, last) = (first?, last?);
    if first != last {
        return Some(Hours { from: first, to: last, days: Weekdays::ALL });
    }
    let message = "these hours end when they begin";
    let diagnostic = Diagnostic::error(codes::BAD_HOURS, message, from.span.to(to.span), "no hours");
    infer.fail(diagnostic.help("write two times; for whole days name only the days: `on sunday`"))
}

/// A written time of day, on a whole minute.
pub(super) fn time(infer: &mut Infer<'_>, written: &ast::Expr) -> Option<i64> {
    let found = infer.of_type(written, Type::Time)?;
    let bad = |message: &str, label: &str| Diagnostic::error(codes::BAD_HOURS, message, written.span, label);
    match constant_of(&found) {
        Some(Constant::Time(micros)) if micros % MINUTE == 0 => Some(*micros),
        Some(_) => infer.fail(bad("hours begin and end on whole minutes", "seconds").help("leave the seconds out")),
        None => {
            let help = "write the time: `21:00`; what depends on the customer belongs in a condition";
            infer.fail(bad("hours are written with times of day", "not a written time").help(help))
        }
    }
}

/// The minutes of a week, from Monday 00:00, that lie in one of these hours.
pub(super) fn week_of(all: &[Hours]) -> Vec<bool> {
    let mut week = vec![false; WEEK];
    for hours in all {
        let length = minutes_of(*hours);
        let first = minute(hours.from);
        for day in (0..7).filter(|day| hours.days.contains(*day)) {
            let start = usize::from(day) * DAY + first;
            for at in start..start + length {
                if let Some(minute) = week.get_mut(at % WEEK) {
                    *minute = true;
                }
            }
        }
    }
    week
}

/// How many minutes hours last: those that end when they begin, a whole day.
fn minutes_of(hours: Hours) -> usize {
    let (from, to) = (minute(hours.from), minute(hours.to));
    if to > from { to - from } else { DAY + to - from }
}

fn minute(micros: i64) -> usize {
    usize::try_from(micros / MINUTE).unwrap_or_default()
}

/// Whether a time of day lies in hours, whatever the day.
pub(super) fn holds(hours: Hours, time: i64) -> bool {
    if hours.from < hours.to { (hours.from..hours.to).contains(&time) } else { time >= hours.from || time < hours.to }
}

/// Where words for days stand.
pub(super) fn span_of(words: &[Name]) -> Option<Span> {
    let (first, last) = (words.first()?, words.last()?);
    Some(first.span.to(last.span))
}
