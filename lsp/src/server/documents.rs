//! The texts that are open in the editor: what the client says of them counts, not what is on disk.

use std::path::PathBuf;
use std::sync::Arc;

use lsp_types::{TextDocumentContentChangeEvent, Uri};

use super::uri;
use crate::ide::positions::{Columns, Lines, Position};

/// A text that is open.
pub struct Document {
    /// Its address, as the client writes it.
    pub uri: Uri,
    /// The file, where it is one.
    pub path: Option<PathBuf>,
    /// The text as it is now.
    pub text: Arc<str>,
    /// The client's number for that.
    pub version: i32,
}

impl Document {
    /// A text that was just opened.
    pub fn new(uri: Uri, text: &str, version: i32) -> Self {
        // Folders that are written as `..` would hide which project a file is in.
        let path =
            uri::to_path(&uri).filter(|path| path.components().all(|part| part != std::path::Component::ParentDir));
        Self { uri, path, text: text.into(), version }
    }

    /// Takes the client's changes, each of the text that the one before it left.
    pub fn change(&mut self, changes: &[TextDocumentContentChangeEvent], version: i32, columns: Columns) {
        let mut text = self.text.to_string();
        for change in changes {
            match change.range {
                None => text.clone_from(&change.text),
                Some(range) => {
                    let lines = Lines::of(&text);
                    let offset = |at: lsp_types::Position| {
                        lines.offset(&text, Position { line: at.line, column: at.character }, columns) as usize
                    };
                    let (start, end) = (offset(range.start), offset(range.end));
                    text.replace_range(start.min(end)..end.max(start), &change.text);
                }
            }
        }
        self.text = text.into();
        self.version = version;
    }
}
