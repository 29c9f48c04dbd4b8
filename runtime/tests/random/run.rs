//! Whole runs: the same decisions on any number of threads, in blocks of any size, by every engine; no slot, cap or
//! channel ever violated; nothing lost when a sink fails.

use std::collections::BTreeMap;
use std::io;

use opportune_plan::{ChannelId, OfferId};
use opportune_runtime::decide::Decision;
use opportune_runtime::evaluate::{Candidates, Evaluator};
use opportune_runtime::interpret::Interpreter;
use opportune_runtime::run::{Engine, Options, RunError, Summary, decide_all};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::generate::{Case, case, case_of, cases};

fn run(case: &Case, options: Options) -> (Vec<Decision>, Summary) {
    let mut all = Vec::new();
    let mut sink = |decisions: &[Decision]| {
        all.extend_from_slice(decisions);
        Ok(())
    };
    let summary = decide_all(&case.plan, &case.snapshot, &case.clock, &options, &mut sink).unwrap();
    (all, summary)
}

fn bits(decisions: &[Decision]) -> Vec<(u32, u32, u32, u32, i64, u64)> {
    let bits = |d: &Decision| (d.customer, d.offer.0, d.channel.0, d.slot, d.send_at, d.score.to_bits());
    decisions.iter().map(bits).collect()
}

fn whole_block(case: &Case) -> Candidates {
    let mut candidates = Candidates::default();
    let size = case.snapshot.customers().next_multiple_of(64).max(64);
    Interpreter::new(&case.plan, &case.clock).evaluate(&case.snapshot.block(0, size), &mut candidates);
    candidates
}

/// The rules of a portfolio, asked of what was decided, customer by customer.
fn check_rules(case: &Case, decisions: &[Decision]) -> Result<(), TestCaseError> {
    let candidates = whole_block(case);
    let portfolio = &case.plan.portfolio;
    let mut of_customers: BTreeMap<u32, Vec<&Decision>> = BTreeMap::new();
    for decision in decisions {
        of_customers.entry(decision.customer).or_default().push(decision);
    }
    prop_assert!(decisions.is_sorted_by_key(|decision| decision.customer));
    for (customer, made) in of_customers {
        let default = if portfolio.slates.is_empty() { 1 } else { u32::MAX };
        prop_assert!(made.len() <= portfolio.slots_in_all.unwrap_or(default) as usize);
        let mut channels: BTreeMap<u32, u32> = BTreeMap::new();
        let mut offers: Vec<OfferId> = Vec::new();
        for decision in made {
            let slot = channels.entry(decision.channel.0).or_default();
            *slot += 1;
            prop_assert_eq!(decision.slot, *slot);
            prop_assert_eq!(decision.send_at, case.clock.now());
            prop_assert!(case.plan.offers[decision.offer.0 as usize].channels.contains(&decision.channel));
            let mask = &candidates.channels[decision.channel.0 as usize];
            prop_assert!(mask.as_ref().is_none_or(|mask| mask.get(customer as usize)));
            let range = candidates.offers[decision.offer.0 as usize].clone();
            let at = candidates.rows[range.clone()].binary_search(&customer).expect("a candidate");
            prop_assert_eq!(candidates.scores[range][at].to_bits(), decision.score.to_bits());
            offers.push(decision.offer);
        }
        for (channel, used) in &channels {
            let slate = portfolio.slates.iter().find(|slate| slate.channel == ChannelId(*channel));
            prop_assert!(*used <= slate.map_or(1, |slate| slate.size));
        }
        if let Some(room) = &candidates.contact_room {
            prop_assert!(channels.len() <= room[customer as usize] as usize);
        }
        let made = offers.len();
        offers.sort_unstable();
        offers.dedup();
        prop_assert_eq!(offers.len(), made, "an offer is made once");
    }
    Ok(())
}

