//! Contacts and responses that come from elsewhere than a data file: what a ledger holds.
//!
//! They are the rows of the events `contact` and `response`: beside those of the file, or alone where the project
//! declares none. Kept by column, so that millions of them stay small; [`super::append`] writes them into the tables.

use std::collections::HashMap;

use opportune_plan::{Currency, Field, Op, Plan, TableId, TableKind};

use super::interner::Interner;

/// The events that contacts become rows of, by their name.
pub(super) const CONTACT: &str = "contact";
/// The events that responses become rows of.
const RESPONSE: &str = "response";
/// The field that names the decision.
pub(super) const DECISION: &str = "decision";

/// Whose a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AddedCustomer<'a> {
    /// By a number.
    Int(i64),
    /// By a text.
    Text(&'a str),
    /// Nobody's any more: the tombstone is the same in all that is left of one customer.
    Erased(&'a str),
}

/// A contact or a response.
#[derive(Clone, Copy, Debug)]
pub struct AddedRow<'a> {
    /// Whose.
    pub customer: AddedCustomer<'a>,
    /// When it was sent, or happened, in microseconds since 1970-01-01 UTC.
    pub at: i64,
    /// When a contact was decided.
    pub decided_at: i64,
    /// Which offer.
    pub offer: Option<&'a str>,
    /// Which member of a family, an int in decimal.
    pub member: Option<&'a str>,
    /// By which channel.
    pub channel: Option<&'a str>,
    /// What a contact has cost, in millionths of the project's currency.
    pub cost: Option<i64>,
    /// What a customer did.
    pub outcome: Option<&'a str>,
    /// The decision that it is, or answers.
    pub decision: Option<&'a str>,
}

impl<'a> AddedRow<'a> {
    /// A row of which only this much is known.
    pub fn new(customer: AddedCustomer<'a>, at: i64) -> Self {
        let (offer, member, channel, cost, outcome, decision) = (None, None, None, None, None, None);
        Self { customer, at, decided_at: at, offer, member, channel, cost, outcome, decision }
    }
}

/// Contacts and responses to add to a snapshot.
#[derive(Debug, Default)]
pub struct Added {
    contacts: AddedRows,
    responses: AddedRows,
    currency: Option<Currency>,
}

impl Added {
    /// None yet; what costs are amounts in is the project's currency. Decisions are remembered only where the plan has a
    /// use for them.
    pub fn new(plan: &Plan, currency: Option<Currency>) -> Self {
        let rows = |name: &str| {
            let keeps = plan.schema.tables().any(|(id, table)| *table.name == *name && needs_decisions(plan, id));
            AddedRows { keeps_decisions: keeps, ..AddedRows::default() }
        };
        Self { contacts: rows(CONTACT), responses: rows(RESPONSE), currency }
    }

    /// Whether a plan has a table that they become rows of.
    pub fn is_wanted(plan: &Plan) -> bool {
        let none = Self::default();
        plan.schema.tables().any(|(_, table)| none.of(table).is_some())
    }

    /// Adds a contact.
    pub fn add_contact(&mut self, row: &AddedRow<'_>) {
        self.contacts.add(row);
    }

    /// Adds a response.
    pub fn add_response(&mut self, row: &AddedRow<'_>) {
        self.responses.add(row);
    }

