//! `opportune ledger`: what is shown, taken out, checked and erased, and that a ledger is where it is said to be.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

#[path = "support/project.rs"]
mod project;

use std::fs;
use std::path::Path;
use std::process::Command;

use project::{PROGRAM, Project, Run};

const CONTACTS: &str = "\
customer,send_at,decided_at,offer,member,channel,cost,id
dora,2026-10-20T09:00:00Z,2026-10-19T18:00:00Z,tea_time,,mail,0.55,m1
dora,2026-10-21T09:00:00Z,2026-10-19T18:00:00Z,coffee,latte,mail,,m2
bob,2026-10-21T09:00:00Z,2026-10-19T18:00:00Z,tea_time,,mail,0.55,m3
=x,2026-10-22T09:00:00Z,,=offer,,fax,,m4
";

const RESPONSES: &str = "\
customer,decision,at,outcome,id
,m1,2026-10-21T08:00:00Z,clicked,r1
dora,,2026-10-22T08:00:00Z,complained,r2
bob,m3,2026-10-22T09:00:00Z,clicked,r3
";

/// A project whose ledger has contacts and responses.
fn recorded() -> Project {
    let project = Project::new();
    project.write("sent.csv", CONTACTS);
    project.write("answers.csv", RESPONSES);
    fine(&project, &["record", "sent.csv", "--contacts"]);
    fine(&project, &["record", "answers.csv"]);
    project
}

fn fine(project: &Project, arguments: &[&str]) -> String {
    let run = project.opportune(arguments);
    assert_eq!((run.exit, run.err.as_str()), (0, ""), "{arguments:?}\n{}", run.out);
    assert!(run.out.lines().all(|line| line.chars().count() <= 80), "{}", run.out);
    run.out
}

fn refused(project: &Project, arguments: &[&str]) -> String {
    let run = project.opportune(arguments);
    assert_eq!((run.exit, run.out.as_str()), (2, ""), "{}", run.err);
    run.err
}

/// All bytes of a ledger and of what lies beside it.
fn bytes(folder: &Path) -> Vec<u8> {
    let ledger = |name: &str| name.starts_with("ledger.sqlite");
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let files = entries.filter(|entry| ledger(&entry.file_name().to_string_lossy()));
    files.flat_map(|entry| fs::read(entry.path()).unwrap()).collect()
}

fn holds(haystack: &[u8], needle: &str) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle.as_bytes())
}

