//! Placement without a queue: every candidate by every route is an attempt, all attempts are put in order once, and each
//! is asked every rule.
//!
//! A candidate tries a route when its value, or that of a route before, has come to be the best: so the least value of
//! the routes up to it ranks an attempt.
//!
//! Who gets what is limited over all customers is not for the model to say: it takes what was given of it as granted, and
//! tells what everybody gets beside it, and by which rule the others do not.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use opportune_plan::{ChannelId, Direction, ExprId, OfferId, Per};
use opportune_runtime::decide::{Decision, Outcome, Picks};
use opportune_runtime::sending::{SendTimes, Whereabouts, ZoneIs};
use opportune_runtime::time::{Clock, Zone};

use crate::caps::{self, Row, forbids, moved};
use crate::case::{CHANNELS, Case, Customer, MEMBERS, NOW, OFFERS, ZONES};
use crate::shared::{self, Used};
use crate::{plan, tables};

#[derive(Default)]
pub struct Decided {
    pub decisions: Vec<Decision>,
    pub outcomes: Vec<Outcome>,
    pub left_out: u64,
}

/// Why not, the furthest the greatest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Why {
    Unreachable,
    Withheld,
    Outranked,
    Excluded,
    Untimely,
    Capped,
    UsedUp,
}

#[derive(Clone, Debug)]
struct Candidate {
    offer: usize,
    member: Option<usize>,
    turn: usize,
    score: f64,
    lot: u64,
    tier: i64,
    why: Why,
    is_done: bool,
    /// Whether a cap that counts members apart has parted it from its equals.
    is_alone: bool,
    /// The routes that it failed with its equals.
    failed: Vec<usize>,
}

/// A route of a candidate.
#[derive(Clone, Copy, Debug)]
struct Attempt {
    candidate: usize,
    route: usize,
    least: f64,
    value: f64,
    asked: bool,
}

pub fn count(decided: &Decided, seen: &mut BTreeMap<&'static str, u64>) {
    for outcome in &decided.outcomes {
        let counts = [
            ("made", outcome.made),
            ("capped", outcome.capped),
            ("outranked", outcome.outranked),
            ("excluded", outcome.excluded),
            ("untimely", outcome.untimely),
            ("withheld", outcome.withheld),
            ("unreachable", outcome.unreachable),
            ("used up", outcome.used_up),
            ("held out", outcome.held_out),
        ];
        counts.into_iter().for_each(|(what, count)| *seen.entry(what).or_default() += count);
    }
}

struct World<'a> {
    case: &'a Case,
    times: SendTimes,
    event: Option<ExprId>,
    sharing: Sharing,
    decided: Decided,
}

/// How what is limited over all customers is given.
enum Sharing {
    /// To whom it was given: customer, offer, channel, member.
    Granted(BTreeSet<(i64, usize, usize, Option<usize>)>),
    /// As long as there is some.
    Left(Used),
}

/// What everybody gets, where of what is limited over all customers they may have what they have in `found`.
pub fn decide(case: &Case, found: &[Decision]) -> Decided {
    let granted = found.iter().map(|one| {
        let member = one.member.map(|member| member as usize);
        (case.customers[one.customer as usize].key, one.offer.0 as usize, one.channel.0 as usize, member)
    });
    let mut world = World::new(case, Sharing::Granted(granted.collect()));
    for (at, customer) in case.customers.iter().enumerate() {
        world.customer(at, customer);
    }
    world.decided
}

/// What everybody gets, where what is limited over all customers is given to who comes first.
pub fn first_come(case: &Case) -> Decided {
    let mut world = World::new(case, Sharing::Left(Used::before(case)));
    for (at, customer) in case.customers.iter().enumerate() {
        world.customer(at, customer);
    }
    world.decided
}

