//! Segments, traits and journeys that nothing uses: no word of any other item is their name, or only of such that are
//! unused themselves; and personas that no test gives.
//!
//! Sure also where an item cannot be understood, since words are looked at and not what they mean; a comment or a text that
//! has the name keeps a definition.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::dropping;
use crate::db::Db;
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::scenario;
use crate::queries::{self, Kind, Project, SourceItem};
use crate::syntax::ast::{ItemKind, Name};

/// Definitions, and the words that speak of them.
const DEFINITIONS: [(Kind, &str); 3] = [(Kind::Segment, "segment"), (Kind::Trait, "trait"), (Kind::Journey, "journey")];

/// A definition without use.
struct Unused<'db> {
    what: &'static str,
    name: &'db Name,
    item: SourceItem<'db>,
}

/// Tells of definitions without use.
pub(super) fn told<'db>(db: &'db dyn Db, project: Project, add: &mut impl FnMut(SourceItem<'db>, Diagnostic)) {
    let unused = unused(db, project);
    let users = users(db, &unused);
    for Unused { what, name, item } in &unused {
        let user = users.get(&*name.node);
        let message = match user {
            Some(user) => format!("only `{user}` uses the {what} `{}`, and nothing uses that", name.node),
            None => format!("nothing uses the {what} `{}`", name.node),
        };
        let diagnostic = Diagnostic::warning(codes::UNUSED_DEFINITION, message, name.span, "not used");
        let diagnostic = diagnostic.help("use it, or remove it");
        // Who names it goes first.
        let whole = dropping::definition(item.text(db)).filter(|_| user.is_none() && !is_below_remark(db, *item));
        let title = || format!("remove `{}`", name.node);
        add(*item, whole.map_or(diagnostic.clone(), |whole| diagnostic.fix(title(), whole, "")));
    }
    personas(db, project, add);
}

/// Whether a remark stands right above an item: it would come to stand above the next one.
fn is_below_remark<'db>(db: &'db dyn Db, item: SourceItem<'db>) -> bool {
    let file = item.file(db).text(db);
    let above = file.get(..item.offset(db) as usize).unwrap_or_default();
    above.lines().next_back().is_some_and(|line| line.trim_start().starts_with("//"))
}

fn unused(db: &dyn Db, project: Project) -> Vec<Unused<'_>> {
    let used = uses(db, project);
    let all = DEFINITIONS.into_iter().flat_map(|(kind, what)| {
        queries::items_by_kind(db, project).get(&kind).into_iter().flatten().map(move |item| (what, *item))
    });
    all.filter_map(|(what, item)| Some(Unused { what, name: name(db, item)?, item }))
        .filter(|found| !used.contains(&found.name.node))
        .collect()
}

/// By name of a definition without use, one that names it.
fn users<'db>(db: &'db dyn Db, unused: &[Unused<'db>]) -> BTreeMap<&'db str, &'db str> {
    let names: BTreeSet<&str> = unused.iter().map(|found| &*found.name.node).collect();
    let mut users = BTreeMap::new();
    for found in unused {
        let others = words(db, found.item).iter().filter(|word| **word != found.name.node && names.contains(&***word));
        for word in others {
            users.entry(&**word).or_insert(&*found.name.node);
        }
    }
    users
}

fn name<'db>(db: &'db dyn Db, item: SourceItem<'db>) -> Option<&'db Name> {
    queries::kind_of(db, item).and_then(|found| queries::kind_and_name(found).1)
}

/// The definitions that are used: words of an item that is none, or of a definition that is used.
#[salsa::tracked]
fn uses(db: &dyn Db, project: Project) -> BTreeSet<Box<str>> {
    let mut waiting: BTreeMap<&str, Vec<SourceItem<'_>>> = BTreeMap::new();
    for (kind, _) in DEFINITIONS {
        for item in queries::items_by_kind(db, project).get(&kind).into_iter().flatten() {
            if let Some(name) = name(db, *item) {
                waiting.entry(&name.node).or_default().push(*item);
            }
        }
    }
    let is_definition: HashSet<SourceItem<'_>> = waiting.values().flatten().copied().collect();
    let others = queries::project_items(db, project).iter().filter(|item| !is_definition.contains(item));
    let mut open: Vec<SourceItem<'_>> = others.copied().collect();
    let mut found = BTreeSet::new();
    while let Some(item) = open.pop() {
        for word in words(db, item) {
            if let Some(items) = waiting.remove(&**word) {
                found.insert(word.clone());
                open.extend(items);
            }
        }
    }
    found
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

/// The words of an item that may be names.
#[salsa::tracked]
fn words<'db>(db: &'db dyn Db, item: SourceItem<'db>) -> BTreeSet<Box<str>> {
    let text = item.text(db);
    let words = text.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    words.filter(|word| word.starts_with(|c: char| c.is_ascii_lowercase())).map(Box::from).collect()
}
