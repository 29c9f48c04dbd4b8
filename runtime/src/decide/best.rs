//! One slot in all: the winner of each customer in one pass over the candidates, which come offer by offer.
//!
//! Offers are taken tier by tier, the strongest first, so that a winner is only ever challenged by its own tier. The
//! pass keeps a running best in two arrays and draws lots only between equal scores.
#![allow(clippy::indexing_slicing, reason = "arrays as long as the block, and rows within it; the hot loop")]

use opportune_plan::{OfferId, Plan};

use super::{Decided, Decision, Lot, Rules};
use crate::evaluate::Candidates;

const NOBODY: u32 = u32::MAX;

/// The running best of each customer of a block.
pub struct Best {
    /// The offers by tier, then by id.
    order: Vec<u32>,
    /// Whether all offers are of one tier.
    one_tier: bool,
    /// By customer: the best score so far; 0 without one.
    scores: Vec<f64>,
    /// By customer: its offer.
    offers: Vec<u32>,
}

impl Best {
    pub fn new(plan: &Plan) -> Self {
        let tiers = super::tiers(plan);
        let mut order: Vec<u32> = (0..).take(tiers.len()).collect();
        order.sort_by_key(|offer| tiers[*offer as usize]);
        let one_tier = tiers.iter().all(|tier| *tier == 0);
        Self { order, one_tier, scores: Vec::new(), offers: Vec::new() }
    }

    pub fn decide(&mut self, rules: &Rules<'_>, lot: &mut Lot<'_>, candidates: &Candidates, decided: &mut Decided) {
        self.scores.clear();
        self.scores.resize(candidates.len, 0.0);
        self.offers.clear();
        self.offers.resize(candidates.len, NOBODY);
        for at in 0..self.order.len() {
            let offer = self.order[at];
            if self.one_tier {
                self.challenge::<false>(rules, lot, candidates, offer);
            } else {
                self.challenge::<true>(rules, lot, candidates, offer);
            }
        }
        self.make(rules, candidates, decided);
        count_losers(candidates, decided);
    }

    /// Lets an offer challenge the best so far of each of its candidates.
    fn challenge<const TIERED: bool>(
        &mut self,
        rules: &Rules<'_>,
        lot: &mut Lot<'_>,
        candidates: &Candidates,
        offer: u32,
    ) {
        let Some(range) = candidates.offers.get(offer as usize).cloned() else { return };
        let tier = rules.tiers[offer as usize];
        let (scores, offers) = (&mut self.scores[..candidates.len], &mut self.offers[..candidates.len]);
        for (row, score) in candidates.rows[range.clone()].iter().zip(&candidates.scores[range]) {
            let row = *row as usize;
            let (best, holder) = (scores[row], offers[row]);
            if TIERED && holder != NOBODY && rules.tiers[holder as usize] != tier {
                continue;
            }
            let mut wins = *score > best;
            if *score == best {
                wins = wins_lot(rules, lot, candidates.first + row, offer, holder);
            }
            // Selections, not branches: whether a challenger wins cannot be predicted.
            scores[row] = if wins { *score } else { best };
            offers[row] = if wins { offer } else { holder };
        }
    }

    /// Makes the winners' offers, where the contact cap has room.
    fn make(&self, rules: &Rules<'_>, candidates: &Candidates, decided: &mut Decided) {
        for (row, (offer, score)) in self.offers.iter().zip(&self.scores).enumerate() {
            if *offer == NOBODY || !has_room(candidates, row) {
                continue;
            }
            let Some(channel) = rules.channel(candidates, *offer as usize, row, |_| true) else { continue };
            decided.outcomes[*offer as usize].make(channel);
            decided.decisions.push(Decision {
                customer: u32::try_from(candidates.first + row).unwrap_or(u32::MAX),
                offer: OfferId(*offer),
                channel,
                slot: 1,
                send_at: rules.send_at,
                score: *score,
            });
        }
    }
}

#[cold]
fn wins_lot(rules: &Rules<'_>, lot: &mut Lot<'_>, customer: usize, offer: u32, holder: u32) -> bool {
    let mut draw = |offer: u32| (lot.draw(customer, &rules.plan.offers[offer as usize].name), offer);
    draw(offer) < draw(holder)
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
