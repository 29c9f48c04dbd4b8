//! The plan of a random case.

use opportune_plan::{
    Aggregate, Apart, Arithmetic, Arm, Cap, Capacity, Channel, ChannelId, Comparison, Constant, Counted, Counts,
    Delivery, Direction, Experiment, ExprId, Exprs, Family, FieldId, FieldValue, Float, Forbidden, Function, Guarantee,
    GuaranteeId, History, HistoryId, Holdout, Limit, LimitWindow, Moment, Offer, OfferField, OfferId, OfferKind, Op,
    Pause, Pick, Plan, Portfolio, Quota, RankKey, Route, RouteCost, RouteValue, Schema, SharedLimit, Slate, Span,
    TableId, Timing, Type, VerifiedPlan, Window, verify,
};

use crate::case::{self, CHANNELS, Case, OFFERS, TOPICS, ZONES};
use crate::tables::{CONTACTS, PRODUCTS, REQUESTS, RESPONSES, channel_name, member_name, offer_name, schema};

/// The contacts that limits count, those that shared limits count, and the responses.
const COUNTED: HistoryId = HistoryId(0);
const ALL: HistoryId = HistoryId(1);
const ANSWERS: HistoryId = HistoryId(2);

struct Maker {
    schema: Schema,
    exprs: Exprs,
}

impl Maker {
    fn add(&mut self, op: Op) -> ExprId {
        self.exprs.add(&self.schema, op).unwrap()
    }

    fn field(&self, table: TableId, name: &str) -> FieldId {
        let fields = &self.schema.tables[table.0 as usize].fields;
        FieldId(fields.iter().position(|field| *field.name == *name).unwrap() as u32)
    }

    fn of(&mut self, name: &str) -> ExprId {
        let field = self.field(Schema::CUSTOMER, name);
        self.add(Op::Field(Schema::CUSTOMER, field))
    }

    fn family(&self) -> Family {
        Family { table: PRODUCTS, field: self.field(PRODUCTS, "kind") }
    }

    /// A score that is another one for one member.
    fn score_but_for(&mut self, name: &str, member: usize) -> ExprId {
        let Family { table, field } = self.family();
        let of = self.add(Op::Member(table, field));
        let one = self.add(Op::Constant(Constant::Text(member_name(member).into())));
        let is_one = self.add(Op::Compare(Comparison::Equal, of, one));
        let (other, usual) = (self.of("other_score"), self.of(name));
        let score = self.add(Op::If(is_one, other, usual));
        let zero = self.add(Op::Constant(Constant::Number(Float::new(0.0).unwrap())));
        self.add(Op::Else(score, zero))
    }

    fn histories(&mut self, case: &Case) -> Vec<History> {
        let counts = self.field(CONTACTS, "counts");
        let filter = case.tells.filter.then(|| self.add(Op::Field(CONTACTS, counts)));
        let field = |name| Some(self.field(CONTACTS, name));
        let all = History {
            cost: None,
            events: CONTACTS,
            filter: None,
            offer: field("offer"),
            member: field("member"),
            channel: field("channel"),
            decided: field("decided"),
            value: None,
        };
        let counted = History { filter, value: field("topic").filter(|_| case.tells.topic), ..all.clone() };
        let offer = Some(self.field(RESPONSES, "offer"));
        let answers = History { events: RESPONSES, offer, member: None, channel: None, decided: None, ..all.clone() };
        vec![counted, all, answers]
    }

    fn channel(&mut self, at: usize, of: &case::Channel) -> Channel {
        let asks = of.direction != Direction::Outbound;
        Channel {
            needs: of.needs.then(|| self.of(&format!("reached_{at}"))),
            direction: of.direction,
            asked: asks.then(|| self.of("asked")),
            quiet: of.quiet.into_iter().collect(),
            lead: of.lead,
            capacity: of.capacity.map(|(most, each)| Capacity { most, each, past: Some(ALL) }),
            ..Channel::new(channel_name(at))
        }
    }

    fn limit(&mut self, of: &case::Limit) -> Limit {
        Limit {
            text: "a cap".into(),
            most: of.most,
            window: of.window,
            history: COUNTED,
            counts: of.counts,
            per: of.per,
            channel: of.channel.map(|channel| ChannelId(channel as u32)),
            including_inbound: of.including_inbound,
            when: of.when.then(|| self.of("capped")),
        }
    }

