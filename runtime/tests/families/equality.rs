//! Whatever the plan and the data: the same candidates, decisions and counts as by taking each member one by one.

use std::sync::Arc;

use opportune_plan::VerifiedPlan;
use opportune_runtime::bind::bind;
use opportune_runtime::decide::Decision;
use opportune_runtime::evaluate::{Candidates, Evaluator};
use opportune_runtime::interpret::Interpreter;
use opportune_runtime::jit::{Compiled, Effort, Jit};
use opportune_runtime::run::{Engine, Options, Summary, decide_all};
use opportune_runtime::snapshot::Snapshot;
use opportune_runtime::vectorised::Vectorised;
use proptest::prelude::*;

use crate::data::{clock, snapshot};
use crate::dice::Dice;
use crate::policy;

struct Case {
    plan: VerifiedPlan,
    snapshot: Snapshot,
}

fn case(seed: u64, members: usize, customers: usize, wild: bool, slots: Option<u32>) -> Case {
    let mut dice = Dice::endless(seed);
    let plan = policy::plan(&mut dice, members, wild, slots);
    Case { plan, snapshot: snapshot(&mut dice, members, customers) }
}

fn candidates(case: &Case, evaluator: &mut dyn Evaluator, size: usize) -> Vec<Candidates> {
    let mut found = Candidates::default();
    let blocks = (0..case.snapshot.blocks(size)).map(|index| {
        evaluator.evaluate(&case.snapshot.block(index, size), &mut found);
        found.clone()
    });
    blocks.collect()
}

fn run(case: &Case, engine: Engine, threads: usize, block_size: usize) -> (Vec<Decision>, Summary) {
    let mut decisions = Vec::new();
    let mut sink = |some: &[Decision]| {
        decisions.extend_from_slice(some);
        Ok(())
    };
    let options = Options { threads, engine, block_size };
    let summary = decide_all(&case.plan, &case.snapshot, &clock(), &options, &mut sink).unwrap();
    (decisions, summary)
}

fn check(case: &Case) -> Result<(), TestCaseError> {
    let clock = clock();
    let program = Arc::new(bind(&case.plan, &case.snapshot, &clock));
    let compiled = Arc::new(Compiled::new(Arc::clone(&program), Effort::Quick).unwrap());
    let (mut vectorised, mut jit) = (Vectorised::new(program), Jit::new(compiled));
    for size in [64, 4_096] {
        let expected = candidates(case, &mut Interpreter::new(&case.plan, &clock), size);
        prop_assert_eq!(&expected, &candidates(case, &mut vectorised, size), "vectorised\n{}", *case.plan);
        prop_assert_eq!(&expected, &candidates(case, &mut jit, size), "machine code\n{}", *case.plan);
    }
    let expected = run(case, Engine::Interpreter, 1, 4_096);
    prop_assert_eq!(&expected, &run(case, Engine::Vectorised, 1, 4_096));
    for threads in [1, 2, 7] {
        prop_assert_eq!(&expected, &run(case, Engine::Jit, threads, 64), "{} threads", threads);
    }
    Ok(())
}

fn cases(usual: u32) -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(usual);
    ProptestConfig { cases, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn few_members(seed: u64, members in 1..4_usize, customers in 0..90_usize, wild: bool, slots in slots()) {
        check(&case(seed, members, customers, wild, slots))?;
    }

}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn some_members(seed: u64, customers in 1..140_usize, wild: bool, slots in slots()) {
        check(&case(seed, 63, customers, wild, slots))?;
    }
}

proptest! {
    #![proptest_config(cases(6))]

    #[test]
    fn many_members(seed: u64, customers in 1..24_usize, slots in slots()) {
        check(&case(seed, 1_000, customers, false, slots))?;
    }
}

/// One in all, three, as many as the slates hold.
fn slots() -> impl Strategy<Value = Option<u32>> {
    prop::sample::select(vec![Some(1), Some(3), None])
}

/// The cases would pass for nothing if they reached only a few ways to end.
#[test]
fn random_cases_reach_every_outcome() {
    let mut reached = [0_u64; 10];
    for seed in 0..150 {
        let case = case(seed, 17, 60, seed % 5 == 0, [Some(1), Some(3), None][seed as usize % 3]);
        let (decisions, summary) = run(&case, Engine::Vectorised, 1, 4_096);
        let families = case.plan.offers.iter().zip(&summary.offers).filter(|(offer, _)| offer.family.is_some());
        for (_, offer) in families {
            let (tally, outcome) = (&offer.tally, &offer.outcome);
            let ways = [
                tally.eligible,
                tally.excepted,
                tally.forbidden,
                tally.unreachable,
                tally.capped,
                tally.withheld,
                outcome.capped,
                outcome.outranked,
                outcome.made,
            ];
            for (reached, way) in reached.iter_mut().zip(ways) {
                *reached += u64::from(way > 0);
            }
        }
        let pairs: Vec<_> = decisions.iter().map(|decision| (decision.customer, decision.offer)).collect();
        let twice = pairs.windows(2).any(|pair| pair[0] == pair[1]);
        reached[9] += u64::from(twice);
    }
    assert!(reached.iter().all(|count| *count >= 8), "{reached:?}");
}
