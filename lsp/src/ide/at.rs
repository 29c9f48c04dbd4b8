//! What stands at an offset of a file: the item, the name and what it means, or a plain word.

use opportune_compiler::db::Db;
use opportune_compiler::queries::{self, Project, SourceFile, SourceItem};
use opportune_compiler::syntax::{Span, is_word_char};

use super::Place;
use super::mentions::{Mention, mentions};

/// A name at an offset.
#[derive(Clone)]
pub struct Named<'db> {
    /// The item that it stands in.
    pub item: SourceItem<'db>,
    /// What it means.
    pub mention: &'db Mention,
}

impl Named<'_> {
    /// Where it stands in the file.
    pub fn place(&self, db: &dyn Db) -> Place {
        Place::in_item(db, self.item, self.mention.span)
    }
}

/// The item whose text the offset is in, or just behind.
pub fn item(db: &dyn Db, file: SourceFile, offset: u32) -> Option<SourceItem<'_>> {
    let items = queries::items(db, file).iter().copied();
    items.take_while(|item| item.offset(db) <= offset).last()
}

/// The name that the offset is in, or just behind.
pub fn named(db: &dyn Db, project: Project, file: SourceFile, offset: u32) -> Option<Named<'_>> {
    let item = item(db, file, offset)?;
    let inside = offset.saturating_sub(item.offset(db));
    let touching = mentions(db, project, item).iter().filter(|mention| touches(mention.span, inside));
    // Of two that meet at the offset, the one that begins there.
    let mention = touching.max_by_key(|mention| mention.span.start)?;
    Some(Named { item, mention })
}

fn touches(span: Span, offset: u32) -> bool {
    span.start <= offset && offset <= span.end
}

/// The word that the offset is in, or just behind.
pub fn word(db: &dyn Db, file: SourceFile, offset: u32) -> Option<Place> {
    let text = file.text(db);
    let at = offset as usize;
    let (before, after) = (text.get(..at)?, text.get(at..)?);
    let start = before.trim_end_matches(is_word_char).len();
    let end = at + after.len() - after.trim_start_matches(is_word_char).len();
    (start < end).then(|| Place { file, span: Span::new(start, end) })
}

/// Whether the word at a place is the first of its clause: only blanks, or `{` or `;`, stand before it on its line.
pub fn begins_clause(db: &dyn Db, place: Place) -> bool {
    let before = place.file.text(db).get(..place.span.start as usize).unwrap_or("");
    let line = before.rsplit(['\n', '\r']).next().unwrap_or("").trim_end();
    line.is_empty() || line.ends_with(['{', ';'])
}
