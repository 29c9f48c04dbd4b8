//! A whole run: every block of customers evaluated, decided, allocated and handed to a sink, on any number of threads.
//!
//! Workers take blocks in order and put what they decided on a board ([`board`]), from which the calling thread takes
//! it in block order. So the sink sees the same decisions in the same order whatever the number of threads and the
//! size of the blocks, and only a bounded number of blocks waits at any time.
//!
//! Where a plan limits what all customers get together, there are two passes. In the first, workers survey what each
//! customer could get; when all have, it is settled who may have what ([`crate::allocate`]). In the second, blocks are
//! evaluated again and decided within what was granted. Nothing but the ballots is kept between the two.

mod blocks;
mod board;

use std::any::Any;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use opportune_plan::VerifiedPlan;

use crate::allocate::{Allocation, Allocator, Page, Report};
use crate::bind::{Program, bind};
use crate::decide::{BesideEachOther, Decided, Decider, Decision, Outcome, left, limits_all};
use crate::evaluate::{Candidates, Evaluator, Tally};
use crate::interpret::Interpreter;
use crate::jit::{Compiled, Effort, Jit, JitError};
use crate::kernels::{Kernels, KernelsError};
use crate::snapshot::Snapshot;
use crate::time::Clock;
use crate::vectorised::Vectorised;
use blocks::Blocks;

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

/// How much of the ballots of the first pass is kept in memory, in bytes; the rest waits in a temporary file.
const BALLOTS_IN_MEMORY: usize = 1 << 30;

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
    /// Where something is limited over all customers: what was scarce, and how good the allocation is.
    pub shared: Option<Report>,
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
    /// What waits to be allocated could not be written or read.
    #[error("what is limited over all customers could not be shared out: {0}")]
    Allocation(#[source] io::Error),
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
    let blocks = Blocks { count: snapshot.blocks(run.size), threads: options.threads };
    let allocation = match limits_all(plan) {
        true => Some(run.allocate(&prepared, blocks)?),
        false => None,
    };
    let mut summary = run.empty_summary();
    let decides = || run.decides(&prepared, allocation.as_ref());
    blocks.each(&decides, &mut |done: Done| {
        summary.add(&done);
        sink(&done.decided.decisions).map_err(RunError::Sink)?;
        Ok(done)
    })?;
    summary.shared = allocation.map(Allocation::into_report);
    Ok(summary)
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

    /// The first pass, and who may have what of what all customers share.
    fn allocate(&self, prepared: &Prepared, blocks: Blocks) -> Result<Allocation, RunError> {
        let (beside, left) = guarded(|| (BesideEachOther::new(self.plan), left(self.plan, self.snapshot, self.clock)))?;
        let mut allocator = Allocator::new(&beside, &left, BALLOTS_IN_MEMORY);
        blocks.each(&|| self.surveys(prepared), &mut |page: Page| {
            guarded(|| allocator.push(page))?.map_err(RunError::Allocation)?;
            Ok(Page::default())
        })?;
        guarded(|| allocator.settle(blocks.threads.max(1)))?.map_err(RunError::Allocation)
    }

    /// A worker of the first pass.
    fn surveys(&self, prepared: &Prepared) -> impl FnMut(usize, &mut Page) -> Result<(), RunError> + use<'a> {
        let run = *self;
        let (mut evaluator, mut decider, mut candidates) = run.tools(prepared);
        move |index, page| {
            evaluator.evaluate(&run.snapshot.block(index, run.size), &mut candidates);
            decider.survey(&candidates, page);
            Ok(())
        }
    }

    /// A worker that decides, within what was granted where something is limited over all customers.
    fn decides<'b>(
        &self,
        prepared: &Prepared,
        allocation: Option<&'b Allocation>,
    ) -> impl FnMut(usize, &mut Done) -> Result<(), RunError> + use<'a, 'b> {
        let run = *self;
        let (mut evaluator, mut decider, mut candidates) = run.tools(prepared);
        move |index, done| {
            let block = run.snapshot.block(index, run.size);
            match allocation {
                Some(allocation) => {
                    let grants = allocation.grants(index).map_err(RunError::Allocation)?;
                    evaluator.evaluate(&block, &mut candidates);
                    decider.decide_granted(&candidates, &grants, &mut done.decided);
                }
                None => {
                    evaluator.evaluate_each(&block, &mut candidates, &mut |candidates| decider.take(candidates));
                    decider.decide(&candidates, &mut done.decided);
                }
            }
            done.tallies.clone_from(&candidates.tallies);
            Ok(())
        }
    }

    /// What one thread works with.
    fn tools(&self, prepared: &Prepared) -> (Box<dyn Evaluator + 'a>, Decider<'a>, Candidates) {
        let decider = Decider::new(self.plan, self.snapshot, self.clock);
        (self.evaluator(prepared), decider, Candidates::default())
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
}

impl Summary {
    /// Counts in a block.
    fn add(&mut self, done: &Done) {
        for ((offer, tally), outcome) in self.offers.iter_mut().zip(&done.tallies).zip(&done.decided.outcomes) {
            offer.tally.add(tally);
            offer.outcome.add(outcome);
        }
        self.customers_left_out += done.decided.customers_left_out;
        self.decisions += done.decided.decisions.len() as u64;
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
