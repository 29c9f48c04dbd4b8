//! Grows a column of sets: each distinct set once, each distinct element once.

use std::collections::HashMap;
use std::sync::Arc;

use indexmap::IndexSet;
use opportune_plan::{DomainId, Element, Schema};

use super::builder::{Fault, Reading};
use super::interner::Interner;
use super::shown::nearest;
use crate::snapshot::{Bitmap, Dictionary, Elements, SetDictionary};

/// How many elements may be written for one set; one with more is out of range.
pub(super) const MOST_ELEMENTS: usize = 65_536;

/// The sets so far. While it grows, elements are numbered as they came (declared values by their position), and so are
/// sets; [`SetStore::finish`] puts both in order.
#[derive(Debug)]
pub(super) struct SetStore {
    /// By row.
    codes: Vec<u32>,
    sets: IndexSet<Box<[u32]>>,
    elements: Pool,
    /// The elements of the set that is being read.
    open: Vec<u32>,
    /// Whether there was a text that is not declared, and the declared value that is most like the first of them.
    nearly: Option<Option<Box<str>>>,
}

/// The elements so far.
#[derive(Debug)]
enum Pool {
    Texts(Interner),
    Ints(IndexSet<i64>),
    Declared(HashMap<Box<str>, u32>, Arc<Dictionary>),
}

impl SetStore {
    pub(super) fn new(schema: &Schema, element: Element) -> Self {
        let declared = |domain: DomainId| {
            let variants = schema.domain(domain).map(|domain| domain.variants.clone()).unwrap_or_default();
            let codes = variants.iter().cloned().zip(0..).collect();
            Pool::Declared(codes, Arc::new(Dictionary { values: variants }))
        };
        let elements = match element {
            Element::Text => Pool::Texts(Interner::default()),
            Element::Int => Pool::Ints(IndexSet::new()),
            Element::OneOf(domain) | Element::Ordered(domain) => declared(domain),
        };
        Self { codes: Vec::new(), sets: IndexSet::new(), elements, open: Vec::new(), nearly: None }
    }

    /// The number of a text as an element.
    pub(super) fn text(&mut self, text: &str) -> Reading<u32> {
        match &mut self.elements {
            Pool::Texts(interner) => Ok(interner.code(text)),
            Pool::Declared(codes, declared) => codes.get(text).copied().ok_or_else(|| {
                let find = || nearest(text, declared.values.iter().map(|value| &**value)).map(Into::into);
                self.nearly.get_or_insert_with(find);
                Fault::Unlisted
            }),
            Pool::Ints(_) => Err(Fault::Unreadable),
        }
    }

    /// The declared value that is most like the first text that is not declared.
    pub(super) fn nearly(&self) -> Option<&str> {
        self.nearly.as_ref()?.as_deref()
    }

    /// The number of an int as an element.
    pub(super) fn int(&mut self, value: i64) -> Reading<u32> {
        match &mut self.elements {
            Pool::Ints(values) => u32::try_from(values.insert_full(value).0).map_err(|_| Fault::OutOfRange),
            Pool::Texts(_) | Pool::Declared(..) => Err(Fault::Unreadable),
        }
    }

    /// Appends the set of an earlier row.
    pub(super) fn repeat(&mut self, row: usize) {
        self.codes.push(self.codes.get(row).copied().unwrap_or_default());
    }

    /// The number of the set of some elements. One that is not there makes the whole set unknown; of several faults the
    /// gravest counts.
    pub(super) fn set(&mut self, elements: impl IntoIterator<Item = Reading<u32>>) -> Reading<u32> {
        self.open.clear();
        let mut worst = None;
        for (count, element) in elements.into_iter().enumerate() {
            match element {
                _ if count >= MOST_ELEMENTS => return Err(Fault::OutOfRange),
                Ok(code) => self.open.push(code),
                Err(Fault::Missing) => worst = worst.max(Some(Fault::Incomplete)),
                Err(fault) => worst = worst.max(Some(fault)),
            }
        }
        if let Some(fault) = worst {
            return Err(fault);
        }
        self.open.sort_unstable();
        self.open.dedup();
        let code = match self.sets.get_index_of(self.open.as_slice()) {
            Some(code) => code,
            None => self.sets.insert_full(self.open.as_slice().into()).0,
        };
        u32::try_from(code).map_err(|_| Fault::OutOfRange)
    }

