//! Any plan: one customer after the other, the best candidate first, each at the first of its routes that has room.
//!
//! For a customer: who is held out gets nothing. Else all candidates queue by tier, value at their first possible route,
//! and lot ([`super::queue`]). The first takes a slot, if slates and exclusions, a time of sending, the customer's
//! caps and pauses and what is granted of the limits over all customers allow it; else it goes on to its next route and
//! queues again, until there is none. Then the fallback, where nothing has its place; then notices, each by itself.

use opportune_plan::{ChannelId, OfferId, Plan, VerifiedPlan};

use super::experiments::Experiments;
use super::facts::{FactIds, Facts};
use super::gather::{Found, Turns};
use super::limits::{self, Asking, Limits};
use super::options::{Choice, Options, Stop};
use super::past::Past;
use super::pauses::{self, Pauses};
use super::placed::Placed;
use super::queue::{Entry, OfFamily, Queue};
use super::slates::Slates;
use super::survey::Ballot;
use super::takes::{Takes, Taking};
use super::work::{Block, Customer, Place, Refusal, Work};
use super::zones::{Calendars, Whose};
use super::{Decided, Decision, Lot, Rules};
use crate::allocate::{Choice as Granted, Grants};
use crate::evaluate::Candidates;
use crate::sending::{SendTimes, Whereabouts};
use crate::snapshot::Snapshot;
use crate::time::Clock;

/// Decides for any plan.
pub struct General<'a> {
    plan: &'a Plan,
    facts: FactIds,
    options: Options,
    slates: Slates,
    limits: Limits,
    pub(super) pauses: Pauses,
    experiments: Experiments,
    pub(super) past: Past<'a>,
    times: SendTimes,
    calendars: Calendars,
    pub(super) takes: Takes,
    pub(super) ballot: Ballot,
    /// By channel: where the fact stands that tells whose law holds.
    laws: Vec<Option<usize>>,
    fallback: Option<u32>,
    pub(super) work: Work,
}

impl<'a> General<'a> {
    /// Prepares the rules of a plan.
    pub fn new(plan: &'a VerifiedPlan, snapshot: &'a Snapshot, clock: &Clock) -> Self {
        let (facts, now) = (FactIds::new(plan), clock.now());
        let since = |history| limits::since(plan, history, now).min(pauses::since(plan, history, now));
        let (takes, slates) = (Takes::new(plan, snapshot, clock, &facts), Slates::new(plan));
        let laws = plan.channels.iter().map(|channel| channel.law.map(|law| facts.at(law))).collect();
        Self {
            plan,
            options: Options::new(plan, &facts),
            ballot: Ballot::new(plan, slates.most(), &takes),
            slates,
            takes,
            limits: Limits::new(plan, snapshot, &facts, now),
            pauses: Pauses::new(plan, now),
            experiments: Experiments::new(plan, &facts),
            past: Past::new(plan, snapshot, clock, since),
            times: SendTimes::new(plan, clock),
            calendars: Calendars::new(&plan.delivery, clock.zone(), &facts),
            laws,
            fallback: plan.portfolio.fallback.map(|offer| offer.0),
            work: Work::default(),
            facts,
        }
    }

    /// Decides for the customers of a block; of what is limited over all customers they may have what is granted.
    pub fn decide(
        &mut self,
        rules: &Rules<'_>,
        lot: &mut Lot<'_>,
        candidates: &Candidates,
        grants: Option<&Grants>,
        decided: &mut Decided,
    ) {
        self.begin(candidates);
        let mut block = Block { rules, lot, turns: Turns::new(candidates), decided, grants };
        for row in 0..candidates.len {
            if self.is_left_out(candidates, row) {
                self.leave_out(candidates, row, block.decided);
            } else if self.gather(candidates, row, &mut block) {
                let whose = self.whose(candidates, row);
                self.place_all(Customer { candidates, row, whose }, &mut block);
            }
        }
    }

    /// Goes to another block.
    pub(super) fn begin(&mut self, candidates: &Candidates) {
        self.work.gathering.begin(candidates);
        self.work.picking.begin(candidates);
    }

    pub(super) fn is_left_out(&self, candidates: &Candidates, row: usize) -> bool {
        self.experiments.leave_out(Facts(&candidates.facts), row)
    }

