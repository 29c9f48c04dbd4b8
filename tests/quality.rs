//! How good the allocation of what is scarce is: against what HiGHS proves nobody can do better than, and against the naive
//! methods that people use. `docs/allocation.md` shows the table.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

#[path = "quality/suite.rs"]
mod suite;

use serde::Deserialize;

use suite::{CAPS, Instance, SCORES, SEEDS, SLOTS};

/// What HiGHS says of an instance of 2,000 customers.
#[derive(Deserialize)]
struct Answer {
    scores: String,
    slots: u16,
    caps: String,
    seed: u64,
    highs: i128,
}

fn instances(seeds: &[u64], customers: u64) -> Vec<Instance> {
    let mut all = Vec::new();
    for scores in SCORES {
        for slots in SLOTS {
            for caps in CAPS {
                all.extend(seeds.iter().map(|seed| Instance { scores, slots, caps, seed: *seed, customers }));
            }
        }
    }
    all
}

fn percent(missed: i128, of: i128) -> f64 {
    missed as f64 * 100.0 / of as f64
}

/// What may be missed at most, in millionths: of what HiGHS says, and of the bound.
const MOST_MISSED: u32 = 1_000;

/// Every instance of the first seed, at the size that HiGHS has solved.
#[test]
fn nobody_could_do_much_better() {
    let answers: Vec<Answer> = serde_json::from_str(include_str!("quality/answers.json")).unwrap();
    assert_eq!(answers.len(), instances(&SEEDS, 2_000).len());
    for instance in instances(&SEEDS[..1], 2_000) {
        let is_of = |answer: &&Answer| {
            (answer.scores.as_str(), answer.slots, answer.caps.as_str(), answer.seed)
                == (instance.scores, instance.slots, instance.caps.0, instance.seed)
        };
        let highs = answers.iter().find(is_of).unwrap().highs;
        let report = instance.allocate(1);
        for scarce in &report.resources {
            assert!(scarce.used <= scarce.left, "{instance:?}: {scarce:?}");
        }
        // HiGHS works with floats, to a relative 10^-7.
        assert!(report.value <= highs + highs / 1_000_000, "{instance:?}: {} is more than can be", report.value);
        assert!(report.bound >= report.value, "{instance:?}: {report:?}");
        let missed = percent(highs - report.value, highs);
        let most = f64::from(MOST_MISSED) / 10_000.0;
        assert!(missed <= most, "{instance:?}: {missed:.4} % below HiGHS");
        assert!(report.gap() <= MOST_MISSED, "{instance:?}: the certificate says {} millionths", report.gap());
    }
}

/// Prints the table of `docs/allocation.md`: `cargo test --release --test quality -- --ignored --nocapture`.
#[test]
#[ignore = "prints a table; takes minutes"]
fn table() {
    let customers = std::env::var("CUSTOMERS").ok().and_then(|text| text.parse().ok()).unwrap_or(20_000);
    println!(
        "| scores | slots | caps | seed | certificate | greedy by value | best first come | offer's priority first come |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for instance in instances(&SEEDS, customers) {
        let report = instance.allocate(2);
        let below = |value: u64| percent(report.bound - i128::from(value), report.bound);
        println!(
            "| {} | {} | {} | {} | {:.4} % | {:.1} % | {:.1} % | {:.1} % |",
            instance.scores,
            instance.slots,
            instance.caps.0,
            instance.seed,
            percent(report.bound - report.value, report.bound),
            below(instance.greedy()),
            below(instance.first_come(|way| way.worth)),
            below(instance.first_come(|way| u64::MAX - way.offer)),
        );
    }
}
