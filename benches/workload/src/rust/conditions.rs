//! Conditions in negation normal form: where one is definitely true, where it is definitely false.

use crate::Condition;

/// How a peer writes the parts of a condition.
pub(super) struct Spelling<'a> {
    /// Where an atom is definitely true, or (`false`) definitely false.
    pub(super) atom: &'a dyn Fn(usize, bool) -> String,
    /// Between conditions that must all hold.
    pub(super) and: &'a str,
    /// Between conditions of which one must hold.
    pub(super) or: &'a str,
}

impl Spelling<'_> {
    /// Where a condition is definitely true, or (`false`) definitely false.
    pub(super) fn definitely(&self, condition: &Condition, wanted: bool) -> String {
        let join = |parts: &[Condition], word: &str| {
            let parts: Vec<String> = parts.iter().map(|part| self.definitely(part, wanted)).collect();
            format!("({})", parts.join(word))
        };
        match condition {
            Condition::Atom(at) => (self.atom)(*at, wanted),
            Condition::Not(inner) => self.definitely(inner, !wanted),
            Condition::And(parts) => join(parts, if wanted { self.and } else { self.or }),
            Condition::Or(parts) => join(parts, if wanted { self.or } else { self.and }),
        }
    }

    /// Where an offer is open: none of its exceptions is anything but definitely false.
    pub(super) fn none(&self, except: &[Condition]) -> Option<String> {
        let parts: Vec<String> = except.iter().map(|except| self.definitely(except, false)).collect();
        (!parts.is_empty()).then(|| parts.join(self.and))
    }
}
