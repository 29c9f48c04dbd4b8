//! Random customers of the small world of lints: values at the numbers of its policies and beside them, missing ones, and
//! some at the ends of what there is; seen at several moments.

use opportune_plan::{Constant, FieldId, Float, Given, GivenRow, Plan, Schema, Source, Step, Table, TableId};
use opportune_plan::{TableKind, Type};
use opportune_runtime::time::Clock;

use super::condition::INTS;
use super::dice::Dice;

const HOUR: i64 = 3_600_000_000;
const DAY: i64 = 24 * HOUR;

/// Moments on which something is special: a day of November, the last one of March, the nights in which clocks change, a
/// leap day.
const MOMENTS: [&str; 6] = [
    "2026-11-12 10:30",
    "2026-03-31 23:59",
    "2026-03-29 03:30",
    "2026-10-25 02:30",
    "2024-02-29 12:00",
    "2026-11-12 00:00",
];

/// Draws a customer, at one moment and some later ones.
pub fn drawn(plan: &Plan, seed: u64) -> Vec<Step> {
    let mut dice = Dice::new(seed);
    let clock = Clock::parse(MOMENTS[dice.below(MOMENTS.len())], "Europe/Berlin").expect("a moment");
    let mut now = clock.now();
    let mut drawing = Drawing { plan, now, dice };
    let customer = drawing.fields(Schema::CUSTOMER);
    let mut rows = drawing.rows_of("shop", 3);
    let visits = drawing.dice.below(5);
    rows.extend(drawing.rows_of("visit", visits));
    let context = drawing.context();
    let mut steps = vec![Step { now, given: Given { customer, rows }, context, expected: Vec::new() }];
    for _ in 0..drawing.dice.below(3) {
        now += [HOUR, DAY, DAY, 7 * DAY - HOUR][drawing.dice.below(4)];
        drawing.now = now;
        let visits = drawing.dice.below(2);
        let given = Given { customer: Vec::new(), rows: drawing.rows_of("visit", visits) };
        steps.push(Step { now, given, context: drawing.context(), expected: Vec::new() });
    }
    steps
}

struct Drawing<'p> {
    plan: &'p Plan,
    now: i64,
    dice: Dice,
}

