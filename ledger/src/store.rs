//! A connection to either database, behind one set of calls: the rest of the crate does not know which it is.
//!
//! Statements are written so that both understand them: parameters are `$1`, `$2`, … in order of first use, integers are
//! 64 bits wide, truth is 0 or 1. Every call is within a transaction that the caller began.

pub(crate) mod postgres;
pub(crate) mod sqlite;

use crate::error::Trouble;
use crate::{Place, Result};

use postgres::Postgres;
use sqlite::Sqlite;

/// A value of a parameter.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Value<'a> {
    Null,
    Int(i64),
    Real(f64),
    Text(&'a str),
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value<'_> {
    fn from(int: i64) -> Self {
        Self::Int(int)
    }
}

impl From<f64> for Value<'_> {
    fn from(real: f64) -> Self {
        Self::Real(real)
    }
}

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A row of an answer.
pub(crate) enum Row<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a ::postgres::Row),
}

impl Row<'_> {
    pub(crate) fn int(&self, column: usize) -> Result<i64, Trouble> {
        self.maybe_int(column)?.ok_or_else(missing)
    }

    pub(crate) fn maybe_int(&self, column: usize) -> Result<Option<i64>, Trouble> {
        match self {
            Self::Sqlite(row) => row.get(column).map_err(|error| sqlite::trouble(&error)),
            Self::Postgres(row) => row.try_get(column).map_err(|error| postgres::trouble(&error)),
        }
    }

    pub(crate) fn maybe_real(&self, column: usize) -> Result<Option<f64>, Trouble> {
        match self {
            Self::Sqlite(row) => row.get(column).map_err(|error| sqlite::trouble(&error)),
            Self::Postgres(row) => row.try_get(column).map_err(|error| postgres::trouble(&error)),
        }
    }

    pub(crate) fn text(&self, column: usize) -> Result<Box<str>, Trouble> {
        self.maybe_text(column)?.ok_or_else(missing)
    }

    pub(crate) fn maybe_text(&self, column: usize) -> Result<Option<Box<str>>, Trouble> {
        match self {
            Self::Sqlite(row) => row.get(column).map_err(|error| sqlite::trouble(&error)),
            Self::Postgres(row) => row.try_get(column).map_err(|error| postgres::trouble(&error)),
        }
    }
}

fn missing() -> Trouble {
    Trouble::Damaged("a value is missing that has to be there".into())
}

/// What is done with each row of an answer.
pub(crate) type Each<'a> = dyn FnMut(&Row<'_>) -> Result<(), Trouble> + 'a;

/// A connection.
#[derive(Debug)]
pub(crate) enum Store {
    Sqlite(Sqlite),
    Postgres(Box<Postgres>),
}

impl Store {
    /// Connects to write; makes the file or the schema where there is none.
    pub(crate) fn open(place: &Place) -> Result<Self, Trouble> {
        match place {
            Place::Sqlite(path) => Sqlite::open(path).map(Self::Sqlite),
            Place::Postgres(url) => Ok(Self::Postgres(Box::new(Postgres::open(url)?))),
        }
    }

    /// Connects to read; nothing where there is nothing.
    pub(crate) fn open_to_read(place: &Place) -> Result<Option<Self>, Trouble> {
        match place {
            Place::Sqlite(path) => Ok(Sqlite::open_to_read(path)?.map(Self::Sqlite)),
            Place::Postgres(url) => Ok(Some(Self::Postgres(Box::new(Postgres::open_to_read(url)?)))),
        }
    }

