//! Reads data files into a [`Snapshot`] by the schema of a plan.
//!
//! Each file is read in batches into typed columns (`columns`, by the formats' modules); then keys become row numbers
//! (`keys`), links are followed, customers are found and events are put in order (`assemble`). A file is never held
//! as rows. Every problem is reported, not only the first; nothing is repaired silently: what is left out is counted
//! in the [`LoadReport`].

mod added;
mod append;
mod arrays;
mod assemble;
mod builder;
mod columns;
mod csv;
mod error;
mod events;
mod files;
mod gather;
pub mod given;
mod guard;
mod hash;
pub mod inspect;
mod interner;
mod ipc;
mod json;
mod jsonl;
mod keys;
mod lines;
mod parquet;
mod places;
mod records;
mod report;
mod scalars;
mod sets;
mod shown;
#[cfg(test)]
mod tests;
mod texts;
mod unseen;
mod words;
mod zones;

use std::fs::File;
use std::path::Path;

pub use added::{Added, AddedCustomer, AddedRow};
pub use builder::Tally;
pub use error::{Found, LoadError, Place};
pub use files::Reach;
pub use hash::DataRead;
use opportune_plan::{TableKind, VerifiedPlan};
pub use records::{Records, records};
pub use report::{FieldReport, LoadReport, TableReport};
pub(crate) use shown::shown_path;

use self::append::Appended;
use self::columns::Targets;
use self::files::{Format, TableFile};
use super::{Column, Snapshot};
use crate::time::Clock;

/// How many errors are reported at most.
const MOST_ERRORS: usize = 200;

/// Reads the tables of a plan from a folder that may be anywhere.
///
/// # Errors
/// All that is wrong with the files, in the order of the schema.
pub fn load(plan: &VerifiedPlan, folder: &Path, clock: &Clock) -> Result<(Snapshot, LoadReport), Vec<LoadError>> {
    load_from(plan, folder, Reach::Anywhere, clock)
}

/// Reads the tables of a plan from a folder whose files must be within reach.
///
/// # Errors
/// All that is wrong with the files, in the order of the schema.
pub fn load_from(
    plan: &VerifiedPlan,
    folder: &Path,
    reach: Reach<'_>,
    clock: &Clock,
) -> Result<(Snapshot, LoadReport), Vec<LoadError>> {
    load_with(plan, folder, reach, clock, (None, &Added::default()))
}

/// Reads the tables of a plan, and the context's from a file of its own; without one, all of it is missing. What is added
/// are rows of the events `contact` and `response`.
pub(super) fn load_with(
    plan: &VerifiedPlan,
    folder: &Path,
    reach: Reach<'_>,
    clock: &Clock,
    (request, added): (Option<&Path>, &Added),
) -> Result<(Snapshot, LoadReport), Vec<LoadError>> {
    files::check_folder(folder, reach).map_err(|error| vec![error])?;
    let (mut tables, mut errors) = (Vec::new(), Vec::new());
    for (id, table) in plan.schema.tables() {
        let found = match (&table.kind, request) {
            (TableKind::Context, Some(path)) => files::named(&plan.schema, id, table, path),
            (TableKind::Context, None) => {
                tables.push(Some(RawTable::empty(TableFile::none(&plan.schema, id, table))));
                continue;
            }
            _ if table.is_built_in() => Ok(TableFile::none(&plan.schema, id, table)),
            _ => files::find(&plan.schema, id, table, folder, reach),
        };
        match found.map_err(|error| vec![error]).and_then(|file| read_with(file, clock, added)) {
            Ok(table) => tables.push(Some(table)),
            Err(found) => {
                errors.extend(found);
                tables.push(None);
            }
        }
    }
    let mut read = DataRead::default();
    for table in tables.iter().flatten().filter(|table| !table.report.hash.is_empty()) {
        match table.file.table.kind {
            TableKind::Context => read.add_request(table.file.format.name(), &table.report.hash),
            _ => read.add_file(table.file.name(), table.report.hash.clone()),
        }
    }
    let assembled = assemble::assemble(&plan.schema, tables, clock, errors);
    let (snapshot, report) = assembled.map_err(|mut errors| {
        errors.truncate(MOST_ERRORS);
        errors
    })?;
    Ok((snapshot, LoadReport { read, ..report }))
}

