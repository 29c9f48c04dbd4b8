//! Whether two texts of an item mean the same: equal trees but for the places in them, and the same comments.

use std::fmt::{self, Write as _};
use std::hash::{DefaultHasher, Hasher as _};

use super::remarks::comments;
use crate::syntax::ast::Item;
use crate::syntax::parse_item;

/// Whether `after` is read without a mistake, as the same tree with the same comments.
pub fn same(before: &str, tree: &Item, after: &str) -> bool {
    let (again, diagnostics) = parse_item(after);
    diagnostics.is_empty()
        && again.is_some_and(|again| fingerprint(&again) == fingerprint(tree))
        && comments(before) == comments(after)
}

/// A tree without its places.
fn fingerprint(item: &Item) -> u64 {
    let mut shown = Placeless { hasher: DefaultHasher::new(), run: String::new(), in_text: false, escaped: false };
    // Writing into it never fails.
    let _ = write!(shown, "{item:?}");
    shown.flush();
    shown.hasher.finish()
}

/// Takes what is shown of a tree and leaves out each `12..34`.
struct Placeless {
    hasher: DefaultHasher,
    /// Digits and dots that may be a place.
    run: String,
    in_text: bool,
    escaped: bool,
}

impl Placeless {
    fn flush(&mut self) {
        if !self.run.contains("..") {
            self.hasher.write(self.run.as_bytes());
        }
        self.run.clear();
    }

    fn take(&mut self, c: char) {
        if !self.in_text && (c.is_ascii_digit() || c == '.') {
            return self.run.push(c);
        }
        self.flush();
        self.hasher.write_u32(u32::from(c));
        match c {
            _ if self.escaped => self.escaped = false,
            '\\' => self.escaped = self.in_text,
            '"' => self.in_text = !self.in_text,
            _ => {}
        }
    }
}

impl fmt::Write for Placeless {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().for_each(|c| self.take(c));
        Ok(())
    }
}
