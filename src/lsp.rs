//! `opportune lsp`: the language server, over standard input and output.

use std::path::Path;
use std::sync::Arc;

use opportune_compiler::ProjectFiles;
use opportune_compiler::facts::{Facts, Wanted};
use opportune_lsp::server::{self, Failure, Host};

use crate::facts::Reading;
use crate::{Outcome, explain_code, facts, project};

/// What the command takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// Standard input and output, which are always used: some editors say so without being asked to
    #[arg(long, hide = true)]
    stdio: bool,
}

/// Serves one editor until it says that it is done.
pub fn run() -> Outcome {
    match server::stdio(Arc::new(Disk)) {
        Ok(()) => Outcome::Fine,
        Err(Failure::Left) => Outcome::PolicyIsWrong,
        Err(Failure::Broken(reason)) => {
            eprintln!("opportune lsp: {reason}");
            Outcome::CallOrDataIsWrong
        }
    }
}

/// Projects are read as `validate` reads them.
struct Disk;

impl Host for Disk {
    fn read(&self, root: &Path) -> Result<ProjectFiles, String> {
        project::read(root).map_err(|error| format!("{error}; {}", error.help()))
    }

    fn facts(&self, root: &Path, wanted: &Wanted) -> Option<Facts> {
        facts::of_project(root, wanted, Reading::WhereCheap)
    }

    fn page(&self, code: &str) -> Option<&'static str> {
        explain_code::page_of(code)
    }
}
