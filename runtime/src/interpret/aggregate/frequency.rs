//! How often values occur.

use std::collections::HashMap;

use crate::value::Value;

/// The value that occurs most often; of several, the least.
pub fn most_frequent<'a>(values: &[Value<'a>]) -> Option<Value<'a>> {
    let counts = counts(values);
    values.iter().copied().reduce(|best, value| if comes_before(&counts, value, best) { value } else { best })
}

/// One more than how many values occur more often than this one, or as often and are less.
pub fn rank(values: &[Value<'_>], of: Value<'_>) -> Option<usize> {
    let counts = counts(values);
    counts.contains_key(&of).then(|| 1 + counts.keys().filter(|value| comes_before(&counts, **value, of)).count())
}

fn counts<'a>(values: &[Value<'a>]) -> HashMap<Value<'a>, usize> {
    let mut counts = HashMap::new();
    for value in values {
        *counts.entry(*value).or_default() += 1;
    }
    counts
}

/// Whether one value occurs more often than another, or as often and is less.
fn comes_before(counts: &HashMap<Value<'_>, usize>, value: Value<'_>, other: Value<'_>) -> bool {
    match counts.get(&value).cmp(&counts.get(&other)) {
        std::cmp::Ordering::Equal => value.compare(other).is_some_and(|order| order.is_lt()),
        order => order.is_gt(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts<'a>(texts: &[&'a str]) -> Vec<Value<'a>> {
        texts.iter().copied().map(Value::Text).collect()
    }

    #[test]
    fn ties_go_to_the_least() {
        assert_eq!(most_frequent(&texts(&[])), None);
        assert_eq!(most_frequent(&texts(&["b", "a"])), Some(Value::Text("a")));
        assert_eq!(most_frequent(&texts(&["b", "a", "b"])), Some(Value::Text("b")));
        assert_eq!(most_frequent(&texts(&["é", "z", "é", "z"])), Some(Value::Text("z")), "by bytes");
        let ints = [-1, 3, 3, -1, 7].map(Value::Int);
        assert_eq!(most_frequent(&ints), Some(Value::Int(-1)));
    }

    #[test]
    fn ranks_count_those_before() {
        let values = texts(&["c", "a", "b", "c", "b", "d"]);
        let ranks = ["a", "b", "c", "d", "e"].map(|text| rank(&values, Value::Text(text)));
        assert_eq!(ranks, [Some(3), Some(1), Some(2), Some(4), None]);
    }
}
