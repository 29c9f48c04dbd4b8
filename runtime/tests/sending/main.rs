//! Times of sending against an oracle that tries every minute, over random rules, zones and nights; and against dates that
//! are known.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

mod case;
mod documented;
mod known;
mod oracle;
mod words;

use std::sync::atomic::{AtomicUsize, Ordering};

use opportune_plan::{Channel, ChannelId, ExprId, OfferId};
use opportune_runtime::sending::{SendTimes, Whereabouts, ZoneIs};
use opportune_runtime::time::{Clock, Zone};

use crate::oracle::{Answer, Case, Customer, DAY, HOUR};

fn earliest(times: &mut SendTimes, case: &Case, customer: &Customer, offer: u32, channel: u32) -> Option<i64> {
    let zone = Zone::get(&customer.zone).unwrap();
    let at = Whereabouts {
        zone: if customer.is_known { ZoneIs::Known(&zone) } else { ZoneIs::Default(&zone) },
        law: if channel == 1 { case.channel.law.map(|_| customer.law.as_deref()) } else { None },
    };
    let event = |event: ExprId| customer.events.get(&event).copied();
    times.earliest(OfferId(offer), ChannelId(channel), customer.asked, &at, &event)
}

/// Asks for all customers, offers and channels in turn: whatever was asked before must not change an answer.
fn agrees((case, customers): &(Case, Vec<Customer>)) -> Result<(), String> {
    let mut times = SendTimes::new(&case.plan(), &Clock::new(case.now, "Asia/Tokyo").unwrap());
    let without_timing = Case { timing: None, ..case.clone() };
    let free = Case { channel: Channel::new("free"), ..case.clone() };
    let all = [(1, 1, case), (0, 1, &without_timing), (1, 0, &free), (1, 1, case)];
    for customer in customers {
        for (offer, channel, alike) in all {
            let (found, expected) = (
                earliest(&mut times, case, customer, offer, channel),
                Answer::of(alike, customer).and_then(|answer| answer.earliest()),
            );
            if found != expected {
                return Err(told(alike, customer, found, expected));
            }
        }
    }
    Ok(())
}

fn told(case: &Case, customer: &Customer, found: Option<i64>, expected: Option<i64>) -> String {
    let shown = |time: Option<i64>| {
        let local = time.map(|time| Clock::new(time, &customer.zone).unwrap().shown());
        format!("{} ({time:?})", local.unwrap_or_else(|| "never".to_owned()))
    };
    let (found, expected, now) = (shown(found), shown(expected), shown(Some(case.now)));
    format!("found {found}, expected {expected}, now {now}\n{customer:#?}\n{case:#?}")
}

#[test]
fn times_of_sending_are_the_first_allowed_minute() {
    words::for_all(4_000, |words| agrees(&Case::draw(words)));
}

/// A property that holds of cases which all are alike would say little.
#[test]
fn the_cases_are_of_all_kinds() {
    const KINDS: [&str; 12] = [
        "never",
        "at once",
        "later",
        "later the same day, or the next",
        "by law",
        "by an unknown law",
        "in an unknown zone",
        "anywhere on earth",
        "asked",
        "by a moment",
        "by a second moment",
        "over a change of the clock",
    ];
    let counts: [AtomicUsize; KINDS.len()] = Default::default();
    words::for_all(3_000, |words| {
        let (case, customers) = Case::draw(words);
        let mut times = SendTimes::new(&case.plan(), &Clock::new(case.now, "Asia/Tokyo").unwrap());
        for customer in &customers {
            let found = earliest(&mut times, &case, customer, 1, 1);
            let moments = case.timing.as_ref().map_or(0, |timing| timing.moments.len());
            let is = [
                found.is_none(),
                found == Some(case.now),
                found > Some(case.now),
                found.is_some_and(|found| found - case.now > HOUR && found - case.now < 2 * DAY),
                found.is_some() && case.channel.law.is_some() && customer.law.is_some(),
                found.is_some() && case.channel.law.is_some() && customer.law.is_none(),
                found.is_some() && !customer.is_known,
                found.is_some() && !customer.is_known && case.possible_zones.is_empty(),
                found.is_some() && customer.asked,
                found.is_some() && moments > 0,
                found.is_some() && moments > 1,
                found.is_some_and(|found| {
                    let zone = Zone::get(&customer.zone).unwrap();
                    zone.offsets(case.now, found).len() > 1
                }),
            ];
            for (count, _) in counts.iter().zip(is).filter(|(_, is)| *is) {
                count.fetch_add(1, Ordering::Relaxed);
            }
        }
        Ok(())
    });
    for (kind, count) in KINDS.iter().zip(&counts) {
        let count = count.load(Ordering::Relaxed);
        assert!(count > 20, "only {count} customers are reached {kind}");
    }
}
