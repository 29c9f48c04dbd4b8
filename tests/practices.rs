//! `docs/practices.md` tells of each practice which policy says it and which tests show it: every row is there, and what it
//! names exists.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

use std::fs;
use std::path::Path;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The cells of each row, without the head.
fn rows() -> Vec<Vec<String>> {
    let page = fs::read_to_string(root().join("docs/practices.md")).unwrap();
    let lines = page.lines().filter(|line| line.starts_with("| H") || line.starts_with("| M"));
    lines.map(|line| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()).collect()
}

/// What stands in back-ticks.
fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

#[test]
fn every_practice_has_its_row() {
    let named: Vec<String> = rows().iter().map(|cells| cells[0].clone()).collect();
    let expected = (1..=33).map(|row| format!("H{row}")).chain((1..=17).map(|row| format!("M{row}")));
    assert_eq!(named, expected.collect::<Vec<_>>());
    assert!(rows().iter().all(|cells| cells.len() == 5 && !cells[1].is_empty()));
}

#[test]
fn a_row_works_or_says_why_not() {
    for cells in rows() {
        match cells[4].as_str() {
            "works" => assert!(!cells[2].is_empty() && !cells[3].is_empty(), "{cells:?}"),
            later => assert!(later.strip_prefix("later: ").is_some_and(|why| why.len() > 20), "{cells:?}"),
        }
    }
}

/// The tests of a project are `practices_NAME` or `NAME` in Rust, and what stands in its folder.
#[test]
fn each_policy_of_a_row_is_tested_by_its_project() {
    for cells in rows() {
        let tested: Vec<&str> = quoted(&cells[3])
            .into_iter()
            .map(|test| test.split_once('/').map_or(test.trim_start_matches("practices_"), |(project, _)| project))
            .collect();
        for file in quoted(&cells[2]) {
            let project = file.split('/').next().unwrap();
            // What is told of data is tested over all projects.
            let is_tested = tested.contains(&project) || tested.contains(&"projects");
            assert!(is_tested, "{}: no test of `{project}`", cells[0]);
        }
    }
}

#[test]
fn the_policies_and_tests_that_rows_name_are_there() {
    for cells in rows() {
        for file in quoted(&cells[2]) {
            assert!(root().join("policies").join(file).is_file(), "{}: no policies/{file}", cells[0]);
        }
        let mut text = String::new();
        for name in quoted(&cells[3]) {
            if name.ends_with(".offer") {
                continue;
            }
            let file = root().join("tests").join(name).with_extension("rs");
            if file.is_file() {
                text = fs::read_to_string(file).unwrap();
            } else {
                let test = format!("#[test]\nfn {name}() {{");
                assert!(text.contains(&test), "{}: no test `{name}`", cells[0]);
            }
        }
    }
}

/// Behind the file of a project's own tests stand the names of some of them.
#[test]
fn the_tests_in_the_language_that_rows_name_are_there() {
    let mut named = 0;
    for cells in rows() {
        for part in cells[3].split(", `").filter(|part| part.contains(".offer`")) {
            let (file, names) = part.trim_start_matches('`').split_once("`: ").unwrap();
            let text = fs::read_to_string(root().join("policies").join(file)).unwrap();
            let names: Vec<&str> = names.trim_matches('"').split("\", \"").collect();
            for name in &names {
                assert!(text.contains(&format!("\ntest \"{name}\" {{")), "{}: no test {name:?} in {file}", cells[0]);
            }
            named += names.len();
        }
    }
    assert!(named > 10, "only {named} are found");
}
