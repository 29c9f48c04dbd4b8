//! What each file is: the customers, events of a customer, a table to look up in, or nothing that a project can read.
//!
//! The customers' file is the one with a unique key that is named after customers and that other files refer to. Where
//! there is none, a column that is named after customers says who they are; where there is none either, rows are counted.

use opportune_runtime::snapshot::read::inspect::{ColumnLook, Holds, normal};

use super::folder::Source;
use super::words::{self, is_bare_key, names_customers, singular};

/// A column that is named after customers, and no more than perhaps.
const SURELY: u32 = 8;
/// The name of the key where rows are counted.
pub const ROW_NUMBER: &str = "row_number";

/// How customers are told apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Customers {
    /// By the key of a file of theirs.
    Table { source: usize, key: usize, because: String },
    /// By a column of the events: nobody keeps a file of them.
    Introduced { column: String, is_int: bool },
    /// Not at all: each row of this file is taken for one.
    Numbered { source: usize },
}

/// What a file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    Customers,
    /// The column that says whose an event is, if it is called otherwise than the customers' key; and the column that says
    /// when, if it is not told by what the event links to.
    Events {
        owner: Option<usize>,
        at: Option<usize>,
    },
    Lookup {
        key: usize,
    },
    LeftOut(String),
}

fn column(source: &Source, at: usize) -> Option<&ColumnLook> {
    source.look.columns.get(at)
}

/// Whether a column can be a key: texts or whole numbers, in each row another.
fn is_key(source: &Source, column: &ColumnLook) -> bool {
    matches!(column.holds, Holds::Int | Holds::Text)
        && column.missing == 0
        && column.keys.is_unique()
        && source.look.rows > 0
}

/// The columns that can be keys, by position.
fn keys(source: &Source) -> Vec<usize> {
    let columns = source.look.columns.iter().enumerate();
    columns.filter(|(_, column)| is_key(source, column)).map(|(at, _)| at).collect()
}

/// Whether a column of another file is named as the key of this one: alike, or after the file.
pub fn names_key_of(column: &str, stem: &str, key: &str) -> bool {
    let (column, key, table) = (normal(column), normal(key), singular(&normal(stem)));
    let ends = column.split('_').collect::<Vec<_>>();
    let after_table = column == table || column == format!("{table}_{key}") || column == format!("{table}_id");
    (column == key && !is_bare_key(&key))
        || after_table
        || (ends.len() == 2 && ends.first() == Some(&table.as_str()) && is_bare_key(ends.last().unwrap_or(&"")))
}

/// How many other files have a column that is named as this key and repeats itself.
fn references(sources: &[Source], of: usize, key: &ColumnLook) -> u32 {
    let stem = sources.get(of).map_or("", |source| source.stem.as_str());
    let others = sources.iter().enumerate().filter(|(at, _)| *at != of);
    let refers = |(_, other): &(usize, &Source)| {
        other.look.columns.iter().any(|column| names_key_of(&column.name, stem, &key.name) && !column.keys.is_unique())
    };
    u32::try_from(others.filter(refers).count()).unwrap_or(u32::MAX)
}

/// Finds out who the customers are.
pub fn customers(sources: &[Source]) -> Customers {
    if let Some(table) = of_a_table(sources) {
        return table;
    }
    if let Some(introduced) = of_events(sources) {
        return introduced;
    }
    let most = sources.iter().enumerate().max_by_key(|(at, source)| (source.look.rows, std::cmp::Reverse(*at)));
    unreferred(sources).unwrap_or(Customers::Numbered { source: most.map_or(0, |(at, _)| at) })
}

fn of_a_table(sources: &[Source]) -> Option<Customers> {
    let mut best: Option<(u32, usize, usize)> = None;
    for (at, source) in sources.iter().enumerate() {
        let about = words::is_about_customers(&source.stem);
        for key in keys(source) {
            let Some(look) = column(source, key) else { continue };
            let named = match names_customers(&look.name) {
                0 if about && is_bare_key(&look.name) => SURELY,
                score => score,
            };
            if named < SURELY {
                continue;
            }
            let personal = source
                .look
                .columns
                .iter()
                .filter(|column| words::class(&column.name, column.holds == Holds::Text).is_some())
                .count();
            let personal = u32::try_from(personal.min(3)).unwrap_or(0);
            let score = named + 3 * references(sources, at, look) + 2 * personal + if about { 5 } else { 0 };
            if best.is_none_or(|(most, ..)| score > most) {
                best = Some((score, at, key));
            }
        }
    }
    let (_, source, key) = best?;
    let look = sources.get(source).and_then(|found| column(found, key))?;
    let others = references(sources, source, look);
    let referred = match others {
        0 => String::new(),
        1 => ", and another file names it".to_owned(),
        _ => format!(", and {others} other files name it"),
    };
    let because = format!("each row has its own `{}`{referred}", look.name);
    Some(Customers::Table { source, key, because })
}

/// The column by which most files name customers.
fn of_events(sources: &[Source]) -> Option<Customers> {
    let mut best: Option<((u32, usize), &ColumnLook)> = None;
    let with_time = sources.iter().filter(|source| moment(source).is_ok());
    for look in with_time.flat_map(|source| &source.look.columns) {
        let named = names_customers(&look.name);
        if named == 0 || !matches!(look.holds, Holds::Int | Holds::Text) {
            continue;
        }
        let files =
            sources.iter().filter(|other| other.look.columns.iter().any(|column| column.name == look.name)).count();
        if best.is_none_or(|(most, _)| (named, files) > most) {
            best = Some(((named, files), look));
        }
    }
    best.map(|(_, look)| Customers::Introduced { column: look.name.clone(), is_int: look.holds == Holds::Int })
}

