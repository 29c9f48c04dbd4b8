//! Parquet and Arrow files, looked at: the file says what a column holds.

use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::Path;

use arrow::array::types::{Date32Type, Float64Type, Int64Type, TimestampMicrosecondType};
use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema, TimeUnit};
use arrow::error::ArrowError;
use arrow::ipc::reader::{FileReader, StreamReader};
use opportune_plan::{Element, Type};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};

use super::MOST_COLUMNS;
use super::column::{Gathering, Seen};
use crate::snapshot::read::arrays::{accepts, is_text};
use crate::snapshot::read::ipc::MAGIC;
use crate::snapshot::read::parquet::bombs;

const BATCH: usize = 8_192;

/// Looks at a Parquet file.
pub(super) fn parquet(path: &Path) -> Result<Gathering, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let wrong = |error: &dyn std::fmt::Display| format!("it is not a readable Parquet file: {error}");
    let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).map_err(|error| wrong(&error))?;
    let wanted: Vec<usize> = (0..metadata.schema().fields().len().min(MOST_COLUMNS)).collect();
    bombs(&metadata, &wanted)?;
    let all = metadata.schema().clone();
    let mask = ProjectionMask::roots(metadata.parquet_schema(), wanted.iter().copied());
    let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata)
        .with_projection(mask)
        .with_batch_size(BATCH)
        .build()
        .map_err(|error| wrong(&error))?;
    batches(&all, reader).map_err(|error| wrong(&error))
}

/// Looks at an Arrow file or stream.
pub(super) fn ipc(path: &Path) -> Result<Gathering, String> {
    let mut file = File::open(path).map_err(|error| error.to_string())?;
    let mut begin = Vec::new();
    let peeked = (&mut file).take(MAGIC.len() as u64).read_to_end(&mut begin).and_then(|_| file.rewind());
    peeked.map_err(|error| error.to_string())?;
    let input = BufReader::new(file);
    let looked = if begin == MAGIC {
        FileReader::try_new(input, None).and_then(|reader| batches(&reader.schema(), reader))
    } else {
        StreamReader::try_new(input, None).and_then(|reader| batches(&reader.schema(), reader))
    };
    looked.map_err(|error| format!("it is not a readable Arrow file: {error}"))
}

fn batches(
    schema: &Schema,
    reader: impl Iterator<Item = Result<RecordBatch, ArrowError>>,
) -> Result<Gathering, ArrowError> {
    let names = schema.fields().iter().map(|field| field.name().as_str());
    let mut gathering = Gathering::new(names).map_err(ArrowError::SchemaError)?;
    for (column, field) in gathering.columns.iter_mut().zip(schema.fields()) {
        column.zone = zone(field.data_type());
    }
    for batch in reader {
        let mut batch = batch?;
        let room = usize::try_from(gathering.room()).unwrap_or(usize::MAX);
        if batch.num_rows() > room {
            gathering.is_whole = false;
            batch = batch.slice(0, room);
        }
        for (at, (array, field)) in batch.columns().iter().zip(schema.fields()).enumerate().take(MOST_COLUMNS) {
            levels(&mut gathering, at, array, field);
            values(&mut gathering, at, array);
        }
        gathering.rows += batch.num_rows() as u64;
        if !gathering.is_whole {
            break;
        }
    }
    Ok(gathering)
}

fn zone(found: &DataType) -> Option<String> {
    if let DataType::Timestamp(_, zone) = found { zone.as_ref().map(ToString::to_string) } else { None }
}

/// The order that a dictionary says its values have, if all batches say the same.
fn levels(gathering: &mut Gathering, at: usize, array: &ArrayRef, field: &Field) {
    let first = gathering.rows == 0;
    let Some(column) = gathering.columns.get_mut(at) else { return };
    let Some(dictionary) = array.as_any_dictionary_opt().filter(|_| field.dict_is_ordered() == Some(true)) else {
        return;
    };
    let Ok(values) = cast(dictionary.values(), &DataType::Utf8) else { return };
    let values: Vec<String> = values.as_string::<i32>().iter().flatten().map(str::to_owned).collect();
    if first {
        column.levels = Some(values);
    } else if column.levels.as_ref() != Some(&values) {
        column.levels = None;
    }
}

