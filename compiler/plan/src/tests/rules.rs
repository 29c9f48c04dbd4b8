//! Verify refuses each kind of ill-formed rule of sending, of limits and of experiments.

use super::*;

/// `at`, `store_id` and `note` of a visit.
const NOTE: FieldId = FieldId(3);

/// The conditions and values of the plan by what they are of.
struct Known {
    /// A condition over the customer.
    condition: ExprId,
    /// A condition over a visit.
    of_visit: ExprId,
    /// A number over the customer.
    number: ExprId,
    /// An int over the customer, never missing.
    int: ExprId,
    /// An instant over the customer.
    instant: ExprId,
}

/// The plan with one of every rule.
fn ruled() -> (Plan, Known) {
    let mut plan = plan();
    let Plan { schema, exprs, .. } = &mut plan;
    let mut add = |op| exprs.add(schema, op).unwrap();
    let now = add(Op::Now);
    let bucket = add(Op::Bucket { salt: "2026-q4".into(), layer: "holdout".into() });
    let amount = add(Op::Constant(Constant::Money(usd(), 1)));
    let state = add(Op::Field(CUSTOMER, FieldId(0)));
    let zone = add(Op::Constant(Constant::Zone("Europe/Rome".into())));
    let day = add(Op::Call(Builtin::Today, Box::new([zone])));
    let number = plan.offers[0].priority;
    let known = Known { condition: plan.offers[0].except[0], of_visit: ExprId(5), number, int: bucket, instant: now };
    plan.histories = vec![History {
        filter: Some(known.of_visit),
        offer: Some(NOTE),
        channel: Some(NOTE),
        decided: Some(FieldId(0)),
        ..History::of(VISIT)
    }];
    let past = HistoryId(0);
    let limit = Limit {
        text: "2 per customer every 7 days".into(),
        most: 2,
        window: LimitWindow::Rolling(Span::days(7)),
        history: past,
        counts: Counts::Decisions,
        per: Per::Together,
        channel: Some(ChannelId(0)),
        including_inbound: false,
        when: Some(known.condition),
    };
    let hours = Hours { from: 0, to: 3_600_000_000, days: Weekdays::ALL };
    let channel = &mut plan.channels[0];
    (channel.direction, channel.asked, channel.quiet) = (Direction::Both, Some(known.condition), vec![hours]);
    (channel.law, channel.lead) = (Some(state), Span::days(1));
    channel.capacity = Some(Capacity { most: 1, each: Unit::Day, past: Some(past) });
    let value = Some(RouteValue { per_score: amount, fixed: amount });
    let moments = vec![
        Moment::RightAway,
        Moment::After { event: now, least: Span::days(1), most: Some(Span::days(2)) },
        Moment::At { day, plus: Span::days(1), time: 0 },
        Moment::Exactly { event: now, plus: Span::micros(1) },
    ];
    let by_city = Family { table: STORE, field: FieldId(1) };
    let offer = &mut plan.offers[0];
    offer.routes.iter_mut().for_each(|route| (route.when, route.value) = (Some(known.condition), value));
    offer.timing = Some(Timing { hours: vec![hours], moments, ..Timing::between(None, None) });
    offer.limits = vec![limit.clone()];
    offer.holdout = Some(Holdout { share: 500, bucket });
    let arm = |name: &str, share| Arm { name: name.into(), share };
    offer.experiment = Some(Experiment { bucket, arms: vec![arm("plain", 5_000), arm("big", 5_000)] });
    offer.picks = vec![Pick { name: "a".into(), family: by_city, eligible: None, by: number }];
    plan.delivery.zone = Some(zone);
    plan.delivery.possible_zones = vec!["Europe/Paris".into(), "Europe/Rome".into()];
    let at_most = AtMost { most: 1, field: OfferFieldId(0) };
    plan.portfolio = Portfolio {
        objective: Some(usd()),
        slates: vec![Slate { channel: ChannelId(0), size: 2, at_most: vec![at_most] }],
        limits: vec![limit],
        at_most: vec![at_most],
        pauses: vec![Pause {
            length: Span::days(30),
            after: 3,
            patience: Span::days(14),
            contacts: past,
            responses: past,
        }],
        holdout: Some(Holdout { share: 500, bucket }),
        fallback: Some(OfferId(0)),
        shared: vec![
            SharedLimit::Quota(Quota::total(OfferId(0), 10, Some(past))),
            SharedLimit::Share {
                share: 5_000,
                requests: VISIT,
                key: NOTE,
                contacts: past,
                contact_key: NOTE,
                answers: state,
                window: Span::days(30),
            },
        ],
        ..plan.portfolio
    };
    (plan, known)
}

