//! The texts that are open in the editor: what the client says of them counts, not what is on disk.

use std::path::PathBuf;
use std::sync::Arc;

use lsp_types::{TextDocumentContentChangeEvent, Uri};

use super::{LARGEST_TEXT, uri};
use crate::ide::positions::{Columns, Lines, Position};

/// The most work that the changes of one message may be: how many there are, by the length of the text.
const MOST_WORK: usize = 4 << 30;

/// A text that is open.
pub struct Document {
    /// Its address, as the client writes it.
    pub uri: Uri,
    /// The file, where it is one.
    pub path: Option<PathBuf>,
    /// The text as it is now; empty where it is not followed.
    pub text: Arc<str>,
    /// The client's number for that.
    pub version: i32,
    /// Whether the text is as the client has it. One that grows too large is not kept, until all of it is sent again.
    pub is_followed: bool,
}

impl Document {
    /// A text that was just opened.
    pub fn new(uri: Uri, text: String, version: i32) -> Self {
        // Folders that are written as `..` would hide which project a file is in.
        let path =
            uri::to_path(&uri).filter(|path| path.components().all(|part| part != std::path::Component::ParentDir));
        let mut document = Self { uri, path, text: "".into(), version, is_followed: true };
        document.keep(Some(text));
        document
    }

    /// Takes the client's changes, each of the text that the one before it left.
    pub fn change(&mut self, changes: Vec<TextDocumentContentChangeEvent>, version: i32, columns: Columns) {
        self.version = version;
        // Nothing of what was before a change that sends the whole text is left.
        let whole = changes.iter().rposition(|change| change.range.is_none());
        if whole.is_none() && !self.is_followed {
            return;
        }
        let count = changes.len();
        let fits = |text: &str| text.len() <= LARGEST_TEXT && text.len().saturating_mul(count) <= MOST_WORK;
        let mut changes = changes.into_iter().skip(whole.unwrap_or(0));
        let text = self.text.to_string();
        self.keep(changes.try_fold(text, |text, change| fits(&text).then(|| changed(text, change, columns))));
    }

    fn keep(&mut self, text: Option<String>) {
        let text = text.filter(|text| text.len() <= LARGEST_TEXT);
        self.is_followed = text.is_some();
        self.text = text.unwrap_or_default().into();
    }
}

/// A text after one change.
fn changed(mut text: String, change: TextDocumentContentChangeEvent, columns: Columns) -> String {
    let Some(range) = change.range else { return change.text };
    let lines = Lines::of(&text);
    let offset = |at: lsp_types::Position| {
        lines.offset(&text, Position { line: at.line, column: at.character }, columns) as usize
    };
    let (start, end) = (offset(range.start), offset(range.end));
    text.replace_range(start.min(end)..end.max(start), &change.text);
    text
}
