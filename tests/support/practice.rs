//! One of the projects under `policies/`, over a handful of customers that a test writes down: who is decided what, and
//! what stops the others.
//!
//! The project's policy is taken as it is, but for what a test changes on purpose; its lookup tables come along. All
//! other tables hold only what the test says, whatever else a row needs comes from the project's [`Layout`].

#![allow(dead_code, reason = "each test uses its part")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::decided::{Decided, decided};
use crate::project::{Run, run};

/// What the tables of a project look like.
pub struct Layout {
    /// The folder under `policies/`.
    pub name: &'static str,
    /// The column that holds the customer's key.
    pub key: &'static str,
    /// The file of the customers, without its ending.
    pub customers: &'static str,
    /// Each file without its ending, and its columns: `name=value, name`; what stands behind `=` counts where a row does
    /// not say it.
    pub tables: &'static [(&'static str, &'static str)],
    /// The files that come along as they are.
    pub lookups: &'static [&'static str],
}

/// Who stands for everybody else: they are there also where one customer is looked at alone.
pub const OTHERS: &str = "others";

/// A row: what it says of each column.
type Row = BTreeMap<String, String>;

/// A project and some customers.
pub struct World {
    layout: &'static Layout,
    rows: BTreeMap<&'static str, Vec<Row>>,
    edits: Vec<(&'static str, String, String)>,
    now: Option<String>,
    context: Vec<Row>,
    context_of_all: Vec<String>,
}

/// `a=1, b=two words`
fn pairs(text: &str) -> impl Iterator<Item = (String, String)> {
    text.split(", ").filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (name.to_owned(), value.to_owned())
    })
}

impl World {
    /// Nobody yet.
    pub fn of(layout: &'static Layout) -> Self {
        let rows = layout.tables.iter().map(|(table, _)| (*table, Vec::new())).collect();
        Self { layout, rows, edits: Vec::new(), now: None, context: Vec::new(), context_of_all: Vec::new() }
    }

    /// Adds a row: `balance=500, state=US-NY`. The first of it is the customer.
    pub fn add(&mut self, table: &'static str, customer: &str, row: &str) -> &mut Self {
        let columns =
            self.layout.tables.iter().find(|(name, _)| *name == table).unwrap_or_else(|| panic!("no {table}")).1;
        let mut all: Row = pairs(columns).collect();
        all.insert(self.layout.key.into(), customer.into());
        for (name, value) in pairs(row) {
            assert!(all.insert(name.clone(), value).is_some(), "{table} has no column `{name}`");
        }
        self.rows.get_mut(table).unwrap().push(all);
        self
    }

    /// Adds a customer.
    pub fn is(&mut self, customer: &str, row: &str) -> &mut Self {
        self.add(self.layout.customers, customer, row)
    }

    /// A request of one customer: `channel=phone, reason=complaint`. With one, only those who have one ask.
    pub fn asks(&mut self, customer: &str, request: &str) -> &mut Self {
        let mut row: Row = pairs(request).collect();
        row.insert(self.layout.key.into(), customer.into());
        self.context.push(row);
        self
    }

    /// What holds of every customer's request: `weather=rain`.
    pub fn all_ask(&mut self, request: &str) -> &mut Self {
        self.context_of_all = request.split(", ").map(str::to_owned).collect();
        self
    }

    /// Nobody asks any more.
    pub fn asks_nothing(&mut self) -> &mut Self {
        self.context.clear();
        self.context_of_all.clear();
        self
    }

    /// Decides at another moment of the project's clock.
    pub fn at(&mut self, now: &str) -> &mut Self {
        self.now = Some(now.into());
        self
    }

    /// Says something else in a file of the policy; what it said has to be there.
    pub fn says(&mut self, file: &'static str, instead_of: &str, text: &str) -> &mut Self {
        self.edits.push((file, instead_of.into(), text.into()));
        self
    }

    /// All decisions, in the order of the file.
    pub fn decide(&self) -> Vec<Decided> {
        let (folder, run) = self.run(&["--out", "out.csv"], None);
        assert_eq!(run.exit, 0, "{}", run.err);
        decided(&fs::read_to_string(folder.path().join("out.csv")).unwrap())
    }

    /// What a customer is decided: each as `offer by channel at 2026-11-18 10:00`, in the order of the file.
    pub fn gets(&self, customer: &str) -> Vec<String> {
        self.decide().iter().filter(|made| made["customer"] == customer).map(Decided::shown).collect()
    }

    /// Who gets an offer, in the order of their keys.
    pub fn who_gets(&self, offer: &str) -> Vec<String> {
        let mut who: Vec<String> =
            self.decide().iter().filter(|made| made["offer"] == offer).map(|made| made["customer"].clone()).collect();
        who.sort();
        who.dedup();
        who
    }

    /// At which stage an offer stops for a customer: `eligible` for who is not eligible; `made` where it does not.
    pub fn stops(&self, customer: &str, offer: &str) -> String {
        let (_, run) = self.run(&[], Some(customer));
        assert_eq!(run.exit, 0, "{}", run.err);
        stage(&run.out, offer)
    }