/// Whoever has no place would break a rule by each route, beside all that was given in the end: so nobody who could have
/// got something got nothing, whatever the order was. How many could have had what is limited over all customers all the
/// same is told: what is settled before anybody is placed may be left where a customer cannot have two things that were
/// granted.
pub fn check_maximal(case: &Case, decisions: &[Decision]) -> usize {
    let mut spared = 0;
    let mut world = World::new(case, Sharing::Left(shared::used(case, decisions)));
    let mut given: Vec<Vec<Row>> = vec![Vec::new(); case.customers.len()];
    for one in decisions {
        let (at, customer) = (one.customer as usize, &case.customers[one.customer as usize]);
        let (offer, channel) = (one.offer.0 as usize, one.channel.0 as usize);
        let asked = case.channels[channel].direction != Direction::Outbound && customer.asked == Some(true);
        let member = one.member.map(|member| member as usize);
        let (offer, channel) = (Some(offer), Some(channel));
        let row = Row { at: one.send_at, decided: NOW, offer, channel, member, topics: None, given: true, asked };
        given[at].push(row);
    }
    for (customer, given) in case.customers.iter().zip(&given) {
        if case.holdout.is_some_and(|share| customer.bucket < i64::from(share)) {
            continue;
        }
        let mut candidates = world.candidates(customer);
        for attempt in world.attempts(customer, &mut candidates) {
            let of = candidates[attempt.candidate].clone();
            let has_place = |row: &Row| (row.offer, row.member) == (Some(of.offer), of.member);
            let is_spare = Some(of.offer) == case.fallback && !case.offers[of.offer].is_notice && !given.is_empty();
            if given.iter().any(has_place) || is_spare || picks(case, customer, of.offer).is_none() {
                continue;
            }
            let is_notice = |row: &&Row| case.offers[row.offer.unwrap()].is_notice;
            let beside = given.iter().filter(|row| case.offers[of.offer].is_notice || !is_notice(row));
            let beside: Vec<Row> = beside.cloned().collect();
            let refused = world.row(customer, &attempt, &of, &beside);
            if refused
                .as_ref()
                .is_ok_and(|row| !shared::is_known(case, customer, row) || shared::takes(case, customer, row, &[]))
            {
                spared += 1;
                break;
            }
            assert!(refused.is_err(), "{of:?} by {attempt:?} for {customer:?} beside {given:?}\n{case:#?}");
        }
    }
    spared
}

fn lot(customer: &Customer, offer: usize, from: usize) -> u64 {
    let message = format!("decide\u{1F}{}\u{1F}{}", customer.key, tables::offer_name(offer));
    u64::from_le_bytes(blake3::hash(message.as_bytes()).as_bytes()[from..from + 8].try_into().unwrap())
}

fn counts(score: f64) -> bool {
    score > 0.0 && score <= 1e9
}

impl<'a> World<'a> {
    fn new(case: &'a Case, sharing: Sharing) -> Self {
        let plan = plan::of(case);
        let clock = Clock::new(NOW, ZONES[0]).unwrap();
        let mut decided = Decided::default();
        let empty = || Outcome { by_channel: vec![0; CHANNELS], ..Outcome::default() };
        decided.outcomes.resize_with(OFFERS, empty);
        let event = plan.offers.iter().flat_map(|offer| offer.timing.iter().flat_map(|timing| &timing.moments));
        let event = event.map(|moment| match moment {
            opportune_plan::Moment::After { event, .. } => *event,
            _ => panic!("not drawn"),
        });
        let event = event.max();
        Self { case, times: SendTimes::new(&plan, &clock), event, sharing, decided }
    }

    fn customer(&mut self, at: usize, customer: &Customer) {
        let candidates = self.candidates(customer);
        if self.case.holdout.is_some_and(|share| customer.bucket < i64::from(share)) {
            self.decided.left_out += 1;
            candidates.iter().for_each(|of| self.decided.outcomes[of.offer].left_out += 1);
            return;
        }
        let (notices, others): (Vec<_>, Vec<_>) =
            candidates.into_iter().partition(|of| self.case.offers[of.offer].is_notice);
        let (fallback, main): (Vec<_>, Vec<_>) =
            others.into_iter().partition(|of| Some(of.offer) == self.case.fallback);
        let mut given = Vec::new();
        self.place(at, customer, main, &mut given);
        if given.is_empty() {
            self.place(at, customer, fallback, &mut given);
        } else {
            // It is not needed: outranked, where it would have had a route at all.
            for of in fallback {
                let mut alone = [of];
                let has_route = !self.attempts(customer, &mut alone).is_empty();
                self.stop(alone[0].offer, if has_route { Why::Outranked } else { alone[0].why });
            }
        }
        self.notices(at, customer, notices, &mut given);
    }

