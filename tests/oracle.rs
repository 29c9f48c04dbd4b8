//! The questions of `tests/oracle`, put to every engine over the real data, against DuckDB's answers.
//!
//! Questions of one world, `now` and zone are one project, so that they share atoms and aggregates as offers do. DuckDB's
//! answers are committed with the questions; `tests/oracle/check_fresh.py` asks it again.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

#[path = "support/second_opinion.rs"]
mod second_opinion;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use opportune_compiler::{Compiled, Manifest, ProjectFiles, compile};
use opportune_plan::VerifiedPlan;
use opportune_runtime::run::Engine;
use opportune_runtime::snapshot::{Snapshot, read};
use opportune_runtime::time::Clock;
use second_opinion::{ENGINES, decide, hash, home, public_data};
use serde::Deserialize;

/// The data that questions are asked about, each a folder of `tests/oracle` and of the public data.
const WORLDS: [&str; 2] = ["complete_journey", "online_retail"];

#[derive(Deserialize)]
struct Page {
    question: Vec<Question>,
}

#[derive(Deserialize)]
struct Question {
    name: String,
    /// Local time in the zone.
    now: String,
    /// The project's zone, where it is not the world's.
    zone: Option<String>,
    /// An item that the question needs beside its offer.
    declare: Option<String>,
    /// `category c of product`: the question is asked of each member.
    each: Option<String>,
    policy: String,
    count: usize,
    hash: String,
}

#[test]
fn engines_answer_as_duckdb_does() {
    let Some(data) = public_data("engines_answer_as_duckdb_does", &WORLDS) else { return };
    let (mut wrong, mut asked) = (Vec::new(), 0);
    for world in WORLDS {
        for ((now, zone), questions) in questions(world) {
            asked += questions.len();
            wrong.extend(ask(together(&data, world).path(), world, &now, zone.as_deref(), &questions));
        }
    }
    assert!(wrong.is_empty(), "{} of {asked} questions:\n{}", wrong.len(), wrong.join("\n"));
    assert!(asked >= 150, "only {asked} questions");
    println!("{asked} questions, {} engines", ENGINES.len());
}

/// A folder of a world's real files and of the tables that the questions bring themselves.
fn together(data: &Path, world: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for from in [data.join(world), home(world)] {
        for file in fs::read_dir(from).unwrap().map(|entry| entry.unwrap().path()) {
            let is_data = file.extension().is_some_and(|ending| ending == "parquet" || ending == "csv");
            if is_data {
                fs::copy(&file, folder.path().join(file.file_name().unwrap())).unwrap();
            }
        }
    }
    folder
}

type Moment = (String, Option<String>);

/// The questions of a world by `now` and zone.
fn questions(world: &str) -> BTreeMap<Moment, Vec<Question>> {
    let mut found: BTreeMap<Moment, Vec<Question>> = BTreeMap::new();
    for entry in fs::read_dir(home(world).join("questions")).unwrap() {
        let page: Page = toml::from_str(&fs::read_to_string(entry.unwrap().path()).unwrap()).unwrap();
        for question in page.question {
            found.entry((question.now.clone(), question.zone.clone())).or_default().push(question);
        }
    }
    found
}

/// Puts all questions of one moment to all engines; what is wrong, in lines.
fn ask(data: &Path, world: &str, now: &str, zone: Option<&str>, questions: &[Question]) -> Vec<String> {
    let (manifest, plan) = project(world, now, zone, questions);
    let clock = Clock::new(manifest.now.unwrap(), &plan.zone).unwrap();
    let (snapshot, _) = read::load(&plan, data, &clock).unwrap();
    let mut wrong = Vec::new();
    for engine in ENGINES {
        let answers = answers(&plan, &snapshot, &clock, engine);
        for question in questions {
            let customers = answers.get(question.name.as_str()).map_or(&[][..], Vec::as_slice);
            if (customers.len(), hash(customers)) != (question.count, question.hash.clone()) {
                let (found, expected) = (customers.len(), question.count);
                wrong.push(format!("{} by {engine:?}: {found}, DuckDB {expected}", question.name));
            }
        }
    }
    wrong
}

fn project(world: &str, now: &str, zone: Option<&str>, questions: &[Question]) -> (Manifest, VerifiedPlan) {
    let manifest = fs::read_to_string(home(world).join("opportune.toml")).unwrap();
    let at_home = manifest.lines().find(|line| line.starts_with("zone = ")).unwrap();
    let manifest = zone.map_or(manifest.clone(), |zone| manifest.replace(at_home, &format!("zone = \"{zone}\"")));
    let schema = fs::read_to_string(home(world).join("schema.offer")).unwrap();
    let files = ProjectFiles {
        manifest: ("opportune.toml".to_owned(), format!("now = \"{now}\"\n{manifest}")),
        policies: vec![("questions.offer".to_owned(), offers(questions)), ("schema.offer".to_owned(), schema)],
    };
    let Compiled { manifest, plan, diagnostics, .. } = compile(&files);
    match (manifest, plan) {
        (Some(manifest), Some(plan)) => (manifest, plan),
        _ => panic!("the questions do not compile: {diagnostics:#?}"),
    }
}

fn offers(questions: &[Question]) -> String {
    let declared: BTreeSet<&String> = questions.iter().filter_map(|question| question.declare.as_ref()).collect();
    let mut text = declared.into_iter().fold(String::new(), |text, item| text + item + "\n\n");
    for Question { name, each, policy, .. } in questions {
        let each = each.as_ref().map_or(String::new(), |each| format!(" for each {each}"));
        write!(text, "offer {name}{each} {{\n  eligible when {policy}\n}}\n\n").unwrap();
    }
    text
}

/// By question: the keys of the customers that it is true of, with `|` and the member where there are members.
fn answers(plan: &VerifiedPlan, snapshot: &Snapshot, clock: &Clock, engine: Engine) -> BTreeMap<String, Vec<String>> {
    let mut answers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in decide(plan, snapshot, clock, engine) {
        let text = |name: &str| row[name].as_str().map(str::to_owned);
        let customer = text("customer").unwrap();
        let answer = text("member").map_or(customer.clone(), |member| format!("{customer}|{member}"));
        answers.entry(text("offer").unwrap()).or_default().push(answer);
    }
    answers
}
