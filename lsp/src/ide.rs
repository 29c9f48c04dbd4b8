//! What an editor asks, without its protocol: a database, a file and an offset in, plain data out.
//!
//! Everything that is about the name at a place (hover, definition, references, rename, highlight) goes through one
//! mechanism: [`mentions`] lists each place of an item that names something, with what it means; [`at`] finds the one at
//! an offset. Completion must work where the text cannot be read yet, so it goes by the words before the cursor alone
//! ([`completion`]).
//!
//! What must hold: nothing here panics or touches a file, whatever the text; offsets are bytes of the file.

pub mod at;
pub mod completion;

pub mod definition;
pub mod diagnostics;
pub mod folding;
pub mod formatting;
pub mod hover;
pub mod mentions;
pub mod positions;
pub mod rename;
pub mod symbol;
pub mod symbols;
pub mod tokens;
mod words;

use opportune_compiler::queries::{SourceFile, SourceItem};
use opportune_compiler::syntax::Span;

use opportune_compiler::db::Db;

/// A run of bytes of a file.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Place {
    /// The file.
    pub file: SourceFile,
    /// Where, in bytes from the start of the file.
    pub span: Span,
}

impl Place {
    /// A run of bytes of an item.
    pub fn in_item(db: &dyn Db, item: SourceItem<'_>, span: Span) -> Self {
        Self { file: item.file(db), span: span.shifted(item.offset(db)) }
    }

    /// The text that stands there.
    pub fn text(self, db: &dyn Db) -> &str {
        self.file.text(db).get(self.span.start as usize..self.span.end as usize).unwrap_or("")
    }
}
