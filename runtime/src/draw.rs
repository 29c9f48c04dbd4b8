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

#[cfg(test)]
mod tests {
    use super::*;

    /// As they are published at [`opportune_plan::Op::Bucket`]; computed by the paper's description of BLAKE3, without
    /// the crate: `printf '2026-q4\x1fholdout\x1f1' | b3sum`.
    #[test]
    fn buckets_are_the_published_ones() {
        let published = [
            ("2026-q4", "holdout", Key::Int(1), [0xE7, 0x78, 0xEF, 0x1E, 0x2A, 0x2E, 0x7E, 0x99], 5995),
            ("2026-q4", "holdout", Key::Int(-42), [0x3C, 0x08, 0xD0, 0xF4, 0x90, 0x7D, 0x4D, 0x2C], 1730),
            ("2026-q4", "holdout", Key::Text("é"), [0x52, 0x85, 0x79, 0xF1, 0xF6, 0xFE, 0x20, 0xBC], 7348),
            (
                "2026-q4",
                "holdout",
                Key::Text("ada@example.com"),
                [0x5D, 0x86, 0xF7, 0x77, 0xAE, 0xC1, 0x57, 0xF2],
                9466,
            ),
            ("2026-q4", "spring_sale", Key::Int(1), [0x87, 0x85, 0x1D, 0x1A, 0xE0, 0x49, 0x14, 0xC2], 7581),
            ("", "holdout", Key::Int(1), [0xE7, 0xF6, 0xFA, 0xAE, 0x76, 0xEA, 0xE4, 0xC0], 7534),
        ];
        for (salt, layer, key, first, bucket) in published {
            let mut draw = Draw::new(&[salt, layer]);
            assert_eq!(draw.hash(key, None).as_bytes()[..8], first, "{salt} {layer} {key:?}");
            assert_eq!(draw.bucket(key), bucket, "{salt} {layer} {key:?}");
            assert_eq!(draw.bucket(key), bucket, "again, from the same buffer");
        }
    }

    #[test]
    fn a_key_is_the_same_as_text_and_as_int() {
        let mut draw = Draw::new(&["2026-q4", "holdout"]);
        assert_eq!(draw.bucket(Key::Int(-42)), draw.bucket(Key::Text("-42")));
    }

    #[test]
    fn buckets_are_even_and_all_in_range() {
        let mut counts = [0_u32; 10];
        let mut draw = Draw::new(&["salt", "layer"]);
        for key in 0..20_000 {
            let bucket = draw.bucket(Key::Int(key));
            assert!((0..i64::from(BUCKETS)).contains(&bucket));
            counts[bucket as usize / 1_000] += 1;
        }
        // Of 20,000 by chance a tenth has 2,000, give or take 42.
        assert!(counts.iter().all(|count| (1_790..2_210).contains(count)), "{counts:?}");
    }
}
