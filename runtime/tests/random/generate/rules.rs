//! Random rules of sending and deciding: by which channel, when, how often, to which part of the customers; the past
//! events that they count, and what is picked for a customer.
//!
//! One plan in three has none of them, and is decided at `now` by masks and scores alone.

use opportune_plan::{
    Apart, AtMost, BUCKETS, Capacity, Channel, ChannelId, Counted, Counts, Currency, Delivery, Direction, Exclusion,
    Experiment, ExprId, FieldId, History, HistoryId, Holdout, Hours, Limit, LimitWindow, MOST_PICKS, Moment, Offer,
    OfferFieldId, OfferId, OfferKind, Op, Pause, Per, Pick, Portfolio, Quota, Route, RouteCost, RouteValue,
    SharedLimit, Slate, Span, TableId, Timing, Type, Unit, Weekdays,
};

use super::expressions::Writer;
use super::policy::{condition, family, priority};
use super::pools::{DAY, HOUR, ZONES};
use super::schema::{CUSTOMER, PURCHASES, VISITS, types};

/// What the rules of a plan are drawn from.
pub struct Rules {
    pub is_plain: bool,
    pub histories: Vec<History>,
    /// The limits in total, which come first in [`Portfolio::shared`]: expressions ask what is left of them.
    pub totals: Vec<SharedLimit>,
    pub objective: Option<Currency>,
}

impl Rules {
    /// Histories and limits in total, before any expression may ask what is left.
    pub fn new(writer: &mut Writer<'_>, offers: usize) -> Self {
        if !writer.dice.percent(66) {
            return Self { is_plain: true, histories: Vec::new(), totals: Vec::new(), objective: None };
        }
        let histories: Vec<History> = (0..writer.dice.roll(4)).map(|_| history(writer)).collect();
        let totals = (0..writer.dice.roll(4).saturating_sub(1)).map(|_| total(writer, &histories, offers)).collect();
        let objective = writer.dice.percent(40).then(|| writer.currency());
        Self { is_plain: false, histories, totals, objective }
    }

    fn past(&self, writer: &mut Writer<'_>) -> Option<HistoryId> {
        (!self.histories.is_empty()).then(|| HistoryId(writer.dice.roll(self.histories.len()) as u32))
    }

    pub fn channel(&self, writer: &mut Writer<'_>, channel: &mut Channel) {
        if self.is_plain || !writer.dice.percent(60) {
            return;
        }
        channel.direction = writer.dice.pick(&[Direction::Outbound, Direction::Inbound, Direction::Both]);
        if channel.direction != Direction::Outbound && writer.dice.percent(80) {
            channel.asked = Some(writer.expr(Type::Bool, CUSTOMER, 1));
        }
        channel.quiet = (0..writer.dice.roll(4).saturating_sub(1)).map(|_| hours(writer)).collect();
        channel.law = writer.dice.percent(40).then(|| jurisdiction(writer));
        channel.lead = writer.dice.pick(&[
            Span::default(),
            Span::default(),
            Span::micros(2 * HOUR),
            Span::days(1),
            Span::micros(1),
        ]);
        if writer.dice.percent(20) {
            let (most, each) = (writer.dice.roll(6) as u64, writer.dice.pick(&[Unit::Day, Unit::Week]));
            let past = self.past(writer).filter(|past| self.histories[past.0 as usize].channel.is_some());
            channel.capacity = Some(Capacity { most, each, past });
        }
    }

    pub fn delivery(&self, writer: &mut Writer<'_>) -> Delivery {
        if self.is_plain {
            return Delivery::default();
        }
        let zone = writer.dice.percent(70).then(|| writer.sure(Type::Zone, CUSTOMER, 1));
        let zone_known = zone.filter(|_| writer.dice.percent(60)).map(|_| writer.sure(Type::Bool, CUSTOMER, 1));
        let possible = if writer.dice.percent(50) { 0 } else { 1 + writer.dice.roll(3) };
        let begin = writer.dice.roll(ZONES.len() - possible);
        let possible_zones = ZONES[begin..begin + possible].iter().map(|zone| (*zone).into()).collect();
        let horizon = [
            Span::days(7),
            Span::days(1),
            Span::micros(36 * HOUR),
            Span::days(30),
            Span { months: 1, ..Span::default() },
        ];
        Delivery { zone, zone_known, possible_zones, horizon: writer.dice.pick(&horizon) }
    }

