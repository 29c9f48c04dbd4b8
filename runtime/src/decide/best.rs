//! One slot in all: the winner of each customer in one pass over the candidates, which come offer by offer.
//!
//! Offers are taken tier by tier, the strongest first, so that a winner is only ever challenged by its own tier. Where
//! there is one tier, each is taken as soon as it is evaluated, and its candidates need not be kept. Lots are drawn only
//! where a kernel has met equal scores. Of a family, the best score of each customer takes part; which member has it is
//! asked for the winners alone.
#![allow(clippy::indexing_slicing, reason = "arrays as long as the block, and rows within it; the hot loop")]

use opportune_plan::{ChannelId, OfferId, Plan};

use super::family::{Walk, best_of, family_of};
use super::{Decided, Decision, Lot, Rules};
use crate::evaluate::{Candidates, FamilyCandidates};
use crate::kernels::{Winner, challenge};

/// The running best of each customer of a block.
pub struct Best {
    /// The offers by tier, the strongest first.
    tiers: Vec<Vec<u32>>,
    /// By offer: its preferred channel.
    first_channels: Vec<Option<ChannelId>>,
    /// By customer: the best of all tiers so far.
    winners: Vec<Winner>,
    /// By customer: the best of the tier at hand, where there are several; out of reach where a stronger one has won.
    of_tier: Vec<Winner>,
    /// By customer: the winner of the last lot drawn, and that lot; it is drawn once however many challenge it.
    lots: Vec<Option<(u64, u32)>>,
    /// By offer that has challenged: how many of its candidates the contact cap leaves no room for.
    capped: Vec<u64>,
    /// Of the family at hand: its customers and the best score of each.
    of_family: (Vec<u32>, Vec<f64>),
}

impl Best {
    pub fn new(plan: &Plan) -> Self {
        let mut tiers: Vec<Vec<u32>> = Vec::new();
        for (offer, tier) in (0..).zip(super::tiers(plan)) {
            tiers.resize_with(tiers.len().max(tier as usize + 1), Vec::new);
            tiers[tier as usize].push(offer);
        }
        let first_channels = plan.offers.iter().map(|offer| offer.channels().next()).collect();
        let (winners, of_tier, lots, capped, of_family) = Default::default();
        Self { tiers, first_channels, winners, of_tier, lots, capped, of_family }
    }

    /// Takes the newest offer's candidates out, where there is one tier.
    pub fn take(&mut self, rules: &Rules<'_>, lot: &mut Lot<'_>, candidates: &mut Candidates) {
        if let [_] = self.tiers.as_slice() {
            self.challenge(rules, lot, candidates);
            candidates.rows.clear();
            candidates.scores.clear();
        }
    }

    pub fn decide(&mut self, rules: &Rules<'_>, lot: &mut Lot<'_>, candidates: &Candidates, decided: &mut Decided) {
        self.challenge(rules, lot, candidates);
        if let [offers] = self.tiers.as_slice() {
            let Self { winners, lots, of_family, .. } = self;
            Draw { rules, lot, lots, candidates, of_family }.families(offers, winners);
        }
        self.make(rules, lot, candidates, decided);
        for ((range, capped), outcome) in candidates.offers.iter().zip(self.capped.drain(..)).zip(&mut decided.outcomes)
        {
            outcome.capped = capped;
            // Whoever is neither made nor capped is outranked.
            outcome.outranked = range.len() as u64 - capped;
        }
        for family in &candidates.families {
            let outcome = &mut decided.outcomes[family.offer.0 as usize];
            outcome.capped = count_capped_members(candidates, family);
            outcome.outranked = family.len() - outcome.capped;
        }
        decided.outcomes.iter_mut().for_each(|outcome| outcome.outranked -= outcome.made);
    }

    /// Lets the offers that have not yet challenged the winners do so.
    fn challenge(&mut self, rules: &Rules<'_>, lot: &mut Lot<'_>, candidates: &Candidates) {
        let Self { tiers, winners, of_tier, lots, capped, of_family, .. } = self;
        let before = capped.len();
        if before == 0 {
            lots.clear();
            winners.clear();
            winners.resize(candidates.len, Winner::NOBODY);
        }
        let new = &candidates.offers[before..];
        capped.extend(new.iter().map(|range| count_capped(candidates, &candidates.rows[range.clone()])));
        let mut draw = Draw { rules, lot, lots, candidates, of_family };
        match tiers.as_slice() {
            [offers] => draw.challenges(&offers[before..before + new.len()], winners),
            tiers => {
                for offers in tiers {
                    of_tier.clear();
                    of_tier.extend(winners.iter().map(|winner| if is_somebody(winner) { BEATEN } else { *winner }));
                    draw.challenges(offers, of_tier);
                    draw.families(offers, of_tier);
                    let pairs = winners.iter_mut().zip(of_tier.iter());
                    pairs.filter(|(winner, _)| !is_somebody(winner)).for_each(|(winner, best)| *winner = *best);
                }
            }
        }
    }

