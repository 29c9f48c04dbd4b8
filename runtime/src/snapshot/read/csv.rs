//! Reads CSV files: comma, double quotes, the first line names the columns. Every field is a text that the schema's
//! type reads; an empty field is missing, quoted or not.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek};
use std::sync::Arc;

use arrow::array::{AsArray, RecordBatch};
use arrow::csv::ReaderBuilder;
use arrow::csv::reader::Format as CsvFormat;
use arrow::datatypes::{DataType, Field, Schema as FileSchema};
use arrow::error::ArrowError;

use super::columns::{At, Targets};
use super::error::LoadError;
use super::jsonl::skip_bom;
use super::lines::{self, Quoting};
use super::{places, texts};
use crate::time::Clock;

/// How many rows are decoded at a time.
const BATCH: usize = 512;
/// The most bytes that one row may have: beyond it a quote is open, or the file is no CSV.
const LONGEST_ROW: usize = 64 << 20;

/// Reads the file into the targets.
///
/// # Errors
/// When a line is malformed, or the file has not the columns.
pub(super) fn read(mut file: File, targets: &mut Targets<'_>, clock: &Clock) -> Result<(), Vec<LoadError>> {
    let names = header(&mut file, targets)?;
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let projection = targets.project(&names)?;
    let fields: Vec<Field> = names.iter().map(|name| Field::new(*name, DataType::Utf8, true)).collect();
    let mut decoder = ReaderBuilder::new(Arc::new(FileSchema::new(fields)))
        .with_header(true)
        .with_batch_size(BATCH)
        .with_projection(projection.columns)
        .build_decoder();
    file.rewind().map_err(|error| vec![targets.file.unreadable(&error)])?;
    let mut input = BufReader::with_capacity(1 << 18, file);
    skip_bom(&mut input).map_err(|error| vec![targets.file.unreadable(&error)])?;
    let (mut in_row, mut room, mut quoting) = (0, decoder.capacity(), Quoting::default());
    loop {
        let buffer = input.fill_buf().map_err(|error| vec![targets.file.unreadable(&error)])?;
        let at_end = buffer.is_empty();
        let decoded = decoder.decode(buffer).map_err(|error| vec![malformed(targets, &error)])?;
        buffer.iter().take(decoded).for_each(|byte| quoting.step(*byte));
        input.consume(decoded);
        in_row = if decoder.capacity() == room { in_row + decoded } else { 0 };
        room = decoder.capacity();
        if in_row > LONGEST_ROW {
            return Err(vec![too_long(targets, BATCH - room)]);
        }
        if room == 0 || decoded == 0 {
            let batch = decoder.flush().map_err(|error| vec![malformed(targets, &error)])?;
            room = decoder.capacity();
            let rows = batch.as_ref().map_or(0, RecordBatch::num_rows);
            targets.room(rows).map_err(|error| vec![error])?;
            batch.into_iter().for_each(|batch| append(targets, &batch, &projection.of_target, clock));
            if rows == 0 && at_end {
                return if quoting.is_open() { Err(vec![open_quote(targets)]) } else { Ok(()) };
            }
        }
    }
}

/// Appends a batch of texts.
fn append(targets: &mut Targets<'_>, batch: &RecordBatch, of_target: &[At], clock: &Clock) {
    let texts_of = |at: usize| batch.columns().get(at).into_iter().flat_map(|column| column.as_string::<i32>());
    for (target, at) in targets.all.iter_mut().zip(of_target) {
        let Some(second) = at.second else {
            texts_of(at.first).for_each(|text| texts::append(&mut target.builder, target.ty, text, clock));
            continue;
        };
        for (north, east) in texts_of(at.first).zip(texts_of(second)) {
            target.builder.push(places::place(texts::degrees(north), texts::degrees(east)));
        }
    }
}

/// The names of the columns.
fn header(file: &mut File, targets: &Targets<'_>) -> Result<Vec<String>, Vec<LoadError>> {
    let mut input = BufReader::new(file);
    skip_bom(&mut input).map_err(|error| vec![targets.file.unreadable(&error)])?;
    let inferred = CsvFormat::default().with_header(true).infer_schema(input.take(LONGEST_ROW as u64), Some(0));
    let (schema, _) = inferred.map_err(|error| vec![malformed_header(targets, &error)])?;
    let names: Vec<String> = schema.fields().iter().map(|field| field.name().clone()).collect();
    if names.is_empty() { Err(vec![targets.file.corrupt("it is empty")]) } else { Ok(names) }
}

fn malformed_header(targets: &Targets<'_>, error: &ArrowError) -> LoadError {
    let bad_text = error.to_string().to_lowercase().contains("utf-8");
    let reason = if bad_text { "is not valid UTF-8" } else { "does not name the columns" };
    LoadError::BadLine { place: targets.file.place(None, ""), line: 1, reason: reason.to_owned() }
}

/// The decoder counts records where it says lines; the line itself is found in the file.
fn malformed(targets: &Targets<'_>, error: &ArrowError) -> LoadError {
    let text = error.to_string();
    let mut numbers = text.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse::<u64>().ok());
    let bad_text = text.contains("UTF-8");
    // In "UTF-8" there is a number, too.
    let record = if bad_text { numbers.nth(1) } else { numbers.next() };
    let Some(record) = record else { return targets.file.corrupt(text) };
    let row = record.saturating_sub(1);
    let reason = match (bad_text, numbers.next(), numbers.next()) {
        (true, ..) => "is not valid UTF-8".to_owned(),
        (false, Some(expected), Some(got)) if got < expected => {
            format!("has {got} of the {expected} fields that the first line names")
        }
        (false, Some(expected), _) => format!("has more fields than the {expected} that the first line names"),
        _ => "is malformed".to_owned(),
    };
    let line = lines::of_row(&targets.file.path, targets.file.format, row).unwrap_or(record);
    LoadError::BadLine { place: targets.file.place(None, ""), line, reason }
}

/// The last row swallowed the rest of the file.
fn open_quote(targets: &Targets<'_>) -> LoadError {
    let row = targets.rows() as u64;
    let line = lines::of_row(&targets.file.path, targets.file.format, row).unwrap_or(row);
    let reason = "begins a row with a quote that never ends".to_owned();
    LoadError::BadLine { place: targets.file.place(None, ""), line, reason }
}

fn too_long(targets: &Targets<'_>, rows_waiting: usize) -> LoadError {
    let row = (targets.rows() + rows_waiting) as u64 + 1;
    let line = lines::of_row(&targets.file.path, targets.file.format, row).unwrap_or(row);
    let reason = format!("begins a row of more than {} MB; a quote may be open", LONGEST_ROW >> 20);
    LoadError::BadLine { place: targets.file.place(None, ""), line, reason }
}
