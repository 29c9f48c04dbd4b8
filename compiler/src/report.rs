//! Gathers all that is wrong with a project, in the order of its files, with places in the files.

mod missing;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::db::Db;
use crate::diagnostic::{Diagnostic, Fix, Label, Located, Severity, codes};
use crate::hir::schema::{CONTACT, RESPONSE};
use crate::hir::{self, definitions};
use crate::lints;
use crate::queries::{self, Kind, Project, SourceItem};
use crate::syntax::ast::ItemKind;
use crate::syntax::{ItemWord, Span, is_allow};
use crate::vocabulary::BUILT_IN;

/// All diagnostics: the manifest's first, then file by file, each in the order of its text.
pub(crate) fn diagnostics(db: &dyn Db, project: Project) -> Vec<Located> {
    let schema = queries::checked_schema(db, project);
    let mut of_manifest: Vec<&Diagnostic> =
        queries::checked_manifest(db, project).1.iter().chain(&schema.manifest).collect();
    of_manifest.sort_by_key(|diagnostic| diagnostic.labels.first().map(|label| label.span));
    let path = project.manifest_path(db);
    let in_manifest = |found: &Diagnostic| Located { path: path.clone(), diagnostic: found.clone() };
    let mut all: Vec<Located> = of_manifest.into_iter().map(in_manifest).collect();
    let mut of_items: BTreeMap<usize, Vec<Diagnostic>> = BTreeMap::new();
    let items = queries::project_items(db, project);
    let positions: HashMap<SourceItem<'_>, usize> = items.iter().enumerate().map(|(at, item)| (*item, at)).collect();
    let mut told = Vec::new();
    let mut add = |item, found| told.push((item, found));
    duplicates(db, project, &mut add);
    let schema_items = queries::schema_items(db, project);
    for (at, found) in &schema.diagnostics {
        if let Some(item) = schema_items.get(*at) {
            let is_second_context = found.code == codes::TWO_CONTEXTS;
            let found = found.clone();
            add(*item, if is_second_context { found.at(word_span(db, *item, "context")) } else { found });
        }
    }
    // Without a customer nothing has a meaning, and to say so once is enough.
    let has_customer = !queries::schema(db, project).plan.tables.is_empty();
    if has_customer {
        checked(db, project, &mut add);
    }
    let is_wrong = !has_customer || is_wrong(db, project, &told);
    if !is_wrong {
        lints::of_project(db, project, &mut |item, found| told.push((item, found)));
    }
    for (item, found) in told {
        of_items.entry(positions.get(&item).copied().unwrap_or(usize::MAX)).or_default().push(found);
    }
    for (at, item) in items.iter().enumerate() {
        let mut found = queries::parsed(db, *item).diagnostics.clone();
        found.extend(of_items.remove(&at).unwrap_or_default());
        lints::allow::apply(db, project, *item, is_wrong, &mut found);
        lints::mend(db, *item, &mut found);
        found.sort_by_key(|diagnostic| diagnostic.labels.first().map(|label| label.span));
        found.iter_mut().for_each(|diagnostic| missing::tell(db, project, diagnostic));
        all.extend(found.into_iter().map(|diagnostic| located(db, *item, diagnostic)));
    }
    if !has_customer && !items.iter().any(|item| item.word(db) == ItemWord::Customer) {
        all.push(no_customer(db, project));
    }
    all
}

