//! From all ballots to who gets what: prices from samples that grow, then those whose choice is open, phase by phase.

use std::io;
use std::ops::Range;

use super::descent::{Descent, everything};
use super::exchange::Exchange;
use super::leftover::{Seeking, with_a_chance};
use super::market::{Bits, Market, Survey, Surveyed, had_before, slots_left, take};
use super::prices::{Resource, Scale, costs};
use super::respond::{Responder, Rules, Situation, Want};
use super::round::{Had, Rounding};
use super::sheet::{Ballot, Kind, Line, Sheet};
use super::store::Store;
use super::{Beside, Choice};

/// How many customers the first sample has; each next has eight times as many.
const FIRST_SAMPLE: u64 = 1_000;

/// Tries to find a range of prices that holds those at which everything fits.
const MOST_TRIES: usize = 5;

/// How far around a price the next range goes, in what chance does to a sample.
const SLACK: u128 = 3;

/// Of more open choices than this, what the few miss who do not get the best at the prices is next to nothing.
const MOST_EXCHANGED: usize = 1 << 18;

/// Rounds in which what is left is handed out to all customers, at most.
const MOST_HANDOUTS: usize = 4;

/// A settlement under way.
pub struct Settlement<'a> {
    pub store: &'a Store,
    pub beside: &'a dyn Beside,
    pub resources: Vec<Resource>,
    /// The resources in the order of their keys.
    pub order: Vec<usize>,
    pub threads: usize,
    pub scale: Scale,
    /// What is left now.
    pub left: Vec<u64>,
    /// By page: what is taken.
    pub taken: Vec<Bits>,
    pub customers: u64,
    pub value: i128,
    pub bound: i128,
    /// What was given of each resource.
    pub used: Vec<u64>,
    /// The greatest price of all phases.
    pub prices: Vec<u64>,
}

/// A range of prices, and what customers do in it.
struct Found {
    surveyed: Vec<Surveyed>,
    market: Market,
    prices: Vec<u64>,
}

