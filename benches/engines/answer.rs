//! What every engine answers.

use opportune_runtime::evaluate::Tally;
use opportune_workload::OFFERS;

/// The offer of a customer who gets none.
pub const NOBODY: u16 = u16::MAX;

/// By customer the best offer and its score, by offer who stopped where.
#[derive(Clone, PartialEq)]
pub struct Answer {
    /// By customer: the best offer, or [`NOBODY`].
    pub offers: Vec<u16>,
    /// By customer: its score, or zero.
    pub scores: Vec<f64>,
    /// By offer.
    pub tallies: [Tally; OFFERS],
}

impl Answer {
    /// Nothing for anybody yet.
    pub fn new(customers: usize) -> Self {
        Self { offers: vec![NOBODY; customers], scores: vec![0.0; customers], tallies: [Tally::default(); OFFERS] }
    }

    /// Back to nothing for anybody.
    pub fn clear(&mut self) {
        self.offers.fill(NOBODY);
        self.scores.fill(0.0);
        self.tallies.fill(Tally::default());
    }

    /// Stops where the first customers of another answer got something else, by offer or by a bit of the score.
    pub fn agrees_with(&self, other: &Self, customers: usize, who: &str) {
        for customer in 0..customers {
            let mine = (self.offers[customer], self.scores[customer].to_bits());
            let theirs = (other.offers[customer], other.scores[customer].to_bits());
            assert_eq!(mine, theirs, "customer {customer} by {who}");
        }
        if customers == self.offers.len() {
            assert!(self.tallies == other.tallies, "tallies by {who}");
        }
    }
}
