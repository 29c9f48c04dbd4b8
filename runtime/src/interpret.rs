//! The reference evaluator: small and obvious, one customer and one value at a time. What it answers is the answer;
//! the vectorised evaluator and the machine code are tested against it.
//!
//! It reads texts as texts, conditions as true, false or unknown, and every value as present or missing. Expressions
//! are laid out once as tapes ([`tape`]), so that no depth of nesting exhausts the stack. An offer of a family is
//! evaluated anew for each customer and member.

mod aggregate;
mod arithmetic;
mod events;
mod facts;
mod journey;
mod offer;
pub(crate) mod row;
pub(crate) mod tape;
pub(crate) mod world;

use opportune_plan::{Offer, OfferId, VerifiedPlan};

use crate::evaluate::{Candidates, Evaluator, FamilyCandidates, Tally};
use crate::snapshot::{Bitmap, Block};
use crate::time::{Clock, Zones};
use crate::value::Value;
use facts::Asked;
use offer::{CapSteps, OfferSteps, Stage, reaches};
use row::{Row, World};
use tape::{Step, Tape};
use world::Keys;

/// Evaluates a plan one customer at a time.
pub struct Interpreter<'a> {
    plan: &'a VerifiedPlan,
    clock: &'a Clock,
    zones: Zones,
    /// What is over the customer alone.
    tape: Tape<'a>,
    offers: Vec<OfferSteps<'a>>,
    /// By channel: what it needs.
    needs: Vec<Option<Step>>,
    contact_cap: Option<CapSteps>,
    asked: Asked<'a>,
    /// By offer, then by pick.
    picks: Vec<Vec<OfferSteps<'a>>>,
    /// How much is left of limits over all customers, once it is known.
    remaining: Option<Vec<i64>>,
}

impl<'a> Interpreter<'a> {
    /// Lays out the expressions of a plan.
    pub fn new(plan: &'a VerifiedPlan, clock: &'a Clock) -> Self {
        let mut tape = Tape::new(plan);
        let mut zones = Zones::default();
        world::learn_from_plan(&mut zones, plan);
        let needs = plan.channels.iter().map(|channel| channel.needs.map(|needs| tape.add(needs))).collect();
        let offers = plan.offers.iter().map(|offer| OfferSteps::new(plan, offer, &mut tape)).collect();
        let contact_cap = plan.portfolio.contact_cap.map(|cap| CapSteps::new(cap, &mut tape));
        let asked = Asked::new(plan, &mut tape);
        let picks = if plan.offers.iter().all(|offer| offer.picks.is_empty()) { &[][..] } else { &*plan.offers };
        let of_offer = |offer: &'a Offer| offer.picks.iter().map(|pick| OfferSteps::of_pick(plan, pick)).collect();
        let picks = picks.iter().map(of_offer).collect();
        Self { plan, clock, zones, tape, offers, needs, contact_cap, asked, picks, remaining: None }
    }
}

impl Evaluator for Interpreter<'_> {
    fn evaluate_each(&mut self, block: &Block<'_>, candidates: &mut Candidates, each: &mut dyn FnMut(&mut Candidates)) {
        world::learn_from_data(&mut self.zones, &self.plan.schema, block.tables);
        let keys = Keys::new(self.plan, block.tables, &self.zones);
        let (plan, clock, zones) = (self.plan, self.clock, &self.zones);
        let world = World { plan, clock, tables: block.tables, zones, keys: &keys, remaining: &[] };
        let remaining = self.remaining.get_or_insert_with(|| world.remaining());
        let world = World { remaining, ..world };
        let mut found: Vec<Found<'_>> = self.offers.iter().map(|offer| Found::new(&world, offer)).collect();
        let mut channels: Vec<Bitmap> = self.needs.iter().map(|_| Bitmap::zeros(block.len)).collect();
        let mut room = self.contact_cap.as_ref().map(|_| Vec::with_capacity(block.len));
        let begin = |pick| Found::new(&world, pick);
        let mut picked: Vec<Vec<Found<'_>>> =
            self.picks.iter().map(|picks| picks.iter().map(begin).collect()).collect();
        let mut answered = self.asked.begin();
        for row in 0..block.len {
            let values = world.customer(&self.tape, block.first + row, None);
            for (offer, found) in self.offers.iter().zip(&mut found) {
                found.customer(&world, offer, block.first, row, &values);
            }
            for (needs, mask) in self.needs.iter().zip(&mut channels) {
                mask.set(row, reaches(*needs, &values));
            }
            if let (Some(room), Some(cap)) = (&mut room, &self.contact_cap) {
                room.push(cap.room(&values));
            }
            for (pick, found) in self.picks.iter().flatten().zip(picked.iter_mut().flatten()) {
                found.customer(&world, pick, block.first, row, &values);
            }
            answered.customer(&world, &self.asked, block.first + row, &values);
        }
        *candidates = Candidates { first: block.first, len: block.len, contact_room: room, ..Candidates::default() };
        (candidates.facts, candidates.selected) = answered.finish(&plan.schema, &self.asked);
        candidates.channels = self.needs.iter().zip(channels).map(|(needs, mask)| needs.map(|_| mask)).collect();
        for (at, found) in (0..).map(OfferId).zip(found) {
            found.add_to(candidates, at);
            each(candidates);
        }
        let of_offer = |(offer, picks): (OfferId, Vec<Found<'_>>)| {
            picks.into_iter().map(|found| found.of_family(offer)).collect::<Vec<_>>()
        };
        candidates.picks = (0..).map(OfferId).zip(picked).map(of_offer).collect();
    }
}

