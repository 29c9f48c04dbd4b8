//! Rounding and functions of numbers, held to values known from elsewhere.

#![allow(clippy::excessive_precision, clippy::approx_constant, reason = "the values are as tables print them")]

use super::*;

const BEYOND: f64 = 9_223_372_036_854_775_808.0;

#[test]
fn rounding_down_up_and_to_the_nearest() {
    for (value, down, up, nearest) in [
        (0.0, 0, 0, 0),
        (0.5, 0, 1, 0),
        (1.5, 1, 2, 2),
        (2.5, 2, 3, 2),
        (-0.5, -1, 0, 0),
        (-1.5, -2, -1, -2),
        (-2.5, -3, -2, -2),
        (2.499_999_999_999_999_6, 2, 3, 2),
        (0.499_999_999_999_999_94, 0, 1, 0),
        (1e15 + 0.5, 1_000_000_000_000_000, 1_000_000_000_000_001, 1_000_000_000_000_000),
        (5e-324, 0, 1, 0),
        (-5e-324, -1, 0, 0),
    ] {
        assert_eq!([floor(value), ceil(value), round(value)], [down, up, nearest].map(Some), "{value}");
    }
}

#[test]
fn what_does_not_fit_64_bits_is_missing() {
    for beyond in [BEYOND, -BEYOND * 1.1, 1e300, -1e300, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert_eq!([floor(beyond), ceil(beyond), round(beyond)], [None; 3], "{beyond}");
    }
    assert_eq!(floor(-BEYOND), Some(i64::MIN));
    assert_eq!(ceil(9_223_372_036_854_774_784.0), Some(9_223_372_036_854_774_784), "the last double before 2^63");
}

#[test]
fn decimals() {
    let of = |value, decimals| round_to(value, decimals).map(Float::get);
    assert_eq!(of(1.005, 2), Some(1.0), "the double is less than it is written");
    assert_eq!(of(1.015, 2), Some(1.01), "the product is 101.49999999999999");
    assert_eq!(of(0.125, 2), Some(0.12), "half to even");
    assert_eq!(of(0.375, 2), Some(0.38));
    assert_eq!(of(-0.125, 2), Some(-0.12));
    assert_eq!(of(2.5, 0), Some(2.0));
    assert_eq!(of(123_456.789, 1), Some(123_456.8));
    assert_eq!(of(1e300, 9), None, "the product does not fit");
    assert_eq!(of(0.1, 10), None);
    assert_eq!(of(-0.001, 2).map(f64::to_bits), Some(0), "no negative zero");
}

#[test]
fn roots_logarithms_and_powers() {
    let close = |found: Option<Float>, expected: f64| {
        let found = found.unwrap().get();
        assert!((found / expected - 1.0).abs() < 1e-15, "{found} for {expected}");
    };
    assert_eq!(sqrt(2.25).map(Float::get), Some(1.5));
    assert_eq!(sqrt(0.0).map(Float::get), Some(0.0));
    assert_eq!(sqrt(-5e-324), None);
    // 2.718281828459045235…, e^-1, ln 2 and ln 10 from tables.
    close(exp(1.0), 2.718_281_828_459_045_235);
    close(exp(-1.0), 0.367_879_441_171_442_321_6);
    close(ln(2.0), 0.693_147_180_559_945_309_4);
    close(ln(10.0), 2.302_585_092_994_045_684);
    assert_eq!(exp(0.0).map(Float::get), Some(1.0));
    assert!(exp(709.0).is_some());
    assert_eq!(exp(710.0), None);
    assert_eq!(exp(-800.0).map(Float::get), Some(0.0));
    assert_eq!(ln(1.0).map(Float::get), Some(0.0));
    assert_eq!([ln(0.0), ln(-1.0)], [None, None]);
    assert_eq!(power(2.0, 10.0).map(Float::get), Some(1024.0));
    assert_eq!(power(2.0, -1.0).map(Float::get), Some(0.5));
    assert_eq!(power(0.0, 0.0).map(Float::get), Some(1.0));
    assert_eq!(power(-2.0, 3.0).map(Float::get), Some(-8.0));
    assert_eq!(power(0.0, -1.0), None);
    assert_eq!(power(-8.0, 1.0 / 3.0), None);
    assert_eq!(power(10.0, 309.0), None);
    close(power(10.0, 0.5), 3.162_277_660_168_379_332);
}

#[test]
fn whole_quotients_and_what_is_left() {
    for (a, b, times, left) in
        [(7, 2, 3, 1), (-7, 2, -3, -1), (7, -2, -3, 1), (-7, -2, 3, -1), (0, 5, 0, 0), (4, 9, 0, 4)]
    {
        assert_eq!((quotient(a, b), remainder(a, b)), (Some(times), Some(left)), "{a} by {b}");
    }
    assert_eq!((quotient(7, 0), remainder(7, 0)), (None, None));
    assert_eq!((quotient(i64::MIN, -1), remainder(i64::MIN, -1)), (None, Some(0)));
    assert_eq!((quotient(i64::MIN, 1), remainder(i64::MAX, i64::MIN)), (Some(i64::MIN), Some(i64::MAX)));
}
