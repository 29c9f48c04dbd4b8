//! What is known of a project's data, for the compiler: counts, and the texts that occur. Read where the data is at hand
//! and small, or where somebody asks for it.
//!
//! Whatever stands in the way of reading is no matter here: there are no facts then, and who decides over the data tells
//! what is wrong with it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use opportune_compiler::facts::{Facts, FieldFacts, LinkedFacts, MOST_VALUES, TableFacts, Wanted};
use opportune_plan::{FieldId, TableId};
use opportune_runtime::snapshot::read::{Reach, load_from};
use opportune_runtime::snapshot::{Column, Dictionary, Elements, Snapshot, Values};
use opportune_runtime::time::Clock;

/// Data files of more bytes than this in all are read only where somebody asks for it.
pub const MOST_BYTES: u64 = 8 << 20;
/// A data folder with more entries than this is not looked through.
const MOST_ENTRIES: usize = 1_000;

/// A moment after which nothing is in any data.
const AFTER_ALL: &str = "9000-01-01 00:00";

/// When the data is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reading {
    /// Where the project's data folder is there and small.
    WhereCheap,
    /// Whatever it takes.
    Always,
}

/// Reads the data of a project, once for one schema however often it is asked.
pub struct Looking<'a> {
    root: &'a Path,
    reading: Reading,
    seen: Option<(Wanted, Option<Facts>)>,
}

impl<'a> Looking<'a> {
    /// Nothing is read yet.
    pub fn new(root: &'a Path, reading: Reading) -> Self {
        Self { root, reading, seen: None }
    }

    /// The facts of the data.
    pub fn facts(&mut self, wanted: &Wanted) -> Option<Facts> {
        if self.seen.as_ref().is_none_or(|(seen, _)| seen != wanted) {
            self.seen = Some((wanted.clone(), of_project(self.root, wanted, self.reading)));
        }
        self.seen.as_ref().and_then(|(_, facts)| facts.clone())
    }
}

/// The facts of a project's data; none where it is not read or cannot be.
pub fn of_project(root: &Path, wanted: &Wanted, reading: Reading) -> Option<Facts> {
    let folder = root.join(&*wanted.manifest.data.folder);
    match reading {
        Reading::WhereCheap if !is_small(&folder) => None,
        Reading::WhereCheap | Reading::Always => read(root, &folder, wanted),
    }
}

fn read(root: &Path, folder: &Path, wanted: &Wanted) -> Option<Facts> {
    // Rows after `now` are in the data too.
    let clock = Clock::parse(AFTER_ALL, &wanted.manifest.zone).ok()?;
    let (snapshot, _) = load_from(&wanted.plan, folder, Reach::Within(root), &clock).ok()?;
    Some(of_snapshot(wanted, &snapshot))
}

/// Whether the files of a folder and of those in it are few and small together.
fn is_small(folder: &Path) -> bool {
    let mut waiting = vec![folder.to_owned()];
    let (mut bytes, mut entries) = (0_u64, 0_usize);
    while let Some(folder) = waiting.pop() {
        let Ok(found) = fs::read_dir(&folder) else { return false };
        for entry in found {
            entries += 1;
            let Some(about) = entry.ok().and_then(|entry| Some((entry.path(), fs::metadata(entry.path()).ok()?)))
            else {
                return false;
            };
            match about {
                (path, about) if about.is_dir() => waiting.push(path),
                (_, about) => bytes = bytes.saturating_add(about.len()),
            }
            if bytes > MOST_BYTES || entries > MOST_ENTRIES {
                return false;
            }
        }
    }
    true
}

/// The facts of a snapshot.
fn of_snapshot(wanted: &Wanted, snapshot: &Snapshot) -> Facts {
    let mut facts = Facts::default();
    for (id, declared) in wanted.plan.schema.tables() {
        // A context is of a request, and built-in events are the ledger's: the data says nothing of them.
        let is_data = !declared.is_built_in() && !matches!(declared.kind, opportune_plan::TableKind::Context);
        let Some(table) = snapshot.table(id).filter(|_| is_data) else { continue };
        let fields = declared.fields().filter_map(|(field, about)| {
            let linked = linked(wanted, snapshot, (id, field));
            let found = of_field(wanted, (id, field), table.columns.get(field.0 as usize)?);
            Some((about.name.clone(), FieldFacts { linked, ..found }))
        });
        let found = TableFacts { rows: table.rows as u64, fields: fields.collect() };
        facts.tables.insert(declared.name.clone(), found);
    }
    facts
}

fn of_field(wanted: &Wanted, field: (TableId, FieldId), column: &Column) -> FieldFacts {
    let missing = column.validity.as_ref().map_or(0, |there| there.len().saturating_sub(there.count()) as u64);
    let values = if wanted.withheld.contains(&field) { None } else { values(column) };
    FieldFacts { missing, linked: None, values }
}

