//! Random conditions.

use opportune_plan::{Builtin, Comparison, Constant, ExprId, Op, TableId, Type};

use super::expressions::Writer;
use super::pools;
use super::schema::CUSTOMER;

impl Writer<'_> {
    pub fn condition(&mut self, table: TableId, depth: usize) -> ExprId {
        if let Some(ty) = self.of_member().filter(|_| table == CUSTOMER)
            && self.dice.percent(25)
        {
            return self.member_is(ty, depth);
        }
        match self.dice.roll(20) {
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
            12..=14 => {
                let a = self.expr(Type::Text, table, depth);
                self.of_text(a)
            }
            15 | 16 => self.of_sets(table, depth),
            _ => {
                let ty = self.any_type();
                let a = self.expr(ty, table, depth);
                self.is_in(a, ty)
            }
        }
    }

    fn of_text(&mut self, text: ExprId) -> ExprId {
        let part = pools::text(self.dice);
        let op = match self.dice.roll(3) {
            0 => Op::StartsWith(text, part),
            1 => Op::EndsWith(text, part),
            _ => Op::Contains(text, part),
        };
        self.add(op)
    }

    fn of_sets(&mut self, table: TableId, depth: usize) -> ExprId {
        let set = self.a_set();
        let Type::Set(element) = set else { return self.compare(table, depth) };
        let a = self.expr(set, table, depth);
        if self.dice.percent(60) {
            let value = self.expr(element.ty(), table, depth);
            return self.call_of(Builtin::Has, vec![a, value]);
        }
        let b = self.expr(set, table, depth);
        self.call_of(Builtin::Overlaps, vec![a, b])
    }

    fn is_in(&mut self, value: ExprId, ty: Type) -> ExprId {
        let mut all: Vec<Constant> = (0..1 + self.dice.roll(4)).map(|_| self.constant(ty)).collect();
        all.sort();
        all.dedup();
        self.add(Op::In(value, all.into()))
    }

    /// What the language lets be asked of a member.
    fn member_is(&mut self, ty: Type, depth: usize) -> ExprId {
        let Some(family) = self.family else { return self.compare(CUSTOMER, depth) };
        let member = self.add(Op::Member(family.table, family.field));
        match self.dice.roll(6) {
            0 if ty == Type::Text => self.of_text(member),
            1 => self.is_in(member, ty),
            2 if ty.element().is_some_and(|element| super::schema::types().contains(&Type::Set(element))) => {
                let set = ty.element().map_or(ty, Type::Set);
                let set = self.without_member(|writer| writer.expr(set, CUSTOMER, depth));
                self.call_of(Builtin::Has, vec![set, member])
            }
            at => {
                let other =
                    self.without_member(
                        |writer| {
                            if at < 5 { writer.expr(ty, CUSTOMER, depth) } else { writer.literal(ty) }
                        },
                    );
                self.comparison(ty, member, other)
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
        self.comparison(ty, a, b)
    }

    fn comparison(&mut self, ty: Type, a: ExprId, b: ExprId) -> ExprId {
        let (a, b) = if self.dice.percent(30) { (b, a) } else { (a, b) };
        let comparison = match self.dice.roll(3) {
            1 if ty.is_ordered() => Comparison::Less,
            2 if ty.is_ordered() => Comparison::LessOrEqual,
            _ => Comparison::Equal,
        };
        self.add(Op::Compare(comparison, a, b))
    }
}