    /// Notices come in the order of their offers; of a family, the best score first, then by turn.
    fn notices(&mut self, at: usize, customer: &Customer, mut all: Vec<Candidate>, given: &mut Vec<Row>) {
        all.sort_by(|a, b| a.offer.cmp(&b.offer).then(b.score.total_cmp(&a.score)).then(a.turn.cmp(&b.turn)));
        for equals in all.chunk_by(|a, b| (a.offer, a.score.to_bits()) == (b.offer, b.score.to_bits())) {
            let mut equals = equals.to_vec();
            for attempt in self.attempts(customer, &mut equals) {
                self.attempt(at, customer, &attempt, &mut equals, given);
            }
            self.finish(&equals);
        }
    }

    fn candidates(&self, customer: &Customer) -> Vec<Candidate> {
        let mut all = Vec::new();
        for (offer, of) in self.case.offers.iter().enumerate() {
            let reached = |(channel, _): &(usize, Option<usize>)| {
                !self.case.channels[*channel].needs || customer.reached[*channel] == Some(true)
            };
            if !of.routes.iter().any(reached) || of.forbidden && customer.capped != Some(false) {
                continue;
            }
            let tier = if self.case.ranked { of.tier.map_or(i64::MAX, |tier| -tier) } else { 0 };
            let one = |member: Option<usize>, turn, score| Candidate {
                offer,
                member,
                turn,
                score,
                lot: lot(customer, offer, 0),
                tier,
                why: Why::Unreachable,
                is_done: false,
                is_alone: false,
                failed: Vec::new(),
            };
            if !of.is_family {
                all.extend(counts(customer.scores[offer]).then(|| one(None, 0, customer.scores[offer])));
                continue;
            }
            let score = |member| if member == 1 { customer.other_score } else { customer.scores[offer] };
            let members: Vec<usize> = (0..MEMBERS).filter(|member| counts(score(*member))).collect();
            for member in &members {
                let equals: Vec<_> = members.iter().filter(|other| score(**other) == score(*member)).collect();
                let first = (u128::from(lot(customer, offer, 8)) * equals.len() as u128) >> 64;
                let place = equals.iter().position(|other| *other == member).unwrap();
                let turn = (place + equals.len() - first as usize) % equals.len();
                all.push(one(Some(*member), turn, score(*member)));
            }
        }
        all
    }

    fn attempts(&self, customer: &Customer, candidates: &mut [Candidate]) -> Vec<Attempt> {
        let mut all: Vec<Attempt> = Vec::new();
        for (at, candidate) in candidates.iter_mut().enumerate() {
            let mut least = f64::INFINITY;
            for (route, (channel, when)) in self.case.offers[candidate.offer].routes.iter().enumerate() {
                let of = &self.case.channels[*channel];
                let holds = when.is_none_or(|when| customer.whens[when] == Some(true));
                let reached = !of.needs || customer.reached[*channel] == Some(true);
                let asked = of.direction != Direction::Outbound && customer.asked == Some(true);
                if !holds || !reached || (of.direction == Direction::Inbound && !asked) {
                    continue;
                }
                let money = || {
                    let product = (customer.per_score[*channel] as f64 * candidate.score).round_ties_even() as i64;
                    (product + customer.fixed[*channel]) as f64 / 1e6
                };
                let has_objective = self.case.by_value && !self.case.offers[candidate.offer].is_notice;
                let value = if has_objective { money() } else { candidate.score };
                if !counts(value) {
                    candidate.why = candidate.why.max(Why::Withheld);
                    continue;
                }
                least = value.min(least);
                all.push(Attempt { candidate: at, route, least, value, asked });
            }
        }
        all
    }

