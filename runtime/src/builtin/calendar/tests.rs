//! Days and their parts, held to values known from elsewhere.

use super::*;
use crate::time::LAST_DATE;

fn day(year: i16, month: i8, day: i8) -> i32 {
    days_of(Date::new(year, month, day).unwrap()).unwrap()
}

type Known = ((i16, i8, i8), i32, u32, i64, i64);

/// Dates with what calendars print of them: days since 1970-01-01, the day of the week from Monday as 0, the day of
/// the year and the ISO week.
const DATES: [Known; 26] = [
    ((1, 1, 1), -719_162, 0, 1, 1),
    ((1582, 10, 15), -141_427, 4, 288, 41),
    ((1600, 2, 29), -135_081, 1, 60, 9),
    ((1700, 3, 1), -98_556, 0, 60, 9),
    ((1752, 9, 14), -79_366, 3, 258, 37),
    ((1899, 12, 31), -25_568, 6, 365, 52),
    ((1900, 2, 28), -25_509, 2, 59, 9),
    ((1969, 7, 20), -165, 6, 201, 29),
    ((1999, 12, 31), 10_956, 4, 365, 52),
    ((2000, 2, 29), 11_016, 1, 60, 9),
    ((2000, 12, 31), 11_322, 6, 366, 52),
    ((2004, 12, 31), 12_783, 4, 366, 53),
    ((2005, 1, 1), 12_784, 5, 1, 53),
    ((2008, 12, 29), 14_242, 0, 364, 1),
    ((2009, 12, 31), 14_609, 3, 365, 53),
    ((2010, 1, 3), 14_612, 6, 3, 53),
    ((2010, 1, 4), 14_613, 0, 4, 1),
    ((2015, 12, 31), 16_800, 3, 365, 53),
    ((2016, 1, 3), 16_803, 6, 3, 53),
    ((2020, 12, 31), 18_627, 3, 366, 53),
    ((2021, 1, 3), 18_630, 6, 3, 53),
    ((2024, 2, 29), 19_782, 3, 60, 9),
    ((2024, 12, 30), 20_087, 0, 365, 1),
    ((2026, 11, 20), 20_777, 4, 324, 47),
    ((2100, 2, 28), 47_540, 6, 59, 8),
    ((9999, 12, 31), 2_932_896, 4, 365, 52),
];

#[test]
fn dates_are_what_calendars_print() {
    for ((year, month, of_month), days, of_week, of_year, week) in DATES {
        let date = day(year, month, of_month);
        assert_eq!(date, days);
        assert_eq!(weekday(date), of_week, "{year}-{month}-{of_month}");
        let parts = [Builtin::Year, Builtin::Month, Builtin::Day, Builtin::DayOfYear, Builtin::Week];
        let expected = [year.into(), month.into(), of_month.into(), of_year, week];
        assert_eq!(parts.map(|part| part_of_date(part, date)), expected.map(Some), "{year}-{month}-{of_month}");
    }
}

#[test]
fn no_part_of_a_day_that_is_none() {
    for outside in [FIRST_DATE - 1, LAST_DATE + 1, i32::MIN, i32::MAX] {
        assert_eq!(part_of_date(Builtin::Year, outside), None);
        assert_eq!(start_of(Unit::Month, outside), None);
        assert_eq!(anniversary(outside, 0), None);
        assert_eq!(anniversary(0, outside), None);
        assert_eq!(months_between(0, outside), None);
        assert!(weekday(outside) < 7);
    }
}

#[test]
fn times_of_day_have_parts() {
    let of = |time| [Builtin::Hour, Builtin::Minute, Builtin::Second].map(|part| part_of_time(part, time));
    assert_eq!(of(0), [0, 0, 0]);
    assert_eq!(of(86_399_999_999), [23, 59, 59]);
    assert_eq!(of(75_630_000_000), [21, 0, 30]);
    assert_eq!(of(59_999_999), [0, 0, 59]);
    assert_eq!(of(3_599_999_999), [0, 59, 59]);
    assert_eq!(of(3_600_000_000), [1, 0, 0]);
}

#[test]
fn stretches_begin_on_their_first_day() {
    let of = |date| [Unit::Day, Unit::Week, Unit::Month, Unit::Quarter, Unit::Year].map(|unit| start_of(unit, date));
    let expect = |date: (i16, i8, i8), firsts: [(i16, i8, i8); 5]| {
        assert_eq!(of(day(date.0, date.1, date.2)), firsts.map(|(y, m, d)| Some(day(y, m, d))), "{date:?}");
    };
    expect((2026, 11, 20), [(2026, 11, 20), (2026, 11, 16), (2026, 11, 1), (2026, 10, 1), (2026, 1, 1)]);
    expect((2026, 11, 16), [(2026, 11, 16), (2026, 11, 16), (2026, 11, 1), (2026, 10, 1), (2026, 1, 1)]);
    expect((2026, 11, 15), [(2026, 11, 15), (2026, 11, 9), (2026, 11, 1), (2026, 10, 1), (2026, 1, 1)]);
    expect((2024, 2, 29), [(2024, 2, 29), (2024, 2, 26), (2024, 2, 1), (2024, 1, 1), (2024, 1, 1)]);
    expect((2023, 1, 1), [(2023, 1, 1), (2022, 12, 26), (2023, 1, 1), (2023, 1, 1), (2023, 1, 1)]);
    expect((1, 1, 1), [(1, 1, 1); 5]);
    let quarters = (1..=12).map(|month| start_of(Unit::Quarter, day(2025, month, 28)).unwrap());
    let firsts = [1, 4, 7, 10].into_iter().flat_map(|month| [day(2025, month, 1); 3]);
    assert!(quarters.eq(firsts));
}

