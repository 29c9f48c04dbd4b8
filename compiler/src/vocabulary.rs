//! The words of the language in lists, for what colours, completes and explains them.
//!
//! The grammar is the truth; these lists are those that its messages suggest from, so an editor offers what the compiler
//! would.

use crate::hir::{infer, schema};
pub use crate::syntax::{
    CHANNEL_WORDS, GUARANTEE_WORDS, ITEM_WORDS, OFFER_WORDS, PORTFOLIO_WORDS, RESERVED, TEST_WORDS,
};

/// Words that mean something by themselves where a value stands, and are no names of items.
pub const BUILT_IN: &[&str] = &["customer", "offer", "context", "now", "today", "score"];

/// Units of time, as they are suggested; they count after a number alone.
pub const TIME_UNITS: &[&str] = &["seconds", "minutes", "hours", "days", "weeks", "months", "years"];

/// Units of distance.
pub const DISTANCE_UNITS: &[&str] = &["km", "m", "miles"];

/// The stretches of the calendar that `each`, `this` and `previous` name.
pub const CALENDAR_UNITS: &[&str] = &["day", "week", "month", "quarter", "year"];

/// The words for days of the week, after `on`.
pub const DAYS: &[&str] =
    &["weekdays", "weekends", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// A function as the author sees it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Function {
    /// Its name.
    pub name: &'static str,
    /// `round(a number[, a whole number])`
    pub signature: String,
    /// What it is, with an example.
    pub help: &'static str,
}

/// The functions of values, then the aggregates.
pub fn functions() -> impl Iterator<Item = Function> {
    infer::signatures().map(|(name, signature, help)| Function { name, signature, help })
}

/// The types that are one word, `money(…)`, `one_of(…)`, `ordered(…)` and `set of …` apart.
pub fn types() -> impl Iterator<Item = &'static str> {
    schema::NAMED.iter().map(|(name, _)| *name)
}

/// What a field may be called beside its type.
pub fn classes() -> &'static [&'static str] {
    schema::CLASSES
}
