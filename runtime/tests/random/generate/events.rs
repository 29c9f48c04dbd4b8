//! Random aggregates over a customer's events, and journeys.

use opportune_plan::{
    Aggregate, Arithmetic, Builtin, By, Comparison, Constant, ExprId, Function, Journey, JourneyStep, Op, TableId,
    Type, Window,
};

use super::expressions::Writer;
use super::operations::UNITS;
use super::pools::{self, HOUR};
use super::schema::{CUSTOMER, PURCHASES, VISITS};

impl Writer<'_> {
    /// A value computed from a customer's events; in a family perhaps from those of its member.
    pub fn of_events(&mut self, ty: Type, depth: usize) -> ExprId {
        let events = self.dice.pick(&[PURCHASES, VISITS]);
        let function = self.function(ty, events, depth);
        let filter = self.dice.percent(60).then(|| match function {
            Function::Exists => self.expr(Type::Bool, events, depth),
            _ if self.dice.percent(15) => self.overflowing_condition(events),
            _ => self.sure(Type::Bool, events, depth),
        });
        let window = self.without_member(|writer| writer.window(depth));
        let by = if self.dice.percent(80) { self.by_member(events, function == Function::Exists) } else { None };
        self.add(Op::Aggregate(Aggregate { events, window, filter, by, function }))
    }

    /// Only the events of the member, where there is one.
    fn by_member(&mut self, events: TableId, may_be_unknown: bool) -> Option<By> {
        let (family, ty) = (self.family?, self.of_member()?);
        let key = match self.dice.roll(3) {
            // As a policy has it: a field of the linked row.
            0 | 1 => self.linked_key(events, family.table, ty),
            _ => self.expr(ty, events, 1),
        };
        let missing_is_false = !may_be_unknown && self.exprs.node(key).nullable || self.dice.percent(40);
        Some(By { table: family.table, field: family.field, key, missing_is_false })
    }

    fn linked_key(&mut self, events: TableId, table: TableId, ty: Type) -> ExprId {
        let fields = self.schema.tables[events.0 as usize].fields.iter();
        let links = (0..).zip(fields).filter(|(_, field)| field.link.is_some_and(|link| link.table == table));
        let links: Vec<u32> = links.map(|(at, _)| at).collect();
        let link = opportune_plan::FieldId(self.dice.pick(&links));
        let value = self.family.filter(|_| self.dice.percent(80)).map(|family| Op::Field(table, family.field));
        let value = match value {
            Some(value) => self.add(value),
            None => self.field(ty, table),
        };
        self.add(Op::Follow { table: events, link, value })
    }

    /// As policies write windows, and any other.
    fn window(&mut self, depth: usize) -> Window {
        match self.dice.roll(8) {
            0 | 1 => Window::ALWAYS,
            2..=4 => Window::after(self.before_now()),
            5 => {
                let zone = self.zone(CUSTOMER);
                let after = self.calendar_start(zone);
                let until = self.calendar_start(zone);
                Window { after: Some(after), until: Some(until) }
            }
            6 => Window { after: None, until: Some(self.before_now()) },
            _ => {
                let depth = depth.min(2);
                let mut bound = || Some(self.sure(Type::Instant, CUSTOMER, depth));
                Window { after: bound(), until: bound() }
            }
        }
    }

    /// `last 30 days`, `last 5 hours`.
    fn before_now(&mut self) -> ExprId {
        let now = self.add(Op::Now);
        if self.dice.percent(20) {
            let duration = Constant::Duration(self.dice.pick(&[5 * HOUR, HOUR, 48 * HOUR, 1, 0, i64::MAX]));
            let duration = self.add(Op::Constant(duration));
            return self.add(Op::Arithmetic(Arithmetic::Subtract, now, duration));
        }
        let zone = self.zone(CUSTOMER);
        let by = match self.dice.roll(10) {
            0..=6 => Constant::Days(-self.dice.pick(&[30, 7, 1, 2, 84, 365, 0, 5, 20, 40])),
            7 | 8 => Constant::Months(-self.dice.pick(&[1, 3, 12, 0])),
            _ => Constant::Days(pools::days(self.dice)),
        };
        let by = self.add(Op::Constant(by));
        self.call_of(Builtin::Shift, vec![now, by, zone])
    }

    /// The last moment before `this month` and the like, perhaps of the one before.
    fn calendar_start(&mut self, zone: ExprId) -> ExprId {
        let mut day = self.call_of(Builtin::Today, vec![zone]);
        let unit = self.dice.pick(&UNITS);
        day = self.call_of(Builtin::StartOf(unit), vec![day]);
        if self.dice.percent(50) {
            let back =
                self.dice.pick(&[Constant::Days(-7), Constant::Days(1), Constant::Months(-1), Constant::Months(3)]);
            let back = self.add(Op::Constant(back));
            day = self.call_of(Builtin::Shift, vec![day, back]);
        }
        let midnight = self.add(Op::Constant(Constant::Time(0)));
        let start = self.call_of(Builtin::At, vec![day, midnight, zone]);
        let one = self.add(Op::Constant(Constant::Duration(1)));
        self.add(Op::Arithmetic(Arithmetic::Subtract, start, one))
    }

    /// A condition that by its type is always known, and is not where a product does not fit.
    pub fn overflowing_condition(&mut self, table: TableId) -> ExprId {
        let [a, b] = [0, 0].map(|depth| self.sure(Type::Int, table, depth));
        let product = self.add(Op::Arithmetic(Arithmetic::Multiply, a, b));
        let bound = self.literal(Type::Int);
        self.add(Op::Compare(Comparison::Less, product, bound))
    }

    fn function(&mut self, ty: Type, events: TableId, depth: usize) -> Function {
        // Mostly fields: what else is computed on the way hides the rounding of sums and means.
        let depth = if self.dice.percent(60) { 0 } else { depth };
        match self.dice.pick(&kinds(ty)) {
            Kind::Exists => Function::Exists,
            Kind::Count => Function::Count,
            Kind::Distinct => {
                let of = self.any_type();
                Function::Distinct(self.sure(of, events, depth))
            }
            Kind::FrequencyRank => self.frequency_rank(events, depth),
            Kind::Avg => {
                let of = if ty == Type::Number { self.dice.pick(&[Type::Int, Type::Number]) } else { ty };
                Function::Avg(self.sure(of, events, depth))
            }
            Kind::TypicalGap => {
                let of = if ty == Type::Days { Type::Date } else { Type::Instant };
                Function::TypicalGap(self.sure(of, events, depth))
            }
            Kind::MostFrequent => Function::MostFrequent(self.sure(ty, events, depth)),
            Kind::Sum => Function::Sum(self.sure(ty, events, depth)),
            Kind::Min => Function::Min(self.sure(ty, events, depth)),
            Kind::Max => Function::Max(self.sure(ty, events, depth)),
            Kind::First => Function::First(self.expr(ty, events, depth)),
            Kind::Last => Function::Last(self.expr(ty, events, depth)),
        }
    }

    fn frequency_rank(&mut self, events: TableId, depth: usize) -> Function {
        let member = self.of_member().filter(|_| self.dice.percent(60)).zip(self.family);
        let ranked = super::schema::types().iter().copied().filter(|ty| ty.element().is_some());
        let ty = member.map_or_else(|| self.dice.pick(&ranked.collect::<Vec<_>>()), |(ty, _)| ty);
        let value = self.sure(ty, events, depth);
        let of = match member {
            Some((_, family)) => self.add(Op::Member(family.table, family.field)),
            None => self.without_member(|writer| writer.expr(ty, CUSTOMER, depth)),
        };
        Function::FrequencyRank { value, of }
    }

    /// A journey over both event tables.
    pub fn journey_of(&mut self, at: u32) -> Journey {
        let zone = self.zone(CUSTOMER);
        let count = 1 + self.dice.roll(3);
        let steps = (0..count).map(|step| {
            let events = self.dice.pick(&[PURCHASES, VISITS]);
            let filter = self.dice.percent(50).then(|| {
                let depth = self.dice.roll(3);
                if self.dice.percent(10) {
                    self.overflowing_condition(events)
                } else {
                    self.sure(Type::Bool, events, depth)
                }
            });
            let within = (step > 0 && self.dice.percent(70)).then(|| self.limit());
            JourneyStep { events, filter, within }
        });
        let steps = steps.collect();
        Journey { name: format!("journey_{at}").into(), steps, zone }
    }

    fn limit(&mut self) -> Constant {
        match self.dice.roll(8) {
            0..=3 => Constant::Days(self.dice.pick(&[2, 1, 7, 30, 400])),
            4 => Constant::Months(self.dice.pick(&[1, 3, 12, 120_000])),
            5 => Constant::Duration(self.dice.pick(&[HOUR, 48 * HOUR, 1, i64::MAX])),
            6 => Constant::Days(i64::MAX),
            _ => Constant::Duration(self.dice.roll(100) as i64 * HOUR + 1),
        }
    }
}

