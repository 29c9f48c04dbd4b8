//! Values of every type, from small pools, so that equal values and edges of comparisons are common, and from the
//! extremes.

use opportune_plan::{Constant, Float, Schema, Span, Type};
use opportune_runtime::time::{Clock, FIRST_DATE, LAST_DATE};

use super::dice::Dice;

pub const DAY: i64 = 86_400_000_000;
const HOUR: i64 = 3_600_000_000;

/// The first and the last moment that are told apart: 0001-01-01 00:00 and 9999-12-30 22:00 less a microsecond, UTC.
const FIRST_INSTANT: i64 = FIRST_DATE as i64 * DAY;
const LAST_INSTANT: i64 = (LAST_DATE as i64 - 1) * DAY + 22 * HOUR - 1;

pub fn clock(dice: &mut Dice) -> Clock {
    let zones = ["America/New_York", "UTC", "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Monrovia"];
    let zone = dice.pick(&zones);
    let now = dice.pick(&[
        1_511_186_400_000_000, // 2017-11-20 14:00
        1_489_388_400_000_000, // 2017-03-13 07:00, a day after New York skipped an hour
        1_509_955_200_000_000, // 2017-11-06 08:00, a day after it lived one twice
        1_583_020_799_999_999, // the last microsecond of 2020-02-29
        0,
        FIRST_INSTANT + 400 * DAY,
        LAST_INSTANT - 400 * DAY,
    ]);
    Clock::new(now, zone).expect("a zone of the database")
}

pub fn int(dice: &mut Dice) -> i64 {
    match dice.roll(8) {
        0..=3 => dice.roll(7) as i64 - 2,
        4 => dice.roll(1_000) as i64 - 500,
        5 => i64::from(dice.word()) * i64::from(dice.word() >> 1) - (1 << 60),
        _ => dice.pick(&[
            0,
            i64::MIN,
            i64::MAX,
            i64::MIN + 1,
            i64::MAX - 1,
            (1 << 53) + 1,
            -(1 << 53) - 1,
            1 << 53,
            (1 << 62) - 1,
            i64::from(i32::MAX) + 1,
            i64::from(i32::MIN) - 1,
            3_037_000_500, // the root of 2^63, rounded up
        ]),
    }
}

pub fn number(dice: &mut Dice) -> f64 {
    match dice.roll(8) {
        0 | 1 => dice.roll(9) as f64 * 0.5 - 1.0,
        2 => dice.roll(1_000) as f64 * 0.1,
        3 | 4 => f64::from(dice.word()) / 1e4 - 1e5,
        5 => {
            let bits = u64::from(dice.word()) << 32 | u64::from(dice.word());
            Some(f64::from_bits(bits) + 0.0).filter(|value| value.is_finite()).unwrap_or(0.1)
        }
        _ => dice.pick(&[
            0.0,
            0.1,
            0.2,
            1e308,
            -1e308,
            f64::MAX,
            f64::MIN,
            5e-324,
            -5e-324,
            f64::MIN_POSITIVE,
            1e9,
            1_000_000_000.000_000_1,
            9_223_372_036_854_775_808.0,
            -9_223_372_036_854_775_808.0,
            2.5e-9,
            1e-300,
        ]),
    }
}

const TEXTS: [&str; 14] =
    ["a", "b", "ab", "abc", "", "A", "ba", "é", "e\u{301}", "b\u{0}", "zz", "a b", "🧺", "abcabcabcabcabcabc"];

pub fn text(dice: &mut Dice) -> Box<str> {
    if dice.percent(4) { format!("t{:03}", dice.roll(300)).into() } else { dice.pick(&TEXTS).into() }
}

pub fn date(dice: &mut Dice, clock: &Clock) -> i32 {
    let date = match dice.roll(6) {
        0..=2 => clock.today() + dice.roll(9) as i32 - 4,
        3 => clock.today() - dice.roll(500) as i32,
        4 => dice.pick(&[0, 17_225, 17_475, 18_321]),
        _ => dice.pick(&[FIRST_DATE, LAST_DATE, FIRST_DATE + 1, LAST_DATE - 1, clock.today()]),
    };
    date.clamp(FIRST_DATE, LAST_DATE)
}

pub fn instant(dice: &mut Dice, clock: &Clock) -> i64 {
    let instant = match dice.roll(6) {
        0 => clock.now() - dice.roll(5) as i64,
        // The edge of a window of some days, and a microsecond around it.
        1 | 2 => clock.start_of_last(Span::days(dice.roll(40) as i32)).saturating_add(dice.roll(3) as i64 - 1),
        3 => clock.now() - i64::from(dice.word()) * 5_000,
        4 => clock.now() + i64::from(dice.word()),
        _ => dice.pick(&[FIRST_INSTANT, LAST_INSTANT, 0, clock.now()]),
    };
    instant.clamp(FIRST_INSTANT, LAST_INSTANT)
}

pub fn duration(dice: &mut Dice) -> i64 {
    if dice.percent(50) { int(dice) } else { (dice.roll(60) as i64 - 20) * HOUR }
}

pub fn span(dice: &mut Dice, with_micros: bool) -> Span {
    let mut span = match dice.roll(10) {
        0..=4 => Span::days(dice.pick(&[1, 2, 7, 30, 84, 365])),
        5 | 6 => Span { months: dice.pick(&[1, 3, 12, -1]), ..Span::default() },
        7 => Span::days(dice.pick(&[0, -1, i32::MAX, i32::MIN, 4_000_000])),
        8 => Span { months: dice.pick(&[120_000, i32::MIN, i32::MAX]), ..Span::default() },
        _ => Span { months: 1, days: -3, micros: 0 },
    };
    if with_micros && dice.percent(30) {
        span.micros = dice.pick(&[5 * HOUR, -HOUR, 1, i64::MAX, i64::MIN]);
    }
    span
}

/// A constant of a type.
pub fn constant(dice: &mut Dice, schema: &Schema, clock: &Clock, ty: Type) -> Constant {
    let variants = |domain| schema.domain(domain).expect("a domain of the schema").variants.len();
    match ty {
        Type::Bool => Constant::Bool(dice.percent(50)),
        Type::Int => Constant::Int(int(dice)),
        Type::Number => Constant::Number(Float::new(number(dice)).expect("finite")),
        Type::Money(currency) => Constant::Money(currency, int(dice)),
        Type::Text => Constant::Text(text(dice)),
        Type::OneOf(domain) => Constant::OneOf(domain, dice.roll(variants(domain)) as u32),
        Type::Ordered(domain) => Constant::Ordered(domain, dice.roll(variants(domain)) as u32),
        Type::Date => Constant::Date(date(dice, clock)),
        Type::Instant => Constant::Instant(instant(dice, clock)),
        Type::Duration => Constant::Duration(duration(dice)),
        Type::Days => Constant::Days(int(dice)),
    }
}
