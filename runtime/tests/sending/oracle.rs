//! Tells a time of sending by trying every minute: as simple as can be, and shares nothing with what it checks but the
//! plan's words and the database of zones. The tests of whole runs use it as well.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};
use opportune_plan::{Channel, Direction, ExprId, Hours, Moment, Span, Timing, Weekdays};

/// 0001-01-01 00:00, and 9999-12-30 22:00.
const FIRST_INSTANT: i64 = -62_135_596_800_000_000;
const LAST_INSTANT: i64 = 253_402_207_200_000_000;

pub const MINUTE: i64 = 60_000_000;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

/// What a time of sending is asked for.
#[derive(Clone, Debug)]
pub struct Case {
    pub now: i64,
    pub channel: Channel,
    pub timing: Option<Timing>,
    pub horizon: Span,
    pub possible_zones: Vec<Box<str>>,
}

#[derive(Clone, Debug)]
pub struct Customer {
    pub zone: String,
    pub is_known: bool,
    /// Where the channel has a law.
    pub law: Option<String>,
    pub asked: bool,
    /// What happened to this one.
    pub events: BTreeMap<ExprId, i64>,
}

pub fn zone(name: &str) -> TimeZone {
    thread_local!(static DATABASE: TimeZoneDatabase = TimeZoneDatabase::bundled());
    DATABASE.with(|database| database.get(name).unwrap())
}

/// What a clock on the wall shows: the day since 1970-01-01, and the microseconds since midnight.
fn clock(zone: &TimeZone, instant: i64) -> (i64, i64) {
    let offset = zone.to_offset(Timestamp::from_microsecond(instant).unwrap()).seconds();
    let local = instant + i64::from(offset) * 1_000_000;
    (local.div_euclid(DAY), local.rem_euclid(DAY))
}

/// 0 for Monday.
fn weekday(day: i64) -> u8 {
    (day + 3).rem_euclid(7) as u8
}

fn within(hours: &Hours, days: Weekdays, (day, time): (i64, i64)) -> bool {
    let begins_on = |day| hours.days.contains(weekday(day)) && days.contains(weekday(day));
    if hours.from < hours.to {
        begins_on(day) && hours.from <= time && time < hours.to
    } else {
        (begins_on(day) && hours.from <= time) || (begins_on(day - 1) && time < hours.to)
    }
}

fn is_wished(timing: &Timing, local: (i64, i64)) -> bool {
    let days = timing.from.is_none_or(|from| i64::from(from) <= local.0)
        && timing.to.is_none_or(|to| local.0 <= i64::from(to));
    let hours = if timing.hours.is_empty() {
        timing.days.contains(weekday(local.0))
    } else {
        timing.hours.iter().any(|hours| within(hours, timing.days, local))
    };
    days && hours
}

/// Where a customer may be.
fn possible(case: &Case, customer: &Customer) -> Vec<TimeZone> {
    thread_local!(static ALL: Vec<TimeZone> = {
        let database = TimeZoneDatabase::bundled();
        database.available().map(|name| database.get(name.as_str()).unwrap()).collect()
    });
    if customer.is_known {
        vec![zone(&customer.zone)]
    } else if case.possible_zones.is_empty() {
        ALL.with(Clone::clone)
    } else {
        case.possible_zones.iter().map(|name| zone(name)).collect()
    }
}

fn is_lawful(code: Option<&str>, local: (i64, i64)) -> bool {
    let country = |code: &str| in_hours_of(code, local);
    match code {
        Some(code @ ("US" | "CA" | "FR" | "AU")) => country(code),
        Some(state @ ("US-FL" | "US-TX" | "US-CT" | "US-OK" | "US-MD" | "US-MS")) => country("US") && country(state),
        _ => ["US", "CA", "FR", "AU", "US-FL", "US-TX", "US-CT", "US-OK", "US-MD", "US-MS"].into_iter().all(country),
    }
}

