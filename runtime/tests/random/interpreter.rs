//! The interpreter on random cases: it is total, and its parts add up.

use opportune_plan::VerifiedPlan;
use opportune_runtime::evaluate::{Candidates, Evaluator, Fact, GREATEST_SCORE, Selected};
use opportune_runtime::interpret::Interpreter;

use crate::generate::Case;
use crate::search::for_all;

fn evaluate(case: &Case, size: usize) -> Vec<Candidates> {
    let mut interpreter = Interpreter::new(&case.plan, &case.clock);
    let blocks = (0..case.snapshot.blocks(size)).map(|index| {
        let mut candidates = Candidates::default();
        interpreter.evaluate(&case.snapshot.block(index, size), &mut candidates);
        candidates
    });
    blocks.collect()
}

fn check(plan: &VerifiedPlan, candidates: &Candidates) {
    assert_eq!(candidates.offers.len(), plan.offers.len());
    assert_eq!(candidates.tallies.len(), plan.offers.len());
    assert_eq!(candidates.channels.len(), plan.channels.len());
    assert_eq!(candidates.contact_room.is_some(), plan.portfolio.contact_cap.is_some());
    assert_eq!(candidates.rows.len(), candidates.scores.len());
    let mut families = candidates.families.iter();
    for ((offer, range), tally) in plan.offers.iter().zip(&candidates.offers).zip(&candidates.tallies) {
        let stopped = tally.excepted + tally.forbidden + tally.unreachable + tally.untimely + tally.capped;
        let family = offer.family.and_then(|_| families.next());
        let (rows, scores) = match family {
            Some(family) => {
                assert!(range.is_empty());
                let pairs: Vec<_> = family.rows.iter().zip(&family.members).collect();
                assert!(pairs.is_sorted_by(|a, b| a < b));
                assert_eq!(family.room.is_some(), !offer.caps.is_empty());
                (&family.rows[..], &family.scores[..])
            }
            None => {
                assert!(tally.eligible <= candidates.len as u64);
                let rows = &candidates.rows[range.clone()];
                assert!(rows.is_sorted_by(|a, b| a < b));
                (rows, &candidates.scores[range.clone()])
            }
        };
        assert_eq!(tally.eligible, stopped + tally.withheld + rows.len() as u64);
        for row in rows {
            let reaches = |channel: opportune_plan::ChannelId| {
                candidates.channels[channel.0 as usize].as_ref().is_none_or(|mask| mask.get(*row as usize))
            };
            assert!((*row as usize) < candidates.len);
            assert!(offer.channels().any(reaches));
        }
        assert!(scores.iter().all(|score| *score > 0.0 && *score <= GREATEST_SCORE));
    }
    assert!(families.next().is_none());
    check_beside(plan, candidates);
}

/// What deciding needs beside masks and scores.
fn check_beside(plan: &VerifiedPlan, candidates: &Candidates) {
    assert_eq!(candidates.facts.len(), plan.facts().len());
    for (Fact(column), id) in candidates.facts.iter().zip(plan.facts()) {
        assert_eq!(column.len(), candidates.len);
        let is_missing = |row: usize| column.tells(row).is_none();
        let node = plan.exprs.node(id);
        assert!(node.partial || !(0..candidates.len).any(is_missing), "what is never missing is there: {node:?}");
    }
    assert_eq!(candidates.selected.len(), plan.histories.len());
    for (selected, history) in candidates.selected.iter().zip(&plan.histories) {
        assert_eq!(selected.is_some(), history.filter.is_some());
        let Some(Selected { begins, rows }) = selected else { continue };
        assert_eq!(begins.len(), candidates.len + 1);
        assert!(begins.is_sorted() && begins.first() == Some(&0) && begins.last() == Some(&(rows.len() as u32)));
        assert!(rows.is_sorted_by(|a, b| a < b), "a customer's events are one after the other");
    }
    let picking = plan.offers.iter().any(|offer| !offer.picks.is_empty());
    assert_eq!(candidates.picks.len(), if picking { plan.offers.len() } else { 0 });
    for (offer, picks) in plan.offers.iter().zip(&candidates.picks) {
        assert_eq!(picks.len(), offer.picks.len());
        for found in picks {
            assert!(found.scores.iter().all(|score| *score > 0.0 && *score <= GREATEST_SCORE));
            assert!(found.rows.iter().all(|row| (*row as usize) < candidates.len));
        }
    }
}

/// Every candidate of all blocks: offer, customer, member, the score's bits.
fn in_all(blocks: &[Candidates]) -> Vec<(usize, usize, Option<u32>, u64)> {
    let mut all = Vec::new();
    for block in blocks {
        for (offer, range) in block.offers.iter().enumerate() {
            let rows = block.rows[range.clone()].iter().map(|row| block.first + *row as usize);
            let scores = block.scores[range.clone()].iter().map(|score| score.to_bits());
            all.extend(rows.zip(scores).map(|(row, score)| (offer, row, None, score)));
        }
        for family in &block.families {
            let listed = family.listed().into_iter();
            let of = |row: u32| block.first + row as usize;
            all.extend(listed.map(|(row, at, score)| (family.offer.0 as usize, of(row), Some(at), score.to_bits())));
        }
    }
    all.sort_unstable();
    all
}

/// All that is beside, of all blocks, a line a customer and thing.
fn beside_in_all(blocks: &[Candidates]) -> Vec<String> {
    let mut all = Vec::new();
    for block in blocks {
        let of = |row: usize| block.first + row;
        for (at, Fact(column)) in block.facts.iter().enumerate() {
            all.extend((0..block.len).map(|row| format!("{} {at} {:?}", of(row), column.tells(row))));
        }
        for (at, selected) in block.selected.iter().enumerate() {
            let Some(Selected { begins, rows }) = selected else { continue };
            let rows = |row: usize| &rows[begins[row] as usize..begins[row + 1] as usize];
            all.extend((0..block.len).map(|row| format!("{} {at} {:?}", of(row), rows(row))));
        }
        for (at, found) in block.picks.iter().flatten().enumerate() {
            let listed = found.listed().into_iter();
            all.extend(listed.map(|(row, member, key)| format!("{} {at} {member} {key:e}", of(row as usize))));
        }
    }
    all.sort_unstable();
    all
}

#[test]
fn candidates_add_up() {
    for_all(400, |case| evaluate(case, 4_096).iter().for_each(|candidates| check(&case.plan, candidates)));
}

#[test]
fn blocks_do_not_matter() {
    for_all(300, |case| {
        let whole = evaluate(case, case.snapshot.customers().next_multiple_of(64).max(64));
        let parts = evaluate(case, 64);
        assert_eq!(in_all(&whole), in_all(&parts));
        assert_eq!(beside_in_all(&whole), beside_in_all(&parts));
    });
}
