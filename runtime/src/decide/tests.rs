//! Decisions against their rules, restated one decision at a time, and the fast path against the general one.

mod families;

use std::cmp::Ordering;

use opportune_plan::{
    Cap, ChannelId, Comparison, Constant, Exprs, Field, FieldId, FieldValue, Float, Offer, OfferField, OfferFieldId,
    OfferId, Op, Plan, Portfolio, RankKey, Route, Schema, Slate, Source, Table, TableKind, Type, VerifiedPlan, verify,
};
use proptest::prelude::*;

use super::*;
use crate::sample;
use crate::snapshot::{self, Bitmap, Column, Values};

/// A portfolio and candidates under it, small enough for ties, full slates and exhausted caps to be common.
#[derive(Clone, Debug)]
struct Sample {
    plan: VerifiedPlan,
    candidates: Candidates,
    all: Vec<Candidate>,
}

/// Row, offer, member of a family, score.
type Candidate = (u32, u32, Option<u32>, f64);

fn number(exprs: &mut Exprs, schema: &Schema, value: f64) -> opportune_plan::ExprId {
    exprs.add(schema, Op::Constant(Constant::Number(Float::new(value).unwrap()))).unwrap()
}

fn plan(channels: usize, offers: &[(Option<i64>, Vec<u32>)], portfolio: Portfolio, capped: bool) -> VerifiedPlan {
    let key =
        Field { name: "id".into(), source: Source::Column("id".into()), ty: Type::Int, nullable: false, link: None };
    let kind = TableKind::Customer { key: FieldId(0), introduced_by: vec![Schema::CUSTOMER] };
    let customer = Table { name: "customer".into(), source: "customer".into(), kind, fields: vec![key] };
    let schema = Schema { tables: vec![customer], domains: Vec::new() };
    let mut exprs = Exprs::default();
    let priority = number(&mut exprs, &schema, 1.0);
    let zero = exprs.add(&schema, Op::Constant(Constant::Int(0))).unwrap();
    let has_room = exprs.add(&schema, Op::Compare(Comparison::Less, zero, zero)).unwrap();
    let offer = |(at, (tier, channels)): (usize, &(Option<i64>, Vec<u32>))| Offer {
        fields: vec![tier.map_or(FieldValue::Missing, |tier| FieldValue::One(Constant::Int(tier)))],
        routes: channels.iter().copied().map(ChannelId).map(Route::by).collect(),
        ..sample::offer(&format!("offer_{at}"), priority)
    };
    let contact_cap = capped.then_some(Cap { limit: 3, counted: zero, has_room });
    let offers = offers.iter().enumerate().map(offer).collect();
    verify(Plan {
        name: "sample".into(),
        offer_fields: vec![OfferField { name: "tier".into(), ty: Type::Int, is_set: false }],
        channels: (0..channels).map(|at| sample::channel(&format!("channel_{at}"))).collect(),
        portfolio: Portfolio { contact_cap, ..portfolio },
        ..sample::plan(schema, exprs, offers)
    })
    .unwrap()
}

fn portfolio(channels: usize) -> impl Strategy<Value = Portfolio> {
    let slates = prop::collection::vec(prop::option::of(1..4_u32), channels);
    let rank = prop::option::of(any::<bool>());
    (slates, prop::option::weighted(0.3, 1..4_u32), rank).prop_map(|(sizes, slots_in_all, rank)| Portfolio {
        slates: (0..)
            .zip(sizes)
            .filter_map(|(at, size)| size.map(|size| Slate { channel: ChannelId(at), size, at_most: Vec::new() }))
            .collect(),
        slots_in_all,
        rank: rank.into_iter().map(|descending| RankKey { field: OfferFieldId(0), descending }).collect(),
        ..Portfolio::default()
    })
}