/// How the rows are missing that a link leads to.
fn linked(wanted: &Wanted, snapshot: &Snapshot, (table, link): (TableId, FieldId)) -> Option<LinkedFacts> {
    let to = wanted.plan.schema.field(table, link)?.link?.table;
    let rows = snapshot.table(table)?;
    let leads = rows.links.get(link.0 as usize)?.as_ref()?.iter().take(rows.rows);
    let linked = snapshot.table(to)?;
    // How many rows lead to each row; the last to none.
    let mut led = vec![0_u64; linked.rows];
    let mut nowhere = 0;
    for row in leads {
        *led.get_mut(*row as usize).unwrap_or(&mut nowhere) += 1;
    }
    let optional = wanted.plan.schema.table(to)?.fields().filter(|(_, about)| about.nullable);
    let missing = optional.filter_map(|(field, about)| {
        let there = linked.columns.get(field.0 as usize)?.validity.as_ref();
        let without = led.iter().enumerate().filter(|(row, _)| there.is_some_and(|there| !there.get(*row)));
        Some((about.name.clone(), nowhere + without.map(|(_, rows)| rows).sum::<u64>()))
    });
    Some(LinkedFacts { nowhere, missing: missing.collect() })
}

/// The distinct texts with how often they occur.
fn values(column: &Column) -> Option<Vec<(Box<str>, u64)>> {
    let mut rows: BTreeMap<u32, u64> = BTreeMap::new();
    let is_there = |row: usize| column.validity.as_ref().is_none_or(|there| there.get(row));
    let dictionary: &Dictionary = match &column.values {
        Values::Codes(codes, dictionary) => {
            let there = codes.iter().enumerate().filter(|(row, _)| is_there(*row));
            there.for_each(|(_, code)| *rows.entry(*code).or_default() += 1);
            dictionary
        }
        Values::Sets(codes, sets) => {
            let (Elements::Texts(dictionary) | Elements::Declared(dictionary)) = &sets.elements else { return None };
            let there = codes.iter().enumerate().filter(|(row, _)| is_there(*row));
            let elements = there.flat_map(|(_, code)| sets.get(*code));
            elements.for_each(|code| *rows.entry(*code).or_default() += 1);
            dictionary
        }
        _ => return None,
    };
    if dictionary.values.len() > MOST_VALUES {
        return None;
    }
    let values = (0..).zip(&dictionary.values);
    let mut found: Vec<(Box<str>, u64)> =
        values.map(|(code, value)| (value.clone(), rows.get(&code).copied().unwrap_or(0))).collect();
    found.sort();
    Some(found)
}

#[cfg(test)]
mod tests {
    use opportune_compiler::{ProjectFiles, compile_with};

    use super::*;

    const MANIFEST: &str =
        "name = \"shop\"\nedition = \"2026\"\nnow = \"2026-11-01 12:00\"\nzone = \"UTC\"\n[data]\nfolder = \"data\"\n";

    const SCHEMA: &str = "
customer customer {
  key id: text
  town: text?
  faith: text?   sensitive
  name: text   private
  likes: set of text
}

events visit {
  at day: date
  who: text -> customer
  shop: text
}
";

    fn facts(reading: Reading) -> Option<Facts> {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        fs::create_dir(&data).unwrap();
        let customers = "id,town,faith,name,likes\na,Ulm,x,Ann,tea|milk\nb,,y,Bob,tea\nc,Ulm,,Cy,|\n";
        fs::write(data.join("customer.csv"), customers).unwrap();
        fs::write(data.join("visit.csv"), "day,who,shop\n2026-10-01,a,north\n2026-12-01,a,south\n").unwrap();
        let policies = vec![("a.offer".to_owned(), format!("{SCHEMA}\nsegment wrong is nobody\n"))];
        let files = ProjectFiles { manifest: ("opportune.toml".into(), MANIFEST.into()), policies };
        let mut found = None;
        let compiled = compile_with(&files, |wanted| {
            found = of_project(folder.path(), wanted, reading);
            found.clone()
        });
        assert!(compiled.plan.is_none(), "the policy is wrong, and the data is read all the same");
        found
    }

    #[test]
    fn texts_are_counted_and_what_is_private_is_not_told() {
        let facts = facts(Reading::WhereCheap).unwrap();
        let values = |table: &str, field: &str| facts.field(table, field).and_then(|facts| facts.values.clone());
        assert_eq!(facts.tables["customer"].rows, 3);
        assert_eq!(facts.field("customer", "town").unwrap().missing, 1);
        assert_eq!(values("customer", "town"), Some(vec![("Ulm".into(), 2)]));
        assert_eq!(values("customer", "likes"), Some(vec![("milk".into(), 1), ("tea".into(), 2)]));
        // What happens after the manifest's `now` is in the data too.
        assert_eq!(values("visit", "shop"), Some(vec![("north".into(), 1), ("south".into(), 1)]));
        for (table, field) in [("customer", "id"), ("customer", "faith"), ("customer", "name"), ("visit", "who")] {
            assert_eq!(values(table, field), None, "{table}.{field}");
        }
        assert_eq!(facts.field("customer", "faith").unwrap().missing, 1);
    }
}
