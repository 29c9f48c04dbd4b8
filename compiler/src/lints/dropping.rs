//! Fixes of lints: what can be left out of an item's text so that nothing else changes its meaning.
//!
//! The text is looked at, not the tree: a part of an `and` or `or` goes with its word only where the words around it show
//! that it is such a part and binds no other way, a clause only with its whole lines. Where a comment would be lost or would
//! stand beside something else, there is no fix.

use crate::syntax::Span;

/// Words after which an operand of `or` begins. One of `and` may follow `and`, too.
const BEFORE: [&str; 9] = ["when", "where", "if", "is", "needs", "(", "or", "else", "then"];
/// Words before which an operand ends.
const BEHIND: [&str; 7] = [")", "}", ";", "or", "else", "then", ""];
/// Words that go on with a condition on the next line.
const GOES_ON: [&str; 13] =
    ["and", "or", "else", "then", "when", "where", "in", "is", "between", "contains", "overlaps", "not", "if"];
/// How many brackets around a part are looked through.
const MOST_BRACKETS: usize = 16;

/// The place of a part of an `and` (or `or`) with the word that joins it to the others.
pub(super) fn part(text: &str, span: Span, word: &str) -> Option<Span> {
    let (mut start, mut end) = (span.start as usize, span.end as usize);
    for _ in 0..MOST_BRACKETS {
        let ((before, from), (behind, to)) = (last_word(text, start)?, first_word(text, end)?);
        if before == "(" && behind == ")" && !is_call(text, from) {
            (start, end) = (from, to);
            continue;
        }
        let begins = BEFORE.contains(&before) || (word == "and" && before == word);
        let whole = if behind == word && begins {
            let (_, next) = (to, text.get(to..)?.trim_start());
            (start, text.len() - next.len())
        } else if before == word && ends(text, end, behind) {
            (text.get(..from)?.trim_end().len(), end)
        } else {
            return None;
        };
        return without_comments(text, whole);
    }
    None
}

/// The place of a clause with its lines, where nothing else stands on them and no comment above.
pub(super) fn clause(text: &str, span: Span) -> Option<Span> {
    let (start, end) = (span.start as usize, span.end as usize);
    let begin = text.get(..start)?.rfind('\n')? + 1;
    let finish = end + text.get(end..)?.find('\n')? + 1;
    let is_blank = |from: usize, to: usize| text.get(from..to).is_some_and(|text| text.trim().is_empty());
    let above = text.get(..begin)?.trim_end().rsplit('\n').next().unwrap_or("");
    if !is_blank(begin, start) || !is_blank(end, finish) || above.contains("//") || text.get(start..end)?.contains("//")
    {
        return None;
    }
    Some(Span::new(begin, finish))
}

/// A definition with its documentation; `None` where other remarks would go with it.
pub(super) fn definition(text: &str) -> Option<Span> {
    let is_remark = |line: &str| line.contains("//") && !line.starts_with("///");
    (!text.lines().any(is_remark)).then(|| Span::new(0, text.len()))
}

/// Whether an operand ends at a place, before such a word: where the next line does not go on with it.
fn ends(text: &str, end: usize, behind: &str) -> bool {
    let is_other_line = text.get(end..).is_some_and(|rest| {
        let blank = rest.len() - rest.trim_start().len();
        rest.get(..blank).is_some_and(|blank| blank.contains('\n'))
    });
    let is_name = behind.starts_with(|c: char| c.is_ascii_lowercase());
    BEHIND.contains(&behind) || (is_other_line && is_name && !GOES_ON.contains(&behind))
}

/// Whether a bracket opens the arguments of something.
fn is_call(text: &str, bracket: usize) -> bool {
    text.get(..bracket).is_some_and(|before| before.ends_with(|c: char| c.is_alphanumeric() || c == '_'))
}

