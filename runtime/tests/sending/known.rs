//! Times of sending that are known, each as people would tell it.

use jiff::Timestamp;
use jiff::civil::Date;
use opportune_plan::{Channel, ChannelId, Delivery, Direction, ExprId, Hours, Moment, OfferId, Span, Timing, Weekdays};
use opportune_runtime::sending::{SendTimes, Whereabouts, ZoneIs};
use opportune_runtime::time::{Clock, FIRST_INSTANT, LAST_INSTANT, Zone};

use crate::oracle::{Case, DAY, HOUR, MINUTE};

const NEW_YORK: &str = "America/New_York";

/// One offer, one channel and one customer of New York whom everything reaches at once, within a week.
struct Asked {
    now: i64,
    zone: &'static str,
    is_known: bool,
    law: Option<&'static str>,
    asked: bool,
    event: Option<i64>,
    channel: Channel,
    timing: Timing,
    delivery: Delivery,
}

fn at(now: &str) -> Asked {
    Asked {
        now: instant(now, NEW_YORK),
        zone: NEW_YORK,
        is_known: true,
        law: None,
        asked: false,
        event: None,
        channel: Channel::new("email"),
        timing: Timing::between(None, None),
        delivery: Delivery::default(),
    }
}

fn instant(text: &str, zone: &str) -> i64 {
    Clock::parse(text, zone).unwrap().now()
}

fn day(text: &str) -> i32 {
    let date: Date = text.parse().unwrap();
    date.duration_since(Date::constant(1970, 1, 1)).as_hours() as i32 / 24
}

fn hours(from: i64, to: i64) -> Hours {
    Hours { from: from * HOUR, to: to * HOUR, days: Weekdays::ALL }
}

impl Asked {
    fn earliest(&self) -> Option<i64> {
        let case = Case {
            now: self.now,
            channel: self.channel.clone(),
            timing: Some(self.timing.clone()),
            horizon: self.delivery.horizon,
            possible_zones: self.delivery.possible_zones.clone(),
        };
        let zone = Zone::get(self.zone).unwrap();
        let mut times = SendTimes::new(&case.plan(), &Clock::new(self.now, "UTC").unwrap());
        let zone = if self.is_known { ZoneIs::Known(&zone) } else { ZoneIs::Default(&zone) };
        let at = Whereabouts { zone, law: self.channel.law.map(|_| self.law) };
        times.earliest(OfferId(1), ChannelId(1), self.asked, &at, &|_| self.event)
    }

    /// When it is sent, by the customer's clock.
    #[track_caller]
    fn is_sent(&self, local: &str) {
        let found = self.earliest().map(|found| Clock::new(found, self.zone).unwrap().shown());
        assert_eq!(found.as_deref(), Some(format!("{local} {}", self.zone).as_str()));
    }

    #[track_caller]
    fn is_never_sent(&self) {
        assert_eq!(self.earliest(), None);
    }
}

#[test]
fn without_rules_it_is_sent_at_once() {
    at("2026-11-20 21:17:03").is_sent("2026-11-20 21:17:03");
}

#[test]
fn quiet_hours_are_waited_for_over_nights_on_which_clocks_move() {
    let quiet = |now: &str| {
        let mut asked = at(now);
        asked.channel.quiet = vec![hours(21, 8)];
        asked
    };
    quiet("2026-11-20 20:59:59").is_sent("2026-11-20 20:59:59");
    quiet("2026-11-20 21:00").is_sent("2026-11-21 08:00");
    // Eleven hours later in autumn and spring, one more and one less by the clock.
    let length = |now: &str| quiet(now).earliest().unwrap() - quiet(now).now;
    assert_eq!([length("2026-10-31 21:00"), length("2026-03-07 21:00")], [12 * HOUR, 10 * HOUR]);
}

#[test]
fn a_clock_time_that_is_skipped_moves_on_and_one_that_occurs_twice_is_the_first() {
    let half_past = |now: &str, time: i64| {
        let mut asked = at(now);
        asked.event = Some(i64::from(day(now.split(' ').next().unwrap())));
        asked.timing.moments = vec![Moment::At { day: ExprId(0), plus: Span::days(1), time }];
        asked
    };
    half_past("2026-03-07 12:00", 2 * HOUR + 30 * MINUTE).is_sent("2026-03-08 03:00");
    let first = half_past("2026-10-31 12:00", HOUR + 30 * MINUTE).earliest();
    assert_eq!(first, Some("2026-11-01T05:30:00Z".parse::<Timestamp>().unwrap().as_microsecond()));
    // The second half past one is not it, even where it is still ahead.
    let mut second = half_past("2026-10-31 12:00", HOUR + 30 * MINUTE);
    second.now = first.unwrap() + 1;
    second.is_never_sent();
}

