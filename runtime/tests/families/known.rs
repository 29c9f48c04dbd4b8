//! Families whose answer is known.

use std::collections::BTreeMap;
use std::sync::Arc;

use opportune_plan::{Aggregate, Builtin, ChannelId, Constant, Function, Op, Pick, Plan, Slate, Window, verify};
use opportune_runtime::bind::bind;
use opportune_runtime::evaluate::{Candidates, Evaluator};
use opportune_runtime::families::{Member, Members};
use opportune_runtime::interpret::Interpreter;
use opportune_runtime::run::{Engine, Options, decide_all};
use opportune_runtime::snapshot::{Snapshot, Told};
use opportune_runtime::vectorised::Vectorised;

use crate::data::*;
use crate::dice::Dice;
use crate::policy::{by_label, eligible_when};

fn never_bought(members: usize, missing_is_false: bool) -> Plan {
    eligible_when(members, |add| {
        let by = Some(by_label(add, missing_is_false));
        let function = Function::Exists;
        let bought =
            add(Op::Aggregate(Aggregate { events: PURCHASES, window: Window::ALWAYS, filter: None, by, function }));
        add(Op::Not(bought))
    })
}

fn evaluated(plan: &Plan, snapshot: &Snapshot) -> Candidates {
    let plan = verify(plan.clone()).unwrap();
    let mut found = Candidates::default();
    let program = Arc::new(bind(&plan, snapshot, &clock()));
    Vectorised::new(program).evaluate(&snapshot.block(0, 4_096), &mut found);
    found
}

/// The members that a customer of the snapshot never bought, by reading its columns.
fn expected(snapshot: &Snapshot, members: &Members, customer: usize, missing_is_false: bool) -> usize {
    use opportune_runtime::snapshot::Values;
    let events = &snapshot.tables[PURCHASES.0 as usize];
    let offsets = &events.by_customer.as_ref().unwrap().offsets;
    let labels = &events.columns[LABEL.0 as usize];
    let Values::Codes(codes, dictionary) = &labels.values else { panic!("not texts") };
    let mut own = offsets[customer]..offsets[customer + 1];
    if !missing_is_false && own.clone().any(|event| !labels.is_valid(event)) {
        return 0;
    }
    own.start = own.start.min(own.end);
    let bought: std::collections::BTreeSet<&str> =
        own.filter(|event| labels.is_valid(*event)).map(|event| dictionary.get(codes[event]).unwrap()).collect();
    let all = (0..members.len() as u32).map(|at| match members.get(at) {
        Some(Member::Code(_, text)) => text,
        _ => panic!("not a text"),
    });
    all.filter(|text| !bought.contains(text)).count()
}

#[test]
fn members_that_were_never_bought() {
    for missing_is_false in [true, false] {
        let plan = never_bought(500, missing_is_false);
        let snapshot = snapshot(&mut Dice::endless(3), 500, 80);
        let members = Members::new(&snapshot, plan.offers[0].family.unwrap());
        assert_eq!(members.len(), 500);
        let found = evaluated(&plan, &snapshot);
        let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
        for (row, _, _) in found.families[0].listed() {
            *counts.entry(row).or_default() += 1;
        }
        for customer in 0..80 {
            let expected = expected(&snapshot, &members, customer, missing_is_false);
            assert_eq!(counts.get(&(customer as u32)).copied().unwrap_or(0), expected, "customer {customer}");
        }
        let all: usize = counts.values().sum();
        assert_eq!(found.tallies[0].eligible, all as u64);
        assert_eq!(found.families[0].len(), all as u64);
    }
}

#[test]
fn what_nobody_touches_is_evaluated_once_for_all() {
    let plan = never_bought(1_000, true);
    let snapshot = snapshot(&mut Dice::endless(5), 1_000, 100);
    let found = evaluated(&plan, &snapshot);
    let family = &found.families[0];
    assert!(family.rows.is_empty(), "no member that was bought is eligible: {:?}", family.rows);
    assert_eq!(family.crowds.len(), 100, "one crowd a customer");
    assert!(family.len() > 95_000);
}

#[test]
fn conditions_over_members_alone_make_classes() {
    let plan = eligible_when(900, |add| {
        let member = add(Op::Member(PRODUCTS, CATEGORY));
        add(Op::StartsWith(member, "b".into()))
    });
    let found = evaluated(&plan, &snapshot(&mut Dice::endless(7), 900, 10));
    let family = &found.families[0];
    assert_eq!(family.classes.len(), 2);
    assert_eq!(family.crowds.len(), 10);
    assert!(family.crowds.iter().all(|crowd| crowd.len == 300));
}

#[test]
fn a_set_names_its_elements() {
    let plan = eligible_when(40, |add| {
        let (set, member) = (add(Op::Field(CUSTOMER, INTERESTS)), add(Op::Member(PRODUCTS, CATEGORY)));
        add(Op::Call(Builtin::Has, [set, member].into()))
    });
    let found = evaluated(&plan, &snapshot(&mut Dice::endless(9), 40, 200));
    assert!(found.families[0].crowds.is_empty(), "what is in no set is not eligible");
    assert!(found.families[0].rows.len() > 100);
}

