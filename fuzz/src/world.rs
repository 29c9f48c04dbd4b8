//! The small world of `project/`: its texts, its data and its clock; and the real policies that edits start from.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use opportune_compiler::ProjectFiles;
use opportune_plan::VerifiedPlan;
use opportune_runtime::snapshot::Snapshot;
use opportune_runtime::snapshot::read;
use opportune_runtime::time::Clock;

use crate::bytes::Bytes;
use crate::edit::tokens;

/// What edits change.
pub const OFFERS: &str = include_str!("../project/offers.offer");

const SCHEMA: &str = include_str!("../project/schema.offer");
const MANIFEST: &str = include_str!("../project/opportune.toml");

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The project with these offers.
pub fn files(offers: &str) -> ProjectFiles {
    let file = |path: &str, text: &str| (path.to_owned(), text.to_owned());
    ProjectFiles {
        manifest: file("opportune.toml", MANIFEST),
        policies: vec![file("offers.offer", offers), file("schema.offer", SCHEMA)],
    }
}

/// When the world is looked at.
pub fn clock() -> Clock {
    Clock::parse("2026-11-12 10:30", "America/New_York").expect("a time")
}

/// The data, for a plan of the world's schema.
pub fn snapshot(plan: &VerifiedPlan) -> Snapshot {
    match read::load(plan, &root().join("project/data"), &clock()) {
        Ok((snapshot, _)) => snapshot,
        Err(errors) => panic!("the data of a schema that no edit touches: {}", errors[0].message()),
    }
}

/// The policies that come with the project, and the syntax's sample.
pub fn policies() -> &'static [String] {
    static ALL: OnceLock<Vec<String>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut paths = Vec::new();
        let projects =
            ["bank", "coffee", "fashion", "grocer", "shop", "telephone"].map(|name| format!("../policies/{name}"));
        let offers = projects.iter().map(|folder| format!("{folder}/offers"));
        let others = ["../compiler/src/syntax/tests", "project"].map(str::to_owned);
        for folder in projects.iter().cloned().chain(offers).chain(others) {
            let entries = fs::read_dir(root().join(folder)).expect("a folder of policies");
            paths.extend(entries.map(|entry| entry.expect("an entry").path()).filter(|path| is_policy(path)));
        }
        paths.sort();
        assert!(paths.len() > 5, "the policies are not where this looks");
        paths.iter().map(|path| fs::read_to_string(path).expect("a policy")).collect()
    })
}

fn is_policy(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "offer")
}

/// A word, value or sign of one of the policies.
pub fn token(bytes: &mut Bytes<'_>) -> String {
    static ALL: OnceLock<Vec<String>> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        let mut all: Vec<String> = policies()
            .iter()
            .flat_map(|text| tokens(text).into_iter().map(|range| text[range].to_owned()).collect::<Vec<_>>())
            .collect();
        all.sort();
        all.dedup();
        all
    });
    bytes.pick(all).clone()
}
