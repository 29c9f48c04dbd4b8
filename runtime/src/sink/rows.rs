//! Decisions as rows of an Arrow table.

use std::borrow::Cow;
use std::fmt::Write;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Float64Array, Int32Array, Int64Array, ListBuilder, RecordBatch, StringArray, StringBuilder,
    TimestampMicrosecondArray,
};
use arrow::datatypes::{DataType, SchemaRef};
use arrow::error::ArrowError;
use jiff::Timestamp;
use opportune_plan::{Offer, Schema, VerifiedPlan};

use super::columns::{columns, item};
use super::format::Format;
use super::policy_hash;
use crate::decide::Decision;
use crate::snapshot::{Column, Snapshot, Values};
use crate::template::{Rendered, Renderer};
use crate::time::Clock;

/// Makes rows of decisions.
pub(super) struct Rows<'a> {
    plan: &'a VerifiedPlan,
    keys: Option<&'a Column>,
    renderer: Renderer<'a>,
    now: i64,
    policy_hash: String,
    data_hash: String,
    format: Format,
    /// How many threads fill holes.
    pub(super) threads: usize,
}

impl<'a> Rows<'a> {
    pub(super) fn new(
        plan: &'a VerifiedPlan,
        snapshot: &'a Snapshot,
        clock: &Clock,
        data_hash: String,
        format: Format,
    ) -> Self {
        let key = plan.schema.table(Schema::CUSTOMER).and_then(opportune_plan::Table::key);
        let keys = key.and_then(|key| snapshot.table(Schema::CUSTOMER)?.columns.get(key.0 as usize));
        let renderer = Renderer::new(plan, snapshot, clock);
        let (now, policy_hash) = (clock.now(), policy_hash(plan));
        Self { plan, keys, renderer, now, policy_hash, data_hash, format, threads: 1 }
    }

    /// The columns.
    pub(super) fn schema(&self) -> SchemaRef {
        let key = match self.keys.map(|keys| &keys.values) {
            Some(Values::Int64(_)) => DataType::Int64,
            _ => DataType::Utf8,
        };
        columns(self.format, key)
    }

    /// The rows of some decisions.
    pub(super) fn batch(&self, decisions: &[Decision]) -> Result<RecordBatch, ArrowError> {
        let offers = decisions.iter().map(|decision| self.offer(decision).map_or("", |offer| &*offer.name));
        let channel = |decision: &Decision| self.plan.channels.get(decision.channel.0 as usize);
        let channels = decisions.iter().map(|decision| channel(decision).map_or("", |channel| &*channel.name));
        let slot = |decision: &Decision| i32::try_from(decision.slot).unwrap_or(i32::MAX);
        let numbers = |of: fn(&Decision) -> f64| Arc::new(Float64Array::from_iter_values(decisions.iter().map(of)));
        let all = |text: &str| Arc::new(StringArray::from_iter_values(decisions.iter().map(|_| text)));
        let held_out: Vec<bool> = decisions.iter().map(|decision| decision.held_out).collect();
        let rendered = self.renderer.render_all(decisions, self.threads);
        RecordBatch::try_new(
            self.schema(),
            vec![
                self.customers(decisions),
                Arc::new(StringArray::from_iter_values(offers)),
                self.texts(rendered.iter().map(|rendered| rendered.member.as_deref())),
                Arc::new(StringArray::from_iter_values(channels)),
                Arc::new(Int32Array::from_iter_values(decisions.iter().map(slot))),
                self.instants(decisions.iter().map(|decision| decision.send_at)),
                numbers(|decision| decision.value),
                numbers(|decision| decision.score),
                self.texts(rendered.iter().map(|rendered| rendered.reason.as_deref())),
                self.texts(rendered.iter().map(|rendered| rendered.message.as_deref())),
                self.items(&rendered),
                self.texts(decisions.iter().map(|decision| self.arm(decision))),
                numbers(|decision| decision.propensity),
                Arc::new(BooleanArray::from(held_out)),
                all(&self.policy_hash),
                all(&self.data_hash),
                self.instants(decisions.iter().map(|_| self.now)),
            ],
        )
    }

    fn offer(&self, decision: &Decision) -> Option<&'a Offer> {
        self.plan.offers.get(decision.offer.0 as usize)
    }

    /// The name of the arm that a customer is in.
    fn arm(&self, decision: &Decision) -> Option<&'a str> {
        let arms = &self.offer(decision)?.experiment.as_ref()?.arms;
        arms.get(usize::from(decision.arm?)).map(|arm| &*arm.name)
    }

    /// The items that were picked: lists; in CSV, one text each.
    fn items(&self, rendered: &[Rendered]) -> ArrayRef {
        if self.format == Format::Csv {
            let joined: Vec<String> = rendered.iter().map(|rendered| joined(&rendered.items)).collect();
            return self.texts(joined.iter().map(|text| Some(text.as_str())));
        }
        let mut lists = ListBuilder::new(StringBuilder::new()).with_field(item());
        for rendered in rendered {
            lists.append_value(rendered.items.iter().map(Some));
        }
        Arc::new(lists.finish())
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

/// Texts with `|` between them; within one, `|` and `\` have a `\` before them.
pub(super) fn joined(texts: &[String]) -> String {
    let escaped: Vec<String> = texts.iter().map(|text| text.replace('\\', "\\\\").replace('|', "\\|")).collect();
    escaped.join("|")
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
