//! What must hold for every text, every edit and every plan that comes of a text: properties of one list of bytes.
//!
//! A property turns its bytes into a case ([`bytes`], [`edit`]), asserts, and says whether it came to what it is about: a
//! policy with a mistake says nothing of decisions. [`run`] tries many; each is a function of its bytes alone, so that a
//! failing one can be shortened and kept in `corpus/`, and a fuzzer can lead it. Plans that no text makes are drawn in
//! `runtime/tests/random`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    reason = "a property may fail"
)]

pub mod bytes;
pub mod compile;
pub mod decide;
pub mod edit;
pub mod lints;
pub mod run;
pub mod text;
pub mod tree;
pub mod world;