fn in_hours_of(code: &str, (day, time): (i64, i64)) -> bool {
    let hour = time as f64 / HOUR as f64;
    let between = |from: f64, to: f64| from <= hour && hour < to;
    match (code, weekday(day)) {
        ("US", _) => between(8.0, 21.0),
        ("US-MS", 6) => false,
        ("US-FL" | "US-OK" | "US-MD" | "US-MS", _) => between(8.0, 20.0),
        ("US-CT", _) => between(9.0, 20.0),
        ("US-TX", 6) => between(12.0, 21.0),
        ("US-TX", _) => between(9.0, 21.0),
        ("CA", 5 | 6) => between(10.0, 18.0),
        ("CA", _) => between(9.0, 21.5),
        ("FR", 0..=4) => !is_holiday("FR", day) && (between(10.0, 13.0) || between(14.0, 20.0)),
        ("AU", 0..=4) => !is_holiday("AU", day) && between(9.0, 20.0),
        ("AU", 5) => !is_holiday("AU", day) && between(9.0, 17.0),
        _ => false,
    }
}

fn is_holiday(country: &str, day: i64) -> bool {
    let date = Date::new(1970, 1, 1).unwrap().checked_add(jiff::Span::new().days(day)).unwrap();
    let is = |days: &[(i8, i8)]| days.contains(&(date.month(), date.day()));
    let from_easter = day - easter(date.year());
    if country == "FR" {
        let fixed = [(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)];
        return is(&fixed) || [1, 39, 50].contains(&from_easter);
    }
    if is(&[(1, 1), (1, 26), (4, 25), (12, 25), (12, 26)]) || [-2, 1].contains(&from_easter) {
        return true;
    }
    // Those that fell on the weekend are made up for on the next free weekdays.
    let fallen = (date.month(), date.day(), weekday(day));
    matches!(fallen, (1, 2 | 3 | 27 | 28, 0) | (12, 27 | 28, 0 | 1))
}

/// Easter Sunday, as days since 1970-01-01; by Gauss, for the years 1900 to 2099.
pub fn easter(year: i16) -> i64 {
    let year = i64::from(year);
    let d = (19 * (year % 19) + 24) % 30;
    let e = (2 * (year % 4) + 4 * (year % 7) + 6 * d + 5) % 7;
    let late = (d == 29 && e == 6) || (d == 28 && e == 6 && year % 19 > 10);
    let march = Date::new(year as i16, 3, 22).unwrap();
    let since = Date::new(1970, 1, 1).unwrap().until(march).unwrap().get_days();
    i64::from(since) + d + e - if late { 7 } else { 0 }
}

/// The instant of a local time: the first of two; of none, the moment at which the clock jumped over it.
fn instant(zone: &TimeZone, local: DateTime) -> Option<i64> {
    let at = |offset: jiff::tz::Offset| offset.to_timestamp(local).ok().map(Timestamp::as_microsecond);
    match zone.to_ambiguous_timestamp(local).offset() {
        AmbiguousOffset::Unambiguous { offset } => at(offset),
        AmbiguousOffset::Fold { before, .. } => at(before),
        AmbiguousOffset::Gap { before, after } => {
            let first = at(after)? - at(after)?.rem_euclid(MINUTE);
            let is_after = |instant: &i64| zone.to_offset(Timestamp::from_microsecond(*instant).unwrap()) == after;
            (first..=at(before)?).step_by(MINUTE as usize).find(is_after)
        }
    }
}

/// An instant so much later; none beyond the years that there are.
fn shift(zone: &TimeZone, from: i64, span: Span) -> Option<i64> {
    let mut moved = from;
    if span.months != 0 || span.days != 0 {
        let local = Timestamp::from_microsecond(from).ok()?.to_zoned(zone.clone()).datetime();
        moved = instant(zone, later(local, span)?)?;
    }
    moved.checked_add(span.micros).filter(|moved| (FIRST_INSTANT..=LAST_INSTANT).contains(moved))
}

