//! Those customers whose choice is open within some range of prices, in memory, with the choices that may be theirs.
//!
//! Within a narrow range nearly all customers do the same whatever the prices: their best choice at its dearest is better
//! than all others at their cheapest. Only the rest, a small part, has to be asked again and again.

use std::collections::HashMap;
use std::ops::Range;

use super::intern::{BuildQuick, mixed};
use super::prices::{PARTED, Resource, Scale, cost, costs, parted, share};
use super::respond::{Responder, Rules, Situation, Want};
use super::sheet::{Ballot, Line, Sheet};
use super::{Beside, Choice, Use};

/// Customers with open choices.
#[derive(Debug, Default)]
pub struct Market {
    pub bidders: Vec<Bidder>,
    pub rows: Vec<Row>,
    /// What each message takes, as a bundle.
    pub messages: Vec<u32>,
    /// What bidders have already.
    pub before: Vec<Choice>,
    pub bundles: Vec<Box<[Use]>>,
}

/// A customer with an open choice.
#[derive(Clone, Debug)]
pub struct Bidder {
    pub page: u32,
    pub lot: u64,
    pub slots: u16,
    pub rows: Range<usize>,
    pub messages: Range<usize>,
    pub before: Range<usize>,
}

/// One of a bidder's choices.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// In fine units, parted by chance.
    pub worth: i64,
    /// The chance.
    pub share: u32,
    pub choice: Choice,
    pub bundle: u32,
    /// The choice's position on its page.
    pub at: u32,
}

impl Market {
    pub fn rows(&self, bidder: &Bidder) -> &[Row] {
        self.rows.get(bidder.rows.clone()).unwrap_or_default()
    }

    pub fn messages(&self, bidder: &Bidder) -> &[u32] {
        self.messages.get(bidder.messages.clone()).unwrap_or_default()
    }

    pub fn before(&self, bidder: &Bidder) -> &[Choice] {
        self.before.get(bidder.before.clone()).unwrap_or_default()
    }

    pub fn bundle(&self, bundle: u32) -> &[Use] {
        self.bundles.get(bundle as usize).map_or(&[], |uses| uses)
    }

    /// The bundle of the message that carries a choice.
    pub fn message(&self, bidder: &Bidder, choice: &Choice) -> u32 {
        self.messages(bidder).get(usize::from(choice.message)).copied().unwrap_or(0)
    }

    /// What a bidder's choices are worth, without what is held out.
    pub fn worth(&self, bidder: &Bidder, had: &[u32]) -> i64 {
        self.taken(bidder, had.iter().map(|position| *position as usize)).map(|row| row.worth).sum()
    }

    /// Tells each bundle that choices take, a message's once; nothing of what is held out.
    pub fn each_bundle(&self, bidder: &Bidder, had: impl Iterator<Item = usize>, mut take: impl FnMut(u32)) {
        let mut open = [0_u128; 2];
        for row in self.taken(bidder, had) {
            take(row.bundle);
            let message = row.choice.message;
            let Some(open) = open.get_mut(usize::from(message / 128)) else { continue };
            if *open >> (message % 128) & 1 == 0 {
                *open |= 1 << (message % 128);
                take(self.message(bidder, &row.choice));
            }
        }
    }

    fn taken(&self, bidder: &Bidder, had: impl Iterator<Item = usize>) -> impl Iterator<Item = &Row> {
        let rows = self.rows(bidder);
        had.filter_map(|position| rows.get(position)).filter(|row| !row.choice.held_out)
    }

    /// One market of many, in their order, with each bundle once.
    pub fn of(parts: impl IntoIterator<Item = Market>) -> Self {
        let mut all = Self::default();
        let mut known: HashMap<Box<[Use]>, u32, BuildQuick> = HashMap::default();
        let mut number = |uses: Box<[Use]>, bundles: &mut Vec<Box<[Use]>>| {
            *known.entry(uses).or_insert_with_key(|uses| {
                bundles.push(uses.clone());
                bundles.len() as u32 - 1
            })
        };
        number(Box::default(), &mut all.bundles);
        for part in parts {
            let numbers: Vec<u32> = part.bundles.into_iter().map(|uses| number(uses, &mut all.bundles)).collect();
            let renumbered = |bundle: u32| numbers.get(bundle as usize).copied().unwrap_or(0);
            let (rows, messages, before) = (all.rows.len(), all.messages.len(), all.before.len());
            let moved = |range: Range<usize>, by: usize| range.start + by..range.end + by;
            all.bidders.extend(part.bidders.into_iter().map(|bidder| Bidder {
                rows: moved(bidder.rows, rows),
                messages: moved(bidder.messages, messages),
                before: moved(bidder.before, before),
                ..bidder
            }));
            all.rows.extend(part.rows.into_iter().map(|row| Row { bundle: renumbered(row.bundle), ..row }));
            all.messages.extend(part.messages.into_iter().map(renumbered));
            all.before.extend(part.before);
        }
        all
    }
}

