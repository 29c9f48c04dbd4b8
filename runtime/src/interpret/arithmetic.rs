//! Arithmetic, as the table at [`Arithmetic`] and the page of the language's values say.
//!
//! Everything is one operation after the other, in doubles or in exact 64-bit integers: no fused multiply-add. After
//! each operation a number that is NaN or infinite is missing, and a negative zero is zero.

use opportune_plan::{Arithmetic, Float};

use crate::builtin::number::round;
use crate::time::{day, in_years};
use crate::value::Value;

/// `a` and `b` combined; `None` where the result does not fit.
pub fn combine<'a>(operation: Arithmetic, a: Value<'a>, b: Value<'a>) -> Option<Value<'a>> {
    use Arithmetic::{Add, Divide, Multiply, Subtract};
    use Value::{Date, Days, Distance, Duration, Instant, Int, Money, Months, Number};
    match (operation, a, b) {
        (Add, Int(a), Int(b)) => a.checked_add(b).map(Int),
        (Add, Money(a), Money(b)) => a.checked_add(b).map(Money),
        (Add, Duration(a), Duration(b)) => a.checked_add(b).map(Duration),
        (Add, Days(a), Days(b)) => a.checked_add(b).map(Days),
        (Add, Months(a), Months(b)) => a.checked_add(b).map(Months),
        (Add, Number(a), Number(b)) => number(a.get() + b.get()),
        (Add, Distance(a), Distance(b)) => distance(a.get() + b.get()),
        (Add, Instant(a), Duration(b)) => in_years(a.checked_add(b)?).map(Instant),
        (Add, Date(a), Days(b)) => day(i64::from(a).checked_add(b)?).map(Date),

        (Subtract, Int(a), Int(b)) => a.checked_sub(b).map(Int),
        (Subtract, Money(a), Money(b)) => a.checked_sub(b).map(Money),
        (Subtract, Duration(a), Duration(b)) => a.checked_sub(b).map(Duration),
        (Subtract, Days(a), Days(b)) => a.checked_sub(b).map(Days),
        (Subtract, Months(a), Months(b)) => a.checked_sub(b).map(Months),
        (Subtract, Number(a), Number(b)) => number(a.get() - b.get()),
        (Subtract, Distance(a), Distance(b)) => distance(a.get() - b.get()),
        (Subtract, Date(a), Date(b)) => Some(Days(i64::from(a) - i64::from(b))),
        (Subtract, Instant(a), Instant(b)) => a.checked_sub(b).map(Duration),
        (Subtract, Instant(a), Duration(b)) => in_years(a.checked_sub(b)?).map(Instant),
        (Subtract, Date(a), Days(b)) => day(i64::from(a).checked_sub(b)?).map(Date),

        (Multiply, Int(a), Int(b)) => a.checked_mul(b).map(Int),
        (Multiply, Days(a), Int(b)) => a.checked_mul(b).map(Days),
        (Multiply, Months(a), Int(b)) => a.checked_mul(b).map(Months),
        (Multiply, Number(a), Number(b)) => number(a.get() * b.get()),
        (Multiply, Distance(a), Number(b)) => distance(a.get() * b.get()),
        (Multiply, Money(a), Number(b)) => round(a as f64 * b.get()).map(Money),
        (Multiply, Duration(a), Number(b)) => round(a as f64 * b.get()).map(Duration),

        (Divide, Money(a), Number(b)) => round(a as f64 / b.get()).map(Money),
        (Divide, Duration(a), Number(b)) => round(a as f64 / b.get()).map(Duration),
        (Divide, Distance(a), Number(b)) => distance(a.get() / b.get()),
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
        Value::Months(value) => value.checked_neg().map(Value::Months),
        Value::Number(value) => number(-value.get()),
        Value::Distance(value) => distance(-value.get()),
        _ => None,
    }
}

/// A number, unless it is NaN or infinite.
pub fn number<'a>(value: f64) -> Option<Value<'a>> {
    Float::new(value).map(Value::Number)
}

/// A distance, unless it is NaN or infinite.
pub fn distance<'a>(metres: f64) -> Option<Value<'a>> {
    Float::new(metres).map(Value::Distance)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{FIRST_DATE, FIRST_INSTANT, LAST_DATE, LAST_INSTANT};

    fn money(operation: Arithmetic, a: i64, b: f64) -> Option<i64> {
        combine(operation, Value::Money(a), number(b)?)?.to_int()
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
        let add = |date, days| combine(Arithmetic::Add, Value::Date(date), Value::Days(days));
        assert_eq!(add(LAST_DATE - 1, 1), Some(Value::Date(LAST_DATE)));
        assert_eq!(add(LAST_DATE, 1), None);
        assert_eq!(add(0, i64::MAX), None);
        let back = |date, days| combine(Arithmetic::Subtract, Value::Date(date), Value::Days(days));
        assert_eq!(back(0, 719_162), Some(Value::Date(FIRST_DATE)));
        assert_eq!(back(0, i64::MIN), None);
    }

    #[test]
    fn instants_end_with_the_years() {
        let add = |instant, by| combine(Arithmetic::Add, Value::Instant(instant), Value::Duration(by));
        assert_eq!(add(LAST_INSTANT - 1, 1), Some(Value::Instant(LAST_INSTANT)));
        assert_eq!(add(LAST_INSTANT, 1), None);
        assert_eq!(add(FIRST_INSTANT, -1), None);
        assert_eq!(add(-1, i64::MIN), None);
        let back = |instant, by| combine(Arithmetic::Subtract, Value::Instant(instant), Value::Duration(by));
        assert_eq!(back(0, i64::MIN), None);
        assert_eq!(back(LAST_INSTANT, LAST_INSTANT), Some(Value::Instant(0)));
    }

    #[test]
    fn distances_and_months_add_up() {
        assert_eq!(combine(Arithmetic::Divide, distance(3.0).unwrap(), distance(2.0).unwrap()), number(1.5));
        assert_eq!(combine(Arithmetic::Multiply, distance(3.0).unwrap(), number(0.5).unwrap()), distance(1.5));
        assert_eq!(combine(Arithmetic::Subtract, distance(1.0).unwrap(), distance(1.0).unwrap()), distance(0.0));
        assert_eq!(combine(Arithmetic::Add, Value::Months(i64::MAX), Value::Months(1)), None);
        assert_eq!(combine(Arithmetic::Multiply, Value::Months(7), Value::Int(2)), Some(Value::Months(14)));
        assert_eq!(negate(Value::Months(i64::MIN)), None);
    }
}