    /// The same as a limit of so many hours where all is sent at `now`: fewer than so many in the last hours.
    fn cap(&mut self, limit: &case::Limit, offer: Option<usize>) -> Cap {
        let LimitWindow::Rolling(span) = limit.window else { panic!("not told at now") };
        let (now, length) = (self.add(Op::Now), self.add(Op::Constant(Constant::Duration(span.micros))));
        let after = self.add(Op::Arithmetic(Arithmetic::Subtract, now, length));
        let filter = offer.map(|offer| {
            let field = self.field(CONTACTS, "offer");
            let (of, name) = (self.add(Op::Field(CONTACTS, field)), Constant::Text(offer_name(offer).into()));
            let name = self.add(Op::Constant(name));
            let is_it = self.add(Op::Compare(Comparison::Equal, of, name));
            self.add(Op::IsTrue(is_it))
        });
        let (window, function) = (Window::after(after), Function::Count);
        let counted = self.add(Op::Aggregate(Aggregate { events: CONTACTS, window, filter, by: None, function }));
        let most = self.add(Op::Constant(Constant::Int(limit.most.into())));
        Cap { limit: limit.most, counted, has_room: self.add(Op::Compare(Comparison::Less, counted, most)) }
    }

    fn offer(&mut self, case: &Case, at: usize, of: &case::Offer) -> Offer {
        let score = format!("score_{at}");
        let priority = if of.is_family { self.score_but_for(&score, 1) } else { self.of(&score) };
        let route = |maker: &mut Self, (channel, when): (usize, Option<usize>)| Route {
            cost: case.costs.then(|| RouteCost {
                message: Some(maker.of(&format!("message_cost_{channel}"))),
                offer: Some(maker.of(&format!("offer_cost_{at}"))),
            }),
            channel: ChannelId(channel as u32),
            when: when.map(|when| maker.of(&format!("when_{when}"))),
            value: (case.by_value && !of.is_notice).then(|| RouteValue {
                per_score: maker.of(&format!("per_score_{channel}")),
                fixed: maker.of(&format!("fixed_{channel}")),
            }),
        };
        let moment =
            |maker: &mut Self, (least, most)| Moment::After { event: maker.of("event"), least, most: Some(most) };
        let timing = (of.hours.is_some() || of.delay.is_some()).then(|| Timing {
            hours: of.hours.into_iter().collect(),
            moments: of.delay.map(|delay| moment(self, delay)).into_iter().collect(),
            ..Timing::between(None, None)
        });
        let bucket = self.of(&format!("bucket_{at}"));
        let arms =
            of.arms.iter().enumerate().map(|(at, share)| Arm { name: format!("arm_{at}").into(), share: *share });
        let experiment = Experiment { bucket, arms: arms.collect() };
        let by = |maker: &mut Self, pick: usize| Pick {
            name: format!("pick_{pick}").into(),
            family: maker.family(),
            eligible: None,
            by: maker.score_but_for("score_0", 2 - pick),
        };
        let topics = of.topics.iter().map(|topic| Constant::Text(TOPICS[*topic].into())).collect::<Vec<_>>();
        let topic = topics.first().cloned().map_or(FieldValue::Missing, FieldValue::One);
        Offer {
            kind: if of.is_notice { OfferKind::Notice } else { OfferKind::Offer },
            family: of.is_family.then(|| self.family()),
            fields: vec![
                topic,
                FieldValue::Set(topics),
                of.tier.map_or(FieldValue::Missing, |tier| FieldValue::One(Constant::Int(tier))),
            ],
            forbidden: of
                .forbidden
                .then(|| Forbidden { guarantee: GuaranteeId(0), when: self.of("capped") })
                .into_iter()
                .collect(),
            limits: of.limits.iter().filter(|_| !case.told_at_now).map(|limit| self.limit(limit)).collect(),
            caps: of.limits.iter().filter(|_| case.told_at_now).map(|limit| self.cap(limit, Some(at))).collect(),
            routes: of.routes.iter().map(|of| route(self, *of)).collect(),
            timing,
            holdout: of.holdout.map(|share| Holdout { share, bucket }),
            experiment: (!of.arms.is_empty()).then_some(experiment),
            picks: (0..of.picks).map(|pick| by(self, pick)).collect(),
            ..Offer::new(offer_name(at), priority)
        }
    }

