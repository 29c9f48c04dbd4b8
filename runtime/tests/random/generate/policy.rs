//! Random policies: channels with needs, offers with conditions, caps, timing and priorities,
//! families, journeys, guarantees, portfolios.

use opportune_plan::{
    Builtin, Cap, Channel, ChannelId, Comparison, Constant, ExprId, Exprs, Family, FieldId, FieldValue, Forbidden,
    Guarantee, GuaranteeId, Offer, OfferField, OfferFieldId, Op, Plan, Portfolio, RankKey, Route, Schema, Slate,
    Timing, Type, VerifiedPlan, verify,
};
use opportune_runtime::time::Clock;

use super::dice::Dice;
use super::expressions::Writer;
use super::float;
use super::rules::Rules;
use super::schema::{CUSTOMER, PRODUCTS, SHOPS, schema};

/// What offers and channels are called: as texts and values of a list are too, so that events name them.
const OFFERS: [&str; 4] = ["a", "ab", "b", "c"];
const CHANNELS: [&str; 3] = ["a", "b", "ba"];

/// How deep an expression is at most.
const DEPTH: usize = 5;

pub fn plan(dice: &mut Dice, of_rules: &mut Dice, clock: &Clock) -> VerifiedPlan {
    verify(unverified(dice, of_rules, clock)).expect("a well-formed plan")
}

fn unverified(dice: &mut Dice, of_rules: &mut Dice, clock: &Clock) -> Plan {
    let schema = schema(dice);
    let (channel_count, offer_count) = (1 + dice.roll(3), 1 + dice.roll(4));
    let mut writer = Writer { dice, schema, clock, exprs: Exprs::default(), journeys: 0, totals: 0, family: None };
    let mut journeys = Vec::new();
    for at in 0..writer.dice.roll(4).saturating_sub(1) as u32 {
        journeys.push(writer.journey_of(at));
    }
    // Only now: no journey needs another.
    writer.journeys = journeys.len() as u32;
    let guarantees: Vec<Guarantee> = (0..writer.dice.roll(3)).map(guarantee).collect();
    let rules = writer.with(of_rules, |writer| Rules::new(writer, offer_count));
    // Only now: no history asks what is left of a limit.
    writer.totals = rules.totals.len() as u32;
    let mut channels: Vec<Channel> = (0..channel_count).map(|at| channel(&mut writer, at)).collect();
    writer.with(of_rules, |writer| channels.iter_mut().for_each(|channel| rules.channel(writer, channel)));
    let offers = (0..offer_count).map(|at| offer(&mut writer, at, channel_count, guarantees.len()));
    let mut offers: Vec<Offer> = offers.collect();
    writer.with(of_rules, |writer| offers.iter_mut().for_each(|offer| rules.offer(writer, offer, channel_count)));
    let mut portfolio = portfolio(&mut writer, channel_count);
    writer.with(of_rules, |writer| rules.portfolio(writer, &mut portfolio, (channel_count, offer_count)));
    let delivery = writer.with(of_rules, |writer| rules.delivery(writer));
    let histories = rules.histories;
    let exprs = writer.exprs;
    let offer_fields = vec![
        OfferField { name: "tier".into(), ty: Type::Int, is_set: false },
        OfferField { name: "topic".into(), ty: Type::Text, is_set: false },
    ];
    let (name, zone, schema) = ("random".into(), clock.zone().name().into(), schema.clone());
    Plan {
        name,
        zone,
        schema,
        exprs,
        journeys,
        guarantees,
        offer_fields,
        channels,
        delivery,
        histories,
        offers,
        portfolio,
    }
}

fn guarantee(at: usize) -> Guarantee {
    Guarantee { name: format!("guarantee {at}").into(), review_by: Some(0), kept_anyway: false }
}

/// One offer on one channel, of priority 1.
pub fn eligible_when(condition: impl FnOnce(&Schema, &mut Exprs) -> ExprId) -> VerifiedPlan {
    let (schema, mut exprs) = (schema(&mut Dice::of_words(Vec::new())).clone(), Exprs::default());
    let eligible = Some(condition(&schema, &mut exprs));
    let priority = exprs.add(&schema, Op::Constant(Constant::Number(float(1.0)))).expect("a well-formed expression");
    let offer = Offer { eligible, routes: vec![Route::by(ChannelId(0))], ..Offer::new("offer", priority) };
    let plan = Plan {
        channels: vec![Channel::new("channel")],
        offers: vec![offer],
        ..Plan::new("extreme", "UTC", schema, exprs)
    };
    verify(plan).expect("a well-formed plan")
}

fn channel(writer: &mut Writer<'_>, at: usize) -> Channel {
    let needs = writer.dice.percent(50).then(|| {
        let depth = writer.dice.roll(DEPTH);
        writer.expr(Type::Bool, CUSTOMER, depth)
    });
    Channel { needs, ..Channel::new(CHANNELS[at]) }
}

