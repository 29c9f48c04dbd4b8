//! What authors write who come from SQL, spreadsheets and other languages, answered with the right form.

use super::Reader;
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::ast::{BinaryWord, Expr, Span, Spanned};

/// Adds spaces where the words around would touch it.
fn spaced(reader: &Reader<'_>, span: Span, right: &str) -> String {
    let before = reader.text.get(..span.start as usize).and_then(|text| text.chars().next_back());
    let after = reader.text.get(span.end as usize..).and_then(|text| text.chars().next());
    let touches = |c: Option<char>| c.is_some_and(super::super::scan::is_word_char);
    let left_space = if touches(before) { " " } else { "" };
    let right_space =
        if touches(after) || (right == "not" && after.is_some_and(|c| !c.is_whitespace())) { " " } else { "" };
    format!("{left_space}{right}{right_space}")
}

/// An operator of another language.
pub fn operator(reader: &Reader<'_>, span: Span, right: &str) -> Diagnostic {
    let wrong = reader.written(span);
    Diagnostic::error(
        codes::FOREIGN_OPERATOR,
        format!("`{wrong}` is written `{right}` here"),
        span,
        format!("write `{right}`"),
    )
    .fix(format!("replace `{wrong}` with `{right}`"), span, spaced(reader, span, right))
}

/// A word of another language.
pub fn word(reader: &Reader<'_>, span: Span, right: &str) -> Diagnostic {
    Diagnostic { code: codes::FOREIGN_WORD, ..operator(reader, span, right) }
}

/// `is null`, `= null`, `is not null`
pub fn null_test(reader: &Reader<'_>, span: Span, right: &str) -> Diagnostic {
    Diagnostic { code: codes::FOREIGN_MISSING, ..operator(reader, span, right) }
        .help(format!("what is not in the data is missing: ask `{right}`"))
}

/// `null` where a value stands.
pub fn null_value(reader: &Reader<'_>, span: Span) -> Diagnostic {
    let message = format!("there is no value `{}`", reader.written(span));
    Diagnostic::error(codes::FOREIGN_MISSING, message, span, "missing data has no value of its own")
        .help("ask `x is missing` or `x is known`; give a value in place of a missing one with `x else 0`")
}

/// `a < b < c`
pub fn chained(
    reader: &Reader<'_>,
    first: &Spanned<BinaryWord>,
    second: &Spanned<BinaryWord>,
    a: &Expr,
    b: &Expr,
    c: &Expr,
) -> Diagnostic {
    let middle = reader.written(b.span);
    let last = reader.written(c.span);
    let all = a.span.to(c.span);
    // `a` is the whole first comparison; its left side ends where the first operator begins.
    let left = reader.written(Span { start: a.span.start, end: first.span.start }).trim();
    let diagnostic = Diagnostic::error(
        codes::CHAINED_COMPARISON,
        "comparisons do not chain",
        second.span,
        "a second comparison in a row",
    );
    match (first.node, second.node) {
        (BinaryWord::LessOrEqual, BinaryWord::LessOrEqual) => {
            let mended = format!("{middle} between {left} and {last}");
            diagnostic.help(format!("write `{mended}`")).fix("write it with `between`", all, mended)
        }
        (BinaryWord::GreaterOrEqual, BinaryWord::GreaterOrEqual) => {
            let mended = format!("{middle} between {last} and {left}");
            diagnostic.help(format!("write `{mended}`")).fix("write it with `between`", all, mended)
        }
        (BinaryWord::Less | BinaryWord::LessOrEqual, BinaryWord::Less | BinaryWord::LessOrEqual) => {
            let (low, high) = (reader.written(first.span), reader.written(second.span));
            let low = if low == "<" { ">" } else { ">=" };
            diagnostic.help(format!(
                "write `{middle} {low} {left} and {middle} {high} {last}`; with both ends included it is `{middle} between {left} and {last}`"
            ))
        }
        _ => {
            let op = reader.written(second.span);
            diagnostic.help(format!(
                "join two comparisons with `and`: `… and {middle} {op} {last}`; a range is `x between low and high`"
            ))
        }
    }
}

/// `in (a, b)`
pub fn round_list(reader: &Reader<'_>, span: Span) -> Diagnostic {
    let inner = reader.written(Span { start: span.start + 1, end: span.end.saturating_sub(1) });
    let diagnostic =
        Diagnostic::error(codes::FOREIGN_OPERATOR, "a list stands in square brackets", span, "write `[…]`");
    // Texts in other quotes inside bring fixes of their own.
    if inner.contains(['\'', '`', '“', '‘']) {
        return diagnostic.help("write `[` and `]` around the values");
    }
    diagnostic.fix("write square brackets", span, format!("[{inner}]"))
}

