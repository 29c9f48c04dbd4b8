//! A project whose runs matter: caps for each customer and over all, a budget's worth of customers, and its ledger in a
//! file or in a schema of a PostgreSQL server; for tests that stop its runs.

#![allow(dead_code, reason = "each test uses its part")]

use std::fmt::Write as _;
use std::ops::ControlFlow;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use opportune_ledger::entry::{Contact, Run, State};
use opportune_ledger::{Ledger, Place};

use super::project::{self, PROGRAM, Project};

/// The server to test with: an address of a database in which schemas may be made. `test.sh` starts one.
pub const SERVER: &str = "OPPORTUNE_TEST_POSTGRES";

const MANIFEST: &str = r#"
name = "campaign"
edition = "2026"
now = "2026-11-01 12:00"
zone = "UTC"
currency = "USD"
"#;

const POLICY: &str = r#"
customer customer {
  key id: int
  name: text
  score: number
  mail_ok: bool   consent
  letter_ok: bool   consent
}

channel mail { needs customer.mail_ok }
channel letter { needs customer.letter_ok }

offer scarce {
  priority customer.score
  cap 100 in total
  cap 1 per customer every 30 days
  channel mail
  because "For {name}"
}

offer plain {
  priority 0.001
  cap 1 per customer every 30 days
  channel mail, else letter
  holdout 10% salted "plain"
}
"#;

/// A project and where its ledger is.
pub struct Campaign {
    pub project: Project,
    /// As `--ledger` takes it.
    pub ledger: String,
}

impl Campaign {
    /// So many customers, over a file.
    pub fn new(customers: u32) -> Self {
        let project = Project::of(&[("opportune.toml", MANIFEST), ("campaign.offer", POLICY)]);
        let mut rows = "id,name,score,mail_ok,letter_ok\n".to_owned();
        for id in 0..customers {
            let _ =
                writeln!(rows, "{id},\"Ann, the {id}th\",{},{},true", f64::from(id * 7919 % 1000) / 10.0, id % 5 > 0);
        }
        project.write("data/customer.csv", rows);
        let ledger = project.path("ledger.sqlite").to_string_lossy().into_owned();
        Self { project, ledger }
    }

    /// As it is, over a new schema of a server.
    pub fn over(mut self, server: &str) -> Self {
        self.ledger = new_schema(server);
        self
    }

    /// The program in the project's folder, over the ledger.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.args(arguments).current_dir(self.project.path("")).env("OPPORTUNE_LEDGER", &self.ledger);
        command.env("COLUMNS", "80").env("NO_COLOR", "1");
        command
    }

    /// Runs it to its end.
    pub fn opportune(&self, arguments: &[&str]) -> project::Run {
        project::finish(&mut self.command(arguments))
    }

    /// Runs it, which must find nothing wrong; gives what it prints.
    pub fn fine(&self, arguments: &[&str]) -> String {
        let run = self.opportune(arguments);
        assert_eq!((run.exit, run.err.as_str()), (0, ""), "{arguments:?}\n{}", run.out);
        run.out
    }

    /// A file of the project.
    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.project.path(name)).unwrap()
    }

    /// The ledger.
    pub fn open(&self) -> Ledger {
        Ledger::open(&self.place()).unwrap()
    }

    /// Where it is.
    pub fn place(&self) -> Place {
        self.ledger.parse().unwrap()
    }

    /// All runs that were not given up.
    pub fn runs(&self) -> Vec<Run> {
        let runs =
            Ledger::open_to_read(&self.place()).unwrap().map_or_else(Vec::new, |mut ledger| ledger.runs().unwrap());
        runs.into_iter().filter(|run| run.state != State::GivenUp).collect()
    }

    /// The decisions of a run.
    pub fn contacts(&self, run: &str) -> Vec<Contact> {
        let mut contacts = Vec::new();
        let each = &mut |contact| {
            contacts.push(contact);
            ControlFlow::Continue(())
        };
        self.open().contacts_of_run(run, each).unwrap();
        contacts
    }
}

/// What all runs over the same data must decide: the rows of a decisions file in JSON lines without the run's own columns.
pub fn bare(text: &str) -> Vec<String> {
    let bare = |line: &str| {
        let mut row: serde_json::Map<String, serde_json::Value> = serde_json::from_str(line).unwrap();
        assert!(row.remove("run").is_some() && row.remove("decision").is_some());
        serde_json::Value::Object(row).to_string()
    };
    text.lines().map(bare).collect()
}

/// Runs a test over a new ledger of each kind; a server is asked where there is one.
pub fn over_both(customers: u32, test: impl Fn(&Campaign)) {
    test(&Campaign::new(customers));
    over_postgres(customers, test);
}

/// Runs a test over a schema of the server, where there is one.
pub fn over_postgres(customers: u32, test: impl Fn(&Campaign)) {
    match std::env::var(SERVER) {
        Ok(server) => test(&Campaign::new(customers).over(&server)),
        Err(_) => {
            assert!(std::env::var_os("CI").is_none(), "{SERVER} has to name a server");
            eprintln!("SKIPPED over PostgreSQL: {SERVER} names no server");
        }
    }
}

/// The address of a schema that no other test has.
fn new_schema(server: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos();
    let (process, next) = (std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    format!("{server}{}schema=campaign_{process}_{next}_{now}", if server.contains('?') { '&' } else { '?' })
}
