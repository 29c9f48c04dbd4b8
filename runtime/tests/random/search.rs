//! Draws cases until a property fails, and reduces one that does.
//!
//! `OPPORTUNE_CASES` says how many cases a property draws in all (otherwise few), `OPPORTUNE_THREADS` on how many threads,
//! `OPPORTUNE_SEED` where the first begins: the same numbers, the same cases. It ends at the first failure, or after as
//! many as `OPPORTUNE_FAILURES` says.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, Once};
use std::time::{Duration, Instant};

use crate::generate::{Case, Recipe};

/// How often a failing case is built anew to reduce it.
const ATTEMPTS: u32 = 3_000;

/// Checks a property of so many random cases, or as many as the environment says.
#[track_caller]
pub fn for_all(usual: u64, property: impl Fn(&Case) + Sync) {
    for_all_of(usual, Recipe::random, property);
}

/// Checks a property of cases of certain recipes.
#[track_caller]
pub fn for_all_of(usual: u64, recipe: impl Fn(u64) -> Recipe + Sync, property: impl Fn(&Case) + Sync) {
    let number = |name| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    let (cases, threads) = (number("OPPORTUNE_CASES").unwrap_or(usual), number("OPPORTUNE_THREADS").unwrap_or(1));
    let first = number("OPPORTUNE_SEED").unwrap_or(0x5eed_0000);
    quiet();
    let wanted = number("OPPORTUNE_FAILURES").unwrap_or(1) as usize;
    let (next, failed, began) = (AtomicU64::new(0), Mutex::new(Vec::new()), Instant::now());
    let work = || {
        let mut told = Instant::now();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= cases || failed.lock().unwrap().len() >= wanted {
                return;
            }
            if told.elapsed() > Duration::from_secs(60) {
                told = Instant::now();
                eprintln!("{at} cases in {:?}", began.elapsed());
            }
            let recipe = recipe(first.wrapping_add(at.wrapping_mul(0x9E37_79B9_7F4A_7C15)));
            if fails(&recipe, &property).is_some() {
                failed.lock().unwrap().push((at, recipe));
            }
        }
    };
    std::thread::scope(|scope| (0..threads.max(1)).for_each(|_| drop(scope.spawn(work))));
    if usual < cases {
        eprintln!("{} cases in {:?}", cases.min(next.into_inner()), began.elapsed());
    }
    let failed = failed.into_inner().unwrap().into_iter();
    let told: Vec<String> = failed.map(|(at, recipe)| told(at, &reduce(recipe, &property), &property)).collect();
    assert!(told.is_empty(), "{}", told.join("\n\n"));
}

/// The message of a property that does not hold.
pub fn fails(recipe: &Recipe, property: &impl Fn(&Case)) -> Option<String> {
    QUIET.set(true);
    let outcome = catch_unwind(AssertUnwindSafe(|| property(&recipe.build())));
    QUIET.set(false);
    let panic = outcome.err()?;
    let text = panic.downcast_ref::<String>().cloned();
    Some(text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default())
}

fn told(at: u64, recipe: &Recipe, property: &impl Fn(&Case)) -> String {
    let message = fails(recipe, property).unwrap_or_default();
    let case = catch_unwind(AssertUnwindSafe(|| format!("{:?}", recipe.build()))).unwrap_or_default();
    let kept = crate::corpus::line(recipe);
    format!("case {at} fails: {message}\n{case}\nkeep it in the corpus as\n{kept}")
}

/// The smallest case that still fails, as far as it is found.
fn reduce(mut recipe: Recipe, property: &impl Fn(&Case)) -> Recipe {
    let mut left = ATTEMPTS;
    loop {
        let before = recipe.clone();
        let mut attempt = |smaller: Recipe, recipe: &mut Recipe| {
            let found = left > 0 && smaller != *recipe && fails(&smaller, property).is_some();
            left = left.saturating_sub(1);
            if found {
                *recipe = smaller;
            }
            found
        };
        for customers in [0, 1, 2, recipe.customers / 2, recipe.customers.saturating_sub(1)] {
            if customers < recipe.customers && attempt(Recipe { customers, ..recipe.clone() }, &mut recipe) {
                break;
            }
        }
        let mut length = recipe.words.len();
        while length > 0 {
            let mut at = 0;
            while at < recipe.words.len() {
                let end = recipe.words.len().min(at + length);
                let (mut without, mut zeroed) = (recipe.clone(), recipe.clone());
                without.words.drain(at..end);
                zeroed.words[at..end].fill(0);
                if !attempt(without, &mut recipe) {
                    attempt(zeroed, &mut recipe);
                    at += length;
                }
            }
            length /= 2;
        }
        if recipe == before || left == 0 {
            return recipe;
        }
    }
}

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Panics of properties are caught and told at the end.
fn quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !QUIET.get() {
                usual(panic);
            }
        }));
    });
}
