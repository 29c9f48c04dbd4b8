//! `opportune replay`: decides once more what a decisions file says, and tells whether it comes out the same, byte for byte;
//! where it does not, what differs. It writes nothing but a temporary file.

mod origin;

use std::path::{Path, PathBuf};

use clap::Args;
use opportune_ledger::entry::{Position, Run};
use opportune_ledger::{Ledger, Place};
use opportune_runtime::sink::read::{self, Difference, Told};
use opportune_runtime::sink::{DecisionWriter, SinkError, policy_hash};
use opportune_runtime::time::Clock;

use crate::Outcome;
use crate::deciding::{Effort, Input, Loaded, Project, clock_at, refuse, unwritten};
use crate::escape::escaped;
use crate::ledger_place::{self, LedgerArgument, refused};
use crate::render::{self, Problem};
use crate::summary::counted;

/// What `replay` can be told.
#[derive(Args)]
pub struct Arguments {
    /// The decisions file: Parquet, CSV or JSON lines, as `run` or `dry-run --out` has written it
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    input: Input,
    /// The run that has written the file: for one without rows, which does not tell it itself
    ///
    /// Without it: the run that has written a file to that place, or after which the file is called.
    #[arg(long, value_name = "RUN")]
    run: Option<String>,
    #[command(flatten)]
    ledger: LedgerArgument,
    #[command(flatten)]
    effort: Effort,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Outcome {
    replay(arguments).map_or_else(|outcome| outcome, |()| Outcome::Fine)
}

fn replay(arguments: &Arguments) -> Result<(), Outcome> {
    let file = &arguments.file;
    let told = read::told(file).map_err(|error| refuse(unwritten(&error)))?;
    let project = Project::checked(&arguments.input.project.project)?;
    let place = ledger_place::place(&project.root, &project.manifest, &arguments.ledger)?;
    let mut ledger = ledger_place::open_to_read(&place)?;
    let runs = ledger.as_mut().map_or(Ok(Vec::new()), Ledger::runs).map_err(|error| refused(&error))?;
    let told = match told {
        Some(told) => told,
        None => tells(origin::of_a_file_without_rows(file, arguments.run.as_deref(), &project, &runs)?),
    };
    check_named(&told, arguments)?;
    check_seen(&told, &place, ledger.as_mut(), &runs)?;
    let clock = clock_at(told.now, &project.manifest.zone)?;
    let sees = Position(told.ledger);
    let loaded = project.load(&arguments.input, &clock, ledger.as_mut(), Some(sees))?;
    let erased = ledger.map_or(Ok(0), |mut ledger| ledger.erased_since(sees)).map_err(|error| refused(&error))?;
    check_same(&told, &project, &loaded)?;
    let (again, decisions) = decide(arguments, &project, &clock, &loaded, &told)?;
    let difference = read::difference(file, &again.path).map_err(|error| refuse(unwritten(&error)))?;
    if difference == Difference::None {
        println!("{} is the same, byte for byte: {}", shown(file), counted(decisions, "decision"));
        return Ok(());
    }
    render::print(&[differs(file, &difference, erased)]);
    Err(Outcome::Differs)
}

fn shown(path: &Path) -> String {
    escaped(&path.display().to_string())
}

/// What a file of a run tells in its first row.
fn tells(run: &Run) -> Told {
    Told {
        policy_hash: run.policy_hash.to_string(),
        data_hash: run.data_hash.to_string(),
        now: run.now,
        run: Some(run.id.to_string()),
        ledger: run.sees.0,
    }
}

/// The run that is named must be the file's.
fn check_named(told: &Told, arguments: &Arguments) -> Result<(), Outcome> {
    let Some(named) = arguments.run.as_ref().filter(|named| told.run.as_ref() != Some(*named)) else { return Ok(()) };
    let of = told.run.as_ref().map_or_else(|| "a dry run".to_owned(), |run| format!("the run {run}"));
    let message = format!("`{}` is of {of}, not of the run {named}", arguments.file.display());
    render::print(&[Problem::new(message, "only a file without rows needs `--run`: leave it out")]);
    Err(Outcome::Differs)
}

/// The ledger that the file has seen must be there if it has seen anything.
fn check_seen(told: &Told, place: &Place, ledger: Option<&mut Ledger>, runs: &[Run]) -> Result<(), Outcome> {
    let position = ledger.map_or(Ok(Position(0)), Ledger::position).map_err(|error| refused(&error))?;
    let message = match &told.run {
        _ if position.0 < told.ledger => {
            let upto = told.ledger;
            format!("the file has seen a ledger up to position {upto}, and `{place}` ends at {}", position.0)
        }
        Some(named) if !runs.iter().any(|run| *run.id == **named) => format!("the ledger `{place}` has no run {named}"),
        _ => return Ok(()),
    };
    render::print(&[Problem::new(message, "name the ledger of that run with `--ledger`")]);
    Err(Outcome::Differs)
}

/// The same policy and the same data, or what of it is another.
fn check_same(told: &Told, project: &Project, loaded: &Loaded) -> Result<(), Outcome> {
    let mut problems = Vec::new();
    if told.policy_hash != policy_hash(&project.plan) {
        problems.push(Problem::new(
            "the file is of another policy: `policy_hash` is not that of the project",
            "bring back the project as it was then",
        ));
    }
    if told.data_hash != loaded.data_hash {
        problems.push(Problem::new(
            "the file is of other data: `data_hash` is not that of what was read",
            "name the data of that run with `--data`, and what its request brought with `--context`",
        ));
    }
    if problems.is_empty() {
        return Ok(());
    }
    render::print(&problems);
    Err(Outcome::Differs)
}

/// A temporary file in a folder that goes with it.
struct Again {
    path: PathBuf,
    _folder: tempfile::TempDir,
}

/// Decides again, into a file of the same format.
fn decide(
    arguments: &Arguments,
    project: &Project,
    clock: &Clock,
    loaded: &Loaded,
    told: &Told,
) -> Result<(Again, u64), Outcome> {
    let failed = |error: SinkError| refuse(unwritten(&error));
    let folder = tempfile::tempdir().map_err(|error| {
        refuse(Problem::new(format!("there is no room for a temporary file: {error}"), "`TMPDIR` names another folder"))
    })?;
    let path = folder.path().join("again").with_extension(arguments.file.extension().unwrap_or_default());
    let rows = loaded.rows(project, clock).with_threads(arguments.effort.threads());
    let rows = match &told.run {
        Some(run) => rows.of_run(run),
        None => rows,
    };
    let mut writer = DecisionWriter::of(&path, rows).map_err(failed)?;
    let decided = project.decide(loaded, clock, &arguments.effort, &mut |decisions| {
        writer.write(decisions).map_err(|error| unwritten(&error))
    })?;
    writer.finish().map_err(failed)?;
    Ok((Again { path, _folder: folder }, decided.summary.decisions))
}

fn differs(file: &Path, difference: &Difference, erased: u64) -> Problem {
    let what = match difference {
        Difference::None | Difference::Bytes => "every row is the same, and yet the bytes are not".to_owned(),
        Difference::Columns => "it has not the columns that are written now".to_owned(),
        Difference::Row(row, columns) => {
            let columns: Vec<String> = columns.iter().map(|column| format!("`{column}`")).collect();
            format!("row {row} is the first that differs, in {}", columns.join(", "))
        }
        Difference::Length(rows) => format!("one ends after {}, the other goes on", counted(*rows, "row")),
    };
    let message = format!("`{}` is not what is decided now: {what}", file.display());
    let help = match (difference, erased) {
        (Difference::Bytes | Difference::Columns, _) => "another version of `opportune` has written it".to_owned(),
        (_, 0) => "it was changed since, or another version of `opportune` has written it".to_owned(),
        (_, erased) => format!(
            "since then {} erased from the ledger: what was decided of their contacts comes out otherwise",
            if erased == 1 { "a customer was".to_owned() } else { format!("{erased} customers were") }
        ),
    };
    Problem::new(message, help)
}
