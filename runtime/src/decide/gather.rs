//! From the candidates of each offer to those of one customer: offers list their customers in order, so one cursor an
//! offer finds each customer's candidates, and nothing is moved or kept.

use std::ops::Range;

use super::family::{Equals, Walk};
use super::{Lot, Rules};
use crate::evaluate::Candidates;

/// Goes through the candidates of a block customer by customer, in their order.
#[derive(Debug, Default)]
pub struct Gathering {
    /// By offer: its candidates from the customer at hand on, as positions in the block's rows.
    offers: Vec<Range<usize>>,
    /// By family of the candidates.
    walks: Vec<Walk>,
    scores: Vec<(f64, u64)>,
}

/// A candidate of a customer, or all those of a family that have one score.
#[derive(Clone, Copy, Debug)]
pub struct Found {
    /// The offer.
    pub offer: u32,
    /// The priority.
    pub score: f64,
    /// Of a family: its position among those of the candidates.
    pub family: Option<u32>,
    /// How many they are.
    pub count: u64,
}

impl Gathering {
    /// Goes to another block.
    pub fn begin(&mut self, candidates: &Candidates) {
        self.offers.clone_from(&candidates.offers);
        self.walks.clear();
        self.walks.resize_with(candidates.families.len(), Walk::default);
    }

    /// Calls `take` with what a customer may get, who is not before the one that was asked for last.
    pub fn each(&mut self, candidates: &Candidates, row: usize, mut take: impl FnMut(Found)) {
        let wanted = u32::try_from(row).unwrap_or(u32::MAX);
        for (offer, range) in (0..).zip(&mut self.offers) {
            if range.start >= range.end || candidates.rows.get(range.start) != Some(&wanted) {
                continue;
            }
            if let Some(score) = candidates.scores.get(range.start) {
                take(Found { offer, score: *score, family: None, count: 1 });
            }
            range.start += 1;
        }
        for ((at, family), walk) in (0..).zip(&candidates.families).zip(&mut self.walks) {
            walk.to(family, wanted).by_score(&mut self.scores);
            let found = |(score, count)| Found { offer: family.offer.0, score, family: Some(at), count };
            self.scores.drain(..).map(found).for_each(&mut take);
        }
    }
}

/// Tells which member of a family comes at a turn.
pub struct Turns<'c> {
    candidates: &'c Candidates,
    /// By family of the candidates.
    walks: Vec<Walk>,
    /// The equals that were asked for last: whose they are, and which.
    last: Option<((usize, u32, u64), Equals<'c>, u64)>,
}

impl<'c> Turns<'c> {
    /// For the customers of a block, in their order.
    pub fn new(candidates: &'c Candidates) -> Self {
        Self { candidates, walks: vec![Walk::default(); candidates.families.len()], last: None }
    }

    /// The member of a family that comes at a turn among those with one score.
    pub fn member(&mut self, rules: &Rules<'_>, lot: &mut Lot<'_>, row: usize, of: Found, turn: u64) -> Option<u32> {
        let at = of.family?;
        let key = (row, at, of.score.to_bits());
        if self.last.as_ref().is_none_or(|(last, ..)| *last != key) {
            let (walk, family) = (self.walks.get_mut(at as usize)?, self.candidates.families.get(at as usize)?);
            let equals = walk.to(family, u32::try_from(row).ok()?).equals(of.score);
            let name = &rules.plan.offers.get(of.offer as usize)?.name;
            let lot = if equals.len() < 2 { 0 } else { lot.turn(self.candidates.first + row, name) };
            self.last = Some((key, equals, lot));
        }
        let (_, equals, lot) = self.last.as_ref()?;
        equals.at_turn(turn, *lot)
    }
}
