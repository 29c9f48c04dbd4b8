//! Draws: what chance decides for a customer, the same in every run. Lots ([`crate::decide::Lot`]) rank offers that nothing else
//! ranks; buckets ([`opportune_plan::Op::Bucket`]) tell who is held out and who is in which arm.
//!
//! Both are bits of a BLAKE3 hash over texts that a separator keeps apart, so that anybody can compute them again.

use std::io::Write;

use opportune_plan::BUCKETS;

use crate::snapshot::{Column, Values};

/// Between the parts of what is hashed: ASCII's unit separator.
const SEPARATOR: u8 = 0x1F;

/// A customer's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key<'a> {
    /// As it is.
    Text(&'a str),
    /// In decimal.
    Int(i64),
}

impl<'a> Key<'a> {
    /// The key in a row of a column of keys; an empty one where there is none.
    pub fn of(keys: Option<&'a Column>, row: usize) -> Self {
        match keys.map(|column| &column.values) {
            Some(Values::Codes(codes, dictionary)) => {
                Self::Text(codes.get(row).and_then(|code| dictionary.get(*code)).unwrap_or_default())
            }
            Some(Values::Int64(values)) => Self::Int(values.get(row).copied().unwrap_or(0)),
            _ => Self::Text(""),
        }
    }
}

/// Hashes messages that begin alike, in one buffer.
#[derive(Clone, Debug)]
pub struct Draw {
    /// The common beginning, each part with a separator after it; then what was hashed last.
    message: Vec<u8>,
    common: usize,
}

impl Draw {
    /// Messages that begin with these parts.
    pub fn new(parts: &[&str]) -> Self {
        let message: Vec<u8> = parts.iter().flat_map(|part| part.bytes().chain([SEPARATOR])).collect();
        Self { common: message.len(), message }
    }

    /// The hash of the common parts, the key and, where there is one, a last part.
    pub fn hash(&mut self, key: Key<'_>, last: Option<&str>) -> blake3::Hash {
        self.message.truncate(self.common);
        match key {
            Key::Text(text) => self.message.extend_from_slice(text.as_bytes()),
            Key::Int(value) => {
                // Writing to a vector cannot fail.
                let _ = write!(self.message, "{value}");
            }
        }
        if let Some(last) = last {
            self.message.push(SEPARATOR);
            self.message.extend_from_slice(last.as_bytes());
        }
        blake3::hash(&self.message)
    }

    /// The bucket of a key, of messages that begin with a salt and a layer.
    pub fn bucket(&mut self, key: Key<'_>) -> i64 {
        let share = u128::from(bits(&self.hash(key, None), 0)) * u128::from(BUCKETS);
        i64::try_from(share >> 64).unwrap_or(0)
    }
}

/// 64 bits of a hash from a byte on, little-endian.
pub fn bits(hash: &blake3::Hash, from: usize) -> u64 {
    let bytes = hash.as_bytes().get(from..).and_then(<[u8]>::first_chunk);
    bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes))
}
