//! The protocol, and nothing but it: a handler decodes what a client sends, asks [`crate::ide`], and encodes the answer.
//!
//! One thread holds the database and takes messages in order ([`serve`]). A question runs on a worker with a snapshot of
//! the database; an edit cancels what still runs on older ones, so answers are never of a mixture. Diagnostics are
//! computed a little after the last edit and pushed. What must hold: nothing but the protocol is written to standard
//! output, no panic ends the server, and files are read by whoever started it, with the bounds that hold there.

mod answers;
mod capabilities;
mod documents;
mod encode;
mod frames;
mod publish;
mod requests;
mod serve;
mod tokens;
mod uri;
mod workers;
mod workspace;

use std::path::Path;

use opportune_compiler::ProjectFiles;
use opportune_compiler::facts::{Facts, Wanted};

pub use serve::{Failure, serve, stdio};

/// The manifest's file name: the folder that holds it is a project.
pub const MANIFEST: &str = "opportune.toml";

/// The largest text that is looked at.
pub const LARGEST_TEXT: usize = 16 << 20;

/// What the server asks of whoever starts it.
pub trait Host: Send + Sync {
    /// Reads a project's own files; the reason, where that is not possible.
    fn read(&self, root: &Path) -> Result<ProjectFiles, String>;

    /// What is known of the project's data. It may take long and is asked on a thread of its own.
    fn facts(&self, root: &Path, wanted: &Wanted) -> Option<Facts> {
        let _ = (root, wanted);
        None
    }

    /// The page about the messages of a code, in Markdown.
    fn page(&self, code: &str) -> Option<&'static str> {
        let _ = code;
        None
    }
}
