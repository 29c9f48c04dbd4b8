//! The kernels for x86-64 with AVX2: 256-bit compares, whose sign bits `movemask` turns into a bitmap.
#![allow(unsafe_code, reason = "vector intrinsics are unsafe to call")]

use std::arch::x86_64::{
    __m256d, __m256i, _CMP_EQ_OQ, _CMP_GE_OQ, _CMP_GT_OQ, _CMP_LT_OQ, _mm256_and_pd, _mm256_castsi256_pd,
    _mm256_castsi256_ps, _mm256_cmp_pd, _mm256_cmpeq_epi32, _mm256_cmpeq_epi64, _mm256_cmpgt_epi32, _mm256_cmpgt_epi64,
    _mm256_loadu_pd, _mm256_loadu_si256, _mm256_movemask_pd, _mm256_movemask_ps, _mm256_set1_epi32, _mm256_set1_epi64x,
    _mm256_set1_pd, _mm256_sllv_epi32, _mm256_srlv_epi32, _mm256_xor_si256,
};

use super::{CodeSet, Kernels, portable};

/// The kernels, if this machine has AVX2.
pub(super) fn avx2() -> Option<&'static Kernels> {
    std::arch::is_x86_feature_detected!("avx2").then_some(&KERNELS)
}

/// Private: reached only through [`avx2`], so that what it holds runs only on a machine with AVX2.
static KERNELS: Kernels = Kernels {
    name: "avx2",
    // SAFETY: `avx2` hands this table out only where AVX2 is there.
    number_greater: |values, constant, out| unsafe { number_compare::<_CMP_GT_OQ>(values, constant, out) },
    // SAFETY: as above.
    number_at_least: |values, constant, out| unsafe { number_compare::<_CMP_GE_OQ>(values, constant, out) },
    // SAFETY: as above.
    number_equal: |values, constant, out| unsafe { number_compare::<_CMP_EQ_OQ>(values, constant, out) },
    // SAFETY: as above.
    number_finite: |values, out| unsafe { number_finite(values, out) },
    // SAFETY: as above.
    int64_greater: |values, constant, out| unsafe { int64_greater(values, constant, out) },
    // SAFETY: as above.
    int64_equal: |values, constant, out| unsafe { int64_equal(values, constant, out) },
    // SAFETY: as above.
    int32_greater: |values, constant, out| unsafe { int32_greater(values, constant, out) },
    // SAFETY: as above.
    int32_equal: |values, constant, out| unsafe { int32_equal(values, constant, out) },
    // SAFETY: as above.
    code_greater: |values, constant, out| unsafe { code_greater(values, constant, out) },
    // SAFETY: as above.
    code_equal: |values, constant, out| unsafe { code_equal(values, constant, out) },
    code_in,
};

#[target_feature(enable = "avx2")]
fn load_f64(block: &[f64; 4]) -> __m256d {
    // SAFETY: the array is 32 readable bytes; the load takes any alignment.
    unsafe { _mm256_loadu_pd(block.as_ptr()) }
}

#[target_feature(enable = "avx2")]
fn load_integers<T, const N: usize>(block: &[T; N]) -> __m256i {
    const { assert!(size_of::<T>() * N == 32, "one vector") };
    // SAFETY: the array is 32 readable bytes; the load takes any alignment.
    unsafe { _mm256_loadu_si256(block.as_ptr().cast()) }
}

/// The word of 64 values, `N` at a time.
#[inline(always)]
fn word<T, const N: usize>(block: &[T; 64], mask: impl Fn(&[T; N]) -> u64) -> u64 {
    let (parts, _) = block.as_chunks::<N>();
    parts.iter().enumerate().fold(0, |word, (index, part)| word | mask(part) << (index * N))
}

/// Whole words by `word`, what is left by the portable loop.
#[inline(always)]
fn words<T: Copy>(values: &[T], out: &mut [u64], word: impl Fn(&[T; 64]) -> u64, test: impl Fn(T) -> bool) {
    let (blocks, rest) = values.as_chunks::<64>();
    for (block, out) in blocks.iter().zip(out.iter_mut()) {
        *out = word(block);
    }
    if let Some(out) = out.get_mut(blocks.len()..) {
        portable::pack(rest, out, test);
    }
}

#[target_feature(enable = "avx2")]
fn mask_of_four(lanes: __m256d) -> u64 {
    u64::from(_mm256_movemask_pd(lanes).cast_unsigned())
}

#[target_feature(enable = "avx2")]
fn mask_of_eight(lanes: __m256i) -> u64 {
    u64::from(_mm256_movemask_ps(_mm256_castsi256_ps(lanes)).cast_unsigned())
}

