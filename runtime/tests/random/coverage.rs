//! The generator reaches everything: a test that draws only trivial cases would pass for nothing.

use std::collections::BTreeMap;

use opportune_plan::{Builtin, Op};
use opportune_runtime::evaluate::{Candidates, Evaluator};
use opportune_runtime::interpret::Interpreter;

use crate::generate::Recipe;

fn kind(op: &Op) -> String {
    match op {
        Op::Aggregate(aggregate) if aggregate.by.is_some() => format!("{} by member", aggregate.function.name()),
        Op::Aggregate(aggregate) => aggregate.function.name().to_owned(),
        Op::Journey(_, part) => format!("{part:?}"),
        Op::Call(Builtin::Quotient, _) => "quotient".to_owned(),
        Op::Call(builtin, _) => format!("{}()", builtin.name()),
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
    let mut found: BTreeMap<String, u64> = BTreeMap::new();
    for seed in 0..4_000 {
        let case = Recipe::random(seed).build();
        for (_, node) in case.plan.exprs.iter() {
            *found.entry(kind(&node.op)).or_default() += 1;
        }
        let mut candidates = Candidates::default();
        Interpreter::new(&case.plan, &case.clock).evaluate(&case.snapshot.block(0, 4_096), &mut candidates);
        for (at, (tally, range)) in candidates.tallies.iter().zip(&candidates.offers).enumerate() {
            let family = candidates.families.iter().find(|family| family.offer.0 as usize == at);
            let (word, made) = family.map_or(("offers", range.len() as u64), |family| ("families", family.len()));
            let stages = [
                ("eligible", tally.eligible),
                ("excepted", tally.excepted),
                ("forbidden", tally.forbidden),
                ("unreachable", tally.unreachable),
                ("untimely", tally.untimely),
                ("capped", tally.capped),
                ("withheld", tally.withheld),
                ("candidates", made),
            ];
            for (stage, count) in stages {
                *found.entry(format!("of {word}: {stage}")).or_default() += u64::from(count > 0);
            }
        }
    }
    let rare: Vec<_> = found.iter().filter(|(_, count)| **count < 10).collect();
    assert!(rare.is_empty(), "drawn too seldom: {rare:?}");
    assert_eq!(found.len(), 0, "{found:#?}");
}
