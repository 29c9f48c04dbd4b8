//! Tests in the graph: nothing but [`super::diagnostics`] and the rehearsal looks at them, so that no test changes a plan.
//!
//! What must hold: a test asks for the heads of offers and for the personas that it names, so that an edit in an offer or
//! in another persona leaves it, and an edit in a test touches no other item.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Kind, Project, SourceItem, by_name, channel_names, header, in_context, kind_of, of_kind, offer_items, schema,
    time_zone,
};
use crate::db::Db;
use crate::diagnostic::Diagnostic;
use crate::hir;
use crate::hir::scenario::{self, Around, Mention};
use crate::syntax::ast::{ItemKind, OfferClauseKind, PersonaItem};

/// The personas by name.
#[salsa::tracked]
pub fn persona_items(db: &dyn Db, project: Project) -> BTreeMap<Box<str>, SourceItem<'_>> {
    by_name(db, of_kind(db, project, Kind::Persona))
}

/// The names of the personas.
#[salsa::tracked]
pub fn persona_names(db: &dyn Db, project: Project) -> BTreeSet<Box<str>> {
    persona_items(db, project).keys().cloned().collect()
}

/// The tests, in the order of the files; of two with one name the first.
#[salsa::tracked]
pub fn test_items(db: &dyn Db, project: Project) -> Vec<SourceItem<'_>> {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut all = of_kind(db, project, Kind::Test);
    all.retain(|item| {
        let name = header(db, *item).as_ref().and_then(|header| header.name.as_deref());
        name.is_some_and(|name| seen.insert(name))
    });
    all
}

/// The schema's lists of values alone: what a value that is written out may name.
#[salsa::tracked]
pub fn value_lists(db: &dyn Db, project: Project) -> hir::Schema {
    let schema = schema(db, project);
    let mut lists = hir::Schema { weekday: schema.weekday, ..hir::Schema::default() };
    lists.plan.domains.clone_from(&schema.plan.domains);
    lists
}

/// What tests see of an offer.
#[salsa::tracked]
pub fn mention<'db>(db: &'db dyn Db, project: Project, item: SourceItem<'db>) -> Option<Mention> {
    let Some(ItemKind::Offer(offer)) = kind_of(db, item) else { return None };
    let routes = offer.clauses.iter().filter_map(|clause| match &clause.kind {
        OfferClauseKind::Channel(routes) => Some(routes),
        _ => None,
    });
    let member = offer.each.as_ref().and_then(|each| scenario::member_type(schema(db, project), each));
    let channels = routes.flatten().map(|route| route.channel.node.clone()).collect();
    Some(Mention { kind: offer.kind, member, is_family: offer.each.is_some(), channels })
}

/// What tests see of all offers.
#[salsa::tracked]
pub fn mentions(db: &dyn Db, project: Project) -> BTreeMap<Box<str>, Mention> {
    let items = offer_items(db, project).iter();
    items.filter_map(|(name, item)| Some((name.clone(), mention(db, project, *item).clone()?))).collect()
}

/// All that is wrong with a persona.
#[salsa::tracked]
pub fn checked_persona<'db>(db: &'db dyn Db, project: Project, item: SourceItem<'db>) -> Vec<Diagnostic> {
    let Some(ItemKind::Persona(found)) = kind_of(db, item) else { return Vec::new() };
    around(db, project, &BTreeMap::new(), |around| scenario::persona(around, found)).unwrap_or_default()
}

/// A test, and what is wrong with it.
#[salsa::tracked]
pub fn checked_test<'db>(
    db: &'db dyn Db,
    project: Project,
    item: SourceItem<'db>,
) -> (Option<scenario::Test>, Vec<Diagnostic>) {
    let Some(ItemKind::Test(found)) = kind_of(db, item) else { return (None, Vec::new()) };
    let items = persona_items(db, project);
    let named = scenario::personas_of(found).filter_map(|name| match kind_of(db, *items.get(&name.node)?) {
        Some(ItemKind::Persona(persona)) => Some((name.node.clone(), persona)),
        _ => None,
    });
    let named: BTreeMap<Box<str>, &PersonaItem> = named.collect();
    around(db, project, &named, |around| scenario::test(around, found)).unwrap_or_default()
}

/// Without a zone the manifest is wrong, and no moment has a meaning.
fn around<T>(
    db: &dyn Db,
    project: Project,
    personas: &BTreeMap<Box<str>, &PersonaItem>,
    run: impl FnOnce(Around<'_>) -> T,
) -> Option<T> {
    let zone = time_zone(db, project)?;
    let found = in_context(db, project, |context| {
        run(Around {
            context,
            lists: value_lists(db, project),
            zone: &zone,
            personas,
            persona_names: persona_names(db, project),
            offers: mentions(db, project),
            channels: channel_names(db, project),
        })
    });
    Some(found)
}
