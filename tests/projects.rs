//! Each project under `policies/` over its bundled data, in a batch and as customers ask: it validates, it decides something
//! by every offer and channel that can be met there, and the same bytes come out whatever the threads and the engine. (The
//! grocer has its own tests.)

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

#[path = "support/project.rs"]
mod project;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use project::run;
use serde_json::Value;

/// A project, and the ways in which it is run: a batch, and as somebody asks.
const PROJECTS: [(&str, &[&[&str]]); 5] = [
    (
        "bank",
        &[
            &[],
            &["--context", "channel=branch", "--context", "rep=ruth"],
            &["--context", "channel=atm", "--context", "rep=machine"],
            &["--context", "channel=phone", "--context", "rep=sam", "--context", "reason=complaint"],
            &["--context", "channel=inbox", "--context", "rep=machine", "--context", "place=48.85,2.35"],
        ],
    ),
    (
        "coffee",
        &[
            &[],
            &["--now", "2026-11-20 23:30"],
            &["--context", "channel=app", "--context", "store=s06", "--context", "spot=40.71,-74.01"],
            &["--context", "channel=kiosk"],
            &["--context", "channel=barista", "--context", "store=s02", "--context", "in_a_hurry=false"],
        ],
    ),
    (
        "fashion",
        &[
            &[],
            &["--now", "2026-11-27 17:30"],
            &["--context", "channel=associate", "--context", "weather=rain", "--context", "companion=partner"],
            &["--context", "channel=web"],
        ],
    ),
    ("shop", &[&[], &["--context", "channel=page", "--context", "basket=20 GBP"]]),
    (
        "telephone",
        &[
            &[],
            &["--context", "channel=phone", "--context", "reason=question", "--context", "mood=calm"],
            &["--context", "channel=phone", "--context", "reason=complaint", "--context", "mood=upset"],
        ],
    ),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn dry_run(project: &str, arguments: &[&str]) -> String {
    let folder = format!("policies/{project}");
    let run = run(root(), &[&["dry-run", &folder], arguments].concat());
    assert_eq!((run.exit, run.err.as_str()), (0, ""), "{project} {arguments:?}");
    run.out
}

#[test]
fn each_validates_without_a_word_of_warning() {
    for (project, _) in PROJECTS {
        let run = run(root(), &["validate", &format!("policies/{project}")]);
        assert_eq!((run.exit, run.err.as_str()), (0, ""), "{project}");
        assert!(run.out.starts_with(&format!("{project} is valid")), "{}", run.out);
    }
}

/// How far each offer came. Times and what was written are left out.
#[test]
fn what_each_decides() {
    for (project, calls) in PROJECTS {
        let mut told = String::new();
        for arguments in calls {
            let report = dry_run(project, arguments);
            let lasting = report.lines().take_while(|line| !line.starts_with("read the data in"));
            told.push_str(&format!("$ opportune dry-run policies/{project} {}\n\n", arguments.join(" ")));
            told.extend(lasting.map(|line| format!("{line}\n")));
        }
        insta::assert_snapshot!(project, told);
    }
}

/// Which data each offer of the telephone company uses, of which class and what for.
#[test]
fn h33_it_is_told_which_data_each_offer_uses() {
    let told = run(root(), &["data-use", "policies/telephone"]);
    assert_eq!((told.exit, told.err.as_str()), (0, ""));
    insta::assert_snapshot!("data_use", told.out);
    let json = run(root(), &["data-use", "policies/telephone", "--json"]);
    let readers: Vec<Value> = json.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let sensitive = readers.iter().filter(|reader| {
        let fields = reader["fields"].as_array().unwrap();
        fields.iter().any(|field| field["class"] == "sensitive")
    });
    let names: Vec<&str> = sensitive.map(|reader| reader["name"].as_str().unwrap()).collect();
    let purpose = readers.iter().find(|reader| reader["name"] == "pay_later").unwrap()["purpose"].as_str().unwrap();
    assert_eq!(purpose, "to let those pay later who told us that they cannot pay");
    // What they told in confidence helps them to pay, and keeps others from selling.
    assert_eq!(names, ["pay_later", "nothing is sold to who cannot pay"]);
}

/// What a project declares of past contacts is what a ledger can tell: the second run knows what the first has sent.
#[test]
fn each_runs_again_over_what_it_has_sent() {
    for project in ["bank", "coffee", "fashion", "grocer", "shop", "telephone"] {
        let folder = tempfile::tempdir().unwrap();
        copy(&root().join("policies").join(project), folder.path());
        let decided = |number: &str| {
            let out = format!("{number}.csv");
            let run = run(folder.path(), &["run", ".", "--out", &out]);
            assert_eq!((run.exit, run.err.as_str()), (0, ""), "{project}, run {number}");
            let text = fs::read_to_string(folder.path().join(out)).unwrap();
            text.lines().count() - 1
        };
        let (first, second) = (decided("1"), decided("2"));
        assert!(first > 200 && second < first, "{project}: {first}, then {second}");
        let verified = run(folder.path(), &["ledger", "verify", "."]);
        assert_eq!(verified.exit, 0, "{}{}", verified.out, verified.err);
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap().map(|entry| entry.unwrap()) {
        let (path, copied) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            fs::create_dir(&copied).unwrap();
            copy(&path, &copied);
        } else {
            fs::copy(&path, &copied).unwrap();
        }
    }
}

#[test]
fn the_same_bytes_whatever_the_threads_and_the_engine() {
    let folder = tempfile::tempdir().unwrap();
    for (project, calls) in PROJECTS {
        for arguments in calls {
            let decide = |name: &str, how: &[&str]| {
                let path = folder.path().join(format!("{name}.csv"));
                dry_run(project, &[*arguments, how, &["--out", path.to_str().unwrap()]].concat());
                fs::read_to_string(path).unwrap()
            };
            let one = decide("one", &["--threads", "1"]);
            assert!(one.lines().count() > 20, "{project} {arguments:?}: {} lines", one.lines().count());
            for how in [&["--threads", "2"][..], &["--threads", "7"], &["--engine", "interpreter"]] {
                assert!(one == decide("other", how), "{project} {arguments:?} {how:?} differs");
            }
        }
    }
}

/// Where the fashion house may have shoppers whose clock it does not know.
const POSSIBLE: [&str; 4] = ["America/Los_Angeles", "America/Chicago", "America/New_York", "Europe/London"];

/// The rows of a CSV file without quotes, by column.
fn csv(text: &str) -> Vec<BTreeMap<&str, &str>> {
    let mut lines = text.lines().map(|line| line.split(','));
    let head: Vec<&str> = lines.next().unwrap().collect();
    lines.map(|line| head.iter().copied().zip(line).collect()).collect()
}

fn data(name: &str) -> String {
    fs::read_to_string(root().join("policies/fashion/data").join(name)).unwrap()
}

/// When each shopper was reached before.
fn contacts(text: &str) -> BTreeMap<&str, Vec<Timestamp>> {
    let mut found: BTreeMap<&str, Vec<Timestamp>> = BTreeMap::new();
    let zone = TimeZone::get("America/New_York").unwrap();
    for row in csv(text) {
        let local: DateTime = row["sent_at"].parse().unwrap();
        found.entry(row["shopper_id"]).or_default().push(local.to_zoned(zone.clone()).unwrap().timestamp());
    }
    found
}

/// Told from the files alone, without the language: who agreed, on which clock it is a decent hour, who was reached how
/// often in any seven days, who wants to hear nothing more.
#[test]
fn what_the_fashion_house_sends_keeps_its_rules() {
    for (now, waiting) in [("2026-11-22T14:00", 0), ("2026-11-22T23:30", 50)] {
        let waited = keeps_its_rules(now);
        assert!(waited >= waiting, "at {now} only {waited} wait for a decent hour");
    }
}

/// Looks at all that is sent by a run of that moment; says how much of it waits for another hour.
fn keeps_its_rules(local_now: &str) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.jsonl");
    dry_run("fashion", &["--now", &local_now.replace('T', " "), "--out", out.to_str().unwrap()]);
    let (contacts_text, responses_text) = (data("contacts.csv"), data("responses.csv"));
    let shoppers: BTreeMap<String, Value> = data("shoppers.jsonl")
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .map(|row| (row["shopper_id"].as_str().unwrap().to_owned(), row))
        .collect();
    let local: DateTime = local_now.parse().unwrap();
    let now = local.to_zoned(TimeZone::get("America/New_York").unwrap()).unwrap().timestamp();
    let gone: BTreeSet<&str> = csv(&responses_text)
        .iter()
        .filter(|row| row["outcome"] == "unsubscribed" && row["answered_at"] < local_now)
        .map(|row| row["shopper_id"])
        .collect();
    let mut reached = contacts(&contacts_text);
    reached.values_mut().for_each(|sent| sent.retain(|at| *at <= now));
    let text = fs::read_to_string(&out).unwrap();
    let decisions: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(decisions.len() > 150 && !gone.is_empty(), "{} decisions", decisions.len());
    let mut messages = BTreeSet::new();
    for decision in &decisions {
        let (customer, channel) = (decision["customer"].as_str().unwrap(), decision["channel"].as_str().unwrap());
        let at: Timestamp = decision["send_at"].as_str().unwrap().parse().unwrap();
        let (consent, from, to) = match channel {
            "email" => ("email_ok", 7, 22),
            "push" => ("push_ok", 9, 21),
            _ => ("social_ok", 8, 23),
        };
        let shopper = &shoppers[customer];
        assert_eq!(shopper[consent], Value::Bool(true), "{decision}");
        assert!(!gone.contains(customer), "{decision}");
        let zones = shopper["zone"].as_str().map_or(POSSIBLE.to_vec(), |zone| vec![zone]);
        for zone in zones {
            let hour = at.to_zoned(TimeZone::get(zone).unwrap()).hour();
            assert!((from..to).contains(&hour), "{hour} in {zone}: {decision}");
        }
        assert!(at >= now && at <= now + Span::new().hours(10 * 24 + 1), "{decision}");
        assert!(messages.insert((customer, channel)), "two on one channel: {decision}");
        reached.entry(customer).or_default().push(at);
    }
    // Only windows that end in this run: what was before is as it was.
    let week = Span::new().hours(7 * 24);
    for decision in &decisions {
        let (customer, at) = (decision["customer"].as_str().unwrap(), decision["send_at"].as_str().unwrap());
        let at: Timestamp = at.parse().unwrap();
        let count = reached[customer].iter().filter(|other| **other > at - week && **other <= at).count();
        assert!(count <= 2, "{count} in a week: {decision}");
    }
    let waits = |decision: &&Value| decision["send_at"].as_str().unwrap().parse::<Timestamp>().unwrap() > now;
    decisions.iter().filter(waits).count()
}
