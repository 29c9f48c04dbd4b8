//! Which values a column has, as far as a key or a link is to be told of it: hashes, bounded.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// A column that repeats itself and is not named like a key is not followed beyond so many values.
const MOST_OF_OTHERS: usize = 2_000;
/// No column is followed beyond so many values.
const MOST_VALUES: usize = 4_000_000;

/// Words by which columns say that they hold a key.
const KEY_WORDS: &[&str] = &[
    "id", "ids", "key", "code", "no", "nr", "nbr", "num", "number", "upc", "ean", "sku", "isbn", "ref", "uuid", "guid",
];

/// A name in small letters, its words apart by `_`: `InvoiceNo` is `invoice_no`, `customerID` is `customer_id`.
pub fn normal(name: &str) -> String {
    let chars: Vec<char> = name.chars().take(200).collect();
    let mut out = String::new();
    for (at, c) in chars.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| chars.get(before));
        let after = chars.get(at + 1);
        let begins = c.is_ascii_uppercase()
            && before.is_some_and(|before| {
                before.is_ascii_lowercase()
                    || (before.is_ascii_uppercase() && after.is_some_and(char::is_ascii_lowercase))
            });
        if (begins || !c.is_ascii_alphanumeric()) && !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_lowercase());
        }
    }
    out.trim_end_matches('_').to_owned()
}

/// Whether a column's name says that it holds a key.
pub fn is_key_like(name: &str) -> bool {
    normal(name).rsplit('_').next().is_some_and(|last| KEY_WORDS.contains(&last))
}

/// The values of a column.
#[derive(Debug)]
pub struct KeySet {
    hashes: HashSet<u64>,
    repeats: bool,
    is_followed: bool,
    is_key_like: bool,
}

impl KeySet {
    /// No values yet.
    pub(super) fn new(column: &str) -> Self {
        Self { hashes: HashSet::new(), repeats: false, is_followed: true, is_key_like: is_key_like(column) }
    }

    /// Takes one value, as it is written, and whether it was there more than once.
    pub(super) fn see(&mut self, text: &str, repeated: bool) {
        if !self.is_followed {
            return;
        }
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        self.repeats |= repeated | !self.hashes.insert(hasher.finish());
        let many = self.hashes.len();
        if many > MOST_VALUES || (many > MOST_OF_OTHERS && self.repeats && !self.is_key_like) {
            self.give_up();
        }
    }

    /// Follows no further.
    pub(super) fn give_up(&mut self) {
        self.is_followed = false;
        self.hashes = HashSet::new();
    }

    /// Whether all values were followed.
    pub fn is_followed(&self) -> bool {
        self.is_followed
    }

    /// Whether no value came twice.
    pub fn is_unique(&self) -> bool {
        self.is_followed && !self.repeats
    }

    /// How many different values there are, where they were followed.
    pub fn len(&self) -> usize {
        self.hashes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    /// Which share of these values another column has too, from 0 to 1; none where either was not followed.
    pub fn share_in(&self, other: &Self) -> Option<f64> {
        if !self.is_followed || !other.is_followed || self.hashes.is_empty() {
            return None;
        }
        #[expect(clippy::iter_over_hash_type, reason = "only counted: the order does not matter")]
        let within = {
            let mut within = 0_usize;
            for hash in &self.hashes {
                within += usize::from(other.hashes.contains(hash));
            }
            within
        };
        Some(within as f64 / self.hashes.len() as f64)
    }
}
