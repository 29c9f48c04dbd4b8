//! `opportune test`: plays a project's tests, tells what does not hold and why, and what no test has looked at.
//!
//! ```text
//! files ─ validated ─ rehearsal ─ each test played ─ results ─┬─ for people
//!                                      └ coverage ────────────┼─ JUnit
//!                  mutated policies ─ the same tests ─────────┴─ JSON
//! ```

mod coverage;
mod explain;
mod given;
mod history;
mod human;
mod invariant;
mod json;
mod judge;
mod junit;
mod mutate;
mod output;
mod places;
mod play;
mod random;
mod rehearsed;
mod shrink;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use opportune_compiler::db::Database;
use opportune_compiler::rehearsal::{Rehearsal, Test};
use opportune_compiler::{Compiled, ProjectFiles};
use opportune_runtime::rehearse::Stage;

use crate::deciding::refuse;
use crate::render::Problem;
use crate::{Outcome, ProjectArgument, validate};
use coverage::Coverage;
use invariant::{Trial, Tried};
use judge::Failure;
use mutate::{Mutation, Trying};
use places::Texts;
use play::{Notes, Theatre};

/// What `test` can be told.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    project: ProjectArgument,
    /// Play only tests with this text in their name or the path of their file; may be said several times
    #[arg(long, value_name = "TEXT")]
    filter: Vec<String>,
    /// List the tests and play none
    #[arg(long)]
    list: bool,
    /// How results are told: for people, as JUnit XML, or as JSON
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Write the results to this file too, in the format that is asked for; it is there whole or not at all
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Tell which offers were never made or always, and which conditions were never true, false or unknown
    #[arg(long)]
    coverage: bool,
    /// Fail where less than this percentage of offers and conditions is covered
    #[arg(long, value_name = "PERCENT", value_parser = percentage)]
    min_coverage: Option<f64>,
    /// Draw so many customers for each test with `always`
    #[arg(long, value_name = "N", default_value_t = 200)]
    cases: usize,
    /// Change the policy in one small way at a time, and tell which changes no test notices
    ///
    /// Comparisons are flipped, conditions dropped or negated, numbers doubled, lengths of time and limits halved too,
    /// clauses dropped, channels exchanged, ranks turned round. A change after which the policy is none, or means the
    /// same, is not counted.
    #[arg(long)]
    mutate: bool,
    /// Try at most so many changes, drawn by `--seed`
    #[arg(long, value_name = "N", default_value_t = 2_000)]
    mutants: usize,
    /// Fail where the tests notice less than this percentage of the changes; asks for `--mutate` too
    #[arg(long, value_name = "PERCENT", value_parser = percentage)]
    min_mutation_score: Option<f64>,
    /// By which cases and changes are drawn: the same seed, the same draw
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
}

/// 2026-06-15 12:00 UTC: around which customers are drawn where the manifest has no `now`; never the machine's clock.
const SOME_DAY: i64 = 1_781_524_800_000_000;

/// How many customers are drawn for each changed policy: the first of those that the policy itself was tried on.
const MOST_CASES_OF_A_MUTANT: usize = 10;

/// How results are told.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// As text, with the place of each failure
    Human,
    /// As XML that build servers read
    Junit,
    /// As one JSON object
    Json,
}

fn percentage(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(percentage) if (0.0..=100.0).contains(&percentage) => Ok(percentage),
        _ => Err("a percentage is a number from 0 to 100".to_owned()),
    }
}

/// What came of all that was asked for.
pub struct Report<'r> {
    project: &'r str,
    texts: &'r Texts<'r>,
    results: Vec<Played<'r>>,
    coverage: Option<Coverage>,
    mutation: Option<Mutation>,
    /// What is asked for and not reached, in words.
    missed: Vec<String>,
}

/// A test that was played.
struct Played<'r> {
    test: &'r Test,
    failures: Vec<Failure>,
    /// How its invariants were tried, where it has some.
    tried: Option<Tried>,
    took: Duration,
}

impl Report<'_> {
    fn failed(&self) -> usize {
        self.results.iter().filter(|played| !played.failures.is_empty()).count()
    }
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Outcome {
    let (files, compiled) = match validate::checked(&arguments.project.project) {
        Ok(checked) => checked,
        Err(outcome) => return outcome,
    };
    let db = Database::default();
    let project = files.load(&db);
    match rehearsed::of(&db, project) {
        Some(rehearsal) => Testing { arguments, files: &files, compiled: &compiled, rehearsal: &rehearsal }.run(),
        None => refuse(Problem::new(
            "the tests cannot be played",
            "this is a mistake of Opportune, please report it with the policy",
        )),
    }
}

