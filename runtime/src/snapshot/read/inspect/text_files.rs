//! CSV and JSON lines, looked at: every value is a text or a JSON value of a column that its name makes known.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use arrow::array::{AsArray, RecordBatch};
use arrow::csv::ReaderBuilder;
use arrow::csv::reader::Format as CsvFormat;
use arrow::datatypes::{DataType, Field, Schema};
use serde::de::{MapAccess, Visitor};

use super::MOST_BYTES;
use super::column::{Gathering, Seen};
use crate::snapshot::read::json::{Cell, Json};
use crate::snapshot::read::jsonl::skip_bom;

/// The longest row or line that is looked at.
const LONGEST_ROW: usize = 1 << 20;
const BATCH: usize = 512;

fn opened(path: &Path) -> Result<BufReader<File>, String> {
    let mut input = BufReader::with_capacity(1 << 16, File::open(path).map_err(|error| error.to_string())?);
    skip_bom(&mut input).map_err(|error| error.to_string())?;
    Ok(input)
}

/// Looks at a CSV file.
pub(super) fn csv(path: &Path) -> Result<Gathering, String> {
    let names = CsvFormat::default().with_header(true).infer_schema(opened(path)?.take(LONGEST_ROW as u64), Some(0));
    let (schema, _) = names.map_err(|_| "its first line does not name the columns")?;
    let names: Vec<&String> = schema.fields().iter().map(|field| field.name()).collect();
    let mut gathering = Gathering::new(names.iter().map(|name| name.as_str()))?;
    let fields: Vec<Field> = names.iter().map(|name| Field::new(name.as_str(), DataType::Utf8, true)).collect();
    let mut decoder = ReaderBuilder::new(Arc::new(Schema::new(fields)))
        .with_header(true)
        .with_batch_size(BATCH)
        .with_projection((0..gathering.columns.len()).collect())
        .build_decoder();
    let mut input = opened(path)?.take(MOST_BYTES);
    let (mut in_row, mut room) = (0, decoder.capacity());
    while gathering.room() > 0 {
        let buffer = input.fill_buf().map_err(|error| error.to_string())?;
        let at_end = buffer.is_empty();
        let decoded =
            decoder.decode(buffer).map_err(|_| "its rows do not have the fields that its first line names")?;
        input.consume(decoded);
        in_row = if decoder.capacity() == room { in_row + decoded } else { 0 };
        room = decoder.capacity();
        if in_row > LONGEST_ROW {
            return Err(format!("it has a row of more than {} MB; a quote may be open", LONGEST_ROW >> 20));
        }
        if room == 0 || decoded == 0 {
            let batch = decoder.flush().map_err(|_| "its rows are not texts as the first line names them")?;
            room = decoder.capacity();
            let rows = batch.as_ref().map_or(0, RecordBatch::num_rows);
            batch.iter().for_each(|batch| texts(&mut gathering, batch));
            if rows == 0 && at_end {
                gathering.is_whole = input.limit() > 0;
                return Ok(gathering);
            }
        }
    }
    gathering.is_whole = false;
    Ok(gathering)
}

fn texts(gathering: &mut Gathering, batch: &RecordBatch) {
    for (at, column) in batch.columns().iter().enumerate() {
        for text in column.as_string::<i32>() {
            let seen = text.filter(|text| !text.trim().is_empty()).map_or(Seen::Missing, Seen::Text);
            gathering.see(at, seen);
        }
    }
    gathering.rows += batch.num_rows() as u64;
}

/// Looks at a file of JSON lines.
pub(super) fn jsonl(path: &Path) -> Result<Gathering, String> {
    let mut input = opened(path)?.take(MOST_BYTES);
    let mut gathering = Gathering::new([])?;
    let mut names = HashMap::new();
    let (mut line, mut number) = (Vec::new(), 0_u64);
    while gathering.room() > 0 {
        line.clear();
        let read = (&mut input).take(LONGEST_ROW as u64).read_until(b'\n', &mut line);
        number += 1;
        match read.map_err(|error| error.to_string())? {
            0 => {
                gathering.is_whole = input.limit() > 0;
                return Ok(gathering);
            }
            LONGEST_ROW => return Err(format!("line {number} is longer than {} MB", LONGEST_ROW >> 20)),
            _ if line.trim_ascii().is_empty() => continue,
            _ => {}
        }
        let mut of_line = serde_json::Deserializer::from_slice(&line);
        let row = Row { gathering: &mut gathering, names: &mut names };
        let well = serde::Deserializer::deserialize_map(&mut of_line, row).and_then(|()| of_line.end());
        if well.is_err() {
            // The last line may be cut by the bound.
            if input.limit() == 0 {
                break;
            }
            return Err(format!("line {number} is not a JSON object"));
        }
        gathering.rows += 1;
    }
    gathering.is_whole = false;
    Ok(gathering)
}

/// Takes an object apart.
struct Row<'r> {
    gathering: &'r mut Gathering,
    names: &'r mut HashMap<String, Option<usize>>,
}

impl<'de> Visitor<'de> for Row<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<Cow<'de, str>>()? {
            let at = match self.names.get(&*name) {
                Some(at) => *at,
                // A file of ever new names is not remembered for ever.
                None if self.gathering.more_columns > 0 => None,
                None => {
                    let at = self.gathering.column(&name);
                    self.names.insert(name.to_string(), at);
                    at
                }
            };
            let cell = map.next_value_seed(Cell { inner: false })?;
            if let Some(at) = at {
                self.gathering.see(at, seen(&cell));
            }
        }
        Ok(())
    }
}

fn seen<'a>(cell: &'a Json<'_>) -> Seen<'a> {
    match cell {
        Json::Null => Seen::Missing,
        Json::Bool(_) => Seen::Bool,
        Json::Int(value) => i64::try_from(*value).map_or(Seen::Other, Seen::Int),
        Json::Float(value) => Seen::Number(*value),
        Json::Text(text) => Seen::Text(text),
        Json::List(items) if items.iter().all(|item| matches!(item, Json::Text(_))) => Seen::Texts,
        Json::List(items) if items.iter().all(|item| matches!(item, Json::Int(_))) => Seen::Ints,
        Json::Object(degrees)
            if matches!(degrees.as_slice(), [Json::Int(_) | Json::Float(_), Json::Int(_) | Json::Float(_)]) =>
        {
            Seen::Place
        }
        Json::List(_) | Json::Object(_) | Json::Nested => Seen::Other,
    }
}
