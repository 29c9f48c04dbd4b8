//! Caps over all customers: from the decisions of each block, in order, to those that stand.
//!
//! Limits over all customers are kept where offers are placed, first come, first served ([`crate::decide::limits_all`]),
//! so every decision stands as it comes. The shape is that of a stage which must see later blocks before it can settle
//! earlier ones, as one that gives what is scarce to whom it is worth most: decisions go in block by block, settled ones
//! come out in the same order, and [`Allocation::finish`] lets go of the rest.

use std::io;

use crate::decide::Decision;

/// Where settled decisions go.
pub type Settled<'s> = dyn FnMut(&[Decision]) -> io::Result<()> + 's;

/// Settles decisions.
#[derive(Debug, Default)]
pub struct Allocation {
    settled: u64,
}

impl Allocation {
    /// With nothing allocated.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the decisions of the next block, and hands on all that are now settled.
    ///
    /// # Errors
    /// Those of `settled`.
    pub fn push(&mut self, decisions: &[Decision], settled: &mut Settled<'_>) -> io::Result<()> {
        settled(decisions)?;
        self.settled += decisions.len() as u64;
        Ok(())
    }

    /// Hands on what is left, and tells how many decisions stood in all.
    ///
    /// # Errors
    /// Those of `settled`.
    pub fn finish(self, _settled: &mut Settled<'_>) -> io::Result<u64> {
        Ok(self.settled)
    }
}
