//! Conditions that are watched while tests are played: which were ever true, false or unknown.

use opportune_plan::{ExprId, Family, Schema, Scope, VerifiedPlan};

use super::scene::Scene;
use crate::interpret::row::{condition, get};
use crate::interpret::tape::{Step, Tape};

/// Conditions over the customer, and over customer and member, laid out once for all moments.
#[derive(Debug)]
pub struct Watch<'p> {
    /// How many are asked for.
    len: usize,
    tape: Tape<'p>,
    of_customer: Steps,
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
    /// Lays conditions out. What is over a single event or the member alone is not watched.
    pub fn new(plan: &'p VerifiedPlan, conditions: &[ExprId]) -> Self {
        let mut watch =
            Self { len: conditions.len(), tape: Tape::new(plan), of_customer: Vec::new(), families: Vec::new() };
        for (at, expr) in conditions.iter().enumerate() {
            match plan.exprs.get(*expr).map(|node| node.scope) {
                Some(Scope::Anywhere | Scope::Row(Schema::CUSTOMER)) => {
                    let step = watch.tape.add(*expr);
                    watch.of_customer.push((at, step));
                }
                Some(Scope::Pair(table, field) | Scope::Member(table, field)) => {
                    watch.of_family(plan, Family { table, field }, at, *expr);
                }
                Some(Scope::Row(_)) | None => {}
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
    /// What each watched condition is at this moment; of a family's, for any of its members.
    pub fn watch(&self, watch: &Watch<'p>) -> Vec<Truths> {
        let mut truths = vec![Truths::default(); watch.len];
        let mut note = |at: usize, truth| {
            truths.get_mut(at).into_iter().for_each(|slot: &mut Truths| slot.note(truth));
        };
        let members: Vec<_> = watch.families.iter().map(|(family, ..)| self.members(*family)).collect();
        self.in_world(|world| {
            let values = world.customer(&watch.tape, 0, None);
            watch.of_customer.iter().for_each(|(at, step)| note(*at, condition(get(&values, *step))));
            for ((_, tape, steps), members) in watch.families.iter().zip(&members) {
                for member in members {
                    let values = world.customer(tape, 0, crate::value::Value::plain(member));
                    steps.iter().for_each(|(at, step)| note(*at, condition(get(&values, *step))));
                }
            }
        });
        truths
    }
}
