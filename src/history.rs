//! What the ledger knows of the past, for a snapshot: its contacts and responses as rows of the events `contact` and
//! `response`.

use opportune_ledger::entry::{Key, PastContact, Position, Response};
use opportune_ledger::{Ledger, LedgerError, Reading};
use opportune_plan::{Currency, Plan};
use opportune_runtime::snapshot::read::{Added, AddedCustomer, AddedRow};

/// What the ledger has up to a position, or all of it, and the position. A plan that looks at neither contacts nor
/// responses has no use for them, and they are not read.
pub fn past(
    plan: &Plan,
    currency: Option<Currency>,
    ledger: &mut Ledger,
    upto: Option<Position>,
) -> Result<(Added, Position), LedgerError> {
    let mut added = Added::new(plan, currency);
    if !Added::is_wanted(plan) {
        let there = ledger.position()?;
        return Ok((added, upto.map_or(there, |upto| upto.min(there))));
    }
    let sees = ledger.read(upto, &mut Into(&mut added))?;
    Ok((added, sees))
}

/// Adds what is read.
struct Into<'a>(&'a mut Added);

impl Reading for Into<'_> {
    fn contact(&mut self, contact: PastContact) {
        let PastContact { id, customer, offer, member, channel, send_at, decided_at, cost } = &contact;
        self.0.add_contact(&AddedRow {
            decided_at: *decided_at,
            offer: offer.as_deref(),
            member: member.as_deref(),
            channel: channel.as_deref(),
            cost: *cost,
            decision: Some(id),
            ..AddedRow::new(key(customer), *send_at)
        });
    }

    fn response(&mut self, response: Response) {
        let Response { id: _, decision, customer, offer, member, channel, at, outcome } = &response;
        self.0.add_response(&AddedRow {
            offer: offer.as_deref(),
            member: member.as_deref(),
            channel: channel.as_deref(),
            outcome: Some(outcome),
            decision: decision.as_deref(),
            ..AddedRow::new(key(customer), *at)
        });
    }
}

fn key(key: &Key) -> AddedCustomer<'_> {
    match key {
        Key::Int(number) => AddedCustomer::Int(*number),
        Key::Text(text) => AddedCustomer::Text(text),
        Key::Erased(tombstone) => AddedCustomer::Erased(tombstone),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]
mod tests {
    use opportune_compiler::{ProjectFiles, compile};
    use opportune_ledger::Place;
    use opportune_plan::VerifiedPlan;
    use opportune_runtime::remaining::remaining;
    use opportune_runtime::snapshot::context::{Request, load_added};
    use opportune_runtime::snapshot::read::Reach;
    use opportune_runtime::time::Clock;
    use tempfile::TempDir;

    use super::*;

    const DAY: i64 = 86_400_000_000;
    const NOW: i64 = 20_000 * DAY;
    const MANIFEST: &str = "name = \"p\"\nedition = \"2026\"\nzone = \"UTC\"\ncurrency = \"USD\"\n";
    const PERSON: &str = "customer person {\n  key id: int\n}\n\nchannel email\n\n";

    fn plan(policy: &str) -> VerifiedPlan {
        let policies = vec![("p.offer".to_owned(), format!("{PERSON}{policy}"))];
        let files = ProjectFiles { manifest: ("opportune.toml".to_owned(), MANIFEST.to_owned()), policies };
        let compiled = compile(&files);
        compiled.plan.unwrap_or_else(|| panic!("{:?}", compiled.diagnostics))
    }

    fn contact(id: &str, customer: Key, at: i64) -> PastContact {
        let (offer, member, channel) = (Some("shoes".into()), None, Some("email".into()));
        PastContact { id: id.into(), customer, offer, member, channel, send_at: at, decided_at: NOW, cost: None }
    }

    /// A ledger of three contacts, brought in one after the other.
    fn ledger(folder: &TempDir) -> Ledger {
        let mut ledger = Ledger::open(&Place::Sqlite(folder.path().join("l.sqlite"))).unwrap();
        for (id, customer, at) in [("a", 1, NOW - DAY), ("b", 1, NOW + DAY), ("c", 9, NOW - DAY)] {
            ledger.import([contact(id, Key::Int(customer), at)]).unwrap();
        }
        ledger
    }

    #[test]
    fn contacts_are_read_up_to_a_position() {
        let folder = tempfile::tempdir().unwrap();
        let mut ledger = ledger(&folder);
        std::fs::write(folder.path().join("person.csv"), "id\n1\n2\n").unwrap();
        let plan = plan("offer shoes {\n  cap 5 in total\n  cap 1 per customer every 30 days\n}\n");
        let clock = Clock::new(NOW, "UTC").unwrap();
        let mut read = |upto: Option<u64>| {
            let (added, sees) = past(&plan, None, &mut ledger, upto.map(Position)).unwrap();
            let all = (&Request::None, &added);
            let (snapshot, _) = load_added(&plan, folder.path(), Reach::Anywhere, &clock, all).unwrap();
            let table = snapshot.tables.iter().find(|table| table.by_customer.is_some()).unwrap();
            let unseen = table.unseen.as_ref().map_or((0, 0), |u| (u.scheduled.at.len(), u.of_nobody.len()));
            (table.rows, unseen, sees.0, remaining(&plan, &snapshot, &clock, 0))
        };
        assert_eq!(read(Some(0)), (0, (0, 0), 0, Some(5)));
        assert_eq!(read(Some(1)), (1, (0, 0), 1, Some(4)));
        assert_eq!(read(Some(2)), (1, (1, 0), 2, Some(3)), "what is scheduled counts");
        assert_eq!(read(None), (1, (1, 1), 3, Some(2)), "and what is of nobody known");
        assert_eq!(read(Some(99)), (1, (1, 1), 3, Some(2)));
        ledger.erase(&[Key::Int(1)]).unwrap();
        let (added, _) = past(&plan, None, &mut ledger, None).unwrap();
        let all = (&Request::None, &added);
        let (snapshot, _) = load_added(&plan, folder.path(), Reach::Anywhere, &clock, all).unwrap();
        assert_eq!(remaining(&plan, &snapshot, &clock, 0), Some(2), "erasing gives nothing back");
    }

    #[test]
    fn a_plan_that_does_not_look_back_reads_no_row() {
        let folder = tempfile::tempdir().unwrap();
        let (added, sees) = past(&plan("offer shoes {\n}\n"), None, &mut ledger(&folder), None).unwrap();
        assert_eq!((added.len(), sees), (0, Position(3)));
    }
}