    /// The codes of the errors of `validate`.
    pub fn errors(&self) -> Vec<String> {
        let folder = self.write(None);
        let run = run(folder.path(), &["validate", "."]);
        // The data is of one test, and has few of the texts that the policies speak of; and where a policy is changed, the
        // project's own tests expect what it said before.
        let follows = |line: &str| line == "E1010" || line.starts_with("E11");
        let is_code = |line: &&str| line.len() == 5 && line.starts_with('E') && !follows(line);
        run.err.lines().chain(run.out.lines()).filter(is_code).map(str::to_owned).collect()
    }

    fn run(&self, arguments: &[&str], only: Option<&str>) -> (tempfile::TempDir, Run) {
        let folder = self.write(only);
        let mut all = vec!["dry-run", "."];
        all.extend(self.now.iter().flat_map(|now| ["--now", now]));
        if !self.context.is_empty() {
            all.extend(["--context", "asked.csv"]);
        }
        all.extend(self.context_of_all.iter().flat_map(|value| ["--context", value]));
        all.extend(arguments);
        let run = run(folder.path(), &all);
        (folder, run)
    }

    /// The project in a folder of its own; with `only`, nobody else is there.
    fn write(&self, only: Option<&str>) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let policy = policy(self.layout.name);
        for path in files(&policy) {
            let name = path.strip_prefix(&policy).unwrap();
            if name.starts_with("data")
                || !["offer", "toml"].map(Some).contains(&path.extension().and_then(|e| e.to_str()))
            {
                continue;
            }
            put(&folder.path().join(name), &self.edited(name));
        }
        let is_there = |row: &&Row| only.is_none_or(|only| [only, OTHERS].contains(&&*row[self.layout.key]));
        for (table, columns) in self.layout.tables {
            let mut names = vec![self.layout.key.to_owned()];
            names.extend(pairs(columns).map(|(name, _)| name));
            let rows: Vec<&Row> = self.rows[table].iter().filter(is_there).collect();
            put(&folder.path().join(format!("data/{table}.csv")), &csv(&names, &rows));
        }
        for lookup in self.layout.lookups {
            let name = Path::new("data").join(lookup);
            put(&folder.path().join(&name), &self.edited(&name));
        }
        let mut names: Vec<String> = self.context.iter().flat_map(|row| row.keys().cloned()).collect();
        names.sort();
        names.dedup();
        put(&folder.path().join("asked.csv"), &csv(&names, &self.context.iter().filter(is_there).collect::<Vec<_>>()));
        folder
    }

    /// A file of the project, with what the test says instead.
    fn edited(&self, name: &Path) -> String {
        let mut text = fs::read_to_string(policy(self.layout.name).join(name)).unwrap();
        for (_, from, to) in self.edits.iter().filter(|(file, _, _)| Path::new(file) == name) {
            assert!(text.contains(from), "{} does not say {from:?}", name.display());
            text = text.replace(from, to);
        }
        text
    }
}

/// A project's folder.
pub fn policy(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("policies").join(name)
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn put(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn csv(columns: &[String], rows: &[&Row]) -> String {
    let cell = |row: &Row, column: &String| match row.get(column) {
        Some(value) if value.contains([',', '"']) => format!("\"{}\"", value.replace('"', "\"\"")),
        value => value.cloned().unwrap_or_default(),
    };
    let line = |row: &&Row| columns.iter().map(|column| cell(row, column)).collect::<Vec<_>>().join(",");
    [columns.join(",")].into_iter().chain(rows.iter().map(line)).map(|line| line + "\n").collect()
}

/// Where one customer's offer stops, by the report of a run for that customer alone. The report's table of offers may go on
/// in a second one below it.
fn stage(report: &str, offer: &str) -> String {
    let mut stages = Vec::new();
    // Stages of two words, made one.
    let report = ["used up", "held out", "left out"]
        .iter()
        .fold(report.to_owned(), |text, two| text.replace(two, &two.replace(' ', "_")));
    let mut tables = report.split("\n\n").filter(|table| table.starts_with("offer ")).peekable();
    assert!(tables.peek().is_some(), "no offers in\n{report}");
    for table in tables {
        let mut lines = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
        let head = lines.next().unwrap();
        let of: Vec<Vec<&str>> = lines.filter(|cells| is_named(cells[0], offer)).collect();
        assert_eq!(of.len(), 1, "{offer} in\n{report}");
        let counted = head.iter().zip(&of[0]).skip(1).filter(|(_, count)| **count != "·");
        stages.extend(counted.map(|(stage, _)| (*stage).to_owned()));
    }
    match stages.as_slice() {
        [] => "eligible".into(),
        [_, rest @ ..] => rest.join(" "),
    }
}

/// Whether a cell is this name, perhaps cut.
fn is_named(cell: &str, name: &str) -> bool {
    cell.strip_suffix('…').map_or(cell == name, |cut| name.starts_with(cut))
}
