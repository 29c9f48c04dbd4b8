//! The three evaluators give the same candidates, bit for bit, on random cases.

use std::sync::Arc;

use opportune_runtime::bind::bind;
use opportune_runtime::evaluate::{Candidates, Evaluator, Fact};
use opportune_runtime::interpret::Interpreter;
use opportune_runtime::jit::{Compiled, Effort, Jit};
use opportune_runtime::vectorised::Vectorised;

use crate::corpus;
use crate::generate::{Case, Recipe};
use crate::search::{fails, for_all, for_all_of};

/// What an evaluator gives for all blocks; scores by their bits.
fn candidates(case: &Case, size: usize, evaluator: &mut dyn Evaluator) -> Found {
    let mut candidates = Candidates::default();
    let blocks = (0..case.snapshot.blocks(size)).map(|index| {
        evaluator.evaluate(&case.snapshot.block(index, size), &mut candidates);
        (candidates.clone(), candidates.scores.iter().map(|score| score.to_bits()).collect())
    });
    blocks.collect()
}

fn check(case: &Case, sizes: &[usize], effort: Option<Effort>) {
    let program = Arc::new(bind(&case.plan, &case.snapshot, &case.clock));
    let mut jit = effort.map(|effort| Jit::new(Arc::new(Compiled::new(Arc::clone(&program), effort).unwrap())));
    let mut vectorised = Vectorised::new(program);
    for size in sizes {
        let expected = candidates(case, *size, &mut Interpreter::new(&case.plan, &case.clock));
        same(&expected, &candidates(case, *size, &mut vectorised), "vectorised", *size);
        if let Some(jit) = &mut jit {
            same(&expected, &candidates(case, *size, jit), "machine code", *size);
        }
    }
}

type Found = Vec<(Candidates, Vec<u64>)>;

fn same(expected: &Found, found: &Found, engine: &str, size: usize) {
    if expected != found {
        let [expected, found] = [expected, found].map(lines);
        let only = |a: &Vec<String>, b: &Vec<String>| {
            let only = a.iter().filter(|line| !b.contains(line)).take(4).map(|line| format!("  {line}"));
            only.collect::<Vec<_>>().join("\n")
        };
        let (not_found, more) = (only(&expected, &found), only(&found, &expected));
        panic!("{engine}, blocks of {size}: found\n{more}\ninstead of\n{not_found}");
    }
}

/// What was found, a line a thing.
fn lines(found: &Found) -> Vec<String> {
    let mut lines = Vec::new();
    for (candidates, _) in found {
        let first = candidates.first;
        lines.push(format!("{first}: channels {:?}, room {:?}", candidates.channels, candidates.contact_room));
        for (offer, (tally, range)) in candidates.tallies.iter().zip(&candidates.offers).enumerate() {
            lines.push(format!("{first}: offer {offer} {tally:?}"));
            let made = candidates.rows[range.clone()].iter().zip(&candidates.scores[range.clone()]);
            lines.extend(made.map(|(row, score)| format!("{first}: offer {offer} for {row} by {score:e}")));
        }
        for family in &candidates.families {
            let offer = family.offer.0;
            lines.push(format!("{first}: family {offer} has room {:?}", family.room));
            let made = family.listed().into_iter();
            lines
                .extend(made.map(|(row, at, score)| format!("{first}: member {at} of {offer} for {row} by {score:e}")));
        }
        lines.extend(beside(candidates));
    }
    lines
}

/// What deciding needs beside masks and scores, a line a thing.
fn beside(candidates: &Candidates) -> Vec<String> {
    let (mut lines, first) = (Vec::new(), candidates.first);
    for (at, Fact(column)) in candidates.facts.iter().enumerate() {
        let told = (0..column.len()).map(|row| column.tells(row));
        lines.extend(told.enumerate().map(|(row, told)| format!("{first}: fact {at} of {row} is {told:?}")));
    }
    for (at, selected) in candidates.selected.iter().enumerate() {
        lines.push(format!("{first}: history {at} holds {selected:?}"));
    }
    for (offer, picks) in candidates.picks.iter().enumerate() {
        for (pick, found) in picks.iter().enumerate() {
            let listed = found.listed().into_iter();
            lines.extend(
                listed.map(|(row, at, key)| format!("{first}: {at} for {row} by {key:e} as pick {pick} of {offer}")),
            );
        }
    }
    lines
}

#[test]
fn evaluators_agree() {
    for_all(400, |case| check(case, &[4_096, 64], Some(Effort::Best)));
}

/// Many more cases in the time: machine code is made for none of them.
#[test]
fn vectorised_agrees() {
    for_all(1_500, |case| check(case, &[64], None));
}

#[test]
fn quickly_compiled_code_agrees() {
    for_all_of(300, |seed| Recipe::of(seed, |dice| dice.roll(130)), |case| check(case, &[64], Some(Effort::Quick)));
}

#[test]
fn one_more_customer_than_a_block_holds() {
    for_all_of(12, |seed| Recipe::of(seed, |_| 4_097), |case| check(case, &[4_096, 8_192], Some(Effort::Best)));
}

#[test]
fn cases_that_once_differed_agree() {
    for recipe in corpus::recipes() {
        let failure = fails(&recipe, &|case: &Case| check(case, &[4_096, 64], Some(Effort::Best)));
        assert!(failure.is_none(), "{}\n{}", corpus::line(&recipe), failure.unwrap_or_default());
    }
}
