//! The tables, and how they came about: one list of migrations for both databases.
//!
//! - `opportune_ledger`: one row: the version of the tables, and the position.
//! - `commits`: what each position brought, and how many rows, so that a missing row can be told.
//! - `runs`: one row a run; `position` is the commit that its decisions came with.
//! - `contacts`: decisions of runs and contacts that were brought in, in the order of `(position, place)`.
//! - `responses`: what customers did.
//!
//! Places rise within a position by random steps, and those of who was erased are random and negative: so no gap tells who
//! is missing between two neighbours. Moments are microseconds since 1970-01-01 UTC, costs millionths of the project's
//! currency, `customer_is` tells a number (`1`) from a text (`2`) from a tombstone (`0`).

use crate::Result;
use crate::error::Trouble;
use crate::store::Store;

/// Each brings the tables from one version to the next. `{int}` and `{real}` are 64 bits wide; SQLite keeps
/// the sign of a zero only where a column has no kind. What was released is never
/// changed: another migration follows it.
pub(crate) const MIGRATIONS: &[&[&str]] = &[&[
    "CREATE TABLE opportune_ledger (one {int} PRIMARY KEY CHECK (one = 1), version {int} NOT NULL, position {int} NOT NULL) {strict}",
    "INSERT INTO opportune_ledger (one, version, position) VALUES (1, 0, 0)",
    "CREATE TABLE commits (position {int} PRIMARY KEY, brought TEXT NOT NULL, contacts {int} NOT NULL, responses {int} NOT NULL) {strict}",
    "CREATE TABLE runs (
        id TEXT PRIMARY KEY, project TEXT NOT NULL, moment {int} NOT NULL, begun_at {int} NOT NULL, sees {int} NOT NULL,
        policy_hash TEXT NOT NULL, data_hash TEXT NOT NULL, written_to TEXT NOT NULL, state TEXT NOT NULL,
        summary TEXT, position {int}) {strict}",
    "CREATE TABLE contacts (
        position {int} NOT NULL, place {int} NOT NULL, id TEXT NOT NULL, customer TEXT NOT NULL, customer_is {int} NOT NULL,
        offer TEXT, member TEXT, channel TEXT, slot {int}, send_at {int} NOT NULL, decided_at {int} NOT NULL, value {real},
        priority {real}, cost {int}, reason TEXT, message TEXT, items TEXT, arm TEXT, propensity {real},
        held_out {int} NOT NULL, PRIMARY KEY (position, place)) {clustered}",
    "CREATE UNIQUE INDEX contacts_by_id ON contacts (id)",
    "CREATE INDEX contacts_by_customer ON contacts (customer)",
    "CREATE TABLE responses (
        position {int} NOT NULL, place {int} NOT NULL, id TEXT NOT NULL, decision TEXT, customer TEXT NOT NULL,
        customer_is {int} NOT NULL, offer TEXT, member TEXT, channel TEXT, happened_at {int} NOT NULL, outcome TEXT NOT NULL,
        PRIMARY KEY (position, place)) {clustered}",
    "CREATE UNIQUE INDEX responses_by_id ON responses (id)",
    "CREATE INDEX responses_by_customer ON responses (customer)",
]];

/// The newest version that is known.
pub(crate) fn newest() -> i64 {
    version(MIGRATIONS)
}

fn version(migrations: &[&[&str]]) -> i64 {
    i64::try_from(migrations.len()).unwrap_or(i64::MAX)
}

/// Brings the tables up to date, and makes them where there are none: in one transaction.
pub(crate) fn migrate(store: &mut Store) -> Result<(), Trouble> {
    migrate_by(store, MIGRATIONS)
}

pub(crate) fn migrate_by(store: &mut Store, migrations: &[&[&str]]) -> Result<(), Trouble> {
    if found(store, version(migrations))? == Some(version(migrations)) {
        return Ok(());
    }
    store.begin()?;
    apply(store, migrations).and_then(|()| store.commit()).inspect_err(|_| store.roll_back())
}

/// The version of the tables, if there are any; an error where it is newer than what is known.
pub(crate) fn found(store: &mut Store, known: i64) -> Result<Option<i64>, Trouble> {
    if !store.has_tables()? {
        return Ok(None);
    }
    let found = store.one("SELECT version FROM opportune_ledger", &[])?;
    if found > known { Err(Trouble::Newer { found, known }) } else { Ok(Some(found)) }
}

/// Asked again within the transaction: another process may have been first.
fn apply(store: &mut Store, migrations: &[&[&str]]) -> Result<(), Trouble> {
    store.hold_schema()?;
    let from = found(store, version(migrations))?.unwrap_or(0);
    for statement in migrations.iter().skip(usize::try_from(from).unwrap_or(0)).copied().flatten() {
        store.batch(&store.spelled(statement))?;
    }
    store.execute("UPDATE opportune_ledger SET version = $1", &[version(migrations).into()])?;
    Ok(())
}
