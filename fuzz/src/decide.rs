//! What must hold for the decisions of any policy that validates.

use opportune_compiler::db::Database;
use opportune_compiler::queries::built;
use opportune_compiler::rehearsal::rehearse;
use opportune_compiler::{ProjectFiles, compile};
use opportune_plan::VerifiedPlan;
use opportune_runtime::run::{self, Engine, Options, Summary};
use opportune_runtime::snapshot::Snapshot;

use crate::bytes::Bytes;
use crate::edit;
use crate::world;

/// Everything that a run gives: its decisions, scores by their bits, and its counts.
type Decided = (Vec<(String, u64)>, Summary);

/// A policy that validates, and the data for it.
fn case(files: &ProjectFiles) -> Option<(VerifiedPlan, Snapshot)> {
    let plan = compile(files).plan?;
    let snapshot = world::snapshot(&plan);
    Some((plan, snapshot))
}

fn gently(bytes: &[u8]) -> ProjectFiles {
    world::files(&edit::offers(bytes, true))
}

fn decided(plan: &VerifiedPlan, snapshot: &Snapshot, engine: Engine, block_size: usize, threads: usize) -> Decided {
    let mut all = Vec::new();
    let mut sink = |decisions: &[opportune_runtime::decide::Decision]| {
        all.extend(decisions.iter().map(|decision| (format!("{decision:?}"), decision.score.to_bits())));
        Ok(())
    };
    let options = Options { threads, engine, block_size };
    let summary = run::decide_all(plan, snapshot, &world::clock(), &options, &mut sink);
    let summary = summary.unwrap_or_else(|error| panic!("a policy that validates fails: {error}"));
    (all, summary)
}

/// A policy that validates decides for every customer: no error, no panic, and the counts agree with the decisions.
pub fn validated_means_total(bytes: &[u8]) -> bool {
    let Some((plan, snapshot)) = case(&gently(bytes)) else { return false };
    let (decisions, summary) = decided(&plan, &snapshot, Engine::Interpreter, 64, 1);
    assert_eq!(decisions.len() as u64, summary.decisions);
    assert_eq!(summary.customers, snapshot.customers() as u64);
    true
}

/// Machine code decides as the reference evaluator does.
pub fn machine_code_is_the_interpreter(bytes: &[u8]) -> bool {
    let Some((plan, snapshot)) = case(&gently(bytes)) else { return false };
    let expected = decided(&plan, &snapshot, Engine::Interpreter, 64, 1);
    assert_eq!(decided(&plan, &snapshot, Engine::Jit, 64, 1), expected);
    true
}

/// Neither the size of blocks nor the number of threads changes a decision.
pub fn one_block_size_is_another(bytes: &[u8]) -> bool {
    let mut words = Bytes(bytes);
    let (size, threads) = (64 << words.below(7), 1 + words.below(4));
    let Some((plan, snapshot)) = case(&gently(words.0)) else { return false };
    let expected = decided(&plan, &snapshot, Engine::Interpreter, 4_096, 1);
    assert_eq!(decided(&plan, &snapshot, Engine::Interpreter, size, threads), expected, "blocks of {size}");
    true
}

/// The plan before any pass decides what the optimised one does.
pub fn passes_change_no_decision(bytes: &[u8]) -> bool {
    let files = gently(bytes);
    let Some((plan, snapshot)) = case(&files) else { return false };
    let db = Database::default();
    let plain = built(&db, files.load(&db)).expect("a policy without mistakes").unwrap();
    let expected = decided(&plain, &snapshot, Engine::Interpreter, 64, 1);
    assert_eq!(decided(&plan, &snapshot, Engine::Interpreter, 64, 1), expected);
    true
}

/// The plan on which tests are played decides what the plan decides that runs, whatever else is in it.
pub fn rehearsals_decide_as_runs(bytes: &[u8]) -> bool {
    let files = gently(bytes);
    let Some((plan, snapshot)) = case(&files) else { return false };
    let rehearsal = rehearse(&files).1.expect("a policy without mistakes");
    let (expected, _) = decided(&plan, &snapshot, Engine::Interpreter, 64, 1);
    let (found, _) = decided(&rehearsal.plan, &world::snapshot(&rehearsal.plan), Engine::Interpreter, 64, 1);
    assert_eq!(found, expected);
    for (at, condition) in rehearsal.conditions.iter().enumerate() {
        assert!(condition.meaning.all().all(|(_, expr)| rehearsal.plan.exprs.get(expr).is_some()));
        assert!(condition.part_of.is_none_or(|of| of < at), "a part stands after its whole");
    }
    true
}

/// A condition said in another way decides the same, whatever is missing.
pub fn the_same_said_otherwise_decides_the_same(bytes: &[u8]) -> bool {
    let mut words = Bytes(bytes);
    let way = *words.pick(WAYS);
    let before = edit::offers(words.0, true);
    let after: String = before.split_inclusive('\n').map(|line| otherwise(line, way)).collect();
    let (Some((plan, snapshot)), Some((other, _))) = (case(&world::files(&before)), case(&world::files(&after))) else {
        return false;
    };
    let expected = decided(&plan, &snapshot, Engine::Interpreter, 64, 1);
    assert_eq!(decided(&other, &snapshot, Engine::Interpreter, 64, 1), expected, "with `{way}`");
    true
}

/// Conditions that are equal in Kleene's logic, around `X`.
const WAYS: &[&str] = &[
    "(X)",
    "not (not (X))",
    "(X) and true",
    "false or (X)",
    "(X) and (X)",
    "if true then (X) else false",
    "(X) or ((X) and (X))",
    "not (not (X) or false)",
];

/// A line with a condition in brackets and more.
fn otherwise(line: &str, way: &str) -> String {
    for word in ["  eligible when ", "  except when "] {
        if let Some(condition) = line.strip_prefix(word) {
            return format!("{word}{}\n", way.replace('X', condition.trim_end()));
        }
    }
    line.to_owned()
}
