//! Caps over all customers: who gets what is scarce, so that the total worth is as great as it can be.
//!
//! Customers hand in ballots: the offers that each may get, what each is worth and what each takes of the resources that
//! all share ([`Page`]). One price for each resource is nearly the whole answer: at given prices every customer chooses
//! for themselves. [`Allocator::settle`] finds the prices, lets those have what is scarce who gain most by it, and never
//! gives more than there is. Placing ([`crate::decide`]) then may use of the shared resources what was granted, and
//! nothing else.
//!
//! Amounts and worths are integers, sums are exact: nothing depends on the number of threads, the size of pages or the
//! order in which customers come.

mod asking;
mod descent;
mod exchange;
mod grants;
mod intern;
mod leftover;
mod market;
mod page;
mod prices;
mod report;
mod respond;
mod round;
mod search;
mod settle;
mod sheet;
mod store;

use std::io;
use std::sync::Arc;

use indexmap::IndexMap;

pub use grants::Grants;
pub use page::Page;
pub use report::{Report, Scarce};

use market::Bits;
use prices::Resource;
use settle::Settlement;
use store::Store;

/// Names a resource that all customers share, for people and across pages.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourceKey {
    /// Which limit.
    pub limit: LimitOf,
    /// What it counts apart: the value of its key as text (an int in decimal), where it has one.
    pub key: Option<Arc<str>>,
    /// The day, week, month, quarter or year of the project's calendar, counted on, where it has one.
    pub period: Option<i64>,
}

/// A limit over all customers of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LimitOf {
    /// By its position in `portfolio.shared`.
    Shared(u32),
    /// The capacity of a channel, by its position.
    Channel(u32),
}

/// What an option or a message takes of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Use {
    /// The resource, as its page numbers it ([`Page::resource`]).
    pub resource: u32,
    /// How much: showings, messages, or millionths of a currency; above 0.
    pub amount: u64,
}

/// One way to make one offer to a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// When it takes part: tiers of the ranking from the strongest 0, then the fallback, then notices. Phases are
    /// settled one after the other; what an earlier one has given is gone.
    pub phase: u16,
    /// The offer.
    pub offer: u32,
    /// The member of a family; [`Choice::NO_MEMBER`] where there is none.
    pub member: u32,
    /// The route of the offer, by its position; of two that are worth the same the first is better.
    pub route: u8,
    /// The channel of the route.
    pub channel: u16,
    /// What it is worth, in millionths of the objective or of the score; above 0. A later route of an offer is worth at
    /// most what its earlier ones are: the author's order holds unless something scarce stands against it.
    pub worth: i64,
    /// Whether the offer's holdout holds it back: it takes a slot and nothing of the resources, and its worth counts
    /// nowhere.
    pub held_out: bool,
    /// Which of the customer's messages carries it ([`Page::message`]).
    pub message: u8,
}

impl Choice {
    /// Of no family.
    pub const NO_MEMBER: u32 = u32::MAX;
}

/// How many offers a customer may get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Voter {
    /// The customer's row in the snapshot; ascending within a page and from page to page.
    pub customer: u32,
    /// The customer's lot, which decides between equals: bits of a hash of the customer's key and the project's salt.
    pub lot: u64,
    /// How many offers the customer can get in all: slots, and what the customer's own caps leave room for. Notices take
    /// none.
    pub slots: u16,
}

/// Which offers a customer may have beside each other.
///
/// What may stand beside each other may also without some of it, and in any order.
pub trait Beside: Sync {
    /// Whether one more, by this channel, fits beside what is chosen: slates, diversity, exclusions, and caps as if all
    /// were sent at one time.
    fn fits(&self, chosen: &[Choice], next: &Choice) -> bool;
    /// The same of what holds whenever they are sent, for the bound: no caps.
    fn can_stand(&self, chosen: &[Choice], next: &Choice) -> bool {
        self.fits(chosen, next)
    }
    /// How many offers a customer can have at most by the channel of a choice; of what takes no slot, any number.
    fn most_by(&self, _choice: &Choice) -> usize {
        usize::MAX
    }
    /// Whether offers of this phase take no slot and stand outside the slates (notices).
    fn takes_no_slot(&self, _phase: u16) -> bool {
        false
    }
    /// Whether offers of this phase are only for those who have got nothing (the fallback).
    fn is_for_nobody_else(&self, _phase: u16) -> bool {
        false
    }
}

