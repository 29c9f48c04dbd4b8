//! Which of some customers each atom is true and false for: how the offers' selectivity is measured while they are made.

use crate::atom::Atom;
use crate::column::Column;
use crate::offer::{Condition, Offer};

/// How many customers the sample has.
const CUSTOMERS: usize = 8_192;
const WORDS: usize = CUSTOMERS / 64;

/// A bit for each customer of the sample.
pub(crate) type Bits = Vec<u64>;

/// By atom: the customers for whom it is true, and those for whom it is false.
pub(crate) struct Sample {
    truth: Vec<(Bits, Bits)>,
}

impl Sample {
    pub(crate) fn new(columns: &[Column], atoms: &[Atom]) -> Self {
        let mut truth = vec![(vec![0; WORDS], vec![0; WORDS]); atoms.len()];
        for customer in 0..CUSTOMERS {
            let values: Vec<_> = columns.iter().map(|column| column.value(customer)).collect();
            for (atom, (yes, no)) in atoms.iter().zip(&mut truth) {
                let bit = 1 << (customer % 64);
                match atom.holds(&columns[atom.column], values[atom.column]) {
                    Some(true) => yes[customer / 64] |= bit,
                    Some(false) => no[customer / 64] |= bit,
                    None => {}
                }
            }
        }
        Self { truth }
    }

    /// The share of customers who are eligible and not excepted.
    pub(crate) fn share(&self, offer: &Offer) -> f64 {
        let mut open = self.truth(&offer.eligible, true);
        for except in &offer.except {
            meet(&mut open, &self.truth(except, false));
        }
        open.iter().map(|word| f64::from(word.count_ones())).sum::<f64>() / CUSTOMERS as f64
    }

    /// The customers for whom a condition is definitely true, or definitely false.
    fn truth(&self, condition: &Condition, wanted: bool) -> Bits {
        let all = |all: &[Condition], each: fn(&mut Bits, &Bits)| {
            let mut parts = all.iter().map(|part| self.truth(part, wanted));
            let first = parts.next().unwrap_or_default();
            parts.fold(first, |mut found, part| {
                each(&mut found, &part);
                found
            })
        };
        match (condition, wanted) {
            (Condition::Atom(at), true) => self.truth[*at].0.clone(),
            (Condition::Atom(at), false) => self.truth[*at].1.clone(),
            (Condition::Not(inner), _) => self.truth(inner, !wanted),
            (Condition::And(parts), true) | (Condition::Or(parts), false) => all(parts, meet),
            (Condition::Or(parts), true) | (Condition::And(parts), false) => all(parts, join),
        }
    }
}

fn meet(found: &mut Bits, other: &Bits) {
    found.iter_mut().zip(other).for_each(|(word, other)| *word &= other);
}

fn join(found: &mut Bits, other: &Bits) {
    found.iter_mut().zip(other).for_each(|(word, other)| *word |= other);
}
