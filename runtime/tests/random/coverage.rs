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
    for seed in 0..3_000 {
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

#[test]
fn zz_speed() {
    use opportune_runtime::bind::bind;
    use opportune_runtime::jit::{Compiled, Effort};
    use opportune_runtime::vectorised::Vectorised;
    use std::time::{Duration, Instant};
    let mut spent = [Duration::ZERO; 6];
    for seed in 0..3_000 {
        let began = Instant::now();
        let recipe = Recipe::random(seed);
        let (clock, plan) = recipe.plan();
        spent[0] += began.elapsed();
        let began = Instant::now();
        let case = recipe.with_data(clock, plan);
        spent[1] += began.elapsed();
        let began = Instant::now();
        let block = case.snapshot.block(0, 64);
        let mut candidates = Candidates::default();
        let mut interpreter = Interpreter::new(&case.plan, &case.clock);
        spent[2] += began.elapsed();
        let began = Instant::now();
        interpreter.evaluate(&block, &mut candidates);
        spent[3] += began.elapsed();
        let began = Instant::now();
        let program = std::sync::Arc::new(bind(&case.plan, &case.snapshot, &case.clock));
        spent[4] += began.elapsed();
        let began = Instant::now();
        Vectorised::new(program.clone()).evaluate(&block, &mut candidates);
        spent[5] += began.elapsed();
    }
    panic!("plan, data, lay, interpret, bind, vectorised: {:?}", spent.map(|spent| spent / 3_000));
}
