//! A file in its canonical form, as the one change that makes it so.

use opportune_compiler::db::Db;
use opportune_compiler::queries::SourceFile;
use opportune_compiler::syntax::{Span, format};

/// What is replaced by what so that the file is in its canonical form; nothing where it is already. What both forms begin
/// and end with is left alone, so that cursors and folds stay.
pub fn formatting(db: &dyn Db, file: SourceFile) -> Option<(Span, String)> {
    let before = file.text(db);
    let after = format(before).text;
    if *after == **before {
        return None;
    }
    let start = common(before.chars().zip(after.chars()));
    let (rest, new) = (before.get(start..)?, after.get(start..)?);
    let end = common(rest.chars().rev().zip(new.chars().rev()));
    let new = new.get(..new.len().checked_sub(end)?)?;
    Some((Span::new(start, before.len().checked_sub(end)?), new.to_owned()))
}

/// How many bytes both have in common at first.
fn common(pairs: impl Iterator<Item = (char, char)>) -> usize {
    pairs.take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum()
}
