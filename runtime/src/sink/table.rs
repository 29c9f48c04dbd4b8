//! Writes any table to a file, in the formats and with the promises of decisions: whole or not at all, the same rows the
//! same bytes.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Float64Array, Int64Array, ListBuilder, RecordBatch, StringBuilder,
    TimestampMicrosecondArray,
};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};

use super::Waiting;
use super::batch::{free, joined, rfc3339};
use super::columns::item;
use super::error::SinkError;
use super::format::{Encoder, Format};
use super::target::{Shared, Target};

/// What a column of a table holds; any value of it may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellType {
    /// 64-bit integers.
    Int,
    /// Doubles.
    Number,
    /// Texts that people wrote: CSV guards those that a spreadsheet would take for a formula.
    Text,
    /// Keys and names, which are joined by: left as they are.
    Name,
    /// Moments, in microseconds since 1970-01-01 UTC.
    Instant,
    /// True and false.
    Bool,
    /// Lists of texts; in CSV with bars between them.
    Texts,
}

/// A value of a table. One that is not of its column's type is missing.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// None.
    Missing,
    /// Of [`CellType::Int`] and [`CellType::Instant`].
    Int(i64),
    /// Of [`CellType::Number`].
    Number(f64),
    /// Of [`CellType::Text`] and [`CellType::Name`].
    Text(Box<str>),
    /// Of [`CellType::Bool`].
    Bool(bool),
    /// Of [`CellType::Texts`].
    Texts(Vec<Box<str>>),
}

impl From<Option<i64>> for Cell {
    fn from(int: Option<i64>) -> Self {
        int.map_or(Self::Missing, Self::Int)
    }
}

impl From<Option<Box<str>>> for Cell {
    fn from(text: Option<Box<str>>) -> Self {
        text.map_or(Self::Missing, Self::Text)
    }
}

/// Writes a table, row by row.
pub struct TableWriter {
    columns: Vec<(Box<str>, CellType)>,
    format: Format,
    waiting: Waiting<Vec<Cell>>,
    target: Shared,
    encoder: Encoder<Shared>,
}

impl TableWriter {
    /// Begins a file with these columns; the target is untouched until [`Self::finish`].
    ///
    /// # Errors
    /// When the ending is none of `.parquet`, `.csv` and `.jsonl`, when the target is a folder, or when nothing can be
    /// written beside it.
    pub fn create(path: &Path, columns: &[(&str, CellType)]) -> Result<Self, SinkError> {
        let format = Format::of(path)?;
        let columns: Vec<(Box<str>, CellType)> = columns.iter().map(|(name, ty)| ((*name).into(), *ty)).collect();
        let target = Shared::new(Target::create(path, None)?);
        let encoder = Encoder::new(format, target.clone(), &schema(format, &columns));
        let encoder = encoder.map_err(|error| target.error(error))?;
        Ok(Self { columns, format, waiting: Waiting::new(), target, encoder })
    }

    /// Writes a row: a value for each column; what is not there is missing.
    ///
    /// # Errors
    /// When the disk is full, or the file cannot be written for another reason.
    pub fn write(&mut self, row: Vec<Cell>) -> Result<(), SinkError> {
        let Self { columns, format, waiting, target, encoder } = self;
        waiting.add([row], |rows| encode(*format, columns, rows, target, encoder))
    }

    /// Writes what is left, waits until it is on disk, and puts the file in its place.
    ///
    /// # Errors
    /// When the file cannot be written or put in its place; then nothing of it is left.
    pub fn finish(mut self) -> Result<(), SinkError> {
        encode(self.format, &self.columns, &self.waiting.0, &self.target, &mut self.encoder)?;
        self.encoder.finish().map_err(|error| self.target.error(error))?;
        self.target.into_inner().map_or(Ok(()), Target::persist)
    }
}

fn encode(
    format: Format,
    columns: &[(Box<str>, CellType)],
    rows: &[Vec<Cell>],
    target: &Shared,
    encoder: &mut Encoder<Shared>,
) -> Result<(), SinkError> {
    if rows.is_empty() {
        return Ok(());
    }
    let arrays = columns.iter().enumerate().map(|(at, (_, ty))| {
        let cells = rows.iter().map(|row| row.get(at).unwrap_or(&Cell::Missing));
        array(format, *ty, cells)
    });
    let batch = RecordBatch::try_new(schema(format, columns), arrays.collect()).map_err(|error| target.error(error))?;
    encoder.write(&batch).map_err(|error| target.error(error))
}

fn schema(format: Format, columns: &[(Box<str>, CellType)]) -> SchemaRef {
    let ty = |ty: CellType| match ty {
        CellType::Int => DataType::Int64,
        CellType::Number => DataType::Float64,
        CellType::Bool => DataType::Boolean,
        CellType::Texts if format != Format::Csv => DataType::List(item()),
        // CSV and JSON lines have no instants.
        CellType::Instant if format == Format::Parquet => {
            DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
        }
        CellType::Text | CellType::Name | CellType::Instant | CellType::Texts => DataType::Utf8,
    };
    let field = |(name, of): &(Box<str>, CellType)| Field::new(&**name, ty(*of), true);
    Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<_>>()))
}

fn array<'c>(format: Format, ty: CellType, cells: impl Iterator<Item = &'c Cell>) -> ArrayRef {
    let int = |cell: &Cell| if let Cell::Int(int) = cell { Some(*int) } else { None };
    match ty {
        CellType::Int => Arc::new(cells.map(int).collect::<Int64Array>()),
        CellType::Number => {
            let number = |cell: &Cell| if let Cell::Number(number) = cell { Some(*number) } else { None };
            Arc::new(cells.map(number).collect::<Float64Array>())
        }
        CellType::Bool => {
            let bool = |cell: &Cell| if let Cell::Bool(bool) = cell { Some(*bool) } else { None };
            Arc::new(cells.map(bool).collect::<BooleanArray>())
        }
        CellType::Instant if format == Format::Parquet => {
            Arc::new(cells.map(int).collect::<TimestampMicrosecondArray>().with_timezone("UTC"))
        }
        CellType::Texts if format != Format::Csv => {
            let mut lists = ListBuilder::new(StringBuilder::new()).with_field(item());
            cells.for_each(|cell| match cell {
                Cell::Texts(texts) => lists.append_value(texts.iter().map(Some)),
                _ => lists.append_null(),
            });
            Arc::new(lists.finish())
        }
        CellType::Text | CellType::Name | CellType::Instant | CellType::Texts => {
            let mut texts = StringBuilder::new();
            cells.for_each(|cell| match (cell, ty) {
                (Cell::Text(text), CellType::Text) => texts.append_value(free(format, text)),
                (Cell::Text(text), CellType::Name) => texts.append_value(text),
                (Cell::Int(instant), CellType::Instant) => texts.append_value(rfc3339(*instant)),
                (Cell::Texts(list), CellType::Texts) => texts.append_value(free(format, &joined(list))),
                _ => texts.append_null(),
            });
            Arc::new(texts.finish())
        }
    }
}
