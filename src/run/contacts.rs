//! Rows of a decisions file as the ledger keeps them, and back: what goes there and returns is the same.

use std::borrow::Cow;

use opportune_ledger::entry::{Contact, Key as Kept};
use opportune_runtime::sink::{Key, Row};

/// A row as the ledger keeps it; `place` is its place in the run, `now` the run's.
pub fn contact(row: Row<'_>, place: u64, now: i64) -> Contact {
    let own = |text: Cow<'_, str>| text.into_owned().into_boxed_str();
    Contact {
        id: row.decision.map_or_else(Box::default, own),
        place,
        customer: match row.customer {
            Key::Int(key) => Kept::Int(key),
            Key::Text(key) => Kept::Text(own(key)),
        },
        offer: own(row.offer),
        member: row.member.map(own),
        channel: own(row.channel),
        slot: row.slot,
        send_at: row.send_at,
        decided_at: now,
        value: row.value,
        priority: row.priority,
        cost: row.cost,
        reason: row.reason.map(own),
        message: row.message.map(own),
        items: row.items.into_owned(),
        arm: row.arm.map(own),
        propensity: row.propensity,
        held_out: row.held_out,
    }
}

/// The row of what the ledger has kept; none of a customer who was erased.
pub fn row(contact: Contact) -> Option<Row<'static>> {
    let own = |text: Box<str>| Cow::Owned(text.into_string());
    Some(Row {
        customer: match contact.customer {
            Kept::Int(key) => Key::Int(key),
            Kept::Text(key) => Key::Text(own(key)),
            Kept::Erased(_) => return None,
        },
        offer: own(contact.offer),
        member: contact.member.map(own),
        channel: own(contact.channel),
        slot: contact.slot,
        send_at: contact.send_at,
        value: contact.value,
        priority: contact.priority,
        reason: contact.reason.map(own),
        message: contact.message.map(own),
        items: Cow::Owned(contact.items),
        arm: contact.arm.map(own),
        propensity: contact.propensity,
        held_out: contact.held_out,
        cost: contact.cost,
        decision: Some(own(contact.id)),
    })
}
