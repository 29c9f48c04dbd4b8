//! Caps as they are defined: of everything that counts, in every window that holds the new contact.

use jiff::Timestamp;
use jiff::civil::Weekday;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use opportune_plan::{Counts, Direction, LimitWindow, Per, Span, Unit};

use crate::case::{Case, Customer, Limit, NOW, OFFERS, ZONES};

/// A contact that has been, or that this run gives.
#[derive(Clone, Debug)]
pub struct Row {
    pub at: i64,
    pub decided: i64,
    pub offer: Option<usize>,
    pub channel: Option<usize>,
    pub member: Option<usize>,
    /// Its values of the two fields of offers, where it tells them itself.
    pub topics: Option<Vec<usize>>,
    pub given: bool,
    pub asked: bool,
}

pub fn zone(case: &Case, customer: &Customer) -> TimeZone {
    let name = if case.zones { ZONES[customer.zone] } else { ZONES[0] };
    TimeZoneDatabase::bundled().get(name).unwrap()
}

pub fn back(zone: &TimeZone, from: i64, span: Span) -> i64 {
    moved(zone, from, Span { months: -span.months, days: -span.days, micros: -span.micros })
}

pub fn moved(zone: &TimeZone, from: i64, span: Span) -> i64 {
    let local = Timestamp::from_microsecond(from).unwrap().to_zoned(zone.clone());
    if span.months == 0 && span.days == 0 {
        return from + span.micros;
    }
    // No time of these cases is one that a night skips.
    let moved = local.checked_add(jiff::Span::new().months(span.months).days(span.days)).unwrap();
    moved.timestamp().as_microsecond() + span.micros
}

fn period(zone: &TimeZone, unit: Unit, at: i64) -> String {
    let local = Timestamp::from_microsecond(at).unwrap().to_zoned(zone.clone()).date();
    match unit {
        Unit::Day => local.to_string(),
        Unit::Week if local.weekday() == Weekday::Monday => local.to_string(),
        Unit::Week => local.nth_weekday(-1, Weekday::Monday).unwrap().to_string(),
        Unit::Month => format!("{} {}", local.year(), local.month()),
        Unit::Quarter | Unit::Year => panic!("not drawn"),
    }
}

/// The past that limits count.
pub fn past(case: &Case, customer: &Customer) -> Vec<Row> {
    let contacts = customer.contacts.iter().filter(|contact| contact.counts || !case.tells.filter);
    let row = |contact: &crate::case::Contact| Row {
        at: contact.at,
        decided: contact.decided,
        offer: contact.offer,
        channel: contact.channel,
        member: contact.member,
        topics: contact.topic.map(|topic| vec![topic]).filter(|_| case.tells.topic),
        given: false,
        asked: false,
    };
    contacts.map(row).collect()
}

/// Whether a limit forbids a new contact beside others, those of the past and those that this run gives.
pub fn forbids(case: &Case, customer: &Customer, limit: &Limit, of: Option<usize>, new: &Row, others: &[Row]) -> bool {
    let is_about = |row: &Row| {
        limit.channel.is_none_or(|channel| row.channel.is_none_or(|of| of == channel))
            && (limit.including_inbound || !is_inbound(case, row))
    };
    let switched_off = limit.when && customer.capped == Some(false);
    if switched_off || !is_about(new) {
        return false;
    }
    let keys: Vec<Option<usize>> = match limit.per {
        Per::Field(field) if field.0 == 0 => {
            case.offers[new.offer.unwrap()].topics.iter().take(1).copied().map(Some).collect()
        }
        Per::Field(_) => case.offers[new.offer.unwrap()].topics.iter().copied().map(Some).collect(),
        _ => vec![None],
    };
    keys.into_iter().any(|key| {
        let counted: Vec<&Row> = others
            .iter()
            .filter(|row| is_about(row) && is_of_key(case, limit, of, key, new, row))
            .filter(|row| !(row.given && limit.counts == Counts::Nothing))
            .collect();
        is_over(&zone(case, customer), limit, new, &counted)
    })
}

fn is_inbound(case: &Case, row: &Row) -> bool {
    if row.given {
        return row.asked;
    }
    let channel = row.channel.and_then(|channel| case.channels.get(channel));
    channel.is_some_and(|channel| channel.direction == Direction::Inbound)
}

fn is_of_key(case: &Case, limit: &Limit, of: Option<usize>, key: Option<usize>, new: &Row, row: &Row) -> bool {
    // A notice stands outside what counts all offers.
    if of.is_none() && row.offer.and_then(|offer| case.offers.get(offer)).is_some_and(|offer| offer.is_notice) {
        return false;
    }
    let same_offer = row.offer.is_none_or(|offer| Some(offer) == new.offer);
    match limit.per {
        Per::Together => of.is_none() || same_offer,
        Per::Offer => same_offer,
        Per::Member => same_offer && row.member.is_none_or(|member| Some(member) == new.member),
        Per::Field(field) => {
            let key = key.unwrap();
            if !row.given && case.tells.topic {
                return row.topics.as_ref().is_none_or(|topics| topics.contains(&key));
            }
            match row.offer {
                Some(offer) if offer < OFFERS => {
                    let most = if field.0 == 0 { 1 } else { usize::MAX };
                    case.offers[offer].topics.iter().take(most).any(|topic| *topic == key)
                }
                _ => true,
            }
        }
    }
}

/// Whether the new one makes a window that holds it hold too many.
fn is_over(zone: &TimeZone, limit: &Limit, new: &Row, counted: &[&Row]) -> bool {
    let time = |row: &Row| match limit.counts {
        Counts::Decisions if row.given => NOW,
        Counts::Decisions => row.decided,
        _ => row.at,
    };
    let is_in = |row: &Row, other: i64, end: i64| match limit.window {
        LimitWindow::Rolling(span) => {
            let begin = back(zone, end, span);
            time(row) > begin && time(row) <= end && other > begin && other <= end
        }
        LimitWindow::Calendar(unit) => period(zone, unit, time(row)) == period(zone, unit, other),
    };
    let ends = counted.iter().map(|row| time(row)).chain([time(new)]);
    ends.into_iter().any(|end| {
        let held: Vec<&Row> = counted.iter().filter(|row| is_in(row, time(new), end)).copied().collect();
        let holds_new = is_in(new, time(new), end);
        let with: Vec<&Row> = held.iter().copied().chain([new]).collect();
        let (before, after) = (units(limit, &held), units(limit, &with));
        holds_new && after > before && after > limit.most as usize
    })
}

/// How many units these are: messages, or each by itself.
fn units(limit: &Limit, rows: &[&Row]) -> usize {
    let is_message = crate::plan::counts_messages(limit.counts);
    let mut seen = Vec::new();
    for row in rows {
        let decided = if limit.counts == Counts::Decisions { row.decided } else { 0 };
        let unit = (row.at, decided, row.channel, row.given, row.asked);
        if !is_message || row.channel.is_none() || !seen.contains(&unit) {
            seen.push(unit);
        }
    }
    seen.len()
}
