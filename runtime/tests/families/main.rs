//! Families: the fast evaluators and the decision against the reference, which takes every member one by one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail")]

mod data;
#[path = "../random/generate/dice.rs"]
#[allow(dead_code, reason = "here dice always roll on")]
mod dice;
mod equality;
mod known;
mod policy;
