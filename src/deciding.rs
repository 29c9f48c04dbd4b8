//! What all commands that decide have in common: a project that is right, its data, and the decisions made of them.
//! Each of them says by its own what becomes of the decisions.

mod arguments;

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

pub use arguments::{Effort, Input, NowAndOut};
use opportune_compiler::{Compiled, Manifest, ProjectFiles};
use opportune_ledger::Ledger;
use opportune_ledger::entry::Position;
use opportune_plan::VerifiedPlan;
use opportune_runtime::decide::Decision;
use opportune_runtime::run::{self, RunError, Summary};
use opportune_runtime::sink::{DecidedRows, SinkError};
use opportune_runtime::snapshot::Snapshot;
use opportune_runtime::snapshot::context::load_added;
use opportune_runtime::snapshot::read::{Added, LoadError, LoadReport, Reach, load_from};
use opportune_runtime::time::Clock;

use crate::ledger_place::refused;
use crate::render::{self, Problem};
use crate::summary::Days;
use crate::{Outcome, context, history, validate};

/// A project whose policies are right.
pub struct Project {
    pub root: PathBuf,
    pub plan: VerifiedPlan,
    pub manifest: Manifest,
    files: ProjectFiles,
    compiled: Compiled,
}

/// The data of a project at one time.
pub struct Loaded {
    pub snapshot: Snapshot,
    /// The plan to decide by where contacts are still to be sent. It means the same as the project's.
    at_sending: Option<VerifiedPlan>,
    pub report: LoadReport,
    /// BLAKE3 of the data and the request.
    pub data_hash: String,
    /// How much of the ledger is in it.
    pub sees: Position,
    pub took: Duration,
}

/// What was decided, counted.
pub struct Decided {
    pub summary: Summary,
    pub days: Days,
    pub took: Duration,
}

/// What takes decisions; a problem of its own ends the run.
pub type Taking<'t> = dyn FnMut(&[Decision]) -> Result<(), Problem> + 't;

/// Prints one problem of the call, the data, or what is written.
pub fn refuse(problem: Problem) -> Outcome {
    render::print(&[problem]);
    Outcome::CallOrDataIsWrong
}

/// The moment of a run that was begun before.
pub fn clock_at(now: i64, zone: &str) -> Result<Clock, Outcome> {
    Clock::new(now, zone)
        .map_err(|error| refuse(Problem::new(error, "the ledger or the file tells a moment that is none")))
}

impl Loaded {
    /// What makes rows of decisions over it.
    pub fn rows<'l>(&'l self, project: &'l Project, clock: &Clock) -> DecidedRows<'l> {
        DecidedRows::new(&project.plan, &self.snapshot, clock, self.data_hash.clone()).with_ledger(self.sees.0)
    }
}

impl Project {
    /// Reads and compiles a project, and prints what there is to tell.
    pub fn checked(root: &Path) -> Result<Self, Outcome> {
        let (files, compiled) = validate::checked(root)?;
        Self::of_compiled(root, files, compiled)
    }

    /// A project that was compiled already.
    pub fn of_compiled(root: &Path, files: ProjectFiles, compiled: Compiled) -> Result<Self, Outcome> {
        match (compiled.plan.clone(), compiled.manifest.clone()) {
            (Some(plan), Some(manifest)) => Ok(Self { root: root.to_owned(), plan, manifest, files, compiled }),
            _ => Err(Outcome::PolicyIsWrong),
        }
    }

    /// Reads the project's data, and prints what is wrong with it.
    pub fn check_data(&self) -> Result<(), Outcome> {
        let folder = self.root.join(&*self.manifest.data.folder);
        let loaded = load_from(&self.plan, &folder, Reach::Within(&self.root), &self.clock(None)?);
        loaded.map(|_| ()).map_err(|errors| self.tell_load_errors(&errors))
    }

    /// The moment that rules a run: the one that is asked for, else the manifest's, else the machine's.
    pub fn clock(&self, now: Option<&str>) -> Result<Clock, Outcome> {
        let zone = &self.manifest.zone;
        let clock = match (now, self.manifest.now) {
            (Some(now), _) => Clock::parse(now, zone),
            (None, Some(now)) => Clock::new(now, zone),
            (None, None) => Clock::of_the_machine(zone),
        };
        clock.map_err(|error| {
            refuse(Problem::new(error, "write `--now '2026-11-01 18:00'` for the local time of the project's zone"))
        })
    }

