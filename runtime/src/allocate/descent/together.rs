//! Resources of which many take either the one or the other and care little which: their prices move together, for where
//! one of them moves alone, all go to the cheaper.

use std::collections::BTreeMap;

use super::super::Use;
use super::super::market::{Bidder, Row};
use super::super::prices::Resource;
use super::{At, Descent, Index};

/// Two choices hang together where one gains at most 2^-12 of its worth more than the other.
const NEAR: u32 = 12;

/// Two resources do where so great a part of one of them hangs so: 2^-4.
const PART: u32 = 4;

/// Prices that move by as much, all at once.
pub struct Moving {
    pub resources: Vec<usize>,
    /// Who could take some of them.
    pub bidders: Vec<u32>,
    pub bundles: Vec<u32>,
    /// What each costs where the move begins; what is asked is how much more.
    pub from: Vec<u64>,
    pub low: u64,
    pub high: u64,
    pub room: i128,
    /// What a unit of all of them is like.
    pub unit: Resource,
}

impl Moving {
    /// The price of one resource, anywhere in its range.
    pub fn one(descent: &Descent<'_>, resource: usize, index: &Index) -> Option<Self> {
        Some(Self {
            resources: vec![resource],
            bidders: index.bidders(resource).to_vec(),
            bundles: index.bundles.get(resource)?.clone(),
            from: vec![0],
            low: *descent.low.get(resource)?,
            high: *descent.high.get(resource)?,
            room: *descent.room.get(resource)?,
            unit: descent.resources.get(resource)?.clone(),
        })
    }

    /// The prices of several, as far down and up as all of them can go.
    fn several(descent: &Descent<'_>, resources: &[usize], prices: &[u64], index: &Index) -> Option<Self> {
        let mut several = Self::one(descent, *resources.first()?, index)?;
        let (mut down, mut up) = (u64::MAX, u64::MAX);
        several.room = 0;
        for resource in resources {
            let price = *prices.get(*resource)?;
            down = down.min(price.checked_sub(*descent.low.get(*resource)?)?);
            up = up.min(descent.high.get(*resource)?.checked_sub(price)?);
            several.room += descent.room.get(*resource)?;
            several.bidders.extend(index.bidders(*resource));
            several.bundles.extend(index.bundles.get(*resource)?);
        }
        for numbers in [&mut several.bidders, &mut several.bundles] {
            numbers.sort_unstable();
            numbers.dedup();
        }
        several.from = resources.iter().map(|resource| prices.get(*resource).map_or(0, |price| price - down)).collect();
        several.resources = resources.to_vec();
        (several.low, several.high, several.unit.left) = (0, down + up, u64::MAX);
        Some(several)
    }

    /// Which of the resources a use is of.
    pub fn position(&self, used: &Use) -> Option<usize> {
        self.resources.iter().position(|resource| *resource == used.resource as usize)
    }
}

impl Descent<'_> {
    /// The moves of prices that hang together at these.
    pub(super) fn together(&self, prices: &[u64], at: &At, index: &Index) -> Vec<Moving> {
        let parts = self.in_parts(self.market.bidders.len(), |part| {
            let mut pairs = BTreeMap::new();
            for bidder in self.market.bidders.get(part).unwrap_or_default() {
                if bidder.slots == 1 && bidder.before.is_empty() {
                    self.pairs_of(bidder, at, &mut pairs);
                }
            }
            pairs
        });
        let mut pairs: BTreeMap<(usize, usize), u64> = BTreeMap::new();
        for (pair, count) in parts.into_iter().flatten() {
            *pairs.entry(pair).or_insert(0) += count;
        }
        let mut group_of: Vec<usize> = (0..self.resources.len()).collect();
        for ((one, other), count) in pairs {
            let room = [one, other].iter().filter_map(|at| self.room.get(*at)).min().copied().unwrap_or(0);
            if i128::from(count) << PART > room.max(1)
                && let (Some(from), Some(to)) = (group_of.get(one).copied(), group_of.get(other).copied())
            {
                group_of.iter_mut().filter(|group| **group == from).for_each(|group| *group = to);
            }
        }
        let mut groups: Vec<Vec<usize>> = vec![Vec::new(); self.resources.len()];
        for resource in self.order {
            if let Some(group) = group_of.get(*resource).and_then(|group| groups.get_mut(*group)) {
                group.push(*resource);
            }
        }
        let mut groups: Vec<_> = groups.into_iter().filter(|group| group.len() > 1).collect();
        groups.sort_by_key(|group| group.first().and_then(|first| self.resources.get(*first)).map(|first| first.rank));
        groups.iter().filter_map(|group| Moving::several(self, group, prices, index)).collect()
    }

    /// Counts the pairs of resources between which a bidder hardly cares.
    fn pairs_of(&self, bidder: &Bidder, at: &At, pairs: &mut BTreeMap<(usize, usize), u64>) {
        let cost = |bundle: u32| at.costs.get(bundle as usize).copied().unwrap_or(0);
        let worths = at.worths.get(bidder.rows.clone()).unwrap_or_default();
        let gain = |row: &Row, worth: i64| worth - cost(row.bundle) - cost(self.market.message(bidder, &row.choice));
        let rows = || self.market.rows(bidder).iter().zip(worths).map(|(row, worth)| (row, gain(row, *worth)));
        let Some((best, most)) = rows().max_by_key(|(_, gain)| *gain).filter(|(_, gain)| *gain >= 0) else { return };
        let near = best.worth >> NEAR;
        for (row, _) in rows().filter(|(row, gain)| most - gain <= near && row.at != best.at) {
            if let Some((one, other)) = self.differ(bidder, best, row) {
                *pairs.entry((one.min(other), one.max(other))).or_insert(0) += 1;
            }
        }
    }

    /// The two resources by which two choices differ, if one takes of the one what the other takes of the other.
    fn differ(&self, bidder: &Bidder, one: &Row, other: &Row) -> Option<(usize, usize)> {
        let uses = |row: &Row| {
            let message = self.market.message(bidder, &row.choice);
            self.market.bundle(row.bundle).iter().chain(self.market.bundle(message)).copied().collect::<Vec<Use>>()
        };
        let (one, other) = (uses(one), uses(other));
        let mut left = one.iter().filter(|used| !other.contains(used));
        let mut right = other.iter().filter(|used| !one.contains(used));
        let (left, right, none) = (left.next()?, right.next()?, left.next().or(right.next()));
        let bits = |used: &Use| self.resources.get(used.resource as usize).map(|resource| resource.bits);
        let are_alike = none.is_none() && left.amount == right.amount && bits(left) == bits(right);
        are_alike.then_some((left.resource as usize, right.resource as usize))
    }
}
