//! The columns of a decisions file, in their order; `docs/language/decisions-file.md` says what each means.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};

use super::format::Format;
use super::row::KeyType;

/// The columns of a format, where customers' keys are of this type.
pub(super) fn columns(format: Format, keys: KeyType) -> SchemaRef {
    let key = match keys {
        KeyType::Int => DataType::Int64,
        KeyType::Text => DataType::Utf8,
    };
    // CSV and JSON lines have no instants, CSV no lists.
    let instant = match format {
        Format::Parquet => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        Format::Csv | Format::Jsonl => DataType::Utf8,
    };
    let texts = match format {
        Format::Parquet | Format::Jsonl => DataType::List(item()),
        Format::Csv => DataType::Utf8,
    };
    let fields = [
        ("customer", key, false),
        ("offer", DataType::Utf8, false),
        ("member", DataType::Utf8, true),
        ("channel", DataType::Utf8, false),
        ("slot", DataType::Int32, false),
        ("send_at", instant.clone(), false),
        ("value", DataType::Float64, false),
        ("priority", DataType::Float64, false),
        ("reason", DataType::Utf8, true),
        ("message", DataType::Utf8, true),
        ("items", texts, false),
        ("arm", DataType::Utf8, true),
        ("propensity", DataType::Float64, false),
        ("holdout", DataType::Boolean, false),
        ("policy_hash", DataType::Utf8, false),
        ("data_hash", DataType::Utf8, false),
        ("now", instant, false),
        ("cost", DataType::Float64, true),
        ("run", DataType::Utf8, true),
        ("decision", DataType::Utf8, true),
        ("ledger", DataType::Int64, false),
    ];
    Arc::new(Schema::new(fields.map(|(name, ty, nullable)| Field::new(name, ty, nullable)).to_vec()))
}

/// The field of a list's elements, as Parquet calls it.
pub(super) fn item() -> Arc<Field> {
    Arc::new(Field::new("element", DataType::Utf8, false))
}