fn check_counts(case: &Case, decisions: &[Decision], summary: &Summary) -> Result<(), TestCaseError> {
    prop_assert_eq!(summary.customers, case.snapshot.customers() as u64);
    prop_assert_eq!(summary.decisions, decisions.len() as u64);
    prop_assert_eq!(summary.offers.len(), case.plan.offers.len());
    for (at, offer) in summary.offers.iter().enumerate() {
        let (tally, outcome) = (&offer.tally, &offer.outcome);
        let stopped = tally.excepted + tally.unreachable + tally.untimely + tally.capped + tally.withheld;
        prop_assert_eq!(tally.eligible, stopped + outcome.capped + outcome.outranked + outcome.made);
        for (channel, count) in outcome.by_channel.iter().enumerate() {
            let is_here = |d: &&Decision| d.offer.0 as usize == at && d.channel.0 as usize == channel;
            prop_assert_eq!(decisions.iter().filter(is_here).count() as u64, *count);
        }
        prop_assert_eq!(outcome.by_channel.iter().sum::<u64>(), outcome.made);
        if case.plan.portfolio.contact_cap.is_none() {
            prop_assert_eq!(outcome.capped, 0);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn decisions_keep_the_rules_and_the_counts_add_up(case in case()) {
        let options = Options { threads: 1, engine: Engine::Interpreter, block_size: 64 };
        let (decisions, summary) = run(&case, options);
        check_rules(&case, &decisions)?;
        check_counts(&case, &decisions, &summary)?;
    }

    #[test]
    fn threads_blocks_and_engines_do_not_matter(
        case in case(),
        threads in prop::sample::select(vec![1_usize, 2, 3, 8]),
        block_size in prop::sample::select(vec![1_usize, 64, 65, 128, 1_024, 4_096]),
        engine in prop::sample::select(vec![Engine::Jit, Engine::Vectorised, Engine::Interpreter]),
    ) {
        let expected = run(&case, Options { threads: 1, engine: Engine::Interpreter, block_size: 4_096 });
        let found = run(&case, Options { threads, engine, block_size });
        prop_assert_eq!(bits(&found.0), bits(&expected.0));
        prop_assert_eq!(found.1, expected.1);
    }
}

/// Cases of many blocks, drawn until one makes decisions in plenty.
fn plentiful() -> Case {
    let mut runner = TestRunner::deterministic();
    loop {
        let case = case_of(Just(2_000)).new_tree(&mut runner).unwrap().current();
        let options = Options { threads: 1, engine: Engine::Interpreter, block_size: 64 };
        if run(&case, options).0.len() > 1_500 {
            return case;
        }
    }
}

#[test]
fn a_sink_that_fails_stops_the_run() {
    let case = plentiful();
    for threads in [1, 2, 8] {
        let options = Options { threads, engine: Engine::Interpreter, block_size: 64 };
        let (all, _) = run(&case, options);
        let mut taken = Vec::new();
        let mut sink = |decisions: &[Decision]| {
            if taken.len() > 100 {
                return Err(io::Error::other("the disk is full"));
            }
            taken.extend_from_slice(decisions);
            Ok(())
        };
        let result = decide_all(&case.plan, &case.snapshot, &case.clock, &options, &mut sink);
        assert!(matches!(&result, Err(RunError::Sink(error)) if error.to_string() == "the disk is full"), "{result:?}");
        assert_eq!(bits(&taken), bits(&all[..taken.len()]), "what was taken is the beginning");
    }
}

#[test]
fn a_sink_that_panics_leaves_no_thread_behind() {
    let case = plentiful();
    for threads in [1, 8] {
        let options = Options { threads, engine: Engine::Interpreter, block_size: 64 };
        let run = std::panic::AssertUnwindSafe(|| {
            let mut sink = |_: &[Decision]| -> io::Result<()> { panic!("of the sink's own making") };
            decide_all(&case.plan, &case.snapshot, &case.clock, &options, &mut sink)
        });
        assert!(std::panic::catch_unwind(run).is_err());
    }
}
