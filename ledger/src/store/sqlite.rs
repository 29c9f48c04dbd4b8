//! A ledger in a file of SQLite: write-ahead log, so that who reads is never kept waiting by a run, and every commit on
//! disk before it counts.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::ffi::SQLITE_IOERR_SHMSIZE;
use rusqlite::{Connection, ErrorCode, OpenFlags, ToSql, params_from_iter};

use super::{Each, Row, Value};
use crate::Result;
use crate::error::Trouble;

/// "Oppo" in the header of the file tells that it is ours.
const APPLICATION: i64 = 0x4f70_706f;
/// How long another process may write before waiting is given up.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
/// How long it is waited until nobody reads.
const A_MOMENT: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(crate) struct Sqlite(Connection);

impl Sqlite {
    pub(super) fn open(path: &Path) -> Result<Self, Trouble> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let store = Self::connect(path, flags)?;
        store.check()?;
        store.log_ahead()?;
        store.pragma("PRAGMA synchronous = FULL")?;
        store.pragma("PRAGMA secure_delete = ON")?;
        // In KiB: the index of ids, which come in no order, is what a large run writes to.
        store.pragma("PRAGMA cache_size = -65536")?;
        Ok(store)
    }

    /// Where there is no log, none stays behind; a log that is there is left as it is. The connection may write, for only
    /// so is its share of the log tidied away when it closes; what it may not do is change anything. Where it cannot write
    /// and there is no log, nobody is writing, and the file is read as it lies.
    pub(super) fn open_to_read(path: &Path) -> Result<Option<Self>, Trouble> {
        match fs::metadata(path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Ok(file) if file.len() == 0 => return Ok(None),
            _ => {}
        }
        let has_log = fs::metadata(beside(path, "-wal")).is_ok_and(|log| log.len() > 0);
        let as_others = Self::connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX);
        let store = match as_others.and_then(|store| store.check().map(|()| store)) {
            Err(Trouble::ReadOnly | Trouble::Unreachable(_)) if !has_log => {
                let flags =
                    OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
                let store = Self::connect(&as_it_lies(path), flags)?;
                store.check()?;
                store
            }
            found => found?,
        };
        store.0.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, has_log).map_err(|error| trouble(&error))?;
        store.pragma("PRAGMA query_only = ON")?;
        Ok(Some(store))
    }

    fn connect(path: &Path, flags: OpenFlags) -> Result<Self, Trouble> {
        if path.is_dir() {
            return Err(Trouble::NotALedger("it is a folder"));
        }
        let connection = Connection::open_with_flags(path, flags).map_err(|error| trouble(&error))?;
        let store = Self(connection);
        store.harden().map_err(|error| trouble(&error))?;
        Ok(store)
    }

    /// A file from elsewhere may hold anything: nothing that it brings along is run.
    fn harden(&self) -> rusqlite::Result<()> {
        self.0.busy_timeout(PATIENCE)?;
        self.0.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
        self.0.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false)?;
        self.0.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
        self.0.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        self.0.set_prepared_statement_cache_capacity(64);
        Ok(())
    }

    /// Whether the file is ours, or may become it because nothing is in it.
    fn check(&self) -> Result<(), Trouble> {
        let application = || self.number("PRAGMA application_id");
        let is_empty = || Ok::<_, Trouble>(self.number("SELECT count(*) FROM sqlite_schema")? == 0);
        // Another process may make its tables between two looks; with them it has marked the file.
        let is_ours = match application()? {
            APPLICATION => true,
            0 => is_empty()? || application()? == APPLICATION,
            _ => false,
        };
        if is_ours {
            return Ok(());
        }
        Err(Trouble::NotALedger("it is a SQLite database of something else"))
    }

    /// Switching to the log does not wait for others by itself: two processes may open a new ledger at once.
    fn log_ahead(&self) -> Result<(), Trouble> {
        let until = Instant::now() + PATIENCE;
        loop {
            match self.pragma("PRAGMA journal_mode = WAL") {
                Err(Trouble::Busy) if Instant::now() < until => thread::sleep(Duration::from_millis(20)),
                other => return other,
            }
        }
    }

    fn pragma(&self, sql: &str) -> Result<(), Trouble> {
        self.0.query_row(sql, [], |_| Ok(())).or_else(|error| match error {
            rusqlite::Error::QueryReturnedNoRows => Ok(()),
            error => Err(trouble(&error)),
        })
    }

    fn number(&self, sql: &str) -> Result<i64, Trouble> {
        self.0.query_row(sql, [], |row| row.get(0)).map_err(|error| trouble(&error))
    }

    /// Marks the file as ours, within the transaction that makes its tables.
    pub(crate) fn mark(&self) -> Result<(), Trouble> {
        self.0.pragma_update(None, "application_id", APPLICATION).map_err(|error| trouble(&error))
    }

    pub(super) fn has_tables(&self) -> Result<bool, Trouble> {
        Ok(self.number("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'opportune_ledger'")? == 1)
    }

    pub(super) fn execute(&self, sql: &str, values: &[Value<'_>]) -> Result<u64, Trouble> {
        let mut statement = self.0.prepare_cached(sql).map_err(|error| trouble(&error))?;
        let changed = statement.execute(params_from_iter(values)).map_err(|error| trouble(&error))?;
        Ok(u64::try_from(changed).unwrap_or(u64::MAX))
    }

    pub(super) fn query(&self, sql: &str, values: &[Value<'_>], each: &mut Each<'_>) -> Result<(), Trouble> {
        let mut statement = self.0.prepare_cached(sql).map_err(|error| trouble(&error))?;
        let mut rows = statement.query(params_from_iter(values)).map_err(|error| trouble(&error))?;
        while let Some(row) = rows.next().map_err(|error| trouble(&error))? {
            each(&Row::Sqlite(row))?;
        }
        Ok(())
    }

    pub(super) fn batch(&self, sql: &str) -> Result<(), Trouble> {
        self.0.execute_batch(sql).map_err(|error| trouble(&error))
    }

    /// Takes what was deleted off the disk: out of the log, and out of the file's pages, in whose gaps SQLite leaves copies
    /// of rows that it moved and does not find again when it deletes them.
    pub(crate) fn forget(&self) -> Result<(), Trouble> {
        // First, for while somebody reads it as it was, writing the file anew brings nothing.
        self.empty_log()?;
        self.batch("VACUUM")?;
        self.empty_log()
    }

    /// Takes all out of the log, unless somebody reads what was before.
    fn empty_log(&self) -> Result<(), Trouble> {
        let patience = |time| self.0.busy_timeout(time).map_err(|error| trouble(&error));
        patience(A_MOMENT)?;
        let busy = self.number("PRAGMA wal_checkpoint(TRUNCATE)");
        patience(PATIENCE)?;
        if busy? == 0 { Ok(()) } else { Err(Trouble::Read) }
    }

    /// What SQLite itself finds wrong with the file.
    pub(crate) fn integrity(&self) -> Result<Vec<String>, Trouble> {
        let mut found = Vec::new();
        self.query("PRAGMA integrity_check", &[], &mut |row| {
            found.push(row.text(0)?.into());
            Ok(())
        })?;
        found.retain(|line| line != "ok");
        Ok(found)
    }
}

/// A file beside another.
pub(crate) fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(end);
    name.into()
}

