//! Random numbers that cases are drawn from, and the search for a case that fails.
//!
//! A case is built from words; a word of 0 draws the simplest. So a failing case is reduced by words that become 0.
//! `OPPORTUNE_CASES` says how many cases are drawn (otherwise few), `OPPORTUNE_THREADS` on how many threads,
//! `OPPORTUNE_SEED` where the first begins: the same numbers, the same cases.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Enough for the longest case; what is drawn beyond is 0.
const LENGTH: usize = 160;

/// Draws from words.
pub struct Words<'a> {
    left: std::slice::Iter<'a, u64>,
}

impl Words<'_> {
    fn next(&mut self) -> u64 {
        self.left.next().copied().unwrap_or(0)
    }

    /// Less than `n`.
    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    /// From the first to the last, both included.
    pub fn between(&mut self, first: i64, last: i64) -> i64 {
        first + (self.next() % (last - first + 1) as u64) as i64
    }

    /// Once in so many.
    pub fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == n - 1
    }

    /// One of these.
    pub fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}

/// Checks a property of so many cases, or as many as the environment says: what it says is wrong with one, if anything.
#[track_caller]
pub fn for_all(usual: u64, property: impl Fn(&mut Words<'_>) -> Result<(), String> + Sync) {
    let number = |name| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    let (cases, threads) = (number("OPPORTUNE_CASES").unwrap_or(usual), number("OPPORTUNE_THREADS").unwrap_or(1));
    let first = number("OPPORTUNE_SEED").unwrap_or(0x5eed_0000);
    let (next, found, began) = (AtomicU64::new(0), AtomicBool::new(false), std::time::Instant::now());
    let fails = |words: &[u64]| property(&mut Words { left: words.iter() }).err();
    let failures = std::thread::scope(|scope| {
        let work = || {
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                if at >= cases || found.load(Ordering::Relaxed) {
                    return None;
                }
                let words = drawn(first.wrapping_add(at));
                if fails(&words).is_some() {
                    found.store(true, Ordering::Relaxed);
                    return Some((at, words));
                }
            }
        };
        let threads: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(work)).collect();
        threads.into_iter().filter_map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    if usual < cases {
        eprintln!("{cases} cases in {:?}", began.elapsed());
    }
    if let Some((at, words)) = failures.into_iter().next() {
        panic!("case {at} from {first}: {}", fails(&reduced(words, &fails)).unwrap());
    }
}

fn drawn(seed: u64) -> Vec<u64> {
    let mut state = seed.wrapping_mul(0xD134_2543_DE82_EF95);
    let word = || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (state ^ state >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ mixed >> 31
    };
    std::iter::repeat_with(word).take(LENGTH).collect()
}

/// The same with as many words 0 as keep it failing.
fn reduced(mut words: Vec<u64>, fails: &impl Fn(&[u64]) -> Option<String>) -> Vec<u64> {
    let mut length = words.len();
    while length > 0 {
        for at in (0..words.len()).step_by(length) {
            let mut smaller = words.clone();
            let end = smaller.len().min(at + length);
            smaller[at..end].fill(0);
            if smaller != words && fails(&smaller).is_some() {
                words = smaller;
            }
        }
        length /= 2;
    }
    words
}
