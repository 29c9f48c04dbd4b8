//! The plan on which tests are played decides as the plan that runs, over each project under `policies/` and its data; and
//! tests change no plan.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

use std::fs;
use std::path::{Path, PathBuf};

use opportune_compiler::rehearsal::rehearse;
use opportune_compiler::{ProjectFiles, compile};
use opportune_plan::VerifiedPlan;
use opportune_runtime::run::{Engine, Options, decide_all};
use opportune_runtime::snapshot::read::load;
use opportune_runtime::time::Clock;

fn folder(project: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("policies").join(project)
}

fn policies(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            policies(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "offer") {
            found.push(path);
        }
    }
}

fn files(folder: &Path) -> ProjectFiles {
    let mut paths = Vec::new();
    policies(folder, &mut paths);
    paths.sort();
    let text = |path: &PathBuf| {
        let name = path.strip_prefix(folder).unwrap().to_str().unwrap().replace('\\', "/");
        (name, fs::read_to_string(path).unwrap())
    };
    let manifest = fs::read_to_string(folder.join("opportune.toml")).unwrap();
    ProjectFiles { manifest: ("opportune.toml".to_owned(), manifest), policies: paths.iter().map(text).collect() }
}

fn decided(plan: &VerifiedPlan, data: &Path, clock: &Clock) -> Vec<String> {
    let (snapshot, _) = load(plan, data, clock).unwrap_or_else(|errors| panic!("{errors:?}"));
    let mut all = Vec::new();
    let mut sink = |decisions: &[opportune_runtime::decide::Decision]| {
        all.extend(decisions.iter().map(|decision| format!("{decision:?}")));
        Ok(())
    };
    let options = Options { threads: 1, engine: Engine::Jit, block_size: 256 };
    decide_all(plan, &snapshot, clock, &options, &mut sink).unwrap();
    all
}

#[test]
fn a_rehearsal_decides_as_a_run() {
    for project in ["bank", "coffee", "fashion", "grocer"] {
        let folder = folder(project);
        let (compiled, rehearsal) = rehearse(&files(&folder));
        let (plan, rehearsal) = (compiled.plan.unwrap(), rehearsal.unwrap());
        let manifest = compiled.manifest.unwrap();
        let clock = Clock::new(manifest.now.unwrap(), &manifest.zone).unwrap();
        let data = folder.join(&*manifest.data.folder);
        let expected = decided(&plan, &data, &clock);
        assert!(!expected.is_empty(), "{project}");
        assert_eq!(decided(&rehearsal.plan, &data, &clock), expected, "{project}");
        assert!(rehearsal.conditions.len() > plan.offers.len(), "{project}");
    }
}

#[test]
fn tests_change_no_plan() {
    let before = files(&folder("grocer"));
    let mut after = before.clone();
    let tests = "persona nobody {\n  home: \"Renter\"\n}\n\ntest \"nothing\" {\n  at 2026-11-20 18:00\n  given nobody\n  always no offer when age = \"65+\"\n}\n";
    after.policies.push(("zz_tests.offer".to_owned(), tests.to_owned()));
    let (plain, tested) = (compile(&before), compile(&after));
    assert_eq!(tested.diagnostics, plain.diagnostics);
    assert_eq!(tested.plan.unwrap(), plain.plan.unwrap());
}