    fn place(&mut self, at: usize, customer: &Customer, mut candidates: Vec<Candidate>, given: &mut Vec<Row>) {
        let mut attempts = self.attempts(customer, &mut candidates);
        let has_attempt: Vec<bool> =
            (0..candidates.len()).map(|at| attempts.iter().any(|attempt| attempt.candidate == at)).collect();
        let order = |a: &Attempt, b: &Attempt| -> Ordering {
            let (of_a, of_b) = (&candidates[a.candidate], &candidates[b.candidate]);
            of_a.tier.cmp(&of_b.tier).then(b.least.total_cmp(&a.least)).then_with(|| {
                let lot = (of_a.lot, of_a.offer).cmp(&(of_b.lot, of_b.offer));
                let score = of_b.score.total_cmp(&of_a.score);
                lot.then(score).then((of_a.turn, a.route).cmp(&(of_b.turn, b.route)))
            })
        };
        attempts.sort_by(order);
        let mut tried: Vec<usize> = vec![0; candidates.len()];
        let counts_of = |at: usize| attempts.iter().filter(|attempt| attempt.candidate == at).count();
        let all: Vec<usize> = (0..candidates.len()).map(counts_of).collect();
        for attempt in &attempts {
            if self.is_full(given) {
                break;
            }
            self.attempt(at, customer, attempt, &mut candidates, given);
            tried[attempt.candidate] += 1;
        }
        // Those that still wait when there is no slot left are outranked, however far they had come.
        if self.is_full(given) {
            for (at, candidate) in candidates.iter_mut().enumerate() {
                if has_attempt[at] && tried[at] < all[at] && !candidate.is_done {
                    candidate.why = Why::Outranked;
                }
            }
        }
        self.finish(&candidates);
    }

    fn finish(&mut self, candidates: &[Candidate]) {
        for candidate in candidates.iter().filter(|candidate| !candidate.is_done) {
            self.stop(candidate.offer, candidate.why);
        }
    }

    fn stop(&mut self, offer: usize, why: Why) {
        let outcome = &mut self.decided.outcomes[offer];
        *match why {
            Why::Unreachable => &mut outcome.unreachable,
            Why::Withheld => &mut outcome.withheld,
            Why::Outranked => &mut outcome.outranked,
            Why::Excluded => &mut outcome.excluded,
            Why::Untimely => &mut outcome.untimely,
            Why::Capped => &mut outcome.capped,
            Why::UsedUp => &mut outcome.used_up,
        } += 1;
    }

    fn is_full(&self, given: &[Row]) -> bool {
        let default = if self.case.slates.is_empty() { 1 } else { usize::MAX };
        given.len() >= self.case.in_all.unwrap_or(default)
    }

    fn attempt(
        &mut self,
        at: usize,
        customer: &Customer,
        attempt: &Attempt,
        candidates: &mut [Candidate],
        given: &mut Vec<Row>,
    ) {
        let candidate = candidates[attempt.candidate].clone();
        if candidate.is_done || candidate.failed.contains(&attempt.route) {
            return;
        }
        let picks = picks(self.case, customer, candidate.offer);
        match self.row(customer, attempt, &candidate, given) {
            // What all share is asked for last, when all items are picked.
            Err((why, alone)) if why != Why::UsedUp || picks.is_some() => {
                candidates[attempt.candidate].why = candidate.why.max(why);
                candidates[attempt.candidate].is_alone |= alone;
                // Equals of a family stand together until one of them is placed: what stops one stops all.
                let is_equal = |of: &&mut Candidate| {
                    let equal = (of.offer, of.score.to_bits()) == (candidate.offer, candidate.score.to_bits());
                    equal && !of.is_done && !of.is_alone && of.turn > candidate.turn
                };
                for equal in candidates.iter_mut().filter(is_equal).filter(|_| !alone && !candidate.is_alone) {
                    equal.why = equal.why.max(why);
                    equal.failed.push(attempt.route);
                }
            }
            found => {
                candidates[attempt.candidate].is_done = true;
                match found.ok().zip(picks) {
                    None => self.stop(candidate.offer, Why::Withheld),
                    Some(made) => self.make(at, customer, attempt, &candidate, made, given),
                }
            }
        }
    }

