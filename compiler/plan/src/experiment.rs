//! Holdouts and arms. Who is in which is told by a bucket ([`crate::Op::Bucket`]).

use crate::expr::ExprId;

/// How many buckets there are; shares are told in them.
pub const BUCKETS: u32 = 10_000;

/// A part of the customers who are left out, so that one can see what difference it makes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Holdout {
    /// How many of [`BUCKETS`]: the first ones, so that those held out stay so as it grows.
    pub share: u32,
    /// The customer's bucket: an int over the customer, never missing.
    pub bucket: ExprId,
}

/// The variants of an offer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Experiment {
    /// The customer's bucket: an int over the customer, never missing.
    pub bucket: ExprId,
    /// At least two, in their order; their shares are [`BUCKETS`] together.
    pub arms: Vec<Arm>,
}

/// A variant of an offer: the buckets after those of the arms before it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Arm {
    /// The name.
    pub name: Box<str>,
    /// How many of [`BUCKETS`].
    pub share: u32,
}
