//! One customer's candidates, in rank order, into slots.

use opportune_plan::{ChannelId, OfferId, Plan};

use super::family::{Equals, Walk};
use super::slates::Entry;
use super::{Decided, Decision, Lot, Rules};
use crate::evaluate::Candidates;

/// How many offers one customer gets.
pub struct Slots {
    in_all: u32,
    /// By channel.
    sizes: Vec<u32>,
}

impl Slots {
    /// Those of a portfolio; so many in all.
    pub fn new(plan: &Plan, in_all: u32) -> Self {
        let mut sizes = vec![1; plan.channels.len()];
        for slate in &plan.portfolio.slates {
            if let Some(size) = sizes.get_mut(slate.channel.0 as usize) {
                *size = slate.size;
            }
        }
        Self { in_all, sizes }
    }
}

/// Fills slots customer by customer.
pub struct Placing<'a> {
    slots: &'a Slots,
    rules: &'a Rules<'a>,
    candidates: &'a Candidates,
    /// By family of the candidates.
    walks: Vec<Walk>,
    left: Left,
}

/// What is left for the customer at work.
#[derive(Default)]
struct Left {
    /// Slots in all.
    in_all: u32,
    /// By channel: how many slots are taken.
    used: Vec<u32>,
    /// Contacts; the greatest number where nothing caps them.
    contacts: u32,
    /// By family of the candidates: members; the greatest number where nothing caps them.
    members: Vec<u32>,
}

/// What becomes of one candidate.
enum Placement {
    On(ChannelId),
    Capped,
    Outranked,
}

impl<'a> Placing<'a> {
    /// For the customers of a block.
    pub fn new(slots: &'a Slots, rules: &'a Rules<'a>, candidates: &'a Candidates) -> Self {
        let walks = vec![Walk::default(); candidates.families.len()];
        Self { slots, rules, candidates, walks, left: Left::default() }
    }

    /// Places the ranked candidates of a customer; customers come in their order.
    pub fn place_all(&mut self, row: usize, entries: &[Entry], lot: &mut Lot<'_>, decided: &mut Decided) {
        self.begin(row);
        for entry in entries {
            let mut turns = None;
            for turn in 0..entry.count {
                let Some(outcome) = decided.outcomes.get_mut(entry.offer as usize) else { break };
                // Until one is placed nothing changes: what stops one of equal rank stops the rest.
                let rest = entry.count - turn;
                let channel = match self.place(row, entry) {
                    Placement::On(channel) => channel,
                    Placement::Capped => {
                        outcome.capped += rest;
                        break;
                    }
                    Placement::Outranked => {
                        outcome.outranked += rest;
                        break;
                    }
                };
                outcome.make(channel);
                let turns = turns.get_or_insert_with(|| self.turns(row, entry, lot));
                let member = turns.as_ref().and_then(|(equals, lot)| equals.at_turn(turn, *lot));
                let decision = self.take(row, entry, channel);
                decided.decisions.push(Decision { member, ..decision });
            }
        }
    }

    fn begin(&mut self, row: usize) {
        let Self { candidates, left, .. } = self;
        left.in_all = self.slots.in_all;
        left.used.clear();
        left.used.resize(self.slots.sizes.len(), 0);
        let of = |room: &Option<Vec<u32>>| room.as_ref().and_then(|room| room.get(row)).copied().unwrap_or(u32::MAX);
        left.contacts = of(&candidates.contact_room);
        left.members.clear();
        left.members.extend(candidates.families.iter().map(|family| of(&family.room)));
    }

    /// The members of equal rank that a family's entry stands for, and the lot that says who comes first.
    fn turns(&mut self, row: usize, entry: &Entry, lot: &mut Lot<'_>) -> Option<(Equals<'a>, u64)> {
        let at = entry.family? as usize;
        let (walk, family) = (self.walks.get_mut(at)?, self.candidates.families.get(at)?);
        let of_customer = walk.to(family, u32::try_from(row).ok()?);
        let equals = of_customer.equals(entry.score);
        let offer = self.rules.plan.offers.get(entry.offer as usize)?;
        let lot = if equals.len() < 2 { 0 } else { lot.turn(self.candidates.first + row, &offer.name) };
        Some((equals, lot))
    }

    /// Takes a slot.
    fn take(&mut self, row: usize, entry: &Entry, channel: ChannelId) -> Decision {
        let Left { in_all, used, contacts, members } = &mut self.left;
        let used = used.get_mut(channel.0 as usize);
        let slot = used.map_or(1, |used| {
            *contacts -= u32::from(*used == 0 && *contacts != u32::MAX);
            *used += 1;
            *used
        });
        *in_all -= 1;
        if let Some(left) = entry.family.and_then(|family| members.get_mut(family as usize)) {
            *left -= u32::from(*left != u32::MAX);
        }
        let customer = u32::try_from(self.candidates.first + row).unwrap_or(u32::MAX);
        Decision { slot, ..Decision::plain(customer, OfferId(entry.offer), channel, self.rules.send_at, entry.score) }
    }

    /// The first channel that may carry a candidate, or why there is none.
    fn place(&self, row: usize, entry: &Entry) -> Placement {
        if self.left.in_all == 0 {
            return Placement::Outranked;
        }
        let mut capped = false;
        let channel = self.rules.channel(self.candidates, entry.offer as usize, row, |channel| {
            let at = channel.0 as usize;
            let (Some(used), Some(size)) = (self.left.used.get(at), self.slots.sizes.get(at)) else { return false };
            let affordable = *used > 0 || self.left.contacts > 0;
            capped |= used < size && !affordable;
            used < size && affordable
        });
        let spent = entry.family.and_then(|family| self.left.members.get(family as usize)) == Some(&0);
        match channel {
            Some(_) if spent => Placement::Capped,
            Some(channel) => Placement::On(channel),
            None if capped => Placement::Capped,
            None => Placement::Outranked,
        }
    }
}
