//! The decisions of a run as rows: keys and names looked up, texts with their holes filled.

use std::borrow::Cow;

use opportune_plan::{Offer, Schema, VerifiedPlan};

use super::policy_hash;
use super::row::{Head, Key, KeyType, Row, decision_id};
use crate::decide::Decision;
use crate::snapshot::{Column, Snapshot, Values};
use crate::template::{Rendered, Renderer};
use crate::time::Clock;

/// Makes rows of decisions.
pub struct DecidedRows<'a> {
    plan: &'a VerifiedPlan,
    keys: Option<&'a Column>,
    renderer: Renderer<'a>,
    head: Head,
    threads: usize,
}

impl<'a> DecidedRows<'a> {
    /// Of the decisions that a plan makes of a snapshot at this time. `data_hash` says which data the snapshot is of
    /// ([`crate::snapshot::read::DataRead::hash`]).
    pub fn new(plan: &'a VerifiedPlan, snapshot: &'a Snapshot, clock: &Clock, data_hash: String) -> Self {
        Self::of_policy(plan, policy_hash(plan), snapshot, clock, data_hash)
    }

    /// The same, of a policy whose hash is told.
    pub(crate) fn of_policy(
        plan: &'a VerifiedPlan,
        policy_hash: String,
        snapshot: &'a Snapshot,
        clock: &Clock,
        data_hash: String,
    ) -> Self {
        let key = plan.schema.table(Schema::CUSTOMER).and_then(opportune_plan::Table::key);
        let keys = key.and_then(|key| snapshot.table(Schema::CUSTOMER)?.columns.get(key.0 as usize));
        let head = Head {
            keys: if keys.is_some_and(|keys| matches!(keys.values, Values::Int64(_))) {
                KeyType::Int
            } else {
                KeyType::Text
            },
            policy_hash: policy_hash.into(),
            data_hash: data_hash.into(),
            now: clock.now(),
            run: None,
            ledger: 0,
        };
        Self { plan, keys, renderer: Renderer::new(plan, snapshot, clock), head, threads: 1 }
    }

    /// How many threads fill the holes of texts, where there are any; one unless it is said. The rows do not depend on
    /// it.
    #[must_use]
    pub fn with_threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }

    /// How much of a ledger the run saw.
    #[must_use]
    pub fn with_ledger(mut self, position: u64) -> Self {
        self.head.ledger = position;
        self
    }

    /// That this run makes the decisions, which gives each its name.
    #[must_use]
    pub fn of_run(mut self, run: &str) -> Self {
        self.head.run = Some(run.into());
        self
    }

    /// What is the same in all rows.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// The rows of some decisions, in their order.
    pub fn rows(&self, decisions: &[Decision]) -> Vec<Row<'a>> {
        let rendered = self.renderer.render_all(decisions, self.threads);
        decisions.iter().zip(rendered).map(|(decision, rendered)| self.row(decision, rendered)).collect()
    }

    fn row(&self, decision: &Decision, rendered: Rendered) -> Row<'a> {
        let offer = self.plan.offers.get(decision.offer.0 as usize);
        let channel = self.plan.channels.get(decision.channel.0 as usize);
        let mut row = Row {
            customer: self.key(decision.customer as usize),
            offer: Cow::Borrowed(offer.map_or("", |offer| &offer.name)),
            member: rendered.member.map(Cow::Owned),
            channel: Cow::Borrowed(channel.map_or("", |channel| &channel.name)),
            slot: decision.slot,
            send_at: decision.send_at,
            value: decision.value,
            priority: decision.score,
            reason: rendered.reason.map(Cow::Owned),
            message: rendered.message.map(Cow::Owned),
            items: rendered.items.into_iter().map(String::into_boxed_str).collect(),
            arm: offer.and_then(|offer| arm(offer, decision)).map(Cow::Borrowed),
            propensity: decision.propensity,
            held_out: decision.held_out,
            cost: decision.cost.and_then(|cost| i64::try_from(cost).ok()),
            decision: None,
        };
        row.decision = self.head.run.as_deref().map(|run| decision_id(run, &row).into());
        row
    }

    fn key(&self, row: usize) -> Key<'a> {
        match self.keys.map(|keys| &keys.values) {
            Some(Values::Int64(keys)) => Key::Int(keys.get(row).copied().unwrap_or(0)),
            Some(Values::Codes(codes, dictionary)) => {
                let key = codes.get(row).and_then(|code| dictionary.get(*code));
                Key::Text(Cow::Borrowed(key.unwrap_or("")))
            }
            _ => Key::Text(Cow::Borrowed("")),
        }
    }
}

/// The name of the arm that a customer is in.
fn arm<'a>(offer: &'a Offer, decision: &Decision) -> Option<&'a str> {
    let arms = &offer.experiment.as_ref()?.arms;
    arms.get(usize::from(decision.arm?)).map(|arm| &*arm.name)
}
