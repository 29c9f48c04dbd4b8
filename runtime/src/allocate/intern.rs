//! A fast hash for what is looked up millions of times in one run: numbers that no stranger chooses.

use std::hash::{BuildHasherDefault, Hasher};

/// Multiplies and rotates; good enough for small numbers, and the same in every run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quick(u64);

/// Makes a [`Quick`].
pub type BuildQuick = BuildHasherDefault<Quick>;

/// An odd number with no pattern: the fraction of the golden ratio.
const ODD: u64 = 0x9E37_79B9_7F4A_7C15;

impl Hasher for Quick {
    fn finish(&self) -> u64 {
        // The upper bits are the best mixed, and tables look at the lower ones too.
        self.0 ^ (self.0 >> 32)
    }

    fn write(&mut self, bytes: &[u8]) {
        for part in bytes.chunks(8) {
            let mut word = [0; 8];
            word.iter_mut().zip(part).for_each(|(to, from)| *to = *from);
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    fn write_u8(&mut self, value: u8) {
        self.write_u64(u64::from(value));
    }

    fn write_u16(&mut self, value: u16) {
        self.write_u64(u64::from(value));
    }

    fn write_u32(&mut self, value: u32) {
        self.write_u64(u64::from(value));
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = (self.0.rotate_left(23) ^ value).wrapping_mul(ODD);
    }

    fn write_usize(&mut self, value: usize) {
        self.write_u64(value as u64);
    }
}

/// Bits that look like chance, of two numbers.
pub fn mixed(a: u64, b: u64) -> u64 {
    let mut bits = a ^ b.wrapping_mul(ODD);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

/// Whose turn it is among those to whom something makes the same difference: chance decides, by the lot of each.
pub fn turn(lot: u64) -> u64 {
    mixed(lot, 0x7E)
}
