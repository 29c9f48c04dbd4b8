//! Writes a data file once more with a number for each row, where nothing in it tells rows apart.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Seek, Write};
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow::ipc::reader::{FileReader, StreamReader};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::snapshot::read::files::Format;
use crate::snapshot::read::guard::guarded;
use crate::snapshot::read::ipc::MAGIC;
use crate::snapshot::read::jsonl::skip_bom;
use crate::snapshot::read::lines::Quoting;

/// The ending of the file that is written of one.
pub fn numbered_ending(path: &Path) -> &'static str {
    match Format::of(path) {
        Some(Format::Csv) => "csv",
        Some(Format::Jsonl) => "jsonl",
        Some(Format::Parquet | Format::Ipc) | None => "parquet",
    }
}

/// Writes the rows of a file with a first column of whole numbers from 1.
///
/// # Errors
/// Why the file cannot be read or the other not be written.
pub fn write_numbered(from: &Path, to: &Path, column: &str) -> Result<(), String> {
    let said = |error: std::io::Error| error.to_string();
    let format = Format::of(from).ok_or("its ending says no format")?;
    let output = File::create_new(to).map_err(said)?;
    match format {
        Format::Csv => csv(from, BufWriter::new(output), column).map_err(said),
        Format::Jsonl => jsonl(from, BufWriter::new(output), column).map_err(said),
        Format::Parquet | Format::Ipc => guarded(|| typed(from, output, column))?,
    }
}

fn csv(from: &Path, mut output: impl Write, column: &str) -> std::io::Result<()> {
    let mut input = BufReader::new(File::open(from)?);
    skip_bom(&mut input)?;
    let (mut quoting, mut begins, mut row) = (Quoting::default(), true, 0_u64);
    for byte in input.bytes() {
        let byte = byte?;
        // An empty line is no row.
        if begins && byte != b'\n' && byte != b'\r' {
            if row == 0 {
                write!(output, "{column},")?
            } else {
                write!(output, "{row},")?
            }
            row += 1;
            begins = false;
        }
        quoting.step(byte);
        begins |= byte == b'\n' && !quoting.is_open();
        output.write_all(&[byte])?;
    }
    output.flush()
}

fn jsonl(from: &Path, mut output: impl Write, column: &str) -> std::io::Result<()> {
    let mut input = BufReader::new(File::open(from)?);
    skip_bom(&mut input)?;
    let (mut line, mut row) = (Vec::new(), 0_u64);
    while input.read_until(b'\n', &mut line)? > 0 {
        let text = line.trim_ascii();
        if let Some(inside) = text.strip_prefix(b"{") {
            row += 1;
            let comma = if inside.trim_ascii_start().starts_with(b"}") { "" } else { ", " };
            write!(output, "{{\"{column}\": {row}{comma}")?;
            output.write_all(inside)?;
            output.write_all(b"\n")?;
        }
        line.clear();
    }
    output.flush()
}

fn typed(from: &Path, output: File, column: &str) -> Result<(), String> {
    let mut file = File::open(from).map_err(|error| error.to_string())?;
    let mut begin = Vec::new();
    let peeked = (&mut file).take(MAGIC.len() as u64).read_to_end(&mut begin).and_then(|_| file.rewind());
    peeked.map_err(|error| error.to_string())?;
    let wrong = |error: ArrowError| error.to_string();
    if Format::of(from) == Some(Format::Parquet) {
        let reader = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| error.to_string())?;
        let schema = reader.schema().clone();
        let reader = reader.build().map_err(|error| error.to_string())?;
        write(&schema, reader, output, column)
    } else if begin == MAGIC {
        let reader = FileReader::try_new(BufReader::new(file), None).map_err(wrong)?;
        write(&reader.schema(), reader, output, column)
    } else {
        let reader = StreamReader::try_new(BufReader::new(file), None).map_err(wrong)?;
        write(&reader.schema(), reader, output, column)
    }
}

fn write(
    schema: &SchemaRef,
    batches: impl Iterator<Item = Result<RecordBatch, ArrowError>>,
    output: File,
    column: &str,
) -> Result<(), String> {
    let number = Arc::new(Field::new(column, DataType::Int64, false));
    let fields: Vec<Arc<Field>> = std::iter::once(number).chain(schema.fields().iter().cloned()).collect();
    let numbered = Arc::new(Schema::new(fields));
    let mut writer = ArrowWriter::try_new(output, numbered.clone(), None).map_err(|error| error.to_string())?;
    let mut row = 0_i64;
    for batch in batches {
        let batch = batch.map_err(|error| error.to_string())?;
        let rows = i64::try_from(batch.num_rows()).map_err(|error| error.to_string())?;
        let numbers: ArrayRef = Arc::new(Int64Array::from_iter_values(row + 1..=row + rows));
        let columns = std::iter::once(numbers).chain(batch.columns().iter().cloned()).collect();
        let batch = RecordBatch::try_new(numbered.clone(), columns).map_err(|error| error.to_string())?;
        writer.write(&batch).map_err(|error| error.to_string())?;
        row += rows;
    }
    writer.close().map(|_| ()).map_err(|error| error.to_string())
}