fn sample(one_slot: bool) -> impl Strategy<Value = Sample> {
    (1..4_usize, 1..7_usize, 0..100_usize)
        .prop_flat_map(move |(channels, offers, len)| {
            let order = Just((0..channels as u32).collect::<Vec<_>>()).prop_shuffle();
            let list = (order, 1..=channels).prop_map(|(mut order, keep)| {
                order.truncate(keep);
                order
            });
            let offer = (prop::option::of(0..3_i64), list);
            let score = prop::option::weighted(0.6, prop::sample::select(vec![0.5, 1.0, 1.0, 2.0, 1e9]));
            let masks = prop::collection::vec(prop::option::of(prop::collection::vec(any::<bool>(), len)), channels);
            (
                Just((channels, len)),
                prop::collection::vec(offer, offers),
                portfolio(channels),
                prop::collection::vec(prop::collection::vec(score, len), offers),
                masks,
                prop::option::of(prop::collection::vec(0..3_u32, len)),
                prop::collection::vec(prop::option::weighted(0.4, any::<u64>()), offers),
            )
        })
        .prop_map(move |((channels, len), offers, mut portfolio, scores, masks, room, families)| {
            if one_slot {
                portfolio.slots_in_all = Some(1);
            }
            let plan = plan(channels, &offers, portfolio, room.is_some());
            let channels: Vec<_> = masks.into_iter().map(|mask| mask.map(Bitmap::from_iter)).collect();
            let mut candidates = Candidates { first: 64, len, channels, contact_room: room, ..Candidates::default() };
            let mut all = Vec::new();
            for (at, scores) in scores.iter().enumerate() {
                let begin = candidates.rows.len();
                for (row, score) in scores.iter().enumerate() {
                    let Some(score) = score else { continue };
                    if !offers[at].1.iter().any(|channel| reaches(&candidates, *channel, row)) {
                        continue;
                    }
                    if families[at].is_none() {
                        candidates.rows.push(row as u32);
                        candidates.scores.push(*score);
                    }
                    all.push((row as u32, at as u32, None, *score));
                }
                if let Some(seed) = families[at] {
                    let of_offer: Vec<Candidate> = all.extract_if(.., |candidate| candidate.1 == at as u32).collect();
                    let family = families::family(seed, at as u32, &of_offer, len);
                    all.extend(
                        family.listed().iter().map(|(row, member, score)| (*row, at as u32, Some(*member), *score)),
                    );
                    candidates.families.push(family);
                }
                candidates.offers.push(begin..candidates.rows.len());
                candidates.tallies.push(crate::evaluate::Tally::default());
            }
            Sample { plan, candidates, all }
        })
}

fn reaches(candidates: &Candidates, channel: u32, row: usize) -> bool {
    candidates.channels[channel as usize].as_ref().is_none_or(|mask| mask.get(row))
}

fn snapshot(customers: usize) -> Snapshot {
    let keys = Column::full(Values::Int64((0..customers as i64).map(|key| key * 7919).collect()));
    let table =
        snapshot::Table { rows: customers, columns: vec![keys], links: vec![None], by_customer: None, unseen: None };
    Snapshot { tables: vec![table] }
}

fn run(sample: &Sample, general: bool) -> Decided {
    let snapshot = snapshot(64 + sample.candidates.len);
    let clock = Clock::new(1_000, "UTC").unwrap();
    let new = if general { Decider::general } else { Decider::new };
    let mut decided = Decided::default();
    // A second block into the same buffers: nothing may be left of the first.
    let mut decider = new(&sample.plan, &snapshot, &clock);
    decider.decide(&sample.candidates, &mut decided);
    decider.decide(&sample.candidates, &mut decided);
    assert_eq!(one_by_one(&mut decider, &sample.candidates), decided, "offers taken as they come");
    decided
}

fn one_by_one(decider: &mut Decider<'_>, all: &Candidates) -> Decided {
    let mut decided = Decided::default();
    let (offers, rows, scores) = Default::default();
    let mut candidates = Candidates { offers, rows, scores, ..all.clone() };
    for range in &all.offers {
        let begin = candidates.rows.len();
        candidates.rows.extend_from_slice(&all.rows[range.clone()]);
        candidates.scores.extend_from_slice(&all.scores[range.clone()]);
        candidates.offers.push(begin..candidates.rows.len());
        decider.take(&mut candidates);
    }
    decider.decide(&candidates, &mut decided);
    decided
}

/// Eight bytes of the hash of a customer and an offer.
fn lot(row: u32, offer: u32, from: usize) -> u64 {
    let message = format!("sample\u{1F}{}\u{1F}offer_{offer}", (64 + i64::from(row)) * 7919);
    u64::from_le_bytes(blake3::hash(message.as_bytes()).as_bytes()[from..from + 8].try_into().unwrap())
}

/// Restates the rank from the documents, but for members of one family with equal scores.
fn compare(plan: &Plan, (row, a, _, a_score): Candidate, (_, b, _, b_score): Candidate) -> Ordering {
    let tier = |offer: u32| match &plan.offers[offer as usize].fields[0] {
        FieldValue::One(Constant::Int(tier)) => Some(*tier),
        _ => None,
    };
    let lot = |offer: u32| lot(row, offer, 0);
    let by_tier = match plan.portfolio.rank.first() {
        None => Ordering::Equal,
        Some(key) => match (tier(a), tier(b)) {
            (Some(a), Some(b)) if key.descending => b.cmp(&a),
            (Some(a), Some(b)) => a.cmp(&b),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        },
    };
    by_tier.then(b_score.total_cmp(&a_score)).then(lot(a).cmp(&lot(b)))
}

