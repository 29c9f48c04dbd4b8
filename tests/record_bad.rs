//! `opportune record` over what it cannot read or must not keep: told with its place, reason and way out, and nothing of
//! the file is kept.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

#[path = "support/project.rs"]
mod project;

use project::Project;

/// The refusal of a file; the ledger is as it was, and no value of a customer is told.
fn refused(file: &str, text: impl AsRef<[u8]>, more: &[&str]) -> String {
    let project = Project::new();
    project.write(file, text);
    let run = project.opportune(&[&["record", file], more].concat());
    assert_eq!((run.exit, run.out.as_str()), (2, ""), "{}", run.err);
    assert!(!run.err.contains("q7") && !run.err.contains('\u{1b}'), "{}", run.err);
    let shown = project.opportune(&["ledger", "show"]).out;
    let empty = shown.starts_with("there is no ledger yet") || shown.contains("position   0");
    assert!(empty, "{shown}");
    run.err
}

#[test]
fn files_that_cannot_be_read() {
    insta::assert_snapshot!(refused("a.xlsx", "PK", &[]), @"");
    insta::assert_snapshot!(refused("a.csv", "", &[]), @"");
    insta::assert_snapshot!(refused("a.csv", "customer,when,what\nann,2026-10-21,clicked\n", &[]), @"");
    insta::assert_snapshot!(refused("a.csv", "at,outcome\n2026-10-21,clicked\n", &[]), @"");
    insta::assert_snapshot!(refused("a.csv", "customer,at,outcome\nann,yesterday,clicked\nann,,clicked\n", &[]), @"");
    insta::assert_snapshot!(refused("a.parquet", "customer,at\n", &[]), @"");
    let project = Project::new();
    insta::assert_snapshot!(project.opportune(&["record", "nowhere.csv"]).err, @"");
}

#[test]
fn calls_that_mean_nothing() {
    let good = "customer,at,outcome\nann,2026-10-21,clicked\n";
    insta::assert_snapshot!(refused("a.csv", good, &["--column", "who=customer"]), @"");
    insta::assert_snapshot!(refused("a.csv", good, &["--column", "at"]), @"");
    insta::assert_snapshot!(refused("a.csv", good, &["--column", "offer=campaign"]), @"");
    insta::assert_snapshot!(refused("a.csv", good, &["--value", "outcome=seen"]), @"");
    insta::assert_snapshot!(refused("a.csv", good, &["--value", "at=2026-10-21"]), @"");
    insta::assert_snapshot!(refused("a.csv", good, &["--column", "offer=a", "--value", "offer=b"]), @"");
}

#[test]
fn rows_that_must_not_be_kept() {
    let long = format!("customer,at,outcome\nann,2026-10-21,{}\n", "x".repeat(501));
    insta::assert_snapshot!(refused("a.csv", long, &[]), @"");
    let nul = "{\"customer\":\"q7\",\"at\":\"2026-10-21\",\"outcome\":\"a\\u0000b\"}\n";
    insta::assert_snapshot!(refused("a.jsonl", nul, &[]), @"");
    let twice = "customer,at,outcome,id\nann,2026-10-21,seen,1\nann,2026-10-21,seen,1\nann,2026-10-21,clicked,1\n";
    insta::assert_snapshot!(refused("a.csv", twice, &[]), @"");
    let late = "customer,send_at,decided_at\nann,2026-10-20,2026-10-21\n";
    insta::assert_snapshot!(refused("a.csv", late, &["--contacts"]), @"");
    insta::assert_snapshot!(refused("a.csv", "customer,send_at\n,2026-10-20\n", &["--contacts"]), @"");
    insta::assert_snapshot!(refused("a.csv", "customer,send_at,cost\nann,2026-10-20,inf\n", &["--contacts"]), @"");
}

#[test]
fn a_policy_that_is_wrong_cannot_say_how_customers_are_called() {
    let project = Project::new();
    project.append("shop.offer", "offer broken {\n");
    project.write("a.csv", "customer,at,outcome\nann,2026-10-21,clicked\n");
    let run = project.opportune(&["record", "a.csv"]);
    assert_eq!((run.exit, run.out.as_str()), (1, ""));
    assert!(!project.path("ledger.sqlite").exists());
}

#[test]
fn the_ledger_says_what_it_is_not() {
    let project = Project::new();
    project.write("a.csv", "customer,at,outcome\nann,2026-10-21,clicked\n");
    project.write("notes.txt", "this is no database, but long enough to look like one for a moment or two");
    let run = project.opportune(&["record", "a.csv", "--ledger", "notes.txt"]);
    assert_eq!((run.exit, run.out.as_str()), (2, ""));
    insta::assert_snapshot!(run.err, @"");
    let run = project.opportune(&["record", "a.csv", "--ledger", "nowhere/at/all.sqlite"]);
    assert_eq!((run.exit, run.out.as_str()), (2, ""));
    insta::assert_snapshot!(run.err, @"");
}
