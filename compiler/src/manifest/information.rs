//! `[information]`: what it costs in trust to look at a field of a customer, by the class of the field.

use toml::de::{DeTable, DeValue};

use super::keys::Keys;
use super::values;
use crate::diagnostic::Diagnostic;
use crate::syntax::Span;

/// The greatest weight; of so many fields as a project may have, the sum is still an exact number.
const MOST: f64 = 1e9;

/// What it costs in trust to look at one field of a class: zero or more.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Weights {
    /// Of no class.
    pub none: f64,
    /// `private`
    pub private: f64,
    /// `sensitive`
    pub sensitive: f64,
}

// Weights are never NaN.
impl Eq for Weights {}

impl Default for Weights {
    fn default() -> Self {
        Self { none: 0.0, private: 1.0, sensitive: 5.0 }
    }
}

pub(super) fn section(table: &DeTable<'_>, diagnostics: &mut Vec<Diagnostic>) -> Weights {
    let mut keys = Keys::new("information.", table, diagnostics);
    let usual = Weights::default();
    let found = Weights {
        none: keys.optional("none", weight).unwrap_or(usual.none),
        private: keys.optional("private", weight).unwrap_or(usual.private),
        sensitive: keys.optional("sensitive", weight).unwrap_or(usual.sensitive),
    };
    keys.refuse_others();
    found
}

fn weight(value: &DeValue<'_>, at: Span, found: &mut Vec<Diagnostic>) -> Option<f64> {
    let written = match value {
        DeValue::Integer(written) => i64::from_str_radix(written.as_str(), written.radix()).ok().map(|n| n as f64),
        DeValue::Float(written) => written.as_str().parse().ok(),
        _ => None,
    };
    let weight = written.filter(|weight| (0.0..=MOST).contains(weight));
    if weight.is_none() {
        found.push(values::wrong_type("a number from 0 to 1,000,000,000", value, at));
    }
    weight
}