/// A table as it is in its file.
#[derive(Debug)]
struct RawTable<'p> {
    file: TableFile<'p>,
    rows: usize,
    /// By field; none where the field comes through a link, or is of a request that does not bring it.
    columns: Vec<Option<Column>>,
    /// For events and requests: the customers' keys.
    owner: Option<Column>,
    /// The rows that are not the file's.
    appended: Appended,
    report: TableReport,
}

impl<'p> RawTable<'p> {
    /// A table without rows and columns.
    fn empty(file: TableFile<'p>) -> Self {
        let fields = vec![FieldReport::default(); file.table.fields.len()];
        let report = TableReport { fields, ..TableReport::default() };
        let appended = Appended::default();
        Self { columns: vec![None; file.table.fields.len()], file, rows: 0, owner: None, appended, report }
    }
}

/// A table of a file alone.
fn read_table<'p>(file: TableFile<'p>, clock: &Clock) -> Result<RawTable<'p>, Vec<LoadError>> {
    read_with(file, clock, &Added::default())
}

/// A table of its file, where it has one, and of what is added to it.
fn read_with<'p>(file: TableFile<'p>, clock: &Clock, added: &Added) -> Result<RawTable<'p>, Vec<LoadError>> {
    let mut targets = Targets::new(file.clone());
    let has_file = !file.path.as_os_str().is_empty();
    let hash = if has_file { read_file(&file, &mut targets, clock)? } else { String::new() };
    with_added(targets, hash, added, clock)
}

/// A table of the rows that are in its columns and of what is added to it; `hash` is that of its file.
fn with_added<'p>(
    mut targets: Targets<'p>,
    hash: String,
    added: &Added,
    clock: &Clock,
) -> Result<RawTable<'p>, Vec<LoadError>> {
    let (file, of_file) = (targets.file.clone(), targets.rows());
    let appended = match added.of(file.table).filter(|rows| rows.len() > 0) {
        Some(rows) => append::append(&mut targets, added, rows, clock)?,
        None => Appended { of_file, ..Appended::default() },
    };
    let (rows, absent) = (targets.rows(), std::mem::take(&mut targets.absent));
    let (columns, owner, fields) = targets.finish(file.table.fields.len());
    let report = TableReport { file: file.path.clone(), rows: of_file, absent, fields, hash, ..TableReport::default() };
    Ok(RawTable { file, rows, columns, owner, appended, report })
}

/// Reads a file into its columns; gives the hash of its contents.
fn read_file(file: &TableFile<'_>, targets: &mut Targets<'_>, clock: &Clock) -> Result<String, Vec<LoadError>> {
    let mut opened = open(file).map_err(|error| vec![error])?;
    let hash = hash::hash_of(&mut opened).map_err(|error| vec![file.unreadable(&error)])?;
    guard::guarded(|| match file.format {
        Format::Parquet => parquet::read(opened, targets, clock),
        Format::Csv => csv::read(opened, targets, clock),
        Format::Jsonl => jsonl::read(opened, targets, clock),
        Format::Ipc => ipc::read(opened, targets, clock),
    })
    .unwrap_or_else(|panic| Err(vec![file.corrupt(panic)]))?;
    let errors = targets.judge();
    if errors.is_empty() { Ok(hash) } else { Err(errors) }
}

/// Opens a file that has something in it.
fn open(file: &TableFile<'_>) -> Result<File, LoadError> {
    // Before it is opened: to open a pipe would wait for a writer.
    let metadata = std::fs::metadata(&file.path).map_err(|error| file.unreadable(&error))?;
    let refuse = |reason: &str| LoadError::Unreadable { place: file.place(None, ""), reason: reason.to_owned() };
    if metadata.is_dir() {
        return Err(refuse("it is a folder"));
    }
    if !metadata.is_file() {
        return Err(refuse("it is not a regular file"));
    }
    // Of JSON lines, none is a table without rows; the other formats have a head.
    if metadata.len() == 0 && file.format != Format::Jsonl {
        return Err(file.corrupt("it is empty"));
    }
    File::open(&file.path).map_err(|error| file.unreadable(&error))
}
