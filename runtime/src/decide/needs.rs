//! Which plans ask more of deciding than the best offer of each customer, sent at `now`.

use opportune_plan::{Channel, Direction, Offer, OfferKind, Plan, Portfolio, Route, Span, Timing};

use super::shared::limits_all;

/// Whether offers of a plan have to be placed one after the other, with times of sending, caps that are counted at them,
/// routes by condition or value, experiments, or what excludes offers beside each other. `today` is the day of the run: what
/// begins later is sent later.
pub fn needs_placement(plan: &Plan, today: i32) -> bool {
    let begins_later = |timing: &Timing| timing.from.is_some_and(|from| from > today);
    let is_dated = plan.offers.iter().any(|offer| offer.timing.is_some());
    plan.channels.iter().any(channel_needs)
        || plan.offers.iter().any(offer_needs)
        || portfolio_needs(&plan.portfolio)
        || limits_all(plan)
        || plan.offers.iter().any(|offer| offer.timing.as_ref().is_some_and(begins_later))
        // A day is the customer's own.
        || plan.delivery.zone.is_some() && is_dated
}

fn channel_needs(channel: &Channel) -> bool {
    let Channel { name: _, needs: _, direction, asked, quiet, law, lead, capacity } = channel;
    *direction != Direction::Outbound
        || asked.is_some()
        || !quiet.is_empty()
        || law.is_some()
        || *lead != Span::default()
        || capacity.is_some()
}

fn offer_needs(offer: &Offer) -> bool {
    let by_rule = |route: &Route| route.when.is_some() || route.value.is_some() || route.cost.is_some();
    offer.kind == OfferKind::Notice
        || !offer.limits.is_empty()
        || offer.routes.iter().any(by_rule)
        || offer.timing.as_ref().is_some_and(|timing| !timing.is_days_only())
        || offer.holdout.is_some()
        || offer.experiment.is_some()
        || !offer.picks.is_empty()
}

fn portfolio_needs(portfolio: &Portfolio) -> bool {
    let Portfolio {
        objective: _,
        slates,
        slots_in_all: _,
        rank: _,
        contact_cap: _,
        limits,
        at_most,
        exclusions,
        pauses,
        holdout,
        fallback,
        shared,
    } = portfolio;
    slates.iter().any(|slate| !slate.at_most.is_empty())
        || !limits.is_empty()
        || !at_most.is_empty()
        || !exclusions.is_empty()
        || !pauses.is_empty()
        || holdout.is_some()
        || fallback.is_some()
        || !shared.is_empty()
}
