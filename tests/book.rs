//! Runs the language's reference, `docs/language/*.md`, and the pages of `docs/how-to`: what they say, they show.
//!
//! Fences and what is checked:
//!
//! | fence | meaning |
//! |---|---|
//! | ```` ```offer ```` | a part of the page's project; all parts together compile without a mistake, and their tests pass |
//! | ```` ```offer error E0201 ```` | with the page's project it gives this code and no other error |
//! | ```` ```offer warning W0101 ```` | with the page's project it gives this warning |
//! | ```` ```toml ```` | the page's manifest |
//! | ```` ```csv purchase ```` | the data of a table |
//! | ```` ```values ````, ```` ```values for 2 ```` | lines `EXPRESSION // VALUE` or `EXPRESSION // VALUE : TYPE`, over the first customer or the one of this key; the value is an expression, `missing` or `unknown`; or `EXPRESSION // error E0201` |
//! | ```` ```decisions ````, ```` ```decisions channel=branch ```` | the decisions of the page's project in a batch, or for a request that brings this, a JSON object a line with some of their fields |
//! | ```` ```text ````, ```` ```sh ```` | only read |
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

#[path = "book/page.rs"]
mod page;
#[path = "book/play.rs"]
mod play;
#[path = "book/run.rs"]
mod run;

use std::path::Path;

use page::Page;

fn pages(folder: &str) -> Vec<Page> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(folder);
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "md"));
    files.sort();
    files.iter().map(|file| Page::read(file)).collect()
}

#[test]
fn every_example_of_the_reference_is_as_it_says() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for page in pages("language").into_iter().chain(pages("how-to")) {
        let (checked, mistakes) = run::check(&page);
        count += checked;
        wrong.extend(mistakes.into_iter().map(|mistake| format!("{}: {mistake}", page.name)));
    }
    assert!(wrong.is_empty(), "{} of {count} examples are not as they say:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count > 250, "only {count} examples");
}

#[test]
fn every_page_is_linked_from_the_first() {
    for folder in ["language", "how-to"] {
        let first = pages(folder).into_iter().find(|page| page.name == "README.md").unwrap();
        for page in pages(folder) {
            let linked = page.name == "README.md" || first.text.contains(&format!("]({})", page.name));
            assert!(linked, "docs/{folder}/README.md does not lead to {}", page.name);
        }
    }
}

#[test]
fn a_test_that_fails_is_found() {
    let page = Page::of(
        "p",
        "```offer\ncustomer person {\n  key id: int\n}\n\nchannel mail\n\noffer one {\n  channel mail\n}\n\ntest \"a\" {\n  at 2026-11-20 18:00\n  expect offer one because \"x\"\n  expect not one\n  expect no offer\n}\n```\n",
    );
    let (checked, wrong) = run::check(&page);
    assert_eq!((checked, wrong.len()), (4, 3), "{wrong:?}");
}

#[test]
fn a_wrong_value_is_found() {
    let page = Page::of(
        "p",
        "```offer\ncustomer person {\n  key id: int\n}\n\nchannel mail\n```\n\n```csv person\nid\n1\n```\n\n```values\n1 + 1 // 3\n1 // 1 : text\n2 // error E0201\n```\n",
    );
    let (checked, wrong) = run::check(&page);
    assert_eq!((checked, wrong.len()), (4, 4), "{wrong:?}");
}
