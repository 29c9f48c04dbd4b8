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

use std::sync::Arc;

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
