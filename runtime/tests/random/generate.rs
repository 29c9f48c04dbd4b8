//! Random verified plans with random snapshots of their schema, for every test that compares evaluators or checks
//! what must hold for all of them.
//!
//! A plan is built from a list of random words, each of which answers one question; beyond its end every answer is
//! the first and simplest. So proptest shrinks a failing plan by shortening the list, and a failing snapshot by its
//! number of customers.

mod data;
mod dice;
mod expressions;
mod policy;
mod pools;
mod reveal;
pub mod schema;

use std::fmt;

use opportune_plan::{ExprId, Exprs, Schema, VerifiedPlan};
use opportune_runtime::snapshot::Snapshot;
use opportune_runtime::time::Clock;
use proptest::prelude::*;

use dice::Dice;

/// A plan, data for it, and a time.
pub struct Case {
    pub plan: VerifiedPlan,
    pub snapshot: Snapshot,
    pub clock: Clock,
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "now {} ({}), {} customers", self.clock.now(), self.clock.shown(), self.snapshot.customers())?;
        write!(f, "{}", *self.plan)?;
        if self.snapshot.customers() <= 3 { write!(f, "{:#?}", self.snapshot) } else { Ok(()) }
    }
}

/// Random cases, of few customers most of the time, of more than a block of 4,096 at times.
pub fn case() -> impl Strategy<Value = Case> {
    let customers = prop_oneof![
        4 => 0..4_usize,
        10 => 4..70_usize,
        4 => 60..200_usize,
        1 => Just(4_097_usize),
    ];
    case_of(customers)
}

/// Random cases of so many customers.
pub fn case_of(customers: impl Strategy<Value = usize>) -> impl Strategy<Value = Case> {
    let words = prop::collection::vec(any::<u32>(), 0..700);
    (words, customers, any::<u64>()).prop_map(|(words, customers, seed)| build(words, customers, seed))
}

/// A case of one offer, for whom a given condition of the customer holds.
pub fn eligible_when(customers: usize, condition: impl FnOnce(&Schema, &mut Exprs) -> ExprId) -> Case {
    let clock = pools::clock(&mut Dice::of_words(Vec::new()));
    let plan = policy::eligible_when(condition);
    let snapshot = data::snapshot(&mut Dice::endless(1), &plan, &clock, customers);
    Case { plan, snapshot, clock }
}

/// How many cases a test draws: so many, or as `PROPTEST_CASES` says.
pub fn cases(usual: u32) -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(usual);
    let config = ProptestConfig::default();
    ProptestConfig { cases, max_shrink_iters: config.max_shrink_iters.min(4_000), ..config }
}

fn build(words: Vec<u32>, customers: usize, seed: u64) -> Case {
    let mut dice = Dice::of_words(words);
    let clock = pools::clock(&mut dice);
    let plan = policy::plan(&mut dice, &clock);
    let snapshot = data::snapshot(&mut Dice::endless(seed), &plan, &clock, customers);
    Case { plan, snapshot, clock }
}
