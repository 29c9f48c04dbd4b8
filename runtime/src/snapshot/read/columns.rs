//! The columns that the schema reads from one file: found by name, checked by type, filled, and judged.

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, Schema as FileSchema};
use opportune_plan::{FieldId, Source, TableKind, Type};

use super::arrays;
use super::builder::{Builder, Fault, Faults};
use super::error::{Found, LoadError, Place};
use super::files::{Format, TableFile};
use super::lines;
use super::report::FieldReport;
use super::shown::{listed, nearest, shown};
use super::words;
use crate::snapshot::{Column, NO_ROW};
use crate::time::Clock;

/// A column that is read.
#[derive(Debug)]
pub(super) struct Target<'p> {
    /// Its name in the file.
    pub column: &'p str,
    /// The field that it becomes; none: the customer's key of an event.
    pub field: Option<FieldId>,
    pub ty: Type,
    pub builder: Builder,
}

/// All columns that are read from a file.
#[derive(Debug)]
pub(super) struct Targets<'p> {
    pub file: TableFile<'p>,
    pub all: Vec<Target<'p>>,
}

/// Where the targets' columns are in a file.
#[derive(Debug)]
pub(super) struct Projection {
    /// The positions of the columns that are read, ascending, each once.
    pub columns: Vec<usize>,
    /// For each target, the position in `columns`.
    pub of_target: Vec<usize>,
}

impl<'p> Targets<'p> {
    /// The columns of the schema for a file.
    pub(super) fn new(file: TableFile<'p>) -> Self {
        let (schema, table) = (file.schema, file.table);
        let target = |column: &'p str, field, ty| Target { column, field, ty, builder: Builder::new(schema, ty) };
        let mut all = Vec::new();
        for (id, field) in table.fields() {
            if let Source::Column(column) = &field.source {
                all.push(target(column, Some(id), field.ty));
            }
        }
        if let TableKind::Events { customer_column, .. } = &table.kind {
            let customer = schema.table(opportune_plan::Schema::CUSTOMER);
            let key = customer.and_then(|customer| customer.fields.get(customer.key()?.0 as usize));
            all.push(target(customer_column, None, key.map_or(Type::Text, |key| key.ty)));
        }
        Self { file, all }
    }

    /// The place of a target.
    pub(super) fn place(&self, target: &Target<'_>) -> Box<Place> {
        let mut place = self.file.place(target.field, target.column);
        if target.field.is_none() {
            place.subject = format!("the customer of {}", place.subject);
        }
        place
    }

