//! A random portfolio and random customers, small enough for slots to be full and caps to be reached.

use opportune_plan::{
    AtMost, Counts, Direction, Exclusion, Hours, LimitWindow, OfferFieldId, OfferId, Per, Span, Unit, Weekdays,
};

use crate::dice::Dice;

pub const HOUR: i64 = 3_600_000_000;
pub const DAY: i64 = 24 * HOUR;
/// Sunday, 2026-11-01 12:30 UTC: the clocks of New York have just gone back.
pub const NOW: i64 = 1_793_536_200_000_000;
pub const OFFERS: usize = 5;
pub const CHANNELS: usize = 3;
pub const MEMBERS: usize = 4;
/// The project's first.
pub const ZONES: [&str; 3] = ["America/New_York", "Europe/London", "Asia/Kolkata"];
pub const TOPICS: [&str; 3] = ["baby", "garden", "wine"];
pub const REPS: [&str; 2] = ["ann", "bob"];

#[derive(Clone, Debug)]
pub struct Case {
    pub offers: Vec<Offer>,
    pub channels: Vec<Channel>,
    pub limits: Vec<Limit>,
    pub slates: Vec<(usize, usize, Option<usize>)>,
    pub in_all: Option<usize>,
    pub at_most: Vec<AtMost>,
    pub exclusions: Vec<Exclusion>,
    pub pause: Option<(Span, u32, Span)>,
    pub holdout: Option<u32>,
    pub fallback: Option<usize>,
    pub by_value: bool,
    pub ranked: bool,
    /// What histories tell beside the time.
    pub tells: Tells,
    /// Ten-thousandths and days.
    pub share: Option<(u32, i32)>,
    pub quotas: Vec<Quota>,
    /// Whether routes tell what they cost.
    pub costs: bool,
    pub zones: bool,
    pub customers: Vec<Customer>,
    /// Contacts of customers who are not known any more.
    pub of_nobody: Vec<Contact>,
    /// Whether caps are told at `now`, by masks and room.
    pub told_at_now: bool,
}

#[derive(Clone, Copy, Debug)]
pub struct Tells {
    pub topic: bool,
    pub filter: bool,
}

#[derive(Clone, Debug)]
pub struct Offer {
    pub tier: Option<i64>,
    pub topics: Vec<usize>,
    pub is_notice: bool,
    pub is_family: bool,
    pub picks: usize,
    pub routes: Vec<(usize, Option<usize>)>,
    pub limits: Vec<Limit>,
    pub hours: Option<Hours>,
    pub delay: Option<(Span, Span)>,
    pub holdout: Option<u32>,
    pub arms: Vec<u32>,
    pub total: Option<u64>,
    /// Whether a guarantee forbids it to those of whom `capped` is not definitely false.
    pub forbidden: bool,
}

#[derive(Clone, Debug)]
pub struct Channel {
    pub direction: Direction,
    pub needs: bool,
    pub quiet: Option<Hours>,
    pub lead: Span,
    pub capacity: Option<(u64, Unit)>,
}

#[derive(Clone, Copy, Debug)]
pub struct Limit {
    pub most: u32,
    pub window: LimitWindow,
    pub counts: Counts,
    pub per: Per,
    pub channel: Option<usize>,
    pub including_inbound: bool,
    pub when: bool,
}

#[derive(Clone, Debug)]
pub struct Customer {
    pub key: i64,
    pub zone: usize,
    pub is_known: bool,
    pub bucket: i64,
    pub buckets: Vec<i64>,
    pub asked: Option<bool>,
    pub whens: [Option<bool>; 2],
    pub capped: Option<bool>,
    pub reached: Vec<Option<bool>>,
    pub scores: Vec<f64>,
    pub other_score: f64,
    /// By channel, in millionths.
    pub per_score: Vec<i64>,
    pub fixed: Vec<i64>,
    /// By channel: what a message costs, in millionths.
    pub message_costs: Vec<i64>,
    /// By offer.
    pub offer_costs: Vec<i64>,
    pub event: Option<i64>,
    pub rep: Option<usize>,
    pub contacts: Vec<Contact>,
    pub responses: Vec<(i64, Option<usize>)>,
    pub requests: Vec<(i64, usize)>,
}

/// So much for all customers, of which nothing was used before.
#[derive(Clone, Copy, Debug)]
pub struct Quota {
    pub offer: Option<usize>,
    pub most: u64,
    /// Of what is spent, and not of how many there are.
    pub is_budget: bool,
    pub each: Option<Unit>,
    pub per: Apart,
    pub channel: Option<usize>,
}

/// What a quota counts apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Apart {
    Together,
    Rep,
    Topic,
    Topics,
    Member,
}

