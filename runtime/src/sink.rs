//! Writes decisions to a file: Parquet, CSV or JSON lines, by the ending of its name.
//!
//! One row a decision, in the order in which they come; `columns` says which columns. A decision that is held out is a row
//! too. The texts are the offer's with their holes filled for the customer, see [`crate::template`].
//! What is written goes to a file beside the target, which takes its place only when all is there and on disk; if
//! anything fails before, nothing is left. The bytes do not depend on how the decisions are cut into slices.

mod columns;
mod error;
mod format;
mod rows;
mod target;
#[cfg(test)]
mod tests;

use std::path::Path;

pub use error::SinkError;
use opportune_plan::VerifiedPlan;

use crate::decide::Decision;
use crate::snapshot::Snapshot;
use crate::time::Clock;
use format::Encoder;
use rows::Rows;
use target::{Shared, Target};

/// How many decisions are encoded at a time; fixed, so that the bytes do not depend on who hands over how many.
const BATCH: usize = 8_192;

/// The BLAKE3 hash of a plan's text, in hex: the same policy, the same hash.
pub fn policy_hash(plan: &VerifiedPlan) -> String {
    blake3::hash(plan.to_string().as_bytes()).to_hex().to_string()
}

/// Writes the decisions of a run.
pub struct DecisionWriter<'a> {
    rows: Rows<'a>,
    waiting: Vec<Decision>,
    target: Shared,
    encoder: Encoder<Shared>,
}

impl<'a> DecisionWriter<'a> {
    /// Begins a file; the target is untouched until [`Self::finish`]. `data_hash` says which data the snapshot is of
    /// ([`crate::snapshot::read::DataRead::hash`]).
    ///
    /// # Errors
    /// When the ending is none of `.parquet`, `.csv` and `.jsonl`, when the target is a folder, or when nothing can be
    /// written beside it.
    pub fn create(
        path: &Path,
        plan: &'a VerifiedPlan,
        snapshot: &'a Snapshot,
        clock: &Clock,
        data_hash: String,
    ) -> Result<Self, SinkError> {
        let format = format::Format::of(path)?;
        let rows = Rows::new(plan, snapshot, clock, data_hash, format);
        let target = Shared::new(Target::create(path)?);
        let encoder = Encoder::new(format, target.clone(), &rows.schema()).map_err(|error| target.error(error))?;
        Ok(Self { rows, waiting: Vec::with_capacity(BATCH), target, encoder })
    }

    /// How many threads fill the holes of texts, where there are any; one unless it is said. The bytes do not depend on
    /// it.
    #[must_use]
    pub fn with_threads(mut self, threads: usize) -> Self {
        self.rows.threads = threads;
        self
    }

    /// Writes some decisions.
    ///
    /// # Errors
    /// When the disk is full, or the file cannot be written for another reason.
    pub fn write(&mut self, mut decisions: &[Decision]) -> Result<(), SinkError> {
        while !decisions.is_empty() {
            let (now, later) = decisions.split_at(decisions.len().min(BATCH - self.waiting.len()));
            self.waiting.extend_from_slice(now);
            decisions = later;
            if self.waiting.len() == BATCH {
                self.encode()?;
            }
        }
        Ok(())
    }

    fn encode(&mut self) -> Result<(), SinkError> {
        let batch = self.rows.batch(&self.waiting).map_err(|error| self.target.error(error))?;
        self.waiting.clear();
        self.encoder.write(&batch).map_err(|error| self.target.error(error))
    }

    /// Writes what is left, waits until it is on disk, and puts the file in its place.
    ///
    /// # Errors
    /// When the file cannot be written or put in its place; then nothing of it is left.
    pub fn finish(mut self) -> Result<(), SinkError> {
        if !self.waiting.is_empty() {
            self.encode()?;
        }
        self.encoder.finish().map_err(|error| self.target.error(error))?;
        self.target.into_inner().map_or(Ok(()), Target::persist)
    }
}
