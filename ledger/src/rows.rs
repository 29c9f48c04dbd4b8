//! Entries as rows of the tables, and back.

use crate::Result;
use crate::entry::{Contact, Key, PastContact, Response};
use crate::error::Trouble;
use crate::random;
use crate::store::{Row, Store, Value};

/// How many rows go to the database at once, the largest first.
const SIZES: [usize; 3] = [256, 16, 1];

/// What comes in with one commit, its places among it.
#[derive(Debug)]
pub(crate) struct Incoming {
    position: i64,
    place: i64,
    table: Table,
}

/// The columns of a table, and the statements that fill it.
#[derive(Debug)]
struct Table {
    columns: usize,
    statements: [String; SIZES.len()],
}

/// How many columns all rows begin with, see [`Incoming::begins`].
const BEGINS: usize = 8;

const CONTACT: [&str; 20] = [
    "position",
    "place",
    "id",
    "customer",
    "customer_is",
    "offer",
    "member",
    "channel",
    "slot",
    "send_at",
    "decided_at",
    "value",
    "priority",
    "cost",
    "reason",
    "message",
    "items",
    "arm",
    "propensity",
    "held_out",
];

const RESPONSE: [&str; 11] = [
    "position",
    "place",
    "id",
    "customer",
    "customer_is",
    "offer",
    "member",
    "channel",
    "decision",
    "happened_at",
    "outcome",
];

impl Table {
    fn new(name: &str, columns: &[&str]) -> Self {
        let statement = |rows: usize| {
            let row = |row: usize| {
                let values: Vec<_> =
                    (1..=columns.len()).map(|column| format!("${}", row * columns.len() + column)).collect();
                format!("({})", values.join(","))
            };
            let values = (0..rows).map(row).collect::<Vec<_>>().join(",");
            format!("INSERT INTO {name} ({}) VALUES {values} ON CONFLICT (id) DO NOTHING", columns.join(","))
        };
        Self { columns: columns.len(), statements: SIZES.map(statement) }
    }

    /// Puts rows in; gives how many were not there before.
    fn put(&self, store: &mut Store, mut values: &[Value<'_>]) -> Result<u64, Trouble> {
        let mut put = 0;
        for (rows, statement) in SIZES.iter().zip(&self.statements) {
            while let Some((now, later)) = values.split_at_checked(rows * self.columns) {
                if now.is_empty() {
                    break;
                }
                put += store.execute(statement, now)?;
                values = later;
            }
        }
        Ok(put)
    }
}

impl Incoming {
    pub(crate) fn contacts(position: i64) -> Self {
        Self { position, place: 0, table: Table::new("contacts", &CONTACT) }
    }

    pub(crate) fn responses(position: i64) -> Self {
        Self { position, place: 0, table: Table::new("responses", &RESPONSE) }
    }

    pub(crate) fn position(&self) -> i64 {
        self.position
    }

    /// The next place: half of the steps are 1, a quarter 2, and so on.
    fn next_place(&mut self) -> Result<Value<'static>, Trouble> {
        let step = 1 + random::bits()?.trailing_zeros().min(32);
        self.place += i64::from(step);
        Ok(self.place.into())
    }

    /// What all rows begin with: what came when, of whom, and of which offer, member and channel.
    fn begins<'v>(
        &mut self,
        id: &'v str,
        (customer, is): &'v (Box<str>, i64),
        [offer, member, channel]: [Option<&'v str>; 3],
    ) -> Result<[Value<'v>; BEGINS], Trouble> {
        let place = self.next_place()?;
        let (position, customer) = (self.position.into(), (&**customer).into());
        Ok([position, place, id.into(), customer, (*is).into(), offer.into(), member.into(), channel.into()])
    }

