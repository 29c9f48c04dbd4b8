//! Looks at a data file without a schema: its columns, what they seem to hold, and what a schema could say of them.
//!
//! For whoever begins a project over files that are there. The work is bounded by [`MOST_ROWS`], [`MOST_CELLS`],
//! [`MOST_BYTES`] and [`MOST_COLUMNS`] whatever the file is; a file that is larger is known in part, and says so. Texts are
//! judged by the code that will read them, so that what is found here is what a run finds.

mod column;
mod keys;
mod numbered;
mod spelling;
mod text_files;
mod typed_files;

use std::path::Path;

pub use column::{ColumnLook, Holds};
pub use keys::{KeySet, normal};
pub use numbered::{numbered_ending, write_numbered};

use super::files::Format;
use super::guard::guarded;
use column::Gathering;

/// No more rows of a file are looked at.
pub const MOST_ROWS: u64 = 1_000_000;
/// Nor more values.
pub const MOST_CELLS: u64 = 20_000_000;
/// Nor more bytes of a file of text.
pub const MOST_BYTES: u64 = 1 << 30;
/// Columns behind these are not looked at.
pub const MOST_COLUMNS: usize = 400;

/// What a file seems to hold.
#[derive(Debug)]
pub struct FileLook {
    /// How many rows were looked at.
    pub rows: u64,
    /// Whether these are all rows.
    pub is_whole: bool,
    /// The columns in the file's order.
    pub columns: Vec<ColumnLook>,
    /// How many columns were left out: behind the [`MOST_COLUMNS`] first ones.
    pub more_columns: usize,
}

/// Whether a file's ending says a format that can be read.
pub fn is_data(path: &Path) -> bool {
    Format::of(path).is_some()
}

/// Looks at a file.
///
/// # Errors
/// Why it cannot be read, in words that show no value of it.
pub fn look(path: &Path) -> Result<FileLook, String> {
    let about = std::fs::metadata(path).map_err(|error| error.to_string())?;
    if !about.is_file() {
        return Err("it is not a regular file".to_owned());
    }
    if about.len() == 0 {
        return Err("it is empty".to_owned());
    }
    let format = Format::of(path).ok_or("its ending says no format")?;
    let looked = guarded(|| match format {
        Format::Parquet => typed_files::parquet(path),
        Format::Ipc => typed_files::ipc(path),
        Format::Csv => text_files::csv(path),
        Format::Jsonl => text_files::jsonl(path),
    });
    let gathering = looked.and_then(|looked| looked)?;
    Ok(finish(gathering, format))
}

fn finish(gathering: Gathering, format: Format) -> FileLook {
    let Gathering { rows, is_whole, columns, more_columns, .. } = gathering;
    let columns = columns.into_iter().map(|column| column.finish(rows, is_whole, format)).collect();
    FileLook { rows, is_whole, columns, more_columns }
}

#[cfg(test)]
mod tests;
