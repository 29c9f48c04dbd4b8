//! From offer policy text to a verified plan.
//!
//! ```text
//! text ─ syntax (items, trees) ─ hir (names, types, missing values) ─ lower (passes) ─ verified plan
//! ```
//!
//! [`queries`] holds the whole incremental graph on one page; [`compile`] is the front for one compilation. Pure: no
//! files, clocks or threads.

pub mod cost;
pub mod data_use;
pub mod db;
pub mod diagnostic;
pub mod facts;
pub mod hir;
pub mod lints;
mod lower;
pub mod manifest;
pub mod mend;
mod moment;
pub mod mutants;
pub mod project;
pub mod queries;
pub mod reads;
pub mod rehearsal;
mod report;
pub mod syntax;
pub mod vocabulary;

pub use opportune_plan as plan;

pub use manifest::{DataSection, LedgerPlace, Manifest};
pub use project::{Compiled, Place, ProjectFiles, SourceMap, compile, compile_with};
