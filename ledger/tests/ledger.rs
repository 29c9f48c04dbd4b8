//! The ledger, over SQLite and over PostgreSQL: every test of what it promises runs over both.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail"
)]

#[path = "ledger/address.rs"]
mod address;
#[path = "ledger/crash.rs"]
mod crash;
#[path = "ledger/entries.rs"]
mod entries;
#[path = "ledger/erase.rs"]
mod erase;
#[path = "ledger/file.rs"]
mod file;
#[path = "ledger/made.rs"]
mod made;
#[path = "ledger/runs.rs"]
mod runs;
#[path = "ledger/server.rs"]
mod server;
#[path = "ledger/together.rs"]
mod together;
#[path = "ledger/verify.rs"]
mod verify;
