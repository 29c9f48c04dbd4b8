//! What one customer takes when every choice has its gain: the best that fits in their slots, beside each other.

use std::cmp::Reverse;

use super::search::Search;
use super::{Beside, Choice};

/// One choice, as it stands at some prices.
#[derive(Clone, Copy, Debug)]
pub struct Want {
    /// What it is worth less what it costs, its message not counted.
    pub gain: i64,
    pub choice: Choice,
}

/// A customer's situation.
#[derive(Clone, Copy)]
pub struct Situation<'a> {
    /// What each message costs.
    pub fees: &'a [i64],
    pub slots: usize,
    /// What the customer has already.
    pub before: &'a [Choice],
    pub rules: Rules<'a>,
}

/// What must hold of choices beside each other.
#[derive(Clone, Copy)]
pub enum Rules<'a> {
    /// All that is known.
    All(&'a dyn Beside),
    /// Only what holds whenever they are sent.
    Always(&'a dyn Beside),
}

impl Rules<'_> {
    fn fit(self, chosen: &[Choice], next: &Choice) -> bool {
        match self {
            Self::All(beside) => beside.fits(chosen, next),
            Self::Always(beside) => beside.can_stand(chosen, next),
        }
    }

    /// How many can come by the channel of a choice, notices aside.
    pub fn most_by(self, choice: &Choice) -> usize {
        let (Self::All(beside) | Self::Always(beside)) = self;
        beside.most_by(choice)
    }
}

/// Messages that cost something are tried in every combination up to so many.
const MOST_COMBINED: usize = 4;

/// For so many slots the best choices of each message are picked out before they are put in order, and what does not go
/// together is searched; for more they are taken in order.
pub const FEW_SLOTS: usize = 8;

/// So many choices are tried for a response, and for a bound.
const TRIED: usize = 64;
const TRIED_FOR_BOUND: usize = 1_024;

/// Finds responses; kept, so that nothing is allocated for each.
#[derive(Debug, Default)]
pub struct Responder {
    /// The response: positions among the wants, the greatest gain first.
    pub chosen: Vec<usize>,
    order: Vec<usize>,
    costly: Vec<u8>,
    short: Vec<Short>,
    search: Search,
    /// The wants with the cost of their message, where it carries only one, and what the other messages cost.
    wants: Vec<Want>,
    fees: Vec<i64>,
}

impl Responder {
    /// The best that can be had, and what it gains. Of equals the first.
    ///
    /// One slot: the best choice. Several: of messages that cost something every combination, and with each the choices with
    /// the greatest gains, each offer once; where some of them do not go beside each other, the best of all that is found
    /// by trying so many choices ([`Search`]).
    pub fn respond(&mut self, wants: &[Want], situation: &Situation<'_>) -> i64 {
        self.find(wants, situation, TRIED)
    }

    fn find(&mut self, wants: &[Want], situation: &Situation<'_>, tried: usize) -> i64 {
        if situation.slots == 1 {
            return self.one(wants, situation);
        }
        let (mut with_fees, mut fees) = (std::mem::take(&mut self.wants), std::mem::take(&mut self.fees));
        pay_alone(wants, situation, &mut with_fees, &mut fees);
        let gain = self.find_several(&with_fees, &Situation { fees: &fees, ..*situation }, tried);
        (self.wants, self.fees) = (with_fees, fees);
        gain
    }

    fn find_several(&mut self, wants: &[Want], situation: &Situation<'_>, tried: usize) -> i64 {
        if situation.slots <= FEW_SLOTS {
            self.shortlist(wants, situation);
            let gain = self.best_combination(wants, situation, tried);
            if !self.search.refused {
                return gain;
            }
        }
        self.order.clear();
        self.order.extend((0..wants.len()).filter(|at| gain(wants, *at) >= 0));
        self.order.sort_by_key(|at| -gain(wants, *at));
        self.best_combination(wants, situation, tried)
    }

