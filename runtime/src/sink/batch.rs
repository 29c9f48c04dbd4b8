//! Rows as columns of an Arrow table.

use std::borrow::Cow;
use std::fmt::Write;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Float64Array, Int32Array, Int64Array, ListBuilder, RecordBatch, StringArray, StringBuilder,
    TimestampMicrosecondArray,
};
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use jiff::Timestamp;

use super::columns::{columns, item};
use super::format::Format;
use super::row::{Head, Key, KeyType, Row};

/// Makes batches of rows for one file.
pub(super) struct Batches {
    pub(super) head: Head,
    pub(super) format: Format,
}

impl Batches {
    /// The columns.
    pub(super) fn schema(&self) -> SchemaRef {
        columns(self.format, self.head.keys)
    }

    /// The columns of some rows.
    pub(super) fn batch(&self, rows: &[Row<'_>]) -> Result<RecordBatch, ArrowError> {
        let numbers = |of: fn(&Row<'_>) -> f64| Arc::new(Float64Array::from_iter_values(rows.iter().map(of)));
        let names =
            |of: for<'r> fn(&'r Row<'_>) -> Option<&'r str>| Arc::new(StringArray::from_iter(rows.iter().map(of)));
        let all = |text: Option<&str>| Arc::new(StringArray::from_iter(rows.iter().map(|_| text)));
        let slot = |row: &Row<'_>| i32::try_from(row.slot).unwrap_or(i32::MAX);
        let ledger = i64::try_from(self.head.ledger).unwrap_or(i64::MAX);
        let cost = |row: &Row<'_>| row.cost.map(|cost| cost as f64 / 1e6);
        RecordBatch::try_new(
            self.schema(),
            vec![
                self.customers(rows),
                names(|row| Some(&row.offer)),
                self.texts(rows.iter().map(|row| row.member.as_deref())),
                names(|row| Some(&row.channel)),
                Arc::new(Int32Array::from_iter_values(rows.iter().map(slot))),
                self.instants(rows.iter().map(|row| row.send_at)),
                numbers(|row| row.value),
                numbers(|row| row.priority),
                self.texts(rows.iter().map(|row| row.reason.as_deref())),
                self.texts(rows.iter().map(|row| row.message.as_deref())),
                self.items(rows),
                self.texts(rows.iter().map(|row| row.arm.as_deref())),
                numbers(|row| row.propensity),
                Arc::new(rows.iter().map(|row| Some(row.held_out)).collect::<BooleanArray>()),
                all(Some(&self.head.policy_hash)),
                all(Some(&self.head.data_hash)),
                self.instants(rows.iter().map(|_| self.head.now)),
                Arc::new(rows.iter().map(cost).collect::<Float64Array>()),
                all(self.head.run.as_deref()),
                names(|row| row.decision.as_deref()),
                Arc::new(Int64Array::from_iter_values(rows.iter().map(|_| ledger))),
            ],
        )
    }

    /// The items that were picked: lists; in CSV, one text each.
    fn items(&self, rows: &[Row<'_>]) -> ArrayRef {
        if self.format == Format::Csv {
            let joined: Vec<String> = rows.iter().map(|row| joined(&row.items)).collect();
            return self.texts(joined.iter().map(|text| Some(text.as_str())));
        }
        let mut lists = ListBuilder::new(StringBuilder::new()).with_field(item());
        for row in rows {
            lists.append_value(row.items.iter().map(Some));
        }
        Arc::new(lists.finish())
    }

    /// The keys: a file has those of one type, so the other is nobody's.
    fn customers(&self, rows: &[Row<'_>]) -> ArrayRef {
        let keys = rows.iter().map(|row| &row.customer);
        match self.head.keys {
            KeyType::Int => {
                let number = |key: &Key<'_>| if let Key::Int(key) = key { *key } else { 0 };
                Arc::new(Int64Array::from_iter_values(keys.map(number)))
            }
            KeyType::Text => {
                let text = |key: &'_ Key<'_>| if let Key::Text(key) = key { key.to_string() } else { String::new() };
                Arc::new(StringArray::from_iter_values(keys.map(text)))
            }
        }
    }

    fn instants(&self, instants: impl Iterator<Item = i64>) -> ArrayRef {
        if self.format == Format::Parquet {
            return Arc::new(TimestampMicrosecondArray::from_iter_values(instants).with_timezone("UTC"));
        }
        let mut texts = StringBuilder::new();
        // A run has few different instants, mostly one.
        let (mut last, mut text) = (None, String::new());
        for instant in instants {
            if last != Some(instant) {
                (last, text) = (Some(instant), rfc3339(instant));
            }
            texts.append_value(&text);
        }
        Arc::new(texts.finish())
    }

    fn texts<'t>(&self, texts: impl Iterator<Item = Option<&'t str>>) -> ArrayRef {
        Arc::new(StringArray::from_iter(texts.map(|text| text.map(|text| free(self.format, text)))))
    }
}

/// A text that people wrote. In CSV, one that a spreadsheet would take for a formula begins with an apostrophe; customers'
/// keys are left as they are, so that they can be joined.
pub(super) fn free(format: Format, text: &str) -> Cow<'_, str> {
    let formula = format == Format::Csv && text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if formula { format!("'{text}").into() } else { text.into() }
}

/// Texts with `|` between them; within one, `|` and `\` have a `\` before them.
pub(super) fn joined(texts: &[Box<str>]) -> String {
    let escaped: Vec<String> = texts.iter().map(|text| text.replace('\\', "\\\\").replace('|', "\\|")).collect();
    escaped.join("|")
}

/// An instant in UTC as RFC 3339 writes it; seconds have a fraction only where they need one.
pub(super) fn rfc3339(instant: i64) -> String {
    let mut text = String::new();
    match Timestamp::from_microsecond(instant) {
        // Writing to a string cannot fail.
        Ok(timestamp) => drop(write!(text, "{timestamp}")),
        Err(_) => text.push_str("out of range"),
    }
    text
}
