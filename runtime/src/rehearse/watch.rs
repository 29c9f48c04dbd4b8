//! Conditions that are watched while tests are played: which were ever true, false or unknown.

use std::collections::BTreeMap;

use opportune_plan::{ExprId, Family, OfferId, Schema, Scope, TableId, VerifiedPlan};

use super::scene::Scene;
use crate::interpret::row::{World, condition, get};
use crate::interpret::tape::{PerEvent, Step, Tape};
use crate::value::Value;

/// Conditions over the customer, over customer and member, and over single events, laid out once for all moments.
#[derive(Debug)]
pub struct Watch<'p> {
    /// By condition: where it is asked of one offer alone, of which.
    offers: Vec<Option<OfferId>>,
    tape: Tape<'p>,
    of_customer: Steps,
    of_events: Vec<(usize, TableId, PerEvent<'p>)>,
    families: Vec<(Family, Tape<'p>, Steps)>,
}

/// Where conditions stand among those that are asked for, and on a tape.
type Steps = Vec<(usize, Step)>;

/// What a condition has been.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Truths {
    /// Definitely true.
    pub yes: bool,
    /// Definitely false.
    pub no: bool,
    /// Neither.
    pub unknown: bool,
}

impl Truths {
    fn note(&mut self, truth: Option<bool>) {
        match truth {
            Some(true) => self.yes = true,
            Some(false) => self.no = true,
            None => self.unknown = true,
        }
    }

    /// What it has been in either.
    pub fn add(&mut self, other: Self) {
        self.yes |= other.yes;
        self.no |= other.no;
        self.unknown |= other.unknown;
    }
}

impl<'p> Watch<'p> {
    /// Lays conditions out, each with the offer that it is asked of, where it is asked of one alone.
    pub fn new(plan: &'p VerifiedPlan, conditions: &[(Option<OfferId>, ExprId)]) -> Self {
        let mut watch = Self {
            offers: conditions.iter().map(|(offer, _)| *offer).collect(),
            tape: Tape::new(plan),
            of_customer: Vec::new(),
            of_events: Vec::new(),
            families: Vec::new(),
        };
        for (at, (_, expr)) in conditions.iter().enumerate() {
            match plan.exprs.get(*expr).map(|node| node.scope) {
                Some(Scope::Anywhere | Scope::Row(Schema::CUSTOMER)) => {
                    let step = watch.tape.add(*expr);
                    watch.of_customer.push((at, step));
                }
                Some(Scope::Pair(table, field) | Scope::Member(table, field)) => {
                    watch.of_family(plan, Family { table, field }, at, *expr);
                }
                Some(Scope::Row(table)) => {
                    let events = watch.tape.add_per_event(*expr);
                    watch.of_events.push((at, table, events));
                }
                None => {}
            }
        }
        watch
    }

    fn of_family(&mut self, plan: &'p VerifiedPlan, family: Family, at: usize, expr: ExprId) {
        let known = self.families.iter().position(|(known, ..)| *known == family);
        let place = known.unwrap_or_else(|| {
            self.families.push((family, Tape::new(plan), Vec::new()));
            self.families.len() - 1
        });
        if let Some((_, tape, steps)) = self.families.get_mut(place) {
            let step = tape.add(expr);
            steps.push((at, step));
        }
    }
}

impl<'p> Scene<'p> {
    /// What each watched condition is at this moment: of a family's, for any of its members; of one about single events, for
    /// any that has happened. What is asked of one offer is asked where that offer is eligible and not excepted.
    pub fn watch(&self, watch: &Watch<'p>) -> Vec<Truths> {
        let mut truths = vec![Truths::default(); watch.offers.len()];
        let mut open: BTreeMap<OfferId, bool> = BTreeMap::new();
        for offer in watch.offers.iter().flatten() {
            open.entry(*offer).or_insert_with(|| self.is_open(*offer));
        }
        let is_asked = |at: usize| {
            let offer = watch.offers.get(at).copied().flatten();
            offer.is_none_or(|offer| open.get(&offer) == Some(&true))
        };
        let members: Vec<_> = watch.families.iter().map(|(family, ..)| self.members(*family)).collect();
        let mut note = |at: usize, value: Option<Value<'_>>| {
            truths.get_mut(at).into_iter().for_each(|slot: &mut Truths| slot.note(condition(value)));
        };
        self.in_world(|world| {
            let values = world.customer(&watch.tape, 0, None);
            watch.of_customer.iter().for_each(|(at, step)| note(*at, get(&values, *step)));
            for (at, table, events) in &watch.of_events {
                for row in world.events_of(*table, 0).filter(|row| self.has_happened(world, *table, *row)) {
                    let event = world.event(events, row, &values);
                    note(*at, events.filter.and_then(|filter| get(&event, filter)));
                }
            }
            for ((_, tape, steps), members) in watch.families.iter().zip(&members) {
                for member in members {
                    let values = world.customer(tape, 0, Value::plain(member));
                    steps.iter().for_each(|(at, step)| note(*at, get(&values, *step)));
                }
            }
        });
        for (at, slot) in truths.iter_mut().enumerate() {
            if !is_asked(at) {
                *slot = Truths::default();
            }
        }
        truths
    }

    fn has_happened(&self, world: &World<'_, '_>, table: TableId, row: usize) -> bool {
        world.at(table, row).is_some_and(|at| at <= self.clock().now())
    }
}
