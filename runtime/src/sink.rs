//! Writes decisions to a file: Parquet, CSV or JSON lines, by the ending of its name.
//!
//! One row a decision, in the order in which they come; `columns` says which columns. A decision that is held out is a row
//! too. [`DecidedRows`] makes rows of what was decided: the texts are the offer's with their holes filled for the customer,
//! see [`crate::template`]. Rows that were kept elsewhere come by [`RowWriter`], and are the same bytes.
//! What is written goes to a file beside the target, which takes its place only when all is there and on disk; if
//! anything fails before, nothing is left. The bytes do not depend on how the rows are cut into slices.

mod batch;
mod columns;
mod decided;
mod error;
mod format;
pub mod read;
mod row;
mod table;
mod target;
#[cfg(test)]
mod tests;

use std::path::Path;

pub use decided::DecidedRows;
pub use error::SinkError;
use opportune_plan::VerifiedPlan;
pub use row::{Head, Key, KeyType, Row, decision_id};
pub use table::{Cell, CellType, TableWriter};

use crate::decide::Decision;
use crate::snapshot::Snapshot;
use crate::time::Clock;
use batch::Batches;
use format::Encoder;
use target::{Shared, Target};

/// How many rows are encoded at a time; fixed, so that the bytes do not depend on who hands over how many.
const BATCH: usize = 8_192;

/// The BLAKE3 hash of a plan's text, in hex: the same policy, the same hash.
pub fn policy_hash(plan: &VerifiedPlan) -> String {
    blake3::hash(plan.to_string().as_bytes()).to_hex().to_string()
}

/// Checks that decisions can be written to a file, and leaves nothing. What is no regular file is not opened.
///
/// # Errors
/// Those of [`RowWriter::create`].
pub fn check(path: &Path) -> Result<(), SinkError> {
    format::Format::of(path)?;
    Target::check(path)
}

/// A file that rows are encoded to, batch by batch.
struct RowFile {
    batches: Batches,
    target: Shared,
    encoder: Encoder<Shared>,
}

impl RowFile {
    fn create(path: &Path, head: Head) -> Result<Self, SinkError> {
        let batches = Batches { head, format: format::Format::of(path)? };
        let target = Shared::new(Target::create(path, batches.head.run.as_deref())?);
        let encoder = Encoder::new(batches.format, target.clone(), &batches.schema());
        let encoder = encoder.map_err(|error| target.error(error))?;
        Ok(Self { batches, target, encoder })
    }

    /// Encodes rows as one batch, where there are any.
    fn encode(&mut self, rows: &[Row<'_>]) -> Result<(), SinkError> {
        if rows.is_empty() {
            return Ok(());
        }
        let batch = self.batches.batch(rows).map_err(|error| self.target.error(error))?;
        self.encoder.write(&batch).map_err(|error| self.target.error(error))
    }

    fn finish(self) -> Result<(), SinkError> {
        self.encoder.finish().map_err(|error| self.target.error(error))?;
        self.target.into_inner().map_or(Ok(()), Target::persist)
    }
}

/// What waits until there is a whole batch of it.
struct Waiting<T>(Vec<T>);

impl<T> Waiting<T> {
    fn new() -> Self {
        Self(Vec::with_capacity(BATCH))
    }

    /// Adds what comes, and hands on each whole batch.
    fn add(
        &mut self,
        all: impl IntoIterator<Item = T>,
        mut whole: impl FnMut(&[T]) -> Result<(), SinkError>,
    ) -> Result<(), SinkError> {
        for one in all {
            self.0.push(one);
            if self.0.len() == BATCH {
                whole(&self.0)?;
                self.0.clear();
            }
        }
        Ok(())
    }
}

/// Writes rows that were made before.
pub struct RowWriter {
    waiting: Waiting<Row<'static>>,
    file: RowFile,
}

impl RowWriter {
    /// Begins a file; the target is untouched until [`Self::finish`].
    ///
    /// # Errors
    /// When the ending is none of `.parquet`, `.csv` and `.jsonl`, when the target is a folder, or when nothing can be
    /// written beside it.
    pub fn create(path: &Path, head: Head) -> Result<Self, SinkError> {
        Ok(Self { waiting: Waiting::new(), file: RowFile::create(path, head)? })
    }

    /// Writes some rows.
    ///
    /// # Errors
    /// When the disk is full, or the file cannot be written for another reason.
    pub fn write(&mut self, rows: impl IntoIterator<Item = Row<'static>>) -> Result<(), SinkError> {
        self.waiting.add(rows, |rows| self.file.encode(rows))
    }

    /// Writes what is left, waits until it is on disk, and puts the file in its place.
    ///
    /// # Errors
    /// When the file cannot be written or put in its place; then nothing of it is left.
    pub fn finish(mut self) -> Result<(), SinkError> {
        self.file.encode(&self.waiting.0)?;
        self.file.finish()
    }
}

/// Writes the decisions of a run.
pub struct DecisionWriter<'a> {
    rows: DecidedRows<'a>,
    waiting: Waiting<Decision>,
    file: RowFile,
}

impl<'a> DecisionWriter<'a> {
    /// Begins a file, as [`Self::of`] does, of a run that saw no ledger and contacts nobody. `data_hash` says which data
    /// the snapshot is of ([`crate::snapshot::read::DataRead::hash`]).
    ///
    /// # Errors
    /// Those of [`RowWriter::create`].
    pub fn create(
        path: &Path,
        plan: &'a VerifiedPlan,
        snapshot: &'a Snapshot,
        clock: &Clock,
        data_hash: String,
    ) -> Result<Self, SinkError> {
        Self::of(path, DecidedRows::new(plan, snapshot, clock, data_hash))
    }

    /// Begins a file of these rows; the target is untouched until [`Self::finish`].
    ///
    /// # Errors
    /// Those of [`RowWriter::create`].
    pub fn of(path: &Path, rows: DecidedRows<'a>) -> Result<Self, SinkError> {
        let file = RowFile::create(path, rows.head().clone())?;
        Ok(Self { rows, waiting: Waiting::new(), file })
    }

    /// Writes some decisions.
    ///
    /// # Errors
    /// When the disk is full, or the file cannot be written for another reason.
    pub fn write(&mut self, decisions: &[Decision]) -> Result<(), SinkError> {
        let Self { rows, waiting, file } = self;
        waiting.add(decisions.iter().copied(), |decisions| file.encode(&rows.rows(decisions)))
    }

    /// Writes what is left, waits until it is on disk, and puts the file in its place.
    ///
    /// # Errors
    /// When the file cannot be written or put in its place; then nothing of it is left.
    pub fn finish(mut self) -> Result<(), SinkError> {
        self.file.encode(&self.rows.rows(&self.waiting.0))?;
        self.file.finish()
    }
}
