//! The small good project over a new ledger of each kind: a file of SQLite, and a schema of a PostgreSQL server where there
//! is one.

#![allow(dead_code, reason = "each test uses its part")]

use std::ops::Deref;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use opportune_ledger::Place;

use super::project::{PROGRAM, Project, Run, finish};

/// The server to test with: an address of a database in which schemas may be made. `test.sh` starts one.
pub const SERVER: &str = "OPPORTUNE_TEST_POSTGRES";

/// A project and where its ledger is.
pub struct Shop {
    project: Project,
    /// As `--ledger` takes it.
    pub ledger: String,
}

impl Deref for Shop {
    type Target = Project;

    fn deref(&self) -> &Project {
        &self.project
    }
}

impl Shop {
    fn new(ledger: impl FnOnce(&Project) -> String) -> Self {
        let project = Project::new();
        let ledger = ledger(&project);
        Self { project, ledger }
    }

    /// Over a file.
    pub fn over_sqlite() -> Self {
        Self::new(|project| project.path("ledger.sqlite").to_string_lossy().into_owned())
    }

    /// Whether the ledger is a file.
    pub fn is_file(&self) -> bool {
        !self.ledger.contains("://")
    }

    /// Runs the program in the project's folder, over the ledger; in what it says, the ledger's place is `LEDGER`.
    pub fn opportune(&self, arguments: &[&str]) -> Run {
        self.with("OPPORTUNE_LEDGER", &self.ledger, arguments)
    }

    /// The program in the project's folder, with a variable of the environment.
    pub fn command(&self, name: &str, value: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.args(arguments).current_dir(self.path("")).env(name, value);
        command
    }

    /// Runs the program with a variable of the environment.
    pub fn with(&self, name: &str, value: &str, arguments: &[&str]) -> Run {
        let run = finish(&mut self.command(name, value, arguments));
        let place = self.ledger.parse::<Place>().unwrap().to_string();
        // A long address is cut at the end of a line.
        let shown = |text: String| text.replace("?\n  │ ", "?").replace(&place, "LEDGER");
        Run { exit: run.exit, out: shown(run.out), err: shown(run.err) }
    }

    /// Runs the program, which must find nothing wrong; gives what it prints, at most 80 columns wide.
    pub fn fine(&self, arguments: &[&str]) -> String {
        let run = self.opportune(arguments);
        assert_eq!((run.exit, run.err.as_str()), (0, ""), "{arguments:?}\n{}", run.out);
        assert!(run.out.lines().all(|line| line.chars().count() <= 80), "{}", run.out);
        run.out
    }

    /// Runs the program, which must refuse and print nothing else; gives what it says.
    pub fn refused(&self, arguments: &[&str]) -> String {
        let run = self.opportune(arguments);
        assert_eq!((run.exit, run.out.as_str()), (2, ""), "{}", run.err);
        run.err
    }
}

/// Runs a test over a new ledger of each kind.
pub fn over_both(test: impl Fn(&Shop)) {
    let test = |shop: &Shop| insta::allow_duplicates!(test(shop));
    test(&Shop::over_sqlite());
    match server() {
        Some(server) => test(&Shop::new(|_| new_schema(&server))),
        None => assert!(std::env::var_os("CI").is_none(), "{SERVER} has to name a server"),
    }
}

/// The address of the server, where there is one.
pub fn server() -> Option<String> {
    std::env::var(SERVER).ok()
}

/// The address of a schema that no other test has.
pub fn new_schema(server: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos();
    let (process, next) = (std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    format!("{server}{}schema=program_{process}_{next}_{now}", if server.contains('?') { '&' } else { '?' })
}
