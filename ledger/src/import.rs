//! Contacts that were made elsewhere, and responses: each kept once, however often it is brought.

use crate::Result;
use crate::decide::commits;
use crate::entry::{PastContact, Position, Response};
use crate::error::Trouble;
use crate::open::{End, Ledger, next_position};
use crate::rows::Incoming;
use crate::store::Store;

/// What was new of what was brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    /// Were not in the ledger.
    pub new: u64,
    /// Were there already, or twice among what was brought.
    pub known: u64,
    /// The position that holds them; missing where nothing was new.
    pub position: Option<Position>,
}

/// How many entries are taken at once.
const PAGE: usize = 4096;

impl Ledger {
    /// Brings contacts in that were made elsewhere: all or none. One whose id is in the ledger, be it of a decision, is
    /// known.
    pub fn import(&mut self, contacts: impl IntoIterator<Item = PastContact>) -> Result<Recorded> {
        self.writing(|store| {
            let mut incoming = Incoming::contacts(next_position(store)?);
            let counted = pages(contacts, |page| incoming.past(store, page))?;
            keep(store, incoming.position(), "imported", counted, (counted.new, 0))
        })
    }

    /// Keeps responses: all or none. One whose id is in the ledger is known.
    pub fn record(&mut self, responses: impl IntoIterator<Item = Response>) -> Result<Recorded> {
        self.writing(|store| {
            let mut incoming = Incoming::responses(next_position(store)?);
            let counted = pages(responses, |page| incoming.responses_of(store, page))?;
            keep(store, incoming.position(), "recorded", counted, (0, counted.new))
        })
    }
}

fn pages<T>(
    entries: impl IntoIterator<Item = T>,
    mut put: impl FnMut(&[T]) -> Result<u64, Trouble>,
) -> Result<Recorded, Trouble> {
    let (mut entries, mut counted) = (entries.into_iter(), Recorded::default());
    loop {
        let page: Vec<T> = entries.by_ref().take(PAGE).collect();
        if page.is_empty() {
            return Ok(counted);
        }
        let new = put(&page)?;
        counted.new += new;
        counted.known += page.len() as u64 - new;
    }
}

/// Where nothing was new, there is no new position either.
fn keep(
    store: &mut Store,
    position: i64,
    brought: &str,
    counted: Recorded,
    (contacts, responses): (u64, u64),
) -> Result<End<Recorded>, Trouble> {
    if counted.new == 0 {
        return Ok(End::Dropped(counted));
    }
    commits(store, position, brought, contacts, responses)?;
    let position = u64::try_from(position).ok().map(Position);
    Ok(End::Kept(Recorded { position, ..counted }))
}
