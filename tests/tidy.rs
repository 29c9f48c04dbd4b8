//! Holds the house in order: which room may know which, where `unsafe` may stand, how long files may be.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

use std::fs;
use std::path::{Path, PathBuf};

const LONGEST_FILE: usize = 800;

/// Where `unsafe` may stand: beside these only in `benches/`, whose hand-vectorised peers are no part of the product.
const UNSAFE_PLACES: [&str; 3] = ["runtime/src/jit/code.rs", "runtime/src/kernels", "benches/"];

/// A crate's manifest, and which of the project's own crates it may depend on.
const ARROWS: [(&str, &[&str]); 6] = [
    ("compiler/plan/Cargo.toml", &[]),
    ("compiler/Cargo.toml", &["opportune-plan"]),
    ("runtime/Cargo.toml", &["opportune-plan"]),
    ("ledger/Cargo.toml", &[]),
    ("lsp/Cargo.toml", &["opportune-compiler"]),
    ("Cargo.toml", &["opportune-plan", "opportune-compiler", "opportune-runtime", "opportune-ledger", "opportune-lsp"]),
];

/// A folder of sources, and the paths that its code may not name.
const FOREIGN_WORDS: [(&str, &[&str]); 7] = [
    ("compiler/src/syntax", &["salsa", "miette"]),
    ("compiler/src", &["miette", "std::fs", "std::thread", "std::time", "opportune_runtime", "opportune_ledger"]),
    ("compiler/plan/src", &["std::fs", "std::thread", "std::time", "std::io"]),
    ("runtime/src", &["opportune_compiler", "opportune_ledger", "miette"]),
    ("ledger/src", &["opportune_plan", "opportune_compiler", "opportune_runtime", "miette"]),
    ("lsp", &["opportune_runtime", "opportune_ledger", "miette"]),
    ("lsp/src/ide", &["lsp_types", "lsp_server", "serde_json", "std::fs", "std::thread"]),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let rooms = ["src", "compiler", "runtime", "ledger", "tests", "benches", "lsp", "policies", "fuzz"];
    let mut folders: Vec<PathBuf> = rooms.map(|room| root().join(room)).into();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() && entry.file_name() != "target" {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let name = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(found.len() > 20, "the sources are not where this test looks");
    found.sort();
    found
}

/// The lines that are not comments, numbered from 1.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    (1..).zip(text.lines()).filter(|(_, line)| !line.trim_start().starts_with("//"))
}

fn none(what: &str, places: &[String]) {
    assert!(places.is_empty(), "{what}:\n  {}", places.join("\n  "));
}

/// The paths of the sources for which `is_wrong` holds.
fn paths_where(is_wrong: impl Fn(&str, &str) -> bool) -> Vec<String> {
    sources().into_iter().filter(|(path, text)| is_wrong(path, text)).map(|(path, _)| path).collect()
}

#[test]
fn every_file_says_its_role() {
    none("files that do not open with a `//!` line", &paths_where(|_, text| !text.starts_with("//! ")));
}

#[test]
fn no_file_is_too_long() {
    none("files above 800 lines", &paths_where(|_, text| text.lines().count() > LONGEST_FILE));
}

#[test]
fn names_say_something() {
    let vague = ["utils", "util", "manager", "helper", "helpers", "common", "misc", "mod"];
    let stem = |path: &str| Path::new(path).file_stem().unwrap().to_string_lossy().into_owned();
    none("files whose name says nothing", &paths_where(|path, _| vague.contains(&stem(path).as_str())));
}

#[test]
fn unsafe_stands_in_its_places_only() {
    let is_unsafe = |line: &str| line.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == "unsafe");
    let places = paths_where(|path, text| {
        let free = UNSAFE_PLACES.iter().any(|place| path.starts_with(place)) || path == "tests/tidy.rs";
        !free && code(text).any(|(_, line)| is_unsafe(line))
    });
    none("files with `unsafe` outside its places", &places);
}

#[test]
fn crates_know_only_whom_they_may() {
    for (manifest, allowed) in ARROWS {
        let text = fs::read_to_string(root().join(manifest)).unwrap();
        let dependencies = text.split("\n[dependencies]").nth(1).unwrap_or("").split("\n[").next().unwrap_or("");
        let own = dependencies.lines().filter_map(|line| line.split(['.', ' ', '=']).next());
        let wrong: Vec<&str> = own.filter(|name| name.starts_with("opportune") && !allowed.contains(name)).collect();
        assert!(wrong.is_empty(), "{manifest} may not depend on {wrong:?}");
    }
}

#[test]
fn rooms_know_only_what_they_may() {
    let mut places = Vec::new();
    for (path, text) in sources() {
        if path.ends_with("/tests.rs") || path.contains("/tests/") {
            continue;
        }
        for (_, words) in FOREIGN_WORDS.iter().filter(|(room, _)| path.starts_with(&format!("{room}/"))) {
            for (line, code) in code(&text) {
                let found = words.iter().filter(|word| code.contains(&format!("{word}::")));
                places.extend(found.map(|word| format!("{path}:{line}: `{word}`")));
            }
        }
    }
    none("rooms that know what they may not", &places);
}

#[test]
fn only_the_renderer_prints_with_miette() {
    let free = ["src/render.rs", "tests/tidy.rs"];
    let uses_miette = |text: &str| code(text).any(|(_, line)| line.contains("miette::"));
    none("files that use miette", &paths_where(|path, text| !free.contains(&path) && uses_miette(text)));
}