    /// Finds the columns by name among those of the file.
    ///
    /// # Errors
    /// One for each column that is not there, or is there twice.
    pub(super) fn project(&self, names: &[&str]) -> Result<Projection, Vec<LoadError>> {
        let (mut found, mut errors) = (Vec::new(), Vec::new());
        for target in &self.all {
            let mut at = names.iter().enumerate().filter(|(_, name)| **name == target.column).map(|(at, _)| at);
            match (at.next(), at.count()) {
                (Some(at), 0) => found.push(at),
                (Some(_), more) => errors.push(LoadError::ColumnTwice { place: self.place(target), times: more + 1 }),
                (None, _) => errors.push(self.no_column(target, names)),
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let mut columns = found.clone();
        columns.sort_unstable();
        columns.dedup();
        let of_target = found.iter().map(|at| columns.binary_search(at).unwrap_or_default()).collect();
        Ok(Projection { columns, of_target })
    }

    /// The error for a column that is not there.
    pub(super) fn no_column(&self, target: &Target<'_>, names: &[&str]) -> LoadError {
        LoadError::NoColumn {
            place: self.place(target),
            nearest: nearest(target.column, names.iter().copied()).map(shown),
            present: if names.is_empty() { "none".to_owned() } else { listed(names.iter().copied()) },
        }
    }

    /// Finds the columns in the schema of a typed file and checks their types.
    ///
    /// # Errors
    /// One for each column that is not there, is there twice, or is of another type.
    pub(super) fn project_typed(&self, schema: &FileSchema) -> Result<Projection, Vec<LoadError>> {
        let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        let projection = self.project(&names)?;
        let found = |at: &usize| projection.columns.get(*at).and_then(|at| schema.fields().get(*at));
        let pairs = self.all.iter().zip(projection.of_target.iter().map(found));
        let errors: Vec<LoadError> = pairs
            .filter_map(|(target, found)| found.map(|found| (target, found.data_type())))
            .filter(|(target, found)| !arrays::accepts(target.ty, found))
            .map(|(target, found)| self.wrong_type(target, found))
            .collect();
        if errors.is_empty() { Ok(projection) } else { Err(errors) }
    }

    fn wrong_type(&self, target: &Target<'_>, found: &DataType) -> LoadError {
        LoadError::WrongType {
            place: self.place(target),
            declared: words::of_type(target.ty),
            found: words::of_found(found).to_owned(),
            help: words::mend(target.ty, found),
        }
    }

    /// Appends a batch that holds the projection's columns in their order.
    ///
    /// # Errors
    /// When there are more rows than a link can number, or the batch has not the columns.
    pub(super) fn append(&mut self, batch: &RecordBatch, of_target: &[usize], clock: &Clock) -> Result<(), LoadError> {
        self.room(batch.num_rows())?;
        for (target, at) in self.all.iter_mut().zip(of_target) {
            let Some(column) = batch.columns().get(*at) else {
                return Err(self.file.corrupt("a batch lacks a column"));
            };
            arrays::append(&mut target.builder, target.ty, column, clock);
        }
        Ok(())
    }

    /// How many rows there are.
    pub(super) fn rows(&self) -> usize {
        self.all.first().map_or(0, |target| target.builder.rows())
    }

    /// Whether so many more rows fit.
    ///
    /// # Errors
    /// When they do not.
    pub(super) fn room(&self, more: usize) -> Result<(), LoadError> {
        let limit = u64::from(NO_ROW) - 1;
        if (self.rows() as u64).saturating_add(more as u64) <= limit {
            return Ok(());
        }
        Err(LoadError::TooLarge { place: self.file.place(None, ""), limit })
    }

    /// Whether every value that must be there is: otherwise one error for each field and kind.
    pub(super) fn judge(&self) -> Vec<LoadError> {
        let mut errors = Vec::new();
        for target in &self.all {
            let faults = target.builder.faults;
            if faults.unreadable.count > 0 {
                errors.push(self.not_of_type(target, faults));
            }
            if faults.unlisted.count > 0 {
                errors.push(self.unlisted(target, faults));
            }
            errors.extend(self.no_value(target, faults));
        }
        errors
    }

    fn found(&self, tally: super::builder::Tally) -> Found {
        let line = match self.file.format {
            Format::Csv | Format::Jsonl => lines::of_row(&self.file.path, self.file.format, tally.first_row),
            Format::Parquet | Format::Ipc => None,
        };
        Found { line, ..tally.into() }
    }

    fn no_value(&self, target: &Target<'_>, faults: Faults) -> Option<LoadError> {
        let table = self.file.table;
        let is_key = target.field.is_some() && target.field == table.key();
        let nullable = target.field.and_then(|id| table.fields.get(id.0 as usize)).is_none_or(|field| field.nullable);
        let all = [faults.missing, faults.not_a_number, faults.out_of_range];
        let count = all.iter().map(|tally| tally.count).sum();
        let first_row = all.iter().filter(|tally| tally.count > 0).map(|tally| tally.first_row).min()?;
        if nullable {
            return None;
        }
        let (place, rows) = (self.place(target), self.found(super::builder::Tally { count, first_row }));
        Some(if is_key {
            LoadError::NoKey { place, rows }
        } else {
            LoadError::NoValue { place, rows, kinds: words::kinds(faults) }
        })
    }

    fn unlisted(&self, target: &Target<'_>, faults: Faults) -> LoadError {
        let domain = match target.ty {
            Type::OneOf(domain) | Type::Ordered(domain) => self.file.schema.domain(domain),
            _ => None,
        };
        let variants = domain.map(|domain| &*domain.variants).unwrap_or_default();
        LoadError::Unlisted {
            place: self.place(target),
            rows: self.found(faults.unlisted),
            listed: listed(variants.iter().map(|variant| &**variant)),
            nearest: target.builder.nearly.as_deref().map(shown),
        }
    }

    fn not_of_type(&self, target: &Target<'_>, faults: Faults) -> LoadError {
        LoadError::NotOfType {
            place: self.place(target),
            rows: self.found(faults.unreadable),
            declared: words::of_type(target.ty),
            help: words::spelling(target.ty, self.file.format),
        }
    }

    /// The columns by field, the customers' keys, and the counts; `fields` is how many fields the table has.
    pub(super) fn finish(self, fields: usize) -> (Vec<Option<Column>>, Option<Column>, Vec<FieldReport>) {
        let mut columns: Vec<Option<Column>> = (0..fields).map(|_| None).collect();
        let mut reports = vec![FieldReport::default(); fields];
        let mut owner = None;
        for target in self.all {
            let Some(id) = target.field else {
                owner = Some(target.builder.finish());
                continue;
            };
            if let (Some(column), Some(report)) = (columns.get_mut(id.0 as usize), reports.get_mut(id.0 as usize)) {
                *report = FieldReport::of(target.builder.faults);
                *column = Some(target.builder.finish());
            }
        }
        (columns, owner, reports)
    }
}

/// Appends a missing value to every target from `from` on.
pub(super) fn pad(targets: &mut [Target<'_>], rows: usize) {
    for target in targets {
        while target.builder.rows() < rows {
            target.builder.push_fault(Fault::Missing);
        }
    }
}
