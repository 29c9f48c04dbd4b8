//! The one instant that rules a run, and calendar arithmetic in the project's zone.
//!
//! Instants are microseconds since 1970-01-01 00:00 UTC, dates are days since 1970-01-01. Everything here is total:
//! what leaves the years 1 to 9999 is `None`.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use opportune_plan::Span;

/// 0001-01-01, the first date there is.
pub const FIRST_DATE: i32 = -719_162;
/// 9999-12-31, the last.
pub const LAST_DATE: i32 = 2_932_896;

/// `now` and the zone that days and hours are told in.
#[derive(Clone, Debug)]
pub struct Clock {
    now: i64,
    today: i32,
    zone: TimeZone,
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
    /// When the zone is unknown or `now` is outside the years 1 to 9999.
    pub fn new(now: i64, zone: &str) -> Result<Self, ClockError> {
        let zone = TimeZone::get(zone).map_err(|_| ClockError::UnknownZone(zone.to_owned()))?;
        let mut clock = Self { now, today: 0, zone };
        clock.today = clock.date_of(now).ok_or(ClockError::OutOfRange)?;
        Ok(clock)
    }

    /// Sets the clock to a `now` as people write it: a local time of the zone (`2026-11-01 18:00`, `2026-11-01`), or an
    /// instant with its offset (`2026-11-01T18:00:00Z`).
    ///
    /// # Errors
    /// When the zone is unknown, the text is no time, or outside the years 1 to 9999.
    pub fn parse(now: &str, zone: &str) -> Result<Self, ClockError> {
        let clock = Self::new(0, zone)?;
        let instant = if let Ok(instant) = now.parse::<Timestamp>() {
            in_years(instant)
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
        let local = self.local(self.now).map(|local| local.strftime("%Y-%m-%d %H:%M:%S").to_string());
        let local = local.unwrap_or_default();
        format!("{} {}", local.strip_suffix(":00").unwrap_or(&local), self.zone.iana_name().unwrap_or("UTC"))
    }

    /// The instant that rules the run.
    pub fn now(&self) -> i64 {
        self.now
    }

    /// The local day of `now`.
    pub fn today(&self) -> i32 {
        self.today
    }

    /// The local day of an instant.
    pub fn date_of(&self, instant: i64) -> Option<i32> {
        days_of(self.local(instant)?.date())
    }

    /// The first moment of a local day.
    pub fn start_of(&self, date: i32) -> Option<i64> {
        let start = date_from(date)?.to_zoned(self.zone.clone()).ok()?;
        in_years(start.timestamp())
    }

    /// The instant of a local date and time: one that a DST night skips moves on, one that occurs twice is the first.
    pub fn instant_of(&self, local: DateTime) -> Option<i64> {
        in_years(self.zone.to_ambiguous_zoned(local).compatible().ok()?.timestamp())
    }

    /// An instant moved by the local calendar (months, then days), then by exact microseconds.
    pub fn shift_instant(&self, instant: i64, span: Span) -> Option<i64> {
        let mut moved = instant;
        if span.months != 0 || span.days != 0 {
            let local = self.local(instant)?;
            let date = shift(local.date(), span)?;
            // A span that leads to the same local time keeps the instant's own offset where that time occurs twice.
            if date != local.date() {
                moved = self.instant_of(DateTime::from_parts(date, local.time()))?;
            }
        }
        let moved = moved.checked_add(span.micros)?;
        in_years(Timestamp::from_microsecond(moved).ok()?)
    }

    /// The moment after which the window `last span` begins: the same local time a span before `now`. A window that
    /// begins before the year 1 holds everything.
    pub fn start_of_last(&self, span: Span) -> i64 {
        let back = || {
            let (months, days) = (span.months.checked_neg()?, span.days.checked_neg()?);
            self.shift_instant(self.now, Span { months, days, micros: span.micros.checked_neg()? })
        };
        back().unwrap_or(i64::MIN)
    }

    fn local(&self, instant: i64) -> Option<DateTime> {
        let timestamp = Timestamp::from_microsecond(instant).ok()?;
        in_years(timestamp)?;
        Some(self.zone.to_datetime(timestamp))
    }
}

/// A date moved by months, then days; a day of the month that does not exist becomes the month's last.
pub fn shift_date(date: i32, span: Span) -> Option<i32> {
    days_of(shift(date_from(date)?, span)?)
}

fn shift(date: Date, span: Span) -> Option<Date> {
    let months = jiff::Span::new().try_months(span.months).ok()?;
    let days = jiff::Span::new().try_days(span.days).ok()?;
    date.checked_add(months).ok()?.checked_add(days).ok()
}

const EPOCH: Date = Date::constant(1970, 1, 1);

fn date_from(days: i32) -> Option<Date> {
    EPOCH.checked_add(jiff::Span::new().try_days(days).ok()?).ok().filter(|date| date.year() >= 1)
}

/// Days since 1970-01-01 of a date in the years 1 to 9999.
pub fn days_of(date: Date) -> Option<i32> {
    (date.year() >= 1).then_some(())?;
    EPOCH.until(date).ok().map(|span| span.get_days())
}

/// The date of so many days since 1970-01-01, in the years 1 to 9999.
pub fn date_of_days(days: i32) -> Option<Date> {
    date_from(days)
}

fn in_years(timestamp: Timestamp) -> Option<i64> {
    let year = TimeZone::UTC.to_datetime(timestamp).year();
    (1..=9999).contains(&year).then(|| timestamp.as_microsecond())
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
        assert_eq!(moved, instant("2017-03-12T07:30:00Z"));
    }

    #[test]
    fn months_end_at_the_last_day() {
        let date = days_of(Date::constant(2026, 1, 31)).unwrap();
        let moved = shift_date(date, Span { months: 1, ..Span::default() }).unwrap();
        assert_eq!(date_of_days(moved).unwrap(), Date::constant(2026, 2, 28));
        assert_eq!(shift_date(date, Span { months: 12 * 9000, ..Span::default() }), None);
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
    fn dates_end_where_the_years_do() {
        for (date, outside) in [(FIRST_DATE, FIRST_DATE - 1), (LAST_DATE, LAST_DATE + 1)] {
            assert_eq!(date_of_days(date).and_then(days_of), Some(date));
            assert_eq!(date_of_days(outside), None);
        }
    }

    #[test]
    fn a_window_longer_than_time_holds_everything() {
        let clock = Clock::new(instant("2017-11-06T15:00:00Z"), "America/New_York").unwrap();
        assert_eq!(clock.start_of_last(Span::days(2)), instant("2017-11-04T14:00:00Z"));
        assert_eq!(clock.start_of_last(Span::days(i32::MAX)), i64::MIN);
        assert_eq!(clock.start_of_last(Span::days(i32::MIN)), i64::MIN);
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
