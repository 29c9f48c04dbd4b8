//! `opportune test`: plays a project's tests, tells what does not hold and why, and what no test has looked at.
//!
//! ```text
//! files ─ validated ─ rehearsal ─ each test played ─ results ─┬─ for people
//!                                      └ coverage ────────────┼─ JUnit
//!                  mutated policies ─ the same tests ─────────┴─ JSON
//! ```

mod coverage;
mod explain;
mod human;
mod json;
mod judge;
mod junit;
mod output;
mod places;
mod play;
mod rehearsed;

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
use judge::Failure;
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
}

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
    /// What is asked for and not reached, in words.
    missed: Vec<String>,
}

/// A test that was played.
struct Played<'r> {
    test: &'r Test,
    failures: Vec<Failure>,
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
            let failures = theatre.play(test, notes.as_mut());
            results.push(Played { test, failures, took: started.elapsed() });
        }
        let coverage = notes.map(|notes| Coverage::new(self.rehearsal, &self.compiled.sources, &notes));
        let mut missed = Vec::new();
        if let (Some(least), Some(coverage)) = (self.arguments.min_coverage, &coverage)
            && coverage.whole().percentage() < least
        {
            missed.push(format!("{} is covered, and {least}% is asked for", coverage.whole()));
        }
        Report { project: &self.rehearsal.plan.name, texts, results, coverage, missed }
    }
}
