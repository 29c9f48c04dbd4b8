//! Measures how long a large project takes to check: cold, from its texts to the verified plan, and again after one edit.
//!
//! `cargo bench -p opportune-bench-checking [-- --rounds 9]`. Each figure is the least of all rounds, in the time of the
//! thread on its processor, so that other work on the machine counts less. After each edit the
//! answer is compared with that of a cold compilation of the same texts; an edit that changed nothing would not count.

#![allow(clippy::panic, clippy::expect_used, reason = "a benchmark may stop")]

use std::time::Duration;

use opportune_bench_checking::{FILES, OFFERS_A_FILE, project};
use opportune_compiler::db::Database;
use opportune_compiler::project::compiled;
use opportune_compiler::queries::{Project, diagnostics};
use opportune_compiler::{ProjectFiles, compile};
use rustix::time::{ClockId, clock_gettime};
use salsa::Setter as _;

/// What is edited: the file, what stands there, what takes its place.
const EDITS: &[(&str, &str, &str, &str)] = &[
    ("one offer's priority", "offers/shelf_100.offer", "priority 0.", "priority 1."),
    ("one offer's text", "offers/shelf_100.offer", "times\"", "times!\""),
    ("a family's condition", "offers/shelf_100.offer", "eligible when none(", "eligible when not exists("),
    ("a segment that keeps its type", "words.offer", "segment s0 is count(", "segment s0 is 1 + count("),
    ("a journey's step", "schema.offer", "within 7 days", "within 8 days"),
    ("a guarantee", "guarantees.offer", "and offer.value > 3 USD", "and offer.value > 4 USD"),
    ("a field of the context", "schema.offer", "purchase, complaint, question", "complaint, purchase, question"),
    ("a comment", "schema.offer", "// What is known.", "// What is known, and more of it."),
];

fn main() {
    let rounds = rounds(std::env::args().skip(1));
    let files = project();
    let bytes: usize = files.policies.iter().map(|(_, text)| text.len()).sum();
    println!("{} offers in {FILES} files, {} KB", FILES * OFFERS_A_FILE, bytes / 1_000);
    let first = compile(&files);
    if !first.diagnostics.is_empty() {
        panic!("the project is wrong: {:#?}", first.diagnostics.iter().take(3).collect::<Vec<_>>());
    }
    let cold = least(rounds, || {
        let started = time();
        let compiled = compile(&files);
        let taken = time().saturating_sub(started);
        assert!(compiled.plan.is_some(), "the project has a plan");
        (taken, ())
    });
    tell("cold, to the verified plan", cold.0, None);
    for (name, path, from, to) in EDITS {
        let (checked, planned) = edited(&files, rounds, path, from, to);
        tell(name, checked, Some(planned));
    }
}

/// How long one edit takes to check, and then to plan.
fn edited(files: &ProjectFiles, rounds: usize, path: &str, from: &str, to: &str) -> (Duration, Duration) {
    let mut db = Database::default();
    let project: Project = files.load(&db);
    let _ = compiled(&db, project);
    let file = *project.files(&db).iter().find(|file| &**file.path(&db) == path).expect("the file is there");
    let before = file.text(&db).clone();
    assert!(before.contains(from), "nothing to edit in {path}: {from}");
    let after = before.replacen(from, to, 1);
    let mut best = (Duration::MAX, Duration::MAX);
    for round in 0..2 * rounds {
        let text = if round % 2 == 0 { after.as_str().into() } else { before.clone() };
        file.set_text(&mut db).to(text);
        let started = time();
        let found = diagnostics(&db, project).len();
        let checked = time().saturating_sub(started);
        assert_eq!(found, 0, "the edit is right");
        let answer = compiled(&db, project);
        let planned = time().saturating_sub(started);
        best = (best.0.min(checked), best.1.min(planned));
        if round == 0 {
            let texts = files
                .policies
                .iter()
                .map(|(name, text)| (name.clone(), if name == path { after.clone() } else { text.clone() }));
            let fresh = compile(&ProjectFiles { manifest: files.manifest.clone(), policies: texts.collect() });
            assert!(answer == fresh, "after the edit the answer is another than a cold one: {from}");
        }
    }
    best
}

/// How long this thread has been on its processor.
fn time() -> Duration {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(u64::try_from(now.tv_sec).unwrap_or(0), u32::try_from(now.tv_nsec).unwrap_or(0))
}

fn least<T>(rounds: usize, mut run: impl FnMut() -> (Duration, T)) -> (Duration, T) {
    let mut best = run();
    for _ in 1..rounds {
        let next = run();
        if next.0 < best.0 {
            best = next;
        }
    }
    best
}

fn tell(what: &str, checked: Duration, planned: Option<Duration>) {
    let shown = |taken: Duration| format!("{:.1} ms", taken.as_secs_f64() * 1_000.0);
    match planned {
        None => println!("{what:<32} {:>10}", shown(checked)),
        Some(planned) => println!("{what:<32} {:>10} checked {:>10} planned", shown(checked), shown(planned)),
    }
}

fn rounds(arguments: impl Iterator<Item = String>) -> usize {
    let arguments: Vec<String> = arguments.collect();
    let at = arguments.iter().position(|argument| argument == "--rounds");
    let said = at.and_then(|at| arguments.get(at + 1)).and_then(|number| number.parse().ok());
    said.unwrap_or(if arguments.iter().any(|argument| argument == "--bench") { 7 } else { 1 }).max(1)
}
