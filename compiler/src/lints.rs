//! Lints: what a policy that validates probably does not mean. Each has a code, a page and a file; all are on this page.
//!
//! What must hold: a lint tells nothing that is not sure. An item is linted by a query of its own, which reads the checked
//! item and what it builds on, so that an edit in one offer lints that offer again and not the others.

pub(crate) mod allow;
mod batch;
mod bounds;
mod constant;
mod dead;
mod dropping;
mod formula;
mod nested;
mod nowhere;
mod owners;
mod prover;
mod purpose;
mod search;
mod shadowed;
mod terms;
mod unused;
mod values;

use crate::db::Db;
use crate::diagnostic::{Diagnostic, Severity, codes};
use crate::hir;
use crate::lower::conditions::Conditions;
use crate::queries::noted::{self, Noted};
use crate::queries::{self, Kind, Project, SourceItem};
use crate::syntax::Span;
use crate::syntax::ast::{ItemKind, OfferClause, OfferClauseKind, OfferItem};

/// A lint: its code, and what it tells of.
pub type Lint = (&'static str, &'static str);

/// All lints: those of this room, and warnings that the checks give on their way.
pub const LINTS: &[Lint] = &[
    (codes::REVIEW_PAST, "a guarantee past its review date"),
    (codes::NO_CONSENT_RULE, "a channel without a consent rule"),
    (codes::UNUSED_CHANNEL, "a channel that no offer uses"),
    (codes::NEVER_BINDS, "a cap or budget that another one always stops before"),
    (codes::CAP_OF_NONE, "a cap that lets nothing through"),
    (codes::DEAD_OFFER, "an offer that nobody can get"),
    (codes::SHADOWED_OFFER, "an offer that always loses to another one"),
    (codes::ALWAYS_TRUE, "a condition, or a part of one, that always holds"),
    (codes::ALWAYS_FALSE, "a condition, or a part of one, that never holds"),
    (codes::OWNERS_INCLUDED, "an offer that does not look at who has it already"),
    (codes::UNKNOWN_IN_BATCH, "an exception that is never false where nobody asks"),
    (codes::NO_PURPOSE, "an offer that reads sensitive data and does not say what for"),
    (codes::UNUSED_DEFINITION, "a segment, trait or journey that nothing uses"),
    (codes::UNUSED_PERSONA, "a persona that no test gives"),
    (codes::TEXT_NOWHERE, "a text that occurs nowhere in the data"),
    (codes::ALLOWS_NOTHING, "an `allow` that allows nothing"),
];

/// Whether a code is one of a lint.
pub fn is_lint(code: &str) -> bool {
    LINTS.iter().any(|(lint, _)| *lint == code)
}

/// Whether a lint needs the data.
fn about_data(code: &str) -> bool {
    code == codes::TEXT_NOWHERE
}

/// What the lints of an item look at.
struct About<'a, 'n> {
    /// The conditions that were asked about so far.
    conditions: Conditions<'a>,
    /// The conditions and texts of the item, parts before what they are parts of.
    notes: &'n [Noted],
    /// The item's text.
    text: &'n str,
}

/// All that is told of the items of a project, each by itself.
pub(crate) fn of_items<'db>(db: &'db dyn Db, project: Project, add: &mut impl FnMut(SourceItem<'db>, Diagnostic)) {
    for item in queries::project_items(db, project) {
        lints_of(db, project, *item).iter().for_each(|found| add(*item, found.clone()));
        lints_by_data(db, project, *item).iter().for_each(|found| add(*item, found.clone()));
    }
}

