//! What decisions need beside masks and scores, told by every evaluator: a plan and its data by hand, with the answers.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

use std::sync::Arc;

use opportune_plan::{
    Channel, ChannelId, Comparison, Constant, Experiment, ExprId, Exprs, Field, FieldId, Float, History, HistoryId,
    Holdout, Hours, Moment, Offer, OfferId, Op, Plan, Portfolio, Quota, Route, Schema, SharedLimit, Source, Span,
    Table, TableId, TableKind, Timing, Type, VerifiedPlan, Weekdays, verify,
};
use opportune_runtime::bind::bind;
use opportune_runtime::evaluate::{Candidates, Evaluator, Selected};
use opportune_runtime::interpret::Interpreter;
use opportune_runtime::jit::{Compiled, Effort, Jit};
use opportune_runtime::remaining::remaining;
use opportune_runtime::snapshot::{self, Bitmap, ByCustomer, Column, Dictionary, Snapshot, Told, Values};
use opportune_runtime::time::Clock;
use opportune_runtime::vectorised::Vectorised;

const CONTACTS: TableId = TableId(1);
const NOW: i64 = 1_000_000_000;

fn field(name: &str, ty: Type, nullable: bool) -> Field {
    Field { name: name.into(), source: Source::Column(name.into()), ty, nullable, link: None }
}

fn schema(key: Type) -> Schema {
    let customer = TableKind::Customer { key: FieldId(0), introduced_by: vec![Schema::CUSTOMER] };
    let of_customer =
        vec![field("id", key, false), field("state", Type::Text, true), field("seen", Type::Instant, true)];
    let contact = TableKind::Events { at: FieldId(0), customer_column: "customer".into() };
    let of_contact =
        vec![field("at", Type::Instant, false), field("offer", Type::Text, true), field("minutes", Type::Int, false)];
    let table = |name: &str, kind, fields| Table { name: name.into(), source: name.into(), kind, fields };
    let tables = vec![table("customer", customer, of_customer), table("contact", contact, of_contact)];
    Schema { tables, domains: Vec::new() }
}

/// Two offers. `a` has at most ten in total, and is worth what is left of them; `b` is sent some time after a visit, by
/// the law of the customer's state.
fn plan(key: Type) -> VerifiedPlan {
    let (schema, mut exprs) = (schema(key), Exprs::default());
    let mut add = |op: Op| exprs.add(&schema, op).unwrap();
    let one = add(Op::Constant(Constant::Number(Float::new(1.0).unwrap())));
    let left = add(Op::Remaining(0));
    let worth = add(Op::ToNumber(left));
    let (state, seen) = (add(Op::Field(Schema::CUSTOMER, FieldId(1))), add(Op::Field(Schema::CUSTOMER, FieldId(2))));
    let bucket = |layer: &str| Op::Bucket { salt: "2026-q4".into(), layer: layer.into() };
    let (held_out, arms) = (add(bucket("holdout")), add(bucket("spring_sale")));
    let (minutes, few) = (add(Op::Field(CONTACTS, FieldId(2))), add(Op::Constant(Constant::Int(5))));
    let long = add(Op::Compare(Comparison::Less, few, minutes));
    let history = |filter: Option<ExprId>| History { filter, offer: Some(FieldId(1)), ..History::of(CONTACTS) };
    let arm = |name: &str, share| opportune_plan::Arm { name: name.into(), share };
    let moment = Moment::After { event: seen, least: Span::days(1), most: None };
    let timing = Timing { moments: vec![moment], ..Timing::between(None, Some(-1)) };
    let route = Route::by(ChannelId(0));
    let offers = vec![
        Offer { routes: vec![route], ..Offer::new("a", worth) },
        Offer {
            routes: vec![route],
            timing: Some(timing),
            experiment: Some(Experiment { bucket: arms, arms: vec![arm("big", 5_000), arm("small", 5_000)] }),
            ..Offer::new("b", one)
        },
        Offer { routes: vec![route], timing: Some(Timing::between(None, Some(-1))), ..Offer::new("c", one) },
    ];
    let quiet = Hours { from: 0, to: 1, days: Weekdays::ALL };
    let total = SharedLimit::Quota(Quota::total(OfferId(0), 10, Some(HistoryId(1))));
    let portfolio = Portfolio {
        holdout: Some(Holdout { share: 500, bucket: held_out }),
        shared: vec![total],
        ..Portfolio::default()
    };
    verify(Plan {
        channels: vec![Channel { quiet: vec![quiet], law: Some(state), ..Channel::new("email") }],
        histories: vec![history(None), history(Some(long))],
        offers,
        portfolio,
        ..Plan::new("facts", "UTC", schema, exprs)
    })
    .unwrap()
}

fn texts(all: &[&str], of: &[u32]) -> Values {
    let values = all.iter().map(|text| (*text).into()).collect();
    Values::Codes(of.to_vec(), Arc::new(Dictionary { values }))
}

