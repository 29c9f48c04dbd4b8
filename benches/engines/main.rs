//! Measures the engines against each other and against what rustc makes of the same offers, in one run, on one thread.
//!
//! `cargo bench -p opportune-bench [-- --customers 100000 --rounds 9 --only JIT]`. Every engine does the same work: by customer
//! the best of the offers that are open (offer and score), by offer how many customers were eligible, excepted and
//! withheld. All answers are compared, to the bit, before anything is printed.

#![allow(clippy::indexing_slicing, clippy::panic, reason = "positions within one workload; a benchmark may stop")]

mod answer;
#[cfg(target_arch = "x86_64")]
mod compiled;
mod contest;
mod products;
mod report;

use opportune_runtime::snapshot::{Column, Snapshot, Values};
use opportune_runtime::time::Clock;
use opportune_workload::{OFFERS, TODAY, Workload};

use answer::Answer;
use contest::{Contest, Entrant};
use products::Product;

/// Customers that the interpreter is measured on.
const SAMPLE: usize = 16_384;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let options = Options::from_arguments(std::env::args().skip(1));
    let workload = Workload::new();
    let plan = opportune_bench::plan::plan(&workload)?;
    let snapshot = opportune_bench::data::snapshot(&workload, options.customers);
    let clock = Clock::new((i64::from(TODAY) * 24 + 9) * 3_600_000_000, "UTC")?;

    let mut contest = Contest::new(options.customers);
    contest.enter(Product::interpreter(&plan, &snapshot, &clock), SAMPLE.min(options.customers));
    contest.enter(Product::vectorised(&plan, &snapshot, &clock), options.customers);
    contest.enter(Product::jit(&plan, &snapshot, &clock), options.customers);
    #[cfg(target_arch = "x86_64")]
    {
        contest.enter(compiled::RowPeer::new(&snapshot), options.customers);
        if let Some(blocks) = compiled::BlockPeer::new(&snapshot) {
            contest.enter(blocks, options.customers);
        }
    }
    contest.enter(Stream { snapshot: &snapshot, sum: 0 }, 0);
    contest.keep(options.only.as_deref());
    contest.run(options.rounds);
    contest.check();
    products::check_ties(&plan, &snapshot, &clock, contest.answer());
    report::print(&contest, &snapshot);
    Ok(())
}

/// What the caller may choose.
struct Options {
    customers: usize,
    rounds: usize,
    /// How the names begin of those who are measured; all without.
    only: Option<String>,
}

impl Options {
    /// Reads `--customers N` and `--rounds N`; cargo adds `--bench`, without which only a short check is made.
    fn from_arguments(arguments: impl Iterator<Item = String>) -> Self {
        let arguments: Vec<String> = arguments.collect();
        let number = |name: &str| -> Option<usize> {
            let at = arguments.iter().position(|argument| argument == name)?;
            let value = arguments.get(at + 1).and_then(|value| value.replace('_', "").parse().ok());
            Some(value.unwrap_or_else(|| panic!("{name} wants a number")))
        };
        let only = arguments.iter().position(|argument| argument == "--only");
        let only = only.and_then(|at| arguments.get(at + 1).cloned());
        let short = !arguments.iter().any(|argument| argument == "--bench" || argument == "--customers");
        let customers = number("--customers").unwrap_or(if short { 8_192 } else { 1_000_000 });
        // The block peer takes whole words of 64 customers only.
        let rounds = number("--rounds").unwrap_or(if short { 1 } else { 7 });
        Self { customers: customers.next_multiple_of(64), rounds, only }
    }
}

/// Reads every column once and does nothing with it: what memory alone costs.
struct Stream<'a> {
    snapshot: &'a Snapshot,
    sum: u64,
}

impl Entrant for Stream<'_> {
    fn name(&self) -> &'static str {
        "columns read once"
    }

    fn decide(&mut self, _: usize, answer: &mut Answer) {
        for column in &self.snapshot.tables[0].columns {
            self.sum = self.sum.wrapping_add(sum(column));
        }
        answer.tallies[OFFERS - 1].withheld = std::hint::black_box(self.sum);
    }
}

fn sum(column: &Column) -> u64 {
    let words = |words: &[u64]| words.iter().fold(0, |sum: u64, word| sum.wrapping_add(*word));
    let values = match &column.values {
        Values::Bits(bits) => words(bits.words()),
        Values::Int64(values) => values.iter().fold(0, |sum: u64, value| sum.wrapping_add(value.cast_unsigned())),
        Values::Float64(values) => values.iter().fold(0, |sum: u64, value| sum.wrapping_add(value.to_bits())),
        Values::Int32(values) => {
            u64::from(values.iter().fold(0, |sum: u32, value| sum.wrapping_add(value.cast_unsigned())))
        }
        Values::Codes(values, _) | Values::Sets(values, _) => {
            u64::from(values.iter().fold(0, |sum: u32, value| sum.wrapping_add(*value)))
        }
    };
    values.wrapping_add(column.validity.as_ref().map_or(0, |validity| words(validity.words())))
}
