//! Evaluates a tape for one row.

use opportune_plan::{Comparison, FieldId, Op, Schema, TableId, TableKind, VerifiedPlan};

use super::arithmetic;
use super::tape::{OverEvents, PerEvent, Place, Step, Tape, TapeStep, Way};
use super::world::Keys;
use crate::builtin;
use crate::draw::{Draw, Key};
use crate::snapshot::{NO_ROW, Table};
use crate::time::{Clock, Zones};
use crate::value::Value;

/// What every row is evaluated against.
#[derive(Clone, Copy)]
pub struct World<'a, 'd> {
    pub plan: &'a VerifiedPlan,
    pub clock: &'a Clock,
    pub tables: &'d [Table],
    pub zones: &'d Zones,
    pub keys: &'d Keys<'d>,
    /// How much is left of each limit over all customers, when the run begins.
    pub remaining: &'d [i64],
}

/// The values of a tape's steps for one row.
pub type Row<'d> = Vec<Option<Value<'d>>>;

/// A row's values in the making.
struct Writing<'t, 'a, 'd> {
    tape: &'t Tape<'a>,
    values: Row<'d>,
    /// By place: its row; none where a link or key leads nowhere.
    rows: Vec<Option<usize>>,
    /// Of a customer's tape: the member of the family.
    member: Option<Value<'d>>,
}

impl<'a: 'd, 'd> World<'a, 'd> {
    /// Evaluates a customer's tape, for a member of a family where there is one.
    pub fn customer(&self, tape: &Tape<'a>, customer: usize, member: Option<Value<'d>>) -> Row<'d> {
        let mut writing = Writing::new(tape, member);
        for (at, step) in tape.steps.iter().enumerate() {
            self.arrive(&mut writing, customer, at);
            let value = match &step.over_events {
                OverEvents::None => self.step(step, &writing),
                OverEvents::Aggregate(folded) => {
                    self.aggregate(folded, self.plan.exprs.node(step.expr).ty, customer, &writing.values, member)
                }
                OverEvents::Journey(walked) => self.journey(walked, customer, &writing.values),
            };
            writing.values.push(value);
        }
        writing.values
    }

    /// Evaluates a tape over one event of a customer.
    pub fn event(&self, events: &PerEvent<'a>, row: usize, customer: &Row<'d>) -> Row<'d> {
        let mut writing = Writing::new(&events.tape, None);
        let mut of_customer = events.of_customer.iter().peekable();
        for (at, step) in events.tape.steps.iter().enumerate() {
            self.arrive(&mut writing, row, at);
            let value = match of_customer.next_if(|(step, _)| *step == at) {
                Some((_, from)) => get(customer, *from),
                None => self.step(step, &writing),
            };
            writing.values.push(value);
        }
        writing.values
    }

    /// Finds the rows of the places that are known before a step.
    fn arrive(&self, writing: &mut Writing<'_, 'a, 'd>, here: usize, at: Step) {
        while let Some(place) = writing.tape.places.get(writing.rows.len()).filter(|place| place.after <= at) {
            let row = match place.way {
                None => Some(here),
                Some((from, Way::Link(table, link))) => writing.row(from).and_then(|row| self.follow(table, link, row)),
                Some((_, Way::Key(table, key))) => get(&writing.values, key).and_then(|key| self.keys.row(table, key)),
            };
            writing.rows.push(row);
        }
    }

    fn follow(&self, table: TableId, link: FieldId, row: usize) -> Option<usize> {
        let links = self.tables.get(table.0 as usize)?.links.get(link.0 as usize)?.as_ref()?;
        links.get(row).filter(|row| **row != NO_ROW).map(|row| *row as usize)
    }

    pub fn field(&self, table: TableId, field: FieldId, row: usize) -> Option<Value<'d>> {
        let rows = self.tables.get(table.0 as usize)?;
        // Without a request the context has no rows.
        let is_context = matches!(self.plan.schema.table(table)?.kind, TableKind::Context);
        let column = rows.columns.get(field.0 as usize).filter(|_| !is_context || row < rows.rows)?;
        Value::read(self.plan.schema.field(table, field)?.ty, column, row, self.zones)
    }

    /// The bucket of a customer.
    fn bucket(&self, salt: &str, layer: &str, customer: usize) -> i64 {
        let key = match self.plan.schema.table(Schema::CUSTOMER).map(|table| &table.kind) {
            Some(TableKind::Customer { key, .. }) => self.field(Schema::CUSTOMER, *key, customer),
            _ => None,
        };
        Draw::new(&[salt, layer]).bucket(match key {
            Some(Value::Int(key)) => Key::Int(key),
            key => Key::Text(key.and_then(Value::to_text).unwrap_or_default()),
        })
    }

    /// The value of a step whose operands are evaluated.
    fn step(&self, step: &TapeStep<'a>, writing: &Writing<'_, 'a, 'd>) -> Option<Value<'d>> {
        let operand = |at: usize| step.operands.get(at).and_then(|step| get(&writing.values, *step));
        let conditions = || step.operands.iter().map(|step| condition(get(&writing.values, *step)));
        match step.op {
            Op::Constant(constant) => Value::constant(constant, self.zones),
            Op::Now => Some(Value::Instant(self.clock.now())),
            Op::Field(table, field) => self.field(*table, *field, writing.row(step.place)?),
            Op::Member(..) => writing.member,
            Op::Bucket { salt, layer } => Some(Value::Int(self.bucket(salt, layer, writing.row(step.place)?))),
            Op::Remaining(limit) => self.remaining.get(*limit as usize).copied().map(Value::Int),
            Op::Follow { .. } => writing.row(step.leads_to?).and_then(|_| operand(0)),
            Op::Lookup { .. } => writing.row(step.leads_to?).and_then(|_| operand(1)),
            // The last three are evaluated by the caller, who has the events and the customer.
            Op::Missing(_) | Op::Aggregate(_) | Op::Journey(..) | Op::OfCustomer { .. } => None,
            Op::Not(_) => condition(operand(0)).map(|a| Value::Bool(!a)),
            Op::And(_) => all(conditions()).map(Value::Bool),
            Op::Or(_) => all(conditions().map(|a| a.map(|a| !a))).map(|none| Value::Bool(!none)),
            Op::IsMissing(_) => Some(Value::Bool(operand(0).is_none())),
            Op::IsTrue(_) => Some(Value::Bool(condition(operand(0)) == Some(true))),
            Op::Compare(comparison, ..) => compare(*comparison, operand(0)?, operand(1)?).map(Value::Bool),
            Op::In(_, constants) => {
                let value = operand(0)?;
                let is = |constant| Value::constant(constant, self.zones) == Some(value);
                Some(Value::Bool(constants.iter().any(is)))
            }
            Op::StartsWith(_, text) => operand(0)?.to_text().map(|value| Value::Bool(value.starts_with(&**text))),
            Op::EndsWith(_, text) => operand(0)?.to_text().map(|value| Value::Bool(value.ends_with(&**text))),
            Op::Contains(_, text) => operand(0)?.to_text().map(|value| Value::Bool(value.contains(&**text))),
            Op::Else(..) => operand(0).or_else(|| operand(1)),
            Op::If(..) => operand(if condition(operand(0))? { 1 } else { 2 }),
            Op::ToNumber(_) => arithmetic::number(operand(0)?.to_f64()?),
            Op::Negate(_) => arithmetic::negate(operand(0)?),
            Op::Arithmetic(operation, ..) => arithmetic::combine(*operation, operand(0)?, operand(1)?),
            Op::Call(builtin, all) => {
                let arguments = (0..all.len()).map(operand).collect::<Option<Vec<_>>>()?;
                builtin::call(self.clock.now(), *builtin, &arguments)
            }
        }
    }
}

