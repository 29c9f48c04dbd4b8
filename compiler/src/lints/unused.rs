//! Segments, traits and journeys that nothing uses: no word of any other item is their name; and personas that no test gives.
//!
//! Sure also where an item cannot be understood, since words are looked at and not what they mean; a comment or a text that
//! has the name keeps a definition.

use std::collections::{BTreeMap, BTreeSet};

use crate::db::Db;
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::scenario;
use crate::queries::{self, Kind, Project, SourceItem};
use crate::syntax::ast::ItemKind;

/// Tells of definitions without use.
pub(super) fn told<'db>(db: &'db dyn Db, project: Project, add: &mut impl FnMut(SourceItem<'db>, Diagnostic)) {
    let uses = uses(db, project);
    for (kind, what) in [(Kind::Segment, "segment"), (Kind::Trait, "trait"), (Kind::Journey, "journey")] {
        for item in queries::items_by_kind(db, project).get(&kind).into_iter().flatten() {
            let name = queries::kind_of(db, *item).and_then(|found| queries::kind_and_name(found).1);
            let Some(name) = name.filter(|name| uses.get(&name.node).is_none_or(|uses| *uses < 2)) else { continue };
            let message = format!("nothing uses the {what} `{}`", name.node);
            let diagnostic = Diagnostic::warning(codes::UNUSED_DEFINITION, message, name.span, "not used");
            add(*item, diagnostic.help("use it, or remove it"));
        }
    }
    personas(db, project, add);
}

/// Tells of personas that no test gives.
fn personas<'db>(db: &'db dyn Db, project: Project, add: &mut impl FnMut(SourceItem<'db>, Diagnostic)) {
    let tests = queries::items_by_kind(db, project).get(&Kind::Test).into_iter().flatten();
    let tests = tests.filter_map(|item| match queries::kind_of(db, *item) {
        Some(ItemKind::Test(test)) => Some(test),
        _ => None,
    });
    let given: BTreeSet<&str> = tests.flat_map(scenario::personas_of).map(|name| &*name.node).collect();
    for item in queries::items_by_kind(db, project).get(&Kind::Persona).into_iter().flatten() {
        let name = queries::kind_of(db, *item).and_then(|found| queries::kind_and_name(found).1);
        let Some(name) = name.filter(|name| !given.contains(&*name.node)) else { continue };
        let message = format!("no test gives the persona `{}`", name.node);
        let diagnostic = Diagnostic::warning(codes::UNUSED_PERSONA, message, name.span, "not given");
        add(*item, diagnostic.help(format!("write a test with `given {}`, or remove it", name.node)));
    }
}

/// By name of a definition, in how many items it is a word: its own is one.
#[salsa::tracked]
fn uses(db: &dyn Db, project: Project) -> BTreeMap<Box<str>, usize> {
    let of_kind = |kind| queries::items_by_kind(db, project).get(&kind).into_iter().flatten();
    let definitions = of_kind(Kind::Segment).chain(of_kind(Kind::Trait)).chain(of_kind(Kind::Journey));
    let names = definitions.filter_map(|item| queries::header(db, *item).as_ref()?.name.clone());
    let mut found: BTreeMap<Box<str>, usize> = names.map(|name| (name, 0)).collect();
    for item in queries::project_items(db, project) {
        for word in words(db, *item) {
            if let Some(uses) = found.get_mut(word) {
                *uses += 1;
            }
        }
    }
    found
}

/// The words of an item that may be names.
#[salsa::tracked]
fn words<'db>(db: &'db dyn Db, item: SourceItem<'db>) -> BTreeSet<Box<str>> {
    let text = item.text(db);
    let words = text.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    words.filter(|word| word.starts_with(|c: char| c.is_ascii_lowercase())).map(Box::from).collect()
}
