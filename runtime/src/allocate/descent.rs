//! Finds prices at which what is wanted fits: one resource after the other gets the least price at which it does, the
//! others' prices as they are, until nothing changes any more.

mod polish;
mod together;

use std::sync::atomic::{AtomicUsize, Ordering};

use super::market::{Bidder, Market, Row, market_costs};
use super::prices::{HIGHEST, PARTED, Resource, parted};
use super::respond::{Responder, Rules, Situation, Want};
use super::store::on_threads;
use super::{Beside, Use};
use together::Moving;

/// Sweeps over all resources, at most.
const MOST_SWEEPS: usize = 60;

/// Where there are fewer bidders, all prices are polished together also where each has one slot.
const MOST_POLISHED: usize = 1 << 14;

/// So few bidders are asked faster by one thread.
const FEW: usize = 2_000;

/// A range goes at least this far around a price: 2^-6 of it at first, then 2^-8.
const LEAST_FIRST: u32 = 6;
const LEAST_RANGE: u32 = 8;

/// A market and what there is of each resource for its bidders.
pub struct Descent<'a> {
    pub market: &'a Market,
    pub resources: &'a [Resource],
    /// What is left for the bidders; below 0: those who are sure take too much.
    pub room: &'a [i128],
    /// Prices stay within.
    pub low: &'a [u64],
    pub high: &'a [u64],
    /// The resources in the order of their keys.
    pub order: &'a [usize],
    pub beside: &'a dyn Beside,
    /// How far around a price the next range goes, in what chance does to a sample.
    pub slack: u128,
    pub threads: usize,
    /// Nothing is known of the prices yet.
    pub is_first: bool,
}

/// Where a descent has come to.
pub struct Descended {
    pub prices: Vec<u64>,
    /// Around each price, where the true one may be found with more customers.
    pub low: Vec<u64>,
    pub high: Vec<u64>,
    /// Some price would be better outside the range.
    pub at_edge: bool,
}

/// One bidder's use of a resource falls here by so much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Fall {
    price: u64,
    by: u64,
}

/// The least price at which what is wanted of one resource fits.
struct Found {
    price: u64,
    low: u64,
    high: u64,
    at_edge: bool,
}

