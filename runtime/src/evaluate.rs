//! From a block of customers to scored candidates: what every evaluator must give.
//!
//! Three evaluators give the same answer, bit for bit: the reference interpreter, the vectorised evaluator, and the JIT.

use std::ops::Range;

use crate::snapshot::{Bitmap, Block};

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
    /// By offer: its candidates' positions in `rows` and `scores`, from the last time on that these were taken out.
    pub offers: Vec<Range<usize>>,
    /// Customers as positions in the block, ascending within an offer.
    pub rows: Vec<u32>,
    /// Their scores: above 0, at most [`GREATEST_SCORE`].
    pub scores: Vec<f64>,
    /// By offer: how many customers stopped where.
    pub tallies: Vec<Tally>,
    /// By channel: the customers whom it may reach; `None` when all.
    pub channels: Vec<Option<Bitmap>>,
    /// With a contact cap: by customer, how many more contacts it leaves room for before this run.
    pub contact_room: Option<Vec<u32>>,
}

/// How many customers of a block an offer stopped at, and why. Each customer counts once, at the first reason:
/// `customers = not eligible + excepted + unreachable + untimely + capped + withheld + candidates`.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// Definitely eligible.
    pub eligible: u64,
    /// Of those, an exception is not definitely false.
    pub excepted: u64,
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
