//! The syntax as a whole: policies in, trees and messages out.

#![allow(clippy::string_slice, reason = "a test may fail")]

use super::*;

mod clauses;
mod clauses_astray;
mod containment;
mod editing;
mod format;
mod limits;
mod pages;
mod random;
mod show;
mod show_clause;
mod show_test;
mod spellings;
mod tests_astray;
mod totals;
mod trees;
mod widened;

/// All messages of a file, one per line, with the words that each points at.
fn messages(file: &str) -> String {
    let mut shown = String::new();
    for item in split(file) {
        let (_, diagnostics) = parse_item(&item.text);
        for diagnostic in diagnostics {
            let span = diagnostic.labels[0].span;
            let words = &item.text[span.start as usize..span.end as usize];
            shown +=
                &format!("{} [{words}] {} | {}\n", diagnostic.code, diagnostic.message, diagnostic.labels[0].message);
            if let Some(help) = diagnostic.help {
                shown += &format!("      help: {help}\n");
            }
            if let Some(fix) = diagnostic.fix {
                shown += &format!("      fix: {} -> [{}]\n", fix.title, fix.replacement);
            }
        }
    }
    shown
}

#[test]
fn the_grocers_policies_are_read_without_a_word() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies/grocer");
    let mut folders = vec![folder];
    let mut read = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "offer") {
                let text = std::fs::read_to_string(&path).unwrap();
                assert_eq!(messages(&text), "", "{}", path.display());
                for item in split(&text) {
                    assert!(parse_item(&item.text).0.is_some(), "{}", item.text);
                    read += 1;
                }
            }
        }
    }
    assert!(read > 20, "{read} items");
}
