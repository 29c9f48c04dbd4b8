//! The first plan of a policy. Hash-consing makes equal expressions one; a segment or trait is lowered once, however
//! many offers use it.

use std::collections::HashMap;

use opportune_plan::{
    Aggregate, Builtin, By, ChannelId, Constant, ExprId, Exprs, FieldValue, Float, Function, History, IllFormed,
    JourneyId, OfferField, OfferFieldId, OfferKind, Op, Plan, Schema, Type, Window,
};

use super::items::limits::Sending;
use super::{Beside, Counted, Policy, guarantees, items};
use crate::hir::{self, ExprKind};
use crate::reads::{self, Known};

/// Builds the plan as it is written, without any pass.
pub(super) fn build(policy: &Policy<'_>, caps: Counted) -> Result<Plan, IllFormed> {
    build_with(policy, caps, &[]).map(|(plan, _)| plan)
}

/// The same with other expressions beside those by which it decides; those that cannot be lowered by
/// themselves have no place in it.
pub(super) fn build_with(
    policy: &Policy<'_>,
    caps: Counted,
    beside: &[Beside<'_>],
) -> Result<(Plan, Vec<Option<ExprId>>), IllFormed> {
    let mut builder = Builder::new(policy);
    for (name, value) in &policy.definitions {
        builder.define(name, value)?;
    }
    let journeys = policy.journeys.iter().map(|journey| builder.journey(journey)).collect::<Result<_, _>>()?;
    let rules = policy.portfolio;
    let mut channels: Vec<_> =
        policy.channels.iter().map(|channel| builder.channel(channel)).collect::<Result<_, _>>()?;
    let ids = (0..).map(ChannelId).zip(&policy.channels).map(|(id, channel)| (&*channel.name, id)).collect();
    builder.costs = policy.channels.iter().map(|found| builder.some(found.cost.as_ref())).collect::<Result<_, _>>()?;
    builder.stops(rules, &mut channels, &ids)?;
    builder.used_capacity(policy.schema, &mut channels)?;
    let has_notices = policy.offers.iter().any(|offer| offer.kind == OfferKind::Notice);
    let sending = Sending { caps, channels: &channels, slots_in_all: rules.slots_in_all, has_notices };
    let mut offers = Vec::with_capacity(policy.offers.len());
    for offer in &policy.offers {
        let mut lowered = builder.offer(offer, &ids)?;
        builder.by_portfolio(rules, offer, &mut lowered)?;
        builder.caps_of_offer(offer, &mut lowered, sending, &ids)?;
        lowered.forbidden = guarantees::forbid(&mut builder, &policy.guarantees, offer)?;
        offers.push(lowered);
    }
    let mut portfolio = builder.portfolio(rules, &ids, &policy.offers)?;
    portfolio.shared = builder.quotas(&policy.offers, rules, &ids)?;
    builder.costs_of_routes(&policy.offers, rules, &mut offers, &ids)?;
    builder.caps_of_portfolio(rules, &mut portfolio, &offers, sending, &ids)?;
    let patience = policy.manifest.ignored_after;
    let pauses = rules.pauses.iter().map(|pause| builder.pause(pause, patience));
    portfolio.pauses = pauses.collect::<Result<_, _>>()?;
    let zone = policy.schema.zone.as_ref().filter(|_| items::asks_for_zone(&channels, &offers, &portfolio));
    let mut delivery = builder.delivery(zone, &policy.manifest.zone)?;
    delivery.horizon = rules.horizon.unwrap_or(delivery.horizon);
    delivery.possible_zones.clone_from(&rules.possible_zones);
    let beside = beside.iter().map(|beside| builder.beside(policy, *beside).ok()).collect();
    let fields = policy.schema.offer_fields.iter();
    let plan = Plan {
        name: policy.manifest.name.clone(),
        zone: policy.manifest.zone.clone(),
        schema: policy.schema.plan.clone(),
        exprs: builder.exprs,
        journeys,
        guarantees: guarantees::declared(&policy.guarantees),
        offer_fields: fields.map(|f| OfferField { name: f.name.clone(), ty: f.ty, is_set: f.is_set }).collect(),
        channels,
        delivery,
        histories: builder.histories,
        offers,
        portfolio,
    };
    Ok((plan, beside))
}

/// By offer that has a plain total, its place among the limits over all customers: quotas of offers come first, in the
/// order of offers.
fn totals<'a>(offers: &[&'a hir::Offer]) -> HashMap<&'a str, u32> {
    let quotas = offers.iter().flat_map(|offer| items::quotas::of(&offer.caps).map(|quota| (&*offer.name, quota)));
    (0..).zip(quotas).filter(|(_, (_, quota))| quota.is_plain()).map(|(at, (name, _))| (name, at)).collect()
}