impl Settlement<'_> {
    pub fn run(&mut self) -> io::Result<()> {
        let mut phases: Vec<u16> = self.store.each(self.threads, |_, sheet| sheet.phases())?.concat();
        phases.sort_unstable();
        phases.dedup();
        for phase in phases {
            self.phase(phase)?;
        }
        Ok(())
    }

    fn phase(&mut self, phase: u16) -> io::Result<()> {
        for (resource, left) in self.resources.iter_mut().zip(&self.left) {
            resource.left = *left;
        }
        let found = self.find(phase)?;
        let before = self.left.clone();
        for surveyed in &found.surveyed {
            for (left, used) in self.left.iter_mut().zip(&surveyed.used) {
                *left = left.saturating_sub(*used);
            }
        }
        for (taken, surveyed) in self.taken.iter_mut().zip(&found.surveyed) {
            taken.add(&surveyed.sure);
        }
        let had = self.round(&found);
        self.note(&found.market, &had);
        self.give_leftover(phase)?;
        self.count(phase, &found.prices, &before)?;
        for (price, found) in self.prices.iter_mut().zip(&found.prices) {
            *price = (*price).max(*found);
        }
        Ok(())
    }

    /// Who of those whose choice is open has what.
    fn round(&mut self, found: &Found) -> Had {
        let Found { market, prices, .. } = found;
        let (resources, beside) = (&self.resources, self.beside);
        let mut rounding = Rounding { market, resources, beside, left: &mut self.left };
        let mut had = rounding.choose(prices);
        rounding.hand_out(&mut had);
        if market.rows.len() <= MOST_EXCHANGED {
            self.left = Exchange::new(market, resources, beside, prices, &self.left, &mut had).run();
            Rounding { market, resources, beside, left: &mut self.left }.hand_out(&mut had);
        }
        had
    }

    /// Prices at which what is wanted fits, and the customers whose choice is open about them.
    fn find(&self, phase: u16) -> io::Result<Found> {
        let (mut low, mut high) = everything(&self.resources);
        let mut prices = vec![0; self.resources.len()];
        let mut size = FIRST_SAMPLE;
        let mut tries = 0;
        loop {
            let whole = size.saturating_mul(2) >= self.customers;
            let sample = if whole {
                u64::MAX
            } else {
                u64::try_from((u128::from(size) << 64) / u128::from(self.customers)).unwrap_or(u64::MAX)
            };
            let mut surveyed = self.survey(phase, &low, &high, sample)?;
            let market = Market::of(surveyed.iter_mut().map(|surveyed| std::mem::take(&mut surveyed.open)));
            let room: Vec<i128> = self
                .left
                .iter()
                .enumerate()
                .map(|(at, left)| {
                    let share = (u128::from(*left) * (u128::from(sample) + 1)) >> 64;
                    let used = surveyed.iter().filter_map(|surveyed| surveyed.used.get(at));
                    share.cast_signed() - used.map(|used| i128::from(*used)).sum::<i128>()
                })
                .collect();
            let descent = Descent {
                market: &market,
                resources: &self.resources,
                room: &room,
                low: &low,
                high: &high,
                order: &self.order,
                beside: self.beside,
                slack: if whole { 0 } else { SLACK },
                threads: self.threads,
                is_first: size == FIRST_SAMPLE,
            };
            let start: Vec<u64> =
                prices.iter().zip(low.iter().zip(&high)).map(|(price, (low, high))| *price.clamp(low, high)).collect();
            let descended = descent.run(start);
            prices = descended.prices;
            let too_much = room.iter().any(|room| *room < 0);
            tries += 1;
            if whole && (tries >= 2 * MOST_TRIES || (!too_much && (!descended.at_edge || tries >= MOST_TRIES))) {
                return Ok(Found { surveyed, market, prices });
            }
            if descended.at_edge || too_much {
                widen(&prices, &room, &mut low, &mut high);
            } else {
                (low, high) = (descended.low, descended.high);
                tries = 0;
                size = size.saturating_mul(8);
            }
        }
    }

    fn survey(&self, phase: u16, low: &[u64], high: &[u64], sample: u64) -> io::Result<Vec<Surveyed>> {
        let survey = Survey {
            resources: &self.resources,
            low,
            high,
            scale: self.scale,
            beside: self.beside,
            phase,
            sample,
            only: None,
        };
        let none = Bits::default();
        self.store.each(self.threads, |page, sheet| survey.page(page, sheet, self.taken.get(page).unwrap_or(&none)))
    }

    /// Gives what is left to whoever of all customers can do better with it.
    fn give_leftover(&mut self, phase: u16) -> io::Result<()> {
        let none = Bits::default();
        for _ in 0..MOST_HANDOUTS {
            let seeking =
                Seeking { resources: &self.resources, left: &self.left, scale: self.scale, beside: self.beside, phase };
            let taken = |page: usize| self.taken.get(page).unwrap_or(&none);
            let candidates = self.store.each(self.threads, |page, sheet| seeking.page(sheet, taken(page)))?.concat();
            let chosen = with_a_chance(candidates, &self.left);
            if chosen.is_empty() {
                return Ok(());
            }
            let gathered =
                self.store.each(self.threads, |page, sheet| seeking.gather(page, sheet, taken(page), &chosen))?;
            let (markets, had): (Vec<Market>, Vec<Had>) = gathered.into_iter().unzip();
            let market = Market::of(markets);
            let (mut now, before) = (had.concat(), had.concat());
            Rounding { market: &market, resources: &self.resources, beside: self.beside, left: &mut self.left }
                .hand_out(&mut now);
            self.forget(&market, &before);
            self.note(&market, &now);
            if now == before {
                return Ok(());
            }
        }
        Ok(())
    }

    fn forget(&mut self, market: &Market, had: &Had) {
        self.mark(market, had, false);
    }

    fn note(&mut self, market: &Market, had: &Had) {
        self.mark(market, had, true);
    }

    fn mark(&mut self, market: &Market, had: &Had, is_taken: bool) {
        for (bidder, had) in market.bidders.iter().zip(had) {
            let Some(taken) = self.taken.get_mut(bidder.page as usize) else { continue };
            for row in had.iter().filter_map(|position| market.rows(bidder).get(*position as usize)) {
                taken.set(row.at as usize, is_taken);
            }
        }
    }

    /// Counts what was given in a phase and what could have been at most, on worths without chance.
    fn count(&mut self, phase: u16, prices: &[u64], before: &[u64]) -> io::Result<()> {
        let none = Bits::default();
        let counting = Counting { settlement: self, phase, prices };
        let counted =
            self.store.each(self.threads, |page, sheet| counting.page(sheet, self.taken.get(page).unwrap_or(&none)))?;
        let mut bound: i128 = counted.iter().map(|counted| counted.bound).sum();
        for ((resource, price), left) in self.resources.iter().zip(prices).zip(before) {
            if !resource.ample {
                let paid = u128::from(*price) * u128::from(*left);
                bound += (paid >> resource.bits).cast_signed() + 1;
            }
        }
        self.value += counted.iter().map(|counted| counted.value).sum::<i128>();
        for counted in &counted {
            self.used.iter_mut().zip(&counted.used).for_each(|(used, more)| *used = used.saturating_add(*more));
        }
        self.bound += self.scale.coarse_up(bound);
        Ok(())
    }
}

