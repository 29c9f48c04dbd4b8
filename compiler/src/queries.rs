//! The incremental graph, all of it, in the order in which meaning grows.
//!
//! ```text
//! SourceFile ─ items ─ parsed ─ header ──────────────── names by kind, duplicates
//!                         ├─ checked_schema ─ schema ─┐
//!                         ├─ checked_definition ─ signatures ─┐
//!                         ├─ checked_journey                  ├─ checked_offer ─┐
//!                         ├─ checked_guarantee                │                 │
//!                         ├─ checked_channel                  │                 │
//!                         ├─ checked_portfolio                                  ├─ diagnostics ─ lowered
//!                         └─ checked_persona, checked_test (`scenarios`) ───────┤
//! Project ─ manifest ─ zone, data ──────────────────────────────────────────────┘
//! ```
//!
//! What must hold: spans are relative to their item, so an edit in one item leaves what was read of the others equal,
//! and stops there; only [`diagnostics`] and [`lowered`] look at the whole project. A definition asks for the
//! signatures of others only in the order of [`definition_order`], so that no chain of them is deep.

#![allow(missing_docs, reason = "what salsa generates beside the documented structs has none")]

mod names;
pub(crate) mod noted;
mod scenarios;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::tz::TimeZone;
use opportune_plan::{Currency, Delivery, OfferKind, Span as Length, VerifiedPlan};

use crate::db::Db;
use crate::diagnostic::{Diagnostic, Located, Severity};
use crate::facts::Facts;
use crate::hir::definitions::{self, Order};
use crate::hir::experiment::{self, Deciding};
use crate::hir::infer::{Context, Costs, Ends};
use crate::hir::route::Channels;
use crate::hir::schema::{BuiltIn, CONTACT, Declaration, DeclarationKind, RESPONSE};
use crate::hir::{self, Signature, channel, check, guarantee, journey, portfolio};
use crate::lower::{self, Counted};
use crate::manifest::{self, DataSection, Manifest};
use crate::reads::{self, Known, Reads};
use crate::syntax::ast::{self, ItemKind, Literal, PortfolioClauseKind};
use crate::syntax::{self, ItemWord, RawItem};
use names::{ByItem, ByName, Offers};
pub use scenarios::{
    checked_persona, checked_test, mention, mentions, persona_items, persona_names, test_items, value_lists,
};

/// A policy file.
#[salsa::input]
pub struct SourceFile {
    /// Relative to the project's folder, with `/`.
    pub path: Arc<str>,
    /// The text.
    pub text: Arc<str>,
}

/// The manifest and all policy files, in the order of their paths.
#[salsa::input]
pub struct Project {
    /// The manifest's path.
    pub manifest_path: Arc<str>,
    /// The manifest's text.
    pub manifest_text: Arc<str>,
    /// The policy files.
    pub files: Vec<SourceFile>,
    /// What is known of the data, where somebody has looked.
    pub facts: Option<Arc<Facts>>,
}

/// The text of one item. It stays itself as long as its file and its first words do.
#[salsa::tracked]
pub struct SourceItem<'db> {
    /// The file.
    #[returns(copy)]
    pub file: SourceFile,
    /// The item word and the name, as they are written.
    pub head: String,
    /// What it declares.
    #[tracked]
    #[returns(copy)]
    pub word: ItemWord,
    /// All of its text.
    #[tracked]
    pub text: Arc<str>,
    /// Its first byte in the file.
    #[tracked]
    #[returns(copy)]
    pub offset: u32,
}

/// An item as read: its tree, if it is one, and what is wrong with its text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Parsed {
    /// The tree.
    pub item: Option<ast::Item>,
    /// What is wrong.
    pub diagnostics: Vec<Diagnostic>,
}

/// What an item is, without what is in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Header {
    /// What it declares.
    pub kind: Kind,
    /// Its name; `offer fields` and the portfolio have none.
    pub name: Option<Box<str>>,
}

