//! Reads decisions files again: what their first row tells of the run, and where two files differ. Cells are read as
//! texts, which are the same for the same values: nothing here needs more of them.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use arrow::array::types::TimestampMicrosecondType;
use arrow::array::{Array, AsArray, RecordBatch};
use arrow::csv;
use arrow::datatypes::{DataType, Field, Schema};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::batch::rfc3339;
use super::error::SinkError;
use super::format::Format;
use crate::snapshot::read::shown_path;

/// A cell; none where it is missing.
type Cell = Option<String>;

/// What a decisions file tells of the run that it is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// BLAKE3 of the policy.
    pub policy_hash: String,
    /// BLAKE3 of the data and the request.
    pub data_hash: String,
    /// The moment that ruled the run, in microseconds since 1970-01-01 UTC.
    pub now: i64,
    /// The run; none of a dry run.
    pub run: Option<String>,
    /// How much of the ledger was seen.
    pub ledger: u64,
}

/// How two decisions files differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// Not at all: they are the same bytes.
    None,
    /// All rows are the same, and yet the bytes are not: another version of the program may have written them.
    Bytes,
    /// They have not the same columns.
    Columns,
    /// This row, counted from 1, is the first that differs, in these columns.
    Row(u64, Vec<String>),
    /// One ends after so many rows, which are the same; the other goes on.
    Length(u64),
}

/// What a decisions file tells in its first row; none where it has no row.
///
/// # Errors
/// When the file cannot be read, or is no decisions file.
pub fn told(path: &Path) -> Result<Option<Told>, SinkError> {
    let mut rows = Rows::open(path)?;
    let Some(row) = rows.next().transpose().map_err(|error| unreadable(path, error))? else { return Ok(None) };
    let cell = |name: &str| {
        let at = rows.columns.iter().position(|column| column == name);
        at.and_then(|at| row.get(at).cloned().flatten())
    };
    let found = || {
        Some(Told {
            policy_hash: cell("policy_hash")?,
            data_hash: cell("data_hash")?,
            now: cell("now")?.parse::<jiff::Timestamp>().ok()?.as_microsecond(),
            run: cell("run"),
            ledger: cell("ledger")?.parse().ok()?,
        })
    };
    found().map(Some).ok_or_else(|| SinkError::NotDecisions { path: shown_path(path) })
}

/// How two decisions files of one format differ.
///
/// # Errors
/// When one cannot be read.
pub fn difference(one: &Path, other: &Path) -> Result<Difference, SinkError> {
    if are_same_bytes(one, other)? {
        return Ok(Difference::None);
    }
    let (mut ones, mut others) = (Rows::open(one)?, Rows::open(other)?);
    // Without a row, JSON lines tell no columns.
    let known = !ones.columns.is_empty() && !others.columns.is_empty();
    if known && ones.columns != others.columns {
        return Ok(Difference::Columns);
    }
    let mut row = 0;
    loop {
        let a = ones.next().transpose().map_err(|error| unreadable(one, error))?;
        let b = others.next().transpose().map_err(|error| unreadable(other, error))?;
        match (a, b) {
            (None, None) => return Ok(Difference::Bytes),
            (Some(a), Some(b)) if a == b => row += 1,
            (Some(a), Some(b)) => {
                let differ = ones.columns.iter().zip(a.iter().zip(&b)).filter(|(_, (a, b))| a != b);
                return Ok(Difference::Row(row + 1, differ.map(|(column, _)| column.clone()).collect()));
            }
            _ => return Ok(Difference::Length(row)),
        }
    }
}

fn are_same_bytes(one: &Path, other: &Path) -> Result<bool, SinkError> {
    let open = |path: &Path| File::open(path).map_err(|source| unreadable(path, source));
    let (a, b) = (open(one)?, open(other)?);
    let length =
        |file: &File, path| file.metadata().map(|about| about.len()).map_err(|source| unreadable(path, source));
    if length(&a, one)? != length(&b, other)? {
        return Ok(false);
    }
    let mut bytes = BufReader::new(a).bytes().zip(BufReader::new(b).bytes());
    Ok(bytes.all(|(a, b)| matches!((a, b), (Ok(a), Ok(b)) if a == b)))
}

fn unreadable(path: &Path, source: io::Error) -> SinkError {
    SinkError::Read { path: shown_path(path), source }
}

/// The rows of a file.
struct Rows {
    columns: Vec<String>,
    source: Source,
}

