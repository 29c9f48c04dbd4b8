//! The columns that the schema reads from one file: found by name, checked by type, filled, and judged.

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, Schema as FileSchema};
use opportune_plan::{Element, FieldId, Source, TableKind, Type};

use super::arrays;
use super::builder::{Builder, Fault, Faults, Reading};
use super::error::{Found, LoadError, Place};
use super::files::{Format, TableFile};
use super::lines;
use super::places;
use super::report::FieldReport;
use super::shown::{listed, nearest, shown};
use super::words;
use crate::snapshot::{Column, NO_ROW};
use crate::time::Clock;

/// A column that is read.
#[derive(Debug)]
pub(super) struct Target<'p> {
    /// Its name in the file; of a place in two columns that of the degrees north.
    pub column: &'p str,
    /// Of a place in two columns: the column of the degrees east.
    pub second: Option<&'p str>,
    /// The field that it becomes; none: the customer's key of an event or a request.
    pub field: Option<FieldId>,
    pub ty: Type,
    pub builder: Builder,
    /// What a row of JSON has brought so far of a place in two columns.
    pub halves: [Option<Reading<f64>>; 2],
}

impl<'p> Target<'p> {
    fn new(schema: &opportune_plan::Schema, column: &'p str, field: Option<FieldId>, ty: Type) -> Self {
        Self { column, second: None, field, ty, builder: Builder::new(schema, ty), halves: [None; 2] }
    }

    /// The columns that it is read from.
    pub(super) fn columns(&self) -> impl Iterator<Item = &'p str> {
        std::iter::once(self.column).chain(self.second)
    }
}

/// All columns that are read from a file.
#[derive(Debug)]
pub(super) struct Targets<'p> {
    pub file: TableFile<'p>,
    pub all: Vec<Target<'p>>,
    /// The fields of a request that its file does not bring.
    pub absent: Vec<FieldId>,
}

/// Where the targets' columns are in a file.
#[derive(Debug)]
pub(super) struct Projection {
    /// The positions of the columns that are read, ascending, each once.
    pub columns: Vec<usize>,
    /// For each target, where it is.
    pub of_target: Vec<At>,
}

/// Where the columns of a target are in [`Projection::columns`].
#[derive(Clone, Copy, Debug)]
pub(super) struct At {
    pub first: usize,
    /// Of a place in two columns.
    pub second: Option<usize>,
}

impl<'p> Targets<'p> {
    /// The columns of the schema for a file.
    pub(super) fn new(file: TableFile<'p>) -> Self {
        let (schema, table) = (file.schema, file.table);
        let mut all = Vec::new();
        for (id, field) in table.fields() {
            match &field.source {
                Source::Column(column) => all.push(Target::new(schema, column, Some(id), field.ty)),
                Source::Columns(north, east) => {
                    all.push(Target { second: Some(east), ..Target::new(schema, north, Some(id), field.ty) });
                }
                Source::Linked { .. } => {}
            }
        }
        if let Some((column, ty)) = owner(schema, table) {
            all.push(Target::new(schema, column, None, ty));
        }
        Self { file, all, absent: Vec::new() }
    }

    /// The place of a target.
    pub(super) fn place(&self, target: &Target<'_>) -> Box<Place> {
        let mut place = self.file.place(target.field, target.column);
        if target.field.is_none() {
            place.subject = format!("the customer of {}", place.subject);
        }
        place
    }

    /// The place of one of its columns.
    fn place_in(&self, target: &Target<'_>, column: &str) -> Box<Place> {
        Box::new(Place { column: shown(column), ..*self.place(target) })
    }

