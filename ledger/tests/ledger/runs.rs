//! A run from its beginning to its end, and what a crash leaves of it.

use opportune_ledger::entry::{Position, State};
use opportune_ledger::{Ledger, Trouble};

use crate::made::{contacts, decided, of_run, over_both, run, seen};

#[test]
fn decisions_come_back_as_they_were_put() {
    over_both(|place| {
        let mut ledger = Ledger::open(place).unwrap();
        ledger.begin(&run("a")).unwrap();
        let put = contacts("a", 1000);
        let mut deciding = ledger.decide("a").unwrap();
        put.chunks(300).for_each(|page| deciding.put(page).unwrap());
        assert_eq!(deciding.commit("{\"value\":1}").unwrap(), Position(1));
        assert_eq!(of_run(&mut ledger, "a"), put);
        drop(ledger);
        let mut ledger = Ledger::open(place).unwrap();
        assert_eq!(of_run(&mut ledger, "a"), put);
        let found = ledger.run("a").unwrap().unwrap();
        assert_eq!((found.state, found.summary.as_deref()), (State::Decided, Some("{\"value\":1}")));
    });
}

#[test]
fn what_is_held_out_is_no_contact() {
    over_both(|place| {
        let mut ledger = Ledger::open(place).unwrap();
        decided(&mut ledger, "a", 12);
        assert_eq!(of_run(&mut ledger, "a").len(), 12);
        assert_eq!(seen(&mut ledger, None).contacts.len(), 10);
    });
}

#[test]
fn what_is_not_committed_never_was() {
    over_both(|place| {
        let mut ledger = Ledger::open(place).unwrap();
        ledger.begin(&run("a")).unwrap();
        let mut deciding = ledger.decide("a").unwrap();
        deciding.put(&contacts("a", 500)).unwrap();
        drop(deciding);
        assert_eq!(ledger.position().unwrap(), Position(0));
        assert_eq!(seen(&mut ledger, None).contacts, []);
        assert_eq!(ledger.unfinished().unwrap().unwrap(), run("a"));
        let mut deciding = ledger.decide("a").unwrap();
        deciding.put(&contacts("a", 5)).unwrap();
        deciding.commit("{}").unwrap();
        assert_eq!(of_run(&mut ledger, "a").len(), 5);
    });
}

#[test]
fn states_only_move_forward() {
    over_both(|place| {
        let mut ledger = Ledger::open(place).unwrap();
        assert_eq!(ledger.unfinished().unwrap(), None);
        ledger.begin(&run("a")).unwrap();
        let error = ledger.begin(&run("b")).unwrap_err();
        assert_eq!(error.trouble(), &Trouble::Unfinished("a".into()));
        let error = ledger.done("a", "x.csv").unwrap_err();
        let wrong = Trouble::WrongState { run: "a".into(), state: State::Begun, wanted: State::Decided };
        assert_eq!(error.trouble(), &wrong);
        ledger.give_up("a").unwrap();
        assert_eq!(
            ledger.decide("a").unwrap_err().trouble(),
            &Trouble::WrongState { run: "a".into(), state: State::GivenUp, wanted: State::Begun }
        );
        decided(&mut ledger, "b", 3);
        assert!(ledger.give_up("b").is_err(), "what is decided counts");
        assert!(ledger.decide("b").is_err(), "nothing is decided twice");
        ledger.done("b", "elsewhere.csv").unwrap();
        assert_eq!(&*ledger.run("b").unwrap().unwrap().out, "elsewhere.csv");
        assert_eq!(ledger.unfinished().unwrap(), None);
        assert_eq!(ledger.runs().unwrap().len(), 2);
        assert_eq!(ledger.decide("c").unwrap_err().trouble(), &Trouble::NoRun("c".into()));
    });
}

#[test]
fn one_run_at_a_time() {
    over_both(|place| {
        let mut first = Ledger::open(place).unwrap();
        let mut second = Ledger::open(place).unwrap();
        let lock = first.lock().unwrap();
        assert_eq!(second.lock().unwrap_err().trouble(), &Trouble::Running { run: None });
        first.begin(&run("a")).unwrap();
        let error = second.lock().unwrap_err();
        let shown = error.to_string();
        assert!(shown.contains("the run a is at work since 2023-11-14 22:13:20 UTC"), "{shown}");
        drop(lock);
        let _lock = second.lock().unwrap();
        assert!(first.lock().is_err());
    });
}
