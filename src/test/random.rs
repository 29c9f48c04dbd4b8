//! Customers that the schema allows, drawn near what the policy looks at: its thresholds and a little beside them, the values
//! and texts that it compares with, moments around its lengths of time. The same seed draws the same customers.

mod pool;
mod values;

use fastrand::Rng;
use opportune_plan::{
    Constant, FieldId, Given, GivenRow, LimitWindow, Plan, Schema, Source, Span, Step, Table, TableId, TableKind,
};
use opportune_runtime::time::Clock;

use super::history::CONTACT;
use pool::Pool;

/// In microseconds.
pub const HOUR: i64 = 3_600_000_000;
/// In microseconds; exact, unlike a day of the calendar.
pub const DAY: i64 = 24 * HOUR;

/// How many moments a customer is seen at.
const MOMENTS: usize = 8;
/// How many moments before them somebody is seen at, for what was sent then.
const EARLIER: usize = 4;
/// How many rows a lookup table has at most, and how many events of one kind a customer has.
const MOST_ROWS: usize = 5;

/// Draws customers.
pub struct Drawing<'p> {
    plan: &'p Plan,
    pool: Pool,
    /// Around which moment.
    base: i64,
    /// For how long what was sent counts, in microseconds, roughly.
    reach: Vec<i64>,
}

/// What is drawn of one customer so far.
struct Drawn {
    now: i64,
    clock: Clock,
    rows: Vec<GivenRow>,
}

impl<'p> Drawing<'p> {
    /// By what a plan looks at, around a moment; what was sent counts for such lengths of time in invariants, and for those
    /// of the plan's caps.
    pub fn new(plan: &'p Plan, base: i64, lengths: impl Iterator<Item = Span>) -> Self {
        let limits = plan.offers.iter().flat_map(|offer| &offer.limits).chain(&plan.portfolio.limits);
        let windows = limits.filter_map(|limit| match limit.window {
            LimitWindow::Rolling(span) => Some(span),
            LimitWindow::Calendar(_) => None,
        });
        let mut reach: Vec<i64> = lengths.chain(windows).map(roughly).collect();
        reach.sort_unstable();
        reach.dedup();
        Self { plan, pool: Pool::new(plan), base, reach }
    }

    /// A customer over some days; nothing where the moment is outside the calendar.
    pub fn customer(&self, rng: &mut Rng) -> Option<Vec<Step>> {
        let now = self.moment(rng);
        self.over(rng, now, MOMENTS, i64::MAX)
    }

    /// The same customer at some moments before, so long ago that what was sent then may still count. Mostly the same happened
    /// to them then, so that they got then what they may get now.
    pub fn earlier(&self, rng: &mut Rng, first: &Step) -> Option<Vec<Step>> {
        let length = rng.choice(&self.reach).copied().filter(|_| rng.u8(..4) > 0);
        let begin = match length {
            Some(length) => first.now - (length / 20).saturating_mul(rng.i64(10..=21)) - rng.i64(0..24) * HOUR,
            None => self.pool.before(rng, first.now.saturating_sub(DAY)),
        };
        let mut steps = self.over(rng, begin, EARLIER, first.now)?;
        let given = &mut steps.first_mut()?.given;
        given.customer.clone_from(&first.given.customer);
        if rng.u8(..4) > 0 {
            given.rows = first.given.rows.iter().map(|row| self.moved(row, begin - first.now)).collect();
        }
        Some(steps)
    }

    /// The same event at another time; a row of a lookup table as it is.
    fn moved(&self, row: &GivenRow, by: i64) -> GivenRow {
        let mut row = row.clone();
        if let Some(TableKind::Events { at, .. }) = self.plan.schema.table(row.table).map(|table| &table.kind) {
            for (_, value) in row.values.iter_mut().filter(|(field, _)| field == at) {
                *value = match value.take() {
                    Some(Constant::Instant(moment)) => Some(Constant::Instant(moment.saturating_add(by))),
                    Some(Constant::Date(day)) => {
                        Some(Constant::Date(day.saturating_add(i32::try_from(by / DAY).unwrap_or(0))))
                    }
                    other => other,
                };
            }
        }
        row
    }