/// What verify says of the plan with rules after a change.
fn refused(change: impl FnOnce(&mut Plan, &Known)) -> String {
    let (mut plan, known) = ruled();
    change(&mut plan, &known);
    verify(plan).expect_err("verify should refuse this").to_string()
}

#[test]
fn a_plan_with_every_rule_is_accepted() {
    let (plan, _) = ruled();
    verify(plan).unwrap();
}

/// What changes a plan.
type Change = Box<dyn Fn(&mut Plan)>;

/// The hash of a policy is that of its text: no rule may change without it.
#[test]
fn every_rule_is_in_the_text() {
    let limit = |change: fn(&mut Limit)| move |plan: &mut Plan| change(&mut plan.offers[0].limits[0]);
    let total = |change: fn(&mut SharedLimit)| move |plan: &mut Plan| change(&mut plan.portfolio.shared[0]);
    let share = |change: fn(&mut SharedLimit)| move |plan: &mut Plan| change(&mut plan.portfolio.shared[1]);
    let changes: Vec<Change> = vec![
        Box::new(|plan| plan.channels[0].direction = Direction::Inbound),
        Box::new(|plan| plan.channels[0].asked = None),
        Box::new(|plan| plan.channels[0].quiet[0].from = 1),
        Box::new(|plan| plan.channels[0].quiet[0].days = Weekdays::WEEKEND),
        Box::new(|plan| plan.channels[0].law = None),
        Box::new(|plan| plan.channels[0].lead = Span::micros(1)),
        Box::new(|plan| plan.channels[0].capacity.as_mut().unwrap().most = 2),
        Box::new(|plan| plan.channels[0].capacity.as_mut().unwrap().each = Unit::Week),
        Box::new(|plan| plan.channels[0].capacity.as_mut().unwrap().past = None),
        Box::new(|plan| plan.delivery.zone = None),
        Box::new(|plan| plan.delivery.zone_known = Some(ExprId(2))),
        Box::new(|plan| plan.delivery.possible_zones.truncate(1)),
        Box::new(|plan| plan.delivery.horizon = Span::days(8)),
        Box::new(|plan| plan.histories[0].filter = None),
        Box::new(|plan| plan.histories[0].offer = None),
        Box::new(|plan| plan.histories[0].member = Some(NOTE)),
        Box::new(|plan| plan.histories[0].channel = None),
        Box::new(|plan| plan.histories[0].decided = None),
        Box::new(|plan| plan.histories[0].value = Some(NOTE)),
        Box::new(|plan| plan.offers[0].kind = OfferKind::Reminder),
        Box::new(|plan| plan.offers[0].kind = OfferKind::Notice),
        Box::new(|plan| plan.offers[0].routes[0].when = None),
        Box::new(|plan| plan.offers[0].routes[0].value = None),
        Box::new(|plan| plan.offers[0].timing = None),
        Box::new(|plan| plan.offers[0].timing.as_mut().unwrap().days = Weekdays::WEEKDAYS),
        Box::new(|plan| plan.offers[0].timing.as_mut().unwrap().hours.clear()),
        Box::new(|plan| plan.offers[0].timing.as_mut().unwrap().moments.swap(0, 1)),
        Box::new(limit(|limit| limit.most = 3)),
        Box::new(limit(|limit| limit.window = LimitWindow::Calendar(Unit::Week))),
        Box::new(limit(|limit| limit.counts = Counts::Showings)),
        Box::new(limit(|limit| limit.per = Per::Member)),
        Box::new(limit(|limit| limit.channel = None)),
        Box::new(limit(|limit| limit.including_inbound = true)),
        Box::new(limit(|limit| limit.when = None)),
        Box::new(|plan| plan.offers[0].holdout.as_mut().unwrap().share = 501),
        Box::new(|plan| plan.offers[0].experiment.as_mut().unwrap().arms.swap(0, 1)),
        Box::new(|plan| plan.offers[0].picks[0].eligible = Some(ExprId(2))),
        Box::new(|plan| plan.offers[0].picks[0].family.field = FieldId(0)),
        Box::new(|plan| plan.portfolio.slates[0].at_most[0].most = 2),
        Box::new(|plan| plan.portfolio.at_most[0].field = OfferFieldId(1)),
        Box::new(|plan| plan.portfolio.exclusions = vec![Exclusion { most: 1, offers: vec![OfferId(0); 2] }]),
        Box::new(|plan| plan.portfolio.limits.clear()),
        Box::new(|plan| plan.portfolio.pauses[0].length = Span::days(31)),
        Box::new(|plan| plan.portfolio.pauses[0].after = 4),
        Box::new(|plan| plan.portfolio.pauses[0].patience = Span::days(15)),
        Box::new(|plan| plan.portfolio.holdout = None),
        Box::new(|plan| plan.portfolio.fallback = None),
        Box::new(|plan| plan.portfolio.objective = None),
        Box::new(total(|shared| *shared = SharedLimit::Quota(Quota::total(OfferId(0), 11, Some(HistoryId(0)))))),
        Box::new(total(|shared| *shared = SharedLimit::Quota(Quota::total(OfferId(0), 10, None)))),
        Box::new(share(|shared| {
            if let SharedLimit::Share { window, .. } = shared {
                *window = Span::days(31);
            }
        })),
        Box::new(share(|shared| {
            if let SharedLimit::Share { contact_key, .. } = shared {
                *contact_key = FieldId(4);
            }
        })),
    ];
    let before = ruled().0.to_string();
    let mut texts = std::collections::BTreeSet::from([before]);
    for (at, change) in changes.iter().enumerate() {
        let mut plan = ruled().0;
        change(&mut plan);
        assert!(texts.insert(plan.to_string()), "change {at} does not show, or shows as another does");
    }
}