#[test]
fn anniversaries_return_each_year() {
    let of = |first: (i16, i8, i8), from: (i16, i8, i8)| {
        let found = anniversary(day(first.0, first.1, first.2), day(from.0, from.1, from.2));
        found.map(|found| date_of_days(found).unwrap()).map(|date| (date.year(), date.month(), date.day()))
    };
    assert_eq!(of((1990, 5, 17), (2026, 5, 16)), Some((2026, 5, 17)));
    assert_eq!(of((1990, 5, 17), (2026, 5, 17)), Some((2026, 5, 17)), "the day itself");
    assert_eq!(of((1990, 5, 17), (2026, 5, 18)), Some((2027, 5, 17)));
    assert_eq!(of((2004, 2, 29), (2026, 1, 1)), Some((2026, 2, 28)), "a common year");
    assert_eq!(of((2004, 2, 29), (2026, 2, 28)), Some((2026, 2, 28)));
    assert_eq!(of((2004, 2, 29), (2027, 3, 1)), Some((2028, 2, 29)), "a leap year");
    assert_eq!(of((2004, 2, 29), (2028, 2, 28)), Some((2028, 2, 29)));
    assert_eq!(of((2004, 2, 29), (2096, 3, 1)), Some((2097, 2, 28)));
    assert_eq!(of((2004, 2, 29), (2100, 2, 28)), Some((2100, 2, 28)), "no leap year");
    assert_eq!(of((2026, 12, 31), (2027, 1, 1)), Some((2027, 12, 31)));
    assert_eq!(of((2030, 6, 1), (2026, 1, 1)), Some((2030, 6, 1)), "before the first date");
    assert_eq!(of((2030, 6, 1), (2030, 6, 1)), Some((2030, 6, 1)));
    assert_eq!(of((2030, 6, 1), (2030, 6, 2)), Some((2031, 6, 1)));
    assert_eq!(of((2030, 6, 1), (9999, 6, 2)), None, "in the year 10000");
    assert_eq!(of((2030, 6, 1), (9999, 6, 1)), Some((9999, 6, 1)));
}

#[test]
fn months_between_are_whole() {
    let of = |a: (i16, i8, i8), b: (i16, i8, i8)| months_between(day(a.0, a.1, a.2), day(b.0, b.1, b.2)).unwrap();
    assert_eq!(of((2026, 1, 15), (2026, 1, 15)), 0);
    assert_eq!(of((2026, 1, 15), (2026, 2, 14)), 0);
    assert_eq!(of((2026, 1, 15), (2026, 2, 15)), 1);
    assert_eq!(of((2026, 1, 31), (2026, 2, 27)), 0);
    assert_eq!(of((2026, 1, 31), (2026, 2, 28)), 1, "the 31st of January and a month is the 28th of February");
    assert_eq!(of((2024, 1, 31), (2024, 2, 28)), 0, "but in a leap year the 29th");
    assert_eq!(of((2024, 2, 29), (2025, 2, 28)), 12);
    assert_eq!(of((2000, 12, 1), (2026, 11, 30)), 12 * 26 - 1);
    assert_eq!(of((2026, 2, 15), (2026, 1, 16)), 0);
    assert_eq!(of((2026, 2, 15), (2026, 1, 15)), -1);
    assert_eq!(of((2026, 2, 28), (2026, 1, 31)), 0, "a month back is the 28th of January");
    assert_eq!(of((2026, 3, 31), (2026, 2, 28)), -1);
    assert_eq!(of((2026, 3, 31), (2026, 3, 1)), 0);
    assert_eq!(of((1, 1, 1), (9999, 12, 31)), 9999 * 12 - 1);
}

/// The rule itself, by trying every number of months.
#[test]
fn months_between_is_the_furthest_that_does_not_pass() {
    let dates: Vec<i32> = (0..900).step_by(7).map(|more| day(2023, 1, 28) + more).collect();
    for first in dates.iter().copied().chain([day(2024, 1, 31), day(2024, 2, 29)]) {
        for second in dates.iter().copied() {
            let moved = |by: i64| crate::time::shift_date(first, months(by).unwrap()).unwrap();
            let forwards = (0..).take_while(|by| moved(*by) <= second).last().unwrap_or(0);
            let backwards = (0..).take_while(|by| moved(-by) >= second).last().unwrap_or(0);
            let expected = if first <= second { forwards } else { -backwards };
            assert_eq!(months_between(first, second), Some(expected), "{first} to {second}");
        }
    }
}
