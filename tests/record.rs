//! `opportune record`: files of responses and past contacts into the ledger, once, whole or not at all.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

#[path = "support/ledgers.rs"]
mod ledgers;
#[path = "support/project.rs"]
mod project;

use std::fs;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray, TimestampMicrosecondArray};
use ledgers::{Shop, over_both};
use parquet::arrow::ArrowWriter;
use project::Run;

const CONTACTS: &str = "\
customer,send_at,offer,channel,cost,id
ann,2026-10-20T09:00:00Z,tea_time,mail,0.55,m1
bob,2026-10-21 09:00,tea_time,mail,0.55,m2
dan,2026-10-22,gone,fax,,m3
";

const RESPONSES: &str = "\
customer,at,outcome,offer,channel
ann,2026-10-21T08:00:00Z,clicked,tea_time,mail
ann,2026-10-21T08:00:00Z,clicked,tea_time,mail
bob,2026-10-22T08:00:00Z,complained,,
";

fn record(shop: &Shop, file: &str, text: &str, more: &[&str]) -> Run {
    shop.write(file, text);
    shop.opportune(&[&["record", file], more].concat())
}

/// What is recorded, by export: lines of CSV without their heads and the last two columns.
fn kept(shop: &Shop, what: &str) -> Vec<String> {
    let run = shop.opportune(&["ledger", "export", &format!("--{what}"), "kept.csv"]);
    assert_eq!((run.exit, run.err.as_str()), (0, ""));
    let text = fs::read_to_string(shop.path("kept.csv")).unwrap();
    text.lines().skip(1).map(|line| line.rsplitn(3, ',').last().unwrap().to_owned()).collect()
}

/// The number behind a word at the beginning of a line.
fn told(run: &Run, word: &str) -> String {
    assert_eq!(run.exit, 0, "{}", run.err);
    let line = run.out.lines().find(|line| line.starts_with(&format!("{word} ")));
    line.map_or_else(|| "nothing".to_owned(), |line| line.split_whitespace().nth(1).unwrap().replace(',', ""))
}