fn offer(writer: &mut Writer<'_>, at: usize, channels: usize, guarantees: usize) -> Offer {
    let family = writer.dice.percent(40).then(|| family(writer));
    writer.family = family;
    let eligible = writer.dice.percent(60).then(|| condition(writer));
    let except = (0..writer.dice.roll(5).saturating_sub(2)).map(|_| condition(writer)).collect();
    let forbidden = (0..guarantees as u32).filter_map(|at| {
        let guarantee = GuaranteeId(at);
        writer.dice.percent(40).then(|| Forbidden { guarantee, when: condition(writer) })
    });
    let forbidden = forbidden.collect();
    let caps = writer.without_member(|writer| {
        let count = writer.dice.roll(5).saturating_sub(2);
        (0..count).map(|_| cap(writer)).collect()
    });
    let priority = priority(writer);
    let because = writer.dice.percent(40).then(|| writer.template());
    let preferred = writer.dice.roll(channels) as u32;
    let others = writer.dice.roll(channels) as u32;
    let routes: Vec<Route> =
        (0..=others).map(|more| Route::by(ChannelId((preferred + more) % channels as u32))).collect();
    let mut messages = Vec::new();
    for channel in [None, Some(routes[0].channel)] {
        if writer.dice.percent(25) {
            messages.push((channel, writer.template()));
        }
    }
    writer.family = None;
    let timing = writer.dice.percent(30).then(|| timing(writer));
    let tier = if writer.dice.percent(70) {
        FieldValue::One(Constant::Int(writer.dice.roll(3) as i64))
    } else {
        FieldValue::Missing
    };
    let topic = FieldValue::One(Constant::Text(writer.dice.pick(&["general", "baby"]).into()));
    Offer {
        family,
        fields: vec![tier, topic],
        eligible,
        except,
        forbidden,
        caps,
        routes,
        timing,
        because,
        messages,
        ..Offer::new(OFFERS[at], priority)
    }
}

/// One offer for each value of a field of products or shops.
pub fn family(writer: &mut Writer<'_>) -> Family {
    let table = writer.dice.pick(&[PRODUCTS, SHOPS]);
    let fields = (0..).map(FieldId).zip(&writer.schema.tables[table.0 as usize].fields);
    let fields: Vec<FieldId> = fields.filter(|(_, field)| field.ty.element().is_some()).map(|(at, _)| at).collect();
    Family { table, field: writer.dice.pick(&fields) }
}

pub fn condition(writer: &mut Writer<'_>) -> ExprId {
    let depth = 1 + writer.dice.roll(DEPTH);
    writer.expr(Type::Bool, CUSTOMER, depth)
}

fn cap(writer: &mut Writer<'_>) -> Cap {
    let limit = writer.dice.pick(&[1, 2, 3, 10, 0, u32::MAX]);
    let depth = 1 + writer.dice.roll(3);
    let counted = writer.sure(Type::Int, CUSTOMER, depth);
    // A count is never negative.
    let zero = writer.add(Op::Constant(Constant::Int(0)));
    let counted = writer.call_of(Builtin::Greatest, vec![counted, zero]);
    let bound = writer.add(Op::Constant(Constant::Int(i64::from(limit))));
    let has_room = writer.add(Op::Compare(Comparison::Less, counted, bound));
    Cap { limit, counted, has_room }
}

/// Half of the time a day around today begins or ends it.
fn timing(writer: &mut Writer<'_>) -> Timing {
    let today = writer.clock.today();
    let mut day = || writer.dice.percent(70).then(|| today + writer.dice.roll(5) as i32 - 2);
    Timing::between(day().map(|day| day - 1), day().map(|day| day + 1))
}

pub fn priority(writer: &mut Writer<'_>) -> ExprId {
    if writer.dice.percent(75) {
        return writer.revealed();
    }
    if writer.dice.percent(40) {
        let depth = 1 + writer.dice.roll(DEPTH);
        return writer.sure(Type::Number, CUSTOMER, depth);
    }
    let score = writer.dice.pick(&[1.0, 1.0, 2.0, 0.5, 1e9]);
    writer.add(Op::Constant(Constant::Number(float(score))))
}

fn portfolio(writer: &mut Writer<'_>, channels: usize) -> Portfolio {
    let slates = (0..channels as u32)
        .filter_map(|at| {
            let size = writer.dice.roll(5) as u32;
            (size > 1).then(|| Slate { channel: ChannelId(at), size: size - 1, at_most: Vec::new() })
        })
        .collect();
    let slots_in_all = writer.dice.percent(40).then(|| 1 + writer.dice.roll(3) as u32);
    let rank = (0..2)
        .filter(|_| writer.dice.percent(40))
        .map(|field| RankKey { field: OfferFieldId(field), descending: field == 0 })
        .collect();
    let contact_cap = writer.dice.percent(40).then(|| cap(writer));
    Portfolio { slates, slots_in_all, rank, contact_cap, ..Portfolio::default() }
}
