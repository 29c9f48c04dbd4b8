//! Several at once: who reads sees one state, who writes waits for the other.

use std::sync::Barrier;
use std::thread;

use opportune_ledger::entry::{Key, Position, State};
use opportune_ledger::{Ledger, Trouble};

use crate::made::{contacts, decided, over_both, past, response, run, seen};

#[test]
fn a_run_that_is_being_written_is_not_seen() {
    over_both(|place| {
        let mut writer = Ledger::open(place).unwrap();
        decided(&mut writer, "a", 7);
        writer.done("a", "x.csv").unwrap();
        writer.begin(&run("b")).unwrap();
        let mut deciding = writer.decide("b").unwrap();
        deciding.put(&contacts("b", 5000)).unwrap();
        let mut reader = Ledger::open_to_read(place).unwrap().unwrap();
        assert_eq!(reader.position().unwrap(), Position(1));
        let before = seen(&mut reader, None);
        assert_eq!(before.contacts.len(), 6);
        deciding.commit("{}").unwrap();
        assert_eq!(reader.position().unwrap(), Position(2));
        assert_eq!(seen(&mut reader, Some(Position(1))), before);
        assert!(seen(&mut reader, None).contacts.len() > 4000);
    });
}

/// One process lost its lock and does not know: the other's decisions stand, its own are refused as a whole.
#[test]
fn a_run_is_decided_by_one_of_two() {
    over_both(|place| {
        let mut first = Ledger::open(place).unwrap();
        let mut second = Ledger::open(place).unwrap();
        first.begin(&run("a")).unwrap();
        let mut slow = first.decide("a").unwrap();
        let mut quick = second.decide("a").unwrap();
        quick.put(&contacts("a", 9)).unwrap();
        quick.commit("{}").unwrap();
        let error = slow.put(&contacts("a", 9)).unwrap_err();
        let wrong = Trouble::WrongState { run: "a".into(), state: State::Decided, wanted: State::Begun };
        assert_eq!(error.trouble(), &wrong);
        assert!(slow.commit("{}").is_err());
        assert_eq!(first.position().unwrap(), Position(1));
        assert_eq!(first.verify().unwrap(), []);
    });
}

#[test]
fn many_write_at_once_and_each_is_kept_once() {
    over_both(|place| {
        Ledger::open(place).unwrap();
        let start = Barrier::new(4);
        thread::scope(|scope| {
            for worker in 0..4_i64 {
                let start = &start;
                scope.spawn(move || {
                    let mut ledger = Ledger::open(place).unwrap();
                    start.wait();
                    for step in 0..10 {
                        // Each id is brought by two workers, and by each more than once.
                        let id = format!("{} {}", worker / 2, step / 2);
                        ledger.import([past(&id, Key::Int(step))]).unwrap();
                        ledger.record([response(&id, Key::Int(step), None)]).unwrap();
                    }
                });
            }
        });
        let mut ledger = Ledger::open(place).unwrap();
        let seen = seen(&mut ledger, None);
        assert_eq!((seen.contacts.len(), seen.responses.len()), (10, 10));
        assert_eq!(ledger.position().unwrap(), Position(20));
        assert_eq!(ledger.verify().unwrap(), []);
    });
}

#[test]
fn a_new_ledger_may_be_opened_by_many_at_once() {
    over_both(|place| {
        let start = Barrier::new(6);
        thread::scope(|scope| {
            for worker in 0..6_i64 {
                let start = &start;
                scope.spawn(move || {
                    start.wait();
                    let mut ledger = Ledger::open(place).unwrap();
                    ledger.import([past(&worker.to_string(), Key::Int(worker))]).unwrap();
                });
            }
        });
        let mut ledger = Ledger::open(place).unwrap();
        assert_eq!(seen(&mut ledger, None).contacts.len(), 6);
        assert_eq!(ledger.verify().unwrap(), []);
    });
}

/// Who records may have read of a customer, so nobody is erased meanwhile; others record, and a run runs.
#[test]
fn nobody_is_erased_while_somebody_records() {
    over_both(|place| {
        let mut ledger = Ledger::open(place).unwrap();
        ledger.import([past("1", Key::Int(1))]).unwrap();
        let mut others = Ledger::open(place).unwrap();
        let (one, other) = (ledger.lock_to_record().unwrap(), others.lock_to_record().unwrap());
        let _run = ledger.lock().unwrap();
        for lock in [one, other] {
            assert_eq!(ledger.erase(&[Key::Int(1)]).unwrap_err().trouble(), &Trouble::Recording);
            others.record([response("r", Key::Int(1), None)]).unwrap();
            drop(lock);
        }
        assert_eq!(ledger.erase(&[Key::Int(1)]).unwrap().responses, 1);
    });
}
