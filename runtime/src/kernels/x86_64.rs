//! The kernels for x86-64 with AVX2: 256-bit compares, packed to bytes, whose sign bits `movemask` turns into a bitmap.
#![allow(unsafe_code, reason = "vector intrinsics are unsafe to call")]

use std::arch::x86_64::{
    __m256d, __m256i, _CMP_EQ_OQ, _CMP_GE_OQ, _CMP_GT_OQ, _CMP_LT_OQ, _mm256_and_pd, _mm256_and_si256,
    _mm256_castpd_ps, _mm256_castps_si256, _mm256_castsi256_pd, _mm256_cmp_pd, _mm256_cmpeq_epi32, _mm256_cmpeq_epi64,
    _mm256_cmpgt_epi32, _mm256_cmpgt_epi64, _mm256_loadu_pd, _mm256_loadu_si256, _mm256_movemask_epi8,
    _mm256_packs_epi16, _mm256_packs_epi32, _mm256_permutevar8x32_epi32, _mm256_set1_epi32, _mm256_set1_epi64x,
    _mm256_set1_pd, _mm256_setr_epi32, _mm256_shuffle_ps, _mm256_sllv_epi32, _mm256_srai_epi32, _mm256_srli_epi32,
    _mm256_sub_epi32, _mm256_xor_si256, _pdep_u64,
};

use super::{CodeSet, Kernels, portable};

/// The kernels, if this machine has AVX2 and BMI2 (all that have the one have the other).
pub(super) fn avx2() -> Option<&'static Kernels> {
    let supported = std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("bmi2");
    supported.then_some(&KERNELS)
}

