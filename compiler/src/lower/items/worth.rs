//! What an offer is worth: its priority, the levers on it, the objective, and what guards all offers of the portfolio.
//!
//! What must hold: the objective is each route's own value, also where all are the same, so that the priority stays what the
//! author wrote, and decisions tell both.

use opportune_plan::{
    Arithmetic, Constant, Currency, Direction, ExprId, Float, IllFormed, Offer, OfferKind, Op, RouteValue, Type,
};

use super::super::build::Builder;
use super::Channels;
use crate::hir::guarantee::{Truth, matching};
use crate::hir::objective::Objective;
use crate::hir::portfolio::{Lever, Suppression};
use crate::hir::{self, harmless};

impl Builder<'_> {
    /// Puts the portfolio's levers, objective and suppressions into an offer; notices stand outside of all three.
    pub(in crate::lower) fn by_portfolio(
        &mut self,
        portfolio: &hir::Portfolio,
        offer: &hir::Offer,
        lowered: &mut Offer,
    ) -> Result<(), IllFormed> {
        if offer.kind == OfferKind::Notice {
            return Ok(());
        }
        for suppression in &portfolio.suppressions {
            lowered.except.extend(self.suppression(suppression, offer)?);
        }
        for lever in &portfolio.levers {
            lowered.priority = self.lever(lever, offer, lowered.priority)?;
        }
        portfolio.objective.as_ref().map_or(Ok(()), |objective| self.objective(objective, offer, lowered))
    }

    /// Whether any of the events concerns this offer; none where none can.
    fn suppression(&mut self, found: &Suppression, offer: &hir::Offer) -> Result<Option<ExprId>, IllFormed> {
        let filter = found.filter.as_ref();
        if filter.is_some_and(|filter| matching(filter, &offer.fields) == Truth::False) {
            return Ok(None);
        }
        self.of_offer(&found.happened, offer).map(Some)
    }

    /// The priority, multiplied where the lever is about this offer and customer.
    fn lever(&mut self, lever: &Lever, offer: &hir::Offer, priority: ExprId) -> Result<ExprId, IllFormed> {
        let mut conditions = Vec::new();
        if let Some(offers) = &lever.offers {
            match matching(offers, &offer.fields) {
                Truth::True => {}
                Truth::False | Truth::Unknown => return Ok(priority),
                Truth::Later => conditions.push(self.of_offer(offers, offer)?),
            }
        }
        conditions.extend(self.some(lever.when.as_ref())?);
        let factor = self.add(Op::Constant(Constant::Number(lever.factor)))?;
        let factor = match conditions.as_slice() {
            [] => factor,
            all => {
                let all = match all {
                    [one] => *one,
                    all => self.add(Op::And(all.into()))?,
                };
                let holds = self.add(Op::IsTrue(all))?;
                let one = self.number(1.0)?;
                self.add(Op::If(holds, factor, one))?
            }
        };
        self.add(Op::Arithmetic(Arithmetic::Multiply, priority, factor))
    }

    fn number(&mut self, value: f64) -> Result<ExprId, IllFormed> {
        self.add(Op::Constant(Float::new(value).map_or(Constant::Int(0), Constant::Number)))
    }

    fn objective(&mut self, objective: &Objective, offer: &hir::Offer, lowered: &mut Offer) -> Result<(), IllFormed> {
        let mut values = Vec::new();
        for route in &lowered.routes {
            self.cost = Some(self.cost_of(route.channel, objective.currency)?);
            let per_score = self.of_offer(&objective.per_score, offer)?;
            values.push(RouteValue { per_score, fixed: self.of_offer(&objective.fixed, offer)? });
        }
        self.cost = None;
        for (route, value) in lowered.routes.iter_mut().zip(values) {
            route.value = Some(value);
        }
        Ok(())
    }

    /// What a message by the channel costs; a channel that does not say it costs nothing.
    pub(in crate::lower) fn cost_of(
        &mut self,
        channel: opportune_plan::ChannelId,
        currency: Currency,
    ) -> Result<ExprId, IllFormed> {
        match self.costs.get(channel.0 as usize).copied().flatten() {
            Some(cost) => Ok(cost),
            None => self.add(Op::Constant(harmless(Type::Money(currency)))),
        }
    }

    /// What must not have happened, for each channel that it is said of; of all: for those by which we begin.
    pub(in crate::lower) fn stops(
        &mut self,
        portfolio: &hir::Portfolio,
        channels: &mut [opportune_plan::Channel],
        ids: &Channels<'_>,
    ) -> Result<(), IllFormed> {
        for (name, condition) in &portfolio.stops {
            let only = name.as_ref().and_then(|name| ids.get(&**name));
            let condition = self.expr(condition)?;
            for (at, channel) in channels.iter_mut().enumerate() {
                let is_meant = match only {
                    Some(id) => id.0 as usize == at,
                    None => channel.direction != Direction::Inbound,
                };
                if is_meant {
                    channel.needs = Some(match channel.needs {
                        Some(needs) => self.add(Op::And([needs, condition].into()))?,
                        None => condition,
                    });
                }
            }
        }
        Ok(())
    }
}
