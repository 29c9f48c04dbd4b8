//! What a test of a policy says, as plain data: what is known of one customer, when, and what is expected then.
//!
//! The compiler writes it, the runtime plays it. It is no part of a plan: a plan's hash knows nothing of its tests.
//! What must hold: rows are whole and of the schema's types (a field that a test leaves out has its default, the plainest
//! value of its type, or is missing where it may be), links that must resolve do, and steps follow each other in time.

use crate::channel::ChannelId;
use crate::expr::ExprId;
use crate::offer::OfferId;
use crate::schema::{FieldId, TableId};
use crate::types::{Constant, Span};

/// A test: one customer, seen at one moment or at several.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scenario {
    /// What it shows, as it is written.
    pub name: Box<str>,
    /// The moments, each later than the one before. What is sent at one is a contact at the next.
    pub steps: Vec<Step>,
    /// What must hold for any customer, whoever it is.
    pub always: Vec<Invariant>,
}

/// A moment of a test.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    /// In microseconds since 1970-01-01 UTC.
    pub now: i64,
    /// What is known from then on, beside what is known from the steps before.
    pub given: Given,
    /// What a request brings at this moment; what is not named is missing.
    pub context: Vec<(FieldId, Constant)>,
    /// What is expected then, in the order in which it is written.
    pub expected: Vec<Expected>,
}

/// What becomes known.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Given {
    /// At the first step all fields of the customer; at later ones those that change. `None` is missing.
    pub customer: Vec<(FieldId, Option<Constant>)>,
    /// Rows of events and of lookup tables, whole; a lookup row whose key is there already takes its place.
    pub rows: Vec<GivenRow>,
}

/// A row of an event or lookup table; events are the customer's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GivenRow {
    /// The table; never the customer's nor the context's.
    pub table: TableId,
    /// Every field that has a column of its own, with its value; `None` is missing.
    pub values: Vec<(FieldId, Option<Constant>)>,
}

/// What is expected at a step.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Expected {
    /// `expect offer diaper_bundle for "BEER" by mail at 2026-11-20 18:00 because "…"`
    Offer {
        /// The offer, reminder or notice.
        offer: OfferId,
        /// Of a family: which member; none: any.
        member: Option<Constant>,
        /// By which channel; none: any.
        channel: Option<ChannelId>,
        /// When it is sent, in microseconds since 1970-01-01 UTC; none: whenever.
        at: Option<i64>,
        /// What its reason must contain.
        because: Option<Box<str>>,
    },
    /// `expect not diaper_bundle because "no alcohol to minors"`
    Not {
        /// The offer, reminder or notice.
        offer: OfferId,
        /// Of a family: which member; none: none of them.
        member: Option<Constant>,
        /// What the explanation of why it is not made must contain.
        because: Option<Box<str>>,
    },
    /// `expect no offer`: nothing at all is sent or shown.
    Nothing,
}

/// What must hold for every customer that the schema allows, over days in a row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Invariant {
    /// `always at most 3 contacts in any 7 days by sms`, `always at most 1 diaper_bundle in any 90 days`
    AtMost {
        /// How many.
        most: u64,
        /// Of one offer; none: contacts, each message or slate one.
        offer: Option<OfferId>,
        /// By one channel; none: by all.
        channel: Option<ChannelId>,
        /// In any stretch of this length.
        within: Span,
    },
    /// `always no offer when customer.age < 18`, `always not diaper_bundle when …`
    Never {
        /// One offer; none: any.
        offer: Option<OfferId>,
        /// A condition over the customer, in the arena of the plan that is rehearsed: where it is true at the moment of the
        /// decision, nothing is decided.
        when: ExprId,
    },
}
