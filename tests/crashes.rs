//! `kill -9` at random moments of a run, over both databases, and then the run once more: nothing is lost, nothing is made
//! twice. `CRASHES` says how often, 20 times unless it does; `CRASHES_SEED` which moments.
//!
//! A moment is drawn from the whole time that an undisturbed run takes here, so that all of it is met: before the run is
//! begun, while it decides, while the ledger commits, while the file is written, and after. What is killed may be killed
//! again. Whatever the moment, what must hold is the same, and no time is asserted.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

#[path = "support/campaign.rs"]
mod campaign;
#[path = "support/project.rs"]
mod project;

use std::collections::BTreeMap;
use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

use campaign::{Campaign, bare};
use opportune_ledger::entry::State;

const CUSTOMERS: u32 = 4_000;
/// How many contacts are put into the ledger at once is no matter of the tests: a run has several blocks of customers.
const RUN: [&str; 5] = ["run", "--out", "run.jsonl", "--threads", "2"];

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().map_or(otherwise, |text| text.parse().unwrap())
}

/// Numbers that look random and are the same for a seed (SplitMix64).
struct Random(u64);

impl Random {
    /// From 0 to below 1.
    fn share(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Runs the program and kills it after a while, unless it has ended by then.
fn killed_after(campaign: &Campaign, while_: Duration) {
    let mut command = campaign.command(&RUN);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(while_);
    child.kill().unwrap();
    child.wait().unwrap();
}

/// How far the last run came, in words.
fn state(campaign: &Campaign) -> &'static str {
    match campaign.runs().last().map(|run| run.state) {
        None => "before it began",
        Some(State::Begun) => "begun",
        Some(State::Decided) => "decided",
        Some(State::Done) => "done",
        Some(State::GivenUp) => "given up",
    }
}

/// What must hold once a run has been completed: one run, all of what it was to decide, once.
fn complete(campaign: &Campaign, expected: &[String], seed: u64) {
    let runs = campaign.runs();
    assert_eq!(runs.len(), 1, "seed {seed}: {runs:?}");
    assert_eq!(runs[0].state, State::Done, "seed {seed}");
    let text = campaign.read("run.jsonl");
    assert!(bare(&text) == expected, "seed {seed}: the file is not what was to be decided");
    let contacts = campaign.contacts(&runs[0].id);
    let in_ledger: Vec<&str> = contacts.iter().map(|contact| &*contact.id).collect();
    let in_file: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let in_file: Vec<&str> = in_file.iter().map(|row| row["decision"].as_str().unwrap()).collect();
    assert!(in_ledger == in_file, "seed {seed}: the file is not what the ledger has");
    assert_eq!(campaign.open().position().unwrap().0, 1, "seed {seed}: one commit that counts");
    assert!(campaign.open().verify().unwrap().is_empty(), "seed {seed}");
    let names = fs::read_dir(campaign.project.path("")).unwrap().map(|entry| entry.unwrap().file_name());
    let left: Vec<String> = names.map(|name| name.to_string_lossy().into_owned()).collect();
    assert!(!left.iter().any(|name| name.ends_with(".part")), "seed {seed}: {left:?}");
}

/// Kills runs at so many moments, each in a new ledger.
fn crash(fresh: impl Fn() -> Campaign) {
    let undisturbed = fresh();
    undisturbed.fine(&["dry-run", "--out", "dry.jsonl"]);
    let expected = bare(&undisturbed.read("dry.jsonl"));
    assert!(expected.len() > 3_000);
    let started = Instant::now();
    undisturbed.fine(&RUN);
    let whole = started.elapsed();
    complete(&undisturbed, &expected, 0);
    let mut met: BTreeMap<&str, u32> = BTreeMap::new();
    let first = number("CRASHES_SEED", 1);
    for seed in first..first + number("CRASHES", 20) {
        let mut random = Random(seed);
        let campaign = fresh();
        loop {
            killed_after(&campaign, whole.mul_f64(random.share() * 1.1));
            *met.entry(state(&campaign)).or_default() += 1;
            if state(&campaign) == "done" || random.share() < 0.5 {
                break;
            }
        }
        if state(&campaign) != "done" {
            campaign.fine(&RUN);
        }
        complete(&campaign, &expected, seed);
    }
    eprintln!("killed when the run was: {met:?}");
}

#[test]
fn nothing_is_lost_or_made_twice_over_sqlite() {
    crash(|| Campaign::new(CUSTOMERS));
}

#[test]
fn nothing_is_lost_or_made_twice_over_postgres() {
    match std::env::var(campaign::SERVER) {
        Ok(server) => crash(|| Campaign::new(CUSTOMERS).over(&server)),
        Err(_) => {
            assert!(std::env::var_os("CI").is_none(), "{} has to name a server", campaign::SERVER);
            eprintln!("SKIPPED over PostgreSQL: {} names no server", campaign::SERVER);
        }
    }
}
