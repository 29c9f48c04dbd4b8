//! Prices of resources, in fine units, and what things cost at them.
//!
//! Worths are counted in fractions of a millionth (`scale` bits more), so that chance can part what is worth the same
//! without anybody's order being changed by more than a hair ([`Scale::parted`]). A price is in these units too, for as
//! many units of its resource as the greatest use of it takes, rounded up to a power of two: then a cost is one product and
//! one shift.

use super::Use;
use super::intern::mixed;
use super::sheet::Sheet;

/// Nothing is worth this much.
pub const DEAR: i64 = 1 << 58;

/// No price is above it.
pub const HIGHEST: u64 = 1 << 62;

/// The greatest worth that is told apart: beyond it all is worth the same.
pub const MOST_WORTH: i64 = 1 << 53;

/// By which part of a worth chance may differ: 2^-17, less than a hundred-thousandth.
pub const PARTED: u32 = 17;

/// How worths are counted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Scale {
    bits: u32,
}

impl Scale {
    /// The finest for worths up to this one.
    pub fn up_to(worth: i64) -> Self {
        let used = 64 - worth.clamp(1, MOST_WORTH).leading_zeros();
        Self { bits: (54 - used).min(20) }
    }

    /// A worth, counted so.
    pub fn fine(self, worth: i64) -> i64 {
        worth.min(MOST_WORTH) << self.bits
    }

    /// The same with a little more or less by chance.
    pub fn parted(self, worth: i64, lot: u64, chance: u64) -> i64 {
        parted(self.fine(worth), share(lot, chance), PARTED)
    }

    /// A price for one unit, in millionths of a millionth.
    pub fn price(self, price: u64, resource: &Resource) -> i128 {
        (i128::from(price) * 1_000_000) >> (self.bits + resource.bits)
    }

    /// Millionths again, rounded up.
    pub fn coarse_up(self, fine: i128) -> i128 {
        (fine + (1 << self.bits) - 1) >> self.bits
    }
}

/// A customer's chance at a kind of choice: 32 bits.
pub fn share(lot: u64, chance: u64) -> u32 {
    (mixed(lot, chance) >> 32) as u32
}

/// A worth with up to 2^-`by` of it more by chance.
pub fn parted(fine: i64, share: u32, by: u32) -> i64 {
    let most = i128::from(fine >> by);
    fine.saturating_add(((most * i128::from(share >> 16)) >> 16) as i64)
}

/// What resources are like, all through a settlement.
#[derive(Clone, Debug, Default)]
pub struct Resource {
    /// What is left before.
    pub left: u64,
    /// The greatest use has at most so many bits.
    pub bits: u32,
    /// All that could ever be wanted fits: it is nothing to settle.
    pub ample: bool,
    /// Its place in the order of the keys.
    pub rank: u64,
}

impl Resource {
    /// What so much costs at a price.
    pub fn cost(&self, amount: u64, price: u64) -> i64 {
        if amount > self.left {
            return DEAR;
        }
        if amount == 1 && self.bits == 0 {
            return price.cast_signed().min(DEAR);
        }
        let cost = (u128::from(amount) * u128::from(price)) >> self.bits;
        i64::try_from(cost).unwrap_or(DEAR).min(DEAR)
    }

    /// The least price at which so much costs more than `worth`.
    pub fn too_dear(&self, amount: u64, worth: i64) -> u64 {
        if worth < 0 {
            return 0;
        }
        let above = (u128::from(worth.unsigned_abs()) + 1) << self.bits;
        u64::try_from(above.div_ceil(u128::from(amount.max(1)))).unwrap_or(HIGHEST).min(HIGHEST)
    }
}

/// What uses cost, by resource the price.
pub fn cost(resources: &[Resource], prices: &[u64], uses: &[Use]) -> i64 {
    let of = |used: &Use| {
        let at = used.resource as usize;
        match resources.get(at).zip(prices.get(at)) {
            Some((resource, _)) if resource.ample => 0,
            Some((resource, price)) => resource.cost(used.amount, *price),
            None => DEAR,
        }
    };
    uses.iter().map(of).fold(0, i64::saturating_add).min(DEAR)
}

/// What each bundle of a page costs.
pub fn costs(resources: &[Resource], prices: &[u64], sheet: &Sheet) -> Vec<i64> {
    (0..sheet.bundles()).map(|bundle| cost(resources, prices, sheet.bundle(bundle as u32))).collect()
}