/// The place, where no comment lies on its lines or on those around it.
fn without_comments(text: &str, (start, end): (usize, usize)) -> Option<Span> {
    let begin = text.get(..start)?.rfind('\n').map_or(0, |at| at + 1);
    let finish = text.get(end..)?.find('\n').map_or(text.len(), |at| end + at);
    (!text.get(begin..finish)?.contains("//")).then(|| Span::new(start, end))
}

/// The word or sign before a place, and where it begins.
fn last_word(text: &str, end: usize) -> Option<(&str, usize)> {
    let before = text.get(..end)?.trim_end();
    let start = before.trim_end_matches(is_of_word).len();
    let start = if start == before.len() { before.char_indices().next_back().map_or(0, |(at, _)| at) } else { start };
    Some((before.get(start..)?, start))
}

/// The word or sign behind a place, and where it ends.
fn first_word(text: &str, start: usize) -> Option<(&str, usize)> {
    let behind = text.get(start..)?.trim_start();
    let from = text.len() - behind.len();
    let rest = behind.trim_start_matches(is_of_word);
    let length = if rest.len() == behind.len() {
        behind.chars().next().map_or(0, char::len_utf8)
    } else {
        behind.len() - rest.len()
    };
    Some((behind.get(..length)?, from + length))
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    /// The text without its part `X`.
    fn left(text: &str, word: &str) -> Option<String> {
        let at = text.find('X').unwrap();
        let span = part(text, Span::new(at, at + 1), word)?;
        let mut left = text.to_owned();
        left.replace_range(span.start as usize..span.end as usize, "");
        Some(left)
    }

    #[test]
    fn a_part_goes_with_its_word() {
        for (text, word, expected) in [
            ("  eligible when X and a > 3\n", "and", "  eligible when a > 3\n"),
            ("  eligible when a > 3 and X\n  channel mail\n", "and", "  eligible when a > 3\n  channel mail\n"),
            ("  eligible when a > 3\n    and X\n    and b\n}", "and", "  eligible when a > 3\n    and b\n}"),
            ("  eligible when a and (X) and b\n}", "and", "  eligible when a and b\n}"),
            ("  eligible when a or b and X\n}", "and", "  eligible when a or b\n}"),
            ("  eligible when b or (X and a)\n}", "and", "  eligible when b or (a)\n}"),
            ("  except when a or X\n}", "or", "  except when a\n}"),
            ("  except when (X or a) else false\n}", "or", "  except when (a) else false\n}"),
            ("segment s is X or a and b", "or", "segment s is a and b"),
            ("segment s is a and b or X", "or", "segment s is a and b"),
        ] {
            assert_eq!(left(text, word).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_binds_otherwise_stays() {
        for (text, word) in [
            ("  eligible when not X and a\n}", "and"),
            ("  eligible when b = X and a\n}", "and"),
            ("  eligible when a and X is true\n}", "and"),
            ("  eligible when a and not (X)\n}", "and"),
            ("  eligible when a and X or b\n}", "or"),
            ("  eligible when a or X and b\n}", "or"),
            ("  eligible when X\n}", "and"),
            ("  eligible when a and X  // why\n}", "and"),
            ("  eligible when a and X\n    > 3\n}", "and"),
            ("  eligible when size(X) and a\n}", "and"),
        ] {
            assert_eq!(left(text, word), None, "{text}");
        }
    }

    #[test]
    fn a_clause_goes_with_its_lines() {
        let cut = |text: &str| {
            let at = text.find("cap").unwrap();
            clause(text, Span::new(at, at + 5)).map(|span| (span.start, span.end))
        };
        assert_eq!(cut("offer x {\n  cap 1\n  priority 2\n}\n"), Some((10, 18)));
        assert_eq!(cut("offer x {\n  cap 1; priority 2\n}\n"), None);
        assert_eq!(cut("offer x {\n  cap 1 // why\n}\n"), None);
        assert_eq!(cut("offer x {\n  // why\n  cap 1\n}\n"), None);
    }
}