    fn quota(&mut self, of: &case::Quota) -> Quota {
        Quota {
            text: "a quota".into(),
            offer: of.offer.map(|offer| OfferId(offer as u32)),
            most: of.most,
            counts: if of.is_budget { Counted::Cost(crate::tables::money()) } else { Counted::Showings },
            each: of.each,
            per: match of.per {
                case::Apart::Together => Apart::Together,
                case::Apart::Rep => Apart::Customer(self.of("rep"), None),
                case::Apart::Topic => Apart::Field(opportune_plan::OfferFieldId(0)),
                case::Apart::Topics => Apart::Field(opportune_plan::OfferFieldId(1)),
                case::Apart::Member => Apart::Member,
            },
            channel: of.channel.map(|channel| ChannelId(channel as u32)),
            past: None,
        }
    }

    fn portfolio(&mut self, case: &Case) -> Portfolio {
        let slate = |(channel, size, diverse): &(usize, usize, Option<usize>)| Slate {
            channel: ChannelId(*channel as u32),
            size: *size as u32,
            at_most: diverse
                .iter()
                .map(|_| opportune_plan::AtMost { most: 1, field: opportune_plan::OfferFieldId(0) })
                .collect(),
        };
        let totals = (0..)
            .zip(&case.offers)
            .filter_map(|(at, offer)| Some(SharedLimit::Quota(Quota::total(OfferId(at), offer.total?, Some(ALL)))));
        let mut shared: Vec<_> = totals.collect();
        if let Some((share, days)) = case.share {
            shared.push(SharedLimit::Share {
                share,
                requests: REQUESTS,
                key: self.field(REQUESTS, "rep"),
                contacts: ALL,
                contact_key: self.field(CONTACTS, "rep"),
                answers: self.of("rep"),
                window: Span::days(days),
            });
        }
        shared.extend(case.quotas.iter().map(|quota| SharedLimit::Quota(self.quota(quota))));
        let tier = RankKey { field: opportune_plan::OfferFieldId(2), descending: true };
        Portfolio {
            objective: case.by_value.then(crate::tables::money),
            slates: case.slates.iter().map(slate).collect(),
            slots_in_all: case.in_all.map(|slots| slots as u32),
            rank: if case.ranked { vec![tier] } else { Vec::new() },
            contact_cap: case.limits.first().filter(|_| case.told_at_now).map(|limit| self.cap(limit, None)),
            limits: case.limits.iter().filter(|_| !case.told_at_now).map(|limit| self.limit(limit)).collect(),
            at_most: case.at_most.clone(),
            exclusions: case.exclusions.clone(),
            pauses: case
                .pause
                .map(|(length, after, patience)| Pause {
                    length,
                    after,
                    patience,
                    contacts: COUNTED,
                    responses: ANSWERS,
                })
                .into_iter()
                .collect(),
            holdout: case.holdout.map(|share| Holdout { share, bucket: self.of("bucket") }),
            fallback: case.fallback.map(|offer| OfferId(offer as u32)),
            shared,
        }
    }
}

pub fn of(case: &Case) -> VerifiedPlan {
    let mut maker = Maker { schema: schema(), exprs: Exprs::default() };
    let histories = maker.histories(case);
    let channels = (0..CHANNELS).map(|at| maker.channel(at, &case.channels[at])).collect();
    let offers = (0..OFFERS).map(|at| maker.offer(case, at, &case.offers[at])).collect();
    let portfolio = maker.portfolio(case);
    let field = |name: &str, ty, is_set| OfferField { name: name.into(), ty, is_set };
    let delivery = Delivery {
        zone: case.zones.then(|| maker.of("zone")),
        zone_known: case.zones.then(|| maker.of("known")),
        possible_zones: vec!["America/New_York".into(), "Europe/London".into()],
        horizon: Span::days(3),
    };
    verify(Plan {
        guarantees: vec![Guarantee { name: "kept".into(), review_by: None, kept_anyway: false }],
        offer_fields: vec![
            field("topic", Type::Text, false),
            field("topics", Type::Text, true),
            field("tier", Type::Int, false),
        ],
        channels,
        delivery,
        histories,
        offers,
        portfolio,
        ..Plan::new("decide", ZONES[0], maker.schema, maker.exprs)
    })
    .unwrap()
}

/// Whether a cap counts messages.
pub fn counts_messages(counts: Counts) -> bool {
    matches!(counts, Counts::Contacts | Counts::Decisions)
}