/// The kinds of items.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, salsa::SalsaValue)]
#[allow(missing_docs, reason = "each is named after its word")]
pub enum Kind {
    Customer,
    Events,
    Table,
    Context,
    Journey,
    Guarantee,
    OfferFields,
    Channel,
    Segment,
    Trait,
    Offer,
    Portfolio,
    Persona,
    Test,
}

/// The items of a file.
#[salsa::tracked]
pub fn items(db: &dyn Db, file: SourceFile) -> Vec<SourceItem<'_>> {
    let raw = syntax::split(file.text(db));
    let item = |raw: RawItem| SourceItem::new(db, file, head(&raw.text), raw.word, raw.text, raw.offset);
    raw.into_iter().map(item).collect()
}

/// The tree of an item.
#[salsa::tracked]
pub fn parsed<'db>(db: &'db dyn Db, item: SourceItem<'db>) -> Parsed {
    let (item, diagnostics) = syntax::parse_item(item.text(db));
    Parsed { item, diagnostics }
}

/// What an item is called.
#[salsa::tracked]
pub fn header<'db>(db: &'db dyn Db, item: SourceItem<'db>) -> Option<Header> {
    let (kind, name) = kind_and_name(&parsed(db, item).item.as_ref()?.kind);
    Some(Header { kind, name: name.map(|name| name.node.clone()) })
}

/// All items of a project.
#[salsa::tracked]
pub fn project_items(db: &dyn Db, project: Project) -> Vec<SourceItem<'_>> {
    project.files(db).iter().flat_map(|file| items(db, *file).iter().copied()).collect()
}

/// The items by what they declare, each kind in the order of the files. What asks for one kind asks here, so that an edit
/// looks at the header of each item once and not once for each kind.
#[salsa::tracked]
pub fn items_by_kind(db: &dyn Db, project: Project) -> BTreeMap<Kind, Vec<SourceItem<'_>>> {
    let mut found: BTreeMap<Kind, Vec<SourceItem<'_>>> = BTreeMap::new();
    for item in project_items(db, project) {
        if let Some(header) = header(db, *item) {
            found.entry(header.kind).or_default().push(*item);
        }
    }
    found
}

/// The items that describe data and offers, in the order of the files.
#[salsa::tracked]
pub fn schema_items(db: &dyn Db, project: Project) -> Vec<SourceItem<'_>> {
    in_file_order(db, project, &[Kind::Customer, Kind::Events, Kind::Table, Kind::Context, Kind::OfferFields])
}

/// The segments and traits by name; of two with one name the first.
#[salsa::tracked]
pub fn definition_items(db: &dyn Db, project: Project) -> BTreeMap<Box<str>, SourceItem<'_>> {
    by_name(db, in_file_order(db, project, &[Kind::Segment, Kind::Trait]))
}

/// The journeys by name.
#[salsa::tracked]
pub fn journey_items(db: &dyn Db, project: Project) -> BTreeMap<Box<str>, SourceItem<'_>> {
    by_name(db, of_kind(db, project, Kind::Journey))
}

/// The guarantees by what they promise.
#[salsa::tracked]
pub fn guarantee_items(db: &dyn Db, project: Project) -> BTreeMap<Box<str>, SourceItem<'_>> {
    by_name(db, of_kind(db, project, Kind::Guarantee))
}

/// The channels by name.
#[salsa::tracked]
pub fn channel_items(db: &dyn Db, project: Project) -> BTreeMap<Box<str>, SourceItem<'_>> {
    by_name(db, of_kind(db, project, Kind::Channel))
}

/// The offers by name.
#[salsa::tracked]
pub fn offer_items(db: &dyn Db, project: Project) -> BTreeMap<Box<str>, SourceItem<'_>> {
    by_name(db, of_kind(db, project, Kind::Offer))
}

