//! Offers that always lose to another one: whoever is eligible is eligible for the other too, by the same channels, and the
//! other always ranks above and takes the only slot.
//!
//! Told only where it is sure, so where nothing but rank decides between the two: no caps, no timing, no holdouts, no
//! objective, no limits over all customers.

use opportune_plan::{Constant, FieldValue, OfferKind, RankKey};

use super::bounds::{bounds, is_sure};
use super::prover::{Holds, Prover};
use crate::db::Db;
use crate::diagnostic::{Diagnostic, codes};
use crate::hir::guarantee::{Truth, matching};
use crate::hir::{self, Portfolio};
use crate::lower::conditions::Conditions;
use crate::queries::{self, Project, SourceItem};
use crate::syntax::ast::ItemKind;

/// A greater score withholds an offer.
const GREATEST_SCORE: f64 = 1e9;
/// How many offers the others are held against at most.
const MOST_RIVALS: usize = 500;
/// How many of those that rank above one offer are looked into.
const MOST_COMPARED: usize = 10;

/// What is seen of an offer without looking into its conditions.
#[derive(Clone, PartialEq, Debug)]
pub struct Rival {
    /// Its channels.
    channels: Vec<Box<str>>,
    /// The least and the greatest score; none where it may be lost.
    score: Option<(f64, f64)>,
    /// Its fields.
    fields: Vec<FieldValue>,
    /// Whether nothing but its conditions and its rank keeps it from a slot.
    is_plain: bool,
}

impl Eq for Rival {}

/// What is told of an offer that always loses.
#[salsa::tracked]
pub fn shadow_of<'db>(db: &'db dyn Db, project: Project, item: SourceItem<'db>) -> Option<Diagnostic> {
    let Some(ItemKind::Offer(written)) = queries::kind_of(db, item) else { return None };
    let portfolio = &queries::checked_portfolio(db, project).0;
    let may_lose = |offer: &&hir::Offer| {
        offer.kind != OfferKind::Notice && offer.timing.is_none() && portfolio.fallback.as_ref() != Some(&offer.name)
    };
    if !rank_decides(portfolio) {
        return None;
    }
    let offer = queries::checked_offer(db, project, item).0.as_ref().filter(may_lose)?;
    let own = rival(db, project, item).as_ref()?;
    let better = rivals(db, project).iter().filter(|(name, other)| *name != offer.name && beats(portfolio, other, own));
    for (name, _) in better.take(MOST_COMPARED) {
        let other = queries::offer_items(db, project).get(name)?;
        let Some(other) = &queries::checked_offer(db, project, *other).0 else { continue };
        let always_loses = routes_go(db, project, offer, other)
            && super::with_arena(db, project, |conditions| {
                implies(conditions, &super::guarantees(db, project), offer, other)
            });
        if always_loses {
            let message = format!("`{}` always loses to `{name}`", offer.name);
            let label = format!("whoever is eligible gets `{name}` first");
            let diagnostic = Diagnostic::warning(codes::SHADOWED_OFFER, message, written.name.span, label);
            return Some(
                diagnostic.help(
                    "raise its priority, give it another channel, or leave those out for whom the other is meant",
                ),
            );
        }
    }
    None
}

/// The offers that may always win: those with the greatest scores, where there are many.
#[salsa::tracked]
pub fn rivals(db: &dyn Db, project: Project) -> Vec<(Box<str>, Rival)> {
    let portfolio = &queries::checked_portfolio(db, project).0;
    let items = queries::offer_items(db, project).iter();
    let others = items.filter(|(name, _)| portfolio.fallback.as_ref() != Some(*name));
    let mut found: Vec<(Box<str>, Rival)> = others
        .filter_map(|(name, item)| Some((name.clone(), rival(db, project, *item).clone()?)))
        .filter(|(_, rival)| rival.is_plain && rival.least().is_some_and(|least| least > 0.0))
        .collect();
    let least = |(_, rival): &(Box<str>, Rival)| rival.least().unwrap_or_default();
    found.sort_by(|a, b| least(b).total_cmp(&least(a)));
    found.truncate(MOST_RIVALS);
    found
}

impl Rival {
    fn least(&self) -> Option<f64> {
        self.score.map(|(least, _)| least)
    }
}

/// Whether one slot goes to who ranks first, and nothing else decides between two offers.
fn rank_decides(portfolio: &Portfolio) -> bool {
    let one_slot = portfolio.slots_in_all.map_or(portfolio.slates.is_empty(), |slots| slots == 1);
    one_slot
        && portfolio.objective.is_none()
        && portfolio.levers.is_empty()
        && portfolio.at_most.is_empty()
        && portfolio.exclusions.is_empty()
        && portfolio.suppressions.is_empty()
        && portfolio.caps.is_empty()
        && portfolio.slates.iter().all(|slate| slate.at_most.is_empty())
}

