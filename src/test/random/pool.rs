//! What a policy looks at: the constants that it compares each field with, those of each type, and its lengths of time.

use std::collections::BTreeMap;

use fastrand::Rng;
use opportune_plan::{Constant, ExprId, FieldId, Op, Plan, TableId, Type};

use super::{DAY, HOUR};

/// How many constants of one type or field are kept.
const MOST: usize = 256;

/// The constants of a policy.
#[derive(Debug, Default)]
pub struct Pool {
    by_field: BTreeMap<(TableId, FieldId), Vec<Constant>>,
    by_type: BTreeMap<Type, Vec<Constant>>,
    /// Lengths of time, in microseconds, roughly.
    lengths: Vec<i64>,
}

impl Pool {
    pub fn new(plan: &Plan) -> Self {
        let mut pool = Self::default();
        for (_, node) in plan.exprs.iter() {
            match &node.op {
                Op::Constant(constant) => pool.add(constant),
                Op::Compare(_, a, b) => {
                    pool.compared(plan, *a, *b);
                    pool.compared(plan, *b, *a);
                }
                Op::In(of, all) => all.iter().for_each(|constant| pool.of(plan, *of, constant)),
                Op::StartsWith(of, text) | Op::EndsWith(of, text) | Op::Contains(of, text) => {
                    pool.of(plan, *of, &Constant::Text(text.clone()));
                }
                _ => {}
            }
        }
        pool.names(plan);
        pool
    }

    /// The names of offers and channels, where data has them.
    fn names(&mut self, plan: &Plan) {
        for (id, table) in plan.schema.tables() {
            for (field, declared) in table.fields() {
                let names: Vec<&str> = match &*declared.name {
                    "offer" => plan.offers.iter().map(|offer| &*offer.name).collect(),
                    "channel" => plan.channels.iter().map(|channel| &*channel.name).collect(),
                    _ => continue,
                };
                let named = names.into_iter().filter_map(|name| plan.schema.named(declared.ty, name));
                self.by_field.entry((id, field)).or_default().extend(named.take(MOST));
            }
        }
    }

    fn add(&mut self, constant: &Constant) {
        match constant {
            Constant::Duration(micros) => self.lengths.push(*micros),
            Constant::Days(days) => self.lengths.push(days.saturating_mul(DAY)),
            Constant::Months(months) => self.lengths.push(months.saturating_mul(30 * DAY)),
            _ => {}
        }
        let all = self.by_type.entry(constant.ty()).or_default();
        if all.len() < MOST && !all.contains(constant) {
            all.push(constant.clone());
        }
    }

    fn compared(&mut self, plan: &Plan, a: ExprId, b: ExprId) {
        if let Some(Op::Constant(constant)) = plan.exprs.get(b).map(|node| &node.op) {
            self.of(plan, a, constant);
        }
    }

    /// A constant that a field is compared with.
    fn of(&mut self, plan: &Plan, of: ExprId, constant: &Constant) {
        self.add(constant);
        if let Some(field) = field(plan, of) {
            let all = self.by_field.entry(field).or_default();
            if all.len() < MOST && !all.contains(constant) {
                all.push(constant.clone());
            }
        }
    }

    /// What a field is compared with.
    pub fn of_field(&self, table: TableId, field: FieldId) -> &[Constant] {
        self.by_field.get(&(table, field)).map(Vec::as_slice).unwrap_or_default()
    }

    /// What values of a type are compared with.
    pub fn of_type(&self, ty: Type) -> &[Constant] {
        self.by_type.get(&ty).map(Vec::as_slice).unwrap_or_default()
    }

    /// A moment before another: about one of the policy's lengths of time, or any in the last months.
    pub fn before(&self, rng: &mut Rng, now: i64) -> i64 {
        let length = rng.choice(&self.lengths).filter(|_| rng.bool()).copied();
        let about = length.map(|length| length.clamp(0, 36_500 * DAY) + rng.i64(-24..=24) * HOUR);
        now - about.unwrap_or_else(|| rng.i64(0..100) * DAY + rng.i64(0..24) * HOUR).max(0)
    }
}

/// The field that an expression reads, through links, `else` and conversions.
fn field(plan: &Plan, mut expr: ExprId) -> Option<(TableId, FieldId)> {
    loop {
        expr = match &plan.exprs.get(expr)?.op {
            Op::Field(table, field) => return Some((*table, *field)),
            Op::Follow { value, .. } | Op::OfCustomer { value, .. } | Op::Lookup { value, .. } => *value,
            Op::Else(value, _) | Op::ToNumber(value) => *value,
            Op::Member(table, field) => return Some((*table, *field)),
            _ => return None,
        };
    }
}
