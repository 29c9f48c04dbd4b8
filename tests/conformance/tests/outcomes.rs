//! Every case of the other suites has its line in a committed table: what became of it, and why.
//!
//! | outcome | meaning |
//! |---|---|
//! | `pass` | the condition that the case claims compiles and holds, by interpreter and by machine code |
//! | `refused` | the other language answers with an error; ours is told before any data is seen: it does not compile |
//! | `differs` | on purpose; the reason stands beside it |
//! | `not applicable` | the case is about what Opportune does not have; the reason stands beside it |
//!
//! `OPPORTUNE_BLESS=1` writes the tables anew. Without the suites the test says that it was skipped; in CI it must not be.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};

use opportune_compiler::diagnostic::{Located, Severity, codes};
use opportune_compiler::{ProjectFiles, compile};
use opportune_conformance::{Case, Claim, Expects, cel, dmn};
use opportune_runtime::run::{Engine, Options, decide_all};
use opportune_runtime::snapshot::read::load;
use opportune_runtime::time::Clock;

const NOW: &str = "2026-11-20T18:00:00Z";

fn suites() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/conformance");
    if root.is_dir() {
        return Some(root);
    }
    assert!(std::env::var_os("CI").is_none(), "the suites are not at {}", root.display());
    eprintln!("SKIPPED: the conformance suites are not beside the checkout ({})", root.display());
    None
}

