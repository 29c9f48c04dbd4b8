//! A whole run: every block of customers evaluated, decided, allocated and handed to a sink, on any number of threads.
//!
//! Workers take blocks in order and put what they decided on a board ([`board`]), from which the calling thread takes
//! it in block order. So the sink sees the same decisions in the same order whatever the number of threads and the
//! size of the blocks, and only a bounded number of blocks waits at any time. Where a plan limits what all customers get
//! together, workers only evaluate, and the calling thread decides, customer by customer in their order.

mod board;

use std::any::Any;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use opportune_plan::VerifiedPlan;

use crate::bind::{Program, bind};
use crate::decide::{Decided, Decider, Decision, Outcome, limits_all};
use crate::evaluate::{Candidates, Evaluator, Tally};
use crate::interpret::Interpreter;
use crate::jit::{Compiled, Effort, Jit, JitError};
use crate::kernels::{Kernels, KernelsError};
use crate::snapshot::Snapshot;
use crate::time::Clock;
use crate::vectorised::Vectorised;
use board::Board;

/// What turns blocks into candidates. All give the same answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Engine {
    /// Machine code made for the plan; as [`Engine::Vectorised`] on a machine that allows none.
    #[default]
    Jit,
    /// The same kernels without machine code.
    Vectorised,
    /// The reference evaluator.
    Interpreter,
}

/// Where decisions go.
pub type Sink<'s> = dyn FnMut(&[Decision]) -> io::Result<()> + 's;

/// How a plan is run; nothing here changes what is decided.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How many threads evaluate and decide; 0 counts as 1.
    pub threads: usize,
    /// What evaluates.
    pub engine: Engine,
    /// How many customers are evaluated at once, rounded up to a multiple of 64.
    pub block_size: usize,
}

impl Default for Options {
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        Self { threads, engine: Engine::default(), block_size: 4_096 }
    }
}

/// The greatest block: more gains nothing, and rows of a block are told in 32 bits.
const GREATEST_BLOCK: usize = 1 << 20;

/// What was decided, counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// How many customers there are.
    pub customers: u64,
    /// How many of them the portfolio's holdout leaves out.
    pub customers_left_out: u64,
    /// How many decisions were made, those that an offer's own holdout holds back included.
    pub decisions: u64,
    /// By offer.
    pub offers: Vec<OfferSummary>,
}

/// Where customers stopped at one offer:
/// `eligible = excepted + forbidden + unreachable + untimely + capped + withheld` of the tally `+` all counts of the
/// outcome but those by channel. Of a family, pairs of a customer and a member are counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OfferSummary {
    /// How far customers came before offers were compared.
    pub tally: Tally,
    /// What became of the candidates.
    pub outcome: Outcome,
}

/// Why a run did not end well.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The sink refused decisions; those before it were taken.
    #[error("the decisions could not be handed on: {0}")]
    Sink(#[source] io::Error),
    /// The runtime broke one of its own promises.
    #[error("the run broke off: {0}")]
    Broken(String),
    /// A plan that the compiler of machine code cannot compile.
    #[error("{0}")]
    Jit(#[source] JitError),
    /// The environment names kernels that are not there.
    #[error("{0}")]
    Kernels(#[source] KernelsError),
    /// The machine gave no thread.
    #[error("no thread could be started: {0}")]
    Threads(#[source] io::Error),
    /// Customers are counted in 32 bits.
    #[error("{0} customers are more than a run can hold (4,294,967,295)")]
    TooManyCustomers(usize),
}

/// Decides for all customers, in their order, and hands the decisions of each block to `sink`.
///
/// # Errors
/// When the sink fails, or the snapshot is larger than a run can hold.
pub fn decide_all(
    plan: &VerifiedPlan,
    snapshot: &Snapshot,
    clock: &Clock,
    options: &Options,
    sink: &mut Sink<'_>,
) -> Result<Summary, RunError> {
    if u32::try_from(snapshot.customers()).is_err() {
        return Err(RunError::TooManyCustomers(snapshot.customers()));
    }
    let run = Run { plan, snapshot, clock, size: block_size(options.block_size) };
    let prepared = guarded(|| run.prepare(options.engine))??;
    let decider = guarded(|| run.decides_in_order().then(|| run.decider()))?;
    let mut taking = Taking { summary: run.empty_summary(), decider, sink };
    let blocks = snapshot.blocks(run.size);
    match options.threads.min(blocks) {
        0 | 1 => run.alone(&prepared, blocks, &mut taking)?,
        threads => run.together(&prepared, blocks, threads, &mut taking)?,
    }
    Ok(taking.summary)
}

fn block_size(wanted: usize) -> usize {
    wanted.clamp(1, GREATEST_BLOCK).next_multiple_of(64)
}

/// Runs what must not panic; if it does all the same, the run ends with an error.
fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, RunError> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| RunError::Broken(message(&*panic)))
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("for an unknown reason").to_owned()
}

/// What all workers share.
#[derive(Clone, Copy)]
struct Run<'a> {
    plan: &'a VerifiedPlan,
    snapshot: &'a Snapshot,
    clock: &'a Clock,
    size: usize,
}

