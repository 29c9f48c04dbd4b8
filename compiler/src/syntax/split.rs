//! A file's text in items, before any of them is read.
//!
//! An item begins in column 0 with an item word, so one item's missing brace or quote never reaches the next item. All
//! that follows works on the text of one item with spans from its beginning: an edit in one item leaves the others equal.

use std::sync::Arc;

use super::scan::template;
use crate::diagnostic::nearest::nearest;

/// What an item's first word says that it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "each is named after its word")]
pub enum ItemWord {
    Customer,
    Events,
    Table,
    /// `offer fields`, `offer NAME`, `reminder NAME` and `notice NAME`
    Offer,
    Channel,
    Context,
    Guarantee,
    Journey,
    Segment,
    Trait,
    Portfolio,
    Persona,
    Test,
    /// A word of the full language whose item is not built yet.
    Unbuilt,
    /// Text that begins no item.
    Stray,
}

/// The text of an item and its place.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct RawItem {
    /// The first byte in the file; the item's spans count from here.
    pub offset: u32,
    /// From the `///` and `allow` lines before the item word to the last character that is no white space.
    pub text: Arc<str>,
    /// What it declares.
    pub word: ItemWord,
}

/// The words that begin an item.
pub const ITEM_WORDS: &[&str] = &[
    "customer",
    "events",
    "table",
    "context",
    "offer",
    "reminder",
    "notice",
    "channel",
    "segment",
    "trait",
    "journey",
    "guarantee",
    "portfolio",
    "persona",
    "test",
];

/// The words that will begin an item once they are built.
pub const UNBUILT_ITEM_WORDS: &[&str] = &["affinity"];

/// Words that begin an item in other policies, and what to write for them.
pub const FOREIGN_ITEM_WORDS: &[(&str, &str)] = &[
    ("family", "one offer for each member is written `offer name for each category c of product { … }`"),
    ("experiment", "arms and holdouts are clauses of an offer: `arms plain 50%, big 50%`, `holdout 10%`"),
    ("objective", "the objective is a clause of the portfolio: `portfolio { objective … }`"),
    ("scenario", "a test is written `test \"what it shows\" { … }`"),
    ("fixture", "a customer to test with is written `persona name { … }`"),
];

/// Whether the word begins an item of the full language or of other policies.
fn begins_other_item(word: &str) -> bool {
    UNBUILT_ITEM_WORDS.contains(&word) || FOREIGN_ITEM_WORDS.iter().any(|(foreign, _)| *foreign == word)
}

/// The word of a line before an item that says which lints are allowed in it.
pub const ALLOW: &str = "allow";

/// Whether a line says what is allowed in the item after it.
pub fn is_allow(line: &str) -> bool {
    first_word(line) == ALLOW
}

/// Words that go on with the line before, even in column 0.
const CONTINUING: &[&str] = &[
    "and", "or", "else", "then", "when", "where", "in", "is", "between", "contains", "overlaps", "not", "starts",
    "ends", "if",
];

/// Splits a file. Comments and blank lines before the first item belong to none.
pub fn split(text: &str) -> Vec<RawItem> {
    let start = if text.starts_with('\u{FEFF}') { '\u{FEFF}'.len_utf8() } else { 0 };
    let mut splitter = Splitter::default();
    let mut at = start;
    for line in lines(text.get(start..).unwrap_or("")) {
        splitter.line(line, at);
        at += line.len();
    }
    splitter.finish(text)
}

/// The lines with their ends: `\n`, `\r\n` or `\r`.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let end = rest.find(['\n', '\r'])?;
        let end = end + if rest.get(end..).is_some_and(|rest| rest.starts_with("\r\n")) { 2 } else { 1 };
        let (line, after) = rest.split_at(end);
        rest = after;
        Some(line)
    })
    .chain(text.rsplit(['\n', '\r']).next().filter(|last| !last.is_empty()))
}

#[derive(Default)]
struct Splitter {
    /// Where each item begins, and with what word.
    begins: Vec<(usize, ItemWord)>,
    /// Where the `///` and `allow` lines before the next item begin.
    doc: Option<usize>,
    /// Whether there is an `allow` among them.
    allows: bool,
    /// Open braces less closed ones in the item so far.
    depth: i64,
}