/// A project that is tested.
struct Testing<'a> {
    arguments: &'a Arguments,
    files: &'a ProjectFiles,
    compiled: &'a Compiled,
    rehearsal: &'a Rehearsal,
}

impl<'a> Testing<'a> {
    fn run(&self) -> Outcome {
        let texts = Texts::new(self.files);
        let tests: Vec<&Test> = self.rehearsal.tests.iter().filter(|test| self.is_asked(test)).collect();
        if tests.is_empty() && !self.arguments.filter.is_empty() {
            return refuse(Problem::new(
                "no test has this text in its name or the path of its file",
                "`opportune test --list` tells the tests",
            ));
        }
        if self.arguments.list {
            human::list(&texts, &tests);
            return Outcome::Fine;
        }
        let report = self.play(&texts, &tests);
        let is_fine = report.failed() == 0 && report.missed.is_empty();
        match output::tell(self.arguments, &report) {
            Err(problem) => refuse(problem),
            Ok(()) if is_fine => Outcome::Fine,
            Ok(()) => Outcome::PolicyIsWrong,
        }
    }

    fn is_asked(&self, test: &Test) -> bool {
        let has = |text: &String| test.scenario.name.contains(text.as_str()) || test.place.path.contains(text.as_str());
        self.arguments.filter.is_empty() || self.arguments.filter.iter().any(has)
    }

    fn play<'r>(&'r self, texts: &'r Texts<'r>, tests: &[&'r Test]) -> Report<'r> {
        let currency = self.compiled.manifest.as_ref().and_then(|manifest| manifest.currency);
        let stage = Stage::new(&self.rehearsal.plan, currency);
        let theatre = Theatre { rehearsal: self.rehearsal, stage: &stage };
        let covers = self.arguments.coverage || self.arguments.min_coverage.is_some();
        let mut notes = covers.then(|| Notes::new(self.rehearsal));
        let mut results = Vec::new();
        for test in tests {
            let started = Instant::now();
            let mut failures = theatre.play(test, notes.as_mut());
            let mut tried = None;
            if !test.scenario.always.is_empty() {
                let (found, how) = self.trial(&stage).run(test);
                failures.extend(found);
                tried = Some(how);
            }
            results.push(Played { test, failures, tried, took: started.elapsed() });
        }
        let coverage = notes.map(|notes| Coverage::new(self.rehearsal, &self.compiled.sources, &notes));
        let mut missed = Vec::new();
        if let (Some(least), Some(coverage)) = (self.arguments.min_coverage, &coverage)
            && coverage.whole().percentage() < least
        {
            missed.push(format!("{} is covered, and {least}% is asked for", coverage.whole()));
        }
        let mut report =
            Report { project: &self.rehearsal.plan.name, texts, results, coverage, mutation: None, missed };
        if self.arguments.mutate || self.arguments.min_mutation_score.is_some() {
            self.mutate(&mut report);
        }
        report
    }

    fn trial<'t>(&'t self, stage: &'t Stage<'t>) -> Trial<'t> {
        let Arguments { cases, seed, .. } = *self.arguments;
        Trial { rehearsal: self.rehearsal, stage, base: self.base(), cases, seed }
    }

    /// Around which moment customers are drawn.
    fn base(&self) -> i64 {
        self.compiled.manifest.as_ref().and_then(|manifest| manifest.now).unwrap_or(SOME_DAY)
    }

    /// Tries how closely the tests watch the policy; only tests that pass can watch it.
    fn mutate(&self, report: &mut Report<'_>) {
        if report.failed() > 0 {
            report.missed.push("no change was tried, since a test fails as it is".to_owned());
            return;
        }
        let is_played = |test: &Test| report.results.iter().any(|played| std::ptr::eq(played.test, test));
        let tests = self.rehearsal.tests.iter().zip(0..).filter(|(test, _)| is_played(test)).map(|(_, at)| at);
        let currency = self.compiled.manifest.as_ref().and_then(|manifest| manifest.currency);
        let Arguments { mutants, seed, min_mutation_score, .. } = *self.arguments;
        let tests: Vec<usize> = tests.collect();
        let (base, cases) = (self.base(), self.arguments.cases.min(MOST_CASES_OF_A_MUTANT));
        let mutation = Trying { files: self.files, currency, base, cases, tests: &tests, most: mutants, seed }.run();
        let counts = mutation.counts(|_| true);
        if let Some(least) = min_mutation_score.filter(|least| counts.percentage() < *least) {
            report.missed.push(format!("{counts} is noticed, and {least}% is asked for"));
        }
        report.mutation = Some(mutation);
    }
}