#[test]
fn hours_are_told_by_the_clock_of_each_instant() {
    let mut asked = at("2026-03-08 00:00");
    asked.timing.hours = vec![hours(2, 3)];
    // That night there is no such hour.
    asked.is_sent("2026-03-09 02:00");
    asked.now = instant("2026-11-01T05:59:59Z", NEW_YORK);
    asked.timing.hours = vec![Hours { from: HOUR, to: HOUR + 30 * MINUTE, days: Weekdays::ALL }];
    // That night there are two.
    assert_eq!(asked.earliest(), Some(asked.now + 1_000_000));
}

#[test]
fn hours_across_midnight_belong_to_the_day_on_which_they_begin() {
    let friday_night = |now: &str| {
        let mut asked = at(now);
        asked.timing.days = Weekdays(0b011_0000);
        asked.timing.hours = vec![hours(22, 2)];
        asked
    };
    // Fridays and Saturdays, 22:00 to 02:00; the 20th is a Friday.
    friday_night("2026-11-20 01:00").is_sent("2026-11-20 22:00");
    friday_night("2026-11-21 01:59").is_sent("2026-11-21 01:59");
    friday_night("2026-11-21 02:00").is_sent("2026-11-21 22:00");
    friday_night("2026-11-22 01:00").is_sent("2026-11-22 01:00");
    friday_night("2026-11-22 02:00").is_sent("2026-11-27 22:00");
}

#[test]
fn from_and_to_include_their_days() {
    let mut asked = at("2026-12-20 12:00");
    (asked.timing.from, asked.timing.to) = (Some(day("2026-12-24")), Some(day("2026-12-24")));
    asked.is_sent("2026-12-24 00:00");
    asked.now = instant("2026-12-24 23:59:59.999999", NEW_YORK);
    assert_eq!(asked.earliest(), Some(asked.now));
    asked.now += 1;
    asked.is_never_sent();
    // Seven days ahead, and not more.
    asked.now = instant("2026-12-17 00:00", NEW_YORK);
    asked.is_sent("2026-12-24 00:00");
    asked.now -= 1;
    asked.is_never_sent();
}

#[test]
fn the_first_moment_that_is_possible_rules() {
    let visit = |now: &str| {
        let mut asked = at(now);
        asked.event = Some(i64::from(day("2026-11-20")));
        let on = |plus| Moment::At { day: ExprId(0), plus: Span::days(plus), time: 18 * HOUR };
        asked.timing.moments = vec![on(0), on(7)];
        asked
    };
    visit("2026-11-20 17:59").is_sent("2026-11-20 18:00");
    visit("2026-11-20 18:00").is_sent("2026-11-20 18:00");
    visit("2026-11-20 18:01").is_sent("2026-11-27 18:00");
    visit("2026-11-27 18:01").is_never_sent();
    let mut quiet = visit("2026-11-20 12:00");
    quiet.channel.quiet = vec![Hours { days: Weekdays(0b001_0000), ..hours(17, 19) }];
    quiet.is_never_sent();
    quiet.event = None;
    quiet.is_never_sent();
}

#[test]
fn a_year_after_a_leap_day_is_the_last_of_february() {
    let mut asked = at("2025-02-25 12:00");
    asked.event = Some(instant("2024-02-29 09:00", NEW_YORK));
    asked.timing.moments = vec![Moment::Exactly { event: ExprId(0), plus: Span { months: 12, ..Span::default() } }];
    asked.is_sent("2025-02-28 09:00");
}

#[test]
fn most_is_included_and_least_keeps_the_local_time() {
    let after = |now: &str| {
        let mut asked = at(now);
        asked.event = Some(instant("2026-10-31 09:00", NEW_YORK));
        let (least, most) = (Span::days(1), Some(Span::days(5)));
        asked.timing.moments = vec![Moment::After { event: ExprId(0), least, most }];
        asked
    };
    after("2026-10-31 09:30").is_sent("2026-11-01 09:00");
    after("2026-11-05 09:00").is_sent("2026-11-05 09:00");
    after("2026-11-05 09:00:01").is_never_sent();
}

