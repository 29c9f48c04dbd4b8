//! Measures what a family of 10, 1,000 and 10,000 members costs a customer who bought about 40 things.
//!
//! `cargo bench -p opportune-bench-families [-- --customers 100000 --rounds 5]`. Each figure is the least of all rounds, on
//! one thread, for candidates and decisions together. Evaluating every member by itself is measured on a sample, and so
//! is the reference; on that sample both decide the same, to the bit, before anything is printed.

#![allow(clippy::panic, clippy::indexing_slicing, reason = "a benchmark may stop")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use opportune_bench_families::{EVENTS, Family, NOW, plan, snapshot};
use opportune_plan::VerifiedPlan;
use opportune_runtime::bind::bind;
use opportune_runtime::decide::{Decided, Decider, Decision};
use opportune_runtime::evaluate::{Candidates, Evaluator};
use opportune_runtime::interpret::Interpreter;
use opportune_runtime::run::Options;
use opportune_runtime::snapshot::Snapshot;
use opportune_runtime::time::Clock;
use opportune_runtime::vectorised::Vectorised;

/// Customers whose members are evaluated one by one.
const SAMPLE: usize = 64;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let number = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1)?.replace('_', "").parse::<usize>().ok()
    };
    let short = !arguments.iter().any(|argument| argument == "--bench" || argument == "--customers");
    let customers = number("--customers").unwrap_or(if short { 4_096 } else { 100_000 });
    let rounds = number("--rounds").unwrap_or(if short { 1 } else { 5 });
    let clock = Clock::new(NOW, "UTC")?;
    println!("{customers} customers, about {EVENTS} purchases each; ns per customer");
    println!("| members | never bought | bought often | never bought, one by one | reference |");
    println!("|--:|--:|--:|--:|--:|");
    for members in [10, 1_000, 10_000] {
        let snapshot = snapshot(members, customers);
        let (never, usual) = (plan(Family::NeverBought)?, plan(Family::Usual)?);
        let one_by_one = plan(Family::NeverBoughtOneByOne)?;
        let fast = measure(&never, &snapshot, &clock, customers, rounds);
        let often = measure(&usual, &snapshot, &clock, customers, rounds);
        let straight = measure(&one_by_one, &snapshot, &clock, SAMPLE, rounds);
        let reference = reference(&never, &snapshot, &clock, SAMPLE);
        compare(members, &fast, &reference);
        compare(members, &straight, &reference);
        let [fast, often] = [fast, often].map(|found| found.per(customers));
        let [straight, reference] = [straight, reference].map(|found| found.per(SAMPLE));
        println!("| {members} | {fast:.0} | {often:.0} | {straight:.0} | {reference:.0} |");
    }
    Ok(())
}

/// The decisions, and how long they took.
struct Found {
    taken: Duration,
    decisions: Vec<Decision>,
}

impl Found {
    fn per(&self, customers: usize) -> f64 {
        self.taken.as_nanos() as f64 / customers as f64
    }
}

/// By the vectorised evaluator, from which the machine code takes families too.
fn measure(plan: &VerifiedPlan, snapshot: &Snapshot, clock: &Clock, customers: usize, rounds: usize) -> Found {
    let mut evaluator = Vectorised::new(Arc::new(bind(plan, snapshot, clock)));
    let all = (0..rounds).map(|_| decide(plan, snapshot, clock, customers, &mut evaluator));
    all.min_by_key(|found| found.taken).unwrap_or_else(|| panic!("no rounds"))
}

fn reference(plan: &VerifiedPlan, snapshot: &Snapshot, clock: &Clock, customers: usize) -> Found {
    decide(plan, snapshot, clock, customers, &mut Interpreter::new(plan, clock))
}

fn decide(
    plan: &VerifiedPlan,
    snapshot: &Snapshot,
    clock: &Clock,
    customers: usize,
    evaluator: &mut dyn Evaluator,
) -> Found {
    let block = Options::default().block_size.min(customers.next_multiple_of(64));
    let mut decider = Decider::new(plan, snapshot, clock);
    let (mut candidates, mut decided) = (Candidates::default(), Decided::default());
    let (mut taken, mut decisions) = (Duration::ZERO, Vec::new());
    for index in 0..customers.div_ceil(block) {
        let started = Instant::now();
        evaluator.evaluate(&snapshot.block(index, block), &mut candidates);
        decider.decide(&candidates, &mut decided);
        taken += started.elapsed();
        decisions.extend_from_slice(&decided.decisions);
    }
    Found { taken, decisions }
}

/// Stops unless both decided the same for those that both decided for.
fn compare(members: usize, found: &Found, reference: &Found) {
    let same = found.decisions.get(..reference.decisions.len()) == Some(&reference.decisions);
    assert!(same && !reference.decisions.is_empty(), "different decisions for {members} members");
}