    fn row(
        &mut self,
        customer: &Customer,
        attempt: &Attempt,
        of: &Candidate,
        given: &[Row],
    ) -> Result<Row, (Why, bool)> {
        let offer = &self.case.offers[of.offer];
        let channel = offer.routes[attempt.route].0;
        if !offer.is_notice {
            let slate = self.case.slates.iter().find(|slate| slate.0 == channel);
            let on_channel: Vec<&Row> = given.iter().filter(|row| row.channel == Some(channel)).collect();
            if self.is_full(given) || on_channel.len() >= slate.map_or(1, |slate| slate.1) {
                return Err((Why::Outranked, false));
            }
            let diverse = slate.is_none_or(|slate| slate.2.is_none() || self.is_diverse(of.offer, 0, 1, &on_channel));
            let all: Vec<&Row> = given.iter().collect();
            let of_all =
                |most: &opportune_plan::AtMost| self.is_diverse(of.offer, most.field.0, most.most as usize, &all);
            let exclusive = self.case.exclusions.iter().all(|exclusion| {
                let is_one = |offer: usize| exclusion.offers.contains(&OfferId(offer as u32));
                !is_one(of.offer)
                    || given.iter().filter(|row| is_one(row.offer.unwrap())).count() < exclusion.most as usize
            });
            if !diverse || !exclusive || !self.case.at_most.iter().all(of_all) {
                return Err((Why::Excluded, false));
            }
        }
        let at = self.send_at(customer, of.offer, channel, attempt.asked).ok_or((Why::Untimely, false))?;
        let row = Row {
            at,
            decided: NOW,
            offer: Some(of.offer),
            channel: Some(channel),
            member: of.member,
            topics: None,
            given: true,
            asked: attempt.asked,
        };
        // Those that are held out take slots and are not sent.
        let sent: Vec<Row> =
            given.iter().filter(|row| !self.is_held_out(customer, row.offer.unwrap())).cloned().collect();
        let all: Vec<Row> = caps::past(self.case, customer).into_iter().chain(sent.iter().cloned()).collect();
        let by = |limit: &crate::case::Limit, of| forbids(self.case, customer, limit, of, &row, &all);
        let (together, by_member): (Vec<_>, Vec<_>) = offer.limits.iter().partition(|limit| limit.per != Per::Member);
        let capped = together.iter().any(|limit| by(limit, Some(of.offer)))
            || !offer.is_notice && self.case.limits.iter().any(|limit| by(limit, None))
            || !offer.is_notice && !attempt.asked && at < self.paused_until(customer);
        if capped {
            return Err((Why::Capped, false));
        }
        if by_member.iter().any(|limit| by(limit, Some(of.offer))) {
            return Err((Why::Capped, true));
        }
        if !self.has_shared_room(customer, &row, &sent) {
            return Err((Why::UsedUp, self.is_another_granted(customer, &row, given)));
        }
        Ok(row)
    }

    fn is_held_out(&self, customer: &Customer, offer: usize) -> bool {
        self.case.offers[offer].holdout.is_some_and(|share| customer.buckets[offer] < i64::from(share))
    }

    fn is_diverse(&self, offer: usize, field: u32, most: usize, beside: &[&Row]) -> bool {
        let values = |offer: usize| {
            let take = if field == 0 { 1 } else { usize::MAX };
            self.case.offers[offer].topics.iter().take(take).copied().collect::<Vec<_>>()
        };
        let holders = |topic: &usize| beside.iter().filter(|row| values(row.offer.unwrap()).contains(topic)).count();
        values(offer).iter().all(|topic| holders(topic) < most)
    }

    fn send_at(&mut self, customer: &Customer, offer: usize, channel: usize, asked: bool) -> Option<i64> {
        let zone = Zone::get(if self.case.zones { ZONES[customer.zone] } else { ZONES[0] }).unwrap();
        let is_known = !self.case.zones || customer.is_known;
        let zone = if is_known { ZoneIs::Known(&zone) } else { ZoneIs::Default(&zone) };
        let event = |id: ExprId| customer.event.filter(|_| Some(id) == self.event);
        let (offer, channel) = (OfferId(offer as u32), ChannelId(channel as u32));
        self.times.earliest(offer, channel, asked, &Whereabouts { zone, law: None }, &event)
    }

    fn paused_until(&self, customer: &Customer) -> i64 {
        let Some((length, after, patience)) = self.case.pause else { return i64::MIN };
        let zone = caps::zone(self.case, customer);
        let contacts: Vec<Row> = caps::past(self.case, customer)
            .into_iter()
            .filter(|row| {
                let channel = row.channel.and_then(|channel| self.case.channels.get(channel));
                let offer = row.offer.and_then(|offer| self.case.offers.get(offer));
                channel.is_none_or(|channel| channel.direction != Direction::Inbound)
                    && offer.is_none_or(|offer| !offer.is_notice)
            })
            .collect();
        let mut messages: Vec<Vec<Row>> = Vec::new();
        for row in contacts {
            let same = |of: &&mut Vec<Row>| row.channel.is_some() && (of[0].at, of[0].channel) == (row.at, row.channel);
            match messages.iter_mut().find(same) {
                Some(message) => message.push(row),
                None => messages.push(vec![row]),
            }
        }
        let (mut row, mut until) = (0, i64::MIN);
        for message in messages {
            let over = moved(&zone, message[0].at, patience);
            let answers = |row: &Row| {
                customer.responses.iter().any(|(at, offer)| {
                    (row.at..=over).contains(at) && (offer.is_none() || row.offer.is_none() || *offer == row.offer)
                })
            };
            if message.iter().any(answers) {
                row = 0;
            } else if over <= NOW {
                row += 1;
                if row >= after {
                    until = until.max(moved(&zone, over, length));
                }
            }
        }
        until
    }

