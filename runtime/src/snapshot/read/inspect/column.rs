//! One column as it is looked at, and what came of it.

use std::collections::{BTreeMap, BTreeSet};

use super::super::files::Format;
use super::keys::KeySet;
use super::spelling::Spelling;
use super::{MOST_CELLS, MOST_COLUMNS, MOST_ROWS};
use crate::time::Clock;

/// A column with more different texts than this has no list of them.
const MOST_LISTED: usize = 32;
/// Nor one with a longer text.
const LONGEST_LISTED: usize = 80;

/// What a column seems to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holds {
    /// No value at all.
    Nothing,
    /// True and false.
    Bool,
    /// Whole numbers.
    Int,
    /// Numbers.
    Number,
    /// Texts that spell nothing else.
    Text,
    /// Days.
    Date,
    /// Moments; the zone is that which the file names for the column.
    Instant(Option<String>),
    /// Times of day.
    Time,
    /// Exact lengths of time.
    Duration,
    /// Names of time zones.
    Zone,
    /// Points on the earth.
    Place,
    /// Sets of texts.
    Texts,
    /// Sets of whole numbers.
    Ints,
    /// What no type of a schema is read from, or of several kinds.
    Other,
}

/// What came of looking at a column.
#[derive(Debug)]
pub struct ColumnLook {
    /// Its name in the file.
    pub name: String,
    /// What it seems to hold.
    pub holds: Holds,
    /// Whether that was told by the file, and not by how its texts are spelled.
    pub is_typed: bool,
    /// In how many of the rows that were looked at there is no value.
    pub missing: u64,
    /// The different texts with how often each occurs, where they are few and short.
    pub listed: Option<Vec<(String, u64)>>,
    /// The values in the file's own order, where it says that they have one.
    pub ordered: Option<Vec<String>>,
    /// The least and the greatest number.
    pub range: Option<(f64, f64)>,
    /// Whether no number has more than two places.
    pub in_cents: bool,
    /// The first and the last moment, in microseconds since 1970-01-01 UTC; a local time as if it were one of UTC.
    pub moments: Option<(i64, i64)>,
    /// Which values there are.
    pub keys: KeySet,
}

/// A value, before it is known what its column holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Seen<'a> {
    Missing,
    Bool,
    Int(i64),
    Number(f64),
    Text(&'a str),
    Date(i64),
    Instant(i64),
    Time,
    Duration,
    Texts,
    Ints,
    Place,
    Other,
}

/// A file that is being looked at.
#[derive(Debug)]
pub(super) struct Gathering {
    pub rows: u64,
    pub is_whole: bool,
    pub columns: Vec<Column>,
    pub more_columns: usize,
    pub clock: Clock,
}

impl Gathering {
    pub(super) fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, String> {
        let clock = Clock::new(0, "UTC").map_err(|error| error.to_string())?;
        let mut gathering = Self { rows: 0, is_whole: true, columns: Vec::new(), more_columns: 0, clock };
        for name in names {
            gathering.column(name);
        }
        Ok(gathering)
    }

    /// The position of a column, which is added where there is room.
    pub(super) fn column(&mut self, name: &str) -> Option<usize> {
        if self.columns.len() >= MOST_COLUMNS {
            self.more_columns += 1;
            return None;
        }
        self.columns.push(Column::new(name));
        Some(self.columns.len() - 1)
    }

    /// How many more rows may be looked at.
    pub(super) fn room(&self) -> u64 {
        let by_cells = MOST_CELLS / (self.columns.len().max(1) as u64);
        MOST_ROWS.min(by_cells).saturating_sub(self.rows)
    }

    /// Takes a text that so many rows have.
    pub(super) fn see_text(&mut self, column: usize, text: &str, rows: u64) {
        if let Some(column) = self.columns.get_mut(column) {
            column.text(text, rows, &self.clock);
            column.present += rows;
            column.kinds.insert(Kind::Text);
        }
    }

    pub(super) fn see(&mut self, column: usize, value: Seen<'_>) {
        if let Some(column) = self.columns.get_mut(column) {
            column.see(value, &self.clock);
        }
    }
}

/// A column that is being looked at.
#[derive(Debug)]
pub(super) struct Column {
    pub name: String,
    /// The zone that the file names.
    pub zone: Option<String>,
    pub levels: Option<Vec<String>>,
    kinds: BTreeSet<Kind>,
    spelling: Spelling,
    present: u64,
    listed: Option<BTreeMap<String, u64>>,
    range: Option<(f64, f64)>,
    in_cents: bool,
    moments: Option<(i64, i64)>,
    keys: KeySet,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Bool,
    Int,
    Number,
    Text,
    Date,
    Instant,
    Time,
    Duration,
    Texts,
    Ints,
    Place,
    Other,
}

