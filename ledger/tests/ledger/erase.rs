//! Erasing a customer: counts stay, nothing personal does.

use std::collections::HashSet;
use std::path::Path;

use opportune_ledger::entry::{Key, PastContact, Position};
use opportune_ledger::{Erased, Ledger, Place, Trouble};
use tempfile::TempDir;

use crate::made::{SERVER, Seen, contact, decided, of_run, over_both, past, response, seen};

/// What totals, budgets and capacities count of a contact.
type Counted<'a> = ([Option<&'a str>; 3], [i64; 2], Option<i64>);

fn counted(contact: &PastContact) -> Counted<'_> {
    let PastContact { offer, member, channel, send_at, decided_at, cost, .. } = contact;
    ([offer.as_deref(), member.as_deref(), channel.as_deref()], [*send_at, *decided_at], *cost)
}

fn sums(seen: &Seen) -> Vec<Counted<'_>> {
    let mut sums: Vec<_> = seen.contacts.iter().map(counted).collect();
    sums.sort_unstable();
    sums
}

fn victim() -> Key {
    Key::Text("c5".into())
}

/// A ledger in which a customer has a contact, one that is held out, one that was brought in, and responses.
fn filled(place: &Place) -> Ledger {
    let mut ledger = Ledger::open(place).unwrap();
    decided(&mut ledger, "a", 20);
    ledger.done("a", "x.csv").unwrap();
    decided(&mut ledger, "b", 20);
    ledger.import([past("old", victim()), past("other", Key::Int(3))]).unwrap();
    let answers = [
        response("r1", victim(), Some(&contact("a", 5).id)),
        response("r2", victim(), None),
        response("r3", Key::Int(3), None),
    ];
    ledger.record(answers).unwrap();
    ledger
}

#[test]
fn counts_stay_and_nothing_personal_does() {
    over_both(|place| {
        let mut ledger = filled(place);
        let before = seen(&mut ledger, None);
        let erased = ledger.erase(&[victim()]).unwrap();
        assert_eq!(erased, Erased { contacts: 3, responses: 2, position: Some(Position(5)), traces: None });
        let after = seen(&mut ledger, None);
        assert_eq!(sums(&before), sums(&after));
        assert_eq!(before.responses.len(), after.responses.len());

        let gone = |key: &Key| matches!(key, Key::Erased(_));
        let tombstones: HashSet<_> = after.contacts.iter().map(|c| &c.customer).filter(|key| gone(key)).collect();
        assert_eq!(tombstones.len(), 1, "one customer, one tombstone");
        let of = |seen: &Seen| seen.contacts.iter().map(|contact| contact.id.clone()).collect::<HashSet<_>>();
        assert_eq!(of(&after).difference(&of(&before)).count(), 1, "ids are new");
        let answer = after.responses.iter().find(|response| gone(&response.customer)).unwrap();
        assert!(!["r1", "r2"].contains(&&*answer.id) && answer.decision.as_ref() != Some(&contact("a", 5).id));
        assert_eq!(ledger.verify().unwrap(), []);
        assert_eq!(ledger.erase(&[victim()]).unwrap(), Erased::default(), "there is nothing left to erase");
        assert_eq!((ledger.erased_since(Position(4)).unwrap(), ledger.erased_since(Position(5)).unwrap()), (1, 0));
    });
}

/// A response that answers an erased contact goes on answering it, under its new id.
#[test]
fn responses_stay_with_their_contacts() {
    over_both(|place| {
        let mut ledger = Ledger::open(place).unwrap();
        decided(&mut ledger, "a", 8);
        let key = contact("a", 4).customer;
        ledger.record([response("r", key.clone(), Some(&contact("a", 4).id))]).unwrap();
        ledger.erase(&[key]).unwrap();
        let seen = seen(&mut ledger, None);
        let of_nobody = seen.contacts.iter().find(|contact| matches!(contact.customer, Key::Erased(_))).unwrap();
        assert_eq!(seen.responses[0].decision.as_deref(), Some(&*of_nobody.id));
        assert_eq!(seen.responses[0].customer, of_nobody.customer);
    });
}

/// Neither a gap among the places nor the order of rows tells between whom somebody is missing.
#[test]
fn a_run_closes_ranks() {
    over_both(|place| {
        let mut ledger = filled(place);
        ledger.erase(&[victim()]).unwrap();
        let left = of_run(&mut ledger, "b");
        assert_eq!(left.len(), 19);
        assert!(left.iter().zip(0..).all(|(contact, place)| contact.place == place));
        assert!(left.iter().all(|contact| !matches!(contact.customer, Key::Erased(_))));
        let customers: Vec<_> = left.into_iter().map(|contact| contact.customer).collect();
        let wanted: Vec<_> = (0..20).filter(|place| *place != 5).map(|place| contact("b", place).customer).collect();
        assert_eq!(customers, wanted);
    });
}

