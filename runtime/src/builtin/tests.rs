//! Every function by its name and types; the modules test what they give.

use opportune_plan::{Constant, DomainId, Element, Float, Unit};

use super::*;
use crate::snapshot::{Dictionary, Elements};
use crate::value::Set;

const NOW: i64 = 1_511_186_400_000_000; // 2017-11-20 14:00 UTC, a Monday

fn number<'a>(value: f64) -> Value<'a> {
    Value::Number(Float::new(value).unwrap())
}

fn text(element: &str) -> Constant {
    Constant::Text(element.into())
}

#[test]
fn moments_are_told_in_a_zone() {
    let [new_york, tokyo] = ["America/New_York", "Asia/Tokyo"].map(|name| crate::time::Zone::get(name).unwrap());
    let (here, there) = (Value::Zone(&new_york), Value::Zone(&tokyo));
    let late = Value::Instant(NOW + 12 * 3_600_000_000);
    let of = |builtin, arguments: &[Value<'static>]| call(NOW, builtin, arguments);
    assert_eq!(call(NOW, Builtin::Today, &[here]), Some(Value::Date(17_490)));
    assert_eq!(call(NOW, Builtin::DateOf, &[late, here]), Some(Value::Date(17_490)));
    assert_eq!(call(NOW, Builtin::DateOf, &[late, there]), Some(Value::Date(17_491)));
    assert_eq!(call(NOW, Builtin::Today, &[there]), Some(Value::Date(17_490)), "23:00");
    assert_eq!(call(NOW + 3_600_000_000, Builtin::Today, &[there]), Some(Value::Date(17_491)), "midnight");
    assert_eq!(call(NOW, Builtin::TimeOf, &[late, here]), Some(Value::Time(21 * 3_600_000_000)));
    let parts = [Builtin::Year, Builtin::Month, Builtin::Day, Builtin::DayOfYear, Builtin::Week];
    assert_eq!(parts.map(|part| call(NOW, part, &[late, there])), [2017, 11, 21, 325, 47].map(|n| Some(Value::Int(n))));
    let parts = [Builtin::Hour, Builtin::Minute, Builtin::Second];
    assert_eq!(parts.map(|part| call(NOW, part, &[late, there])), [11, 0, 0].map(|n| Some(Value::Int(n))));
    assert_eq!(parts.map(|part| of(part, &[Value::Time(45_296_000_000)])), [12, 34, 56].map(|n| Some(Value::Int(n))));
    let weekday = Builtin::Weekday(DomainId(0));
    assert_eq!(call(NOW, weekday, &[late, there]), Some(Value::Choice(1)));
    assert_eq!(of(weekday, &[Value::Date(17_490)]), Some(Value::Choice(0)));
    let at = [Value::Date(17_490), Value::Time(9 * 3_600_000_000), here];
    assert_eq!(call(NOW, Builtin::At, &at), Some(Value::Instant(NOW)));
}

#[test]
fn dates_and_instants_move_by_the_calendar() {
    let zone = crate::time::Zone::get("America/New_York").unwrap();
    let shift = |arguments: &[Value<'_>]| {
        call(NOW, Builtin::Shift, arguments).and_then(|moved| match moved {
            Value::Date(date) => Some(i64::from(date)),
            moved => moved.to_int(),
        })
    };
    assert_eq!(shift(&[Value::Date(17_490), Value::Days(10)]), Some(17_500));
    assert_eq!(shift(&[Value::Date(17_490), Value::Months(-1)]), Some(17_459));
    assert_eq!(shift(&[Value::Date(17_490), Value::Days(1 << 40)]), None);
    assert_eq!(shift(&[Value::Date(17_490), Value::Months(i64::MIN)]), None);
    let day = 24 * 3_600_000_000;
    let back = shift(&[Value::Instant(NOW), Value::Days(-20), Value::Zone(&zone)]);
    assert_eq!(back, Some(NOW - 20 * day - 3_600_000_000), "summer time, on the last day of October");
    assert_eq!(shift(&[Value::Instant(NOW), Value::Months(1), Value::Zone(&zone)]), Some(NOW + 30 * day));
    assert_eq!(shift(&[Value::Instant(NOW), Value::Months(1)]), None, "no zone");
    let start = call(NOW, Builtin::StartOf(Unit::Quarter), &[Value::Date(17_490)]);
    assert_eq!(start, Some(Value::Date(17_440)));
    assert_eq!(call(NOW, Builtin::Anniversary, &[Value::Date(0), Value::Date(17_490)]), Some(Value::Date(17_532)));
    assert_eq!(call(NOW, Builtin::MonthsBetween, &[Value::Date(0), Value::Date(17_490)]), Some(Value::Int(574)));
}

#[test]
fn the_sign_goes_where_it_can() {
    let abs = |value| call(NOW, Builtin::Abs, &[value]);
    assert_eq!(abs(Value::Int(-3)), Some(Value::Int(3)));
    assert_eq!(abs(Value::Money(-3)), Some(Value::Money(3)));
    assert_eq!(abs(Value::Duration(-3)), Some(Value::Duration(3)));
    assert_eq!(abs(Value::Days(-3)), Some(Value::Days(3)));
    assert_eq!(abs(Value::Months(-3)), Some(Value::Months(3)));
    assert_eq!(abs(number(-0.5)), Some(number(0.5)));
    assert_eq!(abs(Value::Int(i64::MIN)), None);
    assert_eq!(abs(Value::Date(1)), None);
}

#[test]
fn numbers_and_extremes() {
    let of = |builtin, arguments: &[f64]| {
        call(NOW, builtin, &arguments.iter().map(|value| number(*value)).collect::<Vec<_>>())
    };
    assert_eq!(of(Builtin::Floor, &[-0.5]), Some(Value::Int(-1)));
    assert_eq!(of(Builtin::Ceil, &[-0.5]), Some(Value::Int(0)));
    assert_eq!(of(Builtin::Round, &[1.5]), Some(Value::Int(2)));
    assert_eq!(of(Builtin::RoundTo(1), &[1.25]), Some(number(1.2)));
    assert_eq!(of(Builtin::Sqrt, &[9.0]), Some(number(3.0)));
    assert_eq!(of(Builtin::Exp, &[0.0]), Some(number(1.0)));
    assert_eq!(of(Builtin::Ln, &[1.0]), Some(number(0.0)));
    assert_eq!(of(Builtin::Power, &[2.0, 3.0]), Some(number(8.0)), "not 3 to the power of 2");
    assert_eq!(of(Builtin::Least, &[2.0, -1.0, 3.0]), Some(number(-1.0)));
    assert_eq!(of(Builtin::Greatest, &[2.0, -1.0, 3.0]), Some(number(3.0)));
    let times = [Value::Time(2), Value::Time(1)];
    assert_eq!(call(NOW, Builtin::Least, &times), Some(Value::Time(1)));
    assert_eq!(call(NOW, Builtin::Greatest, &times), Some(Value::Time(2)));
    let ints = [Value::Int(-7), Value::Int(2)];
    assert_eq!(call(NOW, Builtin::Quotient, &ints), Some(Value::Int(-3)));
    assert_eq!(call(NOW, Builtin::Remainder, &ints), Some(Value::Int(-1)));
}

#[test]
fn characters_are_scalar_values() {
    for (text, length) in [("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 2), ("🧺", 1)] {
        assert_eq!(call(NOW, Builtin::Length, &[Value::Text(text)]), Some(Value::Int(length)), "{text}");
    }
}

#[test]
fn places_and_the_way_between() {
    let of = |north, east| call(NOW, Builtin::PlaceOf, &[number(north), number(east)]);
    let (equator, pole) = (of(0.0, 0.0).unwrap(), of(90.0, 0.0).unwrap());
    assert_eq!([of(90.000_000_1, 0.0), of(0.0, -180.5)], [None, None]);
    let Some(Value::Distance(metres)) = call(NOW, Builtin::Distance, &[equator, pole]) else { panic!("no distance") };
    assert!((metres.get() - 10_007_557.221).abs() < 1e-3);
}

#[test]
fn sets_of_columns_and_of_constants() {
    let dictionary = Dictionary { values: vec!["a".into(), "b".into(), "c".into()] };
    let elements = Elements::Texts(dictionary.into());
    let column = |codes| Value::Set(Set::Codes(codes, &elements));
    let constant = Constant::Set(Element::Text, [text("b"), text("d")].into());
    let constant = Value::plain(&constant).unwrap();
    let of = |builtin, arguments: &[Value<'_>]| match call(NOW, builtin, arguments) {
        Some(Value::Bool(found)) => i64::from(found),
        Some(Value::Int(found)) => found,
        found => panic!("{found:?}"),
    };
    let (a_and_b, c, none): (&[u32], &[u32], &[u32]) = (&[0, 1], &[2], &[]);
    assert_eq!(of(Builtin::Has, &[column(a_and_b), Value::Text("b")]), 1);
    assert_eq!(of(Builtin::Has, &[column(c), Value::Text("b")]), 0);
    assert_eq!(of(Builtin::Has, &[constant, Value::Text("d")]), 1);
    assert_eq!(of(Builtin::Overlaps, &[column(a_and_b), constant]), 1);
    assert_eq!(of(Builtin::Overlaps, &[constant, column(c)]), 0);
    assert_eq!(of(Builtin::Overlaps, &[column(none), column(none)]), 0, "nothing is in both");
    assert_eq!([column(a_and_b), column(none), constant].map(|set| of(Builtin::Size, &[set])), [2, 0, 2]);
    let same = Constant::Set(Element::Text, [text("a"), text("b")].into());
    assert_eq!(Value::plain(&same), Some(column(a_and_b)), "the same elements, the same set");
    assert_ne!(Value::plain(&same), Some(column(c)));
}

#[test]
fn what_does_not_fit_has_no_value() {
    assert_eq!(call(NOW, Builtin::Today, &[]), None);
    assert_eq!(call(NOW, Builtin::Least, &[]), None);
    assert_eq!(call(NOW, Builtin::Sqrt, &[Value::Int(4)]), None);
}
