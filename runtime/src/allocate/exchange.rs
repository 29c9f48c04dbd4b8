//! Exchanges what is scarce among those whose choice is open, where together they can do better.
//!
//! At the prices nearly everybody has what is best for them. Who has not, wants something that is gone, or keeps something
//! that others want more. So they change all the same; one of those who have what is now given twice does without it, one
//! of those who would take what is now left does, and so on: a chain of changes, which is made if nothing is given twice
//! in the end and all of it together is worth more.

use std::collections::HashMap;

use super::Beside;
use super::asking::Asking;
use super::descent::Index;
use super::intern::{BuildQuick, mixed, turn};
use super::market::{Bidder, Market, market_costs};
use super::prices::Resource;
use super::round::Had;

/// A chain has at most so many changes.
const LONGEST: usize = 6;

/// How many are asked whether they end a chain, and how many of them whether they go on with it.
const ASKED: usize = 64;
const GOING_ON: usize = 40;

/// How many ways on are tried from each change of a chain, and from all of them together.
const WAYS: usize = 6;
const MOST_WAYS: usize = 120;

/// How many of those who have or could take a resource are kept in mind, and how many of them who would do the same.
const PARTNERS: usize = 256;
const OF_KIND: usize = 6;

/// Chains that are begun, at most, and rounds over all who have not what is best for them that bring little.
const MOST_TRIED: usize = 1_000;
const MOST_IDLE: usize = 2;

/// What all miss together is nothing to look into where it is at most 2^-14 of what they have, nor what one of them misses
/// where it is at most 2^-24.
const ENOUGH: u32 = 14;
const LEAST_LOSS: u32 = 24;

/// Exchanges among the bidders of a market.
pub struct Exchange<'a> {
    market: &'a Market,
    beside: &'a dyn Beside,
    had: &'a mut Had,
    /// By bundle: what it costs at the prices.
    costs: Vec<i64>,
    /// By resource.
    scarce: Vec<Scarce>,
    /// What is left; below 0 while a chain is open.
    room: Vec<i128>,
    /// The changes of the open chain: who, and what they had.
    chain: Vec<(usize, Vec<u32>)>,
    asking: Asking,
}

/// What has to do with a resource.
#[derive(Clone, Debug, Default)]
struct Scarce {
    /// Who has some of it, and who has none and could take it: those first to whom it makes the least difference.
    holders: Vec<u32>,
    takers: Vec<u32>,
    /// The bundles that take some, and how much of their cost that is.
    costs: Vec<(u32, i64)>,
    has_price: bool,
}

/// What is wrong with an open chain.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wrong {
    /// More of a resource is given than there is.
    Over(usize),
    /// Something of a resource is given back that nobody has taken.
    Back(usize),
}

impl Wrong {
    fn resource(self) -> usize {
        match self {
            Self::Over(resource) | Self::Back(resource) => resource,
        }
    }
}

/// What somebody could have instead, and what it gains at the prices.
struct Instead {
    who: usize,
    had: Vec<u32>,
    gain: i64,
}

/// Who has some of a resource or could take it.
#[derive(Clone, Debug)]
struct Partner {
    /// What it costs them at the prices to do without it, or to take it.
    cost: i64,
    turn: u64,
    who: u32,
    /// What they have and what they would take instead, as a hash.
    kind: u64,
}

/// A way on with a chain: what it costs at the prices, and what somebody takes then.
struct Way {
    cost: i64,
    /// What they have and what they would take instead, as a hash.
    kind: u64,
    instead: Instead,
}

impl<'a> Exchange<'a> {
    /// Among bidders who have this, at prices.
    pub fn new(
        market: &'a Market,
        resources: &[Resource],
        beside: &'a dyn Beside,
        prices: &[u64],
        left: &[u64],
        had: &'a mut Had,
    ) -> Self {
        let costs = market_costs(market, resources, prices);
        let mut scarce = vec![Scarce::default(); resources.len()];
        for (bundle, uses) in (0..).zip(&market.bundles) {
            for one in uses {
                let at = one.resource as usize;
                let Some(((scarce, resource), price)) = scarce.get_mut(at).zip(resources.get(at)).zip(prices.get(at))
                else {
                    continue;
                };
                let cost = resource.cost(one.amount, *price);
                scarce.costs.push((bundle, cost));
                scarce.has_price |= cost > 0;
            }
        }
        let room = left.iter().map(|left| i128::from(*left)).collect();
        Self { market, beside, had, costs, scarce, room, chain: Vec::new(), asking: Asking::default() }
    }

