//! `opportune ledger export`: contacts and responses as files, of one and the same state of the ledger.
//!
//! The columns are those that `opportune record` reads, so that the files can be recorded elsewhere, row for row. A row of a
//! customer who was erased has no customer, but the tombstone's name, which tells nothing of them.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use clap::Args;
use opportune_ledger::entry::{Contact, Key, PastContact, Position, Response};
use opportune_ledger::{Entry, Ledger, LedgerError};
use opportune_runtime::sink::{Cell, CellType, SinkError, TableWriter};

use crate::escape::escaped;
use crate::render::Problem;
use crate::table::grouped;

/// What `ledger export` can be told.
#[derive(Args)]
#[group(required = true, multiple = true)]
pub struct Files {
    /// Write contacts and held-out decisions to this file: Parquet, CSV or JSON lines by its ending (.parquet, .csv, .jsonl)
    #[arg(long, value_name = "FILE")]
    contacts: Option<PathBuf>,
    /// Write responses to this file
    #[arg(long, value_name = "FILE")]
    responses: Option<PathBuf>,
}

const CONTACTS: [(&str, CellType); 20] = [
    ("customer", CellType::Name),
    ("send_at", CellType::Instant),
    ("decided_at", CellType::Instant),
    ("offer", CellType::Text),
    ("member", CellType::Text),
    ("channel", CellType::Text),
    ("slot", CellType::Int),
    ("cost", CellType::Number),
    ("holdout", CellType::Bool),
    ("value", CellType::Number),
    ("priority", CellType::Number),
    ("propensity", CellType::Number),
    ("arm", CellType::Text),
    ("reason", CellType::Text),
    ("message", CellType::Text),
    ("items", CellType::Texts),
    ("decision", CellType::Name),
    ("id", CellType::Name),
    ("position", CellType::Int),
    ("erased", CellType::Name),
];

const RESPONSES: [(&str, CellType); 10] = [
    ("customer", CellType::Name),
    ("at", CellType::Instant),
    ("outcome", CellType::Text),
    ("offer", CellType::Text),
    ("member", CellType::Text),
    ("channel", CellType::Text),
    ("decision", CellType::Name),
    ("id", CellType::Name),
    ("position", CellType::Int),
    ("erased", CellType::Name),
];

/// Why nothing was written.
pub enum Failure {
    Ledger(LedgerError),
    Sink(SinkError),
    /// The customers' keys are numbers and texts.
    Mixed,
    /// Both are to be the same file.
    Same,
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Self {
        Self::Ledger(error)
    }
}

impl From<SinkError> for Failure {
    fn from(error: SinkError) -> Self {
        Self::Sink(error)
    }
}

/// Writes the files; gives what to tell of them.
pub fn write(ledger: &mut Ledger, files: &Files) -> Result<String, Failure> {
    if files.contacts.is_some() && files.contacts == files.responses {
        return Err(Failure::Same);
    }
    // What the customers' keys are, is known from the first; a ledger that has both has their texts.
    let keys = key_type(ledger)?;
    let counts = match attempt(ledger, files, keys) {
        Err(Failure::Mixed) => attempt(ledger, files, CellType::Name)?,
        other => other?,
    };
    let told = [(&files.contacts, counts.contacts, "contact"), (&files.responses, counts.responses, "response")];
    let lines = told.into_iter().filter_map(|(path, count, one)| {
        let path = escaped(&path.as_ref()?.display().to_string());
        Some(format!("wrote {} {one}{} to {path}\n", grouped(count), if count == 1 { "" } else { "s" }))
    });
    Ok(lines.collect())
}

fn key_type(ledger: &mut Ledger) -> Result<CellType, LedgerError> {
    let mut found = CellType::Name;
    ledger.entries(None, &mut |entry| match customer(&entry) {
        Key::Int(_) => {
            found = CellType::Int;
            ControlFlow::Break(())
        }
        Key::Text(_) => ControlFlow::Break(()),
        Key::Erased(_) => ControlFlow::Continue(()),
    })?;
    Ok(found)
}

fn customer(entry: &Entry) -> &Key {
    match entry {
        Entry::Decided(_, contact) => &contact.customer,
        Entry::Imported(_, contact) => &contact.customer,
        Entry::Response(_, response) => &response.customer,
    }
}

/// How many rows were written.
#[derive(Default)]
struct Counts {
    contacts: u64,
    responses: u64,
}

