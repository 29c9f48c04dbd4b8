//! What one customer takes when every choice has its gain: the best that fits in their slots, beside each other.

use std::cmp::Reverse;

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
    /// None: whatever fits in the slots fits.
    pub beside: Option<&'a dyn Beside>,
}

/// Messages that cost something are tried in every combination up to so many.
const MOST_COMBINED: usize = 4;

/// For so many slots the best choices of each message are picked out before they are put in order.
const FEW_SLOTS: usize = 8;

/// Finds responses; kept, so that nothing is allocated for each.
#[derive(Debug, Default)]
pub struct Responder {
    /// The response: positions among the wants, the greatest gain first.
    pub chosen: Vec<usize>,
    order: Vec<usize>,
    trial: Vec<usize>,
    costly: Vec<u8>,
    beside: Vec<Choice>,
    short: Vec<Short>,
    /// Something did not go beside what was chosen.
    refused: bool,
}

impl Responder {
    /// The best that can be had, and what it gains. Of equals the first.
    ///
    /// One slot: the best choice. Several: the choices with the greatest gains, each offer once, each if it fits beside
    /// those before it; of messages that cost something the best combination.
    pub fn respond(&mut self, wants: &[Want], situation: &Situation<'_>) -> i64 {
        self.chosen.clear();
        if situation.slots == 1 {
            return self.one(wants, situation);
        }
        if situation.slots <= FEW_SLOTS {
            self.shortlist(wants, situation);
            self.refused = false;
            let gain = self.best_combination(wants, situation);
            if !self.refused {
                return gain;
            }
            self.chosen.clear();
        }
        self.order.clear();
        self.order.extend((0..wants.len()).filter(|at| gain(wants, *at) >= 0));
        self.order.sort_by_key(|at| -gain(wants, *at));
        self.best_combination(wants, situation)
    }

    /// The best that the choices in order give, by any messages.
    fn best_combination(&mut self, wants: &[Want], situation: &Situation<'_>) -> i64 {
        self.find_costly(wants, situation.fees);
        if self.costly.len() > MOST_COMBINED {
            return self.step_by_step(wants, situation);
        }
        let mut best = None;
        for combination in (0..1_usize << self.costly.len()).rev() {
            let gain = self.walk(wants, situation, combination);
            if best.is_none_or(|best| gain > best) {
                best = Some(gain);
                std::mem::swap(&mut self.chosen, &mut self.trial);
            }
        }
        best.unwrap_or(0)
    }

    /// Of each message as many choices as there are slots, the best; none of one that cannot bring in what it costs. If
    /// all go beside each other, no other choice is in the response.
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
            let sum: i64 = short.best.iter().map(|(gain, ..)| *gain).fold(0, i64::saturating_add);
            if sum >= situation.fees.get(usize::from(short.message)).copied().unwrap_or(0) {
                self.order.extend(short.best.iter().map(|(_, at, _)| *at));
            }
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

    /// At least what any response gains that breaks no rule but those of [`Beside`].
    pub fn bound(&mut self, wants: &[Want], situation: &Situation<'_>) -> i64 {
        let alone = Situation { beside: None, ..*situation };
        if situation.slots == 1 {
            return self.respond(wants, &alone);
        }
        self.order.clear();
        self.order.extend(0..wants.len());
        self.find_costly(wants, situation.fees);
        if self.costly.len() <= MOST_COMBINED {
            return self.respond(wants, &alone);
        }
        // A message carries at most as many as there are slots, so each bears at least its share.
        let shares = i64::try_from(situation.slots.min(wants.len())).unwrap_or(i64::MAX);
        let shared = |want: &Want| Want { gain: want.gain - fee(situation.fees, &want.choice) / shares, ..*want };
        let wants: Vec<Want> = wants.iter().map(shared).collect();
        self.respond(&wants, &Situation { fees: &[], ..alone })
    }

    fn one(&mut self, wants: &[Want], situation: &Situation<'_>) -> i64 {
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

    /// The choices with the greatest gains by messages that cost nothing or are in the combination.
    fn walk(&mut self, wants: &[Want], situation: &Situation<'_>, combination: usize) -> i64 {
        self.trial.clear();
        self.beside.clear();
        self.beside.extend(situation.before);
        let mut total = 0;
        let mut paid = 0;
        for at in &self.order {
            if self.trial.len() == situation.slots {
                break;
            }
            let Some(want) = wants.get(*at) else { continue };
            let costly = self.costly.iter().position(|message| *message == want.choice.message);
            let open = costly.is_none_or(|bit| combination & (1 << bit) != 0);
            if !open || again(&self.beside, &want.choice) {
                continue;
            }
            if !goes(situation, &self.beside, &want.choice) {
                self.refused = true;
            } else {
                let first = costly.filter(|bit| paid & (1 << bit) == 0);
                if let Some(bit) = first {
                    paid |= 1 << bit;
                    total -= fee(situation.fees, &want.choice);
                }
                total += want.gain;
                self.trial.push(*at);
                self.beside.push(want.choice);
            }
        }
        total
    }

    /// One after the other, each time what gains most with its message, where that is not yet open.
    fn step_by_step(&mut self, wants: &[Want], situation: &Situation<'_>) -> i64 {
        self.beside.clear();
        self.beside.extend(situation.before);
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
                    *gain >= 0 && !self.chosen.contains(at) && fits(situation, &self.beside, &want.choice)
                })
                .max_by_key(|(gain, at, _)| (*gain, Reverse(*at)));
            let Some((gain, at, want)) = next else { break };
            total += gain;
            self.chosen.push(at);
            self.beside.push(want.choice);
        }
        total
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
fn again(chosen: &[Choice], next: &Choice) -> bool {
    chosen.iter().any(|other| (other.offer, other.member) == (next.offer, next.member))
}

fn goes(situation: &Situation<'_>, chosen: &[Choice], next: &Choice) -> bool {
    chosen.is_empty() || situation.beside.is_none_or(|beside| beside.fits(chosen, next))
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