    /// Exchanges until nobody can do better by a chain that is found, or for long enough; what is left then.
    pub fn run(mut self) -> Vec<u64> {
        let index = Index::of(self.market, self.scarce.len());
        let worth: i128 =
            (0..self.market.bidders.len()).map(|who| i128::from(self.worth(who, &self.had_by(who)))).sum();
        let (mut tried, mut idle, mut before) = (0, 0, i128::MAX);
        while tried < MOST_TRIED {
            let losers = self.losers(worth >> LEAST_LOSS);
            let lost: i128 = losers.iter().map(|(loss, _)| i128::from(*loss)).sum();
            if lost > before - before / 8 {
                idle += 1;
            }
            if lost <= worth >> ENOUGH || idle > MOST_IDLE {
                break;
            }
            before = lost;
            self.find_holders();
            self.find_takers(&index);
            for (_, who) in losers.into_iter().take(MOST_TRIED - tried) {
                tried += 1;
                self.begin(who, idle);
            }
        }
        self.room.iter().map(|room| u64::try_from(*room).unwrap_or(0)).collect()
    }

    /// Who misses more than this by not having what is best for them at the prices: how much, those first who miss the
    /// most.
    fn losers(&mut self, least: i128) -> Vec<(i64, usize)> {
        let all = 0..self.market.bidders.len();
        let mut losers: Vec<(i64, usize)> = all.map(|who| (self.loss(who), who)).collect();
        losers.retain(|(loss, _)| i128::from(*loss) > least);
        losers.sort_unstable_by_key(|(loss, who)| (-loss, self.turn(*who), *who));
        losers
    }

    fn loss(&mut self, who: usize) -> i64 {
        let now = self.gain(who, &self.had_by(who));
        self.best(who, |_| true).map_or(0, |best| best.gain - now)
    }

    fn find_holders(&mut self) {
        let mut all: Vec<Vec<Partner>> = vec![Vec::new(); self.scarce.len()];
        for who in 0..self.market.bidders.len() {
            let had = self.had_by(who);
            for resource in self.uses(who, &had).into_iter().map(|(resource, _)| resource) {
                let without = self.best(who, |used| used != resource);
                if let (Some(all), Some(without)) = (all.get_mut(resource), without) {
                    all.push(self.partner(&had, &without));
                }
            }
        }
        for (scarce, all) in self.scarce.iter_mut().zip(all) {
            scarce.holders = least_first(all);
        }
    }

    fn find_takers(&mut self, index: &Index) {
        for resource in (0..self.scarce.len()).filter(|resource| self.has_price(*resource)).collect::<Vec<_>>() {
            let mut all = Vec::new();
            for who in index.bidders(resource).iter().map(|who| *who as usize) {
                let had = self.had_by(who);
                if !self.has(who, &had, resource)
                    && let Some(found) = self.best_with(who, resource, |_| true)
                {
                    all.push(self.partner(&had, &found));
                }
            }
            if let Some(scarce) = self.scarce.get_mut(resource) {
                scarce.takers = least_first(all);
            }
        }
    }

    fn partner(&self, had: &[u32], instead: &Instead) -> Partner {
        let who = instead.who;
        let (cost, kind) = (self.gain(who, had) - instead.gain, self.kind(who, had, &instead.had));
        Partner { cost, turn: self.turn(who), who: who as u32, kind }
    }

    /// What somebody takes with the one and with the other, as a hash.
    fn kind(&self, who: usize, had: &[u32], instead: &[u32]) -> u64 {
        let mix = |so_far: u64, (resource, amount): (usize, i128)| {
            mixed(so_far, mixed(resource as u64, amount.unsigned_abs() as u64))
        };
        let had = self.uses(who, had).into_iter().fold(0, mix);
        self.uses(who, instead).into_iter().fold(mixed(had, 1), mix)
    }