/// Whether something is wrong already.
fn is_wrong<'db>(db: &'db dyn Db, project: Project, told: &[(SourceItem<'db>, Diagnostic)]) -> bool {
    let parsed = queries::project_items(db, project).iter().flat_map(|item| &queries::parsed(db, *item).diagnostics);
    let manifest = &queries::checked_manifest(db, project).1;
    let told = told.iter().map(|(_, found)| found).chain(parsed).chain(manifest);
    told.into_iter().any(|found| found.severity == Severity::Error)
}

/// Definitions, channels, offers and the portfolio; signatures first, so that no chain of definitions is deep.
fn checked<'db>(db: &'db dyn Db, project: Project, add: &mut impl FnMut(SourceItem<'db>, Diagnostic)) {
    let _ = queries::signatures(db, project);
    let order = queries::definition_order(db, project);
    for (name, item) in queries::definition_items(db, project) {
        queries::checked_definition(db, project, *item).1.iter().for_each(|found| add(*item, found.clone()));
        if let (Some(Some(circle)), Some(ItemKind::Segment(found) | ItemKind::Trait(found))) =
            (order.cyclic.get(name), queries::kind_of(db, *item))
        {
            add(*item, definitions::cycle(found, circle));
        }
    }
    let items = queries::definition_items(db, project);
    let values = order.sorted.iter().filter_map(|name| {
        let item = items.get(name)?;
        Some((&**name, queries::checked_definition(db, project, *item).0.as_ref()?))
    });
    for name in definitions::too_deep(values) {
        if let Some(item) = items.get(name)
            && let Some(ItemKind::Segment(found) | ItemKind::Trait(found)) = queries::kind_of(db, *item)
        {
            add(*item, definitions::chain_too_long(found));
        }
    }
    for item in queries::journey_items(db, project).values() {
        queries::checked_journey(db, project, *item).1.iter().for_each(|found| add(*item, found.clone()));
    }
    for item in queries::guarantee_items(db, project).values() {
        queries::checked_guarantee(db, project, *item).1.iter().for_each(|found| add(*item, found.clone()));
    }
    for item in queries::channel_items(db, project).values() {
        queries::checked_channel(db, project, *item).1.iter().for_each(|found| add(*item, found.clone()));
    }
    for item in queries::offer_items(db, project).values() {
        queries::checked_offer(db, project, *item).1.iter().for_each(|found| add(*item, found.clone()));
    }
    for item in queries::persona_items(db, project).values() {
        queries::checked_persona(db, project, *item).iter().for_each(|found| add(*item, found.clone()));
    }
    for item in queries::test_items(db, project) {
        queries::checked_test(db, project, *item).1.iter().for_each(|found| add(*item, found.clone()));
    }
    unused_channels(db, project, add);
    lints::of_items(db, project, add);
    let mut portfolios = queries::portfolio_items(db, project).iter();
    if let Some(first) = portfolios.next() {
        queries::checked_portfolio(db, project).1.iter().for_each(|found| add(*first, found.clone()));
    }
    for second in portfolios {
        let span = word_span(db, *second, "portfolio");
        let found = Diagnostic::error(codes::PORTFOLIO_TWICE, "a project has one `portfolio`", span, "the second one");
        add(*second, found.help("put all its lines into one"));
    }
}

/// Channels by which nothing goes, where all offers are understood.
fn unused_channels<'db>(db: &'db dyn Db, project: Project, add: &mut impl FnMut(SourceItem<'db>, Diagnostic)) {
    let items = queries::offer_items(db, project).values();
    let offers: Option<Vec<&hir::Offer>> =
        items.map(|item| queries::checked_offer(db, project, *item).0.as_ref()).collect();
    let Some(offers) = offers.filter(|offers| !offers.is_empty()) else { return };
    let used: BTreeSet<&str> = offers.iter().flat_map(|offer| &offer.routes).map(|route| &*route.channel).collect();
    for (name, item) in queries::channel_items(db, project).iter().filter(|(name, _)| !used.contains(&***name)) {
        let message = format!("no offer goes by `{name}`");
        let diagnostic = Diagnostic::warning(codes::UNUSED_CHANNEL, message, name_span(db, *item), "never used");
        add(*item, diagnostic.help("name it in the `channel` line of an offer, or remove it"));
    }
}

/// One name, one meaning: over all files, and beside the customer's fields.
fn duplicates<'db>(db: &'db dyn Db, project: Project, add: &mut impl FnMut(SourceItem<'db>, Diagnostic)) {
    let mut first: BTreeMap<(Option<Kind>, &str), SourceItem<'db>> = BTreeMap::new();
    let mut offer_fields = None;
    let schema = queries::schema(db, project);
    for item in queries::project_items(db, project).iter().copied() {
        let Some(header) = queries::header(db, item) else { continue };
        let Some(name) = header.name.as_deref() else {
            if header.kind == Kind::OfferFields
                && let Some(before) = offer_fields.replace(item)
            {
                let span = word_span(db, item, "offer fields");
                add(item, declared_twice(db, "offer fields", span, before));
            }
            continue;
        };
        // Guarantees and tests are named by sentences: no expression reaches them, so they take no name from others.
        let sentence = Some(header.kind).filter(|kind| matches!(kind, Kind::Guarantee | Kind::Test));
        if let Some(before) = first.get(&(sentence, name)) {
            // A second customer is told as such.
            let both_customers = header.kind == Kind::Customer
                && queries::header(db, *before).as_ref().is_some_and(|before| before.kind == Kind::Customer);
            if !both_customers {
                add(item, declared_twice(db, name, name_span(db, item), *before));
            }
            continue;
        }
        first.insert((sentence, name), item);
        if sentence.is_some() {
            continue;
        }
        let is_definition = matches!(header.kind, Kind::Segment | Kind::Trait | Kind::Journey);
        let hides = is_definition && schema.field_named(opportune_plan::Schema::CUSTOMER, name).is_some();
        let is_own = header.kind == Kind::Customer && name == "customer";
        let is_ledgers = header.kind == Kind::Persona && matches!(name, CONTACT | RESPONSE);
        if hides || is_ledgers || (BUILT_IN.contains(&name) && !is_own) {
            add(item, taken(name, name_span(db, item), hides));
        }
    }
}

fn declared_twice<'db>(db: &'db dyn Db, name: &str, span: Span, before: SourceItem<'db>) -> Diagnostic {
    let file = before.file(db);
    let offset = before.offset(db).saturating_add(name_span(db, before).start) as usize;
    let line = file.text(db).bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1;
    let message = format!("`{name}` is declared twice");
    Diagnostic::error(codes::DECLARED_TWICE, message, span, "the second time")
        .help(format!("it is declared in {}, line {line}; give this one another name", file.path(db)))
}

