//! Why decisions could not be written.

use std::io;

/// Why decisions could not be written.
#[derive(Debug, thiserror::Error)]
pub enum SinkError {
    /// The name of the file does not say a format.
    #[error("`{path}` is no name for a file of decisions: its ending says no format")]
    Ending {
        /// The file.
        path: String,
    },
    /// A folder is where the file is to be.
    #[error("decisions cannot be written to `{path}`: it is a folder")]
    Folder {
        /// The folder.
        path: String,
    },
    /// The operating system refuses.
    #[error("decisions cannot be written to `{path}`: {}", in_words(source))]
    Write {
        /// The file.
        path: String,
        /// What it says.
        source: io::Error,
    },
    /// A file of decisions cannot be read again.
    #[error("the decisions in `{path}` cannot be read: {}", in_words_of_reading(source))]
    Read {
        /// The file.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// A file has not the columns of decisions.
    #[error("`{path}` is no file of decisions: its first row does not tell policy, data, `now` and ledger")]
    NotDecisions {
        /// The file.
        path: String,
    },
}

impl SinkError {
    /// The stable code, which `docs/diagnostics` has a page for.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Ending { .. } => "D0201",
            Self::Folder { .. } => "D0202",
            Self::Write { .. } => "D0203",
            Self::Read { .. } => "D0204",
            Self::NotDecisions { .. } => "D0205",
        }
    }

    /// What is wrong, in one line.
    pub fn message(&self) -> String {
        self.to_string()
    }

    /// How to mend it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Ending { .. } => "give it the ending .parquet, .csv or .jsonl",
            Self::Folder { .. } => "name a file in it",
            Self::Write { .. } => "the folder must be there, writable, and have room; nothing was left in it",
            Self::Read { .. } => {
                "name a file that `opportune run` or `opportune dry-run --out` has written, as it was written"
            }
            Self::NotDecisions { .. } => "name a file that `opportune run` or `opportune dry-run --out` has written",
        }
    }
}

/// The refusals that people meet, in words; others as the operating system says them.
fn in_words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "its folder does not exist".to_owned(),
        io::ErrorKind::PermissionDenied => "you may not write there".to_owned(),
        io::ErrorKind::ReadOnlyFilesystem => "the disk is read-only".to_owned(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "the disk is full".to_owned(),
        _ => error.to_string(),
    }
}

fn in_words_of_reading(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "you may not read it".to_owned(),
        _ => error.to_string(),
    }
}

impl From<SinkError> for io::Error {
    fn from(error: SinkError) -> Self {
        let kind = match &error {
            SinkError::Write { source, .. } | SinkError::Read { source, .. } => source.kind(),
            SinkError::Ending { .. } | SinkError::Folder { .. } | SinkError::NotDecisions { .. } => {
                io::ErrorKind::InvalidInput
            }
        };
        Self::new(kind, error)
    }
}