fn attempt(ledger: &mut Ledger, files: &Files, keys: CellType) -> Result<Counts, Failure> {
    let mut contacts = create(files.contacts.as_deref(), &CONTACTS, keys)?;
    let mut responses = create(files.responses.as_deref(), &RESPONSES, keys)?;
    let (mut counts, mut failed) = (Counts::default(), None);
    ledger.entries(None, &mut |entry| {
        let Some((customer, erased)) = keyed(customer(&entry), keys) else {
            failed = Some(Failure::Mixed);
            return ControlFlow::Break(());
        };
        let (writer, count, row) = match entry {
            Entry::Decided(at, contact) => {
                (&mut contacts, &mut counts.contacts, decided(at, contact, customer, erased))
            }
            Entry::Imported(at, contact) => {
                (&mut contacts, &mut counts.contacts, imported(at, contact, customer, erased))
            }
            Entry::Response(at, response) => {
                (&mut responses, &mut counts.responses, responded(at, response, customer, erased))
            }
        };
        *count += 1;
        match writer.as_mut().map_or(Ok(()), |writer| writer.write(row)) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failed = Some(Failure::Sink(error));
                ControlFlow::Break(())
            }
        }
    })?;
    if let Some(failed) = failed {
        return Err(failed);
    }
    for writer in [contacts, responses].into_iter().flatten() {
        writer.finish()?;
    }
    Ok(counts)
}

fn create(path: Option<&Path>, columns: &[(&str, CellType)], keys: CellType) -> Result<Option<TableWriter>, SinkError> {
    let columns: Vec<(&str, CellType)> =
        columns.iter().map(|(name, ty)| (*name, if *name == "customer" { keys } else { *ty })).collect();
    path.map(|path| TableWriter::create(path, &columns)).transpose()
}

/// The customer's cell and the tombstone's; none where the key is of another type than the column.
fn keyed(key: &Key, keys: CellType) -> Option<(Cell, Cell)> {
    match (key, keys) {
        (Key::Int(key), CellType::Int) => Some((Cell::Int(*key), Cell::Missing)),
        (Key::Int(key), _) => Some((Cell::Text(key.to_string().into()), Cell::Missing)),
        (Key::Text(_), CellType::Int) => None,
        (Key::Text(key), _) => Some((Cell::Text(key.clone()), Cell::Missing)),
        (Key::Erased(tombstone), _) => Some((Cell::Missing, Cell::Text(tombstone.clone()))),
    }
}

fn position(position: Position) -> Cell {
    Cell::Int(i64::try_from(position.0).unwrap_or(i64::MAX))
}

/// Money as people write it; whoever reads it rounds it to the same millionths.
fn cost(cost: Option<i64>) -> Cell {
    cost.map_or(Cell::Missing, |cost| Cell::Number(cost as f64 / 1e6))
}

fn decided(at: Position, contact: Contact, customer: Cell, erased: Cell) -> Vec<Cell> {
    // Of who was erased, these are gone.
    let kept = |cell: Cell| if matches!(erased, Cell::Missing) { cell } else { Cell::Missing };
    vec![
        customer,
        Cell::Int(contact.send_at),
        Cell::Int(contact.decided_at),
        Cell::Text(contact.offer),
        contact.member.into(),
        Cell::Text(contact.channel),
        Cell::Int(contact.slot.into()),
        cost(contact.cost),
        Cell::Bool(contact.held_out),
        kept(Cell::Number(contact.value)),
        kept(Cell::Number(contact.priority)),
        kept(Cell::Number(contact.propensity)),
        contact.arm.into(),
        contact.reason.into(),
        contact.message.into(),
        kept(Cell::Texts(contact.items)),
        Cell::Text(contact.id),
        Cell::Missing,
        position(at),
        erased,
    ]
}

fn imported(at: Position, contact: PastContact, customer: Cell, erased: Cell) -> Vec<Cell> {
    let mut row = vec![
        customer,
        Cell::Int(contact.send_at),
        Cell::Int(contact.decided_at),
        contact.offer.into(),
        contact.member.into(),
        contact.channel.into(),
        Cell::Missing,
        cost(contact.cost),
        Cell::Bool(false),
    ];
    row.resize(CONTACTS.len() - 3, Cell::Missing);
    row.extend([Cell::Text(contact.id), position(at), erased]);
    row
}

fn responded(at: Position, response: Response, customer: Cell, erased: Cell) -> Vec<Cell> {
    vec![
        customer,
        Cell::Int(response.at),
        Cell::Text(response.outcome),
        response.offer.into(),
        response.member.into(),
        response.channel.into(),
        response.decision.into(),
        Cell::Text(response.id),
        position(at),
        erased,
    ]
}

impl Failure {
    /// The failure in words; `None` where it is the ledger's, which has its own.
    pub fn told(self) -> Result<Problem, LedgerError> {
        Ok(match self {
            Self::Ledger(error) => return Err(error),
            Self::Sink(error) => {
                let message = error.message().replacen("decisions", "the ledger's rows", 1);
                Problem { code: Some(error.code().to_owned()), ..Problem::new(message, error.help()) }
            }
            Self::Mixed => Problem::new("the ledger has customers by number and by text", "nothing was written"),
            Self::Same => Problem::new("contacts and responses cannot go to one file", "name two files"),
        })
    }
}
