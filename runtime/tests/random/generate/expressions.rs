//! Random expressions of a wanted type over a wanted row.
//!
//! Operations are in [`super::operations`] and [`super::conditions`], what comes from events in [`super::events`].

use opportune_plan::{
    Arithmetic, Constant, ExprId, Exprs, Family, FieldId, JourneyId, JourneyPart, Op, Schema, Scope, TableId, Type,
};
use opportune_runtime::time::Clock;

use super::dice::Dice;
use super::pools;
use super::schema::{CONTEXT, CUSTOMER, PRODUCTS, PURCHASES, SHOPS, VISITS, types};

/// Adds random expressions to an arena.
pub struct Writer<'a> {
    pub dice: &'a mut Dice,
    pub schema: &'a Schema,
    pub clock: &'a Clock,
    pub exprs: Exprs,
    /// How many journeys there are already.
    pub journeys: u32,
    /// How many limits in total there are, of which one may ask what is left.
    pub totals: u32,
    /// The family of the offer at hand, where its member may be read.
    pub family: Option<Family>,
}

impl Writer<'_> {
    pub fn add(&mut self, op: Op) -> ExprId {
        self.exprs.add(self.schema, op).expect("a well-formed expression")
    }

    pub fn constant(&mut self, ty: Type) -> Constant {
        pools::constant(self.dice, self.schema, self.clock, ty)
    }

    pub fn literal(&mut self, ty: Type) -> ExprId {
        let constant = self.constant(ty);
        self.add(Op::Constant(constant))
    }

    pub fn any_type(&mut self) -> Type {
        self.dice.pick(types())
    }

    /// The type of the family's members.
    pub fn of_member(&self) -> Option<Type> {
        let family = self.family?;
        self.schema.field(family.table, family.field).map(|field| field.ty)
    }

    /// What is written by other answers.
    pub fn with<T>(&mut self, dice: &mut Dice, write: impl FnOnce(&mut Self) -> T) -> T {
        std::mem::swap(self.dice, dice);
        let written = write(self);
        std::mem::swap(self.dice, dice);
        written
    }

    /// What is written over the customer alone.
    pub fn without_member<T>(&mut self, write: impl FnOnce(&mut Self) -> T) -> T {
        let family = self.family.take();
        let written = write(self);
        self.family = family;
        written
    }

    /// An expression of a type over a row of a table; over the customer, of a condition, perhaps over the member too.
    pub fn expr(&mut self, ty: Type, table: TableId, depth: usize) -> ExprId {
        if depth == 0 {
            return self.leaf(ty, table);
        }
        match self.dice.roll(10) {
            0 => self.leaf(ty, table),
            1 => self.shared(ty, table).unwrap_or_else(|| self.leaf(ty, table)),
            2 | 3 => self.elsewhere(ty, table, depth - 1),
            4 => self.either(ty, table, depth - 1),
            _ => self.operation(ty, table, depth - 1),
        }
    }

    /// An expression whose type says that it is never missing.
    pub fn sure(&mut self, ty: Type, table: TableId, depth: usize) -> ExprId {
        let found = self.expr(ty, table, depth);
        if !self.exprs.node(found).nullable {
            return found;
        }
        if ty == Type::Bool && self.dice.percent(50) {
            return self.add(Op::IsTrue(found));
        }
        let default = self.literal(ty);
        self.add(Op::Else(found, default))
    }

    /// A zone that is never missing: as a policy has it, the customer's field with a default, or the project's.
    pub fn zone(&mut self, table: TableId) -> ExprId {
        let depth = self.dice.roll(2);
        if self.dice.percent(60) { self.sure(Type::Zone, table, depth) } else { self.literal(Type::Zone) }
    }

    pub fn leaf(&mut self, ty: Type, table: TableId) -> ExprId {
        match self.dice.roll(20) {
            0..=3 => self.literal(ty),
            4 => self.add(Op::Missing(ty)),
            5..=8 if ty == Type::Instant => self.add(Op::Now),
            5..=7 if table == CUSTOMER && self.journeys > 0 && matches!(ty, Type::Int) => {
                self.journey(JourneyPart::Step)
            }
            9 if ty == Type::Int && table == CUSTOMER => {
                let layer = self.dice.pick(&["holdout", "a"]);
                self.bucket(layer)
            }
            10 | 11 if ty == Type::Int && self.totals > 0 => {
                let limit = self.dice.roll(self.totals as usize) as u32;
                self.add(Op::Remaining(limit))
            }
            9..=12 if table == CUSTOMER && self.journeys > 0 && ty == Type::Instant => self.journey(JourneyPart::Since),
            13..=15 if table == CUSTOMER && self.schema.table(CONTEXT).is_some() => self.field(ty, CONTEXT),
            _ => self.field(ty, table),
        }
    }

    pub fn journey(&mut self, part: JourneyPart) -> ExprId {
        let journey = JourneyId(self.dice.roll(self.journeys as usize) as u32);
        self.add(Op::Journey(journey, part))
    }

    pub fn field(&mut self, ty: Type, table: TableId) -> ExprId {
        let fields = self.schema.tables[table.0 as usize].fields.iter();
        let of_type: Vec<u32> = (0..).zip(fields).filter(|(_, field)| field.ty == ty).map(|(at, _)| at).collect();
        let field = FieldId(self.dice.pick(&of_type));
        self.add(Op::Field(table, field))
    }

    /// One that is there already.
    fn shared(&mut self, ty: Type, table: TableId) -> Option<ExprId> {
        let family = self.family.filter(|_| table == CUSTOMER);
        let fits = |scope| match scope {
            Scope::Anywhere => true,
            Scope::Row(of) => of == table,
            Scope::Member(..) => false,
            Scope::Pair(table, field) => family == Some(Family { table, field }),
        };
        let found: Vec<ExprId> =
            self.exprs.iter().filter(|(_, node)| node.ty == ty && fits(node.scope)).map(|(id, _)| id).collect();
        (!found.is_empty()).then(|| self.dice.pick(&found))
    }

    /// A value of another row: of a linked one, of one that is looked up, of the customer, of events.
    fn elsewhere(&mut self, ty: Type, table: TableId, depth: usize) -> ExprId {
        let is_event = table == PURCHASES || table == VISITS;
        if is_event && self.dice.percent(40) {
            let value = self.without_member(|writer| writer.expr(ty, CUSTOMER, depth));
            return self.add(Op::OfCustomer { events: table, value });
        }
        if table == CUSTOMER && self.dice.percent(60) {
            return self.of_events(ty, depth);
        }
        if self.dice.percent(30) {
            return self.lookup(ty, table, depth);
        }
        let fields = self.schema.tables[table.0 as usize].fields.iter();
        let links: Vec<(FieldId, TableId)> =
            (0..).map(FieldId).zip(fields).filter_map(|(at, field)| Some((at, field.link?.table))).collect();
        let (link, target) = self.dice.pick(&links);
        let value = self.expr(ty, target, depth);
        self.add(Op::Follow { table, link, value })
    }

    fn lookup(&mut self, ty: Type, from: TableId, depth: usize) -> ExprId {
        let (table, of_key) = self.dice.pick(&[(PRODUCTS, Type::Text), (SHOPS, Type::Int)]);
        let key = match self.dice.roll(4) {
            // A key that leads somewhere, as often as not.
            0 => self.add(Op::Constant(if table == PRODUCTS { Constant::Text("p0".into()) } else { Constant::Int(0) })),
            1 => self.expr(of_key, from, depth.min(2)),
            _ => self.linking_field(of_key, from),
        };
        let value = self.expr(ty, table, depth);
        self.add(Op::Lookup { table, key, value })
    }

    /// A field that holds keys.
    fn linking_field(&mut self, ty: Type, table: TableId) -> ExprId {
        let fields = (0..).map(FieldId).zip(&self.schema.tables[table.0 as usize].fields);
        let links = fields.filter(|(_, field)| field.link.is_some() && field.ty == ty).map(|(at, _)| at);
        let field = self.dice.pick(&links.collect::<Vec<_>>());
        self.add(Op::Field(table, field))
    }

    pub fn either(&mut self, ty: Type, table: TableId, depth: usize) -> ExprId {
        let (a, b) = (self.expr(ty, table, depth), self.expr(ty, table, depth));
        if self.dice.percent(50) {
            return self.add(Op::Else(a, b));
        }
        let condition = self.expr(Type::Bool, table, depth);
        self.add(Op::If(condition, a, b))
    }

    pub fn combine(&mut self, operation: Arithmetic, a: Type, b: Type, table: TableId, depth: usize) -> ExprId {
        let (a, b) = (self.expr(a, table, depth), self.expr(b, table, depth));
        self.add(Op::Arithmetic(operation, a, b))
    }

    pub fn negate(&mut self, ty: Type, table: TableId, depth: usize) -> ExprId {
        let value = self.expr(ty, table, depth);
        self.add(Op::Negate(value))
    }
}
