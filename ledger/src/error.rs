//! What can go wrong with a ledger: the place, the reason, the way out. No password and no value of a customer is in it.

use std::fmt;

use crate::entry::State;

/// What went wrong, and with which ledger.
#[derive(Debug)]
pub struct LedgerError {
    place: Box<str>,
    trouble: Trouble,
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trouble {
    /// It cannot be opened or reached; the reason.
    Unreachable(Box<str>),
    /// What is there is something else; what.
    NotALedger(&'static str),
    /// Its tables are of a newer version than this program knows.
    Newer {
        /// The version of its tables.
        found: i64,
        /// The newest that this program knows.
        known: i64,
    },
    /// Its tables are of an older version, and it was opened to read only.
    Older,
    /// Another run is at work.
    Running {
        /// Its name, and when it was begun, in microseconds since 1970-01-01 UTC; missing while it begins or ends.
        run: Option<(Box<str>, i64)>,
    },
    /// Somebody is recording.
    Recording,
    /// Another process has been writing for so long that waiting was given up.
    Busy,
    /// Another process reads it as it was before.
    Read,
    /// The disk is full.
    Full,
    /// The disk fails in another way; the reason.
    Disk(Box<str>),
    /// It may not be written.
    ReadOnly,
    /// What is stored is damaged; the reason.
    Damaged(Box<str>),
    /// The connection to the database was lost; the reason.
    Lost(Box<str>),
    /// Something that was given cannot be kept; what, and why.
    Unfit(Box<str>),
    /// There is no such run.
    NoRun(Box<str>),
    /// The run is not in a state in which this can be done.
    WrongState {
        /// The run.
        run: Box<str>,
        /// The state it is in.
        state: State,
        /// The state that it would have to be in.
        wanted: State,
    },
    /// A run is unfinished, and has to be finished or given up before another begins; which.
    Unfinished(Box<str>),
    /// The database refused, for another reason.
    Failed(Box<str>),
}

impl LedgerError {
    pub(crate) fn new(place: &str, trouble: Trouble) -> Self {
        Self { place: place.into(), trouble }
    }

    /// What went wrong.
    pub fn trouble(&self) -> &Trouble {
        &self.trouble
    }

    /// Which ledger: the file as it was given, or the address without its password.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// What helps, where something is known to help.
    pub fn way_out(&self) -> Option<&'static str> {
        Some(match &self.trouble {
            Trouble::NotALedger(_) => "name another place for the ledger, or move away what is there",
            Trouble::Newer { .. } => "use the version of `opportune` that wrote it, or a later one",
            Trouble::Older => "`opportune run` and `opportune record` bring it up to date",
            Trouble::Running { .. } | Trouble::Recording => "wait until it has ended",
            Trouble::Busy | Trouble::Read => "try again when the other process has ended",
            Trouble::Full => "make room and try again: nothing was kept of what failed",
            Trouble::Disk(_) => {
                "look after the disk, its room and how large files may be, and try again: nothing was kept of what failed"
            }
            Trouble::ReadOnly => "give this user the right to write there, or name another place for the ledger",
            Trouble::Damaged(_) => "restore it from a backup; `opportune ledger verify` tells what is wrong with it",
            Trouble::Lost(_) => "try again when the database is back: what was not committed was dropped as a whole",
            Trouble::Unfinished(_) => "`opportune run` finishes it",
            _ => return None,
        })
    }
}

impl std::error::Error for LedgerError {}

impl fmt::Display for LedgerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the ledger `{}` {}", self.place, self.trouble)
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(reason) => write!(f, "cannot be opened: {reason}"),
            Self::NotALedger(what) => write!(f, "is no ledger: {what}"),
            Self::Newer { found, known } => {
                write!(
                    f,
                    "is of a newer version: its tables have version {found}, and {known} is the newest known here"
                )
            }
            Self::Older => {
                write!(f, "is of an older version, which has to be brought up to date before it can be read")
            }
            Self::Running { run: Some((run, since)) } => {
                write!(f, "is in use: the run {run} is at work since {}", moment(*since))
            }
            Self::Running { run: None } => write!(f, "is in use: another run is beginning or ending"),
            Self::Recording => write!(f, "is in use: a file is being recorded"),
            Self::Busy => write!(f, "is busy: another process has been writing to it for a minute"),
            Self::Read => write!(f, "is being read by another process, which sees it as it was before"),
            Self::Full => write!(f, "cannot be written: the disk is full"),
            Self::Disk(reason) => write!(f, "cannot be read or written: {reason}"),
            Self::ReadOnly => write!(f, "cannot be written: it is read-only"),
            Self::Damaged(reason) => write!(f, "is damaged: {reason}"),
            Self::Lost(reason) => write!(f, "was lost while it was in use: {reason}"),
            Self::Unfit(what) => write!(f, "cannot keep this: {what}"),
            Self::NoRun(run) => write!(f, "has no run {run}"),
            Self::WrongState { run, state, wanted } => {
                write!(f, "has the run {run} as {}, and this asks for {}", name(*state), name(*wanted))
            }
            Self::Unfinished(run) => write!(f, "has an unfinished run: {run}"),
            Self::Failed(reason) => write!(f, "refused: {reason}"),
        }
    }
}

/// A state as messages name it.
fn name(state: State) -> &'static str {
    match state {
        State::Begun => "begun",
        State::Decided => "decided",
        State::Done => "done",
        State::GivenUp => "given up",
    }
}

/// A moment as people read it, to the second.
fn moment(micros: i64) -> String {
    jiff::Timestamp::from_microsecond(micros).map_or_else(
        |_| "a moment out of range".to_owned(),
        |moment| moment.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
    )
}