    /// What an offer of the plan has beside conditions, caps and a priority.
    pub fn offer(&self, writer: &mut Writer<'_>, offer: &mut Offer, channels: usize) {
        if self.is_plain {
            return;
        }
        let kinds = [OfferKind::Offer, OfferKind::Offer, OfferKind::Offer, OfferKind::Reminder, OfferKind::Notice];
        offer.kind = writer.dice.pick(&kinds);
        let value = self.objective.filter(|_| offer.kind != OfferKind::Notice);
        for route in &mut offer.routes {
            complete(writer, route, value);
        }
        if writer.dice.percent(40) {
            offer.timing = Some(timing(writer, offer.timing.take()));
        }
        let of_family = offer.family.is_some();
        for _ in 0..writer.dice.roll(4).saturating_sub(1) {
            let per = if of_family { writer.dice.pick(&[Per::Together, Per::Member]) } else { Per::Together };
            offer.limits.extend(self.limit(writer, per, channels));
        }
        offer.holdout = writer.dice.percent(20).then(|| holdout(writer, &offer.name));
        offer.experiment = writer.dice.percent(20).then(|| experiment(writer, &offer.name));
        if !of_family {
            let picks = writer.dice.roll(MOST_PICKS + 6).saturating_sub(5);
            offer.picks = (0..picks).map(|at| pick(writer, at)).collect();
        }
    }

    /// Of the portfolio, all that is not told at `now`.
    pub fn portfolio(&self, writer: &mut Writer<'_>, portfolio: &mut Portfolio, (channels, offers): (usize, usize)) {
        if self.is_plain {
            return;
        }
        portfolio.objective = self.objective;
        if writer.dice.percent(50) {
            let size = |writer: &mut Writer<'_>| 1 + writer.dice.roll(3) as u32;
            let slate = |channel| Slate { channel: ChannelId(channel), size: size(writer), at_most: Vec::new() };
            portfolio.slates = (0..channels as u32).map(slate).collect();
            portfolio.slots_in_all = Some(1 + size(writer));
        }
        for slate in &mut portfolio.slates {
            slate.at_most = (0..writer.dice.roll(3).saturating_sub(1)).map(|_| at_most(writer)).collect();
        }
        portfolio.at_most = (0..writer.dice.roll(4).saturating_sub(2)).map(|_| at_most(writer)).collect();
        for _ in 0..writer.dice.roll(4).saturating_sub(1) {
            let field = OfferFieldId(writer.dice.roll(2) as u32);
            let per = writer.dice.pick(&[Per::Together, Per::Offer, Per::Field(field)]);
            portfolio.limits.extend(self.limit(writer, per, channels));
        }
        if offers > 1 && writer.dice.percent(40) {
            let offers = (0..offers as u32).map(OfferId).collect();
            portfolio.exclusions.push(Exclusion { most: 1 + writer.dice.roll(2) as u32, offers });
        }
        if let (Some(contacts), Some(responses)) = (self.past(writer), self.past(writer))
            && writer.dice.percent(30)
        {
            let mut days = || Span::days(1 + writer.dice.roll(40) as i32);
            let (length, patience) = (days(), days());
            let after = 1 + writer.dice.roll(3) as u32;
            portfolio.pauses.push(Pause { length, after, patience, contacts, responses });
        }
        portfolio.holdout = writer.dice.percent(20).then(|| holdout(writer, "holdout"));
        portfolio.fallback = writer.dice.percent(30).then(|| OfferId(writer.dice.roll(offers) as u32));
        portfolio.shared.clone_from(&self.totals);
        portfolio.shared.extend(self.share(writer));
        for _ in 0..writer.dice.roll(5).saturating_sub(2) {
            portfolio.shared.push(SharedLimit::Quota(self.quota(writer, offers, channels)));
        }
    }

    /// So much of any kind but for members, for good or by the calendar.
    fn quota(&self, writer: &mut Writer<'_>, offers: usize, channels: usize) -> Quota {
        let offer = writer.dice.percent(50).then(|| OfferId(writer.dice.roll(offers) as u32));
        let is_budget = writer.dice.percent(40);
        let names_offer = |id: &HistoryId| offer.is_none() || self.histories[id.0 as usize].offer.is_some();
        let units = [Unit::Day, Unit::Week, Unit::Month, Unit::Quarter, Unit::Year];
        let ty = writer.dice.pick(&[Type::Text, Type::Int]);
        let per = match writer.dice.roll(3) {
            0 => Apart::Together,
            1 if offer.is_none() => Apart::Field(OfferFieldId(writer.dice.roll(2) as u32)),
            _ => Apart::Customer(writer.expr(ty, CUSTOMER, 2), None),
        };
        Quota {
            text: "so much".into(),
            offer,
            most: writer.dice.pick(&[3, 10, 0, 100, 5_000_000, u64::MAX]),
            counts: if is_budget { Counted::Cost(writer.currency()) } else { Counted::Showings },
            each: writer.dice.percent(40).then(|| writer.dice.pick(&units)),
            per,
            channel: writer.dice.percent(30).then(|| ChannelId(writer.dice.roll(channels) as u32)),
            past: self.past(writer).filter(names_offer).filter(|_| !is_budget),
        }
    }

