//! Reads a file that is no table of the project: responses and past contacts, which who runs the program names.
//!
//! The same formats, spellings and refusals as for the data. The schema has one table, of the kind of a request: its
//! columns are found by name, those of fields that may be missing need not be there at all.

use std::path::Path;

use opportune_plan::Schema;

use super::error::LoadError;
use super::report::TableReport;
use super::{MOST_ERRORS, files, read_table};
use crate::snapshot::Column;
use crate::time::Clock;

/// What a file holds, in its own order.
#[derive(Debug)]
pub struct Records {
    /// How many rows.
    pub rows: usize,
    /// By field of the schema's first table; none where the file has no such column.
    pub columns: Vec<Option<Column>>,
    /// What was not a value, and the hash of the contents.
    pub report: TableReport,
}

/// Reads a file by the first table of a schema, which must be a [`opportune_plan::TableKind::Context`]; times without an
/// offset are of the clock's zone.
///
/// # Errors
/// All that is wrong with the file.
pub fn records(schema: &Schema, path: &Path, clock: &Clock) -> Result<Records, Vec<LoadError>> {
    let Some((id, table)) = schema.tables().next() else { return Ok(Records::none()) };
    let file = files::named(schema, id, table, path).map_err(|error| vec![error])?;
    let read = read_table(file, clock).map_err(|mut errors| {
        errors.truncate(MOST_ERRORS);
        errors
    })?;
    Ok(Records { rows: read.rows, columns: read.columns, report: read.report })
}

impl Records {
    fn none() -> Self {
        Self { rows: 0, columns: Vec::new(), report: TableReport::default() }
    }
}
