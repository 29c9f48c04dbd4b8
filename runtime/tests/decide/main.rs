//! Decisions of random portfolios with random pasts, against a model that tries every candidate by every route in one
//! fixed order and asks every rule of the whole past each time.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    reason = "a test may fail"
)]

mod caps;
mod case;
#[path = "../random/generate/dice.rs"]
#[allow(dead_code, reason = "the dice answer from lists in other tests")]
mod dice;
mod experiments;
mod model;
mod plan;
mod rules;
mod shared;
mod tables;

use std::collections::BTreeMap;

use opportune_runtime::decide::Decision;
use opportune_runtime::run::{Engine, OfferSummary, Options, Summary, decide_all};
use opportune_runtime::time::Clock;

use case::{Case, NOW};
use dice::Dice;

/// The seeds of a test: so many, or as many as the environment asks for.
fn seeds(usual: u64) -> impl Iterator<Item = u64> {
    let wanted = std::env::var("OPPORTUNE_CASES").ok().and_then(|cases| cases.parse().ok());
    0..wanted.unwrap_or(usual)
}

fn run(case: &Case, options: &Options) -> (Vec<Decision>, Summary) {
    let (plan, snapshot) = (plan::of(case), tables::of(case));
    let clock = Clock::new(NOW, case::ZONES[0]).unwrap();
    let mut decisions = Vec::new();
    let summary = decide_all(&plan, &snapshot, &clock, options, &mut |block: &[Decision]| {
        decisions.extend_from_slice(block);
        Ok(())
    });
    (decisions, summary.unwrap())
}

fn usual() -> Options {
    Options { threads: 1, engine: Engine::Vectorised, block_size: 64 }
}

#[test]
fn decisions_are_those_of_the_model() {
    let (mut spared, mut limited, mut seen) = (0, 0, BTreeMap::new());
    for seed in seeds(1_000) {
        let case = Case::draw(&mut Dice::endless(seed));
        let (found, summary) = run(&case, &usual());
        let expected = model::decide(&case, &found);
        let shown = |decisions: &[Decision]| decisions.iter().map(|one| format!("{one:?}\n")).collect::<String>();
        assert_eq!(shown(&found), shown(&expected.decisions), "seed {seed}\n{case:#?}");
        let outcomes: Vec<_> = summary.offers.iter().map(|offer| offer.outcome.clone()).collect();
        assert_eq!(outcomes, expected.outcomes, "seed {seed}\n{case:#?}");
        assert_eq!(summary.customers_left_out, expected.left_out, "seed {seed}");
        rules::check(&case, &found);
        spared += model::check_maximal(&case, &found);
        limited += usize::from(summary.shared.is_some());
        model::count(&expected, &mut seen);
    }
    assert!(spared * 20 < limited, "{spared} customers in {limited} cases could have had more");
    // Each of these must have happened often, or the test says nothing of it.
    for what in
        ["made", "capped", "outranked", "excluded", "untimely", "withheld", "unreachable", "used up", "held out"]
    {
        assert!(seen.get(what).copied().unwrap_or(0) > 100, "{what}: {seen:?}");
    }
}

#[test]
fn threads_blocks_and_engines_do_not_matter() {
    for seed in seeds(60) {
        let dice = &mut Dice::endless(seed.wrapping_mul(31));
        let mut case = Case::draw(&mut Dice::endless(seed));
        // More than one block.
        for at in 0..150 {
            let copy = case.customers[at % case.customers.len()].clone();
            case.customers.push(copy);
        }
        let expected = run(&case, &usual());
        for threads in [1, 2, 7] {
            let engine = dice.pick(&[Engine::Interpreter, Engine::Jit, Engine::Vectorised]);
            let block_size = dice.pick(&[64, 128, 4_096]);
            let found = run(&case, &Options { threads, engine, block_size });
            let bits = |of: &[Decision]| of.iter().map(|one| format!("{one:?}")).collect::<Vec<_>>();
            assert_eq!(bits(&found.0), bits(&expected.0), "seed {seed}, {threads} threads, {engine:?}, {block_size}");
            assert_eq!(found.1, expected.1, "seed {seed}, {threads} threads, {engine:?}, {block_size}");
        }
    }
}

/// A limit over all customers that cannot be reached changes nothing.
#[test]
fn what_there_is_enough_of_changes_nothing() {
    let mut limited = 0;
    for seed in seeds(200) {
        let mut case = Case::draw(&mut Dice::endless(seed));
        case.loosen();
        let (found, summary) = run(&case, &usual());
        limited += usize::from(summary.shared.is_some_and(|report| report.customers > 0));
        case.unshare();
        let (expected, without) = run(&case, &usual());
        assert_eq!(found, expected, "seed {seed}\n{case:#?}");
        let outcomes = |summary: &[OfferSummary]| summary.iter().map(|of| of.outcome.clone()).collect::<Vec<_>>();
        assert_eq!(outcomes(&summary.offers), outcomes(&without.offers), "seed {seed}");
    }
    assert!(limited > 50, "{limited} cases only have limits");
}

/// What is scarce goes to whom it is worth more than to who comes first.
#[test]
fn what_is_scarce_is_worth_more_than_first_come() {
    let (mut settled, mut first, mut better) = (0.0, 0.0, 0);
    for seed in seeds(150) {
        let mut case = Case::draw(&mut Dice::endless(seed));
        (case.ranked, case.fallback) = (false, None);
        case.offers.iter_mut().for_each(|offer| offer.is_notice = false);
        let worth = |all: &[Decision]| all.iter().filter(|one| !one.held_out).map(|one| one.value).sum::<f64>();
        let (by_price, by_place) = (worth(&run(&case, &usual()).0), worth(&model::first_come(&case).decisions));
        settled += by_price;
        first += by_place;
        better += usize::from(by_price > by_place);
    }
    assert!(settled > first && better > 10, "{settled} by price, {first} first come; better in {better} cases");
}

/// Where nothing is shared, what a customer gets does not depend on who else there is.
#[test]
fn shuffled_customers_get_the_same() {
    for seed in seeds(60) {
        let mut case = Case::draw(&mut Dice::endless(seed));
        case.unshare();
        let of_keys = |case: &Case| {
            let mut decisions = run(case, &usual()).0;
            let keys: Vec<i64> = decisions.iter().map(|one| case.customers[one.customer as usize].key).collect();
            decisions.iter_mut().for_each(|one| one.customer = 0);
            let mut shown: Vec<_> = keys.iter().zip(&decisions).map(|(key, one)| format!("{key} {one:?}")).collect();
            shown.sort();
            shown
        };
        let expected = of_keys(&case);
        case.customers.reverse();
        let half = case.customers.len() / 2;
        case.customers.rotate_left(half);
        assert_eq!(of_keys(&case), expected, "seed {seed}");
    }
}

/// A cap has one meaning in both its forms: told at `now` by a mask, and counted at the time of sending.
#[test]
fn a_cap_that_is_told_at_now_is_one_at_the_time_of_sending() {
    let mut differs = 0;
    for seed in seeds(200) {
        let mut case = Case::draw(&mut Dice::endless(seed));
        case.make_plain();
        let counted = run(&case, &usual()).0;
        let told = run(&Case { told_at_now: true, ..case.clone() }, &usual()).0;
        assert_eq!(told, counted, "seed {seed}\n{case:#?}");
        case.limits.clear();
        case.offers.iter_mut().for_each(|offer| offer.limits.clear());
        differs += usize::from(run(&case, &usual()).0 != counted);
    }
    assert!(differs > 50, "caps bind in {differs} cases only");
}