    pub(super) fn is_held_out(&self, offer: u32, customer: Customer<'_>) -> bool {
        self.experiments.draw(offer, customer.facts(), customer.row).held_out
    }

    pub(super) fn whose(&mut self, candidates: &Candidates, row: usize) -> Whose {
        self.calendars.of(Facts(&candidates.facts), row)
    }

    pub(super) fn leave_out(&mut self, candidates: &Candidates, row: usize, decided: &mut Decided) {
        decided.customers_left_out += 1;
        self.work.gathering.each(candidates, row, |found| {
            if let Some(outcome) = decided.outcomes.get_mut(found.offer as usize) {
                outcome.left_out += found.count;
            }
        });
    }

    /// Finds a customer's candidates, each at its first possible route; whether there are any.
    pub(super) fn gather(&mut self, candidates: &Candidates, row: usize, block: &mut Block<'_, '_, '_, '_>) -> bool {
        let Self { options, fallback, work, .. } = self;
        let Work { gathering, main, fallback: aside, notices, placed, .. } = work;
        placed.clear();
        gathering.each(candidates, row, |found| {
            let mut furthest = Stop::Unreachable;
            let Some(choice) = options.first(candidates, found.offer, 0, row, found.score, &mut furthest) else {
                return block.stop(found.offer, found.count, furthest);
            };
            let tier = block.rules.tiers.get(found.offer as usize).copied().unwrap_or(0);
            let family = found.family.map(|at| OfFamily {
                at,
                turn: 0,
                count: u32::try_from(found.count).unwrap_or(u32::MAX),
                alone: None,
            });
            let Found { offer, score, .. } = found;
            let entry = Entry { tier, offer, choice, lot: None, score, family, furthest };
            match options.is_notice(found.offer) {
                true => notices.push(entry),
                false if *fallback == Some(found.offer) => aside.push(entry),
                false => main.push(entry),
            }
        });
        !(main.is_empty() && aside.is_empty() && notices.is_empty())
    }

    fn place_all(&mut self, customer: Customer<'_>, block: &mut Block<'_, '_, '_, '_>) {
        self.past.begin();
        self.pauses.begin();
        let main = std::mem::take(&mut self.work.main);
        self.work.main = self.place_ranked(main, customer, block);
        let mut fallback = std::mem::take(&mut self.work.fallback);
        if !self.work.placed.is_empty() {
            fallback.drain(..).for_each(|entry| block.stop(entry.offer, entry.count(), Stop::Outranked));
        }
        self.work.fallback = self.place_ranked(fallback, customer, block);
        let mut notices = std::mem::take(&mut self.work.notices);
        // Families come after other offers; the last is taken first.
        notices.sort_by_key(|entry| entry.offer);
        notices.reverse();
        while let Some(notice) = notices.pop() {
            notices.extend(self.place(notice, customer, block).into_iter().flatten());
        }
        self.work.notices = notices;
    }

    /// Places candidates in rank order, until there are no more or no slots; gives their room back, empty.
    pub(super) fn place_ranked(
        &mut self,
        entries: Vec<Entry>,
        customer: Customer<'_>,
        block: &mut Block<'_, '_, '_, '_>,
    ) -> Vec<Entry> {
        let mut queue = Queue::of(entries);
        while !self.slates.are_full(&self.work.placed) {
            let Some(entry) = self.next(&mut queue, customer, block) else { break };
            let left = self.place(entry, customer, block);
            left.into_iter().flatten().for_each(|entry| queue.push(entry));
        }
        for entry in queue.rest() {
            block.stop(entry.offer, entry.count(), Stop::Outranked);
        }
        queue.into_spare()
    }

    /// The first that waits.
    pub(super) fn next(
        &self,
        queue: &mut Queue,
        customer: Customer<'_>,
        block: &mut Block<'_, '_, '_, '_>,
    ) -> Option<Entry> {
        let (plan, lot) = (self.plan, &mut *block.lot);
        queue.pop(|offer: u32| {
            let offer = plan.offers.get(offer as usize);
            offer.map_or(u64::MAX, |offer| lot.draw(customer.candidates.first + customer.row, &offer.name))
        })
    }