/// Which choices are taken, by their positions on a page.
#[derive(Clone, Debug, Default)]
pub struct Bits(Vec<u64>);

impl Bits {
    pub fn of(length: usize) -> Self {
        Self(vec![0; length.div_ceil(64)])
    }

    pub fn get(&self, at: usize) -> bool {
        self.0.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 != 0)
    }

    pub fn set(&mut self, at: usize, value: bool) {
        if let Some(word) = self.0.get_mut(at / 64) {
            *word = *word & !(1 << (at % 64)) | u64::from(value) << (at % 64);
        }
    }

    pub fn add(&mut self, others: &Self) {
        self.0.iter_mut().zip(&others.0).for_each(|(word, other)| *word |= other);
    }
}

/// Asks all customers of a page what they do within a range of prices.
pub struct Survey<'a> {
    pub resources: &'a [Resource],
    pub low: &'a [u64],
    pub high: &'a [u64],
    pub scale: Scale,
    pub beside: &'a dyn Beside,
    pub phase: u16,
    /// Only customers whose chance is at most this.
    pub sample: u64,
    /// Only these customers.
    pub only: Option<&'a (dyn Fn(u32) -> bool + Sync)>,
}

/// What a survey of one page found.
#[derive(Debug, Default)]
pub struct Surveyed {
    pub open: Market,
    /// What those take who do the same at all prices.
    pub sure: Bits,
    pub used: Vec<u64>,
    /// How many customers were asked.
    pub asked: usize,
}

/// One choice within the range: at its dearest and at its cheapest.
#[derive(Clone, Copy)]
struct Spread {
    at: usize,
    least: i64,
    most: i64,
    line: Line,
    worth: i64,
    share: u32,
}

/// A customer's chance to be in a sample.
pub fn drawn(lot: u64) -> u64 {
    mixed(lot, 0x5A)
}

impl Survey<'_> {
    pub fn page(&self, page: usize, sheet: &Sheet, taken: &Bits) -> Surveyed {
        let mut work = Work {
            survey: self,
            sheet,
            page: page as u32,
            high: costs(self.resources, self.high, sheet),
            low: costs(self.resources, self.low, sheet),
            corners: (0..CORNERS).map(|corner| costs(self.resources, &self.corner(corner), sheet)).collect(),
            chances: sheet.kinds.iter().map(super::sheet::Kind::chance).collect(),
            spreads: Vec::new(),
            best: Vec::new(),
            before: Vec::new(),
            responder: Responder::default(),
            found: Surveyed {
                used: vec![0; self.resources.len()],
                sure: Bits::of(sheet.choices()),
                ..Surveyed::default()
            },
            bundles: vec![None; sheet.bundles()],
        };
        work.bundle(0);
        for ballot in sheet.ballots() {
            let asked =
                drawn(ballot.voter.lot) <= self.sample && self.only.is_none_or(|only| only(ballot.voter.customer));
            if asked {
                work.ask(&ballot, taken);
            }
        }
        work.found
    }

    /// Each resource at one end of its range.
    fn corner(&self, corner: u64) -> Vec<u64> {
        let ends = self.resources.iter().zip(self.low.iter().zip(self.high));
        ends.map(|(resource, (low, high))| {
            let is_high = match corner {
                0 => false,
                1 => true,
                _ => mixed(resource.rank, corner) & 1 == 1,
            };
            if is_high { *high } else { *low }
        })
        .collect()
    }
}

fn cost_of(costs: &[i64], bundle: u32) -> i64 {
    costs.get(bundle as usize).copied().unwrap_or(0)
}

/// So many more choices of a message are left where its best do not go together.
const MORE: usize = 2;

/// How many corners of a range are tried: all low, all high, and some of both.
const CORNERS: u64 = 6;

