//! What binding computes once: by row of a lookup table, by entry of a dictionary, by zone, or for good.

use opportune_plan::{
    Aggregate, Builtin, Comparison, Constant, Element, ExprId, Exprs, Field, FieldId, Float, Function,
    Offer as PlanOffer, Op as P, Plan, Schema, Source, Table, TableId, TableKind, Type, Unit, VerifiedPlan, Window,
    verify,
};

use super::*;
use crate::sample;
use crate::snapshot::{ByCustomer, Column, Elements, SetDictionary, Table as Rows};

const CUSTOMER: TableId = Schema::CUSTOMER;
const PURCHASE: TableId = TableId(1);
const PRODUCT: TableId = TableId(2);

const NAME: FieldId = FieldId(1);
const ZONE: FieldId = FieldId(2);
const TAGS: FieldId = FieldId(3);

const NOW: i64 = 1_511_186_400_000_000;

fn field(name: &str, ty: Type) -> Field {
    Field { name: name.into(), source: Source::Column(name.into()), ty, nullable: false, link: None }
}

fn schema() -> Schema {
    let table = |name: &str, kind, fields| Table { name: name.into(), source: name.into(), kind, fields };
    let customer = vec![
        field("id", Type::Int),
        field("name", Type::Text),
        field("zone", Type::Zone),
        field("tags", Type::Set(Element::Text)),
    ];
    let introduced_by = vec![CUSTOMER];
    Schema {
        tables: vec![
            table("customer", TableKind::Customer { key: FieldId(0), introduced_by }, customer),
            table(
                "purchase",
                TableKind::Events { at: FieldId(0), customer_column: "customer".into() },
                vec![field("at", Type::Instant)],
            ),
            table(
                "product",
                TableKind::Lookup { key: FieldId(0) },
                vec![field("code", Type::Text), field("price", Type::Int)],
            ),
        ],
        domains: Vec::new(),
    }
}

fn dictionary(values: &[&str]) -> Arc<Dictionary> {
    Arc::new(Dictionary { values: values.iter().map(|value| (*value).into()).collect() })
}

/// Six customers of three names, two zones and two sets; no purchases; two products.
fn snapshot() -> Snapshot {
    let codes = |codes: [u32; 6], values: &[&str]| Column::full(Values::Codes(codes.into(), dictionary(values)));
    let sets = SetDictionary {
        sets: vec![[].into(), [0, 1].into()],
        elements: Elements::Texts(dictionary(&["baby", "toys"])),
    };
    let customer = vec![
        Column::full(Values::Int64((0..6).collect())),
        codes([0, 1, 2, 0, 1, 2], &["Ada", "Grace", "Jo"]),
        codes([0, 1, 0, 1, 0, 1], &["America/New_York", "Pacific/Apia"]),
        Column::full(Values::Sets(vec![0, 1, 0, 1, 0, 1], Arc::new(sets))),
    ];
    let product = vec![
        Column::full(Values::Codes(vec![1, 0], dictionary(&["123", "456"]))),
        Column::full(Values::Int64(vec![30, 7])),
    ];
    let rows = |rows, columns: Vec<Column>, by_customer| Rows {
        rows,
        links: columns.iter().map(|_| None).collect(),
        columns,
        by_customer,
        unseen: None,
    };
    let no_events = ByCustomer { offsets: vec![0; 7], at: Vec::new() };
    Snapshot {
        tables: vec![
            rows(6, customer, None),
            rows(0, vec![Column::full(Values::Int64(Vec::new()))], Some(no_events)),
            rows(2, product, None),
        ],
    }
}

/// A plan of one offer, for whom a condition holds.
fn plan(condition: impl FnOnce(&mut dyn FnMut(P) -> ExprId) -> ExprId) -> VerifiedPlan {
    let (schema, mut exprs) = (schema(), Exprs::default());
    let eligible = condition(&mut |op| exprs.add(&schema, op).unwrap());
    let priority = exprs.add(&schema, P::Constant(Constant::Number(Float::new(1.0).unwrap()))).unwrap();
    let offer = PlanOffer { eligible: Some(eligible), ..sample::offer("only", priority) };
    verify(Plan { zone: "America/New_York".into(), ..sample::plan(schema, exprs, vec![offer]) }).unwrap()
}

fn bound(condition: impl FnOnce(&mut dyn FnMut(P) -> ExprId) -> ExprId) -> Program {
    bind(&plan(condition), &snapshot(), &Clock::new(NOW, "America/New_York").unwrap())
}

/// What the condition of the offer came to.
fn eligible(program: &Program) -> &Op {
    &program.node(program.offers[0].eligible.unwrap()).op
}

fn int(add: &mut dyn FnMut(P) -> ExprId, value: i64) -> ExprId {
    add(P::Constant(Constant::Int(value)))
}

/// How many nodes are functions computed row by row over customers or events.
fn calls_by_row(program: &Program) -> usize {
    let by_row = [Scope::Row(CUSTOMER), Scope::Row(PURCHASE)];
    program.nodes.iter().filter(|node| matches!(node.op, Op::Call(..)) && by_row.contains(&node.scope)).count()
}

#[test]
fn what_depends_on_a_text_is_computed_by_entry() {
    let program = bound(|add| {
        let name = add(P::Field(CUSTOMER, NAME));
        let length = add(P::Call(Builtin::Length, [name].into()));
        let three = int(add, 3);
        add(P::Compare(Comparison::LessOrEqual, length, three))
    });
    assert_eq!(calls_by_row(&program), 0);
    // `Ada` and `Jo`: the test itself is one of codes.
    let Op::Not(inner) = eligible(&program) else { panic!("{:?}", eligible(&program)) };
    assert!(matches!(program.node(*inner).op, Op::Atom(_, Atom::CodeEqual(1))), "{:?}", program.node(*inner));
}

