//! What placing has at hand: a customer, what the customers of a block share, and what becomes of a candidate.

use super::facts::Facts;
use super::gather::{Found, Gathering, Turns};
use super::options::Stop;
use super::picks::Picking;
use super::placed::Placed;
use super::queue::Entry;
use super::takes::Taken;
use super::zones::Whose;
use super::{Decided, Lot, Picks, Rules};
use crate::allocate::Grants;
use crate::evaluate::Candidates;

/// What is at work on one customer; kept for the next.
#[derive(Default)]
pub struct Work {
    /// Where the candidates of the block's customers are.
    pub gathering: Gathering,
    /// Where the items are that may be picked for them.
    pub picking: Picking,
    /// The customer's candidates but for the fallback and notices.
    pub main: Vec<Entry>,
    /// The fallback, where the customer may get it.
    pub fallback: Vec<Entry>,
    /// Notices.
    pub notices: Vec<Entry>,
    /// What has its place.
    pub placed: Vec<Placed>,
    /// What the option at hand takes of what all customers share.
    pub taken: Vec<Taken>,
}

impl Work {
    /// Lets the customer at hand go.
    pub fn forget(&mut self) {
        self.main.clear();
        self.fallback.clear();
        self.notices.clear();
    }
}

/// A customer of a block.
#[derive(Clone, Copy)]
pub struct Customer<'c> {
    /// The block's candidates.
    pub candidates: &'c Candidates,
    /// The customer's position in the block.
    pub row: usize,
    /// Whose calendar the customer's is.
    pub whose: Whose,
}

impl<'c> Customer<'c> {
    /// What is known of the block's customers.
    pub fn facts(self) -> Facts<'c> {
        Facts(&self.candidates.facts)
    }
}

/// What the customers of a block share.
pub struct Block<'r, 'c, 'l, 'k> {
    /// The plan's static rules.
    pub rules: &'r Rules<'r>,
    /// Decides between equals.
    pub lot: &'l mut Lot<'k>,
    /// Tells which member of a family comes at a turn.
    pub turns: Turns<'c>,
    /// Where decisions and counts go.
    pub decided: &'l mut Decided,
    /// What may be taken of what all customers share; none: everything.
    pub grants: Option<&'r Grants>,
}

/// What a candidate gets.
pub struct Place {
    /// What is placed.
    pub placed: Placed,
    /// Its slot.
    pub slot: u32,
    /// Its items.
    pub picks: Picks,
}

/// Why a candidate is not placed by the route at hand.
pub enum Refusal {
    /// Nor is any other of its family with its score.
    All(Stop),
    /// It alone is not, by what tells members apart.
    Alone(u32, Stop),
    /// By no route.
    ByAny(Stop),
}

impl From<Stop> for Refusal {
    fn from(stop: Stop) -> Self {
        Self::All(stop)
    }
}

impl Block<'_, '_, '_, '_> {
    /// Counts candidates that get nothing.
    pub fn stop(&mut self, offer: u32, count: u64, stop: Stop) {
        let Some(outcome) = self.decided.outcomes.get_mut(offer as usize) else { return };
        let stopped = match stop {
            Stop::Unreachable => &mut outcome.unreachable,
            Stop::Withheld => &mut outcome.withheld,
            Stop::Outranked => &mut outcome.outranked,
            Stop::Excluded => &mut outcome.excluded,
            Stop::Untimely => &mut outcome.untimely,
            Stop::Capped => &mut outcome.capped,
            Stop::UsedUp => &mut outcome.used_up,
        };
        *stopped += count;
    }

    /// The member of a family whose turn it is in an entry.
    pub fn member(&mut self, entry: &Entry, row: usize) -> Option<u32> {
        let family = entry.family?;
        let found = Found { offer: entry.offer, score: entry.score, family: Some(family.at), count: 0 };
        family.alone.or_else(|| self.turns.member(self.rules, self.lot, row, found, family.turn.into()))
    }
}
