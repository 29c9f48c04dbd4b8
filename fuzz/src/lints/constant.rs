//! How much lints miss: of conditions over a few fields that come to the same for all values at their boundaries, how many
//! are told.

use opportune_compiler::rehearsal::{Owner, Role, rehearse};
use opportune_plan::{Constant, FieldId, Float, Given, Plan, Schema, Step, Type};
use opportune_runtime::rehearse::{Stage, Truths, Watch};
use opportune_runtime::time::Clock;

use super::condition::{Stands, Writer};
use super::dice::Dice;
use super::{policy, told};

/// More customers than this are not looked at for one condition.
const MOST_CUSTOMERS: usize = 250;

/// What became of conditions.
#[derive(Default, Debug)]
pub struct Share {
    /// Never true, or always.
    pub constant: usize,
    /// Of these, the ones that lints are silent about.
    pub missed: Vec<String>,
    /// Neither.
    pub others: usize,
}

/// Looks at so many conditions.
pub fn share(cases: u64, first: u64) -> Share {
    let mut share = Share::default();
    for case in first..first + cases {
        let mut writer = Writer::new(Dice::new(case), &[], &[], Stands::Plain);
        let condition = writer.condition(1);
        if condition.contains("visit") || condition.contains("context") || condition.contains("tags") {
            continue;
        }
        let text = format!("offer x {{\n  channel mail\n  eligible when {condition}\n}}\n");
        let Some(truths) = truths(&text) else { continue };
        if truths.yes && (truths.no || truths.unknown) {
            share.others += 1;
            continue;
        }
        share.constant += 1;
        if !told(&text).iter().any(|found| matches!(found.diagnostic.code, "E1001" | "E1003" | "E1004")) {
            share.missed.push(format!("{}: {condition}", if truths.yes { "always" } else { "never" }));
        }
    }
    share
}

/// What the condition is for all values at the boundaries; `None` where they are too many.
fn truths(text: &str) -> Option<Truths> {
    let rehearsal = rehearse(&policy::files(text, None)).1?;
    let plan = &rehearsal.plan;
    let whole = rehearsal.conditions.iter().find(|found| {
        matches!(found.owner, Owner::Offer(_)) && found.role == Role::Eligible && found.part_of.is_none()
    })?;
    let (_, expr) = whole.meaning.all().next()?;
    let (watch, stage) = (Watch::new(plan, &[(None, expr)]), Stage::new(plan, None));
    let clock = Clock::parse("2026-11-12 10:30", "Europe/Berlin").ok()?;
    let customer = plan.schema.table(Schema::CUSTOMER)?;
    let mut all: Vec<Vec<(FieldId, Option<Constant>)>> = vec![Vec::new()];
    for (id, field) in customer.fields().filter(|(id, _)| customer.key() != Some(*id)) {
        let is_read = text.contains(&format!("customer.{}", field.name));
        let mut values: Vec<Option<Constant>> =
            boundary(plan, field.ty, &clock).into_iter().map(Some).take(if is_read { usize::MAX } else { 1 }).collect();
        if is_read && field.nullable {
            values.push(None);
        }
        if all.len() * values.len() > MOST_CUSTOMERS {
            return None;
        }
        all = all
            .iter()
            .flat_map(|row| values.iter().map(|value| [row.as_slice(), &[(id, value.clone())]].concat()))
            .collect();
    }
    let mut truths = Truths::default();
    for customer in all {
        let given = Given { customer, rows: Vec::new() };
        let step = Step { now: clock.now(), given, context: Vec::new(), expected: Vec::new() };
        let scene = stage.enter().go_to(&step).ok()?;
        truths.add(*scene.watch(&watch).first()?);
        if truths.yes && (truths.no || truths.unknown) {
            break;
        }
    }
    Some(truths)
}

fn boundary(plan: &Plan, ty: Type, clock: &Clock) -> Vec<Constant> {
    let number = |value: f64| Constant::Number(Float::new(value).expect("finite"));
    let variants = |domain| 0..plan.schema.domain(domain).map_or(1, |domain| domain.variants.len()) as u32;
    match ty {
        Type::Bool => vec![Constant::Bool(true), Constant::Bool(false)],
        Type::Int => [1, -1, 0, 2, 3, 4, i64::MAX, i64::MIN].map(Constant::Int).into(),
        Type::Number => [1.0, -0.5, 0.0, 0.25, 0.5, 0.75, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 1e308].map(number).into(),
        Type::Money(currency) => {
            [1_000_000, -1, 0, 1, 500_000, 500_001, 1_000_001, 1_010_000, 1_010_001, 5_000_000, 9_000_000]
                .map(|micros| Constant::Money(currency, micros))
                .into()
        }
        Type::Text => ["a", "b", "ab", ""].map(|text| Constant::Text(text.into())).into(),
        Type::OneOf(domain) => variants(domain).map(|at| Constant::OneOf(domain, at)).collect(),
        Type::Ordered(domain) => variants(domain).map(|at| Constant::Ordered(domain, at)).collect(),
        Type::Date => [0, 1, 2, 3, 4, 6, 7, 8, 29, 30, 31, 32, 364, 365, 366, -1, -3, -7, -30, -31, -32, -366, 9_999]
            .map(|day| Constant::Date(clock.today() - day))
            .into(),
        Type::Instant => [0, 1, 23, 24, 25, 167, 168, 169, 743, 744, 745, -1, 99_999]
            .into_iter()
            .flat_map(|hours| [0, 1, -1].map(|beside| Constant::Instant(clock.now() - hours * 3_600_000_000 + beside)))
            .collect(),
        Type::Zone => vec![Constant::Zone("Europe/Berlin".into())],
        Type::Set(element) => vec![Constant::Set(element, [].into())],
        _ => vec![Constant::Int(0)],
    }
}