#[test]
fn a_number_is_not_the_text_that_spells_it() {
    over_both(|place| {
        let mut ledger = Ledger::open(place).unwrap();
        ledger.import([past("n", Key::Int(7)), past("t", Key::Text("7".into()))]).unwrap();
        assert_eq!(ledger.erase(&[Key::Int(7)]).unwrap().contacts, 1);
        let customers: Vec<_> = seen(&mut ledger, None).contacts.into_iter().map(|contact| contact.customer).collect();
        assert!(customers.contains(&Key::Text("7".into())) && !customers.contains(&Key::Int(7)));
    });
}

/// Not in a corner of the file either: nor in its log.
#[test]
fn no_byte_of_the_customer_is_left() {
    let secret = "Wilhelmina-Quettenberg";
    over_both(|place| {
        let mut ledger = Ledger::open(place).unwrap();
        let mut others: Vec<_> = (0..3000).map(|n| past(&format!("p{n}"), Key::Text(format!("k{n}").into()))).collect();
        others[1500].customer = Key::Text(secret.into());
        others[1500].id = format!("of {secret}").into();
        ledger.import(others).unwrap();
        ledger
            .record([response(&format!("by {secret}"), Key::Text(secret.into()), Some(&format!("of {secret}")))])
            .unwrap();
        let holds = || match place {
            Place::Sqlite(path) => on_disk(path, secret),
            Place::Postgres(url) => dumped(&url.to_string()).contains(secret),
        };
        assert!(holds(), "the test would not find it");
        ledger.erase(&[Key::Text(secret.into())]).unwrap();
        assert!(!holds());
        drop(ledger);
        assert!(!holds());
    });
}

/// Whether a file of SQLite, or what lies beside it, holds a text.
fn on_disk(path: &Path, text: &str) -> bool {
    ["", "-wal", "-shm"].iter().any(|end| {
        let bytes = std::fs::read(format!("{}{end}", path.display())).unwrap_or_default();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    })
}

/// SQLite moves rows from page to page as a table grows, and leaves copies in the gaps.
#[test]
fn no_copy_of_the_customers_is_left_in_gaps() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("ledger.sqlite");
    let mut ledger = Ledger::open(&Place::Sqlite(path.clone())).unwrap();
    // In no order, so that pages are parted everywhere; some dozens of copies would be left.
    let name = |n: u64| format!("customer-{:05}", n * 7919 % 20_000);
    for commit in 0..3 {
        let all = (0..20_000).map(|n| past(&format!("{}, {commit}", name(n)), Key::Text(name(n).into())));
        ledger.import(all).unwrap();
    }
    let gone: Vec<String> = (0..10_000).map(|n| name(n * 2)).collect();
    let keys: Vec<Key> = gone.iter().map(|name| Key::Text(name.as_str().into())).collect();
    let erased = ledger.erase(&keys).unwrap();
    assert_eq!((erased.contacts, erased.traces), (30_000, None));
    let found = named(&std::fs::read(&path).unwrap());
    assert!(found.contains(&name(1)), "the others are still there");
    assert_eq!(gone.iter().filter(|name| found.contains(*name)).count(), 0);
    assert!(std::fs::read(format!("{}-wal", path.display())).unwrap().is_empty());
    assert_eq!(ledger.verify().unwrap(), []);
}

/// All names of customers among the bytes of a file.
fn named(bytes: &[u8]) -> HashSet<String> {
    let names = bytes.windows(14).filter(|name| name.starts_with(b"customer-"));
    names.map(|name| String::from_utf8_lossy(name).into_owned()).collect()
}

/// While somebody reads the ledger as it was, the customer cannot leave the disk: that is told, and mended by erasing again.
#[test]
fn who_reads_keeps_traces_and_that_is_told() {
    let secret = "Wilhelmina-Quettenberg";
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("ledger.sqlite");
    let mut ledger = Ledger::open(&Place::Sqlite(path.clone())).unwrap();
    ledger.import([past("1", Key::Text(secret.into()))]).unwrap();
    let reader = rusqlite::Connection::open(&path).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM contacts").unwrap();
    let erased = ledger.erase(&[Key::Text(secret.into())]).unwrap();
    assert_eq!((erased.contacts, erased.traces), (1, Some(Trouble::Read)));
    assert!(on_disk(&path, secret));
    let again = ledger.erase(&[Key::Text(secret.into())]).unwrap();
    assert_eq!(again, Erased { traces: Some(Trouble::Read), ..Erased::default() });
    reader.execute_batch("ROLLBACK").unwrap();
    assert_eq!(ledger.erase(&[Key::Text(secret.into())]).unwrap(), Erased::default());
    assert!(!on_disk(&path, secret));
}

/// All that the tables of a schema hold, as text.
fn dumped(shown: &str) -> String {
    let schema = shown.split_once("schema=").unwrap().1;
    let mut client = postgres::Client::connect(&std::env::var(SERVER).unwrap(), postgres::NoTls).unwrap();
    let mut text = String::new();
    for table in ["contacts", "responses", "runs", "commits"] {
        for row in client.query(&format!("SELECT t::text FROM {schema}.{table} AS t"), &[]).unwrap() {
            text += row.get(0);
        }
    }
    text
}
