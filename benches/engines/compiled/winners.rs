//! The running best of the block peer.

#![allow(unsafe_code, reason = "unchecked reads of rows that a mask names: what a peer at its best would do")]

use std::arch::x86_64::*;
use std::hint::select_unpredictable;

use opportune_runtime::evaluate::GREATEST_SCORE;

use super::kernels::at;
use super::{BLOCK, NOBODY, Words};

/// By customer: the best offer so far, and its score, side by side in one vector.
pub struct Winners {
    pairs: Vec<Winner>,
}

/// The best offer of a customer.
#[derive(Clone, Copy)]
#[repr(C, align(16))]
pub struct Winner {
    /// Its score; zero where there is none.
    pub score: f64,
    /// The offer; [`NOBODY`] where there is none.
    pub offer: u64,
}

impl Winner {
    const NOBODY: Self = Self { score: 0.0, offer: NOBODY as u64 };
}

impl Winners {
    /// Room for so many customers.
    pub fn new(customers: usize) -> Self {
        Self { pairs: vec![Winner::NOBODY; customers] }
    }

    /// The winners of a block of so many customers.
    pub fn of(&self, len: usize) -> &[Winner] {
        &self.pairs[..len]
    }

    /// Nothing yet for these customers.
    pub fn clear(&mut self, len: usize) {
        self.pairs[..len].fill(Winner::NOBODY);
    }

    /// Scores an offer where it is open; gives how many it withholds.
    ///
    /// One loop over all set bits, without a branch that depends on the data: neither where a word ends nor whether a
    /// score is the best so far can be predicted.
    #[target_feature(enable = "avx2,popcnt,bmi1,bmi2,lzcnt")]
    #[inline]
    pub fn offer(&mut self, open: &Words, len: usize, offer: u64, score: impl Fn(usize) -> f64) -> u64 {
        let pairs = &mut self.pairs[..len];
        let (words, count) = filled(open, len);
        let (mut at_word, mut counted) = (0, _mm_setzero_si128());
        let (mut bits, mut base) = words[0];
        let (zero, greatest, offer) =
            (_mm_setzero_pd(), _mm_set_sd(GREATEST_SCORE), _mm_set1_pd(f64::from_bits(offer)));
        for _ in 0..count {
            let row = base + bits.trailing_zeros() as usize;
            let score = _mm_set_sd(score(row));
            let small = _mm_cmple_sd(score, greatest);
            counted = _mm_sub_epi64(counted, _mm_castpd_si128(_mm_and_pd(small, _mm_cmpgt_sd(score, zero))));
            let pair = pairs.as_mut_ptr().wrapping_add(row).cast();
            // SAFETY: masks have a bit for each row of the block, and `pairs` as many pairs.
            let best = unsafe { _mm_load_pd(pair) };
            let better = _mm_movedup_pd(_mm_and_pd(small, _mm_cmpgt_sd(score, best)));
            let best = _mm_blendv_pd(best, _mm_unpacklo_pd(score, offer), better);
            // SAFETY: as above.
            unsafe { _mm_store_pd(pair, best) };
            bits &= bits - 1;
            let done = bits == 0;
            at_word += usize::from(done);
            let (next_bits, next_base) = at(&words, at_word);
            bits = select_unpredictable(done, next_bits, bits);
            base = select_unpredictable(done, next_base, base);
        }
        count - _mm_cvtsi128_si64(counted).cast_unsigned()
    }
}

/// The words with a bit set and their first rows, and how many bits are.
#[target_feature(enable = "avx2,popcnt,bmi1,bmi2,lzcnt")]
#[inline]
fn filled(open: &Words, len: usize) -> ([(u64, usize); BLOCK / 64 + 1], u64) {
    let mut words = [(0, 0); BLOCK / 64 + 1];
    let (mut filled, mut count) = (0, 0);
    for (word, bits) in open[..len / 64].iter().enumerate() {
        words[filled] = (*bits, word * 64);
        filled += usize::from(*bits != 0);
        count += u64::from(bits.count_ones());
    }
    (words, count)
}
