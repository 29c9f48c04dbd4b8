//! What holds over all customers together, and what offers cost where a budget counts it.

use opportune_plan::{Apart, Counted, IllFormed, Offer, OfferId, OfferKind, Quota, RouteCost, SharedLimit};

use super::super::build::Builder;
use super::Channels;
use crate::hir::{self, caps};

/// The quotas among caps.
pub(in crate::lower) fn of(all: &[hir::Cap]) -> impl Iterator<Item = &caps::Quota> {
    all.iter().filter_map(|cap| match cap {
        hir::Cap::Quota(quota) => Some(quota),
        hir::Cap::PerCustomer(_) | hir::Cap::Share(_) => None,
    })
}

impl Builder<'_> {
    /// The quotas of the offers, in their order, then those of the portfolio.
    pub(in crate::lower) fn quotas(
        &mut self,
        offers: &[&hir::Offer],
        portfolio: &hir::Portfolio,
        channels: &Channels<'_>,
    ) -> Result<Vec<SharedLimit>, IllFormed> {
        let mut found = Vec::new();
        for (id, offer) in (0..).map(OfferId).zip(offers) {
            for quota in of(&offer.caps) {
                found.push(SharedLimit::Quota(self.quota(quota, Some(id), channels)?));
            }
        }
        for quota in of(&portfolio.caps) {
            found.push(SharedLimit::Quota(self.quota(quota, None, channels)?));
        }
        Ok(found)
    }

    fn quota(
        &mut self,
        quota: &caps::Quota,
        offer: Option<OfferId>,
        channels: &Channels<'_>,
    ) -> Result<Quota, IllFormed> {
        let channel = quota.channel.as_ref().map(|name| channels.get(&**name).copied().ok_or(IllFormed::UnknownField));
        let per = match &quota.per {
            caps::Apart::Together => Apart::Together,
            caps::Apart::Customer(key, field) => Apart::Customer(self.expr(key)?, *field),
            caps::Apart::Field(field) => Apart::Field(*field),
            caps::Apart::Member => Apart::Member,
        };
        Ok(Quota {
            text: quota.text.clone(),
            offer,
            most: quota.most,
            counts: quota.counts,
            each: quota.each,
            per,
            channel: channel.transpose()?,
            past: Some(self.history(&quota.past)?),
        })
    }

    /// Tells what each offer costs by each of its channels, where a budget of its own or of the portfolio counts it.
    pub(in crate::lower) fn costs_of_routes(
        &mut self,
        offers: &[&hir::Offer],
        portfolio: &hir::Portfolio,
        lowered: &mut [Offer],
        channels: &Channels<'_>,
    ) -> Result<(), IllFormed> {
        for (offer, lowered) in offers.iter().zip(lowered) {
            let of_all = of(&portfolio.caps).filter(|_| offer.kind != OfferKind::Notice);
            let budgets = of(&offer.caps).chain(of_all).filter(|quota| matches!(quota.counts, Counted::Cost(_)));
            let budgets: Vec<&caps::Quota> = budgets.collect();
            for route in &mut lowered.routes {
                let counts = |quota: &&caps::Quota| {
                    quota.channel.as_ref().is_none_or(|name| channels.get(&**name) == Some(&route.channel))
                };
                if !budgets.iter().any(counts) {
                    continue;
                }
                let message = self.costs.get(route.channel.0 as usize).copied().flatten();
                let of_offer = self.some(offer.cost.as_ref())?;
                let has_cost = message.is_some() || of_offer.is_some();
                route.cost = has_cost.then_some(RouteCost { message, offer: of_offer });
            }
        }
        Ok(())
    }
}
