//! Who keeps whom out: one run at a time, and nobody is erased whom somebody still has in memory.
//!
//! Over SQLite a lock is a lock of the operating system on a file beside the ledger's; over PostgreSQL it is an advisory
//! lock of a connection of its own. Either is released when the process ends, however it ends. The right to run keeps a
//! second run from working for nothing; that nothing is decided twice is held by the states of runs alone. The right to
//! record is shared by all who record: what they have read of a file or of the ledger goes in before a customer is erased,
//! or is read after it.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::Result;
use crate::error::Trouble;
use crate::open::{Ledger, at};
use crate::place::Place;
use crate::store::postgres::Postgres;
use crate::store::sqlite::{PATIENCE, beside};

/// The right to run, until it is dropped.
#[derive(Debug)]
pub struct RunLock {
    _held: Held,
}

/// The right to record, until it is dropped: nobody is erased meanwhile.
#[derive(Debug)]
pub struct RecordLock {
    _held: Held,
}

/// The right to erase, until it is dropped.
#[derive(Debug)]
pub(crate) struct EraseLock {
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

/// What a lock is about: the end of the file's name, and what sets the advisory lock apart.
#[derive(Clone, Copy)]
struct About(&'static str, i64);

const RUNNING: About = About("-lock", 0x4f70_706f);
const RECORDING: About = About("-recording", 0x4f70_7072);

/// How a lock is taken.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Share {
    /// By one alone, who is refused where anybody has it.
    Alone,
    /// Together with others who share it; who has it alone is waited for.
    Together,
}

impl Ledger {
    /// Takes the right to run; an error names the run that is at work.
    pub fn lock(&mut self) -> Result<RunLock> {
        match self.hold(RUNNING, Share::Alone)? {
            Some(held) => Ok(RunLock { _held: held }),
            None => {
                let run = self.unfinished()?.map(|run| (run.id, run.begun_at));
                self.fail(Trouble::Running { run })
            }
        }
    }

    /// Takes the right to record, which is to be held from before anything is read of what is recorded. Waits while a
    /// customer is being erased.
    pub fn lock_to_record(&self) -> Result<RecordLock> {
        match self.hold(RECORDING, Share::Together)? {
            Some(held) => Ok(RecordLock { _held: held }),
            None => self.fail(Trouble::Busy),
        }
    }

    /// Takes the right to erase, which nobody has who records.
    pub(crate) fn lock_to_erase(&self) -> Result<EraseLock> {
        match self.hold(RECORDING, Share::Alone)? {
            Some(held) => Ok(EraseLock { _held: held }),
            None => self.fail(Trouble::Recording),
        }
    }

    fn hold(&self, About(end, advisory): About, share: Share) -> Result<Option<Held>> {
        let held = match &self.place {
            Place::Sqlite(path) => file(&beside(path, end), share),
            Place::Postgres(url) => {
                let held = |store: Postgres| Held::Connection(Box::new(store));
                Postgres::lock(url, advisory, share).map(|store| store.map(held))
            }
        };
        held.map_err(at(&self.place))
    }
}

/// The file stays when the lock goes: who would remove it might remove another's.
fn file(path: &Path, share: Share) -> Result<Option<Held>, Trouble> {
    let refused = |error: io::Error| match error.kind() {
        io::ErrorKind::StorageFull => Trouble::Full,
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Trouble::ReadOnly,
        _ => Trouble::Unreachable(format!("its lock {}: {error}", path.display()).into()),
    };
    let file = File::options().create(true).append(true).open(path).map_err(refused)?;
    let until = Instant::now() + PATIENCE;
    loop {
        let locked = if share == Share::Alone { file.try_lock() } else { file.try_lock_shared() };
        match locked {
            Ok(()) => return Ok(Some(Held::File { _file: file })),
            Err(TryLockError::WouldBlock) if share == Share::Together && Instant::now() < until => {
                thread::sleep(Duration::from_millis(20));
            }
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(refused(error)),
        }
    }
}