    /// Runs a statement; gives how many rows it changed.
    pub(crate) fn execute(&mut self, sql: &str, values: &[Value<'_>]) -> Result<u64, Trouble> {
        match self {
            Self::Sqlite(store) => store.execute(sql, values),
            Self::Postgres(store) => store.execute(sql, values),
        }
    }

    /// Asks, and hands over the answer row by row.
    pub(crate) fn query(&mut self, sql: &str, values: &[Value<'_>], each: &mut Each<'_>) -> Result<(), Trouble> {
        match self {
            Self::Sqlite(store) => store.query(sql, values, each),
            Self::Postgres(store) => store.query(sql, values, each),
        }
    }

    /// Runs statements without parameters, which differ between the databases or return nothing.
    pub(crate) fn batch(&mut self, sql: &str) -> Result<(), Trouble> {
        match self {
            Self::Sqlite(store) => store.batch(sql),
            Self::Postgres(store) => store.batch(sql),
        }
    }

    /// The first integer of the only row of an answer.
    pub(crate) fn one(&mut self, sql: &str, values: &[Value<'_>]) -> Result<i64, Trouble> {
        let mut found = None;
        self.query(sql, values, &mut |row| {
            found = Some(row.int(0)?);
            Ok(())
        })?;
        found.ok_or_else(missing)
    }

    /// Whether the tables of a ledger are there.
    pub(crate) fn has_tables(&mut self) -> Result<bool, Trouble> {
        match self {
            Self::Sqlite(store) => store.has_tables(),
            Self::Postgres(store) => store.has_tables(),
        }
    }

    /// Within the transaction that makes or changes the tables, keeps others from doing so, and marks them as a ledger's.
    pub(crate) fn hold_schema(&mut self) -> Result<(), Trouble> {
        match self {
            Self::Sqlite(store) => store.mark(),
            Self::Postgres(store) => store.hold_schema(),
        }
    }

    /// A statement of the schema as this database spells it.
    pub(crate) fn spelled(&self, statement: &str) -> String {
        let words = match self {
            Self::Sqlite(_) => ["INTEGER", "ANY", "STRICT", "STRICT, WITHOUT ROWID"],
            Self::Postgres(_) => ["BIGINT", "DOUBLE PRECISION", "", ""],
        };
        let marks = ["{int}", "{real}", "{strict}", "{clustered}"];
        marks.iter().zip(words).fold(statement.to_owned(), |text, (mark, word)| text.replace(mark, word))
    }

    /// Lets go of what was deleted, where it would linger. PostgreSQL sees to it by itself, some time later.
    pub(crate) fn forget(&mut self) -> Result<(), Trouble> {
        match self {
            Self::Sqlite(store) => store.forget(),
            Self::Postgres(_) => Ok(()),
        }
    }

    /// What the database itself finds wrong with the tables. PostgreSQL has programs of its own for that.
    pub(crate) fn integrity(&mut self) -> Result<Vec<String>, Trouble> {
        match self {
            Self::Sqlite(store) => store.integrity(),
            Self::Postgres(_) => Ok(Vec::new()),
        }
    }

    /// Begins a transaction that writes: one at a time.
    pub(crate) fn begin(&mut self) -> Result<(), Trouble> {
        match self {
            Self::Sqlite(store) => store.batch("BEGIN IMMEDIATE"),
            Self::Postgres(store) => store.batch("BEGIN ISOLATION LEVEL READ COMMITTED"),
        }
    }

    /// Begins a transaction that sees one state of everything, whoever writes meanwhile.
    pub(crate) fn begin_snapshot(&mut self) -> Result<(), Trouble> {
        match self {
            Self::Sqlite(store) => store.batch("BEGIN DEFERRED"),
            Self::Postgres(store) => store.batch("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
        }
    }

    /// Until the transaction ends, rows are read in the order in which they lie, rather than sorted. SQLite does so by itself;
    /// PostgreSQL does not know of new rows how many they are, and sorts them all for each page.
    pub(crate) fn read_in_order(&mut self) -> Result<(), Trouble> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(store) => store.batch(
                "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off",
            ),
        }
    }

    /// Makes what was done since the transaction began last, all of it.
    pub(crate) fn commit(&mut self) -> Result<(), Trouble> {
        self.batch("COMMIT")
    }

    /// Undoes what was done since the transaction began. What cannot be undone any more was not kept either.
    pub(crate) fn roll_back(&mut self) {
        let _ = self.batch("ROLLBACK");
    }
}
