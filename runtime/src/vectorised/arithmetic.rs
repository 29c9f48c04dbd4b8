//! Arithmetic over vectors. What does not fit is missing; slots of missing values hold anything.

use opportune_plan::Span;

use super::column::{Kind, Lanes, Vectors, words_for};
use super::evaluation::{Evaluation, both, words};
use crate::bind::{Calculation, NodeId, Sign};
use crate::time::{FIRST_DATE, LAST_DATE};

/// An int as the nearest double.
pub fn to_number(of: &Evaluation<'_>, a: NodeId, len: usize, out: &mut Vectors) {
    let operand = of.operand(a);
    map(operand.int64s(), len, &mut out.float64s, |value| value as f64);
    words(operand.known, len, &mut out.known);
}

/// The opposite.
pub fn negate(of: &Evaluation<'_>, a: NodeId, len: usize, out: &mut Vectors) {
    let operand = of.operand(a);
    if of.kind(a) == Kind::Float64 {
        map(operand.float64s(), len, &mut out.float64s, |value| -value + 0.0);
        words(operand.known, len, &mut out.known);
    } else {
        words(operand.known, len, &mut out.known);
        checked(operand.int64s(), Lanes::One(()), len, &mut out.int64s, &mut out.known, |value, ()| {
            value.checked_neg()
        });
    }
}

/// Arithmetic of two values.
pub fn calculate(of: &Evaluation<'_>, calculation: Calculation, a: NodeId, b: NodeId, len: usize, out: &mut Vectors) {
    let (left, right, clock) = (of.operand(a), of.operand(b), &of.program.clock);
    both(left.known, right.known, len, &mut out.known);
    let known = &mut out.known;
    match calculation {
        Calculation::Number(sign) => {
            let (left, right) = (left.float64s(), right.float64s());
            match sign {
                Sign::Plus => zip(left, right, len, &mut out.float64s, |a, b| a + b + 0.0),
                Sign::Minus => zip(left, right, len, &mut out.float64s, |a, b| a - b + 0.0),
                Sign::Times => zip(left, right, len, &mut out.float64s, |a, b| a * b + 0.0),
                Sign::Through => zip(left, right, len, &mut out.float64s, |a, b| a / b + 0.0),
            }
            keep_finite(of, out);
        }
        Calculation::Ratio => {
            zip(left.int64s(), right.int64s(), len, &mut out.float64s, |a, b| a as f64 / b as f64 + 0.0);
            keep_finite(of, out);
        }
        Calculation::Int64(sign) => {
            let (left, right, values) = (left.int64s(), right.int64s(), &mut out.int64s);
            match sign {
                Sign::Plus => checked(left, right, len, values, known, i64::checked_add),
                Sign::Minus => checked(left, right, len, values, known, i64::checked_sub),
                Sign::Times | Sign::Through => checked(left, right, len, values, known, i64::checked_mul),
            }
        }
        Calculation::Scale(sign) => {
            let (left, right, values) = (left.int64s(), right.float64s(), &mut out.int64s);
            match sign {
                Sign::Through => checked(left, right, len, values, known, |a, b| rounded(a as f64 / b)),
                _ => checked(left, right, len, values, known, |a, b| rounded(a as f64 * b)),
            }
        }
        Calculation::InstantByDuration(sign) => {
            let moved = |instant: i64, micros: i64| {
                let micros = signed(sign, micros)?;
                clock.shift_instant(instant, Span::micros(micros))
            };
            checked(left.int64s(), right.int64s(), len, &mut out.int64s, known, moved);
        }
        Calculation::DateByDays(sign) => {
            let moved = |date: i32, days: i64| {
                let moved = i32::try_from(i64::from(date).checked_add(signed(sign, days)?)?).ok()?;
                (FIRST_DATE..=LAST_DATE).contains(&moved).then_some(moved)
            };
            checked(left.int32s(), right.int64s(), len, &mut out.int32s, known, moved);
        }
        Calculation::DaysBetween => {
            zip(left.int32s(), right.int32s(), len, &mut out.int64s, |a, b| i64::from(a) - i64::from(b));
        }
    }
}