/// Each of the equals comes first for its share of customers, and those of one customer are all different.
#[test]
fn equals_take_turns_fairly() {
    let members = 10;
    let mut plan = eligible_when(members, |add| {
        let member = add(Op::Member(PRODUCTS, CATEGORY));
        let constants = [category(1), category(2), category(9)];
        let mut constants: Vec<_> =
            constants.iter().map(|text| opportune_plan::Constant::Text(text.as_str().into())).collect();
        constants.sort();
        add(Op::In(member, constants.into()))
    });
    let customers = 6_000;
    let snapshot = snapshot(&mut Dice::endless(11), members, customers);
    for slots in [1, 2] {
        plan.portfolio.slates = vec![Slate { channel: ChannelId(0), size: slots, at_most: Vec::new() }];
        plan.portfolio.slots_in_all = Some(slots);
        let verified = verify(plan.clone()).unwrap();
        let (mut firsts, mut seconds) = (BTreeMap::new(), BTreeMap::new());
        let mut sink = |decisions: &[opportune_runtime::decide::Decision]| {
            for decision in decisions {
                let by = if decision.slot == 1 { &mut firsts } else { &mut seconds };
                *by.entry(decision.member.unwrap()).or_insert(0_usize) += 1;
            }
            Ok(())
        };
        let options = Options { threads: 2, engine: Engine::Vectorised, block_size: 4_096 };
        decide_all(&verified, &snapshot, &clock(), &options, &mut sink).unwrap();
        assert_eq!(firsts.len(), 3);
        assert!(firsts.values().all(|count| count.abs_diff(customers / 3) < 200), "{firsts:?}");
        assert_eq!(seconds.values().sum::<usize>(), if slots == 2 { customers } else { 0 });
    }
}

#[test]
fn a_family_without_members_is_offered_to_nobody() {
    let plan = never_bought(3, true);
    let mut snapshot = snapshot(&mut Dice::endless(1), 3, 20);
    let column = &mut snapshot.tables[PRODUCTS.0 as usize].columns[CATEGORY.0 as usize];
    column.validity = Some((0..4).map(|_| false).collect());
    let found = evaluated(&plan, &snapshot);
    assert!(found.families[0].is_empty());
    assert_eq!(found.tallies[0], Default::default());
}

/// `pick a: category where exists(purchase where label = a) by count(purchase where label = a)`: by reading the columns.
#[test]
fn picks_are_counted_by_hand() {
    let (members, customers) = (12, 150);
    let mut plan = eligible_when(members, |add| add(Op::Constant(Constant::Bool(true))));
    let family = plan.offers[0].family.take().unwrap();
    let schema = plan.schema.clone();
    let mut add = |op: Op| plan.exprs.add(&schema, op).unwrap();
    let by = Some(by_label(&mut add, true));
    let of =
        |function| Op::Aggregate(Aggregate { events: PURCHASES, window: Window::ALWAYS, filter: None, by, function });
    let (bought, count) = (add(of(Function::Exists)), add(of(Function::Count)));
    let by = add(Op::ToNumber(count));
    plan.offers[0].picks = vec![
        Pick { name: "a".into(), family, eligible: Some(bought), by },
        Pick { name: "b".into(), family, eligible: None, by },
    ];
    let snapshot = snapshot(&mut Dice::endless(21), members, customers);
    let found = evaluated(&plan, &snapshot);
    assert_eq!((found.picks.len(), found.picks[0].len(), found.families.len()), (1, 2, 0));
    let members = Members::new(&snapshot, family);
    let expected: Vec<(u32, u32, f64)> =
        (0..customers).flat_map(|customer| counts(&snapshot, &members, customer)).collect();
    assert!(expected.len() > 100 && expected.iter().any(|(_, _, count)| *count > 1.0));
    assert_eq!(found.picks[0][0].listed(), expected);
    assert_eq!(found.picks[0][1].listed(), expected, "what was never bought has a key of zero, and is not picked");
    let plan = verify(plan).unwrap();
    let mut of_interpreter = Candidates::default();
    Interpreter::new(&plan, &clock()).evaluate(&snapshot.block(0, 4_096), &mut of_interpreter);
    assert_eq!(of_interpreter.picks, found.picks);
}

/// How often a customer bought what has the label of each member.
fn counts(snapshot: &Snapshot, members: &Members, customer: usize) -> Vec<(u32, u32, f64)> {
    let events = &snapshot.tables[PURCHASES.0 as usize];
    let offsets = &events.by_customer.as_ref().unwrap().offsets;
    let labels = &events.columns[LABEL.0 as usize];
    let own = || (offsets[customer]..offsets[customer + 1]).filter_map(|event| labels.tells(event));
    let count = |at: u32| {
        let Some(Member::Code(_, text)) = members.get(at) else { panic!("not a text") };
        own().filter(|label| *label == Told::Text(text)).count()
    };
    let counts = (0..members.len() as u32).map(|at| (customer as u32, at, count(at) as f64));
    counts.filter(|(_, _, count)| *count > 0.0).collect()
}