    fn has_shared_room(&self, customer: &Customer, row: &Row, sent: &[Row]) -> bool {
        let (offer, channel) = (row.offer.unwrap(), row.channel.unwrap());
        match &self.sharing {
            Sharing::Left(used) => used.has_room(self.case, customer, row, sent),
            Sharing::Granted(granted) => {
                let is_known = shared::is_known(self.case, customer, row);
                let is_free = is_known && !shared::takes(self.case, customer, row, sent);
                is_free || is_known && granted.contains(&(customer.key, offer, channel, row.member))
            }
        }
    }

    /// Whether a member of the family that has no place yet may have it by this channel.
    fn is_another_granted(&self, customer: &Customer, row: &Row, given: &[Row]) -> bool {
        let Sharing::Granted(granted) = &self.sharing else { return false };
        let (offer, channel) = (row.offer.unwrap(), row.channel.unwrap());
        let of_offer = granted.iter().filter(|one| (one.0, one.1, one.2) == (customer.key, offer, channel));
        let placed = given.iter().filter(|other| (other.offer, other.channel) == (row.offer, row.channel));
        row.member.is_some() && of_offer.count() > placed.count()
    }

    fn make(
        &mut self,
        at: usize,
        customer: &Customer,
        attempt: &Attempt,
        of: &Candidate,
        (row, picks): (Row, Picks),
        given: &mut Vec<Row>,
    ) {
        let offer = &self.case.offers[of.offer];
        let held_out = self.is_held_out(customer, of.offer);
        let channel = row.channel.unwrap();
        let slot = 1 + given.iter().filter(|other| other.channel == row.channel).count() as u32;
        let mut propensity = 1.0;
        if let Some(share) = offer.holdout {
            propensity = f64::from(if held_out { share } else { 10_000 - share }) / 10_000.0;
        }
        let mut arm = None;
        if !offer.arms.is_empty() {
            arm = Some(if customer.buckets[of.offer] < i64::from(offer.arms[0]) { 0 } else { 2 });
            propensity *= f64::from(offer.arms[usize::from(arm.unwrap())]) / 10_000.0;
        }
        let sent: Vec<Row> =
            given.iter().filter(|row| !self.is_held_out(customer, row.offer.unwrap())).cloned().collect();
        let cost = (self.case.costs && !held_out).then(|| shared::cost(customer, &row, &sent));
        let outcome = &mut self.decided.outcomes[of.offer];
        if held_out {
            outcome.held_out += 1;
        } else {
            outcome.made += 1;
            outcome.by_channel[channel] += 1;
            if let Sharing::Left(used) = &mut self.sharing {
                used.take(self.case, customer, &row, &sent);
            }
        }
        self.decided.decisions.push(Decision {
            customer: at as u32,
            offer: OfferId(of.offer as u32),
            member: of.member.map(|member| member as u32),
            channel: ChannelId(channel as u32),
            slot: if offer.is_notice { 0 } else { slot },
            send_at: row.at,
            score: of.score,
            value: attempt.value,
            picks,
            arm,
            held_out,
            propensity,
            cost,
        });
        given.push(row);
    }
}

/// The items of an offer: of each pick, the best that is no pick yet.
fn picks(case: &Case, customer: &Customer, offer: usize) -> Option<Picks> {
    let mut picks = Picks::NONE;
    for pick in 0..case.offers[offer].picks {
        let score = |member: usize| if member == 2 - pick { customer.other_score } else { customer.scores[0] };
        let free = (0..MEMBERS).filter(|member| counts(score(*member)) && !picks.0.contains(&(*member as u32)));
        let best = free.reduce(|best, next| if score(next) > score(best) { next } else { best })?;
        picks.0[pick] = best as u32;
    }
    Some(picks)
}
