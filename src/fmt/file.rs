//! One policy file: read within bounds, and replaced whole or not at all.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use crate::project::LARGEST_FILE;

/// Why a file was not formatted.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("`{path}` cannot be read: {reason}")]
    Unreadable { path: String, reason: io::Error },
    #[error("`{path}` is larger than {} MiB", LARGEST_FILE >> 20)]
    TooLarge { path: String },
    #[error("`{path}` is not UTF-8 text")]
    NotText { path: String },
    #[error("`{path}` cannot be written: {reason}")]
    Unwritable { path: String, reason: io::Error },
}

impl FileError {
    /// The way out.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "name a policy file or a folder, for example `opportune fmt policies/grocer`",
            Self::TooLarge { .. } => "split the policy into several files",
            Self::NotText { .. } => "save the file as UTF-8",
            Self::Unwritable { .. } => "check that you may write it and its folder; it is as it was",
        }
    }
}

/// The text of a file.
pub fn read(named: &Path) -> Result<String, FileError> {
    let path = || named.display().to_string();
    let unreadable = |reason| FileError::Unreadable { path: path(), reason };
    let about = fs::metadata(named).map_err(unreadable)?;
    if !about.is_file() {
        return Err(unreadable(io::Error::other("it is not a file")));
    }
    if about.len() > LARGEST_FILE {
        return Err(FileError::TooLarge { path: path() });
    }
    let bytes = fs::read(named).map_err(unreadable)?;
    String::from_utf8(bytes).map_err(|_| FileError::NotText { path: path() })
}

/// Puts a new text in the place of a file, with the file's permissions; a link is followed.
pub fn replace(named: &Path, text: &str) -> Result<(), FileError> {
    let replaced = || -> io::Result<()> {
        let path = named.canonicalize()?;
        let permissions = fs::metadata(&path)?.permissions();
        if permissions.readonly() {
            return Err(io::Error::other("it may only be read"));
        }
        let folder = path.parent().unwrap_or(Path::new("."));
        let mut beside = tempfile::Builder::new().prefix(".opportune-").suffix(".part").tempfile_in(folder)?;
        beside.write_all(text.as_bytes())?;
        beside.as_file().set_permissions(permissions)?;
        beside.as_file().sync_all()?;
        beside.persist(&path).map_err(|error| error.error)?;
        Ok(())
    };
    // Only the kind: the name of the temporary file means nothing to whoever reads the message.
    let told = |error: io::Error| match error.kind() {
        io::ErrorKind::Other => error,
        kind => kind.into(),
    };
    replaced().map_err(|error| FileError::Unwritable { path: named.display().to_string(), reason: told(error) })
}
