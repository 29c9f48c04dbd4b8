//! What `new` tells: what each file was taken for, what was not understood, and what to do next.

use std::fmt::Write as _;
use std::path::Path;

use super::draft::{Draft, Kind, Table};
use super::trial::Texts;
use crate::escape::escaped;

/// What was done.
pub struct Told<'t> {
    pub name: &'t Path,
    pub folder: &'t Path,
    pub data: &'t str,
    pub bytes: u64,
    pub is_copied: bool,
    /// Whether the data is small enough to be copied and tried.
    pub fits: bool,
    pub customers: Option<usize>,
}

/// The report.
pub fn report(draft: &Draft, texts: &Texts, told: &Told<'_>) -> String {
    let mut text = format!("found in {}\n\n", told.folder.display());
    let width = draft.tables.iter().map(|table| table.name.len()).max().unwrap_or(0).max("left out".len());
    for table in &draft.tables {
        let _ = writeln!(text, "  {:width$}  {}", table.name, line(table, told.customers));
    }
    for (file, reason) in &draft.left_out {
        let _ = writeln!(text, "  {:width$}  {file}: {reason}", "left out");
    }
    text.push('\n');
    text.push_str(&written(told));
    let guesses = texts.schema.text.matches("// guess:").count();
    let _ = writeln!(text, "schema.offer holds {guesses} guesses, each with its reason: read them once\n");
    text.push_str(&next(texts, told));
    escaped(&text)
}

fn line(table: &Table, customers: Option<usize>) -> String {
    let what = match (&table.kind, customers) {
        (Kind::Customer, Some(customers)) => format!("the customers, {customers} of them"),
        (Kind::Customer, None) => "the customers".to_owned(),
        (Kind::Events, _) => "events".to_owned(),
        (Kind::Lookup, _) => "looked up".to_owned(),
    };
    let of = table.source.as_ref().map_or(String::new(), |file| format!(", from {file}"));
    format!("{what}{of}: {}", table.because)
}

fn written(told: &Told<'_>) -> String {
    let name = told.name.display();
    let size = size(told.bytes);
    match (told.is_copied, told.fits) {
        (true, true) => format!("made {name}, and copied the data into it ({size}; git ignores it)\n"),
        (true, false) => format!(
            "made {name}; the data is {size}, was not copied, and what was guessed was not tried on it:\n\
             pass `--data {}` to each command, or move the files into {name}/{}\n",
            told.folder.display(),
            told.data
        ),
        (false, true) => format!("made the project around {name}/{} (git ignores it)\n", told.data),
        (false, false) => format!(
            "made the project around {name}/{}; the data is {size}, and what was guessed was not tried on it\n",
            told.data
        ),
    }
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}

fn next(texts: &Texts, told: &Told<'_>) -> String {
    let asks = texts.policy.asks.map_or(String::new(), |asks| format!(" --context {asks}"));
    let data = if told.is_copied && !told.fits { format!(" --data {}", told.folder.display()) } else { String::new() };
    let mut text = "next\n".to_owned();
    if told.name != Path::new(".") {
        let _ = writeln!(text, "  cd {}", told.name.display());
    }
    let _ = writeln!(text, "  opportune validate      # tells every mistake with its way out");
    let _ = writeln!(text, "  opportune test          # plays the tests that stand in tests/");
    let _ = writeln!(text, "  opportune dry-run{asks}{data}       # decides for every customer, and contacts no one");
    text
}
