//! Texts that are known by number: one copy of each, found again by hash.
//!
//! Event tables have tens of millions of rows over a million keys, so what counts is how many cache lines a look-up
//! touches: one of the table, which says where the text is, and one of the texts, which are all in one piece.

use std::hash::{BuildHasher, RandomState};

use crate::snapshot::Dictionary;

/// The code of a slot without a text.
const EMPTY: u32 = u32::MAX;

#[derive(Clone, Copy, Debug)]
struct Slot {
    /// The upper half of the hash, so that most other texts are told apart without looking at them.
    tag: u32,
    code: u32,
    start: usize,
    len: u32,
}

const NO_TEXT: Slot = Slot { tag: 0, code: EMPTY, start: 0, len: 0 };

/// Texts numbered in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Interner {
    texts: String,
    /// Where each text begins and how long it is.
    places: Vec<(usize, u32)>,
    /// Open addressing, a power of two, at most half full.
    slots: Vec<Slot>,
    hasher: RandomState,
}

impl Interner {
    /// The number of a text, the old one if it came before.
    pub(super) fn code(&mut self, text: &str) -> u32 {
        if self.places.len() * 2 >= self.slots.len() {
            self.grow();
        }
        let hash = self.hasher.hash_one(text);
        let tag = (hash >> 32) as u32;
        let mut at = self.home(hash);
        loop {
            match self.slots.get(at) {
                Some(slot) if slot.code == EMPTY => return self.insert(at, tag, text),
                Some(slot) if slot.tag == tag && self.text(slot.start, slot.len) == text => return slot.code,
                Some(_) => at = (at + 1) & (self.slots.len() - 1),
                None => at = 0,
            }
        }
    }

    /// The text of a number; nothing of one that no text has.
    pub(super) fn get(&self, code: u32) -> &str {
        self.places.get(code as usize).map_or("", |(start, len)| self.text(*start, *len))
    }

    fn home(&self, hash: u64) -> usize {
        hash as usize & self.slots.len().wrapping_sub(1)
    }

    fn text(&self, start: usize, len: u32) -> &str {
        self.texts.get(start..start + len as usize).unwrap_or_default()
    }

    fn insert(&mut self, at: usize, tag: u32, text: &str) -> u32 {
        // Readers refuse files of more than 2^32 rows, and no field is longer than 2^31 bytes.
        let (code, len) = (self.places.len() as u32, text.len() as u32);
        let start = self.texts.len();
        self.texts.push_str(text);
        self.places.push((start, len));
        if let Some(slot) = self.slots.get_mut(at) {
            *slot = Slot { tag, code, start, len };
        }
        code
    }

    fn grow(&mut self) {
        let len = (self.slots.len() * 2).max(64);
        let old = std::mem::replace(&mut self.slots, vec![NO_TEXT; len]);
        for slot in old.into_iter().filter(|slot| slot.code != EMPTY) {
            let mut at = self.home(self.hasher.hash_one(self.text(slot.start, slot.len)));
            while self.slots.get(at).is_some_and(|slot| slot.code != EMPTY) {
                at = (at + 1) & (len - 1);
            }
            if let Some(free) = self.slots.get_mut(at) {
                *free = slot;
            }
        }
    }

    /// The texts sorted by their bytes, and by old number the new one.
    pub(super) fn finish(mut self) -> (Dictionary, Vec<u32>) {
        self.slots = Vec::new();
        let mut sorted: Vec<(&str, u32)> =
            self.places.iter().map(|(start, len)| self.text(*start, *len)).zip(0..).collect();
        sorted.sort_unstable();
        let mut rank = vec![0; sorted.len()];
        for ((_, old), new) in sorted.iter().zip(0..) {
            if let Some(slot) = rank.get_mut(*old as usize) {
                *slot = new;
            }
        }
        (Dictionary { values: sorted.into_iter().map(|(text, _)| text.into()).collect() }, rank)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_keep_their_numbers_while_the_table_grows() {
        let mut interner = Interner::default();
        let text = |number: u32| format!("text {}", number.wrapping_mul(2_654_435_761));
        for number in 0..5_000 {
            assert_eq!(interner.code(&text(number)), number);
            assert_eq!(interner.code(&text(number / 2)), number / 2);
        }
        assert_eq!(interner.code(""), 5_000);
        let (dictionary, rank) = interner.finish();
        assert!(dictionary.values.is_sorted());
        assert_eq!(rank[5_000], 0);
        assert!((0..5_000).all(|number| *dictionary.values[rank[number as usize] as usize] == *text(number)));
    }
}