/// What is computed from events.
#[derive(Clone, Copy)]
enum Kind {
    Exists,
    Count,
    Distinct,
    FrequencyRank,
    Avg,
    TypicalGap,
    MostFrequent,
    Sum,
    Min,
    Max,
    First,
    Last,
}

/// Which of them give a value of a type.
fn kinds(ty: Type) -> Vec<Kind> {
    use Type::{Bool, Days, Distance, Duration, Int, Money, Months, Number};
    let mut kinds = match ty {
        Bool => vec![Kind::Exists, Kind::Exists, Kind::Exists],
        Int => vec![Kind::Count, Kind::Distinct, Kind::FrequencyRank, Kind::Sum],
        Number | Money(_) | Distance => vec![Kind::Avg, Kind::Sum, Kind::Sum],
        Duration => vec![Kind::Avg, Kind::TypicalGap, Kind::Sum],
        Days => vec![Kind::TypicalGap, Kind::Sum],
        Months => vec![Kind::Sum],
        _ => Vec::new(),
    };
    if ty.element().is_some() {
        kinds.extend([Kind::MostFrequent, Kind::MostFrequent]);
    }
    if ty.is_ordered() {
        kinds.extend([Kind::Min, Kind::Max]);
    }
    kinds.extend([Kind::First, Kind::Last]);
    kinds
}
