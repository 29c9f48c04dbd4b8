//! `opportune run`: decides for every customer, and keeps in the ledger who is contacted.
//!
//! A run goes through three states that the ledger keeps. *Begun*: its moment, what it sees of the ledger, and the hashes
//! of policy and data are fixed; nothing counts. *Decided*: all its decisions are in the ledger, by one transaction, and
//! count. *Done*: its file, which is made of the ledger, is in its place. Whatever stops a run between two of them, the next
//! call goes on from there: begun, it decides the same again; decided, it only writes the file.

mod contacts;
mod file;
mod result;

use std::io;
use std::path::Path;

use clap::Args;
use opportune_ledger::entry::{Contact, Run, State};
use opportune_ledger::{Ledger, LedgerError};
use opportune_runtime::sink::policy_hash;
use opportune_runtime::time::Clock;

use crate::deciding::{Decided, Effort, Input, Loaded, NowAndOut, Project, clock_at, refuse};
use crate::ledger_place::{self, LedgerArgument, problem, refused};
use crate::render::Problem;
use crate::summary::finished::{self, Finished};
use crate::summary::{self, Facts, Origin};
use crate::{Outcome, render, validate};
pub use result::RunResult;

/// What `run` can be told.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    asked: NowAndOut,
    #[command(flatten)]
    ledger: LedgerArgument,
    /// Give up a run that was begun and of which nothing is decided, and begin a new one
    #[arg(long)]
    give_up: bool,
    #[command(flatten)]
    effort: Effort,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Outcome {
    let root = &arguments.input.project.project;
    let done = match Project::checked(root) {
        Ok(project) => run_project(arguments, &project),
        Err(Outcome::PolicyIsWrong) => finish_whatever_the_policy(arguments).and(Err(Outcome::PolicyIsWrong)),
        Err(outcome) => Err(outcome),
    };
    done.map_or_else(|outcome| outcome, |()| Outcome::Fine)
}

/// Writes the file of a run that is decided though the policy is wrong now: it rests on the ledger alone.
fn finish_whatever_the_policy(arguments: &Arguments) -> Result<(), Outcome> {
    let root = &arguments.input.project.project;
    let Some(manifest) = validate::manifest(root) else { return Ok(()) };
    let place = ledger_place::place(root, &manifest, &arguments.ledger)?;
    let told = |error: LedgerError| refused(&error);
    let decided = |run: &Run| run.state == State::Decided;
    let Some(mut ledger) = ledger_place::open_to_read(&place)? else { return Ok(()) };
    if !ledger.unfinished().map_err(told)?.is_some_and(|run| decided(&run)) {
        return Ok(());
    }
    let mut ledger = ledger_place::open(&place)?;
    let _lock = ledger.lock().map_err(told)?;
    match ledger.unfinished().map_err(told)?.filter(decided) {
        Some(run) => finish(arguments, &manifest.zone, &mut ledger, run),
        None => Ok(()),
    }
}

fn run_project(arguments: &Arguments, project: &Project) -> Result<(), Outcome> {
    let place = ledger_place::place(&project.root, &project.manifest, &arguments.ledger)?;
    let mut ledger = ledger_place::open(&place)?;
    let told = |error: LedgerError| refused(&error);
    let _lock = ledger.lock().map_err(told)?;
    let unfinished = ledger.unfinished().map_err(told)?;
    let mut at_work = AtWork { arguments, project, ledger };
    match unfinished {
        Some(run) if run.state == State::Decided => finish(arguments, &project.manifest.zone, &mut at_work.ledger, run),
        Some(run) if arguments.give_up => {
            at_work.ledger.give_up(&run.id).map_err(told)?;
            at_work.decide(None)
        }
        unfinished => at_work.decide(unfinished),
    }
}

/// A run that holds the ledger's lock.
struct AtWork<'a> {
    arguments: &'a Arguments,
    project: &'a Project,
    ledger: Ledger,
}

