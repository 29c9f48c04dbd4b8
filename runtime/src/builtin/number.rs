//! Functions of numbers and ints.
//!
//! Rounding and roots are exact by IEEE 754; the transcendental ones are those of `libm`, the same on every machine.

use opportune_plan::Float;

/// A result, unless it is NaN or infinite.
pub fn finite(value: f64) -> Option<Float> {
    Float::new(value)
}

/// The greatest integer that is not greater, where it fits 64 bits.
pub fn floor(value: f64) -> Option<i64> {
    whole(value.floor())
}

/// The least integer that is not less, where it fits 64 bits.
pub fn ceil(value: f64) -> Option<i64> {
    whole(value.ceil())
}

/// The nearest integer, half to even, where it fits 64 bits.
pub fn round(value: f64) -> Option<i64> {
    whole(value.round_ties_even())
}

/// A double without a fraction as an integer, where it fits 64 bits.
fn whole(value: f64) -> Option<i64> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    (-LIMIT..LIMIT).contains(&value).then_some(value as i64)
}

/// To so many decimals: the product with their power of ten, rounded half to even, divided by it.
pub fn round_to(value: f64, decimals: u8) -> Option<Float> {
    const POWERS: [f64; 10] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
    let power = POWERS.get(usize::from(decimals))?;
    finite((value * power).round_ties_even() / power)
}

/// The square root; of nothing below zero.
pub fn sqrt(value: f64) -> Option<Float> {
    finite(value.sqrt())
}

/// e to this power.
pub fn exp(value: f64) -> Option<Float> {
    finite(libm::exp(value))
}

/// The natural logarithm; of nothing at or below zero.
pub fn ln(value: f64) -> Option<Float> {
    finite(libm::log(value))
}

/// The first to the power of the second, as C's `pow` has it (so 0 to the power of 0 is 1); where that is a finite number.
pub fn power(base: f64, exponent: f64) -> Option<Float> {
    finite(libm::pow(base, exponent))
}

/// How many times the second goes into the first, rounded towards zero; none by zero, nor what does not fit 64 bits.
pub fn quotient(a: i64, b: i64) -> Option<i64> {
    a.checked_div(b)
}

/// What is left by the exact quotient, with the sign of the first; none by zero. By -1 it is 0 of any int, of the least
/// one too, whose quotient does not fit.
pub fn remainder(a: i64, b: i64) -> Option<i64> {
    if b == 0 { None } else { Some(a.wrapping_rem(b)) }
}

#[cfg(test)]
mod tests;
