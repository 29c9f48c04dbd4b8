//! `opportune test` through the built program: what passes, what fails and why, what is covered, what is noticed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

#[path = "support/project.rs"]
mod project;

use std::fs;
use std::path::Path;

use project::{Project, Run};

const MANIFEST: &str = "name = \"shop\"\nedition = \"2026\"\nzone = \"America/New_York\"\ncurrency = \"USD\"\n\
                        now = \"2026-11-20 18:00\"\n";

const SCHEMA: &str = r#"
customer person {
  key id: text
  birth: date?   private
  email_ok: bool   consent
  mail_ok: bool    consent
}

events purchase {
  at day: instant
  product_id: text -> product
  spend: money(USD)
}

table product {
  key product_id: text
  category: text
}

offer fields {
  topic: text
}

channel email {
  needs customer.email_ok
  quiet 21:00 to 08:00
}

channel mail {
  needs customer.mail_ok
}
"#;

const OFFERS: &str = r#"
trait weekly_spend = sum(purchase.spend in last 84 days) / 12

segment big_spender is weekly_spend > 20 USD

offer bundle {
  topic "baby"
  eligible when big_spender and exists(purchase where product.category = "DIAPERS")
  channel email, else mail
  cap 1 per customer every 7 days
  because "You bought diapers"
}

offer beer {
  topic "alcohol"
  eligible when exists(purchase where product.category = "BEER")
  except when exists(purchase in last 14 days where product.category = "BEER")
  priority if customer.birth is missing then 0.5 else 0.6
  channel email
}

guarantee "no alcohol to minors" review by 2999-01-01 {
  never offer.topic = "alcohol" when customer.birth > today - 21 years
}
"#;

const GOOD: &str = r#"
persona parent {
  birth: 1990-01-01
  email_ok: true
  mail_ok: true
  purchase: [
    { day: now - 20 days, product: { category: "DIAPERS" }, spend: 2_000 USD },
  ]
}

test "a parent gets the bundle" {
  at 2026-11-20 18:00
  given parent
  expect offer bundle by email at 2026-11-20 18:00 because "diapers"
  expect not beer because "purchase where product.category"
  then after 3 days
  expect not bundle because "cap 1 per customer"
  then after 4 days
  expect offer bundle
}

test "nobody is sold beer below 21" {
  at 2026-11-20 18:00
  given {
    birth: 2010-01-01
    email_ok: true
    purchase: [{ day: now - 20 days, product: { category: "BEER" }, spend: 5 USD }]
  }
  expect not beer because "no alcohol to minors"
  expect no offer
}
"#;

fn shop(tests: &str) -> Project {
    let files =
        [("opportune.toml", MANIFEST), ("schema.offer", SCHEMA), ("shop.offer", OFFERS), ("tests.offer", tests)];
    Project::of(&files)
}

fn test(tests: &str, arguments: &[&str]) -> Run {
    shop(tests).opportune(&[&["test"], arguments].concat())
}

#[test]
fn tests_that_pass() {
    let run = test(GOOD, &[]);
    assert_eq!((run.exit, run.err.as_str()), (0, ""), "{}", run.out);
    insta::assert_snapshot!("passing", run.out);
}

#[test]
fn failures_name_the_condition_and_the_values() {
    let run = test(
        r#"
persona diapers {
  email_ok: true
  product: [{ product_id: "P1", category: "DIAPERS" }]
  purchase: [{ day: now - 20 days, product_id: "P1", spend: 57.12 USD }]
}

persona drinker {
  email_ok: true
  product: [{ product_id: "P1", category: "BEER" }]
  purchase: [{ day: now - 20 days, product_id: "P1", spend: 5 USD }]
}

test "little spent" {
  at 2026-11-20 18:00
  given diapers with { birth: 1990-01-01 }
  expect offer bundle
}

test "no consent" {
  at 2026-11-20 18:00
  given drinker with { birth: 1980-01-01, email_ok: false }
  expect offer beer
}

test "a birthday that is not known" {
  at 2026-11-20 18:00
  given drinker
  expect offer beer
}

test "bought the other day" {
  at 2026-11-20 18:00
  given drinker with {
    birth: 1980-01-01
    purchase: [{ day: now - 2 days, product_id: "P1", spend: 5 USD }]
  }
  expect offer beer
}

test "both" {
  at 2026-11-20 22:00
  given {
    email_ok: true
    mail_ok: true
    birth: 1980-01-01
    purchase: [
      { day: now - 20 days, product: { category: "BEER" }, spend: 5 USD },
      { day: now - 20 days, product: { category: "DIAPERS" }, spend: 5_000 USD },
    ]
  }
  expect offer beer
  expect offer bundle by mail
  expect offer bundle at 2026-11-20 22:00
  expect offer bundle because "you like it"
  expect not bundle
  expect not beer because "guarantee"
  expect no offer
  then after 1 day
  expect offer bundle
}
"#,
        &[],
    );
    assert_eq!((run.exit, run.err.as_str()), (1, ""));
    assert!(run.out.lines().all(|line| line.chars().count() <= 80), "wider than 80 columns:\n{}", run.out);
    insta::assert_snapshot!("failing", run.out);
}

