//! The rows of a file as entries of the ledger, and what is wrong with them.
//!
//! Each row has a name, so that it is recorded once however often the file is: its own `id`, for a contact its `decision`,
//! else a hash of its fields and of how many rows before it are the same. Nothing is kept of a file in which a row is
//! wrong.

use std::collections::HashMap;

use opportune_ledger::entry::{Key, PastContact, Response};
use opportune_runtime::snapshot::read::Records;
use opportune_runtime::snapshot::{Column, Told};

use super::columns::{Kind, Name, Reading};

/// The longest text that a row may have but for its customer's key, in bytes: databases index names.
pub const LONGEST: usize = 500;

/// A decision of the ledger, as far as a response to it must agree.
#[derive(Clone, Debug, PartialEq)]
pub struct Decided {
    pub customer: Key,
    pub offer: Option<Box<str>>,
    pub member: Option<Box<str>>,
    pub channel: Option<Box<str>>,
}

/// Decisions by their names.
pub type Decisions = HashMap<Box<str>, Decided>;

/// What is wrong with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// It names no customer, and a response no decision either.
    NoCustomer,
    /// It names no customer, and a decision that the ledger does not have.
    UnknownDecision,
    /// It names a decision of another customer, offer or member.
    Contradicts,
    /// A text of it is longer than the ledger keeps.
    TooLong,
    /// A text of it has a character that databases do not keep.
    Nul,
    /// It has the `id` of another row that says something else.
    IdTwice,
    /// It was decided after it was sent.
    DecidedLate,
}

/// How often a fault was found, and in which row first; the first row of a file is 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    pub fault: Fault,
    pub count: u64,
    pub first_row: u64,
}

/// The rows of a file.
pub struct Rows<'a> {
    kind: Kind,
    readings: &'a [Reading],
    records: &'a Records,
    decisions: &'a Decisions,
}

impl<'a> Rows<'a> {
    pub fn new(kind: Kind, readings: &'a [Reading], records: &'a Records, decisions: &'a Decisions) -> Self {
        Self { kind, readings, records, decisions }
    }

    /// All that is wrong, in the order of the faults.
    pub fn faults(&self) -> Vec<Found> {
        let (mut found, mut by_id) = (Vec::new(), HashMap::new());
        for row in self.kept() {
            let fault = self.fault(row).or_else(|| {
                let content = self.fingerprint(row, false);
                let first = by_id.entry(self.own_id(row)?).or_insert(content);
                (*first != content).then_some(Fault::IdTwice)
            });
            if let Some(fault) = fault {
                note(&mut found, fault, row);
            }
        }
        found.sort_unstable_by_key(|found| found.fault);
        found
    }

    /// The rows that are recorded: all but those that are held out, which are no contacts, and those of erased customers.
    fn kept(&self) -> impl Iterator<Item = usize> {
        (0..self.records.rows).filter(|row| !self.is_held_out(*row) && !self.is_of_erased(*row))
    }

    /// How many rows are of customers who were erased from the ledger that they come from, and so of nobody.
    pub fn of_erased(&self) -> u64 {
        (0..self.records.rows).filter(|row| self.is_of_erased(*row)).count() as u64
    }

    fn is_of_erased(&self, row: usize) -> bool {
        self.text(Name::Erased, row).is_some() && self.customer(row).is_none()
    }

    /// How many rows are held out.
    pub fn held_out(&self) -> u64 {
        (0..self.records.rows).filter(|row| self.is_held_out(*row) && !self.is_of_erased(*row)).count() as u64
    }

    fn is_held_out(&self, row: usize) -> bool {
        matches!(self.tells(Name::Holdout, row), Some(Told::Bool(true)))
    }

    /// The responses, in the order of the file; rows with a fault are not among them.
    pub fn responses(&self) -> impl Iterator<Item = Response> {
        let mut names = Names::default();
        self.kept().filter_map(move |row| {
            let decided = self.decided(row);
            let known = |of: fn(&Decided) -> Option<Box<str>>| decided.and_then(of);
            Some(Response {
                id: self.id(row, &mut names),
                decision: self.owned(Name::Decision, row),
                customer: self.customer(row).or_else(|| decided.map(|decided| decided.customer.clone()))?,
                offer: self.owned(Name::Offer, row).or_else(|| known(|decided| decided.offer.clone())),
                member: self.owned(Name::Member, row).or_else(|| known(|decided| decided.member.clone())),
                channel: self.owned(Name::Channel, row).or_else(|| known(|decided| decided.channel.clone())),
                at: self.int(Name::At, row)?,
                outcome: self.owned(Name::Outcome, row)?,
            })
        })
    }

    /// The contacts, in the order of the file; rows with a fault are not among them.
    pub fn contacts(&self) -> impl Iterator<Item = PastContact> {
        let mut names = Names::default();
        self.kept().filter_map(move |row| {
            let send_at = self.int(Name::At, row)?;
            Some(PastContact {
                id: self.id(row, &mut names),
                customer: self.customer(row)?,
                offer: self.owned(Name::Offer, row),
                member: self.owned(Name::Member, row),
                channel: self.owned(Name::Channel, row),
                send_at,
                decided_at: self.int(Name::DecidedAt, row).unwrap_or(send_at),
                cost: self.int(Name::Cost, row),
            })
        })
    }

    /// How many rows name a decision that the ledger does not have.
    pub fn of_unknown_decisions(&self) -> u64 {
        let unknown = |row: &usize| self.text(Name::Decision, *row).is_some() && self.decided(*row).is_none();
        self.kept().filter(unknown).count() as u64
    }

