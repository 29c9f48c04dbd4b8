//! By which channel, when, how often and to which part of the customers, through the built program: a small bank with a
//! branch that customers come to, quiet hours, arms, holdouts, items and past contacts.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    reason = "a test may fail"
)]

#[path = "support/project.rs"]
mod project;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use project::{Project, Run};

const MANIFEST: &str = r#"
name = "bank"
edition = "2026"
now = "2026-11-20 18:00"
zone = "America/New_York"
currency = "USD"

[data]
folder = "data"
introduces = ["person"]
"#;

const POLICY: &str = r#"
customer person {
  key id: text
  zone: timezone = "America/New_York"
  email_ok: bool   consent
}

events contact {
  at sent: instant
  offer: text
  channel: text
}

events paid {
  at paid: date
  card_id: text -> card
}

table card {
  key card_id: text
}

context {
  channel: text
}

channel email {
  needs customer.email_ok
  quiet 21:00 to 08:00
  lead 4 hours
}

channel branch {
  inbound
}

offer mortgage {
  priority 2
  channel branch, else email
  holdout 10% salted "mortgage"
  arms plain 50%, big 50% salted "2026-q4"
  cap 1 per customer every 30 days
  because "A home of your own"
}

offer cards {
  channel branch, else email
  pick a: card where exists(paid where card_id = a) by count(paid where card_id = a)
  pick b: card where exists(paid where card_id = b) by count(paid where card_id = b)
  message "Take {a} or {b}"
}

offer newsletter {
  channel email
}

portfolio {
  cap 1 per customer every 7 days
  holdout 5% salted "2026-q4"
  fallback newsletter
}
"#;

const PEOPLE: usize = 240;

fn bank() -> Project {
    let zones = ["America/New_York", "Europe/London", "", "Asia/Tokyo"];
    let person = |at: usize| format!("p{at:03},{},{}\n", zones[at % 4], !at.is_multiple_of(5));
    let contact = |at: usize| {
        let (offer, channel) = ([("mortgage", "email"), ("last_year", "email"), ("cards", "fax")])[at % 3];
        format!("p{:03},2026-11-{:02} 09:00,{offer},{channel}\n", at * 7 % PEOPLE, 1 + at % 19)
    };
    let people: String = (0..PEOPLE).map(person).collect();
    let contacts: String = (0..60).map(contact).collect();
    // The golden card twice, the other once.
    let payments = |at: usize| {
        let payment = |card: &str| format!("p{at:03},2026-10-01,{card}\n");
        payment("=gold") + &payment("blue|grey") + &payment("=gold")
    };
    let payments: String = (0..PEOPLE).map(payments).collect();
    Project::of(&[
        ("opportune.toml", MANIFEST),
        ("bank.offer", POLICY),
        ("data/person.csv", &format!("id,zone,email_ok\n{people}")),
        ("data/contact.csv", &format!("id,sent,offer,channel\n{contacts}")),
        ("data/card.csv", "card_id\n=gold\nblue|grey\nplain\n"),
        ("data/paid.csv", &format!("id,paid,card_id\n{payments}")),
    ])
}

type Row = serde_json::Map<String, serde_json::Value>;

/// What the program says, and the rows that it writes.
fn decided(project: &Project, arguments: &[&str]) -> (Run, Vec<Row>) {
    let run = project.opportune(&[&["dry-run", "--out", "out.jsonl"], arguments].concat());
    assert_eq!((run.exit, run.err.as_str()), (0, ""), "{arguments:?}");
    assert!(run.out.lines().all(|line| line.chars().count() <= 80), "wider than 80 columns:\n{}", run.out);
    let text = fs::read_to_string(project.path("out.jsonl")).unwrap();
    let rows = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (run, rows)
}

fn text<'a>(row: &'a Row, column: &str) -> &'a str {
    row[column].as_str().unwrap_or("")
}

