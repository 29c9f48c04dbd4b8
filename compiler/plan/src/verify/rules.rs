//! The rules of sending, limits and experiments.

use std::collections::BTreeSet;

use super::{Check, VerifyError, ensure, fail, sorted};
use crate::builtin::Unit;
use crate::channel::{Channel, Direction, Hours, Weekdays};
use crate::delivery::{Moment, Timing};
use crate::experiment::{BUCKETS, Experiment, Holdout};
use crate::expr::{ExprId, Op, Scope};
use crate::infer;
use crate::limit::{Apart, Counted, Counts, History, HistoryId, Limit, LimitWindow, Per, Quota, SharedLimit};
use crate::offer::{AtMost, MOST_PICKS, Offer, OfferFieldId, OfferId, OfferKind, Pick, Route};
use crate::schema::{FieldId, TableId, TableKind};
use crate::types::{Currency, Span, Type};

/// A day.
const DAY: i64 = 86_400_000_000;

impl Check<'_> {
    /// A value over the customer alone, whatever the family at hand.
    fn of_customer(&self, place: &str, id: ExprId, ty: Type) -> Result<(), VerifyError> {
        Self { family: None, ..*self }.over_customer(place, id, ty)
    }

    fn always_of_customer(&self, place: &str, id: ExprId, ty: Type) -> Result<(), VerifyError> {
        Self { family: None, ..*self }.never_missing(place, id, ty)
    }

    pub(super) fn channel(&self, channel: &Channel) -> Result<(), VerifyError> {
        let place = format!("channel `{}`", channel.name);
        for condition in channel.needs.iter().chain(&channel.asked) {
            self.condition(&place, *condition)?;
        }
        let asks = channel.asked.is_none() || channel.direction != Direction::Outbound;
        ensure(asks, &place, "nobody asks by an outbound channel")?;
        channel.law.map_or(Ok(()), |law| self.of_customer(&place, law, Type::Text))?;
        hours(&place, &channel.quiet)?;
        length(&place, channel.lead, false)?;
        channel.capacity.map_or(Ok(()), |capacity| {
            let is_stretch = matches!(capacity.each, Unit::Day | Unit::Week);
            ensure(is_stretch, &place, "a capacity of neither a day nor a week")?;
            let Some(past) = capacity.past else { return Ok(()) };
            let tells = self.past(&place, past)?.channel.is_some();
            ensure(tells, &place, "a capacity with a history that names no channels")
        })
    }

    pub(super) fn delivery(&self) -> Result<(), VerifyError> {
        let delivery = &self.plan.delivery;
        delivery.zone.map_or(Ok(()), |zone| self.always_of_customer("delivery", zone, Type::Zone))?;
        delivery.zone_known.map_or(Ok(()), |known| self.always_of_customer("delivery", known, Type::Bool))?;
        ensure(delivery.zone_known.is_none() || delivery.zone.is_some(), "delivery", "knows of no zone")?;
        ensure(sorted(delivery.possible_zones.iter()), "delivery", "zones that are not sorted")?;
        length("delivery", delivery.horizon, true)
    }

    pub(super) fn history(&self, history: &History) -> Result<(), VerifyError> {
        let place = "history";
        let table = self.plan.schema.table(history.events);
        let is_events = table.is_some_and(|table| matches!(table.kind, TableKind::Events { .. }));
        ensure(is_events, place, "of no events")?;
        if let Some(filter) = history.filter {
            let node = self.plan.exprs.get(filter).filter(|node| node.ty == Type::Bool && !node.nullable);
            let Some(node) = node else { return fail(place, "a condition that may be unknown, or is none") };
            infer::within(node.scope, Scope::Row(history.events)).or_else(|reason| fail(place, reason))?;
            ensure(!self.asks_what_is_left(filter), place, "a condition that asks what is left of a limit")?;
        }
        let fields = [history.offer, history.member, history.channel, history.decided, history.value, history.cost];
        for field in fields.into_iter().flatten() {
            ensure(self.plan.schema.field(history.events, field).is_some(), place, "a field that is not there")?;
        }
        for name in history.offer.iter().chain(&history.channel) {
            let field = self.plan.schema.field(history.events, *name);
            ensure(field.is_some_and(|field| is_name(field.ty)), place, "a name that is no text")?;
        }
        let decided = history.decided.and_then(|field| self.plan.schema.field(history.events, field));
        let at_any_time = decided.is_none_or(|field| field.ty == Type::Instant && !field.nullable);
        ensure(at_any_time, place, "decided at what is no instant that is always there")
    }

    /// Whether an expression reads how much is left of a limit, which is told by histories.
    fn asks_what_is_left(&self, id: ExprId) -> bool {
        let (mut open, mut seen) = (vec![id], BTreeSet::new());
        while let Some(id) = open.pop() {
            let Some(node) = self.plan.exprs.get(id).filter(|_| seen.insert(id)) else { continue };
            if matches!(node.op, Op::Remaining(_)) {
                return true;
            }
            node.op.for_each_operand(|operand| open.push(operand));
            if let Op::Journey(journey, _) = node.op {
                let journey = self.plan.journeys.get(journey.0 as usize);
                open.extend(journey.into_iter().flat_map(|journey| &journey.steps).filter_map(|step| step.filter));
            }
        }
        false
    }

    fn past(&self, place: &str, id: HistoryId) -> Result<&History, VerifyError> {
        self.plan.histories.get(id.0 as usize).map_or_else(|| fail(place, "of no history"), Ok)
    }

    fn field(&self, place: &str, field: OfferFieldId) -> Result<(), VerifyError> {
        ensure((field.0 as usize) < self.plan.offer_fields.len(), place, "by no field of offers")
    }

    fn at_most(&self, place: &str, most: AtMost) -> Result<(), VerifyError> {
        ensure(most.most > 0, place, "at most none")?;
        self.field(place, most.field)
    }

    fn known_offer(&self, place: &str, offer: OfferId) -> Result<(), VerifyError> {
        ensure((offer.0 as usize) < self.plan.offers.len(), place, "an offer that is not there")
    }

    fn limit(&self, place: &str, limit: &Limit, offer: Option<&Offer>) -> Result<(), VerifyError> {
        let history = self.past(place, limit.history)?;
        if let LimitWindow::Rolling(window) = limit.window {
            length(place, window, true)?;
        }
        limit.when.map_or(Ok(()), |when| self.of_customer(place, when, Type::Bool))?;
        let known = limit.channel.is_none_or(|channel| (channel.0 as usize) < self.plan.channels.len());
        ensure(known, place, "on no channel")?;
        let decided = limit.counts != Counts::Decisions || history.decided.is_some();
        ensure(decided, place, "counts decisions that its history does not tell")?;
        match limit.per {
            Per::Together => Ok(()),
            Per::Offer => ensure(offer.is_none(), place, "per offer, in an offer"),
            Per::Member => ensure(offer.is_some_and(|offer| offer.family.is_some()), place, "per member of no family"),
            Per::Field(field) => {
                ensure(offer.is_none(), place, "per field, in an offer")?;
                self.field(place, field)
            }
        }
    }

    /// The parts of an offer that say when, by which channel, how often and to which part of the customers.
    pub(super) fn rules_of(&self, offer: &Offer) -> Result<(), VerifyError> {
        let place = |part: &str| format!("offer `{}`: {part}", offer.name);
        let objective = self.plan.portfolio.objective.filter(|_| offer.kind != OfferKind::Notice);
        self.routes(&place("channels"), &offer.routes, objective)?;
        offer.timing.as_ref().map_or(Ok(()), |timing| self.timing(&place("timing"), timing))?;
        offer.limits.iter().try_for_each(|limit| self.limit(&place("limit"), limit, Some(offer)))?;
        offer.holdout.map_or(Ok(()), |holdout| self.holdout(&place("holdout"), holdout))?;
        offer.experiment.as_ref().map_or(Ok(()), |experiment| self.experiment(&place("arms"), experiment))?;
        ensure(offer.picks.len() <= MOST_PICKS, place("picks"), "too many")?;
        ensure(offer.picks.is_empty() || offer.family.is_none(), place("picks"), "in a family")?;
        offer.picks.iter().try_for_each(|pick| self.pick(&place("pick"), pick))
    }

    fn routes(&self, place: &str, routes: &[Route], objective: Option<Currency>) -> Result<(), VerifyError> {
        ensure(!routes.is_empty(), place, "none")?;
        let known = |route: &Route| (route.channel.0 as usize) < self.plan.channels.len();
        ensure(routes.iter().all(known), place, "one that is not declared")?;
        let once = routes.iter().map(|route| route.channel).collect::<BTreeSet<_>>();
        ensure(once.len() == routes.len(), place, "one of them twice")?;
        let valued = |route: &Route| route.value.is_some() == objective.is_some();
        ensure(routes.iter().all(valued), place, "a value without objective, or none with one")?;
        for route in routes {
            route.when.map_or(Ok(()), |when| self.of_customer(place, when, Type::Bool))?;
            for cost in route.cost.iter().flat_map(|cost| [cost.message, cost.offer]).flatten() {
                let ty = self.plan.exprs.get(cost).map(|node| node.ty).filter(|ty| matches!(ty, Type::Money(_)));
                let Some(ty) = ty else { return fail(place, "a cost that is no money") };
                self.always_of_customer(place, cost, ty)?;
            }
            let Some((value, currency)) = route.value.zip(objective) else { continue };
            self.always_of_customer(place, value.per_score, Type::Money(currency))?;
            self.always_of_customer(place, value.fixed, Type::Money(currency))?;
        }
        Ok(())
    }

    fn timing(&self, place: &str, timing: &Timing) -> Result<(), VerifyError> {
        ensure(timing.days.0 & !Weekdays::ALL.0 == 0 && timing.days.0 != 0, place, "no days")?;
        hours(place, &timing.hours)?;
        for moment in &timing.moments {
            match moment {
                Moment::RightAway => {}
                Moment::After { event, least, most } => {
                    self.of_customer(place, *event, Type::Instant)?;
                    length(place, *least, false)?;
                    most.map_or(Ok(()), |most| length(place, most, false))?;
                }
                Moment::At { day, plus, time } => {
                    self.of_customer(place, *day, Type::Date)?;
                    length(place, *plus, false)?;
                    ensure(plus.micros == 0 && (0..DAY).contains(time), place, "no time of a day")?;
                }
                Moment::Exactly { event, plus } => {
                    self.of_customer(place, *event, Type::Instant)?;
                    length(place, *plus, false)?;
                }
            }
        }
        Ok(())
    }

    fn holdout(&self, place: &str, holdout: Holdout) -> Result<(), VerifyError> {
        self.always_of_customer(place, holdout.bucket, Type::Int)?;
        ensure(holdout.share <= BUCKETS, place, "more than all")
    }

    fn experiment(&self, place: &str, experiment: &Experiment) -> Result<(), VerifyError> {
        self.always_of_customer(place, experiment.bucket, Type::Int)?;
        let sum: u64 = experiment.arms.iter().map(|arm| u64::from(arm.share)).sum();
        ensure(experiment.arms.len() > 1 && sum == u64::from(BUCKETS), place, "not all customers, each once")
    }

    fn pick(&self, place: &str, pick: &Pick) -> Result<(), VerifyError> {
        let of_members = Self { family: Some(pick.family), ..*self };
        of_members.family(place, pick.family)?;
        pick.eligible.map_or(Ok(()), |eligible| of_members.condition(place, eligible))?;
        of_members.never_missing(place, pick.by, Type::Number)
    }

    /// The rules of the portfolio beside slates' sizes, rank and the cap that is told at `now`.
    pub(super) fn rules_of_all(&self) -> Result<(), VerifyError> {
        let portfolio = &self.plan.portfolio;
        let of_slates = portfolio.slates.iter().flat_map(|slate| &slate.at_most);
        for most in of_slates.chain(&portfolio.at_most) {
            self.at_most("portfolio: at most", *most)?;
        }
        for exclusion in &portfolio.exclusions {
            let place = "portfolio: exclusion";
            ensure(exclusion.most > 0 && exclusion.offers.len() > 1, place, "of nothing")?;
            ensure(sorted(exclusion.offers.iter()), place, "offers that are not sorted")?;
            exclusion.offers.iter().try_for_each(|offer| self.known_offer(place, *offer))?;
        }
        portfolio.limits.iter().try_for_each(|limit| self.limit("portfolio: limit", limit, None))?;
        for pause in &portfolio.pauses {
            let place = "portfolio: pause";
            self.past(place, pause.contacts)?;
            self.past(place, pause.responses)?;
            length(place, pause.length, true)?;
            length(place, pause.patience, true)?;
            ensure(pause.after > 0, place, "after none")?;
        }
        portfolio.holdout.map_or(Ok(()), |holdout| self.holdout("portfolio: holdout", holdout))?;
        portfolio.fallback.map_or(Ok(()), |offer| self.known_offer("portfolio: fallback", offer))?;
        portfolio.shared.iter().try_for_each(|shared| self.shared(shared))
    }

    fn shared(&self, shared: &SharedLimit) -> Result<(), VerifyError> {
        match shared {
            SharedLimit::Quota(quota) => self.quota(quota),
            SharedLimit::Share { share, requests, key, contacts, contact_key, answers, window } => {
                let place = "portfolio: share";
                ensure(*share <= BUCKETS, place, "more than all")?;
                length(place, *window, true)?;
                let table = self.plan.schema.table(*requests);
                let is_events = table.is_some_and(|table| matches!(table.kind, TableKind::Events { .. }));
                ensure(is_events, place, "of no events")?;
                let ty = self.type_of(*requests, *key);
                let of_contacts = self.past(place, *contacts)?;
                let of_answers = self.plan.exprs.get(*answers).map(|node| node.ty);
                let same = ty.is_some() && ty == self.type_of(of_contacts.events, *contact_key) && ty == of_answers;
                ensure(same, place, "keys of different types")?;
                self.of_customer(place, *answers, ty.unwrap_or(Type::Text))
            }
        }
    }

    fn quota(&self, quota: &Quota) -> Result<(), VerifyError> {
        let place = "portfolio: quota";
        quota.offer.map_or(Ok(()), |offer| self.known_offer(place, offer))?;
        let channel = quota.channel.is_none_or(|channel| (channel.0 as usize) < self.plan.channels.len());
        ensure(channel, place, "of a channel that is not declared")?;
        let past = quota.past.map(|past| self.past(place, past)).transpose()?;
        let of_family = || {
            let offer = quota.offer.and_then(|offer| self.plan.offers.get(offer.0 as usize));
            offer.is_some_and(|offer| offer.family.is_some())
        };
        match quota.per {
            Apart::Together => {}
            Apart::Customer(key, field) => {
                let ty = self.plan.exprs.get(key).map(|node| node.ty);
                let told = ty.filter(|ty| is_name(*ty) || *ty == Type::Int);
                let Some(ty) = told else { return fail(place, "a key that is no text and no int") };
                self.of_customer(place, key, ty)?;
                let of_past = field.and_then(|field| self.type_of(past?.events, field));
                ensure(field.is_none() || of_past == Some(ty), place, "keys of different types")?;
            }
            Apart::Field(field) => {
                ensure(quota.offer.is_none(), place, "of one offer by a field of offers")?;
                ensure((field.0 as usize) < self.plan.offer_fields.len(), place, "by a field that is not there")?;
            }
            Apart::Member => ensure(of_family(), place, "by member of what is no family")?,
        }
        let Some(past) = past else { return Ok(()) };
        let tells_offer = quota.offer.is_none() || past.offer.is_some();
        ensure(tells_offer, place, "of a history that names no offers")?;
        let Counted::Cost(currency) = quota.counts else { return Ok(()) };
        let cost = past.cost.and_then(|field| self.type_of(past.events, field));
        ensure(cost == Some(Type::Money(currency)), place, "of a history that does not tell what was spent")
    }

    fn type_of(&self, table: TableId, field: FieldId) -> Option<Type> {
        self.plan.schema.field(table, field).map(|field| field.ty)
    }
}

fn is_name(ty: Type) -> bool {
    matches!(ty, Type::Text | Type::OneOf(_) | Type::Ordered(_))
}

fn hours(place: &str, all: &[Hours]) -> Result<(), VerifyError> {
    let good = |hours: &Hours| {
        let days = hours.days.0 & !Weekdays::ALL.0 == 0 && hours.days.0 != 0;
        days && (0..DAY).contains(&hours.from) && (0..DAY).contains(&hours.to)
    };
    ensure(all.iter().all(good), place, "hours that are none")
}

/// A length of time of one kind that is not negative; `positive`: nor zero.
fn length(place: &str, span: Span, positive: bool) -> Result<(), VerifyError> {
    let Span { months, days, micros } = span;
    let kinds = usize::from(months != 0) + usize::from(days != 0) + usize::from(micros != 0);
    let good = kinds <= 1 && months >= 0 && days >= 0 && micros >= 0 && (!positive || kinds == 1);
    ensure(good, place, "a length of time that is none")
}
