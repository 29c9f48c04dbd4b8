//! The kernels in portable Rust: the reference that every other version is tested against.

use super::{CodeSet, Kernels};

/// All of them.
pub(super) static KERNELS: Kernels = Kernels {
    name: "portable",
    number_greater: |values, constant, out| pack(values, out, |value| value > constant),
    number_at_least: |values, constant, out| pack(values, out, |value| value >= constant),
    number_equal: |values, constant, out| pack(values, out, |value| value == constant),
    number_finite: |values, out| pack(values, out, f64::is_finite),
    int64_greater: |values, constant, out| pack(values, out, |value| value > constant),
    int64_equal: |values, constant, out| pack(values, out, |value| value == constant),
    int32_greater: |values, constant, out| pack(values, out, |value| value > constant),
    int32_equal: |values, constant, out| pack(values, out, |value| value == constant),
    code_greater: |values, constant, out| pack(values, out, |value| value > constant),
    code_equal: |values, constant, out| pack(values, out, |value| value == constant),
    code_in,
};

fn code_in(values: &[u32], set: &CodeSet, out: &mut [u64]) {
    pack(values, out, |code| set.contains(code));
}

/// Writes one bit a value. The tests of 64 values go to bytes first, which compilers turn into vector code; a
/// multiplication then moves eight bytes' lowest bits side by side.
pub(super) fn pack<T: Copy>(values: &[T], out: &mut [u64], test: impl Fn(T) -> bool) {
    for (chunk, word) in values.chunks(64).zip(out) {
        let mut bytes = [0_u8; 64];
        for (byte, value) in bytes.iter_mut().zip(chunk) {
            *byte = u8::from(test(*value));
        }
        let (eights, _) = bytes.as_chunks::<8>();
        *word = eights.iter().rev().fold(0, |word, eight| {
            let spread = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080);
            word << 8 | spread >> 56
        });
    }
}
