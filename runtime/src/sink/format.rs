//! The formats of decision files and their encoders.

use std::io::Write;
use std::path::Path;

use arrow::array::RecordBatch;
use arrow::csv;
use arrow::datatypes::SchemaRef;
use arrow::json::{self, writer::LineDelimited};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use super::error::SinkError;
use crate::snapshot::read::shown_path;

/// A format of decision files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Parquet,
    Csv,
    Jsonl,
}

impl Format {
    /// The format that a file's ending says.
    pub(super) fn of(path: &Path) -> Result<Self, SinkError> {
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("parquet") => Ok(Self::Parquet),
            Some("csv") => Ok(Self::Csv),
            Some("jsonl") => Ok(Self::Jsonl),
            _ => Err(SinkError::Ending { path: shown_path(path) }),
        }
    }
}

/// What an encoder may fail with.
pub(super) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Encodes batches.
pub(super) enum Encoder<W: Write + Send> {
    Parquet(Box<ArrowWriter<W>>),
    Csv(Box<csv::Writer<W>>),
    Jsonl(Box<json::Writer<W, LineDelimited>>),
}

impl<W: Write + Send> Encoder<W> {
    /// Begins a file; a CSV file begins with the names of the columns even where no decision follows.
    pub(super) fn new(format: Format, output: W, schema: &SchemaRef) -> Result<Self, Failure> {
        Ok(match format {
            Format::Parquet => {
                let level = ZstdLevel::try_new(1)?;
                let properties = WriterProperties::builder().set_compression(Compression::ZSTD(level)).build();
                Self::Parquet(Box::new(ArrowWriter::try_new(output, schema.clone(), Some(properties))?))
            }
            Format::Csv => {
                let mut encoder = Self::Csv(Box::new(csv::WriterBuilder::new().with_header(true).build(output)));
                encoder.write(&RecordBatch::new_empty(schema.clone()))?;
                encoder
            }
            Format::Jsonl => Self::Jsonl(Box::new(json::WriterBuilder::new().with_explicit_nulls(true).build(output))),
        })
    }

    /// Appends a batch.
    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<(), Failure> {
        match self {
            Self::Parquet(writer) => writer.write(batch)?,
            Self::Csv(writer) => writer.write(batch)?,
            Self::Jsonl(writer) => writer.write(batch)?,
        }
        Ok(())
    }

    /// Ends the file.
    pub(super) fn finish(self) -> Result<(), Failure> {
        match self {
            Self::Parquet(mut writer) => {
                writer.finish()?;
            }
            // Every batch was flushed already.
            Self::Csv(_) => {}
            Self::Jsonl(mut writer) => writer.finish()?,
        }
        Ok(())
    }
}