struct Work<'w, 's> {
    survey: &'w Survey<'s>,
    sheet: &'w Sheet,
    page: u32,
    high: Vec<i64>,
    low: Vec<i64>,
    corners: Vec<Vec<i64>>,
    chances: Vec<u64>,
    spreads: Vec<Spread>,
    /// The best of the spreads: what it gains at least, its position, its offer and member.
    best: Vec<(i64, usize, (u32, u32))>,
    before: Vec<Choice>,
    responder: Responder,
    found: Surveyed,
    /// The numbers of the page's bundles in the market.
    bundles: Vec<Option<u32>>,
}

/// What a customer had before a phase begins.
pub fn had_before(sheet: &Sheet, before: Range<usize>, taken: &Bits, had: &mut Vec<Choice>) {
    had.clear();
    let lines = sheet.lines(before.clone()).zip(before).filter(|(_, at)| taken.get(*at));
    had.extend(lines.map(|(line, _)| sheet.choice(&line)));
}

/// How many slots are left of a customer in a phase; none where the phase is not for them.
pub fn slots_left(beside: &dyn Beside, phase: u16, slots: u16, before: &[Choice]) -> u16 {
    if beside.takes_no_slot(phase) {
        return u16::MAX;
    }
    if beside.is_for_nobody_else(phase) && !before.is_empty() {
        return 0;
    }
    let used = before.iter().filter(|choice| !beside.takes_no_slot(choice.phase)).count();
    slots.saturating_sub(u16::try_from(used).unwrap_or(u16::MAX))
}

impl Work<'_, '_> {
    fn ask(&mut self, ballot: &Ballot, taken: &Bits) {
        let (choices, earlier) = self.sheet.of_phase(&ballot.choices, self.survey.phase);
        if choices.is_empty() {
            return;
        }
        had_before(self.sheet, earlier, taken, &mut self.before);
        let slots = slots_left(self.survey.beside, self.survey.phase, ballot.voter.slots, &self.before);
        if slots == 0 {
            return;
        }
        self.found.asked += 1;
        self.spread(ballot, choices);
        self.drop_equals(usize::from(slots));
        let is_sure = if slots == 1 { self.one_slot(ballot) } else { self.several_slots(ballot, usize::from(slots)) };
        if is_sure {
            self.settle(ballot);
        } else if !self.spreads.is_empty() {
            self.open(ballot, slots);
        }
    }

    /// Each choice at its dearest and at its cheapest, without its message.
    fn spread(&mut self, ballot: &Ballot, choices: Range<usize>) {
        self.spreads.clear();
        let (sheet, scale, lot) = (self.sheet, self.survey.scale, ballot.voter.lot);
        for (line, at) in sheet.lines(choices.clone()).zip(choices) {
            let chance = self.chances.get(line.kind as usize).copied().unwrap_or(0);
            let share = share(lot, chance);
            let worth = parted(scale.fine(line.worth), share, PARTED);
            let (least, most) = (worth - cost_of(&self.high, line.bundle), worth - cost_of(&self.low, line.bundle));
            if most >= 0 && (self.before.is_empty() || self.fits_before(&line)) {
                self.spreads.push(Spread { at, least, most, line, worth, share });
            }
        }
    }

    /// Of choices that take the same by the same message, as many as there are slots are enough where they go together.
    fn drop_equals(&mut self, slots: usize) {
        if slots >= self.spreads.len() {
            return;
        }
        let takes = |spread: &Spread| (spread.line.bundle, spread.line.message(), spread.line.held_out());
        self.spreads.sort_unstable_by_key(|spread| (takes(spread), -spread.worth, spread.at));
        let mut kept: Vec<Spread> = Vec::with_capacity(self.spreads.len());
        let spreads = std::mem::take(&mut self.spreads);
        for equals in spreads.chunk_by(|one, other| takes(one) == takes(other)) {
            let first = equals.get(..slots).unwrap_or(equals);
            let want = |spread: &Spread| Want { gain: spread.worth, choice: self.sheet.choice(&spread.line) };
            let wants: Vec<Want> = if slots > 1 { first.iter().map(want).collect() } else { Vec::new() };
            let go_together = slots == 1 || self.respond(&wants, &[], slots) == wants.len();
            kept.extend(if go_together { first } else { equals });
        }
        kept.sort_unstable_by_key(|spread| spread.at);
        self.spreads = kept;
    }

    fn fits_before(&self, line: &Line) -> bool {
        self.survey.beside.fits(&self.before, &self.sheet.choice(line))
    }

