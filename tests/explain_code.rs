//! `opportune explain-code` through the built program.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[path = "support/project.rs"]
mod project;

use std::path::Path;

use project::run;

fn explain(arguments: &[&str]) -> project::Run {
    run(Path::new("."), &[&["explain-code"], arguments].concat())
}

#[test]
fn a_code_in_any_letters_prints_its_page() {
    let page = explain(&["e0101"]);
    assert_eq!(page.exit, 0, "{}", page.err);
    assert!(page.out.starts_with("E0101: text that does not fit here\n\n"), "{}", page.out);
    assert!(page.out.contains("\n    offer welcome {\n") && page.out.contains("\nHow to mend it\n"), "{}", page.out);
    assert_eq!(explain(&["E0101"]).out, page.out);
}

#[test]
fn all_codes_are_listed_and_an_unknown_one_is_told() {
    let list = explain(&["--list"]);
    assert_eq!(list.exit, 0);
    assert!(
        list.out.contains("E0101  text that does not fit here\n")
            && list.out.contains("\nD0101  ") | list.out.starts_with("D0101  ")
    );
    let unknown = explain(&["E9999\u{1b}[31m"]);
    assert_eq!((unknown.exit, unknown.out.as_str()), (2, ""));
    assert!(unknown.err.contains("there is no code") && !unknown.err.contains('\u{1b}'), "{}", unknown.err);
    assert!(explain(&["E010l"]).err.contains("did you mean `E0101`?"));
    assert_eq!(explain(&[]).exit, 2);
}