/// Three customers; the last has no contact.
fn snapshot(keys: Values) -> Snapshot {
    let state = Column {
        values: texts(&["FL", "NY"], &[1, 0, 0]),
        validity: Some([true, false, true].into_iter().collect::<Bitmap>()),
    };
    let seen = Column {
        values: Values::Int64(vec![7, 8, 0]),
        validity: Some([true, true, false].into_iter().collect::<Bitmap>()),
    };
    let customers = vec![Column::full(keys), state, seen];
    let at = vec![1, 2, NOW, NOW + 1, 5];
    let offers = Column {
        values: texts(&["a", "b"], &[0, 0, 0, 0, 1]),
        validity: Some([true, true, true, true, true].into_iter().collect::<Bitmap>()),
    };
    let contacts =
        vec![Column::full(Values::Int64(at.clone())), offers, Column::full(Values::Int64(vec![6, 5, 7, 8, 9]))];
    let table = |rows, columns: Vec<Column>, by_customer| {
        let links = columns.iter().map(|_| None).collect();
        snapshot::Table { rows, columns, links, by_customer, unseen: None }
    };
    let of = ByCustomer { offsets: vec![0, 4, 5, 5], at };
    Snapshot { tables: vec![table(3, customers, None), table(5, contacts, Some(of))] }
}

/// What each evaluator finds.
fn found(plan: &VerifiedPlan, snapshot: &Snapshot) -> [Candidates; 3] {
    let clock = Clock::new(NOW, "UTC").unwrap();
    let program = Arc::new(bind(plan, snapshot, &clock));
    let compiled = Arc::new(Compiled::new(Arc::clone(&program), Effort::Quick).unwrap());
    let evaluators: [Box<dyn Evaluator>; 3] =
        [Box::new(Interpreter::new(plan, &clock)), Box::new(Vectorised::new(program)), Box::new(Jit::new(compiled))];
    evaluators.map(|mut evaluator| {
        let mut candidates = Candidates::default();
        // Twice: what is left from another block does no harm.
        evaluator.evaluate(&snapshot.block(0, 64), &mut candidates);
        evaluator.evaluate(&snapshot.block(0, 64), &mut candidates);
        candidates
    })
}

fn told(candidates: &Candidates, at: usize) -> Vec<Option<Told<'_>>> {
    (0..3).map(|row| candidates.facts[at].0.tells(row)).collect()
}

#[test]
fn facts_are_in_the_order_of_their_expressions() {
    let plan = plan(Type::Int);
    let snapshot = snapshot(Values::Int64(vec![1, -42, 2]));
    for candidates in found(&plan, &snapshot) {
        assert_eq!(candidates.facts.len(), 4);
        assert_eq!(told(&candidates, 0), [Some(Told::Text("NY")), None, Some(Told::Text("FL"))], "the law's state");
        assert_eq!(told(&candidates, 1), [Some(Told::Int(7)), Some(Told::Int(8)), None], "when they were seen");
        let buckets = |all: [i64; 3]| all.map(|bucket| Some(Told::Int(bucket))).to_vec();
        assert_eq!(told(&candidates, 2), buckets([5_995, 1_730, 5_756]), "as they are published");
        assert_eq!(told(&candidates, 3)[0], Some(Told::Int(7_581)), "as it is published");
    }
}

#[test]
fn keys_of_text_have_the_buckets_of_their_text() {
    let plan = plan(Type::Text);
    let snapshot = snapshot(texts(&["-42", "ada@example.com", "é"], &[0, 1, 2]));
    for candidates in found(&plan, &snapshot) {
        assert_eq!(told(&candidates, 2), [1_730, 9_466, 7_348].map(|bucket| Some(Told::Int(bucket))));
    }
}

/// A dictionary says nothing by itself, and a value that is missing nothing at all.
#[test]
fn facts_are_equal_by_what_they_tell() {
    let plan = plan(Type::Int);
    let snapshot = snapshot(Values::Int64(vec![1, -42, 2]));
    let [one, other, _] = found(&plan, &snapshot);
    let Values::Codes(codes, dictionary) = &one.facts[0].0.values else { panic!("no text") };
    let mut changed = other.clone();
    let mut wider = dictionary.values.clone();
    wider.insert(0, "AK".into());
    let recoded = codes.iter().map(|code| code + 1).collect();
    changed.facts[0].0.values = Values::Codes(recoded, Arc::new(Dictionary { values: wider }));
    assert_eq!(one.facts, changed.facts);
    changed.facts[0].0.validity = None;
    assert_ne!(one.facts, changed.facts);
}

#[test]
fn histories_hold_what_passes_until_now() {
    let plan = plan(Type::Int);
    for candidates in found(&plan, &snapshot(Values::Int64(vec![1, 2, 3]))) {
        let expected = Selected { begins: vec![0, 2, 3, 3], rows: vec![0, 2, 4] };
        assert_eq!(candidates.selected, [None, Some(expected)]);
    }
}

/// Of the contacts with `a`, one is too short and one is after `now`.
#[test]
fn what_is_left_is_told_to_all() {
    let plan = plan(Type::Int);
    let snapshot = snapshot(Values::Int64(vec![1, 2, 3]));
    assert_eq!(remaining(&plan, &snapshot, &Clock::new(NOW, "UTC").unwrap(), 0), Some(8));
    assert_eq!(remaining(&plan, &snapshot, &Clock::new(NOW, "UTC").unwrap(), 1), None, "there is no such limit");
    for candidates in found(&plan, &snapshot) {
        assert_eq!(candidates.scores[candidates.offers[0].clone()], [8.0, 8.0, 8.0]);
    }
}

/// Days alone are told here; a moment is left to the search for the time of sending, whatever days there are.
#[test]
fn days_alone_make_an_offer_untimely() {
    let plan = plan(Type::Int);
    for candidates in found(&plan, &snapshot(Values::Int64(vec![1, 2, 3]))) {
        assert_eq!(candidates.tallies.iter().map(|tally| tally.untimely).collect::<Vec<_>>(), [0, 0, 3]);
        assert_eq!(candidates.offers[1].len(), 3);
    }
}