    fn fault(&self, row: usize) -> Option<Fault> {
        let texts = self.readings.iter().filter_map(|reading| self.text(reading.name, row));
        let (mut too_long, mut nul) = (false, false);
        for text in texts {
            too_long |= text.len() > LONGEST;
            nul |= text.contains('\0');
        }
        let decided = self.decided(row);
        let (sent, decided_at) = (self.int(Name::At, row), self.int(Name::DecidedAt, row));
        match (self.customer(row), self.text(Name::Decision, row)) {
            (None, Some(_)) if self.kind == Kind::Responses && decided.is_none() => Some(Fault::UnknownDecision),
            (None, _) if decided.is_none() => Some(Fault::NoCustomer),
            (customer, _) if decided.is_some_and(|of| self.contradicts(row, customer.as_ref(), of)) => {
                Some(Fault::Contradicts)
            }
            _ if too_long => Some(Fault::TooLong),
            _ if nul => Some(Fault::Nul),
            _ if decided_at.zip(sent).is_some_and(|(decided_at, sent)| decided_at > sent) => Some(Fault::DecidedLate),
            _ => None,
        }
    }

    fn contradicts(&self, row: usize, customer: Option<&Key>, decided: &Decided) -> bool {
        let differs =
            |name, of: Option<&str>| self.text(name, row).zip(of).is_some_and(|(said, decided)| said != decided);
        customer.is_some_and(|customer| *customer != decided.customer)
            || differs(Name::Offer, decided.offer.as_deref())
            || differs(Name::Member, decided.member.as_deref())
    }

    /// The decision of a response, where the ledger has it.
    fn decided(&self, row: usize) -> Option<&'a Decided> {
        self.decisions.get(self.text(Name::Decision, row)?)
    }

    /// The name that a row brings.
    fn own_id(&self, row: usize) -> Option<&str> {
        let decision = || (self.kind == Kind::Contacts).then(|| self.text(Name::Decision, row)).flatten();
        self.text(Name::Id, row).or_else(decision)
    }

    fn id(&self, row: usize, names: &mut Names) -> Box<str> {
        match self.own_id(row) {
            Some(id) => id.into(),
            None => names.next(self.fingerprint(row, true)),
        }
    }

    /// A hash of what a row says.
    fn fingerprint(&self, row: usize, with_decision: bool) -> [u8; 16] {
        let mut hasher = blake3::Hasher::new();
        hasher.update(self.kind.event().as_bytes());
        let fields = self.kind.fields().iter().map(|(name, _)| *name);
        for name in
            fields.filter(|name| !matches!(name, Name::Id | Name::Erased) && (with_decision || *name != Name::Decision))
        {
            // Each field with its kind and length, so that no two rows run together to the same bytes.
            let mut add = |kind: u8, bytes: &[u8]| {
                hasher.update(&[kind]).update(&(bytes.len() as u64).to_le_bytes()).update(bytes);
            };
            match self.tells(name, row) {
                None => add(0, &[]),
                Some(Told::Text(text)) => add(1, text.as_bytes()),
                Some(Told::Int(int)) => add(2, &int.to_le_bytes()),
                Some(Told::Bool(bool)) => add(3, &[bool.into()]),
                Some(Told::Number(bits)) => add(4, &bits.to_le_bytes()),
                Some(Told::Set(_)) => add(5, &[]),
            }
        }
        first_half(&hasher)
    }

    fn customer(&self, row: usize) -> Option<Key> {
        match self.tells(Name::Customer, row)? {
            Told::Int(key) => Some(Key::Int(key)),
            Told::Text(key) => Some(Key::Text(key.into())),
            _ => None,
        }
    }

    fn int(&self, name: Name, row: usize) -> Option<i64> {
        if let Some(Told::Int(int)) = self.tells(name, row) { Some(int) } else { None }
    }

    fn text(&self, name: Name, row: usize) -> Option<&str> {
        if let Some(Told::Text(text)) = self.tells(name, row) { Some(text) } else { None }
    }

    fn owned(&self, name: Name, row: usize) -> Option<Box<str>> {
        self.text(name, row).map(Into::into)
    }

    /// What a row says of a field.
    fn tells(&self, name: Name, row: usize) -> Option<Told<'_>> {
        let (at, reading) = self.readings.iter().enumerate().find(|(_, reading)| reading.name == name)?;
        match &reading.value {
            Some(value) => Some(Told::Text(value)),
            None => self.records.columns.get(at)?.as_ref().and_then(|column: &Column| column.tells(row)),
        }
    }
}

/// Names of rows that bring none.
#[derive(Default)]
struct Names {
    /// How many rows so far say the same.
    same: HashMap<[u8; 16], u64>,
}

impl Names {
    fn next(&mut self, fingerprint: [u8; 16]) -> Box<str> {
        let before = self.same.entry(fingerprint).or_default();
        let mut hasher = blake3::Hasher::new();
        hasher.update(&fingerprint).update(&before.to_le_bytes());
        *before += 1;
        first_half(&hasher).iter().map(|byte| format!("{byte:02x}")).collect::<String>().into()
    }
}

fn first_half(hasher: &blake3::Hasher) -> [u8; 16] {
    let mut half = [0; 16];
    hasher.finalize_xof().fill(&mut half);
    half
}

fn note(found: &mut Vec<Found>, fault: Fault, row: usize) {
    match found.iter_mut().find(|found| found.fault == fault) {
        Some(found) => found.count += 1,
        None => found.push(Found { fault, count: 1, first_row: row as u64 + 1 }),
    }
}
