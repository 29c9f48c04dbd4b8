//! The questions of `tests/oracle/questions`, put to every engine over the real data, against DuckDB's answers.
//!
//! Questions of one `now` are one project, so that they share atoms and aggregates as offers do. DuckDB's answers are
//! committed with the questions; `tests/oracle/check_fresh.py` asks it again.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use opportune_compiler::{Compiled, Manifest, ProjectFiles, compile};
use opportune_plan::{Schema, TableKind, VerifiedPlan};
use opportune_runtime::run::{Engine, Options, decide_all};
use opportune_runtime::snapshot::{Snapshot, Values, read};
use opportune_runtime::time::Clock;
use serde::Deserialize;
use sha2::{Digest, Sha256};

const ENGINES: [Engine; 3] = [Engine::Interpreter, Engine::Vectorised, Engine::Jit];

#[derive(Deserialize)]
struct Page {
    question: Vec<Question>,
}

#[derive(Deserialize)]
struct Question {
    name: String,
    /// Local time in New York.
    now: String,
    policy: String,
    count: usize,
    hash: String,
}

#[test]
fn engines_answer_as_duckdb_does() {
    let Some(data) = real_data() else { return };
    let mut wrong = Vec::new();
    let mut asked = 0;
    for (now, questions) in questions_by_now() {
        asked += questions.len();
        wrong.extend(ask(&data, &now, &questions));
    }
    assert!(wrong.is_empty(), "{} of {asked} questions:\n{}", wrong.len(), wrong.join("\n"));
    println!("{asked} questions, {} engines", ENGINES.len());
}

/// The folder of The Complete Journey, where it lies beside the checkout.
fn real_data() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/complete_journey");
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(std::env::var_os("CI").is_none_or(|value| value != "true"), "no real data at {}", folder.display());
    eprintln!("SKIPPED: engines_answer_as_duckdb_does: there is no {}", folder.display());
    None
}

fn questions_by_now() -> BTreeMap<String, Vec<Question>> {
    let mut by_now: BTreeMap<String, Vec<Question>> = BTreeMap::new();
    for entry in fs::read_dir(home().join("questions")).unwrap() {
        let page: Page = toml::from_str(&fs::read_to_string(entry.unwrap().path()).unwrap()).unwrap();
        for question in page.question {
            by_now.entry(question.now.clone()).or_default().push(question);
        }
    }
    assert!(by_now.values().map(Vec::len).sum::<usize>() >= 100);
    by_now
}

fn home() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle")
}

/// Puts all questions of one `now` to all engines; what is wrong, in lines.
fn ask(data: &Path, now: &str, questions: &[Question]) -> Vec<String> {
    let (manifest, plan) = project(now, questions);
    let clock = Clock::new(manifest.now.unwrap(), &plan.zone).unwrap();
    let (snapshot, _) = read::load(&plan, data, &clock).unwrap();
    let mut wrong = Vec::new();
    for engine in ENGINES {
        let answers = answers(&plan, &snapshot, &clock, engine);
        for question in questions {
            let households = answers.get(question.name.as_str()).map_or(&[][..], Vec::as_slice);
            if (households.len(), hash(households)) != (question.count, question.hash.clone()) {
                let (found, expected) = (households.len(), question.count);
                wrong.push(format!("{} by {engine:?}: {found} households, DuckDB {expected}", question.name));
            }
        }
    }
    wrong
}

fn project(now: &str, questions: &[Question]) -> (Manifest, VerifiedPlan) {
    let manifest = fs::read_to_string(home().join("opportune.toml")).unwrap();
    let schema = fs::read_to_string(home().join("schema.offer")).unwrap();
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
    questions.iter().fold(String::new(), |mut text, question| {
        write!(text, "offer {} {{\n  eligible when {}\n}}\n\n", question.name, question.policy).unwrap();
        text
    })
}

/// By question: the numbers of the households that it is true of.
fn answers(plan: &VerifiedPlan, snapshot: &Snapshot, clock: &Clock, engine: Engine) -> BTreeMap<String, Vec<String>> {
    let mut answers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let options = Options { engine, ..Options::default() };
    decide_all(plan, snapshot, clock, &options, &mut |decisions| {
        for decision in decisions {
            let offer = plan.offers[decision.offer.0 as usize].name.to_string();
            answers.entry(offer).or_default().push(household(plan, snapshot, decision.customer));
        }
        Ok(())
    })
    .unwrap();
    answers
}

fn household(plan: &VerifiedPlan, snapshot: &Snapshot, row: u32) -> String {
    let TableKind::Customer { key, .. } = plan.schema.table(Schema::CUSTOMER).unwrap().kind else { unreachable!() };
    match &snapshot.tables[0].columns[key.0 as usize].values {
        Values::Codes(codes, names) => names.get(codes[row as usize]).unwrap().to_owned(),
        other => panic!("the key is a text, not {other:?}"),
    }
}

/// As `check_fresh.py` has it: SHA-256 of the numbers, sorted as texts and joined by newlines, in hexadecimal.
fn hash(households: &[String]) -> String {
    let mut sorted: Vec<&str> = households.iter().map(String::as_str).collect();
    sorted.sort_unstable();
    Sha256::digest(sorted.join("\n")).iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}