    fn bidder(&self, who: usize) -> Option<&'a Bidder> {
        self.market.bidders.get(who)
    }

    fn turn(&self, who: usize) -> u64 {
        self.bidder(who).map_or(0, |bidder| turn(bidder.lot))
    }

    fn had_by(&self, who: usize) -> Vec<u32> {
        self.had.get(who).cloned().unwrap_or_default()
    }

    fn has_price(&self, resource: usize) -> bool {
        self.scarce.get(resource).is_some_and(|scarce| scarce.has_price)
    }

    fn has(&self, who: usize, had: &[u32], resource: usize) -> bool {
        self.uses(who, had).iter().any(|(other, _)| *other == resource)
    }

    /// What choices take together.
    fn uses(&self, who: usize, had: &[u32]) -> Vec<(usize, i128)> {
        let mut uses: Vec<(usize, i128)> = Vec::new();
        let Some(bidder) = self.bidder(who) else { return uses };
        self.market.each_bundle(bidder, positions(had), |bundle| {
            for one in self.market.bundle(bundle) {
                add(&mut uses, one.resource as usize, one.amount.into());
            }
        });
        uses
    }

    /// What choices gain at the prices.
    fn gain(&self, who: usize, had: &[u32]) -> i64 {
        let Some(bidder) = self.bidder(who) else { return 0 };
        let mut gain = self.market.worth(bidder, had);
        self.market.each_bundle(bidder, positions(had), |bundle| {
            gain -= self.costs.get(bundle as usize).copied().unwrap_or(0);
        });
        gain
    }

    /// The best at the prices of what takes only these resources.
    fn best(&mut self, who: usize, may_take: impl Fn(usize) -> bool) -> Option<Instead> {
        let (market, bidder) = (self.market, self.bidder(who)?);
        let had = self.had.get(who)?;
        let may = |bundle: u32| market.bundle(bundle).iter().all(|one| may_take(one.resource as usize));
        self.asking.ask_again(market, bidder, &self.costs, self.beside, had, |row| {
            may(row.bundle) && may(market.message(bidder, &row.choice))
        });
        let had: Vec<u32> = self.asking.chosen().collect();
        let gain = self.gain(who, &had);
        Some(Instead { who, had, gain })
    }

    /// The same if one resource cost nothing, where it is taken then.
    fn best_with(&mut self, who: usize, resource: usize, may_take: impl Fn(usize) -> bool) -> Option<Instead> {
        self.discount(resource, -1);
        let best = self.best(who, may_take);
        self.discount(resource, 1);
        let best = best.filter(|best| self.has(who, &best.had, resource))?;
        Some(Instead { gain: self.gain(who, &best.had), ..best })
    }

    fn discount(&mut self, resource: usize, sign: i64) {
        for (bundle, part) in self.scarce.get(resource).map_or(&[][..], |scarce| &scarce.costs) {
            if let Some(cost) = self.costs.get_mut(*bundle as usize) {
                *cost += sign * part;
            }
        }
    }

    fn give(&mut self, who: usize, had: &[u32]) {
        self.move_room(who, had, -1);
    }

    fn take_back(&mut self, who: usize, had: &[u32]) {
        self.move_room(who, had, 1);
    }

    fn move_room(&mut self, who: usize, had: &[u32], sign: i128) {
        for (resource, amount) in self.uses(who, had) {
            if let Some(room) = self.room.get_mut(resource) {
                *room += sign * amount;
            }
        }
    }

    /// Adds a change to the chain.
    fn change(&mut self, instead: Instead) {
        let Instead { who, had, .. } = instead;
        let before = self.had_by(who);
        self.take_back(who, &before);
        self.give(who, &had);
        if let Some(place) = self.had.get_mut(who) {
            *place = had;
        }
        self.chain.push((who, before));
    }

    /// Takes back the changes after the first ones.
    fn undo(&mut self, length: usize) {
        while self.chain.len() > length
            && let Some((who, before)) = self.chain.pop()
        {
            let now = self.had_by(who);
            self.take_back(who, &now);
            self.give(who, &before);
            if let Some(place) = self.had.get_mut(who) {
                *place = before;
            }
        }
    }

    /// What the chain so far is worth more.
    fn more(&self) -> i64 {
        self.chain.iter().map(|(who, before)| self.worth(*who, &self.had_by(*who)) - self.worth(*who, before)).sum()
    }

    /// Begins a chain with a bidder who would rather have something else.
    fn begin(&mut self, who: usize, turn: usize) {
        let now = self.gain(who, &self.had_by(who));
        let Some(best) = self.best(who, |_| true).filter(|best| best.gain > now) else { return };
        let ahead = best.gain - now;
        self.change(best);
        let mut ways = MOST_WAYS;
        if !self.go_on(ahead, turn, &mut ways) {
            self.undo(0);
        }
        self.chain.clear();
    }

    /// Looks for the end of the open chain, which so far gains this at the prices.
    fn go_on(&mut self, ahead: i64, turn: usize, ways: &mut usize) -> bool {
        let Some(wrong) = self.wrong() else { return self.more() > 0 };
        if matches!(wrong, Wrong::Back(_)) && self.more() > 0 {
            return true;
        }
        if self.chain.len() >= LONGEST || *ways == 0 {
            return false;
        }
        *ways -= 1;
        let (end, next) = self.ask(wrong, turn);
        if let Some(end) = end {
            self.change(end);
            return true;
        }
        let length = self.chain.len();
        for way in next.into_iter().filter(|way| way.cost < ahead) {
            self.change(way.instead);
            if self.go_on(ahead - way.cost, turn, ways) {
                return true;
            }
            self.undo(length);
        }
        false
    }

    fn wrong(&self) -> Option<Wrong> {
        let back = self.given_back();
        let is_over = |resource: usize| self.room.get(resource).is_some_and(|room| *room < 0);
        let over = back.iter().map(|(resource, _)| *resource).find(|resource| is_over(*resource));
        over.map(Wrong::Over).or_else(|| {
            let mut back = back.into_iter().filter(|(resource, amount)| *amount > 0 && self.has_price(*resource));
            back.next().map(|(resource, _)| Wrong::Back(resource))
        })
    }

    /// How much of each resource the chain gives back, below 0 where it takes more.
    fn given_back(&self) -> Vec<(usize, i128)> {
        let mut back: Vec<(usize, i128)> = Vec::new();
        for (who, before) in &self.chain {
            self.uses(*who, before).into_iter().for_each(|(resource, amount)| add(&mut back, resource, amount));
            let now = self.uses(*who, &self.had_by(*who));
            now.into_iter().for_each(|(resource, amount)| add(&mut back, resource, -amount));
        }
        back
    }

    /// Asks those who could put right what is wrong: what ends the chain for the better, and ways on, the cheapest first.
    fn ask(&mut self, wrong: Wrong, turn: usize) -> (Option<Instead>, Vec<Way>) {
        let more = self.more();
        let mut end: Option<(i64, Instead)> = None;
        let mut ways: Vec<Way> = Vec::new();
        for (at, who) in self.partners(wrong, turn).into_iter().enumerate() {
            let had = self.had_by(who);
            if self.has(who, &had, wrong.resource()) != matches!(wrong, Wrong::Over(_)) {
                continue;
            }
            let (now, worth) = (self.gain(who, &had), self.worth(who, &had));
            self.take_back(who, &had);
            if let Some(closing) = self.instead(who, wrong, 1).filter(|closing| self.fits(closing)) {
                let more = more + self.worth(who, &closing.had) - worth;
                if more > 0 && end.as_ref().is_none_or(|(best, _)| more > *best) {
                    end = Some((more, closing));
                }
            }
            if at < GOING_ON
                && let Some(instead) = self.instead(who, wrong, 0)
            {
                let way = Way { cost: now - instead.gain, kind: self.kind(who, &had, &instead.had), instead };
                keep_cheapest(&mut ways, way);
            }
            self.give(who, &had);
        }
        ways.sort_by_key(|way| way.cost);
        ways.truncate(WAYS);
        (end.map(|(_, end)| end), ways)
    }

    /// Who could put right what is wrong, from another place on at each turn.
    fn partners(&self, wrong: Wrong, turn: usize) -> Vec<usize> {
        let Some(scarce) = self.scarce.get(wrong.resource()) else { return Vec::new() };
        let all = if matches!(wrong, Wrong::Over(_)) { &scarce.holders } else { &scarce.takers };
        let others = all.iter().map(|who| *who as usize).filter(|who| self.chain.iter().all(|(other, _)| other != who));
        others.skip(turn * ASKED / 2).take(ASKED).collect()
    }

    /// What somebody who has given all back would have instead, of resources of which at least so much is left.
    fn instead(&mut self, who: usize, wrong: Wrong, least: i128) -> Option<Instead> {
        let room = std::mem::take(&mut self.room);
        let is_left = |resource: usize| room.get(resource).is_some_and(|room| *room >= least);
        let found = match wrong {
            Wrong::Over(over) => self.best(who, |resource| is_left(resource) && (least > 0 || resource != over)),
            Wrong::Back(back) => self.best_with(who, back, is_left),
        };
        self.room = room;
        found
    }

    /// Whether nothing is given twice with this.
    fn fits(&self, instead: &Instead) -> bool {
        let uses = self.uses(instead.who, &instead.had);
        let of = |resource: usize| uses.iter().find(|(other, _)| *other == resource).map_or(0, |(_, amount)| *amount);
        let chained = self.given_back().into_iter().map(|(resource, _)| resource);
        let mut resources = chained.chain(uses.iter().map(|(resource, _)| *resource));
        resources.all(|resource| self.room.get(resource).is_some_and(|room| *room >= of(resource)))
    }

    fn worth(&self, who: usize, had: &[u32]) -> i64 {
        self.bidder(who).map_or(0, |bidder| self.market.worth(bidder, had))
    }
}

