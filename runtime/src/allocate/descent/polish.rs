//! All prices at once: where several things are chosen together, one price at a time gets stuck before the best, and takes
//! long.

use super::super::market::market_costs;
use super::{Asking, At, Descent, situation};

/// Steps, at most.
const MOST_STEPS: usize = 300;

/// So many steps that bring little mean that the level is too low.
const STALE: u32 = 12;

/// The first level is this part of the bound below it, the last this one.
const FIRST_LEVEL: f64 = 1.0 / 512.0;
const LAST_LEVEL: f64 = 1.0 / 200_000.0;

/// The price of a resource of which nothing is taken yet, as a part of the bound that the whole of it makes up.
const LEAST_SHARE: f64 = 1.0 / 65_536.0;

/// What is wanted at prices.
struct Asked {
    /// No allocation to the bidders is worth more.
    bound: i128,
    /// What is wanted of each resource.
    wanted: Vec<i128>,
}

impl Descent<'_> {
    /// The best prices that are come by from these on.
    ///
    /// A subgradient method: each step goes against what is wanted too much, towards a level somewhat below the best bound
    /// so far (Polyak), deflected so that it does not go back and forth (Camerini, Fratta and Maffioli 1975); a level
    /// that is not reached in a while was too low. What is wanted is summed exactly and the steps are taken one after the other,
    /// so that the prices are the same on any number of threads.
    pub(super) fn polish(&self, start: Vec<u64>) -> Vec<u64> {
        let worths: Vec<i64> = self.market.rows.iter().map(|row| row.worth).collect();
        let mut at = At { worths, costs: Vec::new(), amounts: Vec::new() };
        let mut asked = self.asked(&start, &mut at);
        let mut path = Path::new(self, &start, asked.bound);
        let mut best = (asked.bound, start);
        let mut level = best.0 as f64 * FIRST_LEVEL;
        let mut stale = 0;
        for _ in 0..MOST_STEPS {
            let Some(prices) = path.step(&asked, (asked.bound - best.0) as f64 + level) else { break };
            asked = self.asked(&prices, &mut at);
            let better = best.0 - asked.bound;
            stale = if better as f64 > level / 8.0 { 0 } else { stale + 1 };
            if better > 0 {
                best = (asked.bound, prices);
            }
            if stale > STALE {
                (level, stale) = (level / 2.0, 0);
                if level < best.0 as f64 * LAST_LEVEL {
                    break;
                }
                path.begin(&best.1);
                asked = self.asked(&best.1, &mut at);
            }
        }
        best.1
    }

    /// What the bidders want at prices.
    fn asked(&self, prices: &[u64], at: &mut At) -> Asked {
        at.costs = market_costs(self.market, self.resources, prices);
        let at = &*at;
        let parts = self.in_parts(self.market.bidders.len(), |part| {
            let mut asking = Asking::default();
            let mut sum = 0;
            let mut bundles = vec![0_i128; self.market.bundles.len()];
            for bidder in self.market.bidders.get(part).unwrap_or_default() {
                asking.fill(self.market, bidder, at);
                let situation = situation(self.market, bidder, &asking.fees, self.beside);
                sum += i128::from(asking.responder.respond(&asking.wants, &situation));
                self.market.each_bundle(bidder, asking.responder.chosen.iter().copied(), |bundle| {
                    if let Some(count) = bundles.get_mut(bundle as usize) {
                        *count += 1;
                    }
                });
            }
            (sum, bundles)
        });
        let mut asked = Asked { bound: self.paid(prices), wanted: vec![0; self.resources.len()] };
        for (sum, bundles) in parts {
            asked.bound += sum;
            for (uses, count) in self.market.bundles.iter().zip(bundles) {
                for one in uses {
                    if let Some(wanted) = asked.wanted.get_mut(one.resource as usize) {
                        *wanted += i128::from(one.amount) * count;
                    }
                }
            }
        }
        asked
    }
}

/// Where prices are, and which way they go. The resources are in the order of their keys, so that sums are the same
/// whatever number a resource has.
struct Path<'d> {
    descent: &'d Descent<'d>,
    prices: Vec<Price>,
}

/// Where one price is.
struct Price {
    resource: usize,
    at: f64,
    low: f64,
    high: f64,
    /// Which way it goes.
    direction: f64,
    /// For how many units the price is.
    unit: f64,
    /// How far the price goes for a unit that is wanted too much.
    scale: f64,
    room: i128,
    /// What is left, in units of the price.
    left: f64,
}

impl<'d> Path<'d> {
    fn new(descent: &'d Descent<'d>, start: &[u64], bound: i128) -> Self {
        let least = bound as f64 * LEAST_SHARE;
        let price = |resource: &usize| {
            let unit = (1_u128 << descent.resources.get(*resource)?.bits) as f64;
            let (room, start) = (*descent.room.get(*resource)?, *start.get(*resource)? as f64);
            let units = (room as f64 / unit).max(1.0);
            Some(Price {
                resource: *resource,
                at: start,
                low: *descent.low.get(*resource)? as f64,
                high: *descent.high.get(*resource)? as f64,
                direction: 0.0,
                unit,
                scale: start.max(least / units) / units,
                room,
                left: 0.0,
            })
        };
        Self { descent, prices: descent.order.iter().filter_map(price).collect() }
    }

    fn begin(&mut self, prices: &[u64]) {
        for price in &mut self.prices {
            price.at = prices.get(price.resource).map_or(0.0, |at| *at as f64);
            price.direction = 0.0;
        }
    }

    /// The prices after a step by which the bound would fall so far, if it fell all the way as it does here; none where it
    /// is the least.
    fn step(&mut self, asked: &Asked, far: f64) -> Option<Vec<u64>> {
        for price in &mut self.prices {
            let wanted = asked.wanted.get(price.resource).copied().unwrap_or(0);
            let left = (price.room - wanted) as f64 / price.unit;
            // A price at the end of its range goes no further.
            let is_at_end = left > 0.0 && price.at <= price.low || left < 0.0 && price.at >= price.high;
            price.left = if is_at_end { 0.0 } else { left };
        }
        let along: f64 = self.prices.iter().map(|price| price.left * price.direction).sum();
        let length = self.length();
        let deflection = if length > 0.0 && along < 0.0 { -1.5 * along / length } else { 0.0 };
        for price in &mut self.prices {
            price.direction = price.left * price.scale + deflection * price.direction;
        }
        let length = self.length();
        if length <= 0.0 {
            return None;
        }
        let mut prices = vec![0; self.descent.resources.len()];
        for price in &mut self.prices {
            price.at = (price.at - far / length * price.direction).clamp(price.low, price.high);
            super::set(&mut prices, price.resource, price.at as u64);
        }
        Some(prices)
    }

    /// The square of the direction's length, each price by its scale.
    fn length(&self) -> f64 {
        self.prices.iter().map(|price| price.direction * price.direction / price.scale).sum()
    }
}