/// A past contact; beyond the last offer or channel: one that the plan does not have.
#[derive(Clone, Debug)]
pub struct Contact {
    pub at: i64,
    pub decided: i64,
    pub offer: Option<usize>,
    pub channel: Option<usize>,
    pub member: Option<usize>,
    pub topic: Option<usize>,
    pub rep: Option<usize>,
    pub counts: bool,
}

fn span(dice: &mut Dice) -> Span {
    let month = Span { months: 1, ..Span::default() };
    dice.pick(&[Span::days(2), Span::days(3), Span::days(7), Span::micros(30 * HOUR), month])
}

fn hours(dice: &mut Dice) -> Hours {
    let from = dice.roll(24) as i64 * HOUR;
    let to = (from + (1 + dice.roll(14) as i64) * HOUR) % DAY;
    let days = dice.pick(&[Weekdays::ALL, Weekdays::WEEKDAYS, Weekdays::WEEKEND, Weekdays(0b1)]);
    Hours { from, to, days }
}

fn limit(dice: &mut Dice, pers: &[Per]) -> Limit {
    let unit = dice.pick(&[Unit::Day, Unit::Week, Unit::Month]);
    let window = if dice.percent(65) { LimitWindow::Rolling(span(dice)) } else { LimitWindow::Calendar(unit) };
    let counts = [Counts::Contacts, Counts::Contacts, Counts::Showings, Counts::Decisions, Counts::Nothing];
    Limit {
        most: 1 + dice.roll(4) as u32,
        window,
        counts: dice.pick(&counts),
        per: dice.pick(pers),
        channel: dice.percent(30).then(|| dice.roll(CHANNELS)),
        including_inbound: dice.percent(30),
        when: dice.percent(30),
    }
}

/// Often the last bucket of a share, or the first after it.
fn bucket(dice: &mut Dice) -> i64 {
    let any = dice.roll(10_000) as i64;
    dice.pick(&[any, any, any, any, 0, 1_999, 2_000, 2_499, 2_500, 2_999, 3_000, 9_999])
}

fn limits(dice: &mut Dice, most: usize, pers: &[Per]) -> Vec<Limit> {
    (0..dice.roll(most + 1)).map(|_| limit(dice, pers)).collect()
}

impl Case {
    pub fn draw(dice: &mut Dice) -> Self {
        let channels = (0..CHANNELS).map(|_| Channel::draw(dice)).collect();
        let offers: Vec<_> = (0..OFFERS).map(|at| Offer::draw(dice, at)).collect();
        let field =
            |dice: &mut Dice| AtMost { most: 1 + dice.roll(2) as u32, field: OfferFieldId(dice.roll(2) as u32) };
        let slates = (0..CHANNELS).filter(|_| dice.percent(60)).collect::<Vec<_>>();
        let slates =
            slates.into_iter().map(|channel| (channel, 1 + dice.roll(3), Some(1).filter(|_| dice.percent(25))));
        let slates: Vec<_> = slates.collect();
        let pers = [Per::Together, Per::Together, Per::Offer, Per::Field(OfferFieldId(0)), Per::Field(OfferFieldId(1))];
        let customers = 1 + dice.roll(12);
        let has_family = offers.first().is_some_and(|offer| offer.is_family);
        let costs = dice.percent(40);
        let quotas = if dice.percent(45) { 1 + dice.roll(3) } else { 0 };
        let quotas = (0..quotas).map(|_| Quota::draw(dice, has_family, costs)).collect();
        Self {
            quotas,
            costs,
            slates,
            in_all: dice.percent(40).then(|| 1 + dice.roll(3)),
            limits: limits(dice, 2, &pers),
            at_most: (0..dice.roll(4).saturating_sub(2)).map(|_| field(dice)).collect(),
            exclusions: if dice.percent(25) {
                vec![Exclusion { most: 1, offers: vec![OfferId(0), OfferId(2), OfferId(3)] }]
            } else {
                Vec::new()
            },
            pause: dice.percent(25).then(|| (span(dice), 1 + dice.roll(3) as u32, Span::days(2))),
            holdout: dice.percent(20).then_some(2_000),
            fallback: dice.percent(30).then(|| dice.roll(OFFERS)),
            by_value: dice.percent(50),
            ranked: dice.percent(30),
            tells: Tells { topic: dice.percent(50), filter: dice.percent(50) },
            share: dice.percent(35).then(|| (dice.pick(&[2_500, 5_000, 10_000]), 5)),
            zones: dice.percent(60),
            customers: (0..customers).map(|at| Customer::draw(dice, at as i64)).collect(),
            of_nobody: nobodys(dice),
            told_at_now: false,
            offers,
            channels,
        }
    }

