//! A zone's offsets from UTC as a short table, for columns of instants: asking the zone's rules for each would cost more
//! than all else that is done with it.

use std::sync::OnceLock;

use opportune_plan::Span;

use super::dates::{day, shift_date};
use super::zone::Zone;

const HOUR: i64 = 3_600_000_000;
const DAY: i64 = 24 * HOUR;
/// Offsets are less than this, and so is what one changes by.
const GREATEST: i64 = 48 * HOUR;

/// 1970-01-01 00:00 UTC.
const FIRST: i64 = 0;
/// 2100-01-01 00:00 UTC.
const LAST: i64 = 4_102_444_800_000_000;

/// A zone that tells local times fast in the years in which most data lies, and as the zone itself does in all.
#[derive(Debug)]
pub struct Calendar {
    zone: Zone,
    offsets: OnceLock<Offsets>,
}

impl Calendar {
    /// The calendar of a zone.
    pub fn new(zone: Zone) -> Self {
        Self { zone, offsets: OnceLock::new() }
    }

    /// The zone.
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The local day and time of day of an instant: as [`Zone::local`].
    pub fn local(&self, instant: i64) -> Option<(i32, i64)> {
        match self.offsets().at(instant) {
            Some(offset) => split(instant + offset),
            None => self.zone.local(instant),
        }
    }

    /// An instant moved by the local calendar: as [`Zone::shift`].
    pub fn shift(&self, instant: i64, span: Span) -> Option<i64> {
        self.shifted(instant, span).unwrap_or_else(|| self.zone.shift(instant, span))
    }

    /// `None` where the table does not reach.
    fn shifted(&self, instant: i64, span: Span) -> Option<Option<i64>> {
        if span.micros != 0 {
            return None;
        }
        let (date, time) = split(instant + self.offsets().at(instant)?)?;
        let to = if span.months == 0 { day(i64::from(date) + i64::from(span.days)) } else { shift_date(date, span) };
        // A local day before the year 1 may still hold instants that are in it.
        match to? {
            to if to == date => Some(Some(instant)),
            to => self.offsets().instant(i64::from(to) * DAY + time).map(Some),
        }
    }

    /// The moment of a local day and time: as [`Zone::instant_of`].
    pub fn instant_of(&self, date: i32, time: i64) -> Option<i64> {
        let local = (0..DAY).contains(&time).then(|| i64::from(date) * DAY + time);
        local.and_then(|local| self.offsets().instant(local)).or_else(|| self.zone.instant_of(date, time))
    }

    fn offsets(&self) -> &Offsets {
        self.offsets.get_or_init(|| Offsets { changes: self.zone.offsets(FIRST, LAST) })
    }
}

fn split(local: i64) -> Option<(i32, i64)> {
    Some((day(local.div_euclid(DAY))?, local.rem_euclid(DAY)))
}

/// From when on which offset holds, ascending; the first from [`FIRST`] on, the last up to [`LAST`].
#[derive(Debug)]
struct Offsets {
    changes: Vec<(i64, i64)>,
}

impl Offsets {
    /// The offset at an instant.
    fn at(&self, instant: i64) -> Option<i64> {
        if !(FIRST..LAST).contains(&instant) {
            return None;
        }
        self.changes.get(self.position(instant)).map(|(_, offset)| *offset)
    }

    /// The last change that is not after an instant.
    fn position(&self, instant: i64) -> usize {
        self.changes.partition_point(|(from, _)| *from <= instant).saturating_sub(1)
    }

    /// The instant of a local time: the first of two, and of none the change that skipped it.
    fn instant(&self, local: i64) -> Option<i64> {
        if !(FIRST + GREATEST..LAST - GREATEST).contains(&local) {
            return None;
        }
        let first = self.position(local - GREATEST);
        let near = self.changes.get(first..)?.iter().take_while(|(from, _)| *from <= local + GREATEST);
        let mut skipped = None;
        for (at, (from, offset)) in (first..).zip(near) {
            let instant = local - offset;
            let until = self.changes.get(at + 1).map_or(LAST, |(next, _)| *next);
            if (*from..until).contains(&instant) {
                return Some(instant);
            }
            // After the end of this offset, but before the next begins: so the clock skipped it.
            let next = self.changes.get(at + 1).map(|(next, offset)| local - offset < *next);
            if instant >= until && next == Some(true) {
                skipped = Some(until);
            }
        }
        skipped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZONES: [&str; 10] = [
        "UTC",
        "America/New_York",
        "Europe/London",
        "Australia/Lord_Howe",
        "Asia/Kolkata",
        "Africa/Casablanca",
        "Pacific/Apia",
        "America/St_Johns",
        "Africa/Monrovia",
        "Antarctica/Troll",
    ];

    /// Instants on both sides of each change of a zone, and some in between and outside of the table.
    fn moments(zone: &Zone) -> Vec<i64> {
        let near = [-DAY, -3 * HOUR, -HOUR, -HOUR / 2, -1, 0, 1, HOUR / 2, HOUR - 1, HOUR, 2 * HOUR, DAY];
        let changes = zone.offsets(FIRST, LAST).into_iter().flat_map(|(from, _)| near.map(|near| from + near));
        let others = (-40..140).map(|at| at * 31_557_600_000_000 + 12_345_678_901);
        changes.chain(others).chain([i64::MIN, i64::MAX, LAST - 1, LAST, LAST + 1]).collect()
    }

    #[test]
    fn local_times_are_the_zones_own() {
        for name in ZONES {
            let zone = Zone::get(name).unwrap();
            let calendar = Calendar::new(zone.clone());
            for instant in moments(&zone) {
                assert_eq!(calendar.local(instant), zone.local(instant), "{name} {instant}");
            }
        }
    }

    #[test]
    fn local_times_lead_back_as_the_zone_says() {
        for name in ZONES {
            let zone = Zone::get(name).unwrap();
            let calendar = Calendar::new(zone.clone());
            for local in moments(&zone).into_iter().filter_map(split) {
                let (date, time) = local;
                assert_eq!(calendar.instant_of(date, time), zone.instant_of(date, time), "{name} {local:?}");
            }
            // Around each change by the clocks on the wall too.
            for (from, offset) in zone.offsets(FIRST, LAST) {
                for minutes in -200..200 {
                    let Some((date, time)) = split(from + offset + minutes * HOUR / 60) else { continue };
                    assert_eq!(calendar.instant_of(date, time), zone.instant_of(date, time), "{name} {date} {time}");
                }
            }
        }
    }

    #[test]
    fn a_day_before_the_first_year_may_hold_instants_of_it() {
        // Behind UTC by more than ten hours in those days.
        let zone = Zone::get("Pacific/Kiritimati").unwrap();
        let (instant, span) = (1_511_074_799_999_999, Span::days(-736_652));
        let moved = zone.shift(instant, span);
        assert!(moved.is_some());
        assert_eq!(Calendar::new(zone).shift(instant, span), moved);
    }

    #[test]
    fn days_and_months_move_as_the_zone_moves_them() {
        for name in ZONES {
            let zone = Zone::get(name).unwrap();
            let calendar = Calendar::new(zone.clone());
            for instant in moments(&zone) {
                for (months, days) in [(0, 1), (0, -1), (0, 0), (1, 0), (-13, 0), (0, 40_000), (0, i32::MAX), (7, -3)] {
                    let span = Span { months, days, micros: 0 };
                    assert_eq!(calendar.shift(instant, span), zone.shift(instant, span), "{name} {instant} {span:?}");
                }
            }
        }
    }
}