/// What is seen of an offer.
#[salsa::tracked]
pub fn rival<'db>(db: &'db dyn Db, project: Project, item: SourceItem<'db>) -> Option<Rival> {
    let offer = queries::checked_offer(db, project, item).0.as_ref()?;
    super::with_arena(db, project, |conditions| Some(rival_of(conditions, offer)))
}

fn rival_of(mut conditions: Conditions<'_>, offer: &hir::Offer) -> Rival {
    let priority = conditions.add(&offer.priority);
    let exprs = conditions.exprs();
    Rival {
        channels: offer.routes.iter().map(|route| route.channel.clone()).collect(),
        score: priority.filter(|id| is_sure(exprs, *id)).and_then(|id| bounds(exprs, id)),
        fields: offer.fields.clone(),
        is_plain: offer.kind != OfferKind::Notice
            && offer.family.is_none()
            && offer.caps.is_empty()
            && offer.timing.is_none()
            && offer.holdout.is_none()
            && offer.experiment.is_none()
            && offer.picks.is_empty()
            && offer.cost.is_none(),
    }
}

/// Whether an offer always ranks above another wherever both are possible, and is possible by the same channels.
fn beats(portfolio: &Portfolio, better: &Rival, other: &Rival) -> bool {
    let Some((least, most)) = better.score.filter(|_| better.is_plain) else { return false };
    if least <= 0.0 || most > GREATEST_SCORE || !other.channels.iter().all(|name| better.channels.contains(name)) {
        return false;
    }
    for key in &portfolio.rank {
        match above(*key, better, other) {
            Some(std::cmp::Ordering::Greater) => return true,
            Some(std::cmp::Ordering::Equal) => {}
            _ => return false,
        }
    }
    // A score that is lost keeps its offer back.
    other.score.is_some_and(|(_, greatest)| least > greatest)
}

/// How the value of a field ranks one offer against another; unknown for values without a plain order.
fn above(key: RankKey, one: &Rival, other: &Rival) -> Option<std::cmp::Ordering> {
    let value = |rival: &Rival| match rival.fields.get(key.field.0 as usize) {
        Some(FieldValue::One(
            constant @ (Constant::Int(_) | Constant::Money(..) | Constant::Ordered(..) | Constant::Date(_)),
        )) => Some(constant.clone()),
        _ => None,
    };
    let (one, other) = (value(one)?, value(other)?);
    if one.ty() != other.ty() {
        return None;
    }
    Some(if key.descending { one.cmp(&other) } else { other.cmp(&one) })
}

/// Whether wherever a route of the offer is open, the same one of the other is, with room for everybody.
fn routes_go(db: &dyn Db, project: Project, offer: &hir::Offer, better: &hir::Offer) -> bool {
    let channels = super::channels_of(db, project, better);
    let roomy = channels.len() == better.routes.len() && channels.iter().all(|channel| channel.capacity.is_none());
    roomy
        && offer.routes.iter().all(|route| {
            let same = better.routes.iter().find(|other| other.channel == route.channel);
            same.is_some_and(|same| same.when.is_none() || same.when == route.when)
        })
}

/// Whether whoever may get the offer may get the better one.
fn implies(
    mut conditions: Conditions<'_>,
    guarantees: &[&hir::Guarantee],
    offer: &hir::Offer,
    better: &hir::Offer,
) -> bool {
    let Some(own) = allowed(&mut conditions, guarantees, offer, true) else { return false };
    let Some(others) = allowed(&mut conditions, guarantees, better, false) else { return false };
    let prover = Prover::new(conditions.exprs(), conditions.schema());
    others.into_iter().all(|condition| {
        let fails = match condition {
            Holds::True(id) => Holds::NotTrue(id),
            Holds::False(id) => Holds::NotFalse(id),
            other => other,
        };
        prover.nobody(own.iter().copied().chain([fails]))
    })
}

/// All that must be so of who may get an offer; `None` where some of it cannot be told and `loosely` does not allow that.
fn allowed(
    conditions: &mut Conditions<'_>,
    guarantees: &[&hir::Guarantee],
    offer: &hir::Offer,
    loosely: bool,
) -> Option<Vec<Holds>> {
    let eligible = offer.eligible.iter().map(|condition| conditions.add(condition).map(Holds::True));
    let mut found: Vec<Option<Holds>> = eligible.collect();
    found.extend(offer.except.iter().map(|condition| conditions.add(condition).map(Holds::False)));
    for never in guarantees.iter().flat_map(|guarantee| &guarantee.clauses) {
        match (matching(&never.offers, &offer.fields), &never.when) {
            (Truth::False, _) => {}
            (Truth::True, Some(when)) => found.push(conditions.add_of_offer(when, offer).map(Holds::False)),
            _ => found.push(None),
        }
    }
    if loosely { Some(found.into_iter().flatten().collect()) } else { found.into_iter().collect() }
}