    /// Leaves nothing that is not sent at `now` or not at all, and caps that can be told then.
    pub fn make_plain(&mut self) {
        self.unshare();
        let hours = |limit: &mut Limit, hours: i64, counts| {
            let window = LimitWindow::Rolling(Span::micros(hours * HOUR));
            *limit = Limit { window, counts, per: Per::Together, channel: None, when: false, ..*limit };
        };
        for channel in &mut self.channels {
            (channel.direction, channel.quiet, channel.lead) = (Direction::Outbound, None, Span::default());
        }
        for offer in &mut self.offers {
            (offer.hours, offer.delay, offer.is_notice) = (None, None, false);
            offer.limits.iter_mut().for_each(|limit| hours(limit, 48, Counts::Showings));
        }
        self.limits.truncate(1);
        self.limits.iter_mut().for_each(|limit| hours(limit, 72, Counts::Contacts));
        (self.pause, self.tells.filter) = (None, false);
        for customer in &mut self.customers {
            // Caps that are told at `now` see the past alone.
            customer.contacts.retain(|contact| contact.at <= NOW);
            // Each is a message, and names its offer.
            customer.contacts.dedup_by_key(|contact| contact.at);
            customer.contacts.iter_mut().for_each(|contact| contact.offer = contact.offer.or(Some(0)));
        }
    }

    /// Leaves limits over all customers that nothing can reach.
    pub fn loosen(&mut self) {
        self.share = None;
        // Who has no rep has no room, however much there is.
        self.quotas.retain(|quota| quota.per != Apart::Rep);
        self.quotas.iter_mut().for_each(|quota| quota.most = 1 << 60);
        self.offers.iter_mut().for_each(|offer| offer.total = offer.total.map(|_| u64::MAX));
        for channel in &mut self.channels {
            channel.capacity = channel.capacity.map(|(_, each)| (u64::MAX, each));
        }
    }

    /// Takes away what customers share.
    pub fn unshare(&mut self) {
        self.share = None;
        self.quotas.clear();
        self.offers.iter_mut().for_each(|offer| offer.total = None);
        self.channels.iter_mut().for_each(|channel| channel.capacity = None);
    }
}

impl Quota {
    fn draw(dice: &mut Dice, has_family: bool, costs: bool) -> Self {
        let offer = dice.percent(50).then(|| dice.roll(OFFERS));
        let per: &[Apart] = match offer {
            None => &[Apart::Together, Apart::Rep, Apart::Topic, Apart::Topics],
            Some(0) if has_family => &[Apart::Together, Apart::Rep, Apart::Member, Apart::Member],
            Some(_) => &[Apart::Together, Apart::Rep],
        };
        Self {
            offer,
            most: dice.pick(&[0, 1, 2, 3, 5, 8]),
            is_budget: costs && dice.percent(60),
            each: dice.percent(40).then(|| dice.pick(&[Unit::Day, Unit::Week, Unit::Month])),
            per: dice.pick(per),
            channel: dice.percent(25).then(|| dice.roll(CHANNELS)),
        }
    }
}

impl Channel {
    fn draw(dice: &mut Dice) -> Self {
        Self {
            direction: dice.pick(&[Direction::Outbound, Direction::Outbound, Direction::Both, Direction::Inbound]),
            needs: dice.percent(50),
            quiet: dice.percent(50).then(|| hours(dice)),
            lead: dice.pick(&[Span::default(), Span::default(), Span::micros(3 * HOUR), Span::days(1)]),
            capacity: dice.percent(15).then(|| (1 + dice.roll(6) as u64, dice.pick(&[Unit::Day, Unit::Week]))),
        }
    }
}

impl Offer {
    fn draw(dice: &mut Dice, at: usize) -> Self {
        let is_family = at == 0 && dice.percent(75);
        let mut routes = vec![0, 1, 2];
        routes.rotate_left(dice.roll(3));
        routes.truncate(1 + dice.roll(3));
        let when = |dice: &mut Dice| dice.percent(25).then(|| dice.roll(2));
        let pers: &[Per] = if is_family { &[Per::Together, Per::Member] } else { &[Per::Together] };
        Self {
            tier: dice.percent(80).then(|| dice.roll(2) as i64),
            topics: (0..TOPICS.len()).filter(|_| dice.percent(45)).collect(),
            is_notice: dice.percent(12),
            is_family,
            picks: if at == 1 { dice.roll(3) } else { 0 },
            routes: routes.into_iter().map(|route| (route, when(dice))).collect(),
            limits: limits(dice, if is_family { 2 } else { 1 }, pers),
            hours: dice.percent(25).then(|| hours(dice)),
            delay: dice.percent(20).then(|| (Span::days(1), Span::days(4))),
            holdout: dice.percent(20).then_some(3_000),
            arms: if dice.percent(20) { vec![2_500, 0, 7_500] } else { Vec::new() },
            total: dice.percent(15).then(|| dice.roll(12) as u64),
            forbidden: dice.percent(8),
        }
    }
}

