//! From a bitmap to the rows whose bit is set.
#![allow(unsafe_code, reason = "rows are written into spare capacity, eight at a time")]

/// Rows written at once, of which those beyond the set bits are written over or cut off.
const AT_ONCE: usize = 8;

/// Appends the rows whose bit is set, ascending. How many there are in a word cannot be predicted, so that no branch asks
/// which is taken half of the time.
pub fn append_rows(words: &[u64], rows: &mut Vec<u32>) {
    rows.reserve(words.len() * 64 + AT_ONCE);
    #[cfg(target_arch = "x86_64")]
    if super::Kernels::uses_vectors() && x86_64::is_supported() {
        // SAFETY: the features are there.
        let a_word = unsafe { x86_64::count(words) } / words.len().max(1);
        match a_word {
            // SAFETY: the features are there, and room for a row a bit and eight more was just reserved.
            0..2 => unsafe { x86_64::append_few::<4>(words, rows) },
            // SAFETY: as above.
            2..6 => unsafe { x86_64::append_few::<8>(words, rows) },
            // SAFETY: as above.
            _ => unsafe { x86_64::append_many(words, rows) },
        }
        return;
    }
    append_portable(words, rows);
}

fn append_portable(words: &[u64], rows: &mut Vec<u32>) {
    for (first, word) in (0..).step_by(64).zip(words) {
        let mut rest = *word;
        while rest != 0 {
            rows.push(first + rest.trailing_zeros());
            rest &= rest - 1;
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod x86_64 {
    use std::arch::x86_64::{
        _mm_cvtsi64_si128, _mm256_add_epi32, _mm256_cvtepu8_epi32, _mm256_set1_epi32, _mm256_storeu_si256,
    };

    /// Whether the machine has what these need.
    pub(super) fn is_supported() -> bool {
        std::arch::is_x86_feature_detected!("avx2")
            && std::arch::is_x86_feature_detected!("bmi1")
            && std::arch::is_x86_feature_detected!("popcnt")
    }

    /// How many bits are set.
    #[target_feature(enable = "popcnt")]
    pub(super) fn count(words: &[u64]) -> usize {
        words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// So many rows of each word, whether there are as many or not; one by one where there are more.
    ///
    /// # Safety
    /// `rows` has spare capacity for as many rows as `words` has bits, and for eight more; `N` is at most eight.
    #[target_feature(enable = "bmi1,popcnt")]
    pub(super) unsafe fn append_few<const N: usize>(words: &[u64], rows: &mut Vec<u32>) {
        let to: *mut u32 = rows.spare_capacity_mut().as_mut_ptr().cast();
        let mut written = 0;
        for (first, word) in (0_u32..).step_by(64).zip(words) {
            let (mut rest, count) = (*word, word.count_ones() as usize);
            let write = |at: usize, rest: &mut u64| {
                let to = to.wrapping_add(written + at);
                // SAFETY: at most as many rows were written before as there are bits, and there is room for `N` more,
                // or for as many as this word has.
                unsafe { to.write(first + rest.trailing_zeros()) };
                *rest &= rest.wrapping_sub(1);
            };
            for at in 0..N {
                write(at, &mut rest);
            }
            for at in N..count {
                write(at, &mut rest);
            }
            written += count;
        }
        // SAFETY: so many rows were written, and there is room for them.
        unsafe { rows.set_len(rows.len() + written) };
    }

    /// Eight bits at a time, whose places come from a table.
    ///
    /// # Safety
    /// `rows` has spare capacity for as many rows as `words` has bits, and for eight more.
    #[target_feature(enable = "avx2,popcnt")]
    pub(super) unsafe fn append_many(words: &[u64], rows: &mut Vec<u32>) {
        let to: *mut u32 = rows.spare_capacity_mut().as_mut_ptr().cast();
        let mut written = 0;
        for (first, word) in (0_i32..).step_by(64).zip(words).filter(|(_, word)| **word != 0) {
            let mut first = _mm256_set1_epi32(first);
            for byte in word.to_le_bytes() {
                let places = PLACES.get(byte as usize).copied().unwrap_or(0).cast_signed();
                let eight = _mm256_add_epi32(_mm256_cvtepu8_epi32(_mm_cvtsi64_si128(places)), first);
                let to = to.wrapping_add(written).cast();
                // SAFETY: at most as many rows were written before as there are bits, and there is room for eight more.
                unsafe { _mm256_storeu_si256(to, eight) };
                written += byte.count_ones() as usize;
                first = _mm256_add_epi32(first, _mm256_set1_epi32(8));
            }
        }
        // SAFETY: so many rows were written, and there is room for them.
        unsafe { rows.set_len(rows.len() + written) };
    }

    /// By byte: the places of its bits, a byte each, the lowest first.
    static PLACES: [u64; 256] = places();

    #[allow(clippy::indexing_slicing, reason = "computed by the compiler")]
    const fn places() -> [u64; 256] {
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
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_those_whose_bits_are_set() {
        let mut state = 1_u64;
        let mut random = || {
            state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            state ^ state >> 29
        };
        for len in [0, 1, 2, 7, 64] {
            for thin in 0..8 {
                let words: Vec<u64> = (0..len).map(|_| (0..thin).fold(!0, |word, _| word & random())).collect();
                let (mut fast, mut plain) = (vec![7], vec![7]);
                append_rows(&words, &mut fast);
                append_portable(&words, &mut plain);
                assert_eq!(fast, plain);
            }
        }
    }
}
