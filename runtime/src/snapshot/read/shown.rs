//! Names and texts of files as messages may show them: no raw control characters, not too long.

use std::path::Path;

/// The longest text that a message shows.
const LONGEST: usize = 120;

/// A text with control and direction characters escaped, cut where it is long.
pub(crate) fn shown(text: &str) -> String {
    let mut out = String::new();
    for (count, c) in text.chars().enumerate() {
        if count == LONGEST {
            out.push('…');
            break;
        }
        if is_hidden(c) { out.extend(c.escape_unicode()) } else { out.push(c) }
    }
    out
}

/// A path in the same manner, whatever its bytes.
pub(crate) fn shown_path(path: &Path) -> String {
    let text = path.to_string_lossy();
    text.chars().flat_map(|c| if is_hidden(c) { c.escape_unicode().collect() } else { vec![c] }).collect()
}

/// Whether a terminal may act on the character instead of showing it.
fn is_hidden(c: char) -> bool {
    let reorders =
        matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    c.is_control() || reorders
}

/// Some names as a list in a sentence, the first ones of many.
pub(crate) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let first: Vec<String> = names.iter().take(20).map(|name| format!("`{}`", shown(name))).collect();
    let rest = names.len().saturating_sub(20);
    if rest > 0 { format!("{} and {rest} more", first.join(", ")) } else { first.join(", ") }
}

/// The name that is most like another, where one is near.
pub(crate) fn nearest<'a>(name: &str, among: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let simple = |text: &str| text.to_lowercase().replace(['-', ' ', '.'], "_");
    let wanted = simple(name);
    let near = among.into_iter().map(|other| (distance(&wanted, &simple(other)), other));
    let limit = (wanted.chars().count() / 3).max(1);
    near.filter(|(distance, _)| *distance <= limit).min().map(|(_, other)| other)
}

/// Levenshtein's distance of the first hundred characters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(100).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().take(100).enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (slot, y) in row.iter_mut().skip(1).zip(&b) {
            let best = (diagonal + usize::from(x != *y)).min(*slot + 1).min(left + 1);
            diagonal = std::mem::replace(slot, best);
            left = best;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_terminal_gets_no_commands() {
        assert_eq!(shown("a\u{1b}[31mb\u{202e}c"), "a\\u{1b}[31mb\\u{202e}c");
        assert_eq!(shown(&"x".repeat(500)).chars().count(), 121);
    }

    #[test]
    fn the_nearest_name_is_near() {
        assert_eq!(nearest("sales_valu", ["quantity", "sales_value"]), Some("sales_value"));
        assert_eq!(nearest("household_id", ["Household ID", "store_id"]), Some("Household ID"));
        assert_eq!(nearest("x", ["quantity"]), None);
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
