//! A file in its canonical form, as the changes that make it so.

use opportune_compiler::db::Db;
use opportune_compiler::queries::SourceFile;
use opportune_compiler::syntax::{Span, format, split};

/// What is replaced by what so that the file is in its canonical form; nothing where it is already. Item by item, and what
/// both forms of an item begin and end with is left alone, so that cursors and folds stay.
pub fn formatting(db: &dyn Db, file: SourceFile) -> Vec<(Span, String)> {
    let before = file.text(db);
    let after = format(before).text;
    if *after == **before {
        return Vec::new();
    }
    let (old, new) = (parts(before), parts(&after));
    if old.len() != new.len() {
        return change(0, before, &after).into_iter().collect();
    }
    let changes = old.into_iter().zip(new).filter_map(|((start, old), (_, new))| change(start, old, new));
    changes.collect()
}

/// What stands before the first item, then each item with what follows it; with the first byte of each.
fn parts(text: &str) -> Vec<(usize, &str)> {
    let starts = split(text).into_iter().map(|item| item.offset as usize);
    let starts: Vec<usize> = std::iter::once(0).chain(starts).collect();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().zip(ends).map(|(start, end)| (*start, text.get(*start..end).unwrap_or(""))).collect()
}

fn change(offset: usize, before: &str, after: &str) -> Option<(Span, String)> {
    if before == after {
        return None;
    }
    let start = common(before.chars().zip(after.chars()));
    let (rest, new) = (before.get(start..)?, after.get(start..)?);
    let end = common(rest.chars().rev().zip(new.chars().rev()));
    let new = new.get(..new.len().checked_sub(end)?)?;
    Some((Span::new(offset + start, offset + before.len().checked_sub(end)?), new.to_owned()))
}

/// How many bytes both have in common at first.
fn common(pairs: impl Iterator<Item = (char, char)>) -> usize {
    pairs.take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum()
}
