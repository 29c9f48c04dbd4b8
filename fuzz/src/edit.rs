//! Texts made of real ones: words, values and lines taken away, put in, swapped or replaced.

use std::ops::Range;

use crate::bytes::Bytes;
use crate::world;

/// A text to read: bytes as they are, or a policy with a few edits.
pub fn any_text(bytes: &[u8]) -> String {
    let mut bytes = Bytes(bytes);
    let base = match bytes.below(8) {
        0 => return String::from_utf8_lossy(bytes.0).into_owned(),
        1 => return format!("offer x {{\n  eligible when {}\n}}", String::from_utf8_lossy(bytes.0)),
        2 => return format!("offer x {{\n  because \"{}\"\n}}", String::from_utf8_lossy(bytes.0)),
        3 => bytes.pick(world::policies()).clone(),
        _ => world::OFFERS.to_owned(),
    };
    edited(base, &mut bytes, false)
}

/// The offers of the small world with a few edits; `gentle` ones mostly leave a policy that validates.
pub fn offers(bytes: &[u8], gentle: bool) -> String {
    edited(world::OFFERS.to_owned(), &mut Bytes(bytes), gentle)
}

/// The offers of the small world with a few slips of the hand, and at times an edit of another kind.
pub fn misspelt(bytes: &[u8]) -> String {
    let mut bytes = Bytes(bytes);
    let mut text = world::OFFERS.to_owned();
    for _ in 0..=bytes.below(3) {
        text = match bytes.below(8) {
            0 => alike(&text, &mut bytes, |token| COMPARISONS.contains(&token), FOREIGN_COMPARISONS),
            1 => alike(&text, &mut bytes, |token| matches!(token, "and" | "or" | "not"), &["&&", "||", "!", "AND"]),
            2 => alike(&text, &mut bytes, |token| token.starts_with('"'), &["'gift'", "gift", "\"Tea\"", "“TEA”"]),
            3 => edited(text, &mut bytes, false),
            _ => tokens_of(&text, &mut bytes, slip),
        };
    }
    text
}

/// A word with one letter left out, doubled, swapped with the next, or in the other case.
fn slip(token: &str, bytes: &mut Bytes<'_>) -> String {
    let mut letters: Vec<char> = token.chars().collect();
    let at = bytes.below(letters.len());
    match bytes.below(4) {
        0 => drop(letters.remove(at)),
        1 => letters.insert(at, letters[at]),
        2 if at + 1 < letters.len() => letters.swap(at, at + 1),
        _ if letters[at].is_uppercase() => letters[at].make_ascii_lowercase(),
        _ => letters[at].make_ascii_uppercase(),
    }
    letters.into_iter().collect()
}

const FOREIGN_COMPARISONS: &[&str] = &["==", "!=", "<>", "=<", "=>", "≤", "≥", "is", "IN"];

/// The text after one to four edits.
pub fn edited(mut text: String, bytes: &mut Bytes<'_>, gentle: bool) -> String {
    for _ in 0..=bytes.below(4) {
        let kind = bytes.below(if gentle { 8 } else { 16 });
        text = edit(&text, kind, bytes);
    }
    text
}

fn edit(text: &str, kind: usize, bytes: &mut Bytes<'_>) -> String {
    match kind {
        0 => alike(text, bytes, |token| token.starts_with(|c: char| c.is_ascii_digit()), NUMBERS),
        1 => alike(text, bytes, |token| COMPARISONS.contains(&token), COMPARISONS),
        2 => alike(text, bytes, |token| matches!(token, "and" | "or"), &["and", "or", "or not", "and not"]),
        3 => alike(text, bytes, |token| AGGREGATES.contains(&token), AGGREGATES),
        4 => alike(text, bytes, |token| token.starts_with('"'), TEXTS),
        5 => alike(text, bytes, |token| UNITS.contains(&token), UNITS),
        6 => lines(text, bytes, |lines, at, _| {
            lines.remove(at);
        }),
        7 => lines(text, bytes, |lines, at, _| lines.insert(at, lines[at])),
        8 => lines(text, bytes, |lines, at, other| lines.swap(at, other)),
        9 => tokens_of(text, bytes, |_, _| String::new()),
        10 => tokens_of(text, bytes, |token, _| format!("{token} {token}")),
        11 => tokens_of(text, bytes, |_, bytes| world::token(bytes)),
        12 => tokens_of(text, bytes, |token, bytes| format!("{token} {}", world::token(bytes))),
        13 => tokens_of(text, bytes, |token, bytes| token.chars().take(bytes.below(token.len())).collect()),
        14 => tokens_of(text, bytes, |token, bytes| format!("{token}{}", *bytes.pick(SIGNS))),
        _ => text.chars().take(bytes.below(text.len())).collect(),
    }
}

const NUMBERS: &[&str] = &["0", "1", "2", "7", "30", "0.5", "365", "1_000_000", "9_223_372_036_854_775_807"];
const COMPARISONS: &[&str] = &["=", "<", "<=", ">", ">=", "is not"];
const AGGREGATES: &[&str] = &["count", "sum", "avg", "min", "max", "first", "last", "distinct", "exists", "none"];
const TEXTS: &[&str] = &["\"\"", "\"TEA\"", "\"gift\"", "\"{age else 0}\"", "\"é\"", "\"north\""];
const UNITS: &[&str] = &["seconds", "minutes", "hours", "days", "weeks", "months", "years", "km", "USD"];
const SIGNS: &[&str] = &[
    "(", ")", "[", "]", "{", "}", "\"", "'", "{{", "\\", "//", "#", "\n", "\r", "\t", "\u{0}", "\u{200B}", "é", ";",
    ",", ".",
];

/// Replaces one of the tokens that are of a kind by another of the kind.
fn alike(text: &str, bytes: &mut Bytes<'_>, is: impl Fn(&str) -> bool, others: &[&str]) -> String {
    let found: Vec<Range<usize>> = tokens(text).into_iter().filter(|range| is(&text[range.clone()])).collect();
    if found.is_empty() {
        return text.to_owned();
    }
    let range = bytes.pick(&found).clone();
    format!("{}{}{}", &text[..range.start], bytes.pick(others), &text[range.end..])
}

/// Replaces a token by what is made of it.
fn tokens_of(text: &str, bytes: &mut Bytes<'_>, make: impl Fn(&str, &mut Bytes<'_>) -> String) -> String {
    let found = tokens(text);
    if found.is_empty() {
        return text.to_owned();
    }
    let range = bytes.pick(&found).clone();
    let made = make(&text[range.clone()], bytes);
    format!("{}{made}{}", &text[..range.start], &text[range.end..])
}

fn lines(text: &str, bytes: &mut Bytes<'_>, change: impl Fn(&mut Vec<&str>, usize, usize)) -> String {
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    if !lines.is_empty() {
        let (at, other) = (bytes.below(lines.len()), bytes.below(lines.len()));
        change(&mut lines, at, other);
    }
    lines.concat()
}

/// Words, numbers, texts in quotes and signs, roughly as an author sees them.
pub fn tokens(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let length = match first {
            c if c.is_whitespace() => {
                at += c.len_utf8();
                continue;
            }
            '"' => rest[1..].find(['"', '\n']).map_or(rest.len(), |end| end + 2).min(rest.len()),
            c if c.is_alphanumeric() => rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len()),
            _ if ["<=", ">="].iter().any(|sign| rest.starts_with(sign)) => 2,
            c => c.len_utf8(),
        };
        let end = (at + length..=text.len()).find(|end| text.is_char_boundary(*end)).unwrap_or(text.len());
        found.push(at..end);
        at = end;
    }
    found
}