/// The candidates of one offer.
struct Found<'d> {
    rows: Vec<u32>,
    /// Of a family: its members, those of the candidates, and by customer how many there is room for.
    members: Option<Vec<Value<'d>>>,
    chosen: Vec<u32>,
    room: Option<Vec<u32>>,
    scores: Vec<f64>,
    tally: Tally,
}

impl<'d> Found<'d> {
    fn new<'a: 'd>(world: &World<'a, 'd>, offer: &OfferSteps<'a>) -> Self {
        let members = offer.family.as_ref().map(|family| world.members(family.of));
        let room = offer.family.as_ref().filter(|family| !family.room.is_empty()).map(|_| Vec::new());
        let (rows, chosen, scores) = (Vec::new(), Vec::new(), Vec::new());
        Self { rows, members, chosen, room, scores, tally: Tally::default() }
    }

    /// Evaluates an offer, or each of a family, for a customer of the block.
    fn customer<'a: 'd>(
        &mut self,
        world: &World<'a, 'd>,
        offer: &OfferSteps<'a>,
        first: usize,
        row: usize,
        values: &Row<'d>,
    ) {
        let Some(family) = &offer.family else { return self.add(row, 0, offer.stage(world.clock, values)) };
        let members = self.members.take().unwrap_or_default();
        for (at, member) in members.iter().enumerate() {
            let values = world.customer(&family.tape, first + row, Some(*member));
            self.add(row, at, offer.stage(world.clock, &values));
        }
        self.members = Some(members);
        if let Some(room) = &mut self.room {
            room.push(family.room.iter().map(|cap| cap.room(values)).min().unwrap_or(u32::MAX));
        }
    }

    fn add(&mut self, row: usize, member: usize, stage: Stage) {
        self.tally.eligible += u64::from(!matches!(stage, Stage::NotEligible));
        match stage {
            Stage::NotEligible => {}
            Stage::Excepted => self.tally.excepted += 1,
            Stage::Forbidden => self.tally.forbidden += 1,
            Stage::Unreachable => self.tally.unreachable += 1,
            Stage::Untimely => self.tally.untimely += 1,
            Stage::Capped => self.tally.capped += 1,
            Stage::Withheld => self.tally.withheld += 1,
            Stage::Candidate(score) => {
                self.rows.push(u32::try_from(row).unwrap_or(u32::MAX));
                self.chosen.push(u32::try_from(member).unwrap_or(u32::MAX));
                self.scores.push(score);
            }
        }
    }

    fn add_to(self, candidates: &mut Candidates, at: OfferId) {
        let begin = candidates.rows.len();
        candidates.tallies.push(self.tally);
        if self.members.is_some() {
            candidates.families.push(self.of_family(at));
        } else {
            candidates.rows.extend(self.rows);
            candidates.scores.extend(self.scores);
        }
        candidates.offers.push(begin..candidates.rows.len());
    }

    fn of_family(self, offer: OfferId) -> FamilyCandidates {
        let mut family = FamilyCandidates::new(offer, Default::default());
        (family.rows, family.members, family.scores) = (self.rows, self.chosen, self.scores);
        family.room = self.room;
        family
    }
}