impl Column {
    fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            zone: None,
            levels: None,
            kinds: BTreeSet::new(),
            spelling: Spelling::ANY,
            present: 0,
            listed: Some(BTreeMap::new()),
            range: None,
            in_cents: true,
            moments: None,
            keys: KeySet::new(name),
        }
    }

    fn see(&mut self, value: Seen<'_>, clock: &Clock) {
        let kind = match value {
            Seen::Missing => return,
            Seen::Number(number) if number.is_nan() => return,
            Seen::Bool => Kind::Bool,
            Seen::Int(int) => {
                self.keys.see(&int.to_string(), false);
                self.number(int as f64);
                Kind::Int
            }
            Seen::Number(number) => {
                self.number(number);
                Kind::Number
            }
            Seen::Text(text) => {
                self.text(text, 1, clock);
                Kind::Text
            }
            Seen::Date(days) => {
                self.moment(days.saturating_mul(86_400_000_000));
                Kind::Date
            }
            Seen::Instant(micros) => {
                self.moment(micros);
                Kind::Instant
            }
            Seen::Time => Kind::Time,
            Seen::Duration => Kind::Duration,
            Seen::Texts => Kind::Texts,
            Seen::Ints => Kind::Ints,
            Seen::Place => Kind::Place,
            Seen::Other => Kind::Other,
        };
        self.present += 1;
        self.kinds.insert(kind);
    }

    fn number(&mut self, number: f64) {
        let (least, most) = self.range.unwrap_or((number, number));
        self.range = Some((least.min(number), most.max(number)));
        let cents = number * 100.0;
        self.in_cents &= (cents - cents.round()).abs() < 1e-6 * cents.abs().max(1.0);
    }

    fn moment(&mut self, micros: i64) {
        let (first, last) = self.moments.unwrap_or((micros, micros));
        self.moments = Some((first.min(micros), last.max(micros)));
    }

    fn text(&mut self, text: &str, rows: u64, clock: &Clock) {
        self.keys.see(text.trim(), rows > 1);
        let spelled = self.spelling.see(text, clock);
        if let Some(number) = spelled.number {
            self.number(number);
        }
        if let Some(moment) = spelled.moment {
            self.moment(moment);
        }
        if let Some(listed) = &mut self.listed {
            if let Some(count) = listed.get_mut(text) {
                *count += rows;
            } else if listed.len() < MOST_LISTED && text.len() <= LONGEST_LISTED {
                listed.insert(text.to_owned(), rows);
            } else {
                self.listed = None;
            }
        }
    }

    /// What came of it.
    pub(super) fn finish(self, rows: u64, is_whole: bool, format: Format) -> ColumnLook {
        let holds = self.holds(format);
        let is_typed = !self.kinds.contains(&Kind::Text) || holds == Holds::Text;
        let of_texts = matches!(holds, Holds::Text) && is_whole;
        let mut keys = self.keys;
        if !matches!(holds, Holds::Text | Holds::Int) {
            keys.give_up();
        }
        ColumnLook {
            name: self.name,
            is_typed,
            missing: rows.saturating_sub(self.present),
            listed: self
                .listed
                .filter(|listed| of_texts && !listed.is_empty())
                .map(|listed| listed.into_iter().collect()),
            ordered: self.levels.filter(|_| of_texts),
            range: self.range.filter(|_| matches!(holds, Holds::Int | Holds::Number)),
            in_cents: self.in_cents,
            moments: self.moments.filter(|_| matches!(holds, Holds::Date | Holds::Instant(_))),
            keys,
            holds,
        }
    }

    fn holds(&self, format: Format) -> Holds {
        let kinds: Vec<Kind> = self.kinds.iter().copied().collect();
        match kinds.as_slice() {
            [] => Holds::Nothing,
            [Kind::Bool] => Holds::Bool,
            [Kind::Int] => Holds::Int,
            [Kind::Number] | [Kind::Int, Kind::Number] => Holds::Number,
            [Kind::Text] => spelled(self.spelling, format),
            [Kind::Date] => Holds::Date,
            [Kind::Instant] => Holds::Instant(self.zone.clone()),
            [Kind::Time] => Holds::Time,
            [Kind::Duration] => Holds::Duration,
            [Kind::Texts] => Holds::Texts,
            [Kind::Ints] => Holds::Ints,
            [Kind::Place] => Holds::Place,
            _ => Holds::Other,
        }
    }
}

/// What texts that all spell something hold, as far as a file of the format is read so.
fn spelled(spelling: Spelling, format: Format) -> Holds {
    let (bare, worded) = (format == Format::Csv, matches!(format, Format::Csv | Format::Jsonl));
    match spelling {
        Spelling { bool: true, .. } if bare => Holds::Bool,
        Spelling { int: true, .. } if bare => Holds::Int,
        Spelling { number: true, .. } if bare => Holds::Number,
        Spelling { date: true, .. } if worded => Holds::Date,
        Spelling { instant: true, .. } if worded => Holds::Instant(None),
        Spelling { time: true, .. } => Holds::Time,
        Spelling { zone: true, .. } => Holds::Zone,
        Spelling { place: true, .. } => Holds::Place,
        _ => Holds::Text,
    }
}
