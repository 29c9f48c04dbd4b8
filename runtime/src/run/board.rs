//! Where workers take numbered work and put what came of it, to be taken in the order of the numbers.
//!
//! A worker may run ahead of the taker by a bounded number of pieces only, so one slow piece does not pile up all that
//! come after it. Whoever waits is woken when the work stops.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Numbered work that is under way.
pub struct Board<T, E> {
    state: Mutex<State<T, E>>,
    /// Workers wait here until they may run further ahead.
    room: Condvar,
    /// The taker waits here for the next piece.
    ready: Condvar,
    pieces: usize,
    ahead: usize,
}

struct State<T, E> {
    /// The next piece to be begun.
    next: usize,
    /// The next piece to be taken.
    wanted: usize,
    done: BTreeMap<usize, T>,
    /// Taken and given back, to be filled again.
    spare: Vec<T>,
    failure: Option<E>,
    stopped: bool,
}

/// Stops the work when it goes out of scope.
pub struct StopOnDrop<'b, T, E>(&'b Board<T, E>);

impl<T, E> Drop for StopOnDrop<'_, T, E> {
    fn drop(&mut self) {
        self.0.lock().stopped = true;
        self.0.room.notify_all();
    }
}

impl<T: Default, E> Board<T, E> {
    /// So many pieces of work, of which at most `ahead` are begun and not yet taken.
    pub fn new(pieces: usize, ahead: usize) -> Self {
        let (done, spare) = (BTreeMap::new(), Vec::new());
        let state = State { next: 0, wanted: 0, done, spare, failure: None, stopped: false };
        Self { state: Mutex::new(state), room: Condvar::new(), ready: Condvar::new(), pieces, ahead: ahead.max(1) }
    }

    /// The next piece to work on and where to put what comes of it; none when there is no more to do.
    pub fn next(&self) -> Option<(usize, T)> {
        let must_wait = |state: &mut State<T, E>| {
            !state.stopped && state.next < self.pieces && state.next >= state.wanted + self.ahead
        };
        let state = self.room.wait_while(self.lock(), must_wait);
        let mut state = state.unwrap_or_else(PoisonError::into_inner);
        if state.stopped || state.next >= self.pieces {
            return None;
        }
        state.next += 1;
        Some((state.next - 1, state.spare.pop().unwrap_or_default()))
    }

    /// What came of a piece.
    pub fn put(&self, index: usize, piece: T) {
        let mut state = self.lock();
        state.done.insert(index, piece);
        if index == state.wanted {
            self.ready.notify_one();
        }
    }

    /// The work cannot be done.
    pub fn fail(&self, error: E) {
        let mut state = self.lock();
        state.failure.get_or_insert(error);
        state.stopped = true;
        self.room.notify_all();
        self.ready.notify_one();
    }

    /// Waits for a piece; they are to be taken in order.
    pub fn take(&self, index: usize) -> Result<T, E> {
        let mut state = self.lock();
        loop {
            if let Some(failure) = state.failure.take() {
                return Err(failure);
            }
            if let Some(piece) = state.done.remove(&index) {
                state.wanted = index + 1;
                self.room.notify_all();
                return Ok(piece);
            }
            state = self.ready.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Lets a piece that was taken be filled again.
    pub fn give_back(&self, piece: T) {
        self.lock().spare.push(piece);
    }

    /// Stops the work at the end of a scope.
    pub fn stop_on_drop(&self) -> StopOnDrop<'_, T, E> {
        StopOnDrop(self)
    }
}

impl<T, E> Board<T, E> {
    /// A thread that panicked while it held the lock left nothing half done: every change is a single step.
    fn lock(&self) -> MutexGuard<'_, State<T, E>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;
    use std::time::Duration;

    use super::*;

    #[test]
    fn pieces_come_in_order_and_no_worker_runs_far_ahead() {
        let board: Board<usize, ()> = Board::new(200, 5);
        let (taken, furthest) = (AtomicUsize::new(0), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    while let Some((index, _)) = board.next() {
                        furthest.fetch_max(index - taken.load(Ordering::SeqCst).min(index), Ordering::SeqCst);
                        if index % 50 == 0 {
                            thread::sleep(Duration::from_millis(5));
                        }
                        board.put(index, index * 2);
                    }
                });
            }
            for index in 0..200 {
                let piece = board.take(index).unwrap();
                assert_eq!(piece, index * 2);
                taken.store(index + 1, Ordering::SeqCst);
                board.give_back(piece);
            }
        });
        // One more than may wait: the taker counts a piece a moment after the board does.
        assert!(furthest.into_inner() <= 5 + 1);
    }

    #[test]
    fn a_failure_reaches_the_taker_and_stops_the_rest() {
        let board: Board<usize, &str> = Board::new(1_000_000, 8);
        let result = thread::scope(|scope| {
            let _stop = board.stop_on_drop();
            for _ in 0..3 {
                scope.spawn(|| {
                    while let Some((index, _)) = board.next() {
                        if index == 20 {
                            return board.fail("broken");
                        }
                        board.put(index, 0);
                    }
                });
            }
            (0..1_000_000).try_for_each(|index| board.take(index).map(drop))
        });
        assert_eq!(result, Err("broken"));
    }

    #[test]
    fn workers_end_when_nobody_takes_any_more() {
        let board: Board<usize, ()> = Board::new(1_000_000, 8);
        thread::scope(|scope| {
            let _stop = board.stop_on_drop();
            for _ in 0..3 {
                scope.spawn(|| {
                    while let Some((index, piece)) = board.next() {
                        board.put(index, piece);
                    }
                });
            }
            board.take(0).unwrap();
        });
        assert!(board.lock().next <= 10);
    }
}
