//! `opportune ledger`: what the ledger holds, shown, taken out, checked, and erased for a customer who asks for it.
//!
//! None of it needs a policy that is right: a customer can be erased whatever state the policy is in.

mod erase;
mod export;
mod show;

use std::io::{self, Write as _};

use clap::{Args, Subcommand};
use opportune_compiler::Manifest;
use opportune_ledger::entry::Key;
use opportune_ledger::{Ledger, Place};

use crate::escape::escaped;
use crate::ledger_place::{self, LedgerArgument};
use crate::render::{self, Problem};
use crate::table::grouped;
use crate::{Outcome, ProjectArgument, project, validate};

/// What can be done with a ledger.
#[derive(Subcommand)]
pub enum Command {
    /// Show what it holds, in counts; or one run, or all of one customer
    ///
    /// Without `--customer`, nothing of any customer is shown.
    Show {
        #[command(flatten)]
        of: Of,
        /// All that is kept of this customer
        #[arg(long, value_name = "KEY", allow_hyphen_values = true, conflicts_with = "run")]
        customer: Option<String>,
        /// This run
        #[arg(long, value_name = "RUN")]
        run: Option<String>,
    },
    /// Write contacts and responses to files
    ///
    /// They are of one and the same moment. `opportune record` reads them, so that they can be brought into another ledger.
    Export {
        #[command(flatten)]
        of: Of,
        #[command(flatten)]
        files: export::Files,
    },
    /// Check that all of it is there, once, and undamaged
    Verify {
        #[command(flatten)]
        of: Of,
    },
    /// Erase a customer: counts stay right, and nothing personal is left
    ///
    /// There is no way back.
    Erase {
        /// The customer's key
        #[arg(value_name = "CUSTOMER", allow_hyphen_values = true)]
        customer: String,
        #[command(flatten)]
        of: Of,
    },
}

/// Whose ledger.
#[derive(Args)]
pub struct Of {
    #[command(flatten)]
    project: ProjectArgument,
    #[command(flatten)]
    ledger: LedgerArgument,
}

/// Runs a command.
pub fn run(command: &Command) -> Outcome {
    let done = match command {
        Command::Show { of, customer, run } => show(of, customer.as_deref(), run.as_deref()),
        Command::Export { of, files } => export(of, files),
        Command::Verify { of } => verify(of),
        Command::Erase { customer, of } => erase(of, customer),
    };
    done.map_or_else(|outcome| outcome, |()| Outcome::Fine)
}

fn refuse<T>(problem: Problem) -> Result<T, Outcome> {
    render::print(&[problem]);
    Err(Outcome::CallOrDataIsWrong)
}

/// A closed pipe is how `| head` ends.
fn print(text: &str) {
    let _ = io::stdout().lock().write_all(text.as_bytes());
}

impl Of {
    /// The manifest of the project; its policies may be wrong.
    fn manifest(&self) -> Result<Manifest, Outcome> {
        let files = project::read(&self.project.project).or_else(|error| refuse(Problem::new(&error, error.help())))?;
        match opportune_compiler::compile(&files).manifest {
            Some(manifest) => Ok(manifest),
            // Tells what is wrong with it.
            None => validate::checked(&self.project.project).and(Err(Outcome::PolicyIsWrong)),
        }
    }

    fn place(&self, manifest: &Manifest) -> Result<Place, Outcome> {
        ledger_place::place(&self.project.project, manifest, &self.ledger)
    }
}

/// A customer's key as it is typed: keys are numbers or texts, and a ledger mostly has one kind.
fn keys(typed: &str) -> Vec<Key> {
    let number = typed.parse::<i64>().ok().map(Key::Int);
    number.into_iter().chain([Key::Text(typed.into())]).collect()
}

fn none_yet(place: &Place) -> String {
    format!("there is no ledger yet at `{}`", escaped(&place.to_string()))
}

const HOW_IT_BEGINS: &str = "`opportune run` and `opportune record` begin one; to name another place, write `--ledger`";

/// The ledger, which must be there.
fn there(place: &Place) -> Result<Ledger, Outcome> {
    match ledger_place::open_to_read(place)? {
        Some(ledger) => Ok(ledger),
        None => refuse(Problem::new(none_yet(place), HOW_IT_BEGINS)),
    }
}

fn show(of: &Of, customer: Option<&str>, run: Option<&str>) -> Result<(), Outcome> {
    let manifest = of.manifest()?;
    let place = of.place(&manifest)?;
    let Some(mut ledger) = ledger_place::open_to_read(&place)? else {
        print(&format!("{}\n", none_yet(&place)));
        return Ok(());
    };
    let times = show::Times(&manifest.zone);
    let failed = |error| ledger_place::refused(&error);
    let text = match (customer, run) {
        (Some(customer), _) => {
            show::customer(&mut ledger, &keys(customer), &times).map_err(failed)?.unwrap_or_else(nothing)
        }
        (None, Some(run)) => match ledger.run(run).map_err(failed)? {
            Some(run) => show::run(&mut ledger, &run, &times).map_err(failed)?,
            None => {
                let message = format!("the ledger has no run `{}`", escaped(run));
                return refuse(Problem::new(message, "`opportune ledger show` lists the runs"));
            }
        },
        (None, None) => show::overview(&mut ledger, &times).map_err(failed)?,
    };
    print(&text);
    Ok(())
}

fn nothing() -> String {
    "the ledger keeps nothing of this customer\n".to_owned()
}

fn export(of: &Of, files: &export::Files) -> Result<(), Outcome> {
    let mut ledger = there(&of.place(&of.manifest()?)?)?;
    match export::write(&mut ledger, files) {
        Ok(text) => {
            print(&text);
            Ok(())
        }
        Err(failure) => match failure.told() {
            Ok(problem) => refuse(problem),
            Err(error) => Err(ledger_place::refused(&error)),
        },
    }
}

fn verify(of: &Of) -> Result<(), Outcome> {
    let place = of.place(&of.manifest()?)?;
    let mut ledger = there(&place)?;
    let findings = ledger.verify().map_err(|error| ledger_place::refused(&error))?;
    if findings.is_empty() {
        let position = ledger.position().map_err(|error| ledger_place::refused(&error))?;
        print(&format!(
            "the ledger `{}` is in order up to position {}\n",
            escaped(&place.to_string()),
            grouped(position.0)
        ));
        return Ok(());
    }
    let help = "restore the ledger from a backup, or keep this one for the inquiry and begin another";
    let problem =
        |finding: &opportune_ledger::Finding| Problem::new(escaped(&format!("in the ledger, {finding}")), help);
    render::print(&findings.iter().map(problem).collect::<Vec<_>>());
    Err(Outcome::CallOrDataIsWrong)
}

fn erase(of: &Of, customer: &str) -> Result<(), Outcome> {
    let manifest = of.manifest()?;
    let place = of.place(&manifest)?;
    drop(there(&place)?);
    let mut ledger = ledger_place::open(&place)?;
    let erased = erase::erase(&mut ledger, &keys(customer), &of.project.project)
        .map_err(|error| ledger_place::refused(&error))?;
    print(&erased.text.unwrap_or_else(nothing));
    erased.unfinished.map_or(Ok(()), |(problem, outcome)| {
        render::print(&[problem]);
        Err(outcome)
    })
}
