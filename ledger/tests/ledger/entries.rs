//! Contacts and responses that are brought in: once each, and read back as they are.

use std::ops::ControlFlow;

use opportune_ledger::entry::{Contact, Key, Position};
use opportune_ledger::{Entry, Ledger, Recorded, Trouble};

use crate::made::{contact, decided, of_run, over_both, past, response, run, seen};

#[test]
fn what_is_brought_twice_is_kept_once() {
    over_both(|place| {
        let mut ledger = Ledger::open(place).unwrap();
        let brought = [past("1", Key::Int(1)), past("2", Key::Text("x".into())), past("1", Key::Int(9))];
        let first = ledger.import(brought.clone()).unwrap();
        assert_eq!(first, Recorded { new: 2, known: 1, position: Some(Position(1)) });
        let again = ledger.import(brought.clone()).unwrap();
        assert_eq!(again, Recorded { new: 0, known: 3, position: None });
        assert_eq!(ledger.position().unwrap(), Position(1), "nothing new, no new position");
        assert_eq!(seen(&mut ledger, None).contacts, brought[..2]);

        let answers = [response("1", Key::Int(1), None), response("2", Key::Int(1), Some("1"))];
        let first = ledger.record(answers.clone()).unwrap();
        assert_eq!(first, Recorded { new: 2, known: 0, position: Some(Position(2)) });
        let more = [answers[1].clone(), response("3", Key::Int(1), None)];
        let second = ledger.record(more.clone()).unwrap();
        assert_eq!(second, Recorded { new: 1, known: 1, position: Some(Position(3)) });
        assert_eq!(seen(&mut ledger, None).responses, [answers[0].clone(), answers[1].clone(), more[1].clone()]);
    });
}

#[test]
fn a_decision_that_is_brought_in_as_a_past_contact_is_known() {
    over_both(|place| {
        let mut ledger = Ledger::open(place).unwrap();
        decided(&mut ledger, "a", 3);
        let recorded = ledger.import([past(&contact("a", 1).id, Key::Int(1))]).unwrap();
        assert_eq!((recorded.new, recorded.known), (0, 1));
    });
}

#[test]
fn what_cannot_be_kept_keeps_back_all_that_came_with_it() {
    over_both(|place| {
        let mut ledger = Ledger::open(place).unwrap();
        let mut many: Vec<_> = (0..5000).map(|n| past(&n.to_string(), Key::Int(n))).collect();
        many[4999].offer = Some("a\0b".into());
        assert!(matches!(ledger.import(many).unwrap_err().trouble(), Trouble::Unfit(_)));
        assert_eq!(ledger.position().unwrap(), Position(0));
        assert_eq!(seen(&mut ledger, None).contacts, []);
        let erased = past("1", Key::Erased("x".into()));
        assert!(matches!(ledger.import([erased]).unwrap_err().trouble(), Trouble::Unfit(_)));
    });
}

/// What a position showed once it shows for ever.
#[test]
fn a_position_is_read_the_same_whatever_comes_after() {
    over_both(|place| {
        let mut ledger = Ledger::open(place).unwrap();
        let mut kept = vec![(Position(0), seen(&mut ledger, None))];
        for step in 0..6_i64 {
            let name = step.to_string();
            let at = match step % 3 {
                0 => {
                    let at = decided(&mut ledger, &name, 10);
                    ledger.done(&name, "x.csv").unwrap();
                    at
                }
                1 => ledger.import([past(&name, Key::Int(step))]).unwrap().position.unwrap(),
                _ => ledger.record([response(&name, Key::Int(step), None)]).unwrap().position.unwrap(),
            };
            assert_eq!(at, Position(step as u64 + 1));
            kept.push((at, seen(&mut ledger, None)));
            for (at, then) in &kept {
                assert_eq!(&seen(&mut ledger, Some(*at)), then, "read up to {at:?} after {step}");
            }
        }
        assert_ne!(kept[2].1, kept[6].1);
        assert_eq!(seen(&mut ledger, Some(Position(1000))), kept[6].1, "beyond the end there is nothing");
    });
}

