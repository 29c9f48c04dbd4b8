//! Random rules of sending, and customers around nights on which clocks move, leap days and turns of the year.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use opportune_plan::{
    Channel, ChannelId, Delivery, Direction, ExprId, Exprs, Hours, Moment, Offer, Plan, Route, Schema, Span, Timing,
    Weekdays,
};

use crate::oracle::{Case, Customer, DAY, HOUR, MINUTE, easter, zone};
use crate::words::Words;

/// Zones with clocks of all kinds: that go back at midnight, by half an hour, two hours or in winter, or never move.
const ZONES: [&str; 14] = [
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Asia/Kolkata",
    "Europe/Paris",
    "UTC",
    "Pacific/Apia",
    "Antarctica/Troll",
    "America/St_Johns",
    "Africa/Cairo",
    "Asia/Beirut",
    "Pacific/Chatham",
    "America/Santiago",
    "Australia/Sydney",
];

const CODES: [&str; 14] =
    ["US", "US-FL", "US-TX", "US-CT", "US-OK", "US-MD", "US-MS", "CA", "FR", "AU", "US-CA", "DE", "", "fr"];

impl Case {
    /// Rules, and customers who ask about them.
    pub fn draw(words: &mut Words<'_>) -> (Self, Vec<Customer>) {
        let name = words.of(&ZONES);
        let (near, now) = now(words, name);
        let around_the_earth = words.once_in(45);
        let is_long = !around_the_earth && words.once_in(50);
        let horizon = match words.below(4) {
            0 if is_long => Span { months: 1, ..Span::default() },
            0 | 1 => Span::days(words.between(1, 3) as i32),
            2 => Span::micros(words.between(1, 60) * HOUR),
            _ => Span::micros(words.between(1, 100_000) * 777_777),
        };
        let horizon = if around_the_earth { Span::micros(words.between(1, 20) * HOUR) } else { horizon };
        let possible = if around_the_earth { 0 } else { 1 + words.below(3) };
        let mut possible_zones: Vec<Box<str>> = (0..possible).map(|_| words.of(&ZONES).into()).collect();
        possible_zones.sort_unstable();
        possible_zones.dedup();
        let (mut channel, timing) = (channel(words), (!words.once_in(4)).then(|| timing(words, now)));
        if around_the_earth {
            // Somewhere it is always night: only what is quiet for a short time lets anybody be reached anywhere.
            channel.law = channel.law.filter(|_| words.once_in(4));
            channel.lead = Span::default();
            let (from, length) = (time(words).min(18 * HOUR), words.between(1, 300) * MINUTE);
            channel.quiet = vec![Hours { from, to: from + length, days: days(words) }];
        }
        let customers = (0..1 + words.below(3)).map(|_| customer(words, name, (near, now), around_the_earth)).collect();
        (Self { now, channel, timing, horizon, possible_zones }, customers)
    }

    pub fn plan(&self) -> Plan {
        let offer = |timing: Option<Timing>| Offer {
            timing,
            routes: vec![Route::by(ChannelId(0)), Route::by(ChannelId(1))],
            ..Offer::new("offer", ExprId(0))
        };
        Plan {
            // An offer and a channel before those at hand: what is remembered must not be mixed up.
            channels: vec![Channel::new("free"), self.channel.clone()],
            delivery: Delivery {
                zone: Some(ExprId(0)),
                zone_known: Some(ExprId(0)),
                possible_zones: self.possible_zones.clone(),
                horizon: self.horizon,
            },
            offers: vec![offer(None), offer(self.timing.clone())],
            ..Plan::new("test", "Asia/Tokyo", Schema::default(), Exprs::default())
        }
    }
}

/// A moment around which something happens: a transition of the zone, a turn of the year, a leap day, a holiday. And `now` some time
/// before it.
fn now(words: &mut Words<'_>, name: &str) -> (i64, i64) {
    let year = words.between(1975, 2060) as i16;
    let on =
        |month, day| Date::new(year, month, day).unwrap().to_zoned(zone(name)).unwrap().timestamp().as_microsecond();
    let near = match words.below(6) {
        0..=2 => {
            let from = Timestamp::from_microsecond(on(1, 1)).unwrap();
            let changes: Vec<i64> =
                zone(name).following(from).take(3).map(|change| change.timestamp().as_microsecond()).collect();
            if changes.is_empty() { on(3, 1) } else { words.of(&changes) }
        }
        3 => on(12, 31),
        4 => on(2, 28),
        _ => {
            let easter = easter(year) * DAY;
            let movable = [-2, 1, 39, 50].map(|days| easter + days * DAY);
            let fixed = [on(1, 26), on(4, 25), on(5, 1), on(7, 14), on(11, 11), on(12, 27)];
            if words.once_in(2) { words.of(&movable) } else { words.of(&fixed) }
        }
    };
    let before = match words.below(4) {
        0 => 0,
        1 => words.between(-3, 40) * HOUR,
        2 => words.between(-180, 2_800) * MINUTE,
        _ => words.between(-HOUR, 2 * DAY),
    };
    (near, near - before)
}

