//! Plans that verify and that nobody would write: as deep and as wide as the arena allows. Every engine must give an
//! answer, and the same one, on the small stack of a thread.

use opportune_plan::{
    Aggregate, Arithmetic, Comparison, Constant, ExprId, Exprs, FieldId, Function, Op, Schema, TableId, Type, Window,
};
use opportune_runtime::decide::Decision;
use opportune_runtime::run::{Engine, Options, decide_all};

use crate::generate::schema::{CUSTOMER, PRODUCTS, PURCHASES, SHOPS};
use crate::generate::{Case, eligible_when};

const DEEP: usize = 5_000;

fn customers(case: &Case, engine: Engine) -> Vec<u32> {
    let mut found = Vec::new();
    let mut sink = |decisions: &[Decision]| {
        found.extend(decisions.iter().map(|decision| decision.customer));
        Ok(())
    };
    let options = Options { threads: 2, engine, block_size: 64 };
    decide_all(&case.plan, &case.snapshot, &case.clock, &options, &mut sink).unwrap();
    found
}

/// The customers whom all engines find, on two threads of the usual size.
fn check(condition: impl FnOnce(&Schema, &mut Exprs) -> ExprId) -> Vec<u32> {
    let case = eligible_when(100, condition);
    let expected = customers(&case, Engine::Interpreter);
    assert_eq!(customers(&case, Engine::Vectorised), expected);
    assert_eq!(customers(&case, Engine::Jit), expected);
    expected
}

fn field(schema: &Schema, exprs: &mut Exprs, table: TableId, name: &str) -> ExprId {
    exprs.add(schema, Op::Field(table, position(schema, table, name))).unwrap()
}

fn position(schema: &Schema, table: TableId, name: &str) -> FieldId {
    let fields = &schema.tables[table.0 as usize].fields;
    FieldId(fields.iter().position(|field| &*field.name == name).unwrap() as u32)
}

/// A field of a type, which may be missing or not.
fn of_type(schema: &Schema, exprs: &mut Exprs, table: TableId, ty: Type, nullable: bool) -> ExprId {
    let fits = |field: &opportune_plan::Field| field.ty == ty && field.nullable == nullable && field.link.is_none();
    let at = schema.tables[table.0 as usize].fields.iter().skip(1).position(fits).unwrap() + 1;
    exprs.add(schema, Op::Field(table, FieldId(at as u32))).unwrap()
}

fn int(schema: &Schema, exprs: &mut Exprs, value: i64) -> ExprId {
    exprs.add(schema, Op::Constant(Constant::Int(value))).unwrap()
}

#[test]
fn negations_of_negations() {
    let found = check(|schema, exprs| {
        let mut condition = of_type(schema, exprs, CUSTOMER, Type::Bool, true);
        for _ in 0..DEEP {
            condition = exprs.add(schema, Op::Not(condition)).unwrap();
        }
        condition
    });
    assert!(!found.is_empty() && found.len() < 100);
}

#[test]
fn conjunctions_of_disjunctions() {
    check(|schema, exprs| {
        let flag = of_type(schema, exprs, CUSTOMER, Type::Bool, true);
        let mut condition = of_type(schema, exprs, CUSTOMER, Type::Bool, false);
        for at in 0..DEEP {
            let either = exprs.add(schema, Op::Or([flag, condition].into())).unwrap();
            let int = of_type(schema, exprs, CUSTOMER, Type::Int, true);
            let bound = self::int(schema, exprs, at as i64);
            let less = exprs.add(schema, Op::Compare(Comparison::Less, bound, int)).unwrap();
            let other = exprs.add(schema, Op::Not(less)).unwrap();
            condition = exprs.add(schema, Op::And([either, other].into())).unwrap();
        }
        condition
    });
}

#[test]
fn a_conjunction_of_ten_thousand() {
    let found = check(|schema, exprs| {
        let value = of_type(schema, exprs, CUSTOMER, Type::Int, false);
        let conditions = (0..10_000).map(|at| {
            let not = exprs.add(schema, Op::Constant(Constant::Int(1_000_000 + at))).unwrap();
            let equal = exprs.add(schema, Op::Compare(Comparison::Equal, value, not)).unwrap();
            exprs.add(schema, Op::Not(equal)).unwrap()
        });
        let conditions: Vec<ExprId> = conditions.collect();
        exprs.add(schema, Op::And(conditions.into())).unwrap()
    });
    assert_eq!(found.len(), 100);
}

#[test]
fn sums_of_sums_and_choices_of_choices() {
    check(|schema, exprs| {
        let step = of_type(schema, exprs, CUSTOMER, Type::Number, true);
        let flag = of_type(schema, exprs, CUSTOMER, Type::Bool, true);
        let mut sum = of_type(schema, exprs, CUSTOMER, Type::Number, false);
        for _ in 0..DEEP {
            let more = exprs.add(schema, Op::Arithmetic(Arithmetic::Add, sum, step)).unwrap();
            let sure = exprs.add(schema, Op::Else(more, sum)).unwrap();
            sum = exprs.add(schema, Op::If(flag, sure, more)).unwrap();
        }
        exprs.add(schema, Op::Compare(Comparison::LessOrEqual, step, sum)).unwrap()
    });
}

#[test]
fn links_through_links() {
    check(|schema, exprs| {
        let (to_shop, to_product) = (position(schema, PRODUCTS, "shop"), position(schema, SHOPS, "other_product"));
        let mut value = field(schema, exprs, PRODUCTS, "first");
        for _ in 0..DEEP / 2 {
            value = exprs.add(schema, Op::Follow { table: SHOPS, link: to_product, value }).unwrap();
            value = exprs.add(schema, Op::Follow { table: PRODUCTS, link: to_shop, value }).unwrap();
        }
        let link = position(schema, CUSTOMER, "product");
        let there = exprs.add(schema, Op::Follow { table: CUSTOMER, link, value }).unwrap();
        exprs.add(schema, Op::IsMissing(there)).unwrap()
    });
}

#[test]
fn counts_of_counts() {
    check(|schema, exprs| {
        let mut count = int(schema, exprs, 0);
        for _ in 0..300 {
            let value = of_type(schema, exprs, PURCHASES, Type::Int, false);
            let value_of_customer = exprs.add(schema, Op::OfCustomer { events: PURCHASES, value: count }).unwrap();
            let more = Op::Compare(Comparison::LessOrEqual, value_of_customer, value);
            let filter = Some(exprs.add(schema, more).unwrap());
            let (events, window, by, function) = (PURCHASES, Window::ALWAYS, None, Function::Count);
            count = exprs.add(schema, Op::Aggregate(Aggregate { events, window, filter, by, function })).unwrap();
        }
        let one = int(schema, exprs, 1);
        exprs.add(schema, Op::Compare(Comparison::LessOrEqual, one, count)).unwrap()
    });
}
