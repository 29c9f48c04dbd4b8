//! Goes through the blocks of a run once: workers on any number of threads, what comes of each block in block order.

use super::board::Board;
use super::{RunError, guarded};

/// The blocks of a run.
#[derive(Clone, Copy, Debug)]
pub struct Blocks {
    /// How many there are.
    pub count: usize,
    /// How many threads may work on them; 0 counts as 1.
    pub threads: usize,
}

impl Blocks {
    /// Works on each block, and takes what came of it on the calling thread, in block order; what `take` gives back is
    /// filled again. `worker` makes one worker for each thread.
    pub fn each<T, W>(
        self,
        worker: &(impl Fn() -> W + Sync),
        take: &mut dyn FnMut(T) -> Result<T, RunError>,
    ) -> Result<(), RunError>
    where
        T: Default + Send,
        W: FnMut(usize, &mut T) -> Result<(), RunError>,
    {
        match self.threads.min(self.count) {
            0 | 1 => self.alone(worker, take),
            threads => self.together(threads, worker, take),
        }
    }

    /// Everything on the calling thread.
    fn alone<T, W>(
        self,
        worker: &impl Fn() -> W,
        take: &mut dyn FnMut(T) -> Result<T, RunError>,
    ) -> Result<(), RunError>
    where
        T: Default,
        W: FnMut(usize, &mut T) -> Result<(), RunError>,
    {
        let mut work = guarded(worker)?;
        let mut piece = T::default();
        for index in 0..self.count {
            guarded(|| work(index, &mut piece))??;
            piece = take(piece)?;
        }
        Ok(())
    }

    /// Blocks on worker threads; taking, on the calling one.
    fn together<T, W>(
        self,
        threads: usize,
        worker: &(impl Fn() -> W + Sync),
        take: &mut dyn FnMut(T) -> Result<T, RunError>,
    ) -> Result<(), RunError>
    where
        T: Default + Send,
        W: FnMut(usize, &mut T) -> Result<(), RunError>,
    {
        let board = Board::new(self.count, 4 * threads);
        std::thread::scope(|scope| {
            // Whichever way this ends, by an error or a panic of the sink, the workers stop.
            let _stop = board.stop_on_drop();
            for started in 0..threads {
                let work = || {
                    if let Err(error) = guarded(|| work_off(&board, worker())).flatten() {
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
            for index in 0..self.count {
                board.give_back(take(board.take(index)?)?);
            }
            Ok(())
        })
    }
}

fn work_off<T: Default>(
    board: &Board<T, RunError>,
    mut work: impl FnMut(usize, &mut T) -> Result<(), RunError>,
) -> Result<(), RunError> {
    while let Some((index, mut piece)) = board.next() {
        work(index, &mut piece)?;
        board.put(index, piece);
    }
    Ok(())
}
