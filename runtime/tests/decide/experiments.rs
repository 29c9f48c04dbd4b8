//! Draws over many customers: layers do not know of each other, shares are held, and a holdout keeps whom it holds.

use opportune_runtime::draw::{Draw, Key};

const CUSTOMERS: i64 = 20_000;

fn buckets(salt: &str, layer: &str) -> Vec<i64> {
    let mut draw = Draw::new(&[salt, layer]);
    (0..CUSTOMERS).map(|key| draw.bucket(Key::Int(key))).collect()
}

/// The sum of squared differences from what is expected, each by it.
fn chi_square(counts: &[u64], expected: f64) -> f64 {
    counts.iter().map(|count| (*count as f64 - expected).powi(2) / expected).sum()
}

#[test]
fn buckets_are_spread_evenly() {
    for layer in ["holdout", "offer_1", "offer_2", "spring"] {
        let mut counts = [0; 100];
        buckets("2026-q4", layer).into_iter().for_each(|bucket| counts[bucket as usize / 100] += 1);
        // 99 degrees of freedom: exceeded by chance once in 10,000 times.
        assert!(chi_square(&counts, CUSTOMERS as f64 / 100.0) < 160.0, "{layer}: {counts:?}");
    }
}

#[test]
fn layers_and_salts_do_not_know_of_each_other() {
    let layers = [("2026-q4", "holdout"), ("2026-q4", "offer_1"), ("2026-q4", "offer_2"), ("2027-q1", "holdout")];
    let drawn = layers.map(|(salt, layer)| buckets(salt, layer));
    for (at, a) in drawn.iter().enumerate() {
        for b in drawn.iter().skip(at + 1) {
            let mut counts = [0; 100];
            a.iter().zip(b).for_each(|(a, b)| counts[(a / 1_000 * 10 + b / 1_000) as usize] += 1);
            assert!(chi_square(&counts, CUSTOMERS as f64 / 100.0) < 160.0, "{counts:?}");
        }
    }
}
