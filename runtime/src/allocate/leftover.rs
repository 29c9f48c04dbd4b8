//! What is left when all have chosen goes to whoever can do better with it, of all customers and at no price.

use std::collections::HashSet;

use super::Beside;
use super::intern::{BuildQuick, turn};
use super::market::{Bidder, Bits, Market, Row, had_before, slots_left};
use super::prices::{Resource, Scale};
use super::respond::{Responder, Rules, Situation, Want};
use super::round::Had;
use super::sheet::{Ballot, Line, Sheet};
use super::{Choice, Use};

/// Asks all customers whether they can do better with what is left.
pub struct Seeking<'a> {
    pub resources: &'a [Resource],
    pub left: &'a [u64],
    pub scale: Scale,
    pub beside: &'a dyn Beside,
    pub phase: u16,
}

/// A customer who can do better.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// By how much.
    pub step: i64,
    pub turn: u64,
    pub customer: u32,
    /// What the best would take.
    pub uses: Box<[Use]>,
}

/// One customer's choices of a phase, and what is taken of them.
struct Holding {
    before: Vec<Choice>,
    slots: usize,
    rows: Vec<(usize, Line, i64)>,
    /// The positions of what is taken among the rows.
    had: Vec<u32>,
}

impl Seeking<'_> {
    /// Those who can do better.
    pub fn page(&self, sheet: &Sheet, taken: &Bits) -> Vec<Candidate> {
        let room: Vec<bool> = (0..sheet.bundles()).map(|bundle| self.fits(sheet.bundle(bundle as u32), &[])).collect();
        let chances: Vec<u64> = sheet.kinds.iter().map(super::sheet::Kind::chance).collect();
        let mut responder = Responder::default();
        let mut found = Vec::new();
        for ballot in sheet.ballots() {
            if !self.may_do_better(sheet, &ballot, taken, &room) {
                continue;
            }
            let Some(holding) = self.holding(sheet, &ballot, taken, &chances) else { continue };
            found.extend(self.candidate(sheet, &ballot, &holding, &mut responder));
        }
        found
    }

    /// A quick look: something for which there is room would be worth more than the least that they have.
    fn may_do_better(&self, sheet: &Sheet, ballot: &Ballot, taken: &Bits, room: &[bool]) -> bool {
        let (choices, _) = sheet.of_phase(&ballot.choices, self.phase);
        let has_some = choices.clone().any(|at| taken.get(at));
        if has_some && ballot.voter.slots == 1 {
            let of_had = sheet.lines(choices.clone()).zip(choices.clone()).filter(|(_, at)| taken.get(*at));
            let least = of_had.map(|(line, _)| line.worth).min().unwrap_or(0);
            return sheet.lines(choices).any(|line| line.worth > least);
        }
        sheet
            .lines(choices.clone())
            .zip(choices)
            .any(|(line, at)| has_some || !taken.get(at) && room.get(line.bundle as usize).copied().unwrap_or(false))
    }

    fn holding(&self, sheet: &Sheet, ballot: &Ballot, taken: &Bits, chances: &[u64]) -> Option<Holding> {
        let (choices, earlier) = sheet.of_phase(&ballot.choices, self.phase);
        let mut before = Vec::new();
        had_before(sheet, earlier, taken, &mut before);
        let slots = usize::from(slots_left(self.beside, self.phase, ballot.voter.slots, &before));
        if slots == 0 {
            return None;
        }
        let row = |(line, at): (Line, usize)| {
            let chance = chances.get(line.kind as usize).copied().unwrap_or(0);
            (at, line, self.scale.parted(line.worth, ballot.voter.lot, chance))
        };
        let rows: Vec<_> = sheet.lines(choices.clone()).zip(choices).map(row).collect();
        let had = rows.iter().zip(0..).filter(|((at, ..), _)| taken.get(*at)).map(|(_, position)| position).collect();
        Some(Holding { before, slots, rows, had })
    }

    /// What a customer has of the resources.
    fn held(&self, sheet: &Sheet, ballot: &Ballot, holding: &Holding) -> Vec<Use> {
        let mut open: Vec<u8> = opened(&holding.before);
        let mut held = Vec::new();
        for (_, line, _) in holding.had.iter().filter_map(|position| holding.rows.get(*position as usize)) {
            if line.held_out() {
                continue;
            }
            held.extend(sheet.bundle(line.bundle));
            if !open.contains(&line.message()) {
                open.push(line.message());
                held.extend(message(sheet, ballot, line.message()));
            }
        }
        held
    }

    fn candidate(
        &self,
        sheet: &Sheet,
        ballot: &Ballot,
        holding: &Holding,
        responder: &mut Responder,
    ) -> Option<Candidate> {
        let held = self.held(sheet, ballot, holding);
        let open = opened(&holding.before);
        let has_room = |line: &Line| {
            let message = if open.contains(&line.message()) { &[][..] } else { message(sheet, ballot, line.message()) };
            self.fits(sheet.bundle(line.bundle), &held) && self.fits(message, &held)
        };
        let is_had = |position: usize| holding.had.iter().any(|had| *had as usize == position);
        let mut wants = Vec::new();
        let mut now = 0;
        for (position, (_, line, worth)) in holding.rows.iter().enumerate() {
            let had = is_had(position);
            if had && !line.held_out() {
                now += worth;
            }
            if if line.held_out() { had } else { had || has_room(line) } {
                let gain = if line.held_out() { i64::MAX >> 4 } else { *worth };
                wants.push(Want { gain, choice: sheet.choice(line) });
            }
        }
        let situation =
            Situation { fees: &[], slots: holding.slots, before: &holding.before, rules: Rules::All(self.beside) };
        responder.respond(&wants, &situation);
        let chosen = || responder.chosen.iter().filter_map(|at| wants.get(*at)).filter(|want| !want.choice.held_out);
        let step = chosen().map(|want| want.gain).sum::<i64>() - now;
        (step > 0).then(|| {
            let new = chosen().filter_map(|want| {
                let mut rows = holding.rows.iter().map(|(_, line, _)| line);
                rows.find(|line| sheet.choice(line) == want.choice)
            });
            let uses = new.flat_map(|line| {
                let message = message(sheet, ballot, line.message());
                sheet.bundle(line.bundle).iter().chain(message).copied()
            });
            let uses = uses.filter(|used| !held.iter().any(|held| held.resource == used.resource)).collect();
            Candidate { step, turn: turn(ballot.voter.lot), customer: ballot.voter.customer, uses }
        })
    }

    fn fits(&self, uses: &[Use], held: &[Use]) -> bool {
        uses.iter().all(|used| {
            let at = used.resource as usize;
            let back: u64 = held.iter().filter(|held| held.resource == used.resource).map(|held| held.amount).sum();
            let Some((resource, left)) = self.resources.get(at).zip(self.left.get(at)) else { return false };
            resource.ample || left.saturating_add(back) >= used.amount
        })
    }

    /// These customers with all that they may choose, and what they have.
    pub fn gather(&self, page: usize, sheet: &Sheet, taken: &Bits, chosen: &HashSet<u32, BuildQuick>) -> (Market, Had) {
        let chances: Vec<u64> = sheet.kinds.iter().map(super::sheet::Kind::chance).collect();
        let bundles = (0..sheet.bundles()).map(|bundle| self.scarce(sheet.bundle(bundle as u32))).collect();
        let mut market = Market { bundles, ..Market::default() };
        let mut had = Had::new();
        for ballot in sheet.ballots().filter(|ballot| chosen.contains(&ballot.voter.customer)) {
            let Some(holding) = self.holding(sheet, &ballot, taken, &chances) else { continue };
            let open = opened(&holding.before);
            let (rows, messages, before) = (market.rows.len(), market.messages.len(), market.before.len());
            market.rows.extend(holding.rows.iter().map(|(at, line, worth)| Row {
                worth: *worth,
                share: 0,
                choice: sheet.choice(line),
                bundle: line.bundle,
                at: *at as u32,
            }));
            let of_ballot = sheet.messages_of(&ballot).iter().zip(0..);
            market
                .messages
                .extend(of_ballot.map(|(bundle, message)| if open.contains(&message) { 0 } else { *bundle }));
            market.before.extend(holding.before);
            market.bidders.push(Bidder {
                page: page as u32,
                lot: ballot.voter.lot,
                slots: u16::try_from(holding.slots).unwrap_or(u16::MAX),
                rows: rows..market.rows.len(),
                messages: messages..market.messages.len(),
                before: before..market.before.len(),
            });
            had.push(holding.had);
        }
        (market, had)
    }

    fn scarce(&self, uses: &[Use]) -> Box<[Use]> {
        let is_ample = |used: &Use| self.resources.get(used.resource as usize).is_some_and(|resource| resource.ample);
        uses.iter().filter(|used| !is_ample(used)).copied().collect()
    }
}

