//! Gives what there is to those whose choice is open, and never more than there is.
//!
//! At the prices nearly everything fits. Those to whom it makes the most difference choose first; who finds something gone
//! takes the next best. Then, for what is left, at no price: whoever can do better does, the greatest step first.

use super::asking::Asking;
use super::intern::turn;
use super::market::{Bidder, Market, Row, market_costs};
use super::prices::Resource;
use super::{Beside, Use};

/// Rounds in which what is left is handed out, at most.
const MOST_ROUNDS: usize = 8;

/// Hands out what is left of the resources to the bidders of a market.
pub struct Rounding<'a> {
    pub market: &'a Market,
    pub resources: &'a [Resource],
    pub beside: &'a dyn Beside,
    /// What is left.
    pub left: &'a mut [u64],
}

/// What each bidder has: positions among their rows.
pub type Had = Vec<Vec<u32>>;

impl Rounding<'_> {
    /// Lets bidders choose at the prices, those first to whom it makes the most difference.
    pub fn choose(&mut self, prices: &[u64]) -> Had {
        let costs = market_costs(self.market, self.resources, prices);
        let mut asking = Asking::default();
        let mut order: Vec<(i64, u64, usize)> = Vec::with_capacity(self.market.bidders.len());
        for (at, bidder) in self.market.bidders.iter().enumerate() {
            let regret = asking.regret(self.market, bidder, &costs, self.beside);
            order.push((-regret, turn(bidder.lot), at));
        }
        order.sort_unstable();
        let mut had: Had = vec![Vec::new(); self.market.bidders.len()];
        for (_, _, at) in order {
            let (Some(bidder), Some(had)) = (self.market.bidders.get(at), had.get_mut(at)) else { continue };
            asking
                .ask(self.market, bidder, &costs, self.beside, |row| row.choice.held_out || self.has_room(bidder, row));
            for position in asking.chosen() {
                if self.take(bidder, had, position) {
                    had.push(position);
                }
            }
        }
        had
    }

    /// Gives what is left to whoever can do better with it than with what they have.
    pub fn hand_out(&mut self, had: &mut Had) {
        let free = vec![0; self.market.bundles.len()];
        let mut asking = Asking::default();
        for _ in 0..MOST_ROUNDS {
            let mut order: Vec<(i64, u64, usize)> = Vec::new();
            for (at, bidder) in self.market.bidders.iter().enumerate() {
                let Some(had) = had.get(at) else { continue };
                let step = self.step(bidder, had, &free, &mut asking);
                if step > 0 {
                    order.push((-step, turn(bidder.lot), at));
                }
            }
            if order.is_empty() {
                return;
            }
            order.sort_unstable();
            for (_, _, at) in order {
                if let Some((bidder, had)) = self.market.bidders.get(at).zip(had.get_mut(at)) {
                    self.make_step(bidder, had, &free, &mut asking);
                }
            }
        }
    }

    /// By how much a bidder could do better.
    fn step(&mut self, bidder: &Bidder, had: &[u32], free: &[i64], asking: &mut Asking) -> i64 {
        let now = self.market.worth(bidder, had);
        self.give_back_all(bidder, had);
        let better = self.best(bidder, had, free, asking);
        self.take_all(bidder, had);
        better - now
    }

    fn make_step(&mut self, bidder: &Bidder, had: &mut Vec<u32>, free: &[i64], asking: &mut Asking) {
        let now = self.market.worth(bidder, had);
        self.give_back_all(bidder, had);
        let better = self.best(bidder, had, free, asking);
        let mut next: Vec<u32> = Vec::new();
        if better > now {
            for position in asking.chosen() {
                if self.take(bidder, &next, position) {
                    next.push(position);
                }
            }
            if self.market.worth(bidder, &next) > now {
                *had = next;
                return;
            }
            self.give_back_all(bidder, &next);
        }
        self.take_all(bidder, had);
    }

    /// What the best is worth that a bidder who has given all back can have.
    fn best(&self, bidder: &Bidder, had: &[u32], free: &[i64], asking: &mut Asking) -> i64 {
        asking.ask_again(self.market, bidder, free, self.beside, had, |row| self.has_room(bidder, row));
        let chosen: Vec<u32> = asking.chosen().collect();
        self.market.worth(bidder, &chosen)
    }

    fn has_room(&self, bidder: &Bidder, row: &Row) -> bool {
        let fits = |one: &Use| self.left.get(one.resource as usize).is_some_and(|left| *left >= one.amount);
        let message = self.market.message(bidder, &row.choice);
        self.market.bundle(row.bundle).iter().all(fits) && self.market.bundle(message).iter().all(fits)
    }

    /// What a choice takes beside those that the bidder has.
    fn uses(&self, bidder: &Bidder, had: &[u32], position: u32) -> [&[Use]; 2] {
        let rows = self.market.rows(bidder);
        let Some(row) = rows.get(position as usize).filter(|row| !row.choice.held_out) else { return [&[], &[]] };
        let mut others = had.iter().filter_map(|position| rows.get(*position as usize));
        let is_open = others.any(|other| !other.choice.held_out && other.choice.message == row.choice.message);
        let message = if is_open { 0 } else { self.market.message(bidder, &row.choice) };
        [self.market.bundle(row.bundle), self.market.bundle(message)]
    }

    /// Takes what a choice takes, all of it or nothing.
    fn take(&mut self, bidder: &Bidder, had: &[u32], position: u32) -> bool {
        let [own, message] = self.uses(bidder, had, position);
        let (own, message) = (own.to_vec(), message.to_vec());
        for (paid, one) in own.iter().chain(&message).enumerate() {
            match self.left.get_mut(one.resource as usize).filter(|left| **left >= one.amount) {
                Some(left) => *left -= one.amount,
                None => {
                    let back: Vec<Use> = own.iter().chain(&message).take(paid).copied().collect();
                    give_back(self.left, &back);
                    return false;
                }
            }
        }
        true
    }

    fn take_all(&mut self, bidder: &Bidder, had: &[u32]) {
        for (before, position) in had.iter().enumerate() {
            self.take(bidder, had.get(..before).unwrap_or_default(), *position);
        }
    }

    fn give_back_all(&mut self, bidder: &Bidder, had: &[u32]) {
        for (before, position) in had.iter().enumerate() {
            let [own, message] = self.uses(bidder, had.get(..before).unwrap_or_default(), *position);
            let back: Vec<Use> = own.iter().chain(message).copied().collect();
            give_back(self.left, &back);
        }
    }
}

fn give_back(left: &mut [u64], uses: &[Use]) {
    for one in uses {
        if let Some(left) = left.get_mut(one.resource as usize) {
            *left += one.amount;
        }
    }
}