enum Source {
    Batches { batches: Box<dyn Iterator<Item = io::Result<RecordBatch>>>, batch: Option<RecordBatch>, row: usize },
    Lines(std::io::Lines<BufReader<File>>),
}

impl Rows {
    fn open(path: &Path) -> Result<Self, SinkError> {
        let format = Format::of(path)?;
        let open = || -> io::Result<Self> {
            let file = File::open(path)?;
            match format {
                Format::Parquet => parquet_rows(file),
                Format::Csv => csv_rows(file, path),
                Format::Jsonl => jsonl_rows(file, path),
            }
        };
        open().map_err(|error| unreadable(path, error))
    }
}

fn parquet_rows(file: File) -> io::Result<Rows> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).map_err(io::Error::other)?;
    let columns = reader.schema().fields().iter().map(|field| field.name().clone()).collect();
    let batches = reader.build().map_err(io::Error::other)?;
    Ok(Rows { columns, source: in_batches(batches.map(|batch| batch.map_err(io::Error::other))) })
}

/// All columns as texts: as what they were written.
fn csv_rows(file: File, path: &Path) -> io::Result<Rows> {
    let mut head = String::new();
    BufReader::new(File::open(path)?).read_line(&mut head)?;
    let columns: Vec<String> = head.trim_end().split(',').map(str::to_owned).collect();
    let fields: Vec<Field> = columns.iter().map(|name| Field::new(name, DataType::Utf8, true)).collect();
    let reader = csv::ReaderBuilder::new(Arc::new(Schema::new(fields))).with_header(true);
    let batches = reader.build_buffered(BufReader::new(file)).map_err(io::Error::other)?;
    Ok(Rows { columns, source: in_batches(batches.map(|batch| batch.map_err(io::Error::other))) })
}

/// The columns are those of the first row, in their order.
fn jsonl_rows(file: File, path: &Path) -> io::Result<Rows> {
    let mut head = String::new();
    BufReader::new(File::open(path)?).read_line(&mut head)?;
    let columns =
        if head.trim().is_empty() { Vec::new() } else { object(&head)?.into_iter().map(|(name, _)| name).collect() };
    Ok(Rows { columns, source: Source::Lines(BufReader::new(file).lines()) })
}

fn in_batches(batches: impl Iterator<Item = io::Result<RecordBatch>> + 'static) -> Source {
    Source::Batches { batches: Box::new(batches), batch: None, row: 0 }
}

impl Iterator for Rows {
    type Item = io::Result<Vec<Cell>>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.source {
            Source::Lines(lines) => {
                let line = lines.next()?;
                Some(line.and_then(|line| object(&line)).map(|cells| cells.into_iter().map(|(_, cell)| cell).collect()))
            }
            Source::Batches { batches, batch, row } => {
                while batch.as_ref().is_none_or(|batch| *row == batch.num_rows()) {
                    match batches.next()? {
                        Ok(next) => (*batch, *row) = (Some(next), 0),
                        Err(error) => return Some(Err(error)),
                    }
                }
                *row += 1;
                batch.as_ref().map(|batch| cells(batch, *row - 1))
            }
        }
    }
}

fn cells(batch: &RecordBatch, row: usize) -> io::Result<Vec<Cell>> {
    let options = FormatOptions::new();
    let cell = |column: &arrow::array::ArrayRef| {
        if column.is_null(row) {
            return Ok(None);
        }
        if let Some(instants) = column.as_primitive_opt::<TimestampMicrosecondType>() {
            return Ok(Some(rfc3339(instants.value(row))));
        }
        let formatter = ArrayFormatter::try_new(column, &options).map_err(io::Error::other)?;
        formatter.value(row).try_to_string().map(Some).map_err(io::Error::other)
    };
    batch.columns().iter().map(cell).collect()
}

/// The members of a JSON object in their order.
fn object(line: &str) -> io::Result<Vec<(String, Cell)>> {
    let members: Members = serde_json::from_str(line).map_err(io::Error::other)?;
    Ok(members.0)
}

struct Members(Vec<(String, Cell)>);

impl<'de> serde::Deserialize<'de> for Members {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> serde::de::Visitor<'de> for InOrder {
            type Value = Members;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a row of a decisions file")
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, serde_json::Value>()? {
                    members.push((name, cell(value)));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

fn cell(value: serde_json::Value) -> Cell {
    match value {
        serde_json::Value::Null => None,
        serde_json::Value::String(text) => Some(text),
        value => Some(value.to_string()),
    }
}
