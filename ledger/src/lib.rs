//! The ledger: what was decided and sent, and what customers did with it, kept once whatever crashes.
//!
//! One file of SQLite in the project, or a PostgreSQL database: the same statements, the same answers. Everything that is
//! committed has a [`Position`]; reading up to a position gives the same rows for ever, but for customers who were erased.
//! Nothing here knows policies or snapshots.

pub mod entry;
