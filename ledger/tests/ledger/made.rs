//! Places to keep a ledger in, and entries to put there.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU32, Ordering};

use opportune_ledger::entry::{Contact, Key, PastContact, Position, Response, Run, State, decision_id};
use opportune_ledger::{Ledger, Place, Reading};
use tempfile::TempDir;

/// The server to test with: an address of a database in which schemas may be made. `test.sh` starts one.
pub const SERVER: &str = "OPPORTUNE_TEST_POSTGRES";

/// Runs a test over a new ledger of each kind.
pub fn over_both(test: impl Fn(&Place)) {
    let folder = TempDir::new().unwrap();
    test(&Place::Sqlite(folder.path().join("ledger.sqlite")));
    over_postgres(|url| test(&url.parse().unwrap()));
}

/// Runs a test over a new ledger of PostgreSQL, told by its address; where there is no server, not at all.
pub fn over_postgres(test: impl Fn(&str)) {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let Ok(server) = std::env::var(SERVER) else {
        assert!(std::env::var_os("CI").is_none(), "{SERVER} has to name a server");
        return;
    };
    let schema = format!("test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    test(&at(&server, &schema));
    sql(&server, &format!("DROP SCHEMA IF EXISTS {schema} CASCADE"));
}

/// The address of a schema of the server.
pub fn at(server: &str, schema: &str) -> String {
    format!("{server}{}schema={schema}", if server.contains('?') { '&' } else { '?' })
}

/// Runs statements by another way than the ledger's.
pub fn sql(server: &str, statements: &str) {
    let mut client = postgres::Client::connect(server, postgres::NoTls).unwrap();
    client.batch_execute(statements).unwrap();
}

/// Does something to a ledger behind its back.
pub fn behind(place: &Place, statements: &str) {
    match place {
        Place::Sqlite(path) => rusqlite::Connection::open(path).unwrap().execute_batch(statements).unwrap(),
        Place::Postgres(url) => {
            let schema = url.to_string().split_once("schema=").unwrap().1.to_owned();
            sql(&std::env::var(SERVER).unwrap(), &format!("SET search_path = {schema}; {statements}"));
        }
    }
}

pub fn run(id: &str) -> Run {
    Run {
        id: id.into(),
        project: "grocer".into(),
        now: 1_700_000_000_000_000,
        begun_at: 1_700_000_000_000_001,
        sees: Position(0),
        policy_hash: "p".into(),
        data_hash: "d".into(),
        out: "decisions/x.parquet".into(),
        state: State::Begun,
        summary: None,
    }
}

/// The decision at a place of a run, of a customer of its own.
pub fn contact(run: &str, place: u64) -> Contact {
    let customer =
        if place.is_multiple_of(2) { Key::Int(place as i64 - 4) } else { Key::Text(format!("c{place}").into()) };
    let member = (place.is_multiple_of(3)).then(|| format!("m{place}").into_boxed_str());
    let slot = (place % 4) as u32;
    Contact {
        id: decision_id(run, &customer, "Lunch", member.as_deref(), "email", slot),
        place,
        customer,
        offer: "Lunch".into(),
        member,
        channel: "email".into(),
        slot,
        send_at: 1_700_000_000_000_000 + place as i64,
        decided_at: 1_700_000_000_000_000,
        value: 0.1 * place as f64 - 1.0,
        priority: place as f64 / 3.0,
        cost: (!place.is_multiple_of(5)).then_some(place as i64 * 1_000),
        reason: (place.is_multiple_of(2)).then(|| "because, \"of\"\n\u{1F35D}".into()),
        message: (place % 3 == 1).then(|| "Hello".into()),
        items: (0..place % 3).map(|item| format!("item {item}").into()).collect(),
        arm: (place.is_multiple_of(7)).then(|| "A".into()),
        propensity: 1.0 / (1.0 + place as f64),
        held_out: place % 6 == 5,
    }
}

pub fn contacts(run: &str, count: u64) -> Vec<Contact> {
    (0..count).map(|place| contact(run, place)).collect()
}

/// A run that is decided, with so many decisions.
pub fn decided(ledger: &mut Ledger, id: &str, count: u64) -> Position {
    ledger.begin(&run(id)).unwrap();
    let mut deciding = ledger.decide(id).unwrap();
    deciding.put(&contacts(id, count)).unwrap();
    deciding.commit("{}").unwrap()
}

pub fn past(id: &str, customer: Key) -> PastContact {
    PastContact {
        id: id.into(),
        customer,
        offer: Some("Old".into()),
        member: None,
        channel: None,
        send_at: 5,
        decided_at: 4,
        cost: Some(7),
    }
}

pub fn response(id: &str, customer: Key, decision: Option<&str>) -> Response {
    Response {
        id: id.into(),
        decision: decision.map(Into::into),
        customer,
        offer: Some("Lunch".into()),
        member: None,
        channel: Some("email".into()),
        at: 9,
        outcome: "redeemed".into(),
    }
}

/// All that was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen {
    pub contacts: Vec<PastContact>,
    pub responses: Vec<Response>,
}

impl Reading for Seen {
    fn contact(&mut self, contact: PastContact) {
        self.contacts.push(contact);
    }

    fn response(&mut self, response: Response) {
        self.responses.push(response);
    }
}

pub fn seen(ledger: &mut Ledger, upto: Option<Position>) -> Seen {
    let mut seen = Seen::default();
    ledger.read(upto, &mut seen).unwrap();
    seen
}

pub fn of_run(ledger: &mut Ledger, run: &str) -> Vec<Contact> {
    let mut found = Vec::new();
    ledger
        .contacts_of_run(run, &mut |contact| {
            found.push(contact);
            ControlFlow::Continue(())
        })
        .unwrap();
    found
}
