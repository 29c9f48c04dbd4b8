//! `opportune record`: brings what customers did, or contacts that were made by other means, into the ledger.
//!
//! A file is recorded whole or not at all, and once: what of it the ledger has already is told and left as it is.

mod columns;
mod report;
mod rows;
mod told;

use std::collections::HashSet;
use std::io::{self, Write as _};
use std::ops::ControlFlow;
use std::path::PathBuf;

use clap::Args;
use opportune_compiler::Manifest;
use opportune_ledger::entry::{Contact, PastContact};
use opportune_ledger::{Entry, Ledger};
use opportune_plan::VerifiedPlan;
use opportune_runtime::snapshot::read::{self, Records};
use opportune_runtime::snapshot::{Column, Values};
use opportune_runtime::time::Clock;

use self::columns::{Kind, Name, Reading};
use self::rows::{Decided, Decisions, Rows};
use crate::ledger_place::{self, LedgerArgument};
use crate::render::{self, Problem};
use crate::{Outcome, validate};

/// What `record` can be told.
#[derive(Args)]
pub struct Arguments {
    /// What to record: CSV, JSON lines, Parquet or Arrow, by the ending (.csv, .jsonl, .parquet, .arrow)
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The project's folder: the one that holds `opportune.toml`
    #[arg(default_value = ".")]
    project: PathBuf,
    /// The file holds contacts that were made by other means, not responses
    ///
    /// Caps, pauses and budgets count them like the project's own.
    #[arg(long)]
    contacts: bool,
    /// A field is in a column of another name: `--column at=clicked_at`; may be said for several
    #[arg(long, value_name = "FIELD=COLUMN")]
    column: Vec<String>,
    /// A field is the same in all rows and no column: `--value outcome=clicked`; may be said for several
    #[arg(long, value_name = "FIELD=VALUE")]
    value: Vec<String>,
    #[command(flatten)]
    ledger: LedgerArgument,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Outcome {
    let recorded = validate::checked(&arguments.project).and_then(|(_, compiled)| {
        let (Some(plan), Some(manifest)) = (&compiled.plan, &compiled.manifest) else {
            return Err(Outcome::PolicyIsWrong);
        };
        record(arguments, plan, manifest)
    });
    recorded.map_or_else(|outcome| outcome, |()| Outcome::Fine)
}

fn refused(problems: &[Problem]) -> Outcome {
    render::print(problems);
    Outcome::CallOrDataIsWrong
}

fn record(arguments: &Arguments, plan: &VerifiedPlan, manifest: &Manifest) -> Result<(), Outcome> {
    let kind = if arguments.contacts { Kind::Contacts } else { Kind::Responses };
    let readings = columns::readings(kind, &arguments.column, &arguments.value).map_err(|p| refused(&p))?;
    let schema = columns::schema(kind, &readings, plan, manifest.currency);
    let context = told::Context { kind, file: &arguments.file, readings: &readings, schema: &schema };
    let at = ledger_place::place(&arguments.project, manifest, &arguments.ledger)?;
    let mut ledger = ledger_place::open(&at)?;
    // Before the file is read: who is erased may not come back by what was read of them before.
    let _nobody_erased = ledger.lock_to_record().map_err(|error| ledger_place::refused(&error))?;
    let records = read_file(&context, manifest)?;
    let decisions = decisions(&mut ledger, kind, &readings, &records)?;
    let rows = Rows::new(kind, &readings, &records, &decisions);
    let faults = rows.faults();
    if !faults.is_empty() {
        return Err(refused(&faults.into_iter().map(|found| context.wrong(found)).collect::<Vec<_>>()));
    }
    let recorded = match kind {
        Kind::Responses => ledger.record(rows.responses()),
        Kind::Contacts => ledger.import(rows.contacts()),
    };
    let recorded = recorded.map_err(|error| ledger_place::refused(&error))?;
    // A closed pipe is how `| head` ends; all is recorded by then.
    let _ = io::stdout().lock().write_all(report::text(plan, &context, &rows, &recorded, &at).as_bytes());
    Ok(())
}

/// Reads the file, and refuses it where something of it would be lost.
fn read_file(context: &told::Context<'_>, manifest: &Manifest) -> Result<Records, Outcome> {
    let clock = Clock::new(0, &manifest.zone)
        .map_err(|error| refused(&[Problem::new(error, "name an IANA zone in `zone` of `opportune.toml`")]))?;
    let unlisted = context.unlisted();
    if !unlisted.is_empty() {
        return Err(refused(&unlisted));
    }
    let unread =
        |errors: Vec<read::LoadError>| refused(&errors.iter().map(|error| context.unread(error)).collect::<Vec<_>>());
    let records = read::records(context.schema, context.file, &clock).map_err(unread)?;
    let lost = context.lost(&records);
    if lost.is_empty() { Ok(records) } else { Err(refused(&lost)) }
}

/// The decisions that responses name, as far as the ledger has them.
fn decisions(ledger: &mut Ledger, kind: Kind, readings: &[Reading], records: &Records) -> Result<Decisions, Outcome> {
    let column = readings.iter().zip(&records.columns).find(|(reading, _)| reading.name == Name::Decision);
    let named: HashSet<&str> = match column {
        Some((_, Some(Column { values: Values::Codes(_, dictionary), .. }))) if kind == Kind::Responses => {
            dictionary.values.iter().map(|id| &**id).collect()
        }
        _ => HashSet::new(),
    };
    let mut found = Decisions::new();
    if named.is_empty() {
        return Ok(found);
    }
    let all = ledger.entries(None, &mut |entry| {
        match entry {
            Entry::Decided(_, contact) if named.contains(&*contact.id) => {
                let Contact { id, customer, offer, member, channel, .. } = contact;
                found.insert(id, Decided { customer, offer: Some(offer), member, channel: Some(channel) });
            }
            Entry::Imported(_, contact) if named.contains(&*contact.id) => {
                let PastContact { id, customer, offer, member, channel, .. } = contact;
                found.insert(id, Decided { customer, offer, member, channel });
            }
            // Responses come last.
            Entry::Response(..) => return ControlFlow::Break(()),
            Entry::Decided(..) | Entry::Imported(..) => {}
        }
        ControlFlow::Continue(())
    });
    all.map(|()| found).map_err(|error| ledger_place::refused(&error))
}