#[test]
fn salts_and_layers_are_in_the_text() {
    let text = |salt: &str, layer: &str, limit: u32| {
        let Plan { schema, mut exprs, .. } = plan();
        exprs.add(&schema, Op::Bucket { salt: salt.into(), layer: layer.into() }).unwrap();
        exprs.add(&schema, Op::Remaining(limit)).unwrap();
        Plan { exprs, ..plan() }.to_string()
    };
    let texts = [text("a", "b", 0), text("b", "a", 0), text("ab", "", 0), text("a", "b", 1)];
    assert_eq!(texts.iter().collect::<std::collections::BTreeSet<_>>().len(), texts.len());
}

#[test]
fn channels_routes_and_times_must_hold_together() {
    let timing = |plan: &mut Plan, moment| plan.offers[0].timing.as_mut().unwrap().moments = vec![moment];
    let two_kinds = Span { months: 1, days: 1, micros: 0 };
    let refusals = [
        refused(|plan, known| plan.channels[0].asked = Some(known.number)),
        refused(|plan, _| plan.channels[0].direction = Direction::Outbound),
        refused(|plan, known| plan.channels[0].law = Some(known.number)),
        refused(|plan, _| plan.channels[0].quiet[0].from = 24 * 3_600_000_000),
        refused(|plan, _| plan.channels[0].quiet[0].days = Weekdays(0)),
        refused(|plan, _| plan.channels[0].lead = Span::days(-1)),
        refused(|plan, _| plan.channels[0].capacity.as_mut().unwrap().each = Unit::Month),
        refused(|plan, _| plan.histories[0].channel = None),
        refused(|plan, known| plan.delivery.zone = Some(known.number)),
        refused(|plan, known| (plan.delivery.zone, plan.delivery.zone_known) = (None, Some(known.condition))),
        refused(|plan, _| plan.delivery.possible_zones.swap(0, 1)),
        refused(|plan, _| plan.delivery.horizon = Span::default()),
        refused(|plan, known| plan.offers[0].routes[0].when = Some(known.of_visit)),
        refused(|plan, _| plan.offers[0].routes[0].value = None),
        refused(|plan, _| plan.portfolio.objective = None),
        refused(|plan, _| plan.offers[0].kind = OfferKind::Notice),
        refused(|plan, known| plan.offers[0].routes[0].value.as_mut().unwrap().fixed = known.number),
        refused(|plan, _| plan.offers[0].timing.as_mut().unwrap().days = Weekdays(0x80)),
        refused(|plan, _| plan.offers[0].timing.as_mut().unwrap().hours[0].to = -1),
        refused(|plan, known| timing(plan, Moment::Exactly { event: known.int, plus: Span::days(1) })),
        refused(|plan, known| timing(plan, Moment::Exactly { event: known.instant, plus: two_kinds })),
        refused(|plan, known| {
            timing(plan, Moment::After { event: known.instant, least: Span::default(), most: Some(Span::days(-1)) });
        }),
        refused(|plan, known| timing(plan, Moment::At { day: known.instant, plus: Span::days(1), time: 0 })),
        refused(|plan, _| {
            if let Some(Moment::At { time, .. }) = plan.offers[0].timing.as_mut().unwrap().moments.get_mut(2) {
                *time = 24 * 3_600_000_000;
            }
        }),
    ];
    insta::assert_snapshot!(refusals.join("\n"), @"
    channel `email`: of the wrong type
    channel `email`: nobody asks by an outbound channel
    channel `email`: of the wrong type
    channel `email`: hours that are none
    channel `email`: hours that are none
    channel `email`: a length of time that is none
    channel `email`: a capacity of neither a day nor a week
    channel `email`: a capacity with a history that names no channels
    delivery: of the wrong type
    delivery: knows of no zone
    delivery: zones that are not sorted
    delivery: a length of time that is none
    offer `coffee`: channels: operands over different rows: Row(TableId(1)) and Row(TableId(0))
    offer `coffee`: channels: a value without objective, or none with one
    offer `coffee`: channels: a value without objective, or none with one
    offer `coffee`: channels: a value without objective, or none with one
    offer `coffee`: channels: of the wrong type
    offer `coffee`: timing: no days
    offer `coffee`: timing: hours that are none
    offer `coffee`: timing: of the wrong type
    offer `coffee`: timing: a length of time that is none
    offer `coffee`: timing: a length of time that is none
    offer `coffee`: timing: of the wrong type
    offer `coffee`: timing: no time of a day
    ");
}

#[test]
fn histories_limits_and_experiments_must_hold_together() {
    let share = |plan: &mut Plan, change: fn(&mut SharedLimit)| change(&mut plan.portfolio.shared[1]);
    let refusals = [
        refused(|plan, _| plan.histories[0].events = STORE),
        refused(|plan, known| plan.histories[0].filter = Some(known.condition)),
        refused(|plan, _| plan.histories[0].filter = Some(asks_what_is_left(plan))),
        refused(|plan, _| plan.histories[0].member = Some(FieldId(9))),
        refused(|plan, _| plan.histories[0].offer = Some(FieldId(1))),
        refused(|plan, _| plan.histories[0].decided = Some(NOTE)),
        refused(|plan, _| plan.offers[0].limits[0].history = HistoryId(7)),
        refused(|plan, _| plan.offers[0].limits[0].window = LimitWindow::Rolling(Span::default())),
        refused(|plan, known| plan.offers[0].limits[0].when = Some(known.number)),
        refused(|plan, _| plan.offers[0].limits[0].channel = Some(ChannelId(7))),
        refused(|plan, _| plan.histories[0].decided = None),
        refused(|plan, _| plan.offers[0].limits[0].per = Per::Member),
        refused(|plan, _| plan.offers[0].limits[0].per = Per::Offer),
        refused(|plan, _| plan.offers[0].limits[0].per = Per::Field(OfferFieldId(0))),
        refused(|plan, _| plan.portfolio.limits[0].per = Per::Field(OfferFieldId(7))),
        refused(|plan, _| plan.offers[0].holdout.as_mut().unwrap().share = BUCKETS + 1),
        refused(|plan, known| plan.offers[0].holdout.as_mut().unwrap().bucket = known.number),
        refused(|plan, _| plan.offers[0].experiment.as_mut().unwrap().arms[0].share = 1),
        refused(|plan, _| plan.offers[0].experiment.as_mut().unwrap().arms.truncate(1)),
        refused(|plan, _| plan.offers[0].picks = vec![plan.offers[0].picks[0].clone(); MOST_PICKS + 1]),
        refused(|plan, _| plan.offers[0].family = Some(plan.offers[0].picks[0].family)),
        refused(|plan, known| plan.offers[0].picks[0].by = known.int),
        refused(|plan, _| plan.portfolio.at_most[0].most = 0),
        refused(|plan, _| plan.portfolio.slates[0].at_most[0].field = OfferFieldId(7)),
        refused(|plan, _| plan.portfolio.exclusions = vec![Exclusion { most: 1, offers: vec![OfferId(0)] }]),
        refused(|plan, _| {
            plan.portfolio.exclusions = vec![Exclusion { most: 1, offers: vec![OfferId(1), OfferId(0)] }]
        }),
        refused(|plan, _| plan.portfolio.pauses[0].after = 0),
        refused(|plan, _| plan.portfolio.pauses[0].length = Span::default()),
        refused(|plan, _| plan.portfolio.fallback = Some(OfferId(7))),
        refused(|plan, _| {
            share(plan, |shared| {
                if let SharedLimit::Share { share, .. } = shared {
                    *share = BUCKETS + 1;
                }
            })
        }),
        refused(|plan, _| {
            share(plan, |shared| {
                if let SharedLimit::Share { key, .. } = shared {
                    *key = FieldId(1);
                }
            })
        }),
        refused(|plan, _| {
            share(plan, |shared| {
                if let SharedLimit::Share { requests, .. } = shared {
                    *requests = STORE;
                }
            })
        }),
        refused(|plan, _| {
            let Plan { schema, exprs, .. } = plan;
            exprs.add(schema, Op::Remaining(1)).unwrap();
        }),
    ];
    insta::assert_snapshot!(refusals.join("\n"), @"
    history: of no events
    history: operands over different rows: Row(TableId(0)) and Row(TableId(1))
    history: a condition that asks what is left of a limit
    history: a field that is not there
    history: a name that is no text
    history: decided at what is no instant that is always there
    offer `coffee`: limit: of no history
    offer `coffee`: limit: a length of time that is none
    offer `coffee`: limit: of the wrong type
    offer `coffee`: limit: on no channel
    offer `coffee`: limit: counts decisions that its history does not tell
    offer `coffee`: limit: per member of no family
    offer `coffee`: limit: per offer, in an offer
    offer `coffee`: limit: per field, in an offer
    portfolio: limit: by no field of offers
    offer `coffee`: holdout: more than all
    offer `coffee`: holdout: of the wrong type
    offer `coffee`: arms: not all customers, each once
    offer `coffee`: arms: not all customers, each once
    offer `coffee`: picks: too many
    offer `coffee`: picks: in a family
    offer `coffee`: pick: of the wrong type
    portfolio: at most: at most none
    portfolio: at most: by no field of offers
    portfolio: exclusion: of nothing
    portfolio: exclusion: offers that are not sorted
    portfolio: pause: after none
    portfolio: pause: a length of time that is none
    portfolio: fallback: an offer that is not there
    portfolio: share: more than all
    portfolio: share: keys of different types
    portfolio: share: of no events
    %22: what is left of no limit in total
    ");
}

/// A condition over a visit that reads how much is left of the limit in total.
fn asks_what_is_left(plan: &mut Plan) -> ExprId {
    let Plan { schema, exprs, .. } = plan;
    let mut add = |op| exprs.add(schema, op).unwrap();
    let (left, none) = (add(Op::Remaining(0)), add(Op::Constant(Constant::Int(0))));
    let some = add(Op::Compare(Comparison::Less, none, left));
    let spend = add(Op::Field(VISIT, FieldId(2)));
    let there = add(Op::IsMissing(spend));
    add(Op::And(Box::new([some, there])))
}
