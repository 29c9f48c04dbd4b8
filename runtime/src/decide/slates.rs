//! Any number of slots: one customer after the other, their candidates in rank order.

use opportune_plan::Plan;

use super::family::Walk;
use super::place::{Placing, Slots};
use super::{Decided, Lot, Rules};
use crate::evaluate::Candidates;

/// The slots of the portfolio, and what is at work on one block.
pub struct Slates {
    slots: Slots,
    /// By customer of the block: where its candidates begin in `entries`; one more at the end.
    begins: Vec<usize>,
    entries: Vec<Entry>,
    /// The entries of families, by family and customer, each with the customer's position in the block.
    of_families: Vec<(u32, Entry)>,
}

/// A candidate of one customer, or all those of a family that have one score.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    tier: u32,
    pub(super) offer: u32,
    /// The family's position among those of the candidates.
    pub(super) family: Option<u32>,
    /// How many candidates these are.
    pub(super) count: u64,
    pub(super) score: f64,
    /// Drawn only between equals.
    lot: u64,
}

impl Slates {
    pub fn new(plan: &Plan, in_all: u32) -> Self {
        Self { slots: Slots::new(plan, in_all), begins: Vec::new(), entries: Vec::new(), of_families: Vec::new() }
    }

    pub fn decide(&mut self, rules: &Rules<'_>, lot: &mut Lot<'_>, candidates: &Candidates, decided: &mut Decided) {
        self.group_by_customer(rules, candidates);
        let mut placing = Placing::new(&self.slots, rules, candidates);
        for (row, bounds) in self.begins.windows(2).enumerate() {
            let &[begin, end] = bounds else { continue };
            let Some(of_customer) = self.entries.get_mut(begin..end) else { continue };
            rank(rules, lot, candidates.first + row, of_customer);
            placing.place_all(row, of_customer, lot, decided);
        }
    }

    /// From the candidates of each offer to those of each customer, by counting.
    fn group_by_customer(&mut self, rules: &Rules<'_>, candidates: &Candidates) {
        self.group_families(rules, candidates);
        self.begins.clear();
        self.begins.resize(candidates.len + 1, 0);
        for row in candidates.rows.iter().chain(self.of_families.iter().map(|(row, _)| row)) {
            if let Some(count) = self.begins.get_mut(*row as usize + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for begin in &mut self.begins {
            sum += *begin;
            *begin = sum;
        }
        let mut next = self.begins.clone();
        self.entries.clear();
        self.entries.resize(sum, Entry { tier: 0, offer: 0, family: None, count: 0, score: 0.0, lot: 0 });
        let entries = &mut self.entries;
        let mut put = |row: u32, entry: Entry| {
            let Some(at) = next.get_mut(row as usize) else { return };
            if let Some(slot) = entries.get_mut(*at) {
                *slot = entry;
            }
            *at += 1;
        };
        for ((offer, tier), range) in (0..).zip(&rules.tiers).zip(&candidates.offers) {
            let (rows, scores) = (candidates.rows.get(range.clone()), candidates.scores.get(range.clone()));
            for (row, score) in rows.unwrap_or_default().iter().zip(scores.unwrap_or_default()) {
                put(*row, Entry { tier: *tier, offer, family: None, count: 1, score: *score, lot: 0 });
            }
        }
        self.of_families.iter().for_each(|(row, entry)| put(*row, *entry));
    }

    /// One entry for each score of a customer in a family.
    fn group_families(&mut self, rules: &Rules<'_>, candidates: &Candidates) {
        self.of_families.clear();
        let mut scores = Vec::new();
        for (at, family) in (0..).zip(&candidates.families) {
            let offer = family.offer.0;
            let tier = rules.tiers.get(offer as usize).copied().unwrap_or(0);
            let mut walk = Walk::default();
            for (row, _) in (0..).zip(0..candidates.len) {
                walk.to(family, row).by_score(&mut scores);
                let entry = |(score, count)| Entry { tier, offer, family: Some(at), count, score, lot: 0 };
                self.of_families.extend(scores.drain(..).map(|found| (row, entry(found))));
            }
        }
    }
}

/// Sorts a customer's candidates, the strongest first; draws lots only between those that are else equal.
fn rank(rules: &Rules<'_>, lot: &mut Lot<'_>, customer: usize, entries: &mut [Entry]) {
    entries.sort_unstable_by(|a, b| a.tier.cmp(&b.tier).then(b.score.total_cmp(&a.score)).then(a.offer.cmp(&b.offer)));
    for equals in entries.chunk_by_mut(|a, b| a.tier == b.tier && a.score == b.score) {
        if equals.len() < 2 {
            continue;
        }
        for entry in &mut *equals {
            let offer = rules.plan.offers.get(entry.offer as usize);
            entry.lot = offer.map_or(u64::MAX, |offer| lot.draw(customer, &offer.name));
        }
        equals.sort_unstable_by_key(|entry| (entry.lot, entry.offer));
    }
}