fn taken(name: &str, span: Span, by_customer: bool) -> Diagnostic {
    let message = if by_customer {
        format!("`{name}` is a field of the customer already")
    } else {
        format!("`{name}` means something else already")
    };
    Diagnostic::error(codes::NAME_TAKEN, message, span, "taken").help("give it another name")
}

/// The words that an item begins with, behind its comments.
fn word_span<'db>(db: &'db dyn Db, item: SourceItem<'db>, word: &str) -> Span {
    let text = item.text(db);
    let lines = text.split_inclusive('\n').take_while(|line| line.starts_with("//") || is_allow(line));
    let start = lines.map(str::len).sum();
    Span::new(start, start + word.len())
}

fn name_span<'db>(db: &'db dyn Db, item: SourceItem<'db>) -> Span {
    let name = queries::kind_of(db, item).and_then(|kind| queries::kind_and_name(kind).1);
    name.map_or(Span::default(), |name| name.span)
}

/// There is nobody to decide for.
fn no_customer(db: &dyn Db, project: Project) -> Located {
    let found =
        Diagnostic::error(codes::NO_CUSTOMER, "no file declares the customer", Span::default(), "no `customer`")
            .help("declare who the offers are for: `customer household { key household_id: text }`");
    let path = project.files(db).first().map_or_else(|| project.manifest_path(db), |file| file.path(db));
    Located { path: path.clone(), diagnostic: found }
}

/// A diagnostic of an item, with its spans moved to the file.
fn located<'db>(db: &'db dyn Db, item: SourceItem<'db>, diagnostic: Diagnostic) -> Located {
    let offset = item.offset(db);
    let labels = diagnostic.labels.into_iter();
    let labels = labels.map(|label| Label { span: label.span.shifted(offset), ..label }).collect();
    let fix = diagnostic.fix.map(|fix| Fix { span: fix.span.shifted(offset), ..fix });
    let path: Arc<str> = item.file(db).path(db).clone();
    Located { path, diagnostic: Diagnostic { labels, fix, ..diagnostic } }
}
