//! Values of every type, from small pools, so that equal values and edges of comparisons are common, and from the
//! extremes.

use opportune_plan::{Constant, Element, Float, Place, Schema, Span, Type};
use opportune_runtime::time::{Clock, FIRST_DATE, FIRST_INSTANT, LAST_DATE, LAST_INSTANT};

use super::dice::Dice;

pub const DAY: i64 = 86_400_000_000;
pub const HOUR: i64 = 3_600_000_000;

/// By their bytes, as a dictionary has them.
pub const ZONES: [&str; 11] = [
    "Africa/Casablanca",
    "Africa/Monrovia",
    "America/New_York",
    "America/Sao_Paulo",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Europe/London",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "UTC",
];

pub fn zone(dice: &mut Dice) -> &'static str {
    ZONES[(dice.roll(ZONES.len()) + 2) % ZONES.len()]
}

pub fn clock(dice: &mut Dice) -> Clock {
    let zone = zone(dice);
    let now = dice.pick(&[
        1_511_186_400_000_000, // 2017-11-20 14:00
        1_489_388_400_000_000, // 2017-03-13 07:00, a day after New York skipped an hour
        1_509_955_200_000_000, // 2017-11-06 08:00, a day after it lived one twice
        1_509_861_000_000_000, // 2017-11-05 05:50, in that hour
        1_522_508_400_000_000, // 2018-03-31 15:00, when Lord Howe lives half an hour twice
        1_557_021_600_000_000, // 2019-05-05 02:00, when Casablanca does
        1_325_239_200_000_000, // 2011-12-30 10:00, when Apia leaves out a day
        1_583_020_799_999_999, // the last microsecond of 2020-02-29
        0,
        FIRST_INSTANT + 400 * DAY,
        LAST_INSTANT - 400 * DAY,
        FIRST_INSTANT + 2 * DAY,
        LAST_INSTANT,
    ]);
    Clock::new(now, zone).expect("a zone of the database")
}

pub fn int(dice: &mut Dice) -> i64 {
    match dice.roll(8) {
        0..=2 => dice.roll(7) as i64 - 2,
        // As keys of shops are.
        3 => dice.roll(4) as i64 * 10,
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
    match dice.roll(100) {
        97.. => format!("t{:03}", dice.roll(300)).into(),
        // As keys of products are.
        90..97 => format!("p{}", dice.roll(4)).into(),
        _ => dice.pick(&TEXTS).into(),
    }
}

pub fn date(dice: &mut Dice, clock: &Clock) -> i32 {
    let date = match dice.roll(6) {
        0..=2 => clock.today() + dice.roll(9) as i32 - 4,
        3 => clock.today() - dice.roll(500) as i32,
        4 => dice.pick(&[0, 17_225, 17_475, 18_321, 17_440, 15_338, 19_782, 17_166]),
        _ => dice.pick(&[FIRST_DATE, LAST_DATE, FIRST_DATE + 1, LAST_DATE - 1, clock.today()]),
    };
    date.clamp(FIRST_DATE, LAST_DATE)
}

pub fn instant(dice: &mut Dice, clock: &Clock) -> i64 {
    let instant = match dice.roll(6) {
        0 => clock.now() - dice.roll(5) as i64,
        // The edge of a window of some days, and a microsecond around it.
        1 | 2 => {
            let back = clock.shift_instant(clock.now(), Span::days(-(dice.roll(40) as i32)));
            back.unwrap_or(FIRST_INSTANT).saturating_add(dice.roll(3) as i64 - 1)
        }
        3 => clock.now() - i64::from(dice.word()) * 5_000,
        4 => clock.now() + i64::from(dice.word()),
        _ => dice.pick(&[FIRST_INSTANT, LAST_INSTANT, 0, clock.now()]),
    };
    instant.clamp(FIRST_INSTANT, LAST_INSTANT)
}

pub fn duration(dice: &mut Dice) -> i64 {
    if dice.percent(50) { int(dice) } else { (dice.roll(60) as i64 - 20) * HOUR }
}

pub fn days(dice: &mut Dice) -> i64 {
    match dice.roll(8) {
        0..=4 => dice.pick(&[1, -1, 2, -7, 7, -30, 30, -84, 365, -365]),
        5 => dice.pick(&[0, 4_000_000, -4_000_000, i64::from(i32::MAX), i64::from(i32::MIN)]),
        _ => int(dice),
    }
}

pub fn months(dice: &mut Dice) -> i64 {
    match dice.roll(8) {
        0..=5 => dice.pick(&[1, -1, 3, -3, 12, -12, 0, 120, 1_200]),
        6 => dice.pick(&[120_000, -120_000, i64::from(i32::MAX), i64::from(i32::MIN)]),
        _ => int(dice),
    }
}

pub fn time(dice: &mut Dice) -> i64 {
    match dice.roll(4) {
        0 | 1 => dice.roll(48) as i64 * (HOUR / 2),
        2 => dice.roll(86_400) as i64 * 1_000_000 + dice.roll(1_000_000) as i64,
        _ => dice.pick(&[0, DAY - 1, 1, 2 * HOUR + 30 * 60_000_000, HOUR - 1]),
    }
}

pub fn place(dice: &mut Dice) -> Place {
    let (north, east) = match dice.roll(6) {
        0 | 1 => (40.71 + dice.roll(5) as f64 * 0.01, -74.0 - dice.roll(5) as f64 * 0.01),
        2 => (dice.roll(181) as f64 - 90.0, dice.roll(361) as f64 - 180.0),
        3 => (f64::from(dice.word()) * 4e-8 - 85.0, f64::from(dice.word()) * 8e-8 - 170.0),
        _ => dice.pick(&[(0.0, 0.0), (90.0, 0.0), (-90.0, 33.0), (0.0, 180.0), (0.0, -180.0), (1e-7, 1e-7)]),
    };
    Place::new(north, east).expect("on the earth")
}

pub fn distance(dice: &mut Dice) -> f64 {
    if dice.percent(60) { dice.pick(&[500.0, 5_000.0, 1_609.344, 1e6, 2e7, 0.0]) } else { number(dice) }
}

/// Some values of a set, sorted, each once; perhaps none.
pub fn elements(dice: &mut Dice, schema: &Schema, clock: &Clock, element: Element) -> Vec<Constant> {
    let mut all: Vec<Constant> = (0..dice.roll(4)).map(|_| constant(dice, schema, clock, element.ty())).collect();
    all.sort();
    all.dedup();
    all
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
        Type::Days => Constant::Days(days(dice)),
        Type::Months => Constant::Months(months(dice)),
        Type::Time => Constant::Time(time(dice)),
        Type::Zone => Constant::Zone(zone(dice).into()),
        Type::Place => Constant::Place(place(dice)),
        Type::Distance => Constant::Distance(Float::new(distance(dice)).expect("finite")),
        Type::Set(element) => Constant::Set(element, elements(dice, schema, clock, element).into()),
    }
}
