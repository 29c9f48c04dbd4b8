//! What all customers together have used: by offer, by channel and day or week, by who answers.

use std::collections::BTreeMap;

use opportune_plan::{Direction, Unit};

use crate::caps::{Row, back};
use crate::case::{Case, Customer, NOW, ZONES};

/// What all customers have used.
#[derive(Default)]
pub struct Used {
    pub totals: BTreeMap<usize, u64>,
    /// By channel and period.
    pub messages: BTreeMap<(usize, String), u64>,
    pub by_rep: BTreeMap<usize, u64>,
}

pub fn is_one_message(a: &Row, b: &Row) -> bool {
    (a.at, a.channel, a.asked) == (b.at, b.channel, b.asked)
}

fn project() -> jiff::tz::TimeZone {
    jiff::tz::TimeZoneDatabase::bundled().get(ZONES[0]).unwrap()
}

pub fn window(days: i32) -> i64 {
    back(&project(), NOW, opportune_plan::Span::days(days))
}

/// The day, or the Monday of the week, of the project's calendar.
pub fn period(unit: Unit, at: i64) -> String {
    let date = jiff::Timestamp::from_microsecond(at).unwrap().to_zoned(project()).date();
    let from_monday = if unit == Unit::Week { i32::from(date.weekday().to_monday_zero_offset()) } else { 0 };
    (date - jiff::Span::new().days(from_monday)).to_string()
}

impl Used {
    pub fn before(case: &Case) -> Self {
        let mut used = Self::default();
        let begin = case.share.map_or(NOW, |(_, days)| window(days));
        for customer in &case.customers {
            let mut carried: Vec<(i64, Option<usize>, usize)> = Vec::new();
            let mut answered: Vec<(i64, Option<usize>, Option<usize>)> = Vec::new();
            for contact in &customer.contacts {
                if let Some(offer) = contact.offer {
                    *used.totals.entry(offer).or_default() += 1;
                }
                for (channel, of) in case.channels.iter().enumerate() {
                    let Some((_, unit)) = of.capacity else { continue };
                    let is_it = contact.channel.is_none_or(|of| of == channel);
                    let message = (contact.at, contact.channel, channel);
                    let is_known = contact.channel.is_some() && carried.contains(&message);
                    if is_it && period(unit, contact.at) == period(unit, NOW) && !is_known {
                        carried.push(message);
                        *used.messages.entry((channel, period(unit, NOW))).or_default() += 1;
                    }
                }
                let channel = contact.channel.and_then(|channel| case.channels.get(channel));
                let is_notice = contact.offer.and_then(|offer| case.offers.get(offer)).is_some_and(|of| of.is_notice);
                let answers = channel.is_none_or(|channel| channel.direction != Direction::Outbound) && !is_notice;
                let message = (contact.at, contact.channel, contact.rep);
                let is_known = contact.channel.is_some() && answered.contains(&message);
                if contact.at > begin && answers && !is_known {
                    answered.push(message);
                    let reps = (0..crate::case::REPS.len()).filter(|rep| contact.rep.is_none_or(|of| of == *rep));
                    reps.for_each(|rep| *used.by_rep.entry(rep).or_default() += 1);
                }
            }
        }
        used
    }

    pub fn take(&mut self, case: &Case, customer: &Customer, row: &Row, sent: &[Row]) {
        let (offer, channel) = (row.offer.unwrap(), row.channel.unwrap());
        *self.totals.entry(offer).or_default() += 1;
        if sent.iter().any(|other| is_one_message(other, row)) {
            return;
        }
        if let Some((_, unit)) = case.channels[channel].capacity {
            *self.messages.entry((channel, period(unit, row.at))).or_default() += 1;
        }
        if let Some(rep) = customer.rep.filter(|_| row.asked && !case.offers[offer].is_notice) {
            *self.by_rep.entry(rep).or_default() += 1;
        }
    }
}