fn signed(sign: Sign, value: i64) -> Option<i64> {
    if sign == Sign::Minus { value.checked_neg() } else { Some(value) }
}

/// A double rounded half to even, where it fits 64 bits.
pub fn rounded(value: f64) -> Option<i64> {
    const BEYOND: f64 = 9_223_372_036_854_775_808.0;
    let value = value.round_ties_even();
    #[allow(clippy::cast_possible_truncation, reason = "the range is checked")]
    (-BEYOND..BEYOND).contains(&value).then_some(value as i64)
}

/// Doubles that are not finite are missing.
fn keep_finite(of: &Evaluation<'_>, out: &mut Vectors) {
    let mut finite = [0_u64; 16];
    for (values, known) in out.float64s.chunks(64 * finite.len()).zip(out.known.chunks_mut(finite.len())) {
        (of.kernels.number_finite)(values, &mut finite);
        known.iter_mut().zip(&finite).for_each(|(known, finite)| *known &= finite);
    }
}

fn map<T: Copy, V: Copy>(a: Lanes<'_, T>, len: usize, out: &mut Vec<V>, f: impl Fn(T) -> V) {
    out.clear();
    match a {
        Lanes::Many(a) => out.extend(a.iter().map(|a| f(*a))),
        Lanes::One(a) => out.extend(std::iter::repeat_n(f(a), len)),
    }
}

fn zip<T: Copy, U: Copy, V: Copy>(
    a: Lanes<'_, T>,
    b: Lanes<'_, U>,
    len: usize,
    out: &mut Vec<V>,
    f: impl Fn(T, U) -> V,
) {
    out.clear();
    match (a, b) {
        (Lanes::Many(a), Lanes::Many(b)) => out.extend(a.iter().zip(b).map(|(a, b)| f(*a, *b))),
        (Lanes::Many(a), Lanes::One(b)) => out.extend(a.iter().map(|a| f(*a, b))),
        (Lanes::One(a), Lanes::Many(b)) => out.extend(b.iter().map(|b| f(a, *b))),
        (Lanes::One(a), Lanes::One(b)) => out.extend(std::iter::repeat_n(f(a, b), len)),
    }
}

/// Where `f` gives nothing the bit of `known` is cleared; where it is clear already, `f` is not asked.
fn checked<T: Copy + Default, U: Copy + Default, V: Copy + Default>(
    a: Lanes<'_, T>,
    b: Lanes<'_, U>,
    len: usize,
    out: &mut Vec<V>,
    known: &mut [u64],
    f: impl Fn(T, U) -> Option<V>,
) {
    out.clear();
    for (index, known) in known.iter_mut().enumerate().take(words_for(len)) {
        let (begin, before) = (index * 64, *known);
        let rows = begin..len.min(begin + 64);
        out.extend(rows.map(|row| {
            let value = if before >> (row % 64) & 1 == 1 { f(a.get(row), b.get(row)) } else { None };
            *known &= !(u64::from(value.is_none()) << (row % 64));
            value.unwrap_or_default()
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::rounded;

    #[test]
    fn rounds_half_to_even_within_64_bits() {
        assert_eq!(rounded(2.5), Some(2));
        assert_eq!(rounded(-3.5), Some(-4));
        assert_eq!(rounded(9_223_372_036_854_774_784.0), Some(9_223_372_036_854_774_784));
        assert_eq!(rounded(9_223_372_036_854_775_808.0), None);
        assert_eq!(rounded(-9_223_372_036_854_775_808.0), Some(i64::MIN));
        assert_eq!(rounded(f64::NAN), None);
        assert_eq!(rounded(f64::NEG_INFINITY), None);
    }
}