impl Drawing<'_> {
    fn rows_of(&mut self, name: &str, count: usize) -> Vec<GivenRow> {
        let plan = self.plan;
        let (table, _) = plan.schema.tables().find(|(_, table)| *table.name == *name).expect("a table");
        let row = |at: usize, drawing: &mut Self| {
            let mut values = drawing.fields(table);
            if let Some(key) = plan.schema.table(table).and_then(Table::key) {
                values.retain(|(field, _)| *field != key);
                values.push((key, Some(Constant::Text(format!("shop {at}").into()))));
            }
            GivenRow { table, values }
        };
        (0..count).map(|at| row(at, self)).collect()
    }

    fn context(&mut self) -> Vec<(FieldId, Constant)> {
        let context = self.plan.schema.tables().find(|(_, table)| table.kind == TableKind::Context);
        let Some((id, _)) = context.filter(|_| self.dice.one_in(3)) else { return Vec::new() };
        self.fields(id).into_iter().filter_map(|(field, value)| Some((field, value?))).collect()
    }

    fn fields(&mut self, table: TableId) -> Vec<(FieldId, Option<Constant>)> {
        let plan = self.plan;
        let Some(declared) = plan.schema.table(table) else { return Vec::new() };
        let own = declared.fields().filter(|(_, field)| !matches!(field.source, Source::Linked { .. }));
        let mut values = Vec::new();
        for (id, field) in own {
            if table == Schema::CUSTOMER && declared.key() == Some(id) {
                continue;
            }
            let missing = field.nullable && self.dice.one_in(4);
            let value = match field.link {
                _ if missing => None,
                Some(_) => Some(Constant::Text(format!("shop {}", self.dice.below(3)).into())),
                None => Some(self.value(field.ty)),
            };
            values.push((id, value));
        }
        values
    }

    fn value(&mut self, ty: Type) -> Constant {
        match ty {
            Type::Bool => Constant::Bool(!self.dice.one_in(3)),
            Type::Int => Constant::Int(self.int()),
            Type::Number => self.number(),
            Type::Money(currency) => {
                let near = [0, 1_000_000, 1_010_000, 2_000_000, 3_000_000, 5_000_000][self.dice.below(6)];
                let beside = [0, 0, 1, -1][self.dice.below(4)];
                Constant::Money(currency, if self.dice.one_in(30) { i64::MAX } else { near + beside })
            }
            Type::Text => Constant::Text(self.dice.pick(&["a", "b", "ab", "", "c"]).into()),
            Type::OneOf(domain) => Constant::OneOf(domain, self.variant(domain)),
            Type::Ordered(domain) => Constant::Ordered(domain, self.variant(domain)),
            Type::Date => {
                let clock = Clock::new(self.now, "Europe/Berlin").expect("a moment");
                let day = [0, 0, 1, 3, 7, 28, 30, 31, 365, 366][self.dice.below(10)];
                Constant::Date(clock.today() - day + [-1, 0, 1, 0][self.dice.below(4)])
            }
            Type::Instant => Constant::Instant(self.moment()),
            Type::Zone => {
                let zones = ["Europe/Berlin", "Pacific/Kiritimati", "Pacific/Niue", "America/New_York"];
                Constant::Zone(self.dice.pick(&zones).into())
            }
            Type::Set(element) => {
                let all = ["a", "b", "ab"].into_iter().filter(|_| self.dice.one_in(3));
                Constant::Set(element, all.map(|text| Constant::Text(text.into())).collect())
            }
            _ => Constant::Int(0),
        }
    }

    fn int(&mut self) -> i64 {
        match self.dice.below(20) {
            0 => i64::MAX,
            1 => i64::MIN,
            2 => 1 << 53,
            _ => INTS[self.dice.below(INTS.len())] + [-1, 0, 0, 1][self.dice.below(4)],
        }
    }

    fn number(&mut self) -> Constant {
        let ends = [f64::MAX, f64::MIN, 5e-324, 9_007_199_254_740_993.0];
        let near = [-1.0, -0.5, -0.0, 0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 2.5, 3.0];
        let value = if self.dice.one_in(20) { ends[self.dice.below(4)] } else { near[self.dice.below(near.len())] };
        Constant::Number(Float::new(value).expect("finite"))
    }

    fn moment(&mut self) -> i64 {
        let back = [0, HOUR, DAY, 3 * DAY, 7 * DAY, 28 * DAY, 30 * DAY, 31 * DAY, 365 * DAY][self.dice.below(9)];
        self.now - back + [0, 0, 1, -1, HOUR, -HOUR][self.dice.below(6)]
    }

    fn variant(&mut self, domain: opportune_plan::DomainId) -> u32 {
        let count = self.plan.schema.domain(domain).map_or(1, |domain| domain.variants.len());
        self.dice.below(count) as u32
    }
}

/// A customer in a few lines.
pub fn shown(plan: &Plan, steps: &[Step]) -> String {
    let fields = |table: TableId, values: &[(FieldId, Option<Constant>)]| {
        let one = |(field, value): &(FieldId, Option<Constant>)| {
            let name = plan.schema.field(table, *field).map_or("", |field| &*field.name);
            value.as_ref().map_or(format!("{name}: missing"), |value| format!("{name}: {value:?}"))
        };
        values.iter().map(one).collect::<Vec<_>>().join(", ")
    };
    let mut text = String::new();
    for step in steps {
        let name = |table: TableId| plan.schema.table(table).map_or("", |table| &*table.name);
        let row = |row: &GivenRow| format!("  {} {{ {} }}\n", name(row.table), fields(row.table, &row.values));
        text += &format!("at {}: {{ {} }}\n", step.now, fields(Schema::CUSTOMER, &step.given.customer));
        text.extend(step.given.rows.iter().map(row));
        if !step.context.is_empty() {
            text += &format!("  context {:?}\n", step.context);
        }
    }
    text
}
