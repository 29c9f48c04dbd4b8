//! Kernels: the inner loops over column blocks, behind one contract: a block of values in, a bitmap out.
//!
//! A kernel of this module reads `values` and writes one bit a value into `out`, the first value in the lowest bit of
//! the first word; bits of the last word beyond the last value may be anything. It knows nothing of validity: the
//! caller masks. [`Kernels::chosen`] is the one place that chooses between the portable loops and those for the
//! machine at hand; all choices give the same bits.

mod choice;
mod portable;
mod prefetch;
mod rows;
mod winners;
#[cfg(target_arch = "x86_64")]
mod x86_64;

pub use choice::{KernelsError, VARIABLE};
pub use prefetch::prefetch;
pub use rows::append_rows;
pub use winners::{Winner, challenge};

/// The kernels of one instruction set.
#[derive(Debug, Clone, Copy)]
pub struct Kernels {
    /// What they are written for.
    pub name: &'static str,
    /// Which doubles are greater than a constant.
    pub number_greater: fn(values: &[f64], constant: f64, out: &mut [u64]),
    /// Which doubles are at least a constant.
    pub number_at_least: fn(values: &[f64], constant: f64, out: &mut [u64]),
    /// Which doubles equal a constant.
    pub number_equal: fn(values: &[f64], constant: f64, out: &mut [u64]),
    /// Which doubles are neither NaN nor infinite.
    pub number_finite: fn(values: &[f64], out: &mut [u64]),
    /// Which 64-bit integers are greater than a constant.
    pub int64_greater: fn(values: &[i64], constant: i64, out: &mut [u64]),
    /// Which 64-bit integers equal a constant.
    pub int64_equal: fn(values: &[i64], constant: i64, out: &mut [u64]),
    /// Which 32-bit integers are greater than a constant.
    pub int32_greater: fn(values: &[i32], constant: i32, out: &mut [u64]),
    /// Which 32-bit integers equal a constant.
    pub int32_equal: fn(values: &[i32], constant: i32, out: &mut [u64]),
    /// Which codes are greater than a constant.
    pub code_greater: fn(values: &[u32], constant: u32, out: &mut [u64]),
    /// Which codes equal a constant.
    pub code_equal: fn(values: &[u32], constant: u32, out: &mut [u64]),
    /// Which codes are in a set.
    pub code_in: fn(values: &[u32], set: &CodeSet, out: &mut [u64]),
}

impl Kernels {
    /// Those in portable Rust.
    pub fn portable() -> &'static Self {
        &portable::KERNELS
    }
}

/// A set of dictionary codes: a bit a code.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct CodeSet {
    /// 32 codes a word; what is beyond the last word is not in the set. Never empty.
    words: Vec<u32>,
}

impl CodeSet {
    /// The codes below `len` that a test holds for.
    pub fn new(len: usize, mut test: impl FnMut(u32) -> bool) -> Self {
        let mut words = vec![0; len.div_ceil(32).max(1)];
        for (index, word) in words.iter_mut().enumerate() {
            for bit in 0..32 {
                let code = index * 32 + bit;
                if code < len && u32::try_from(code).is_ok_and(&mut test) {
                    *word |= 1 << bit;
                }
            }
        }
        Self { words }
    }

    /// Whether a code is in it.
    pub fn contains(&self, code: u32) -> bool {
        self.words.get((code / 32) as usize).is_some_and(|word| word >> (code % 32) & 1 == 1)
    }

    /// The least code in it.
    pub fn first(&self) -> Option<u32> {
        let (index, word) = self.words.iter().enumerate().find(|(_, word)| **word != 0)?;
        u32::try_from(index).ok().map(|index| index * 32 + word.trailing_zeros())
    }

    /// How many codes it holds.
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }
}

/// Fills words with one bit a value.
pub(crate) fn pack<T: Copy>(values: &[T], out: &mut [u64], test: impl Fn(T) -> bool) {
    portable::pack(values, out, test);
}

#[cfg(test)]
mod tests;
