//! The ledger: what was decided and sent, and what customers did with it, kept once whatever crashes.
//!
//! One file of SQLite in the project, or a PostgreSQL database: the same statements, the same answers. Everything that is
//! committed has a [`Position`]; reading up to a position gives the same rows for ever, but for customers who were erased.
//! Nothing here knows policies or snapshots.
//!
//! A run goes through [`Ledger::lock`], [`Ledger::begin`], [`Ledger::decide`] and [`Ledger::done`]; whatever stops it in
//! between, [`Ledger::unfinished`] tells how far it came. `entry` says what is kept, `schema` how it lies in the tables,
//! `store` is the only part that knows which database it speaks to.
//!
//! [`Position`]: entry::Position

mod decide;
pub mod entry;
mod erase;
mod error;
mod import;
mod lock;
mod open;
mod place;
mod random;
mod read;
mod rows;
mod runs;
mod schema;
mod store;
#[cfg(test)]
mod tests;
mod verify;

pub use decide::Deciding;
pub use erase::Erased;
pub use error::{LedgerError, Trouble};
pub use import::Recorded;
pub use lock::{RecordLock, RunLock};
pub use open::Ledger;
pub use place::{NoAddress, Place, Url};
pub use read::{Entry, Reading};
pub use verify::Finding;

/// What everything here that may fail gives.
pub type Result<T, E = LedgerError> = std::result::Result<T, E>;
