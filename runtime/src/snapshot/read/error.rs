//! Why the data could not be loaded: one value for each thing that is wrong, with a code, a help and a place.
//!
//! No error shows a customer's value: it names the column, how many rows and the first of them. Names that come from
//! files are shown with control characters escaped.

use opportune_plan::{FieldId, TableId};

use super::builder::Tally;

/// What an error is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The table of the schema.
    pub table: TableId,
    /// Its field, where it is about one.
    pub field: Option<FieldId>,
    /// The table or field as messages name it, for example `purchase.quantity`.
    pub subject: String,
    /// The file, as messages name it.
    pub file: String,
    /// The column of the file, as messages name it; empty where it is about none.
    pub column: String,
    /// Whether it is in a request's file, which who runs the program names, not the schema.
    pub of_request: bool,
}

/// How often something was found, and where first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// How many rows.
    pub count: u64,
    /// The first row; the first row of the file is 1.
    pub first_row: u64,
    /// The line of the first row, in a file of lines.
    pub line: Option<u64>,
}

impl From<Tally> for Found {
    fn from(tally: Tally) -> Self {
        Self { count: tally.count, first_row: tally.first_row, line: None }
    }
}

impl std::fmt::Display for Found {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let rows = if self.count == 1 { "row" } else { "rows" };
        let first = if self.count == 1 { "" } else { "first " };
        write!(f, "{} {rows} ({first}in ", self.count)?;
        match self.line {
            Some(line) => write!(f, "line {line})"),
            None => write!(f, "row {})", self.first_row),
        }
    }
}

