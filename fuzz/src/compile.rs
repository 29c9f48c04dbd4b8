//! What must hold for compiling any text.

use std::collections::BTreeSet;

use opportune_compiler::db::Database;
use opportune_compiler::diagnostic::{Located, Severity};
use opportune_compiler::project::compiled;
use opportune_compiler::{Compiled, ProjectFiles, compile, mend, syntax};
use opportune_plan::verify;
use salsa::Setter as _;

use crate::bytes::Bytes;
use crate::edit;
use crate::world;

fn has_errors(compiled: &Compiled) -> bool {
    compiled.diagnostics.iter().any(|found| found.diagnostic.severity == Severity::Error)
}

/// Compiling never panics, and each message points at words of its file.
pub fn every_message_has_its_place(bytes: &[u8]) -> bool {
    let files = world::files(&edit::offers(bytes, false));
    let found = compile(&files);
    for located in &found.diagnostics {
        let (_, text) =
            files.policies.iter().chain([&files.manifest]).find(|(path, _)| **path == *located.path).unwrap();
        for label in &located.diagnostic.labels {
            let words = text.get(label.span.start as usize..label.span.end as usize);
            assert!(words.is_some(), "{label:?} is not in `{}`", located.path);
        }
    }
    !found.diagnostics.is_empty()
}

/// A fix that is applied alone takes its message away, and makes nothing unreadable that could be read.
pub fn a_fix_takes_its_message_away(bytes: &[u8]) -> bool {
    let offers = edit::misspelt(bytes);
    let files = world::files(&offers);
    let found = compile(&files).diagnostics;
    let mut reached = false;
    for located in found.iter().filter(|located| located.diagnostic.fix.is_some()).take(4) {
        reached = true;
        let mended = mend::with(&files, std::slice::from_ref(located)).expect("a fix within its file");
        let left = compile(&mended).diagnostics;
        let is_same = |other: &&Located| {
            other.diagnostic.code == located.diagnostic.code
                && other.diagnostic.message == located.diagnostic.message
                && other.diagnostic.labels.first().map(|label| label.span.start)
                    == located.diagnostic.labels.first().map(|label| label.span.start)
        };
        assert_eq!(left.iter().find(is_same), None, "{located:?} stays in\n{}", mended.policies[0].1);
        let unreadable = |all: &[Located]| all.iter().filter(|found| found.diagnostic.code.starts_with("E01")).count();
        assert!(unreadable(&left) <= unreadable(&found), "{located:?} leaves {left:#?}\n{}", mended.policies[0].1);
    }
    reached
}

/// The codes of the messages about a project: what tells one case from another.
pub fn codes(bytes: &[u8]) -> BTreeSet<String> {
    let found = compile(&world::files(&edit::offers(bytes, false)));
    found.diagnostics.iter().map(|located| located.diagnostic.code.to_owned()).collect()
}

/// Where no message is an error there is a plan, and it holds together; where one is, there is none.
pub fn every_plan_verifies(bytes: &[u8]) -> bool {
    let found = compile(&world::files(&edit::offers(bytes, true)));
    let internal = found.diagnostics.iter().find(|located| located.diagnostic.code == "E0901");
    assert!(internal.is_none(), "{internal:?}");
    assert_eq!(found.plan.is_none(), has_errors(&found), "{:?}", found.diagnostics);
    let Some(plan) = found.plan else { return false };
    let again = verify(plan.clone().into_inner());
    assert!(again.is_ok_and(|again| again == plan), "a verified plan does not verify");
    true
}

/// The same text makes the same plan, shown in the same way, whatever was compiled before.
pub fn a_plan_is_shown_the_same_each_time(bytes: &[u8]) -> bool {
    let files = world::files(&edit::offers(bytes, true));
    let (first, second) = (compile(&files), compile(&files));
    assert!(first == second, "two compilations of one text differ");
    let Some(plan) = first.plan else { return false };
    assert_eq!(plan.to_string(), second.plan.expect("the same").to_string());
    let mut backwards = files;
    backwards.policies.reverse();
    assert!(
        compile(&backwards).plan.is_some_and(|other| other.to_string() == plan.to_string()),
        "the files' order counts"
    );
    true
}

/// A formatted policy makes the same plan, and the same messages.
pub fn formatting_changes_no_plan(bytes: &[u8]) -> bool {
    let offers = edit::offers(bytes, true);
    let found = compile(&world::files(&offers));
    let again = compile(&world::files(&syntax::format(&offers).text));
    let codes = |found: &Compiled| found.diagnostics.iter().map(|located| located.diagnostic.code).collect::<Vec<_>>();
    assert_eq!(codes(&again), codes(&found));
    assert!(again.plan == found.plan, "formatting has changed the plan");
    found.plan.is_some()
}

/// After any row of edits the database says what a compilation from scratch says.
pub fn edits_are_as_from_scratch(bytes: &[u8]) -> bool {
    let mut bytes = Bytes(bytes);
    let mut db = Database::default();
    let project = world::files(world::OFFERS).load(&db);
    let mut text = world::OFFERS.to_owned();
    for _ in 0..=bytes.below(4) {
        let before = text.clone();
        let gentle = bytes.below(2) == 0;
        text = edit::edited(text, &mut bytes, gentle);
        // Undone at times, so that what was known once is met again.
        if bytes.below(4) == 0 {
            text = before;
        }
        project.files(&db)[0].set_text(&mut db).to(text.as_str().into());
        same(&compiled(&db, project), &world::files(&text));
    }
    true
}

fn same(incremental: &Compiled, files: &ProjectFiles) {
    let fresh = compile(files);
    assert_eq!(incremental.diagnostics, fresh.diagnostics, "edited and from scratch");
    assert!(*incremental == fresh, "the plans differ, edited and from scratch");
}
