//! Which cap or pause of the customer stopped an offer: the one without which it would not have been stopped by any.

use opportune_plan::{Limit, OfferId, Plan, verify};

use super::scene::{Scene, decide};

/// A rule that may stop an offer of a customer.
#[derive(Clone, Copy, Debug)]
enum Rule {
    /// Of the offer itself.
    OfOffer(usize),
    /// Of the portfolio.
    OfAll(usize),
    ContactCap,
    Pause(usize),
}

impl Scene<'_> {
    /// The caps and pauses that stopped an offer, as they are written; where several stop it together, each that may.
    pub fn caps(&self, offer: OfferId) -> Vec<String> {
        let rules = self.rules(offer);
        let stopping: Vec<Rule> = rules.iter().copied().filter(|rule| self.goes_on_without(offer, *rule)).collect();
        let told = if stopping.is_empty() { rules } else { stopping };
        told.into_iter().filter_map(|rule| self.text(offer, rule)).collect()
    }

    fn rules(&self, offer: OfferId) -> Vec<Rule> {
        let own = self.plan.offers.get(offer.0 as usize).map_or(0, |offer| offer.limits.len());
        let portfolio = &self.plan.portfolio;
        let own = (0..own).map(Rule::OfOffer);
        let of_all = (0..portfolio.limits.len()).map(Rule::OfAll);
        let contact = portfolio.contact_cap.map(|_| Rule::ContactCap);
        own.chain(of_all).chain(contact).chain((0..portfolio.pauses.len()).map(Rule::Pause)).collect()
    }

    /// Whether fewer of the offer's candidates are stopped by caps where this one is not there.
    fn goes_on_without(&self, offer: OfferId, rule: Rule) -> bool {
        let mut plan: Plan = self.plan.clone().into_inner();
        remove(&mut plan, offer, rule);
        let Ok(plan) = verify(plan) else { return false };
        let Ok((_, summary)) = decide(&plan, self.snapshot(), self.clock()) else { return false };
        let capped = |summary: &crate::run::Summary| {
            summary.offers.get(offer.0 as usize).map_or(0, |offer| offer.outcome.capped)
        };
        capped(&summary) < capped(&self.summary)
    }

    fn text(&self, offer: OfferId, rule: Rule) -> Option<String> {
        let portfolio = &self.plan.portfolio;
        let cap = |limit: &Limit| format!("cap {}", limit.text);
        match rule {
            Rule::OfOffer(at) => self.plan.offers.get(offer.0 as usize)?.limits.get(at).map(cap),
            Rule::OfAll(at) => portfolio.limits.get(at).map(cap),
            Rule::ContactCap => portfolio.contact_cap.map(|found| format!("cap {} per customer", found.limit)),
            Rule::Pause(at) => portfolio.pauses.get(at).map(|pause| format!("pause after {} ignored", pause.after)),
        }
    }
}

fn remove(plan: &mut Plan, offer: OfferId, rule: Rule) {
    let portfolio = &mut plan.portfolio;
    match rule {
        Rule::OfOffer(at) => {
            if let Some(offer) = plan.offers.get_mut(offer.0 as usize).filter(|offer| at < offer.limits.len()) {
                offer.limits.remove(at);
            }
        }
        Rule::OfAll(at) if at < portfolio.limits.len() => _ = portfolio.limits.remove(at),
        Rule::Pause(at) if at < portfolio.pauses.len() => _ = portfolio.pauses.remove(at),
        Rule::ContactCap => portfolio.contact_cap = None,
        Rule::OfAll(_) | Rule::Pause(_) => {}
    }
}
