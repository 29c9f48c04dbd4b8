//! What all customers together have used: by offer, by channel and day or week, by who answers.

use std::collections::BTreeMap;

use opportune_plan::{Direction, Unit};
use opportune_runtime::decide::Decision;

use crate::caps::{Row, back};
use crate::case::{Apart, Case, Customer, NOW, Quota, REPS, TOPICS, ZONES};

/// What all customers have used.
#[derive(Default)]
pub struct Used {
    pub totals: BTreeMap<usize, u64>,
    /// By channel and period.
    pub messages: BTreeMap<(usize, String), u64>,
    pub by_rep: BTreeMap<usize, u64>,
    /// By quota, key and period.
    pub quotas: BTreeMap<(usize, String, String), u64>,
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
        // Of those who are not known, each is somebody else.
        let nobodys = case.of_nobody.iter().map(std::slice::from_ref);
        for contacts in case.customers.iter().map(|customer| &*customer.contacts).chain(nobodys) {
            let mut carried: Vec<(i64, Option<usize>, usize)> = Vec::new();
            let mut answered: Vec<(i64, Option<usize>, Option<usize>)> = Vec::new();
            for contact in contacts {
                // One that does not tell its offer may have been of any.
                let offers = (0..case.offers.len()).filter(|offer| contact.offer.is_none_or(|of| of == *offer));
                offers.for_each(|offer| *used.totals.entry(offer).or_default() += 1);
                for (channel, of) in case.channels.iter().enumerate() {
                    let Some((_, unit)) = of.capacity else { continue };
                    let is_it = contact.channel.is_none_or(|of| of == channel);
                    let message = (contact.at, contact.channel, channel);
                    let is_known = contact.channel.is_some() && carried.contains(&message);
                    if is_it && period(unit, contact.at) >= period(unit, NOW) && !is_known {
                        carried.push(message);
                        *used.messages.entry((channel, period(unit, contact.at))).or_default() += 1;
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
        for (at, quota) in case.quotas.iter().enumerate() {
            let amount = if quota.is_budget { cost(customer, row, sent) } else { 1 };
            // Of what costs nothing it need not be known.
            for key in keys(case, quota, customer, row).unwrap_or_default() {
                *self.quotas.entry((at, key, stretch(quota, row.at))).or_default() += amount;
            }
        }
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

    pub fn has_room(&self, case: &Case, customer: &Customer, row: &Row, sent: &[Row]) -> bool {
        let (offer, channel) = (row.offer.unwrap(), row.channel.unwrap());
        let used = |offer: usize| self.totals.get(&offer).copied().unwrap_or(0);
        if case.offers[offer].total.is_some_and(|most| used(offer) >= most) {
            return false;
        }
        for (at, quota) in case.quotas.iter().enumerate() {
            let amount = if quota.is_budget { cost(customer, row, sent) } else { 1 };
            let used = |key| self.quotas.get(&(at, key, stretch(quota, row.at))).copied().unwrap_or(0);
            let has_room = |keys: Vec<String>| keys.into_iter().all(|key| used(key) + amount <= quota.most);
            if amount > 0 && !keys(case, quota, customer, row).is_some_and(has_room) {
                return false;
            }
        }
        if sent.iter().any(|other| is_one_message(other, row)) {
            return true;
        }
        if let Some((most, unit)) = case.channels[channel].capacity
            && self.messages.get(&(channel, period(unit, row.at))).copied().unwrap_or(0) >= most
        {
            return false;
        }
        match (case.share, customer.rep) {
            _ if case.offers[offer].is_notice => true,
            (Some(share), Some(rep)) if row.asked => {
                self.by_rep.get(&rep).copied().unwrap_or(0) < allowed(case, share, rep)
            }
            (Some(_), None) => !row.asked,
            _ => true,
        }
    }
}

/// How many answers a share of the requests allows.
fn allowed(case: &Case, (share, days): (u32, i32), rep: usize) -> u64 {
    let requests = case.customers.iter().flat_map(|customer| &customer.requests);
    let begin = window(days);
    let requests = requests.filter(|(at, of)| *of == rep && *at > begin).count() as u64;
    requests * u64::from(share) / 10_000
}

/// What is counted apart where a row is: nothing where the quota is not about it, `None` where it is not known.
fn keys(case: &Case, quota: &Quota, customer: &Customer, row: &Row) -> Option<Vec<String>> {
    let offer = &case.offers[row.offer.unwrap()];
    let is_about = quota.offer.map_or(!offer.is_notice, |of| Some(of) == row.offer);
    if !is_about || quota.channel.is_some_and(|channel| Some(channel) != row.channel) {
        return Some(Vec::new());
    }
    let topics = offer.topics.iter().map(|topic| TOPICS[*topic].to_owned());
    Some(match quota.per {
        Apart::Together => vec![String::new()],
        Apart::Rep => vec![REPS[customer.rep?].to_owned()],
        Apart::Topic => topics.take(1).collect(),
        Apart::Topics => topics.collect(),
        Apart::Member => vec![row.member.unwrap().to_string()],
    })
}

/// The stretch of time of a quota that a moment is in.
fn stretch(quota: &Quota, at: i64) -> String {
    match quota.each {
        None => String::new(),
        Some(Unit::Month) => period(Unit::Day, at).chars().take(7).collect(),
        Some(unit) => period(unit, at),
    }
}

/// What a row costs: with its message, where it is the first in it.
pub fn cost(customer: &Customer, row: &Row, sent: &[Row]) -> u64 {
    let is_first = !sent.iter().any(|other| is_one_message(other, row));
    let message = if is_first { customer.message_costs[row.channel.unwrap()] } else { 0 };
    (customer.offer_costs[row.offer.unwrap()].max(0) + message.max(0)) as u64
}

/// Whether every limit that counts something of a row can tell what it counts apart.
pub fn is_known(case: &Case, customer: &Customer, row: &Row) -> bool {
    let counts = |quota: &&Quota| !quota.is_budget || cost(customer, row, &[]) > 0;
    case.quotas.iter().filter(counts).all(|quota| keys(case, quota, customer, row).is_some())
        && (case.share.is_none() || customer.rep.is_some() || !row.asked || case.offers[row.offer.unwrap()].is_notice)
}

/// Whether an offer takes something that all customers share. Budgets that all offers of a message share count the message
/// once; to every other, each offer comes with a message of its own, for all that is known before it is placed.
pub fn takes(case: &Case, customer: &Customer, row: &Row, sent: &[Row]) -> bool {
    let offer = &case.offers[row.offer.unwrap()];
    let by_message =
        case.channels[row.channel.unwrap()].capacity.is_some() || case.share.is_some() && row.asked && !offer.is_notice;
    let takes_of = |quota: &Quota| {
        let is_shared = quota.offer.is_none() && matches!(quota.per, Apart::Together | Apart::Rep);
        let beside = if is_shared { sent } else { &[] };
        let counts = !quota.is_budget || cost(customer, row, beside) > 0;
        counts && keys(case, quota, customer, row).is_some_and(|keys| !keys.is_empty())
    };
    offer.total.is_some()
        || case.quotas.iter().any(takes_of)
        || by_message && !sent.iter().any(|other| is_one_message(other, row))
}

/// What was used before and by these decisions; none of it more than there is, but for what was too much before.
pub fn used(case: &Case, decisions: &[Decision]) -> Used {
    let (before, mut used) = (Used::before(case), Used::before(case));
    for of_customer in decisions.chunk_by(|a, b| a.customer == b.customer) {
        let customer = &case.customers[of_customer[0].customer as usize];
        let mut sent: Vec<Row> = Vec::new();
        for one in of_customer.iter().filter(|one| !one.held_out) {
            let (offer, channel) = (one.offer.0 as usize, one.channel.0 as usize);
            let asked = case.channels[channel].direction != Direction::Outbound && customer.asked == Some(true);
            let (offer, channel, member) = (Some(offer), Some(channel), one.member.map(|member| member as usize));
            let row = Row { at: one.send_at, decided: NOW, offer, channel, member, topics: None, given: true, asked };
            used.take(case, customer, &row, &sent);
            sent.push(row);
        }
    }
    for (offer, count) in &used.totals {
        let most = case.offers.get(*offer).and_then(|offer| offer.total).unwrap_or(u64::MAX);
        assert!(*count <= most.max(before.totals.get(offer).copied().unwrap_or(0)), "offer {offer}: {count} of {most}");
    }
    for (key, count) in &used.messages {
        let most = case.channels[key.0].capacity.unwrap().0;
        assert!(*count <= most.max(before.messages.get(key).copied().unwrap_or(0)), "{key:?}: {count} of {most}");
    }
    for (key, count) in &used.quotas {
        let most = case.quotas[key.0].most;
        assert!(*count <= most, "{key:?}: {count} of {most}");
    }
    for (rep, count) in &used.by_rep {
        let most = case.share.map_or(u64::MAX, |share| allowed(case, share, *rep));
        assert!(*count <= most.max(before.by_rep.get(rep).copied().unwrap_or(0)), "rep {rep}: {count} of {most}");
    }
    used
}