/// A range that is wider where it has to be.
fn widen(prices: &[u64], room: &[i128], low: &mut [u64], high: &mut [u64]) {
    for ((price, room), (low, high)) in prices.iter().zip(room).zip(low.iter_mut().zip(high)) {
        let width = *high - *low;
        if *room < 0 || *price >= *high {
            *high = if width > *high / 2 || *room < 0 {
                super::prices::HIGHEST
            } else {
                high.saturating_add(2 * width + 1)
            };
        }
        if *price <= *low {
            *low = low.saturating_sub(2 * width + 1);
        }
        *high = (*high).min(super::prices::HIGHEST);
    }
}

/// Counts worths and bounds of a phase.
struct Counting<'c, 's> {
    settlement: &'c Settlement<'s>,
    phase: u16,
    prices: &'c [u64],
}

/// What a page comes to in a phase.
struct Counted {
    /// What the customers get is worth, in millionths.
    value: i128,
    /// What they could have at the prices, in fine units.
    bound: i128,
    used: Vec<u64>,
}

impl Counting<'_, '_> {
    fn page(&self, sheet: &Sheet, taken: &Bits) -> Counted {
        let costs = costs(&self.settlement.resources, self.prices, sheet);
        let mut counted = Counted { value: 0, bound: 0, used: vec![0; self.settlement.resources.len()] };
        let mut responder = Responder::default();
        let (mut wants, mut fees, mut had) = (Vec::new(), Vec::new(), Vec::new());
        let beside = self.settlement.beside;
        for ballot in sheet.ballots() {
            let (choices, earlier) = sheet.of_phase(&ballot.choices, self.phase);
            if choices.is_empty() {
                continue;
            }
            had_before(sheet, earlier, taken, &mut had);
            let slots = slots_left(beside, self.phase, ballot.voter.slots, &had);
            if slots == 0 {
                continue;
            }
            self.wants(sheet, &ballot, &choices, &had, &costs, &mut wants, &mut fees);
            let situation =
                Situation { fees: &fees, slots: usize::from(slots), before: &had, rules: Rules::Always(beside) };
            counted.bound += i128::from(responder.bound(&wants, &situation) - held_out(&responder, &wants));
            counted.add(sheet, &ballot, choices, taken, &had);
        }
        counted
    }

    #[expect(clippy::too_many_arguments, reason = "buffers that are kept from customer to customer")]
    fn wants(
        &self,
        sheet: &Sheet,
        ballot: &Ballot,
        choices: &Range<usize>,
        had: &[Choice],
        costs: &[i64],
        wants: &mut Vec<Want>,
        fees: &mut Vec<i64>,
    ) {
        let of = |bundle: u32| costs.get(bundle as usize).copied().unwrap_or(0);
        wants.clear();
        for line in sheet.lines(choices.clone()) {
            let gain = self.settlement.scale.fine(line.worth) - of(line.bundle);
            if gain >= 0 {
                wants.push(Want { gain, choice: sheet.choice(&line) });
            }
        }
        fees.clear();
        let open = |message: usize| had.iter().any(|had| !had.held_out && usize::from(had.message) == message);
        let messages = sheet.messages_of(ballot).iter().enumerate();
        fees.extend(messages.map(|(message, bundle)| if open(message) { 0 } else { of(*bundle) }));
    }
}

impl Counted {
    /// What a customer got in a phase.
    fn add(&mut self, sheet: &Sheet, ballot: &Ballot, choices: Range<usize>, taken: &Bits, had: &[Choice]) {
        let mut open: Vec<u8> = had.iter().filter(|had| !had.held_out).map(|had| had.message).collect();
        let lines = sheet.lines(choices.clone()).zip(choices);
        for (line, _) in lines.filter(|(line, at)| taken.get(*at) && !line.held_out()) {
            self.value += i128::from(line.worth);
            take(&mut self.used, sheet.bundle(line.bundle));
            if !open.contains(&line.message()) {
                open.push(line.message());
                let bundle = sheet.messages_of(ballot).get(usize::from(line.message()));
                take(&mut self.used, bundle.map_or(&[], |bundle| sheet.bundle(*bundle)));
            }
        }
    }
}

/// What a response gains by what is held out.
fn held_out(responder: &Responder, wants: &[Want]) -> i64 {
    let chosen = responder.chosen.iter().filter_map(|at| wants.get(*at));
    chosen.filter(|want| want.choice.held_out).map(|want| want.gain).sum()
}