    /// A row of a table as it may be at a moment, with links to rows that are given there.
    pub fn row(&self, rng: &mut Rng, at: &Step, id: TableId) -> Option<GivenRow> {
        let clock = Clock::new(at.now, &self.plan.zone).ok()?;
        let drawn = Drawn { now: at.now, clock, rows: at.given.rows.clone() };
        Some(GivenRow { table: id, values: self.fields(rng, &drawn, id, self.plan.schema.table(id)?) })
    }

    /// A customer at so many moments from a first one on, all before another.
    fn over(&self, rng: &mut Rng, now: i64, moments: usize, end: i64) -> Option<Vec<Step>> {
        let mut drawn = Drawn { now, clock: Clock::new(now, &self.plan.zone).ok()?, rows: Vec::new() };
        let tables = || self.plan.schema.tables();
        for (id, table) in tables().filter(|(_, table)| matches!(table.kind, TableKind::Lookup { .. })) {
            self.lookup(rng, &mut drawn, id, table);
        }
        for (id, table) in tables().filter(|(_, table)| matches!(table.kind, TableKind::Events { .. })) {
            for _ in 0..self.count(rng, table) {
                self.event(rng, &mut drawn, id, table, None);
            }
        }
        let customer = self.fields(rng, &drawn, Schema::CUSTOMER, self.plan.schema.table(Schema::CUSTOMER)?);
        let given = Given { customer, rows: std::mem::take(&mut drawn.rows) };
        let lookups: Vec<GivenRow> = given.rows.clone();
        let first = Step { now, given, context: self.context(rng, &drawn), expected: Vec::new() };
        let mut steps = vec![first];
        while steps.len() < moments {
            let Some(last) = steps.last() else { break };
            drawn.now = last.now + gap(rng);
            if drawn.now >= end {
                break;
            }
            drawn.clock = Clock::new(drawn.now, &self.plan.zone).ok()?;
            drawn.rows.clone_from(&lookups);
            steps.push(self.later(rng, &mut drawn));
        }
        Some(steps)
    }

    /// A moment on which something happens now and then.
    fn later(&self, rng: &mut Rng, drawn: &mut Drawn) -> Step {
        let known = drawn.rows.len();
        let events = self.plan.schema.tables().filter(|(_, table)| matches!(table.kind, TableKind::Events { .. }));
        for (id, table) in events.filter(|(_, table)| !is_contact(table)) {
            if rng.u8(..8) == 0 {
                let at = drawn.now - rng.i64(0..12) * HOUR;
                self.event(rng, drawn, id, table, Some(at));
            }
        }
        let given = Given { customer: Vec::new(), rows: drawn.rows.split_off(known) };
        Step { now: drawn.now, given, context: self.context(rng, drawn), expected: Vec::new() }
    }

    /// Mostly the project's own moment, else the beginning or end of some offer's days.
    fn moment(&self, rng: &mut Rng) -> i64 {
        let days: Vec<i32> = self
            .plan
            .offers
            .iter()
            .filter_map(|offer| offer.timing.as_ref())
            .flat_map(|timing| [timing.from, timing.to])
            .flatten()
            .collect();
        let day = rng.choice(&days).filter(|_| rng.bool());
        match day {
            Some(day) => (i64::from(*day) + rng.i64(-3..3)) * DAY + rng.i64(0..24) * HOUR,
            None => self.base + rng.i64(-2..3) * DAY + rng.i64(0..24) * HOUR,
        }
    }

    fn count(&self, rng: &mut Rng, table: &Table) -> usize {
        match () {
            // What was sent before is drawn by itself ([`super::history`]): it must be what the policy may have sent.
            () if is_contact(table) => 0,
            () if rng.u8(..4) == 0 => 0,
            () => rng.usize(0..=MOST_ROWS),
        }
    }

