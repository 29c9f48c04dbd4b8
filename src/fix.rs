//! `opportune validate --fix`: writes the sure fixes of diagnostics into the project's files, each file whole or not at all.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use opportune_compiler::ProjectFiles;
use opportune_compiler::diagnostic::Located;

use crate::escape::escaped;
use crate::project;
use crate::render::Problem;

/// Writes the files that are not as they were.
pub fn write(root: &Path, before: &ProjectFiles, after: &ProjectFiles) -> Result<(), Problem> {
    let pairs = std::iter::once((&before.manifest, &after.manifest)).chain(before.policies.iter().zip(&after.policies));
    for ((path, old), (_, new)) in pairs.filter(|((_, old), (_, new))| old != new) {
        replace(&project::within(root, path), old, new).map_err(|error| {
            let message = format!("`{}` cannot be written: {error}", escaped(path));
            Problem::new(message, "nothing of this file was changed; look at who may write it, and run it again")
        })?;
    }
    Ok(())
}

/// Puts a text in the place of the one that was read, by the name of the file itself where the path is a link.
fn replace(path: &Path, old: &str, new: &str) -> io::Result<()> {
    let path = fs::canonicalize(path)?;
    if fs::read_to_string(&path)? != old {
        return Err(io::Error::other("somebody has changed it meanwhile"));
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(new.as_bytes())?;
    file.as_file().set_permissions(fs::metadata(&path)?.permissions())?;
    file.as_file().sync_all()?;
    file.persist(&path).map_err(|error| error.error)?;
    Ok(())
}

/// What a fix has done, as a line.
pub fn told(fix: &Located) -> String {
    let title = fix.diagnostic.fix.as_ref().map_or("", |fix| &fix.title);
    format!("{}: {} ({})", escaped(&fix.path), escaped(title), fix.diagnostic.code)
}