#[test]
fn the_overview_counts_and_names_nobody() {
    let project = recorded();
    let shown = fine(&project, &["ledger", "show"]);
    insta::assert_snapshot!(shown, @"
ledger     ./ledger.sqlite
position   2
contacts   4, sent 2026-10-20 09:00 to 2026-10-22 09:00
recorded   4 of them made by other means
responses  3

contacts by channel
offer     mail  fax
tea_time     2    ·
=offer       ·    1
coffee       1    ·

responses by outcome
offer     clicked  complained
tea_time        2           ·
(none)          ·           1
");
    assert!(!shown.contains("dora") && !shown.contains("bob"));
}

#[test]
fn where_there_is_no_ledger_none_is_made() {
    let project = Project::new();
    insta::assert_snapshot!(fine(&project, &["ledger", "show"]), @"there is no ledger yet at `./ledger.sqlite`");
    insta::assert_snapshot!(refused(&project, &["ledger", "verify"]), @"
× there is no ledger yet at `./ledger.sqlite`
help: `opportune run` and `opportune record` begin one; to name another
      place, write `--ledger`
");
    insta::assert_snapshot!(refused(&project, &["ledger", "erase", "dora"]), @"
× there is no ledger yet at `./ledger.sqlite`
help: `opportune run` and `opportune record` begin one; to name another
      place, write `--ledger`
");
    refused(&project, &["ledger", "export", "--contacts", "out.csv"]);
    assert!(!project.path("ledger.sqlite").exists() && !project.path("out.csv").exists());
}

#[test]
fn one_customer_is_shown_on_demand() {
    let project = recorded();
    insta::assert_snapshot!(fine(&project, &["ledger", "show", "--customer", "dora"]), @"
contacts
  2026-10-20 09:00  tea_time by mail, recorded
    cost      0.55
  2026-10-21 09:00  coffee (latte) by mail, recorded

responses
  2026-10-21 08:00  clicked: tea_time by mail
    decision  m1
  2026-10-22 08:00  complained
");
    assert_eq!(fine(&project, &["ledger", "show", "--customer", "zoe"]), "the ledger keeps nothing of this customer\n");
    insta::assert_snapshot!(refused(&project, &["ledger", "show", "--run", "none"]), @"
× the ledger has no run `none`
help: `opportune ledger show` lists the runs
");
}

#[test]
fn an_export_is_recorded_elsewhere_row_for_row() {
    let project = recorded();
    for ending in ["csv", "jsonl", "parquet"] {
        let (contacts, responses) = (format!("contacts.{ending}"), format!("responses.{ending}"));
        let out = fine(&project, &["ledger", "export", "--contacts", &contacts, "--responses", &responses]);
        assert_eq!(out, format!("wrote 4 contacts to {contacts}\nwrote 3 responses to {responses}\n"));
        let other = format!("other-{ending}.sqlite");
        for file in [[contacts.as_str(), "--contacts"].as_slice(), &[&responses]] {
            let again = fine(&project, &[&["record", "--ledger", &other], file].concat());
            assert!(again.contains("new        ") && !again.contains("known"), "{again}");
            let known = fine(&project, &[&["record"], file].concat());
            assert!(known.contains("new        0\n"), "{ending}: known by its id here: {known}");
        }
        let there = fine(&project, &["ledger", "show", "--customer", "dora", "--ledger", &other]);
        assert_eq!(there, fine(&project, &["ledger", "show", "--customer", "dora"]), "{ending}");
        fine(&project, &["ledger", "verify", "--ledger", &other]);
    }
    let csv = fs::read_to_string(project.path("contacts.csv")).unwrap();
    assert!(csv.contains("\n=x,") && csv.contains(",'=offer,"), "keys as they are, other texts guarded: {csv}");
}

#[test]
fn an_export_needs_files_that_can_be_written() {
    let project = recorded();
    insta::assert_snapshot!(refused(&project, &["ledger", "export", "--contacts", "out.xlsx"]), @"
D0201

  × the ledger's rows cannot be written to `out.xlsx`: its ending says no
  │ format
  help: give it the ending .parquet, .csv or .jsonl
");
    insta::assert_snapshot!(refused(&project, &["ledger", "export", "--contacts", "a.csv", "--responses", "a.csv"]), @"
× contacts and responses cannot go to one file
help: name two files
");
    insta::assert_snapshot!(refused(&project, &["ledger", "export", "--contacts", "nowhere/a.csv"]), @"
D0203

  × the ledger's rows cannot be written to `nowhere/a.csv`: its folder does
  │ not exist
  help: the folder must be there, writable, and have room; nothing was left in
        it
");
    assert_eq!(project.opportune(&["ledger", "export"]).exit, 2, "no file is named");
}

#[test]
fn erasing_leaves_a_tombstone_that_counts_and_nothing_personal() {
    let project = recorded();
    let before = fine(&project, &["ledger", "show"]);
    assert!(holds(&bytes(project.path("").as_path()), "complained"));
    insta::assert_snapshot!(fine(&project, &["ledger", "erase", "dora"]), @"
erased 2 contacts and 2 responses; a tombstone counts in their place

Take the customer out of the data, too: the next run would decide about them.
");
    let after = fine(&project, &["ledger", "show"]);
    insta::assert_snapshot!(after, @"
ledger     ./ledger.sqlite
position   3
contacts   4, sent 2026-10-20 09:00 to 2026-10-22 09:00
recorded   4 of them made by other means
responses  3
erased     1 who were customers

contacts by channel
offer     mail  fax
tea_time     2    ·
=offer       ·    1
coffee       1    ·

responses by outcome
offer     clicked  complained
tea_time        2           ·
(none)          ·           1
");
    let tables = |text: &str| text.split_once("\ncontacts by channel").unwrap().1.to_owned();
    assert_eq!(tables(&before), tables(&after), "what counts is what it was");
    assert_eq!(
        fine(&project, &["ledger", "show", "--customer", "dora"]),
        "the ledger keeps nothing of this customer\n"
    );
    let left = bytes(project.path("").as_path());
    for personal in ["dora", "m1", "m2", "r1", "r2"] {
        let alone = format!("{personal}tea_time");
        assert!(!holds(&left, &alone), "{personal}");
    }
    assert!(!holds(&left, "doramail") && !holds(&left, "doracoffee"));
    fine(&project, &["ledger", "verify"]);
    assert_eq!(fine(&project, &["ledger", "erase", "dora"]), "the ledger keeps nothing of this customer\n");
    // Who is left is as before, also in what is taken out; the tombstone stands in for a customer.
    fine(&project, &["ledger", "export", "--contacts", "out.csv", "--responses", "answers_out.csv"]);
    let csv = fs::read_to_string(project.path("out.csv")).unwrap();
    assert!(!csv.contains("dora") && !csv.contains("m1") && csv.contains("bob,"), "{csv}");
    let other = ["--ledger", "other.sqlite"];
    let again = fine(&project, &[&["record", "out.csv", "--contacts"], other.as_slice()].concat());
    assert!(
        again.contains("contacts   2\n") && again.contains("2 rows are of erased customers and were left out"),
        "{again}"
    );
    let again = fine(&project, &[&["record", "answers_out.csv"], other.as_slice()].concat());
    assert!(again.contains("responses  1\n"), "{again}");
}

#[test]
fn a_number_as_key_is_found_as_number_and_as_text() {
    let project = Project::new();
    project.write("sent.csv", "customer,send_at,id\n007,2026-10-20,a\n7,2026-10-20,b\n");
    fine(&project, &["record", "sent.csv", "--contacts"]);
    assert!(fine(&project, &["ledger", "show", "--customer", "7"]).matches("recorded").count() == 1);
    let erased = fine(&project, &["ledger", "erase", "007"]);
    assert!(erased.starts_with("erased 1 contact and 0 responses"), "{erased}");
    assert!(fine(&project, &["ledger", "show", "--customer", "7"]).contains("recorded"), "another customer");
}

#[test]
fn a_broken_policy_does_not_keep_a_customer_from_being_erased() {
    let project = recorded();
    project.append("shop.offer", "offer broken {\n");
    assert!(fine(&project, &["ledger", "erase", "bob"]).starts_with("erased 1 contact and 1 response"));
    fine(&project, &["ledger", "show"]);
}

#[test]
fn texts_of_a_ledger_do_not_move_the_cursor() {
    let project = Project::new();
    project.write(
        "sent.jsonl",
        "{\"customer\":\"dora\",\"send_at\":\"2026-10-20\",\"offer\":\"\\u001b[2Jx\",\"channel\":\"\\u202ey\",\"id\":\"\\u0007\"}\n",
    );
    let recorded = fine(&project, &["record", "sent.jsonl", "--contacts"]);
    let shown = fine(&project, &["ledger", "show"]);
    let customer = fine(&project, &["ledger", "show", "--customer", "dora"]);
    for text in [recorded, shown, customer] {
        assert!(text.contains("\\u{1b}") && !text.contains(['\u{1b}', '\u{202e}', '\u{7}']), "{text}");
    }
}

/// Runs the program with a variable of the environment.
fn with_variable(project: &Project, name: &str, value: &str, arguments: &[&str]) -> Run {
    project::finish(Command::new(PROGRAM).args(arguments).current_dir(project.path("")).env(name, value))
}

#[test]
fn the_ledger_is_where_the_call_the_environment_or_the_manifest_says() {
    let project = Project::new();
    project.write("sent.csv", CONTACTS);
    project.append("opportune.toml", "[ledger]\nfile = \"by-manifest.sqlite\"\n");
    let record = ["record", "sent.csv", "--contacts"];
    let by_call = [record.as_slice(), &["--ledger", "by-call.sqlite"]].concat();
    assert_eq!(with_variable(&project, "OPPORTUNE_LEDGER", "by-variable.sqlite", &by_call).exit, 0);
    assert!(project.path("by-call.sqlite").exists() && !project.path("by-variable.sqlite").exists());
    assert_eq!(with_variable(&project, "OPPORTUNE_LEDGER", "by-variable.sqlite", &record).exit, 0);
    assert!(project.path("by-variable.sqlite").exists() && !project.path("by-manifest.sqlite").exists());
    fine(&project, &record);
    assert!(project.path("by-manifest.sqlite").exists() && !project.path("ledger.sqlite").exists());
    // A project elsewhere: its manifest's file is in it, the call's is where the call is made.
    let elsewhere = tempfile::tempdir().unwrap();
    let (root, file) = (project.path(""), project.path("sent.csv"));
    let (root, file) = (root.to_str().unwrap(), file.to_str().unwrap());
    let known = project::run(elsewhere.path(), &["record", file, root, "--contacts"]);
    assert!(known.out.contains("new        0\n"), "{}{}", known.out, known.err);
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);
}
