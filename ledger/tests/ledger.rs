//! The ledger, over SQLite and over PostgreSQL: every test of what it promises runs over both.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail"
)]

#[path = "ledger/made.rs"]
mod made;
#[path = "ledger/runs.rs"]
mod runs;
