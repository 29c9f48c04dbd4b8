//! One value of a field.

use fastrand::Rng;
use opportune_plan::{Constant, Element, FieldId, Float, Place, Plan, TableId, Type};
use opportune_runtime::time::Clock;

use super::pool::Pool;
use super::{DAY, HOUR};

/// A value of a field at a moment: near what it is compared with, else near what its type is compared with, else any.
pub fn value(rng: &mut Rng, plan: &Plan, pool: &Pool, of: (TableId, FieldId), at: (i64, &Clock)) -> Constant {
    let ty = plan.schema.field(of.0, of.1).map_or(Type::Bool, |field| field.ty);
    let near = match rng.u8(..4) {
        0 => None,
        1 => rng.choice(pool.of_type(ty)),
        _ => rng.choice(pool.of_field(of.0, of.1)),
    };
    match near.filter(|near| near.ty() == ty) {
        Some(near) => beside(rng, near),
        None => any(rng, plan, pool, ty, at),
    }
}

/// The value, or the one before or behind it.
fn beside(rng: &mut Rng, near: &Constant) -> Constant {
    let step = rng.i64(-1..=1);
    match near {
        Constant::Int(value) => Constant::Int(value.saturating_add(step)),
        Constant::Number(value) => number(value.get() + step as f64 * if rng.bool() { 1.0 } else { 0.01 }),
        Constant::Money(currency, micros) => Constant::Money(*currency, micros.saturating_add(step * 1_000_000)),
        Constant::Date(days) => Constant::Date(days.saturating_add(i32::try_from(step).unwrap_or(0))),
        Constant::Instant(micros) => Constant::Instant(micros.saturating_add(step * HOUR)),
        Constant::Duration(micros) => Constant::Duration(micros.saturating_add(step * HOUR)),
        Constant::Days(days) => Constant::Days(days.saturating_add(step)),
        Constant::Months(months) => Constant::Months(months.saturating_add(step)),
        other => other.clone(),
    }
}

fn number(value: f64) -> Constant {
    // Two decimals are enough, and read well.
    let rounded = (value * 100.0).round() / 100.0;
    Float::new(rounded).map_or(Constant::Int(0), Constant::Number)
}

fn any(rng: &mut Rng, plan: &Plan, pool: &Pool, ty: Type, (now, clock): (i64, &Clock)) -> Constant {
    match ty {
        // More say yes than no, so that something comes out.
        Type::Bool => Constant::Bool(rng.u8(..4) > 0),
        Type::Int => Constant::Int(rng.i64(0..20)),
        Type::Number => number(rng.f64() * 2.0),
        Type::Money(currency) => Constant::Money(currency, rng.i64(0..200) * 1_000_000),
        Type::Text => Constant::Text(format!("text {}", rng.u8(1..4)).into()),
        Type::OneOf(domain) => Constant::OneOf(domain, variant(rng, plan, domain)),
        Type::Ordered(domain) => Constant::Ordered(domain, variant(rng, plan, domain)),
        Type::Date => {
            clock.date_of(pool.before(rng, now) + rng.i64(0..2) * DAY).map_or(Constant::Date(0), Constant::Date)
        }
        Type::Instant => Constant::Instant(pool.before(rng, now)),
        Type::Duration => Constant::Duration(rng.i64(0..100) * HOUR),
        Type::Days => Constant::Days(rng.i64(0..100)),
        Type::Months => Constant::Months(rng.i64(0..24)),
        Type::Time => Constant::Time(rng.i64(0..24) * HOUR),
        Type::Zone => Constant::Zone(plan.zone.clone()),
        Type::Place => {
            Place::new(rng.f64() * 2.0 + 40.0, rng.f64() * 2.0 - 75.0).map_or(Constant::Int(0), Constant::Place)
        }
        Type::Distance => Float::new((rng.f64() * 50_000.0).round()).map_or(Constant::Int(0), Constant::Distance),
        Type::Set(element) => set(rng, plan, pool, element, (now, clock)),
    }
}

fn variant(rng: &mut Rng, plan: &Plan, domain: opportune_plan::DomainId) -> u32 {
    let count = plan.schema.domain(domain).map_or(0, |domain| domain.variants.len());
    rng.u32(0..u32::try_from(count).unwrap_or(1).max(1))
}

fn set(rng: &mut Rng, plan: &Plan, pool: &Pool, element: Element, at: (i64, &Clock)) -> Constant {
    let known = pool.of_type(element.ty());
    let one = |rng: &mut Rng| match rng.choice(known) {
        Some(known) if rng.bool() => known.clone(),
        _ => any(rng, plan, pool, element.ty(), at),
    };
    let mut all: Vec<Constant> = (0..rng.usize(0..4)).map(|_| one(rng)).collect();
    all.sort();
    all.dedup();
    Constant::Set(element, all.into())
}
