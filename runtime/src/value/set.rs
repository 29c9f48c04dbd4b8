//! Sets, from a column or from the policy.

use std::hash::{Hash, Hasher};

use opportune_plan::Constant;

use super::Value;
use crate::snapshot::Elements;

/// A set of texts, ints or values of a list; equal to another that has the same elements.
#[derive(Clone, Copy, Debug)]
pub enum Set<'a> {
    /// Written in the policy: constants in ascending order, each once.
    Constants(&'a [Constant]),
    /// Of a column: codes of elements in ascending order, each once.
    Codes(&'a [u32], &'a Elements),
}

impl<'a> Set<'a> {
    /// How many elements it has.
    pub fn len(self) -> usize {
        match self {
            Self::Constants(all) => all.len(),
            Self::Codes(all, _) => all.len(),
        }
    }

    /// Whether it has none.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Its elements, ascending.
    pub fn iter(self) -> impl Iterator<Item = Value<'a>> {
        (0..self.len()).filter_map(move |at| match self {
            Self::Constants(all) => all.get(at).and_then(Value::plain),
            Self::Codes(all, elements) => element(elements, *all.get(at)?),
        })
    }

    /// Whether it contains a value.
    pub fn has(self, value: Value<'_>) -> bool {
        self.iter().any(|element| element == value)
    }

    /// Whether a value is in both.
    pub fn overlaps(self, other: Set<'_>) -> bool {
        self.iter().any(|element| other.has(element))
    }
}

fn element(elements: &Elements, code: u32) -> Option<Value<'_>> {
    match elements {
        Elements::Texts(dictionary) => dictionary.get(code).map(Value::Text),
        Elements::Ints(values) => values.get(code as usize).copied().map(Value::Int),
        Elements::Declared(_) => Some(Value::Choice(code)),
    }
}

impl PartialEq for Set<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().zip(other.iter()).all(|(a, b)| a == b)
    }
}

impl Eq for Set<'_> {}

impl Hash for Set<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.len().hash(state);
        self.iter().for_each(|element| element.hash(state));
    }
}