/// The number that follows a word at the beginning of a line of the report.
fn told(run: &Run, word: &str) -> u64 {
    let line = run.out.lines().find(|line| line.starts_with(word)).unwrap_or_else(|| panic!("no {word}: {}", run.out));
    line[word.len()..].split_whitespace().next().unwrap().replace([',', '·'], "").parse().unwrap_or(0)
}

/// The counts of an offer's row, by the names of the columns; of all tables that have it.
fn counts(run: &Run, offer: &str) -> BTreeMap<String, u64> {
    let columns = |line: &str| {
        line.trim().split("  ").map(str::trim).filter(|cell| !cell.is_empty()).map(str::to_owned).collect::<Vec<_>>()
    };
    let (mut counts, mut head) = (BTreeMap::new(), Vec::new());
    // Up to what the columns say; with two spaces between cells, which these tables have room for.
    for line in run.out.lines().take_while(|line| !line.starts_with("of the eligible")) {
        if line.starts_with("offer ") {
            head = columns(line);
        } else if line.starts_with(&format!("{offer} ")) && !head.is_empty() {
            let cells = line.split_whitespace().map(|cell| cell.replace(',', "").parse().unwrap_or(0));
            // A name of two words is one cell.
            counts.extend(head.iter().flat_map(|cell| names(cell)).zip(cells).skip(1));
        }
    }
    counts
}

/// Heads stand closer than their columns' names where a table is narrow.
fn names(cell: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut words = cell.split(' ').peekable();
    while let Some(word) = words.next() {
        let pair = words.peek().map(|next| format!("{word} {next}"));
        match pair.filter(|pair| ["left out", "used up", "held out"].contains(&pair.as_str())) {
            Some(pair) => {
                words.next();
                found.push(pair);
            }
            None => found.push(word.to_owned()),
        }
    }
    found
}

#[test]
fn every_count_of_the_summary_is_that_of_the_file() {
    let project = bank();
    for arguments in [&[][..], &["--context", "channel=branch"]] {
        let (run, rows) = decided(&project, arguments);
        let of = |offer: &str, held_out: bool| {
            rows.iter().filter(|row| text(row, "offer") == offer && row["holdout"].as_bool() == Some(held_out)).count()
                as u64
        };
        for offer in ["mortgage", "cards", "newsletter"] {
            let counts = counts(&run, offer);
            let get = |name: &str| counts.get(name).copied().unwrap_or(0);
            assert_eq!((get("made"), get("held out")), (of(offer, false), of(offer, true)), "{offer}: {}", run.out);
            let stopped: u64 = counts
                .iter()
                .filter(|(name, _)| !["offer", "eligible"].contains(&&***name))
                .map(|(_, count)| count)
                .sum();
            assert_eq!(get("eligible"), stopped, "{offer}: {counts:?}\n{}", run.out);
        }
        assert_eq!(told(&run, "decisions"), rows.len() as u64);
        assert_eq!(told(&run, "customers"), PEOPLE as u64);
        let held_out = rows.iter().filter(|row| row["holdout"] == true).count();
        assert!(
            held_out > 0 && run.out.contains(&format!(", {held_out} of them held out: written and not sent")),
            "{}",
            run.out
        );
        let left_out = told(&run, "left out");
        assert!((1..40).contains(&left_out), "{left_out}");
    }
}

/// More offers, so that each way to stop one is there.
const EVERY_WAY: &str = r#"
offer fields {
  topic: text = "money"
}

allow E1001 "withheld, to be counted so"
offer worth_nothing {
  priority 0
  channel email
}

offer rare {
  priority 3
  channel branch, else email
  eligible when id starts with "p1"
  except when id ends with "7"
  cap 5 in total
}

offer wine {
  topic "alcohol"
  channel email
  priority 4
}

guarantee "no wine by e-mail" {
  never offer.topic = "alcohol" when not (customer.id starts with "p00")
}
"#;