#[test]
fn some_tests_alone() {
    let run = test(GOOD, &["--filter", "beer below"]);
    assert!(run.out.contains("1 test, passed"), "{}", run.out);
    let run = test(GOOD, &["--filter", "tests.offer", "--filter", "nothing"]);
    assert!(run.out.contains("2 tests, all passed"), "{}", run.out);
    assert_eq!(test(GOOD, &["--filter", "nothing"]).exit, 2);
    insta::assert_snapshot!("list", test(GOOD, &["--list"]).out);
    let none = test("", &[]);
    assert_eq!((none.exit, none.out.trim()), (0, "there are no tests"));
}

#[test]
fn what_is_not_covered() {
    let run = test(GOOD, &["--coverage"]);
    assert_eq!(run.exit, 0);
    assert!(run.out.lines().all(|line| line.chars().count() <= 80), "wider than 80 columns:\n{}", run.out);
    insta::assert_snapshot!("coverage", run.out);
    assert_eq!(test(GOOD, &["--min-coverage", "10"]).exit, 0);
    assert_eq!(test(GOOD, &["--min-coverage", "99"]).exit, 1);
    assert_eq!(test(GOOD, &["--min-coverage", "101"]).exit, 2);
}

#[test]
fn what_nobody_notices() {
    let run = test(GOOD, &["--mutate"]);
    assert_eq!(run.exit, 0, "{}", run.out);
    assert!(run.out.lines().all(|line| line.chars().count() <= 80), "wider than 80 columns:\n{}", run.out);
    insta::assert_snapshot!("mutations", run.out);
    assert_eq!(test(GOOD, &["--mutate", "--min-mutation-score", "1"]).exit, 0);
    let too_few = test(GOOD, &["--min-mutation-score", "99"]);
    assert_eq!(too_few.exit, 1, "{}", too_few.out);
    assert!(too_few.out.contains(" changes) is noticed, and 99% is asked for"), "{}", too_few.out);
    assert_eq!(test(GOOD, &["--mutate", "--min-mutation-score", "101"]).exit, 2);
    let few = test(GOOD, &["--mutate", "--mutants", "5"]).out;
    assert!(few.contains("more were not tried"), "{few}");
    assert_eq!(few, test(GOOD, &["--mutate", "--mutants", "5"]).out, "the same draw");
}

#[test]
fn invariants_hold_or_are_told_with_a_customer() {
    let holds = "test \"nobody is pestered\" {\n  always at most 1 bundle in any 7 days\n  \
                 always not beer when customer.birth > today - 21 years\n}\n";
    let run = test(holds, &["--cases", "60"]);
    assert_eq!(run.exit, 0, "{}", run.out);
    assert!(run.out.contains("60 customers were drawn, and "), "{}", run.out);
    let breaks = "test \"nobody is pestered\" {\n  always at most 1 bundle in any 10 days\n  \
                  always no offer when customer.birth is missing\n}\n";
    let run = test(breaks, &["--cases", "60"]);
    assert_eq!(run.exit, 1, "{}", run.out);
    insta::assert_snapshot!("invariants", run.out);
    // Each customer that is told is a test, and it fails as the invariant did.
    let examples: Vec<&str> = run.out.split("test \"counterexample\"").skip(1).collect();
    assert_eq!(examples.len(), 2);
    for example in examples {
        let example = example.split_inclusive("\n}\n").next().unwrap();
        let pasted = test(&format!("test \"counterexample\"{example}"), &[]);
        assert_eq!((pasted.exit, pasted.err.as_str()), (1, ""), "{example}\n{}", pasted.out);
    }
}

