//! Random operations that give a value of a wanted type.

use opportune_plan::{Arithmetic, Builtin, ExprId, Op, TableId, Type, Unit};

use super::expressions::Writer;
use super::schema::{WEEK, types};

/// What goes into a function.
type Arguments = Vec<ExprId>;

impl Writer<'_> {
    pub fn operation(&mut self, ty: Type, table: TableId, depth: usize) -> ExprId {
        use Arithmetic::{Add, Divide, Multiply, Subtract};
        let same_sum = self.dice.pick(&[Add, Subtract]);
        if !matches!(ty, Type::Bool | Type::Text) && self.dice.percent(45) {
            return self.call(ty, table, depth);
        }
        match ty {
            Type::Bool => self.condition(table, depth),
            Type::Int => match self.dice.roll(4) {
                0 => self.combine(Multiply, ty, ty, table, depth),
                1 => self.negate(ty, table, depth),
                _ => self.combine(same_sum, ty, ty, table, depth),
            },
            Type::Number => self.number(same_sum, table, depth),
            Type::Money(_) => match self.dice.roll(5) {
                0 => self.negate(ty, table, depth),
                1 => self.combine(Multiply, ty, Type::Number, table, depth),
                2 => self.combine(Divide, ty, Type::Number, table, depth),
                _ => self.combine(same_sum, ty, ty, table, depth),
            },
            Type::Distance => match self.dice.roll(5) {
                0 => self.negate(ty, table, depth),
                1 => self.combine(Multiply, ty, Type::Number, table, depth),
                2 => self.combine(Divide, ty, Type::Number, table, depth),
                _ => self.combine(same_sum, ty, ty, table, depth),
            },
            Type::Date => self.combine(same_sum, ty, Type::Days, table, depth),
            Type::Instant => self.combine(same_sum, ty, Type::Duration, table, depth),
            Type::Duration => match self.dice.roll(6) {
                0 => self.negate(ty, table, depth),
                1 => self.combine(Multiply, ty, Type::Number, table, depth),
                2 => self.combine(Divide, ty, Type::Number, table, depth),
                3 | 4 => self.combine(Subtract, Type::Instant, Type::Instant, table, depth),
                _ => self.combine(same_sum, ty, ty, table, depth),
            },
            Type::Days | Type::Months => match self.dice.roll(5) {
                0 => self.negate(ty, table, depth),
                1 => self.combine(Multiply, ty, Type::Int, table, depth),
                2 | 3 if ty == Type::Days => self.combine(Subtract, Type::Date, Type::Date, table, depth),
                _ => self.combine(same_sum, ty, ty, table, depth),
            },
            Type::Text | Type::OneOf(_) | Type::Ordered(_) | Type::Time | Type::Zone | Type::Place | Type::Set(_) => {
                self.either(ty, table, depth)
            }
        }
    }

    fn number(&mut self, same_sum: Arithmetic, table: TableId, depth: usize) -> ExprId {
        let ty = Type::Number;
        match self.dice.roll(8) {
            0 | 1 => {
                let int = self.expr(Type::Int, table, depth);
                self.add(Op::ToNumber(int))
            }
            2 => self.negate(ty, table, depth),
            3 => self.combine(Arithmetic::Multiply, ty, ty, table, depth),
            4 | 5 => {
                let money = self.dice.pick(types());
                let of = if matches!(money, Type::Money(_)) { money } else { self.dice.pick(&DIVISIBLE) };
                self.combine(Arithmetic::Divide, of, of, table, depth)
            }
            _ => self.combine(same_sum, ty, ty, table, depth),
        }
    }

    /// A function that gives a value of a type.
    pub fn call(&mut self, ty: Type, table: TableId, depth: usize) -> ExprId {
        if ty.is_ordered() && self.dice.percent(15) {
            let arguments = (0..2 + self.dice.roll(2)).map(|_| self.expr(ty, table, depth)).collect();
            let extreme = self.dice.pick(&[Builtin::Least, Builtin::Greatest]);
            return self.call_of(extreme, arguments);
        }
        let one = |builtin, of: Type| move |writer: &mut Self| (builtin, vec![writer.expr(of, table, depth)]);
        let (builtin, arguments) = match ty {
            Type::Int => self.int_call(table, depth),
            Type::Number => self.number_call(table, depth),
            Type::Date => self.date_call(table, depth),
            Type::Instant => self.instant_call(table, depth),
            Type::Time => (Builtin::TimeOf, self.moment(table, depth)),
            Type::Ordered(WEEK) => (Builtin::Weekday(WEEK), self.day(table, depth)),
            Type::Place => {
                // Degrees are small numbers: a literal is one often enough.
                let degrees = [0, 0].map(|_| {
                    if self.dice.percent(50) { self.degrees() } else { self.expr(Type::Number, table, depth) }
                });
                (Builtin::PlaceOf, degrees.into())
            }
            Type::Distance if self.dice.percent(80) => {
                (Builtin::Distance, [0, 0].map(|_| self.expr(Type::Place, table, depth)).into())
            }
            Type::Money(_) | Type::Duration | Type::Days | Type::Months | Type::Distance => one(Builtin::Abs, ty)(self),
            _ => return self.either(ty, table, depth),
        };
        self.call_of(builtin, arguments)
    }

    pub fn call_of(&mut self, builtin: Builtin, arguments: Arguments) -> ExprId {
        self.add(Op::Call(builtin, arguments.into()))
    }

    fn degrees(&mut self) -> ExprId {
        let degrees = self.dice.roll(41) as f64 * 5.0 - 100.0;
        self.add(Op::Constant(opportune_plan::Constant::Number(super::float(degrees))))
    }

    /// An instant and a zone.
    fn moment(&mut self, table: TableId, depth: usize) -> Arguments {
        let instant = self.expr(Type::Instant, table, depth);
        let zone = if self.dice.percent(80) { self.zone(table) } else { self.expr(Type::Zone, table, depth) };
        vec![instant, zone]
    }

    /// A date, or an instant and a zone.
    fn day(&mut self, table: TableId, depth: usize) -> Arguments {
        if self.dice.percent(50) { vec![self.expr(Type::Date, table, depth)] } else { self.moment(table, depth) }
    }

    fn int_call(&mut self, table: TableId, depth: usize) -> (Builtin, Arguments) {
        use Builtin as B;
        match self.dice.roll(14) {
            0..=3 => {
                let part = self.dice.pick(&[B::Year, B::Month, B::Day, B::DayOfYear, B::Week]);
                (part, self.day(table, depth))
            }
            4 | 5 => {
                let part = self.dice.pick(&[B::Hour, B::Minute, B::Second]);
                let of_time = self.dice.percent(50);
                (part, if of_time { vec![self.expr(Type::Time, table, depth)] } else { self.moment(table, depth) })
            }
            6 => (B::MonthsBetween, [0, 0].map(|_| self.expr(Type::Date, table, depth)).into()),
            7 | 8 => {
                let rounding = self.dice.pick(&[B::Floor, B::Ceil, B::Round]);
                (rounding, vec![self.expr(Type::Number, table, depth)])
            }
            9 | 10 => {
                let division = self.dice.pick(&[B::Quotient, B::Remainder]);
                (division, [0, 0].map(|_| self.expr(Type::Int, table, depth)).into())
            }
            11 => (B::Length, vec![self.expr(Type::Text, table, depth)]),
            12 => {
                let set = self.a_set();
                (B::Size, vec![self.expr(set, table, depth)])
            }
            _ => (B::Abs, vec![self.expr(Type::Int, table, depth)]),
        }
    }

    fn number_call(&mut self, table: TableId, depth: usize) -> (Builtin, Arguments) {
        use Builtin as B;
        let builtin = match self.dice.roll(7) {
            0 | 1 => B::RoundTo(self.dice.roll(10) as u8),
            2 => B::Sqrt,
            3 => B::Exp,
            4 => B::Ln,
            5 => return (B::Power, [0, 0].map(|_| self.expr(Type::Number, table, depth)).into()),
            _ => B::Abs,
        };
        (builtin, vec![self.expr(Type::Number, table, depth)])
    }

    fn date_call(&mut self, table: TableId, depth: usize) -> (Builtin, Arguments) {
        use Builtin as B;
        match self.dice.roll(6) {
            0 => (B::Today, vec![self.zone(table)]),
            1 => (B::DateOf, self.moment(table, depth)),
            2 => {
                let unit = self.dice.pick(&UNITS);
                (B::StartOf(unit), vec![self.expr(Type::Date, table, depth)])
            }
            3 => (B::Anniversary, [0, 0].map(|_| self.expr(Type::Date, table, depth)).into()),
            _ => {
                let by = self.dice.pick(&[Type::Days, Type::Months]);
                (B::Shift, vec![self.expr(Type::Date, table, depth), self.step(by, table, depth)])
            }
        }
    }

    fn instant_call(&mut self, table: TableId, depth: usize) -> (Builtin, Arguments) {
        if self.dice.percent(40) {
            let (date, time) = (self.expr(Type::Date, table, depth), self.expr(Type::Time, table, depth));
            return (Builtin::At, vec![date, time, self.zone(table)]);
        }
        let by = self.dice.pick(&[Type::Days, Type::Months]);
        let mut arguments = self.moment(table, depth);
        arguments.insert(1, self.step(by, table, depth));
        (Builtin::Shift, arguments)
    }

    /// How far a date or instant is moved: mostly as a policy writes it.
    fn step(&mut self, ty: Type, table: TableId, depth: usize) -> ExprId {
        if self.dice.percent(70) { self.literal(ty) } else { self.expr(ty, table, depth) }
    }

    pub fn a_set(&mut self) -> Type {
        let sets: Vec<Type> = types().iter().copied().filter(|ty| matches!(ty, Type::Set(_))).collect();
        self.dice.pick(&sets)
    }
}

/// Beside money.
const DIVISIBLE: [Type; 6] = [Type::Int, Type::Number, Type::Duration, Type::Days, Type::Months, Type::Distance];

pub const UNITS: [Unit; 5] = [Unit::Day, Unit::Week, Unit::Month, Unit::Quarter, Unit::Year];
