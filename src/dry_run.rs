//! `opportune dry-run`: decides for every customer of a snapshot and contacts no one.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::{Args, ValueEnum};
use opportune_compiler::{Compiled, Manifest, ProjectFiles};
use opportune_plan::VerifiedPlan;
use opportune_runtime::decide::Decision;
use opportune_runtime::run::{self, Engine, Options};
use opportune_runtime::sink::{DecidedRows, DecisionWriter, SinkError};
use opportune_runtime::snapshot::Snapshot;
use opportune_runtime::snapshot::context::{Request, load_with};
use opportune_runtime::snapshot::read::{LoadError, LoadReport, Reach};
use opportune_runtime::time::Clock;

use crate::render::{self, Problem};
use crate::summary::{self, Days, Facts};
use crate::{Outcome, ProjectArgument, context, validate};

/// What `dry-run` can be told.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    project: ProjectArgument,
    /// Decide as if it were then: `2026-11-01 18:00` in the project's zone, or with an offset `2026-11-01T18:00:00Z`
    ///
    /// Nothing after it is seen. Without it: the manifest's `now`, else the clock.
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    now: Option<String>,
    /// Read the data from this folder instead of the project's
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// What the request brings: `reason=complaint` for all customers, or a file with a row for each that has one
    ///
    /// KEY is a field of the project's `context`, VALUE is of its type; it may be said for several keys. The file is
    /// CSV, JSON lines, Parquet or Arrow, with the customer's key and columns named after the fields. What is not given
    /// is missing.
    #[arg(long, value_name = "KEY=VALUE or FILE")]
    context: Vec<String>,
    /// Write the decisions to this file: Parquet, CSV or JSON lines by its ending (.parquet, .csv, .jsonl)
    ///
    /// The file is there whole or not at all: it is written beside and then renamed.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Use so many threads; the decisions are the same for any number
    ///
    /// Without it: one for each processor.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// How policies are evaluated; the decisions are the same
    #[arg(long, value_enum, default_value_t = EngineName::Jit)]
    engine: EngineName,
}

