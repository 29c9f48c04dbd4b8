//! Where a project's ledger is, and opening it.

use std::path::Path;

use clap::Args;
use opportune_compiler::Manifest;
use opportune_ledger::{Ledger, LedgerError, Place};

use crate::Outcome;
use crate::escape::escaped;
use crate::render::{self, Problem};

/// The variable of the environment that names the ledger before the manifest does.
const VARIABLE: &str = "OPPORTUNE_LEDGER";

/// `--ledger`.
#[derive(Args)]
pub struct LedgerArgument {
    /// Where the ledger is: a file, or a PostgreSQL database as `postgres://user@host/name`
    ///
    /// Without it: the variable OPPORTUNE_LEDGER, else what `[ledger]` of `opportune.toml` says, else `ledger.sqlite` in the
    /// project. A password is best kept in the environment; none is ever shown.
    #[arg(long, value_name = "FILE or URL")]
    ledger: Option<String>,
}

/// Where the ledger of a project is.
pub fn place(root: &Path, _manifest: &Manifest, argument: &LedgerArgument) -> Result<Place, Outcome> {
    let variable = std::env::var(VARIABLE).ok().filter(|said| !said.is_empty());
    Ok(match argument.ledger.clone().or(variable) {
        Some(said) => Place::Sqlite(said.into()),
        None => Place::Sqlite(root.join("ledger.sqlite")),
    })
}

/// Opens the ledger to write, and makes it where there is none.
pub fn open(place: &Place) -> Result<Ledger, Outcome> {
    Ledger::open(place).map_err(|error| refused(&error))
}

/// Opens the ledger to read, where there is one.
pub fn open_to_read(place: &Place) -> Result<Option<Ledger>, Outcome> {
    Ledger::open_to_read(place).map_err(|error| refused(&error))
}

/// Prints what is wrong with the ledger.
pub fn refused(error: &LedgerError) -> Outcome {
    let help = error.way_out().map(str::to_owned);
    render::print(&[Problem { message: escaped(&error.to_string()), help, ..Problem::default() }]);
    Outcome::CallOrDataIsWrong
}
