//! Finds the data files of a folder that somebody names, and looks at each. The folder may hold anything: links that lead
//! out of it, pipes, thousands of files; all is bounded, and what is left out is told.

use std::fs;
use std::path::{Path, PathBuf};

use opportune_runtime::snapshot::read::inspect::{self, FileLook};

use crate::render::Problem;

/// No more files are looked at.
const MOST_FILES: usize = 100;
/// No more entries of the folder are listed.
const MOST_ENTRIES: usize = 10_000;

/// A data file.
#[derive(Debug)]
pub struct Source {
    /// Its name, with the ending.
    pub file: String,
    /// Its name without.
    pub stem: String,
    /// Where it is, links followed.
    pub path: PathBuf,
    pub bytes: u64,
    pub look: FileLook,
}

/// What a folder holds.
#[derive(Debug, Default)]
pub struct Folder {
    pub sources: Vec<Source>,
    /// Files that are no table of the project, each with the reason.
    pub left_out: Vec<(String, String)>,
}

/// Looks at the data files of a folder.
pub fn look(folder: &Path) -> Result<Folder, Problem> {
    let shown = folder.display().to_string();
    let unreadable = |error: std::io::Error| {
        Problem::new(
            format!("the folder `{shown}` cannot be read: {error}"),
            "name the folder that holds the data files",
        )
    };
    let real = fs::canonicalize(folder).map_err(unreadable)?;
    let mut found = Folder::default();
    let mut files = Vec::new();
    for entry in fs::read_dir(&real).map_err(unreadable)?.take(MOST_ENTRIES) {
        // A name that is no Unicode cannot be written in a manifest.
        let Ok(name) = entry.map_err(unreadable)?.file_name().into_string() else { continue };
        if inspect::is_data(Path::new(&name)) && !name.starts_with('.') {
            files.push(name);
        }
    }
    files.sort();
    for (at, name) in files.into_iter().enumerate() {
        match source(&real, &name, at) {
            Ok(source) => found.sources.push(source),
            Err(reason) => found.left_out.push((name, reason)),
        }
    }
    if found.sources.is_empty() {
        let reasons: Vec<String> =
            found.left_out.iter().take(5).map(|(file, reason)| format!("`{file}`: {reason}")).collect();
        let help = if reasons.is_empty() {
            "it needs files that end in .parquet, .csv, .jsonl, .ndjson, .arrow, .ipc or .feather".to_owned()
        } else {
            reasons.join("; ")
        };
        return Err(Problem::new(format!("the folder `{shown}` holds no data file that can be read"), help));
    }
    Ok(found)
}

fn source(folder: &Path, name: &str, at: usize) -> Result<Source, String> {
    if at >= MOST_FILES {
        return Err(format!("it is behind the first {MOST_FILES} files"));
    }
    if name.chars().any(char::is_control) || name.len() > 200 {
        return Err("its name is none for a manifest".to_owned());
    }
    let path = fs::canonicalize(folder.join(name)).map_err(|error| error.to_string())?;
    if !path.starts_with(folder) {
        return Err("it is a link out of the folder".to_owned());
    }
    let look = inspect::look(&path)?;
    if look.columns.is_empty() {
        return Err("it has no rows".to_owned());
    }
    let stem = Path::new(name).file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    let bytes = fs::metadata(&path).map_or(0, |about| about.len());
    Ok(Source { file: name.to_owned(), stem, path, bytes, look })
}