    pub(super) fn push(&mut self, code: u32) {
        self.codes.push(code);
    }

    /// The codes by row and what they stand for, in order.
    pub(super) fn finish(self, validity: Option<&Bitmap>) -> (Vec<u32>, SetDictionary) {
        let (elements, rank) = self.elements.finish();
        let renamed = |set: Box<[u32]>| -> Box<[u32]> {
            let mut set: Vec<u32> = set.iter().map(|code| rank.get(*code as usize).copied().unwrap_or(0)).collect();
            set.sort_unstable();
            set.into()
        };
        let mut sets: Vec<(Box<[u32]>, u32)> = self.sets.into_iter().map(renamed).zip(0..).collect();
        sets.sort_unstable();
        let rank = ranks(sets.iter().map(|(_, old)| *old), sets.len());
        let there = |row: usize| validity.is_none_or(|bits| bits.get(row));
        let code = |(row, code): (usize, u32)| match rank.get(code as usize) {
            Some(code) if there(row) => *code,
            _ => 0,
        };
        let codes = self.codes.into_iter().enumerate().map(code).collect();
        (codes, SetDictionary { sets: sets.into_iter().map(|(set, _)| set).collect(), elements })
    }
}

impl Pool {
    /// The elements in order, and by old number the new one.
    fn finish(self) -> (Elements, Vec<u32>) {
        match self {
            Self::Texts(interner) => {
                let (dictionary, rank) = interner.finish();
                (Elements::Texts(Arc::new(dictionary)), rank)
            }
            Self::Ints(values) => {
                let mut sorted: Vec<(i64, u32)> = values.into_iter().zip(0..).collect();
                sorted.sort_unstable();
                let rank = ranks(sorted.iter().map(|(_, old)| *old), sorted.len());
                (Elements::Ints(sorted.into_iter().map(|(value, _)| value).collect()), rank)
            }
            Self::Declared(_, declared) => {
                let rank = (0_u32..).take(declared.values.len()).collect();
                (Elements::Declared(declared), rank)
            }
        }
    }
}

/// By old number the new one, from the old numbers in their new order.
fn ranks(old: impl Iterator<Item = u32>, len: usize) -> Vec<u32> {
    let mut rank = vec![0; len];
    for (new, old) in (0_u32..).zip(old) {
        if let Some(slot) = rank.get_mut(old as usize) {
            *slot = new;
        }
    }
    rank
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_sets_are_one_and_all_is_in_order() {
        let mut store = SetStore::new(&Schema::default(), Element::Text);
        for row in [&["wine", "art"][..], &["art"], &[], &["art", "wine", "art"]] {
            let elements: Vec<_> = row.iter().map(|text| store.text(text)).collect();
            let set = store.set(elements).unwrap();
            store.push(set);
        }
        let (codes, dictionary) = store.finish(None);
        assert_eq!(codes, [2, 1, 0, 2]);
        assert_eq!(dictionary.sets, [Box::from([]), Box::from([0]), Box::from([0, 1])] as [Box<[u32]>; 3]);
        let texts = Dictionary { values: vec!["art".into(), "wine".into()] };
        assert_eq!(dictionary.elements, Elements::Texts(Arc::new(texts)));
    }

    #[test]
    fn ints_are_in_the_order_of_their_values() {
        let mut store = SetStore::new(&Schema::default(), Element::Int);
        let elements = [store.int(7), store.int(-7)];
        let set = store.set(elements).unwrap();
        store.push(set);
        let (codes, dictionary) = store.finish(None);
        assert_eq!((codes, &*dictionary.sets[0]), (vec![0], &[0, 1][..]));
        assert_eq!(dictionary.elements, Elements::Ints(vec![-7, 7]));
    }

    #[test]
    fn a_missing_element_makes_the_set_unknown() {
        let mut store = SetStore::new(&Schema::default(), Element::Int);
        assert_eq!(store.set([Ok(0), Err(Fault::Missing)]), Err(Fault::Incomplete));
        assert_eq!(store.set([Err(Fault::Unreadable), Err(Fault::Missing)]), Err(Fault::Unreadable));
        assert_eq!(store.set((0..=MOST_ELEMENTS).map(|_| Ok(0))), Err(Fault::OutOfRange));
        assert_eq!(store.set((0..MOST_ELEMENTS).map(|_| Ok(0))), Ok(0));
    }
}