/// By offer, what it costs in trust that it reads what it reads.
fn information<'a>(policy: &Policy<'a>) -> HashMap<&'a str, Constant> {
    let known = Known::of(policy.schema, policy.definitions.iter().copied(), policy.journeys.iter().copied());
    let cost = |offer: &hir::Offer| {
        let reads = reads::of_offer(policy.schema, &known, offer);
        Float::new(reads::information_cost(policy.schema, &reads, policy.manifest.information)).map(Constant::Number)
    };
    policy.offers.iter().filter_map(|offer| Some((&*offer.name, cost(offer)?))).collect()
}

/// The plan while it is built.
pub(super) struct Builder<'a> {
    pub(super) schema: &'a Schema,
    pub(super) exprs: Exprs,
    /// The past events that limits count.
    pub(super) histories: Vec<History>,
    /// By channel, what a message by it costs.
    pub(super) costs: Vec<Option<ExprId>>,
    /// What a message costs by the channel that the objective looks at.
    pub(super) cost: Option<ExprId>,
    /// What the offer costs that the objective or a lever looks at.
    offer_cost: Option<ExprId>,
    /// What it costs in trust that the offer reads what it reads, which is looked at.
    information_cost: Option<Constant>,
    /// The same of all offers, by name.
    information: HashMap<&'a str, Constant>,
    definitions: HashMap<&'a str, ExprId>,
    journeys: HashMap<&'a str, JourneyId>,
    /// The fields of the offer that a guarantee or the objective looks at.
    fields: Vec<FieldValue>,
    /// Those that differ by arm.
    varied: Vec<(OfferFieldId, ExprId)>,
    /// By offer, the limit over all customers on it: its place in [`opportune_plan::Portfolio::shared`].
    totals: HashMap<&'a str, u32>,
}

impl<'a> Builder<'a> {
    fn new(policy: &Policy<'a>) -> Self {
        let journeys = policy.journeys.iter().map(|journey| &*journey.name);
        Self {
            totals: totals(&policy.offers),
            information: information(policy),
            ..Self::of_conditions(&policy.schema.plan, journeys)
        }
    }

    /// A builder of single conditions.
    pub(super) fn of_conditions(schema: &'a Schema, journeys: impl Iterator<Item = &'a str>) -> Self {
        Self {
            schema,
            exprs: Exprs::default(),
            histories: Vec::new(),
            costs: Vec::new(),
            cost: None,
            offer_cost: None,
            information_cost: None,
            information: HashMap::new(),
            definitions: HashMap::new(),
            journeys: (0..).map(JourneyId).zip(journeys).map(|(id, name)| (name, id)).collect(),
            fields: Vec::new(),
            varied: Vec::new(),
            totals: HashMap::new(),
        }
    }

    /// Says what a segment or trait stands for; those that it needs are said before.
    pub(super) fn define(&mut self, name: &'a str, value: &hir::Expr) -> Result<(), IllFormed> {
        let value = self.expr(value)?;
        self.definitions.insert(name, value);
        Ok(())
    }

    pub(super) fn add(&mut self, op: Op) -> Result<ExprId, IllFormed> {
        self.exprs.add(self.schema, op)
    }

    /// An expression in which fields of offers are those of this one.
    pub(super) fn of_offer(&mut self, expr: &hir::Expr, offer: &hir::Offer) -> Result<ExprId, IllFormed> {
        let varied = offer.varied.iter().map(|(field, value)| Ok((*field, self.expr(value)?)));
        self.varied = varied.collect::<Result<_, _>>()?;
        self.offer_cost = self.some(offer.cost.as_ref())?;
        self.information_cost = self.information.get(&*offer.name).cloned();
        self.fields.clone_from(&offer.fields);
        let found = self.expr(expr);
        (self.offer_cost, self.information_cost) = (None, None);
        self.fields.clear();
        self.varied.clear();
        found
    }