impl Descent<'_> {
    /// From these prices on. Where many are worth the same, one price at a time gets stuck, for only two together make
    /// anybody change; so at first chance parts worths by a lot, then by less and less.
    pub fn run(&self, start: Vec<u64>) -> Descended {
        let index = Index::of(self.market, self.resources.len());
        let several = self.market.bidders.iter().any(|bidder| bidder.slots > 1);
        let mut prices = start;
        let (from, step, most) = match (self.is_first, several) {
            (true, false) => (1, 2, 12),
            (false, false) => (9, 4, 12),
            (true, true) => (1, 4, 4),
            (false, true) => (PARTED, 1, 0),
        };
        for by in (from..PARTED).step_by(step) {
            prices = self.sweeps(prices, by, most, &index).prices;
        }
        if several || self.market.bidders.len() < MOST_POLISHED {
            prices = self.polish(prices);
        }
        let found = self.sweeps(prices, PARTED, if several { 1 } else { MOST_SWEEPS }, &index);
        let Swept { prices, mut low, mut high, at_edge, .. } = found;
        let least = if self.is_first { LEAST_FIRST } else { LEAST_RANGE };
        for (price, (low, high)) in prices.iter().zip(low.iter_mut().zip(&mut high)) {
            *low = (*low).min(price - (price >> least));
            *high = (*high).max(price + (price >> least)).min(HIGHEST);
        }
        Descended { prices, low, high, at_edge }
    }

    /// Sweeps over all resources until nothing moves; the best prices that were come by.
    fn sweeps(&self, prices: Vec<u64>, by: u32, most: usize, index: &Index) -> Swept {
        let worths: Vec<i64> = self.market.rows.iter().map(|row| row.worth + more(row, by)).collect();
        let enough = if by < PARTED { 12 } else { 20 };
        let costs = market_costs(self.market, self.resources, &prices);
        let mut at = At { worths, costs, amounts: vec![0; self.market.bundles.len()] };
        let bound = self.bound(&at, &prices);
        let mut best =
            Swept { bound, prices: prices.clone(), low: self.low.to_vec(), high: self.high.to_vec(), at_edge: false };
        let alone = self.order.iter().filter_map(|at| Some((*at, Moving::one(self, *at, index)?)));
        let alone: Vec<(usize, Moving)> = alone.collect();
        let mut prices = prices;
        let mut stale = 0;
        for _ in 0..most {
            let mut moved = false;
            best.at_edge = false;
            for (resource, moving) in &alone {
                let before = prices.get(*resource).copied().unwrap_or(0);
                let Some(found) = self.go(moving, &mut prices, &mut at) else { continue };
                best.at_edge |= found.at_edge;
                moved |= found.price.abs_diff(before) > (before >> 20);
                set(&mut best.low, *resource, found.low);
                set(&mut best.high, *resource, found.high);
            }
            for moving in self.together(&prices, &at, index) {
                let before = prices.clone();
                let Some(found) = self.go(&moving, &mut prices, &mut at) else { continue };
                for (resource, from) in moving.resources.iter().zip(&moving.from) {
                    let of = |all: &[u64]| all.get(*resource).copied().unwrap_or(0);
                    let (low, high) = (of(&best.low).min(from + found.low), of(&best.high).max(from + found.high));
                    set(&mut best.low, *resource, low);
                    set(&mut best.high, *resource, high);
                }
                moved |= prices.iter().zip(&before).any(|(now, before)| now.abs_diff(*before) > (before >> 20));
            }
            let bound = self.bound(&at, &prices);
            stale = if bound < best.bound && best.bound - bound > best.bound >> enough { 0 } else { stale + 1 };
            if bound < best.bound {
                best.bound = bound;
                best.prices.clone_from(&prices);
            }
            if !moved || stale >= 3 {
                break;
            }
        }
        best
    }

    /// No allocation to the bidders is worth more.
    fn bound(&self, at: &At, prices: &[u64]) -> i128 {
        let sums = self.in_parts(self.market.bidders.len(), |part| {
            let mut asking = Asking::default();
            let mut sum = 0;
            for bidder in self.market.bidders.get(part).unwrap_or_default() {
                asking.fill(self.market, bidder, at);
                let situation = situation(self.market, bidder, &asking.fees, self.beside);
                sum += i128::from(asking.responder.respond(&asking.wants, &situation));
            }
            sum
        });
        sums.into_iter().sum::<i128>() + self.paid(prices)
    }

    /// What all that there is costs.
    fn paid(&self, prices: &[u64]) -> i128 {
        let paid = self.resources.iter().zip(prices).zip(self.room);
        paid.map(|((resource, price), room)| (i128::from(*price) * room) >> resource.bits).sum()
    }

    /// What is made of each part of so many, in their order, on several threads where there are many.
    fn in_parts<T: Send>(&self, length: usize, work: impl Fn(std::ops::Range<usize>) -> T + Sync) -> Vec<T> {
        let threads = self.threads.min(length / FEW).max(1);
        if threads == 1 {
            return vec![work(0..length)];
        }
        let size = length.div_ceil(threads);
        let next = AtomicUsize::new(0);
        let mut made = on_threads(threads, || {
            let part = next.fetch_add(1, Ordering::Relaxed);
            (part, work(part * size..((part + 1) * size).min(length)))
        });
        made.sort_by_key(|(part, _)| *part);
        made.into_iter().map(|(_, made)| made).collect()
    }

    /// The least price at which what is wanted fits of the resources whose prices move.
    fn least(&self, moving: &Moving, prices: &[u64], at: &mut At) -> Option<Found> {
        if moving.bidders.is_empty() {
            return None;
        }
        // For the question, costs are without these resources, or as where the move begins.
        for bundle in &moving.bundles {
            let (mut amount, mut less): (u64, i64) = (0, 0);
            for used in self.market.bundle(*bundle) {
                let Some(position) = moving.position(used) else { continue };
                let at = used.resource as usize;
                let (Some(resource), Some(price)) = (self.resources.get(at), prices.get(at)) else { continue };
                amount = amount.saturating_add(used.amount);
                less += resource.cost(used.amount, *price);
                if moving.resources.len() > 1 {
                    less -= resource.cost(used.amount, moving.from.get(position).copied().unwrap_or(0));
                }
            }
            set(&mut at.amounts, *bundle as usize, amount);
            if let Some(cost) = at.costs.get_mut(*bundle as usize) {
                *cost -= less;
            }
        }
        let asked = &*at;
        let parts = self.in_parts(moving.bidders.len(), |part| {
            let mut asking = Asking::default();
            let mut wanted = 0;
            for bidder in moving.bidders.get(part).unwrap_or_default() {
                let Some(bidder) = self.market.bidders.get(*bidder as usize) else { continue };
                let (this, low, high) = (&moving.unit, moving.low, moving.high);
                let question = Question { descent: self, this, bidder, at: asked, low, high };
                wanted += i128::from(asking.falls_of(&question));
            }
            (wanted, asking.falls)
        });
        for bundle in &moving.bundles {
            set(&mut at.amounts, *bundle as usize, 0);
        }
        let wanted = parts.iter().map(|(wanted, _)| *wanted).sum();
        let mut falls = parts.into_iter().map(|(_, falls)| falls).reduce(|mut all, falls| {
            all.extend(falls);
            all
        })?;
        falls.sort_unstable();
        Some(self.find(&falls, wanted, moving.room, moving.low, moving.high))
    }

    /// Moves prices to the least at which what is wanted fits.
    fn go(&self, moving: &Moving, prices: &mut [u64], at: &mut At) -> Option<Found> {
        let found = self.least(moving, prices, at)?;
        for (resource, from) in moving.resources.iter().zip(&moving.from) {
            set(prices, *resource, from + found.price);
        }
        for bundle in &moving.bundles {
            if let Some(cost) = at.costs.get_mut(*bundle as usize) {
                *cost = super::prices::cost(self.resources, prices, self.market.bundle(*bundle));
            }
        }
        Some(found)
    }

    /// Walks up the falls to where what is wanted fits, and some way around it.
    fn find(&self, falls: &[Fall], wanted: i128, room: i128, low: u64, high: u64) -> Found {
        let mean = falls.iter().map(|fall| u128::from(fall.by)).sum::<u128>() / falls.len().max(1) as u128;
        let spread = (room.max(0).cast_unsigned() * mean.max(1)).isqrt() * self.slack + 2 * mean;
        let doubt = spread.cast_signed();
        let mut found = Found { price: high, low, high, at_edge: wanted > room };
        let mut left = wanted;
        let mut is_found = left <= room;
        if is_found {
            found.price = low;
            // Where all is wanted at no price at all, nothing is scarce.
            found.at_edge = low > 0 && room - left > doubt;
        }
        for fall in falls {
            if left > room + doubt {
                found.low = fall.price.saturating_sub(1).max(low);
            }
            left -= i128::from(fall.by);
            if !is_found && left <= room {
                is_found = true;
                found.at_edge = false;
                found.price = fall.price;
            }
            if left < room - doubt {
                found.high = fall.price;
                break;
            }
        }
        found
    }
}

