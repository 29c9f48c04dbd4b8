//! Reads JSON lines: an object on each line; blank lines are skipped.
//!
//! This one format is not decoded by arrow-rs: its JSON decoder cuts fractions off where an integer is wanted, reads
//! numbers from texts, and names no lines. Only the columns that are needed are looked at; the rest is skipped
//! without being kept.

use std::collections::HashMap;
use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};

use indexmap::IndexSet;
use serde::de::{IgnoredAny, MapAccess, Visitor};

use super::columns::{Target, Targets, pad};
use super::error::LoadError;
use super::json::{Cell, append};
use crate::time::Clock;

/// The longest line.
const LONGEST_LINE: u64 = 64 << 20;
/// How many names of columns are remembered for the help.
const MOST_NAMES: usize = 1_000;

/// Skips the mark that some programs put before UTF-8.
pub(super) fn skip_bom(input: &mut impl BufRead) -> io::Result<()> {
    if input.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
        input.consume(3);
    }
    Ok(())
}

/// Reads the file into the targets.
///
/// # Errors
/// When a line is malformed, or when no line has one of the columns.
pub(super) fn read(file: File, targets: &mut Targets<'_>, clock: &Clock) -> Result<(), Vec<LoadError>> {
    let mut input = BufReader::with_capacity(1 << 18, file);
    skip_bom(&mut input).map_err(|error| vec![targets.file.unreadable(&error)])?;
    let mut names = Names::new(&targets.all);
    let (mut line, mut number, mut rows) = (Vec::new(), 0, 0);
    loop {
        line.clear();
        let read = (&mut input).take(LONGEST_LINE).read_until(b'\n', &mut line);
        number += 1;
        match read.map_err(|error| vec![targets.file.unreadable(&error)])? {
            0 => break,
            long if long as u64 == LONGEST_LINE => return Err(vec![bad(targets, number, "is longer than 64 MB")]),
            _ if line.trim_ascii().is_empty() => continue,
            _ => {}
        }
        targets.room(1).map_err(|error| vec![error])?;
        row(&line, &mut targets.all, &mut names, clock).map_err(|reason| vec![bad(targets, number, &reason)])?;
        rows += 1;
        pad(&mut targets.all, rows);
    }
    never_there(targets, &names)
}

fn bad(targets: &Targets<'_>, line: u64, reason: &str) -> LoadError {
    LoadError::BadLine { place: targets.file.place(None, ""), line, reason: reason.to_owned() }
}

/// One error for each column that no line has; a file without rows lacks none.
fn never_there(targets: &mut Targets<'_>, names: &Names<'_>) -> Result<(), Vec<LoadError>> {
    let present: Vec<&str> = names.seen.iter().map(|name| &**name).collect();
    if targets.rows() == 0 {
        return Ok(());
    }
    targets.leave_out(|column| names.found(column));
    let columns = targets.all.iter().flat_map(|target| target.columns().map(move |column| (target, column)));
    let lacking = columns.filter(|(_, column)| !names.found(column));
    let errors: Vec<LoadError> = lacking.map(|(target, column)| targets.no_column(target, column, &present)).collect();
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// Which half of a place a column holds: 0 for degrees north, 1 for degrees east; none: all of the value.
type Half = Option<usize>;

/// What a column is for: the positions of its targets, each with its half of a place in two columns, and whether a line
/// has had it.
type Wanted = (Vec<(usize, Half)>, bool);

/// The names of columns: which targets each is for, and all that have been seen.
#[derive(Debug)]
struct Names<'p> {
    wanted: HashMap<&'p str, Wanted>,
    seen: IndexSet<Box<str>>,
}

impl<'p> Names<'p> {
    fn new(targets: &[Target<'p>]) -> Self {
        let mut wanted: HashMap<&str, Wanted> = HashMap::new();
        for (at, target) in targets.iter().enumerate() {
            for (half, column) in target.columns().enumerate() {
                let half = target.second.map(|_| half);
                wanted.entry(column).or_default().0.push((at, half));
            }
        }
        Self { wanted, seen: IndexSet::new() }
    }

    fn found(&self, name: &str) -> bool {
        self.wanted.get(name).is_some_and(|(_, seen)| *seen)
    }

    fn see(&mut self, name: &str) {
        if self.seen.len() < MOST_NAMES && !self.seen.contains(name) {
            self.seen.insert(name.into());
        }
    }
}

/// Appends the values of one line to their targets.
fn row(line: &[u8], targets: &mut [Target<'_>], names: &mut Names<'_>, clock: &Clock) -> Result<(), String> {
    if std::str::from_utf8(line).is_err() {
        return Err("is not valid UTF-8".to_owned());
    }
    let mut input = serde_json::Deserializer::from_slice(line);
    let reason = |error: serde_json::Error| match error.classify() {
        serde_json::error::Category::Data if error.to_string().starts_with(TWICE) => {
            "has the same key twice".to_owned()
        }
        serde_json::error::Category::Data => "is not a JSON object".to_owned(),
        serde_json::error::Category::Eof => "ends before its JSON object does".to_owned(),
        _ => format!("is not valid JSON (at column {})", error.column()),
    };
    serde::Deserializer::deserialize_map(&mut input, Row { targets, names, clock }).map_err(reason)?;
    input.end().map_err(|_| "has more than one JSON value".to_owned())
}

const TWICE: &str = "the same key twice";

/// Takes an object apart.
struct Row<'r, 't, 'p> {
    targets: &'r mut [Target<'t>],
    names: &'r mut Names<'p>,
    clock: &'r Clock,
}

impl<'de> Visitor<'de> for Row<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { targets, names, clock } = self;
        let rows = targets.first().map_or(0, |target| target.builder.rows());
        let base = targets.iter().map(|target| target.builder.rows()).min().unwrap_or(rows);
        while let Some(name) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            names.see(&name);
            let Some((wanted, seen)) = names.wanted.get_mut(&*name) else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            *seen = true;
            let cell = map.next_value_seed(Cell { inner: false })?;
            for (at, half) in wanted.iter() {
                let Some(target) = targets.get_mut(*at) else { continue };
                let half = half.map(|half| target.halves.get_mut(half));
                let twice = match half {
                    None if target.builder.rows() > base => true,
                    None => {
                        append(&mut target.builder, target.ty, &cell, clock);
                        false
                    }
                    Some(half) => half.is_none_or(|half| half.replace(cell.number()).is_some()),
                };
                if twice {
                    return Err(serde::de::Error::custom(TWICE));
                }
            }
        }
        Ok(())
    }
}
