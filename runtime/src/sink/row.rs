//! A row of a decisions file, whatever it comes from: what a run has just decided, or what a ledger has kept of one.
//! Both take the same way from here, so the same rows are the same bytes.

use std::borrow::Cow;

/// A customer's key, as the data has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key<'a> {
    /// A number.
    Int(i64),
    /// A text.
    Text(Cow<'a, str>),
}

/// The type of all customers' keys of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyType {
    /// Numbers.
    Int,
    /// Texts.
    Text,
}

/// What one decision says.
#[derive(Clone, Debug, PartialEq)]
pub struct Row<'a> {
    /// Who.
    pub customer: Key<'a>,
    /// The offer's name.
    pub offer: Cow<'a, str>,
    /// Of a family: the member, as the policy and the data write it.
    pub member: Option<Cow<'a, str>>,
    /// The channel's name.
    pub channel: Cow<'a, str>,
    /// The place in the slate, from 1; 0 for a notice.
    pub slot: u32,
    /// When it is sent, in microseconds since 1970-01-01 UTC.
    pub send_at: i64,
    /// What ranked it.
    pub value: f64,
    /// The offer's priority.
    pub priority: f64,
    /// Why, as the customer may read it.
    pub reason: Option<Cow<'a, str>>,
    /// What the customer is told.
    pub message: Option<Cow<'a, str>>,
    /// What was picked.
    pub items: Cow<'a, [Box<str>]>,
    /// The arm of the experiment.
    pub arm: Option<Cow<'a, str>>,
    /// How likely it was to come out so.
    pub propensity: f64,
    /// Whether it is held out.
    pub held_out: bool,
    /// What it costs, in millionths of the project's currency, where costs are counted.
    pub cost: Option<i64>,
    /// The decision's name, where it is of a run ([`decision_id`]).
    pub decision: Option<Cow<'a, str>>,
}

/// What is the same in all rows of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The type of the customers' keys.
    pub keys: KeyType,
    /// BLAKE3 of the policy.
    pub policy_hash: Box<str>,
    /// BLAKE3 of the data and the request.
    pub data_hash: Box<str>,
    /// The moment that ruled the run, in microseconds since 1970-01-01 UTC.
    pub now: i64,
    /// The run's name; none where nobody was to be contacted.
    pub run: Option<Box<str>>,
    /// How much of the ledger was seen; 0 where there was none.
    pub ledger: u64,
}

/// The name of a decision of a run: the first 128 bits, in hex, of BLAKE3 over a JSON array without spaces of the run's
/// name, the customer's key (a number or a string), the offer, the member (a string or `null`), the channel and the slot.
/// So whoever decides the same again gives it the same name.
pub fn decision_id(run: &str, row: &Row<'_>) -> String {
    let customer = match &row.customer {
        Key::Int(key) => serde_json::Value::from(*key),
        Key::Text(key) => serde_json::Value::from(&**key),
    };
    let names = serde_json::json!([run, customer, row.offer, row.member, row.channel, row.slot]);
    let mut hash = blake3::hash(names.to_string().as_bytes()).to_hex().to_string();
    hash.truncate(32);
    hash
}