/// The address of a file that is read as it lies, without locks and without a log.
fn as_it_lies(path: &Path) -> PathBuf {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-~".contains(&byte);
    let spelled = |byte: &u8| if plain(*byte) { char::from(*byte).to_string() } else { format!("%{byte:02x}") };
    let path: String = path.as_os_str().as_encoded_bytes().iter().map(spelled).collect();
    format!("file:{path}?immutable=1").into()
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        use rusqlite::types::{ToSqlOutput, ValueRef};
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(int) => ValueRef::Integer(*int),
            Self::Real(real) => ValueRef::Real(*real),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}

/// What an error of SQLite means. Its own words are only told where they name no value.
pub(super) fn trouble(error: &rusqlite::Error) -> Trouble {
    let rusqlite::Error::SqliteFailure(code, words) = error else {
        return match error {
            rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::Utf8Error(..) => Trouble::Damaged("a value is not of its kind".into()),
            error => Trouble::Failed(error.to_string().into()),
        };
    };
    let words = || words.clone().unwrap_or_else(|| code.to_string()).into_boxed_str();
    match code.code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Trouble::Busy,
        ErrorCode::DiskFull => Trouble::Full,
        // What is beside the log could not grow, of which SQLite tells no more.
        ErrorCode::SystemIoFailure if code.extended_code == SQLITE_IOERR_SHMSIZE => Trouble::Full,
        ErrorCode::SystemIoFailure => Trouble::Disk(words()),
        ErrorCode::ReadOnly => Trouble::ReadOnly,
        ErrorCode::PermissionDenied => Trouble::Unreachable("this user has no right to it".into()),
        ErrorCode::CannotOpen => {
            Trouble::Unreachable("its folder is not there, or this user has no right to write there".into())
        }
        ErrorCode::NotADatabase => Trouble::NotALedger("it is no SQLite database"),
        ErrorCode::DatabaseCorrupt => Trouble::Damaged(words()),
        _ => Trouble::Failed(words()),
    }
}
