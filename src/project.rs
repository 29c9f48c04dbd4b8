//! Reads a project's own files from disk: the manifest and every `*.offer` below the folder.
//!
//! The files may come from a stranger: sizes and numbers are bounded and nothing outside the folder is followed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use opportune_compiler::ProjectFiles;

/// The manifest's file name.
pub const MANIFEST: &str = "opportune.toml";
/// The largest file that is read.
pub const LARGEST_FILE: u64 = 16 << 20;
const MOST_FILES: usize = 10_000;
const DEEPEST_FOLDER: usize = 16;

/// A path in a project as people write it: without `./` where the project is the folder that they are in.
pub fn within(root: &Path, path: &str) -> PathBuf {
    if root == Path::new(".") { PathBuf::from(path) } else { root.join(path) }
}

/// Why a project could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    #[error("there is no folder `{0}`")]
    NoFolder(String),
    #[error("`{0}` has no `{MANIFEST}`, so it is no project")]
    NoManifest(String),
    #[error("`{path}` cannot be read: {reason}")]
    Unreadable { path: String, reason: io::Error },
    #[error("`{path}` is not UTF-8 text: line {line} has bytes that are no character")]
    NotText { path: String, line: usize },
    #[error("`{path}` is larger than {} MiB", LARGEST_FILE >> 20)]
    TooLarge { path: String },
    #[error("`{path}` leads out of the project")]
    Leaves { path: String },
    #[error("the project has more than {MOST_FILES} policy files")]
    TooManyFiles,
    #[error("the project's folders are more than {DEEPEST_FOLDER} deep at `{path}`")]
    TooDeep { path: String },
}

impl ProjectError {
    /// The way out.
    pub fn help(&self) -> &'static str {
        match self {
            Self::NoFolder(_) => {
                "name the folder that holds the project, for example `opportune validate policies/grocer`"
            }
            Self::NoManifest(_) => {
                "name the folder that holds `opportune.toml`, or write one there: name, edition, zone, [data]"
            }
            Self::Unreadable { .. } => "check that the file is there and that you may read it",
            Self::NotText { .. } => "save the file as UTF-8",
            Self::TooLarge { .. } => {
                "split the policy into several files; data belongs in the data folder, not in policies"
            }
            Self::Leaves { .. } => "a project is self-contained: put the file itself into it in place of the link",
            Self::TooManyFiles => "put several offers into one file",
            Self::TooDeep { .. } => "move the policies up",
        }
    }
}

/// Reads the manifest and all policies of a project, in the order of their paths.
pub fn read(root: &Path) -> Result<ProjectFiles, ProjectError> {
    let shown = root.display().to_string();
    let real = fs::canonicalize(root).ok().filter(|path| path.is_dir()).ok_or(ProjectError::NoFolder(shown.clone()))?;
    let manifest = real.join(MANIFEST);
    if fs::symlink_metadata(&manifest).is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
        return Err(ProjectError::NoManifest(shown));
    }
    let mut reader = Reader { root: real.clone(), policies: Vec::new() };
    let manifest = (MANIFEST.to_owned(), reader.text(&manifest)?);
    reader.folder(&real, 0)?;
    reader.policies.sort();
    Ok(ProjectFiles { manifest, policies: reader.policies })
}

/// Reads all policies below a folder, which may hold several projects or none, in the order of their paths.
pub fn policies(folder: &Path) -> Result<Vec<(String, String)>, ProjectError> {
    let missing = || ProjectError::NoFolder(folder.display().to_string());
    let real = fs::canonicalize(folder).ok().filter(|path| path.is_dir()).ok_or_else(missing)?;
    let mut reader = Reader { root: real.clone(), policies: Vec::new() };
    reader.folder(&real, 0)?;
    reader.policies.sort();
    Ok(reader.policies)
}

struct Reader {
    root: PathBuf,
    policies: Vec<(String, String)>,
}

impl Reader {
    fn folder(&mut self, folder: &Path, depth: usize) -> Result<(), ProjectError> {
        if depth > DEEPEST_FOLDER {
            return Err(ProjectError::TooDeep { path: self.relative(folder) });
        }
        let unreadable = |reason| ProjectError::Unreadable { path: self.relative(folder), reason };
        let entries = fs::read_dir(folder).map_err(unreadable)?.collect::<io::Result<Vec<_>>>().map_err(unreadable)?;
        for entry in entries {
            let path = entry.path();
            let hidden = entry.file_name().to_string_lossy().starts_with('.');
            // A link to a folder is not followed: policies are where the project says they are.
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) && !hidden {
                self.folder(&path, depth + 1)?;
            } else if path.extension().is_some_and(|ending| ending == "offer") && !hidden {
                let text = self.text(&path)?;
                self.policies.push((self.relative(&path), text));
                if self.policies.len() > MOST_FILES {
                    return Err(ProjectError::TooManyFiles);
                }
            }
        }
        Ok(())
    }

    fn text(&self, path: &Path) -> Result<String, ProjectError> {
        let shown = || self.relative(path);
        let unreadable = |reason| ProjectError::Unreadable { path: shown(), reason };
        let real = fs::canonicalize(path).map_err(unreadable)?;
        if !real.starts_with(&self.root) {
            return Err(ProjectError::Leaves { path: shown() });
        }
        let about = fs::metadata(&real).map_err(unreadable)?;
        if !about.is_file() {
            return Err(unreadable(io::Error::other("it is not a file")));
        }
        if about.len() > LARGEST_FILE {
            return Err(ProjectError::TooLarge { path: shown() });
        }
        let bytes = fs::read(&real).map_err(unreadable)?;
        String::from_utf8(bytes).map_err(|error| {
            let before = error.as_bytes().iter().take(error.utf8_error().valid_up_to());
            ProjectError::NotText { path: shown(), line: 1 + before.filter(|byte| **byte == b'\n').count() }
        })
    }

    fn relative(&self, path: &Path) -> String {
        let path = path.strip_prefix(&self.root).unwrap_or(path);
        path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
    }
}