/// A word that is left out right before `span`.
pub fn forgotten(span: Span, word: &str, place: &str) -> Diagnostic {
    let here = Span { start: span.start, end: span.start };
    Diagnostic::error(
        codes::FORGOTTEN_WORD,
        format!("`{word}` is left out {place}"),
        here,
        format!("`{word}` is missing here"),
    )
    .fix(format!("add `{word}`"), here, format!("{word} "))
}

/// A comma that is left out between two values.
pub fn forgotten_comma(span: Span) -> Diagnostic {
    let here = Span { start: span.start, end: span.start };
    Diagnostic::error(codes::FORGOTTEN_WORD, "a comma is left out between two values", here, "`,` is missing here")
        .fix("add `,`", here, ", ")
}

/// An `if` without `else`.
pub fn forgotten_else(here: Span, all: Span) -> Diagnostic {
    Diagnostic::error(codes::FORGOTTEN_WORD, "this `if` has no `else`", all, "what is it otherwise?")
        .label(here, "`else` is missing here")
        .help("every expression has a value: write `if condition then a else b`")
}

/// A word that says nothing, as `the` in `the last 30 days`.
pub fn superfluous(reader: &Reader<'_>, span: Span) -> Diagnostic {
    let word = reader.written(span);
    Diagnostic::error(codes::FOREIGN_WORD, format!("leave out `{word}`"), span, "not part of the language").fix(
        format!("delete `{word}`"),
        span,
        "",
    )
}

/// `count(distinct x)`, `count(of x)`
pub fn inner_word(reader: &Reader<'_>, span: Span) -> Diagnostic {
    let word = reader.written(span);
    let diagnostic = Diagnostic::error(
        codes::FOREIGN_WORD,
        format!("`{word}` does not stand inside the brackets"),
        span,
        "not expected here",
    );
    match word {
        "of" => diagnostic.fix("delete `of`", span, ""),
        _ => diagnostic.help("how many different values there are is asked with `distinct(purchase.product_id)`"),
    }
}

/// A word with capitals where a value stands.
pub fn capital_value(word: &str, span: Span) -> Diagnostic {
    let now = match word {
        "CURRENT_DATE" | "TODAY" | "Today" => Some("today"),
        "CURRENT_TIMESTAMP" | "CURRENT_TIME" | "NOW" | "Now" | "SYSDATE" => Some("now"),
        _ => None,
    };
    if let Some(right) = now {
        let message = format!("`{word}` is written `{right}` here");
        return Diagnostic::error(codes::FOREIGN_WORD, message, span, format!("write `{right}`")).fix(
            format!("replace `{word}` with `{right}`"),
            span,
            right,
        );
    }
    let diagnostic =
        Diagnostic::error(codes::BAD_WORD, format!("`{word}` is not a name"), span, "names are in small letters");
    let name = small_name(word);
    let quoted = super::text::quoted(word);
    if matches!(&*name, "monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday") {
        diagnostic.help(format!(
            "days of the week are written in small letters, `{name}`; a text stands in quotes, `{quoted}`"
        ))
    } else if word.chars().any(char::is_uppercase) {
        diagnostic.help(format!(
            "a value with capitals stands in quotes: `{quoted}`; a field or table is named in small letters: `{name}`"
        ))
    } else {
        diagnostic.help(format!("names are written with `a` to `z`, digits and `_`, and begin with a letter: `{name}`"))
    }
}

/// A name with other characters than names have, and the nearest that is a name.
pub fn not_a_name(word: &str, span: Span) -> (Diagnostic, String) {
    let name = small_name(word);
    let diagnostic = Diagnostic::error(codes::BAD_WORD, format!("`{word}` is not a name"), span, format!("write `{name}`"))
        .help("names are written with `a` to `z`, digits and `_`, and begin with a letter; a column of another name is read with `from \"Column Name\"`")
        .fix(format!("replace `{word}` with `{name}`"), span, name.clone());
    (diagnostic, name)
}

/// `CustomerAge` and `customerAge` as `customer_age`.
fn small_name(word: &str) -> String {
    let mut name = String::with_capacity(word.len() + 4);
    let mut after_small = false;
    for c in word.chars() {
        if c.is_uppercase() && after_small {
            name.push('_');
        }
        after_small = c.is_lowercase() || c.is_ascii_digit();
        let plain = c.to_ascii_lowercase();
        name.push(if plain.is_ascii_alphanumeric() { plain } else { '_' });
    }
    let trimmed = name.trim_matches('_');
    if trimmed.starts_with(|c: char| c.is_ascii_lowercase()) {
        trimmed.to_owned()
    } else {
        format!("x_{trimmed}").trim_end_matches('_').to_owned()
    }
}