/// Which bidders and bundles have to do with a resource.
pub struct Index {
    bidders: Vec<Vec<u32>>,
    bundles: Vec<Vec<u32>>,
}

impl Index {
    pub fn of(market: &Market, resources: usize) -> Self {
        let mut index = Self { bidders: vec![Vec::new(); resources], bundles: vec![Vec::new(); resources] };
        for (bidder, number) in market.bidders.iter().zip(0..) {
            let rows = market.rows(bidder).iter().map(|row| row.bundle);
            for bundle in rows.chain(market.messages(bidder).iter().copied()) {
                add(&mut index.bidders, market.bundle(bundle), number);
            }
        }
        for (uses, number) in market.bundles.iter().zip(0..) {
            add(&mut index.bundles, uses, number);
        }
        index
    }

    /// Who could take some of a resource.
    pub fn bidders(&self, resource: usize) -> &[u32] {
        self.bidders.get(resource).map_or(&[], Vec::as_slice)
    }
}

/// Puts a number down at each resource that is used, once.
fn add(by_resource: &mut [Vec<u32>], uses: &[Use], number: u32) {
    for one in uses {
        if let Some(numbers) = by_resource.get_mut(one.resource as usize).filter(|all| all.last() != Some(&number)) {
            numbers.push(number);
        }
    }
}

