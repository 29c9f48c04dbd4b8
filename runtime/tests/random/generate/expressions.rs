//! Random expressions of a wanted type over a wanted row, of every operation.

use opportune_plan::{
    Aggregate, Arithmetic, Comparison, Constant, ExprId, Exprs, FieldId, Function, Op, Schema, Scope, TableId, Type,
    Window,
};
use opportune_runtime::time::Clock;

use super::dice::Dice;
use super::pools;
use super::schema::{CUSTOMER, PURCHASES, VISITS, types};

/// Adds random expressions to an arena.
pub struct Writer<'a> {
    pub dice: &'a mut Dice,
    pub schema: &'a Schema,
    pub clock: &'a Clock,
    pub exprs: Exprs,
}

impl Writer<'_> {
    pub fn add(&mut self, op: Op) -> ExprId {
        self.exprs.add(self.schema, op).expect("a well-formed expression")
    }

    pub fn constant(&mut self, ty: Type) -> Constant {
        pools::constant(self.dice, self.schema, self.clock, ty)
    }

    fn literal(&mut self, ty: Type) -> ExprId {
        let constant = self.constant(ty);
        self.add(Op::Constant(constant))
    }

    fn any_type(&mut self) -> Type {
        self.dice.pick(&types())
    }

    /// An expression of a type over a row of a table.
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

    fn leaf(&mut self, ty: Type, table: TableId) -> ExprId {
        match self.dice.roll(20) {
            0..=3 => self.literal(ty),
            4 => self.add(Op::Missing(ty)),
            5..=8 if ty == Type::Instant => self.add(Op::Now),
            5..=8 if ty == Type::Date => self.add(Op::Today),
            _ => self.field(ty, table),
        }
    }

    fn field(&mut self, ty: Type, table: TableId) -> ExprId {
        let fields = self.schema.tables[table.0 as usize].fields.iter();
        let of_type: Vec<u32> = (0..).zip(fields).filter(|(_, field)| field.ty == ty).map(|(at, _)| at).collect();
        let field = FieldId(self.dice.pick(&of_type));
        self.add(Op::Field(table, field))
    }

    /// One that is there already.
    fn shared(&mut self, ty: Type, table: TableId) -> Option<ExprId> {
        let fits = |scope| scope == Scope::Row(table) || scope == Scope::Anywhere;
        let found: Vec<ExprId> =
            self.exprs.iter().filter(|(_, node)| node.ty == ty && fits(node.scope)).map(|(id, _)| id).collect();
        (!found.is_empty()).then(|| self.dice.pick(&found))
    }

    /// A value of another row: of a linked one, of the customer, of events.
    fn elsewhere(&mut self, ty: Type, table: TableId, depth: usize) -> ExprId {
        let is_event = table == PURCHASES || table == VISITS;
        if is_event && self.dice.percent(40) {
            let value = self.expr(ty, CUSTOMER, depth);
            return self.add(Op::OfCustomer { events: table, value });
        }
        if table == CUSTOMER && self.dice.percent(70) {
            return self.of_events(ty, depth);
        }
        let fields = self.schema.tables[table.0 as usize].fields.iter();
        let links: Vec<(FieldId, TableId)> =
            (0..).map(FieldId).zip(fields).filter_map(|(at, field)| Some((at, field.link?.table))).collect();
        let (link, target) = self.dice.pick(&links);
        let value = self.expr(ty, target, depth);
        self.add(Op::Follow { table, link, value })
    }

    fn either(&mut self, ty: Type, table: TableId, depth: usize) -> ExprId {
        let (a, b) = (self.expr(ty, table, depth), self.expr(ty, table, depth));
        if self.dice.percent(50) {
            return self.add(Op::Else(a, b));
        }
        let condition = self.expr(Type::Bool, table, depth);
        self.add(Op::If(condition, a, b))
    }

    /// A value computed from a customer's events.
    pub fn of_events(&mut self, ty: Type, depth: usize) -> ExprId {
        let events = self.dice.pick(&[PURCHASES, VISITS]);
        let function = self.function(ty, events, depth);
        let filter = self.dice.percent(60).then(|| match function {
            Function::Exists => self.expr(Type::Bool, events, depth),
            _ if self.dice.percent(15) => self.overflowing_condition(events),
            _ => self.sure(Type::Bool, events, depth),
        });
        let window = if self.dice.percent(60) { Window::Last(pools::span(self.dice, true)) } else { Window::Always };
        self.add(Op::Aggregate(Aggregate { events, window, filter, function }))
    }

    /// A condition that by its type is always known, and is not where a product does not fit.
    fn overflowing_condition(&mut self, table: TableId) -> ExprId {
        let [a, b] = [0, 0].map(|depth| self.sure(Type::Int, table, depth));
        let product = self.add(Op::Arithmetic(Arithmetic::Multiply, a, b));
        let bound = self.literal(Type::Int);
        self.add(Op::Compare(Comparison::Less, product, bound))
    }

    fn function(&mut self, ty: Type, events: TableId, depth: usize) -> Function {
        let roll = self.dice.roll(6);
        // Mostly fields: what else is computed on the way hides the rounding of sums and means.
        let depth = if self.dice.percent(60) { 0 } else { depth };
        match ty {
            Type::Bool if roll < 4 => return Function::Exists,
            Type::Int if roll == 0 => return Function::Count,
            Type::Int if roll == 1 => {
                let of = self.any_type();
                return Function::Distinct(self.sure(of, events, depth));
            }
            Type::Number if roll < 2 => {
                let of = self.dice.pick(&[Type::Int, Type::Number]);
                return Function::Avg(self.sure(of, events, depth));
            }
            Type::Money(_) if roll < 2 => return Function::Avg(self.sure(ty, events, depth)),
            _ => {}
        }
        let sums = matches!(ty, Type::Int | Type::Number | Type::Money(_) | Type::Duration | Type::Days);
        match roll {
            0..=3 if sums => Function::Sum(self.sure(ty, events, depth)),
            0 | 4 if ty.is_ordered() => Function::Min(self.sure(ty, events, depth)),
            1 | 5 if ty.is_ordered() => Function::Max(self.sure(ty, events, depth)),
            0..=2 => Function::First(self.expr(ty, events, depth)),
            _ => Function::Last(self.expr(ty, events, depth)),
        }
    }

    pub fn operation(&mut self, ty: Type, table: TableId, depth: usize) -> ExprId {
        use Arithmetic::{Add, Divide, Multiply, Subtract};
        let same_sum = self.dice.pick(&[Add, Subtract]);
        match ty {
            Type::Bool => self.condition(table, depth),
            Type::Text | Type::OneOf(_) | Type::Ordered(_) => self.either(ty, table, depth),
            Type::Int => match self.dice.roll(4) {
                0 => self.combine(Multiply, ty, ty, table, depth),
                1 => self.negate(ty, table, depth),
                _ => self.combine(same_sum, ty, ty, table, depth),
            },
            Type::Number => match self.dice.roll(8) {
                0 | 1 => {
                    let int = self.expr(Type::Int, table, depth);
                    self.add(Op::ToNumber(int))
                }
                2 => self.negate(ty, table, depth),
                3 => self.combine(Multiply, ty, ty, table, depth),
                4 | 5 => {
                    let money = self.dice.pick(&types());
                    let of = if matches!(money, Type::Money(_)) { money } else { self.dice.pick(&DIVISIBLE) };
                    self.combine(Divide, of, of, table, depth)
                }
                _ => self.combine(same_sum, ty, ty, table, depth),
            },
            Type::Money(_) => match self.dice.roll(5) {
                0 => self.negate(ty, table, depth),
                1 => self.combine(Multiply, ty, Type::Number, table, depth),
                2 => self.combine(Divide, ty, Type::Number, table, depth),
                _ => self.combine(same_sum, ty, ty, table, depth),
            },
            Type::Date => match self.dice.roll(2) {
                0 => self.shift(ty, table, depth),
                _ => self.combine(same_sum, ty, Type::Days, table, depth),
            },
            Type::Instant => match self.dice.roll(3) {
                0 => self.shift(ty, table, depth),
                1 => self.combine(same_sum, ty, Type::Days, table, depth),
                _ => self.combine(same_sum, ty, Type::Duration, table, depth),
            },
            Type::Duration => match self.dice.roll(6) {
                0 => self.negate(ty, table, depth),
                1 => self.combine(Multiply, ty, Type::Number, table, depth),
                2 => self.combine(Divide, ty, Type::Number, table, depth),
                3 | 4 => self.combine(Subtract, Type::Instant, Type::Instant, table, depth),
                _ => self.combine(same_sum, ty, ty, table, depth),
            },
            Type::Days => match self.dice.roll(5) {
                0 => self.negate(ty, table, depth),
                1 => self.combine(Multiply, ty, Type::Int, table, depth),
                2 | 3 => self.combine(Subtract, Type::Date, Type::Date, table, depth),
                _ => self.combine(same_sum, ty, ty, table, depth),
            },
        }
    }

    fn combine(&mut self, operation: Arithmetic, a: Type, b: Type, table: TableId, depth: usize) -> ExprId {
        let (a, b) = (self.expr(a, table, depth), self.expr(b, table, depth));
        self.add(Op::Arithmetic(operation, a, b))
    }

    fn negate(&mut self, ty: Type, table: TableId, depth: usize) -> ExprId {
        let value = self.expr(ty, table, depth);
        self.add(Op::Negate(value))
    }

    fn shift(&mut self, ty: Type, table: TableId, depth: usize) -> ExprId {
        let value = self.expr(ty, table, depth);
        let span = pools::span(self.dice, ty == Type::Instant);
        self.add(Op::Shift(value, span))
    }

    fn condition(&mut self, table: TableId, depth: usize) -> ExprId {
        match self.dice.roll(16) {
            0..=4 => self.compare(table, depth),
            5 => {
                let a = self.expr(Type::Bool, table, depth);
                self.add(Op::Not(a))
            }
            6 | 7 => {
                let all = self.conditions(table, depth);
                self.add(Op::And(all))
            }
            8 | 9 => {
                let all = self.conditions(table, depth);
                self.add(Op::Or(all))
            }
            10 => {
                let ty = self.any_type();
                let a = self.expr(ty, table, depth);
                self.add(Op::IsMissing(a))
            }
            11 => {
                let a = self.expr(Type::Bool, table, depth);
                self.add(Op::IsTrue(a))
            }
            12 => {
                let (a, text) = (self.expr(Type::Text, table, depth), pools::text(self.dice));
                self.add(Op::StartsWith(a, text))
            }
            13 => {
                let (a, text) = (self.expr(Type::Text, table, depth), pools::text(self.dice));
                self.add(Op::Contains(a, text))
            }
            _ => {
                let ty = self.any_type();
                let a = self.expr(ty, table, depth);
                let mut all: Vec<Constant> = (0..1 + self.dice.roll(4)).map(|_| self.constant(ty)).collect();
                all.sort();
                all.dedup();
                self.add(Op::In(a, all.into()))
            }
        }
    }

    fn conditions(&mut self, table: TableId, depth: usize) -> Box<[ExprId]> {
        (0..2 + self.dice.roll(3)).map(|_| self.expr(Type::Bool, table, depth)).collect()
    }

    fn compare(&mut self, table: TableId, depth: usize) -> ExprId {
        let ty = self.any_type();
        let a = self.expr(ty, table, depth);
        // Most comparisons of a policy are with a constant.
        let b = if self.dice.percent(50) { self.expr(ty, table, depth) } else { self.literal(ty) };
        let (a, b) = if self.dice.percent(30) { (b, a) } else { (a, b) };
        let comparison = match self.dice.roll(3) {
            1 if ty.is_ordered() => Comparison::Less,
            2 if ty.is_ordered() => Comparison::LessOrEqual,
            _ => Comparison::Equal,
        };
        self.add(Op::Compare(comparison, a, b))
    }
}

/// Beside money.
const DIVISIBLE: [Type; 4] = [Type::Int, Type::Number, Type::Duration, Type::Days];