fn later(local: DateTime, span: Span) -> Option<DateTime> {
    let months = jiff::Span::new().try_months(span.months).ok()?;
    let days = jiff::Span::new().try_days(span.days).ok()?;
    local.checked_add(months).and_then(|local| local.checked_add(days)).ok()
}

/// Of several instants of a stretch: its first, and each whole minute after it.
fn minutes(from: i64, to: i64) -> impl Iterator<Item = i64> {
    let whole = from.saturating_add(MINUTE - from.rem_euclid(MINUTE));
    std::iter::once(from).chain((whole..).step_by(MINUTE as usize)).take_while(move |instant| *instant <= to)
}

/// What may be sent to a customer when.
pub struct Answer<'a> {
    case: &'a Case,
    customer: &'a Customer,
    own: TimeZone,
    possible: Vec<TimeZone>,
    asked: bool,
    /// Not before, and not after.
    between: (i64, i64),
}

impl<'a> Answer<'a> {
    /// None, if nothing ever may.
    pub fn of(case: &'a Case, customer: &'a Customer) -> Option<Self> {
        let own = zone(&customer.zone);
        let asked = customer.asked && case.channel.direction != Direction::Outbound;
        if case.channel.direction == Direction::Inbound && !asked {
            return None;
        }
        let between = if asked {
            (case.now, case.now)
        } else {
            let end = shift(&own, case.now, case.horizon).unwrap_or(LAST_INSTANT);
            (shift(&own, case.now, case.channel.lead)?, end)
        };
        Some(Self { case, customer, own, possible: possible(case, customer), asked, between })
    }

    /// Whether the rules of the clock allow an instant, whatever the moments of a timing.
    pub fn is_allowed(&self, instant: i64) -> bool {
        let Self { case, customer, own, possible, asked, between: (first, last) } = self;
        let wished = case.timing.as_ref().is_none_or(|timing| is_wished(timing, clock(own, instant)));
        let protected = |zone: &TimeZone| {
            let local = clock(zone, instant);
            let quiet = case.channel.quiet.iter().any(|hours| within(hours, Weekdays::ALL, local));
            !quiet && (case.channel.law.is_none() || is_lawful(customer.law.as_deref(), local))
        };
        (*first..=*last).contains(&instant) && wished && (*asked || possible.iter().all(protected))
    }

    /// The earliest moment of all.
    pub fn earliest(&self) -> Option<i64> {
        let moments = self.case.timing.as_ref().map_or(&[][..], |timing| &timing.moments);
        if moments.is_empty() { self.first(i64::MIN, i64::MAX) } else { moments.iter().find_map(|m| self.moment(m)) }
    }

    fn first(&self, from: i64, to: i64) -> Option<i64> {
        let (first, last) = self.between;
        minutes(from.max(first), to.min(last)).find(|instant| self.is_allowed(*instant))
    }

    fn moment(&self, moment: &Moment) -> Option<i64> {
        let exactly = |instant: i64| self.is_allowed(instant).then_some(instant);
        let event = |event| self.customer.events.get(event).copied();
        match moment {
            Moment::RightAway => exactly(self.between.0),
            Moment::After { event: of, least, most } => {
                let happened = event(of)?;
                let to = most.and_then(|most| shift(&self.own, happened, most)).unwrap_or(i64::MAX);
                self.first(shift(&self.own, happened, *least)?, to)
            }
            Moment::At { day, plus, time } => {
                let day = Date::new(1970, 1, 1).unwrap().checked_add(jiff::Span::new().try_days(event(day)?).ok()?);
                let local = later(day.ok()?.at(0, 0, 0, 0), *plus)?;
                exactly(instant(&self.own, local + jiff::SignedDuration::from_micros(*time))?)
            }
            Moment::Exactly { event: of, plus } => exactly(shift(&self.own, event(of)?, *plus)?),
        }
    }
}
