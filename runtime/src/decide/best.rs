//! One slot in all: the winner of each customer in one pass over the candidates, which come offer by offer.
//!
//! What ranks a candidate is one number ([`Rank`]), so that the running best is the greatest: no branch depends on who
//! wins, which cannot be predicted. Lots are drawn only where tier and score are equal.
#![allow(clippy::indexing_slicing, reason = "arrays as long as the block, and rows within it; the hot loop")]

use std::ops::Range;

use opportune_plan::{OfferId, Plan};

use super::{Decided, Decision, Lot, Rules};
use crate::evaluate::Candidates;

/// The running best of each customer of a block.
pub struct Best {
    /// How many offers there are.
    offers: u32,
    /// By customer.
    ranks: Vec<Rank>,
    /// By customer: the winner of the last lot drawn, and that lot; it is drawn once however many challenge it.
    lots: Vec<Option<(u64, u32)>>,
}

/// A candidate's place in the order of winning, the greatest first: the tier turned round, then the score, whose bits
/// are ordered like the number where it is positive, then the offer turned round, so that of equals the first stays
/// until a lot is drawn.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank(u128);

impl Rank {
    /// Less than any candidate: a score is above zero.
    const NOBODY: Self = Self(0);

    fn new(tier: u32, score: f64, offer: u32) -> Self {
        Self(u128::from(!tier) << 96 | u128::from(score.to_bits()) << 32 | u128::from(!offer))
    }

    /// Whether tier and score are the same.
    fn ties_with(self, other: Self) -> bool {
        (self.0 ^ other.0) >> 32 == 0
    }

    /// The offer, unless it is nobody's.
    fn offer(self) -> Option<u32> {
        (self != Self::NOBODY).then_some(!(self.0 as u32))
    }

    fn score(self) -> f64 {
        f64::from_bits((self.0 >> 32) as u64)
    }
}

impl Best {
    pub fn new(plan: &Plan) -> Self {
        Self { offers: u32::try_from(plan.offers.len()).unwrap_or(u32::MAX), ranks: Vec::new(), lots: Vec::new() }
    }

    pub fn decide(&mut self, rules: &Rules<'_>, lot: &mut Lot<'_>, candidates: &Candidates, decided: &mut Decided) {
        self.ranks.clear();
        self.ranks.resize(candidates.len, Rank::NOBODY);
        self.lots.clear();
        for offer in 0..self.offers {
            self.challenge(rules, lot, candidates, offer);
        }
        self.make(rules, candidates, decided);
        count_losers(candidates, decided);
    }

    /// Lets an offer challenge the best so far of each of its candidates.
    fn challenge(&mut self, rules: &Rules<'_>, lot: &mut Lot<'_>, candidates: &Candidates, offer: u32) {
        let Some(range) = candidates.offers.get(offer as usize).cloned() else { return };
        let tier = rules.tiers[offer as usize];
        let ranks = &mut self.ranks[..candidates.len];
        let mut tied = false;
        for (row, score) in candidates.rows[range.clone()].iter().zip(&candidates.scores[range.clone()]) {
            let (holder, challenger) = (&mut ranks[*row as usize], Rank::new(tier, *score, offer));
            tied |= holder.ties_with(challenger);
            *holder = (*holder).max(challenger);
        }
        if tied {
            self.draw_lots(rules, lot, candidates, offer, range);
        }
    }

    /// Where an offer has the tier and the score of the best, which is another one, a lot decides.
    #[cold]
    fn draw_lots(
        &mut self,
        rules: &Rules<'_>,
        lot: &mut Lot<'_>,
        candidates: &Candidates,
        offer: u32,
        range: Range<usize>,
    ) {
        self.lots.resize(candidates.len, None);
        let mut draw =
            |row: usize, offer: u32| (lot.draw(candidates.first + row, &rules.plan.offers[offer as usize].name), offer);
        let tier = rules.tiers[offer as usize];
        for (row, score) in candidates.rows[range.clone()].iter().zip(&candidates.scores[range]) {
            let row = *row as usize;
            let (holder, challenger) = (&mut self.ranks[row], Rank::new(tier, *score, offer));
            let Some(held) = holder.offer().filter(|held| *held != offer && holder.ties_with(challenger)) else {
                continue;
            };
            let known = self.lots[row].filter(|(_, winner)| *winner == held);
            let (old, new) = (known.unwrap_or_else(|| draw(row, held)), draw(row, offer));
            self.lots[row] = Some(old.min(new));
            if new < old {
                *holder = challenger;
            }
        }
    }

    /// Makes the winners' offers, where the contact cap has room.
    fn make(&self, rules: &Rules<'_>, candidates: &Candidates, decided: &mut Decided) {
        for (row, rank) in self.ranks.iter().enumerate() {
            let Some(offer) = rank.offer().filter(|_| has_room(candidates, row)) else { continue };
            let Some(channel) = rules.channel(candidates, offer as usize, row, |_| true) else { continue };
            decided.outcomes[offer as usize].make(channel);
            decided.decisions.push(Decision {
                customer: u32::try_from(candidates.first + row).unwrap_or(u32::MAX),
                offer: OfferId(offer),
                channel,
                slot: 1,
                send_at: rules.send_at,
                score: rank.score(),
            });
        }
    }
}

fn has_room(candidates: &Candidates, row: usize) -> bool {
    candidates.contact_room.as_ref().is_none_or(|room| room.get(row).is_none_or(|room| *room > 0))
}

/// Whoever is not made is capped where the customer has no room for a contact, else outranked.
fn count_losers(candidates: &Candidates, decided: &mut Decided) {
    for (range, outcome) in candidates.offers.iter().zip(&mut decided.outcomes) {
        if let Some(room) = &candidates.contact_room {
            let capped = candidates.rows[range.clone()].iter().filter(|row| room[**row as usize] == 0);
            outcome.capped = capped.count() as u64;
        }
        outcome.outranked = range.len() as u64 - outcome.capped - outcome.made;
    }
}
