//! How far one customer comes at one offer.

use opportune_plan::{Cap, Delivery, Family, Offer, Pick, Timing, VerifiedPlan};

use super::row::{Row, condition, get};
use super::tape::{Step, Tape};
use crate::evaluate::{GREATEST_SCORE, contact_room, is_timely};
use crate::time::Clock;
use crate::value::Value;

/// What an offer asks, as steps of a tape: the one of all customers, or its own.
pub struct OfferSteps<'a> {
    pub family: Option<FamilySteps<'a>>,
    eligible: Option<Step>,
    except: Vec<Step>,
    forbidden: Vec<Step>,
    /// By channel of the offer: what it needs.
    channels: Vec<Option<Step>>,
    timing: Option<(&'a Timing, &'a Delivery)>,
    /// By cap: whether there is room.
    caps: Vec<Step>,
    priority: Step,
}

/// What is evaluated for each member of a family.
pub struct FamilySteps<'a> {
    pub of: Family,
    /// Over one customer and one member.
    pub tape: Tape<'a>,
    /// By cap of the offer, over the customer's tape.
    pub room: Vec<CapSteps>,
}

pub struct CapSteps {
    limit: u32,
    counted: Step,
    has_room: Step,
}

/// Where a customer stopped at an offer, or how strongly they may get it.
pub enum Stage {
    NotEligible,
    Excepted,
    Forbidden,
    Unreachable,
    Untimely,
    Capped,
    Withheld,
    Candidate(f64),
}

impl<'a> OfferSteps<'a> {
    pub fn new(plan: &'a VerifiedPlan, offer: &'a Offer, of_customer: &mut Tape<'a>) -> Self {
        let Some(of) = offer.family else { return Self::laid_on(plan, offer, of_customer) };
        let room = offer.caps.iter().map(|cap| CapSteps::new(*cap, of_customer)).collect();
        let mut tape = Tape::new(plan);
        let steps = Self::laid_on(plan, offer, &mut tape);
        Self { family: Some(FamilySteps { of, tape, room }), ..steps }
    }

    /// A pick, as the offer of a family that any channel carries.
    pub fn of_pick(plan: &'a VerifiedPlan, pick: &'a Pick) -> Self {
        let mut tape = Tape::new(plan);
        let (eligible, priority) = (pick.eligible.map(|eligible| tape.add(eligible)), tape.add(pick.by));
        Self {
            family: Some(FamilySteps { of: pick.family, tape, room: Vec::new() }),
            eligible,
            except: Vec::new(),
            forbidden: Vec::new(),
            channels: vec![None],
            timing: None,
            caps: Vec::new(),
            priority,
        }
    }

    fn laid_on(plan: &'a VerifiedPlan, offer: &'a Offer, tape: &mut Tape<'a>) -> Self {
        let needs = |channel: opportune_plan::ChannelId| plan.channels.get(channel.0 as usize)?.needs;
        Self {
            family: None,
            eligible: offer.eligible.map(|eligible| tape.add(eligible)),
            except: offer.except.iter().map(|except| tape.add(*except)).collect(),
            forbidden: offer.forbidden.iter().map(|forbidden| tape.add(forbidden.when)).collect(),
            channels: offer.channels().map(|channel| needs(channel).map(|needs| tape.add(needs))).collect(),
            timing: offer.timing.as_ref().map(|timing| (timing, &plan.delivery)),
            caps: offer.caps.iter().map(|cap| tape.add(cap.has_room)).collect(),
            priority: tape.add(offer.priority),
        }
    }

    pub fn stage(&self, clock: &Clock, values: &Row<'_>) -> Stage {
        let holds = |step: &Step| condition(get(values, *step));
        if self.eligible.is_some_and(|eligible| holds(&eligible) != Some(true)) {
            return Stage::NotEligible;
        }
        if self.except.iter().any(|except| holds(except) != Some(false)) {
            return Stage::Excepted;
        }
        if self.forbidden.iter().any(|forbidden| holds(forbidden) != Some(false)) {
            return Stage::Forbidden;
        }
        if !self.channels.iter().any(|needs| reaches(*needs, values)) {
            return Stage::Unreachable;
        }
        if self.timing.is_some_and(|(timing, delivery)| !is_timely(timing, clock.today(), delivery)) {
            return Stage::Untimely;
        }
        if self.caps.iter().any(|cap| holds(cap) != Some(true)) {
            return Stage::Capped;
        }
        match get(values, self.priority) {
            Some(Value::Number(score)) if score.get() > 0.0 && score.get() <= GREATEST_SCORE => {
                Stage::Candidate(score.get())
            }
            _ => Stage::Withheld,
        }
    }
}

/// Whether a channel may reach a customer: what it needs is definitely true.
pub fn reaches(needs: Option<Step>, values: &Row<'_>) -> bool {
    needs.is_none_or(|needs| condition(get(values, needs)) == Some(true))
}

impl CapSteps {
    pub fn new(cap: Cap, tape: &mut Tape<'_>) -> Self {
        Self { limit: cap.limit, counted: tape.add(cap.counted), has_room: tape.add(cap.has_room) }
    }

    pub fn room(&self, values: &Row<'_>) -> u32 {
        let counted = get(values, self.counted).and_then(Value::to_int);
        contact_room(self.limit, counted, condition(get(values, self.has_room)))
    }
}