fn positions(had: &[u32]) -> impl Iterator<Item = usize> {
    had.iter().map(|position| *position as usize)
}

/// Of ways that lead on to the same, one is enough.
fn keep_cheapest(ways: &mut Vec<Way>, way: Way) {
    match ways.iter_mut().find(|other| other.kind == way.kind) {
        Some(other) if other.cost <= way.cost => {}
        Some(other) => *other = way,
        None => ways.push(way),
    }
}

fn add(sums: &mut Vec<(usize, i128)>, resource: usize, amount: i128) {
    match sums.iter_mut().find(|(other, _)| *other == resource) {
        Some((_, sum)) => *sum += amount,
        None => sums.push((resource, amount)),
    }
}

/// The cheapest first; of those who would do the same, a few.
fn least_first(mut all: Vec<Partner>) -> Vec<u32> {
    all.sort_unstable_by_key(|partner| (partner.cost, partner.turn, partner.who));
    let mut of_kind: HashMap<u64, usize, BuildQuick> = HashMap::default();
    all.retain(|partner| {
        let count = of_kind.entry(partner.kind).or_insert(0);
        *count += 1;
        *count <= OF_KIND
    });
    all.truncate(PARTNERS);
    all.into_iter().map(|partner| partner.who).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Choice, Use};
    use super::*;
    use crate::allocate::market::Row;

    struct Anything;

    impl Beside for Anything {
        fn fits(&self, _: &[Choice], _: &Choice) -> bool {
            true
        }
    }

    /// Bidders of one slot who may have one of each resource, or none of it: what it is worth to them by resource.
    fn market(worths: &[&[(u32, i64)]]) -> Market {
        let resources = worths.iter().flat_map(|of| of.iter()).map(|(resource, _)| resource + 1).max().unwrap_or(0);
        let bundle = |resource| Box::from([Use { resource, amount: 1 }]);
        let mut market = Market {
            messages: vec![0],
            bundles: std::iter::once(Box::default()).chain((0..resources).map(bundle)).collect(),
            ..Market::default()
        };
        for (lot, of) in (0..).zip(worths) {
            let from = market.rows.len();
            for (at, (resource, worth)) in (0..).zip(of.iter()) {
                let offer = *resource;
                let (phase, member, route, channel) = (0, Choice::NO_MEMBER, 0, 0);
                let choice =
                    Choice { phase, offer, member, route, channel, worth: *worth, held_out: false, message: 0 };
                market.rows.push(Row { worth: *worth, share: 0, choice, bundle: resource + 1, at });
            }
            let rows = from..market.rows.len();
            market.bidders.push(Bidder { page: 0, lot, slots: 1, rows, messages: 0..1, before: 0..0 });
        }
        market
    }

    fn exchange(worths: &[&[(u32, i64)]], prices: &[u64], left: &[u64], had: &[&[u32]]) -> (Had, Vec<u64>) {
        let market = market(worths);
        let resources = vec![Resource { left: 1, ..Resource::default() }; prices.len()];
        let mut had: Had = had.iter().map(|had| had.to_vec()).collect();
        let left = Exchange::new(&market, &resources, &Anything, prices, left, &mut had).run();
        (had, left)
    }

    #[test]
    fn who_wants_what_is_gone_gets_it_where_others_can_do_with_something_else() {
        // The first wants what the second has, who can do with what the third has, who does without.
        let worths: [&[(u32, i64)]; 3] = [&[(0, 5_000)], &[(0, 4_000), (1, 3_900)], &[(1, 3_000)]];
        let (had, left) = exchange(&worths, &[3_500, 3_400], &[0, 0], &[&[], &[0], &[0]]);
        assert_eq!(had, [vec![0], vec![1], vec![]]);
        assert_eq!(left, [0, 0]);
    }

    #[test]
    fn what_somebody_has_at_too_high_a_price_goes_on_to_who_would_give_something_back_for_it() {
        // What the first has is worth more to the second, who gives back what is worth more to the third.
        let worths: [&[(u32, i64)]; 3] = [&[(0, 11_000)], &[(0, 12_000), (1, 7_000)], &[(1, 7_000)]];
        let (had, left) = exchange(&worths, &[12_000, 7_000], &[0, 0], &[&[0], &[1], &[]]);
        assert_eq!(had, [vec![], vec![0], vec![0]]);
        assert_eq!(left, [0, 0]);
    }

    #[test]
    fn nothing_is_exchanged_that_is_worth_less_together() {
        let worths: [&[(u32, i64)]; 2] = [&[(0, 5_000)], &[(0, 6_000), (1, 100)]];
        let (had, left) = exchange(&worths, &[4_000, 0], &[0, 1], &[&[], &[0]]);
        assert_eq!((had, left), (vec![vec![], vec![0]], vec![0, 1]));
    }
}
