//! All expressions that a plan names outside its arena: the one visitor of them.
//!
//! What must hold: nothing that has expressions is left out, so structs are taken apart field by field, and one that gets
//! a new field does not compile here until it is looked at.

use opportune_plan::{
    Apart, Cap, Channel, Delivery, Experiment, ExprId, History, Holdout, Journey, Limit, Moment, Offer, Pick, Plan,
    Portfolio, Route, RouteCost, RouteValue, SharedLimit, Template, Timing,
};

type Visit<'v> = &'v mut dyn FnMut(&mut ExprId);

/// Calls `visit` with each expression that the plan names, some more than once.
pub(super) fn of_plan(plan: &mut Plan, visit: Visit<'_>) {
    let Plan {
        name: _,
        zone: _,
        schema: _,
        exprs: _,
        journeys,
        guarantees: _,
        offer_fields: _,
        channels,
        delivery,
        histories,
        offers,
        portfolio,
    } = plan;
    journeys.iter_mut().for_each(|journey| of_journey(journey, visit));
    channels.iter_mut().for_each(|channel| of_channel(channel, visit));
    let Delivery { zone, zone_known, possible_zones: _, horizon: _ } = delivery;
    zone.iter_mut().chain(zone_known).for_each(&mut *visit);
    for History { events: _, filter, offer: _, member: _, channel: _, decided: _, value: _, cost: _ } in histories {
        filter.iter_mut().for_each(&mut *visit);
    }
    offers.iter_mut().for_each(|offer| of_offer(offer, visit));
    of_portfolio(portfolio, visit);
}

/// Calls `visit` with each expression that the offer names.
pub(crate) fn of_offer(offer: &mut Offer, visit: Visit<'_>) {
    let Offer {
        name: _,
        about: _,
        kind: _,
        family: _,
        fields: _,
        eligible,
        except,
        forbidden,
        caps,
        limits,
        routes,
        timing,
        priority,
        holdout,
        experiment,
        picks,
        because,
        messages,
    } = offer;
    eligible.iter_mut().chain(except).for_each(&mut *visit);
    forbidden.iter_mut().for_each(|forbidden| visit(&mut forbidden.when));
    caps.iter_mut().for_each(|cap| of_cap(cap, visit));
    limits.iter_mut().for_each(|limit| of_limit(limit, visit));
    routes.iter_mut().for_each(|route| of_route(route, visit));
    timing.iter_mut().for_each(|timing| of_timing(timing, visit));
    visit(priority);
    holdout.iter_mut().for_each(|holdout| of_holdout(holdout, visit));
    experiment.iter_mut().for_each(|Experiment { bucket, arms: _ }| visit(bucket));
    for Pick { name: _, family: _, eligible, by } in picks {
        eligible.iter_mut().for_each(&mut *visit);
        visit(by);
    }
    let texts = because.iter_mut().chain(messages.iter_mut().map(|(_, text)| text));
    texts.flat_map(Template::expressions_mut).for_each(&mut *visit);
}

fn of_journey(journey: &mut Journey, visit: Visit<'_>) {
    let Journey { name: _, steps, zone } = journey;
    visit(zone);
    steps.iter_mut().filter_map(|step| step.filter.as_mut()).for_each(&mut *visit);
}

fn of_channel(channel: &mut Channel, visit: Visit<'_>) {
    let Channel { name: _, needs, direction: _, asked, quiet: _, law, lead: _, capacity: _ } = channel;
    needs.iter_mut().chain(asked).chain(law).for_each(&mut *visit);
}

fn of_route(route: &mut Route, visit: Visit<'_>) {
    let Route { channel: _, when, value, cost } = route;
    when.iter_mut().for_each(&mut *visit);
    if let Some(RouteValue { per_score, fixed }) = value {
        visit(per_score);
        visit(fixed);
    }
    if let Some(RouteCost { message, offer }) = cost {
        message.iter_mut().chain(offer).for_each(&mut *visit);
    }
}

fn of_timing(timing: &mut Timing, visit: Visit<'_>) {
    let Timing { from: _, to: _, days: _, hours: _, moments } = timing;
    for moment in moments {
        match moment {
            Moment::RightAway => {}
            Moment::After { event: of, .. } | Moment::At { day: of, .. } | Moment::Exactly { event: of, .. } => {
                visit(of)
            }
        }
    }
}

fn of_cap(cap: &mut Cap, visit: Visit<'_>) {
    let Cap { limit: _, counted, has_room } = cap;
    visit(counted);
    visit(has_room);
}

fn of_limit(limit: &mut Limit, visit: Visit<'_>) {
    limit.when.iter_mut().for_each(&mut *visit);
}

fn of_holdout(holdout: &mut Holdout, visit: Visit<'_>) {
    visit(&mut holdout.bucket);
}

fn of_portfolio(portfolio: &mut Portfolio, visit: Visit<'_>) {
    let Portfolio {
        objective: _,
        slates: _,
        slots_in_all: _,
        rank: _,
        contact_cap,
        limits,
        at_most: _,
        exclusions: _,
        pauses: _,
        holdout,
        fallback: _,
        shared,
    } = portfolio;
    contact_cap.iter_mut().for_each(|cap| of_cap(cap, visit));
    limits.iter_mut().for_each(|limit| of_limit(limit, visit));
    holdout.iter_mut().for_each(|holdout| of_holdout(holdout, visit));
    for shared in shared {
        match shared {
            SharedLimit::Quota(quota) => match &mut quota.per {
                Apart::Customer(key, _) => visit(key),
                Apart::Together | Apart::Field(_) | Apart::Member => {}
            },
            SharedLimit::Share { answers, .. } => visit(answers),
        }
    }
}
