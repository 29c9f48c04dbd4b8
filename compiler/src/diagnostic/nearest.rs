//! Finds the name that the author probably meant.

/// The nearest of `names` to `word`, where one is near: at most a third of its letters differ; of one or two letters
/// none but in their case.
///
/// Of several that are as near, the first in the order of the alphabet.
pub fn nearest<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = (word.chars().count() / 3).min(4);
    let found = names.into_iter().filter(|name| *name != word).map(|name| (distance(word, name, allowed), name));
    found.filter(|(distance, _)| *distance <= allowed).min().map(|(_, name)| name)
}

/// How many letters must be inserted, left out, replaced or exchanged with their neighbour; capped above `limit`.
fn distance(from: &str, to: &str, limit: usize) -> usize {
    let from: Vec<char> = from.to_lowercase().chars().collect();
    let to: Vec<char> = to.to_lowercase().chars().collect();
    if from.len().abs_diff(to.len()) > limit || from.len() > 200 {
        return limit + 1;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    let mut previous = None;
    for (i, a) in from.iter().copied().enumerate() {
        let row = next_row(i, a, previous, &to, &last, &before);
        before = std::mem::replace(&mut last, row);
        previous = Some(a);
    }
    last.last().copied().unwrap_or(0)
}

/// One more row of the table of distances, for the letter `a` at position `i` after the letter `previous`.
fn next_row(i: usize, a: char, previous: Option<char>, to: &[char], last: &[usize], before: &[usize]) -> Vec<usize> {
    let at = |row: &[usize], j: usize| row.get(j).copied().unwrap_or(usize::MAX / 2);
    let mut row = vec![i + 1];
    let mut left = None;
    for (j, b) in to.iter().copied().enumerate() {
        let replace = at(last, j) + usize::from(a != b);
        let mut least = replace.min(at(last, j + 1) + 1).min(at(&row, j) + 1);
        if previous == Some(b) && left == Some(a) && j > 0 {
            least = least.min(at(before, j - 1) + 1);
        }
        row.push(least);
        left = Some(b);
    }
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_slips_but_not_other_words() {
        let names = ["customer", "weekly_spend", "purchase", "age"];
        assert_eq!(nearest("wekly_spend", names), Some("weekly_spend"));
        assert_eq!(nearest("purchsae", names), Some("purchase"));
        assert_eq!(nearest("aeg", names), Some("age"));
        assert_eq!(nearest("Customer", names), Some("customer"));
        assert_eq!(nearest("product", names), None);
        assert_eq!(nearest("zip", names), None);
    }
}