/// What a candidate gets when those of higher rank got `above`.
fn expected(sample: &Sample, (row, offer, ..): Candidate, above: &[&Decision]) -> Result<ChannelId, &'static str> {
    let portfolio = &sample.plan.portfolio;
    let default = if portfolio.slates.is_empty() { 1 } else { usize::MAX };
    if above.len() >= portfolio.slots_in_all.map_or(default, |n| n as usize) {
        return Err("outranked");
    }
    let room = sample.candidates.contact_room.as_ref().map_or(usize::MAX, |room| room[row as usize] as usize);
    let size = |channel| portfolio.slates.iter().find(|s| s.channel == channel).map_or(1, |s| s.size as usize);
    let reachable =
        sample.plan.offers[offer as usize].channels().filter(|c| reaches(&sample.candidates, c.0, row as usize));
    let free: Vec<ChannelId> =
        reachable.filter(|c| above.iter().filter(|d| d.channel == *c).count() < size(*c)).collect();
    let mut contacts: Vec<u32> = above.iter().map(|d| d.channel.0).collect();
    contacts.sort_unstable();
    contacts.dedup();
    let affordable = free.iter().find(|c| contacts.contains(&c.0) || contacts.len() < room);
    let made = above.iter().filter(|decision| decision.offer.0 == offer).count();
    if affordable.is_some() && made >= families::room(sample, row, offer) {
        return Err("capped");
    }
    affordable.copied().ok_or(if free.is_empty() { "outranked" } else { "capped" })
}

fn check(sample: &Sample, decided: &Decided) {
    let mut outcomes: Vec<Outcome> = Vec::new();
    outcomes.resize_with(sample.plan.offers.len(), || Outcome {
        by_channel: vec![0; sample.plan.channels.len()],
        ..Outcome::default()
    });
    let mut decisions = decided.decisions.iter().peekable();
    for row in 0..sample.candidates.len as u32 {
        let mut ranked: Vec<_> = sample.all.iter().copied().filter(|candidate| candidate.0 == row).collect();
        ranked.sort_by(|a, b| compare(&sample.plan, *a, *b));
        families::take_turns(&mut ranked);
        let mut above: Vec<&Decision> = Vec::new();
        for candidate in ranked {
            let outcome = &mut outcomes[candidate.1 as usize];
            match expected(sample, candidate, &above) {
                Ok(channel) => {
                    let slot = 1 + above.iter().filter(|d| d.channel == channel).count() as u32;
                    let decision = decisions.next().unwrap();
                    let plain = Decision::plain(64 + row, OfferId(candidate.1), channel, 1_000, candidate.3);
                    assert_eq!(*decision, Decision { member: candidate.2, slot, ..plain });
                    above.push(decision);
                    outcome.made += 1;
                    outcome.by_channel[channel.0 as usize] += 1;
                }
                Err("capped") => outcome.capped += 1,
                Err(_) => outcome.outranked += 1,
            }
        }
    }
    assert_eq!(decisions.next(), None);
    assert_eq!(decided.outcomes, outcomes);
    for (at, (outcome, range)) in outcomes.iter().zip(&sample.candidates.offers).enumerate() {
        let family = sample.candidates.families.iter().find(|family| family.offer.0 as usize == at);
        let candidates = family.map_or(range.len() as u64, |family| family.len());
        assert_eq!(outcome.capped + outcome.outranked + outcome.made, candidates);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn decisions_keep_the_rules(sample in sample(false)) {
        check(&sample, &run(&sample, false));
    }

    #[test]
    fn the_fast_path_agrees_with_the_general_one(sample in sample(true)) {
        let fast = run(&sample, false);
        check(&sample, &fast);
        prop_assert_eq!(fast, run(&sample, true));
    }
}

#[test]
fn tiers_of_numbers_follow_their_value_not_their_bits() {
    let mut plan =
        plan(1, &[(None, vec![0]), (None, vec![0]), (None, vec![0])], Portfolio::default(), false).into_inner();
    plan.offer_fields[0].ty = Type::Number;
    let fields = [Some(-2.0), None, Some(1.0)];
    for (offer, value) in plan.offers.iter_mut().zip(fields) {
        let constant = |value| FieldValue::One(Constant::Number(Float::new(value).unwrap()));
        offer.fields = vec![value.map_or(FieldValue::Missing, constant)];
    }
    for (descending, expected) in [(false, [0, 2, 1]), (true, [1, 2, 0])] {
        plan.portfolio.rank = vec![RankKey { field: OfferFieldId(0), descending }];
        assert_eq!(tiers(&verify(plan.clone()).unwrap()), expected);
    }
}
