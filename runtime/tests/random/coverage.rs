//! The generator reaches everything: a test that draws only trivial cases would pass for nothing.

use std::collections::BTreeMap;

use opportune_plan::{Op, Quota, SharedLimit};
use opportune_runtime::evaluate::{Candidates, Evaluator, Fact};
use opportune_runtime::interpret::Interpreter;
use opportune_runtime::remaining::remaining;

use crate::generate::schema::types;
use crate::generate::{Case, Recipe};

fn kind(op: &Op) -> String {
    match op {
        Op::Aggregate(aggregate) if aggregate.by.is_some() => format!("{} by member", aggregate.function.name()),
        Op::Aggregate(aggregate) => aggregate.function.name().to_owned(),
        Op::Journey(_, part) => format!("{part:?}"),
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
        for thing in beside(&case, &candidates) {
            *found.entry(thing).or_default() += 1;
        }
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
    let functions = FUNCTIONS.iter().flat_map(|name| [(*name).to_owned(), format!("{name} by member")]);
    let stages = STAGES.iter().flat_map(|stage| [format!("of offers: {stage}"), format!("of families: {stage}")]);
    let builtins = BUILTINS.iter().map(|name| format!("{name}()"));
    let expected = OPERATIONS.iter().map(|name| (*name).to_owned()).chain(builtins).chain(functions).chain(stages);
    let facts = types().iter().map(|ty| format!("fact: {ty:?}"));
    let expected = expected.chain(facts).chain(BESIDE.iter().map(|thing| (*thing).to_owned()));
    let rare = expected.map(|name| (found.get(&name).copied().unwrap_or(0), name)).filter(|(count, _)| *count < 4);
    let rare: Vec<_> = rare.collect();
    assert!(rare.is_empty(), "drawn too seldom: {rare:?} of {found:#?}");
}

/// What deciding needs beside masks and scores, as far as this case has it.
fn beside(case: &Case, candidates: &Candidates) -> Vec<String> {
    let mut found = Vec::new();
    for (Fact(column), id) in candidates.facts.iter().zip(case.plan.facts()) {
        let missing = (0..column.len()).filter(|row| column.tells(*row).is_none()).count();
        let ty = format!("{:?}", case.plan.exprs.node(id).ty);
        found.extend((missing < column.len()).then(|| format!("fact: {ty}")));
        found.extend((missing > 0).then(|| "fact: missing".to_owned()));
    }
    for (selected, history) in candidates.selected.iter().zip(&case.plan.histories) {
        let events = case.snapshot.tables[history.events.0 as usize].rows;
        let rows = selected.as_ref().map(|selected| selected.rows.len()).filter(|_| events > 0);
        found.extend(rows.map(|rows| match rows {
            0 => "history: none".to_owned(),
            rows if rows == events => "history: all".to_owned(),
            _ => "history: some".to_owned(),
        }));
    }
    for pick in candidates.picks.iter().flatten() {
        found.push(format!("pick: {}", if pick.is_empty() { "none" } else { "some" }));
    }
    for limit in 0..case.plan.portfolio.shared.len() as u32 {
        let Some(SharedLimit::Quota(Quota { most, .. })) = case.plan.portfolio.shared.get(limit as usize) else {
            continue;
        };
        let Some(left) = remaining(&case.plan, &case.snapshot, &case.clock, limit) else { continue };
        found.extend((left < *most).then(|| format!("total: {}", if left == 0 { "nothing left" } else { "less" })));
    }
    found
}

const BESIDE: [&str; 8] = [
    "fact: missing",
    "history: none",
    "history: all",
    "history: some",
    "pick: none",
    "pick: some",
    "total: nothing left",
    "total: less",
];

const OPERATIONS: [&str; 32] = [
    "Bucket",
    "Remaining",
    "Constant",
    "Missing",
    "Now",
    "Field",
    "Member",
    "Follow",
    "OfCustomer",
    "Lookup",
    "Step",
    "Since",
    "Not",
    "And",
    "Or",
    "IsMissing",
    "IsTrue",
    "Equal",
    "Less",
    "LessOrEqual",
    "In",
    "StartsWith",
    "EndsWith",
    "Contains",
    "Else",
    "If",
    "ToNumber",
    "Negate",
    "Add",
    "Subtract",
    "Multiply",
    "Divide",
];

const BUILTINS: [&str; 39] = [
    "today",
    "moved",
    "date",
    "time",
    "instant",
    "year",
    "month",
    "day",
    "weekday",
    "day_of_year",
    "week",
    "hour",
    "minute",
    "second",
    "start_of_day",
    "start_of_week",
    "start_of_month",
    "start_of_quarter",
    "start_of_year",
    "anniversary",
    "months_between",
    "abs",
    "floor",
    "ceil",
    "round",
    "sqrt",
    "exp",
    "ln",
    "power",
    "least",
    "greatest",
    "quotient",
    "remainder",
    "length",
    "place",
    "distance",
    "contains",
    "overlaps",
    "size",
];

const FUNCTIONS: [&str; 12] = [
    "exists",
    "count",
    "sum",
    "avg",
    "min",
    "max",
    "first",
    "last",
    "distinct",
    "most_frequent",
    "frequency_rank",
    "typical_gap",
];

const STAGES: [&str; 8] =
    ["eligible", "excepted", "forbidden", "unreachable", "untimely", "capped", "withheld", "candidates"];
