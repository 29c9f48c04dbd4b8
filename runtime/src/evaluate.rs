//! From a block of customers to scored candidates: what every evaluator must give.
//!
//! Three evaluators give the same answer, bit for bit: the reference interpreter, the vectorised evaluator, and the JIT.

use std::ops::Range;
use std::sync::Arc;

use opportune_plan::{Delivery, OfferId, Timing};

use crate::families::Classes;
use crate::snapshot::{Bitmap, Block, Column};

/// The greatest score that counts; beyond it, as at or below zero, an offer is withheld.
pub const GREATEST_SCORE: f64 = 1e9;

/// Turns blocks into candidates.
pub trait Evaluator: Send {
    /// Evaluates all offers for the customers of a block, into `candidates`, which is emptied first.
    fn evaluate(&mut self, block: &Block<'_>, candidates: &mut Candidates) {
        self.evaluate_each(block, candidates, &mut |_| ());
    }

    /// As [`Evaluator::evaluate`], and calls `each` after every offer, while its candidates are in the nearest cache;
    /// `each` may take the rows and scores out, so that they need not leave it.
    fn evaluate_each(&mut self, block: &Block<'_>, candidates: &mut Candidates, each: &mut dyn FnMut(&mut Candidates));
}

/// Which customers of a block may get which offer, and how strongly.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Candidates {
    /// The block's first customer.
    pub first: usize,
    /// The block's customers.
    pub len: usize,
    /// By offer: its candidates' positions in `rows` and `scores`, from the last time on that these were taken out; none of
    /// a family.
    pub offers: Vec<Range<usize>>,
    /// Customers as positions in the block, ascending within an offer.
    pub rows: Vec<u32>,
    /// Their scores: above 0, at most [`GREATEST_SCORE`].
    pub scores: Vec<f64>,
    /// The candidates of the families, in the order of their offers.
    pub families: Vec<FamilyCandidates>,
    /// By offer: how many customers stopped where; of a family, how many pairs of a customer and a member.
    pub tallies: Vec<Tally>,
    /// By channel: the customers whom it may reach; `None` when all.
    pub channels: Vec<Option<Bitmap>>,
    /// With a contact cap: by customer, how many more contacts it leaves room for before this run.
    pub contact_room: Option<Vec<u32>>,
    /// What decisions need to know of each customer, in the order of [`opportune_plan::Plan::facts`].
    pub facts: Vec<Fact>,
    /// By history of the plan that has a filter: which events pass it, those included of which that is not known (by
    /// arithmetic that does not fit); `None` for those without.
    pub selected: Vec<Option<Selected>>,
    /// By offer, then by pick: which members may be picked for whom, as the candidates of a family, whoever the offer's own
    /// candidates are; `offer` is the offer that picks. Empty where no offer of the plan picks.
    pub picks: Vec<Vec<FamilyCandidates>>,
}

/// A value of each customer of a block; a condition is [`crate::snapshot::Values::Bits`], missing where unknown.
#[derive(Debug, Clone)]
pub struct Fact(pub Column);

/// Two are equal when they tell the same of every customer, whatever their dictionaries.
impl PartialEq for Fact {
    fn eq(&self, other: &Self) -> bool {
        self.0.len() == other.0.len() && (0..self.0.len()).all(|row| self.0.tells(row) == other.0.tells(row))
    }
}

/// Events of the customers of a block.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Selected {
    /// By customer: where its events begin in `rows`; one more at the end.
    pub begins: Vec<u32>,
    /// Rows of the event table in the snapshot, in the order of its events, none after `now`.
    pub rows: Vec<u32>,
}

/// Which customers of a block may get which members of a family.
///
/// A candidate is listed by itself, or is one of a [`Crowd`]. Both say the same: two of these are equal when all that
/// they hold, listed one by one, is.
#[derive(Debug, Clone)]
pub struct FamilyCandidates {
    /// The family's offer.
    pub offer: OfferId,
    /// Customers as positions in the block, ascending.
    pub rows: Vec<u32>,
    /// Their members, as positions in the run's list ([`crate::families::Members`]); ascending within a customer.
    pub members: Vec<u32>,
    /// Their scores: above 0, at most [`GREATEST_SCORE`].
    pub scores: Vec<f64>,
    /// Candidates that are alike for a customer; customers ascending.
    pub crowds: Vec<Crowd>,
    /// The members of each class that a crowd may be of.
    pub classes: Arc<Classes>,
    /// Where there are crowds, by customer: the positions in `known` of the members that no crowd holds.
    pub apart: Vec<Range<usize>>,
    /// Members, ascending within a customer.
    pub known: Vec<u32>,
    /// Where the family's offer has caps, by customer: how many of its members they leave room for.
    pub room: Option<Vec<u32>>,
}