/// The messages that are open.
fn opened(before: &[Choice]) -> Vec<u8> {
    before.iter().filter(|had| !had.held_out).map(|had| had.message).collect()
}

/// What a message takes.
fn message<'s>(sheet: &'s Sheet, ballot: &Ballot, message: u8) -> &'s [Use] {
    sheet.messages_of(ballot).get(usize::from(message)).map_or(&[], |bundle| sheet.bundle(*bundle))
}

/// Those of all candidates who may have a chance: the greatest steps first, as long as twice what is left lasts.
pub fn with_a_chance(mut all: Vec<Candidate>, left: &[u64]) -> HashSet<u32, BuildQuick> {
    all.sort_unstable_by_key(|candidate| (-candidate.step, candidate.turn, candidate.customer));
    let mut left: Vec<u64> = left.iter().map(|left| left.saturating_mul(2)).collect();
    let mut chosen = HashSet::default();
    for candidate in all {
        let fits = |used: &Use| left.get(used.resource as usize).is_some_and(|left| *left >= used.amount);
        if candidate.uses.iter().all(fits) {
            chosen.insert(candidate.customer);
            for used in &candidate.uses {
                if let Some(left) = left.get_mut(used.resource as usize) {
                    *left = left.saturating_sub(used.amount);
                }
            }
        }
    }
    chosen
}
