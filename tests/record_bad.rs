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
    insta::assert_snapshot!(refused("a.xlsx", "PK", &[]), @"
D0121

  × `a.xlsx` has no ending that says its format
  help: give it the ending .parquet, .csv, .jsonl, .ndjson, .arrow, .ipc
        or .feather
");
    insta::assert_snapshot!(refused("a.csv", "", &[]), @"
D0106

  × `a.csv` is not a readable CSV file: it is empty
  help: write the file anew; it may be cut short, or of another format than
        its ending says
");
    insta::assert_snapshot!(refused("a.csv", "customer,when,what\nq7,2026-10-21,clicked\n", &[]), @"
D0107

  × `a.csv` has no column `at`, and a response must have it
  help: its columns are `customer`, `when`, `what`; if one of them is it,
        write `--column at=…`

D0107

  × `a.csv` has no column `outcome`, and a response must have it
  help: its columns are `customer`, `when`, `what`; if one of them is it,
        write `--column outcome=…`
");
    insta::assert_snapshot!(refused("a.csv", "at,outcome\n2026-10-21,clicked\n", &[]), @"
× `a.csv` names neither a customer nor a decision in row 1
help: fill `customer` or `decision` in; if another column has it, write
      `--column customer=…`
");
    insta::assert_snapshot!(refused("a.csv", "customer,at,outcome\nq7,yesterday,clicked\nq7,,clicked\n", &[]), @"
D0113

  × column `at` of `a.csv` holds what is not instant, in 1 row (in line 2)
  help: write a time such as 2026-11-20T18:00:00Z, or 2026-11-20 18:00 for the
        project's zone

D0111

  × column `at` of `a.csv` has no value in 1 row (in line 3): 1 missing
  help: fill the values in, or leave those rows out
");
    insta::assert_snapshot!(refused("a.parquet", "customer,at\n", &[]), @"
D0106

  × `a.parquet` is not a readable Parquet file: Invalid Parquet file. Corrupt
  │ footer
  help: write the file anew; it may be cut short, or of another format than
        its ending says
");
    insta::assert_snapshot!(refused("a.csv", "customer,send_at\nq7,2026-10-20\n", &["--contacts"]), @"
D0107

  × `a.csv` has no column `offer`, and a contact must have it
  help: its columns are `customer`, `send_at`; if one of them is it, write
        `--column offer=…`
");
    let project = Project::new();
    insta::assert_snapshot!(project.opportune(&["record", "nowhere.csv"]).err, @"
D0105

  × `nowhere.csv` cannot be read: it does not exist
  help: check that it is a file and that you may read it
");
}

#[test]
fn calls_that_mean_nothing() {
    let good = "customer,at,outcome\nq7,2026-10-21,clicked\n";
    insta::assert_snapshot!(refused("a.csv", good, &["--column", "who=customer"]), @"
× a response has no field `who`, which `--column` names
help: its fields are `customer`, `at`, `outcome`, `offer`, `member`,
      `channel`, `decision`, `id`, `erased`
");
    insta::assert_snapshot!(refused("a.csv", good, &["--column", "at"]), @"
× `--column at` does not say a field, `=` and something behind it
help: write it like `--column at=…`
");
    insta::assert_snapshot!(refused("a.csv", good, &["--column", "offer=campaign"]), @"
× `a.csv` has no column `campaign`, which `--column offer=…` names
help: name a column of the file as its first line writes it
");
    insta::assert_snapshot!(refused("a.csv", good, &["--value", "outcome=seen"]), @"
× `a.csv` has a column `outcome` of its own beside `--value outcome=…`
help: leave `--value` out, or the column
");
    insta::assert_snapshot!(refused("a.csv", good, &["--value", "at=2026-10-21"]), @"
× `at` is not the same in all rows
help: name its column: `--column at=…`
");
    insta::assert_snapshot!(refused("a.csv", good, &["--column", "offer=a", "--value", "offer=b"]), @"
× `offer` is said twice
help: keep one of `--column` and `--value` for each field
");
}

#[test]
fn rows_that_must_not_be_kept() {
    let long = format!("customer,at,outcome\nq7,2026-10-21,{}\n", "x".repeat(501));
    insta::assert_snapshot!(refused("a.csv", long, &[]), @"
× `a.csv` has a text of more than 500 bytes in row 1
help: check that the columns are the right ones: names and outcomes are
      short
");
    let nul = "{\"customer\":\"q7\",\"at\":\"2026-10-21\",\"outcome\":\"a\\u0000b\"}\n";
    insta::assert_snapshot!(refused("a.jsonl", nul, &[]), @"
× `a.jsonl` has a text with a zero byte in row 1
help: write the file anew without zero bytes
");
    let twice = "customer,at,outcome,id\nq7,2026-10-21,seen,1\nq7,2026-10-21,seen,1\nq7,2026-10-21,clicked,1\n";
    insta::assert_snapshot!(refused("a.csv", twice, &[]), @"
× `a.csv` gives different responses the same name, in row 3
help: give each row an `id` of its own, or leave that column out
");
    let late = "customer,send_at,decided_at,offer\nq7,2026-10-20,2026-10-21,tea\n";
    insta::assert_snapshot!(refused("a.csv", late, &["--contacts"]), @"
× `a.csv` has contacts that were decided after they were sent, in row 1
help: `decided_at` may not be after `send_at`; check the zones of both
");
    insta::assert_snapshot!(refused("a.csv", "customer,send_at,offer\n,2026-10-20,tea\n", &["--contacts"]), @"
× `a.csv` names no customer in row 1
help: fill `customer` in, or leave those rows out; if another column has it,
      write `--column customer=…`
");
    insta::assert_snapshot!(refused("a.csv", "customer,send_at,offer,cost\nq7,2026-10-20,tea,inf\n", &["--contacts"]), @"
× column `cost` of `a.csv` holds what is not a number or out of range, in
│ row 1
help: mend the values, or leave them out
");
}

#[test]
fn a_policy_that_is_wrong_cannot_say_how_customers_are_called() {
    let project = Project::new();
    project.append("shop.offer", "offer broken {\n");
    project.write("a.csv", "customer,at,outcome\nq7,2026-10-21,clicked\n");
    let run = project.opportune(&["record", "a.csv"]);
    assert_eq!((run.exit, run.out.as_str()), (1, ""));
    assert!(!project.path("ledger.sqlite").exists());
}

#[test]
fn the_ledger_says_what_it_is_not() {
    let project = Project::new();
    project.write("a.csv", "customer,at,outcome\nq7,2026-10-21,clicked\n");
    project.write("notes.txt", "this is no database, but long enough to look like one for a moment or two");
    let run = project.opportune(&["record", "a.csv", "--ledger", "notes.txt"]);
    assert_eq!((run.exit, run.out.as_str()), (2, ""));
    insta::assert_snapshot!(run.err, @"
× the ledger `notes.txt` is no ledger: it is no SQLite database
help: name another place for the ledger, or move away what is there
");
    let run = project.opportune(&["record", "a.csv", "--ledger", "nowhere/at/all.sqlite"]);
    assert_eq!((run.exit, run.out.as_str()), (2, ""));
    insta::assert_snapshot!(run.err, @"
× the ledger `nowhere/at/all.sqlite` cannot be opened: its folder is not
│ there, or this user has no right to write there
");
}
