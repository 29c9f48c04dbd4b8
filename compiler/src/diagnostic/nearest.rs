//! Finds the name that the author probably meant.

/// The nearest of `names` to `word`, where one is near: at most a third of its letters differ; of one or two letters
/// none but in their case. The same words in another order are near too: `spend_weekly`.
///
/// Of several that are as near, the first in the order of the alphabet.
pub fn nearest<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let letters = word.chars().count();
    let allowed = (letters / 3).min(4);
    let parts = parts(word);
    let measured = |name: &'a str| {
        let turned = parts.len() > 1 && self::parts(name) == parts;
        (if turned { allowed.min(1) } else { distance(word, name, allowed) }, name)
    };
    let found = names.into_iter().filter(|name| *name != word).map(measured);
    let is_near = |(distance, name): &(usize, &str)| *distance <= allowed && (letters > 3 || is_slip(word, name));
    found.filter(is_near).min().map(|(_, name)| name)
}

/// The only one of `names` that goes on where `word` ends, of three letters or more: `mon` of the days of the week. Less
/// sure than [`nearest`].
pub fn completed<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let mut found = names.into_iter().filter(|name| name.len() > word.len() && name.to_lowercase().starts_with(&word));
    let first = found.next().filter(|_| word.chars().count() >= 3)?;
    found.all(|name| name == first).then_some(first)
}

/// Whether a word of three letters could have become another by a slip: one that is left out or exchanged rather than
/// another that it begins with.
fn is_slip(word: &str, name: &str) -> bool {
    let first = |text: &str| text.chars().next().map(|c| c.to_ascii_lowercase());
    first(word) == first(name) || word.chars().count() != name.chars().count()
}

/// The words of a name, sorted.
fn parts(name: &str) -> Vec<&str> {
    let mut parts: Vec<&str> = name.split('_').collect();
    parts.sort_unstable();
    parts
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

    /// The names of a small shop.
    const NAMES: &[&str] = &[
        "age",
        "birth",
        "category",
        "contact",
        "customer",
        "department",
        "email_ok",
        "home",
        "household_id",
        "last_visit",
        "loyalty",
        "now",
        "product",
        "purchase",
        "quantity",
        "spend",
        "today",
        "weekly_spend",
        "zone",
    ];

    #[test]
    fn finds_slips_but_not_other_words() {
        let meant = [
            ("wekly_spend", Some("weekly_spend")),
            ("weeklyspend", Some("weekly_spend")),
            ("weekly_spent", Some("weekly_spend")),
            ("weekly_spending", Some("weekly_spend")),
            ("spend_weekly", Some("weekly_spend")),
            ("weekly", None),
            ("spnd", Some("spend")),
            ("spent", Some("spend")),
            ("sepnd", Some("spend")),
            ("spends", Some("spend")),
            ("send", Some("spend")),
            ("Spend", Some("spend")),
            ("price", None),
            ("purchsae", Some("purchase")),
            ("purchases", Some("purchase")),
            ("Purchase", Some("purchase")),
            ("purchase_", Some("purchase")),
            ("orders", None),
            ("aeg", Some("age")),
            ("ages", Some("age")),
            ("ag", None),
            ("agee", Some("age")),
            ("abe", Some("age")),
            ("ace", Some("age")),
            ("ape", Some("age")),
            ("nwo", Some("now")),
            ("new", Some("now")),
            ("how", None),
            ("cow", None),
            ("AGE", Some("age")),
            ("zip", None),
            ("hone", Some("home")),
            ("dome", Some("home")),
            ("some", Some("home")),
            ("phone", None),
            ("gender", None),
            ("email", None),
            ("emailok", Some("email_ok")),
            ("ok_email", Some("email_ok")),
            ("is_email_ok", Some("email_ok")),
            ("categories", Some("category")),
            ("catagory", Some("category")),
            ("categroy", Some("category")),
            ("cat", None),
            ("producttt", Some("product")),
            ("prodcut", Some("product")),
            ("todya", Some("today")),
            ("yesterday", None),
            ("tomorrow", None),
            ("quantities", Some("quantity")),
            ("visit_last", Some("last_visit")),
            ("last_visited", Some("last_visit")),
            ("first_visit", Some("last_visit")),
            ("house", None),
            ("household", Some("household_id")),
            ("id", None),
            ("", None),
            ("x", None),
        ];
        let found: Vec<_> = meant.iter().map(|(word, _)| (*word, nearest(word, NAMES.iter().copied()))).collect();
        assert_eq!(found, meant);
    }

    #[test]
    fn goes_on_where_a_word_ends() {
        let days = ["monday", "tuesday", "saturday", "sunday"];
        assert_eq!(completed("mon", days), Some("monday"));
        assert_eq!(completed("Mon", days), Some("monday"));
        assert_eq!(completed("mo", days), None);
        assert_eq!(completed("monday", days), None);
        assert_eq!(completed("s", days), None);
        assert_eq!(completed("cat", NAMES.iter().copied()), Some("category"));
    }
}
