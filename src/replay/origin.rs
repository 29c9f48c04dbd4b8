//! Which run has written a file without rows: a run in which nobody gets anything. Such a file tells nothing itself, but the
//! ledger keeps where each run has written.

use std::fs;
use std::path::Path;

use opportune_ledger::entry::{Run, State};

use crate::Outcome;
use crate::deciding::{Project, refuse};
use crate::project::within;
use crate::render::Problem;

/// The run that is named; else the one after which the file is called, or the last one that has written to its place.
pub fn of_a_file_without_rows<'r>(
    file: &Path,
    named: Option<&str>,
    project: &Project,
    runs: &'r [Run],
) -> Result<&'r Run, Outcome> {
    if let Some(named) = named {
        return runs.iter().find(|run| &*run.id == named).ok_or_else(|| no_such_run(named));
    }
    let runs = || runs.iter().rev().filter(|run| run.state == State::Done && *run.project == *project.plan.name);
    let is_called_so = |run: &&Run| file.file_stem().is_some_and(|stem| stem == &*run.id);
    let has_written = |run: &&Run| is_same(&within(&project.root, &run.out), file);
    runs().find(is_called_so).or_else(|| runs().find(has_written)).ok_or_else(|| no_rows(file))
}

/// Whether two paths lead to one file, which is there.
fn is_same(one: &Path, other: &Path) -> bool {
    fs::canonicalize(one).is_ok_and(|one| fs::canonicalize(other).is_ok_and(|other| one == other))
}

fn no_such_run(named: &str) -> Outcome {
    let message = format!("the ledger has no run {named}");
    refuse(Problem::new(message, "`opportune ledger show` lists the runs; `--ledger` names another ledger"))
}

fn no_rows(file: &Path) -> Outcome {
    let message = format!(
        "`{}` has no row to tell of which policy, data and `now` it is, and the ledger has no run that wrote it",
        file.display()
    );
    let help = "if a run has written it, name the run with `--run`: `opportune ledger show` lists them. What a dry run \
                has written without rows cannot be decided again";
    refuse(Problem::new(message, help))
}
