//! Any number of slots: one customer after the other, their candidates in rank order.

use opportune_plan::{ChannelId, OfferId, Plan};

use super::{Decided, Decision, Lot, Rules};
use crate::evaluate::Candidates;

/// The slots of the portfolio, and what is at work on one block.
pub struct Slates {
    /// How many offers one customer gets in all.
    in_all: u32,
    /// By channel: how many offers one customer gets on it.
    sizes: Vec<u32>,
    /// By channel: how many the customer at work has got.
    used: Vec<u32>,
    /// By customer of the block: where its candidates begin in `entries`; one more at the end.
    begins: Vec<usize>,
    entries: Vec<Entry>,
}

/// A candidate of one customer.
#[derive(Clone, Copy)]
struct Entry {
    tier: u32,
    offer: u32,
    score: f64,
    /// Drawn only between equals.
    lot: u64,
}

/// What becomes of one candidate.
enum Placement {
    On(ChannelId),
    Capped,
    Outranked,
}

impl Slates {
    pub fn new(plan: &Plan, in_all: u32) -> Self {
        let mut sizes = vec![1; plan.channels.len()];
        for slate in &plan.portfolio.slates {
            if let Some(size) = sizes.get_mut(slate.channel.0 as usize) {
                *size = slate.size;
            }
        }
        Self { in_all, used: vec![0; sizes.len()], sizes, begins: Vec::new(), entries: Vec::new() }
    }

    pub fn decide(&mut self, rules: &Rules<'_>, lot: &mut Lot<'_>, candidates: &Candidates, decided: &mut Decided) {
        self.group_by_customer(rules, candidates);
        let begins = std::mem::take(&mut self.begins);
        let mut entries = std::mem::take(&mut self.entries);
        for (row, bounds) in begins.windows(2).enumerate() {
            let &[begin, end] = bounds else { continue };
            let Some(of_customer) = entries.get_mut(begin..end) else { continue };
            rank(rules, lot, candidates.first + row, of_customer);
            self.place_all(rules, candidates, row, of_customer, decided);
        }
        (self.begins, self.entries) = (begins, entries);
    }

    /// From the candidates of each offer to those of each customer, by counting.
    fn group_by_customer(&mut self, rules: &Rules<'_>, candidates: &Candidates) {
        self.begins.clear();
        self.begins.resize(candidates.len + 1, 0);
        for row in &candidates.rows {
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
        self.entries.resize(sum, Entry { tier: 0, offer: 0, score: 0.0, lot: 0 });
        for ((offer, tier), range) in (0..).zip(&rules.tiers).zip(&candidates.offers) {
            let (rows, scores) = (candidates.rows.get(range.clone()), candidates.scores.get(range.clone()));
            for (row, score) in rows.unwrap_or_default().iter().zip(scores.unwrap_or_default()) {
                let Some(at) = next.get_mut(*row as usize) else { continue };
                if let Some(entry) = self.entries.get_mut(*at) {
                    *entry = Entry { tier: *tier, offer, score: *score, lot: 0 };
                }
                *at += 1;
            }
        }
    }

    fn place_all(
        &mut self,
        rules: &Rules<'_>,
        candidates: &Candidates,
        row: usize,
        entries: &[Entry],
        decided: &mut Decided,
    ) {
        self.used.fill(0);
        let (mut left, mut room) = (self.in_all, contact_room(candidates, row));
        for entry in entries {
            let Some(outcome) = decided.outcomes.get_mut(entry.offer as usize) else { continue };
            let channel = match self.place(rules, candidates, row, entry, left, room) {
                Placement::On(channel) => channel,
                Placement::Capped => {
                    outcome.capped += 1;
                    continue;
                }
                Placement::Outranked => {
                    outcome.outranked += 1;
                    continue;
                }
            };
            outcome.make(channel);
            let Some(used) = self.used.get_mut(channel.0 as usize) else { continue };
            left -= 1;
            room -= u32::from(*used == 0 && room != u32::MAX);
            *used += 1;
            decided.decisions.push(Decision {
                customer: u32::try_from(candidates.first + row).unwrap_or(u32::MAX),
                offer: OfferId(entry.offer),
                member: None,
                channel,
                slot: *used,
                send_at: rules.send_at,
                score: entry.score,
            });
        }
    }

    /// The first channel that may carry a candidate, or why there is none. `left`: slots in all that are left.
    fn place(
        &self,
        rules: &Rules<'_>,
        candidates: &Candidates,
        row: usize,
        entry: &Entry,
        left: u32,
        room: u32,
    ) -> Placement {
        if left == 0 {
            return Placement::Outranked;
        }
        let mut capped = false;
        let channel = rules.channel(candidates, entry.offer as usize, row, |channel| {
            let at = channel.0 as usize;
            let (Some(used), Some(size)) = (self.used.get(at), self.sizes.get(at)) else { return false };
            let affordable = *used > 0 || room > 0;
            capped |= used < size && !affordable;
            used < size && affordable
        });
        match channel {
            Some(channel) => Placement::On(channel),
            None if capped => Placement::Capped,
            None => Placement::Outranked,
        }
    }
}

/// How many more contacts a customer may have; the greatest number where nothing caps them.
fn contact_room(candidates: &Candidates, row: usize) -> u32 {
    candidates.contact_room.as_ref().and_then(|room| room.get(row)).copied().unwrap_or(u32::MAX)
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
