//! Random verified plans with random snapshots of their schema, for every test that compares evaluators or checks
//! what must hold for all of them.
//!
//! A plan is built from a list of random words, each of which answers one question; beyond its end every answer is
//! the first and simplest. So a failing plan is reduced by shortening the list, a failing snapshot by its number of
//! customers ([`crate::search`]).

mod conditions;
mod data;
mod dice;
mod events;
mod expressions;
mod operations;
mod policy;
mod pools;
mod reveal;
mod rules;
pub mod schema;
mod texts;

use std::fmt;

use opportune_plan::{ExprId, Exprs, Float, Op, Schema, VerifiedPlan};
use opportune_runtime::snapshot::Snapshot;
use opportune_runtime::time::Clock;

pub use dice::Dice;

/// A plan, data for it, and a time.
pub struct Case {
    pub plan: VerifiedPlan,
    pub snapshot: Snapshot,
    pub clock: Clock,
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "now {} ({}), {} customers", self.clock.now(), self.clock.shown(), self.snapshot.customers())?;
        let shown = self.plan.to_string();
        // The schema is the same each time.
        write!(f, "{}", shown.get(shown.find("\n%0").unwrap_or(0)..).unwrap_or(&shown))?;
        if self.snapshot.customers() <= 3 { self.show_data(f) } else { Ok(()) }
    }
}

impl Case {
    /// The columns that the plan reads.
    fn show_data(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (_, node) in self.plan.exprs.iter() {
            let (table, field, is_link) = match node.op {
                Op::Field(table, field) => (table, field, false),
                Op::Follow { table, link, .. } => (table, link, true),
                _ => continue,
            };
            let (declared, data) =
                (&self.plan.schema.tables[table.0 as usize], &self.snapshot.tables[table.0 as usize]);
            write!(f, "{}.{} = ", declared.name, declared.fields[field.0 as usize].name)?;
            let column = &data.columns[field.0 as usize];
            match &data.links[field.0 as usize] {
                Some(rows) if is_link => writeln!(f, "rows {rows:?}")?,
                _ => writeln!(f, "{:?}, there: {:?}", column.values, column.validity)?,
            }
        }
        for (table, declared) in self.snapshot.tables.iter().zip(&self.plan.schema.tables) {
            if let Some(by_customer) = &table.by_customer {
                writeln!(f, "{}: {:?} at {:?}", declared.name, by_customer.offsets, by_customer.at)?;
            }
        }
        Ok(())
    }
}

/// What a case is built from.
#[derive(Clone, PartialEq, Eq)]
pub struct Recipe {
    pub words: Vec<u32>,
    pub customers: usize,
    pub seed: u64,
}

impl Recipe {
    /// Of few customers most of the time, of more than a block of 4,096 at times.
    pub fn random(seed: u64) -> Self {
        Self::of(seed, |dice| match dice.roll(200) {
            0 => 4_097,
            1..20 => 60 + dice.roll(140),
            20..80 => dice.roll(4),
            _ => 4 + dice.roll(30),
        })
    }

    /// Of so many customers.
    pub fn of(seed: u64, customers: impl FnOnce(&mut Dice) -> usize) -> Self {
        let dice = &mut Dice::endless(seed);
        let customers = customers(dice);
        let longest = dice.pick(&[200, 500, 800, 1_600]);
        let words = (0..dice.roll(longest)).map(|_| dice.word()).collect();
        Self { words, customers, seed }
    }

    pub fn build(&self) -> Case {
        let (clock, plan) = self.plan();
        self.with_data(clock, plan)
    }

    /// The plan of a case, and its time.
    pub fn plan(&self) -> (Clock, VerifiedPlan) {
        let mut dice = Dice::of_words(self.words.clone());
        // From the other end: however many words the offers take, some are left for the rules.
        let mut of_rules = Dice::of_words(self.words.iter().rev().copied().collect());
        let clock = pools::clock(&mut dice);
        let plan = policy::plan(&mut dice, &mut of_rules, &clock);
        (clock, plan)
    }

    /// A case of a plan: this one's or one that should decide the same.
    pub fn with_data(&self, clock: Clock, plan: VerifiedPlan) -> Case {
        let snapshot = data::snapshot(&mut Dice::endless(self.seed), &plan, &clock, self.customers);
        Case { plan, snapshot, clock }
    }
}

/// A case of one offer, for whom a given condition of the customer holds.
pub fn eligible_when(customers: usize, condition: impl FnOnce(&Schema, &mut Exprs) -> ExprId) -> Case {
    let clock = pools::clock(&mut Dice::of_words(Vec::new()));
    let plan = policy::eligible_when(condition);
    let snapshot = data::snapshot(&mut Dice::endless(3), &plan, &clock, customers);
    Case { plan, snapshot, clock }
}

fn float(value: f64) -> Float {
    Float::new(value).expect("finite")
}
