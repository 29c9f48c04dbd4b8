//! Processes that are killed at any moment: what they were told to be kept is, and nothing else by half.
//!
//! A child, this very test program, runs and records without end and says so on its output after each step; it is killed
//! with no warning. What it said before is in the ledger.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use opportune_ledger::entry::{Key, State};
use opportune_ledger::{Ledger, Place};

use crate::made::{SERVER, Seen, at, contact, contacts, of_run, over_both, response, run};

const CHILD: &str = "OPPORTUNE_TEST_CRASHING_LEDGER";
const DECISIONS: u64 = 700;

/// What the child does; on its own it does nothing.
#[test]
#[ignore = "the other test starts it"]
fn child() {
    let Ok(place) = std::env::var(CHILD) else { return };
    let mut ledger = Ledger::open(&place.parse().unwrap()).unwrap();
    let _lock = ledger.lock().unwrap();
    loop {
        let found = ledger.unfinished().unwrap();
        let id =
            found.as_ref().map_or_else(|| format!("{:06}", ledger.runs().unwrap().len()), |run| run.id.to_string());
        if found.is_none() {
            ledger.begin(&run(&id)).unwrap();
            println!("\nbegun {id}");
        }
        if found.is_none_or(|run| run.state == State::Begun) {
            let mut deciding = ledger.decide(&id).unwrap();
            contacts(&id, DECISIONS).chunks(100).for_each(|page| deciding.put(page).unwrap());
            deciding.commit("{}").unwrap();
            println!("\ndecided {id}");
        }
        ledger.done(&id, "x.csv").unwrap();
        println!("\ndone {id}");
        let answers = (0..50).map(|n| response(&format!("{id} {n}"), Key::Int(n), Some(&contact(&id, 0).id)));
        ledger.record(answers).unwrap();
        println!("\nrecorded {id}");
    }
}

fn start(place: &str) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "crash::child", "--ignored", "--nocapture", "--test-threads=1"]);
    command.env(CHILD, place).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
}

/// Kills the child once it has said so many things, and after a while that differs; gives what it said.
fn killed(place: &str, round: u64) -> Vec<String> {
    let mut child = start(place);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let is_word = |line: &String| ["begun", "decided", "done", "recorded"].iter().any(|word| line.starts_with(word));
    let mut said: Vec<String> = lines.by_ref().filter(is_word).take(1 + round as usize % 4).collect();
    // Not to wait for anything: to be at another moment each time.
    std::thread::sleep(std::time::Duration::from_micros((round * 7919) % 25_000));
    child.kill().unwrap();
    child.wait().unwrap();
    said.extend(lines.filter(is_word));
    said
}

#[test]
fn whatever_is_killed_leaves_all_or_nothing() {
    let rounds = std::env::var("OPPORTUNE_TEST_CRASHES").map_or(12, |rounds| rounds.parse().unwrap());
    over_both(|place| {
        let address = match place {
            Place::Sqlite(path) => path.display().to_string(),
            Place::Postgres(url) => {
                at(&std::env::var(SERVER).unwrap(), url.to_string().split_once("schema=").unwrap().1)
            }
        };
        let (mut said, mut checked) = (Vec::new(), 0);
        for round in 0..rounds {
            let now = killed(&address, round);
            checked = check(place, &now, checked);
            said.extend(now);
        }
        check(place, &said, 0);
        assert_eq!(Ledger::open(place).unwrap().verify().unwrap(), []);
        assert!(said.len() as u64 >= rounds);
    });
}

/// Checks all runs but the first, and all that was said; gives how many are done with.
fn check(place: &Place, said: &[String], first: usize) -> usize {
    let mut ledger = Ledger::open(place).unwrap();
    let runs = ledger.runs().unwrap();
    for run in &runs[first..] {
        let there = of_run(&mut ledger, &run.id);
        if run.state == State::Begun {
            assert_eq!(there, [], "nothing of it counts yet");
        } else {
            assert_eq!(there, contacts(&run.id, DECISIONS), "all of it counts");
        }
    }
    let mut seen = Seen::default();
    ledger.read(None, &mut seen).unwrap();
    for line in said {
        let (word, id) = line.split_once(' ').unwrap();
        let run = runs.iter().find(|run| &*run.id == id).expect("what was begun is there");
        let is_kept = match word {
            "begun" => true,
            "decided" => run.state != State::Begun,
            "done" => run.state == State::Done,
            _ => seen.responses.iter().any(|response| *response.id == *format!("{id} 49")),
        };
        assert!(is_kept, "{line}, and yet it is {:?}", run.state);
    }
    assert!(seen.responses.len().is_multiple_of(50), "responses come all or not at all");
    runs.len().saturating_sub(1)
}
