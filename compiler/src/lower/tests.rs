//! Each pass keeps the answer: random conditions are evaluated before and after it, by Kleene's tables written out.

use opportune_plan::{
    Builtin, Channel, ChannelId, Comparison, Constant, Element, ExprId, Exprs, Field, FieldId, Float, Offer, Op, Plan,
    Route, Schema, Source, Table, TableKind, Type, verify,
};
use proptest::prelude::*;

use super::{PASSES, rebuild};

/// A value, or nothing where it is missing.
type Value = Option<i64>;

const FLAG: Op = Op::Field(Schema::CUSTOMER, FieldId(1));
const OTHER_FLAG: Op = Op::Field(Schema::CUSTOMER, FieldId(2));
const NUMBER: Op = Op::Field(Schema::CUSTOMER, FieldId(3));
const SURE: Op = Op::Field(Schema::CUSTOMER, FieldId(4));

fn schema() -> Schema {
    let field = |name: &str, ty, nullable| Field {
        name: name.into(),
        source: Source::Column(name.into()),
        ty,
        nullable,
        link: None,
    };
    let fields = vec![
        field("id", Type::Int, false),
        field("flag", Type::Bool, true),
        field("other", Type::Bool, true),
        field("number", Type::Int, true),
        field("sure", Type::Int, false),
    ];
    let kind = TableKind::Customer { key: FieldId(0), introduced_by: vec![Schema::CUSTOMER] };
    Schema { tables: vec![Table { name: "c".into(), source: "c".into(), kind, fields }], domains: Vec::new() }
}

/// An expression to be built: a condition or an int.
#[derive(Clone, Debug)]
enum Tree {
    Leaf(Op),
    Not(Box<Tree>),
    And(Vec<Tree>),
    Or(Vec<Tree>),
    IsMissing(Box<Tree>),
    IsTrue(Box<Tree>),
    Else(Box<Tree>, Box<Tree>),
    If(Box<Tree>, Box<Tree>, Box<Tree>),
    Compare(Comparison, Box<Tree>, Box<Tree>),
    In(Box<Tree>, Vec<i64>),
    Add(Box<Tree>, Box<Tree>),
    Negate(Box<Tree>),
    /// Whether the set of these has the value, as what a guarantee makes of a field of an offer.
    Has(Vec<i64>, Box<Tree>),
    /// How many these are.
    Size(Vec<i64>),
}

fn boxed(tree: Tree) -> Box<Tree> {
    Box::new(tree)
}

fn int() -> impl Strategy<Value = Tree> {
    let constant = (-1..4_i64).prop_map(|n| Tree::Leaf(Op::Constant(Constant::Int(n))));
    let leaf = prop_oneof![constant, Just(Tree::Leaf(NUMBER)), Just(Tree::Leaf(SURE))];
    leaf.prop_recursive(2, 6, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| Tree::Add(boxed(a), boxed(b))),
            inner.clone().prop_map(|a| Tree::Negate(boxed(a))),
            proptest::collection::vec(-1..4_i64, 0..3).prop_map(Tree::Size),
            (inner.clone(), inner).prop_map(|(a, b)| Tree::Else(boxed(a), boxed(b))),
        ]
    })
}

fn condition() -> impl Strategy<Value = Tree> {
    use Comparison::{Equal, Less, LessOrEqual};
    let comparison = prop_oneof![Just(Equal), Just(Less), Just(LessOrEqual)];
    let leaf = prop_oneof![
        Just(Tree::Leaf(FLAG)),
        Just(Tree::Leaf(OTHER_FLAG)),
        any::<bool>().prop_map(|value| Tree::Leaf(Op::Constant(Constant::Bool(value)))),
        (comparison, int(), int()).prop_map(|(c, a, b)| Tree::Compare(c, boxed(a), boxed(b))),
        (int(), proptest::collection::vec(-1..4_i64, 1..3)).prop_map(|(a, all)| Tree::In(boxed(a), all)),
        (int(), proptest::collection::vec(-1..4_i64, 0..3)).prop_map(|(a, all)| Tree::Has(all, boxed(a))),
        int().prop_map(|a| Tree::IsMissing(boxed(a))),
    ];
    leaf.prop_recursive(5, 40, 3, |inner| {
        let one = || inner.clone();
        prop_oneof![
            3 => one().prop_map(|a| Tree::Not(boxed(a))),
            2 => proptest::collection::vec(one(), 2..4).prop_map(Tree::And),
            2 => proptest::collection::vec(one(), 2..4).prop_map(Tree::Or),
            1 => one().prop_map(|a| Tree::IsMissing(boxed(a))),
            1 => one().prop_map(|a| Tree::IsTrue(boxed(a))),
            1 => (one(), one()).prop_map(|(a, b)| Tree::Else(boxed(a), boxed(b))),
            1 => (one(), one(), one()).prop_map(|(a, b, c)| Tree::If(boxed(a), boxed(b), boxed(c))),
        ]
    })
}

