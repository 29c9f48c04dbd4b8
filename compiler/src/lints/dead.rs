//! Offers that nobody can get: `eligible` and the exceptions, the guarantees and what the channels need leave no customer,
//! or the score never rises above zero.
//!
//! The first thing that is enough is told, so that there is one place to look at.

use opportune_plan::{Constant, ExprId, OfferKind};

use super::bounds::bounds;
use super::prover::{Holds, Prover};
use super::{About, clause_spans};
use crate::diagnostic::{Diagnostic, codes};
use crate::hir;
use crate::hir::guarantee::{Truth, matching};
use crate::syntax::Span;
use crate::syntax::ast::{OfferClauseKind, OfferItem};

/// What else decides about an offer.
pub(super) struct Around<'a> {
    /// The guarantees.
    pub(super) guarantees: Vec<&'a hir::Guarantee>,
    /// The offer's channels, as far as they are understood.
    pub(super) channels: Vec<&'a hir::Channel>,
    /// Whether the priority alone is the score.
    pub(super) priority_is_score: bool,
}

/// The conditions of an offer in the arena; `None` for what cannot be told.
struct Decided {
    eligible: Option<ExprId>,
    except: Vec<Option<ExprId>>,
    forbidden: Vec<(Box<str>, ExprId)>,
    /// By route: all that it needs.
    routes: Vec<Vec<ExprId>>,
    /// Whether all that the routes need is among them.
    routes_complete: bool,
    priority: Option<ExprId>,
}

/// Tells of an offer that nobody can get.
pub(super) fn told(
    about: &mut About<'_, '_>,
    offer: &hir::Offer,
    item: &OfferItem,
    around: &Around<'_>,
) -> Option<Diagnostic> {
    let decided = decided(about, offer, around);
    let prover = Prover::new(about.conditions.exprs(), about.conditions.schema());
    let name = &item.name;
    let dead = |span: Span, label: String, help: &str| {
        let message = format!("nobody can get `{}`", name.node);
        Some(Diagnostic::warning(codes::DEAD_OFFER, message, span, label).help(help.to_owned()))
    };
    let eligible: Vec<Holds> = decided.eligible.map(Holds::True).into_iter().collect();
    let place = clause_spans(item, |kind| matches!(kind, OfferClauseKind::Eligible(_)));
    if prover.nobody(eligible.iter().copied()) {
        let span = place.first().copied().unwrap_or(name.span);
        return dead(span, "never true".to_owned(), "mend the condition: what stands in it excludes each other");
    }
    let mut allowed = eligible;
    let excepts = clause_spans(item, |kind| matches!(kind, OfferClauseKind::Except(_)));
    let excepts: Vec<(Holds, Span)> =
        decided.except.iter().zip(excepts).filter_map(|(id, span)| Some((Holds::False((*id)?), span))).collect();
    if let Some(span) = enough(&prover, &mut allowed, excepts) {
        return dead(span, "excepts everybody who is eligible".to_owned(), "mend one of the two conditions");
    }
    let forbidden = decided.forbidden.iter().map(|(guarantee, when)| (Holds::False(*when), guarantee)).collect();
    if let Some(guarantee) = enough(&prover, &mut allowed, forbidden) {
        let label = format!("forbidden to everybody by the guarantee \"{guarantee}\"");
        let help = "the offer cannot be made as long as the guarantee holds; change the offer, or remove it";
        return dead(name.span, label, help);
    }
    if decided.routes_complete && !decided.routes.is_empty() {
        let routes: Vec<Vec<Holds>> =
            decided.routes.iter().map(|needs| needs.iter().copied().map(Holds::True).collect()).collect();
        if prover.nobody_of_any(&allowed, &routes) {
            let spans = clause_spans(item, |kind| matches!(kind, OfferClauseKind::Channel(_)));
            let span = spans.first().copied().unwrap_or(name.span);
            let label = "none of them reaches anybody who is eligible".to_owned();
            return dead(span, label, "name a channel whose needs such a customer can meet");
        }
    }
    let never_scores = decided.priority.and_then(|id| bounds(prover.exprs(), id)).is_some_and(|(_, most)| most <= 0.0);
    if around.priority_is_score && never_scores && offer.kind != OfferKind::Notice {
        let spans = clause_spans(item, |kind| matches!(kind, OfferClauseKind::Priority(_)));
        let span = spans.first().copied().unwrap_or(name.span);
        return dead(span, "never above zero".to_owned(), "a score of zero or less withholds the offer; raise it");
    }
    None
}

/// Adds all of these to what is demanded; the first with which nobody is left, where there is one. Mostly there is none,
/// and to ask once is enough.
fn enough<T: Copy>(prover: &Prover<'_>, allowed: &mut Vec<Holds>, more: Vec<(Holds, T)>) -> Option<T> {
    let before = allowed.len();
    allowed.extend(more.iter().map(|(holds, _)| *holds));
    if more.is_empty() || !prover.nobody(allowed.iter().copied()) {
        return None;
    }
    let is_enough = |count: usize| prover.nobody(allowed.iter().take(before + count).copied());
    let (mut fewer, mut count) = (0, more.len());
    while fewer + 1 < count {
        let half = fewer.midpoint(count);
        if is_enough(half) { count = half } else { fewer = half }
    }
    more.get(count - 1).map(|(_, place)| *place)
}

fn decided(about: &mut About<'_, '_>, offer: &hir::Offer, around: &Around<'_>) -> Decided {
    let conditions = &mut about.conditions;
    let eligible = offer.eligible.as_ref().and_then(|condition| conditions.add(condition));
    let except = offer.except.iter().map(|condition| conditions.add(condition)).collect();
    let mut forbidden = Vec::new();
    for guarantee in &around.guarantees {
        for never in &guarantee.clauses {
            if matching(&never.offers, &offer.fields) != Truth::True {
                continue;
            }
            let when = match &never.when {
                Some(when) => conditions.add_of_offer(when, offer),
                // `never A` forbids every such offer.
                None => conditions.add(&hir::Expr::constant(Constant::Bool(true))),
            };
            forbidden.extend(when.map(|when| (guarantee.name.clone(), when)));
        }
    }
    let mut routes_complete = true;
    let mut routes = Vec::with_capacity(offer.routes.len());
    for route in &offer.routes {
        let Some(channel) = around.channels.iter().find(|channel| channel.name == route.channel) else {
            routes_complete = false;
            continue;
        };
        let needs = route.when.iter().chain(&channel.needs);
        routes.push(needs.filter_map(|condition| conditions.add(condition)).collect());
    }
    Decided { eligible, except, forbidden, routes, routes_complete, priority: conditions.add(&offer.priority) }
}