/// The portfolios; there should be at most one.
#[salsa::tracked]
pub fn portfolio_items(db: &dyn Db, project: Project) -> Vec<SourceItem<'_>> {
    of_kind(db, project, Kind::Portfolio)
}

/// The names of the channels.
#[salsa::tracked]
pub fn channel_names(db: &dyn Db, project: Project) -> BTreeSet<Box<str>> {
    channel_items(db, project).keys().cloned().collect()
}

/// The names of the journeys: all that others see of them.
#[salsa::tracked]
pub fn journey_names(db: &dyn Db, project: Project) -> BTreeSet<Box<str>> {
    journey_items(db, project).keys().cloned().collect()
}

/// The manifest, and what is wrong with it.
#[salsa::tracked]
pub fn checked_manifest(db: &dyn Db, project: Project) -> (Option<Manifest>, Vec<Diagnostic>) {
    manifest::read(project.manifest_text(db))
}

/// The project's zone.
#[salsa::tracked]
pub fn zone(db: &dyn Db, project: Project) -> Option<Box<str>> {
    checked_manifest(db, project).0.as_ref().map(|manifest| manifest.zone.clone())
}

/// What the manifest says about the data.
#[salsa::tracked]
pub fn data(db: &dyn Db, project: Project) -> DataSection {
    checked_manifest(db, project).0.as_ref().map(|manifest| manifest.data.clone()).unwrap_or_default()
}

/// The schema with its places and all that is wrong with it.
#[salsa::tracked]
pub fn checked_schema(db: &dyn Db, project: Project) -> hir::schema::Checked {
    let items = schema_items(db, project).iter().enumerate();
    let declarations: Vec<Declaration<'_>> = items.filter_map(|(at, item)| declaration(db, at, *item)).collect();
    hir::schema::check(&declarations, data(db, project), time_zone(db, project).as_ref(), built_in(db, project))
}

/// Which built-in events the project has: those whose name no item of its own has.
#[salsa::tracked(returns(copy))]
pub fn built_in(db: &dyn Db, project: Project) -> BuiltIn {
    let no_tables = [Kind::Guarantee, Kind::Persona, Kind::Test];
    let items = items_by_kind(db, project).iter().filter(|(kind, _)| !no_tables.contains(kind));
    let mut found = BuiltIn { contact: true, response: true, currency: None };
    for name in items.flat_map(|(_, items)| items).filter_map(|item| header(db, *item).as_ref()?.name.as_deref()) {
        found.contact &= name != CONTACT;
        found.response &= name != RESPONSE;
    }
    BuiltIn { currency: checked_manifest(db, project).0.as_ref().and_then(|manifest| manifest.currency), ..found }
}

/// The schema alone: an edit that only moves its text ends here.
#[salsa::tracked]
pub fn schema(db: &dyn Db, project: Project) -> hir::Schema {
    checked_schema(db, project).schema.clone()
}

/// Which other definitions a segment or trait speaks of.
#[salsa::tracked]
pub fn references<'db>(db: &'db dyn Db, project: Project, item: SourceItem<'db>) -> BTreeSet<Box<str>> {
    let found = definition_of(db, item).map(|(found, _)| definitions::references(schema(db, project), &found.value));
    found.unwrap_or_default()
}

/// In which order segments and traits can be read.
#[salsa::tracked]
pub fn definition_order(db: &dyn Db, project: Project) -> Order {
    let items = definition_items(db, project).iter();
    definitions::order(&items.map(|(name, item)| (name.clone(), references(db, project, *item).clone())).collect())
}

/// The value of a segment or trait, and what is wrong with it.
#[salsa::tracked]
pub fn checked_definition<'db>(
    db: &'db dyn Db,
    project: Project,
    item: SourceItem<'db>,
) -> (Option<hir::Expr>, Vec<Diagnostic>) {
    let Some((found, is_segment)) = definition_of(db, item) else { return (None, Vec::new()) };
    in_definition(db, project, |context| definitions::definition(context, found, is_segment))
}

