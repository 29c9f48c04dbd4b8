//! What the block peer is made of: comparisons of 64 values with AVX2, packed to bits.

#![allow(unsafe_code, reason = "AVX2 loads of whole vectors and unchecked reads: what a peer at its best would do")]

use std::arch::x86_64::*;

use opportune_runtime::evaluate::Tally;

use super::Work;
use super::generated::{Columns, OFFERS, blocks};

/// Whether this machine has what the block peer is compiled for.
pub fn supported() -> bool {
    is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("popcnt")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("lzcnt")
}

/// Decides for a block.
pub fn decide(columns: &Columns<'_>, len: usize, work: &mut Work, tallies: &mut [Tally; OFFERS]) {
    assert!(supported() && len.is_multiple_of(64));
    // SAFETY: the features are there.
    unsafe { blocks(columns, len, work, tallies) }
}

/// A row's bit.
#[inline(always)]
pub fn bit(words: &[u64], row: usize) -> bool {
    words[row / 64] >> (row % 64) & 1 == 1
}

/// A row's value; the caller's mask holds rows of the block alone.
#[inline(always)]
pub fn at<T: Copy>(values: &[T], row: usize) -> T {
    debug_assert!(row < values.len());
    // SAFETY: masks have a bit for each row of the block, and all its columns have as many rows.
    unsafe { *values.get_unchecked(row) }
}

/// 64 values.
#[inline(always)]
pub fn chunk<T>(values: &[T], word: usize) -> &[T; 64] {
    let Ok(chunk) = values[word * 64..word * 64 + 64].try_into() else { unreachable!("64 values") };
    chunk
}

/// Loads four doubles, four wide or eight narrow whole numbers.
macro_rules! load {
    ($name:ident, $ty:ty, $vector:ty, $load:ident) => {
        #[target_feature(enable = "avx2")]
        #[inline]
        fn $name(values: &[$ty; 64], at: usize) -> $vector {
            debug_assert!(at + size_of::<$vector>() / size_of::<$ty>() <= 64);
            let from = values.as_ptr().wrapping_add(at);
            // SAFETY: callers count `at` in steps of whole vectors below 64.
            unsafe { $load(from.cast()) }
        }
    };
}
load!(load_numbers, f64, __m256d, _mm256_loadu_pd);
load!(load_wide, i64, __m256i, _mm256_loadu_si256);

/// Bits of 64 comparisons, four at a time as masks of 64 bits, packed to bytes before they become bits.
#[target_feature(enable = "avx2,bmi2")]
#[inline]
fn fours(compare: impl Fn(usize) -> __m256d) -> u64 {
    let two = |at: usize| {
        let (low, high) = (_mm256_castpd_ps(compare(at)), _mm256_castpd_ps(compare(at + 4)));
        _mm256_castps_si256(_mm256_shuffle_ps::<0b10_00_10_00>(low, high))
    };
    let thirty_two = |at: usize| {
        let low = _mm256_packs_epi32(two(at), two(at + 8));
        let high = _mm256_packs_epi32(two(at + 16), two(at + 24));
        u64::from(_mm256_movemask_epi8(_mm256_packs_epi16(low, high)).cast_unsigned())
    };
    // Packing works within halves of vectors: of each four rows, the first two are in the lower 16 bits.
    let (low, high) = (thirty_two(0), thirty_two(32));
    let first = low & 0xFFFF | (high & 0xFFFF) << 16;
    let second = low >> 16 | high & 0xFFFF_0000;
    _pdep_u64(first, 0x3333_3333_3333_3333) | _pdep_u64(second, 0xCCCC_CCCC_CCCC_CCCC)
}

