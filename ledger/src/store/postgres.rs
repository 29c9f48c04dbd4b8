//! A ledger in a PostgreSQL database, in a schema of its own.
//!
//! The connection holds what belongs to it: the schema that is looked in, how long is waited for others. So a pool between
//! has to keep one connection for one session.

mod address;
mod tls;

use std::collections::HashMap;
use std::error::Error;
use std::fmt;

use bytes::BytesMut;
use postgres::error::SqlState;
use postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use postgres::{Client, NoTls, Statement};

use super::{Each, Row, Value};
use crate::Result;
use crate::error::Trouble;
use crate::lock::Share;
use crate::place::Url;

pub(crate) use address::Address;

/// "Oppo": sets our advisory lock on the making of tables apart from those of others.
const APPLICATION: i64 = 0x4f70_706f;

/// What a session needs whatever the server's settings: to wait for another writer no longer than a minute, to be left
/// alone while a run computes, and commits that are on disk when they are told. Its statements are short: making machine
/// code for them would take longer than they do.
const SESSION: &str = "
    SET lock_timeout = '60s';
    SET client_min_messages = warning;
    SET jit = off;
    SELECT set_config(name, '0', false) FROM pg_settings WHERE name IN
        ('statement_timeout', 'idle_in_transaction_session_timeout', 'idle_session_timeout', 'transaction_timeout');
    SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';";

/// What lies in the schema that is looked in.
const OURS: &str = "relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())";

pub(crate) struct Postgres {
    client: Client,
    schema: Box<str>,
    statements: HashMap<String, Statement>,
}

impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Postgres({})", self.schema)
    }
}

impl Postgres {
    pub(super) fn open(url: &Url) -> Result<Self, Trouble> {
        let mut store = Self::connect(url)?;
        let others = format!("SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm') AND {OURS}");
        // In this order: who makes the ledger at this moment makes all its tables at once.
        if store.number(&others)? > 0 && !store.has_tables()? {
            return Err(Trouble::NotALedger("its schema holds tables of something else"));
        }
        Ok(store)
    }

    pub(super) fn open_to_read(url: &Url) -> Result<Self, Trouble> {
        let mut store = Self::connect(url)?;
        store.batch("SET default_transaction_read_only = on")?;
        Ok(store)
    }

    fn connect(url: &Url) -> Result<Self, Trouble> {
        let address = &url.address;
        let config = address.to_connect();
        let client = match tls::of(address)? {
            Some(tls) => config.connect(tls),
            None => config.connect(NoTls),
        };
        let client = client.map_err(|error| Trouble::Unreachable(words(&error)))?;
        let mut store = Self { client, schema: address.schema.clone(), statements: HashMap::new() };
        store.batch(SESSION)?;
        store.batch(&format!("SET search_path = {}", quoted(&address.schema)))?;
        Ok(store)
    }

    /// Within a transaction, keeps others from making the tables at the same time, and makes the schema that holds them.
    pub(super) fn hold_schema(&mut self) -> Result<(), Trouble> {
        self.batch(&format!("SELECT pg_advisory_xact_lock({APPLICATION})"))?;
        let there = format!("SELECT count(*) FROM pg_namespace WHERE nspname = {}", literal(&self.schema));
        if self.number(&there)? == 0 {
            self.batch(&format!("CREATE SCHEMA {}", quoted(&self.schema)))?;
        }
        Ok(())
    }

    pub(super) fn has_tables(&mut self) -> Result<bool, Trouble> {
        let sql = format!("SELECT count(*) FROM pg_class WHERE relname = 'opportune_ledger' AND {OURS}");
        Ok(self.number(&sql)? == 1)
    }

    /// Takes an advisory lock of the ledger, for as long as this connection lives or until it is let go.
    pub(crate) fn lock(url: &Url, about: i64, share: Share) -> Result<Option<Self>, Trouble> {
        let mut store = Self::connect(url)?;
        let lock = format!("({about}::bigint << 32) | 'opportune_ledger'::regclass::oid::bigint");
        let is_held = match share {
            Share::Alone => store.number(&format!("SELECT pg_try_advisory_lock({lock})::int::bigint"))? == 1,
            Share::Together => store.batch(&format!("SELECT pg_advisory_lock_shared({lock})")).map(|()| true)?,
        };
        Ok(is_held.then_some(store))
    }

    /// Lets a lock go at once, rather than when the server notices that the connection ended.
    pub(crate) fn unlock(&mut self) {
        let _ = self.batch("SELECT pg_advisory_unlock_all()");
    }

    fn number(&mut self, sql: &str) -> Result<i64, Trouble> {
        self.client.query_one(sql, &[]).and_then(|row| row.try_get(0)).map_err(|error| trouble(&error))
    }

    fn prepared(&mut self, sql: &str) -> Result<Statement, Trouble> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql).map_err(|error| trouble(&error))?;
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    pub(super) fn execute(&mut self, sql: &str, values: &[Value<'_>]) -> Result<u64, Trouble> {
        let statement = self.prepared(sql)?;
        self.client.execute(&statement, &given(values)).map_err(|error| trouble(&error))
    }

    pub(super) fn query(&mut self, sql: &str, values: &[Value<'_>], each: &mut Each<'_>) -> Result<(), Trouble> {
        let statement = self.prepared(sql)?;
        for row in &self.client.query(&statement, &given(values)).map_err(|error| trouble(&error))? {
            each(&Row::Postgres(row))?;
        }
        Ok(())
    }

    pub(super) fn batch(&mut self, sql: &str) -> Result<(), Trouble> {
        self.client.batch_execute(sql).map_err(|error| trouble(&error))
    }
}

fn given<'a>(values: &'a [Value<'_>]) -> Vec<&'a (dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

/// A name as a statement writes it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text as a statement writes it.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

impl ToSql for Value<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(int) => int.to_sql(kind, out),
            Self::Real(real) => real.to_sql(kind, out),
            Self::Text(text) => text.to_sql(kind, out),
        }
    }

    fn accepts(kind: &Type) -> bool {
        [Type::INT8, Type::FLOAT8, Type::TEXT].contains(kind)
    }

    to_sql_checked!();
}

/// What an error of PostgreSQL means.
pub(super) fn trouble(error: &postgres::Error) -> Trouble {
    let Some(code) = error.code() else {
        let is_conversion = error.source().is_some_and(|source| source.is::<postgres::types::WrongType>());
        return if is_conversion {
            Trouble::Damaged("a value is not of its kind".into())
        } else {
            Trouble::Lost(words(error))
        };
    };
    match *code {
        SqlState::LOCK_NOT_AVAILABLE | SqlState::T_R_DEADLOCK_DETECTED => Trouble::Busy,
        SqlState::DISK_FULL => Trouble::Full,
        SqlState::READ_ONLY_SQL_TRANSACTION => Trouble::ReadOnly,
        SqlState::DATA_CORRUPTED | SqlState::INDEX_CORRUPTED => Trouble::Damaged(words(error)),
        SqlState::ADMIN_SHUTDOWN | SqlState::CRASH_SHUTDOWN | SqlState::CANNOT_CONNECT_NOW => {
            Trouble::Lost(words(error))
        }
        _ => Trouble::Failed(words(error)),
    }
}

/// The server's message alone: what it says in detail may quote a row. Of other errors, the causes.
fn words(error: &postgres::Error) -> Box<str> {
    if let Some(error) = error.as_db_error() {
        return error.message().into();
    }
    match error.source() {
        Some(cause) => cause.to_string().into(),
        None => error.to_string().into(),
    }
}
