//! Tries a property on the kept cases and on many new ones, and shortens one that fails.
//!
//! `OPPORTUNE_CASES` says how many new cases each property tries (otherwise few), `OPPORTUNE_SEED` where the first begins:
//! the same numbers, the same cases.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Asserts something of the case that its bytes make; whether the case came to it.
pub type Property = fn(&[u8]) -> bool;

/// How often a failing case is tried again to shorten it.
const ATTEMPTS: usize = 400;

/// Checks a property on its kept cases and on `usual` new ones, or as many as the environment says. Of the new ones a part
/// must come to what the property is about.
#[track_caller]
pub fn check(name: &str, property: Property, usual: u64) {
    for (at, bytes) in kept(name).into_iter().enumerate() {
        if let Some(reason) = failure(property, &bytes) {
            panic!("kept case {at} of {name} fails: {reason}");
        }
    }
    let number = |name| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    let cases = number("OPPORTUNE_CASES").unwrap_or(usual);
    let first = number("OPPORTUNE_SEED").unwrap_or(0x5eed_0000);
    let mut reached = 0;
    for at in 0..cases {
        let bytes = drawn(first.wrapping_add(at));
        match catch_unwind(AssertUnwindSafe(|| property(&bytes))) {
            Ok(came) => reached += u64::from(came),
            Err(_) => tell(name, property, bytes),
        }
    }
    assert!(reached * 20 >= cases, "only {reached} of {cases} cases came to what {name} is about");
}

/// For each thing that `reach` finds in a drawn case and in none before, the shortened bytes of that case: a corpus.
pub fn distilled(cases: u64, reach: impl Fn(&[u8]) -> BTreeSet<String>) -> Vec<(String, Vec<u8>)> {
    let mut known = BTreeSet::new();
    let mut corpus = Vec::new();
    for bytes in (0..cases).map(|at| drawn(0xC0_0000 + at)) {
        for thing in reach(&bytes) {
            if known.insert(thing.clone()) {
                let bytes = shortened(bytes.clone(), |bytes| reach(bytes).contains(&thing));
                known.extend(reach(&bytes));
                corpus.push((thing, bytes));
            }
        }
    }
    corpus
}

/// Up to 64 bytes of a seed, by SplitMix64.
pub fn drawn(seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut next = || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    };
    let length = (next() % 64) as usize + 1;
    (0..length).map(|_| next().to_le_bytes()[0]).collect()
}

/// The message of a property that does not hold.
fn failure(property: Property, bytes: &[u8]) -> Option<String> {
    let panic = catch_unwind(AssertUnwindSafe(|| property(bytes))).err()?;
    let text = panic.downcast_ref::<String>().cloned();
    Some(text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default())
}

#[track_caller]
fn tell(name: &str, property: Property, bytes: Vec<u8>) -> ! {
    let bytes = shortened(bytes, |bytes| failure(property, bytes).is_some());
    let reason = failure(property, &bytes).unwrap_or_default();
    panic!("{name} does not hold: {reason}\nkeep it in fuzz/corpus/{name}.txt as\n{}", line(&bytes));
}

/// Fewer and smaller bytes that are like the given ones, as far as they are found.
pub fn shortened(mut bytes: Vec<u8>, alike: impl Fn(&[u8]) -> bool) -> Vec<u8> {
    let mut left = ATTEMPTS;
    let mut size = bytes.len().next_power_of_two();
    while size > 0 && left > 0 {
        let mut at = 0;
        while at < bytes.len() && left > 0 {
            let end = bytes.len().min(at + size);
            let mut without = bytes.clone();
            without.drain(at..end);
            let mut zeroed = bytes.clone();
            zeroed[at..end].fill(0);
            left = left.saturating_sub(2);
            if alike(&without) {
                bytes = without;
            } else {
                if zeroed != bytes && alike(&zeroed) {
                    bytes = zeroed;
                }
                at = end;
            }
        }
        size /= 2;
    }
    bytes
}

/// A case as a line of the corpus.
pub fn line(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The cases that are kept for a property: a line of hexadecimal bytes each; `#` begins a remark.
pub fn kept(name: &str) -> Vec<Vec<u8>> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(format!("{name}.txt"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("{} is not there", path.display()));
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| read(line).unwrap_or_else(|| panic!("`{line}` is no case"))).collect()
}

fn read(line: &str) -> Option<Vec<u8>> {
    let digits: Vec<char> = line.chars().collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(&pair.iter().collect::<String>(), 16).ok()).collect()
}
