//! Checks that a plan is well-formed; the runtime accepts no other.

mod rules;

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Deref;

use crate::channel::ChannelId;
use crate::expr::{ExprId, Op, Scope};
use crate::infer::{self, IllFormed};
use crate::journey::Journey;
use crate::limit::SharedLimit;
use crate::offer::{Cap, Family, FieldValue, Offer, Plan};
use crate::schema::{Schema, Source, Table, TableKind};
use crate::template::{Part, Template};
use crate::types::{Constant, Element, Type};

/// A plan that passed [`verify`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VerifiedPlan(Plan);

impl VerifiedPlan {
    /// The plan, to be changed and verified again.
    pub fn into_inner(self) -> Plan {
        self.0
    }
}

impl Deref for VerifiedPlan {
    type Target = Plan;

    fn deref(&self) -> &Plan {
        &self.0
    }
}

/// What is wrong with a plan, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyError {
    /// The part of the plan, for example ``offer `x`: priority``.
    pub place: String,
    /// What is wrong there.
    pub reason: String,
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.reason)
    }
}

impl std::error::Error for VerifyError {}

/// Accepts a plan whose every part is well-formed.
///
/// # Errors
/// The first part that is not.
pub fn verify(plan: Plan) -> Result<VerifiedPlan, VerifyError> {
    schema(&plan.schema)?;
    expressions(&plan)?;
    let check = Check { plan: &plan, family: None, picks: 0 };
    plan.journeys.iter().try_for_each(|journey| check.journey(journey))?;
    ensure(sorted(plan.journeys.iter().map(|journey| &journey.name)), "journeys", "not in the order of their names")?;
    let names = plan.guarantees.iter().map(|guarantee| &guarantee.name);
    ensure(sorted(names), "guarantees", "not in the order of their names")?;
    plan.channels.iter().try_for_each(|channel| check.channel(channel))?;
    check.delivery()?;
    plan.histories.iter().try_for_each(|history| check.history(history))?;
    ensure(sorted(plan.channels.iter().map(|channel| &channel.name)), "channels", "not in the order of their names")?;
    let of_offer = |offer: &Offer| Check { plan: &plan, family: offer.family, picks: offer.picks.len() }.offer(offer);
    plan.offers.iter().try_for_each(of_offer)?;
    ensure(sorted(plan.offers.iter().map(|offer| &offer.name)), "offers", "not in the order of their names")?;
    check.portfolio()?;
    Ok(VerifiedPlan(plan))
}

fn fail<T>(place: impl fmt::Display, reason: impl fmt::Display) -> Result<T, VerifyError> {
    Err(VerifyError { place: place.to_string(), reason: reason.to_string() })
}

fn ensure(holds: bool, place: impl fmt::Display, reason: &str) -> Result<(), VerifyError> {
    if holds { Ok(()) } else { fail(place, reason) }
}

/// Whether each is greater than the one before.
fn sorted<T: Ord>(all: impl Iterator<Item = T>) -> bool {
    all.is_sorted_by(|a, b| a < b)
}

fn schema(schema: &Schema) -> Result<(), VerifyError> {
    for (id, table) in schema.tables() {
        let place = format!("table `{}`", table.name);
        let is_customer = matches!(table.kind, TableKind::Customer { .. });
        ensure(is_customer == (id == Schema::CUSTOMER), &place, "table 0, and no other, is the customer")?;
        self::table(schema, table, &place)?;
    }
    ensure(!schema.tables.is_empty(), "schema", "no customer")
}

fn table(schema: &Schema, table: &Table, place: &str) -> Result<(), VerifyError> {
    let field = |id: crate::schema::FieldId| table.fields.get(id.0 as usize);
    match &table.kind {
        TableKind::Customer { key, .. } | TableKind::Lookup { key } => {
            let key = field(*key);
            let good = key.is_some_and(|f| !f.nullable && matches!(f.ty, Type::Text | Type::Int));
            ensure(good, place, "its key is not a text or int that is always there")?;
        }
        TableKind::Events { at, .. } => {
            let good = field(*at).is_some_and(|f| !f.nullable && matches!(f.ty, Type::Date | Type::Instant));
            ensure(good, place, "its time is not a date or instant that is always there")?;
        }
        TableKind::Context => {
            let good = table.fields.iter().all(|field| field.nullable);
            ensure(good, place, "a field of a request that may not be missing")?;
            let contexts = schema.tables.iter().filter(|table| matches!(table.kind, TableKind::Context));
            ensure(contexts.count() == 1, place, "one context beside another")?;
        }
    }
    if let TableKind::Customer { introduced_by, .. } = &table.kind {
        ensure(!introduced_by.is_empty(), place, "no table introduces customers")?;
        for id in introduced_by {
            let good = schema
                .table(*id)
                .is_some_and(|t| matches!(t.kind, TableKind::Customer { .. } | TableKind::Events { .. }));
            ensure(good, place, "a table that cannot introduce customers")?;
        }
    }
    for field in &table.fields {
        let place = format!("{place}, field `{}`", field.name);
        if let Type::OneOf(domain)
        | Type::Ordered(domain)
        | Type::Set(Element::OneOf(domain) | Element::Ordered(domain)) = field.ty
        {
            ensure(schema.domain(domain).is_some_and(|d| !d.variants.is_empty()), &place, "no values to be one of")?;
        }
        if let Some(link) = field.link {
            let target = schema.table(link.table);
            let key = target.filter(|t| matches!(t.kind, TableKind::Lookup { .. })).and_then(Table::key);
            let key = key.and_then(|key| schema.field(link.table, key));
            ensure(key.is_some_and(|k| k.ty == field.ty), &place, "it links to no table with a key of its type")?;
        }
        let pair = matches!(field.source, Source::Columns(..));
        ensure(!pair || field.ty == Type::Place, &place, "two columns of what is no place")?;
        if let Source::Linked { link, field: target } = field.source {
            let link = table.fields.get(link.0 as usize).filter(|l| matches!(l.source, Source::Column(_)));
            let target = link.and_then(|l| l.link).and_then(|l| schema.field(l.table, target));
            let good = target.is_some_and(|t| t.ty == field.ty && matches!(t.source, Source::Column(_)));
            ensure(good, &place, "it comes from no field of its type")?;
        }
    }
    Ok(())
}

