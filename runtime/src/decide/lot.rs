//! The lot: a stable order of offers for one customer where nothing else decides.

use crate::draw::{Draw, Key, bits};
use crate::snapshot::Column;

/// Draws lots: the first 64 bits, little-endian, of BLAKE3 over salt, 0x1F, the customer's key as text (an int in
/// decimal), 0x1F, the offer's name. The least wins. The next 64 bits say whose turn it is among the members of a family.
pub struct Lot<'a> {
    draw: Draw,
    keys: Option<&'a Column>,
}

impl<'a> Lot<'a> {
    /// Draws with a salt for the customers whose keys are in this column.
    pub fn new(salt: &str, keys: Option<&'a Column>) -> Self {
        Self { draw: Draw::new(&[salt]), keys }
    }

    /// The lot of an offer for the customer in this row of the snapshot.
    pub fn draw(&mut self, customer: usize, offer: &str) -> u64 {
        bits(&self.hash(customer, offer), 0)
    }

    /// The lot that says which of a family's members of equal rank comes first for a customer.
    pub fn turn(&mut self, customer: usize, family: &str) -> u64 {
        bits(&self.hash(customer, family), 8)
    }

    /// The customer's own lot, which decides between customers who gain alike by what is scarce.
    pub fn of_customer(&mut self, customer: usize) -> u64 {
        bits(&self.draw.hash(Key::of(self.keys, customer), None), 0)
    }

    fn hash(&mut self, customer: usize, offer: &str) -> blake3::Hash {
        self.draw.hash(Key::of(self.keys, customer), Some(offer))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::snapshot::{Dictionary, Values};

    #[test]
    fn draws_what_is_published() {
        let ints = Column::full(Values::Int64(vec![1, -42]));
        let dictionary = Dictionary { values: vec!["1".into(), "é".into()] };
        let texts = Column::full(Values::Codes(vec![1, 0], Arc::new(dictionary)));
        let expected = |message: &str| {
            let hash = blake3::hash(message.as_bytes());
            u64::from_le_bytes(hash.as_bytes()[..8].try_into().unwrap())
        };
        let mut lot = Lot::new("grocer", Some(&ints));
        assert_eq!(lot.draw(1, "mail_me"), expected("grocer\u{1F}-42\u{1F}mail_me"));
        let one = lot.draw(0, "x");
        let mut lot = Lot::new("grocer", Some(&texts));
        assert_eq!(lot.draw(1, "x"), one, "a key is the same as text and as int");
        assert_eq!(lot.draw(0, "mail_me"), expected("grocer\u{1F}é\u{1F}mail_me"));
    }

    #[test]
    fn first_bits_are_the_known_answer() {
        let keys = Column::full(Values::Int64(vec![1]));
        // The first bytes of `printf 'grocer\x1f1\x1fx' | b3sum`.
        let known = [188, 15, 167, 69, 247, 13, 116, 110];
        assert_eq!(Lot::new("grocer", Some(&keys)).draw(0, "x").to_le_bytes(), known);
        let hash = blake3::hash(b"grocer\x1f1\x1fx");
        let second = u64::from_le_bytes(hash.as_bytes()[8..16].try_into().unwrap());
        assert_eq!(Lot::new("grocer", Some(&keys)).turn(0, "x"), second, "the bits that no other lot has used");
    }
}