/// Takes the values of an array; of what cannot be cast, that it is there.
fn values(gathering: &mut Gathering, at: usize, array: &ArrayRef) {
    let found = array.data_type();
    let cast_to = |to: DataType| cast(array, &to).ok();
    let done = match found {
        DataType::Null => Some(()),
        DataType::Dictionary(_, of) if is_text(of) => dictionary_texts(gathering, at, array),
        DataType::Dictionary(_, of) => cast(array, of).ok().map(|plain| values(gathering, at, &plain)),
        _ if found.is_integer() => cast_to(DataType::Int64).map(|ints| {
            each(gathering, at, ints.as_primitive::<Int64Type>().iter().map(|int| int.map(Seen::Int)));
        }),
        _ if found.is_floating() || found.is_decimal() => cast_to(DataType::Float64).map(|numbers| {
            each(gathering, at, numbers.as_primitive::<Float64Type>().iter().map(|number| number.map(Seen::Number)));
        }),
        _ if is_text(found) => cast_to(DataType::Utf8).map(|texts| {
            each(gathering, at, texts.as_string::<i32>().iter().map(|text| text.map(Seen::Text)));
        }),
        DataType::Date32 | DataType::Date64 => cast_to(DataType::Date32).map(|days| {
            each(
                gathering,
                at,
                days.as_primitive::<Date32Type>().iter().map(|day| day.map(|day| Seen::Date(day.into()))),
            );
        }),
        DataType::Timestamp(_, zone) => {
            cast_to(DataType::Timestamp(TimeUnit::Microsecond, zone.clone())).map(|moments| {
                let moments = moments.as_primitive::<TimestampMicrosecondType>();
                each(gathering, at, moments.iter().map(|moment| moment.map(Seen::Instant)));
            })
        }
        _ => None,
    };
    if done.is_none() {
        let kind = kind(found);
        each(gathering, at, (0..array.len()).map(|row| (!array.is_null(row)).then_some(kind)));
    }
}

/// Looks at each text of a dictionary once, and counts how many rows have it.
fn dictionary_texts(gathering: &mut Gathering, at: usize, array: &ArrayRef) -> Option<()> {
    let dictionary = array.as_any_dictionary_opt()?;
    let values = cast(dictionary.values(), &DataType::Utf8).ok()?;
    let mut counts = vec![0_u64; values.len()];
    let positions = if values.is_empty() { Vec::new() } else { dictionary.normalized_keys() };
    for (row, position) in positions.into_iter().enumerate() {
        if let Some(count) = counts.get_mut(position).filter(|_| !dictionary.keys().is_null(row)) {
            *count += 1;
        }
    }
    for (text, count) in values.as_string::<i32>().iter().zip(counts) {
        if let Some(text) = text.filter(|_| count > 0) {
            gathering.see_text(at, text, count);
        }
    }
    Some(())
}

fn each<'a>(gathering: &mut Gathering, at: usize, values: impl Iterator<Item = Option<Seen<'a>>>) {
    values.for_each(|value| gathering.see(at, value.unwrap_or(Seen::Missing)));
}

/// What an array holds whose values are not looked at.
fn kind(found: &DataType) -> Seen<'static> {
    match found {
        DataType::Boolean => Seen::Bool,
        DataType::Time32(_) | DataType::Time64(_) => Seen::Time,
        DataType::Duration(_) => Seen::Duration,
        _ if accepts(Type::Set(Element::Text), found) => Seen::Texts,
        _ if accepts(Type::Set(Element::Int), found) => Seen::Ints,
        _ if accepts(Type::Place, found) => Seen::Place,
        _ => Seen::Other,
    }
}
