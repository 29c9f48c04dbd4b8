//! The first plan of a policy. Hash-consing makes equal expressions one; a segment or trait is lowered once, however
//! many offers use it.

use std::collections::HashMap;

use opportune_plan::{
    Aggregate, Cap, Channel, ChannelId, Comparison, Constant, ExprId, Exprs, Function, IllFormed, Offer, OfferField,
    Op, Plan, Portfolio, Schema, Slate,
};

use super::Policy;
use crate::hir::{self, ExprKind};

/// Builds the plan as it is written, without any pass.
pub(super) fn build(policy: &Policy<'_>) -> Result<Plan, IllFormed> {
    let mut builder = Builder { schema: &policy.schema.plan, exprs: Exprs::default(), definitions: HashMap::new() };
    for (name, value) in &policy.definitions {
        let value = builder.expr(value)?;
        builder.definitions.insert(name, value);
    }
    let channel = |channel: &&hir::Channel| -> Result<Channel, IllFormed> {
        let needs = channel.needs.as_ref().map(|needs| builder.expr(needs)).transpose()?;
        Ok(Channel { name: channel.name.clone(), needs })
    };
    let channels: Vec<Channel> = policy.channels.iter().map(channel).collect::<Result<_, _>>()?;
    let ids = (0..).map(ChannelId).zip(&channels).map(|(id, channel)| (&*channel.name, id)).collect();
    let offer = |offer: &&hir::Offer| builder.offer(offer, &ids);
    let offers = policy.offers.iter().map(offer).collect::<Result<_, _>>()?;
    let portfolio = builder.portfolio(policy.portfolio, &ids)?;
    let fields = policy.schema.offer_fields.iter();
    Ok(Plan {
        name: policy.manifest.name.clone(),
        zone: policy.manifest.zone.clone(),
        schema: policy.schema.plan.clone(),
        exprs: builder.exprs,
        offer_fields: fields.map(|f| OfferField { name: f.name.clone(), ty: f.ty, is_set: f.is_set }).collect(),
        channels,
        offers,
        portfolio,
    })
}

struct Builder<'a> {
    schema: &'a Schema,
    exprs: Exprs,
    definitions: HashMap<&'a str, ExprId>,
}

type Channels<'a> = HashMap<&'a str, ChannelId>;