/// The evaluators that can be asked for.
#[derive(Clone, Copy, ValueEnum)]
enum EngineName {
    /// Machine code made for these policies
    Jit,
    /// The reference evaluator: slow, and the definition of what is right
    Interpreter,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Outcome {
    let root = &arguments.project.project;
    match validate::checked(root).and_then(|(files, compiled)| decide(arguments, &files, &compiled)) {
        Ok(()) => Outcome::Fine,
        Err(outcome) => outcome,
    }
}

/// Prints one problem of the call or the data.
fn refuse<T>(message: impl std::fmt::Display, help: impl std::fmt::Display) -> Result<T, Outcome> {
    render::print(&[Problem::new(message, help)]);
    Err(Outcome::CallOrDataIsWrong)
}

fn decide(arguments: &Arguments, files: &ProjectFiles, compiled: &Compiled) -> Result<(), Outcome> {
    let (Some(plan), Some(manifest)) = (&compiled.plan, &compiled.manifest) else {
        return Err(Outcome::PolicyIsWrong);
    };
    let clock = clock(arguments, manifest)?;
    validate::warn_of_reviews(files, compiled, Some(&clock));
    let request = context::request(plan, &arguments.context).map_err(|problems| {
        render::print(&problems);
        Outcome::CallOrDataIsWrong
    })?;
    let started = Instant::now();
    let (snapshot, report) = load(arguments, manifest, plan, &clock, &request)
        .map_err(|errors| tell_load_errors(&errors, files, compiled))?;
    let loaded = started.elapsed();
    let started = Instant::now();
    let (summary, days) = evaluate(arguments, plan, &snapshot, report.read.hash(), &clock)?;
    let facts = Facts {
        plan,
        clock: &clock,
        snapshot: &snapshot,
        report: &report,
        summary: &summary,
        days: &days,
        loaded,
        decided: started.elapsed(),
        out: arguments.out.as_deref(),
    };
    // A closed pipe is how `| head` ends; the decisions are written by then.
    let _ = summary::print(&mut io::stdout().lock(), &facts);
    Ok(())
}

fn clock(arguments: &Arguments, manifest: &Manifest) -> Result<Clock, Outcome> {
    let clock = match (&arguments.now, manifest.now) {
        (Some(now), _) => Clock::parse(now, &manifest.zone),
        (None, Some(now)) => Clock::new(now, &manifest.zone),
        (None, None) => Clock::of_the_machine(&manifest.zone),
    };
    clock.or_else(|error| refuse(error, "write `--now '2026-11-01 18:00'` for the local time of the project's zone"))
}

type Loaded = Result<(Snapshot, LoadReport), Vec<LoadError>>;

fn load(arguments: &Arguments, manifest: &Manifest, plan: &VerifiedPlan, clock: &Clock, request: &Request) -> Loaded {
    match &arguments.data {
        Some(folder) => load_with(plan, folder, Reach::Anywhere, clock, request),
        None => {
            let root = &arguments.project.project;
            load_with(plan, &root.join(&*manifest.data.folder), Reach::Within(root), clock, request)
        }
    }
}

/// Prints what is wrong with the data, each with the line of the schema that it is about.
fn tell_load_errors(errors: &[LoadError], files: &ProjectFiles, compiled: &Compiled) -> Outcome {
    let texts = validate::texts(files);
    let problem = |error: &LoadError| {
        let place = error.schema_place().and_then(|(table, field)| match field {
            Some(field) => compiled.sources.field(table, field),
            None => compiled.sources.table(table),
        });
        let mut problem = Problem::new(error.message(), error.help());
        problem.code = Some(error.code().to_owned());
        if let Some(place) = place {
            let text = texts.get(&*place.path).map_or("", |text| text);
            problem.source = Some((place.path.to_string(), text.to_owned()));
            problem.labels = vec![(place.span.start as usize..place.span.end as usize, "declared here".to_owned())];
        }
        problem
    };
    render::print(&errors.iter().map(problem).collect::<Vec<_>>());
    if errors.iter().any(LoadError::is_schema_disagreement) {
        Outcome::PolicyIsWrong
    } else {
        Outcome::CallOrDataIsWrong
    }
}

fn evaluate(
    arguments: &Arguments,
    plan: &VerifiedPlan,
    snapshot: &Snapshot,
    data_hash: String,
    clock: &Clock,
) -> Result<(run::Summary, Days), Outcome> {
    let processors = || std::thread::available_parallelism().map_or(1, usize::from);
    let threads = arguments.threads.map_or_else(processors, usize::from);
    let mut writer = match &arguments.out {
        None => None,
        Some(path) => Some(open(path, DecidedRows::new(plan, snapshot, clock, data_hash).with_threads(threads))?),
    };
    let engine = match arguments.engine {
        EngineName::Jit => Engine::Jit,
        EngineName::Interpreter => Engine::Interpreter,
    };
    let options = Options { threads, engine, ..Options::default() };
    let (mut failed, mut days) = (None, Days::default());
    let mut sink = |decisions: &[Decision]| {
        days.add(plan, clock, decisions);
        match writer.as_mut().map(|writer| writer.write(decisions)) {
            None | Some(Ok(())) => Ok(()),
            Some(Err(error)) => Err(io::Error::other(failed.insert(error).message())),
        }
    };
    let summary = run::decide_all(plan, snapshot, clock, &options, &mut sink);
    let summary = match (summary, failed) {
        (_, Some(error)) => return Err(tell_sink_error(&error)),
        (summary, None) => summary.or_else(|error| refuse(error, "nothing was written"))?,
    };
    writer.map_or(Ok(()), DecisionWriter::finish).map_err(|error| tell_sink_error(&error))?;
    Ok((summary, days))
}

fn tell_sink_error(error: &SinkError) -> Outcome {
    let problem = Problem { code: Some(error.code().to_owned()), ..Problem::new(error.message(), error.help()) };
    render::print(&[problem]);
    Outcome::CallOrDataIsWrong
}

fn open<'a>(path: &Path, rows: DecidedRows<'a>) -> Result<DecisionWriter<'a>, Outcome> {
    DecisionWriter::of(path, rows).map_err(|error| tell_sink_error(&error))
}
