//! `opportune ledger`: what is shown, taken out, checked and erased, and that a ledger is where it is said to be.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

#[path = "support/ledgers.rs"]
mod ledgers;
#[path = "support/project.rs"]
mod project;

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::Stdio;

use ledgers::{Shop, new_schema, over_both, server};
use opportune_ledger::Ledger;
use opportune_ledger::entry::{Position, Run, State};

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

/// Brings contacts and responses into the ledger.
fn record(shop: &Shop) {
    shop.write("sent.csv", CONTACTS);
    shop.write("answers.csv", RESPONSES);
    shop.fine(&["record", "sent.csv", "--contacts"]);
    shop.fine(&["record", "answers.csv"]);
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
    over_both(|shop| {
        record(shop);
        let shown = shop.fine(&["ledger", "show"]);
        insta::assert_snapshot!(shown, @"
ledger     LEDGER
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
    });
}

#[test]
fn where_there_is_no_ledger_none_is_made() {
    over_both(|shop| {
        insta::assert_snapshot!(shop.fine(&["ledger", "show"]), @"there is no ledger yet at `LEDGER`");
        insta::assert_snapshot!(shop.refused(&["ledger", "verify"]), @"
× there is no ledger yet at `LEDGER`
help: `opportune run` and `opportune record` begin one; to name another
      place, write `--ledger`
");
        insta::assert_snapshot!(shop.refused(&["ledger", "erase", "dora"]), @"
× there is no ledger yet at `LEDGER`
help: `opportune run` and `opportune record` begin one; to name another
      place, write `--ledger`
");
        shop.refused(&["ledger", "export", "--contacts", "out.csv"]);
        assert!(!shop.path("ledger.sqlite").exists() && !shop.path("out.csv").exists());
    });
}

#[test]
fn one_customer_is_shown_on_demand() {
    over_both(|shop| {
        record(shop);
        insta::assert_snapshot!(shop.fine(&["ledger", "show", "--customer", "dora"]), @"
contacts
  2026-10-20 09:00  tea_time by mail, recorded
    cost      0.55
  2026-10-21 09:00  coffee (latte) by mail, recorded

responses
  2026-10-21 08:00  clicked: tea_time by mail
    decision  m1
  2026-10-22 08:00  complained
");
        assert_eq!(shop.fine(&["ledger", "show", "--customer", "zoe"]), "the ledger keeps nothing of this customer\n");
        insta::assert_snapshot!(shop.refused(&["ledger", "show", "--run", "none"]), @"
× the ledger has no run `none`
help: `opportune ledger show` lists the runs
");
    });
}

#[test]
fn an_export_is_recorded_elsewhere_row_for_row() {
    over_both(|shop| {
        record(shop);
        for ending in ["csv", "jsonl", "parquet"] {
            let (contacts, responses) = (format!("contacts.{ending}"), format!("responses.{ending}"));
            let out = shop.fine(&["ledger", "export", "--contacts", &contacts, "--responses", &responses]);
            assert_eq!(out, format!("wrote 4 contacts to {contacts}\nwrote 3 responses to {responses}\n"));
            let other = format!("other-{ending}.sqlite");
            for file in [[contacts.as_str(), "--contacts"].as_slice(), &[&responses]] {
                let again = shop.fine(&[&["record", "--ledger", &other], file].concat());
                assert!(again.contains("new        ") && !again.contains("known"), "{again}");
                let known = shop.fine(&[&["record"], file].concat());
                assert!(known.contains("new        0\n"), "{ending}: known by its id here: {known}");
            }
            let there = shop.fine(&["ledger", "show", "--customer", "dora", "--ledger", &other]);
            assert_eq!(there, shop.fine(&["ledger", "show", "--customer", "dora"]), "{ending}");
            shop.fine(&["ledger", "verify", "--ledger", &other]);
        }
        let csv = fs::read_to_string(shop.path("contacts.csv")).unwrap();
        assert!(csv.contains("\n=x,") && csv.contains(",'=offer,"), "keys as they are, other texts guarded: {csv}");
    });
}

#[test]
fn an_export_needs_files_that_can_be_written() {
    over_both(|shop| {
        record(shop);
        insta::assert_snapshot!(shop.refused(&["ledger", "export", "--contacts", "out.xlsx"]), @"
D0201

  × `out.xlsx` is no name for a file of the ledger's rows: its ending says no
  │ format
  help: give it the ending .parquet, .csv or .jsonl
");
        insta::assert_snapshot!(shop.refused(&["ledger", "export", "--contacts", "a.csv", "--responses", "a.csv"]), @"
× contacts and responses cannot go to one file
help: name two files
");
        insta::assert_snapshot!(shop.refused(&["ledger", "export", "--contacts", "nowhere/a.csv"]), @"
D0203

  × the ledger's rows cannot be written to `nowhere/a.csv`: its folder does
  │ not exist
  help: the folder must be there, writable, and have room; nothing was left in
        it
");
        assert_eq!(shop.opportune(&["ledger", "export"]).exit, 2, "no file is named");
    });
}

#[test]
fn erasing_leaves_a_tombstone_that_counts_and_nothing_personal() {
    over_both(|shop| {
        record(shop);
        let before = shop.fine(&["ledger", "show"]);
        assert!(!shop.is_file() || holds(&bytes(shop.path("").as_path()), "dora"));
        insta::assert_snapshot!(shop.fine(&["ledger", "erase", "dora"]), @"
erased 2 contacts and 2 responses; a tombstone counts in their place

Take the customer out of the data, too: the next run would decide about them.
");
        let after = shop.fine(&["ledger", "show"]);
        let erased = after.replace("position   3", "position   2").replace("erased     1 who were customers\n", "");
        assert!(erased == before && after != before, "what counts is what it was: {after}");
        assert_eq!(shop.fine(&["ledger", "show", "--customer", "dora"]), "the ledger keeps nothing of this customer\n");
        assert!(!holds(&bytes(shop.path("").as_path()), "dora"), "not even in pages that nothing uses");
        shop.fine(&["ledger", "verify"]);
        assert_eq!(shop.fine(&["ledger", "erase", "dora"]), "the ledger keeps nothing of this customer\n");
        // Who is left is as before, also in what is taken out; the tombstone stands in for a customer.
        shop.fine(&["ledger", "export", "--contacts", "out.csv", "--responses", "answers_out.csv"]);
        let csv = fs::read_to_string(shop.path("out.csv")).unwrap();
        assert!(!csv.contains("dora") && !csv.contains("m1") && csv.contains("bob,"), "{csv}");
        let other = ["--ledger", "other.sqlite"];
        let again = shop.fine(&[&["record", "out.csv", "--contacts"], other.as_slice()].concat());
        assert!(
            again.contains("contacts   2\n") && again.contains("2 rows are of erased customers and were left out"),
            "{again}"
        );
        let again = shop.fine(&[&["record", "answers_out.csv"], other.as_slice()].concat());
        assert!(again.contains("responses  1\n"), "{again}");
    });
}

#[test]
fn a_number_as_key_is_found_as_number_and_as_text() {
    over_both(|shop| {
        shop.write("sent.csv", "customer,send_at,offer,id\n007,2026-10-20,tea,a\n7,2026-10-20,tea,b\n");
        shop.fine(&["record", "sent.csv", "--contacts"]);
        assert!(shop.fine(&["ledger", "show", "--customer", "7"]).matches("recorded").count() == 1);
        let erased = shop.fine(&["ledger", "erase", "007"]);
        assert!(erased.starts_with("erased 1 contact and 0 responses"), "{erased}");
        assert!(shop.fine(&["ledger", "show", "--customer", "7"]).contains("recorded"), "another customer");
    });
}

#[test]
fn a_broken_policy_does_not_keep_a_customer_from_being_erased() {
    over_both(|shop| {
        record(shop);
        shop.append("shop.offer", "offer broken {\n");
        assert!(shop.fine(&["ledger", "erase", "bob"]).starts_with("erased 1 contact and 1 response"));
        shop.fine(&["ledger", "show"]);
    });
}

#[test]
fn texts_of_a_ledger_do_not_move_the_cursor() {
    over_both(|shop| {
        shop.write(
        "sent.jsonl",
        "{\"customer\":\"dora\",\"send_at\":\"2026-10-20\",\"offer\":\"\\u001b[2Jx\",\"channel\":\"\\u202ey\",\"id\":\"\\u0007\"}\n",
    );
        let recorded = shop.fine(&["record", "sent.jsonl", "--contacts"]);
        let shown = shop.fine(&["ledger", "show"]);
        let customer = shop.fine(&["ledger", "show", "--customer", "dora"]);
        for text in [recorded, shown, customer] {
            assert!(text.contains("\\u{1b}") && !text.contains(['\u{1b}', '\u{202e}', '\u{7}']), "{text}");
        }
    });
}

#[test]
fn the_ledger_is_where_the_call_the_environment_or_the_manifest_says() {
    let shop = &Shop::over_sqlite();
    shop.write("sent.csv", CONTACTS);
    shop.append("opportune.toml", "[ledger]\nfile = \"by-manifest.sqlite\"\n");
    let record = ["record", "sent.csv", "--contacts"];
    let by_call = [record.as_slice(), &["--ledger", "by-call.sqlite"]].concat();
    assert_eq!(shop.with("OPPORTUNE_LEDGER", "by-variable.sqlite", &by_call).exit, 0);
    assert!(shop.path("by-call.sqlite").exists() && !shop.path("by-variable.sqlite").exists());
    assert_eq!(shop.with("OPPORTUNE_LEDGER", "by-variable.sqlite", &record).exit, 0);
    assert!(shop.path("by-variable.sqlite").exists() && !shop.path("by-manifest.sqlite").exists());
    assert_eq!(shop.with("OPPORTUNE_LEDGER", "", &record).exit, 0, "what is empty says nothing");
    assert!(shop.path("by-manifest.sqlite").exists() && !shop.path("ledger.sqlite").exists());
    // A project elsewhere: its manifest's file is in it, the call's is where the call is made.
    let elsewhere = tempfile::tempdir().unwrap();
    let (root, file) = (shop.path(""), shop.path("sent.csv"));
    let (root, file) = (root.to_str().unwrap(), file.to_str().unwrap());
    let known = project::run(elsewhere.path(), &["record", file, root, "--contacts"]);
    assert!(known.out.contains("new        0\n"), "{}{}", known.out, known.err);
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);
}

#[test]
fn a_variable_that_the_manifest_names_holds_the_address() {
    let Some(server) = server() else { return };
    let shop = &Shop::over_sqlite();
    let manifest = fs::read_to_string(shop.path("opportune.toml")).unwrap();
    shop.write("opportune.toml", format!("{manifest}\n[ledger]\nurl_from = \"SHOP_LEDGER\"\n"));
    shop.write("sent.csv", CONTACTS);
    let record = ["record", "sent.csv", "--contacts"];
    let run = shop.with("SHOP_LEDGER", &new_schema(&server), &record);
    assert_eq!((run.exit, run.err.as_str()), (0, ""));
    assert!(!shop.path("ledger.sqlite").exists());
    assert_eq!(shop.with("ANOTHER", "", &record).exit, 2);
}

#[test]
fn what_a_run_decided_is_shown_answered_taken_out_and_erased() {
    over_both(|shop| {
        shop.fine(&["run", "--out", "decisions.jsonl"]);
        let shown = shop.fine(&["ledger", "show"]);
        let run = shown.lines().find(|line| line.contains("  done  ")).unwrap().split_whitespace().next().unwrap();
        let named = |text: &str| text.replace(run, "RUN");
        insta::assert_snapshot!(named(&shown), @"
ledger     LEDGER
position   1
contacts   1, sent 2026-11-01 12:00 to 2026-11-01 12:00

runs
  RUN  done      as of 2026-11-01 12:00

contacts by channel
offer     mail
tea_time     1
");
        let decided = fs::read_to_string(shop.path("decisions.jsonl")).unwrap();
        let (_, decision) = decided.split_once("\"decision\":\"").unwrap();
        let decision = decision.split_once('"').unwrap().0;
        shop.write("answers.csv", format!("decision,at,outcome\n{decision},2026-11-02T09:00:00Z,redeemed\n"));
        shop.fine(&["record", "answers.csv"]);
        // Sent by the run and recorded once more by another way: it is known.
        let known = shop.fine(&["record", "decisions.jsonl", "--contacts", "--column", "decided_at=now"]);
        assert!(known.contains("new        0\n"), "{known}");
        let customer = shop.fine(&["ledger", "show", "--customer", "ann"]);
        insta::assert_snapshot!(customer.replace(decision, "DECISION"), @"
contacts
  2026-11-01 12:00  tea_time by mail
    decision  DECISION, as of 2026-11-01 12:00
    value     1, priority 1, slot 1
    reason    You bought a drink

responses
  2026-11-02 09:00  redeemed: tea_time by mail
    decision  DECISION
");
        let of_run = shop.fine(&["ledger", "show", "--run", run]);
        let facts: Vec<&str> = of_run.lines().map(|line| line.split_whitespace().next().unwrap_or("")).collect();
        assert!(
            facts.starts_with(&["run", "state", "project", "as", "begun", "saw", "file", "policy", "data"]),
            "{of_run}"
        );
        assert!(of_run.contains("state      done\n") && of_run.contains("\ntea_time     1\n"), "{of_run}");
        insta::assert_snapshot!(shop.fine(&["ledger", "erase", "ann"]), @"
erased 1 contact and 1 response; a tombstone counts in their place

files of decisions that were written before, and still name the customer:
  decisions.jsonl

Take the customer out of the data, too: the next run would decide about them.
");
        shop.fine(&["ledger", "verify"]);
        shop.fine(&["ledger", "export", "--contacts", "contacts.csv", "--responses", "responses.csv"]);
        for file in ["contacts.csv", "responses.csv"] {
            let text = fs::read_to_string(shop.path(file)).unwrap();
            assert!(text.contains("tea_time") && !text.contains("ann,") && !text.contains(decision), "{text}");
            assert!(!text.contains("You bought a drink"), "{text}");
        }
    });
}

#[test]
fn a_customer_is_not_erased_while_a_run_is_at_work() {
    let shop = &Shop::over_sqlite();
    record(shop);
    let mut ledger = Ledger::open(&shop.ledger.parse().unwrap()).unwrap();
    let at_work = ledger.lock().unwrap();
    let run = shop.opportune(&["ledger", "erase", "bob"]);
    assert_eq!((run.exit, run.out.as_str()), (3, ""), "{}", run.err);
    assert!(run.err.contains("another run"), "{}", run.err);
    // The rest goes on meanwhile.
    shop.fine(&["record", "answers.csv"]);
    assert!(shop.fine(&["ledger", "show", "--customer", "bob"]).contains("tea_time"));
    drop(at_work);
    assert!(shop.fine(&["ledger", "erase", "bob"]).starts_with("erased 1 contact"));
}

fn a_run(id: &str) -> Run {
    Run {
        id: id.into(),
        project: "shop".into(),
        now: 0,
        begun_at: 0,
        sees: Position(0),
        policy_hash: "".into(),
        data_hash: "".into(),
        out: "decisions.csv".into(),
        state: State::Begun,
        summary: None,
    }
}

/// A file that names only decisions: whose they are is read of the ledger, and must not be written once they are erased.
#[test]
fn a_customer_is_not_erased_while_a_file_is_recorded() {
    let shop = &Shop::over_sqlite();
    record(shop);
    shop.write("late.csv", "decision,at,outcome\nm2,2026-10-23T08:00:00Z,redeemed\n");
    // Somebody writes, so that the file waits between what it has read and what it writes.
    let mut ledger = Ledger::open(&shop.ledger.parse().unwrap()).unwrap();
    ledger.begin(&a_run("a")).unwrap();
    let mut deciding = ledger.decide("a").unwrap();
    deciding.put(&[]).unwrap();
    let mut recording = shop.command("OPPORTUNE_LEDGER", &shop.ledger, &["record", "late.csv"]);
    let mut recording = recording.stdout(Stdio::null()).spawn().unwrap();
    let lock = fs::File::open(shop.path("ledger.sqlite-recording")).unwrap();
    while lock.try_lock().is_ok() {
        lock.unlock().unwrap();
        assert!(recording.try_wait().unwrap().is_none(), "it has the lock before it ends");
        std::thread::yield_now();
    }
    let run = shop.opportune(&["ledger", "erase", "dora"]);
    assert_eq!((run.exit, run.out.as_str()), (3, ""), "{}", run.err);
    assert!(run.err.contains("a file is being"), "{}", run.err);
    drop(deciding);
    assert!(recording.wait().unwrap().success());
    assert!(shop.fine(&["ledger", "erase", "dora"]).starts_with("erased 2 contacts and 3 responses"));
    assert!(!holds(&bytes(shop.path("").as_path()), "dora"));
}

/// Who reads sees the ledger as it was, and so do the bytes on the disk, until they have ended and it is erased once more.
#[test]
fn what_a_reader_keeps_on_the_disk_is_told_and_taken_off_later() {
    let shop = &Shop::over_sqlite();
    record(shop);
    let mut ledger = Ledger::open_to_read(&shop.ledger.parse().unwrap()).unwrap().unwrap();
    let mut during = None;
    let reading = &mut |_| {
        during = during.take().or_else(|| Some(shop.opportune(&["ledger", "erase", "dora"])));
        ControlFlow::Continue(())
    };
    ledger.entries(None, reading).unwrap();
    let during = during.unwrap();
    assert_eq!(during.exit, 3);
    assert!(during.out.starts_with("erased 2 contacts and 2 responses"), "{}", during.out);
    let told = ["traces of the customer may be left on the disk", "is being read by another process", "once more"];
    let err = during.err.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ");
    told.iter().for_each(|told| assert!(err.contains(told), "{err}"));
    assert!(holds(&bytes(shop.path("").as_path()), "dora"));
    assert_eq!(shop.fine(&["ledger", "erase", "dora"]), "the ledger keeps nothing of this customer\n");
    assert!(!holds(&bytes(shop.path("").as_path()), "dora"));
}
