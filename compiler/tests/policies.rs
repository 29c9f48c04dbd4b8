//! The repository's own policies validate.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};

use opportune_compiler::syntax::format;
use opportune_compiler::{Compiled, ProjectFiles, compile};

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

fn project(folder: &str) -> Compiled {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder);
    let mut paths = Vec::new();
    policies(&folder, &mut paths);
    paths.sort();
    let name = |path: &Path| path.strip_prefix(&folder).unwrap().to_str().unwrap().replace('\\', "/");
    let manifest = fs::read_to_string(folder.join("opportune.toml")).unwrap();
    let policies = paths.iter().map(|path| (name(path), fs::read_to_string(path).unwrap())).collect();
    compile(&ProjectFiles { manifest: ("opportune.toml".to_owned(), manifest), policies })
}

fn told(compiled: &Compiled) -> String {
    let line = |found: &opportune_compiler::diagnostic::Located| {
        let (path, diagnostic) = (&found.path, &found.diagnostic);
        let at = diagnostic.labels.first().map(|label| label.span);
        format!(
            "{path}:{at:?}: {}: {} ({})\n",
            diagnostic.code,
            diagnostic.message,
            diagnostic.help.as_deref().unwrap_or("")
        )
    };
    compiled.diagnostics.iter().map(line).collect()
}

#[test]
fn the_grocer_validates() {
    let compiled = project("policies/grocer");
    assert_eq!(told(&compiled), "");
    let plan = compiled.plan.unwrap();
    assert!(plan.offers.len() >= 20);
}

#[test]
fn the_oracle_schema_validates() {
    let mut compiled = project("tests/oracle/complete_journey");
    // Its channels stand for nothing but places for its offers, so nobody is asked whether they agreed.
    compiled.diagnostics.retain(|found| found.diagnostic.code != "E0801");
    assert_eq!(told(&compiled), "");
    assert!(compiled.plan.is_some());
}

#[test]
fn the_policies_are_in_their_canonical_form() {
    let mut paths = Vec::new();
    policies(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies"), &mut paths);
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        assert!(format(&text).text == text, "`opportune fmt {}` would change it", path.display());
    }
}