fn expressions(plan: &Plan) -> Result<(), VerifyError> {
    for (id, node) in plan.exprs.iter() {
        let place = format_args!("%{}", id.0);
        let mut later = false;
        node.op.for_each_operand(|operand| later |= operand >= id);
        ensure(!later, place, "it uses an expression that comes after it")?;
        if let Op::Remaining(limit) = &node.op {
            let shared = plan.portfolio.shared.get(*limit as usize);
            let is_total = matches!(shared, Some(SharedLimit::Quota(quota)) if quota.total_of().is_some());
            ensure(is_total, place, "what is left of no limit in total")?;
        }
        if let Op::Journey(journey, _) = &node.op {
            ensure((journey.0 as usize) < plan.journeys.len(), place, "a journey that is not declared")?;
        }
        match infer::infer(&plan.schema, &plan.exprs, node.op.clone()) {
            Ok(found) => ensure(found == *node, place, "its type is not the one it says")?,
            Err(reason) => return fail(place, reason),
        }
    }
    Ok(())
}

struct Check<'a> {
    plan: &'a Plan,
    /// Of the offer at hand: over the members of which family its expressions may be.
    family: Option<Family>,
    /// How many items it picks.
    picks: usize,
}

impl Check<'_> {
    fn over_customer(&self, place: &str, id: ExprId, ty: Type) -> Result<(), VerifyError> {
        let Some(node) = self.plan.exprs.get(id) else { return fail(place, IllFormed::UnknownOperand(id)) };
        ensure(node.ty == ty, place, "of the wrong type")?;
        self.in_scope(place, node.scope)
    }

    fn in_scope(&self, place: &str, scope: Scope) -> Result<(), VerifyError> {
        match (scope, self.family) {
            (Scope::Member(table, field) | Scope::Pair(table, field), Some(family)) => {
                ensure((table, field) == (family.table, family.field), place, "over the members of another family")
            }
            _ => infer::within(scope, Scope::Row(Schema::CUSTOMER)).or_else(|reason| fail(place, reason)),
        }
    }

    fn journey(&self, journey: &Journey) -> Result<(), VerifyError> {
        let place = format!("journey `{}`", journey.name);
        self.never_missing(&place, journey.zone, Type::Zone)?;
        ensure(!self.needs_journey(journey.zone), &place, "a zone that needs a journey")?;
        ensure(!journey.steps.is_empty(), &place, "no steps")?;
        for (at, step) in journey.steps.iter().enumerate() {
            let table = self.plan.schema.table(step.events);
            let is_events = table.is_some_and(|table| matches!(table.kind, TableKind::Events { .. }));
            ensure(is_events, &place, "a step over no events")?;
            if let Some(filter) = step.filter {
                let Some(node) = self.plan.exprs.get(filter) else {
                    return fail(place, IllFormed::UnknownOperand(filter));
                };
                ensure(node.ty == Type::Bool && !node.nullable, &place, "a step's condition may be unknown")?;
                infer::within(node.scope, Scope::Row(step.events)).or_else(|reason| fail(&*place, reason))?;
                ensure(!self.needs_journey(filter), &place, "a step that needs a journey")?;
            }
            let in_time = match &step.within {
                None => true,
                Some(Constant::Duration(n) | Constant::Days(n) | Constant::Months(n)) => at > 0 && *n > 0,
                Some(_) => false,
            };
            ensure(in_time, &place, "a limit that is no length of time, or one of the first step")?;
        }
        Ok(())
    }

    /// Whether an expression asks how far a customer has come; a journey of journeys might never end.
    fn needs_journey(&self, expr: ExprId) -> bool {
        let (mut open, mut seen) = (vec![expr], BTreeSet::new());
        while let Some(expr) = open.pop() {
            let Some(node) = self.plan.exprs.get(expr).filter(|_| seen.insert(expr)) else { continue };
            if matches!(node.op, Op::Journey(..)) {
                return true;
            }
            node.op.for_each_operand(|operand| open.push(operand));
        }
        false
    }

    fn family(&self, place: &str, family: Family) -> Result<(), VerifyError> {
        let found = infer::family_type(&self.plan.schema, family.table, family.field);
        ensure(found.is_some(), place, "a family of no field of a lookup table")
    }

    fn template(&self, place: &str, template: &Template) -> Result<(), VerifyError> {
        for part in &template.parts {
            if let Part::Picked(pick) = part {
                ensure((*pick as usize) < self.picks, place, "an item that is not picked")?;
            }
            let Part::Hole { value, zone, .. } = part else { continue };
            let Some(node) = self.plan.exprs.get(*value) else { return fail(place, IllFormed::UnknownOperand(*value)) };
            ensure(!node.nullable, place, "a hole may be missing")?;
            self.in_scope(place, node.scope)?;
            ensure(
                (node.ty == Type::Instant) == zone.is_some(),
                place,
                "a zone for what is no instant, or none for one",
            )?;
            zone.map_or(Ok(()), |zone| self.never_missing(place, zone, Type::Zone))?;
        }
        Ok(())
    }

    fn condition(&self, place: &str, id: ExprId) -> Result<(), VerifyError> {
        self.over_customer(place, id, Type::Bool)
    }

    fn never_missing(&self, place: &str, id: ExprId, ty: Type) -> Result<(), VerifyError> {
        self.over_customer(place, id, ty)?;
        ensure(self.plan.exprs.get(id).is_some_and(|node| !node.nullable), place, "it may be missing")
    }

    fn cap(&self, place: &str, cap: Cap) -> Result<(), VerifyError> {
        self.never_missing(place, cap.counted, Type::Int)?;
        self.condition(place, cap.has_room)
    }

    fn offer(&self, offer: &Offer) -> Result<(), VerifyError> {
        let place = |part: &str| format!("offer `{}`: {part}", offer.name);
        offer.family.map_or(Ok(()), |family| self.family(&place("family"), family))?;
        for condition in offer.eligible.iter().chain(&offer.except) {
            self.condition(&place("condition"), *condition)?;
        }
        for forbidden in &offer.forbidden {
            self.condition(&place("guarantee"), forbidden.when)?;
            let known = (forbidden.guarantee.0 as usize) < self.plan.guarantees.len();
            ensure(known, place("guarantee"), "one that is not declared")?;
        }
        offer.caps.iter().try_for_each(|cap| self.cap(&place("cap"), *cap))?;
        self.never_missing(&place("priority"), offer.priority, Type::Number)?;
        let known = |c: &ChannelId| (c.0 as usize) < self.plan.channels.len();
        self.rules_of(offer)?;
        offer.because.as_ref().map_or(Ok(()), |template| self.template(&place("because"), template))?;
        for (channel, template) in &offer.messages {
            self.template(&place("message"), template)?;
            ensure(
                channel.is_none_or(|channel| known(&channel)),
                place("message"),
                "of a channel that is not declared",
            )?;
        }
        let of = offer.messages.iter().map(|(channel, _)| channel).collect::<BTreeSet<_>>();
        ensure(of.len() == offer.messages.len(), place("message"), "two of one channel")?;
        ensure(offer.fields.len() == self.plan.offer_fields.len(), place("fields"), "not one value a field")?;
        for (value, field) in offer.fields.iter().zip(&self.plan.offer_fields) {
            let good = match value {
                FieldValue::Missing => true,
                FieldValue::One(constant) => !field.is_set && self.is_of(constant, field.ty),
                FieldValue::Set(all) => {
                    field.is_set && sorted(all.iter()) && all.iter().all(|constant| self.is_of(constant, field.ty))
                }
            };
            ensure(good, place(&field.name), "a value of another type")?;
        }
        Ok(())
    }

    fn is_of(&self, constant: &Constant, ty: Type) -> bool {
        constant.ty() == ty && infer::in_domain(&self.plan.schema, constant).is_ok()
    }

    fn portfolio(&self) -> Result<(), VerifyError> {
        let portfolio = &self.plan.portfolio;
        for slate in &portfolio.slates {
            let known = (slate.channel.0 as usize) < self.plan.channels.len();
            ensure(known && slate.size > 0, "portfolio: slate", "of no channel or of no size")?;
        }
        let once = portfolio.slates.iter().map(|slate| slate.channel).collect::<BTreeSet<_>>();
        ensure(once.len() == portfolio.slates.len(), "portfolio: slate", "two of one channel")?;
        for key in &portfolio.rank {
            let field = self.plan.offer_fields.get(key.field.0 as usize);
            ensure(field.is_some_and(|f| !f.is_set), "portfolio: rank", "by no field, or by a set")?;
        }
        portfolio.contact_cap.map_or(Ok(()), |cap| self.cap("portfolio: cap", cap))?;
        self.rules_of_all()
    }
}
