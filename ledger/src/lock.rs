//! One run at a time.
//!
//! Over SQLite the lock is a lock of the operating system on a file beside the ledger's; over PostgreSQL it is an advisory
//! lock of a connection of its own. Either is released when the process ends, however it ends. It keeps a second run from
//! working for nothing; that nothing is decided twice is held by the states of runs alone.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;

use crate::Result;
use crate::error::Trouble;
use crate::open::{Ledger, at};
use crate::place::Place;
use crate::store::postgres::Postgres;
use crate::store::sqlite::beside;

/// The right to run, until it is dropped.
#[derive(Debug)]
pub struct RunLock {
    _held: Held,
}

/// What holds it.
#[derive(Debug)]
enum Held {
    File { _file: File },
    Connection(Box<Postgres>),
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Self::Connection(store) = self {
            store.unlock();
        }
    }
}

impl Ledger {
    /// Takes the right to run; an error names the run that is at work.
    pub fn lock(&mut self) -> Result<RunLock> {
        let held = match &self.place {
            Place::Sqlite(path) => file(path),
            Place::Postgres(url) => Postgres::lock(url).map(|store| Some(Held::Connection(Box::new(store?)))),
        };
        match held.map_err(at(&self.place))? {
            Some(held) => Ok(RunLock { _held: held }),
            None => {
                let run = self.unfinished()?.map(|run| (run.id, run.begun_at));
                self.fail(Trouble::Running { run })
            }
        }
    }
}

/// The file stays when the lock goes: who would remove it might remove another's.
fn file(ledger: &Path) -> Result<Option<Held>, Trouble> {
    let path = beside(ledger, "-lock");
    let refused = |error: io::Error| match error.kind() {
        io::ErrorKind::StorageFull => Trouble::Full,
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Trouble::ReadOnly,
        _ => Trouble::Unreachable(format!("its lock {}: {error}", path.display()).into()),
    };
    let file = File::options().create(true).append(true).open(&path).map_err(refused)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(Held::File { _file: file })),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(refused(error)),
    }
}
