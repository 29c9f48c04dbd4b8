//! What the benchmark of the engines measures on: the workload as a plan and as a snapshot in memory.

pub mod data;