    /// What is asked of the customer alone, or where an offer is looked at.
    fn beside(&mut self, policy: &Policy<'a>, Beside { expr, of }: Beside<'_>) -> Result<ExprId, IllFormed> {
        let Some((offer, channel)) = of else { return self.expr(expr) };
        let offer = policy.offers.get(offer.0 as usize).ok_or(IllFormed::UnknownField)?;
        if let Some((channel, objective)) = channel.zip(policy.portfolio.objective.as_ref()) {
            self.cost = Some(self.cost_of(channel, objective.currency)?);
        }
        let found = self.of_offer(expr, offer);
        self.cost = None;
        found
    }

    fn all(&mut self, parts: &[hir::Expr]) -> Result<Box<[ExprId]>, IllFormed> {
        parts.iter().map(|part| self.expr(part)).collect()
    }

    pub(super) fn expr(&mut self, expr: &hir::Expr) -> Result<ExprId, IllFormed> {
        let op = match &expr.kind {
            ExprKind::Definition(name) => {
                return self.definitions.get(&**name).copied().ok_or(IllFormed::UnknownField);
            }
            ExprKind::Constant(constant) => Op::Constant(constant.clone()),
            ExprKind::Missing => Op::Missing(expr.ty),
            ExprKind::Now => Op::Now,
            ExprKind::Field(table, field) => Op::Field(*table, *field),
            ExprKind::Member(table, field) => Op::Member(*table, *field),
            ExprKind::OfferField(field) => match self.varied.iter().find(|(varied, _)| varied == field) {
                Some((_, value)) => return Ok(*value),
                None => self.offer_field(*field, expr.ty)?,
            },
            ExprKind::ChannelCost => return self.cost.ok_or(IllFormed::UnknownField),
            ExprKind::OfferCost => match self.offer_cost {
                Some(cost) => return Ok(cost),
                None => Op::Constant(hir::harmless(expr.ty)),
            },
            ExprKind::InformationCost => Op::Constant(self.information_cost.clone().ok_or(IllFormed::UnknownField)?),
            // The objective is taken apart before it is lowered.
            ExprKind::Score => return Err(IllFormed::UnknownField),
            ExprKind::Bucket { salt, layer } => Op::Bucket { salt: salt.clone(), layer: layer.clone() },
            ExprKind::Remaining(offer) => {
                Op::Remaining(self.totals.get(&**offer).copied().ok_or(IllFormed::UnknownField)?)
            }
            ExprKind::Journey(name, part) => {
                Op::Journey(self.journeys.get(&**name).copied().ok_or(IllFormed::UnknownField)?, *part)
            }
            ExprKind::Follow { table, link, value } => {
                Op::Follow { table: *table, link: *link, value: self.expr(value)? }
            }
            ExprKind::OfCustomer { events, value } => Op::OfCustomer { events: *events, value: self.expr(value)? },
            ExprKind::Lookup { table, key, value } => {
                Op::Lookup { table: *table, key: self.expr(key)?, value: self.expr(value)? }
            }
            ExprKind::Aggregate(aggregate) => Op::Aggregate(self.aggregate(aggregate)?),
            ExprKind::Not(of) => Op::Not(self.expr(of)?),
            ExprKind::And(parts) => Op::And(self.all(parts)?),
            ExprKind::Or(parts) => Op::Or(self.all(parts)?),
            ExprKind::IsMissing(of) => Op::IsMissing(self.expr(of)?),
            ExprKind::IsTrue(of) => Op::IsTrue(self.expr(of)?),
            ExprKind::Compare(comparison, a, b) => Op::Compare(*comparison, self.expr(a)?, self.expr(b)?),
            ExprKind::In(of, constants) => Op::In(self.expr(of)?, constants.clone().into()),
            ExprKind::StartsWith(of, text) => Op::StartsWith(self.expr(of)?, text.clone()),
            ExprKind::EndsWith(of, text) => Op::EndsWith(self.expr(of)?, text.clone()),
            ExprKind::Contains(of, text) => Op::Contains(self.expr(of)?, text.clone()),
            ExprKind::Else(a, b) => Op::Else(self.expr(a)?, self.expr(b)?),
            ExprKind::If(when, a, b) => Op::If(self.expr(when)?, self.expr(a)?, self.expr(b)?),
            ExprKind::ToNumber(of) => Op::ToNumber(self.expr(of)?),
            ExprKind::Negate(of) => Op::Negate(self.expr(of)?),
            ExprKind::Arithmetic(arithmetic, a, b) => Op::Arithmetic(*arithmetic, self.expr(a)?, self.expr(b)?),
            ExprKind::Call(builtin, arguments) => {
                let arguments = self.all(arguments)?;
                if self.looks_into_nothing(*builtin, &arguments) {
                    Op::Constant(Constant::Bool(false))
                } else {
                    Op::Call(*builtin, arguments)
                }
            }
        };
        let found = self.add(op)?;
        debug_assert!(self.is_as_told(found, expr), "the checks and the plan differ about {expr:?}");
        Ok(found)
    }