#[test]
fn cel_cases_are_as_the_table_says() {
    let Some(root) = suites() else { return };
    let mut cases = Vec::new();
    let mut files: Vec<_> = std::fs::read_dir(root.join("cel")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files.iter().filter(|file| file.extension().is_some_and(|ending| ending == "textproto")) {
        let name = file.file_stem().unwrap().to_string_lossy();
        cases.extend(cel::cases(&name, &std::fs::read_to_string(file).unwrap()).unwrap());
    }
    assert_eq!(cases.len(), 894);
    check("cel", &cases, 500);
}

#[test]
fn dmn_cases_are_as_the_table_says() {
    let Some(root) = suites() else { return };
    let mut folders: Vec<_> = std::fs::read_dir(root.join("dmn")).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.retain(|folder| folder.is_dir());
    folders.sort();
    let mut cases = Vec::new();
    for folder in folders {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let model = std::fs::read_to_string(folder.join(format!("{name}.dmn"))).unwrap();
        let tests = std::fs::read_to_string(folder.join(format!("{name}-test-01.xml"))).unwrap();
        cases.extend(dmn::cases(&name, &model, &tests).unwrap());
    }
    assert_eq!(cases.len(), 1527);
    check("dmn", &cases, 700);
}

/// Compares what became of the cases with the committed table; `least` of them must do what their suite expects.
fn check(suite: &str, cases: &[Case], least: usize) {
    let outcomes = outcomes(cases);
    let mut table = String::from("case\toutcome\treason\n");
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (case, (outcome, reason)) in cases.iter().zip(&outcomes) {
        *counts.entry(outcome).or_default() += 1;
        writeln!(table, "{}\t{outcome}\t{reason}", case.id).unwrap();
    }
    eprintln!("{suite}: {counts:?}");
    let ids: BTreeSet<&str> = cases.iter().map(|case| case.id.as_str()).collect();
    assert!(ids.len() + 3 >= cases.len(), "cases share their names");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("outcomes").join(format!("{suite}.tsv"));
    if std::env::var_os("OPPORTUNE_BLESS").is_some() {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, &table).unwrap();
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    for (line, (found, expected)) in table.lines().zip(committed.lines()).enumerate() {
        assert_eq!(found, expected, "line {} of {} is another", line + 1, file.display());
    }
    assert_eq!(table.lines().count(), committed.lines().count(), "{} has other cases", file.display());
    let as_expected = counts.get("pass").unwrap_or(&0) + counts.get("refused").unwrap_or(&0);
    assert!(as_expected >= least, "{as_expected} cases as their suite expects them, {least} are wanted");
    assert!(!counts.contains_key("WRONG"), "a case has another value: see the table");
}

/// What became of each case.
fn outcomes(cases: &[Case]) -> Vec<(&'static str, String)> {
    let claims: Vec<(usize, &Claim)> =
        cases.iter().enumerate().filter_map(|(at, case)| Some((at, case.claim.as_ref().ok()?))).collect();
    let refused = refusals(&claims);
    let accepted: Vec<_> = claims.iter().filter(|(at, _)| !refused.contains_key(at)).copied().collect();
    let interpreted = holding(&accepted, Engine::Interpreter);
    assert_eq!(interpreted, holding(&accepted, Engine::Jit), "interpreter and machine code differ");
    let outcome = |(at, case): (usize, &Case)| match &case.claim {
        Err(reason) => reason.split_once(": ").map_or(("not applicable", (*reason).to_owned()), |(word, reason)| {
            (if word == "differs" { "differs" } else { "not applicable" }, reason.to_owned())
        }),
        Ok(claim) => judge(claim, refused.get(&at), interpreted.contains(&at)),
    };
    cases.iter().enumerate().map(outcome).collect()
}

fn judge(claim: &Claim, refusal: Option<&String>, holds: bool) -> (&'static str, String) {
    match (claim.expects, refusal) {
        (Expects::Value, Some(refusal)) => ("differs", format!("does not compile: {refusal}")),
        (_, Some(refusal)) => ("refused", refusal.clone()),
        (Expects::Error, None) if holds => ("differs", "missing instead of an error at run time".to_owned()),
        (_, None) if holds => ("pass", String::new()),
        (_, None) => differing(claim),
    }
}

/// Values that are other ones on purpose.
fn differing(claim: &Claim) -> (&'static str, String) {
    claim.unless.map_or_else(|| ("WRONG", claim.condition.clone()), |reason| ("differs", reason.to_owned()))
}

/// The claims that do not compile, with the code and message of the first mistake.
fn refusals(claims: &[(usize, &Claim)]) -> BTreeMap<usize, String> {
    let mut refused = BTreeMap::new();
    for chunk in claims.chunks(200) {
        let files: Vec<_> = chunk.iter().map(|(at, claim)| (format!("c{at:05}.offer"), offer(*at, claim))).collect();
        let compiled = compile(&project(files));
        for diagnostic in compiled.diagnostics.iter().filter(|found| found.diagnostic.severity == Severity::Error) {
            let at = case_of(diagnostic);
            let message = format!("{}: {}", diagnostic.diagnostic.code, diagnostic.diagnostic.message);
            refused.entry(at).or_insert(message);
        }
    }
    refused
}

/// The case that a mistake is about.
fn case_of(located: &Located) -> usize {
    let at = located.path.trim_start_matches('c').trim_end_matches(".offer").parse();
    at.unwrap_or_else(|_| panic!("a mistake outside the cases: {located:?}"))
}

/// The claims that hold, as numbers of their cases.
fn holding(claims: &[(usize, &Claim)], engine: Engine) -> BTreeSet<usize> {
    let mut held = BTreeSet::new();
    let mut by_zone: BTreeMap<&str, Vec<(usize, &Claim)>> = BTreeMap::new();
    for (at, claim) in claims {
        by_zone.entry(&claim.zone).or_default().push((*at, claim));
    }
    for (zone, claims) in by_zone {
        let files: Vec<_> = claims.iter().map(|(at, claim)| (format!("c{at:05}.offer"), offer(*at, claim))).collect();
        let compiled = compile(&project(files));
        let plan = compiled.plan.unwrap_or_else(|| panic!("{:?}", compiled.diagnostics));
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(
            folder.path().join("nobody.csv"),
            format!("id,zone,{}\n1,{zone}{}\n", NONE.join(","), ",".repeat(NONE.len())),
        )
        .unwrap();
        let clock = Clock::parse(NOW, "UTC").unwrap();
        let (snapshot, _) = load(&plan, folder.path(), &clock).unwrap();
        let options = Options { engine, ..Options::default() };
        let mut sink = |decisions: &[opportune_runtime::decide::Decision]| {
            for decision in decisions {
                let name = &plan.offers[decision.offer.0 as usize].name;
                held.insert(name.trim_start_matches('c').parse().unwrap());
            }
            Ok(())
        };
        decide_all(&plan, &snapshot, &clock, &options, &mut sink).unwrap();
        for dead in compiled.diagnostics.iter().filter(|found| found.diagnostic.code == codes::DEAD_OFFER) {
            assert!(!held.contains(&case_of(dead)), "somebody gets what nobody should: {dead:?}");
        }
    }
    held
}

fn offer(at: usize, claim: &Claim) -> String {
    format!("offer c{at:05} {{\n  eligible when {}\n}}\n", claim.condition)
}

/// Fields of every type, all missing: what the other languages call null.
const NONE: [&str; 9] =
    ["no_bool", "no_int", "no_number", "no_text", "no_date", "no_time", "no_instant", "no_duration", "no_months"];

fn project(mut policies: Vec<(String, String)>) -> ProjectFiles {
    let manifest = "name = \"conformance\"\nedition = \"2026\"\nzone = \"UTC\"\n\n[data]\nfolder = \"data\"\n";
    let fields = NONE.iter().map(|name| format!("  {name}: {}?\n", name.trim_start_matches("no_"))).collect::<String>();
    let schema = format!(
        "customer nobody {{\n  key id: int\n  zone: timezone\n{fields}}}\n\nchannel letter {{\n  needs customer.id > 0\n}}\n\nportfolio {{\n  slate letter 2000\n}}\n"
    );
    policies.push(("schema.offer".to_owned(), schema));
    policies.sort();
    ProjectFiles { manifest: ("opportune.toml".to_owned(), manifest.to_owned()), policies }
}