#[target_feature(enable = "avx2")]
fn number_compare<const COMPARISON: i32>(values: &[f64], constant: f64, out: &mut [u64]) {
    let right = _mm256_set1_pd(constant);
    let mask = |part: &[f64; 4]| mask_of_four(_mm256_cmp_pd::<COMPARISON>(load_f64(part), right));
    let test = |value: f64| match COMPARISON {
        _CMP_GT_OQ => value > constant,
        _CMP_GE_OQ => value >= constant,
        _ => value == constant,
    };
    words(values, out, |block| word(block, mask), test);
}

#[target_feature(enable = "avx2")]
fn number_finite(values: &[f64], out: &mut [u64]) {
    let magnitude = _mm256_castsi256_pd(_mm256_set1_epi64x(i64::MAX));
    let infinity = _mm256_set1_pd(f64::INFINITY);
    let mask =
        |part: &[f64; 4]| mask_of_four(_mm256_cmp_pd::<_CMP_LT_OQ>(_mm256_and_pd(load_f64(part), magnitude), infinity));
    words(values, out, |block| word(block, mask), f64::is_finite);
}

#[target_feature(enable = "avx2")]
fn int64_greater(values: &[i64], constant: i64, out: &mut [u64]) {
    let right = _mm256_set1_epi64x(constant);
    let mask = |part: &[i64; 4]| mask_of_four(_mm256_castsi256_pd(_mm256_cmpgt_epi64(load_integers(part), right)));
    words(values, out, |block| word(block, mask), |value| value > constant);
}

#[target_feature(enable = "avx2")]
fn int64_equal(values: &[i64], constant: i64, out: &mut [u64]) {
    let right = _mm256_set1_epi64x(constant);
    let mask = |part: &[i64; 4]| mask_of_four(_mm256_castsi256_pd(_mm256_cmpeq_epi64(load_integers(part), right)));
    words(values, out, |block| word(block, mask), |value| value == constant);
}

#[target_feature(enable = "avx2")]
fn int32_greater(values: &[i32], constant: i32, out: &mut [u64]) {
    let right = _mm256_set1_epi32(constant);
    let mask = |part: &[i32; 8]| mask_of_eight(_mm256_cmpgt_epi32(load_integers(part), right));
    words(values, out, |block| word(block, mask), |value| value > constant);
}

#[target_feature(enable = "avx2")]
fn int32_equal(values: &[i32], constant: i32, out: &mut [u64]) {
    let right = _mm256_set1_epi32(constant);
    let mask = |part: &[i32; 8]| mask_of_eight(_mm256_cmpeq_epi32(load_integers(part), right));
    words(values, out, |block| word(block, mask), |value| value == constant);
}

/// Unsigned by a signed compare: both sides with their highest bit flipped.
#[target_feature(enable = "avx2")]
fn code_greater(values: &[u32], constant: u32, out: &mut [u64]) {
    let flip = _mm256_set1_epi32(i32::MIN);
    let right = _mm256_xor_si256(_mm256_set1_epi32(constant.cast_signed()), flip);
    let mask = |part: &[u32; 8]| mask_of_eight(_mm256_cmpgt_epi32(_mm256_xor_si256(load_integers(part), flip), right));
    words(values, out, |block| word(block, mask), |value| value > constant);
}

#[target_feature(enable = "avx2")]
fn code_equal(values: &[u32], constant: u32, out: &mut [u64]) {
    let right = _mm256_set1_epi32(constant.cast_signed());
    let mask = |part: &[u32; 8]| mask_of_eight(_mm256_cmpeq_epi32(load_integers(part), right));
    words(values, out, |block| word(block, mask), |value| value == constant);
}

/// Sets of up to 32 codes fit a register: a shift by the code brings its bit to the top. Greater ones look each up.
fn code_in(values: &[u32], set: &CodeSet, out: &mut [u64]) {
    // SAFETY: reached only through the table, which `avx2` hands out only where AVX2 is there.
    unsafe { code_in_words(values, set, out) }
}

#[target_feature(enable = "avx2")]
fn code_in_words(values: &[u32], set: &CodeSet, out: &mut [u64]) {
    let &[first] = set.words.as_slice() else {
        return portable::pack(values, out, |code| set.contains(code));
    };
    // A shift count above 31 shifts everything out: no such code is in the set.
    let (bits, top) = (_mm256_set1_epi32(first.cast_signed()), _mm256_set1_epi32(31));
    let mask = |part: &[u32; 8]| {
        let codes = load_integers(part);
        let shifted = _mm256_srlv_epi32(bits, codes);
        mask_of_eight(_mm256_sllv_epi32(shifted, top))
    };
    words(values, out, |block| word(block, mask), |code| set.contains(code));
}