#[test]
fn each_way_to_stop_an_offer_has_its_column() {
    let project = bank();
    let rules = "portfolio {\n  slate 2\n  slate branch 2\n  slate email 2\n  at most 1 of cards, mortgage";
    project.write("bank.offer", POLICY.replace("portfolio {", rules) + EVERY_WAY);
    let (run, rows) = decided(&project, &[]);
    let all = ["mortgage", "cards", "newsletter", "worth_nothing", "rare", "wine"].map(|offer| counts(&run, offer));
    for counts in &all {
        let stopped = counts.iter().filter(|(name, _)| !["offer", "eligible"].contains(&&***name));
        assert_eq!(counts["eligible"], stopped.map(|(_, count)| count).sum::<u64>(), "{counts:?}\n{}", run.out);
    }
    let [mortgage, cards, newsletter, worth_nothing, rare, wine] = &all;
    let columns = [
        (rare, "excepted"),
        (wine, "forbidden"),
        (mortgage, "left out"),
        (mortgage, "unreachable"),
        (mortgage, "untimely"),
        (mortgage, "capped"),
        (worth_nothing, "withheld"),
        (cards, "excluded"),
        (rare, "used up"),
        (newsletter, "outranked"),
        (mortgage, "held out"),
        (mortgage, "made"),
    ];
    for (counts, column) in columns {
        assert!(counts.get(column).is_some_and(|count| *count > 0), "nobody is {column}: {counts:?}\n{}", run.out);
        assert!(run.out.contains(&format!("\n  {column:<11}  ")), "`{column}` is not explained\n{}", run.out);
    }
    assert_eq!(rare["made"], 5, "five in total and no sixth");
    assert_eq!(rows.iter().filter(|row| text(row, "offer") == "rare").count(), 5);
    // The same on any number of threads, though five in total are for all customers together.
    let again = project.opportune(&["dry-run", "--threads", "7", "--out", "seven.jsonl"]);
    assert_eq!(again.exit, 0);
    assert!(fs::read(project.path("seven.jsonl")).unwrap() == fs::read(project.path("out.jsonl")).unwrap());
}

#[test]
fn a_customer_who_asks_is_answered_now_and_others_when_it_is_not_quiet() {
    let project = bank();
    let (_, asked) = decided(&project, &["--context", "channel=branch"]);
    let at_the_branch: Vec<&Row> = asked.iter().filter(|row| text(row, "channel") == "branch").collect();
    assert!(at_the_branch.len() > 150, "{}", at_the_branch.len());
    assert!(at_the_branch.iter().all(|row| text(row, "send_at") == "2026-11-20T23:00:00Z"));
    let (run, unasked) = decided(&project, &[]);
    assert!(!unasked.is_empty() && unasked.iter().all(|row| text(row, "channel") == "email"));
    // Four hours later it is 22:00 in New York, 3:00 in London and 12:00 in Tokyo; where the zone is not known, somewhere
    // it is always night.
    let mut times: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for row in &unasked {
        let zone = ["New York", "London", "nowhere", "Tokyo"][text(row, "customer")[1..].parse::<usize>().unwrap() % 4];
        times.entry(zone).or_default().insert(text(row, "send_at"));
    }
    let expected =
        [("London", "2026-11-21T08:00:00Z"), ("New York", "2026-11-21T13:00:00Z"), ("Tokyo", "2026-11-21T03:00:00Z")];
    assert_eq!(times, expected.map(|(zone, time)| (zone, BTreeSet::from([time]))).into());
    // Tokyo's message leaves while it is still Friday in the project's zone.
    assert!(run.out.contains("\nFri 2026-11-20") && run.out.contains("\nSat 2026-11-21"), "{}", run.out);
    let sent = unasked.iter().filter(|row| row["holdout"] == false).count() as u64;
    let in_all = |day: &str| -> u64 {
        let line = run.out.lines().find(|line| line.starts_with(day)).unwrap();
        line.split_whitespace().last().unwrap().parse().unwrap()
    };
    assert_eq!(in_all("Fri 2026-11-20") + in_all("Sat 2026-11-21"), sent);
}