/// More than what is read, or written, at once.
#[test]
fn many_come_back_in_order() {
    over_both(|place| {
        let mut ledger = Ledger::open(place).unwrap();
        let many: Vec<_> = (0..9001).map(|n| past(&format!("p{n}"), Key::Int(-n))).collect();
        ledger.import(many.clone()).unwrap();
        let answers: Vec<_> = (0..8192).map(|n| response(&format!("r{n}"), Key::Int(n), None)).collect();
        ledger.record(answers.clone()).unwrap();
        let seen = seen(&mut ledger, None);
        assert!(seen.contacts == many && seen.responses == answers);
    });
}

#[test]
fn extreme_values_come_back() {
    over_both(|place| {
        let mut ledger = Ledger::open(place).unwrap();
        let keys = [Key::Int(i64::MIN), Key::Int(i64::MAX), Key::Text("".into()), Key::Text("-7".into()), Key::Int(-7)];
        let mut put: Vec<Contact> = (0..keys.len() as u64).map(|place| contact("a", place)).collect();
        let values = [f64::MIN, f64::MAX, f64::MIN_POSITIVE, -0.0, 1e-310];
        for ((contact, key), value) in put.iter_mut().zip(keys).zip(values) {
            contact.id = format!("{key:?}").into();
            contact.customer = key;
            (contact.value, contact.priority, contact.propensity) = (value, -value, value);
            (contact.send_at, contact.decided_at) = (i64::MIN, i64::MAX);
            contact.cost = Some(i64::MIN);
            contact.slot = u32::MAX;
            contact.items = vec!["".into(), "\"],[\"".into(), "\u{202E}ü\n".into()];
            contact.reason = Some("".into());
        }
        ledger.begin(&run("a")).unwrap();
        let mut deciding = ledger.decide("a").unwrap();
        deciding.put(&put).unwrap();
        deciding.commit("").unwrap();
        let found = of_run(&mut ledger, "a");
        assert_eq!(found, put);
        let bits =
            |contacts: &[Contact]| -> Vec<u64> { contacts.iter().map(|contact| contact.value.to_bits()).collect() };
        assert_eq!(bits(&found), bits(&put), "also the sign of zero");
        assert_eq!(ledger.run("a").unwrap().unwrap().summary.as_deref(), Some(""));
    });
}

#[test]
fn the_entries_of_one_customer_are_only_theirs() {
    over_both(|place| {
        let mut ledger = Ledger::open(place).unwrap();
        decided(&mut ledger, "a", 20);
        ledger.import([past("p", Key::Int(0)), past("q", Key::Text("0".into()))]).unwrap();
        ledger.record([response("r", Key::Int(0), None), response("s", Key::Int(5), None)]).unwrap();
        let of = |ledger: &mut Ledger, key: Option<&Key>, most: usize| {
            let mut found = Vec::new();
            ledger
                .entries(key, &mut |entry| {
                    found.push(entry);
                    if found.len() < most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
                })
                .unwrap();
            found
        };
        let zero = of(&mut ledger, Some(&Key::Int(0)), usize::MAX);
        let wanted = [
            Entry::Decided(Position(1), contact("a", 4)),
            Entry::Imported(Position(2), past("p", Key::Int(0))),
            Entry::Response(Position(3), response("r", Key::Int(0), None)),
        ];
        assert_eq!(zero, wanted);
        assert_eq!(of(&mut ledger, None, usize::MAX).len(), 24);
        assert_eq!(of(&mut ledger, None, 3).len(), 3);
        assert_eq!(of(&mut ledger, None, 22).len(), 22, "a break among the contacts is a break");
        assert_eq!(of(&mut ledger, Some(&Key::Int(77)), usize::MAX), []);
    });
}