    /// Whether the plan finds the type that the checks told the author, and misses nothing that they did not.
    fn is_as_told(&self, found: ExprId, expr: &hir::Expr) -> bool {
        self.exprs.get(found).is_some_and(|node| node.ty == expr.ty && (expr.nullable || !node.nullable))
    }

    /// Whether a set of an offer is asked that turns out empty: nothing is in it, not even what is missing.
    fn looks_into_nothing(&self, builtin: Builtin, arguments: &[ExprId]) -> bool {
        let is_empty = |id: &ExprId| match self.exprs.get(*id).map(|node| &node.op) {
            Some(Op::Constant(Constant::Set(_, all))) => all.is_empty(),
            _ => false,
        };
        matches!(builtin, Builtin::Has | Builtin::Overlaps) && arguments.iter().any(is_empty)
    }

    /// The value of a field of the offer that a guarantee looks at.
    fn offer_field(&self, field: OfferFieldId, ty: Type) -> Result<Op, IllFormed> {
        match (self.fields.get(field.0 as usize), ty) {
            (Some(FieldValue::One(constant)), _) => Ok(Op::Constant(constant.clone())),
            (Some(FieldValue::Set(all)), Type::Set(element)) => {
                Ok(Op::Constant(Constant::Set(element, all.clone().into())))
            }
            (Some(FieldValue::Missing), _) => Ok(Op::Missing(ty)),
            _ => Err(IllFormed::UnknownField),
        }
    }

    pub(super) fn some(&mut self, expr: Option<&hir::Expr>) -> Result<Option<ExprId>, IllFormed> {
        expr.map(|expr| self.expr(expr)).transpose()
    }

    fn aggregate(&mut self, aggregate: &hir::Aggregate) -> Result<Aggregate, IllFormed> {
        let after = self.some(aggregate.window.after.as_ref())?;
        let until = self.some(aggregate.window.until.as_ref())?;
        let filter = self.some(aggregate.filter.as_ref())?;
        let by = aggregate.by.as_ref().map(|by| self.by(by)).transpose()?;
        let value = self.some(aggregate.value.as_ref())?;
        let ranked = self.some(aggregate.ranked.as_ref())?;
        let function = function(aggregate.function, value, ranked);
        Ok(Aggregate { events: aggregate.events, window: Window { after, until }, filter, by, function })
    }

    fn by(&mut self, by: &hir::By) -> Result<By, IllFormed> {
        let key = self.expr(&by.key)?;
        Ok(By { table: by.family.table, field: by.family.field, key, missing_is_false: by.missing_is_false })
    }
}

fn function(function: hir::Function, value: Option<ExprId>, ranked: Option<ExprId>) -> Function {
    match (function, value) {
        (hir::Function::Exists, _) => Function::Exists,
        (hir::Function::Sum, Some(value)) => Function::Sum(value),
        (hir::Function::Avg, Some(value)) => Function::Avg(value),
        (hir::Function::Min, Some(value)) => Function::Min(value),
        (hir::Function::Max, Some(value)) => Function::Max(value),
        (hir::Function::First, Some(value)) => Function::First(value),
        (hir::Function::Last, Some(value)) => Function::Last(value),
        (hir::Function::Distinct, Some(value)) => Function::Distinct(value),
        (hir::Function::MostFrequent, Some(value)) => Function::MostFrequent(value),
        (hir::Function::FrequencyRank, Some(value)) => {
            ranked.map_or(Function::Count, |of| Function::FrequencyRank { value, of })
        }
        (hir::Function::TypicalGap, Some(value)) => Function::TypicalGap(value),
        (hir::Function::Count, _) | (_, None) => Function::Count,
    }
}