/// How things stand while prices are looked for.
struct At {
    /// By row.
    worths: Vec<i64>,
    /// By bundle.
    costs: Vec<i64>,
    /// By bundle: how much it takes of the resource in question.
    amounts: Vec<u64>,
}

/// Where sweeps have come to.
struct Swept {
    bound: i128,
    prices: Vec<u64>,
    low: Vec<u64>,
    high: Vec<u64>,
    at_edge: bool,
}

/// By how much more chance parts a row at first.
fn more(row: &Row, by: u32) -> i64 {
    if by < PARTED { parted(row.worth, row.share, by) - row.worth } else { 0 }
}

fn set(values: &mut [u64], at: usize, value: u64) {
    if let Some(old) = values.get_mut(at) {
        *old = value;
    }
}

/// One bidder, asked about one resource.
struct Question<'q> {
    descent: &'q Descent<'q>,
    this: &'q Resource,
    bidder: &'q Bidder,
    at: &'q At,
    low: u64,
    high: u64,
}

impl Question<'_> {
    /// Each row with what it gains without the cost of the resource, and how much it takes of it.
    fn rows(&self) -> impl Iterator<Item = (i64, u64, &Row)> {
        let worths = self.at.worths.get(self.bidder.rows.clone()).unwrap_or_default();
        self.descent.market.rows(self.bidder).iter().zip(worths).map(|(row, worth)| {
            let (cost, amount) = self.bundle(row.bundle);
            (worth - cost, amount, row)
        })
    }

    fn bundle(&self, bundle: u32) -> (i64, u64) {
        let of = bundle as usize;
        (self.at.costs.get(of).copied().unwrap_or(0), self.at.amounts.get(of).copied().unwrap_or(0))
    }

    fn message(&self, message: u8) -> (i64, u64) {
        let messages = self.descent.market.messages(self.bidder);
        messages.get(usize::from(message)).map_or((0, 0), |bundle| self.bundle(*bundle))
    }
}

/// The buffers of all questions of one thread.
#[derive(Default)]
struct Asking {
    responder: Responder,
    falls: Vec<Fall>,
    wants: Vec<Want>,
    fees: Vec<i64>,
}

impl Asking {
    fn fill(&mut self, market: &Market, bidder: &Bidder, at: &At) {
        let of = |bundle: u32| at.costs.get(bundle as usize).copied().unwrap_or(0);
        let worths = at.worths.get(bidder.rows.clone()).unwrap_or_default();
        self.wants.clear();
        let rows = market.rows(bidder).iter().zip(worths);
        self.wants.extend(rows.map(|(row, worth)| Want { gain: worth - of(row.bundle), choice: row.choice }));
        self.fees.clear();
        self.fees.extend(market.messages(bidder).iter().map(|bundle| of(*bundle)));
    }

    /// Where a bidder's use of a resource falls between two prices; what it is at the lower one.
    fn falls_of(&mut self, question: &Question<'_>) -> u64 {
        let Question { bidder, low, high, .. } = question;
        if bidder.slots == 1
            && bidder.before.is_empty()
            && let Some(used) = self.one_fall(question)
        {
            return used;
        }
        let first = self.used_at(question, *low);
        let last = self.used_at(question, *high);
        self.between(question, (*low, first), (*high, last), 0);
        first.0
    }