/// What is known of a segment or trait without looking into it.
#[salsa::tracked(returns(copy))]
pub fn signature<'db>(db: &'db dyn Db, project: Project, item: SourceItem<'db>) -> Option<Signature> {
    let name = header(db, item).as_ref()?.name.as_ref()?;
    if definition_order(db, project).cyclic.contains_key(name) {
        return None;
    }
    definitions::signature(checked_definition(db, project, item).0.as_ref())
}

/// The signatures of all segments and traits, found in an order in which each is found after those it needs.
#[salsa::tracked]
pub fn signatures(db: &dyn Db, project: Project) -> BTreeMap<Box<str>, Option<Signature>> {
    let items = definition_items(db, project);
    let sorted = definition_order(db, project).sorted.iter();
    sorted.filter_map(|name| Some((name.clone(), signature(db, project, *items.get(name)?)))).collect()
}

/// The segments and traits that need a journey, by themselves or by others that they need.
#[salsa::tracked]
pub fn journey_users(db: &dyn Db, project: Project) -> BTreeSet<Box<str>> {
    let items = definition_items(db, project);
    let mut users = BTreeSet::new();
    for name in &definition_order(db, project).sorted {
        let value = items.get(name).and_then(|item| checked_definition(db, project, *item).0.as_ref());
        if value.is_some_and(|value| journey::needs_journey(value, &users).is_some()) {
            users.insert(name.clone());
        }
    }
    users
}

/// A journey, and what is wrong with it.
#[salsa::tracked]
pub fn checked_journey<'db>(
    db: &'db dyn Db,
    project: Project,
    item: SourceItem<'db>,
) -> (Option<hir::Journey>, Vec<Diagnostic>) {
    let Some(ItemKind::Journey(found)) = kind_of(db, item) else { return (None, Vec::new()) };
    in_context(db, project, |context| journey::journey(context, found, journey_users(db, project)))
}

/// A guarantee, and what is wrong with it.
#[salsa::tracked]
pub fn checked_guarantee<'db>(
    db: &'db dyn Db,
    project: Project,
    item: SourceItem<'db>,
) -> (Option<hir::Guarantee>, Vec<Diagnostic>) {
    let Some(ItemKind::Guarantee(found)) = kind_of(db, item) else { return (None, Vec::new()) };
    in_context(db, project, |context| guarantee::guarantee(context, found))
}

/// A channel, and what is wrong with it.
#[salsa::tracked]
pub fn checked_channel<'db>(
    db: &'db dyn Db,
    project: Project,
    item: SourceItem<'db>,
) -> (Option<hir::Channel>, Vec<Diagnostic>) {
    let Some(ItemKind::Channel(found)) = kind_of(db, item) else { return (None, Vec::new()) };
    in_context(db, project, |context| channel::channel(context, around_channel(db, project), found))
}

fn around_channel(db: &dyn Db, project: Project) -> channel::Around<'_> {
    channel::Around { consenting: consenting(db, project), horizon: horizon(db, project) }
}

/// The segments and traits that read a field of consent, by themselves or by others.
#[salsa::tracked]
pub fn consenting(db: &dyn Db, project: Project) -> BTreeSet<Box<str>> {
    let items = definition_items(db, project);
    let schema = schema(db, project);
    let mut found = BTreeSet::new();
    for name in &definition_order(db, project).sorted {
        let value = items.get(name).and_then(|item| checked_definition(db, project, *item).0.as_ref());
        if value.is_some_and(|value| channel::reads_consent(value, schema, &found)) {
            found.insert(name.clone());
        }
    }
    found
}