impl AtWork<'_> {
    /// Decides what is begun, or begins; then writes the file.
    fn decide(&mut self, begun: Option<Run>) -> Result<(), Outcome> {
        let clock = self.clock(begun.as_ref())?;
        self.project.warn_of_reviews(&clock);
        let upto = begun.as_ref().map(|run| run.sees);
        let loaded = self.project.load(&self.arguments.input, &clock, Some(&mut self.ledger), upto)?;
        let resumed = begun.is_some();
        let run = match begun {
            Some(run) => self.check_same(run, &loaded)?,
            None => self.begin(&clock, &loaded)?,
        };
        let (decided, result) = self.keep(&run, &clock, &loaded)?;
        write(&mut self.ledger, &self.project.root, &run, &result)?;
        let out = file::path(&self.project.root, &run);
        let facts = Facts {
            plan: &self.project.plan,
            clock: &clock,
            loaded: &loaded,
            decided: &decided,
            out: Some(&out),
            origin: Origin::Run { id: &run.id, resumed, ledger: (self.ledger.place().to_string(), run.sees.0) },
        };
        // A closed pipe is how `| head` ends; all is kept by then.
        let _ = summary::print(&mut io::stdout().lock(), &facts);
        Ok(())
    }

    fn clock(&self, begun: Option<&Run>) -> Result<Clock, Outcome> {
        match begun {
            None => self.project.clock(self.arguments.asked.now.as_deref()),
            Some(run) => clock_at(run.now, &self.project.manifest.zone),
        }
    }

    /// A new run, which the ledger knows from now on.
    fn begin(&mut self, clock: &Clock, loaded: &Loaded) -> Result<Run, Outcome> {
        let begun_at = jiff::Timestamp::now();
        let id = name(begun_at)?;
        let out = file::place(&self.project.root, self.arguments.asked.out.as_deref(), &id)?;
        file::check(&self.project.root, &out)?;
        let run = Run {
            id,
            project: self.project.plan.name.clone(),
            now: clock.now(),
            begun_at: begun_at.as_microsecond(),
            sees: loaded.sees,
            policy_hash: policy_hash(&self.project.plan).into(),
            data_hash: loaded.data_hash.as_str().into(),
            out,
            state: State::Begun,
            summary: None,
        };
        self.ledger.begin(&run).map_err(|error| refused(&error))?;
        Ok(run)
    }

    /// The run that was begun, if what it was begun over is still the same.
    fn check_same(&self, mut run: Run, loaded: &Loaded) -> Result<Run, Outcome> {
        let project = (*run.project != *self.project.plan.name).then_some("another project");
        let policy = (*run.policy_hash != *policy_hash(&self.project.plan)).then_some("another policy");
        let data = (*run.data_hash != *loaded.data_hash).then_some("other data");
        let differ: Vec<&str> = [project, policy.filter(|_| project.is_none()), data].into_iter().flatten().collect();
        if !differ.is_empty() {
            render::print(&[other_than_begun(&run, &differ.join(" and "))]);
            return Err(Outcome::NotNow);
        }
        if let Some(out) = &self.arguments.asked.out {
            run.out = file::place(&self.project.root, Some(out), &run.id)?;
        }
        file::check(&self.project.root, &run.out)?;
        Ok(run)
    }

    /// Decides, and keeps all of it in the ledger at once.
    fn keep(&mut self, run: &Run, clock: &Clock, loaded: &Loaded) -> Result<(Decided, RunResult), Outcome> {
        let rows = loaded.rows(self.project, clock).of_run(&run.id).with_threads(self.arguments.effort.threads());
        let mut deciding = self.ledger.decide(&run.id).map_err(|error| refused(&error))?;
        let mut next = 0;
        let decided = self.project.decide(loaded, clock, &self.arguments.effort, &mut |decisions| {
            let rows = rows.rows(decisions).into_iter().zip(next..);
            let contacts: Vec<Contact> = rows.map(|(row, place)| contacts::contact(row, place, run.now)).collect();
            next += contacts.len() as u64;
            deciding.put(&contacts).map_err(|error| problem(&error))
        })?;
        let result = RunResult::of(&self.project.plan, &decided.summary, rows.head().keys);
        let summary = serde_json::to_string(&result)
            .map_err(|error| refuse(Problem::new(error, "nothing of the run was kept; run it again")))?;
        deciding.commit(&summary).map_err(|error| refused(&error))?;
        Ok((decided, result))
    }
}

/// Writes the file of what is decided, and then the run is done.
fn write(ledger: &mut Ledger, root: &Path, run: &Run, result: &RunResult) -> Result<u64, Outcome> {
    let rows = file::write(ledger, root, run, result)?;
    ledger.done(&run.id, &run.out).map_err(|error| refused(&error))?;
    Ok(rows)
}

/// Ends a run that was decided before.
fn finish(arguments: &Arguments, zone: &str, ledger: &mut Ledger, mut run: Run) -> Result<(), Outcome> {
    if arguments.give_up {
        let message = format!("the run {} cannot be given up: it is decided, and its contacts count", run.id);
        render::print(&[Problem::new(message, "run it again without `--give-up`: its file is written")]);
        return Err(Outcome::NotNow);
    }
    let root = &arguments.input.project.project;
    if let Some(out) = &arguments.asked.out {
        run.out = file::place(root, Some(out), &run.id)?;
    }
    let result = kept_result(&run)?;
    let rows = write(ledger, root, &run, &result)?;
    let out = file::path(root, &run);
    let clock = clock_at(run.now, zone)?;
    let finished = Finished { project: &run.project, run: &run.id, clock: &clock, result: &result, rows, out: &out };
    let _ = finished::print(&mut io::stdout().lock(), &finished);
    Ok(())
}

/// What a run that is decided came to.
fn kept_result(run: &Run) -> Result<RunResult, Outcome> {
    let result = run.summary.as_deref().and_then(|summary| serde_json::from_str(summary).ok());
    result.ok_or_else(|| {
        let message = format!("the ledger does not tell what the run {} came to", run.id);
        refuse(Problem::new(message, "`opportune ledger verify` tells what else is wrong with it"))
    })
}

fn other_than_begun(run: &Run, what: &str) -> Problem {
    let message = format!("the unfinished run {} was begun over {what}", run.id);
    let help = "bring back what it was begun over and run again; or give it up, for nothing of it is decided: `opportune \
                run --give-up`";
    Problem::new(message, help)
}

/// `20261120-230000-k3x9qa`: the moment in UTC and random letters.
fn name(begun_at: jiff::Timestamp) -> Result<Box<str>, Outcome> {
    let mut random = getrandom::u64().map_err(|error| {
        refuse(Problem::new(format!("the system gives no random numbers: {error}"), "a run needs them for its name"))
    })?;
    let mut name = begun_at.strftime("%Y%m%d-%H%M%S-").to_string();
    for _ in 0..6 {
        let digit = u32::try_from(random % 36).ok().and_then(|digit| char::from_digit(digit, 36));
        name.extend(digit);
        random /= 36;
    }
    Ok(name.into())
}