/// The finest scale for the worths of all pages, the greatest use of each resource, and all that could ever be wanted.
pub fn measure(store: &Store, threads: usize, beside: &dyn Beside, left: &[u64]) -> io::Result<(Scale, Vec<Resource>)> {
    let pages = store.each(threads, |_, sheet| Demand::of(sheet, beside, left.len()))?;
    let greatest = pages.iter().map(|page| page.worth).max().unwrap_or(0);
    let mut resources: Vec<Resource> =
        left.iter().map(|left| Resource { left: *left, ..Resource::default() }).collect();
    for (at, resource) in resources.iter_mut().enumerate() {
        let most = pages.iter().filter_map(|page| page.most.get(at)).max().copied().unwrap_or(0);
        resource.bits = 64 - most.saturating_sub(1).leading_zeros();
        let wanted: u128 = pages.iter().filter_map(|page| page.wanted.get(at)).map(|wanted| u128::from(*wanted)).sum();
        resource.ample = wanted <= u128::from(resource.left);
    }
    Ok((Scale::up_to(greatest), resources))
}

/// What the customers of a page could want at most.
struct Demand {
    worth: i64,
    most: Vec<u64>,
    wanted: Vec<u64>,
}

/// What one customer could take of a resource.
#[derive(Clone, Copy, Default)]
struct Possible {
    /// Whose it is.
    ballot: usize,
    /// The offer that was counted last, and its greatest use.
    offer: (u32, u32),
    last: u64,
    /// The greatest use of all offers that take slots, and the sum over them.
    greatest: u64,
    sum: u64,
    /// What needs no slot.
    beside: u64,
}

impl Demand {
    fn of(sheet: &Sheet, beside: &dyn Beside, resources: usize) -> Self {
        let mut all = Self {
            worth: sheet.worths.iter().copied().max().unwrap_or(0),
            most: vec![0; resources],
            wanted: vec![0; resources],
        };
        let free: Vec<bool> = sheet.kinds.iter().map(|kind| beside.takes_no_slot(kind.phase)).collect();
        let mut possible = vec![Possible { ballot: usize::MAX, ..Possible::default() }; resources];
        let mut touched: Vec<usize> = Vec::new();
        for (number, ballot) in sheet.ballots().enumerate() {
            let mut touch = |at: usize, possible: &mut Possible| {
                if possible.ballot != number {
                    *possible = Possible { ballot: number, offer: (u32::MAX, 0), ..Possible::default() };
                    touched.push(at);
                }
            };
            for line in sheet.lines(ballot.choices.clone()) {
                let kind = sheet.kinds.get(line.kind as usize).copied().unwrap_or_default();
                let is_free = free.get(line.kind as usize).copied().unwrap_or(true);
                for one in sheet.bundle(line.bundle) {
                    let at = one.resource as usize;
                    let Some(possible) = possible.get_mut(at) else { continue };
                    touch(at, possible);
                    possible.add(&kind, &line, one.amount, is_free);
                }
            }
            let fees = sheet.messages_of(&ballot).iter().flat_map(|bundle| sheet.bundle(*bundle));
            for one in fees {
                let at = one.resource as usize;
                let Some(possible) = possible.get_mut(at) else { continue };
                touch(at, possible);
                possible.beside = possible.beside.saturating_add(one.amount);
                if let Some(most) = all.most.get_mut(at) {
                    *most = one.amount.max(*most);
                }
            }
            for at in touched.drain(..) {
                let (Some(possible), Some(wanted)) = (possible.get(at), all.wanted.get_mut(at)) else { continue };
                let slots = possible.greatest.saturating_mul(u64::from(ballot.voter.slots)).min(possible.sum);
                *wanted = wanted.saturating_add(slots).saturating_add(possible.beside);
            }
        }
        for one in &sheet.uses {
            if let Some(most) = all.most.get_mut(one.resource as usize) {
                *most = one.amount.max(*most);
            }
        }
        all
    }
}

impl Possible {
    /// One offer counts once by each resource, with the most that any of its routes takes.
    fn add(&mut self, kind: &Kind, line: &Line, amount: u64, is_free: bool) {
        if line.held_out() {
            return;
        }
        let offer = (kind.offer, kind.member);
        let counted = if self.offer == offer { self.last } else { 0 };
        let more = amount.saturating_sub(counted);
        (self.offer, self.last) = (offer, counted + more);
        if is_free {
            self.beside = self.beside.saturating_add(more);
        } else {
            self.sum = self.sum.saturating_add(more);
            self.greatest = self.greatest.max(amount);
        }
    }
}
