//! The decisions of a run, written as one.

use crate::Result;
use crate::entry::{Contact, Position, State};
use crate::error::Trouble;
use crate::open::{Ledger, next_position};
use crate::rows::Incoming;
use crate::runs;
use crate::store::Store;

/// What takes a run's decisions: in one transaction, which begins with the first of them, so that nobody is kept waiting
/// while they are computed. Dropped before [`Deciding::commit`], it never was.
#[derive(Debug)]
pub struct Deciding<'a> {
    ledger: &'a mut Ledger,
    run: Box<str>,
    put: u64,
    step: Step,
}

/// How far it came.
#[derive(Debug)]
enum Step {
    Waiting,
    Open(Incoming),
    Ended,
}

impl Ledger {
    /// Prepares to write the decisions of a run that is begun.
    pub fn decide(&mut self, run: &str) -> Result<Deciding<'_>> {
        self.reading(|store| runs::expect(store, run, State::Begun))?;
        Ok(Deciding { ledger: self, run: run.into(), put: 0, step: Step::Waiting })
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
        if contacts.iter().zip(self.put..).any(|(contact, place)| contact.place != place) {
            return Err(Trouble::Unfit("decisions that are not in the order of their places".into()));
        }
        let (store, incoming) = self.open()?;
        let new = incoming.decided(store, contacts)?;
        if new != contacts.len() as u64 {
            return Err(Trouble::Unfit("a decision whose id is there already".into()));
        }
        self.put += new;
        Ok(())
    }

    /// The transaction; asks again for the run's state, which another process may have changed.
    fn open(&mut self) -> Result<(&mut Store, &mut Incoming), Trouble> {
        let store = &mut self.ledger.store;
        if matches!(self.step, Step::Waiting) {
            store.begin()?;
            let position = opened(store, &self.run).inspect_err(|_| store.roll_back())?;
            self.step = Step::Open(Incoming::contacts(position));
        }
        match &mut self.step {
            Step::Open(incoming) => Ok((store, incoming)),
            _ => Err(Trouble::Unfit("decisions after one that could not be kept".into())),
        }
    }

    /// Makes all decisions count at once, and the run decided; `summary` is kept with it.
    pub fn commit(mut self, summary: &str) -> Result<Position> {
        match self.finish(summary) {
            Ok(position) => {
                self.step = Step::Ended;
                Ok(position)
            }
            Err(trouble) => {
                self.end();
                self.ledger.fail(trouble)
            }
        }
    }

    fn finish(&mut self, summary: &str) -> Result<Position, Trouble> {
        if summary.contains('\0') {
            return Err(Trouble::Unfit("a text with a NUL character, which a database cannot hold".into()));
        }
        let (put, run) = (self.put, self.run.clone());
        let (store, incoming) = self.open()?;
        let position = incoming.position();
        commits(store, position, "decided", put, 0)?;
        let values = [summary.into(), position.into(), (&*run).into()];
        store.execute("UPDATE runs SET state = 'decided', summary = $1, position = $2 WHERE id = $3", &values)?;
        store.commit()?;
        Ok(Position(u64::try_from(position).unwrap_or_default()))
    }

    fn end(&mut self) {
        if let Step::Open(_) = std::mem::replace(&mut self.step, Step::Ended) {
            self.ledger.store.roll_back();
        }
    }
}

/// The position that a run's decisions will have, if it is still to be decided.
fn opened(store: &mut Store, run: &str) -> Result<i64, Trouble> {
    let position = next_position(store)?;
    runs::expect(store, run, State::Begun)?;
    Ok(position)
}

impl Drop for Deciding<'_> {
    fn drop(&mut self) {
        self.end();
    }
}

/// Keeps what a position brought.
pub(crate) fn commits(
    store: &mut Store,
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
