//! A file in its one canonical form: `opportune fmt` and the editor ask here.
//!
//! ```text
//! file ─ split ─ items ─ scan, layout ─ clauses ─ brackets and levels ─ document ─ lines
//! ```
//!
//! An item that is not read without a mistake is left exactly as it is. What is written is read again: where its tree were
//! not the same but for places, or a comment were lost, the item would be left, too. So formatting changes no plan.

mod brackets;
mod clause;
mod doc;
mod item;
mod levels;
mod lexeme;
mod remarks;
mod same;
mod spacing;

use std::borrow::Cow;

use super::split::{RawItem, split};
use remarks::Comment;

/// A file in its canonical form.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Formatted {
    /// All of it.
    pub text: String,
    /// The items that were left as they are, in their order.
    pub left: Vec<Left>,
}

/// An item that was left as it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Left {
    /// Its first byte in the file as it was.
    pub offset: u32,
    /// Why it was left.
    pub reason: Reason,
}

/// Why an item was left as it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reason {
    /// It has a mistake: `validate` tells which.
    Broken,
    /// Its new form would not have been read as the same.
    Unsure,
}

/// An item as it will be written.
#[derive(Debug)]
struct Written<'t> {
    text: Cow<'t, str>,
    /// Comments after it.
    end: Vec<Comment<'t>>,
    /// What it is, where it stands on one line but for comments before it.
    line: Option<&'t str>,
}

/// Formats a file.
pub fn format(text: &str) -> Formatted {
    let items = split(text);
    let mut left = Vec::new();
    let mut file = File::default();
    let first = items.first().map_or(text.len(), |item| item.offset as usize);
    file.beginning(text.get(..first).unwrap_or("").trim_start_matches('\u{FEFF}'));
    let mut end = first;
    let mut texts: Vec<String> = Vec::new();
    for item in &items {
        let start = item.offset as usize;
        let apart = holds_blank_line(text.get(end..start).unwrap_or(""));
        end = start + item.text.len();
        let written = item::item(item).unwrap_or_else(|reason| {
            left.push(Left { offset: item.offset, reason });
            Written { text: item.text.as_ref().into(), end: Vec::new(), line: None }
        });
        file.item(&written, apart);
        texts.push(written.text.into_owned());
    }
    file.finish();
    if !begin_alike(&file.text, &texts) {
        let left = items.iter().map(|item| Left { offset: item.offset, reason: Reason::Unsure });
        return Formatted { text: text.to_owned(), left: left.collect() };
    }
    Formatted { text: file.text, left }
}

/// Whether the file is split into the items that were written.
fn begin_alike(file: &str, written: &[String]) -> bool {
    let items = split(file);
    let alike = |(item, text): (&RawItem, &String)| item.text.starts_with(text.as_str());
    items.len() == written.len() && items.iter().zip(written).all(alike)
}

/// Whether a blank line stands in a gap that begins before the end of its first line.
fn holds_blank_line(gap: &str) -> bool {
    gap.replace("\r\n", "\n").matches(['\n', '\r']).count() > 1
}

/// The file so far.
#[derive(Default)]
struct File<'t> {
    text: String,
    /// Whether a blank line stands before the first item.
    apart: bool,
    /// Comments that wait for the next item.
    waiting: Vec<Comment<'t>>,
    /// What the last item is; `None` inside where it is longer than a line, and outside where there is none.
    last: Option<Option<&'t str>>,
}

impl<'t> File<'t> {
    /// The comments before the first item.
    fn beginning(&mut self, text: &str) {
        let mut apart = false;
        let text = text.replace("\r\n", "\n");
        for line in text.split_terminator(['\n', '\r']).map(str::trim) {
            if !line.is_empty() {
                if apart {
                    self.blank_line();
                }
                self.line(line);
            }
            apart = line.is_empty();
        }
        self.apart = apart;
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// An item; `apart`: a blank line stands before it.
    fn item(&mut self, item: &Written<'t>, apart: bool) {
        let together = matches!((self.last, item.line), (Some(Some(last)), Some(this)) if last == this);
        let commented = self.comments(together);
        if apart || std::mem::take(&mut self.apart) || (self.last.is_some() && !commented && !together) {
            self.blank_line();
        }
        self.line(&item.text);
        self.waiting.clone_from(&item.end);
        self.last = Some(item.line);
    }

    /// The comments after the last item; whether there are any.
    fn comments(&mut self, together: bool) -> bool {
        let comments = std::mem::take(&mut self.waiting);
        for (nth, comment) in comments.iter().enumerate() {
            if comment.apart || (nth == 0 && !together) {
                self.blank_line();
            }
            self.line(comment.text);
        }
        !comments.is_empty()
    }

    fn blank_line(&mut self) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
    }

    fn finish(&mut self) {
        self.comments(matches!(self.last, Some(Some(_))));
    }
}
