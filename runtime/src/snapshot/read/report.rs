//! What loading left out, in counts.

use std::path::PathBuf;

use opportune_plan::FieldId;

use super::builder::{Faults, Tally};
use super::hash::DataRead;

/// What was read, and what of it is not in the snapshot.
#[derive(Clone, Debug, Default)]
pub struct LoadReport {
    /// By table of the schema.
    pub tables: Vec<TableReport>,
    /// How many customers there are.
    pub customers: usize,
    /// How many of them have no row in the customer's own table: all their fields but the key are missing.
    pub without_row: usize,
    /// Which files, with which contents, and what a request brought.
    pub read: DataRead,
}

/// What was read of one table.
#[derive(Clone, Debug, Default)]
pub struct TableReport {
    /// The file.
    pub file: PathBuf,
    /// The BLAKE3 hash of its contents, in hex; of a table without a file, empty.
    pub hash: String,
    /// How many rows the file has.
    pub rows: usize,
    /// How many of them are in the snapshot.
    pub kept: usize,
    /// How many rows are not the file's but the ledger's, those of nobody included.
    pub added: usize,
    /// How many of the file's rows are the ledger's too, and count once.
    pub replaced: usize,
    /// How many contacts are still to be sent: only limits count them.
    pub scheduled: usize,
    /// How many contacts are of customers who are not known: only limits over all customers count them.
    pub of_nobody_counted: usize,
    /// Events left out because they are after `now`.
    pub after_now: Tally,
    /// Rows left out because no table introduces their customer.
    pub of_unknown: Tally,
    /// Events and requests left out because their customer is missing.
    pub of_nobody: Tally,
    /// Of a request's file: the fields that no column of it brings, which are missing for all.
    pub absent: Vec<FieldId>,
    /// By field.
    pub fields: Vec<FieldReport>,
}

/// What was not a value in one field, over all rows of the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FieldReport {
    /// Null or empty.
    pub missing: Tally,
    /// A set with an element that is null; it counts as missing.
    pub incomplete: Tally,
    /// Not the name of a time zone; it counts as missing.
    pub not_a_zone: Tally,
    /// NaN; it counts as missing.
    pub not_a_number: Tally,
    /// Infinite, too large for the type, beyond the poles or 180 degrees, or outside the years 1 to 9999; it counts as missing.
    pub out_of_range: Tally,
    /// Links that lead nowhere.
    pub dangling: Tally,
}

impl FieldReport {
    /// The counts of a column that was read.
    pub(super) fn of(faults: Faults) -> Self {
        Self {
            missing: faults.missing,
            incomplete: faults.incomplete,
            not_a_zone: faults.not_a_zone,
            not_a_number: faults.not_a_number,
            out_of_range: faults.out_of_range,
            dangling: Tally::default(),
        }
    }
}