/// What an engine makes of a plan, once for all workers.
enum Prepared {
    Interpreter,
    Vectorised(Arc<Program>),
    Jit(Arc<Compiled>),
}

/// What one block came to.
#[derive(Default)]
struct Done {
    /// Left by a worker that does not decide.
    candidates: Candidates,
    tallies: Vec<Tally>,
    decided: Decided,
}

impl<'a> Run<'a> {
    fn prepare(&self, engine: Engine) -> Result<Prepared, RunError> {
        Kernels::chosen().map_err(RunError::Kernels)?;
        let bound = || Arc::new(bind(self.plan, self.snapshot, self.clock));
        match engine {
            Engine::Interpreter => Ok(Prepared::Interpreter),
            Engine::Vectorised => Ok(Prepared::Vectorised(bound())),
            Engine::Jit => {
                let program = bound();
                match Compiled::new(Arc::clone(&program), Effort::for_offers(self.plan.offers.len())) {
                    Ok(compiled) => Ok(Prepared::Jit(Arc::new(compiled))),
                    Err(JitError::Machine(_) | JitError::Load(_)) => Ok(Prepared::Vectorised(program)),
                    Err(error) => Err(RunError::Jit(error)),
                }
            }
        }
    }

    fn evaluator(&self, prepared: &Prepared) -> Box<dyn Evaluator + 'a> {
        match prepared {
            Prepared::Interpreter => Box::new(Interpreter::new(self.plan, self.clock)),
            Prepared::Jit(compiled) => Box::new(Jit::new(Arc::clone(compiled))),
            Prepared::Vectorised(program) => Box::new(Vectorised::new(Arc::clone(program))),
        }
    }

    fn worker(&self, prepared: &Prepared) -> Worker<'a> {
        let decider = (!self.decides_in_order()).then(|| self.decider());
        Worker { run: *self, evaluator: self.evaluator(prepared), decider, candidates: Candidates::default() }
    }

    fn decider(&self) -> Decider<'a> {
        Decider::new(self.plan, self.snapshot, self.clock)
    }

    /// Whether what one customer gets depends on those before.
    fn decides_in_order(&self) -> bool {
        limits_all(self.plan)
    }

    fn empty_summary(&self) -> Summary {
        let by_channel = vec![0; self.plan.channels.len()];
        let offer = |_| OfferSummary {
            outcome: Outcome { by_channel: by_channel.clone(), ..Outcome::default() },
            tally: Tally::default(),
        };
        let customers = self.snapshot.customers() as u64;
        Summary { customers, offers: self.plan.offers.iter().map(offer).collect(), ..Summary::default() }
    }

    /// Everything on the calling thread.
    fn alone(&self, prepared: &Prepared, blocks: usize, taking: &mut Taking<'_, '_>) -> Result<(), RunError> {
        let mut worker = guarded(|| self.worker(prepared))?;
        let mut done = Done::default();
        for index in 0..blocks {
            guarded(|| worker.work(index, &mut done))?;
            taking.take(&mut done)?;
        }
        Ok(())
    }

    /// Blocks on worker threads; taking, on the calling one.
    fn together(
        &self,
        prepared: &Prepared,
        blocks: usize,
        threads: usize,
        taking: &mut Taking<'_, '_>,
    ) -> Result<(), RunError> {
        let board = Board::new(blocks, 4 * threads);
        std::thread::scope(|scope| {
            // Whichever way this ends, by an error or a panic of the sink, the workers stop.
            let _stop = board.stop_on_drop();
            for started in 0..threads {
                let work = || {
                    if let Err(error) = guarded(|| self.worker(prepared).work_off(&board)) {
                        board.fail(error);
                    }
                };
                match std::thread::Builder::new().spawn_scoped(scope, work) {
                    Ok(_) => {}
                    Err(error) if started == 0 => return Err(RunError::Threads(error)),
                    // The machine has no more to give: those that run do the work.
                    Err(_) => break,
                }
            }
            for index in 0..blocks {
                let mut done = board.take(index)?;
                taking.take(&mut done)?;
                board.give_back(done);
            }
            Ok(())
        })
    }
}

