//! Text to syntax tree: items, then clauses, then expressions. Never fails: a tree and all errors.

pub mod ast;

pub use ast::Span;
