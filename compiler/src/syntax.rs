//! Text to syntax tree: items, then clauses, then expressions. Never fails: a tree and all errors.
//!
//! `split` cuts a file into items, `scan` an item into tokens, `layout` the tokens into clauses; `parse` matches each
//! clause with the grammar and builds the tree. A clause that does not match is reported and left out. `format` writes a
//! file in its one canonical form.

pub mod ast;
mod format;
mod layout;
mod parse;
mod scan;
mod split;

pub use ast::Span;
pub use format::{Formatted, Left, Reason, format};
pub use layout::last_clause;
pub use parse::{CHANNEL_WORDS, GUARANTEE_WORDS, OFFER_WORDS, PORTFOLIO_WORDS, RESERVED, TEST_WORDS, parse_item};
pub use scan::{Hole, Token, TokenKind, is_word_char, scan};
pub use split::{ALLOW, ITEM_WORDS, ItemWord, RawItem, is_allow, split};

#[cfg(test)]
mod tests;
