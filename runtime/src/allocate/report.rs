//! What was scarce, what it was worth, and how far from the best the allocation can be.

use super::ResourceKey;

/// How an allocation came out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Every resource that a ballot has named, in the order in which they were first seen.
    pub resources: Vec<Scarce>,
    /// How many customers had a ballot: who could get something that is limited over all customers.
    pub customers: u64,
    /// What all that they get is worth, in millionths. What is held out counts nowhere.
    pub value: i128,
    /// No allocation whatever that keeps the limits is worth more, in millionths; at least `value`.
    pub bound: i128,
}

/// A resource, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scarce {
    /// Which one.
    pub key: ResourceKey,
    /// What was left of it before: showings, messages, or millionths of a currency.
    pub left: u64,
    /// What was given of it; at most `left`.
    pub used: u64,
    /// What one more unit of it would be worth, in millionths of a millionth. 0: there is enough.
    pub price: i128,
}

impl Scarce {
    /// What so many more units would be worth, in millionths: of 1 for showings and messages, of 1,000,000 for money.
    pub fn price_of(&self, units: u32) -> i128 {
        self.price * i128::from(units) / 1_000_000
    }
}

impl Report {
    /// By how many millionths of the bound the allocation may miss the best there is; 0: none is better. The true
    /// distance is this or less.
    pub fn gap(&self) -> u32 {
        let missed = (self.bound - self.value).max(0);
        let parts = if self.bound > 0 { missed.saturating_mul(1_000_000) / self.bound } else { 0 };
        u32::try_from(parts).unwrap_or(u32::MAX)
    }
}