/// Why the data could not be loaded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what the fields are")]
pub enum LoadError {
    /// The data folder cannot be read.
    #[error("the data folder `{folder}` cannot be read: {reason}")]
    Folder { folder: String, reason: String },
    /// No file is there for a table.
    #[error("there is no data file for `{}`: `{folder}` holds no `{stem}`", place.subject)]
    NoFile { place: Box<Place>, folder: String, stem: String, present: String, nearest: Option<String> },
    /// Several files are there for a table.
    #[error("there are several data files for `{}`: {files}", place.subject)]
    SeveralFiles { place: Box<Place>, files: String },
    /// A file is not inside the folder that it must be in.
    #[error("the data file of `{}` is outside `{root}`", place.subject)]
    Outside { place: Box<Place>, root: String },
    /// A file cannot be opened or read.
    #[error("`{}` cannot be read: {reason}", place.file)]
    Unreadable { place: Box<Place>, reason: String },
    /// A file whose ending says no format.
    #[error("`{}` has no ending that says its format", place.file)]
    NoFormat { place: Box<Place> },
    /// A file is not what its ending says, or is broken.
    #[error("`{}` is not a readable {format} file: {reason}", place.file)]
    Corrupt { place: Box<Place>, format: &'static str, reason: String },
    /// A column that the schema names is not in the file.
    #[error("`{}` has no column `{}`, which `{}` is read from", place.file, place.column, place.subject)]
    NoColumn { place: Box<Place>, nearest: Option<String>, present: String },
    /// A column that the schema names is in the file more than once.
    #[error("`{}` has {times} columns named `{}`", place.file, place.column)]
    ColumnTwice { place: Box<Place>, times: usize },
    /// A column is of a type that the declared one is not read from.
    #[error("`{}` is declared {declared}, but column `{}` of `{}` holds {found}", place.subject, place.column, place.file)]
    WrongType { place: Box<Place>, declared: String, found: String, help: String },
    /// A line that is not well-formed.
    #[error("line {line} of `{}` {reason}", place.file)]
    BadLine { place: Box<Place>, line: u64, reason: String },
    /// Values that are missing where the schema says that none is.
    #[error("`{}` is not optional, but column `{}` of `{}` has no value in {rows}{kinds}", place.subject, place.column, place.file)]
    NoValue { place: Box<Place>, rows: Found, kinds: String },
    /// Values that are not declared.
    #[error("column `{}` of `{}` holds values that `{}` does not list, in {rows}", place.column, place.file, place.subject)]
    Unlisted { place: Box<Place>, rows: Found, listed: String, nearest: Option<String>, otherwise: &'static str },
    /// Values that cannot be read as the declared type.
    #[error("column `{}` of `{}` holds what is not {declared}, in {rows}", place.column, place.file)]
    NotOfType { place: Box<Place>, rows: Found, declared: String, help: String },
    /// A key that is missing.
    #[error("the key `{}` is missing in {rows} of `{}`", place.subject, place.file)]
    NoKey { place: Box<Place>, rows: Found },
    /// A key that several rows have.
    #[error("the key `{}` must be unique, but row {second} of `{}` has the key of row {first} (rows that repeat one: {count})", place.subject, place.file)]
    KeyTwice { place: Box<Place>, count: u64, first: u64, second: u64 },
    /// Links that lead nowhere.
    #[error("`{}` links to `{target}`, which has no such key for {rows} of `{}`", place.subject, place.file)]
    Dangling { place: Box<Place>, target: String, rows: Found },
    /// Customers that have no row in the customer's own table.
    #[error("`{}` is not optional, but {count} of {of} customers have no row in `{}` (other tables introduce them)", place.subject, place.file)]
    NoRow { place: Box<Place>, count: u64, of: u64 },
    /// Values that come through a link and are missing.
    #[error("`{}` is not optional, but the link that it comes through gives no value in {rows} of `{}`", place.subject, place.file)]
    NoLinkedValue { place: Box<Place>, rows: Found },
    /// Times that are outside the calendar.
    #[error("`{}` is when an event happened, but is outside the years 1 to 9999 in {rows} of `{}`", place.subject, place.file)]
    NoTime { place: Box<Place>, rows: Found },
    /// More rows than a table can have.
    #[error("`{}` has more than {limit} rows", place.file)]
    TooLarge { place: Box<Place>, limit: u64 },
    /// What the ledger does not tell of its rows, where the schema says that it is always there.
    #[error("`{}` is not optional, but the ledger has no value for {count} {}", place.subject, rows_of(what, *count))]
    NotInLedger { place: Box<Place>, what: String, count: u64 },
    /// What the ledger tells of its rows, and the schema does not list.
    #[error("`{}` does not list what the ledger has for {count} {}", place.subject, rows_of(what, *count))]
    UnlistedInLedger { place: Box<Place>, what: String, count: u64, listed: String, nearest: Option<String> },
}

/// `1 contact`, `3 contacts`.
fn rows_of(what: &str, count: u64) -> String {
    if count == 1 { what.to_owned() } else { format!("{what}s") }
}

impl LoadError {
    /// The stable code, which `docs/diagnostics` has a page for.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Folder { .. } => "D0101",
            Self::NoFile { .. } => "D0102",
            Self::SeveralFiles { .. } => "D0103",
            Self::Outside { .. } => "D0104",
            Self::Unreadable { .. } => "D0105",
            Self::Corrupt { .. } => "D0106",
            Self::NoColumn { .. } => "D0107",
            Self::ColumnTwice { .. } => "D0108",
            Self::WrongType { .. } => "D0109",
            Self::BadLine { .. } => "D0110",
            Self::NoValue { .. } => "D0111",
            Self::Unlisted { .. } => "D0112",
            Self::NotOfType { .. } => "D0113",
            Self::NoKey { .. } => "D0114",
            Self::KeyTwice { .. } => "D0115",
            Self::Dangling { .. } => "D0116",
            Self::NoRow { .. } => "D0117",
            Self::NoLinkedValue { .. } => "D0118",
            Self::NoTime { .. } => "D0119",
            Self::TooLarge { .. } => "D0120",
            Self::NoFormat { .. } => "D0121",
            Self::NotInLedger { .. } => "D0122",
            Self::UnlistedInLedger { .. } => "D0123",
        }
    }

    /// What is wrong, in one line.
    pub fn message(&self) -> String {
        self.to_string()
    }