    fn limit(&self, writer: &mut Writer<'_>, per: Per, channels: usize) -> Option<Limit> {
        let history = self.past(writer)?;
        let decided = self.histories[history.0 as usize].decided.is_some();
        let counts = match writer.dice.roll(6) {
            0 => Counts::Showings,
            1 => Counts::Nothing,
            2 | 3 if decided => Counts::Decisions,
            _ => Counts::Contacts,
        };
        let units = [Unit::Day, Unit::Week, Unit::Month, Unit::Quarter, Unit::Year];
        let window = if writer.dice.percent(50) {
            LimitWindow::Calendar(writer.dice.pick(&units))
        } else {
            LimitWindow::Rolling(writer.dice.pick(&[
                Span::days(7),
                Span::days(1),
                Span::days(90),
                Span::micros(2 * HOUR),
                Span { months: 1, ..Span::default() },
            ]))
        };
        Some(Limit {
            text: "some".into(),
            most: writer.dice.pick(&[1, 1, 2, 3, 0]),
            window,
            history,
            counts,
            per,
            channel: writer.dice.percent(30).then(|| ChannelId(writer.dice.roll(channels) as u32)),
            including_inbound: writer.dice.percent(30),
            when: writer.dice.percent(30).then(|| writer.expr(Type::Bool, CUSTOMER, 1)),
        })
    }

    /// A share of requests, by a key of any type.
    fn share(&self, writer: &mut Writer<'_>) -> Option<SharedLimit> {
        let contacts = self.past(writer).filter(|_| writer.dice.percent(60))?;
        let ty = writer.any_type();
        let of_contacts = self.histories[contacts.0 as usize].events;
        let requests = writer.dice.pick(&[PURCHASES, VISITS]);
        Some(SharedLimit::Share {
            share: writer.dice.pick(&[5_000, 0, BUCKETS, 3_333]),
            requests,
            key: field(writer, requests, ty),
            contacts,
            contact_key: field(writer, of_contacts, ty),
            answers: writer.expr(ty, CUSTOMER, 2),
            window: Span::days(30),
        })
    }
}

impl Writer<'_> {
    fn currency(&mut self) -> Currency {
        let money = types().iter().filter_map(|ty| if let Type::Money(of) = ty { Some(*of) } else { None });
        self.dice.pick(&money.collect::<Vec<_>>())
    }

    pub fn bucket(&mut self, layer: &str) -> ExprId {
        let salt = self.dice.pick(&["2026-q4", "", "é\u{1F}"]).into();
        self.add(Op::Bucket { salt, layer: layer.into() })
    }
}

/// Any field of a type.
fn field(writer: &mut Writer<'_>, table: TableId, ty: Type) -> FieldId {
    let fields = (0..).map(FieldId).zip(&writer.schema.tables[table.0 as usize].fields);
    let of_type: Vec<FieldId> = fields.filter(|(_, field)| field.ty == ty).map(|(at, _)| at).collect();
    writer.dice.pick(&of_type)
}

/// The types of fields that name offers and channels; the values of the second are their names.
const NAMES: [Type; 2] = [Type::Text, Type::OneOf(opportune_plan::DomainId(0))];

fn history(writer: &mut Writer<'_>) -> History {
    let events = writer.dice.pick(&[PURCHASES, VISITS]);
    let filter = writer.dice.percent(66).then(|| {
        if writer.dice.percent(15) { writer.overflowing_condition(events) } else { writer.sure(Type::Bool, events, 3) }
    });
    let ty = writer.any_type();
    let mut some = |percent, types: &[Type]| {
        writer.dice.percent(percent).then(|| {
            let ty = writer.dice.pick(types);
            field(writer, events, ty)
        })
    };
    let (offer, member, channel, value) = (some(70, &NAMES), some(30, &[ty]), some(60, &NAMES), some(30, &[ty]));
    let decided = some(40, &[Type::Instant]);
    let is_sure = |at: &FieldId| !writer.schema.tables[events.0 as usize].fields[at.0 as usize].nullable;
    History { events, filter, offer, member, channel, decided: decided.filter(is_sure), value, cost: None }
}

fn total(writer: &mut Writer<'_>, histories: &[History], offers: usize) -> SharedLimit {
    let past = (0..).map(HistoryId).zip(histories).filter(|(_, history)| history.offer.is_some()).map(|(id, _)| id);
    let past: Vec<HistoryId> = past.collect();
    let offer = OfferId(writer.dice.roll(offers) as u32);
    let most = writer.dice.pick(&[3, 10, 0, 100, u64::MAX]);
    SharedLimit::Quota(Quota::total(offer, most, if past.is_empty() { None } else { Some(writer.dice.pick(&past)) }))
}

