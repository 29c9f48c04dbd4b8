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

mod grants;
mod intern;
mod page;
mod report;

use std::io;
use std::sync::Arc;

use indexmap::IndexMap;

pub use grants::Grants;
pub use page::Page;
use page::Sheet;
pub use report::{Report, Scarce};

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
pub trait Beside: Sync {
    /// Whether one more, by this channel, fits beside what is chosen: slates, diversity, exclusions.
    fn fits(&self, chosen: &[Choice], next: &Choice) -> bool;
    /// Whether offers of this phase take no slot and stand outside the slates (notices).
    fn takes_no_slot(&self, phase: u16) -> bool;
    /// Whether offers of this phase are only for those who have got nothing (the fallback).
    fn is_for_nobody_else(&self, phase: u16) -> bool;
}

/// Takes the ballots of all customers and settles who gets what.
pub struct Allocator<'a> {
    beside: &'a dyn Beside,
    left: &'a dyn Fn(&ResourceKey) -> u64,
    /// What is left of each resource, as it was told when it was first seen.
    resources: IndexMap<ResourceKey, u64>,
    pages: Vec<Sheet>,
}

impl<'a> Allocator<'a> {
    /// No ballots yet. `left` tells what is left of a resource and is asked once, when the resource is first seen. What
    /// does not fit `memory` (bytes) waits in a temporary file.
    pub fn new(beside: &'a dyn Beside, left: &'a dyn Fn(&ResourceKey) -> u64, _memory: usize) -> Self {
        Self { beside, left, resources: IndexMap::new(), pages: Vec::new() }
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
        self.pages.push(sheet);
        Ok(())
    }

    /// Who gets what: first come, in the order of the customers, each their best.
    ///
    /// # Errors
    /// When the temporary file cannot be read.
    pub fn settle(self, _threads: usize) -> io::Result<Allocation> {
        let mut left: Vec<u64> = self.resources.values().copied().collect();
        let mut report = Report::default();
        let mut taken = Vec::with_capacity(self.pages.len());
        for page in &self.pages {
            taken.push(first_come(page, self.beside, &mut left, &mut report));
        }
        let scarce = |((key, before), after): ((ResourceKey, u64), u64)| Scarce {
            key,
            left: before,
            used: before.saturating_sub(after),
            price: 0,
        };
        report.resources = self.resources.into_iter().zip(left).map(scarce).collect();
        Ok(Allocation { pages: self.pages, taken, report })
    }
}

/// Lets each customer of a page choose, one after the other; which choices were granted.
fn first_come(page: &Sheet, beside: &dyn Beside, left: &mut [u64], report: &mut Report) -> Vec<bool> {
    let mut taken = vec![false; page.choices()];
    for ballot in page.ballots() {
        report.customers += 1;
        let mut order: Vec<usize> = ballot.choices.clone().collect();
        order.sort_by_key(|at| page.choice(*at).map(|choice| (choice.phase, -choice.worth)));
        let mut chosen: Vec<Choice> = Vec::new();
        let mut opened: Vec<u8> = Vec::new();
        let mut slots = ballot.voter.slots;
        for at in order {
            let Some(choice) = page.choice(at) else { continue };
            let takes_slot = !beside.takes_no_slot(choice.phase);
            let late = beside.is_for_nobody_else(choice.phase) && chosen.iter().any(|other| other.phase < choice.phase);
            if late || (takes_slot && slots == 0) || !beside.fits(&chosen, &choice) {
                continue;
            }
            if !choice.held_out {
                let message = (!opened.contains(&choice.message)).then(|| page.message(&ballot, choice.message));
                let uses = || page.uses(at).iter().chain(message.into_iter().flatten());
                if !pay(left, uses) {
                    continue;
                }
                opened.push(choice.message);
                report.value += i128::from(choice.worth);
            }
            slots -= u16::from(takes_slot);
            chosen.push(choice);
            if let Some(taken) = taken.get_mut(at) {
                *taken = true;
            }
        }
        // Nobody gets more than all that they would like.
        report.bound += page.most(&ballot);
    }
    taken
}

/// Takes all of it, or nothing.
fn pay<'u, I: Iterator<Item = &'u Use>>(left: &mut [u64], uses: impl Fn() -> I) -> bool {
    let mut paid = 0;
    for used in uses() {
        match left.get_mut(used.resource as usize).filter(|left| **left >= used.amount) {
            Some(left) => *left -= used.amount,
            None => {
                for back in uses().take(paid) {
                    if let Some(left) = left.get_mut(back.resource as usize) {
                        *left += back.amount;
                    }
                }
                return false;
            }
        }
        paid += 1;
    }
    true
}

/// Who gets what.
#[derive(Debug)]
pub struct Allocation {
    pages: Vec<Sheet>,
    taken: Vec<Vec<bool>>,
    report: Report,
}

impl Allocation {
    /// What was granted to the customers of a page, by the page's position.
    ///
    /// # Errors
    /// When the temporary file cannot be read.
    pub fn grants(&self, page: usize) -> io::Result<Grants> {
        let granted = self.pages.get(page).zip(self.taken.get(page));
        Ok(granted.map_or_else(Grants::default, |(page, taken)| Grants::of(page, taken)))
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