    /// How many contacts and responses there are.
    pub fn len(&self) -> usize {
        self.contacts.len() + self.responses.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The currency of costs.
    pub(super) fn currency(&self) -> Option<Currency> {
        self.currency
    }

    /// The rows of a table; none where it is neither of the two.
    pub(super) fn of(&self, table: &opportune_plan::Table) -> Option<&AddedRows> {
        match (&table.kind, &*table.name) {
            (TableKind::Events { .. }, CONTACT) => Some(&self.contacts),
            (TableKind::Events { .. }, RESPONSE) => Some(&self.responses),
            _ => None,
        }
    }
}

/// Whether decisions of a table's rows matter: where a file may hold the same rows, or an expression reads them.
fn needs_decisions(plan: &Plan, id: TableId) -> bool {
    let Some(table) = plan.schema.table(id) else { return false };
    let is_decision = |field: &Field| *field.name == *DECISION;
    let has_it = table.fields.iter().any(is_decision);
    let reads = |op: &Op| matches!(op, Op::Field(of, field) if *of == id && plan.schema.field(id, *field).is_some_and(is_decision));
    has_it && (!table.is_built_in() || plan.exprs.iter().any(|(_, node)| reads(&node.op)))
}

/// The number that stands for no text.
const NONE: u32 = u32::MAX;

/// Texts of a column, each once.
#[derive(Debug, Default)]
struct Texts {
    codes: Vec<u32>,
    texts: Interner,
}

impl Texts {
    fn push(&mut self, text: Option<&str>) {
        self.codes.push(text.map_or(NONE, |text| self.texts.code(text)));
    }

    fn get(&self, row: usize) -> Option<&str> {
        self.codes.get(row).filter(|code| **code != NONE).map(|code| self.texts.get(*code))
    }
}

/// The customer of a row; texts by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Owner {
    Int(i64),
    Text(u32),
    Erased(u32),
}

/// Contacts or responses, by column.
#[derive(Debug, Default)]
pub(super) struct AddedRows {
    owners: Vec<Owner>,
    keys: Interner,
    at: Vec<i64>,
    decided_at: Vec<i64>,
    offers: Texts,
    members: Texts,
    channels: Texts,
    costs: Vec<Option<i64>>,
    outcomes: Texts,
    decisions: Texts,
    keeps_decisions: bool,
}

impl AddedRows {
    fn add(&mut self, row: &AddedRow<'_>) {
        self.owners.push(match row.customer {
            AddedCustomer::Int(key) => Owner::Int(key),
            AddedCustomer::Text(key) => Owner::Text(self.keys.code(key)),
            AddedCustomer::Erased(tombstone) => Owner::Erased(self.keys.code(tombstone)),
        });
        self.at.push(row.at);
        self.decided_at.push(row.decided_at);
        self.offers.push(row.offer);
        self.members.push(row.member);
        self.channels.push(row.channel);
        self.costs.push(row.cost);
        self.outcomes.push(row.outcome);
        self.decisions.push(row.decision.filter(|_| self.keeps_decisions));
    }

    pub(super) fn len(&self) -> usize {
        self.at.len()
    }

    pub(super) fn at(&self, row: usize) -> i64 {
        self.at.get(row).copied().unwrap_or(0)
    }

    pub(super) fn decided_at(&self, row: usize) -> i64 {
        self.decided_at.get(row).copied().unwrap_or(0)
    }

    pub(super) fn cost(&self, row: usize) -> Option<i64> {
        self.costs.get(row).copied().flatten()
    }

    pub(super) fn customer(&self, row: usize) -> Option<AddedCustomer<'_>> {
        Some(match self.owners.get(row)? {
            Owner::Int(key) => AddedCustomer::Int(*key),
            Owner::Text(code) => AddedCustomer::Text(self.keys.get(*code)),
            Owner::Erased(code) => AddedCustomer::Erased(self.keys.get(*code)),
        })
    }

    /// The text that a row tells under a name: of fields that hold names.
    pub(super) fn text(&self, what: &str, row: usize) -> Option<&str> {
        match what {
            "offer" => self.offers.get(row),
            "member" => self.members.get(row),
            "channel" => self.channels.get(row),
            "outcome" => self.outcomes.get(row),
            DECISION => self.decisions.get(row),
            _ => None,
        }
    }

    /// By row: whose it is, as numbers; [`NONE`] is nobody's number.
    pub(super) fn erased(&self) -> HashMap<usize, u32> {
        let erased = |(row, owner): (usize, &Owner)| match owner {
            Owner::Erased(code) => Some((row, *code)),
            Owner::Int(_) | Owner::Text(_) => None,
        };
        self.owners.iter().enumerate().filter_map(erased).collect()
    }
}
