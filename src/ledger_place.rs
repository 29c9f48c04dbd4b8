//! Which ledger is a project's, and opening it.

use std::env;
use std::path::Path;

use clap::Args;
use opportune_compiler::Manifest;
use opportune_compiler::manifest::LedgerPlace;
use opportune_ledger::{Ledger, LedgerError, NoAddress, Place, Trouble};

use crate::Outcome;
use crate::deciding::refuse;
use crate::project::within;
use crate::render::{self, Problem};

/// The variable of the environment that names the ledger.
pub const VARIABLE: &str = "OPPORTUNE_LEDGER";

/// Which ledger is asked for.
#[derive(Args)]
pub struct LedgerArgument {
    /// The ledger: a file of SQLite, or the URL of a PostgreSQL database
    ///
    /// Without it: what the environment's OPPORTUNE_LEDGER says, else the manifest's `[ledger]`, else `ledger.sqlite`
    /// in the project. A URL with a password is better kept in the environment: other users of the machine can see what
    /// a program is called with.
    #[arg(long, value_name = "FILE or URL")]
    ledger: Option<String>,
}

/// Where a project's ledger is.
pub fn place(root: &Path, manifest: &Manifest, argument: &LedgerArgument) -> Result<Place, Outcome> {
    let variable = |name: &str| env::var(name).ok().filter(|text| !text.is_empty());
    if let Some(text) = argument.ledger.clone().or_else(|| variable(VARIABLE)) {
        return of_text(&text);
    }
    match &manifest.ledger {
        LedgerPlace::File(file) => Ok(Place::Sqlite(within(root, file))),
        LedgerPlace::Url(url) => of_text(url),
        LedgerPlace::UrlFrom(name) => match variable(name) {
            Some(text) => of_text(&text),
            None => {
                let message = format!("the environment does not say where the ledger is: `{name}` is not set");
                Err(refuse(Problem::new(message, "the manifest's `[ledger] url_from` names it: set it to the URL")))
            }
        },
    }
}

/// A URL of PostgreSQL, or a file.
fn of_text(text: &str) -> Result<Place, Outcome> {
    text.parse().map_err(|error: NoAddress| refuse(Problem::new(error, error.way_out())))
}

/// Opens a ledger to read and write; makes it where there is none.
pub fn open(place: &Place) -> Result<Ledger, Outcome> {
    Ledger::open(place).map_err(|error| refused(&error))
}

/// Opens a ledger to read; none where there is none yet. Writes and makes nothing.
pub fn open_to_read(place: &Place) -> Result<Option<Ledger>, Outcome> {
    Ledger::open_to_read(place).map_err(|error| refused(&error))
}

/// What the ledger refuses, as people read it.
pub fn problem(error: &LedgerError) -> Problem {
    Problem { message: error.to_string(), help: error.way_out().map(str::to_owned), ..Problem::default() }
}

/// Prints what the ledger refuses.
pub fn refused(error: &LedgerError) -> Outcome {
    render::print(&[problem(error)]);
    outcome(error.trouble())
}

/// How a command ends that the ledger stands in the way of.
pub fn outcome(trouble: &Trouble) -> Outcome {
    match trouble {
        Trouble::Running { .. } | Trouble::Recording | Trouble::Read | Trouble::Unfinished(_) => Outcome::NotNow,
        _ => Outcome::CallOrDataIsWrong,
    }
}