impl FamilyCandidates {
    /// None yet.
    pub fn new(offer: OfferId, classes: Arc<Classes>) -> Self {
        let (rows, members, scores, crowds) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { offer, rows, members, scores, crowds, classes, apart: Vec::new(), known: Vec::new(), room: None }
    }

    /// Adds a candidate by itself.
    pub fn push(&mut self, row: u32, member: u32, score: f64) {
        self.rows.push(row);
        self.members.push(member);
        self.scores.push(score);
    }

    /// How many candidates there are.
    pub fn len(&self) -> u64 {
        self.rows.len() as u64 + self.crowds.iter().map(|crowd| u64::from(crowd.len)).sum::<u64>()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.crowds.is_empty()
    }

    /// The members that no crowd of a customer holds, ascending.
    pub fn apart(&self, row: u32) -> &[u32] {
        let range = self.apart.get(row as usize).cloned();
        range.and_then(|range| self.known.get(range)).unwrap_or_default()
    }

    /// Every candidate by itself: customer, member and score, in this order.
    pub fn listed(&self) -> Vec<(u32, u32, f64)> {
        let listed = self.rows.iter().zip(&self.members).zip(&self.scores);
        let mut all: Vec<_> = listed.map(|((row, member), score)| (*row, *member, *score)).collect();
        for crowd in &self.crowds {
            let apart = self.apart(crowd.row);
            let members = self.classes.members(crowd.class).iter();
            let members = members.filter(|member| apart.binary_search(member).is_err());
            all.extend(members.map(|member| (crowd.row, *member, crowd.score)));
        }
        all.sort_unstable_by_key(|(row, member, _)| (*row, *member));
        all
    }
}

impl PartialEq for FamilyCandidates {
    fn eq(&self, other: &Self) -> bool {
        self.offer == other.offer && self.room == other.room && self.listed() == other.listed()
    }
}

/// All members of a class for one customer, but those that the customer's own data tells apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Crowd {
    /// The customer's position in the block.
    pub row: u32,
    /// The class of the members.
    pub class: u32,
    /// How many members it has; at least one.
    pub len: u32,
    /// The score of each.
    pub score: f64,
}

/// How many customers of a block an offer stopped at, and why. Each customer counts once, at the first reason:
/// `customers = not eligible + excepted + forbidden + unreachable + untimely + capped + withheld + candidates`.
/// Of a family, each pair of a customer and a member counts.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// Definitely eligible.
    pub eligible: u64,
    /// Of those, an exception is not definitely false.
    pub excepted: u64,
    /// Of the rest, what a guarantee forbids is not definitely false.
    pub forbidden: u64,
    /// Of the rest, no channel of the offer may reach them.
    pub unreachable: u64,
    /// Of the rest, all if today is not a day of the offer.
    pub untimely: u64,
    /// Of the rest, a cap of the offer is reached.
    pub capped: u64,
    /// Of the rest, the score is missing, at or below zero, or beyond [`GREATEST_SCORE`].
    pub withheld: u64,
}

impl Tally {
    /// Counts in another block.
    pub fn add(&mut self, other: &Self) {
        self.eligible += other.eligible;
        self.excepted += other.excepted;
        self.forbidden += other.forbidden;
        self.unreachable += other.unreachable;
        self.untimely += other.untimely;
        self.capped += other.capped;
        self.withheld += other.withheld;
    }
}

/// How many more contacts a cap leaves room for: what is missing of `limit`, none where there is not definitely room.
pub fn contact_room(limit: u32, counted: Option<i64>, has_room: Option<bool>) -> u32 {
    match (counted, has_room) {
        (Some(counted), Some(true)) => limit.saturating_sub(u32::try_from(counted.max(0)).unwrap_or(u32::MAX)),
        _ => 0,
    }
}

/// Whether an offer may still be sent by its timing, where that is days between and all customers have one calendar. What
/// says more, is told in the customers' own zones, or begins later, is left to the search for the time of sending.
pub fn is_timely(timing: &Timing, today: i32, delivery: &Delivery) -> bool {
    !timing.is_days_only() || delivery.zone.is_some() || timing.to.is_none_or(|to| today <= to)
}