    /// The best that the choices in order give, by any messages.
    fn best_combination(&mut self, wants: &[Want], situation: &Situation<'_>, tried: usize) -> i64 {
        self.find_costly(wants, situation.fees);
        self.drop_what_does_not_pay(wants, situation);
        self.chosen.clear();
        self.search.begin(situation.before);
        if self.costly.len() > MOST_COMBINED {
            return self.step_by_step(wants, situation);
        }
        for combination in (0..1_usize << self.costly.len()).rev() {
            let bit = |message: u8| self.costly.iter().position(|costly| *costly == message);
            let is_open = |message: u8| bit(message).is_none_or(|bit| combination >> bit & 1 != 0);
            let open = self.order.iter().filter_map(|at| wants.get(*at).map(|want| (*at, *want)));
            let open = open.filter(|(_, want)| is_open(want.choice.message));
            let fees = (0..).zip(&self.costly).filter(|(bit, _)| combination >> bit & 1 != 0);
            let fees = fees.map(|(_, message)| situation.fees.get(usize::from(*message)).copied().unwrap_or(0));
            let fees = fees.fold(0, i64::saturating_add);
            self.search.run(open, fees, situation, tried);
        }
        self.chosen.extend(&self.search.best);
        self.search.gain
    }

    /// Of each message as many choices as there are slots, the best. If all go beside each other, no other choice is in the
    /// response.
    fn shortlist(&mut self, wants: &[Want], situation: &Situation<'_>) {
        let mut lists = 0;
        for (at, want) in wants.iter().enumerate().filter(|(_, want)| want.gain >= 0) {
            let message = want.choice.message;
            let list = match self.short.iter().take(lists).position(|short| short.message == message) {
                Some(list) => list,
                None => {
                    lists += 1;
                    self.open_list(lists - 1, message)
                }
            };
            if let Some(short) = self.short.get_mut(list).filter(|short| want.gain > short.bar) {
                short.put(want, at, situation.slots);
            }
        }
        self.order.clear();
        for short in self.short.iter().take(lists) {
            self.order.extend(short.best.iter().map(|(_, at, _)| *at));
        }
        self.order.sort_unstable_by_key(|at| (-gain(wants, *at), *at));
    }

    /// Begins a list anew; where there has been one, in its place.
    fn open_list(&mut self, list: usize, message: u8) -> usize {
        match self.short.get_mut(list) {
            Some(short) => {
                (short.message, short.bar) = (message, -1);
                short.best.clear();
            }
            None => self.short.push(Short { message, bar: -1, best: Vec::new() }),
        }
        list
    }

    /// At least what any response gains.
    pub fn bound(&mut self, wants: &[Want], situation: &Situation<'_>) -> i64 {
        if situation.slots == 1 {
            return self.respond(wants, situation);
        }
        let (mut with_fees, mut fees) = (std::mem::take(&mut self.wants), std::mem::take(&mut self.fees));
        pay_alone(wants, situation, &mut with_fees, &mut fees);
        self.order.clear();
        self.order.extend(0..wants.len());
        self.find_costly(&with_fees, &fees);
        if self.costly.len() > MOST_COMBINED {
            // A message carries at most as many as there are slots, so each bears at least its share.
            let shares = i64::try_from(situation.slots.min(wants.len())).unwrap_or(i64::MAX);
            with_fees.iter_mut().for_each(|want| want.gain -= fee(&fees, &want.choice) / shares);
            fees.clear();
        }
        self.find_several(&with_fees, &Situation { fees: &fees, ..*situation }, TRIED_FOR_BOUND);
        (self.wants, self.fees) = (with_fees, fees);
        self.search.most
    }

    fn one(&mut self, wants: &[Want], situation: &Situation<'_>) -> i64 {
        self.chosen.clear();
        let mut best: Option<(i64, usize)> = None;
        for (at, want) in wants.iter().enumerate() {
            let gain = want.gain - fee(situation.fees, &want.choice);
            let better = gain >= 0 && best.is_none_or(|(best, _)| gain > best);
            if better && fits(situation, situation.before, &want.choice) {
                best = Some((gain, at));
            }
        }
        self.chosen.extend(best.map(|(_, at)| at));
        best.map_or(0, |(gain, _)| gain)
    }

    fn find_costly(&mut self, wants: &[Want], fees: &[i64]) {
        self.costly.clear();
        for want in self.order.iter().filter_map(|at| wants.get(*at)) {
            if fee(fees, &want.choice) > 0 && !self.costly.contains(&want.choice.message) {
                self.costly.push(want.choice.message);
            }
        }
    }