fn hours(writer: &mut Writer<'_>) -> Hours {
    let quarter = HOUR / 4;
    let time = |writer: &mut Writer<'_>| writer.dice.roll((DAY / quarter) as usize) as i64 * quarter;
    let (from, to) = (time(writer), time(writer));
    Hours { from, to, days: weekdays(writer) }
}

fn weekdays(writer: &mut Writer<'_>) -> Weekdays {
    let some = Weekdays(1 + writer.dice.roll(127) as u8);
    writer.dice.pick(&[Weekdays::ALL, Weekdays::ALL, Weekdays::WEEKDAYS, some])
}

/// The code of a jurisdiction, or a text that is none.
fn jurisdiction(writer: &mut Writer<'_>) -> ExprId {
    if writer.dice.percent(50) {
        return writer.expr(Type::Text, CUSTOMER, 1);
    }
    let code = writer.dice.pick(&["US", "US-FL", "US-NY", "FR", "AU"]);
    writer.add(Op::Constant(opportune_plan::Constant::Text(code.into())))
}

fn complete(writer: &mut Writer<'_>, route: &mut Route, value: Option<Currency>) {
    route.when = writer.dice.percent(40).then(|| writer.expr(Type::Bool, CUSTOMER, 2));
    route.value = value.map(|currency| {
        let mut amount = || writer.sure(Type::Money(currency), CUSTOMER, 2);
        RouteValue { per_score: amount(), fixed: amount() }
    });
    route.cost = writer.dice.percent(30).then(|| {
        let mut cost = |percent| {
            let currency = writer.currency();
            writer.dice.percent(percent).then(|| writer.sure(Type::Money(currency), CUSTOMER, 2))
        };
        RouteCost { message: cost(70), offer: cost(50) }
    });
}

/// More than days between: hours, days of the week, moments.
fn timing(writer: &mut Writer<'_>, between: Option<Timing>) -> Timing {
    let mut timing = between.unwrap_or(Timing::between(None, None));
    timing.days = weekdays(writer);
    timing.hours = (0..writer.dice.roll(3)).map(|_| Hours { days: Weekdays::ALL, ..hours(writer) }).collect();
    timing.moments = (0..writer.dice.roll(4)).map(|_| moment(writer)).collect();
    timing
}

fn moment(writer: &mut Writer<'_>) -> Moment {
    let span = |writer: &mut Writer<'_>| {
        writer.dice.pick(&[
            Span::default(),
            Span::days(1),
            Span::days(5),
            Span::micros(3 * HOUR),
            Span { months: 1, ..Span::default() },
        ])
    };
    match writer.dice.roll(4) {
        0 => Moment::RightAway,
        1 => {
            let event = writer.expr(Type::Instant, CUSTOMER, 2);
            let most = writer.dice.percent(60).then(|| span(writer));
            Moment::After { event, least: span(writer), most }
        }
        2 => {
            let day = writer.expr(Type::Date, CUSTOMER, 2);
            let plus = Span { micros: 0, ..span(writer) };
            Moment::At { day, plus, time: writer.dice.roll(24) as i64 * HOUR }
        }
        _ => Moment::Exactly { event: writer.expr(Type::Instant, CUSTOMER, 2), plus: span(writer) },
    }
}

fn holdout(writer: &mut Writer<'_>, layer: &str) -> Holdout {
    Holdout { share: writer.dice.pick(&[500, 5_000, 0, BUCKETS]), bucket: writer.bucket(layer) }
}

fn experiment(writer: &mut Writer<'_>, layer: &str) -> Experiment {
    let first = writer.dice.pick(&[5_000, 1, 0, 9_999]);
    let arm = |name: &str, share| opportune_plan::Arm { name: name.into(), share };
    Experiment { bucket: writer.bucket(layer), arms: vec![arm("plain", first), arm("big", BUCKETS - first)] }
}

fn at_most(writer: &mut Writer<'_>) -> AtMost {
    AtMost { most: 1 + writer.dice.roll(2) as u32, field: OfferFieldId(writer.dice.roll(2) as u32) }
}

fn pick(writer: &mut Writer<'_>, at: usize) -> Pick {
    let of = family(writer);
    writer.family = Some(of);
    let eligible = writer.dice.percent(80).then(|| condition(writer));
    let by = priority(writer);
    writer.family = None;
    Pick { name: format!("pick_{at}").into(), family: of, eligible, by }
}
