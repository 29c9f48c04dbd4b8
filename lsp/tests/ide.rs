//! What editors are told, on texts with `$0` where the cursor is.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    reason = "a test may fail"
)]

#[path = "ide/completion.rs"]
mod completion;
#[path = "support/fixture.rs"]
mod fixture;
#[path = "ide/names.rs"]
mod names;
#[path = "ide/positions.rs"]
mod positions;
#[path = "ide/tokens.rs"]
mod tokens;
