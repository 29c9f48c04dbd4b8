//! Where a project is made: beside its place first, as a whole, and then put there at once; or, where the data lies in the
//! project's own folder already, there. Nothing is ever overwritten.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::project::MANIFEST;
use crate::render::Problem;

/// The folder in which a project is made.
#[derive(Debug)]
pub struct Place {
    /// Where it shall be.
    target: PathBuf,
    /// Where it is made.
    staged: Option<tempfile::TempDir>,
    /// What was written into a folder that was there before.
    written: Vec<PathBuf>,
}

fn refused(path: &Path, error: &io::Error) -> Problem {
    Problem::new(
        format!("`{}` cannot be written: {error}", path.display()),
        "check the folder, its rights and the room on the disk",
    )
}

fn there_already(path: &Path) -> Problem {
    Problem::new(
        format!("`{}` is there already, and nothing is overwritten", path.display()),
        "name a folder that is not there yet, or an empty one",
    )
}

impl Place {
    /// A place that is not there yet, or empty.
    pub fn fresh(target: &Path) -> Result<Self, Problem> {
        let is_taken = match fs::read_dir(target) {
            Ok(mut entries) => entries.next().is_some(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => fs::symlink_metadata(target).is_ok(),
            Err(_) => true,
        };
        if is_taken {
            return Err(there_already(target));
        }
        let parent = match target.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let staged = tempfile::Builder::new().prefix(".opportune-new-").tempdir_in(parent);
        let staged = staged.map_err(|error| refused(parent, &error))?;
        Ok(Self { target: target.to_owned(), staged: Some(staged), written: Vec::new() })
    }

    /// A folder that is there, with the data in it.
    pub fn around_data(target: &Path) -> Result<Self, Problem> {
        let manifest = target.join(MANIFEST);
        if fs::symlink_metadata(&manifest).is_ok() {
            return Err(there_already(&manifest));
        }
        Ok(Self { target: target.to_owned(), staged: None, written: Vec::new() })
    }

    /// Where files are while the project is made.
    pub fn root(&self) -> &Path {
        self.staged.as_ref().map_or(&self.target, |staged| staged.path())
    }

    /// Writes a file that is not there.
    pub fn write(&mut self, path: &str, contents: &[u8]) -> Result<(), Problem> {
        let path = self.root().join(path);
        self.prepare(&path)?;
        let mut file =
            fs::OpenOptions::new().write(true).create_new(true).open(&path).map_err(|error| match error.kind() {
                io::ErrorKind::AlreadyExists => there_already(&path),
                _ => refused(&path, &error),
            })?;
        self.written.push(path.clone());
        io::Write::write_all(&mut file, contents).map_err(|error| refused(&path, &error))
    }

    /// Copies a data file.
    pub fn copy(&mut self, from: &Path, path: &str) -> Result<(), Problem> {
        let path = self.root().join(path);
        self.prepare(&path)?;
        fs::copy(from, &path).map_err(|error| refused(&path, &error))?;
        self.written.push(path);
        Ok(())
    }

    /// Lets a file be made that is not there.
    pub fn make(&mut self, path: &str, make: impl FnOnce(&Path) -> Result<(), String>) -> Result<(), Problem> {
        let path = self.root().join(path);
        self.prepare(&path)?;
        if fs::symlink_metadata(&path).is_ok() {
            return Err(there_already(&path));
        }
        self.written.push(path.clone());
        make(&path).map_err(|reason| refused(&path, &io::Error::other(reason)))
    }

    fn prepare(&self, path: &Path) -> Result<(), Problem> {
        let parent = path.parent().unwrap_or(path);
        fs::create_dir_all(parent).map_err(|error| refused(parent, &error))
    }

    /// Puts the project where it shall be.
    pub fn keep(mut self) -> Result<(), Problem> {
        self.written.clear();
        let Some(staged) = self.staged.take() else { return Ok(()) };
        readable_by_all(staged.path());
        let made = staged.keep();
        // An empty folder may be there.
        let _ = fs::remove_dir(&self.target);
        fs::rename(&made, &self.target).map_err(|error| {
            let _ = fs::remove_dir_all(&made);
            refused(&self.target, &error)
        })
    }
}

/// A folder for a moment is its owner's alone; a project is like any other folder.
fn readable_by_all(folder: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let _ = fs::set_permissions(folder, fs::Permissions::from_mode(0o755));
    }
    #[cfg(not(unix))]
    let _ = folder;
}

impl Drop for Place {
    /// What was not kept is taken away again.
    fn drop(&mut self) {
        self.written.iter().for_each(|path| drop(fs::remove_file(path)));
    }
}
