//! What lints cost: near linear in what is written, and bounded for texts that are meant to take long.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::time::{Duration, Instant};

use opportune_compiler::ProjectFiles;
use opportune_compiler::db::Database;
use opportune_compiler::diagnostic::Severity;
use opportune_compiler::queries;

const SCHEMA: &str = "customer person {\n  key id: text\n  age: int\n  kids: int?\n  weight: number?\n  town: text?\n  \
                      vip: bool?\n  mail_ok: bool   consent\n}\n\nevents visit {\n  at visited: instant\n  items: int\n}\n\n\
                      context {\n  reason: one_of(complaint, question)\n}\n\noffer fields {\n  topic: text = \"any\"\n}\n\n\
                      channel mail {\n  needs mail_ok\n}\n\n";

fn files(policy: &str) -> ProjectFiles {
    let manifest = "name = \"cost\"\nedition = \"2026\"\nzone = \"UTC\"\n";
    ProjectFiles {
        manifest: ("opportune.toml".into(), manifest.into()),
        policies: vec![("schema.offer".into(), SCHEMA.into()), ("a.offer".into(), policy.into())],
    }
}

/// How long a policy takes to check, and how much longer with lints.
fn cost(policy: &str) -> (Duration, Duration) {
    let db = Database::default();
    let project = files(policy).load(&db);
    let started = Instant::now();
    queries::signatures(&db, project);
    for item in queries::definition_items(&db, project).values() {
        queries::checked_definition(&db, project, *item);
    }
    for item in queries::guarantee_items(&db, project).values() {
        queries::checked_guarantee(&db, project, *item);
    }
    for item in queries::offer_items(&db, project).values() {
        queries::checked_offer(&db, project, *item);
    }
    let checked = started.elapsed();
    let found = queries::diagnostics(&db, project);
    let error = found.iter().find(|found| found.diagnostic.severity == Severity::Error);
    if let Some(error) = error {
        println!("{error:?}");
    }
    (checked, started.elapsed() - checked)
}

fn offer(conditions: &[String], word: &str) -> String {
    format!("offer x {{\n  channel mail\n  eligible when {}\n}}\n", conditions.join(&format!("\n    {word} ")))
}

fn hostile(size: usize) -> Vec<(&'static str, String)> {
    let each = |of: &dyn Fn(usize) -> String| (0..size).map(of).collect::<Vec<_>>();
    let chain = |of: &dyn Fn(usize) -> String| {
        let segments = (0..(size / 5).min(200)).map(|at| format!("segment s{} is {}\n", at + 1, of(at)));
        format!(
            "segment s0 is age > 0\n{}offer x {{\n  channel mail\n  eligible when s{}\n}}\n",
            segments.collect::<String>(),
            (size / 5).min(200)
        )
    };
    vec![
        ("or of fields", offer(&each(&|at| format!("age = {at}")), "or")),
        ("and of fields", offer(&each(&|at| format!("age is not {at}")), "and")),
        ("and of subsumed", offer(&each(&|at| format!("age > {at}")), "and")),
        ("or of pairs", offer(&each(&|at| format!("(age > {at} and kids < {at})")), "or")),
        ("and of pairs", offer(&each(&|at| format!("(age > {at} or kids < {at})")), "and")),
        ("and of counts", offer(&each(&|at| format!("count(visit where items > {at}) > {at}")), "and")),
        ("and of sums", offer(&each(&|at| format!("(age + {at} = {at} or weight > {at})")), "and")),
        ("in a list", format!("offer x {{\n  channel mail\n  eligible when town in [{}]\n}}\n", each(&|at| format!("\"{at}\"")).join(", "))),
        ("always true", offer(&each(&|at| format!("(age is known or age > {at})")), "and")),
        ("segments by and", chain(&|at| format!("s{at} and age > {at} or kids > {at}"))),
        ("segments by twice", chain(&|at| format!("(s{at} and age > {at}) or (not s{at} and kids > {at})"))),
        ("segments by else", chain(&|at| format!("(s{at} else kids > {at}) and (vip else s{at})"))),
        ("segments by if", chain(&|at| format!("if s{at} is true then kids > {at} else s{at}"))),
        ("guarantees", format!("{}offer x {{\n  channel mail\n  eligible when age > 5\n}}\n", each(&|at| format!("guarantee \"g{at}\" review by 2030-01-01 {{\n  never offer.topic = \"any\" when customer.age = {at}\n}}\n")).concat())),
        ("excepts", format!("offer x {{\n  channel mail\n  eligible when age > 5\n{}}}\n", each(&|at| format!("  except when age = {at}\n")).concat())),
        ("excepts of the context", format!("offer x {{\n  channel mail\n{}}}\n", each(&|at| format!("  except when age = {at} or context.reason = complaint\n")).concat())),
        ("caps", format!("offer x {{\n  channel mail\n{}}}\n", each(&|at| format!("  cap {} per customer every {} days\n", at + 1, at + 1)).concat())),
        ("caps over events", format!("offer x {{\n  channel mail\n{}}}\n", each(&|at| format!("  cap {} per customer every {} days over visit where items > {at}\n", at + 1, at + 1)).concat())),
        ("definitions", each(&|at| format!("segment t{at} is age > {at}\n")).concat()),
        ("offers that lose", each(&|at| format!("offer o{at} {{\n  channel mail\n  priority {}\n}}\n", size - at)).concat()),
        ("offers", each(&|at| format!("offer o{at} {{\n  channel mail\n  eligible when age > {} and kids < {}\n  priority {at}\n}}\n", at % 90, at % 7)).concat()),
        ("a priority of branches", format!("offer x {{\n  channel mail\n  priority {}1{}\n}}\n", "if age > 3 then 2 else (".repeat(size.min(30)), ")".repeat(size.min(30)))),
        ("a trait of branches", format!("trait t = {}1{}\noffer x {{\n  channel mail\n  eligible when t > 3 and t < 5 and t is not 4 and age > t\n}}\n", "if age > 3 is true then 2 else (".repeat(size.min(30)), ")".repeat(size.min(30)))),
    ]
}

#[test]
#[ignore = "prints figures"]
fn figures() {
    for size in [1_000, 2_000, 4_000, 10_000] {
        for (name, policy) in hostile(size) {
            let (checked, lints) = cost(&policy);
            println!("{size:>6} {name:<24} {:>6} ms, lints {:>6} ms", checked.as_millis(), lints.as_millis());
        }
    }
}

#[test]
fn no_text_makes_lints_take_long() {
    for (name, policy) in hostile(150) {
        let (checked, lints) = cost(&policy);
        assert!(lints < 20 * checked + Duration::from_secs(20), "{name}: {lints:?}, where checking takes {checked:?}");
    }
}