#[test]
fn a_file_of_requests_answers_those_who_ask() {
    let project = bank();
    project.write("calls.csv", "id,channel\np001,branch\np002,email\np003,\np004,fax\n");
    let (run, rows) = decided(&project, &["--context", "calls.csv"]);
    let by_branch: BTreeSet<&str> =
        rows.iter().filter(|row| text(row, "channel") == "branch").map(|row| text(row, "customer")).collect();
    assert_eq!(by_branch, BTreeSet::from(["p001"]));
    assert!(run.out.contains("context.channel: 2 requests by what is no inbound channel"), "{}", run.out);
}

#[test]
fn what_a_request_cannot_ask_by_is_refused() {
    let project = bank();
    let refused = |arguments: &[&str]| {
        let run = project.opportune(&[&["dry-run", "--out", "out.csv"], arguments].concat());
        assert_eq!((run.exit, run.out.as_str()), (2, ""), "{arguments:?}");
        assert!(!project.path("out.csv").exists());
        run.err.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    insta::assert_snapshot!(refused(&["--context", "channel=email"]), @"× nobody asks by `email`: it is an outbound channel help: customers ask by `branch`");
    insta::assert_snapshot!(refused(&["--context", "channel=branhc"]), @"× there is no channel `branhc` to ask by help: customers ask by `branch`");
    insta::assert_snapshot!(refused(&["--context", "channel=\u{1b}[31m"]), @r"× there is no channel `\u{1b}[31m` to ask by help: customers ask by `branch`");
    // Empty is missing: nobody asks.
    let (_, rows) = decided(&project, &["--context", "channel="]);
    assert!(rows.iter().all(|row| text(row, "channel") == "email"));
}

#[test]
fn arms_shares_and_ghosts_are_in_the_file() {
    let (_, rows) = decided(&bank(), &["--context", "channel=branch"]);
    let mortgages: Vec<&Row> = rows.iter().filter(|row| text(row, "offer") == "mortgage").collect();
    assert!(mortgages.len() > 100);
    for row in &mortgages {
        let share = if row["holdout"] == true { 0.1 } else { 0.9 };
        let propensity = row["propensity"].as_f64().unwrap();
        assert!((propensity - 0.5 * share).abs() < 1e-12, "{row:?}");
        assert_eq!(text(row, "reason"), "A home of your own", "what a ghost would have been told is there too");
    }
    let arms: BTreeSet<&str> = mortgages.iter().map(|row| text(row, "arm")).collect();
    assert_eq!(arms, BTreeSet::from(["big", "plain"]));
    let others = rows.iter().filter(|row| text(row, "offer") != "mortgage");
    assert!(others.clone().count() > 0);
    assert!(others.clone().all(|row| row["arm"].is_null() && row["propensity"] == 1.0 && row["holdout"] == false));
}

#[test]
fn picked_items_are_listed_said_and_safe_to_open() {
    let project = bank();
    let (_, rows) = decided(&project, &["--context", "channel=branch"]);
    let cards: Vec<&Row> = rows.iter().filter(|row| text(row, "offer") == "cards").collect();
    assert!(!cards.is_empty());
    for row in cards {
        assert_eq!(row["items"], serde_json::json!(["=gold", "blue|grey"]));
        assert_eq!(text(row, "message"), "Take =gold or blue|grey");
    }
    assert!(
        rows.iter().filter(|row| text(row, "offer") == "mortgage").all(|row| row["items"] == serde_json::json!([]))
    );
    let run = project.opportune(&["dry-run", "--context", "channel=branch", "--out", "out.csv"]);
    assert_eq!(run.exit, 0);
    let csv = fs::read_to_string(project.path("out.csv")).unwrap();
    let line = csv.lines().find(|line| line.contains(",cards,")).unwrap();
    assert!(line.contains(r",'=gold|blue\|grey,,1.0,false,"), "{line}");
}

#[test]
fn past_contacts_that_name_what_is_not_there_are_counted_and_nobody_is_named() {
    let (run, _) = decided(&bank(), &[]);
    assert!(run.out.contains("contact.offer: 20 rows of 1 offer that the policy does not have"), "{}", run.out);
    assert!(run.out.contains("contact.channel: 20 rows of 1 channel that the policy does not have"), "{}", run.out);
    for private in ["p0", "p1", "p2", "last_year", "fax"] {
        assert!(!run.out.contains(private), "{private}: {}", run.out);
    }
}

#[test]
fn the_fallback_is_told_and_makes_no_noise() {
    let project = bank();
    let policy = POLICY.replace("offer cards {", "offer cards {\n  eligible when id starts with \"p2\"");
    project.write(
        "bank.offer",
        policy.replace("offer mortgage {", "offer mortgage {\n  eligible when id starts with \"p0\""),
    );
    let (run, rows) = decided(&project, &[]);
    let newsletters = rows.iter().filter(|row| text(row, "offer") == "newsletter").count();
    assert!(newsletters > 50, "{newsletters}");
    assert!(
        run.out.contains(&format!("fallback   newsletter, for {newsletters} customers who would get nothing else")),
        "{}",
        run.out
    );
    // Nobody gets it beside something else.
    let mut by_customer: BTreeMap<&str, usize> = BTreeMap::new();
    rows.iter().for_each(|row| *by_customer.entry(text(row, "customer")).or_default() += 1);
    assert!(by_customer.values().all(|count| *count == 1));
}

#[test]
fn zones_offers_and_channels_that_do_not_exist_do_not_compile() {
    for (from, to, wrong) in [
        ("fallback newsletter", "fallback newsletter\n  possible zones \"America/Nowhere\"", "America/Nowhere"),
        ("zone: timezone = \"America/New_York\"", "zone: timezone = \"Mars/Base\"", "Mars/Base"),
        ("fallback newsletter", "fallback nothing", "nothing"),
        ("branch, else email", "brnch, else email", "brnch"),
    ] {
        let project = bank();
        assert!(POLICY.contains(from), "{from}");
        project.write("bank.offer", POLICY.replace(from, to));
        let run = project.opportune(&["dry-run", "--out", "out.csv"]);
        assert_eq!((run.exit, run.out.as_str()), (1, ""), "{to}");
        assert!(run.err.contains(wrong), "{to}: {}", run.err);
        assert!(!project.path("out.csv").exists());
    }
    let project = bank();
    project.write("opportune.toml", MANIFEST.replace("America/New_York", "America/Nowhere"));
    let run = project.opportune(&["dry-run"]);
    assert_eq!(run.exit, 1);
    assert!(run.err.contains("America/Nowhere"), "{}", run.err);
}

#[test]
fn a_customers_zone_that_is_none_is_not_known() {
    let project = bank();
    let data = fs::read_to_string(project.path("data/person.csv")).unwrap();
    project.write("data/person.csv", data.replace("Asia/Tokyo", "Asia/Tokio"));
    let (run, rows) = decided(&project, &[]);
    assert!(run.out.contains("person.zone: 60 values are no time zone and count as missing"), "{}", run.out);
    let row = |row: &Row| text(row, "customer")[1..].parse::<usize>().unwrap() % 4;
    assert!(!rows.is_empty() && rows.iter().all(|found| row(found) < 2), "never in what may be the night");
}

#[test]
fn any_number_of_threads_and_both_engines_write_the_same_bytes() {
    let project = bank();
    for ending in ["csv", "jsonl", "parquet"] {
        let bytes = |arguments: &[&str]| {
            let out = format!("out.{ending}");
            let run = project.opportune(&[&["dry-run", "--out", &out], arguments].concat());
            assert_eq!(run.exit, 0, "{}", run.err);
            fs::read(project.path(&out)).unwrap()
        };
        let one = bytes(&["--threads", "1"]);
        for arguments in [&["--threads", "2"][..], &["--threads", "7"], &["--engine", "interpreter"]] {
            assert!(bytes(arguments) == one, "{ending}: {arguments:?}");
        }
    }
}