/// Sixty days are longer than a customer is played: only one with a history has a contact so long ago.
#[test]
fn customers_have_a_history_within_the_caps() {
    let rarely = OFFERS.replace("every 7 days", "every 60 days");
    let with = |tests: &str| {
        let project = shop(tests);
        project.write("shop.offer", &rarely);
        project.opportune(&["test", "--cases", "300"])
    };
    let holds = with("test \"rarely\" {\n  always at most 1 bundle in any 60 days\n}\n");
    assert_eq!(holds.exit, 0, "{}", holds.out);
    let breaks = with("test \"rarely\" {\n  always at most 1 bundle in any 70 days\n}\n");
    assert_eq!(breaks.exit, 1, "{}", breaks.out);
    let example = breaks.out.split("test \"counterexample\"").nth(1).unwrap();
    assert!(example.contains("contact: [") && example.contains("offer: \"bundle\""), "{}", breaks.out);
    let pasted = with(&format!("test \"counterexample\"{}", example.split_inclusive("\n}\n").next().unwrap()));
    assert_eq!((pasted.exit, pasted.err.as_str()), (1, ""), "{example}\n{}", pasted.out);
}

/// Whatever a schema asks for, customers of it can be drawn.
#[test]
fn customers_are_drawn_for_every_project() {
    let policies = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies");
    for folder in fs::read_dir(policies).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
        let project = Project::of(&[]);
        copy(&folder, &project.path(""));
        project.write("drawn.offer", "test \"drawn\" {\n  always at most 1_000 contacts in any 1 day\n}\n");
        let run = project.opportune(&["test", "--filter", "drawn", "--cases", "12"]);
        assert_eq!(run.exit, 0, "{}: {}{}", folder.display(), run.out, run.err);
        let got = run.out.contains("12 customers were drawn, and ") && !run.out.contains("could not be played");
        assert!(got, "{}: {}", folder.display(), run.out);
    }
}

/// The manifest and the policies of a project, without its data.
fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() && entry.file_name() != "data" {
            fs::create_dir_all(&target).unwrap();
            copy(&path, &target);
        } else if path.extension().is_some_and(|ending| ending == "offer" || ending == "toml") {
            fs::copy(path, target).unwrap();
        }
    }
}

#[test]
fn results_for_programs() {
    let project = shop(GOOD);
    let run = project.opportune(&["test", "--format", "json", "--coverage", "--mutate", "--mutants", "20"]);
    let json: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!((json["passed"].as_u64(), json["failed"].as_u64()), (Some(2), Some(0)));
    assert_eq!(json["tests"][1]["name"], "nobody is sold beer below 21");
    assert!(json["coverage"]["covered"]["percent"].as_f64().unwrap() > 50.0);
    assert!(json["mutation"]["counts"]["killed"].as_u64().unwrap() > 5);
    let run = project.opportune(&["test", "--format", "junit", "--out", "results.xml"]);
    assert!(run.out.contains("2 tests, all passed"), "{}", run.out);
    let xml = fs::read_to_string(project.path("results.xml")).unwrap();
    assert!(xml.contains("<testcase name=\"a parent gets the bundle\" classname=\"tests.offer\""), "{xml}");
    project.write("tests.offer", GOOD.replace("because \"diapers\"", "because \"<&\""));
    let run = project.opportune(&["test", "--format", "junit"]);
    assert_eq!(run.exit, 1);
    assert!(run.out.contains("<failure message=") && !run.out.contains("<&\""), "{}", run.out);
    assert_eq!(project.opportune(&["test", "--out", "no/such/folder.txt"]).exit, 2);
}

#[test]
fn each_way_to_the_customer_says_why_not() {
    let desk = "
channel desk { inbound }

context { channel: one_of(desk) }

offer tea {
  topic \"tea\"
  channel email when exists(purchase), else mail, else desk
}

persona new { email_ok: true }

test \"nobody asks\" {
  at 2026-11-20 18:00
  given new
  expect not tea because \"not by `email`, because `exists(purchase)` is false\"
  expect not tea because \"no consent for `mail`, because `customer.mail_ok` is false\"
  expect not tea because \"nobody asks by `desk`\"
}
";
    let run = test(desk, &[]);
    assert_eq!((run.exit, run.err.as_str()), (0, ""), "{}", run.out);
}