#[test]
fn lead_days_are_calendar_days_and_right_away_waits_for_them_alone() {
    let mut asked = at("2026-10-31 12:00");
    asked.channel.lead = Span::days(2);
    asked.timing.moments = vec![Moment::RightAway];
    asked.is_sent("2026-11-02 12:00");
    asked.channel.lead = Span::micros(48 * HOUR);
    asked.is_sent("2026-11-02 11:00");
    asked.channel.quiet = vec![hours(11, 12)];
    asked.is_never_sent();
    asked.timing.moments = Vec::new();
    asked.is_sent("2026-11-02 12:00");
    asked.channel.lead = Span::days(8);
    asked.is_never_sent();
}

#[test]
fn who_asks_is_answered_now_or_not_at_all() {
    let mut asked = at("2026-11-22 23:00");
    asked.asked = true;
    asked.channel = Channel { direction: Direction::Both, lead: Span::days(2), law: Some(ExprId(0)), ..asked.channel };
    asked.channel.quiet = vec![hours(0, 0)];
    asked.is_sent("2026-11-22 23:00");
    asked.timing.days = Weekdays::WEEKDAYS;
    asked.is_never_sent();
    asked.now = instant("2026-11-23 23:00", NEW_YORK);
    asked.is_sent("2026-11-23 23:00");
    asked.timing.hours = vec![hours(8, 20)];
    asked.is_never_sent();
    asked.timing.hours = Vec::new();
    asked.channel.direction = Direction::Inbound;
    asked.is_sent("2026-11-23 23:00");
    asked.asked = false;
    asked.is_never_sent();
}

#[test]
fn where_the_zone_is_not_known_it_is_quiet_wherever_it_may_be() {
    let mut asked = at("2026-11-20 05:00");
    asked.is_known = false;
    asked.channel.quiet = vec![hours(21, 8)];
    // Somewhere on earth it is always night.
    asked.is_never_sent();
    asked.delivery.possible_zones = vec!["America/Los_Angeles".into(), NEW_YORK.into()];
    asked.is_sent("2026-11-20 11:00");
    asked.now = instant("2026-11-20 21:00", NEW_YORK);
    asked.is_sent("2026-11-21 11:00");
    // A wish is told by the default.
    asked.timing.hours = vec![hours(9, 10)];
    asked.is_never_sent();
    asked.timing.hours = vec![hours(12, 13)];
    asked.is_sent("2026-11-21 12:00");
    // What is no zone makes nothing possible that anywhere on earth is not.
    asked.delivery.possible_zones = vec![NEW_YORK.into(), "Mars/Base".into()];
    asked.is_never_sent();
    asked.is_known = true;
    asked.is_sent("2026-11-21 12:00");
}

#[test]
fn a_short_quiet_time_is_waited_for_around_the_earth() {
    let mut asked = at("2026-11-20 12:00");
    asked.is_known = false;
    // A Friday, 12:00 in New York, is 17:00 UTC; it is Friday somewhere from Thursday 10:00 UTC to Saturday 12:00 UTC.
    asked.channel.quiet = vec![Hours { days: Weekdays(0b001_0000), ..hours(0, 0) }];
    asked.is_sent("2026-11-21 07:00");
}

#[test]
fn the_law_of_the_place_holds() {
    let by_law = |now: &str, zone, law| {
        let mut asked = at(now);
        (asked.zone, asked.law, asked.now) = (zone, law, instant(now, zone));
        asked.channel.law = Some(ExprId(0));
        asked
    };
    let florida = Some("US-FL");
    by_law("2026-11-20 19:59", NEW_YORK, florida).is_sent("2026-11-20 19:59");
    by_law("2026-11-20 20:00", NEW_YORK, florida).is_sent("2026-11-21 08:00");
    by_law("2026-11-20 20:00", NEW_YORK, Some("US")).is_sent("2026-11-20 20:00");
    by_law("2026-11-21 22:00", "America/Chicago", Some("US-TX")).is_sent("2026-11-22 12:00");
    by_law("2026-11-10 20:00", "Europe/Paris", Some("FR")).is_sent("2026-11-12 10:00");
    by_law("2026-11-12 13:00", "Europe/Paris", Some("FR")).is_sent("2026-11-12 14:00");
    by_law("2026-12-24 20:00", "Australia/Sydney", Some("AU")).is_sent("2026-12-29 09:00");
    // Nobody knows whose law: all at once. The 20th is a Friday.
    for unknown in [None, Some("US-CA"), Some("Florida")] {
        by_law("2026-11-20 20:00", NEW_YORK, unknown).is_sent("2026-11-23 10:00");
    }
    // Nor where: the sun never shines everywhere.
    let mut nowhere = by_law("2026-11-20 12:00", NEW_YORK, None);
    nowhere.is_known = false;
    nowhere.is_never_sent();
    nowhere.delivery.possible_zones = vec!["Europe/London".into(), NEW_YORK.into()];
    nowhere.is_sent("2026-11-20 12:00");
}

