//! The peers that rustc compiles: the offers as Rust source, generated from the workload by the build script.

mod kernels;
mod winners;

use std::arch::x86_64::{_CMP_GE_OQ, _CMP_GT_OQ, _CMP_LE_OQ, _CMP_LT_OQ};

use opportune_runtime::evaluate::{GREATEST_SCORE, Tally};
use opportune_runtime::snapshot::{Column, Snapshot, Table, Values};

use crate::answer::{Answer, NOBODY};
use crate::contest::Entrant;
use generated::{ATOMS, Columns, rows};
use kernels::{at, bit, chunk, narrow_above, narrow_any, narrow_between, narrow_in, narrow_is, numbers, wide_above};
use winners::Winners;

/// Customers in a block of the block peer: its columns and bitmaps stay in the second-level cache.
const BLOCK: usize = 2048;

/// A bitmap over a block.
type Words = [u64; BLOCK / 64];

/// What the build script wrote.
#[allow(
    unused_parens,
    unused_mut,
    clippy::all,
    reason = "generated: one form for all offers, however simple each could be"
)]
mod generated {
    use super::*;

    include!(concat!(env!("OUT_DIR"), "/peers.rs"));
}

/// The offers as one pass of short-circuit conditions over the customers.
pub struct RowPeer<'a> {
    columns: Columns<'a>,
}

impl<'a> RowPeer<'a> {
    /// Over the customers of a snapshot.
    pub fn new(snapshot: &'a Snapshot) -> Self {
        Self { columns: Columns::new(&snapshot.tables[0]) }
    }
}

impl Entrant for RowPeer<'_> {
    fn name(&self) -> &'static str {
        "rustc, rows"
    }

    fn decide(&mut self, customers: usize, answer: &mut Answer) {
        let Answer { offers, scores, tallies } = answer;
        rows(&self.columns, customers, offers, scores, tallies);
    }
}

/// The offers as bitmaps over blocks, with AVX2.
pub struct BlockPeer<'a> {
    columns: Columns<'a>,
    work: Work,
}

/// What the block peer works with, made once.
struct Work {
    /// By atom: the customers of the block for whom it is true.
    bits: Box<[Words; ATOMS]>,
    /// The customers to whom the offer at hand is open.
    open: Words,
    best: Winners,
}

impl<'a> BlockPeer<'a> {
    /// Over the customers of a snapshot, whole words of 64 of them; `None` where the machine has no AVX2.
    pub fn new(snapshot: &'a Snapshot) -> Option<Self> {
        let bits = Box::new([[0; BLOCK / 64]; ATOMS]);
        let work = Work { bits, open: [0; BLOCK / 64], best: Winners::new(BLOCK) };
        kernels::supported().then(|| Self { columns: Columns::new(&snapshot.tables[0]), work })
    }
}

impl Entrant for BlockPeer<'_> {
    fn name(&self) -> &'static str {
        "rustc, AVX2 blocks"
    }

    fn decide(&mut self, customers: usize, answer: &mut Answer) {
        for first in (0..customers).step_by(BLOCK) {
            let len = BLOCK.min(customers - first);
            kernels::decide(&self.columns.block(first, len), len, &mut self.work, &mut answer.tallies);
            for (row, winner) in self.work.best.of(len).iter().enumerate() {
                answer.scores[first + row] = winner.score;
                // The lower 16 bits, so that nobody is nobody.
                answer.offers[first + row] = (winner.offer & u64::from(NOBODY)) as u16;
            }
        }
    }
}

/// A column as the slice of its type.
trait Slice<'a> {
    /// The slice.
    fn of(column: &'a Column) -> Self;
}

macro_rules! slice {
    ($ty:ty, $pattern:pat => $value:expr) => {
        impl<'a> Slice<'a> for &'a [$ty] {
            fn of(column: &'a Column) -> Self {
                match &column.values {
                    $pattern => $value,
                    _ => panic!("a column of another type than the workload says"),
                }
            }
        }
    };
}
slice!(f64, Values::Float64(values) => values);
slice!(i64, Values::Int64(values) => values);
slice!(i32, Values::Int32(values) => values);
slice!(u32, Values::Codes(codes, _) => codes);
slice!(u64, Values::Bits(bits) => bits.words());

/// The validity bits of a nullable column.
fn known(column: &Column) -> &[u64] {
    column.validity.as_ref().map_or(&[], |validity| validity.words())
}

/// Some rows of a column.
fn cut<T>(values: &[T], first: usize, len: usize) -> &[T] {
    &values[first..first + len]
}

/// Some rows of bits, from a whole word on.
fn cut_bits(words: &[u64], first: usize, len: usize) -> &[u64] {
    &words[first / 64..first / 64 + len.div_ceil(64)]
}
