//! The one instant that rules a run, and the calendars that local days and hours are told in.
//!
//! Instants are microseconds since 1970-01-01 00:00 UTC, dates are days since 1970-01-01, times of day are microseconds
//! since midnight. Everything here is total: what leaves the years 1 to 9999 is `None`. A [`Clock`] has the run's `now`
//! and the project's zone; a [`Zone`] is the calendar of any zone, a customer's included.

mod dates;
mod offsets;
mod zone;

use jiff::Timestamp;
use jiff::civil::DateTime;
use opportune_plan::Span;

pub use dates::{FIRST_DATE, LAST_DATE, date_of_days, day, days_of, shift_date};
pub use offsets::Calendar;
pub use zone::{FIRST_INSTANT, LAST_INSTANT, Zone, Zones, in_years};

/// No zone is further behind UTC: so that `today` is a day of the year 1 in each, `now` is this much later.
const FURTHEST_BEHIND: i64 = 48 * 3_600_000_000;

/// `now` and the project's zone.
#[derive(Clone, Debug)]
pub struct Clock {
    now: i64,
    today: i32,
    zone: Zone,
}

/// Why a clock could not be set.
#[derive(Debug, thiserror::Error)]
pub enum ClockError {
    /// The zone is not in the IANA database.
    #[error("`{0}` is not an IANA time zone")]
    UnknownZone(String),
    /// `now` is outside the years 1 to 9999.
    #[error("`now` is outside the years 1 to 9999")]
    OutOfRange,
    /// The text is no time.
    #[error("`{0}` is neither a local time such as `2026-11-01 18:00` nor an instant such as `2026-11-01T18:00:00Z`")]
    NotATime(String),
}

impl Clock {
    /// Sets the clock to `now` (microseconds since 1970-01-01 UTC) in an IANA zone.
    ///
    /// # Errors
    /// When the zone is unknown or `now` is outside the years 1 to 9999 (the first two days of the year 1 included,
    /// which are not yet in it everywhere).
    pub fn new(now: i64, zone: &str) -> Result<Self, ClockError> {
        let zone = Zone::get(zone).ok_or_else(|| ClockError::UnknownZone(zone.to_owned()))?;
        let today = in_years(now).filter(|now| *now >= FIRST_INSTANT + FURTHEST_BEHIND);
        let today = today.and_then(|now| zone.date_of(now)).ok_or(ClockError::OutOfRange)?;
        Ok(Self { now, today, zone })
    }

    /// Sets the clock to a `now` as people write it: a local time of the zone (`2026-11-01 18:00`, `2026-11-01`), or an
    /// instant with its offset (`2026-11-01T18:00:00Z`).
    ///
    /// # Errors
    /// When the zone is unknown, the text is no time, or outside the years 1 to 9999.
    pub fn parse(now: &str, zone: &str) -> Result<Self, ClockError> {
        let clock = Self::new(0, zone)?;
        let instant = if let Ok(instant) = now.parse::<Timestamp>() {
            in_years(instant.as_microsecond())
        } else if let Ok(local) = now.parse::<DateTime>() {
            clock.instant_of(local)
        } else {
            return Err(ClockError::NotATime(now.to_owned()));
        };
        Self::new(instant.ok_or(ClockError::OutOfRange)?, zone)
    }

    /// Sets the clock to this moment of the machine.
    ///
    /// # Errors
    /// When the zone is unknown.
    pub fn of_the_machine(zone: &str) -> Result<Self, ClockError> {
        Self::new(Timestamp::now().as_microsecond(), zone)
    }

    /// `now` as people read it: local time and zone.
    pub fn shown(&self) -> String {
        let local = self.zone.datetime(self.now).map(|local| local.strftime("%Y-%m-%d %H:%M:%S").to_string());
        let local = local.unwrap_or_default();
        format!("{} {}", local.strip_suffix(":00").unwrap_or(&local), self.zone.name())
    }

    /// The instant that rules the run.
    pub fn now(&self) -> i64 {
        self.now
    }

    /// The day of `now` in the project's zone.
    pub fn today(&self) -> i32 {
        self.today
    }

    /// The project's zone.
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The day of an instant in the project's zone.
    pub fn date_of(&self, instant: i64) -> Option<i32> {
        self.zone.date_of(instant)
    }

    /// The first moment of a day in the project's zone.
    pub fn start_of(&self, date: i32) -> Option<i64> {
        self.zone.start_of(date)
    }

    /// The instant of a date and time in the project's zone: see [`Zone::instant_of`].
    pub fn instant_of(&self, local: DateTime) -> Option<i64> {
        self.zone.instant(local)
    }

    /// An instant moved in the project's zone: see [`Zone::shift`].
    pub fn shift_instant(&self, instant: i64, span: Span) -> Option<i64> {
        self.zone.shift(instant, span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000_000;

    fn instant(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_microsecond()
    }

    #[test]
    fn days_back_keep_the_local_time_over_a_dst_night() {
        let clock = Clock::new(instant("2017-11-06T15:00:00Z"), "America/New_York").unwrap();
        let moved = clock.shift_instant(clock.now(), Span::days(-2)).unwrap();
        assert_eq!(moved, instant("2017-11-04T14:00:00Z"));
        assert_eq!(clock.shift_instant(clock.now(), Span::micros(-48 * HOUR)).unwrap(), clock.now() - 48 * HOUR);
    }

    #[test]
    fn a_skipped_local_time_moves_on() {
        let clock = Clock::new(instant("2017-03-13T06:30:00Z"), "America/New_York").unwrap();
        let moved = clock.shift_instant(clock.now(), Span::days(-1)).unwrap();
        assert_eq!(moved, instant("2017-03-12T07:00:00Z"));
    }

    #[test]
    fn now_is_read_as_people_write_it() {
        let now = |text| Clock::parse(text, "America/New_York").map(|clock| clock.now());
        assert_eq!(now("2017-11-20 09:00").unwrap(), instant("2017-11-20T14:00:00Z"));
        assert_eq!(now("2017-11-20T09:00:30").unwrap(), instant("2017-11-20T14:00:30Z"));
        assert_eq!(now("2017-11-20").unwrap(), instant("2017-11-20T05:00:00Z"));
        assert_eq!(now("2017-11-20T09:00:00+01:00").unwrap(), instant("2017-11-20T08:00:00Z"));
        assert!(matches!(now("tomorrow"), Err(ClockError::NotATime(_))));
        assert!(matches!(now("-009999-01-02"), Err(ClockError::OutOfRange)));
        assert!(matches!(Clock::parse("2017-11-20", "Mars/Base"), Err(ClockError::UnknownZone(_))));
    }

    #[test]
    fn extremes_are_missing_not_a_panic() {
        let clock = Clock::new(0, "UTC").unwrap();
        for instant in [i64::MIN, i64::MAX, 0] {
            let _ = clock.shift_instant(instant, Span { months: i32::MIN, days: i32::MAX, micros: i64::MAX });
            let _ = clock.shift_instant(instant, Span { months: 0, days: i32::MIN, micros: i64::MIN });
            let _ = clock.date_of(instant);
        }
        for date in [i32::MIN, i32::MAX, 0] {
            let _ = clock.start_of(date);
            let _ = shift_date(date, Span { months: i32::MAX, days: i32::MIN, micros: 0 });
        }
    }
}