/// Which fields segments, traits and journeys read.
#[salsa::tracked]
pub fn known_reads(db: &dyn Db, project: Project) -> Known {
    let items = definition_items(db, project);
    let definitions = definition_order(db, project)
        .sorted
        .iter()
        .filter_map(|name| Some((&**name, checked_definition(db, project, *items.get(name)?).0.as_ref()?)));
    let journeys = journey_items(db, project).values();
    let journeys = journeys.filter_map(|item| checked_journey(db, project, *item).0.as_ref());
    Known::of(schema(db, project), definitions, journeys)
}

/// Which fields an offer, a channel, a guarantee or the portfolio reads, as far as it was understood.
#[salsa::tracked]
pub fn reads_of<'db>(db: &'db dyn Db, project: Project, item: SourceItem<'db>) -> Reads {
    let (schema, known) = (schema(db, project), known_reads(db, project));
    let found = match kind_of(db, item) {
        Some(ItemKind::Offer(_)) => {
            checked_offer(db, project, item).0.as_ref().map(|offer| reads::of_offer(schema, known, offer))
        }
        Some(ItemKind::Channel(_)) => {
            checked_channel(db, project, item).0.as_ref().map(|channel| reads::of_channel(schema, known, channel))
        }
        Some(ItemKind::Guarantee(_)) => {
            checked_guarantee(db, project, item).0.as_ref().map(|found| reads::of_guarantee(schema, known, found))
        }
        Some(ItemKind::Portfolio(_)) => Some(reads::of_portfolio(schema, known, &checked_portfolio(db, project).0)),
        _ => None,
    };
    found.unwrap_or_default()
}

/// How far ahead a sending may lie: what the portfolio says, as it is written.
#[salsa::tracked(returns(copy))]
pub fn horizon(db: &dyn Db, project: Project) -> Length {
    let first = portfolio_items(db, project).first().and_then(|item| kind_of(db, *item));
    let Some(ItemKind::Portfolio(clauses)) = first else { return Delivery::default().horizon };
    let written = clauses.iter().find_map(|clause| match &clause.kind {
        PortfolioClauseKind::Horizon(ast::Expr { kind: ast::ExprKind::Literal(Literal::Span(length)), .. }) => {
            Some(*length)
        }
        _ => None,
    });
    written.unwrap_or(Delivery::default().horizon)
}

/// What offers see of the channels.
#[salsa::tracked]
pub fn channel_traits(db: &dyn Db, project: Project) -> BTreeMap<Box<str>, channel::Traits> {
    let items = channel_items(db, project).iter();
    items
        .filter_map(|(name, item)| Some((name.clone(), checked_channel(db, project, *item).0.as_ref()?.traits())))
        .collect()
}

/// The fields of offers that must be the same in all arms of an offer, and why.
#[salsa::tracked]
pub fn deciding(db: &dyn Db, project: Project) -> Deciding {
    let items = in_file_order(db, project, &[Kind::Channel, Kind::Guarantee, Kind::Portfolio]);
    let mut found = Deciding::new();
    for item in items {
        for (field, why) in deciding_in(db, item) {
            found.entry(field.clone()).or_insert(why);
        }
    }
    found
}

/// Those that one item reads.
#[salsa::tracked]
pub fn deciding_in<'db>(db: &'db dyn Db, item: SourceItem<'db>) -> Deciding {
    kind_of(db, item).map(experiment::deciding).unwrap_or_default()
}

/// What may be asked of an offer without looking into it.
#[salsa::tracked(returns(copy))]
pub fn ends<'db>(db: &'db dyn Db, item: SourceItem<'db>) -> Ends {
    let Some(ItemKind::Offer(offer)) = kind_of(db, item) else { return Ends::default() };
    check::ends(offer)
}

/// An offer, and what is wrong with it.
#[salsa::tracked]
pub fn checked_offer<'db>(
    db: &'db dyn Db,
    project: Project,
    item: SourceItem<'db>,
) -> (Option<hir::Offer>, Vec<Diagnostic>) {
    let Some(ItemKind::Offer(found)) = kind_of(db, item) else { return (None, Vec::new()) };
    in_context(db, project, |context| check::offer(context, around_offer(db, project, item), found))
}

