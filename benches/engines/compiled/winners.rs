//! The running best of the block peer.

#![allow(unsafe_code, reason = "unchecked reads of rows that a mask names: what a peer at its best would do")]

use std::arch::x86_64::*;

use opportune_runtime::evaluate::GREATEST_SCORE;

use super::{BLOCK, NOBODY, Words};

/// By customer: the best offer so far, and its score, side by side in one vector.
pub struct Winners {
    pairs: Vec<Winner>,
    rows: Box<Rows>,
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
        Self { pairs: vec![Winner::NOBODY; customers], rows: Box::new([0; BLOCK + 8]) }
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
    /// No branch depends on the data: neither where a word ends nor whether a score is the best so far can be
    /// predicted.
    #[target_feature(enable = "avx2,popcnt,bmi1,bmi2,lzcnt")]
    #[inline]
    pub fn offer(&mut self, open: &Words, len: usize, offer: u64, score: impl Fn(usize) -> f64) -> u64 {
        let count = list(open, len, &mut self.rows);
        let pairs = &mut self.pairs[..len];
        let mut counted = _mm_setzero_si128();
        let (zero, greatest, offer) =
            (_mm_setzero_pd(), _mm_set_sd(GREATEST_SCORE), _mm_set1_pd(f64::from_bits(offer)));
        for row in &self.rows[..count] {
            let row = *row as usize;
            let score = _mm_set_sd(score(row));
            let small = _mm_cmple_sd(score, greatest);
            counted = _mm_sub_epi64(counted, _mm_castpd_si128(_mm_and_pd(small, _mm_cmpgt_sd(score, zero))));
            let pair = pairs.as_mut_ptr().wrapping_add(row).cast();
            // SAFETY: masks have a bit for each row of the block, and `pairs` as many pairs.
            let best = unsafe { _mm_load_pd(pair) };
            let better = _mm_movedup_pd(_mm_and_pd(small, _mm_cmpgt_sd(score, best)));
            // Chosen between the new and what was loaded, this would become a masked store, which is many times as slow on
            // some processors. The maximum is the old score wherever that is kept.
            let kept = _mm_max_sd(best, _mm_and_pd(score, small));
            let best = _mm_blendv_pd(kept, _mm_unpacklo_pd(score, offer), better);
            // SAFETY: as above.
            unsafe { _mm_store_pd(pair, best) };
        }
        count as u64 - _mm_cvtsi128_si64(counted).cast_unsigned()
    }
}

/// Writes the rows whose bit is set, ascending, and gives how many they are: eight bits at a time by a table, since how
/// many a word has cannot be predicted.
#[target_feature(enable = "avx2,popcnt,bmi1,bmi2,lzcnt")]
#[inline(never)]
fn list(open: &Words, len: usize, rows: &mut Rows) -> usize {
    let mut count = 0;
    for (word, bits) in open[..len / 64].iter().enumerate().filter(|(_, bits)| **bits != 0) {
        let mut base = _mm256_set1_epi32((word * 64) as i32);
        for byte in bits.to_le_bytes() {
            let places = _mm_cvtsi64_si128(PLACES[byte as usize].cast_signed());
            let here = _mm256_add_epi32(_mm256_cvtepu8_epi32(places), base);
            let to = rows.as_mut_ptr().wrapping_add(count).cast();
            // SAFETY: at most as many rows are written as there are bits before, and `rows` has eight more.
            unsafe { _mm256_storeu_si256(to, here) };
            count += byte.count_ones() as usize;
            base = _mm256_add_epi32(base, _mm256_set1_epi32(8));
        }
    }
    count
}

/// Room for the rows of a block, and for the vector that begins behind the last.
type Rows = [u32; BLOCK + 8];

/// By byte: the places of its bits, a byte each, the lowest first.
static PLACES: [u64; 256] = {
    let (mut table, mut byte) = ([0; 256], 0);
    while byte < 256 {
        let (mut place, mut found) = (0, 0);
        while place < 8 {
            if byte >> place & 1 == 1 {
                table[byte] |= place << (8 * found);
                found += 1;
            }
            place += 1;
        }
        byte += 1;
    }
    table
};
