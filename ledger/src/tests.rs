//! What only the inside can bring about: a full disk, and tables of an older version.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;

use tempfile::TempDir;

use crate::entry::{Key, PastContact, Position, Run, State};
use crate::store::Store;
use crate::{Ledger, Place, Trouble, schema};

fn past(n: i64) -> PastContact {
    let (offer, member, channel, cost) = (Some("An offer with a long name".into()), None, None, None);
    PastContact {
        id: n.to_string().into(),
        customer: Key::Int(n),
        offer,
        member,
        channel,
        send_at: n,
        decided_at: n,
        cost,
    }
}

fn run(id: &str) -> Run {
    Run {
        id: id.into(),
        project: "p".into(),
        now: 0,
        begun_at: 0,
        sees: Position(0),
        policy_hash: "".into(),
        data_hash: "".into(),
        out: "".into(),
        state: State::Begun,
        summary: None,
    }
}

#[test]
fn a_full_disk_keeps_nothing_by_half() {
    let folder = TempDir::new().unwrap();
    let place = Place::Sqlite(folder.path().join("ledger.sqlite"));
    let mut ledger = Ledger::open(&place).unwrap();
    ledger.import((0..10).map(past)).unwrap();
    ledger.store.batch("PRAGMA max_page_count = 64").unwrap();
    let error = ledger.import((10..20_000).map(past)).unwrap_err();
    assert_eq!(error.trouble(), &Trouble::Full);
    assert_eq!(ledger.position().unwrap(), Position(1));
    ledger.begin(&run("a")).unwrap();
    ledger.give_up("a").unwrap();
    assert_eq!(ledger.verify().unwrap(), []);
    ledger.store.batch("PRAGMA max_page_count = 1000000").unwrap();
    assert_eq!(ledger.import((0..20_000).map(past)).unwrap().new, 19_990, "with room again it goes on");
    assert_eq!(ledger.verify().unwrap(), []);
}

/// A ledger of today is what a ledger of yesterday becomes, and what it held is still there.
#[test]
fn migrations_follow_one_another() {
    let folder = TempDir::new().unwrap();
    let place = Place::Sqlite(folder.path().join("ledger.sqlite"));
    Ledger::open(&place).unwrap().import([past(1)]).unwrap();
    let mut store = Store::open(&place).unwrap();
    let next = ["ALTER TABLE contacts ADD COLUMN note {int}", "UPDATE contacts SET note = 7"];
    let all: Vec<&[&str]> = schema::MIGRATIONS.iter().copied().chain([&next[..]]).collect();
    schema::migrate_by(&mut store, &all).unwrap();
    schema::migrate_by(&mut store, &all).unwrap();
    assert_eq!(store.one("SELECT version FROM opportune_ledger", &[]).unwrap(), 2);
    assert_eq!(store.one("SELECT note FROM contacts", &[]).unwrap(), 7);

    let fails = ["CREATE TABLE half (a {int}) {strict}", "CREATE TABLE contacts (a {int})"];
    let worse: Vec<&[&str]> = all.iter().copied().chain([&fails[..]]).collect();
    schema::migrate_by(&mut store, &worse).unwrap_err();
    assert_eq!(store.one("SELECT version FROM opportune_ledger", &[]).unwrap(), 2);
    let half = "SELECT count(*) FROM sqlite_schema WHERE name = 'half'";
    assert_eq!(store.one(half, &[]).unwrap(), 0, "nothing of it by half");
}

#[test]
fn who_records_waits_while_somebody_is_erased() {
    let folder = TempDir::new().unwrap();
    let place = Place::Sqlite(folder.path().join("ledger.sqlite"));
    let erasing = Ledger::open(&place).unwrap().lock_to_erase().unwrap();
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let (begins, begun) = channel();
        let (place, is_over) = (&place, &is_over);
        let recording = scope.spawn(move || {
            begins.send(()).unwrap();
            let _lock = Ledger::open(place).unwrap().lock_to_record().unwrap();
            assert!(is_over.load(Ordering::SeqCst));
        });
        begun.recv().unwrap();
        is_over.store(true, Ordering::SeqCst);
        drop(erasing);
        recording.join().unwrap();
    });
}
