//! The decisions of a run, written as one.

use crate::Result;
use crate::entry::{Contact, Position, State};
use crate::error::Trouble;
use crate::open::{Ledger, at, next_position};
use crate::rows::Incoming;
use crate::runs;

/// A transaction that takes a run's decisions. Dropped before [`Deciding::commit`], it never was.
#[derive(Debug)]
pub struct Deciding<'a> {
    ledger: &'a mut Ledger,
    run: Box<str>,
    incoming: Incoming,
    put: u64,
    is_open: bool,
}

impl Ledger {
    /// Begins to write the decisions of a run that is begun.
    pub fn decide(&mut self, run: &str) -> Result<Deciding<'_>> {
        self.store.begin().map_err(at(&self.place))?;
        let begun = next_position(&mut self.store).and_then(|position| {
            runs::expect(&mut self.store, run, State::Begun)?;
            Ok(Incoming::contacts(position))
        });
        match begun {
            Ok(incoming) => Ok(Deciding { ledger: self, run: run.into(), incoming, put: 0, is_open: true }),
            Err(trouble) => {
                self.store.roll_back();
                self.fail(trouble)
            }
        }
    }
}

impl Deciding<'_> {
    /// Takes decisions, in the order of their places.
    pub fn put(&mut self, contacts: &[Contact]) -> Result<()> {
        if let Err(trouble) = self.take(contacts) {
            self.end();
            return self.ledger.fail(trouble);
        }
        Ok(())
    }

    fn take(&mut self, contacts: &[Contact]) -> Result<(), Trouble> {
        if !self.is_open {
            return Err(Trouble::Unfit("decisions after one that could not be kept".into()));
        }
        if contacts.iter().zip(self.put..).any(|(contact, place)| contact.place != place) {
            return Err(Trouble::Unfit("decisions that are not in the order of their places".into()));
        }
        let new = self.incoming.decided(&mut self.ledger.store, contacts)?;
        if new != contacts.len() as u64 {
            return Err(Trouble::Unfit("a decision whose id is there already".into()));
        }
        self.put += new;
        Ok(())
    }

    /// Makes all decisions count at once, and the run decided; `summary` is kept with it.
    pub fn commit(mut self, summary: &str) -> Result<Position> {
        match self.finish(summary) {
            Ok(position) => {
                self.is_open = false;
                Ok(position)
            }
            Err(trouble) => {
                self.end();
                self.ledger.fail(trouble)
            }
        }
    }

    fn finish(&mut self, summary: &str) -> Result<Position, Trouble> {
        if !self.is_open {
            return Err(Trouble::Unfit("decisions of which one could not be kept".into()));
        }
        if summary.contains('\0') {
            return Err(Trouble::Unfit("a text with a NUL character, which a database cannot hold".into()));
        }
        let (store, position) = (&mut self.ledger.store, self.incoming.position());
        commits(store, position, "decided", self.put, 0)?;
        let values = [summary.into(), position.into(), (&*self.run).into()];
        store.execute("UPDATE runs SET state = 'decided', summary = $1, position = $2 WHERE id = $3", &values)?;
        store.commit()?;
        Ok(Position(u64::try_from(position).unwrap_or_default()))
    }

    fn end(&mut self) {
        if std::mem::replace(&mut self.is_open, false) {
            self.ledger.store.roll_back();
        }
    }
}

impl Drop for Deciding<'_> {
    fn drop(&mut self) {
        self.end();
    }
}

/// Keeps what a position brought.
pub(crate) fn commits(
    store: &mut crate::store::Store,
    position: i64,
    brought: &str,
    contacts: u64,
    responses: u64,
) -> Result<(), Trouble> {
    let count = |rows: u64| i64::try_from(rows).unwrap_or(i64::MAX);
    let values = [position.into(), brought.into(), count(contacts).into(), count(responses).into()];
    store.execute("INSERT INTO commits (position, brought, contacts, responses) VALUES ($1, $2, $3, $4)", &values)?;
    Ok(())
}