    /// How to mend it.
    pub fn help(&self) -> String {
        match self {
            Self::Folder { .. } => {
                "name the folder of the data in `[data] folder` of `opportune.toml`, or with `--data`".to_owned()
            }
            Self::NoFile { stem, present, nearest, .. } => no_file_help(stem, present, nearest.as_deref()),
            Self::SeveralFiles { .. } => {
                "keep one of them, or name it with its ending under `[data.files]` of `opportune.toml`".to_owned()
            }
            Self::Outside { .. } => "move the file into the project, or pass its folder with `--data`".to_owned(),
            Self::Unreadable { .. } => "check that it is a file and that you may read it".to_owned(),
            Self::NoFormat { .. } => {
                "give it the ending .parquet, .csv, .jsonl, .ndjson, .arrow, .ipc or .feather".to_owned()
            }
            Self::Corrupt { .. } => {
                "write the file anew; it may be cut short, or of another format than its ending says".to_owned()
            }
            Self::NoColumn { present, nearest: None, .. } => {
                format!("its columns are {present}; name one with `from \"…\"`")
            }
            Self::NoColumn { present, nearest: Some(near), .. } => {
                format!("did you mean `{near}`? Its columns are {present}; name one with `from \"…\"`")
            }
            Self::ColumnTwice { .. } => "give each column a name of its own".to_owned(),
            Self::WrongType { help, .. } | Self::NotOfType { help, .. } => help.clone(),
            Self::BadLine { .. } => "mend the line, or write the file anew".to_owned(),
            Self::NoValue { place, .. } => {
                format!("fill the values in, or declare `{}` with `?`: then they are missing", place.subject)
            }
            Self::Unlisted { listed, nearest, otherwise, .. } => unlisted_help(listed, nearest.as_deref(), otherwise),
            Self::NoKey { .. } => "give every row a key, or leave those rows out".to_owned(),
            Self::KeyTwice { .. } => "keep one row for each key".to_owned(),
            Self::Dangling { target, .. } => format!(
                "add the rows to the file of `{target}`, or declare the link `-> {target}?`: then those lead nowhere"
            ),
            Self::NoRow { place, .. } => format!(
                "declare `{}` with `?`, or let the customer's own table alone introduce customers (`introduces` in `opportune.toml`)",
                place.subject
            ),
            Self::NoLinkedValue { place, .. } => format!(
                "complete the linked rows, or declare `{}` with `?` where it is not the time of an event",
                place.subject
            ),
            Self::NoTime { .. } => "mend the times; the calendar ends at 9999-12-30 22:00 UTC".to_owned(),
            Self::TooLarge { .. } => "split the data, or leave old events out".to_owned(),
            Self::NotInLedger { place, .. } => {
                format!("declare `{}` with `?`: then it is missing where the ledger does not tell it", place.subject)
            }
            Self::UnlistedInLedger { listed, nearest, .. } => unlisted_help(listed, nearest.as_deref(), "text"),
        }
    }

    /// The part of the schema that it is about.
    pub fn schema_place(&self) -> Option<(TableId, Option<FieldId>)> {
        self.place().map(|place| (place.table, place.field))
    }

    /// Whether the schema and the files that it names disagree in shape: a column that is not there or of another type, or
    /// fields that must be optional by what introduces customers. Otherwise the data itself is wrong.
    pub fn is_schema_disagreement(&self) -> bool {
        match self {
            Self::NoColumn { place, .. } | Self::WrongType { place, .. } | Self::NoRow { place, .. } => {
                !place.of_request
            }
            Self::NotInLedger { .. } | Self::UnlistedInLedger { .. } => true,
            _ => false,
        }
    }

    /// What it is about, but for the folder.
    pub fn place(&self) -> Option<&Place> {
        match self {
            Self::Folder { .. } => None,
            Self::NoFile { place, .. }
            | Self::SeveralFiles { place, .. }
            | Self::Outside { place, .. }
            | Self::Unreadable { place, .. }
            | Self::NoFormat { place }
            | Self::Corrupt { place, .. }
            | Self::NoColumn { place, .. }
            | Self::ColumnTwice { place, .. }
            | Self::WrongType { place, .. }
            | Self::BadLine { place, .. }
            | Self::NoValue { place, .. }
            | Self::Unlisted { place, .. }
            | Self::NotOfType { place, .. }
            | Self::NoKey { place, .. }
            | Self::KeyTwice { place, .. }
            | Self::Dangling { place, .. }
            | Self::NoRow { place, .. }
            | Self::NoLinkedValue { place, .. }
            | Self::NoTime { place, .. }
            | Self::TooLarge { place, .. }
            | Self::NotInLedger { place, .. }
            | Self::UnlistedInLedger { place, .. } => Some(place),
        }
    }
}

fn no_file_help(stem: &str, present: &str, nearest: Option<&str>) -> String {
    let there = if present.is_empty() {
        "The folder holds no data file".to_owned()
    } else {
        format!("The folder holds {present}")
    };
    let near = nearest.map_or(String::new(), |near| format!("did you mean `{near}`? "));
    format!(
        "{near}{there}; a file is `{stem}` with the ending .parquet, .csv, .jsonl, .ndjson, .arrow, .ipc or .feather, \
         another name goes under `[data.files]` of `opportune.toml`"
    )
}

fn unlisted_help(listed: &str, nearest: Option<&str>, otherwise: &str) -> String {
    let near = nearest.map_or(String::new(), |near| format!(" (one is nearly `{near}`: spaces and capitals count)"));
    format!(
        "the declared values are {listed}{near}; add what is not there to the declaration, or declare it {otherwise}"
    )
}