#[test]
fn zones_whose_clocks_are_off_by_seconds_have_their_own_minutes() {
    let mut asked = at("1971-06-01 00:00");
    asked.zone = "Africa/Monrovia";
    asked.channel.quiet = vec![hours(0, 8)];
    asked.now = instant("1971-06-01 00:00", asked.zone);
    asked.is_sent("1971-06-01 08:00");
    // 44 minutes and 30 seconds behind UTC.
    assert_eq!(asked.earliest().unwrap().rem_euclid(HOUR), 44 * MINUTE + 30_000_000);
}

#[test]
fn long_horizons_end_and_what_never_opens_is_told_at_once() {
    let mut asked = at("2026-11-20 12:00");
    asked.delivery.horizon = Span { months: 12 * 9, ..Span::default() };
    asked.timing.from = Some(day("2035-11-19"));
    asked.channel.quiet = vec![hours(21, 8)];
    asked.is_sent("2035-11-19 08:00");
    asked.timing.from = Some(day("2035-11-21"));
    asked.is_never_sent();
    // Whatever a plan says, ten years are the end.
    asked.delivery.horizon = Span { months: i32::MAX, ..Span::default() };
    asked.is_sent("2035-11-21 08:00");
    asked.timing.from = Some(day("2036-11-29"));
    asked.is_never_sent();
    // Never, by an unknown law in an unknown place.
    let began = std::time::Instant::now();
    asked.timing.from = None;
    (asked.is_known, asked.channel.law) = (false, Some(ExprId(0)));
    asked.is_never_sent();
    asked.timing.hours = vec![hours(22, 23)];
    asked.is_known = true;
    asked.is_never_sent();
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
}

#[test]
fn the_ends_of_time_are_no_panic() {
    let extremes = [i64::MIN, i64::MAX, 0, FIRST_INSTANT, LAST_INSTANT, i64::from(i32::MAX), i64::from(i32::MIN)];
    let far = Span { months: 0, days: i32::MAX, micros: 0 };
    for now in [FIRST_INSTANT + 2 * DAY, 0, LAST_INSTANT] {
        for event in extremes {
            for plus in [Span::default(), far, Span::micros(i64::MAX), Span { months: i32::MAX, ..far }] {
                let mut asked = at("2026-11-20");
                (asked.now, asked.event, asked.channel.lead, asked.delivery.horizon) = (now, Some(event), plus, plus);
                (asked.timing.from, asked.timing.to) = (Some(i32::MIN), Some(i32::MAX));
                asked.channel.quiet = vec![hours(21, 8)];
                let event = ExprId(0);
                for moment in [
                    Moment::After { event, least: plus, most: Some(plus) },
                    Moment::After { event, least: Span::default(), most: None },
                    Moment::At { day: event, plus, time: DAY - 1 },
                    Moment::Exactly { event, plus },
                    Moment::RightAway,
                ] {
                    asked.channel.law = (moment == Moment::RightAway).then_some(event);
                    asked.timing.moments = vec![moment];
                    for zone in ["UTC", "Pacific/Kiritimati", "Etc/GMT+12"] {
                        asked.zone = zone;
                        let _ = asked.earliest();
                    }
                }
            }
        }
    }
}

#[test]
fn what_the_plan_does_not_have_is_never_sent() {
    let case = Case {
        now: 0,
        channel: Channel::new("email"),
        timing: None,
        horizon: Span::days(7),
        possible_zones: Vec::new(),
    };
    let mut times = SendTimes::new(&case.plan(), &Clock::new(0, "UTC").unwrap());
    let zone = Zone::get("UTC").unwrap();
    let at = Whereabouts { zone: ZoneIs::Known(&zone), law: None };
    let mut ask = |offer, channel| times.earliest(OfferId(offer), ChannelId(channel), false, &at, &|_| None);
    assert_eq!([ask(0, 0), ask(2, 0), ask(0, 2)], [Some(0), None, None]);
}