/// The largest file with a unique key that no other file refers to.
fn unreferred(sources: &[Source]) -> Option<Customers> {
    let largest = sources.iter().map(|source| source.look.rows).max()?;
    let candidates = sources.iter().enumerate().filter(|(_, source)| source.look.rows == largest);
    for (at, source) in candidates {
        let free = keys(source)
            .into_iter()
            .find(|key| column(source, *key).is_some_and(|key| references(sources, at, key) == 0));
        if let Some(key) = free {
            let name = column(source, key).map_or("", |key| &key.name);
            let because = format!("each row has its own `{name}`, and no file is named after customers");
            return Some(Customers::Table { source: at, key, because });
        }
    }
    None
}

/// What each file is.
pub fn parts(sources: &[Source], customers: &Customers) -> Vec<Part> {
    let whose = Whose::new(sources, customers);
    let part = |(at, source): (usize, &Source)| match customers {
        Customers::Table { source, .. } | Customers::Numbered { source } if *source == at => Part::Customers,
        _ => whose.part(source),
    };
    sources.iter().enumerate().map(part).collect()
}

/// The customers' key, as other files may name it.
struct Whose<'s> {
    /// The name and, where there is a file of customers, the key itself.
    key: &'s str,
    stem: &'s str,
    of_file: Option<&'s ColumnLook>,
    is_int: bool,
}

impl<'s> Whose<'s> {
    fn new(sources: &'s [Source], customers: &'s Customers) -> Self {
        match customers {
            Customers::Table { source, key, .. } => {
                let found = sources.get(*source);
                let look = found.and_then(|source| column(source, *key));
                let stem = found.map_or("", |source| source.stem.as_str());
                let is_int = look.is_some_and(|look| look.holds == Holds::Int);
                Self { key: look.map_or("", |look| &look.name), stem, of_file: look, is_int }
            }
            Customers::Introduced { column, is_int } => Self { key: column, stem: "", of_file: None, is_int: *is_int },
            Customers::Numbered { .. } => Self { key: "", stem: "", of_file: None, is_int: true },
        }
    }

    /// The column that says whose a row is: that of the key's name, else one that means the same.
    fn owner(&self, source: &Source) -> Option<(usize, &'s str)> {
        if self.key.is_empty() {
            return None;
        }
        let fits = |column: &ColumnLook| match column.holds {
            Holds::Int => self.is_int,
            Holds::Text => !self.is_int,
            _ => false,
        };
        let overlaps = |column: &ColumnLook| {
            let share = self.of_file.map(|key| column.keys.share_in(&key.keys));
            share.is_none_or(|share| share.is_none_or(|share| share >= 0.3))
        };
        let columns = || source.look.columns.iter().enumerate().filter(|(_, column)| fits(column));
        let same =
            columns().find(|(_, column)| column.name == self.key && (!is_bare_key(self.key) || overlaps(column)));
        let alike = || {
            columns().find(|(_, column)| {
                let alike = names_key_of(&column.name, self.stem, self.key) || names_customers(&column.name) >= SURELY;
                alike && self.of_file.is_some() && overlaps(column)
            })
        };
        same.or_else(alike).map(|(at, _)| (at, self.key))
    }

    fn part(&self, source: &Source) -> Part {
        let unique = || {
            let mut keys = keys(source);
            // A key says so by its name, or stands first.
            keys.sort_by_key(|at| {
                let name = column(source, *at).map_or("", |column| column.name.as_str());
                (!is_named_as_key(name, &source.stem), *at)
            });
            keys.first().copied()
        };
        match (self.owner(source), moment(source)) {
            (Some((owner, key)), Ok(at)) => {
                let same = column(source, owner).is_some_and(|column| column.name == key);
                Part::Events { owner: (!same).then_some(owner), at: Some(at) }
            }
            (Some((owner, key)), Err(reason)) => match unique() {
                Some(key) => Part::Lookup { key },
                // What it links to may say when.
                None if reason == TIMELESS => {
                    let same = column(source, owner).is_some_and(|column| column.name == key);
                    Part::Events { owner: (!same).then_some(owner), at: None }
                }
                None => Part::LeftOut(reason),
            },
            (None, _) => unique().map_or_else(
                || Part::LeftOut("it names no customer and has no unique key".to_owned()),
                |key| Part::Lookup { key },
            ),
        }
    }
}

fn is_named_as_key(name: &str, stem: &str) -> bool {
    is_bare_key(name) || normal(name).ends_with("_id") || normal(name).starts_with(&singular(&normal(stem)))
}

const TIMELESS: &str = "no column says when it happened";

/// The column that says when the events of a file happened; otherwise why there is none.
fn moment(source: &Source) -> Result<usize, String> {
    let columns = source.look.columns.iter().enumerate();
    let moments = columns.filter_map(|(at, column)| {
        let suits = words::suits_moment(&column.name)?;
        let exact = match column.holds {
            Holds::Instant(_) => 2,
            Holds::Date => 1,
            _ => return None,
        };
        Some((column, suits, exact, std::cmp::Reverse(at)))
    });
    let mut moments: Vec<_> = moments.collect();
    moments.sort_by_key(|(_, suits, exact, at)| std::cmp::Reverse((*suits, *exact, *at)));
    match moments.iter().find(|(column, ..)| column.missing == 0) {
        Some((_, _, _, at)) => Ok(at.0),
        None => Err(moments.first().map_or(TIMELESS.to_owned(), |(column, ..)| {
            format!("`{}` has no value in {} of {} rows", column.name, column.missing, source.look.rows)
        })),
    }
}
