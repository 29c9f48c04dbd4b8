//! Asks a bidder what they would take: of all their choices, or of those that are possible for them.

use super::Beside;
use super::descent::situation;
use super::market::{Bidder, Market, Row};
use super::respond::{Responder, Want};

/// More than anything is worth: what is held out stays, whatever is better.
const STAYS: i64 = i64::MAX >> 4;

/// The buffers of all questions.
#[derive(Debug, Default)]
pub struct Asking {
    responder: Responder,
    wants: Vec<Want>,
    fees: Vec<i64>,
    /// The positions of the wants among the bidder's rows.
    positions: Vec<u32>,
}

impl Asking {
    /// Finds the best for a bidder at what bundles cost, of the choices that are possible.
    pub fn ask(
        &mut self,
        market: &Market,
        bidder: &Bidder,
        costs: &[i64],
        beside: &dyn Beside,
        possible: impl Fn(&Row) -> bool,
    ) {
        self.fill(market, bidder, costs, |_, row| possible(row));
        self.respond(market, bidder, beside);
    }

    /// The same of those who have something: what of it is held out they keep, and nothing is newly held out, since that
    /// competes at the prices only.
    pub fn ask_again(
        &mut self,
        market: &Market,
        bidder: &Bidder,
        costs: &[i64],
        beside: &dyn Beside,
        had: &[u32],
        possible: impl Fn(&Row) -> bool,
    ) {
        self.fill(
            market,
            bidder,
            costs,
            |position, row| {
                if row.choice.held_out { had.contains(&position) } else { possible(row) }
            },
        );
        for want in self.wants.iter_mut().filter(|want| want.choice.held_out) {
            want.gain = STAYS;
        }
        self.respond(market, bidder, beside);
    }

    /// What the bidder takes: positions among their rows.
    pub fn chosen(&self) -> impl Iterator<Item = u32> {
        self.responder.chosen.iter().filter_map(|at| self.positions.get(*at).copied())
    }

    /// How much less a bidder gains without the best of their choices that takes something.
    pub fn regret(&mut self, market: &Market, bidder: &Bidder, costs: &[i64], beside: &dyn Beside) -> i64 {
        self.fill(market, bidder, costs, |_, _| true);
        let best = self.respond(market, bidder, beside);
        let rows = market.rows(bidder);
        let takes =
            |at: &&usize| rows.get(**at).is_some_and(|row| row.bundle != 0 || market.message(bidder, &row.choice) != 0);
        let Some(first) = self.responder.chosen.iter().find(takes).copied() else { return 0 };
        if let Some(want) = self.wants.get_mut(first) {
            want.gain = -1;
        }
        best - self.respond(market, bidder, beside)
    }

    fn fill(&mut self, market: &Market, bidder: &Bidder, costs: &[i64], possible: impl Fn(u32, &Row) -> bool) {
        let of = |bundle: u32| costs.get(bundle as usize).copied().unwrap_or(0);
        self.wants.clear();
        self.positions.clear();
        for (row, position) in market.rows(bidder).iter().zip(0..) {
            if possible(position, row) {
                self.wants.push(Want { gain: row.worth - of(row.bundle), choice: row.choice });
                self.positions.push(position);
            }
        }
        self.fees.clear();
        self.fees.extend(market.messages(bidder).iter().map(|bundle| of(*bundle)));
    }

    fn respond(&mut self, market: &Market, bidder: &Bidder, beside: &dyn Beside) -> i64 {
        self.responder.respond(&self.wants, &situation(market, bidder, &self.fees, beside))
    }
}
