//! What is wrong with a file of records, in words: the readers' errors without the policy's `from` and `declare`, which
//! mean nothing to such a file, and the rows' own.

use std::path::Path;

use opportune_plan::Schema;
use opportune_runtime::snapshot::read::{FieldReport, LoadError, Records, Tally};

use super::columns::{Kind, Name, Reading, listed};
use super::rows::{Fault, Found, LONGEST};
use crate::escape::escaped;
use crate::render::Problem;
use crate::table::grouped;

/// What is called how: all that a message needs.
pub struct Context<'a> {
    pub kind: Kind,
    pub file: &'a Path,
    pub readings: &'a [Reading],
    pub schema: &'a Schema,
}

impl Context<'_> {
    /// The file as messages name it.
    pub fn file_name(&self) -> String {
        self.file.file_name().map(|name| escaped(&name.to_string_lossy())).unwrap_or_default()
    }

    fn column(&self, name: Name) -> String {
        let reading = self.readings.iter().find(|reading| reading.name == name);
        escaped(reading.map_or(self.kind.word(name), |reading| &reading.column))
    }

    /// The reader's error for people who have a file and no schema.
    pub fn unread(&self, error: &LoadError) -> Problem {
        let code = Some(error.code().to_owned());
        let column =
            |place: &opportune_runtime::snapshot::read::Place| format!("column `{}` of `{}`", place.column, place.file);
        let field = || error.schema_place().and_then(|(_, field)| self.readings.get(field?.0 as usize));
        let problem = match error {
            LoadError::NoColumn { place, nearest, present } => {
                let near = nearest.as_ref().map_or("its".to_owned(), |near| format!("did you mean `{near}`? Its"));
                let word = field().map_or("customer", |reading| self.kind.word(reading.name));
                let message = format!(
                    "`{}` has no column `{}`, and a {} must have it",
                    place.file,
                    place.column,
                    self.kind.event()
                );
                Problem::new(
                    message,
                    format!("{near} columns are {present}; if one of them is it, write `--column {word}=…`"),
                )
            }
            LoadError::NoValue { place, rows, kinds } => {
                let message = format!("{} has no value in {rows}{kinds}", column(place));
                Problem::new(message, "fill the values in, or leave those rows out")
            }
            LoadError::WrongType { place, declared, found, help } => {
                let message = format!("{} must be {declared}, but holds {found}", column(place));
                let help = help.split_once(", or ").map_or(help.as_str(), |(_, help)| help);
                Problem::new(message, help)
            }
            LoadError::Unlisted { place, rows, listed, nearest, .. } => {
                let near = nearest
                    .as_ref()
                    .map_or(String::new(), |near| format!(" (one is nearly `{near}`: spaces and capitals count)"));
                let message = format!(
                    "{} holds values that the policy does not list for `{}`, in {rows}",
                    column(place),
                    place.subject
                );
                Problem::new(
                    message,
                    format!("it lists {listed}{near}; mend the file, or add what is not there to the policy"),
                )
            }
            _ => Problem::new(error.message(), error.help()),
        };
        Problem { code, ..problem }
    }

    /// What the reader would count as missing, and what was named on the command line and is not there.
    pub fn lost(&self, records: &Records) -> Vec<Problem> {
        let mut problems = Vec::new();
        for ((reading, column), report) in self.readings.iter().zip(&records.columns).zip(&records.report.fields) {
            let (word, renamed) = (self.kind.word(reading.name), reading.column != self.kind.word(reading.name));
            if renamed && column.is_none() && records.rows > 0 {
                let message = format!(
                    "`{}` has no column `{}`, which `--column {word}=…` names",
                    self.file_name(),
                    escaped(&reading.column)
                );
                problems.push(Problem::new(message, "name a column of the file as its first line writes it"));
            }
            if reading.value.is_some() && column.is_some() {
                let message = format!(
                    "`{}` has a column `{}` of its own beside `--value {word}=…`",
                    self.file_name(),
                    escaped(&reading.column)
                );
                problems.push(Problem::new(message, "leave `--value` out, or the column"));
            }
            problems.extend(self.unvalued(reading, report));
        }
        problems
    }

    fn unvalued(&self, reading: &Reading, report: &FieldReport) -> Option<Problem> {
        let all = [report.not_a_number, report.out_of_range, report.incomplete, report.not_a_zone];
        let count: u64 = all.iter().map(|tally| tally.count).sum();
        let first = all.iter().filter(|tally: &&Tally| tally.count > 0).map(|tally| tally.first_row).min()?;
        let column = escaped(&reading.column);
        let message = format!(
            "column `{column}` of `{}` holds what is not a number or out of range, in {}",
            self.file_name(),
            in_rows(count, first)
        );
        Some(Problem::new(message, "mend the values, or leave them out"))
    }

    /// Values of `--value` that the policy does not list.
    pub fn unlisted(&self) -> Vec<Problem> {
        let fields = self.schema.tables.iter().flat_map(|table| &table.fields);
        let given =
            self.readings.iter().zip(fields).filter_map(|(reading, field)| Some((field, reading.value.as_ref()?)));
        let unlisted = given.filter(|(field, value)| self.schema.named(field.ty, value).is_none());
        unlisted
            .map(|(field, value)| {
                let message =
                    format!("the policy does not list `{}` for `{}.{}`", escaped(value), self.kind.event(), field.name);
                Problem::new(message, format!("it lists {}", self.variants(field.ty)))
            })
            .collect()
    }

    fn variants(&self, ty: opportune_plan::Type) -> String {
        use opportune_plan::Type;
        let (Type::OneOf(domain) | Type::Ordered(domain)) = ty else { return String::new() };
        listed(self.schema.domain(domain).into_iter().flat_map(|domain| &domain.variants).map(|variant| &**variant))
    }

    /// A fault of rows.
    pub fn wrong(&self, found: Found) -> Problem {
        let (file, rows) = (self.file_name(), in_rows(found.count, found.first_row));
        let (customer, decision) = (self.column(Name::Customer), self.column(Name::Decision));
        let (message, help) = match found.fault {
            Fault::NoCustomer if self.kind == Kind::Contacts => (
                format!("`{file}` names no customer in {rows}"),
                format!(
                    "fill `{customer}` in, or leave those rows out; if another column has it, write `--column customer=…`"
                ),
            ),
            Fault::NoCustomer => (
                format!("`{file}` names neither a customer nor a decision in {rows}"),
                format!("fill `{customer}` or `{decision}` in; if another column has it, write `--column customer=…`"),
            ),
            Fault::UnknownDecision => (
                format!("`{file}` names no customer, and a decision that the ledger does not have, in {rows}"),
                format!(
                    "fill `{customer}` in, or leave those rows out: the customer may have been erased, or another ledger have the decision"
                ),
            ),
            Fault::Contradicts => (
                format!(
                    "`{file}` names a decision about another customer, offer or member than it says itself, in {rows}"
                ),
                "mend the rows: a decision alone is enough to say what a response is to".to_owned(),
            ),
            Fault::TooLong => (
                format!("`{file}` has a text of more than {LONGEST} bytes in {rows}"),
                "check that the columns are the right ones: names and outcomes are short".to_owned(),
            ),
            Fault::Nul => (
                format!("`{file}` has a text with a zero byte in {rows}"),
                "write the file anew without zero bytes".to_owned(),
            ),
            Fault::IdTwice => (
                format!("`{file}` gives different {}s the same name, in {rows}", self.kind.event()),
                format!("give each row an `{}` of its own, or leave that column out", self.column(Name::Id)),
            ),
            Fault::DecidedLate => (
                format!("`{file}` has contacts that were decided after they were sent, in {rows}"),
                format!(
                    "`{}` may not be after `{}`; check the zones of both",
                    self.column(Name::DecidedAt),
                    self.column(Name::At)
                ),
            ),
        };
        Problem::new(message, help)
    }
}

/// `3 rows (first in row 7)`.
fn in_rows(count: u64, first: u64) -> String {
    if count == 1 { format!("row {first}") } else { format!("{} rows (first in row {first})", grouped(count)) }
}
