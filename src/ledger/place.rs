//! Where a project's ledger is, and opening it.

use std::path::{Path, PathBuf};

use clap::Args;
use opportune_compiler::{LedgerPlace, Manifest};
use opportune_ledger::{Ledger, LedgerError, Place};

use crate::Outcome;
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
pub fn place(root: &Path, manifest: &Manifest, argument: &LedgerArgument) -> Result<Place, Outcome> {
    let variable = std::env::var(VARIABLE).ok().filter(|said| !said.is_empty());
    match (&argument.ledger, variable, &manifest.ledger) {
        (Some(said), ..) => said_place(said, Path::new("")),
        (None, Some(said), _) => said_place(&said, Path::new("")),
        (None, None, LedgerPlace::File(file)) => Ok(Place::Sqlite(root.join(&**file))),
        (None, None, LedgerPlace::Url(url)) => said_place(url, root),
        (None, None, LedgerPlace::UrlFrom(name)) => match std::env::var(&**name) {
            Ok(said) if !said.is_empty() => said_place(&said, root),
            _ => {
                let message = format!("the variable `{name}` is not set, and `opportune.toml` says that it holds the ledger's address");
                Err(refuse(Problem::new(message, format!("set it, for example `{name}=postgres://user@host/name`"))))
            }
        },
    }
}