#[test]
fn contacts_and_responses_are_recorded_and_told() {
    over_both(|shop| {
        let contacts = record(shop, "sent.csv", CONTACTS, &["--contacts"]);
        assert_eq!((contacts.exit, contacts.err.as_str()), (0, ""));
        insta::assert_snapshot!(contacts.out, @"
file       sent.csv
ledger     LEDGER
contacts   3
new        3

offer     mail  fax
tea_time     2    ·
gone         ·    1

1 row names an offer that the policy does not have: `gone`
1 row names a channel that the policy does not have: `fax`
");
        let responses = record(shop, "answers.csv", RESPONSES, &[]);
        assert_eq!((responses.exit, responses.err.as_str()), (0, ""));
        insta::assert_snapshot!(responses.out, @"
file       answers.csv
ledger     LEDGER
responses  3
new        3

offer     clicked  complained
tea_time        2           ·
(none)          ·           1
");
        insta::assert_snapshot!(kept(shop, "contacts").join("\n"), @"
ann,2026-10-20T09:00:00Z,2026-10-20T09:00:00Z,tea_time,,mail,,0.55,false,,,,,,,,,m1
bob,2026-10-21T09:00:00Z,2026-10-21T09:00:00Z,tea_time,,mail,,0.55,false,,,,,,,,,m2
dan,2026-10-22T00:00:00Z,2026-10-22T00:00:00Z,gone,,fax,,,false,,,,,,,,,m3
");
        let without_ids = |line: &String| line.rsplit_once(',').unwrap().0.to_owned();
        insta::assert_snapshot!(kept(shop, "responses").iter().map(without_ids).collect::<Vec<_>>().join("\n"), @"
ann,2026-10-21T08:00:00Z,clicked,tea_time,,mail,
ann,2026-10-21T08:00:00Z,clicked,tea_time,,mail,
bob,2026-10-22T08:00:00Z,complained,,,,
");
    });
}

#[test]
fn a_file_is_recorded_once_and_files_may_overlap() {
    over_both(|shop| {
        let first = record(shop, "a.csv", RESPONSES, &[]);
        assert_eq!((told(&first, "new").as_str(), told(&first, "known").as_str()), ("3", "nothing"));
        let again = record(shop, "a.csv", RESPONSES, &[]);
        assert_eq!((told(&again, "new").as_str(), told(&again, "known").as_str()), ("0", "3"));
        // The same rows in another order, with one that was not there; of three equal ones the third is new.
        let lines: Vec<&str> = RESPONSES.lines().collect();
        let more = [lines[0], lines[3], lines[1], "cy,2026-10-23,seen,,", lines[1], lines[1], ""].join("\n");
        let overlapping = record(shop, "b.csv", &more, &[]);
        assert_eq!((told(&overlapping, "new").as_str(), told(&overlapping, "known").as_str()), ("2", "3"));
        assert_eq!(kept(shop, "responses").len(), 5);
    });
}

#[test]
fn rows_are_the_same_in_every_format() {
    over_both(|shop| {
        record(shop, "a.csv", RESPONSES, &[]);
        let line = |customer, day, outcome, offer, channel| {
            format!(
                "{{\"customer\":\"{customer}\",\"at\":\"2026-10-{day}T08:00:00Z\",\"outcome\":\"{outcome}\",\"offer\":{offer},\"channel\":{channel}}}\n"
            )
        };
        let ann = line("ann", 21, "clicked", "\"tea_time\"", "\"mail\"");
        let jsonl = [ann.clone(), ann, line("bob", 22, "complained", "null", "null")].concat();
        let jsonl = record(shop, "a.jsonl", &jsonl, &[]);
        assert_eq!((told(&jsonl, "new").as_str(), told(&jsonl, "known").as_str()), ("0", "3"));
        let at = |day: &str| format!("2026-10-{day}T08:00:00Z").parse::<jiff::Timestamp>().unwrap().as_microsecond();
        let texts = |texts: Vec<Option<&str>>| Arc::new(StringArray::from(texts)) as ArrayRef;
        let at = TimestampMicrosecondArray::from(vec![at("21"), at("21"), at("22")]).with_timezone("UTC");
        let batch = RecordBatch::try_from_iter([
            ("customer", texts(vec![Some("ann"), Some("ann"), Some("bob")])),
            ("at", Arc::new(at) as ArrayRef),
            ("outcome", texts(vec![Some("clicked"), Some("clicked"), Some("complained")])),
            ("offer", texts(vec![Some("tea_time"), Some("tea_time"), None])),
            ("channel", texts(vec![Some("mail"), Some("mail"), None])),
        ]);
        let batch = batch.unwrap();
        let mut writer =
            ArrowWriter::try_new(fs::File::create(shop.path("a.parquet")).unwrap(), batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        let parquet = shop.opportune(&["record", "a.parquet"]);
        assert_eq!((told(&parquet, "new").as_str(), told(&parquet, "known").as_str()), ("0", "3"));
    });
}

#[test]
fn columns_may_be_called_otherwise_and_values_given_for_all_rows() {
    over_both(|shop| {
        record(shop, "a.csv", RESPONSES, &[]);
        let export = "who,clicked at,campaign\nann,2026-10-21T08:00:00Z,tea_time\nann,2026-10-21T08:00:00Z,tea_time\n";
        let more = [
            "--column",
            "customer=who",
            "--column",
            "at=clicked at",
            "--column",
            "offer=campaign",
            "--value",
            "outcome=clicked",
            "--value",
            "channel=mail",
        ];
        let run = record(shop, "export.csv", export, &more);
        assert_eq!((told(&run, "new").as_str(), told(&run, "known").as_str()), ("0", "2"));
    });
}

#[test]
fn a_decision_tells_who_and_what() {
    over_both(|shop| {
        record(shop, "sent.csv", CONTACTS, &["--contacts"]);
        let answers = "decision,at,outcome\nm1,2026-10-23T10:00:00Z,redeemed\n";
        let run = record(shop, "answers.csv", answers, &[]);
        assert_eq!((run.exit, run.err.as_str()), (0, ""));
        assert!(kept(shop, "responses")[0].starts_with("ann,2026-10-23T10:00:00Z,redeemed,tea_time,,mail,m1,"));
        // One that the ledger does not have is told; with a customer it is recorded all the same.
        let known = record(shop, "b.csv", "customer,decision,at,outcome\ncy,x9,2026-10-23,seen\n", &[]);
        assert!(known.out.contains("1 row names a decision that this ledger does not have"), "{}", known.out);
        let refused = |text: &str| {
            let run = record(shop, "c.csv", text, &[]);
            assert_eq!((run.exit, run.out.as_str()), (2, ""));
            run.err
        };
        insta::assert_snapshot!(refused("decision,at,outcome\nm1,2026-10-23,seen\nx9,2026-10-23,seen\n,2026-10-23,seen\n"), @"
× `c.csv` names neither a customer nor a decision in row 3
help: fill `customer` or `decision` in; if another column has it, write
      `--column customer=…`

× `c.csv` names no customer, and a decision that the ledger does not have,
│ in row 2
help: fill `customer` in, or leave those rows out: the customer may have
      been erased, or another ledger have the decision
");
        insta::assert_snapshot!(refused("customer,decision,at,outcome\nbob,m1,2026-10-23,seen\n"), @"
× `c.csv` names a decision about another customer, offer or member than it
│ says itself, in row 1
help: mend the rows: a decision alone is enough to say what a response is to
");
        insta::assert_snapshot!(refused("offer,decision,at,outcome\nother,m1,2026-10-23,seen\n"), @"
× `c.csv` names a decision about another customer, offer or member than it
│ says itself, in row 1
help: mend the rows: a decision alone is enough to say what a response is to
");
        assert_eq!(kept(shop, "responses").len(), 2, "nothing of what was refused");
    });
}

#[test]
fn what_is_held_out_is_no_contact() {
    over_both(|shop| {
        let text = "customer,send_at,offer,channel,holdout\nann,2026-10-20,tea_time,mail,false\nbob,2026-10-20,tea_time,mail,true\n";
        let run = record(shop, "decisions.csv", text, &["--contacts"]);
        assert_eq!(told(&run, "new"), "1");
        assert!(run.out.contains("1 row is held out, so it is no contact, and was left out"), "{}", run.out);
    });
}

#[test]
fn a_decisions_file_of_a_dry_run_is_recorded_as_it_is() {
    over_both(|shop| {
        for ending in ["csv", "jsonl", "parquet"] {
            let file = format!("decisions.{ending}");
            assert_eq!(shop.opportune(&["dry-run", "--out", &file]).exit, 0);
            let run = shop.opportune(&["record", &file, "--contacts", "--column", "decided_at=now"]);
            assert_eq!((run.exit, run.err.as_str()), (0, ""));
            assert_eq!(told(&run, "contacts"), "1", "the same rows in each");
        }
        assert_eq!(kept(shop, "contacts").len(), 1);
    });
}

#[test]
fn the_declared_outcomes_are_the_only_ones() {
    over_both(|shop| {
        shop.append(
            "shop.offer",
            "events response {\n  at at: instant\n  offer: text\n  outcome: one_of(clicked, complained)\n}\n",
        );
        shop.write("data/response.csv", "customer_id,at,offer,outcome\n");
        let refused = |text: &str, more: &[&str]| {
            let run = record(shop, "a.csv", text, more);
            assert_eq!((run.exit, run.out.as_str()), (2, ""));
            run.err
        };
        insta::assert_snapshot!(refused("customer,at,outcome,offer\nann,2026-10-21,clickd,tea_time\n", &[]), @"
D0112

  × column `outcome` of `a.csv` holds values that the policy does not list for
  │ `response.outcome`, in 1 row (in line 2)
  help: it lists `clicked`, `complained` (one is nearly `clicked`: spaces and
        capitals count); mend the file, or add what is not there to the policy
");
        insta::assert_snapshot!(refused("customer,at,offer\nann,2026-10-21,tea_time\n", &["--value", "outcome=opened"]), @"
× the policy does not list `opened` for `response.outcome`
help: it lists `clicked`, `complained`
");
        insta::assert_snapshot!(refused("customer,at,outcome,offer\nann,2026-10-21,clicked,\n", &[]), @"
D0111

  × column `offer` of `a.csv` has no value in 1 row (in line 2): 1 missing
  help: fill the values in, or leave those rows out
");
        let fine = record(shop, "a.csv", "customer,at,outcome,offer\nann,2026-10-21,clicked,tea_time\n", &[]);
        assert_eq!((fine.exit, fine.err.as_str()), (0, ""));
    });
}

/// How many decisions a dry run makes.
fn decided(shop: &Shop) -> usize {
    shop.fine(&["dry-run", "--out", "decided.jsonl"]);
    fs::read_to_string(shop.path("decided.jsonl")).unwrap().lines().count()
}

fn offer(shop: &Shop, clause: &str) {
    let policy = fs::read_to_string(shop.path("shop.offer")).unwrap();
    shop.write("shop.offer", policy.replace("  because ", &format!("  {clause}\n  because ")));
}

#[test]
fn contacts_of_other_means_count_for_a_customers_caps() {
    over_both(|shop| {
        offer(shop, "cap 1 per customer every 30 days");
        assert_eq!(decided(shop), 1, "ann gets tea");
        let contact = |file: &str, row: &str| {
            record(shop, file, &format!("customer,offer,send_at,decided_at\n{row}\n"), &["--contacts"]);
            decided(shop)
        };
        assert_eq!(contact("a.csv", "bob,tea_time,2026-10-20,"), 1, "of another customer");
        assert_eq!(contact("b.csv", "ann,coffee,2026-10-20,"), 1, "of another offer");
        assert_eq!(contact("c.csv", "ann,tea_time,2026-09-20,"), 1, "too long ago");
        assert_eq!(contact("d.csv", "ann,tea_time,2026-12-05,"), 1, "too far ahead");
        assert_eq!(contact("e.csv", "ann,tea_time,2026-11-06,2026-10-31"), 0, "still to be sent");
        shop.fine(&["ledger", "erase", "ann"]);
        assert_eq!(decided(shop), 1, "nobody knows any more that it was ann");
        assert_eq!(contact("f.csv", "ann,tea_time,2026-10-20,"), 0);
    });
}

#[test]
fn contacts_of_erased_customers_count_for_totals() {
    over_both(|shop| {
        offer(shop, "cap 2 in total");
        let contact = "customer,offer,send_at\nbob,tea_time,2026-10-20\n";
        record(shop, "a.csv", contact, &["--contacts"]);
        assert_eq!(decided(shop), 1);
        record(shop, "b.csv", &contact.replace("bob", "zed"), &["--contacts"]);
        assert_eq!(decided(shop), 0, "also those of customers whom the data does not know");
        shop.fine(&["ledger", "erase", "bob"]);
        assert_eq!(decided(shop), 0);
    });
}

#[test]
fn responses_are_seen_by_the_policy() {
    over_both(|shop| {
        offer(shop, "except when exists(response in last 30 days where outcome = \"complained\")");
        assert_eq!(decided(shop), 1);
        record(shop, "a.csv", "customer,at,outcome\nann,2026-10-20,clicked\nbob,2026-10-20,complained\n", &[]);
        assert_eq!(decided(shop), 1);
        record(shop, "b.csv", "customer,at,outcome\nann,2026-10-20,complained\n", &[]);
        assert_eq!(decided(shop), 0);
    });
}
