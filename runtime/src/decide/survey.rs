//! The first of two passes where something is limited over all customers: what each customer could get, if all of it
//! were there, by each route, what it is worth and what it takes.
//!
//! The same questions as in placing are asked of each option by itself, beside nothing: what cannot be is not handed in.
//! Options come in the order in which placing would try them, so that who gains alike by two gets the one that placing
//! prefers. A later route of an offer is worth at most what those before it are, since that is when placing tries it. A
//! customer with one slot is sure of the first option that takes nothing shared: nothing after it is handed in.

use std::collections::HashMap;

use opportune_plan::Plan;

use super::beside::Phases;
use super::facts::Facts;
use super::gather::Turns;
use super::general::General;
use super::queue::{Entry, Queue};
use super::takes::{Resource, Taken, Takes, Taking};
use super::work::{Block, Customer, Place, Refusal};
use super::{Decided, Lot, Rules};
use crate::allocate::{Choice, Page, Use, Voter};
use crate::evaluate::Candidates;

/// Members of a family that are handed in for a customer, where the customer has fewer slots: with a limit for each
/// member, who loses one can get another.
const MEMBERS: usize = 8;

/// The ballot of one customer, on the page of a block.
#[derive(Debug)]
pub struct Ballot {
    phases: Phases,
    /// How many offers a customer can get.
    slots: usize,
    /// Whether caps of a customer count what this run gives, over all offers.
    is_capped: bool,
    /// By rule: the resource that it named last on this page.
    last: Vec<Option<(Resource, u32)>>,
    named: HashMap<Resource, u32>,
    /// The customer's messages.
    messages: Vec<(Message, u8)>,
    /// How many members of each family are handed in, of those that are.
    members: Vec<(u32, usize)>,
    taken: Vec<Taken>,
    uses: Vec<Use>,
    of_message: Vec<Use>,
}

/// What goes in one message. A notice pays for less, and what is told of a message's cost may differ by offer: those are
/// kept apart, so that at worst a message is paid twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Message {
    channel: u32,
    at: i64,
    is_asked: bool,
    is_notice: bool,
    cost: u64,
}

impl Ballot {
    /// For the customers of a plan.
    pub fn new(plan: &Plan, slots: usize, takes: &Takes) -> Self {
        Self {
            phases: Phases::new(plan),
            slots,
            is_capped: plan.portfolio.contact_cap.is_some() || !plan.portfolio.limits.is_empty(),
            last: vec![None; takes.rules()],
            named: HashMap::new(),
            messages: Vec::new(),
            members: Vec::new(),
            taken: Vec::new(),
            uses: Vec::new(),
            of_message: Vec::new(),
        }
    }

    fn begin_page(&mut self) {
        self.last.fill(None);
        self.named.clear();
    }

    fn begin(&mut self) {
        self.messages.clear();
        self.members.clear();
    }

    /// Whether one more member of a family is wanted; others have nothing to count.
    fn wants(&self, entry: &Entry) -> bool {
        let listed = || self.members.iter().find(|(offer, _)| *offer == entry.offer).map_or(0, |(_, listed)| *listed);
        entry.family.is_none_or(|family| family.alone.is_some()) || listed() < self.slots.max(MEMBERS)
    }

    fn count_member(&mut self, entry: &Entry) {
        if entry.family.is_none_or(|family| family.alone.is_some()) {
            return;
        }
        match self.members.iter_mut().find(|(offer, _)| *offer == entry.offer) {
            Some((_, listed)) => *listed += 1,
            None => self.members.push((entry.offer, 1)),
        }
    }

    /// Names what is taken by its numbers on the page.
    fn name(&mut self, takes: &Takes, facts: Facts<'_>, row: usize, page: &mut Page) {
        self.uses.clear();
        self.of_message.clear();
        for taken in &self.taken {
            let last = self.last.get(taken.rule as usize).copied().flatten();
            let number = last.filter(|(resource, _)| *resource == taken.resource).map(|(_, number)| number);
            let number = number.unwrap_or_else(|| {
                let name = || page.resource(&takes.name(taken.resource, facts, row));
                let number = *self.named.entry(taken.resource).or_insert_with(name);
                if let Some(last) = self.last.get_mut(taken.rule as usize) {
                    *last = Some((taken.resource, number));
                }
                number
            });
            let uses = if taken.by_message { &mut self.of_message } else { &mut self.uses };
            uses.push(Use { resource: number, amount: taken.amount });
        }
    }