    /// The bundle of a message; of one that is open already, nothing.
    fn message(&self, ballot: &Ballot, message: u8) -> u32 {
        if self.before.iter().any(|had| !had.held_out && had.message == message) {
            return 0;
        }
        self.sheet.messages_of(ballot).get(usize::from(message)).copied().unwrap_or(0)
    }

    /// Leaves the choices that can be the best; whether it is known what the customer does. Nothing that is below the best
    /// at its dearest, even at its cheapest, is ever chosen.
    fn one_slot(&mut self, ballot: &Ballot) -> bool {
        let mut bar = 0;
        for at in 0..self.spreads.len() {
            let Some(spread) = self.spreads.get(at).copied() else { continue };
            let message = self.message(ballot, spread.line.message());
            if let Some(spread) = self.spreads.get_mut(at) {
                spread.least -= cost_of(&self.high, message);
                spread.most -= cost_of(&self.low, message);
                bar = bar.max(spread.least);
            }
        }
        self.spreads.retain(|spread| spread.most >= bar);
        self.responder.chosen.clear();
        self.responder.chosen.push(0);
        self.spreads.len() == 1 && bar > 0
    }

    /// The same for several slots: of each message as many choices are left as may fill the slots; what the customer does is
    /// taken for known where it is the same at prices all over the range.
    fn several_slots(&mut self, ballot: &Ballot, slots: usize) -> bool {
        let mut messages: Vec<(u8, usize)> = Vec::new();
        for spread in &self.spreads {
            let message = spread.line.message();
            if !messages.iter().any(|(other, _)| *other == message) {
                let most = self.survey.beside.most_by(&self.sheet.choice(&spread.line));
                messages.push((message, slots.min(most)));
            }
        }
        let mut free_bar = 0;
        let mut bars: Vec<(u8, i64)> = Vec::with_capacity(messages.len());
        for (message, most) in messages {
            let bundle = self.message(ballot, message);
            let bar = self.bar(message, slots, |spread| spread.least);
            if cost_of(&self.high, bundle) == 0 && most == slots {
                free_bar = free_bar.max(bar);
            }
            let pays = self.sum_of_best(message, most) >= cost_of(&self.low, bundle);
            bars.push((message, if pays { bar } else { i64::MAX }));
        }
        self.spreads.retain(|spread| {
            let bar = bars.iter().find(|(message, _)| *message == spread.line.message()).map_or(0, |(_, bar)| *bar);
            spread.most >= bar.max(free_bar)
        });
        self.does_the_same(ballot, slots)
    }

    /// What the last of as many offers of a message gains as can come by it; 0 where there are fewer. Where the best do
    /// not go together, some more are left: nothing is lost by what is left out but in the search for prices.
    fn bar(&mut self, message: u8, slots: usize, gain: impl Fn(&Spread) -> i64) -> i64 {
        self.find_best(message, &gain);
        if self.best.len() < slots {
            return 0;
        }
        self.best.sort_unstable_by_key(|(gain, at, _)| (-gain, *at));
        let want = |(gain, at, _): &(i64, usize, _)| {
            self.spreads.get(*at).map(|spread| Want { gain: *gain, choice: self.sheet.choice(&spread.line) })
        };
        let together: Vec<Want> = self.best.iter().take(slots).filter_map(want).collect();
        let go_together = self.respond(&together, &[], slots) == together.len();
        let last = if go_together { slots } else { slots + MORE };
        last.checked_sub(1).and_then(|last| self.best.get(last)).map_or(0, |(gain, _, _)| *gain)
    }

    /// The greatest gain of each offer of a message, where it is above 0.
    fn find_best(&mut self, message: u8, gain: &impl Fn(&Spread) -> i64) {
        self.best.clear();
        for (at, spread) in self.spreads.iter().enumerate() {
            let gain = gain(spread);
            if spread.line.message() != message || gain <= 0 {
                continue;
            }
            let offer =
                self.sheet.kinds.get(spread.line.kind as usize).map_or((0, 0), |kind| (kind.offer, kind.member));
            match self.best.iter_mut().find(|(_, _, other)| *other == offer) {
                Some(best) if best.0 >= gain => {}
                Some(best) => *best = (gain, at, offer),
                None => self.best.push((gain, at, offer)),
            }
        }
    }

    /// What a message can carry at most is worth.
    fn sum_of_best(&mut self, message: u8, slots: usize) -> i64 {
        self.find_best(message, &|spread| spread.most);
        self.best.sort_unstable_by_key(|(gain, at, _)| (-gain, *at));
        self.best.iter().take(slots).map(|(gain, _, _)| *gain).fold(0, i64::saturating_add)
    }

