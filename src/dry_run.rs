//! `opportune dry-run`: decides for every customer of a snapshot and contacts no one.

use std::io;

use clap::Args;
use opportune_runtime::sink::DecisionWriter;

use crate::Outcome;
use crate::deciding::{Effort, Input, NowAndOut, Project, refuse, unwritten};
use crate::ledger_place::{self, LedgerArgument};
use crate::summary::{self, Facts, Origin};

/// What `dry-run` can be told.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    asked: NowAndOut,
    #[command(flatten)]
    ledger: LedgerArgument,
    #[command(flatten)]
    effort: Effort,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Outcome {
    Project::checked(&arguments.input.project.project)
        .and_then(|project| decide(arguments, &project))
        .map_or_else(|outcome| outcome, |()| Outcome::Fine)
}

fn decide(arguments: &Arguments, project: &Project) -> Result<(), Outcome> {
    let clock = project.clock(arguments.asked.now.as_deref())?;
    project.warn_of_reviews(&clock);
    let place = ledger_place::place(&project.root, &project.manifest, &arguments.ledger)?;
    let mut ledger = ledger_place::open_to_read(&place)?;
    let loaded = project.load(&arguments.input, &clock, ledger.as_mut(), None)?;
    let rows = || loaded.rows(project, &clock).with_threads(arguments.effort.threads());
    let writer = arguments.asked.out.as_deref().map(|path| DecisionWriter::of(path, rows()));
    let mut writer = writer.transpose().map_err(|error| refuse(unwritten(&error)))?;
    let decided = project.decide(&loaded, &clock, &arguments.effort, &mut |decisions| {
        writer.as_mut().map_or(Ok(()), |writer| writer.write(decisions)).map_err(|error| unwritten(&error))
    })?;
    writer.map_or(Ok(()), DecisionWriter::finish).map_err(|error| refuse(unwritten(&error)))?;
    let facts = Facts {
        plan: &project.plan,
        clock: &clock,
        loaded: &loaded,
        decided: &decided,
        out: arguments.asked.out.as_deref(),
        origin: Origin::DryRun { ledger: ledger.is_some().then(|| (place.to_string(), loaded.sees.0)) },
    };
    // A closed pipe is how `| head` ends; the decisions are written by then.
    let _ = summary::print(&mut io::stdout().lock(), &facts);
    Ok(())
}
