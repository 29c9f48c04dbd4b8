//! What lints tell and what they leave alone: each file of `lints/` says in its first line the one lint that is told of it
//! and the words that it points at, or that there is none and why.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, reason = "tests")]

use std::fs;
use std::path::Path;

use opportune_compiler::{ProjectFiles, compile};

const MANIFEST: &str = "name = \"lints\"\nedition = \"2026\"\nzone = \"Europe/Berlin\"\n";

const SCHEMA: &str = r#"
customer person {
  key id: text
  age: int
  weight: number?
  birth: date?
  home: one_of(renter, owner)?
  band: ordered("19-24", "25-34", "65+")?
  town: text?
  mail_ok: bool   consent
}

events visit {
  at visited: instant
  shop: text
  spend: money(EUR)
}

context {
  reason: one_of(complaint, question)
  companion: bool
}

offer fields {
  topic: text = "any"
  tier: int = 1
}

channel mail {
  needs mail_ok
}
"#;

/// The lints of a policy: code and words.
fn told(policy: &str) -> Vec<(String, String)> {
    let text = |path: &str, text: &str| (path.to_owned(), text.to_owned());
    let policies = vec![text("a.offer", SCHEMA), text("b.offer", policy)];
    let compiled = compile(&ProjectFiles { manifest: text("opportune.toml", MANIFEST), policies });
    // The schema has a channel, whether a policy uses it or not.
    let own = compiled.diagnostics.into_iter().filter(|found| &*found.path == "b.offer");
    own.map(|found| {
        let span = found.diagnostic.labels[0].span;
        (found.diagnostic.code.to_owned(), policy[span.start as usize..span.end as usize].to_owned())
    })
    .collect()
}

#[test]
fn each_policy_is_told_what_it_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lints");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 30);
    let mut wrong = Vec::new();
    for path in files {
        let policy = fs::read_to_string(&path).unwrap();
        let first = policy.lines().next().unwrap().strip_prefix("// ").unwrap();
        let (code, words) = first.split_once(": ").unwrap();
        let expected = if code == "silent" { Vec::new() } else { vec![(code.to_owned(), words.to_owned())] };
        let found = told(&policy);
        if found != expected {
            wrong.push(format!("{}: {found:?}", path.file_name().unwrap().to_string_lossy()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_takes_too_long_is_left_alone() {
    // Forty pairs of cases: more than can be told apart.
    let cases: Vec<String> =
        (0..40).map(|at| format!("(age + {at} = {at} or age - {at} = {at} or weight > {at})")).collect();
    let policy = format!("offer x {{\n  channel mail\n  eligible when {}\n}}\n", cases.join("\n    and "));
    let _ = told(&policy);
}
