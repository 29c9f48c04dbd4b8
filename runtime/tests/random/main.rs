//! What must hold for every plan and every snapshot, tested on random ones.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

mod corpus;
mod coverage;
mod differential;
mod extremes;
mod generate;
mod interpreter;
mod kernels;
mod run;
mod search;
mod sending;
