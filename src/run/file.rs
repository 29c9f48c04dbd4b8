//! The file of a run that is decided: made of the ledger alone, so that it can be made whenever it is missing.

use std::fs;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use opportune_ledger::Ledger;
use opportune_ledger::entry::Run;
use opportune_runtime::sink::{self, Head, RowWriter, SinkError};

use super::contacts;
use super::result::RunResult;
use crate::Outcome;
use crate::deciding::{refuse, unwritten};
use crate::ledger_place::refused;
use crate::project::within;
use crate::render::Problem;

/// The folder of decisions in a project, where nothing else is said.
const FOLDER: &str = "decisions";

/// Where a run's file goes, as the ledger keeps it: relative to the project where it is in it.
pub fn place(root: &Path, out: Option<&Path>, run: &str) -> Result<Box<str>, Outcome> {
    let Some(out) = out else { return Ok(format!("{FOLDER}/{run}.parquet").into()) };
    let absolute = std::path::absolute(out).map_err(|error| unusable(out, &error))?;
    let root = fs::canonicalize(root).unwrap_or_else(|_| root.to_owned());
    let inside = absolute.strip_prefix(&root).map(Path::to_owned).unwrap_or(absolute);
    let text = inside.to_str().map(Into::into);
    text.ok_or_else(|| {
        let message = format!("decisions cannot be written to `{}`: its name is not UTF-8", out.display());
        refuse(Problem::new(message, "give the file another name"))
    })
}

fn unusable(out: &Path, error: &io::Error) -> Outcome {
    let message = format!("decisions cannot be written to `{}`: {error}", out.display());
    refuse(Problem::new(message, "name a file in a folder that is there"))
}

/// The path of a run's file.
pub fn path(root: &Path, run: &Run) -> PathBuf {
    within(root, &run.out)
}

/// Checks before anything is decided that the file can be written.
pub fn check(root: &Path, out: &str) -> Result<(), Outcome> {
    let path = within(root, out);
    make_folder(root, &path)?;
    sink::check(&path).map_err(|error| refuse(unwritten(&error)))
}

/// The project's own folder of decisions is made where it is missing; no other is.
fn make_folder(root: &Path, path: &Path) -> Result<(), Outcome> {
    let folder = within(root, FOLDER);
    if path.parent() == Some(&folder) && !folder.is_dir() {
        fs::create_dir(&folder).map_err(|error| unusable(path, &error))?;
    }
    Ok(())
}

/// Writes the file of a run that is decided, and tells how many decisions are in it.
pub fn write(ledger: &mut Ledger, root: &Path, run: &Run, result: &RunResult) -> Result<u64, Outcome> {
    let path = path(root, run);
    make_folder(root, &path)?;
    let head = Head {
        keys: result.keys(),
        policy_hash: run.policy_hash.clone(),
        data_hash: run.data_hash.clone(),
        now: run.now,
        run: Some(run.id.clone()),
        ledger: run.sees.0,
    };
    let told = |error: SinkError| refuse(undone(&error));
    let mut writer = RowWriter::create(&path, head).map_err(told)?;
    let (mut failed, mut rows) = (None, 0);
    let read = ledger.contacts_of_run(&run.id, &mut |contact| match writer.write(contacts::row(contact)) {
        Ok(()) => {
            rows += 1;
            ControlFlow::Continue(())
        }
        Err(error) => {
            failed = Some(error);
            ControlFlow::Break(())
        }
    });
    if let Some(error) = failed {
        return Err(told(error));
    }
    read.map_err(|error| refused(&error))?;
    writer.finish().map_err(told)?;
    Ok(rows)
}

/// What is decided stays decided.
fn undone(error: &SinkError) -> Problem {
    let problem = unwritten(error);
    let help = problem.help.unwrap_or_default();
    let help = format!("{help}. All is decided and in the ledger: `opportune run` once more writes the file");
    Problem { help: Some(help), ..problem }
}