/// A time of day, more often near those at which clocks move.
fn time(words: &mut Words<'_>) -> i64 {
    match words.below(4) {
        0 => words.between(0, 23) * HOUR,
        1 => words.between(0, 7) * 30 * MINUTE,
        2 => words.between(0, 240) * MINUTE,
        _ => words.between(0, 24 * 60 - 1) * MINUTE,
    }
}

fn days(words: &mut Words<'_>) -> Weekdays {
    let most = [Weekdays::ALL, Weekdays::ALL, Weekdays::WEEKDAYS, Weekdays::WEEKEND];
    if words.once_in(3) { Weekdays(words.between(1, 127) as u8) } else { words.of(&most) }
}

fn hours(words: &mut Words<'_>, most: usize) -> Vec<Hours> {
    let count = words.below(most + 1);
    let one = |words: &mut Words<'_>| {
        let from = time(words);
        let to = if words.once_in(8) { from } else { time(words) };
        Hours { from, to, days: days(words) }
    };
    (0..count).map(|_| one(words)).collect()
}

fn length(words: &mut Words<'_>) -> Span {
    match words.below(5) {
        0 => Span::default(),
        1 => Span::days(words.between(0, 2) as i32),
        2 => Span::micros(words.between(0, 30) * HOUR),
        3 => Span::micros(words.between(0, 100_000) * 333_333),
        _ => Span { months: 1, ..Span::default() },
    }
}

fn channel(words: &mut Words<'_>) -> Channel {
    Channel {
        quiet: hours(words, 2),
        law: words.once_in(2).then_some(ExprId(9)),
        lead: match words.below(6) {
            0..=2 => Span::default(),
            3 | 4 => Span::days(words.between(1, 2) as i32),
            _ => length(words),
        },
        direction: words.of(&[Direction::Outbound, Direction::Outbound, Direction::Both, Direction::Inbound]),
        ..Channel::new("channel")
    }
}

fn timing(words: &mut Words<'_>, now: i64) -> Timing {
    let today = now.div_euclid(DAY) as i32;
    let moments: Vec<Moment> =
        if words.once_in(2) { (0..1 + words.below(2)).map(|_| moment(words)).collect() } else { Vec::new() };
    // A moment is one instant most often: few would be left by many other rules.
    let is_free = !moments.is_empty() && words.once_in(2);
    let (days, hours) = if is_free { (Weekdays::ALL, Vec::new()) } else { (days(words), hours(words, 2)) };
    Timing {
        from: words.once_in(4).then(|| today + words.between(-2, 4) as i32),
        to: words.once_in(4).then(|| today + words.between(-1, 4) as i32),
        days,
        hours,
        moments,
    }
}

fn moment(words: &mut Words<'_>) -> Moment {
    let event = ExprId(words.between(0, 2) as u32);
    match words.below(6) {
        0 => Moment::RightAway,
        1 | 2 => Moment::After { event, least: length(words), most: words.once_in(2).then(|| length(words)) },
        3 | 4 => {
            let month = Span { months: 1, ..Span::default() };
            let plus = words.of(&[Span::days(0), Span::days(0), Span::days(1), Span::days(2), month]);
            // Most often in the small hours, when clocks move.
            let time = if words.once_in(3) { time(words) } else { words.between(0, 15) * 15 * MINUTE };
            Moment::At { day: ExprId(3 + event.0), plus, time }
        }
        _ => Moment::Exactly { event, plus: length(words) },
    }
}

fn customer(words: &mut Words<'_>, name: &'static str, (near, now): (i64, i64), around_the_earth: bool) -> Customer {
    let mut events = BTreeMap::new();
    for at in 0..3 {
        if !words.once_in(4) {
            let ago = if words.once_in(8) { 31 * DAY } else { 0 };
            events
                .insert(ExprId(at), now - ago + words.between(-40, 40) * HOUR + words.of(&[0, 1, 90_061, 30 * MINUTE]));
            events.insert(ExprId(3 + at), near.div_euclid(DAY) - ago / DAY + words.of(&[0, 0, -1, 1]));
        }
    }
    Customer {
        zone: if words.once_in(3) { words.of(&ZONES) } else { name }.to_owned(),
        is_known: !around_the_earth && !words.once_in(3),
        law: (!words.once_in(6)).then(|| words.of(&CODES).to_owned()),
        asked: words.once_in(3),
        events,
    }
}
