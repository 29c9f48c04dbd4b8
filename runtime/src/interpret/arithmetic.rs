//! Arithmetic, as the table at [`Arithmetic`] and the page of the language's values say.
//!
//! Everything is one operation after the other, in doubles or in exact 64-bit integers: no fused multiply-add. After
//! each operation a number that is NaN or infinite is missing, and a negative zero is zero.

use opportune_plan::{Arithmetic, Float, Span};

use super::value::Value;
use crate::time::{Clock, FIRST_DATE, LAST_DATE, shift_date};

/// `a` and `b` combined; `None` where the result does not fit.
pub fn combine<'a>(clock: &Clock, operation: Arithmetic, a: Value<'a>, b: Value<'a>) -> Option<Value<'a>> {
    use Arithmetic::{Add, Divide, Multiply, Subtract};
    use Value::{Date, Days, Duration, Instant, Int, Money, Number};
    match (operation, a, b) {
        (Add, Int(a), Int(b)) => a.checked_add(b).map(Int),
        (Add, Money(a), Money(b)) => a.checked_add(b).map(Money),
        (Add, Duration(a), Duration(b)) => a.checked_add(b).map(Duration),
        (Add, Days(a), Days(b)) => a.checked_add(b).map(Days),
        (Add, Number(a), Number(b)) => number(a.get() + b.get()),
        (Add, Instant(a), Duration(b)) => clock.shift_instant(a, Span::micros(b)).map(Instant),
        (Add, Instant(a), Days(b)) => clock.shift_instant(a, Span::days(i32::try_from(b).ok()?)).map(Instant),
        (Add, Date(a), Days(b)) => date(i64::from(a).checked_add(b)?),

        (Subtract, Int(a), Int(b)) => a.checked_sub(b).map(Int),
        (Subtract, Money(a), Money(b)) => a.checked_sub(b).map(Money),
        (Subtract, Duration(a), Duration(b)) => a.checked_sub(b).map(Duration),
        (Subtract, Days(a), Days(b)) => a.checked_sub(b).map(Days),
        (Subtract, Number(a), Number(b)) => number(a.get() - b.get()),
        (Subtract, Date(a), Date(b)) => Some(Days(i64::from(a) - i64::from(b))),
        (Subtract, Instant(a), Instant(b)) => a.checked_sub(b).map(Duration),
        (Subtract, Instant(_) | Date(_), Duration(_) | Days(_)) => combine(clock, Add, a, negate(b)?),

        (Multiply, Int(a), Int(b)) => a.checked_mul(b).map(Int),
        (Multiply, Days(a), Int(b)) => a.checked_mul(b).map(Days),
        (Multiply, Number(a), Number(b)) => number(a.get() * b.get()),
        (Multiply, Money(a), Number(b)) => whole(a as f64 * b.get()).map(Money),
        (Multiply, Duration(a), Number(b)) => whole(a as f64 * b.get()).map(Duration),

        (Divide, Money(a), Number(b)) => whole(a as f64 / b.get()).map(Money),
        (Divide, Duration(a), Number(b)) => whole(a as f64 / b.get()).map(Duration),
        (Divide, a, b) => number(a.to_f64()? / b.to_f64()?),
        _ => None,
    }
}

/// The opposite.
pub fn negate(value: Value<'_>) -> Option<Value<'_>> {
    match value {
        Value::Int(value) => value.checked_neg().map(Value::Int),
        Value::Money(value) => value.checked_neg().map(Value::Money),
        Value::Duration(value) => value.checked_neg().map(Value::Duration),
        Value::Days(value) => value.checked_neg().map(Value::Days),
        Value::Number(value) => number(-value.get()),
        _ => None,
    }
}

/// A date or instant moved by a span that is written in the policy.
pub fn shift<'a>(clock: &Clock, value: Value<'a>, span: Span) -> Option<Value<'a>> {
    match value {
        Value::Date(date) => shift_date(date, span).map(Value::Date),
        Value::Instant(instant) => clock.shift_instant(instant, span).map(Value::Instant),
        _ => None,
    }
}

/// A number, unless it is NaN or infinite.
pub fn number<'a>(value: f64) -> Option<Value<'a>> {
    Float::new(value).map(Value::Number)
}

fn date<'a>(days: i64) -> Option<Value<'a>> {
    let days = i32::try_from(days).ok()?;
    (FIRST_DATE..=LAST_DATE).contains(&days).then_some(Value::Date(days))
}

/// A double rounded half to even, where that fits 64 bits.
fn whole(value: f64) -> Option<i64> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    let rounded = value.round_ties_even();
    (-LIMIT..LIMIT).contains(&rounded).then_some(rounded as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(operation: Arithmetic, a: i64, b: f64) -> Option<i64> {
        let clock = Clock::new(0, "UTC").unwrap();
        combine(&clock, operation, Value::Money(a), number(b)?)?.to_int()
    }

    #[test]
    fn money_rounds_half_to_even_and_stays_in_64_bits() {
        use Arithmetic::{Divide, Multiply};
        assert_eq!([1, 3, -1, -3, 5].map(|a| money(Multiply, a, 0.5)), [0, 2, 0, -2, 2].map(Some));
        assert_eq!(money(Multiply, i64::MAX, 1.0), None, "2^63 as a double");
        assert_eq!(money(Multiply, i64::MIN, 1.0), Some(i64::MIN));
        assert_eq!(money(Divide, 5, 2.0), Some(2));
        assert_eq!(money(Divide, 0, 0.0), None);
        assert_eq!(money(Divide, 1, 5e-324), None);
    }

    #[test]
    fn zero_has_no_sign() {
        let Some(Value::Number(zero)) = negate(number(0.0).unwrap()) else { panic!("no number") };
        assert!(zero.get().is_sign_positive());
    }

    #[test]
    fn days_and_dates_end_with_the_years() {
        let clock = Clock::new(0, "UTC").unwrap();
        let add = |date, days| combine(&clock, Arithmetic::Add, Value::Date(date), Value::Days(days));
        assert_eq!(add(LAST_DATE - 1, 1), Some(Value::Date(LAST_DATE)));
        assert_eq!(add(LAST_DATE, 1), None);
        assert_eq!(add(0, i64::MAX), None);
        let back = |date, days| combine(&clock, Arithmetic::Subtract, Value::Date(date), Value::Days(days));
        assert_eq!(back(0, 719_162), Some(Value::Date(FIRST_DATE)));
        assert_eq!(back(0, i64::MIN), None);
    }
}
