//! Aggregates over one customer's events, as [`Function`] describes them.

mod frequency;

use std::cmp::Ordering;
use std::collections::HashSet;

use opportune_plan::{Function, Type};

use crate::value::Value;

/// An event in the window: whether it counts, and the value that is aggregated.
pub type Event<'a> = (Option<bool>, Option<Value<'a>>);

/// Aggregates the events in the window, in their order; `ty` is the type of the result, `of` the value that is ranked.
pub fn aggregate<'a>(function: Function, ty: Type, events: &[Event<'a>], of: Option<Value<'a>>) -> Option<Value<'a>> {
    if function == Function::Exists {
        return exists(events).map(Value::Bool);
    }
    if events.iter().any(|(counts, _)| counts.is_none()) {
        return None;
    }
    let mut counted = events.iter().filter(|(counts, _)| *counts == Some(true)).map(|(_, value)| *value);
    match function {
        Function::Exists => None,
        Function::Count => int(counted.count()),
        Function::First(_) => counted.next().flatten(),
        Function::Last(_) => counted.next_back().flatten(),
        Function::Sum(_) => sum(ty, &counted.collect::<Option<Vec<_>>>()?),
        Function::Avg(_) => avg(ty, &counted.collect::<Option<Vec<_>>>()?),
        Function::Min(_) => extreme(Ordering::Less, &counted.collect::<Option<Vec<_>>>()?),
        Function::Max(_) => extreme(Ordering::Greater, &counted.collect::<Option<Vec<_>>>()?),
        Function::Distinct(_) => int(counted.collect::<Option<HashSet<_>>>()?.len()),
        Function::MostFrequent(_) => frequency::most_frequent(&counted.collect::<Option<Vec<_>>>()?),
        Function::FrequencyRank { .. } => int(frequency::rank(&counted.collect::<Option<Vec<_>>>()?, of?)?),
        Function::TypicalGap(_) => typical_gap(ty, &counted.collect::<Option<Vec<_>>>()?),
    }
}

fn exists(events: &[Event<'_>]) -> Option<bool> {
    if events.iter().any(|(counts, _)| *counts == Some(true)) {
        Some(true)
    } else if events.iter().any(|(counts, _)| counts.is_none()) {
        None
    } else {
        Some(false)
    }
}

fn int<'a>(count: usize) -> Option<Value<'a>> {
    i64::try_from(count).ok().map(Value::Int)
}

fn sum<'a>(ty: Type, values: &[Value<'a>]) -> Option<Value<'a>> {
    match ty {
        Type::Number | Type::Distance => Value::of_f64(ty, sum_of_numbers(values)?),
        _ => Value::of_int(ty, i64::try_from(sum_of_ints(values)?).ok()?),
    }
}

/// From zero, in the order of the events.
fn sum_of_numbers(values: &[Value<'_>]) -> Option<f64> {
    values.iter().try_fold(0.0, |sum, value| Some(sum + value.to_f64()?))
}

/// Exact: no count of 64-bit values that fits memory overflows 128 bits.
fn sum_of_ints(values: &[Value<'_>]) -> Option<i128> {
    values.iter().try_fold(0_i128, |sum, value| sum.checked_add(i128::from(value.to_int()?)))
}

fn avg<'a>(ty: Type, values: &[Value<'a>]) -> Option<Value<'a>> {
    let first = values.first()?;
    match (ty, first) {
        (Type::Number, Value::Number(_)) | (Type::Distance, _) => {
            Value::of_f64(ty, sum_of_numbers(values)? / values.len() as f64)
        }
        // The exact sum, as the nearest double.
        (Type::Number, _) => Value::of_f64(ty, sum_of_ints(values)? as f64 / values.len() as f64),
        _ => {
            let count = i128::try_from(values.len()).ok()?;
            Value::of_int(ty, i64::try_from(divide_half_to_even(sum_of_ints(values)?, count)).ok()?)
        }
    }
}