impl Customer {
    fn draw(dice: &mut Dice, at: i64) -> Self {
        let maybe = |dice: &mut Dice| dice.pick(&[Some(true), Some(true), Some(false), None]);
        let score = |dice: &mut Dice| dice.pick(&[0.5, 1.0, 1.0, 2.0, 2.0, 3.5, 0.0, -1.0, 2e9]);
        // In quarters of a day, so that moments and ends of windows are met.
        let past = |dice: &mut Dice| NOW - dice.roll(60) as i64 * (6 * HOUR);
        let mut contacts: Vec<_> = (0..dice.roll(8))
            .map(|_| past(dice))
            .collect::<Vec<_>>()
            .into_iter()
            .map(|at| Contact::draw(dice, at))
            .collect();
        // Some messages carried several offers.
        let more: Vec<_> = contacts.iter().filter(|_| dice.percent(30)).cloned().collect();
        contacts.extend(more.into_iter().map(|of| Contact { channel: of.channel, ..Contact::draw(dice, of.at) }));
        // Some are still to be sent.
        if dice.percent(25) {
            let later: Vec<i64> = (0..1 + dice.roll(3)).map(|_| soon(dice)).collect();
            contacts.extend(later.into_iter().map(|at| Contact::draw(dice, at)));
        }
        contacts.sort_by_key(|contact| contact.at);
        // Most answer a contact, some of them too late.
        let answered = |dice: &mut Dice, contacts: &[Contact]| match contacts.is_empty() || dice.percent(25) {
            true => past(dice),
            false => NOW.min(contacts[dice.roll(contacts.len())].at + dice.roll(10) as i64 * (6 * HOUR)),
        };
        let mut responses: Vec<(i64, Option<usize>)> = (0..dice.roll(5))
            .map(|_| (answered(dice, &contacts), dice.pick(&[None, Some(0), Some(1), Some(OFFERS)])))
            .collect();
        responses.sort();
        let mut requests: Vec<_> = (0..dice.roll(9)).map(|_| (past(dice), dice.roll(REPS.len()))).collect();
        requests.sort();
        Self {
            key: at * 7_919 + 3,
            zone: dice.roll(ZONES.len()),
            is_known: dice.percent(80),
            bucket: bucket(dice),
            buckets: (0..OFFERS).map(|_| bucket(dice)).collect(),
            asked: maybe(dice),
            whens: [maybe(dice), maybe(dice)],
            capped: maybe(dice),
            reached: (0..CHANNELS).map(|_| maybe(dice)).collect(),
            scores: (0..OFFERS).map(|_| score(dice)).collect(),
            other_score: score(dice),
            per_score: (0..CHANNELS).map(|_| dice.pick(&[1_000_000, 2_000_000, 1, 3])).collect(),
            fixed: (0..CHANNELS).map(|_| dice.pick(&[0, 0, -500_000, -2_000_000, 1_000_000])).collect(),
            message_costs: (0..CHANNELS).map(|_| dice.pick(&[0, 1, 2, 3, -1])).collect(),
            offer_costs: (0..OFFERS).map(|_| dice.pick(&[0, 1, 1, 2, -1])).collect(),
            event: dice.percent(70).then(|| past(dice)),
            rep: dice.percent(80).then(|| dice.roll(REPS.len())),
            contacts,
            responses,
            requests,
        }
    }
}

/// A moment at which something is scheduled.
fn soon(dice: &mut Dice) -> i64 {
    NOW + (1 + dice.roll(40)) as i64 * (6 * HOUR)
}

fn nobodys(dice: &mut Dice) -> Vec<Contact> {
    let count = if dice.percent(25) { 1 + dice.roll(4) } else { 0 };
    let at = |dice: &mut Dice| if dice.percent(50) { soon(dice) } else { NOW - dice.roll(20) as i64 * (6 * HOUR) };
    let times: Vec<i64> = (0..count).map(|_| at(dice)).collect();
    times.into_iter().map(|at| Contact::draw(dice, at)).collect()
}

impl Contact {
    fn draw(dice: &mut Dice, at: i64) -> Self {
        let within = |dice: &mut Dice, count: usize| match dice.roll(8) {
            0 => None,
            1 => Some(count),
            _ => Some(dice.roll(count)),
        };
        Self {
            at,
            // Seldom after it was sent: nothing says that it cannot be.
            decided: if dice.percent(10) { NOW - 6 * HOUR } else { at - dice.roll(3) as i64 * 12 * HOUR },
            offer: within(dice, OFFERS),
            channel: within(dice, CHANNELS),
            member: if dice.percent(30) { None } else { within(dice, MEMBERS) },
            topic: within(dice, TOPICS.len()),
            // Seldom untold: that counts for everybody, and nothing would be left.
            rep: if dice.percent(4) { None } else { Some(dice.pick(&[0, 1, REPS.len(), REPS.len(), REPS.len()])) },
            counts: dice.percent(75),
        }
    }
}