/// Bits of 64 comparisons, eight at a time as masks of 32 bits, packed to bytes before they become bits.
#[target_feature(enable = "avx2")]
#[inline]
fn eights(compare: impl Fn(usize) -> __m256i) -> u64 {
    let mut bits = 0;
    for at in [0, 32] {
        let low = _mm256_packs_epi32(compare(at), compare(at + 8));
        let high = _mm256_packs_epi32(compare(at + 16), compare(at + 24));
        // Packing works within halves; this puts the groups of four back in order.
        let bytes =
            _mm256_permutevar8x32_epi32(_mm256_packs_epi16(low, high), _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
        bits |= u64::from(_mm256_movemask_epi8(bytes).cast_unsigned()) << at;
    }
    bits
}

/// How 64 doubles relate to a constant.
#[target_feature(enable = "avx2,bmi2")]
#[inline]
pub fn numbers<const RELATION: i32>(values: &[f64; 64], constant: f64) -> u64 {
    let constant = _mm256_set1_pd(constant);
    fours(|at| _mm256_cmp_pd::<RELATION>(load_numbers(values, at), constant))
}

/// Which of 64 wide whole numbers are above a constant.
#[target_feature(enable = "avx2,bmi2")]
#[inline]
pub fn wide_above(values: &[i64; 64], constant: i64) -> u64 {
    let constant = _mm256_set1_epi64x(constant);
    fours(|at| _mm256_castsi256_pd(_mm256_cmpgt_epi64(load_wide(values, at), constant)))
}

/// Dates and codes: 32 bits, below 2^31.
pub trait Narrow: Sized {
    /// Eight of them.
    fn load(values: &[Self; 64], at: usize) -> __m256i;
}

impl Narrow for i32 {
    #[inline(always)]
    fn load(values: &[Self; 64], at: usize) -> __m256i {
        debug_assert!(at + 8 <= 64);
        // SAFETY: callers count `at` in steps of 8 below 64, and only code with AVX2 calls this.
        unsafe { _mm256_loadu_si256(values.as_ptr().wrapping_add(at).cast()) }
    }
}

impl Narrow for u32 {
    #[inline(always)]
    fn load(values: &[Self; 64], at: usize) -> __m256i {
        debug_assert!(at + 8 <= 64);
        // SAFETY: callers count `at` in steps of 8 below 64, and only code with AVX2 calls this.
        unsafe { _mm256_loadu_si256(values.as_ptr().wrapping_add(at).cast()) }
    }
}

/// Which of 64 dates or codes are above a constant.
#[target_feature(enable = "avx2")]
#[inline]
pub fn narrow_above<T: Narrow>(values: &[T; 64], constant: i32) -> u64 {
    let constant = _mm256_set1_epi32(constant);
    eights(|at| _mm256_cmpgt_epi32(T::load(values, at), constant))
}

/// Which of 64 dates or codes are this one.
#[target_feature(enable = "avx2")]
#[inline]
pub fn narrow_is<T: Narrow>(values: &[T; 64], constant: i32) -> u64 {
    let constant = _mm256_set1_epi32(constant);
    eights(|at| _mm256_cmpeq_epi32(T::load(values, at), constant))
}

/// Which of 64 codes are one of a few.
#[target_feature(enable = "avx2")]
#[inline]
pub fn narrow_any<const N: usize>(values: &[u32; 64], constants: [i32; N]) -> u64 {
    eights(|at| {
        let eight = u32::load(values, at);
        let is = |any, constant| _mm256_or_si256(any, _mm256_cmpeq_epi32(eight, _mm256_set1_epi32(constant)));
        constants.into_iter().fold(_mm256_setzero_si256(), is)
    })
}

/// Which of 64 codes are in a run of them.
#[target_feature(enable = "avx2")]
#[inline]
pub fn narrow_between(values: &[u32; 64], first: i32, last: i32) -> u64 {
    let (first, span) = (_mm256_set1_epi32(first), _mm256_set1_epi32(last - first));
    eights(|at| {
        let from_first = _mm256_sub_epi32(u32::load(values, at), first);
        // Unsigned `<=`: the lesser of both is the value.
        _mm256_cmpeq_epi32(_mm256_min_epu32(from_first, span), from_first)
    })
}

/// Which of 64 codes below 256 have their bit set in a table.
#[target_feature(enable = "avx2")]
#[inline]
pub fn narrow_in(values: &[u32; 64], table: &[u32; 8]) -> u64 {
    let [a, b, c, d, e, f, g, h] = table.map(u32::cast_signed);
    let table = _mm256_setr_epi32(a, b, c, d, e, f, g, h);
    eights(|at| {
        let eight = u32::load(values, at);
        let words = _mm256_permutevar8x32_epi32(table, _mm256_srli_epi32::<5>(eight));
        // The code's bit becomes the sign, then the whole mask.
        let to_sign = _mm256_sub_epi32(_mm256_set1_epi32(31), _mm256_and_si256(eight, _mm256_set1_epi32(31)));
        _mm256_srai_epi32::<31>(_mm256_sllv_epi32(words, to_sign))
    })
}