    /// Of one slot, where all choices take the same of the resource or nothing: the best with it gives way to the best
    /// without it at one price.
    fn one_fall(&mut self, question: &Question<'_>) -> Option<u64> {
        let (mut without, mut with, mut amount, mut held_out) = (-1, i64::MIN, 0, false);
        for (gain, own, row) in question.rows() {
            let (fee, of_message) = question.message(row.choice.message);
            let (gain, takes) = (gain - fee, own + of_message);
            if takes == 0 {
                without = gain.max(without);
            } else if amount != 0 && amount != takes {
                return None;
            } else {
                amount = takes;
                if gain > with {
                    (with, held_out) = (gain, row.choice.held_out);
                }
            }
        }
        if amount == 0 || with < 0 || with <= without || held_out {
            return Some(0);
        }
        let fall = question.this.too_dear(amount, with - without.max(0) - i64::from(without >= 0));
        if fall <= question.low {
            return Some(0);
        }
        if fall <= question.high {
            self.falls.push(Fall { price: fall, by: amount });
        }
        Some(amount)
    }

    /// What a bidder uses of a resource at a price, and what they gain.
    fn used_at(&mut self, question: &Question<'_>, price: u64) -> (u64, i64) {
        let cost = |amount: u64| if amount > 0 { question.this.cost(amount, price) } else { 0 };
        let Descent { market, beside, .. } = question.descent;
        self.wants.clear();
        let rows = question.rows();
        self.wants.extend(rows.map(|(gain, amount, row)| Want { gain: gain - cost(amount), choice: row.choice }));
        self.fees.clear();
        let messages = market.messages(question.bidder).iter().map(|bundle| question.bundle(*bundle));
        self.fees.extend(messages.map(|(fee, amount)| fee + cost(amount)));
        let situation = situation(market, question.bidder, &self.fees, *beside);
        let gain = self.responder.respond(&self.wants, &situation);
        let mut used: u64 = 0;
        market.each_bundle(question.bidder, self.responder.chosen.iter().copied(), |bundle| {
            used = used.saturating_add(question.bundle(bundle).1);
        });
        (used, gain)
    }

    /// The falls between two prices with what is used and gained there: where the lines of gains cross, or half-way.
    fn between(&mut self, question: &Question<'_>, from: (u64, (u64, i64)), to: (u64, (u64, i64)), depth: u32) {
        let ((low, (used, gain)), (high, (used_high, gain_high))) = (from, to);
        if used <= used_high || low >= high {
            return;
        }
        if high - low == 1 || depth > 70 {
            self.falls.push(Fall { price: high, by: used - used_high });
            return;
        }
        // The gain falls by `used` a unit of price from `low` on, and by `used_high` up to `high`.
        let bits = question.this.bits;
        let more = (u128::from(used) * u128::from(high - low)) >> bits;
        let crossing = more.cast_signed() - i128::from(gain - gain_high);
        let back = (crossing.max(0).cast_unsigned() << bits) / u128::from(used - used_high);
        let middle =
            if depth > 8 { low + (high - low) / 2 } else { high.saturating_sub(u64::try_from(back).unwrap_or(0)) };
        let middle = middle.clamp(low + 1, high - 1);
        let at_middle = self.used_at(question, middle);
        self.between(question, from, (middle, at_middle), depth + 1);
        self.between(question, (middle, at_middle), to, depth + 1);
    }
}

/// A bidder's situation at prices.
pub fn situation<'a>(market: &'a Market, bidder: &Bidder, fees: &'a [i64], beside: &'a dyn Beside) -> Situation<'a> {
    Situation { fees, slots: usize::from(bidder.slots), before: market.before(bidder), rules: Rules::All(beside) }
}

/// Prices from nothing to more than anything is worth.
pub fn everything(resources: &[Resource]) -> (Vec<u64>, Vec<u64>) {
    (vec![0; resources.len()], vec![HIGHEST; resources.len()])
}
