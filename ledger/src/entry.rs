//! What a ledger holds.

/// How much of the ledger there is: every commit raises it; 0 is the empty ledger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position(pub u64);

/// A customer's key, as the data has it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// A number.
    Int(i64),
    /// A text.
    Text(Box<str>),
    /// A tombstone: random, the same in all that is left of one customer. Only ever read.
    Erased(Box<str>),
}

/// How far a run came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Begun; nothing of it is decided yet, and nothing of it counts.
    Begun,
    /// Its decisions are in the ledger, all of them, and count; their file may not be in its place yet.
    Decided,
    /// The file is in its place.
    Done,
    /// Given up before it was decided.
    GivenUp,
}

/// A run, as it was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its name: the moment of its beginning and some random letters, `20261120-230000-k3x9qa`.
    pub id: Box<str>,
    /// The project's name.
    pub project: Box<str>,
    /// The moment that rules it, in microseconds since 1970-01-01 UTC.
    pub now: i64,
    /// When it was begun, by the machine's clock.
    pub begun_at: i64,
    /// What it sees of the ledger: all up to this position.
    pub sees: Position,
    /// BLAKE3 of the policy.
    pub policy_hash: Box<str>,
    /// BLAKE3 of the data and the request.
    pub data_hash: Box<str>,
    /// Where its decisions go, relative to the project or absolute.
    pub out: Box<str>,
    /// How far it came.
    pub state: State,
    /// Once it is decided: what it came to, as JSON: counts, the certificate, the prices.
    pub summary: Option<Box<str>>,
}

/// A decision of a run; one that is not held out is a contact.
#[derive(Clone, Debug, PartialEq)]
pub struct Contact {
    /// Names it: [`decision_id`].
    pub id: Box<str>,
    /// Its place in the run's order, from 0.
    pub place: u64,
    /// Who.
    pub customer: Key,
    /// Which offer.
    pub offer: Box<str>,
    /// Which member of a family.
    pub member: Option<Box<str>>,
    /// By which channel.
    pub channel: Box<str>,
    /// The place in the slate, from 1; 0 for a notice.
    pub slot: u32,
    /// When it is sent, in microseconds since 1970-01-01 UTC.
    pub send_at: i64,
    /// When it was decided: the run's `now`.
    pub decided_at: i64,
    /// What ranked it.
    pub value: f64,
    /// The offer's priority.
    pub priority: f64,
    /// What it costs, in millionths of the project's currency, where costs are counted.
    pub cost: Option<i64>,
    /// Why, as the customer may read it.
    pub reason: Option<Box<str>>,
    /// What the customer is told.
    pub message: Option<Box<str>>,
    /// What was picked.
    pub items: Vec<Box<str>>,
    /// The arm of the experiment.
    pub arm: Option<Box<str>>,
    /// How likely it was.
    pub propensity: f64,
    /// Whether it is held out: then it is no contact.
    pub held_out: bool,
}

/// A contact that was made elsewhere and brought in.
#[derive(Clone, Debug, PartialEq)]
pub struct PastContact {
    /// Names it, so that it is brought in once: the file's own id, else a hash of its fields and of how many rows before
    /// it are the same.
    pub id: Box<str>,
    /// Who.
    pub customer: Key,
    /// Which offer, where it is told.
    pub offer: Option<Box<str>>,
    /// Which member of a family.
    pub member: Option<Box<str>>,
    /// By which channel, where it is told.
    pub channel: Option<Box<str>>,
    /// When it was sent.
    pub send_at: i64,
    /// When it was decided.
    pub decided_at: i64,
    /// What it cost, in millionths of the project's currency.
    pub cost: Option<i64>,
}

/// What a customer did with a contact, or without one.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    /// Names it, so that it is recorded once, as [`PastContact::id`].
    pub id: Box<str>,
    /// The decision that it answers, where it is told.
    pub decision: Option<Box<str>>,
    /// Who.
    pub customer: Key,
    /// To which offer.
    pub offer: Option<Box<str>>,
    /// Which member of a family.
    pub member: Option<Box<str>>,
    /// By which channel.
    pub channel: Option<Box<str>>,
    /// When, in microseconds since 1970-01-01 UTC.
    pub at: i64,
    /// What: `seen`, `clicked`, `redeemed`, `complained`, `unsubscribed` or another word.
    pub outcome: Box<str>,
}

/// The id of a decision: the first 128 bits, in hex, of BLAKE3 over a JSON array without spaces of the run's name, the
/// customer's key (a number or a string), the offer, the member (a string or `null`), the channel and the slot.
pub fn decision_id(run: &str, customer: &Key, offer: &str, member: Option<&str>, channel: &str, slot: u32) -> Box<str> {
    let customer = match customer {
        Key::Int(number) => serde_json::Value::from(*number),
        Key::Text(text) | Key::Erased(text) => serde_json::Value::from(&**text),
    };
    let names = serde_json::json!([run, customer, offer, member, channel, slot]);
    blake3::hash(names.to_string().as_bytes()).to_hex().chars().take(32).collect::<String>().into()
}