    pub(crate) fn decided(&mut self, store: &mut Store, contacts: &[Contact]) -> Result<u64, Trouble> {
        let customers = contacts.iter().map(|contact| customer(&contact.customer)).collect::<Result<Vec<_>, _>>()?;
        let items = contacts.iter().map(|contact| items(&contact.items)).collect::<Result<Vec<_>, _>>()?;
        let mut values = Vec::with_capacity(contacts.len() * CONTACT.len());
        for ((contact, customer), items) in contacts.iter().zip(&customers).zip(&items) {
            let what = [Some(&*contact.offer), contact.member.as_deref(), Some(&*contact.channel)];
            values.extend(self.begins(&contact.id, customer, what)?);
            values.extend::<[Value<'_>; CONTACT.len() - BEGINS]>([
                i64::from(contact.slot).into(),
                contact.send_at.into(),
                contact.decided_at.into(),
                number("value", contact.value)?,
                number("priority", contact.priority)?,
                contact.cost.into(),
                contact.reason.as_deref().into(),
                contact.message.as_deref().into(),
                items.as_deref().into(),
                contact.arm.as_deref().into(),
                number("propensity", contact.propensity)?,
                i64::from(contact.held_out).into(),
            ]);
        }
        self.put(store, &values)
    }

    pub(crate) fn past(&mut self, store: &mut Store, contacts: &[PastContact]) -> Result<u64, Trouble> {
        let customers = contacts.iter().map(|contact| customer(&contact.customer)).collect::<Result<Vec<_>, _>>()?;
        let mut values = Vec::with_capacity(contacts.len() * CONTACT.len());
        for (contact, customer) in contacts.iter().zip(&customers) {
            let what = [contact.offer.as_deref(), contact.member.as_deref(), contact.channel.as_deref()];
            values.extend(self.begins(&contact.id, customer, what)?);
            values.extend::<[Value<'_>; CONTACT.len() - BEGINS]>([
                Value::Null,
                contact.send_at.into(),
                contact.decided_at.into(),
                Value::Null,
                Value::Null,
                contact.cost.into(),
                Value::Null,
                Value::Null,
                Value::Null,
                Value::Null,
                Value::Null,
                0.into(),
            ]);
        }
        self.put(store, &values)
    }

    pub(crate) fn responses_of(&mut self, store: &mut Store, responses: &[Response]) -> Result<u64, Trouble> {
        let customers = responses.iter().map(|response| customer(&response.customer)).collect::<Result<Vec<_>, _>>()?;
        let mut values = Vec::with_capacity(responses.len() * RESPONSE.len());
        for (response, customer) in responses.iter().zip(&customers) {
            let what = [response.offer.as_deref(), response.member.as_deref(), response.channel.as_deref()];
            values.extend(self.begins(&response.id, customer, what)?);
            values.extend::<[Value<'_>; RESPONSE.len() - BEGINS]>([
                response.decision.as_deref().into(),
                response.at.into(),
                (&*response.outcome).into(),
            ]);
        }
        self.put(store, &values)
    }

    fn put(&self, store: &mut Store, values: &[Value<'_>]) -> Result<u64, Trouble> {
        let has_nul = |value: &Value<'_>| matches!(value, Value::Text(text) if text.contains('\0'));
        if values.iter().any(has_nul) {
            return Err(Trouble::Unfit("a text with a NUL character, which a database cannot hold".into()));
        }
        self.table.put(store, values)
    }
}

const TOMBSTONE: i64 = 0;
const NUMBER: i64 = 1;
const TEXT: i64 = 2;

/// A customer as two columns.
pub(crate) fn customer(key: &Key) -> Result<(Box<str>, i64), Trouble> {
    match key {
        Key::Int(number) => Ok((number.to_string().into(), NUMBER)),
        Key::Text(text) => Ok((text.clone(), TEXT)),
        Key::Erased(_) => Err(Trouble::Unfit("a customer who was erased".into())),
    }
}

