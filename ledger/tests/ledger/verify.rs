//! What `verify` finds: each kind of damage, done behind the ledger's back, has its finding, and a sound ledger has none.

use opportune_ledger::entry::Key;
use opportune_ledger::{Ledger, Place};

use crate::made::{behind, decided, over_both, past, response};

fn found(place: &Place) -> Vec<String> {
    Ledger::open(place).unwrap().verify().unwrap().iter().map(ToString::to_string).collect()
}

#[test]
fn damage_is_found() {
    let damages = [
        ("DELETE FROM contacts WHERE slot = 2", "1 commits do not have the contacts that came with them"),
        ("DELETE FROM responses", "1 commits do not have the responses that came with them"),
        ("DELETE FROM commits WHERE brought = 'imported'", "1 commits are missing"),
        ("DELETE FROM commits WHERE brought = 'imported'", "1 contacts belong to no commit"),
        ("UPDATE opportune_ledger SET position = 1", "2 commits lie beyond the position of the ledger"),
        ("UPDATE runs SET state = 'begun'", "1 runs are decided and not committed, or the other way round"),
        ("UPDATE contacts SET offer = 'Other' WHERE slot > 0", "6 decisions are not what their ids say"),
        ("UPDATE responses SET position = 17", "1 responses belong to no commit"),
    ];
    for (damage, wanted) in damages {
        over_both(|place| {
            let mut ledger = Ledger::open(place).unwrap();
            decided(&mut ledger, "a", 8);
            ledger.done("a", "x.csv").unwrap();
            ledger.import([past("p", Key::Int(1))]).unwrap();
            ledger.record([response("r", Key::Int(1), None)]).unwrap();
            assert_eq!(ledger.verify().unwrap(), []);
            drop(ledger);
            behind(place, damage);
            let found = found(place);
            assert!(found.iter().any(|line| line == wanted), "{damage}: {found:?}");
        });
    }
}