    fn message(&mut self, message: Message, page: &mut Page) -> u8 {
        let known = self.messages.iter().find(|(other, _)| *other == message).map(|(_, number)| *number);
        known.unwrap_or_else(|| {
            let number = page.message(&self.of_message);
            self.messages.push((message, number));
            number
        })
    }
}

/// What was found of an option.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    /// It takes nothing that is shared.
    Free,
    /// It takes something.
    Taking,
    /// There is nothing of it for this customer.
    Unknown,
}

impl General<'_> {
    /// Hands in the ballots of the customers of a block.
    pub fn survey(&mut self, rules: &Rules<'_>, lot: &mut Lot<'_>, candidates: &Candidates, page: &mut Page) {
        self.begin(candidates);
        self.ballot.begin_page();
        // Nothing is decided, and what is not possible is counted when it is.
        let mut uncounted = Decided::default();
        let mut block = Block { rules, lot, turns: Turns::new(candidates), decided: &mut uncounted, grants: None };
        for row in 0..candidates.len {
            if self.is_left_out(candidates, row) {
                self.leave_out(candidates, row, block.decided);
                continue;
            }
            self.gather(candidates, row, &mut block);
            if self.may_take() {
                let whose = self.whose(candidates, row);
                self.vote(Customer { candidates, row, whose }, &mut block, page);
            } else {
                self.work.forget();
            }
        }
    }

    /// Whether something that the customer at hand may get is limited over all customers.
    fn may_take(&self) -> bool {
        let work = &self.work;
        let mut all = work.main.iter().chain(&work.fallback).chain(&work.notices);
        all.any(|entry| self.takes.may_take(entry.offer))
    }

    fn vote(&mut self, customer: Customer<'_>, block: &mut Block<'_, '_, '_, '_>, page: &mut Page) {
        self.past.begin();
        self.pauses.begin();
        self.ballot.begin();
        let at = customer.candidates.first + customer.row;
        let lot = block.lot.of_customer(at);
        let slots = u16::try_from(self.slots(customer, block)).unwrap_or(u16::MAX);
        page.begin(Voter { customer: u32::try_from(at).unwrap_or(u32::MAX), lot, slots });
        let phases = self.ballot.phases;
        let main = std::mem::take(&mut self.work.main);
        let (main, is_sure) = self.list_all(main, None, customer, block, page);
        self.work.main = main;
        if is_sure {
            self.work.fallback.clear();
        }
        let fallback = std::mem::take(&mut self.work.fallback);
        self.work.fallback = self.list_all(fallback, Some(phases.fallback()), customer, block, page).0;
        let notices = std::mem::take(&mut self.work.notices);
        self.work.notices = self.list_all(notices, Some(phases.notices()), customer, block, page).0;
        page.end();
    }

    /// How many offers the customer can get: where caps of the customer count what this run gives, as many as are placed
    /// if nothing is scarce.
    fn slots(&mut self, customer: Customer<'_>, block: &mut Block<'_, '_, '_, '_>) -> usize {
        if self.ballot.slots < 2 || !self.ballot.is_capped {
            return self.ballot.slots;
        }
        let main = self.work.main.clone();
        self.place_ranked(main, customer, block);
        let placed = self.work.placed.len();
        self.work.placed.clear();
        block.decided.decisions.clear();
        placed.max(1)
    }

    /// Hands in candidates in rank order, of tiers or of one phase; gives their room back, empty, and says whether one of
    /// them is sure to be placed, so that those after it have no chance.
    fn list_all(
        &mut self,
        entries: Vec<Entry>,
        phase: Option<u16>,
        customer: Customer<'_>,
        block: &mut Block<'_, '_, '_, '_>,
        page: &mut Page,
    ) -> (Vec<Entry>, bool) {
        let takes_slots = phase.is_none_or(|phase| phase != self.ballot.phases.notices());
        let mut queue = Queue::of(entries);
        while let Some(entry) = self.next(&mut queue, customer, block) {
            if !self.ballot.wants(&entry) {
                continue;
            }
            let phase = phase.unwrap_or_else(|| self.ballot.phases.tier(entry.tier));
            let (left, is_sure) = self.list(entry, phase, customer, block, page);
            if is_sure && takes_slots {
                return (queue.into_spare(), true);
            }
            left.into_iter().flatten().for_each(|entry| queue.push(entry));
        }
        (queue.into_spare(), false)
    }

    /// Hands in the next candidate of an entry by its route. What is left of the entry, or goes on to its next route,
    /// comes back; and whether the candidate is sure of the only slot, since it takes nothing shared.
    fn list(
        &mut self,
        mut entry: Entry,
        phase: u16,
        customer: Customer<'_>,
        block: &mut Block<'_, '_, '_, '_>,
        page: &mut Page,
    ) -> ([Option<Entry>; 2], bool) {
        match self.find(&entry, customer, block) {
            Ok(place) => {
                let one = place.placed.member.map_or(entry, |member| entry.alone(member));
                let found = self.hand_in(&entry, &place, phase, customer, page);
                if found == Found::Unknown {
                    return ([self.by_next_route(entry, customer, block), None], false);
                }
                self.ballot.count_member(&entry);
                // Of a customer with several slots, what is placed before may have the place that is free.
                let is_sure = found == Found::Free && self.ballot.slots == 1;
                let next = if is_sure { None } else { self.by_next_route(one, customer, block) };
                ([entry.without_first(), next], is_sure)
            }
            Err(Refusal::All(stop)) => {
                entry.furthest = entry.furthest.max(stop);
                ([self.by_next_route(entry, customer, block), None], false)
            }
            Err(Refusal::Alone(member, _)) => {
                let one = self.by_next_route(entry.alone(member), customer, block);
                ([entry.without_first(), one], false)
            }
            Err(Refusal::ByAny(_)) => ([None, None], false),
        }
    }

    /// The entry by its next possible route, worth no more than by this one.
    fn by_next_route(&self, entry: Entry, customer: Customer<'_>, block: &mut Block<'_, '_, '_, '_>) -> Option<Entry> {
        let worth = entry.choice.value;
        let mut next = self.go_on(entry, customer, block)?;
        next.choice.value = next.choice.value.min(worth);
        Some(next)
    }

    fn hand_in(&mut self, entry: &Entry, place: &Place, phase: u16, customer: Customer<'_>, page: &mut Page) -> Found {
        let (facts, row, new) = (customer.facts(), customer.row, &place.placed);
        let route = entry.choice.route;
        if self.takes.of(Taking { facts, row, route, new }, &mut self.ballot.taken).is_err() {
            return Found::Unknown;
        }
        let is_free = self.ballot.taken.is_empty();
        self.ballot.name(&self.takes, facts, row, page);
        let cost = self.takes.message_cost(new.offer, route, facts, row);
        let is_notice = phase == self.ballot.phases.notices();
        let message = Message { channel: new.channel, at: new.at, is_asked: new.is_asked, is_notice, cost };
        let message = self.ballot.message(message, page);
        let choice = Choice {
            phase,
            offer: new.offer,
            member: new.member.unwrap_or(Choice::NO_MEMBER),
            route,
            channel: u16::try_from(new.channel).unwrap_or(u16::MAX),
            worth: millionths(entry.choice.value),
            held_out: self.is_held_out(new.offer, customer),
            message,
        };
        page.choice(choice, &self.ballot.uses);
        if is_free { Found::Free } else { Found::Taking }
    }
}

/// What something is worth, in millionths; above 0, as all that is worth something at all.
fn millionths(value: f64) -> i64 {
    // Values are at most 10^9.
    ((value * 1e6).round_ties_even() as i64).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::GREATEST_SCORE;

    #[test]
    fn what_is_worth_something_is_worth_a_millionth() {
        assert_eq!([1e-12, 0.4e-6, 1.5e-6, 2.0].map(millionths), [1, 1, 2, 2_000_000]);
        assert_eq!(millionths(GREATEST_SCORE), 1_000_000_000_000_000);
    }
}
