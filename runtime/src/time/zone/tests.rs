//! Local times of zones through DST nights and to the ends of the years.

use super::*;
use crate::time::{FIRST_DATE, LAST_DATE};

const HOUR: i64 = 3_600 * SECOND;

fn instant(text: &str) -> i64 {
    text.parse::<Timestamp>().unwrap().as_microsecond()
}

fn zone(name: &str) -> Zone {
    Zone::get(name).unwrap()
}

fn date(text: &str) -> i32 {
    days_of(text.parse().unwrap()).unwrap()
}

/// Hours and minutes since midnight.
fn time(hours: i64, minutes: i64) -> i64 {
    hours * HOUR + minutes * 60 * SECOND
}

#[test]
fn local_days_and_times_around_changes_of_the_clock() {
    for (name, utc, day, (hours, minutes)) in [
        ("America/New_York", "2017-03-12T06:59:00Z", "2017-03-12", (1, 59)),
        ("America/New_York", "2017-03-12T07:00:00Z", "2017-03-12", (3, 0)),
        ("America/New_York", "2017-11-05T05:30:00Z", "2017-11-05", (1, 30)),
        ("America/New_York", "2017-11-05T06:30:00Z", "2017-11-05", (1, 30)),
        // Half an hour.
        ("Australia/Lord_Howe", "2017-09-30T15:29:00Z", "2017-10-01", (1, 59)),
        ("Australia/Lord_Howe", "2017-09-30T15:30:00Z", "2017-10-01", (2, 30)),
        ("Australia/Lord_Howe", "2018-03-31T14:59:00Z", "2018-04-01", (1, 59)),
        ("Australia/Lord_Howe", "2018-03-31T15:00:00Z", "2018-04-01", (1, 30)),
        // Ramadan.
        ("Africa/Casablanca", "2019-05-05T01:59:00Z", "2019-05-05", (2, 59)),
        ("Africa/Casablanca", "2019-05-05T02:00:00Z", "2019-05-05", (2, 0)),
        ("Africa/Casablanca", "2019-06-09T01:59:00Z", "2019-06-09", (1, 59)),
        ("Africa/Casablanca", "2019-06-09T02:00:00Z", "2019-06-09", (3, 0)),
        // No change, half an hour and three quarters off.
        ("Asia/Kolkata", "2017-03-12T18:29:00Z", "2017-03-12", (23, 59)),
        ("Asia/Kolkata", "2017-03-12T18:30:00Z", "2017-03-13", (0, 0)),
        ("Asia/Kathmandu", "1985-12-31T18:29:00Z", "1985-12-31", (23, 59)),
        ("Asia/Kathmandu", "1985-12-31T18:30:00Z", "1986-01-01", (0, 15)),
        // A whole day.
        ("Pacific/Apia", "2011-12-30T09:59:00Z", "2011-12-29", (23, 59)),
        ("Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31", (0, 0)),
        // At midnight.
        ("America/Sao_Paulo", "2018-11-04T02:59:00Z", "2018-11-03", (23, 59)),
        ("America/Sao_Paulo", "2018-11-04T03:00:00Z", "2018-11-04", (1, 0)),
        ("America/Havana", "2017-11-05T05:30:00Z", "2017-11-05", (0, 30)),
    ] {
        assert_eq!(zone(name).local(instant(utc)), Some((date(day), time(hours, minutes))), "{name} at {utc}");
        assert_eq!(zone(name).date_of(instant(utc)), Some(date(day)));
        assert_eq!(zone(name).time_of(instant(utc)), Some(time(hours, minutes)));
    }
}

#[test]
fn instants_of_local_times_that_are_skipped_or_twice() {
    for (name, day, (hours, minutes), utc) in [
        ("America/New_York", "2017-03-12", (2, 30), "2017-03-12T07:00:00Z"),
        ("America/New_York", "2017-11-05", (1, 30), "2017-11-05T05:30:00Z"),
        ("Australia/Lord_Howe", "2017-10-01", (2, 15), "2017-09-30T15:30:00Z"),
        ("Australia/Lord_Howe", "2018-04-01", (1, 45), "2018-03-31T14:45:00Z"),
        ("Africa/Casablanca", "2019-05-05", (2, 30), "2019-05-05T01:30:00Z"),
        ("Africa/Casablanca", "2019-06-09", (2, 30), "2019-06-09T02:00:00Z"),
        ("Asia/Kolkata", "2019-06-09", (2, 30), "2019-06-08T21:00:00Z"),
        ("Pacific/Apia", "2011-12-30", (12, 0), "2011-12-30T10:00:00Z"),
    ] {
        let found = zone(name).instant_of(date(day), time(hours, minutes));
        assert_eq!(found, Some(instant(utc)), "{name} on {day}");
    }
}

#[test]
fn a_day_begins_at_its_first_moment() {
    for (name, day, utc) in [
        ("America/New_York", "2017-03-12", "2017-03-12T05:00:00Z"),
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z"),
        ("America/Havana", "2017-11-05", "2017-11-05T04:00:00Z"),
        ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z"),
        ("Asia/Kathmandu", "1986-01-01", "1985-12-31T18:30:00Z"),
    ] {
        assert_eq!(zone(name).start_of(date(day)), Some(instant(utc)), "{name}");
    }
}

