//! Evaluates a tape for one row.

use opportune_plan::{Comparison, FieldId, Op, TableId, VerifiedPlan};

use super::aggregate::{Event, aggregate};
use super::arithmetic;
use super::tape::{PerEvent, Step, Tape, TapePlace, TapeStep};
use super::value::Value;
use crate::snapshot::{NO_ROW, Table};
use crate::time::Clock;

/// What every row is evaluated against.
#[derive(Clone, Copy)]
pub struct World<'a, 'd> {
    pub plan: &'a VerifiedPlan,
    pub clock: &'a Clock,
    pub tables: &'d [Table],
}

/// The values of a tape's steps for one row.
pub type Row<'d> = Vec<Option<Value<'d>>>;

impl<'a: 'd, 'd> World<'a, 'd> {
    /// Evaluates a customer's tape.
    pub fn customer(&self, tape: &Tape<'a>, customer: usize) -> Row<'d> {
        let rows = self.rows(tape, customer);
        let mut values = Row::with_capacity(tape.steps.len());
        for step in &tape.steps {
            let value = match (step.op, &step.aggregate) {
                (Op::Aggregate(found), Some(per_event)) => {
                    let ty = self.plan.exprs.node(step.expr).ty;
                    let events = self.events(per_event, found.events, customer, &values);
                    aggregate(found.function, ty, &events)
                }
                _ => self.step(step, &rows, &values),
            };
            values.push(value);
        }
        values
    }

    /// Whether each event of a customer in the window counts, and its value.
    fn events(&self, per_event: &PerEvent<'a>, table: TableId, customer: usize, values: &Row<'d>) -> Vec<Event<'d>> {
        let Some(by_customer) = self.tables.get(table.0 as usize).and_then(|table| table.by_customer.as_ref()) else {
            return Vec::new();
        };
        let begin = by_customer.offsets.get(customer).copied().unwrap_or(0);
        let end = by_customer.offsets.get(customer + 1).copied().unwrap_or(begin);
        let in_window = |row: &usize| {
            let at = by_customer.at.get(*row).copied();
            per_event.after.is_none_or(|after| at.is_some_and(|at| at > after))
        };
        (begin..end).filter(in_window).map(|row| self.event(per_event, row, values)).collect()
    }

    fn event(&self, per_event: &PerEvent<'a>, row: usize, customer: &Row<'d>) -> Event<'d> {
        let tape = &per_event.tape;
        let rows = self.rows(tape, row);
        let mut of_customer = per_event.of_customer.iter().peekable();
        let mut values = Row::with_capacity(tape.steps.len());
        for (at, step) in tape.steps.iter().enumerate() {
            let read = of_customer.next_if(|(step, _)| *step == at);
            values.push(match read {
                Some((_, from)) => get(customer, *from),
                None => self.step(step, &rows, &values),
            });
        }
        let counts = per_event.filter.map_or(Some(true), |filter| condition(get(&values, filter)));
        (counts, per_event.value.and_then(|value| get(&values, value)))
    }

    /// The row of each place of a tape; none where a link leads nowhere.
    fn rows(&self, tape: &Tape<'_>, here: usize) -> Vec<Option<usize>> {
        let mut rows: Vec<Option<usize>> = Vec::with_capacity(tape.places.len());
        for place in &tape.places {
            rows.push(match place {
                TapePlace::Here => Some(here),
                TapePlace::Linked { from, table, link } => {
                    rows.get(*from).copied().flatten().and_then(|row| self.follow(*table, *link, row))
                }
            });
        }
        rows
    }

    fn follow(&self, table: TableId, link: FieldId, row: usize) -> Option<usize> {
        let links = self.tables.get(table.0 as usize)?.links.get(link.0 as usize)?.as_ref()?;
        links.get(row).filter(|row| **row != NO_ROW).map(|row| *row as usize)
    }

    fn field(&self, table: TableId, field: FieldId, row: usize) -> Option<Value<'d>> {
        let column = self.tables.get(table.0 as usize)?.columns.get(field.0 as usize)?;
        Value::read(self.plan.schema.field(table, field)?.ty, column, row)
    }

    /// The value of a step whose operands are evaluated.
    fn step(&self, step: &TapeStep<'a>, rows: &[Option<usize>], values: &Row<'d>) -> Option<Value<'d>> {
        let operand = |at: usize| step.operands.get(at).and_then(|step| get(values, *step));
        let conditions = || step.operands.iter().map(|step| condition(get(values, *step)));
        let row = rows.get(step.place).copied().flatten();
        match step.op {
            Op::Constant(constant) => Some(Value::constant(constant)),
            Op::Now => Some(Value::Instant(self.clock.now())),
            Op::Today => Some(Value::Date(self.clock.today())),
            Op::Field(table, field) => self.field(*table, *field, row?),
            Op::Follow { table, link, .. } => self.follow(*table, *link, row?).and_then(|_| operand(0)),
            // These two are evaluated by the caller, who has the events and the customer.
            Op::Missing(_) | Op::Aggregate(_) | Op::OfCustomer { .. } => None,
            Op::Not(_) => condition(operand(0)).map(|a| Value::Bool(!a)),
            Op::And(_) => all(conditions()).map(Value::Bool),
            Op::Or(_) => all(conditions().map(|a| a.map(|a| !a))).map(|none| Value::Bool(!none)),
            Op::IsMissing(_) => Some(Value::Bool(operand(0).is_none())),
            Op::IsTrue(_) => Some(Value::Bool(condition(operand(0)) == Some(true))),
            Op::Compare(comparison, ..) => {
                let order = operand(0)?.compare(operand(1)?)?;
                Some(Value::Bool(match comparison {
                    Comparison::Equal => order.is_eq(),
                    Comparison::Less => order.is_lt(),
                    Comparison::LessOrEqual => order.is_le(),
                }))
            }
            Op::In(_, constants) => {
                let value = operand(0)?;
                Some(Value::Bool(constants.iter().any(|constant| Value::constant(constant) == value)))
            }
            Op::StartsWith(_, text) => operand(0)?.to_text().map(|value| Value::Bool(value.starts_with(&**text))),
            Op::Contains(_, text) => operand(0)?.to_text().map(|value| Value::Bool(value.contains(&**text))),
            Op::Else(..) => operand(0).or_else(|| operand(1)),
            Op::If(..) => operand(if condition(operand(0))? { 1 } else { 2 }),
            Op::ToNumber(_) => arithmetic::number(operand(0)?.to_f64()?),
            Op::Negate(_) => arithmetic::negate(operand(0)?),
            Op::Arithmetic(operation, ..) => arithmetic::combine(self.clock, *operation, operand(0)?, operand(1)?),
            Op::Shift(_, span) => arithmetic::shift(self.clock, operand(0)?, *span),
        }
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

/// Kleene's conjunction: false where one is false, else unknown where one is unknown.
fn all(conditions: impl Iterator<Item = Option<bool>>) -> Option<bool> {
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
