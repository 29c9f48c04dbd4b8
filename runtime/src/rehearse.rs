//! Plays tests of policies: one customer who is written down, seen at one moment or at several.
//!
//! ```text
//! what is given ─ snapshot of one customer ─ decided as a run decides ─ scene ─ what was made, what stopped the rest
//!        └───────────── contacts that were made, for the next moment ──────┘
//! ```
//!
//! At each moment all that is known by then becomes a snapshot ([`crate::snapshot::read::given`]) and goes through the same
//! line as a run, by the reference evaluator. What is sent becomes a contact, as the ledger would keep it. What must hold:
//! no plan that is verified and no data make it panic, and the same test always comes out the same.

mod caps;
mod scene;
mod stop;
mod watch;
mod written;

use opportune_plan::{Constant, Currency, FieldId, Given, GivenRow, Schema, Step, Table, VerifiedPlan};

use crate::run::RunError;
use crate::sink::DecidedRows;
use crate::snapshot::read::given::{Known, OneCustomer};
use crate::snapshot::read::{Added, AddedCustomer, AddedRow, LoadError};
use crate::time::{Clock, ClockError};
pub use scene::{Made, Scene, Seen};
pub use stop::{Later, Stop, Stopped};
pub use watch::{Truths, Watch};
pub use written::Writing;

/// The name of the run that a rehearsal stands for, of which decisions have their names.
const RUN: &str = "test";

/// Plays on one plan.
#[derive(Debug)]
pub struct Stage<'p> {
    plan: &'p VerifiedPlan,
    customers: OneCustomer,
    currency: Option<Currency>,
}

/// One customer on the way from moment to moment.
#[derive(Debug)]
pub struct Playing<'p> {
    stage: &'p Stage<'p>,
    customer: Vec<(FieldId, Option<Constant>)>,
    rows: Vec<GivenRow>,
    contacts: Vec<Contact>,
}

/// What was sent, as the ledger keeps it.
#[derive(Clone, Debug)]
struct Contact {
    send_at: i64,
    decided_at: i64,
    offer: Box<str>,
    member: Option<Box<str>>,
    channel: Box<str>,
    cost: Option<i64>,
    id: Box<str>,
}

/// Why a moment cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum RehearseError {
    /// The moment is outside the calendar.
    #[error("{0}")]
    Moment(#[source] ClockError),
    /// What is given disagrees with the schema.
    #[error("{0}")]
    Given(String),
    /// The run broke off.
    #[error("{0}")]
    Run(#[source] RunError),
}

impl<'p> Stage<'p> {
    /// Of a plan whose caps are counted at the time of sending; costs are in the project's currency.
    pub fn new(plan: &'p VerifiedPlan, currency: Option<Currency>) -> Self {
        Self { plan, customers: OneCustomer::new(plan), currency }
    }

    /// The plan.
    pub fn plan(&self) -> &'p VerifiedPlan {
        self.plan
    }

    /// A customer of whom nothing is known yet.
    pub fn enter(&'p self) -> Playing<'p> {
        Playing { stage: self, customer: Vec::new(), rows: Vec::new(), contacts: Vec::new() }
    }
}

impl<'p> Playing<'p> {
    /// Goes on to a moment: what is given becomes known, and it is decided; what is sent is a contact from then on.
    ///
    /// # Errors
    /// When the moment is outside the calendar, or what is given disagrees with the schema.
    pub fn go_to(&mut self, step: &Step) -> Result<Scene<'p>, RehearseError> {
        let Stage { plan, customers, .. } = self.stage;
        let clock = Clock::new(step.now, &plan.zone).map_err(RehearseError::Moment)?;
        self.learn(&step.given);
        let known = Known { customer: &self.customer, rows: &self.rows, context: &step.context };
        let key = customers.key(&known);
        let snapshot = customers.snapshot(&known, &self.added(&key), &clock).map_err(|errors| told(&errors))?;
        let scene = Scene::play(plan, snapshot, clock)?;
        self.keep(&scene);
        Ok(scene)
    }

    /// Takes in what becomes known.
    fn learn(&mut self, given: &Given) {
        for (field, value) in &given.customer {
            match self.customer.iter_mut().find(|(known, _)| known == field) {
                Some((_, known)) => known.clone_from(value),
                None => self.customer.push((*field, value.clone())),
            }
        }
        for row in &given.rows {
            match self.rows.iter_mut().find(|known| is_same(&self.stage.plan.schema, known, row)) {
                Some(known) => known.clone_from(row),
                None => self.rows.push(row.clone()),
            }
        }
    }

    /// What has been sent so far.
    fn added(&self, key: &Constant) -> Added {
        let mut added = Added::new(self.stage.plan, self.stage.currency);
        let customer = match key {
            Constant::Int(key) => AddedCustomer::Int(*key),
            Constant::Text(key) => AddedCustomer::Text(key),
            _ => return added,
        };
        for contact in &self.contacts {
            added.add_contact(&AddedRow {
                decided_at: contact.decided_at,
                offer: Some(&contact.offer),
                member: contact.member.as_deref(),
                channel: Some(&contact.channel),
                cost: contact.cost,
                decision: Some(&contact.id),
                ..AddedRow::new(customer, contact.send_at)
            });
        }
        added
    }

    /// Keeps what is sent; what is held out is not.
    fn keep(&mut self, scene: &Scene<'_>) {
        let sent: Vec<_> = scene.decisions().iter().filter(|decision| !decision.held_out).copied().collect();
        // No contact tells the hashes.
        let (policy, data) = (String::new(), String::new());
        let rows = DecidedRows::of_policy(self.stage.plan, policy, scene.snapshot(), scene.clock(), data).of_run(RUN);
        for row in rows.rows(&sent) {
            self.contacts.push(Contact {
                send_at: row.send_at,
                decided_at: scene.clock().now(),
                offer: (&*row.offer).into(),
                member: row.member.as_deref().map(Into::into),
                channel: (&*row.channel).into(),
                cost: row.cost,
                id: row.decision.as_deref().unwrap_or_default().into(),
            });
        }
    }
}

/// Whether two rows are one row of a lookup table.
fn is_same(schema: &Schema, a: &GivenRow, b: &GivenRow) -> bool {
    let key = schema.table(a.table).and_then(Table::key);
    let value =
        |row: &GivenRow| row.values.iter().find(|(field, _)| Some(*field) == key).map(|(_, value)| value.clone());
    a.table == b.table && key.is_some() && value(a) == value(b)
}

fn told(errors: &[LoadError]) -> RehearseError {
    RehearseError::Given(errors.first().map_or_else(String::new, LoadError::message))
}
