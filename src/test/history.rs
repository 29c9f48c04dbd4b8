//! What was sent to a drawn customer before they are seen: contacts as the ledger has them, and answers to some.
//!
//! What must hold: no history is drawn that the policy's own caps would not have let come about, since such a customer may
//! have too many contacts before the policy does anything. So the policy itself decides at some earlier moments, and what it
//! sent is the history; a part of it, as shrinking leaves it, is within the caps too.

use fastrand::Rng;
use opportune_plan::{ChannelId, Constant, FieldId, GivenRow, OfferId, Plan, Step, Table, TableId, TableKind, Type};
use opportune_runtime::rehearse::{Made, Stage};

use super::random::{Drawing, HOUR};

/// The table of what was sent.
pub const CONTACT: &str = "contact";
const RESPONSE: &str = "response";

/// A past contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Past {
    pub offer: OfferId,
    pub channel: ChannelId,
    pub at: i64,
}

/// The table of contacts or responses, where its rows tell of which offer and channel they are, and the moment.
struct Ledger<'p> {
    plan: &'p Plan,
    id: TableId,
    table: &'p Table,
    at: FieldId,
    offer: FieldId,
    channel: FieldId,
}

impl<'p> Ledger<'p> {
    fn of(plan: &'p Plan, name: &str) -> Option<Self> {
        let (id, table) = plan.schema.tables().find(|(_, table)| *table.name == *name)?;
        let TableKind::Events { at, .. } = table.kind else { return None };
        let is_moment = plan.schema.field(id, at).is_some_and(|field| field.ty == Type::Instant);
        let found = Self { plan, id, table, at, offer: field(table, "offer")?, channel: field(table, "channel")? };
        is_moment.then_some(found)
    }

    fn named(&self, field: FieldId, name: &str) -> Option<Constant> {
        self.plan.schema.named(self.plan.schema.field(self.id, field)?.ty, name)
    }

    /// A row of what was made, where the table has words for it.
    fn row(&self, mut row: GivenRow, made: &Made, at: i64, decided_at: i64) -> Option<GivenRow> {
        let offer = self.named(self.offer, &self.plan.offers.get(made.offer.0 as usize)?.name)?;
        let channel = self.named(self.channel, &self.plan.channels.get(made.channel.0 as usize)?.name)?;
        let mut set = |field: Option<FieldId>, value: Option<Constant>| {
            let of = row.values.iter_mut().find(|(of, _)| Some(*of) == field);
            of.into_iter().for_each(|(_, of)| of.clone_from(&value));
        };
        set(Some(self.at), Some(Constant::Instant(at)));
        set(Some(self.offer), Some(offer));
        set(Some(self.channel), Some(channel));
        set(field(self.table, "decided_at"), Some(Constant::Instant(decided_at)));
        set(field(self.table, "member"), self.member(made));
        // Nobody has given the decision a name, and what it cost is not looked at.
        for name in ["decision", "cost"] {
            let optional =
                field(self.table, name).filter(|id| self.table.fields().any(|(of, f)| of == *id && f.nullable));
            set(optional, None);
        }
        Some(row)
    }

    fn member(&self, made: &Made) -> Option<Constant> {
        let ty = self.plan.schema.field(self.id, field(self.table, "member")?)?.ty;
        match made.member.as_ref()? {
            member if member.ty() == ty => Some(member.clone()),
            Constant::Int(member) => self.plan.schema.named(ty, &member.to_string()),
            Constant::OneOf(domain, at) | Constant::Ordered(domain, at) => {
                let name = self.plan.schema.domain(*domain)?.variants.get(*at as usize)?;
                self.plan.schema.named(ty, name)
            }
            _ => None,
        }
    }
}

fn field(table: &Table, name: &str) -> Option<FieldId> {
    table.fields().find(|(_, field)| *field.name == *name).map(|(id, _)| id)
}

/// Puts a history before the first moment of a customer.
pub fn put(stage: &Stage<'_>, drawing: &Drawing<'_>, rng: &mut Rng, steps: &mut [Step]) {
    let Some(first) = steps.first_mut() else { return };
    if let Some(rows) = rows(stage, drawing, rng, first) {
        first.given.rows.extend(rows);
    }
}

fn rows(stage: &Stage<'_>, drawing: &Drawing<'_>, rng: &mut Rng, first: &Step) -> Option<Vec<GivenRow>> {
    let contacts = Ledger::of(stage.plan(), CONTACT)?;
    let responses = Ledger::of(stage.plan(), RESPONSE);
    let mut found = Vec::new();
    let mut playing = stage.enter();
    for step in drawing.earlier(rng, first)? {
        let Ok(scene) = playing.go_to(&step) else { break };
        // What is still to be sent is no history yet, and answers to who asks are none of our beginning.
        for made in scene.made().filter(|made| made.send_at <= first.now && !made.is_answer) {
            let row = drawing.row(rng, first, contacts.id)?;
            found.extend(contacts.row(row, made, made.send_at, step.now));
            if let Some(responses) = responses.as_ref().filter(|_| rng.u8(..3) == 0) {
                let at = (made.send_at + rng.i64(1..72) * HOUR).min(first.now);
                let row = drawing.row(rng, first, responses.id)?;
                found.extend(responses.row(row, made, at, step.now));
            }
        }
    }
    Some(found)
}

/// The past contacts of a customer.
pub fn past(plan: &Plan, steps: &[Step]) -> Vec<Past> {
    let Some(contacts) = Ledger::of(plan, CONTACT) else { return Vec::new() };
    let rows = steps.iter().flat_map(|step| &step.given.rows).filter(|row| row.table == contacts.id);
    let past = |row: &GivenRow| {
        let value =
            |of: FieldId| row.values.iter().find(|(field, _)| *field == of).and_then(|(_, value)| value.clone());
        let (offer, channel) = (value(contacts.offer)?, value(contacts.channel)?);
        let named = |field: FieldId, name: &str, value: &Constant| contacts.named(field, name).as_ref() == Some(value);
        let offer = plan.offers.iter().position(|found| named(contacts.offer, &found.name, &offer))?;
        let channel = plan.channels.iter().position(|found| named(contacts.channel, &found.name, &channel))?;
        let Some(Constant::Instant(at)) = value(contacts.at) else { return None };
        Some(Past { offer: OfferId(u32::try_from(offer).ok()?), channel: ChannelId(u32::try_from(channel).ok()?), at })
    };
    rows.filter_map(past).collect()
}