/// Takes the ballots of all customers and settles who gets what.
pub struct Allocator<'a> {
    beside: &'a dyn Beside,
    left: &'a dyn Fn(&ResourceKey) -> u64,
    /// What is left of each resource, as it was told when it was first seen.
    resources: IndexMap<ResourceKey, u64>,
    store: Store,
    customers: u64,
}

impl<'a> Allocator<'a> {
    /// No ballots yet. `left` tells what is left of a resource and is asked once, when the resource is first seen. What
    /// does not fit `memory` (bytes) waits in a temporary file.
    pub fn new(beside: &'a dyn Beside, left: &'a dyn Fn(&ResourceKey) -> u64, memory: usize) -> Self {
        Self { beside, left, resources: IndexMap::new(), store: Store::new(memory), customers: 0 }
    }

    /// Takes the ballots of the next block.
    ///
    /// # Errors
    /// When the temporary file cannot be written.
    pub fn push(&mut self, page: Page) -> io::Result<()> {
        let left = self.left;
        let sheet = page.finish(|key| {
            let entry = self.resources.entry(key);
            let index = entry.index();
            entry.or_insert_with_key(left);
            u32::try_from(index).unwrap_or(u32::MAX)
        });
        self.customers += sheet.voters.len() as u64;
        self.store.push(sheet)
    }

    /// Who gets what; the same on any number of threads.
    ///
    /// # Errors
    /// When the temporary file cannot be read.
    pub fn settle(self, threads: usize) -> io::Result<Allocation> {
        let left: Vec<u64> = self.resources.values().copied().collect();
        let count = left.len();
        let (scale, mut resources) = settle::measure(&self.store, threads, self.beside, &left)?;
        let mut order: Vec<usize> = (0..left.len()).collect();
        order.sort_by_key(|at| self.resources.get_index(*at).map(|(key, _)| key));
        for (rank, at) in (0..).zip(&order) {
            if let Some(resource) = resources.get_mut(*at) {
                resource.rank = rank;
            }
        }
        let taken = self.store.each(threads, |_, sheet| Bits::of(sheet.choices()))?;
        let mut settlement = Settlement {
            store: &self.store,
            beside: self.beside,
            prices: vec![0; count],
            left,
            resources,
            order,
            threads,
            scale,
            taken,
            customers: self.customers,
            value: 0,
            bound: 0,
            used: vec![0; count],
        };
        settlement.run()?;
        let Settlement { resources, used, taken, prices, value, bound, .. } = settlement;
        let mut report = Report { resources: Vec::new(), customers: self.customers, value, bound: bound.max(value) };
        for (((key, before), used), (resource, price)) in
            self.resources.into_iter().zip(used).zip(resources.iter().zip(prices))
        {
            report.resources.push(Scarce { key, left: before, used, price: scale.price(price, resource) });
        }
        report.resources.sort_by(|one, other| one.key.cmp(&other.key));
        Ok(Allocation { store: self.store, resources, taken, report })
    }
}

/// Who gets what.
#[derive(Debug)]
pub struct Allocation {
    store: Store,
    resources: Vec<Resource>,
    /// By page: what is taken.
    taken: Vec<Bits>,
    report: Report,
}

impl Allocation {
    /// What was granted to the customers of a page, by the page's position.
    ///
    /// # Errors
    /// When the temporary file cannot be read.
    pub fn grants(&self, page: usize) -> io::Result<Grants> {
        let Some(taken) = self.taken.get(page) else { return Ok(Grants::default()) };
        Ok(Grants::of(&*self.store.read(page)?, taken, &self.resources))
    }

    /// What was scarce, and how good the allocation is.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// As [`Allocation::report`], when nothing more is asked.
    pub fn into_report(self) -> Report {
        self.report
    }
}

#[cfg(test)]
mod tests;
