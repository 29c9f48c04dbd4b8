//! Machine code gives its memory back, and no page is ever writable and executable at once.
//!
//! The only test of its process: others would map and unmap pages meanwhile.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

use std::sync::Arc;

use opportune_plan::{
    Channel, ChannelId, Comparison, Constant, Exprs, Field, FieldId, Float, Offer, Op, Plan, Route, Schema, Source,
    Table, TableKind, Type, VerifiedPlan, verify,
};
use opportune_runtime::bind::bind;
use opportune_runtime::evaluate::{Candidates, Evaluator};
use opportune_runtime::jit::{Compiled, Effort, Jit};
use opportune_runtime::snapshot::{self, Column, Snapshot, Values};
use opportune_runtime::time::Clock;

/// Offers to those whose `worth` is above 0.5, for what it is worth.
fn plan(offers: usize) -> VerifiedPlan {
    let field = |name: &str, ty| Field {
        name: name.into(),
        source: Source::Column(name.into()),
        ty,
        nullable: false,
        link: None,
    };
    let kind = TableKind::Customer { key: FieldId(0), introduced_by: vec![Schema::CUSTOMER] };
    let fields = vec![field("id", Type::Int), field("worth", Type::Number)];
    let schema = Schema {
        tables: vec![Table { name: "customer".into(), source: "customer".into(), kind, fields }],
        domains: Vec::new(),
    };
    let mut exprs = Exprs::default();
    let worth = exprs.add(&schema, Op::Field(Schema::CUSTOMER, FieldId(1))).unwrap();
    let half = exprs.add(&schema, Op::Constant(Constant::Number(Float::new(0.5).unwrap()))).unwrap();
    let above = exprs.add(&schema, Op::Compare(Comparison::Less, half, worth)).unwrap();
    let offer = |at: usize| Offer {
        eligible: Some(above),
        routes: vec![Route::by(ChannelId(0))],
        ..Offer::new(format!("offer_{at:04}"), worth)
    };
    verify(Plan {
        channels: vec![Channel::new("email")],
        offers: (0..offers).map(offer).collect(),
        ..Plan::new("pages", "UTC", schema, exprs)
    })
    .unwrap()
}

fn snapshot() -> Snapshot {
    let columns =
        vec![Column::full(Values::Int64(vec![1, 2, 3])), Column::full(Values::Float64(vec![0.75, 0.25, 1.5]))];
    let table = snapshot::Table { rows: 3, columns, links: vec![None, None], by_customer: None, unseen: None };
    Snapshot { tables: vec![table] }
}

/// How many executable regions belong to no file. Stops at one that is writable too.
fn executable() -> usize {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let regions = maps.lines().filter_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        assert!(!(fields[1].contains('w') && fields[1].contains('x')), "writable and executable: {line}");
        (fields.len() == 5).then(|| fields[1].to_owned())
    });
    regions.filter(|permissions| permissions.contains('x')).count()
}

#[test]
fn memory_for_code_is_given_back() {
    let (plan, snapshot, clock) = (plan(100), snapshot(), Clock::new(0, "UTC").unwrap());
    let before = executable();
    for _ in 0..20 {
        let compiled = Arc::new(Compiled::new(Arc::new(bind(&plan, &snapshot, &clock)), Effort::Best).unwrap());
        let mut jit = Jit::new(Arc::clone(&compiled));
        let mut candidates = Candidates::default();
        jit.evaluate(&snapshot.block(0, 64), &mut candidates);
        assert_eq!(candidates.rows, [0, 2].repeat(100));
        assert_eq!(candidates.scores, [0.75, 1.5].repeat(100));
        drop(compiled);
        assert!(executable() > before, "an evaluator keeps its code");
        drop(jit);
        assert_eq!(executable(), before);
    }
}
