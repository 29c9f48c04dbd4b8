//! What the benchmark of the engines measures on: the workload as a plan and as a snapshot in memory.

#![allow(clippy::indexing_slicing, reason = "positions within one workload; a benchmark may stop")]

pub mod data;
pub mod plan;
