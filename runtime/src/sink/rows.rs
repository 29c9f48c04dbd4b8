//! Decisions as rows of an Arrow table.

use std::borrow::Cow;
use std::fmt::Write;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray, StringBuilder, TimestampMicrosecondArray,
};
use arrow::datatypes::{DataType, Field, Schema as FileSchema, SchemaRef, TimeUnit};
use arrow::error::ArrowError;
use jiff::Timestamp;
use opportune_plan::{Part, Schema, Template, VerifiedPlan};

use super::format::Format;
use super::policy_hash;
use crate::decide::Decision;
use crate::snapshot::{Column, Snapshot, Values};
use crate::template::Renderer;
use crate::time::Clock;

/// Makes rows of decisions.
pub(super) struct Rows<'a> {
    plan: &'a VerifiedPlan,
    keys: Option<&'a Column>,
    renderer: Renderer<'a>,
    /// By offer: its reason before the holes are filled.
    because: Vec<Option<String>>,
    now: i64,
    hash: String,
    format: Format,
    /// How many threads fill holes.
    pub(super) threads: usize,
}

impl<'a> Rows<'a> {
    pub(super) fn new(plan: &'a VerifiedPlan, snapshot: &'a Snapshot, clock: &Clock, format: Format) -> Self {
        let key = plan.schema.table(Schema::CUSTOMER).and_then(opportune_plan::Table::key);
        let keys = key.and_then(|key| snapshot.table(Schema::CUSTOMER)?.columns.get(key.0 as usize));
        let because = plan.offers.iter().map(|offer| offer.because.as_ref().map(unfilled)).collect();
        let renderer = Renderer::new(plan, snapshot, clock);
        Self { plan, keys, renderer, because, now: clock.now(), hash: policy_hash(plan), format, threads: 1 }
    }

    /// The columns.
    pub(super) fn schema(&self) -> SchemaRef {
        let instant = match self.format {
            Format::Parquet => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            Format::Csv | Format::Jsonl => DataType::Utf8,
        };
        let key = match self.keys.map(|keys| &keys.values) {
            Some(Values::Int64(_)) => DataType::Int64,
            _ => DataType::Utf8,
        };
        let fields = [
            ("customer", key, false),
            ("offer", DataType::Utf8, false),
            ("channel", DataType::Utf8, false),
            ("slot", DataType::Int32, false),
            ("send_at", instant.clone(), false),
            ("score", DataType::Float64, false),
            ("because", DataType::Utf8, true),
            ("now", instant, false),
            ("policy_hash", DataType::Utf8, false),
            ("member", DataType::Utf8, true),
            ("reason", DataType::Utf8, true),
            ("message", DataType::Utf8, true),
        ];
        Arc::new(FileSchema::new(fields.map(|(name, ty, nullable)| Field::new(name, ty, nullable)).to_vec()))
    }

    /// The rows of some decisions.
    pub(super) fn batch(&self, decisions: &[Decision]) -> Result<RecordBatch, ArrowError> {
        let offer = |decision: &Decision| self.plan.offers.get(decision.offer.0 as usize);
        let channel = |decision: &Decision| self.plan.channels.get(decision.channel.0 as usize);
        let slot = |decision: &Decision| i32::try_from(decision.slot).unwrap_or(i32::MAX);
        let offers = decisions.iter().map(|decision| offer(decision).map_or("", |offer| &*offer.name));
        let channels = decisions.iter().map(|decision| channel(decision).map_or("", |channel| &*channel.name));
        let because = |decision: &Decision| self.because.get(decision.offer.0 as usize)?.as_deref();
        let rendered = self.renderer.render_all(decisions, self.threads);
        RecordBatch::try_new(
            self.schema(),
            vec![
                self.customers(decisions),
                Arc::new(StringArray::from_iter_values(offers)),
                Arc::new(StringArray::from_iter_values(channels)),
                Arc::new(Int32Array::from_iter_values(decisions.iter().map(slot))),
                self.instants(decisions.iter().map(|decision| decision.send_at)),
                Arc::new(Float64Array::from_iter_values(decisions.iter().map(|decision| decision.score))),
                self.texts(decisions.iter().map(because)),
                self.instants(decisions.iter().map(|_| self.now)),
                Arc::new(StringArray::from_iter_values(decisions.iter().map(|_| &self.hash))),
                self.texts(rendered.iter().map(|rendered| rendered.member.as_deref())),
                self.texts(rendered.iter().map(|rendered| rendered.reason.as_deref())),
                self.texts(rendered.iter().map(|rendered| rendered.message.as_deref())),
            ],
        )
    }

    fn customers(&self, decisions: &[Decision]) -> ArrayRef {
        let rows = decisions.iter().map(|decision| decision.customer as usize);
        match self.keys.map(|keys| &keys.values) {
            Some(Values::Int64(keys)) => {
                Arc::new(Int64Array::from_iter_values(rows.map(|row| keys.get(row).copied().unwrap_or(0))))
            }
            Some(Values::Codes(codes, dictionary)) => {
                let key = |row: usize| codes.get(row).and_then(|code| dictionary.get(*code)).unwrap_or("");
                Arc::new(StringArray::from_iter_values(rows.map(key)))
            }
            _ => Arc::new(StringArray::from_iter_values(rows.map(|_| ""))),
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
        Arc::new(StringArray::from_iter(texts.map(|text| text.map(|text| self.free(text)))))
    }

    /// A text that people wrote. In CSV, one that a spreadsheet would take for a formula begins with an apostrophe;
    /// customers' keys are left as they are, so that they can be joined.
    fn free<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let formula = self.format == Format::Csv && text.starts_with(['=', '+', '-', '@', '\t', '\r']);
        if formula { format!("'{text}").into() } else { text.into() }
    }
}

/// A template as it is before its holes are filled.
fn unfilled(template: &Template) -> String {
    let part = |part: &Part| match part {
        Part::Text(text) => text.to_string(),
        Part::Hole { .. } => "{…}".to_owned(),
    };
    template.parts.iter().map(part).collect()
}

/// An instant in UTC as RFC 3339 writes it; seconds have a fraction only where they need one.
fn rfc3339(instant: i64) -> String {
    let mut text = String::new();
    match Timestamp::from_microsecond(instant) {
        // Writing to a string cannot fail.
        Ok(timestamp) => drop(write!(text, "{timestamp}")),
        Err(_) => text.push_str("out of range"),
    }
    text
}
