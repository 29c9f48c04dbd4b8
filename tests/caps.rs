//! Caps of each kind over real histories, by every engine, against DuckDB's answers: who still gets what by which channel.
//!
//! Each question of `tests/oracle/caps_*` is a policy of its own over the grocer's campaigns and the coupons that came back,
//! or over the interactions of a bank. DuckDB's answers, by window functions, are committed with the questions;
//! `tests/oracle/check_fresh.py` asks it again.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

#[path = "caps/histories.rs"]
mod histories;
#[path = "support/second_opinion.rs"]
mod second_opinion;

use std::fs;
use std::path::Path;

use opportune_compiler::{Compiled, Manifest, ProjectFiles, compile};
use opportune_plan::VerifiedPlan;
use opportune_runtime::run::{Engine, Options, decide_all};
use opportune_runtime::sink::DecisionWriter;
use opportune_runtime::snapshot::{Snapshot, read};
use opportune_runtime::time::Clock;
use second_opinion::{hash, home, public_data};
use serde::Deserialize;

const ENGINES: [Engine; 3] = [Engine::Interpreter, Engine::Vectorised, Engine::Jit];

#[derive(Deserialize)]
struct Page {
    question: Vec<Question>,
}

#[derive(Deserialize)]
struct Question {
    name: String,
    /// Local time in the project's zone.
    now: String,
    policy: String,
    count: usize,
    hash: String,
}

#[test]
fn the_grocers_campaigns_are_counted_as_duckdb_counts_them() {
    let Some(data) = public_data("caps of the grocer", &["complete_journey"]) else { return };
    let folder = tempfile::tempdir().unwrap();
    histories::of_the_grocer(&data.join("complete_journey"), folder.path());
    agree("caps_grocer", folder.path(), 22);
}

#[test]
fn what_a_bank_showed_is_counted_as_duckdb_counts_it() {
    let Some(data) = public_data("caps of the bank", &["pega_cdh_sample"]) else { return };
    let folder = tempfile::tempdir().unwrap();
    histories::of_the_bank(&data.join("pega_cdh_sample"), folder.path());
    agree("caps_bank", folder.path(), 11);
}

fn agree(world: &str, data: &Path, at_least: usize) {
    let (mut asked, mut wrong) = (0, Vec::new());
    for entry in fs::read_dir(home(world).join("questions")).unwrap() {
        let page: Page = toml::from_str(&fs::read_to_string(entry.unwrap().path()).unwrap()).unwrap();
        for question in page.question {
            asked += 1;
            wrong.extend(ask(world, data, &question));
        }
    }
    assert!(wrong.is_empty(), "{} answers of {asked} questions:\n{}", wrong.len(), wrong.join("\n"));
    assert!(asked >= at_least, "only {asked} questions");
}

/// Puts a question to all engines; what is wrong, in lines.
fn ask(world: &str, data: &Path, question: &Question) -> Vec<String> {
    let (manifest, plan) = match project(world, question) {
        Ok(project) => project,
        Err(why) => return vec![format!("{} does not compile: {why}", question.name)],
    };
    let clock = Clock::new(manifest.now.unwrap(), &plan.zone).unwrap();
    let (snapshot, _) = read::load(&plan, data, &clock).unwrap();
    let mut wrong = Vec::new();
    for engine in ENGINES {
        let answers = answers(&plan, &snapshot, &clock, engine);
        if (answers.len(), hash(&answers)) != (question.count, question.hash.clone()) {
            wrong.push(format!("{} by {engine:?}: {}, DuckDB {}", question.name, answers.len(), question.count));
        }
    }
    wrong
}

fn project(world: &str, question: &Question) -> Result<(Manifest, VerifiedPlan), String> {
    let file = |name: &str| fs::read_to_string(home(world).join(name)).unwrap();
    let files = ProjectFiles {
        manifest: ("opportune.toml".to_owned(), format!("now = \"{}\"\n{}", question.now, file("opportune.toml"))),
        policies: vec![
            ("question.offer".to_owned(), question.policy.clone()),
            ("schema.offer".to_owned(), file("schema.offer")),
        ],
    };
    let Compiled { manifest, plan, diagnostics, .. } = compile(&files);
    let told = diagnostics.iter().map(|found| format!("{} {}", found.diagnostic.code, found.diagnostic.message));
    manifest.zip(plan).ok_or_else(|| told.collect::<Vec<_>>().join("; "))
}

/// Customer, offer, channel and, of a family, member of each decision, joined by `|`.
fn answers(plan: &VerifiedPlan, snapshot: &Snapshot, clock: &Clock, engine: Engine) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("answers.jsonl");
    let mut writer = DecisionWriter::create(&file, plan, snapshot, clock, String::new()).unwrap();
    let mut sink = |decisions: &[_]| writer.write(decisions).map_err(std::io::Error::other);
    decide_all(plan, snapshot, clock, &Options { engine, ..Options::default() }, &mut sink).unwrap();
    writer.finish().unwrap();
    let told = |line: &str| {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let parts = ["customer", "offer", "channel", "member"].iter().filter_map(|name| row[*name].as_str());
        parts.collect::<Vec<_>>().join("|")
    };
    fs::read_to_string(file).unwrap().lines().map(told).collect()
}