/// Adds the fixes of what other checks tell of an item as lints: clauses that do nothing.
pub(crate) fn mend<'db>(db: &'db dyn Db, item: SourceItem<'db>, told: &mut [Diagnostic]) {
    let clauses: Vec<Span> = match queries::kind_of(db, item) {
        Some(ItemKind::Offer(found)) => found.clauses.iter().map(|clause| clause.span).collect(),
        Some(ItemKind::Portfolio(found)) => found.iter().map(|clause| clause.span).collect(),
        _ => return,
    };
    let text = item.text(db);
    for found in told.iter_mut().filter(|found| found.code == codes::NEVER_BINDS && found.fix.is_none()) {
        let Some(place) = found.labels.first().map(|label| label.span) else { continue };
        let Some(clause) = clauses.iter().find(|clause| contains(**clause, place)) else { continue };
        let words = text.get(clause.start as usize..clause.end as usize).unwrap_or_default();
        // A slate has its limits in its own clause.
        if words.starts_with("slate") {
            continue;
        }
        if let Some(whole) = dropping::clause(text, *clause) {
            *found = found.clone().fix(format!("remove `{}`", words.trim()), whole, "");
        }
    }
}

/// All that is told of the items of a project beside each other; where one of them is wrong, that cannot be known.
pub(crate) fn of_project<'db>(db: &'db dyn Db, project: Project, add: &mut impl FnMut(SourceItem<'db>, Diagnostic)) {
    for item in queries::offer_items(db, project).values() {
        shadowed::shadow_of(db, project, *item).iter().for_each(|found| add(*item, found.clone()));
    }
    unused::told(db, project, add);
}

/// What is told of one item without looking at the data.
#[salsa::tracked]
pub fn lints_of<'db>(db: &'db dyn Db, project: Project, item: SourceItem<'db>) -> Vec<Diagnostic> {
    // What is not written right is not what its author means.
    if queries::parsed(db, item).diagnostics.iter().any(|found| found.severity == Severity::Error) {
        return Vec::new();
    }
    match queries::kind_of(db, item) {
        Some(ItemKind::Offer(found)) => of_offer(db, project, item, found),
        Some(ItemKind::Segment(_) | ItemKind::Trait(_)) => {
            let understood = queries::checked_definition(db, project, item).0.is_some();
            let name = queries::header(db, item).as_ref().and_then(|header| header.name.as_ref());
            let order = queries::definition_order(db, project);
            if !understood || name.is_none_or(|name| order.cyclic.contains_key(name)) {
                return Vec::new();
            }
            with_conditions(db, project, item, |about| constant::told(about, &[WHOLE]))
        }
        Some(ItemKind::Channel(_)) if queries::checked_channel(db, project, item).0.is_some() => {
            with_conditions(db, project, item, |about| constant::told(about, &[]))
        }
        Some(ItemKind::Guarantee(found)) => match &queries::checked_guarantee(db, project, item).0 {
            Some(guarantee) => with_conditions(db, project, item, |about| {
                let mut told = constant::told(about, &[]);
                told.extend(batch::of_guarantee(about, guarantee, found));
                told
            }),
            None => Vec::new(),
        },
        Some(ItemKind::Journey(_)) if queries::checked_journey(db, project, item).0.is_some() => {
            with_conditions(db, project, item, |about| constant::told(about, &[]))
        }
        Some(ItemKind::Portfolio(_)) => with_conditions(db, project, item, |about| constant::told(about, &[])),
        _ => Vec::new(),
    }
}

/// From the first byte to the last.
const WHOLE: Span = Span { start: 0, end: u32::MAX };

fn of_offer<'db>(db: &'db dyn Db, project: Project, item: SourceItem<'db>, written: &OfferItem) -> Vec<Diagnostic> {
    let Some(offer) = &queries::checked_offer(db, project, item).0 else { return Vec::new() };
    let around = dead::Around {
        guarantees: guarantees(db, project),
        channels: channels_of(db, project, offer),
        priority_is_score: queries::checked_portfolio(db, project).0.objective.is_none(),
    };
    with_conditions(db, project, item, |about| {
        let mut told: Vec<Diagnostic> = Vec::new();
        let eligible = clause_spans(written, |kind| matches!(kind, OfferClauseKind::Eligible(_)));
        let constant = constant::told(about, &eligible);
        match dead::told(about, offer, written, &around) {
            Some(dead) => told.push(because(dead, constant)),
            None => {
                told.extend(constant);
                told.extend(batch::of_offer(about, offer, written, &around.channels));
                told.extend(owners::told(db, project, offer, written));
            }
        }
        told.extend(purpose::told(db, project, item, written));
        told
    })
}