#[test]
fn days_keep_the_local_time() {
    let new_york = zone("America/New_York");
    let from = instant("2017-11-06T15:00:00Z");
    assert_eq!(new_york.shift(from, Span::days(-2)), Some(instant("2017-11-04T14:00:00Z")));
    assert_eq!(new_york.shift(from, Span::micros(-48 * HOUR)), Some(from - 48 * HOUR));
    let skipped = instant("2017-03-13T06:30:00Z");
    assert_eq!(new_york.shift(skipped, Span::days(-1)), Some(instant("2017-03-12T07:00:00Z")));
    let second = instant("2017-11-05T06:30:00Z");
    assert_eq!(new_york.shift(second, Span::days(0)), Some(second), "no move keeps the second of two");
    assert_eq!(new_york.shift(second, Span { months: 1, days: -30, micros: 0 }), Some(second));
    assert_eq!(new_york.shift(second, Span::days(1)), Some(instant("2017-11-06T06:30:00Z")));
    let lord_howe = zone("Australia/Lord_Howe");
    let from = instant("2018-03-31T03:00:00Z");
    assert_eq!(lord_howe.shift(from, Span::days(1)), Some(from + 24 * HOUR + HOUR / 2));
    let month = Span { months: 1, ..Span::default() };
    assert_eq!(
        zone("Asia/Kolkata").shift(instant("2024-01-31T10:00:00Z"), month),
        Some(instant("2024-02-29T10:00:00Z"))
    );
}

#[test]
fn times_of_day_are_told_to_the_microsecond() {
    let utc = zone("UTC");
    for time in [0, 1, 999_999, 86_399_999_999, time(12, 34) + 56_789_012] {
        assert_eq!(utc.time_of(time), Some(time));
        assert_eq!(utc.instant_of(0, time), Some(time));
        assert_eq!(utc.instant_of(-1, time), Some(time - 24 * HOUR));
        assert_eq!(utc.time_of(time - 24 * HOUR), Some(time));
    }
    assert_eq!(utc.instant_of(0, 24 * HOUR), None);
    assert_eq!(utc.instant_of(0, -1), None);
}

#[test]
fn instants_end_with_the_years() {
    let first = Timestamp::from_microsecond(FIRST_INSTANT).unwrap();
    assert_eq!(first, "0001-01-01T00:00:00Z".parse().unwrap());
    let last = Timestamp::from_microsecond(LAST_INSTANT).unwrap();
    assert_eq!(last, "9999-12-30T22:00:00Z".parse().unwrap());
    assert!(Timestamp::from_microsecond(LAST_INSTANT + 1).is_err());
    let [new_york, kiritimati] = ["America/New_York", "Pacific/Kiritimati"].map(zone);
    assert_eq!(zone("UTC").date_of(FIRST_INSTANT), Some(FIRST_DATE));
    assert_eq!(new_york.date_of(FIRST_INSTANT), None, "there it is still the year 0");
    assert_eq!(new_york.time_of(FIRST_INSTANT), None);
    assert_eq!(kiritimati.date_of(LAST_INSTANT), Some(LAST_DATE));
    assert_eq!(new_york.date_of(LAST_INSTANT), Some(LAST_DATE - 1));
    // Before the zones of today, local mean time: ten and a half hours behind there, nine ahead in Tokyo.
    assert_eq!(zone("Asia/Tokyo").start_of(FIRST_DATE), None);
    assert_eq!(new_york.shift(LAST_INSTANT, Span::days(1)), None);
    for outside in [FIRST_INSTANT - 1, LAST_INSTANT + 1, i64::MIN, i64::MAX] {
        assert_eq!(new_york.date_of(outside), None);
        assert_eq!(new_york.shift(outside, Span::default()), None);
    }
    for date in [FIRST_DATE - 1, LAST_DATE + 1, i32::MIN, i32::MAX] {
        assert_eq!(new_york.start_of(date), None);
    }
    let far = [
        Span { months: i32::MIN, days: i32::MAX, micros: i64::MAX },
        Span { micros: i64::MIN, ..Span::days(i32::MIN) },
    ];
    assert!(far.into_iter().all(|far| new_york.shift(0, far).is_none()));
}

#[test]
fn zones_are_known_by_their_names() {
    assert!(Zone::get("Mars/Base").is_none());
    assert!(Zone::get("").is_none());
    assert_eq!(zone("america/new_york").name(), "America/New_York");
    assert_eq!(zone("UTC").name(), "UTC");
    assert_eq!(zone("UTC"), zone("utc"));
    assert_ne!(zone("Europe/London"), zone("Europe/Dublin"));
    let mut zones = Zones::default();
    zones.learn("Asia/Kolkata");
    zones.learn("Asia/Nowhere");
    assert_eq!(zones.get("Asia/Kolkata").map(Zone::name), Some("Asia/Kolkata"));
    assert!(zones.get("Asia/Nowhere").is_none() && zones.get("UTC").is_none());
}

/// A day begins, and its last microsecond ends, within itself: over every zone and many years.
#[test]
fn days_hold_their_moments_in_every_zone() {
    for name in DATABASE.available() {
        let zone = zone(name.as_str());
        for date in (date("1965-01-01")..date("2040-01-01")).step_by(13) {
            let start = zone.start_of(date).unwrap();
            let day = zone.date_of(start).unwrap();
            // A day that a zone skipped begins as the next does.
            assert!(day == date || day == date + 1, "{name:?}, {date}");
            assert!(zone.date_of(start - 1).unwrap() < date, "{name:?}, {date}");
        }
    }
}