impl Builder<'_> {
    fn add(&mut self, op: Op) -> Result<ExprId, IllFormed> {
        self.exprs.add(self.schema, op)
    }

    fn offer(&mut self, offer: &hir::Offer, channels: &Channels<'_>) -> Result<Offer, IllFormed> {
        Ok(Offer {
            name: offer.name.clone(),
            about: offer.about.clone(),
            fields: offer.fields.clone(),
            eligible: offer.eligible.as_ref().map(|condition| self.expr(condition)).transpose()?,
            except: offer.except.iter().map(|condition| self.expr(condition)).collect::<Result<_, _>>()?,
            caps: offer.caps.iter().map(|cap| self.cap(cap)).collect::<Result<_, _>>()?,
            channels: offer.channels.iter().filter_map(|name| channels.get(&**name).copied()).collect(),
            timing: offer.timing,
            priority: self.expr(&offer.priority)?,
            because: offer.because.clone(),
        })
    }

    fn portfolio(&mut self, portfolio: &hir::Portfolio, channels: &Channels<'_>) -> Result<Portfolio, IllFormed> {
        let slates = portfolio.slates.iter();
        let slate = |(name, size): &(Box<str>, u32)| Some(Slate { channel: *channels.get(&**name)?, size: *size });
        Ok(Portfolio {
            slates: slates.filter_map(slate).collect(),
            slots_in_all: portfolio.slots_in_all,
            rank: portfolio.rank.clone(),
            contact_cap: portfolio.contact_cap.as_ref().map(|cap| self.cap(cap)).transpose()?,
        })
    }

    fn cap(&mut self, cap: &hir::Cap) -> Result<Cap, IllFormed> {
        let counted = self.expr(&cap.counted)?;
        let limit = self.add(Op::Constant(Constant::Int(i64::from(cap.limit))))?;
        let has_room = self.add(Op::Compare(Comparison::Less, counted, limit))?;
        Ok(Cap { limit: cap.limit, counted, has_room })
    }

    fn all(&mut self, parts: &[hir::Expr]) -> Result<Box<[ExprId]>, IllFormed> {
        parts.iter().map(|part| self.expr(part)).collect()
    }

    fn expr(&mut self, expr: &hir::Expr) -> Result<ExprId, IllFormed> {
        let op = match &expr.kind {
            ExprKind::Definition(name) => {
                return self.definitions.get(&**name).copied().ok_or(IllFormed::UnknownField);
            }
            ExprKind::Constant(constant) => Op::Constant(constant.clone()),
            ExprKind::Missing => Op::Missing(expr.ty),
            ExprKind::Now => Op::Now,
            ExprKind::Today => Op::Today,
            ExprKind::Field(table, field) => Op::Field(*table, *field),
            ExprKind::Follow { table, link, value } => {
                Op::Follow { table: *table, link: *link, value: self.expr(value)? }
            }
            ExprKind::OfCustomer { events, value } => Op::OfCustomer { events: *events, value: self.expr(value)? },
            ExprKind::Aggregate(aggregate) => Op::Aggregate(self.aggregate(aggregate)?),
            ExprKind::Not(of) => Op::Not(self.expr(of)?),
            ExprKind::And(parts) => Op::And(self.all(parts)?),
            ExprKind::Or(parts) => Op::Or(self.all(parts)?),
            ExprKind::IsMissing(of) => Op::IsMissing(self.expr(of)?),
            ExprKind::IsTrue(of) => Op::IsTrue(self.expr(of)?),
            ExprKind::Compare(comparison, a, b) => Op::Compare(*comparison, self.expr(a)?, self.expr(b)?),
            ExprKind::In(of, constants) => Op::In(self.expr(of)?, constants.clone().into()),
            ExprKind::StartsWith(of, text) => Op::StartsWith(self.expr(of)?, text.clone()),
            ExprKind::Contains(of, text) => Op::Contains(self.expr(of)?, text.clone()),
            ExprKind::Else(a, b) => Op::Else(self.expr(a)?, self.expr(b)?),
            ExprKind::If(when, a, b) => Op::If(self.expr(when)?, self.expr(a)?, self.expr(b)?),
            ExprKind::ToNumber(of) => Op::ToNumber(self.expr(of)?),
            ExprKind::Negate(of) => Op::Negate(self.expr(of)?),
            ExprKind::Arithmetic(arithmetic, a, b) => Op::Arithmetic(*arithmetic, self.expr(a)?, self.expr(b)?),
            ExprKind::Shift(of, span) => Op::Shift(self.expr(of)?, *span),
        };
        self.add(op)
    }

    fn aggregate(&mut self, aggregate: &hir::Aggregate) -> Result<Aggregate, IllFormed> {
        let filter = aggregate.filter.as_ref().map(|filter| self.expr(filter)).transpose()?;
        let value = aggregate.value.as_ref().map(|value| self.expr(value)).transpose()?;
        let function = match (aggregate.function, value) {
            (hir::Function::Exists, _) => Function::Exists,
            (hir::Function::Sum, Some(value)) => Function::Sum(value),
            (hir::Function::Avg, Some(value)) => Function::Avg(value),
            (hir::Function::Min, Some(value)) => Function::Min(value),
            (hir::Function::Max, Some(value)) => Function::Max(value),
            (hir::Function::First, Some(value)) => Function::First(value),
            (hir::Function::Last, Some(value)) => Function::Last(value),
            (hir::Function::Distinct, Some(value)) => Function::Distinct(value),
            _ => Function::Count,
        };
        Ok(Aggregate { events: aggregate.events, window: aggregate.window, filter, function })
    }
}
