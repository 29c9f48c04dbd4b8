//! What must hold of decisions, whoever made them: read from the decisions and the past alone.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use opportune_plan::{Direction, Hours};
use opportune_runtime::decide::Decision;

use crate::caps::{self, Row, forbids};
use crate::case::{Case, Customer, DAY, NOW, ZONES};

pub fn check(case: &Case, decisions: &[Decision]) {
    let mut of_customers: BTreeMap<u32, Vec<&Decision>> = BTreeMap::new();
    for decision in decisions {
        of_customers.entry(decision.customer).or_default().push(decision);
        let customer = &case.customers[decision.customer as usize];
        check_one(case, customer, decision);
    }
    for (at, of_customer) in of_customers {
        let customer = &case.customers[at as usize];
        let held_out = case.holdout.is_some_and(|share| customer.bucket < i64::from(share));
        assert!(!held_out, "customer {at} is held out\n{case:#?}");
        check_caps(case, customer, &of_customer);
    }
}

fn check_one(case: &Case, customer: &Customer, decision: &Decision) {
    let (offer, at) = (&case.offers[decision.offer.0 as usize], decision.channel.0 as usize);
    let channel = &case.channels[at];
    assert!(offer.routes.iter().any(|(of, _)| *of == at), "no route of the offer");
    assert!(!channel.needs || customer.reached[at] == Some(true), "without consent");
    assert!(!offer.forbidden || customer.capped == Some(false), "a guarantee forbids it");
    assert!(decision.value > 0.0 && decision.value <= 1e9, "worth nothing");
    assert!((NOW..=NOW + 3 * DAY + DAY / 24).contains(&decision.send_at), "beyond the horizon");
    let asked = channel.direction != Direction::Outbound && customer.asked == Some(true);
    assert!(asked || channel.direction != Direction::Inbound, "nobody asked");
    if asked {
        assert_eq!(decision.send_at, NOW, "who asks is answered");
        return;
    }
    for zone in possible(case, customer) {
        let is_quiet = channel.quiet.is_some_and(|quiet| is_within(&quiet, decision.send_at, &zone));
        assert!(!is_quiet, "in quiet hours: {decision:?}\n{case:#?}");
    }
}

fn possible(case: &Case, customer: &Customer) -> Vec<TimeZone> {
    let names: Vec<&str> = match (case.zones, customer.is_known) {
        (false, _) => vec![ZONES[0]],
        (true, true) => vec![ZONES[customer.zone]],
        (true, false) => vec!["America/New_York", "Europe/London"],
    };
    names.into_iter().map(|name| TimeZoneDatabase::bundled().get(name).unwrap()).collect()
}

fn is_within(hours: &Hours, at: i64, zone: &TimeZone) -> bool {
    let local = Timestamp::from_microsecond(at).unwrap().to_zoned(zone.clone());
    let midnight = local.date().at(0, 0, 0, 0);
    let time = (local.datetime() - midnight).total(jiff::Unit::Microsecond).unwrap() as i64;
    let today = local.weekday().to_monday_zero_offset() as u8;
    let begins = |day: u8| hours.days.contains(day % 7);
    if hours.from < hours.to {
        begins(today) && (hours.from..hours.to).contains(&time)
    } else {
        (begins(today) && time >= hours.from) || (begins(today + 6) && time < hours.to)
    }
}

/// Each contact is within every cap beside the past and those given before it: and so, as each was the last of its
/// window at its turn, are all together.
fn check_caps(case: &Case, customer: &Customer, decisions: &[&Decision]) {
    let row = |decision: &&Decision| Row {
        at: decision.send_at,
        decided: NOW,
        offer: Some(decision.offer.0 as usize),
        channel: Some(decision.channel.0 as usize),
        member: decision.member.map(|member| member as usize),
        topics: None,
        given: true,
        asked: case.channels[decision.channel.0 as usize].direction != Direction::Outbound
            && customer.asked == Some(true),
    };
    let mut all = caps::past(case, customer);
    for decision in decisions {
        let (new, offer) = (row(decision), &case.offers[decision.offer.0 as usize]);
        let own = offer.limits.iter().map(|limit| (limit, new.offer));
        let of_all = case.limits.iter().filter(|_| !offer.is_notice).map(|limit| (limit, None));
        for (limit, of) in own.chain(of_all) {
            assert!(!forbids(case, customer, limit, of, &new, &all), "{limit:?} forbids {decision:?}\n{case:#?}");
        }
        if !decision.held_out {
            all.push(new);
        }
    }
}