/// The median of the lengths between one value and the next; of two in the middle their mean, rounded half to even.
fn typical_gap<'a>(ty: Type, values: &[Value<'a>]) -> Option<Value<'a>> {
    let moments = values.iter().map(|value| match value {
        Value::Date(date) => Some(i128::from(*date)),
        value => value.to_int().map(i128::from),
    });
    let moments: Vec<i128> = moments.collect::<Option<_>>()?;
    let mut gaps: Vec<i128> = moments.iter().zip(moments.iter().skip(1)).map(|(one, next)| next - one).collect();
    gaps.sort_unstable();
    let (lower, upper) = (gaps.get(gaps.len().checked_sub(1)? / 2)?, gaps.get(gaps.len() / 2)?);
    Value::of_int(ty, i64::try_from(divide_half_to_even(lower + upper, 2)).ok()?)
}

/// The quotient by a positive count, rounded half to even.
fn divide_half_to_even(sum: i128, count: i128) -> i128 {
    let (floor, rest) = (sum.div_euclid(count), sum.rem_euclid(count));
    match (rest * 2).cmp(&count) {
        Ordering::Less => floor,
        Ordering::Greater => floor + 1,
        Ordering::Equal => floor + floor.rem_euclid(2),
    }
}

/// The value that all others are not `side` of.
fn extreme<'a>(side: Ordering, values: &[Value<'a>]) -> Option<Value<'a>> {
    let stronger = |best: Value<'a>, value: Value<'a>| {
        if value.compare(best) == Some(side) { value } else { best }
    };
    values.iter().copied().reduce(stronger)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotients_round_half_to_even() {
        let rounded = [(1, 2, 0), (3, 2, 2), (-1, 2, 0), (-3, 2, -2), (5, 3, 2), (-5, 3, -2), (7, 7, 1), (-7, 2, -4)];
        for (sum, count, expected) in rounded {
            assert_eq!(divide_half_to_even(sum, count), expected, "{sum} / {count}");
        }
    }

    #[test]
    fn an_unknown_condition_makes_all_but_exists_missing() {
        let events = [(Some(true), Some(Value::Int(1))), (None, Some(Value::Int(2)))];
        assert_eq!(aggregate(Function::Exists, Type::Bool, &events, None), Some(Value::Bool(true)));
        assert_eq!(aggregate(Function::Exists, Type::Bool, &events[1..], None), None);
        assert_eq!(aggregate(Function::Count, Type::Int, &events, None), None);
    }

    #[test]
    fn nothing_sums_to_zero() {
        assert_eq!(sum(Type::Int, &[]), Some(Value::Int(0)));
        assert_eq!(sum(Type::Number, &[]), Value::of_f64(Type::Number, 0.0));
        assert_eq!(avg(Type::Number, &[]), None);
        assert_eq!(extreme(Ordering::Less, &[]), None);
    }

    #[test]
    fn sums_pass_64_bits_on_the_way() {
        let values = [Value::Int(i64::MAX), Value::Int(i64::MAX), Value::Int(i64::MIN), Value::Int(i64::MIN)];
        assert_eq!(sum(Type::Int, &values), Some(Value::Int(-2)));
        assert_eq!(sum(Type::Int, &values[..2]), None);
    }

    #[test]
    fn the_median_of_gaps() {
        let gap =
            |ty, moments: &[i64]| typical_gap(ty, &moments.iter().copied().map(Value::Instant).collect::<Vec<_>>());
        assert_eq!(gap(Type::Duration, &[]), None);
        assert_eq!(gap(Type::Duration, &[7]), None);
        assert_eq!(gap(Type::Duration, &[7, 7]), Some(Value::Duration(0)));
        assert_eq!(gap(Type::Duration, &[0, 10, 11, 14]), Some(Value::Duration(3)), "of 10, 1 and 3");
        assert_eq!(gap(Type::Duration, &[0, 1, 3]), Some(Value::Duration(2)), "1.5 to even");
        assert_eq!(gap(Type::Duration, &[0, 2, 5]), Some(Value::Duration(2)), "2.5 to even");
        let dates = [Value::Date(3), Value::Date(10), Value::Date(17), Value::Date(40)];
        assert_eq!(typical_gap(Type::Days, &dates), Some(Value::Days(7)));
    }
}
