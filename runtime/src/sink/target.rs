//! The file that decisions go to: written beside its place, then moved there whole.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tempfile::{Builder, NamedTempFile};

use super::error::SinkError;
use super::format::Failure;
use crate::snapshot::read::shown_path;

/// A file that is not in its place yet.
pub(super) struct Target {
    path: PathBuf,
    /// The place as it was named.
    named: PathBuf,
    output: Output,
    /// The first refusal of the operating system; encoders wrap it in errors of their own.
    refusal: Option<io::Error>,
}

enum Output {
    /// Beside its place.
    Beside(BufWriter<NamedTempFile>),
    /// A pipe or a device, which nothing can take the place of.
    Straight(BufWriter<File>),
}

impl Target {
    /// Begins a file for a place; a link is followed, so that what it leads to is replaced. What a process of this run has
    /// left beside it when it was killed goes.
    pub(super) fn create(named: &Path, run: Option<&str>) -> Result<Self, SinkError> {
        let path = named.canonicalize().unwrap_or_else(|_| named.to_owned());
        let refused = |source| SinkError::Write { path: shown_path(named), source };
        let kind = fs::metadata(&path).map(|metadata| metadata.file_type()).ok();
        if kind.is_some_and(|kind| kind.is_dir()) {
            return Err(SinkError::Folder { path: shown_path(named) });
        }
        let output = if kind.is_some_and(|kind| !kind.is_file()) {
            Output::Straight(BufWriter::new(OpenOptions::new().write(true).open(&path).map_err(refused)?))
        } else {
            Output::Beside(BufWriter::with_capacity(1 << 18, beside(&path, run).map_err(refused)?))
        };
        Ok(Self { path, named: named.to_owned(), output, refusal: None })
    }

    /// Checks that a file can be made beside a place, by one that has no name: nothing is left even if the process is killed.
    pub(super) fn check(named: &Path) -> Result<(), SinkError> {
        let path = named.canonicalize().unwrap_or_else(|_| named.to_owned());
        match fs::metadata(&path).map(|metadata| metadata.file_type()) {
            Ok(kind) if kind.is_dir() => Err(SinkError::Folder { path: shown_path(named) }),
            // A pipe or a device is not opened: whoever reads from it would see an end.
            Ok(kind) if !kind.is_file() => Ok(()),
            _ => match tempfile::tempfile_in(folder_of(&path)) {
                Ok(_) => Ok(()),
                Err(error) => Err(SinkError::Write { path: shown_path(named), source: error.kind().into() }),
            },
        }
    }

    fn error(&mut self, error: impl Into<Failure>) -> SinkError {
        let source = self.refusal.take().unwrap_or_else(|| io::Error::other(error));
        SinkError::Write { path: shown_path(&self.named), source }
    }

    /// Waits until all is on disk, then moves the file into its place.
    pub(super) fn persist(self) -> Result<(), SinkError> {
        let Self { path, named, output, .. } = self;
        let refused = |source: io::Error| SinkError::Write { path: shown_path(&named), source };
        let file = match output {
            Output::Straight(mut file) => return file.flush().map_err(refused),
            Output::Beside(file) => file.into_inner().map_err(|error| refused(error.into_error()))?,
        };
        file.as_file().sync_all().map_err(refused)?;
        file.persist(&path).map_err(|error| refused(error.error))?;
        // The new name itself is on disk once the folder is; where a system cannot do that, the file is there anyway.
        let _ = File::open(folder_of(&path)).and_then(|folder| folder.sync_all());
        Ok(())
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A hidden file in the folder of a place, with the permissions that a new file has.
fn beside(path: &Path, run: Option<&str>) -> io::Result<NamedTempFile> {
    let prefix = run.map_or_else(|| ".opportune-".to_owned(), |run| format!(".opportune-{run}-"));
    if run.is_some() {
        remove_left(folder_of(path), &prefix);
    }
    let mut builder = Builder::new();
    builder.prefix(&prefix).suffix(".part");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    // Only the kind: the name of the temporary file means nothing to whoever reads the message.
    builder.tempfile_in(folder_of(path)).map_err(|error| error.kind().into())
}

/// Removes what a killed process has left. A run is worked on by one process at a time, so none of it is in use; what
/// cannot be removed does no harm.
fn remove_left(folder: &Path, prefix: &str) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        if name.to_str().is_some_and(|name| name.starts_with(prefix) && name.ends_with(".part")) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

impl Target {
    fn note<T>(&mut self, result: io::Result<T>) -> io::Result<T> {
        result.inspect_err(|error| self.refusal = self.refusal.take().or_else(|| again(error)))
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = match &mut self.output {
            Output::Beside(file) => file.write(bytes),
            Output::Straight(file) => file.write(bytes),
        };
        self.note(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = match &mut self.output {
            Output::Beside(file) => file.flush(),
            Output::Straight(file) => file.flush(),
        };
        self.note(flushed)
    }
}

/// A target that an encoder writes to while its owner keeps it.
#[derive(Clone)]
pub(super) struct Shared(Arc<Mutex<Target>>);

impl Shared {
    pub(super) fn new(target: Target) -> Self {
        Self(Arc::new(Mutex::new(target)))
    }

    fn target(&self) -> MutexGuard<'_, Target> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What an encoder's error says, or the refusal of the operating system behind it.
    pub(super) fn error(&self, error: impl Into<Failure>) -> SinkError {
        self.target().error(error)
    }

    /// The target itself, once the encoder has let go of it.
    pub(super) fn into_inner(self) -> Option<Target> {
        Arc::into_inner(self.0).map(|target| target.into_inner().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.target().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.target().flush()
    }
}

/// The same refusal once more, unless it only asks to try again.
fn again(error: &io::Error) -> Option<io::Error> {
    if error.kind() == io::ErrorKind::Interrupted {
        return None;
    }
    Some(
        error
            .raw_os_error()
            .map_or_else(|| io::Error::new(error.kind(), error.to_string()), io::Error::from_raw_os_error),
    )
}
