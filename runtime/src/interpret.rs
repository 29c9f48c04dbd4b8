//! The reference evaluator: small and obvious, one customer and one value at a time. What it answers is the answer;
//! the vectorised evaluator and the machine code are tested against it.
//!
//! It reads texts as texts, conditions as true, false or unknown, and every value as present or missing. Expressions
//! are laid out once as tapes ([`tape`]), so that no depth of nesting exhausts the stack.

mod aggregate;
mod arithmetic;
mod row;
mod tape;
mod value;

use opportune_plan::{Cap, Offer, VerifiedPlan};

use crate::evaluate::{Candidates, Evaluator, GREATEST_SCORE, Tally, contact_room};
use crate::snapshot::{Bitmap, Block};
use crate::time::Clock;
use row::{Row, World, condition, get};
use tape::{Step, Tape};
use value::Value;

/// Evaluates a plan one customer at a time.
pub struct Interpreter<'a> {
    plan: &'a VerifiedPlan,
    clock: &'a Clock,
    tape: Tape<'a>,
    /// By offer.
    offers: Vec<OfferSteps>,
    /// By channel: what it needs.
    needs: Vec<Option<Step>>,
    contact_cap: Option<CapSteps>,
}

struct OfferSteps {
    eligible: Option<Step>,
    except: Vec<Step>,
    /// By cap: whether there is room.
    caps: Vec<Step>,
    priority: Step,
}

struct CapSteps {
    limit: u32,
    counted: Step,
    has_room: Step,
}

/// Where a customer stopped at an offer, or how strongly they may get it.
enum Stage {
    NotEligible,
    Excepted,
    Unreachable,
    Untimely,
    Capped,
    Withheld,
    Candidate(f64),
}

impl<'a> Interpreter<'a> {
    /// Lays out the expressions of a plan.
    pub fn new(plan: &'a VerifiedPlan, clock: &'a Clock) -> Self {
        let mut tape = Tape::new(plan, clock);
        let needs = plan.channels.iter().map(|channel| channel.needs.map(|needs| tape.add(needs))).collect();
        let offer = |offer: &Offer| OfferSteps {
            eligible: offer.eligible.map(|eligible| tape.add(eligible)),
            except: offer.except.iter().map(|except| tape.add(*except)).collect(),
            caps: offer.caps.iter().map(|cap| tape.add(cap.has_room)).collect(),
            priority: tape.add(offer.priority),
        };
        let offers = plan.offers.iter().map(offer).collect();
        let mut cap =
            |cap: Cap| CapSteps { limit: cap.limit, counted: tape.add(cap.counted), has_room: tape.add(cap.has_room) };
        let contact_cap = plan.portfolio.contact_cap.map(&mut cap);
        Self { plan, clock, tape, offers, needs, contact_cap }
    }

    fn stage(&self, at: usize, values: &Row<'_>) -> Stage {
        let (Some(offer), Some(steps)) = (self.plan.offers.get(at), self.offers.get(at)) else {
            return Stage::NotEligible;
        };
        let holds = |step: Step| condition(get(values, step));
        if steps.eligible.is_some_and(|eligible| holds(eligible) != Some(true)) {
            return Stage::NotEligible;
        }
        if steps.except.iter().any(|except| holds(*except) != Some(false)) {
            return Stage::Excepted;
        }
        if !offer.channels.iter().any(|channel| self.reaches(channel.0 as usize, values)) {
            return Stage::Unreachable;
        }
        if !self.is_timely(offer) {
            return Stage::Untimely;
        }
        if steps.caps.iter().any(|cap| holds(*cap) != Some(true)) {
            return Stage::Capped;
        }
        match get(values, steps.priority) {
            Some(Value::Number(score)) if score.get() > 0.0 && score.get() <= GREATEST_SCORE => {
                Stage::Candidate(score.get())
            }
            _ => Stage::Withheld,
        }
    }

    fn reaches(&self, channel: usize, values: &Row<'_>) -> bool {
        let needs = self.needs.get(channel).copied().flatten();
        needs.is_none_or(|needs| condition(get(values, needs)) == Some(true))
    }

    fn is_timely(&self, offer: &Offer) -> bool {
        let today = self.clock.today();
        offer
            .timing
            .is_none_or(|timing| timing.from.is_none_or(|from| from <= today) && timing.to.is_none_or(|to| today <= to))
    }

    fn room(&self, cap: &CapSteps, values: &Row<'_>) -> u32 {
        let counted = get(values, cap.counted).and_then(Value::to_int);
        contact_room(cap.limit, counted, condition(get(values, cap.has_room)))
    }
}

impl Evaluator for Interpreter<'_> {
    fn evaluate_each(&mut self, block: &Block<'_>, candidates: &mut Candidates, each: &mut dyn FnMut(&mut Candidates)) {
        let world = World { plan: self.plan, clock: self.clock, tables: block.tables };
        let mut found: Vec<Found> = self.plan.offers.iter().map(|_| Found::default()).collect();
        let mut channels: Vec<Bitmap> = self.needs.iter().map(|_| Bitmap::zeros(block.len)).collect();
        let mut room = self.contact_cap.as_ref().map(|_| Vec::with_capacity(block.len));
        for row in 0..block.len {
            let values = world.customer(&self.tape, block.first + row);
            for (at, found) in found.iter_mut().enumerate() {
                found.add(row, self.stage(at, &values));
            }
            for (at, mask) in channels.iter_mut().enumerate() {
                mask.set(row, self.reaches(at, &values));
            }
            if let (Some(room), Some(cap)) = (&mut room, &self.contact_cap) {
                room.push(self.room(cap, &values));
            }
        }
        *candidates = Candidates { first: block.first, len: block.len, contact_room: room, ..Candidates::default() };
        candidates.channels = self.needs.iter().zip(channels).map(|(needs, mask)| needs.map(|_| mask)).collect();
        for found in found {
            let begin = candidates.rows.len();
            candidates.rows.extend(found.rows);
            candidates.scores.extend(found.scores);
            candidates.offers.push(begin..candidates.rows.len());
            candidates.tallies.push(found.tally);
            each(candidates);
        }
    }
}

/// The candidates of one offer.
#[derive(Default)]
struct Found {
    rows: Vec<u32>,
    scores: Vec<f64>,
    tally: Tally,
}

impl Found {
    fn add(&mut self, row: usize, stage: Stage) {
        self.tally.eligible += u64::from(!matches!(stage, Stage::NotEligible));
        match stage {
            Stage::NotEligible => {}
            Stage::Excepted => self.tally.excepted += 1,
            Stage::Unreachable => self.tally.unreachable += 1,
            Stage::Untimely => self.tally.untimely += 1,
            Stage::Capped => self.tally.capped += 1,
            Stage::Withheld => self.tally.withheld += 1,
            Stage::Candidate(score) => {
                self.rows.push(u32::try_from(row).unwrap_or(u32::MAX));
                self.scores.push(score);
            }
        }
    }
}
