//! The interpreter on random cases: it is total, and its parts add up.

use opportune_plan::VerifiedPlan;
use opportune_runtime::evaluate::{Candidates, Evaluator, GREATEST_SCORE};
use opportune_runtime::interpret::Interpreter;
use proptest::prelude::*;

use crate::generate::{Case, case, cases};

fn evaluate(case: &Case, size: usize) -> Vec<Candidates> {
    let mut interpreter = Interpreter::new(&case.plan, &case.clock);
    let blocks = (0..case.snapshot.blocks(size)).map(|index| {
        let mut candidates = Candidates::default();
        interpreter.evaluate(&case.snapshot.block(index, size), &mut candidates);
        candidates
    });
    blocks.collect()
}

fn check(plan: &VerifiedPlan, candidates: &Candidates) -> Result<(), TestCaseError> {
    prop_assert_eq!(candidates.offers.len(), plan.offers.len());
    prop_assert_eq!(candidates.tallies.len(), plan.offers.len());
    prop_assert_eq!(candidates.channels.len(), plan.channels.len());
    prop_assert_eq!(candidates.contact_room.is_some(), plan.portfolio.contact_cap.is_some());
    prop_assert_eq!(candidates.rows.len(), candidates.scores.len());
    for ((offer, range), tally) in plan.offers.iter().zip(&candidates.offers).zip(&candidates.tallies) {
        let stopped = tally.excepted + tally.unreachable + tally.untimely + tally.capped + tally.withheld;
        prop_assert_eq!(tally.eligible, stopped + range.len() as u64);
        prop_assert!(tally.eligible <= candidates.len as u64);
        let rows = &candidates.rows[range.clone()];
        prop_assert!(rows.is_sorted_by(|a, b| a < b));
        for row in rows {
            let reaches = |channel: &opportune_plan::ChannelId| {
                candidates.channels[channel.0 as usize].as_ref().is_none_or(|mask| mask.get(*row as usize))
            };
            prop_assert!((*row as usize) < candidates.len);
            prop_assert!(offer.channels.iter().any(reaches));
        }
        for score in &candidates.scores[range.clone()] {
            prop_assert!(*score > 0.0 && *score <= GREATEST_SCORE);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn candidates_add_up(case in case()) {
        for candidates in evaluate(&case, 4_096) {
            check(&case.plan, &candidates)?;
        }
    }

    #[test]
    fn blocks_do_not_matter(case in case()) {
        let whole = evaluate(&case, case.snapshot.customers().next_multiple_of(64).max(64));
        let parts = evaluate(&case, 64);
        let in_all = |blocks: &[Candidates]| {
            let mut all: Vec<(usize, usize, u64)> = Vec::new();
            for block in blocks {
                for (offer, range) in block.offers.iter().enumerate() {
                    let rows = block.rows[range.clone()].iter().map(|row| block.first + *row as usize);
                    let scores = block.scores[range.clone()].iter().map(|score| score.to_bits());
                    all.extend(rows.zip(scores).map(|(row, score)| (offer, row, score)));
                }
            }
            all.sort_unstable();
            all
        };
        prop_assert_eq!(in_all(&whole), in_all(&parts));
    }
}