    fn lookup(&self, rng: &mut Rng, drawn: &mut Drawn, id: TableId, table: &Table) {
        let Some(key) = table.key() else { return };
        let known: Vec<Constant> = self.pool.of_field(id, key).to_vec();
        for at in 0..MOST_ROWS {
            let value = match (known.get(at), self.plan.schema.field(id, key).map(|field| field.ty)) {
                (Some(known), _) => known.clone(),
                (None, Some(opportune_plan::Type::Int)) => Constant::Int(1_000_000 + at as i64),
                (None, _) => Constant::Text(format!("{} {}", table.name, at + 1).into()),
            };
            let mut values = self.fields(rng, drawn, id, table);
            values.retain(|(field, _)| *field != key);
            values.insert(0, (key, Some(value)));
            drawn.rows.push(GivenRow { table: id, values });
        }
    }

    fn event(&self, rng: &mut Rng, drawn: &mut Drawn, id: TableId, table: &Table, at: Option<i64>) {
        let TableKind::Events { at: field, .. } = table.kind else { return };
        let mut values = self.fields(rng, drawn, id, table);
        let moment = at.unwrap_or_else(|| self.pool.before(rng, drawn.now));
        if let Some((_, value)) = values.iter_mut().find(|(of, _)| *of == field) {
            *value = match self.plan.schema.field(id, field).map(|field| field.ty) {
                Some(opportune_plan::Type::Date) => drawn.clock.date_of(moment).map(Constant::Date),
                _ => Some(Constant::Instant(moment)),
            };
        }
        drawn.rows.push(GivenRow { table: id, values });
    }

    /// Values of all fields that have columns of their own.
    fn fields(&self, rng: &mut Rng, drawn: &Drawn, id: TableId, table: &Table) -> Vec<(FieldId, Option<Constant>)> {
        let own = table.fields().filter(|(_, field)| !matches!(field.source, Source::Linked { .. }));
        let mut values = Vec::new();
        for (field, declared) in own {
            if id == Schema::CUSTOMER && table.key() == Some(field) {
                continue;
            }
            let is_missing = declared.nullable && rng.u8(..8) == 0;
            let value = match declared.link {
                _ if is_missing => None,
                Some(link) => self.linked(rng, drawn, link.table),
                None => Some(values::value(rng, self.plan, &self.pool, (id, field), (drawn.now, &drawn.clock))),
            };
            values.push((field, value));
        }
        values
    }

    /// The key of a row that is there.
    fn linked(&self, rng: &mut Rng, drawn: &Drawn, table: TableId) -> Option<Constant> {
        let key = self.plan.schema.table(table)?.key()?;
        let rows: Vec<&GivenRow> = drawn.rows.iter().filter(|row| row.table == table).collect();
        let row = rng.choice(&rows)?;
        row.values.iter().find(|(field, _)| *field == key).and_then(|(_, value)| value.clone())
    }

    /// A request now and then.
    fn context(&self, rng: &mut Rng, drawn: &Drawn) -> Vec<(FieldId, Constant)> {
        let context = self.plan.schema.tables().find(|(_, table)| table.kind == TableKind::Context);
        let Some((id, table)) = context.filter(|_| rng.u8(..3) == 0) else { return Vec::new() };
        let values = self.fields(rng, drawn, id, table);
        values.into_iter().filter_map(|(field, value)| Some((field, value?))).collect()
    }
}

fn is_contact(table: &Table) -> bool {
    *table.name == *CONTACT
}

/// In microseconds, at most a hundred years.
fn roughly(span: Span) -> i64 {
    let days = i64::from(span.days).saturating_add(i64::from(span.months).saturating_mul(30));
    days.saturating_mul(DAY).saturating_add(span.micros).clamp(0, 36_500 * DAY)
}

/// Mostly a day, now and then some hours or a week.
fn gap(rng: &mut Rng) -> i64 {
    match rng.u8(..10) {
        0 => rng.i64(1..12) * HOUR,
        1 | 2 => 7 * DAY,
        3 => 3 * DAY,
        _ => DAY,
    }
}