#[test]
fn a_value_by_entry_is_as_long_as_its_dictionary() {
    let program = bound(|add| {
        let name = add(P::Field(CUSTOMER, NAME));
        let (length, id) = (add(P::Call(Builtin::Length, [name].into())), add(P::Field(CUSTOMER, FieldId(0))));
        add(P::Compare(Comparison::Less, length, id))
    });
    assert_eq!(calls_by_row(&program), 0);
    assert!(program.lookups.iter().any(|lookup| lookup.vectors.int64s == [3, 5, 2] && !lookup.missing));
}

#[test]
fn sets_are_asked_by_entry() {
    for (op, word) in [(Builtin::Has, "toys"), (Builtin::Has, "wine"), (Builtin::Overlaps, "baby")] {
        let program = bound(|add| {
            let tags = add(P::Field(CUSTOMER, TAGS));
            let word = Constant::Text(word.into());
            let of = if op == Builtin::Has { word } else { Constant::Set(Element::Text, [word].into()) };
            let of = add(P::Constant(of));
            add(P::Call(op, [tags, of].into()))
        });
        assert_eq!(calls_by_row(&program), 0);
        let expected = if word == "wine" { texts::NO_CODE } else { 1 };
        assert!(matches!(eligible(&program), Op::Atom(_, Atom::CodeEqual(code)) if *code == expected), "{word}");
    }
}

#[test]
fn what_depends_on_a_zone_is_computed_by_zone() {
    let program = bound(|add| {
        let zone = add(P::Field(CUSTOMER, ZONE));
        let today = add(P::Call(Builtin::Today, [zone].into()));
        let month = add(P::Call(Builtin::StartOf(Unit::Month), [today].into()));
        let midnight = add(P::Constant(Constant::Time(0)));
        let after = Some(add(P::Call(Builtin::At, [month, midnight, zone].into())));
        let (window, function) = (Window { after, until: None }, Function::Exists);
        add(P::Aggregate(Aggregate { events: PURCHASE, window, filter: None, by: None, function }))
    });
    assert_eq!(calls_by_row(&program), 0);
    let [Selection { after: Bound::Of(after), until: Bound::Open, .. }] = program.selections[..] else {
        panic!("{:?}", program.selections)
    };
    let Op::Entry(_, lookup) = program.node(after).op else { panic!("{:?}", program.node(after)) };
    // The first of November in New York and in Apia, each as its clocks have it.
    let starts = &program.lookups[lookup as usize].vectors.int64s;
    assert_eq!(starts[..], [1_509_508_800_000_000, 1_509_444_000_000_000]);
}

#[test]
fn one_zone_for_all_is_a_constant() {
    let program = bound(|add| {
        let zone = add(P::Constant(Constant::Zone("america/new_york".into())));
        let (now, week) = (add(P::Now), add(P::Constant(Constant::Days(-7))));
        let after = Some(add(P::Call(Builtin::Shift, [now, week, zone].into())));
        let (window, function) = (Window { after, until: None }, Function::Exists);
        add(P::Aggregate(Aggregate { events: PURCHASE, window, filter: None, by: None, function }))
    });
    let week = 7 * 24 * 3_600_000_000;
    assert!(matches!(program.selections[..], [Selection { after: Bound::At(after), .. }] if after == NOW - week));
}

#[test]
fn a_constant_key_is_looked_up_once() {
    let look_up = |key: &str, price| {
        bound(|add| {
            let key = add(P::Constant(Constant::Text(key.into())));
            let value = add(P::Field(PRODUCT, FieldId(1)));
            let (found, price) = (add(P::Lookup { table: PRODUCT, key, value }), int(add, price));
            add(P::Compare(Comparison::Equal, found, price))
        })
    };
    assert!(matches!(eligible(&look_up("123", 7)), Op::Constant(Scalar::Bool(true))));
    assert!(matches!(eligible(&look_up("456", 7)), Op::Constant(Scalar::Bool(false))));
    assert!(matches!(eligible(&look_up("789", 7)), Op::Missing(Kind::Bits)));
}

#[test]
fn keys_of_a_column_share_one_index() {
    let program = bound(|add| {
        let key = add(P::Field(CUSTOMER, NAME));
        let [price, code] = [1, 0].map(|field| {
            let value = add(P::Field(PRODUCT, FieldId(field)));
            add(P::Lookup { table: PRODUCT, key, value })
        });
        let [price, code] = [price, code].map(|found| add(P::IsMissing(found)));
        add(P::And([price, code].into()))
    });
    assert_eq!(program.finds.len(), 1);
    assert_eq!(program.nodes.iter().filter(|node| matches!(node.op, Op::Find(..))).count(), 1);
}

#[test]
fn families_are_left_to_their_own_evaluation() {
    let mut plan = plan(|add| {
        let name = add(P::Field(CUSTOMER, NAME));
        add(P::StartsWith(name, "A".into()))
    })
    .into_inner();
    plan.offers[0].family = Some(opportune_plan::Family { table: PRODUCT, field: FieldId(0) });
    let program = bind(&verify(plan).unwrap(), &snapshot(), &Clock::new(NOW, "UTC").unwrap());
    assert!(matches!(eligible(&program), Op::Constant(Scalar::Bool(false))));
}
