//! The static part of a rank: the keys of `rank by` that are the same for all customers.

use std::cmp::Ordering;

use opportune_plan::{Constant, FieldValue, Offer, Plan, RankKey};

/// By offer: its tier by the portfolio's keys, the strongest 0; offers with equal keys share a tier.
pub fn tiers(plan: &Plan) -> Vec<u32> {
    let compare = |a: usize, b: usize| match (plan.offers.get(a), plan.offers.get(b)) {
        (Some(a), Some(b)) => compare(&plan.portfolio.rank, a, b),
        _ => Ordering::Equal,
    };
    let mut order: Vec<usize> = (0..plan.offers.len()).collect();
    order.sort_by(|a, b| compare(*a, *b));
    let mut tiers = vec![0; order.len()];
    let (mut tier, mut previous) = (0, None);
    for offer in order {
        if previous.is_some_and(|previous| compare(previous, offer).is_ne()) {
            tier += 1;
        }
        if let Some(place) = tiers.get_mut(offer) {
            *place = tier;
        }
        previous = Some(offer);
    }
    tiers
}

/// The stronger offer is the lesser.
fn compare(keys: &[RankKey], a: &Offer, b: &Offer) -> Ordering {
    let by_key = |key: &RankKey| {
        match (value(a, key), value(b, key)) {
            (Some(a), Some(b)) if key.descending => compare_constants(b, a),
            (Some(a), Some(b)) => compare_constants(a, b),
            // Without a value: last, whatever the direction.
            (a, b) => b.is_some().cmp(&a.is_some()),
        }
    };
    keys.iter().map(by_key).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

fn value<'a>(offer: &'a Offer, key: &RankKey) -> Option<&'a Constant> {
    match offer.fields.get(key.field.0 as usize)? {
        FieldValue::One(constant) => Some(constant),
        FieldValue::Missing | FieldValue::Set(_) => None,
    }
}

fn compare_constants(a: &Constant, b: &Constant) -> Ordering {
    match (a, b) {
        // A float is ordered by its bits where it stands in a plan, which is not its order as a number.
        (Constant::Number(a), Constant::Number(b)) => a.get().total_cmp(&b.get()),
        _ => a.cmp(b),
    }
}
