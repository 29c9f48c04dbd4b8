//! The main job end to end: the grocer's policies over its bundled data and over the real one, through the built
//! program; the same bytes out whatever the threads and the engine.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

#[path = "support/project.rs"]
mod project;

use std::fs;
use std::path::Path;

use arrow::array::StringArray;
use arrow::compute::filter_record_batch;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use project::{Project, Run, run};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

const REAL_DATA: &str = "../shared/data/complete_journey";

/// What does not depend on how fast the machine is.
fn lasting(report: &str) -> String {
    let lines = report.lines().filter(|line| !line.starts_with("read the data in") && !line.starts_with("wrote "));
    lines.map(|line| format!("{line}\n")).collect()
}

fn grocer(arguments: &[&str]) -> Run {
    let run = run(root(), &[&["dry-run", "policies/grocer"], arguments].concat());
    assert_eq!(run.exit, 0, "{}", run.err);
    run
}

#[test]
fn the_bundled_grocer() {
    let report = lasting(&grocer(&[]).out);
    assert!(report.lines().all(|line| line.chars().count() <= 80), "wider than 80 columns:\n{report}");
    insta::assert_snapshot!("grocer", report);
}

#[test]
fn the_real_grocer() {
    if !root().join(REAL_DATA).is_dir() {
        assert!(std::env::var_os("CI").is_none(), "in CI the real data must be there: {REAL_DATA}");
        eprintln!("SKIPPED: the grocer on real data: no {REAL_DATA} beside the checkout");
        return;
    }
    let report = lasting(&grocer(&["--data", REAL_DATA]).out);
    // Who is known only from what comes after `now` is not seen either; at the year's end that is nobody.
    assert!(report.contains("customers  2,387"), "{report}");
    let year = grocer(&["--data", REAL_DATA, "--now", "2018-01-01 00:00"]).out;
    assert!(year.contains("customers  2,406"), "{year}");
    insta::assert_snapshot!("grocer_on_real_data", report);
}

#[test]
fn the_same_bytes_for_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    for ending in ["csv", "jsonl", "parquet"] {
        let decide = |name: &str, arguments: &[&str]| {
            let path = folder.path().join(format!("{name}.{ending}"));
            grocer(&[&["--out", path.to_str().unwrap()], arguments].concat());
            fs::read(path).unwrap()
        };
        let one = decide("one", &["--threads", "1"]);
        assert!(one.len() > 1_000, "{ending}: {} bytes", one.len());
        assert!(one == decide("two", &["--threads", "2"]), "{ending}: two threads differ");
        assert!(one == decide("seven", &["--threads", "7"]), "{ending}: seven threads differ");
    }
}

/// The interpreter takes each member of a family by itself, so it is asked about one household in twenty.
#[test]
fn the_same_bytes_by_both_engines() {
    let folder = tempfile::tempdir().unwrap();
    for file in fs::read_dir(root().join("policies/grocer/data")).unwrap() {
        let path = file.unwrap().path();
        one_household_in_twenty(&path, &folder.path().join(path.file_name().unwrap()));
    }
    let decide = |engine: &str| {
        let path = folder.path().join(format!("{engine}.csv"));
        let arguments =
            ["--engine", engine, "--out", path.to_str().unwrap(), "--data", folder.path().to_str().unwrap()];
        grocer(&arguments);
        fs::read_to_string(path).unwrap()
    };
    let jit = decide("jit");
    assert!(jit.lines().count() > 100, "{} lines", jit.lines().count());
    for offer in ["usual_shelf", "new_shelf"] {
        assert!(jit.contains(&format!(",{offer},")), "nobody gets `{offer}`");
    }
    assert!(jit == decide("interpreter"), "the interpreter differs");
}

/// Copies a table; of those with households, one in twenty.
fn one_household_in_twenty(from: &Path, to: &Path) {
    let reader = ParquetRecordBatchReaderBuilder::try_new(fs::File::open(from).unwrap()).unwrap();
    let schema = reader.schema().clone();
    let mut writer = ArrowWriter::try_new(fs::File::create(to).unwrap(), schema, None).unwrap();
    for batch in reader.build().unwrap() {
        let batch = batch.unwrap();
        let kept = match batch.column_by_name("household_id") {
            None => batch,
            Some(keys) => {
                let keys = keys.as_any().downcast_ref::<StringArray>().unwrap();
                let kept = keys.iter().map(|key| Some(key.unwrap().parse::<u32>().unwrap() % 20 == 0)).collect();
                filter_record_batch(&batch, &kept).unwrap()
            }
        };
        writer.write(&kept).unwrap();
    }
    writer.close().unwrap();
}

#[test]
fn decisions_are_as_documented() {
    let project = Project::new();
    let written = |name: &str| {
        let run = project.opportune(&["dry-run", "--out", name]);
        assert_eq!(run.exit, 0, "{}", run.err);
        hash_of_the_policy_hidden(&fs::read_to_string(project.path(name)).unwrap())
    };
    insta::assert_snapshot!("decisions_csv", written("out.csv"));
    insta::assert_snapshot!("decisions_jsonl", written("out.jsonl"));
}

/// The policy's hash changes with every new thing that a plan can say.
fn hash_of_the_policy_hidden(text: &str) -> String {
    let hash = |word: &&str| word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let hashes: Vec<&str> = text.split([',', '"', '\n']).filter(hash).collect();
    assert_eq!(hashes.len(), 2, "of the policy and of the data: {text}");
    text.replace(hashes[0], "POLICY")
}

#[test]
fn now_decides_what_is_seen() {
    let project = Project::new();
    let made = |now: &str| project.opportune(&["dry-run", "--now", now]).out;
    assert!(made("2026-10-01 00:00").contains("decisions  1"), "the purchase of that day is seen");
    assert!(made("2026-09-30 23:59").contains("decisions  0"), "a purchase of tomorrow is not");
}

#[test]
fn validate_and_help() {
    let project = Project::new();
    let run = project.opportune(&["validate"]);
    assert_eq!((run.exit, run.err.as_str()), (0, ""));
    assert_eq!(run.out, "shop is valid: 1 offer, 1 channel and 3 tables in 1 file\n");
    for (name, arguments) in [
        ("help", &["--help"][..]),
        ("help_validate", &["validate", "--help"]),
        ("help_dry_run", &["dry-run", "--help"]),
        ("help_run", &["run", "--help"]),
        ("help_replay", &["replay", "--help"]),
    ] {
        let run = project.opportune(arguments);
        assert_eq!(run.exit, 0);
        insta::assert_snapshot!(name, run.out);
    }
}