    /// Whether a customer does the same at all corners of the range that are tried; then it is the response.
    fn does_the_same(&mut self, ballot: &Ballot, slots: usize) -> bool {
        let messages = ballot.messages.len();
        let mut same: Option<Vec<usize>> = None;
        for corner in 0..self.corners.len() {
            let of = |bundle: u32| self.corners.get(corner).map_or(0, |costs| cost_of(costs, bundle));
            let wants: Vec<Want> = self
                .spreads
                .iter()
                .map(|spread| Want {
                    gain: spread.worth - of(spread.line.bundle),
                    choice: self.sheet.choice(&spread.line),
                })
                .collect();
            let fees: Vec<i64> = (0..messages).map(|message| of(self.message(ballot, message as u8))).collect();
            self.respond(&wants, &fees, slots);
            let mut chosen = self.responder.chosen.clone();
            chosen.sort_unstable();
            if same.as_ref().is_some_and(|same| *same != chosen) {
                return false;
            }
            same = Some(chosen);
        }
        true
    }

    /// How many a customer takes.
    fn respond(&mut self, wants: &[Want], fees: &[i64], slots: usize) -> usize {
        let situation = Situation { fees, slots, before: &self.before, rules: Rules::All(self.survey.beside) };
        self.responder.respond(wants, &situation);
        self.responder.chosen.len()
    }

    fn settle(&mut self, ballot: &Ballot) {
        let mut opened: Vec<u8> = self.before.iter().filter(|had| !had.held_out).map(|had| had.message).collect();
        for spread in self.responder.chosen.iter().filter_map(|at| self.spreads.get(*at)) {
            self.found.sure.set(spread.at, true);
            if spread.line.held_out() {
                continue;
            }
            take(&mut self.found.used, self.sheet.bundle(spread.line.bundle));
            let message = spread.line.message();
            if !opened.contains(&message) {
                opened.push(message);
                let bundle = self.sheet.messages_of(ballot).get(usize::from(message));
                take(&mut self.found.used, bundle.map_or(&[], |bundle| self.sheet.bundle(*bundle)));
            }
        }
    }

    fn open(&mut self, ballot: &Ballot, slots: u16) {
        let (rows, messages, before) =
            (self.found.open.rows.len(), self.found.open.messages.len(), self.found.open.before.len());
        for at in 0..self.spreads.len() {
            let Some(spread) = self.spreads.get(at).copied() else { continue };
            let bundle = self.bundle(spread.line.bundle);
            let choice = self.sheet.choice(&spread.line);
            self.found.open.rows.push(Row {
                worth: spread.worth,
                share: spread.share,
                choice,
                bundle,
                at: spread.at as u32,
            });
        }
        for (message, bundle) in self.sheet.messages_of(ballot).iter().enumerate() {
            let open = self.before.iter().any(|had| !had.held_out && usize::from(had.message) == message);
            let bundle = if open { 0 } else { self.bundle(*bundle) };
            self.found.open.messages.push(bundle);
        }
        let market = &mut self.found.open;
        market.before.extend(&self.before);
        market.bidders.push(Bidder {
            page: self.page,
            lot: ballot.voter.lot,
            slots,
            rows: rows..market.rows.len(),
            messages: messages..market.messages.len(),
            before: before..market.before.len(),
        });
    }

    /// The number of a bundle in the market, without what there is enough of.
    fn bundle(&mut self, bundle: u32) -> u32 {
        let Some(known) = self.bundles.get_mut(bundle as usize) else { return 0 };
        *known.get_or_insert_with(|| {
            let is_ample =
                |used: &Use| self.survey.resources.get(used.resource as usize).is_some_and(|resource| resource.ample);
            let uses = self.sheet.bundle(bundle).iter().filter(|used| !is_ample(used)).copied().collect();
            self.found.open.bundles.push(uses);
            self.found.open.bundles.len() as u32 - 1
        })
    }
}

/// Counts what uses take.
pub fn take(used: &mut [u64], uses: &[Use]) {
    for one in uses {
        if let Some(used) = used.get_mut(one.resource as usize) {
            *used = used.saturating_add(one.amount);
        }
    }
}

/// What each bundle of a market costs.
pub fn market_costs(market: &Market, resources: &[Resource], prices: &[u64]) -> Vec<i64> {
    market.bundles.iter().map(|uses| cost(resources, prices, uses)).collect()
}
