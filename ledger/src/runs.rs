//! Runs: begun, decided, done, or given up.
//!
//! At most one is unfinished. States only move forward, and each move asks for the state before: a process that lost its
//! place to another cannot decide a run a second time.

use crate::Result;
use crate::entry::{Position, Run, State};
use crate::error::Trouble;
use crate::open::{End, Ledger, hold};
use crate::store::{Row, Store, Value};

const COLUMNS: &str = "id, project, moment, begun_at, sees, policy_hash, data_hash, written_to, state, summary";

impl Ledger {
    /// The run that is begun or decided and not yet done.
    pub fn unfinished(&mut self) -> Result<Option<Run>> {
        self.reading(unfinished)
    }

    /// A run.
    pub fn run(&mut self, id: &str) -> Result<Option<Run>> {
        self.reading(|store| Ok(select(store, "WHERE id = $1", &[id.into()])?.pop()))
    }

    /// All runs, in the order in which they were begun.
    pub fn runs(&mut self) -> Result<Vec<Run>> {
        self.reading(|store| select(store, "ORDER BY begun_at, id", &[]))
    }

    /// Keeps that a run begins. Nothing else may be unfinished.
    pub fn begin(&mut self, run: &Run) -> Result<()> {
        self.writing(|store| {
            hold(store)?;
            if let Some(run) = unfinished(store)? {
                return Err(Trouble::Unfinished(run.id));
            }
            insert(store, run).map(End::Kept)
        })
    }

    /// Keeps that the file of a decided run is in its place, which may be another than it was begun with.
    pub fn done(&mut self, run: &str, out: &str) -> Result<()> {
        self.writing(|store| {
            advance(store, run, State::Decided, State::Done)?;
            store.execute("UPDATE runs SET written_to = $1 WHERE id = $2", &[out.into(), run.into()])?;
            Ok(End::Kept(()))
        })
    }

    /// Gives up a run that is begun and not decided: it never counts.
    pub fn give_up(&mut self, run: &str) -> Result<()> {
        self.writing(|store| advance(store, run, State::Begun, State::GivenUp).map(End::Kept))
    }
}

pub(crate) fn unfinished(store: &mut Store) -> Result<Option<Run>, Trouble> {
    Ok(select(store, "WHERE state = 'begun' OR state = 'decided'", &[])?.pop())
}

fn insert(store: &mut Store, run: &Run) -> Result<(), Trouble> {
    let texts = [&run.id, &run.project, &run.policy_hash, &run.data_hash, &run.out];
    if texts.iter().any(|text| text.contains('\0')) {
        return Err(Trouble::Unfit("a text with a NUL character, which a database cannot hold".into()));
    }
    let sees = i64::try_from(run.sees.0).map_err(|_| Trouble::Unfit("a position out of range".into()))?;
    let sql = format!("INSERT INTO runs ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'begun', NULL)");
    let values: [Value<'_>; 8] = [
        (&*run.id).into(),
        (&*run.project).into(),
        run.now.into(),
        run.begun_at.into(),
        sees.into(),
        (&*run.policy_hash).into(),
        (&*run.data_hash).into(),
        (&*run.out).into(),
    ];
    store.execute(&sql, &values)?;
    Ok(())
}

/// Moves a run from one state to the next, if it is in it.
pub(crate) fn advance(store: &mut Store, run: &str, from: State, to: State) -> Result<(), Trouble> {
    hold(store)?;
    expect(store, run, from)?;
    store.execute("UPDATE runs SET state = $1 WHERE id = $2", &[word(to).into(), run.into()])?;
    Ok(())
}

pub(crate) fn expect(store: &mut Store, run: &str, wanted: State) -> Result<(), Trouble> {
    let found = select(store, "WHERE id = $1", &[run.into()])?.pop().ok_or_else(|| Trouble::NoRun(run.into()))?;
    if found.state == wanted {
        return Ok(());
    }
    Err(Trouble::WrongState { run: run.into(), state: found.state, wanted })
}

fn select(store: &mut Store, which: &str, values: &[Value<'_>]) -> Result<Vec<Run>, Trouble> {
    let mut runs = Vec::new();
    store.query(&format!("SELECT {COLUMNS} FROM runs {which}"), values, &mut |row| {
        runs.push(read(row)?);
        Ok(())
    })?;
    Ok(runs)
}

fn read(row: &Row<'_>) -> Result<Run, Trouble> {
    Ok(Run {
        id: row.text(0)?,
        project: row.text(1)?,
        now: row.int(2)?,
        begun_at: row.int(3)?,
        sees: Position(u64::try_from(row.int(4)?).map_err(|_| Trouble::Damaged("a position is negative".into()))?),
        policy_hash: row.text(5)?,
        data_hash: row.text(6)?,
        out: row.text(7)?,
        state: state(&row.text(8)?)?,
        summary: row.maybe_text(9)?,
    })
}

fn word(state: State) -> &'static str {
    match state {
        State::Begun => "begun",
        State::Decided => "decided",
        State::Done => "done",
        State::GivenUp => "given up",
    }
}

fn state(word: &str) -> Result<State, Trouble> {
    Ok(match word {
        "begun" => State::Begun,
        "decided" => State::Decided,
        "done" => State::Done,
        "given up" => State::GivenUp,
        _ => return Err(Trouble::Damaged("a run is in no known state".into())),
    })
}