fn build(tree: &Tree, schema: &Schema, exprs: &mut Exprs) -> ExprId {
    let mut all = |trees: &[Tree]| trees.iter().map(|tree| build(tree, schema, exprs)).collect::<Box<[ExprId]>>();
    let mut one = |tree: &Tree| all(std::slice::from_ref(tree))[0];
    let op = match tree {
        Tree::Leaf(op) => op.clone(),
        Tree::Not(a) => Op::Not(one(a)),
        Tree::And(trees) => Op::And(all(trees)),
        Tree::Or(trees) => Op::Or(all(trees)),
        Tree::IsMissing(a) => Op::IsMissing(one(a)),
        Tree::IsTrue(a) => Op::IsTrue(one(a)),
        Tree::Else(a, b) => Op::Else(one(a), one(b)),
        Tree::If(a, b, c) => Op::If(one(a), one(b), one(c)),
        Tree::Compare(comparison, a, b) => Op::Compare(*comparison, one(a), one(b)),
        Tree::In(a, values) => {
            let values: std::collections::BTreeSet<_> = values.iter().copied().map(Constant::Int).collect();
            Op::In(one(a), values.into_iter().collect())
        }
        Tree::Negate(a) => Op::Negate(one(a)),
        Tree::Has(values, a) => {
            let set = one(&Tree::Leaf(Op::Constant(set(values))));
            Op::Call(Builtin::Has, Box::new([set, one(a)]))
        }
        Tree::Size(values) => Op::Call(Builtin::Size, Box::new([one(&Tree::Leaf(Op::Constant(set(values))))])),
        Tree::Add(a, b) => Op::Arithmetic(opportune_plan::Arithmetic::Add, one(a), one(b)),
    };
    exprs.add(schema, op).unwrap()
}

fn set(values: &[i64]) -> Constant {
    let values: std::collections::BTreeSet<_> = values.iter().copied().map(Constant::Int).collect();
    Constant::Set(Element::Int, values.into_iter().collect())
}

fn plan(tree: &Tree) -> Plan {
    let schema = schema();
    let mut exprs = Exprs::default();
    let eligible = build(tree, &schema, &mut exprs);
    let one = exprs.add(&schema, Op::Constant(Constant::Number(Float::new(1.0).unwrap()))).unwrap();
    let offer = Offer { eligible: Some(eligible), routes: vec![Route::by(ChannelId(0))], ..Offer::new("o", one) };
    Plan { channels: vec![Channel::new("m")], offers: vec![offer], ..Plan::new("p", "UTC", schema, exprs) }
}

/// The truth of a condition is 1 or 0.
fn evaluate(exprs: &Exprs, id: ExprId, row: &[Value; 5]) -> Value {
    let value = |id: ExprId| evaluate(exprs, id, row);
    match &exprs.get(id).unwrap().op {
        Op::Constant(Constant::Bool(value)) => Some(i64::from(*value)),
        Op::Constant(Constant::Int(value)) => Some(*value),
        Op::Field(_, field) => row[field.0 as usize],
        Op::Not(a) => value(*a).map(|a| 1 - a),
        Op::And(all) => connective(all.iter().map(|id| value(*id)), 0),
        Op::Or(all) => connective(all.iter().map(|id| value(*id)), 1),
        Op::IsMissing(a) => Some(i64::from(value(*a).is_none())),
        Op::IsTrue(a) => Some(i64::from(value(*a) == Some(1))),
        Op::Else(a, b) => value(*a).or(value(*b)),
        Op::If(when, a, b) => value(*when).and_then(|when| value(if when == 1 { *a } else { *b })),
        Op::In(a, all) => value(*a).map(|a| i64::from(all.contains(&Constant::Int(a)))),
        Op::Compare(comparison, a, b) => value(*a).zip(value(*b)).map(|(a, b)| {
            i64::from(match comparison {
                Comparison::Equal => a == b,
                Comparison::Less => a < b,
                Comparison::LessOrEqual => a <= b,
            })
        }),
        Op::Arithmetic(opportune_plan::Arithmetic::Add, a, b) => value(*a).zip(value(*b)).map(|(a, b)| a + b),
        Op::Negate(a) => value(*a).map(|a| -a),
        Op::Call(Builtin::Has, both) => match &exprs.get(both[0]).unwrap().op {
            Op::Constant(Constant::Set(_, all)) => value(both[1]).map(|a| i64::from(all.contains(&Constant::Int(a)))),
            other => panic!("not generated: {other:?}"),
        },
        Op::Call(Builtin::Size, set) => match &exprs.get(set[0]).unwrap().op {
            Op::Constant(Constant::Set(_, all)) => i64::try_from(all.len()).ok(),
            other => panic!("not generated: {other:?}"),
        },
        other => panic!("not generated: {other:?}"),
    }
}

/// One `decides` is enough; without one, all must be known.
fn connective(values: impl Iterator<Item = Value>, decides: i64) -> Value {
    let values: Vec<Value> = values.collect();
    if values.contains(&Some(decides)) {
        return Some(decides);
    }
    values.iter().all(Option::is_some).then_some(1 - decides)
}

fn rows() -> Vec<[Value; 5]> {
    let flags = [None, Some(0), Some(1)];
    let numbers = [None, Some(-1), Some(0), Some(2)];
    let mut rows = Vec::new();
    for flag in flags {
        for other in flags {
            for number in numbers {
                rows.extend([0, 3].map(|sure| [Some(7), flag, other, number, Some(sure)]));
            }
        }
    }
    rows
}

fn answers(plan: &Plan) -> Vec<Value> {
    let eligible = plan.offers[0].eligible.unwrap();
    rows().iter().map(|row| evaluate(&plan.exprs, eligible, row)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_pass_keeps_the_answer(tree in condition()) {
        let mut plan = plan(&tree);
        let wanted = answers(&plan);
        for (pass, rule) in PASSES {
            plan = rebuild::rebuild(plan, *rule).unwrap();
            prop_assert_eq!(&answers(&plan), &wanted, "{} changed the answer: {}", pass, plan);
        }
        let again = plan.clone();
        let again = PASSES.iter().fold(again, |plan, (_, rule)| rebuild::rebuild(plan, *rule).unwrap());
        prop_assert_eq!(answers(&again), wanted);
        prop_assert!(verify(plan).is_ok());
    }
}
