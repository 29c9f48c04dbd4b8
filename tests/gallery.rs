//! The projects under `policies/` pass their own tests, through the built binary. Few customers are drawn for what always
//! holds: `.ci/run` draws many, with the optimised program, and holds the tests to noticing changes of the policies.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

#[path = "support/project.rs"]
mod project;

use std::fs;
use std::path::Path;

use project::run;

#[test]
fn each_project_passes_its_own_tests() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut tested = Vec::new();
    for entry in fs::read_dir(root.join("policies")).unwrap().map(|entry| entry.unwrap()) {
        let name = entry.file_name().into_string().unwrap();
        if !entry.path().join("tests").is_dir() {
            continue;
        }
        let run = run(root, &["test", &format!("policies/{name}"), "--cases", "10"]);
        assert_eq!((run.exit, run.err.as_str()), (0, ""), "{name}:\n{}", run.out);
        tested.push(name);
    }
    assert!(tested.len() >= 6, "only {tested:?}");
}