    /// Finds the columns by name among those of the file.
    ///
    /// # Errors
    /// One for each column that is not there, or is there twice.
    pub(super) fn project(&mut self, names: &[&str]) -> Result<Projection, Vec<LoadError>> {
        self.leave_out(|column| names.contains(&column));
        let (mut found, mut errors) = (Vec::new(), Vec::new());
        for target in &self.all {
            let mut find = |column| match self.find(target, column, names) {
                Ok(at) => at,
                Err(error) => {
                    errors.push(error);
                    0
                }
            };
            found.push(At { first: find(target.column), second: target.second.map(find) });
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let mut columns: Vec<usize> = found.iter().flat_map(|at| std::iter::once(at.first).chain(at.second)).collect();
        columns.sort_unstable();
        columns.dedup();
        let position = |at: usize| columns.binary_search(&at).unwrap_or_default();
        let of_target = found.iter().map(|at| At { first: position(at.first), second: at.second.map(position) });
        Ok(Projection { of_target: of_target.collect(), columns })
    }

    fn find(&self, target: &Target<'_>, column: &str, names: &[&str]) -> Result<usize, LoadError> {
        let mut at = names.iter().enumerate().filter(|(_, name)| **name == column).map(|(at, _)| at);
        match (at.next(), at.count()) {
            (Some(at), 0) => Ok(at),
            (Some(_), more) => Err(LoadError::ColumnTwice { place: self.place_in(target, column), times: more + 1 }),
            (None, _) => Err(self.no_column(target, column, names)),
        }
    }

    /// A request's file need not bring a field that may be missing: one whose column is not there is missing for all. But
    /// where it brings none at all, that is an error.
    pub(super) fn leave_out(&mut self, is_there: impl Fn(&str) -> bool) {
        let table = self.file.table;
        let optional = |id: FieldId| table.fields.get(id.0 as usize).is_some_and(|field| field.nullable);
        let lacks = |target: &Target<'_>| target.field.is_some_and(optional) && !target.columns().any(&is_there);
        let fields = self.all.iter().filter(|target| target.field.is_some()).count();
        let lacking: Vec<FieldId> = self.all.iter().filter(|t| lacks(t)).filter_map(|target| target.field).collect();
        if table.kind == TableKind::Context && lacking.len() < fields {
            self.all.retain(|target| !lacks(target));
            self.absent = lacking;
        }
    }

    /// The error for a column that is not there.
    pub(super) fn no_column(&self, target: &Target<'_>, column: &str, names: &[&str]) -> LoadError {
        LoadError::NoColumn {
            place: self.place_in(target, column),
            nearest: nearest(column, names.iter().copied()).map(shown),
            present: if names.is_empty() { "none".to_owned() } else { listed(names.iter().copied()) },
        }
    }

    /// Finds the columns in the schema of a typed file and checks their types.
    ///
    /// # Errors
    /// One for each column that is not there, is there twice, or is of another type.
    pub(super) fn project_typed(&mut self, schema: &FileSchema) -> Result<Projection, Vec<LoadError>> {
        let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        let projection = self.project(&names)?;
        let found = |at: usize| {
            let column = projection.columns.get(at).and_then(|at| schema.fields().get(*at));
            column.map(|column| (column.name().as_str(), column.data_type()))
        };
        let mut errors = Vec::new();
        for (target, at) in self.all.iter().zip(&projection.of_target) {
            // Each of two columns holds numbers.
            let ty = if target.second.is_some() { Type::Number } else { target.ty };
            let columns = std::iter::once(at.first).chain(at.second).filter_map(found);
            let wrong = columns.filter(|(_, found)| !arrays::accepts(ty, found));
            errors.extend(wrong.map(|(column, found)| self.wrong_type(target, column, found)));
        }
        if errors.is_empty() { Ok(projection) } else { Err(errors) }
    }

    fn wrong_type(&self, target: &Target<'_>, column: &str, found: &DataType) -> LoadError {
        let help = match target.second {
            Some(_) => "write the column anew as numbers of degrees".to_owned(),
            None => words::mend(target.ty, found),
        };
        LoadError::WrongType {
            place: self.place_in(target, column),
            declared: words::of_type(target.ty),
            found: words::of_found(found),
            help,
        }
    }

    /// Appends a batch that holds the projection's columns in their order.
    ///
    /// # Errors
    /// When there are more rows than a link can number, or the batch has not the columns.
    pub(super) fn append(&mut self, batch: &RecordBatch, of_target: &[At], clock: &Clock) -> Result<(), LoadError> {
        self.room(batch.num_rows())?;
        for (target, at) in self.all.iter_mut().zip(of_target) {
            let second = at.second.map(|at| batch.columns().get(at));
            match (batch.columns().get(at.first), second) {
                (Some(column), None) => arrays::append(&mut target.builder, target.ty, column, clock),
                (Some(north), Some(Some(east))) => arrays::append_places(&mut target.builder, north, east),
                _ => return Err(self.file.corrupt("a batch lacks a column")),
            }
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
        let all = [faults.missing, faults.incomplete, faults.not_a_zone, faults.not_a_number, faults.out_of_range];
        let count = all.iter().map(|tally| tally.count).sum();
        let first_row = all.iter().filter(|tally| tally.count > 0).map(|tally| tally.first_row).min()?;
        if nullable {
            return None;
        }
        let (place, rows) = (self.place(target), self.found(super::builder::Tally { count, first_row }));
        Some(if is_key {
            LoadError::NoKey { place, rows }
        } else {
            LoadError::NoValue { place, rows, kinds: words::kinds(target.ty, faults) }
        })
    }

    fn unlisted(&self, target: &Target<'_>, faults: Faults) -> LoadError {
        let domain = match target.ty {
            Type::OneOf(domain)
            | Type::Ordered(domain)
            | Type::Set(Element::OneOf(domain) | Element::Ordered(domain)) => self.file.schema.domain(domain),
            _ => None,
        };
        let variants = domain.map(|domain| &*domain.variants).unwrap_or_default();
        LoadError::Unlisted {
            place: self.place(target),
            rows: self.found(faults.unlisted),
            listed: listed(variants.iter().map(|variant| &**variant)),
            nearest: target.builder.nearly().map(shown),
            otherwise: if matches!(target.ty, Type::Set(_)) { "set of text" } else { "text" },
        }
    }

    fn not_of_type(&self, target: &Target<'_>, faults: Faults) -> LoadError {
        LoadError::NotOfType {
            place: self.place(target),
            rows: self.found(faults.unreadable),
            declared: words::of_type(target.ty),
            help: match target.second {
                Some(_) => "write numbers of degrees such as 40.71, north and south in one column, east in the other"
                    .to_owned(),
                None => words::spelling(target.ty, self.file.format),
            },
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

/// The column that holds the customer's key of each row, and its type: of events and requests.
fn owner<'p>(schema: &'p opportune_plan::Schema, table: &'p opportune_plan::Table) -> Option<(&'p str, Type)> {
    let customer = schema.table(opportune_plan::Schema::CUSTOMER);
    let key = customer.and_then(|customer| customer.fields.get(customer.key()?.0 as usize));
    let ty = key.map_or(Type::Text, |key| key.ty);
    match (&table.kind, key.map(|key| &key.source)) {
        (TableKind::Events { customer_column, .. }, _) => Some((customer_column, ty)),
        (TableKind::Context, Some(Source::Column(column))) => Some((column, ty)),
        _ => None,
    }
}

/// Ends a row: what it has not brought is missing.
pub(super) fn pad(targets: &mut [Target<'_>], rows: usize) {
    for target in targets {
        while target.builder.rows() < rows {
            match target.second {
                Some(_) => {
                    let [north, east] = std::mem::take(&mut target.halves).map(|h| h.unwrap_or(Err(Fault::Missing)));
                    target.builder.push(places::place(north, east));
                }
                None => target.builder.push_fault(Fault::Missing),
            }
        }
    }
}