/// An offer is dead because of one of its conditions: that is shown too, and not told again.
fn because(dead: Diagnostic, constant: Vec<Diagnostic>) -> Diagnostic {
    let clause = dead.labels.first().map(|label| label.span).unwrap_or_default();
    let inside = constant.into_iter().find(|found| {
        found.code == codes::ALWAYS_FALSE && found.labels.first().is_some_and(|label| contains(clause, label.span))
    });
    match inside {
        Some(found) => found.labels.into_iter().fold(dead, |dead, label| dead.label(label.span, label.message)),
        None => dead,
    }
}

/// Texts of an item that the data does not have.
#[salsa::tracked]
pub fn lints_by_data<'db>(db: &'db dyn Db, project: Project, item: SourceItem<'db>) -> Vec<Diagnostic> {
    let Some(facts) = project.facts(db) else { return Vec::new() };
    let kind = queries::header(db, item).as_ref().map(|header| header.kind);
    let has_conditions = matches!(
        kind,
        Some(
            Kind::Offer
                | Kind::Segment
                | Kind::Trait
                | Kind::Channel
                | Kind::Guarantee
                | Kind::Journey
                | Kind::Portfolio
        )
    );
    if !has_conditions {
        return Vec::new();
    }
    nowhere::told(queries::schema(db, project), facts, &noted::noted(db, project, item), item.text(db))
}

/// Runs with the conditions and texts of an item at hand.
fn with_conditions<'db, T>(
    db: &'db dyn Db,
    project: Project,
    item: SourceItem<'db>,
    run: impl FnOnce(&mut About<'_, '_>) -> T,
) -> T {
    let notes = noted::noted(db, project, item);
    with_arena(db, project, |conditions| run(&mut About { conditions, notes: &notes, text: item.text(db) }))
}

/// Runs with an empty arena that sees through segments and traits.
fn with_arena<T>(db: &dyn Db, project: Project, run: impl FnOnce(Conditions<'_>) -> T) -> T {
    let meaning = |name: &str| meaning(db, project, name);
    let journeys = queries::journey_names(db, project).iter().map(|name| &**name);
    run(Conditions::new(queries::schema(db, project), journeys, &meaning))
}

/// What a segment or trait stands for.
fn meaning<'db>(db: &'db dyn Db, project: Project, name: &str) -> Option<(&'db str, &'db hir::Expr)> {
    let (name, item) = queries::definition_items(db, project).get_key_value(name)?;
    Some((&**name, queries::checked_definition(db, project, *item).0.as_ref()?))
}

fn guarantees(db: &dyn Db, project: Project) -> Vec<&hir::Guarantee> {
    let items = queries::guarantee_items(db, project).values();
    items.filter_map(|item| queries::checked_guarantee(db, project, *item).0.as_ref()).collect()
}

fn channels_of<'db>(db: &'db dyn Db, project: Project, offer: &hir::Offer) -> Vec<&'db hir::Channel> {
    let items = queries::channel_items(db, project);
    let channels = offer.routes.iter().filter_map(|route| items.get(&route.channel));
    channels.filter_map(|item| queries::checked_channel(db, project, *item).0.as_ref()).collect()
}

/// Where the clauses of a kind are, in their order.
fn clause_spans(item: &OfferItem, is: impl Fn(&OfferClauseKind) -> bool) -> Vec<Span> {
    item.clauses.iter().filter(|clause: &&OfferClause| is(&clause.kind)).map(|clause| clause.span).collect()
}

/// Whether a place lies within another.
fn contains(outer: Span, inner: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}
