//! The instances of the quality suite, made from hashes (here as in `solve.py`), and the naive methods that people use.

use opportune_runtime::allocate::{Allocator, Beside, Choice, LimitOf, Page, Report, ResourceKey, Use, Voter};

pub const SCORES: [&str; 3] = ["continuous", "tied", "clustered"];
pub const SLOTS: [u16; 2] = [1, 3];
pub const CAPS: [(&str, u64); 2] = [("tight", 1), ("loose", 4)];
pub const SEEDS: [u64; 3] = [1, 2, 3];

const OFFERS: u64 = 50;
const CHANNELS: u64 = 4;
const TOTALS: u64 = 20;
const BUDGETS: u64 = 2;
const QUALITY: [u64; 4] = [3, 5, 8, 10];
const CAPACITY: [u64; 4] = [5, 10, 30, 50];

/// What distinguishes the instances.
#[derive(Clone, Copy, Debug)]
pub struct Instance {
    pub scores: &'static str,
    pub slots: u16,
    pub caps: (&'static str, u64),
    pub seed: u64,
    pub customers: u64,
}

/// One way to make one offer to a customer.
#[derive(Clone, Copy, Debug)]
pub struct Way {
    pub customer: u64,
    pub offer: u64,
    pub channel: u64,
    pub worth: u64,
}

impl Instance {
    fn draw(&self, tag: u64, a: u64, b: u64) -> u64 {
        [self.seed, tag, a, b].into_iter().fold(0, |mut hash: u64, part| {
            hash = (hash ^ part).wrapping_add(0x9E37_79B9_7F4A_7C15);
            hash = (hash ^ (hash >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            hash = (hash ^ (hash >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            hash ^ (hash >> 31)
        })
    }

    /// All that one customer could get.
    pub fn ways(&self, customer: u64) -> Vec<Way> {
        let reached: Vec<u64> = (0..CHANNELS).filter(|channel| self.draw(2, customer, *channel) % 10 < 7).collect();
        let mut ways = Vec::new();
        for offer in (0..OFFERS).filter(|offer| self.draw(3, customer, *offer) % 10 < 4) {
            let by_offer = self.draw(5, 0, offer);
            let base = match self.scores {
                "continuous" => 500_000 + self.draw(4, customer, offer) % 9_500_000,
                "tied" => 1_000_000 * (1 + by_offer % 5),
                _ => 1_000_000 * (1 + self.draw(6, customer, 0) % 4 + by_offer % 3),
            };
            ways.extend(reached.iter().map(|channel| Way {
                customer,
                offer,
                channel: *channel,
                worth: base * QUALITY[*channel as usize] / 10,
            }));
        }
        ways
    }

    /// What is left of a resource: totals of offers first, then budgets; then the channels' capacities.
    fn left(&self, limit: LimitOf) -> u64 {
        let (customers, loose) = (self.customers, self.caps.1);
        match limit {
            LimitOf::Shared(k) if u64::from(k) < TOTALS => {
                customers * (500 + self.draw(7, u64::from(k), 0) % 1_000) * loose * 10 / 1_000_000
            }
            LimitOf::Shared(k) => customers * (500 + self.draw(8, u64::from(k) - TOTALS, 0) % 1_000) * 25 * loose,
            LimitOf::Channel(k) => customers * CAPACITY[k as usize] * loose / 200,
        }
    }

    /// What an offer itself takes.
    fn uses(&self, offer: u64) -> Vec<(LimitOf, u64)> {
        let total = (offer < TOTALS).then_some((LimitOf::Shared(offer as u32), 1));
        let cost = 500_000 * (1 + self.draw(9, 0, offer) % 8);
        let budget = (offer % 10 < BUDGETS).then_some((LimitOf::Shared((TOTALS + offer % 10) as u32), cost));
        total.into_iter().chain(budget).collect()
    }

    /// What the allocator makes of it.
    pub fn allocate(&self, threads: usize) -> Report {
        let left = |key: &ResourceKey| self.left(key.limit);
        let mut allocator = Allocator::new(&Anything, &left, 1 << 30);
        let uses: Vec<Vec<(LimitOf, u64)>> = (0..OFFERS).map(|offer| self.uses(offer)).collect();
        let numbered = |page: &mut Page, uses: &[(LimitOf, u64)]| -> Vec<Use> {
            let number = |limit| ResourceKey { limit, key: None, period: None };
            uses.iter()
                .map(|(limit, amount)| Use { resource: page.resource(&number(*limit)), amount: *amount })
                .collect()
        };
        for block in (0..self.customers).step_by(4_096) {
            let mut page = Page::new();
            let uses: Vec<Vec<Use>> = uses.iter().map(|uses| numbered(&mut page, uses)).collect();
            for customer in block..(block + 4_096).min(self.customers) {
                page.begin(Voter { customer: customer as u32, lot: self.draw(1, customer, 0), slots: self.slots });
                let mut messages = [None; 4];
                for way in self.ways(customer) {
                    let message = *messages[way.channel as usize].get_or_insert_with(|| {
                        let takes = numbered(&mut page, &[(LimitOf::Channel(way.channel as u32), 1)]);
                        page.message(&takes)
                    });
                    let choice = Choice {
                        phase: 0,
                        offer: way.offer as u32,
                        member: Choice::NO_MEMBER,
                        route: way.channel as u8,
                        channel: way.channel as u16,
                        worth: way.worth as i64,
                        held_out: false,
                        message,
                    };
                    page.choice(choice, &uses[way.offer as usize]);
                }
                page.end();
            }
            allocator.push(page).unwrap();
        }
        allocator.settle(threads).unwrap().report().clone()
    }

    /// Customers come one after the other, and each gets what comes first in this order and is still there.
    pub fn first_come(&self, order: impl Fn(&Way) -> u64) -> u64 {
        let mut handing = Handing::new(self);
        for customer in 0..self.customers {
            let mut ways = self.ways(customer);
            ways.sort_by_key(|way| (std::cmp::Reverse(order(way)), std::cmp::Reverse(way.worth)));
            ways.iter().for_each(|way| handing.give(way));
        }
        handing.value
    }

    /// The most valuable of all first, whoever gets it.
    pub fn greedy(&self) -> u64 {
        let mut ways: Vec<Way> = (0..self.customers).flat_map(|customer| self.ways(customer)).collect();
        ways.sort_by_key(|way| std::cmp::Reverse(way.worth));
        let mut handing = Handing::new(self);
        ways.iter().for_each(|way| handing.give(way));
        handing.value
    }
}

/// Everything goes beside everything.
struct Anything;

impl Beside for Anything {
    fn fits(&self, _: &[Choice], _: &Choice) -> bool {
        true
    }
}

/// Gives what is asked for while it is there.
struct Handing<'i> {
    instance: &'i Instance,
    shared: Vec<u64>,
    channels: Vec<u64>,
    /// By customer: what they have.
    had: Vec<Vec<(u64, u64)>>,
    value: u64,
}

impl<'i> Handing<'i> {
    fn new(instance: &'i Instance) -> Self {
        Self {
            instance,
            shared: (0..TOTALS + BUDGETS).map(|k| instance.left(LimitOf::Shared(k as u32))).collect(),
            channels: (0..CHANNELS).map(|k| instance.left(LimitOf::Channel(k as u32))).collect(),
            had: vec![Vec::new(); instance.customers as usize],
            value: 0,
        }
    }

    fn give(&mut self, way: &Way) {
        let had = &mut self.had[way.customer as usize];
        if had.len() == usize::from(self.instance.slots) || had.iter().any(|(offer, _)| *offer == way.offer) {
            return;
        }
        let opened = had.iter().any(|(_, channel)| *channel == way.channel);
        let uses = self.instance.uses(way.offer);
        let index = |limit: &LimitOf| if let LimitOf::Shared(k) = limit { *k as usize } else { usize::MAX };
        let has_room = uses.iter().all(|(limit, amount)| self.shared[index(limit)] >= *amount);
        if !has_room || (!opened && self.channels[way.channel as usize] == 0) {
            return;
        }
        uses.iter().for_each(|(limit, amount)| self.shared[index(limit)] -= amount);
        self.channels[way.channel as usize] -= u64::from(!opened);
        had.push((way.offer, way.channel));
        self.value += way.worth;
    }
}
