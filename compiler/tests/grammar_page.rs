//! The grammar in the reference, `docs/language/grammar.md`, is made of the parser's own grammar: the pest files without
//! what is only there to answer other languages' spellings and forgotten words. `OPPORTUNE_WRITE_DOCS=1` writes the page.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    reason = "a test may fail"
)]

#[path = "grammar/clean.rs"]
mod clean;
#[path = "grammar/page.rs"]
mod page;
#[path = "grammar/pest.rs"]
mod pest;
#[path = "grammar/print.rs"]
mod print;

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn grammar() -> Vec<pest::Rule> {
    let files = [("grammar.pest", "Expressions"), ("clauses.pest", "Clauses"), ("tests.pest", "Personas and tests")];
    let text = |file: &str| fs::read_to_string(root().join("compiler/src/syntax").join(file)).unwrap();
    files.iter().flat_map(|(file, heading)| pest::rules(&text(file), heading)).collect()
}

#[test]
fn the_page_is_what_the_grammar_says() {
    let made = page::page(&clean::cleaned(&grammar()));
    let path = root().join("docs/language/grammar.md");
    if std::env::var_os("OPPORTUNE_WRITE_DOCS").is_some() {
        fs::write(&path, &made).unwrap();
    }
    let there = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        there == made,
        "docs/language/grammar.md is not what the grammar says: run this test with OPPORTUNE_WRITE_DOCS=1"
    );
}

#[test]
fn the_page_is_whole_and_clean() {
    let cleaned = clean::cleaned(&grammar());
    let made = page::page(&cleaned);
    for word in ["odd_", "no_comma", "foreign", "SOI", "EOI", "word_char", "ASCII", "kw_"] {
        assert!(!made.contains(word), "{word}");
    }
    for name in page::named(&cleaned) {
        assert!(cleaned.iter().any(|rule| rule.name == name), "`{name}` is named and not explained");
    }
}