    /// Places the next candidate of an entry by its route. What is left of the entry, or goes on to its next route, comes
    /// back; after it one that goes on alone.
    fn place(
        &mut self,
        mut entry: Entry,
        customer: Customer<'_>,
        block: &mut Block<'_, '_, '_, '_>,
    ) -> [Option<Entry>; 2] {
        match self.find(&entry, customer, block) {
            Ok(place) => {
                self.make(&entry, &place, customer, block.decided);
                [entry.without_first(), None]
            }
            Err(Refusal::All(stop)) => {
                entry.furthest = entry.furthest.max(stop);
                [self.go_on(entry, customer, block), None]
            }
            Err(Refusal::Alone(member, stop)) => {
                let mut one = entry.alone(member);
                one.furthest = one.furthest.max(stop);
                [entry.without_first(), self.go_on(one, customer, block)]
            }
            Err(Refusal::ByAny(stop)) => {
                block.stop(entry.offer, entry.count(), stop);
                [None, None]
            }
        }
    }

    /// The entry by its next possible route; where there is none, it is counted.
    pub(super) fn go_on(
        &self,
        mut entry: Entry,
        customer: Customer<'_>,
        block: &mut Block<'_, '_, '_, '_>,
    ) -> Option<Entry> {
        let from = usize::from(entry.choice.route) + 1;
        let Customer { candidates, row, .. } = customer;
        match self.options.first(candidates, entry.offer, from, row, entry.score, &mut entry.furthest) {
            Some(choice) => {
                entry.choice = choice;
                Some(entry)
            }
            None => {
                block.stop(entry.offer, entry.count(), entry.furthest);
                None
            }
        }
    }

    /// The place of the next candidate of an entry by its route.
    pub(super) fn find(
        &mut self,
        entry: &Entry,
        customer: Customer<'_>,
        block: &mut Block<'_, '_, '_, '_>,
    ) -> Result<Place, Refusal> {
        let Choice { channel, is_asked, .. } = entry.choice;
        let is_notice = self.options.is_notice(entry.offer);
        let slot = if is_notice { 0 } else { self.slates.slot(&self.work.placed, entry.offer, channel.0)? };
        let at = self.send_at(entry, customer).ok_or(Stop::Untimely)?;
        let new = Placed { offer: entry.offer, member: None, channel: channel.0, at, is_asked, is_sent: true };
        if !self.have_room(entry, customer, &new) || !is_notice && self.is_stopped(customer, &new) {
            return Err(Stop::Capped.into());
        }
        let new = Placed { member: block.member(entry, customer.row), ..new };
        let asking = asking(&self.calendars, &self.work, customer);
        if let Some(member) = new.member.filter(|_| self.limits.tell_members_apart(entry.offer))
            && !self.limits.have_room_for_member(&mut self.past, asking, &new)
        {
            return Err(Refusal::Alone(member, Stop::Capped));
        }
        let wanted = self.plan.offers.get(entry.offer as usize).map_or(&[][..], |offer| &offer.picks);
        let picks = self.work.picking.pick(customer.candidates, entry.offer, wanted, customer.row);
        let picks = picks.ok_or(Refusal::ByAny(Stop::Withheld))?;
        // Last: what cannot be for another reason has not been handed in, and was granted to nobody.
        self.is_granted(entry, &new, customer, block.grants)?;
        Ok(Place { placed: new, slot, picks })
    }

    /// Whether the customer may take what an option takes of what all share.
    fn is_granted(
        &mut self,
        entry: &Entry,
        new: &Placed,
        customer: Customer<'_>,
        grants: Option<&Grants>,
    ) -> Result<(), Refusal> {
        let Some(grants) = grants.filter(|_| self.takes.may_take(new.offer)) else { return Ok(()) };
        let Work { placed, taken, .. } = &mut self.work;
        let route = entry.choice.route;
        let taking = Taking { facts: customer.facts(), row: customer.row, route, new };
        self.takes.of(taking, taken).map_err(|_| Stop::UsedUp)?;
        let is_with_another = placed.iter().any(|placed| placed.is_sent && placed.is_with(new));
        let who = u32::try_from(customer.candidates.first + customer.row).unwrap_or(u32::MAX);
        let member = new.member.unwrap_or(Granted::NO_MEMBER);
        if taken.iter().all(|taken| taken.by_message && is_with_another) || grants.allows(who, new.offer, route, member)
        {
            return Ok(());
        }
        let used = placed.iter().filter(|placed| (placed.offer, placed.channel) == (new.offer, new.channel)).count();
        let is_another_granted = grants.count(who, new.offer, route) > used;
        Err(match new.member.filter(|_| is_another_granted) {
            Some(member) => Refusal::Alone(member, Stop::UsedUp),
            None => Stop::UsedUp.into(),
        })
    }

