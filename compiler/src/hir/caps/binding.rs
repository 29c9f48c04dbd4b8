//! Caps that say nothing: of none, or wider than another over the same thing.

use opportune_plan::{Counts, LimitWindow, Per, Span as Length, Unit};

use super::{Limit, Quota};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::clauses::said_twice;
use crate::syntax::Span;

/// What to say of a cap that another one makes idle; `caps` are those of one offer, or of the portfolio, as written.
pub(in crate::hir) fn never_binds(caps: &[(Span, &Limit)]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (at, (span, wide)) in caps.iter().enumerate() {
        let mut others = caps.iter().enumerate().filter(|(other, _)| *other != at);
        let tighter = others.find(|(other, (_, tight))| is_idle(wide, tight) && (*other < at || !is_idle(tight, wide)));
        if let Some((_, (first, tight))) = tighter {
            let message = format!("this cap can never bind: `cap {}` stops before it", tight.text);
            let diagnostic = Diagnostic::warning(codes::NEVER_BINDS, message, *span, "never reached");
            found.push(diagnostic.label(*first, "stops first").help("leave it out, or lower its number"));
        }
    }
    found
}

/// Whether `tight` stops all that `wide` would stop.
fn is_idle(wide: &Limit, tight: &Limit) -> bool {
    let same_events = wide.history.events == tight.history.events && wide.history.filter == tight.history.filter;
    let same_offers = wide.history.offer.is_some() == tight.history.offer.is_some();
    // A cap by a key counts a part of what one without a key counts.
    let is_part = wide.per == tight.per || tight.per == Per::Together;
    let is_by_channel = tight.channel.is_none() || tight.channel == wide.channel;
    let counts = wide.counts == tight.counts || (wide.counts, tight.counts) == (Counts::Contacts, Counts::Showings);
    same_events
        && same_offers
        && is_part
        && is_by_channel
        && counts
        && !wide.by_member
        && !tight.by_member
        && (tight.including_inbound || !wide.including_inbound)
        && (tight.when.is_none() || tight.when == wide.when)
        && wide.most >= tight.most
        && within(wide.window, tight.window)
}

/// Whether every stretch of the first lies in one of the second.
fn within(inner: LimitWindow, outer: LimitWindow) -> bool {
    match (inner, outer) {
        (LimitWindow::Rolling(inner), LimitWindow::Rolling(outer)) => is_within(inner, outer),
        (LimitWindow::Calendar(inner), LimitWindow::Calendar(outer)) => {
            let is_part = |inner: Unit, outer: Unit| match (inner, outer) {
                (Unit::Day, _) => true,
                (Unit::Week, other) => other == Unit::Week,
                (inner, outer) => outer != Unit::Week && months(inner) <= months(outer),
            };
            is_part(inner, outer)
        }
        (LimitWindow::Calendar(inner), LimitWindow::Rolling(outer)) => match months(inner) {
            0 => is_within(Length::days(if inner == Unit::Day { 1 } else { 7 }), outer),
            months => is_within(Length { months, ..Length::default() }, outer),
        },
        (LimitWindow::Rolling(_), LimitWindow::Calendar(_)) => false,
    }
}

/// Lengths are compared where the calendar cannot turn them about: a month has 28 to 31 days, a day 23 to 25 hours.
fn is_within(inner: Length, outer: Length) -> bool {
    const HOUR: i64 = 3_600_000_000;
    match (inner, outer) {
        (Length { months, days: 0, micros: 0 }, _) if outer.months > 0 => months <= outer.months,
        (Length { months: 0, days, micros: 0 }, _) if outer.days > 0 => days <= outer.days,
        (Length { months: 0, days: 0, micros }, _) if outer.micros > 0 => micros <= outer.micros,
        (Length { months, .. }, Length { days, .. }) if months > 0 && days > 0 => {
            31 * i64::from(months) <= i64::from(days)
        }
        (Length { days, .. }, Length { months, .. }) if days > 0 && months > 0 => {
            i64::from(days) <= 28 * i64::from(months)
        }
        (Length { micros, .. }, Length { days, .. }) if micros > 0 && days > 0 => micros <= 23 * HOUR * i64::from(days),
        _ => false,
    }
}

fn months(unit: Unit) -> i32 {
    match unit {
        Unit::Day | Unit::Week => 0,
        Unit::Month => 1,
        Unit::Quarter => 3,
        Unit::Year => 12,
    }
}

/// What to say of totals that count the same in the same stretch of time, or that a wider stretch makes idle; `totals`
/// are those of one offer, or of the portfolio, as written.
pub(in crate::hir) fn of_one_kind(totals: &[(Span, &Quota)]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (at, (span, wide)) in totals.iter().enumerate() {
        let alike =
            |tight: &Quota| wide.counts == tight.counts && wide.per == tight.per && wide.channel == tight.channel;
        let mut before = totals.iter().take(at);
        if let Some((first, _)) = before.find(|(_, tight)| alike(tight) && tight.each == wide.each) {
            found.push(said_twice(*span, *first, "a total of this kind"));
            continue;
        }
        let stops = |tight: &Quota| alike(tight) && tight.most <= wide.most && lies_in(wide.each, tight.each);
        let mut others =
            totals.iter().enumerate().filter(|(other, (_, tight))| *other != at && tight.each != wide.each);
        if let Some((_, (first, tight))) = others.find(|(_, (_, tight))| stops(tight)) {
            let message = format!("this total can never bind: `{}` stops before it", tight.text);
            let diagnostic = Diagnostic::warning(codes::NEVER_BINDS, message, *span, "never reached");
            found.push(diagnostic.label(*first, "stops first").help("leave it out, or lower its number"));
        }
    }
    found
}

/// Whether every stretch of the first lies in one of the second; none is all time.
fn lies_in(inner: Option<Unit>, outer: Option<Unit>) -> bool {
    match (inner, outer) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(inner), Some(outer)) => within(LimitWindow::Calendar(inner), LimitWindow::Calendar(outer)),
    }
}

/// What to say of a cap of none, whatever it counts: it never has room.
pub(in crate::hir) fn of_none(limit: &Limit, span: Span) -> Option<Diagnostic> {
    (limit.most == 0 && limit.when.is_none()).then(|| {
        Diagnostic::warning(codes::CAP_OF_NONE, "a cap of none lets nothing through", span, "nobody gets anything").help(
            "leave the offer or the channel out instead; to leave out those who had any of these events, write `cap 1`",
        )
    })
}
