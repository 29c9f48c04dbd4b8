//! Options of an offer: its routes, which of them a customer may get it by, and what it is worth by each.

use opportune_plan::{ChannelId, Direction, Offer, OfferKind, Plan};

use super::facts::{FactAt, FactIds, Facts};
use crate::evaluate::{Candidates, GREATEST_SCORE};

/// How far a candidate came by a route; further is greater. What stops it by all its routes is told by the furthest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stop {
    /// The route's condition does not hold, the channel may not reach the customer, or nobody asks by it.
    Unreachable,
    /// It is worth nothing by this route, or an item could not be picked.
    Withheld,
    /// No slot is free.
    Outranked,
    /// An offer that excludes it is placed.
    Excluded,
    /// There is no time of sending.
    Untimely,
    /// A cap of the customer is reached, or contacts are paused.
    Capped,
    /// A limit over all customers is reached.
    UsedUp,
}

/// The routes of a plan's offers.
#[derive(Debug)]
pub struct Options {
    offers: Vec<OfOffer>,
}

#[derive(Debug)]
struct OfOffer {
    routes: Vec<Route>,
    kind: OfferKind,
}

#[derive(Debug)]
struct Route {
    channel: ChannelId,
    when: Option<FactAt>,
    value: Option<Value>,
    /// What has to be known of what it costs.
    costs: Vec<FactAt>,
    asks: Asks,
}

/// The objective by a route: so much for each unit of the score, and so much more.
#[derive(Clone, Copy, Debug)]
struct Value {
    per_score: FactAt,
    fixed: FactAt,
}

/// Whether a customer asks by a channel.
#[derive(Clone, Copy, Debug)]
enum Asks {
    /// We begin.
    Never,
    /// Only who asks is reached; none: it is not told who asks.
    Must(Option<FactAt>),
    /// Who asks is answered, others are reached too.
    May(Option<FactAt>),
}

/// A route that is possible for a customer, as far as time and limits do not matter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Choice {
    /// Its position among the offer's.
    pub route: u8,
    /// Its channel.
    pub channel: ChannelId,
    /// Whether the customer asks by it now.
    pub is_asked: bool,
    /// What the offer is worth by it.
    pub value: f64,
}

impl Options {
    /// Those of a plan.
    pub fn new(plan: &Plan, facts: &FactIds) -> Self {
        let of_offer = |offer: &Offer| OfOffer {
            routes: offer.routes.iter().map(|route| Route::new(plan, route, facts)).collect(),
            kind: offer.kind,
        };
        Self { offers: plan.offers.iter().map(of_offer).collect() }
    }

    /// Whether an offer is a notice.
    pub fn is_notice(&self, offer: u32) -> bool {
        self.offers.get(offer as usize).is_some_and(|offer| offer.kind == OfferKind::Notice)
    }

    /// The first possible route of an offer from a position on; `furthest` learns how far those before it came.
    pub fn first(
        &self,
        candidates: &Candidates,
        offer: u32,
        from: usize,
        row: usize,
        score: f64,
        furthest: &mut Stop,
    ) -> Option<Choice> {
        let routes = self.offers.get(offer as usize)?.routes.iter();
        for (at, route) in (0..).zip(routes).skip(from) {
            match route.choose(at, candidates, row, score) {
                Ok(choice) => return Some(choice),
                Err(stop) => *furthest = stop.max(*furthest),
            }
        }
        None
    }
}

impl Route {
    fn new(plan: &Plan, route: &opportune_plan::Route, facts: &FactIds) -> Self {
        let channel = plan.channels.get(route.channel.0 as usize);
        let asked = channel.and_then(|channel| channel.asked).map(|asked| facts.at(asked));
        let asks = match channel.map(|channel| channel.direction) {
            None | Some(Direction::Outbound) => Asks::Never,
            Some(Direction::Inbound) => Asks::Must(asked),
            Some(Direction::Both) => Asks::May(asked),
        };
        let value =
            route.value.map(|value| Value { per_score: facts.at(value.per_score), fixed: facts.at(value.fixed) });
        let costs = route.cost.iter().flat_map(|cost| [cost.message, cost.offer]).flatten();
        let costs = costs.map(|cost| facts.at(cost)).collect();
        Self { channel: route.channel, when: route.when.map(|when| facts.at(when)), value, costs, asks }
    }

    fn choose(&self, at: u8, candidates: &Candidates, row: usize, score: f64) -> Result<Choice, Stop> {
        let facts = Facts(&candidates.facts);
        let mask = candidates.channels.get(self.channel.0 as usize).and_then(Option::as_ref);
        if mask.is_some_and(|mask| !mask.get(row))
            || self.when.is_some_and(|when| facts.condition(when, row) != Some(true))
        {
            return Err(Stop::Unreachable);
        }
        let asks = |asked: Option<FactAt>| asked.is_some_and(|asked| facts.condition(asked, row) == Some(true));
        let is_asked = match self.asks {
            Asks::Never => false,
            Asks::May(asked) => asks(asked),
            Asks::Must(asked) if asks(asked) => true,
            Asks::Must(_) => return Err(Stop::Unreachable),
        };
        let value = self.value.map_or(Some(score), |value| value.of(facts, row, score)).ok_or(Stop::Withheld)?;
        if self.costs.iter().any(|cost| facts.int(*cost, row).is_none()) {
            return Err(Stop::Withheld);
        }
        Ok(Choice { route: at, channel: self.channel, is_asked, value })
    }
}

impl Value {
    /// In whole units, if it counts: above 0, at most [`GREATEST_SCORE`].
    fn of(self, facts: Facts<'_>, row: usize, score: f64) -> Option<f64> {
        let (per_score, fixed) = (facts.int(self.per_score, row)?, facts.int(self.fixed, row)?);
        let micros = amount(per_score as f64 * score)?.checked_add(fixed)?;
        let value = micros as f64 / 1e6;
        (value > 0.0 && value <= GREATEST_SCORE).then_some(value)
    }
}

/// Millionths of a currency, rounded half to even, where they fit.
fn amount(micros: f64) -> Option<i64> {
    let micros = micros.round_ties_even();
    (micros >= -(2.0_f64.powi(63)) && micros < 2.0_f64.powi(63)).then_some(micros as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::Fact;
    use crate::snapshot::{Column, Values};

    #[test]
    fn a_value_is_rounded_half_to_even_and_withheld_where_it_does_not_count() {
        let of = |per_score: i64, fixed: i64, score: f64| {
            let facts = [per_score, fixed].map(|value| Fact(Column::full(Values::Int64(vec![value]))));
            Value { per_score: 0, fixed: 1 }.of(Facts(&facts), 0, score)
        };
        assert_eq!(of(5, 0, 0.5), Some(2e-6));
        assert_eq!(of(7, 0, 0.5), Some(4e-6));
        assert_eq!(of(1_000_000, -2_000, 1.0), Some(0.998));
        assert_eq!(of(1_000_000, -1_000_000, 1.0), None, "nothing is no value");
        assert_eq!(of(1_000_000, 0, 1e9), Some(1e9));
        assert_eq!(of(1_000_000, 1, 1e9), None, "beyond what counts");
        assert_eq!(of(i64::MAX, 0, 2.0), None, "does not fit");
        assert_eq!(of(1, i64::MAX, 1e9), None, "does not fit");
    }
}