/// Private: reached only through [`avx2`], so that what it holds runs only on a machine with AVX2 and BMI2.
static KERNELS: Kernels = Kernels {
    name: "avx2",
    // SAFETY: `avx2` hands this table out only where AVX2 and BMI2 are there.
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

#[target_feature(enable = "avx2,bmi2")]
fn load_f64(block: &[f64; 4]) -> __m256d {
    // SAFETY: the array is 32 readable bytes; the load takes any alignment.
    unsafe { _mm256_loadu_pd(block.as_ptr()) }
}

#[target_feature(enable = "avx2,bmi2")]
fn load_integers<T, const N: usize>(block: &[T; N]) -> __m256i {
    const { assert!(size_of::<T>() * N == 32, "one vector") };
    // SAFETY: the array is 32 readable bytes; the load takes any alignment.
    unsafe { _mm256_loadu_si256(block.as_ptr().cast()) }
}

/// The word of 64 values, compared four at a time as masks of 64 bits.
///
/// Packing works within halves of vectors: of each four rows, the first two end up in the lower 16 bits of 32, the
/// other two in the upper. Two deposits put them back in order.
#[target_feature(enable = "avx2,bmi2")]
#[inline]
fn word_of_fours<T>(block: &[T; 64], compare: impl Fn(&[T; 4]) -> __m256d) -> u64 {
    let two = |eight: &[T; 8]| {
        let ([low, high], _) = eight.as_chunks::<4>() else { return _mm256_set1_epi32(0) };
        let (low, high) = (_mm256_castpd_ps(compare(low)), _mm256_castpd_ps(compare(high)));
        _mm256_castps_si256(_mm256_shuffle_ps::<0b10_00_10_00>(low, high))
    };
    let (low, high) = halves(block, two);
    let (low, high) = (u64::from(bytes_mask(low)), u64::from(bytes_mask(high)));
    let first = low & 0xFFFF | (high & 0xFFFF) << 16;
    let second = low >> 16 | high & 0xFFFF_0000;
    _pdep_u64(first, 0x3333_3333_3333_3333) | _pdep_u64(second, 0xCCCC_CCCC_CCCC_CCCC)
}

/// The word of 64 values, compared eight at a time as masks of 32 bits.
#[target_feature(enable = "avx2,bmi2")]
#[inline]
fn word_of_eights<T>(block: &[T; 64], compare: impl Fn(&[T; 8]) -> __m256i) -> u64 {
    let (low, high) = halves(block, compare);
    // Packing works within halves of vectors; this puts the groups of four back in order.
    let order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    let mask = |bytes| u64::from(bytes_mask(_mm256_permutevar8x32_epi32(bytes, order)));
    mask(low) | mask(high) << 32
}

/// 64 values as twice 32 bytes, from masks of eight times 32 bits.
#[target_feature(enable = "avx2,bmi2")]
#[inline]
fn halves<T>(block: &[T; 64], masks: impl Fn(&[T; 8]) -> __m256i) -> (__m256i, __m256i) {
    let ([a, b, c, d, e, f, g, h], _) = block.as_chunks::<8>() else {
        return (_mm256_set1_epi32(0), _mm256_set1_epi32(0));
    };
    let sixteen = |low, high| _mm256_packs_epi32(masks(low), masks(high));
    (_mm256_packs_epi16(sixteen(a, b), sixteen(c, d)), _mm256_packs_epi16(sixteen(e, f), sixteen(g, h)))
}

#[target_feature(enable = "avx2,bmi2")]
#[inline]
fn bytes_mask(bytes: __m256i) -> u32 {
    _mm256_movemask_epi8(bytes).cast_unsigned()
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

#[target_feature(enable = "avx2,bmi2")]
fn number_compare<const COMPARISON: i32>(values: &[f64], constant: f64, out: &mut [u64]) {
    let right = _mm256_set1_pd(constant);
    let mask = |part: &[f64; 4]| _mm256_cmp_pd::<COMPARISON>(load_f64(part), right);
    let test = |value: f64| match COMPARISON {
        _CMP_GT_OQ => value > constant,
        _CMP_GE_OQ => value >= constant,
        _ => value == constant,
    };
    words(values, out, |block| word_of_fours(block, mask), test);
}

#[target_feature(enable = "avx2,bmi2")]
fn number_finite(values: &[f64], out: &mut [u64]) {
    let magnitude = _mm256_castsi256_pd(_mm256_set1_epi64x(i64::MAX));
    let infinity = _mm256_set1_pd(f64::INFINITY);
    let mask = |part: &[f64; 4]| _mm256_cmp_pd::<_CMP_LT_OQ>(_mm256_and_pd(load_f64(part), magnitude), infinity);
    words(values, out, |block| word_of_fours(block, mask), f64::is_finite);
}

#[target_feature(enable = "avx2,bmi2")]
fn int64_greater(values: &[i64], constant: i64, out: &mut [u64]) {
    let right = _mm256_set1_epi64x(constant);
    let mask = |part: &[i64; 4]| _mm256_castsi256_pd(_mm256_cmpgt_epi64(load_integers(part), right));
    words(values, out, |block| word_of_fours(block, mask), |value| value > constant);
}

#[target_feature(enable = "avx2,bmi2")]
fn int64_equal(values: &[i64], constant: i64, out: &mut [u64]) {
    let right = _mm256_set1_epi64x(constant);
    let mask = |part: &[i64; 4]| _mm256_castsi256_pd(_mm256_cmpeq_epi64(load_integers(part), right));
    words(values, out, |block| word_of_fours(block, mask), |value| value == constant);
}

#[target_feature(enable = "avx2,bmi2")]
fn int32_greater(values: &[i32], constant: i32, out: &mut [u64]) {
    let right = _mm256_set1_epi32(constant);
    let mask = |part: &[i32; 8]| _mm256_cmpgt_epi32(load_integers(part), right);
    words(values, out, |block| word_of_eights(block, mask), |value| value > constant);
}

#[target_feature(enable = "avx2,bmi2")]
fn int32_equal(values: &[i32], constant: i32, out: &mut [u64]) {
    let right = _mm256_set1_epi32(constant);
    let mask = |part: &[i32; 8]| _mm256_cmpeq_epi32(load_integers(part), right);
    words(values, out, |block| word_of_eights(block, mask), |value| value == constant);
}

/// Unsigned by a signed compare: both sides with their highest bit flipped.
#[target_feature(enable = "avx2,bmi2")]
fn code_greater(values: &[u32], constant: u32, out: &mut [u64]) {
    let flip = _mm256_set1_epi32(i32::MIN);
    let right = _mm256_xor_si256(_mm256_set1_epi32(constant.cast_signed()), flip);
    let mask = |part: &[u32; 8]| _mm256_cmpgt_epi32(_mm256_xor_si256(load_integers(part), flip), right);
    words(values, out, |block| word_of_eights(block, mask), |value| value > constant);
}

#[target_feature(enable = "avx2,bmi2")]
fn code_equal(values: &[u32], constant: u32, out: &mut [u64]) {
    let right = _mm256_set1_epi32(constant.cast_signed());
    let mask = |part: &[u32; 8]| _mm256_cmpeq_epi32(load_integers(part), right);
    words(values, out, |block| word_of_eights(block, mask), |value| value == constant);
}

/// Sets within 256 codes fit a register, from which the upper bits of a code pick a word, and the lower ones its bit.
/// Greater ones are looked up code by code.
fn code_in(values: &[u32], set: &CodeSet, out: &mut [u64]) {
    // SAFETY: reached only through the table, which `avx2` hands out only where AVX2 and BMI2 are there.
    unsafe { code_in_words(values, set, out) }
}

#[target_feature(enable = "avx2,bmi2")]
fn code_in_words(values: &[u32], set: &CodeSet, out: &mut [u64]) {
    let mut eight = [0_i32; 8];
    if set.words.len() > eight.len() {
        return portable::pack(values, out, |code| set.contains(code));
    }
    eight.iter_mut().zip(&set.words).for_each(|(to, word)| *to = word.cast_signed());
    let table = load_integers(&eight);
    let (lower, greatest) = (_mm256_set1_epi32(31), _mm256_set1_epi32(255));
    let mask = |part: &[u32; 8]| {
        let codes = load_integers(part);
        let words = _mm256_permutevar8x32_epi32(table, _mm256_srli_epi32::<5>(codes));
        // The code's bit becomes the sign, and the sign the whole mask.
        let to_sign = _mm256_sub_epi32(lower, _mm256_and_si256(codes, lower));
        let found = _mm256_srai_epi32::<31>(_mm256_sllv_epi32(words, to_sign));
        // No code beyond the table is in the set.
        let within = _mm256_cmpeq_epi32(_mm256_and_si256(codes, greatest), codes);
        _mm256_and_si256(found, within)
    };
    words(values, out, |block| word_of_eights(block, mask), |code| set.contains(code));
}
