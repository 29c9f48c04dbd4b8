//! Where results go: to standard output, and to a file that is there whole or not at all.

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use tempfile::NamedTempFile;

use super::{Arguments, Format, Report, human, json, junit};
use crate::render::Problem;

/// Tells the results as they were asked for.
pub fn tell(arguments: &Arguments, report: &Report<'_>) -> Result<(), Problem> {
    let text = match arguments.format {
        Format::Human => human::text(report, false),
        Format::Json => json::text(report),
        Format::Junit => junit::text(report).map_err(|error| {
            Problem::new(error, "nothing was written; this is a mistake of Opportune, please report it")
        })?,
    };
    let shown = match (&arguments.out, arguments.format) {
        (Some(_), _) | (None, Format::Human) => human::text(report, io::stdout().is_terminal()),
        (None, Format::Junit | Format::Json) => text.clone(),
    };
    // A closed pipe is how `| head` ends.
    let _ = io::stdout().lock().write_all(shown.as_bytes());
    match &arguments.out {
        Some(path) => write(path, &text).map_err(|error| {
            Problem::new(
                format!("`{}` cannot be written: {error}", path.display()),
                "name a file in a folder that you may write to",
            )
        }),
        None => Ok(()),
    }
}

/// Writes beside the file, then puts it in its place.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}
