//! What the tests share that compare with DuckDB's committed answers: where the public data is, how decisions
//! are read back, and how an answer is told.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use opportune_plan::VerifiedPlan;
use opportune_runtime::run::{Engine, Options, decide_all};
use opportune_runtime::sink::DecisionWriter;
use opportune_runtime::snapshot::Snapshot;
use opportune_runtime::time::Clock;
use sha2::{Digest, Sha256};

/// The folder of the public data, where it lies beside the checkout with all of these; else it is said that `test` was
/// skipped.
pub fn public_data(test: &str, folders: &[&str]) -> Option<PathBuf> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    if folders.iter().all(|folder| data.join(folder).is_dir()) {
        return Some(data);
    }
    assert!(std::env::var_os("CI").is_none_or(|value| value != "true"), "no real data at {}", data.display());
    eprintln!("SKIPPED: {test}: there is no {}", data.display());
    None
}

/// Those that are asked.
pub const ENGINES: [Engine; 3] = [Engine::Interpreter, Engine::Vectorised, Engine::Jit];

/// A decision as it is written.
pub type Row = serde_json::Map<String, serde_json::Value>;

/// All decisions of an engine.
pub fn decide(plan: &VerifiedPlan, snapshot: &Snapshot, clock: &Clock, engine: Engine) -> Vec<Row> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("decisions.jsonl");
    let mut writer = DecisionWriter::create(&file, plan, snapshot, clock, String::new()).unwrap();
    let mut sink = |decisions: &[_]| writer.write(decisions).map_err(std::io::Error::other);
    decide_all(plan, snapshot, clock, &Options { engine, ..Options::default() }, &mut sink).unwrap();
    writer.finish().unwrap();
    fs::read_to_string(file).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The questions of a world and what else is about it.
pub fn home(world: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle").join(world)
}

/// As `check_fresh.py` has it: SHA-256 of the keys, sorted as texts and joined by newlines, in hexadecimal.
pub fn hash(answers: &[String]) -> String {
    let mut sorted: Vec<&str> = answers.iter().map(String::as_str).collect();
    sorted.sort_unstable();
    Sha256::digest(sorted.join("\n")).iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}
