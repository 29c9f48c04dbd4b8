//! Threads that answer questions on snapshots of the database.
//!
//! What must hold: a worker never ends by a panic, and never waits for the thread that hands out work, which waits for it
//! when the database is to be changed.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use crossbeam_channel::{Sender, unbounded};

/// Deep expressions are walked on the stack; their depth is bounded (`TOO_DEEP`).
const STACK: usize = 16 << 20;

type Job = Box<dyn FnOnce() + Send>;

/// How a question ended.
pub enum Ended<T> {
    /// With an answer.
    Well(T),
    /// An edit came in between.
    Cancelled,
    /// By a panic, which is a mistake of ours.
    Panicked,
}

/// The threads.
pub struct Workers {
    jobs: Sender<Job>,
}

impl Workers {
    /// Starts so many.
    pub fn new(count: usize) -> std::io::Result<Self> {
        let (jobs, work) = unbounded::<Job>();
        for at in 0..count.max(1) {
            let work = work.clone();
            thread::Builder::new().name(format!("opportune-worker-{at}")).stack_size(STACK).spawn(move || {
                for job in work {
                    // A job catches its own panics; this keeps the thread where sending its answer fails.
                    let _ = catch_unwind(AssertUnwindSafe(job));
                }
            })?;
        }
        Ok(Self { jobs })
    }

    /// Runs `ask` on a worker, and hands over how it ended.
    pub fn run<T: 'static>(
        &self,
        ask: impl FnOnce() -> T + Send + 'static,
        ended: impl FnOnce(Ended<T>) + Send + 'static,
    ) {
        // The sender lives as long as the workers do.
        let _ = self.jobs.send(Box::new(move || ended(caught(ask))));
    }
}

/// Runs and tells how it ended.
pub fn caught<T>(ask: impl FnOnce() -> T) -> Ended<T> {
    let outcome = catch_unwind(AssertUnwindSafe(|| salsa::Cancelled::catch(AssertUnwindSafe(ask))));
    match outcome {
        Ok(Ok(answer)) => Ended::Well(answer),
        Ok(Err(salsa::Cancelled::PropagatedPanic)) | Err(_) => Ended::Panicked,
        Ok(Err(_)) => Ended::Cancelled,
    }
}