impl<'t, 'a, 'd> Writing<'t, 'a, 'd> {
    fn new(tape: &'t Tape<'a>, member: Option<Value<'d>>) -> Self {
        let (steps, places) = (tape.steps.len(), tape.places.len());
        Self { tape, values: Row::with_capacity(steps), rows: Vec::with_capacity(places), member }
    }

    fn row(&self, place: Place) -> Option<usize> {
        self.rows.get(place).copied().flatten()
    }
}

/// The value of a step that is evaluated already.
pub fn get<'d>(values: &Row<'d>, step: Step) -> Option<Value<'d>> {
    values.get(step).copied().flatten()
}

/// A condition: true, false, or unknown.
pub fn condition(value: Option<Value<'_>>) -> Option<bool> {
    value?.to_bool()
}

fn compare(comparison: Comparison, a: Value<'_>, b: Value<'_>) -> Option<bool> {
    Some(match comparison {
        Comparison::Equal => a == b,
        Comparison::Less => a.compare(b)?.is_lt(),
        Comparison::LessOrEqual => a.compare(b)?.is_le(),
    })
}

/// Kleene's conjunction: false where one is false, else unknown where one is unknown.
pub fn all(conditions: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut result = Some(true);
    for condition in conditions {
        match condition {
            Some(false) => return Some(false),
            None => result = None,
            Some(true) => {}
        }
    }
    result
}