    /// Makes the winners' offers, where the contact cap has room.
    fn make(&self, rules: &Rules<'_>, lot: &mut Lot<'_>, candidates: &Candidates, decided: &mut Decided) {
        let mut members = Members { walks: vec![Walk::default(); candidates.families.len()], rules, lot, candidates };
        let all_reached = candidates.channels.iter().all(Option::is_none);
        decided.decisions.reserve(candidates.len);
        for (row, winner) in self.winners.iter().enumerate().filter(|(_, winner)| is_somebody(winner)) {
            if !has_room(candidates, row) {
                continue;
            }
            let offer = offer_of(winner);
            let first = self.first_channels[offer as usize].filter(|_| all_reached);
            let channel = first.or_else(|| rules.channel(candidates, offer as usize, row));
            let Some(channel) = channel else { continue };
            decided.outcomes[offer as usize].make(channel);
            let customer = u32::try_from(candidates.first + row).unwrap_or(u32::MAX);
            let decision = Decision::plain(customer, OfferId(offer), channel, rules.send_at, winner.score);
            decided.decisions.push(Decision { member: members.of(row, winner), ..decision });
        }
    }
}

/// Finds the members that won, customer by customer.
struct Members<'a, 'l> {
    /// By family of the candidates.
    walks: Vec<Walk>,
    rules: &'a Rules<'a>,
    lot: &'a mut Lot<'l>,
    candidates: &'a Candidates,
}

impl Members<'_, '_> {
    /// The member whose turn it is, where the winner is of a family.
    fn of(&mut self, row: usize, winner: &Winner) -> Option<u32> {
        let (candidates, offer) = (self.candidates, offer_of(winner));
        let at = candidates.families.binary_search_by_key(&offer, |family| family.offer.0).ok()?;
        let of_customer = self.walks[at].to(&candidates.families[at], u32::try_from(row).ok()?);
        let equals = of_customer.equals(winner.score);
        if equals.len() < 2 {
            return equals.at_turn(0, 0);
        }
        let lot = self.lot.turn(candidates.first + row, &self.rules.plan.offers[offer as usize].name);
        equals.at_turn(0, lot)
    }
}

/// Out of reach: no score is above infinity, none that counts is as great.
const BEATEN: Winner = Winner { score: f64::INFINITY, ..Winner::NOBODY };

fn is_somebody(winner: &Winner) -> bool {
    winner.offer != Winner::NOBODY.offer
}

fn offer_of(winner: &Winner) -> u32 {
    u32::try_from(winner.offer).unwrap_or(u32::MAX)
}

/// Challenges, and the lots between equals.
struct Draw<'a, 'l> {
    rules: &'a Rules<'a>,
    lot: &'a mut Lot<'l>,
    lots: &'a mut Vec<Option<(u64, u32)>>,
    candidates: &'a Candidates,
    of_family: &'a mut (Vec<u32>, Vec<f64>),
}

impl Draw<'_, '_> {
    /// Lets the offers of one tier challenge the winners.
    fn challenges(&mut self, offers: &[u32], winners: &mut [Winner]) {
        let candidates = self.candidates;
        for offer in offers {
            let Some(range) = candidates.offers.get(*offer as usize).cloned() else { continue };
            self.challenge(*offer, &candidates.rows[range.clone()], &candidates.scores[range], winners);
        }
    }

    /// Lets the families among these offers challenge the winners.
    fn families(&mut self, offers: &[u32], winners: &mut [Winner]) {
        for offer in offers.iter().filter(|_| !self.candidates.families.is_empty()) {
            let Some(family) = family_of(self.candidates, *offer) else { continue };
            let (mut rows, mut scores) = std::mem::take(self.of_family);
            best_of(family, &mut rows, &mut scores);
            self.challenge(*offer, &rows, &scores, winners);
            *self.of_family = (rows, scores);
        }
    }

    fn challenge(&mut self, offer: u32, rows: &[u32], scores: &[f64], winners: &mut [Winner]) {
        if challenge(winners, rows, scores, u64::from(offer)) {
            self.lots(offer, rows, scores, winners);
        }
    }

    /// Where the score of an offer is the best, but another holds the place, a lot decides.
    #[cold]
    fn lots(&mut self, offer: u32, rows: &[u32], scores: &[f64], winners: &mut [Winner]) {
        self.lots.resize(self.candidates.len, None);
        for (row, score) in rows.iter().zip(scores) {
            let row = *row as usize;
            let winner = &mut winners[row];
            let holder = offer_of(winner);
            if winner.score != *score || holder == offer {
                continue;
            }
            let known = self.lots[row].filter(|(_, winner)| *winner == holder);
            let (old, new) = (known.unwrap_or_else(|| self.lot(row, holder)), self.lot(row, offer));
            self.lots[row] = Some(old.min(new));
            if new < old {
                winner.offer = u64::from(offer);
            }
        }
    }

    fn lot(&mut self, row: usize, offer: u32) -> (u64, u32) {
        let customer = self.candidates.first + row;
        (self.lot.draw(customer, &self.rules.plan.offers[offer as usize].name), offer)
    }
}

fn has_room(candidates: &Candidates, row: usize) -> bool {
    candidates.contact_room.as_ref().is_none_or(|room| room.get(row).is_none_or(|room| *room > 0))
}

/// How many of an offer's candidates have no room for a contact.
fn count_capped(candidates: &Candidates, rows: &[u32]) -> u64 {
    let Some(room) = &candidates.contact_room else { return 0 };
    rows.iter().filter(|row| room[**row as usize] == 0).count() as u64
}

/// How many of a family's candidates have no room for a contact.
fn count_capped_members(candidates: &Candidates, family: &FamilyCandidates) -> u64 {
    let Some(room) = &candidates.contact_room else { return 0 };
    let crowds = family.crowds.iter().filter(|crowd| room[crowd.row as usize] == 0);
    count_capped(candidates, &family.rows) + crowds.map(|crowd| u64::from(crowd.len)).sum::<u64>()
}
