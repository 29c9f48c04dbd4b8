//! The calendar of an IANA zone: from instants to local days and times, and back.
//!
//! The rules come with the program, not from the machine, so that the same policy decides the same everywhere.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::{DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};
use opportune_plan::Span;

use super::dates::{date_of_days, days_of, shift};

/// The first instant there is, 0001-01-01 00:00 UTC.
pub const FIRST_INSTANT: i64 = -62_135_596_800_000_000;
/// The last, 9999-12-30 22:00 UTC: beyond it the zones furthest ahead would soon have no day.
pub const LAST_INSTANT: i64 = 253_402_207_200_000_000;

const SECOND: i64 = 1_000_000;

static DATABASE: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// An IANA time zone; equal to another by its name.
#[derive(Clone, Debug)]
pub struct Zone(TimeZone);

impl Zone {
    /// The zone of this name, if there is one.
    pub fn get(name: &str) -> Option<Self> {
        DATABASE.get(name).ok().map(Self)
    }

    /// All that there are, aliases included.
    pub fn all() -> impl Iterator<Item = Self> {
        DATABASE.available().filter_map(|name| Self::get(name.as_str()))
    }

    /// Its name, as the database writes it.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The local day and time of day (microseconds since midnight, as a clock shows them) of an instant.
    pub fn local(&self, instant: i64) -> Option<(i32, i64)> {
        let local = self.datetime(instant)?;
        Some((days_of(local.date())?, micros_of(local.time())))
    }

    /// The local day of an instant.
    pub fn date_of(&self, instant: i64) -> Option<i32> {
        days_of(self.datetime(instant)?.date())
    }

    /// The local time of day of an instant.
    pub fn time_of(&self, instant: i64) -> Option<i64> {
        let local = self.datetime(instant)?;
        (local.year() >= 1).then(|| micros_of(local.time()))
    }

    /// The instant of a local day and time: one that a DST night skips moves on to the next that exists, one that
    /// occurs twice is the first.
    pub fn instant_of(&self, date: i32, time: i64) -> Option<i64> {
        self.instant(DateTime::from_parts(date_of_days(date)?, time_of_micros(time)?))
    }

    /// The first moment of a local day.
    pub fn start_of(&self, date: i32) -> Option<i64> {
        self.instant_of(date, 0)
    }

    /// An instant moved by the local calendar (months, then days), then by exact microseconds.
    pub fn shift(&self, instant: i64, span: Span) -> Option<i64> {
        let mut moved = instant;
        if span.months != 0 || span.days != 0 {
            let local = self.datetime(instant)?;
            let date = shift(local.date(), span)?;
            // A span that leads to the same local time keeps the instant's own offset where that time occurs twice.
            if date != local.date() {
                moved = self.instant(DateTime::from_parts(date, local.time()))?;
            }
        }
        in_years(moved.checked_add(span.micros)?)
    }

    /// From when on which offset from UTC holds, in microseconds, from one instant up to another.
    pub fn offsets(&self, from: i64, until: i64) -> Vec<(i64, i64)> {
        let Ok(first) = Timestamp::from_microsecond(from) else { return Vec::new() };
        let micros = |seconds: i32| i64::from(seconds) * SECOND;
        let changes = self
            .0
            .following(first)
            .map(|change| (change.timestamp().as_microsecond(), micros(change.offset().seconds())));
        let first = (from, micros(self.0.to_offset(first).seconds()));
        std::iter::once(first).chain(changes.take_while(|(at, _)| *at < until)).collect()
    }

    pub(super) fn datetime(&self, instant: i64) -> Option<DateTime> {
        Some(self.0.to_datetime(Timestamp::from_microsecond(in_years(instant)?).ok()?))
    }

    pub(super) fn instant(&self, local: DateTime) -> Option<i64> {
        let ambiguous = self.0.to_ambiguous_zoned(local);
        let is_skipped = matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. });
        let moment = ambiguous.compatible().ok()?.timestamp();
        if !is_skipped {
            return in_years(moment.as_microsecond());
        }
        // As much after the change as the clock lacks: the change itself is the next local time that exists.
        let change = self.0.preceding(moment.checked_add(jiff::SignedDuration::from_nanos(1)).ok()?).next()?;
        in_years(change.timestamp().as_microsecond())
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Zone {}

impl Hash for Zone {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

/// Zones by the names that the policy and the data give them, each resolved once.
#[derive(Clone, Debug, Default)]
pub struct Zones(HashMap<Box<str>, Zone>);

impl Zones {
    /// Resolves a name, if it is new; one that is no zone is left out.
    pub fn learn(&mut self, name: &str) {
        if !self.0.contains_key(name)
            && let Some(zone) = Zone::get(name)
        {
            self.0.insert(name.into(), zone);
        }
    }

    /// The zone of a name that was learned.
    pub fn get(&self, name: &str) -> Option<&Zone> {
        self.0.get(name)
    }
}

/// An instant, if it is in the years 1 to 9999.
pub fn in_years(instant: i64) -> Option<i64> {
    (FIRST_INSTANT..=LAST_INSTANT).contains(&instant).then_some(instant)
}

fn micros_of(time: Time) -> i64 {
    let minutes = i64::from(time.hour()) * 60 + i64::from(time.minute());
    (minutes * 60 + i64::from(time.second())) * SECOND + i64::from(time.subsec_nanosecond()) / 1_000
}

fn time_of_micros(micros: i64) -> Option<Time> {
    let (seconds, rest) = (micros.div_euclid(SECOND), micros.rem_euclid(SECOND));
    let (minutes, second) = (seconds.div_euclid(60), seconds.rem_euclid(60));
    let part = |value: i64| i8::try_from(value).ok();
    let nanoseconds = i32::try_from(rest * 1_000).ok()?;
    Time::new(part(minutes.div_euclid(60))?, part(minutes.rem_euclid(60))?, part(second)?, nanoseconds).ok()
}

#[cfg(test)]
mod tests;