/// One thread's evaluator and decider.
struct Worker<'a> {
    run: Run<'a>,
    evaluator: Box<dyn Evaluator + 'a>,
    /// None where blocks are decided in order.
    decider: Option<Decider<'a>>,
    candidates: Candidates,
}

impl Worker<'_> {
    fn work(&mut self, index: usize, done: &mut Done) {
        let block = self.run.snapshot.block(index, self.run.size);
        let Self { evaluator, decider, candidates, .. } = self;
        match decider {
            Some(decider) => {
                evaluator.evaluate_each(&block, candidates, &mut |candidates| decider.take(candidates));
                decider.decide(candidates, &mut done.decided);
                done.tallies.clone_from(&candidates.tallies);
            }
            None => {
                evaluator.evaluate(&block, &mut done.candidates);
                done.tallies.clone_from(&done.candidates.tallies);
            }
        }
    }

    fn work_off(&mut self, board: &Board<Done, RunError>) {
        while let Some((index, mut done)) = board.next() {
            self.work(index, &mut done);
            board.put(index, done);
        }
    }
}

/// The end of the line, on the calling thread: decides what is decided in order, counts, allocates, hands on.
struct Taking<'t, 's> {
    summary: Summary,
    /// Where blocks are decided in order.
    decider: Option<Decider<'t>>,
    sink: &'t mut Sink<'s>,
}

impl Taking<'_, '_> {
    fn take(&mut self, done: &mut Done) -> Result<(), RunError> {
        if let Some(decider) = &mut self.decider {
            guarded(|| decider.decide(&done.candidates, &mut done.decided))?;
        }
        for ((offer, tally), outcome) in self.summary.offers.iter_mut().zip(&done.tallies).zip(&done.decided.outcomes) {
            offer.tally.add(tally);
            offer.outcome.add(outcome);
        }
        self.summary.customers_left_out += done.decided.customers_left_out;
        self.summary.decisions += done.decided.decisions.len() as u64;
        (self.sink)(&done.decided.decisions).map_err(RunError::Sink)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_promise_is_an_error_and_not_a_panic() {
        let broken = guarded(|| -> u32 { panic!("at offer {}", 7) });
        assert!(matches!(&broken, Err(RunError::Broken(why)) if why == "at offer 7"), "{broken:?}");
        let broken = guarded(|| -> u32 { std::panic::panic_any(7) });
        assert!(matches!(&broken, Err(RunError::Broken(why)) if why == "for an unknown reason"), "{broken:?}");
        assert!(matches!(guarded(|| 7), Ok(7)));
    }

    #[test]
    fn blocks_are_whole_words_of_customers() {
        assert_eq!([0, 1, 64, 65, 4_096].map(block_size), [64, 64, 64, 128, 4_096]);
        assert_eq!(block_size(usize::MAX), GREATEST_BLOCK);
    }
}