    /// Warns of guarantees whose day of review is over.
    pub fn warn_of_reviews(&self, clock: &Clock) {
        validate::warn_of_reviews(&self.files, &self.compiled, clock);
    }

    /// Reads the data, what a request brings, and what the ledger has: all of it up to a position, or all there is.
    pub fn load(
        &self,
        input: &Input,
        clock: &Clock,
        ledger: Option<&mut Ledger>,
        upto: Option<Position>,
    ) -> Result<Loaded, Outcome> {
        let started = Instant::now();
        let (added, sees) = match ledger {
            Some(ledger) => {
                history::past(&self.plan, self.manifest.currency, ledger, upto).map_err(|error| refused(&error))?
            }
            None => (Added::default(), Position::default()),
        };
        let request = context::request(&self.plan, &input.context).map_err(|problems| {
            render::print(&problems);
            Outcome::CallOrDataIsWrong
        })?;
        let within = self.root.join(&*self.manifest.data.folder);
        let (folder, reach) = match &input.data {
            Some(folder) => (folder.as_path(), Reach::Anywhere),
            None => (within.as_path(), Reach::Within(&self.root)),
        };
        let loaded = load_added(&self.plan, folder, reach, clock, (&request, &added));
        drop(added);
        let (snapshot, report) = loaded.map_err(|errors| self.tell_load_errors(&errors))?;
        let at_sending = if snapshot.has_scheduled() { Some(self.plan_at_sending()?) } else { None };
        let took = started.elapsed();
        Ok(Loaded { data_hash: report.read.hash(), sees, snapshot, at_sending, report, took })
    }

    /// The plan for data with contacts that are still to be sent: caps that are told at `now` would not see them.
    fn plan_at_sending(&self) -> Result<VerifiedPlan, Outcome> {
        self.compiled.plan_with_caps_at_sending(&self.files).ok_or_else(|| {
            refuse(Problem::new(
                "the caps cannot be told with contacts that are still to be sent",
                "nothing was decided; this is a mistake of Opportune, please report it",
            ))
        })
    }

    /// Prints what is wrong with the data, each with the line of the schema that it is about.
    fn tell_load_errors(&self, errors: &[LoadError]) -> Outcome {
        let texts = validate::shared(&self.files);
        let problem = |error: &LoadError| {
            let sources = &self.compiled.sources;
            let place = error.schema_place().and_then(|(table, field)| match field {
                Some(field) => sources.field(table, field),
                None => sources.table(table),
            });
            let mut problem = Problem::new(error.message(), error.help());
            problem.code = Some(error.code().to_owned());
            if let Some(place) = place {
                let text = texts.get(&*place.path).cloned().unwrap_or_default();
                problem.source = Some((place.path.to_string(), text));
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

    /// Decides for every customer, and hands on what is decided in the customers' order.
    pub fn decide(
        &self,
        loaded: &Loaded,
        clock: &Clock,
        effort: &Effort,
        taking: &mut Taking<'_>,
    ) -> Result<Decided, Outcome> {
        let started = Instant::now();
        let (mut failed, mut days) = (None, Days::default());
        let plan = loaded.at_sending.as_ref().unwrap_or(&self.plan);
        let mut sink = |decisions: &[Decision]| {
            days.add(&self.plan, clock, decisions);
            taking(decisions).map_err(|problem| {
                failed = Some(problem);
                io::Error::other("what was decided could not be taken")
            })
        };
        let summary = run::decide_all(plan, &loaded.snapshot, clock, &effort.options(), &mut sink);
        match (summary, failed) {
            (_, Some(problem)) => Err(refuse(problem)),
            (Err(error), None) => Err(refuse(broken(&error))),
            (Ok(summary), None) => Ok(Decided { summary, days, took: started.elapsed() }),
        }
    }
}

fn broken(error: &RunError) -> Problem {
    Problem::new(error, "nothing was written")
}

/// A file of decisions that cannot be written.
pub fn unwritten(error: &SinkError) -> Problem {
    Problem { code: Some(error.code().to_owned()), ..Problem::new(error.message(), error.help()) }
}
