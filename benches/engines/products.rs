//! The engines of the product, each followed by the product's decision.

use std::sync::Arc;
use std::time::{Duration, Instant};

use opportune_plan::VerifiedPlan;
use opportune_runtime::bind::bind;
use opportune_runtime::decide::{Decided, Decider};
use opportune_runtime::evaluate::{Candidates, Evaluator};
use opportune_runtime::interpret::Interpreter;
use opportune_runtime::jit::{Compiled, Effort, Jit};
use opportune_runtime::run::Options;
use opportune_runtime::snapshot::Snapshot;
use opportune_runtime::time::Clock;
use opportune_runtime::vectorised::Vectorised;

use crate::answer::Answer;
use crate::contest::Entrant;

/// Customers in a block of the check for ties.
const BLOCK: usize = 4096;

/// An evaluator with a decider.
pub struct Product<'a> {
    name: &'static str,
    block: usize,
    snapshot: &'a Snapshot,
    evaluator: Box<dyn Evaluator + 'a>,
    decider: Decider<'a>,
    candidates: Candidates,
    decided: Decided,
    preparation: Duration,
}

impl<'a> Product<'a> {
    /// The reference interpreter.
    pub fn interpreter(plan: &'a VerifiedPlan, snapshot: &'a Snapshot, clock: &'a Clock) -> Self {
        Self::new("interpreter", plan, snapshot, clock, || Box::new(Interpreter::new(plan, clock)))
    }

    /// The evaluator without machine code, over the same kernels as the JIT.
    pub fn vectorised(plan: &'a VerifiedPlan, snapshot: &'a Snapshot, clock: &'a Clock) -> Self {
        let make = || -> Box<dyn Evaluator> { Box::new(Vectorised::new(Arc::new(bind(plan, snapshot, clock)))) };
        Self::new("vectorised, no JIT", plan, snapshot, clock, make)
    }

    /// The machine code.
    pub fn jit(plan: &'a VerifiedPlan, snapshot: &'a Snapshot, clock: &'a Clock) -> Self {
        let make = || -> Box<dyn Evaluator> {
            let program = Arc::new(bind(plan, snapshot, clock));
            let compiled = Compiled::new(program, Effort::Best);
            Box::new(Jit::new(Arc::new(compiled.unwrap_or_else(|error| panic!("{error}")))))
        };
        Self::new("JIT", plan, snapshot, clock, make)
    }

    fn new(
        name: &'static str,
        plan: &'a VerifiedPlan,
        snapshot: &'a Snapshot,
        clock: &Clock,
        evaluator: impl FnOnce() -> Box<dyn Evaluator + 'a>,
    ) -> Self {
        let begun = Instant::now();
        let evaluator = evaluator();
        let preparation = begun.elapsed();
        let decider = Decider::new(plan, snapshot, clock);
        let (candidates, decided) = Default::default();
        let block = Options::default().block_size;
        Self { name, block, snapshot, evaluator, decider, candidates, decided, preparation }
    }
}

impl Entrant for Product<'_> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn decide(&mut self, customers: usize, answer: &mut Answer) {
        for index in 0..customers.div_ceil(self.block) {
            let block = self.snapshot.block(index, self.block);
            let Self { evaluator, decider, candidates, .. } = self;
            evaluator.evaluate_each(&block, candidates, &mut |candidates| decider.take(candidates));
            self.decider.decide(&self.candidates, &mut self.decided);
            for decision in &self.decided.decisions {
                let customer = decision.customer as usize;
                answer.offers[customer] = u16::try_from(decision.offer.0).unwrap_or(u16::MAX);
                answer.scores[customer] = decision.score;
            }
            for (sum, tally) in answer.tallies.iter_mut().zip(&self.candidates.tallies) {
                sum.eligible += tally.eligible;
                sum.excepted += tally.excepted;
                sum.withheld += tally.withheld;
            }
        }
    }

    fn preparation(&self) -> Option<Duration> {
        Some(self.preparation)
    }
}

/// Stops if two offers of a customer share the best score: the peers draw no lots.
pub fn check_ties(plan: &VerifiedPlan, snapshot: &Snapshot, clock: &Clock, answer: &Answer) {
    let mut evaluator = Vectorised::new(Arc::new(bind(plan, snapshot, clock)));
    let mut candidates = Candidates::default();
    for index in 0..snapshot.blocks(BLOCK) {
        evaluator.evaluate(&snapshot.block(index, BLOCK), &mut candidates);
        let best = |(row, score): (&u32, &f64)| answer.scores[candidates.first + *row as usize] == *score;
        let winners = candidates.rows.iter().zip(&candidates.scores).filter(|pair| best(*pair)).count();
        let made = &answer.scores[candidates.first..candidates.first + candidates.len];
        assert_eq!(winners, made.iter().filter(|score| **score > 0.0).count(), "ties among the best");
    }
}
