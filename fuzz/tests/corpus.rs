//! Makes the corpus anew: for each message the shortest case found that gets it.
//!
//! `cargo test -p opportune-fuzz --test corpus -- --ignored --nocapture` prints it.

use opportune_fuzz::run::{distilled, kept, line};
use opportune_fuzz::{compile, text};

#[test]
#[ignore = "prints lines for fuzz/corpus/*.txt"]
fn distil() {
    let cases = std::env::var("OPPORTUNE_CASES").ok().and_then(|value| value.parse().ok()).unwrap_or(2_000);
    for (name, found) in [
        ("messages_point_into_the_text", distilled(cases, text::codes)),
        ("every_message_has_its_place", distilled(cases / 10, compile::codes)),
    ] {
        println!("== {name}");
        found.iter().for_each(|(code, bytes)| println!("# {code}\n{}", line(bytes)));
    }
}

#[test]
fn kept_cases_still_reach_most_messages() {
    let reached: std::collections::BTreeSet<String> =
        kept("messages_point_into_the_text").iter().flat_map(|bytes| text::codes(bytes)).collect();
    assert!(reached.len() >= 12, "only {reached:?}: distil the corpus anew");
}

#[test]
#[ignore = "tells how often lints have something to tell of drawn policies"]
fn survey() {
    let cases = std::env::var("OPPORTUNE_CASES").ok().and_then(|value| value.parse().ok()).unwrap_or(200);
    println!("of {cases}: {:#?}", opportune_fuzz::lints::survey(cases));
}

#[test]
#[ignore = "tells how many constant conditions lints are silent about"]
fn completeness() {
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse().ok());
    let share = opportune_fuzz::lints::constant::share(
        number("OPPORTUNE_CASES").unwrap_or(200),
        number("OPPORTUNE_SEED").unwrap_or(0),
    );
    println!(
        "{} conditions that change, {} that never do; silent about {}:",
        share.others,
        share.constant,
        share.missed.len()
    );
    share.missed.iter().for_each(|missed| println!("  {missed}"));
}
