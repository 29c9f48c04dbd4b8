//! The peers that rustc compiles: the offers as Rust source, generated from the workload by the build script.

#![allow(unused_parens, reason = "conditions are generated with their parentheses")]

mod kernels;

use kernels::{Slice, at, bit, chunk, cut, cut_bits, known};
use kernels::{narrow_above, narrow_any, narrow_between, narrow_in, narrow_is, numbers, wide_above};
pub use kernels::{BLOCK, Best, Work};
use opportune_runtime::evaluate::{GREATEST_SCORE, Tally};
use opportune_runtime::snapshot::Table;
use std::arch::x86_64::{_CMP_GE_OQ, _CMP_GT_OQ, _CMP_LE_OQ, _CMP_LT_OQ};

/// The offer of a customer who gets none.
pub const NOBODY: u16 = u16::MAX;

type Words = [u64; BLOCK / 64];

include!(concat!(env!("OUT_DIR"), "/peers.rs"));