    /// The time of sending of a candidate by its route.
    fn send_at(&mut self, entry: &Entry, customer: Customer<'_>) -> Option<i64> {
        let Choice { channel, is_asked, .. } = entry.choice;
        let (facts, row) = (customer.facts(), customer.row);
        let law = self.laws.get(channel.0 as usize).copied().flatten().map(|law| facts.text(law, row));
        let at = Whereabouts { zone: self.calendars.zone(customer.whose), law };
        let event = |event| facts.int(self.facts.at(event), row);
        self.times.earliest(OfferId(entry.offer), channel, is_asked, &at, &event)
    }

    /// Whether the customer's caps leave room, whichever member of a family it is.
    fn have_room(&mut self, entry: &Entry, customer: Customer<'_>, new: &Placed) -> bool {
        let asking = asking(&self.calendars, &self.work, customer);
        let of = |room: &Option<Vec<u32>>| room.as_ref().and_then(|room| room.get(customer.row)).copied();
        let family = entry.family.and_then(|family| customer.candidates.families.get(family.at as usize));
        let given = asking.placed.iter().filter(|placed| placed.is_sent && placed.offer == entry.offer).count();
        if family.and_then(|family| of(&family.room)).is_some_and(|room| given >= room as usize) {
            return false;
        }
        self.limits.have_room(&mut self.past, asking, new)
    }

    /// Whether the portfolio's contact cap or a pause stops a new contact.
    fn is_stopped(&mut self, customer: Customer<'_>, new: &Placed) -> bool {
        let asking = asking(&self.calendars, &self.work, customer);
        if let Some(room) = customer.candidates.contact_room.as_ref().and_then(|room| room.get(customer.row))
            && !is_affordable(asking.placed, new, *room)
        {
            return true;
        }
        !new.is_asked && self.pauses.stop(&mut self.past, asking, new.at)
    }

    fn make(&mut self, entry: &Entry, place: &Place, customer: Customer<'_>, decided: &mut Decided) {
        let (facts, row) = (customer.facts(), customer.row);
        let drawn = self.experiments.draw(entry.offer, facts, row);
        let placed = Placed { is_sent: !drawn.held_out, ..place.placed };
        let is_first = !self.work.placed.iter().any(|other| other.is_sent && other.is_with(&placed));
        let taking = Taking { facts, row, route: entry.choice.route, new: &placed };
        let cost = self.takes.cost(taking, is_first).filter(|_| placed.is_sent);
        self.work.placed.push(placed);
        let channel = ChannelId(placed.channel);
        if let Some(outcome) = decided.outcomes.get_mut(entry.offer as usize) {
            if drawn.held_out { outcome.held_out += 1 } else { outcome.make(channel) }
        }
        let customer = u32::try_from(customer.candidates.first + row).unwrap_or(u32::MAX);
        decided.decisions.push(Decision {
            customer,
            offer: OfferId(entry.offer),
            member: placed.member,
            channel,
            slot: place.slot,
            send_at: placed.at,
            score: entry.score,
            value: entry.choice.value,
            picks: place.picks,
            arm: drawn.arm,
            held_out: drawn.held_out,
            propensity: drawn.propensity,
            cost,
        });
    }
}

fn asking<'c>(calendars: &'c Calendars, work: &'c Work, customer: Customer<'c>) -> Asking<'c> {
    let calendar = calendars.of_customer(customer.whose);
    Asking { candidates: customer.candidates, row: customer.row, calendar, placed: &work.placed }
}

/// Whether a cap on contacts that is told at `now` leaves room; what goes in a message that is there already costs none.
fn is_affordable(placed: &[Placed], new: &Placed, room: u32) -> bool {
    let sent = || placed.iter().filter(|placed| placed.is_sent);
    let is_first = |(at, one): &(usize, &Placed)| !sent().take(*at).any(|other| other.is_with(one));
    sent().any(|placed| placed.is_with(new)) || sent().enumerate().filter(is_first).count() < room as usize
}