impl Splitter {
    fn line(&mut self, line: &str, at: usize) {
        let trimmed = line.trim_start();
        if trimmed.is_empty() || trimmed.starts_with("//") {
            if trimmed.starts_with("///") && self.doc.is_none() && (self.depth <= 0 || line.starts_with("///")) {
                self.doc = Some(at);
            }
            return;
        }
        if is_allow(line) {
            self.doc.get_or_insert(at);
            self.allows = true;
            return;
        }
        let doc = self.doc.take();
        let begins = self.begun_item(line);
        // What is allowed is allowed in an item, and must not get lost in the one before.
        if let (None, Some(doc), true) = (begins, doc, self.allows) {
            self.begins.push((doc, ItemWord::Stray));
            self.depth = 0;
        }
        self.allows = false;
        if let Some(word) = begins {
            self.begins.push((doc.unwrap_or(at), word));
            self.depth = 0;
        }
        self.count_braces(line);
    }

    /// What item the line begins, if it begins one.
    fn begun_item(&self, line: &str) -> Option<ItemWord> {
        let first = first_word(line);
        let rest = line.get(first.len()..).unwrap_or("").trim_start();
        if let Some(word) = item_word(first) {
            return Some(word);
        }
        if self.begins.is_empty() {
            let comment =
                ["#", "/*", "--", "<<<<<<<", "=======", ">>>>>>>", "|||||||"].iter().any(|mark| line.starts_with(mark));
            return Some(if comment { ItemWord::Stray } else { near_item_word(line).unwrap_or(ItemWord::Stray) });
        }
        if self.depth > 0 {
            return near_item_word(line).filter(|_| rest.contains('{'));
        }
        if begins_other_item(first) {
            return Some(ItemWord::Unbuilt);
        }
        let begins = !first.is_empty() && !CONTINUING.contains(&first.to_lowercase().as_str());
        begins.then(|| near_item_word(line).unwrap_or(ItemWord::Stray))
    }

    fn count_braces(&mut self, line: &str) {
        let mut rest = line;
        while let Some(c) = rest.chars().next() {
            rest = match c {
                '/' if rest.starts_with("//") => return,
                '#' => return,
                '"' if template::begins_after(line.get(..line.len() - rest.len()).unwrap_or("")) => {
                    template::extent(rest).end.and_then(|end| rest.get(end..)).unwrap_or("")
                }
                '"' => after_text(rest),
                _ => {
                    self.depth += i64::from(c == '{') - i64::from(c == '}');
                    rest.get(c.len_utf8()..).unwrap_or("")
                }
            };
        }
    }

    fn finish(mut self, text: &str) -> Vec<RawItem> {
        if let (Some(doc), true) = (self.doc, self.allows) {
            self.begins.push((doc, ItemWord::Stray));
        }
        let ends = self.begins.iter().skip(1).map(|(at, _)| *at).chain([text.len()]);
        let item = |(&(start, word), end): (&(usize, ItemWord), usize)| RawItem {
            offset: u32::try_from(start).unwrap_or(u32::MAX),
            text: text.get(start..end).unwrap_or("").trim_end().into(),
            word,
        };
        self.begins.iter().zip(ends).map(item).collect()
    }
}

/// What follows a text in quotes; nothing, where the text is not closed on the line.
fn after_text(rest: &str) -> &str {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return rest.get(at + 1..).unwrap_or(""),
            _ => {}
        }
    }
    ""
}

fn first_word(line: &str) -> &str {
    let end = line.find(|c: char| !super::scan::is_word_char(c)).unwrap_or(line.len());
    line.get(..end).unwrap_or("")
}

/// The item that such a word begins.
pub fn item_word(word: &str) -> Option<ItemWord> {
    Some(match word {
        "customer" => ItemWord::Customer,
        "events" => ItemWord::Events,
        "table" => ItemWord::Table,
        "offer" | "reminder" | "notice" => ItemWord::Offer,
        "channel" => ItemWord::Channel,
        "context" => ItemWord::Context,
        "guarantee" => ItemWord::Guarantee,
        "journey" => ItemWord::Journey,
        "segment" => ItemWord::Segment,
        "trait" => ItemWord::Trait,
        "portfolio" => ItemWord::Portfolio,
        "persona" => ItemWord::Persona,
        "test" => ItemWord::Test,
        _ => return None,
    })
}

/// [`ItemWord::Stray`] or [`ItemWord::Unbuilt`] where the first word is nearly an item word.
fn near_item_word(line: &str) -> Option<ItemWord> {
    let first = first_word(line);
    if begins_other_item(first) {
        return Some(ItemWord::Unbuilt);
    }
    nearest(first, ITEM_WORDS.iter().copied()).map(|_| ItemWord::Stray)
}
