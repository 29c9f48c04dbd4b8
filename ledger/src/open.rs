//! A ledger that is open, and how its transactions begin and end.

use crate::Result;
use crate::entry::Position;
use crate::error::{LedgerError, Trouble};
use crate::place::Place;
use crate::schema;
use crate::store::Store;

/// A ledger that is open.
#[derive(Debug)]
pub struct Ledger {
    pub(crate) store: Store,
    pub(crate) place: Place,
}

/// How a transaction ends whose steps all succeeded.
pub(crate) enum End<T> {
    /// What was done is kept.
    Kept(T),
    /// Nothing was to be done: it is as if it had not begun.
    Dropped(T),
}

impl Ledger {
    /// Opens a ledger to read and write; makes it where there is none, and brings its tables up to date.
    pub fn open(place: &Place) -> Result<Self> {
        let open = || {
            let mut store = Store::open(place)?;
            schema::migrate(&mut store)?;
            Ok(store)
        };
        Ok(Self { store: open().map_err(at(place))?, place: place.clone() })
    }

    /// Opens a ledger to read; `None` where there is none yet. Writes and makes nothing.
    pub fn open_to_read(place: &Place) -> Result<Option<Self>> {
        let open = || {
            let Some(mut store) = Store::open_to_read(place)? else { return Ok(None) };
            let newest = schema::newest();
            match schema::found(&mut store, newest)? {
                None => Ok(None),
                Some(version) if version < newest => Err(Trouble::Older),
                Some(_) => Ok(Some(store)),
            }
        };
        Ok(open().map_err(at(place))?.map(|store| Self { store, place: place.clone() }))
    }

    /// Where it is.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// How much of it there is.
    pub fn position(&mut self) -> Result<Position> {
        position(&mut self.store).map_err(at(&self.place))
    }

    /// Does everything in one transaction that writes, or nothing.
    pub(crate) fn writing<T>(&mut self, steps: impl FnOnce(&mut Store) -> Result<End<T>, Trouble>) -> Result<T> {
        self.within(Store::begin, steps)
    }

    /// Reads everything from one state of the ledger, whoever writes meanwhile.
    pub(crate) fn reading<T>(&mut self, steps: impl FnOnce(&mut Store) -> Result<T, Trouble>) -> Result<T> {
        self.within(Store::begin_snapshot, |store| steps(store).map(End::Dropped))
    }

    fn within<T>(
        &mut self,
        begin: impl FnOnce(&mut Store) -> Result<(), Trouble>,
        steps: impl FnOnce(&mut Store) -> Result<End<T>, Trouble>,
    ) -> Result<T> {
        let store = &mut self.store;
        begin(store).map_err(at(&self.place))?;
        let ended = match steps(store) {
            Ok(End::Kept(value)) => store.commit().map(|()| value),
            Ok(End::Dropped(value)) => {
                store.roll_back();
                return Ok(value);
            }
            Err(trouble) => Err(trouble),
        };
        ended.map_err(|trouble| {
            store.roll_back();
            LedgerError::new(&self.place.to_string(), trouble)
        })
    }

    pub(crate) fn fail<T>(&self, trouble: Trouble) -> Result<T> {
        Err(LedgerError::new(&self.place.to_string(), trouble))
    }
}

/// What names the ledger in its errors.
pub(crate) fn at(place: &Place) -> impl Fn(Trouble) -> LedgerError {
    move |trouble| LedgerError::new(&place.to_string(), trouble)
}

pub(crate) fn position(store: &mut Store) -> Result<Position, Trouble> {
    let position = store.one("SELECT position FROM opportune_ledger", &[])?;
    u64::try_from(position).map(Position).map_err(|_| Trouble::Damaged("its position is negative".into()))
}

/// The position of what is being written. Whoever asks for it holds it alone until the transaction ends, so that positions
/// are in the order of commits.
pub(crate) fn next_position(store: &mut Store) -> Result<i64, Trouble> {
    store.execute("UPDATE opportune_ledger SET position = position + 1", &[])?;
    store.one("SELECT position FROM opportune_ledger", &[])
}

/// Keeps others from writing, without a new position.
pub(crate) fn hold(store: &mut Store) -> Result<(), Trouble> {
    store.execute("UPDATE opportune_ledger SET position = position", &[])?;
    Ok(())
}
