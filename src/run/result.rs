//! What a run came to, as it is kept in the ledger with its decisions: what its file needs beside them, and what people
//! ask of it later.

use opportune_plan::VerifiedPlan;
use opportune_runtime::run::Summary;
use opportune_runtime::sink::KeyType;
use serde::{Deserialize, Serialize};

use crate::summary::limits::{self, LimitResult};

/// What a run came to.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunResult {
    /// Whether customers' keys are numbers; else they are texts.
    pub keys_are_numbers: bool,
    /// How many customers there were.
    pub customers: u64,
    /// How many of them the portfolio's holdout left out.
    pub customers_left_out: u64,
    /// How many decisions were made.
    pub decisions: u64,
    /// How many of them are held out: no contacts.
    pub held_out: u64,
    /// By offer, those for whom something was decided.
    pub offers: Vec<OfferResult>,
    /// Where something is limited over all customers: how good the allocation is, and what became of each limit.
    pub shared: Option<SharedResult>,
}

/// What became of the limits over all customers.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedResult {
    /// What all that was shared out is worth, in millionths.
    pub value: String,
    /// More than this nothing can be worth within the limits, in millionths.
    pub bound: String,
    /// By how many millionths of the bound the best is missed at most.
    pub gap: u32,
    pub limits: Vec<LimitResult>,
}

/// What became of an offer.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferResult {
    pub name: String,
    pub made: u64,
    pub held_out: u64,
}

impl RunResult {
    /// Of what was decided.
    pub fn of(plan: &VerifiedPlan, summary: &Summary, keys: KeyType) -> Self {
        let offers = plan.offers.iter().zip(&summary.offers).map(|(offer, counts)| OfferResult {
            name: offer.name.to_string(),
            made: counts.outcome.made,
            held_out: counts.outcome.held_out,
        });
        let offers: Vec<OfferResult> = offers.filter(|offer| offer.made + offer.held_out > 0).collect();
        Self {
            keys_are_numbers: keys == KeyType::Int,
            customers: summary.customers,
            customers_left_out: summary.customers_left_out,
            decisions: summary.decisions,
            held_out: offers.iter().map(|offer| offer.held_out).sum(),
            offers,
            shared: summary.shared.as_ref().map(|report| SharedResult {
                value: report.value.to_string(),
                bound: report.bound.to_string(),
                gap: report.gap(),
                limits: limits::results(plan, report),
            }),
        }
    }

    /// The type of the customers' keys.
    pub fn keys(&self) -> KeyType {
        if self.keys_are_numbers { KeyType::Int } else { KeyType::Text }
    }
}