fn around_offer<'db>(db: &'db dyn Db, project: Project, item: SourceItem<'db>) -> check::Around<'db> {
    let channels = Channels { names: channel_names(db, project), traits: channel_traits(db, project) };
    let text = own_text(db, item);
    check::Around { channels, deciding: deciding(db, project), horizon: horizon(db, project), text }
}

/// The rules over all offers, and what is wrong with them.
#[salsa::tracked]
pub fn checked_portfolio(db: &dyn Db, project: Project) -> (hir::Portfolio, Vec<Diagnostic>) {
    let first = portfolio_items(db, project).first().and_then(|item| kind_of(db, *item));
    let Some(ItemKind::Portfolio(clauses)) = first else { return (portfolio::default(), Vec::new()) };
    in_context(db, project, |context| portfolio::portfolio(context, around_portfolio(db, project), clauses))
}

fn around_portfolio(db: &dyn Db, project: Project) -> portfolio::Around<'_> {
    portfolio::Around {
        text: first_text(db, project),
        channels: channel_names(db, project),
        offers: offer_heads(db, project),
        costs: costs(db, project),
        traits: channel_traits(db, project),
        offer_costs: offer_costs(db, project),
    }
}

/// The text of the portfolio.
fn first_text(db: &dyn Db, project: Project) -> &str {
    portfolio_items(db, project).first().map_or("", |item| own_text(db, *item))
}

/// What the portfolio sees of the offers.
#[salsa::tracked]
pub fn offer_heads(db: &dyn Db, project: Project) -> BTreeMap<Box<str>, portfolio::Head> {
    let items = offer_items(db, project).iter();
    items.filter_map(|(name, item)| Some((name.clone(), offer_head(db, *item)?))).collect()
}

/// What the portfolio sees of one offer.
#[salsa::tracked(returns(copy))]
pub fn offer_head<'db>(db: &'db dyn Db, item: SourceItem<'db>) -> Option<portfolio::Head> {
    let Some(ItemKind::Offer(offer)) = kind_of(db, item) else { return None };
    let has_cost = offer.clauses.iter().any(|clause| matches!(clause.kind, ast::OfferClauseKind::Cost(_)));
    Some(portfolio::Head { kind: offer.kind, is_family: offer.each.is_some(), has_cost })
}

/// The offers that say what they cost, and in which currency; no notices, which stand outside the portfolio.
#[salsa::tracked]
pub fn offer_costs(db: &dyn Db, project: Project) -> Vec<(Box<str>, Option<Currency>)> {
    let heads = offer_heads(db, project).iter();
    let names = heads.filter(|(_, head)| head.has_cost && head.kind != OfferKind::Notice).map(|(name, _)| name);
    names
        .map(|name| (name.clone(), offer_items(db, project).get(name).and_then(|item| cost_in(db, project, *item))))
        .collect()
}

/// In which currency an offer says its cost.
#[salsa::tracked(returns(copy))]
pub fn cost_in<'db>(db: &'db dyn Db, project: Project, item: SourceItem<'db>) -> Option<Currency> {
    hir::currency(checked_offer(db, project, item).0.as_ref()?.cost.as_ref()?.ty)
}

/// The text of an item without the comments behind it, which may speak of the next.
#[salsa::tracked]
pub fn own_text<'db>(db: &'db dyn Db, item: SourceItem<'db>) -> Box<str> {
    let mut text = item.text(db).trim_end();
    while let Some((before, last)) = text.rsplit_once('\n')
        && last.starts_with("//")
    {
        text = before.trim_end();
    }
    text.into()
}

