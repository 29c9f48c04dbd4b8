//! The generator reaches everything: a test that draws only trivial cases would pass for nothing.

use std::collections::BTreeMap;

use opportune_plan::Op;
use opportune_runtime::evaluate::{Candidates, Evaluator};
use opportune_runtime::interpret::Interpreter;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use crate::generate::case;

fn kind(op: &Op) -> String {
    match op {
        Op::Aggregate(aggregate) => aggregate.function.name().to_owned(),
        Op::Arithmetic(operation, ..) => format!("{operation:?}"),
        Op::Compare(comparison, ..) => format!("{comparison:?}"),
        op => {
            let shown = format!("{op:?}");
            shown.split([' ', '(', '{']).next().unwrap_or_default().to_owned()
        }
    }
}

#[test]
fn random_cases_reach_every_operation_and_every_outcome() {
    let mut runner = TestRunner::deterministic();
    let mut found: BTreeMap<String, u64> = BTreeMap::new();
    for _ in 0..600 {
        let case = case().new_tree(&mut runner).unwrap().current();
        for (_, node) in case.plan.exprs.iter() {
            *found.entry(kind(&node.op)).or_default() += 1;
        }
        let mut candidates = Candidates::default();
        Interpreter::new(&case.plan, &case.clock).evaluate(&case.snapshot.block(0, 4_096), &mut candidates);
        for (tally, range) in candidates.tallies.iter().zip(&candidates.offers) {
            let stages = [
                ("not eligible", candidates.len as u64 - tally.eligible),
                ("excepted", tally.excepted),
                ("unreachable", tally.unreachable),
                ("untimely", tally.untimely),
                ("capped", tally.capped),
                ("withheld", tally.withheld),
                ("candidates", range.len() as u64),
            ];
            for (stage, count) in stages {
                *found.entry(format!("of offers: {stage}")).or_default() += u64::from(count > 0);
            }
        }
    }
    let rare: Vec<_> = found.iter().filter(|(_, count)| **count < 30).collect();
    assert!(rare.is_empty(), "drawn too seldom: {rare:?}");
    assert_eq!(found.len(), 43, "{found:#?}");
}