fn key(row: &Row<'_>, column: usize) -> Result<Key, Trouble> {
    let text = row.text(column)?;
    match row.int(column + 1)? {
        NUMBER => {
            text.parse().map(Key::Int).map_err(|_| Trouble::Damaged("the number of a customer is no number".into()))
        }
        TEXT => Ok(Key::Text(text)),
        TOMBSTONE => Ok(Key::Erased(text)),
        _ => Err(Trouble::Damaged("a customer is of no known kind".into())),
    }
}

/// A database compares and keeps numbers only; what is none is a mistake of who gives it.
fn number(what: &str, value: f64) -> Result<Value<'static>, Trouble> {
    if value.is_finite() { Ok(value.into()) } else { Err(Trouble::Unfit(format!("a {what} that is no number").into())) }
}

/// Items as one text: JSON; nothing for none.
fn items(items: &[Box<str>]) -> Result<Option<String>, Trouble> {
    if items.is_empty() {
        return Ok(None);
    }
    if items.iter().any(|item| item.contains('\0')) {
        return Err(Trouble::Unfit("a text with a NUL character, which a database cannot hold".into()));
    }
    serde_json::to_string(items).map(Some).map_err(|error| Trouble::Unfit(error.to_string().into()))
}

fn items_of(text: Option<Box<str>>) -> Result<Vec<Box<str>>, Trouble> {
    text.map_or(Ok(Vec::new()), |text| {
        serde_json::from_str(&text).map_err(|_| Trouble::Damaged("the items of a contact cannot be read".into()))
    })
}

/// What [`past_contact`] reads, in its order; `position` and `place` lead, for paging.
pub(crate) const PAST: &str =
    "position, place, id, customer, customer_is, offer, member, channel, send_at, decided_at, cost";

pub(crate) fn past_contact(row: &Row<'_>) -> Result<PastContact, Trouble> {
    Ok(PastContact {
        id: row.text(2)?,
        customer: key(row, 3)?,
        offer: row.maybe_text(5)?,
        member: row.maybe_text(6)?,
        channel: row.maybe_text(7)?,
        send_at: row.int(8)?,
        decided_at: row.int(9)?,
        cost: row.maybe_int(10)?,
    })
}

/// What [`decided`] reads, after what [`past_contact`] reads.
pub(crate) const DECIDED: &str = "slot, value, priority, reason, message, items, arm, propensity, held_out";

/// A decision; of who was erased nothing but its bare contact is left.
pub(crate) fn decided(row: &Row<'_>, place: u64) -> Result<Contact, Trouble> {
    let bare = past_contact(row)?;
    Ok(Contact {
        id: bare.id,
        place,
        customer: bare.customer,
        offer: bare.offer.unwrap_or_default(),
        member: bare.member,
        channel: bare.channel.unwrap_or_default(),
        slot: u32::try_from(row.int(11)?).map_err(|_| Trouble::Damaged("a slot is out of range".into()))?,
        send_at: bare.send_at,
        decided_at: bare.decided_at,
        value: row.maybe_real(12)?.unwrap_or_default(),
        priority: row.maybe_real(13)?.unwrap_or_default(),
        cost: bare.cost,
        reason: row.maybe_text(14)?,
        message: row.maybe_text(15)?,
        items: items_of(row.maybe_text(16)?)?,
        arm: row.maybe_text(17)?,
        propensity: row.maybe_real(18)?.unwrap_or_default(),
        held_out: row.int(19)? != 0,
    })
}

/// What [`response`] reads, in its order.
pub(crate) const RESPONDED: &str =
    "position, place, id, decision, customer, customer_is, offer, member, channel, happened_at, outcome";

pub(crate) fn response(row: &Row<'_>) -> Result<Response, Trouble> {
    Ok(Response {
        id: row.text(2)?,
        decision: row.maybe_text(3)?,
        customer: key(row, 4)?,
        offer: row.maybe_text(6)?,
        member: row.maybe_text(7)?,
        channel: row.maybe_text(8)?,
        at: row.int(9)?,
        outcome: row.text(10)?,
    })
}