/// In which currency channels say their costs.
#[salsa::tracked(returns(copy))]
pub fn costs(db: &dyn Db, project: Project) -> Costs {
    let channels = channel_items(db, project).values();
    let costs = channels.filter_map(|item| checked_channel(db, project, *item).0.as_ref()?.cost.as_ref());
    costs.fold(Costs::None, |known, cost| match (known, hir::currency(cost.ty)) {
        (Costs::None, Some(currency)) => Costs::In(currency),
        (Costs::In(known), Some(currency)) if known == currency => Costs::In(known),
        _ => Costs::Differ,
    })
}

/// All that is wrong with the project: the manifest first, then file by file.
#[salsa::tracked]
pub fn diagnostics(db: &dyn Db, project: Project) -> Vec<Located> {
    crate::report::diagnostics(db, project)
}

/// The plan, where nothing is wrong; the reason, where a policy without mistakes did not become one.
#[salsa::tracked]
pub fn lowered(db: &dyn Db, project: Project) -> Option<Result<VerifiedPlan, String>> {
    lowered_with(db, project, Counted::AtNow)
}

/// The plan with every cap of a customer counted at the time of sending. A run asks for it, and no editor does.
pub fn lowered_at_sending(db: &dyn Db, project: Project) -> Option<Result<VerifiedPlan, String>> {
    lowered_with(db, project, Counted::AtSending)
}

fn lowered_with(db: &dyn Db, project: Project, caps: Counted) -> Option<Result<VerifiedPlan, String>> {
    Some(lower::lower(&policy(db, project)?, caps).map_err(|error| error.to_string()))
}

/// The plan as it is before any pass: what [`lowered`] must decide.
pub fn built(db: &dyn Db, project: Project) -> Option<Result<VerifiedPlan, String>> {
    Some(lower::built(&policy(db, project)?).map_err(|error| error.to_string()))
}

/// What is lowered, where nothing is wrong.
pub(crate) fn policy(db: &dyn Db, project: Project) -> Option<lower::Policy<'_>> {
    if diagnostics(db, project).iter().any(|found| found.diagnostic.severity == Severity::Error) {
        return None;
    }
    let manifest = checked_manifest(db, project).0.as_ref()?;
    let definitions = definition_items(db, project);
    let sorted = definition_order(db, project).sorted.iter();
    Some(lower::Policy {
        manifest,
        schema: schema(db, project),
        definitions: sorted
            .map(|name| Some((&**name, checked_definition(db, project, *definitions.get(name)?).0.as_ref()?)))
            .collect::<Option<_>>()?,
        journeys: journey_items(db, project)
            .values()
            .map(|item| checked_journey(db, project, *item).0.as_ref())
            .collect::<Option<_>>()?,
        guarantees: guarantee_items(db, project)
            .values()
            .map(|item| checked_guarantee(db, project, *item).0.as_ref())
            .collect::<Option<_>>()?,
        channels: channel_items(db, project)
            .values()
            .map(|item| checked_channel(db, project, *item).0.as_ref())
            .collect::<Option<_>>()?,
        offers: offer_items(db, project)
            .values()
            .map(|item| checked_offer(db, project, *item).0.as_ref())
            .collect::<Option<_>>()?,
        portfolio: &checked_portfolio(db, project).0,
    })
}