    /// Drops the messages that cannot bring in what they cost.
    fn drop_what_does_not_pay(&mut self, wants: &[Want], situation: &Situation<'_>) {
        let Self { costly, order, .. } = self;
        costly.retain(|message| {
            let by_message =
                order.iter().filter_map(|at| wants.get(*at)).filter(|want| want.choice.message == *message);
            let most = by_message.clone().next().map_or(0, |want| situation.rules.most_by(&want.choice));
            let best = by_message.clone().take(most.min(situation.slots)).map(|want| want.gain);
            let pays = by_message
                .clone()
                .next()
                .is_some_and(|want| best.fold(0, i64::saturating_add) > fee(situation.fees, &want.choice));
            if !pays {
                order.retain(|at| wants.get(*at).is_none_or(|want| want.choice.message != *message));
            }
            pays
        });
    }

    /// One after the other, each time what gains most with its message, where that is not yet open.
    fn step_by_step(&mut self, wants: &[Want], situation: &Situation<'_>) -> i64 {
        let mut beside = situation.before.to_vec();
        let mut total = 0;
        while self.chosen.len() < situation.slots {
            let is_open =
                |message| self.chosen.iter().filter_map(|at| wants.get(*at)).any(|w| w.choice.message == message);
            let with_fee = |want: &Want| {
                want.gain - if is_open(want.choice.message) { 0 } else { fee(situation.fees, &want.choice) }
            };
            let possible = self.order.iter().filter_map(|at| wants.get(*at).map(|want| (with_fee(want), *at, want)));
            let next = possible
                .filter(|(gain, at, want)| {
                    *gain >= 0 && !self.chosen.contains(at) && fits(situation, &beside, &want.choice)
                })
                .max_by_key(|(gain, at, _)| (*gain, Reverse(*at)));
            let Some((gain, at, want)) = next else { break };
            total += gain;
            self.chosen.push(at);
            beside.push(want.choice);
        }
        total
    }
}

/// Lets each choice pay for its message where that carries no other, so that it need not be tried with and without it.
fn pay_alone(wants: &[Want], situation: &Situation<'_>, with_fees: &mut Vec<Want>, fees: &mut Vec<i64>) {
    with_fees.clear();
    fees.clear();
    fees.extend(situation.fees);
    for want in wants {
        let mut want = *want;
        if situation.rules.most_by(&want.choice) == 1 {
            want.gain -= fee(situation.fees, &want.choice);
            if let Some(fee) = fees.get_mut(usize::from(want.choice.message)) {
                *fee = 0;
            }
        }
        with_fees.push(want);
    }
}

fn gain(wants: &[Want], at: usize) -> i64 {
    wants.get(at).map_or(-1, |want| want.gain)
}

fn fee(fees: &[i64], choice: &Choice) -> i64 {
    fees.get(usize::from(choice.message)).copied().unwrap_or(0)
}

fn fits(situation: &Situation<'_>, chosen: &[Choice], next: &Choice) -> bool {
    !again(chosen, next) && goes(situation, chosen, next)
}

/// Whether the offer is there already.
pub fn again(chosen: &[Choice], next: &Choice) -> bool {
    chosen.iter().any(|other| (other.offer, other.member) == (next.offer, next.member))
}

pub fn goes(situation: &Situation<'_>, chosen: &[Choice], next: &Choice) -> bool {
    chosen.is_empty() || situation.rules.fit(chosen, next)
}

/// The best choices of one message, each offer once.
#[derive(Debug)]
struct Short {
    message: u8,
    /// What does not gain more is not among them.
    bar: i64,
    /// What it gains, its position, its offer and member.
    best: Vec<(i64, usize, (u32, u32))>,
}

impl Short {
    fn put(&mut self, want: &Want, at: usize, slots: usize) {
        let offer = (want.choice.offer, want.choice.member);
        if let Some(same) = self.best.iter_mut().find(|(.., other)| *other == offer) {
            if want.gain > same.0 {
                *same = (want.gain, at, offer);
            }
        } else if self.best.len() < slots {
            self.best.push((want.gain, at, offer));
        } else if let Some(worst) = self.best.iter_mut().min_by_key(|(gain, at, _)| (*gain, Reverse(*at))) {
            *worst = (want.gain, at, offer);
        }
        if self.best.len() == slots {
            self.bar = self.best.iter().map(|(gain, ..)| *gain).min().unwrap_or(-1);
        }
    }
}