pub(crate) fn in_context<T>(db: &dyn Db, project: Project, run: impl FnOnce(Context<'_>) -> T) -> T {
    let zone = time_zone(db, project);
    let names = ByName {
        signatures: signatures(db, project),
        channels: channel_names(db, project),
        journeys: journey_names(db, project),
        offers: Offers { db, project },
    };
    run(Context::new(schema(db, project), &names, zone.as_ref()))
}

/// The context of segments and traits, which others are still being read for.
fn in_definition<T>(db: &dyn Db, project: Project, run: impl FnOnce(Context<'_>) -> T) -> T {
    let zone = time_zone(db, project);
    run(Context::new(schema(db, project), &ByItem { db, project }, zone.as_ref()))
}

fn time_zone(db: &dyn Db, project: Project) -> Option<TimeZone> {
    zone(db, project).as_ref().and_then(|zone| TimeZone::get(zone).ok())
}

/// The item word and what follows it, up to the first word that is neither.
fn head(text: &str) -> String {
    let line = text.lines().find(|line| !line.starts_with("//") && !syntax::is_allow(line)).unwrap_or_default();
    line.split_ascii_whitespace().take(2).collect::<Vec<_>>().join(" ")
}

/// The tree of an item, if it is one.
pub fn kind_of<'db>(db: &'db dyn Db, item: SourceItem<'db>) -> Option<&'db ItemKind> {
    parsed(db, item).item.as_ref().map(|item| &item.kind)
}

fn definition_of<'db>(db: &'db dyn Db, item: SourceItem<'db>) -> Option<(&'db ast::DefinitionItem, bool)> {
    match kind_of(db, item)? {
        ItemKind::Segment(found) => Some((found, true)),
        ItemKind::Trait(found) => Some((found, false)),
        _ => None,
    }
}

fn declaration<'db>(db: &'db dyn Db, at: usize, item: SourceItem<'db>) -> Option<Declaration<'db>> {
    let kind = match kind_of(db, item)? {
        ItemKind::Customer(table) => DeclarationKind::Customer(table),
        ItemKind::Events(table) => DeclarationKind::Events(table),
        ItemKind::Table(table) => DeclarationKind::Lookup(table),
        ItemKind::Context(fields) => DeclarationKind::Context(fields),
        ItemKind::OfferFields(fields) => DeclarationKind::OfferFields(fields),
        _ => return None,
    };
    Some(Declaration { item: at, kind })
}

fn of_kind(db: &dyn Db, project: Project, kind: Kind) -> Vec<SourceItem<'_>> {
    items_by_kind(db, project).get(&kind).cloned().unwrap_or_default()
}

/// Items of several kinds, in the order of the files.
fn in_file_order<'db>(db: &'db dyn Db, project: Project, kinds: &[Kind]) -> Vec<SourceItem<'db>> {
    let all = project_items(db, project).iter().copied();
    all.filter(|item| header(db, *item).as_ref().is_some_and(|header| kinds.contains(&header.kind))).collect()
}

fn by_name<'db>(db: &'db dyn Db, items: Vec<SourceItem<'db>>) -> BTreeMap<Box<str>, SourceItem<'db>> {
    let mut found = BTreeMap::new();
    for item in items {
        if let Some(name) = header(db, item).as_ref().and_then(|header| header.name.clone()) {
            found.entry(name).or_insert(item);
        }
    }
    found
}

/// What an item declares, and its name with its place.
pub fn kind_and_name(kind: &ItemKind) -> (Kind, Option<&ast::Name>) {
    match kind {
        ItemKind::Customer(table) => (Kind::Customer, Some(&table.name)),
        ItemKind::Events(table) => (Kind::Events, Some(&table.name)),
        ItemKind::Table(table) => (Kind::Table, Some(&table.name)),
        ItemKind::Context(_) => (Kind::Context, None),
        ItemKind::Journey(journey) => (Kind::Journey, Some(&journey.name)),
        ItemKind::Guarantee(guarantee) => (Kind::Guarantee, Some(&guarantee.name)),
        ItemKind::OfferFields(_) => (Kind::OfferFields, None),
        ItemKind::Channel(channel) => (Kind::Channel, Some(&channel.name)),
        ItemKind::Segment(definition) => (Kind::Segment, Some(&definition.name)),
        ItemKind::Trait(definition) => (Kind::Trait, Some(&definition.name)),
        ItemKind::Offer(offer) => (Kind::Offer, Some(&offer.name)),
        ItemKind::Portfolio(_) => (Kind::Portfolio, None),
        ItemKind::Persona(persona) => (Kind::Persona, Some(&persona.name)),
        ItemKind::Test(test) => (Kind::Test, Some(&test.name)),
    }
}
