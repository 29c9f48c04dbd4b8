//! Offers, channels, the portfolio, and the plan that holds them all.

use crate::channel::{Channel, ChannelId};
use crate::delivery::{Delivery, Moment, Timing};
use crate::experiment::{Experiment, Holdout};
use crate::expr::{ExprId, Exprs};
use crate::journey::Journey;
use crate::limit::{Apart, History, Limit, Pause, SharedLimit};
use crate::schema::{FieldId, Schema, TableId};
use crate::template::Template;
use crate::types::{Constant, Currency, Type};

/// Names an offer of [`Plan::offers`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct OfferId(pub u32);

/// Names a field of [`Plan::offer_fields`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct OfferFieldId(pub u32);

/// Names a guarantee of [`Plan::guarantees`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct GuaranteeId(pub u32);

/// A whole policy, ready to run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Plan {
    /// The project's name.
    pub name: Box<str>,
    /// The project's IANA time zone, for example `America/New_York`.
    pub zone: Box<str>,
    /// What the data looks like.
    pub schema: Schema,
    /// All expressions.
    pub exprs: Exprs,
    /// The journeys, in the order of their names.
    pub journeys: Vec<Journey>,
    /// The guarantees, in the order of their names.
    pub guarantees: Vec<Guarantee>,
    /// The fields that every offer has.
    pub offer_fields: Vec<OfferField>,
    /// The channels, in the order of their names.
    pub channels: Vec<Channel>,
    /// What sending needs to know of the customer and the calendar.
    pub delivery: Delivery,
    /// The past events that limits count, each once.
    pub histories: Vec<History>,
    /// The offers, in the order of their names.
    pub offers: Vec<Offer>,
    /// The rules that hold over all offers.
    pub portfolio: Portfolio,
}

/// A field that every offer has, declared in `offer fields`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OfferField {
    /// The name.
    pub name: Box<str>,
    /// The type of its value, or of each of its values.
    pub ty: Type,
    /// Whether it is a set of values.
    pub is_set: bool,
}

/// The value of an offer's field.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FieldValue {
    /// Not given, and the field has no default.
    Missing,
    /// One value.
    One(Constant),
    /// A set of values, sorted.
    Set(Vec<Constant>),
}

/// Something that may be offered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Offer {
    /// The name.
    pub name: Box<str>,
    /// What it is, for people.
    pub about: Option<Box<str>>,
    /// What kind of offer it is.
    pub kind: OfferKind,
    /// Where it is one offer for each member: its conditions, caps, priority and texts are over customer and member.
    pub family: Option<Family>,
    /// The values of [`Plan::offer_fields`], in their order.
    pub fields: Vec<FieldValue>,
    /// A condition over the customer that must be definitely true; without one, everybody is eligible.
    pub eligible: Option<ExprId>,
    /// Conditions over the customer, each of which must be definitely false.
    pub except: Vec<ExprId>,
    /// What guarantees forbid, in their order; each must be definitely false.
    pub forbidden: Vec<Forbidden>,
    /// Limits on how often one customer gets it that are told at `now`: of offers that are sent at `now` or not at all.
    pub caps: Vec<Cap>,
    /// All other limits on how often one customer gets it.
    pub limits: Vec<Limit>,
    /// The channels that may carry it, the preferred first; at least one, each once.
    pub routes: Vec<Route>,
    /// When it may be sent; without one, always.
    pub timing: Option<Timing>,
    /// The score: a number over the customer, not nullable.
    pub priority: ExprId,
    /// Those of its customers who do not get it, though it takes their slot.
    pub holdout: Option<Holdout>,
    /// Its variants.
    pub experiment: Option<Experiment>,
    /// The items that are picked for each customer; where one cannot be, the customer is not eligible. At most
    /// [`MOST_PICKS`].
    pub picks: Vec<Pick>,
    /// The reason, as the customer may read it.
    pub because: Option<Template>,
    /// What the customer is told, by channel; `None` for the channels that have no text of their own. At most one each.
    pub messages: Vec<(Option<ChannelId>, Template)>,
}

impl Offer {
    /// An offer to everybody, by no channel yet, without any rule.
    pub fn new(name: impl Into<Box<str>>, priority: ExprId) -> Self {
        Self {
            name: name.into(),
            about: None,
            kind: OfferKind::Offer,
            family: None,
            fields: Vec::new(),
            eligible: None,
            except: Vec::new(),
            forbidden: Vec::new(),
            caps: Vec::new(),
            limits: Vec::new(),
            routes: Vec::new(),
            timing: None,
            priority,
            holdout: None,
            experiment: None,
            picks: Vec::new(),
            because: None,
            messages: Vec::new(),
        }
    }

    /// Its channels, the preferred first.
    pub fn channels(&self) -> impl Iterator<Item = ChannelId> {
        self.routes.iter().map(|route| route.channel)
    }
}

/// What kind of offer something is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum OfferKind {
    /// An offer.
    #[default]
    Offer,
    /// An offer that reminds of something the customer did; it has a reason.
    Reminder,
    /// Something the customer needs to know: it takes no slot, is ranked against nothing and stands outside the
    /// portfolio's caps, pause, slates and exclusions. Consent, quiet hours, its own timing and caps hold.
    Notice,
}

/// A channel of an offer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Route {
    /// The channel.
    pub channel: ChannelId,
    /// A condition over the customer that must be definitely true.
    pub when: Option<ExprId>,
    /// What the offer is worth by this channel: all routes but those of notices have one where the portfolio has an
    /// objective, none has without.
    pub value: Option<RouteValue>,
    /// What it costs to make the offer by this channel, where a budget counts it.
    pub cost: Option<RouteCost>,
}

impl Route {
    /// By this channel, whoever it is.
    pub fn by(channel: ChannelId) -> Self {
        Self { channel, when: None, value: None, cost: None }
    }
}

/// The objective by one channel: `per_score * score + fixed`, both money over the customer (never the member) in the
/// objective's currency, not nullable. The product is rounded half to even; what does not fit is missing and withholds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RouteValue {
    /// What is multiplied by the score.
    pub per_score: ExprId,
    /// What is added.
    pub fixed: ExprId,
}

/// What an offer costs by one channel: money over the customer (never the member), not nullable. What is missing all the
/// same (it does not fit) withholds the route; what is below zero counts as nothing. Amounts in another currency than a
/// budget's do not count for it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RouteCost {
    /// What a message costs, once however many offers go in it: the channel's `cost`.
    pub message: Option<ExprId>,
    /// What the offer itself costs when it is given: the offer's `cost`.
    pub offer: Option<ExprId>,
}

/// The most picks of an offer.
pub const MOST_PICKS: usize = 4;

/// An item that is picked for each customer: of the members that are eligible, not a pick before it, the one with the
/// greatest key; the least member where keys are equal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pick {
    /// The name in the offer's texts.
    pub name: Box<str>,
    /// Which members there are.
    pub family: Family,
    /// A condition over customer and member that must be definitely true.
    pub eligible: Option<ExprId>,
    /// What is greatest: a number over customer and member, not nullable. At or below zero, beyond 10^9 or missing: not
    /// picked.
    pub by: ExprId,
}

/// The members that a family has an offer for: the distinct values of a field of a lookup table, missing ones left out.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Family {
    /// The lookup table.
    pub table: TableId,
    /// The field; text, int, or a value of a list.
    pub field: FieldId,
}

/// What holds over every offer whose fields match, until it is reviewed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Guarantee {
    /// What it promises.
    pub name: Box<str>,
    /// The day by which people look at it again (days since 1970-01-01).
    pub review_by: Option<i32>,
    /// Whether every offer that it could forbid is written so that it never would.
    pub kept_anyway: bool,
}

/// A guarantee's condition for one offer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Forbidden {
    /// The guarantee.
    pub guarantee: GuaranteeId,
    /// A condition over the customer (and member): it forbids the offer unless it is definitely false.
    pub when: ExprId,
}

/// At most so many, counted over a customer's past.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cap {
    /// How many there may be.
    pub limit: u32,
    /// How many there have been: an int over the customer, not nullable.
    pub counted: ExprId,
    /// Whether there have been fewer than the limit: a condition over the customer that must be definitely true.
    pub has_room: ExprId,
}

/// The rules that hold over all offers.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Portfolio {
    /// The currency of the objective, where one is written: then scores are amounts.
    pub objective: Option<Currency>,
    /// How many offers one customer gets on one channel, where that is not one. At most one entry a channel.
    pub slates: Vec<Slate>,
    /// How many offers one customer gets in all. Without a word in the portfolio: one.
    pub slots_in_all: Option<u32>,
    /// What ranks the offers of a customer, the strongest first; `score` and the lot always come last.
    pub rank: Vec<RankKey>,
    /// At most so many contacts for one customer, over all offers; told at `now`, where all is sent at `now`.
    pub contact_cap: Option<Cap>,
    /// All other limits on contacts and showings of one customer, over all offers.
    pub limits: Vec<Limit>,
    /// At most so many offers of a customer with one value of a field, over all slots.
    pub at_most: Vec<AtMost>,
    /// Offers of which a customer gets only so many.
    pub exclusions: Vec<Exclusion>,
    /// When contacts stop for a time.
    pub pauses: Vec<Pause>,
    /// The customers who get nothing, the fallback included.
    pub holdout: Option<Holdout>,
    /// What those get who would get nothing else; it takes part in nothing else.
    pub fallback: Option<OfferId>,
    /// Limits over all customers.
    pub shared: Vec<SharedLimit>,
}

/// How many offers one customer gets on a channel in one run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Slate {
    /// The channel.
    pub channel: ChannelId,
    /// How many offers; at least one.
    pub size: u32,
    /// At most so many with one value of a field.
    pub at_most: Vec<AtMost>,
}

/// At most so many offers with one value of a field (of a set: with one element in common). Offers without a value do not
/// count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AtMost {
    /// How many; at least one.
    pub most: u32,
    /// The field of offers.
    pub field: OfferFieldId,
}

/// At most so many of these offers for one customer in one run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Exclusion {
    /// How many; at least one.
    pub most: u32,
    /// The offers, in the order of their names; at least two.
    pub offers: Vec<OfferId>,
}

/// A key of `rank by` that is the same for all customers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RankKey {
    /// The offer's field; not a set. Offers without a value come last.
    pub field: OfferFieldId,
    /// Whether the greatest value comes first.
    pub descending: bool,
}

impl Plan {
    /// A plan without a channel or an offer.
    pub fn new(name: impl Into<Box<str>>, zone: impl Into<Box<str>>, schema: Schema, exprs: Exprs) -> Self {
        Self {
            name: name.into(),
            zone: zone.into(),
            schema,
            exprs,
            journeys: Vec::new(),
            guarantees: Vec::new(),
            offer_fields: Vec::new(),
            channels: Vec::new(),
            delivery: Delivery::default(),
            histories: Vec::new(),
            offers: Vec::new(),
            portfolio: Portfolio::default(),
        }
    }

    /// What decisions need to know of each customer beside masks and scores: every expression that routes, timing,
    /// limits, pauses and experiments name; each once, in the order of their ids. Evaluators give them as columns, in this
    /// order.
    pub fn facts(&self) -> Vec<ExprId> {
        let mut facts = Vec::new();
        facts.extend(self.delivery.zone.iter().chain(&self.delivery.zone_known));
        for channel in &self.channels {
            facts.extend(channel.asked.iter().chain(&channel.law));
        }
        for offer in &self.offers {
            for route in &offer.routes {
                facts.extend(route.when);
                facts.extend(route.value.iter().flat_map(|value| [value.per_score, value.fixed]));
                facts.extend(route.cost.iter().flat_map(|cost| [cost.message, cost.offer]).flatten());
            }
            facts.extend(offer.timing.iter().flat_map(|timing| &timing.moments).filter_map(|moment| match moment {
                Moment::RightAway => None,
                Moment::After { event, .. } | Moment::Exactly { event, .. } => Some(*event),
                Moment::At { day, .. } => Some(*day),
            }));
            facts.extend(offer.holdout.iter().map(|holdout| holdout.bucket));
            facts.extend(offer.experiment.iter().map(|experiment| experiment.bucket));
            facts.extend(offer.limits.iter().filter_map(|limit| limit.when));
        }
        facts.extend(self.portfolio.limits.iter().filter_map(|limit| limit.when));
        facts.extend(self.portfolio.holdout.iter().map(|holdout| holdout.bucket));
        facts.extend(self.portfolio.shared.iter().filter_map(|shared| match shared {
            SharedLimit::Share { answers, .. } => Some(*answers),
            SharedLimit::Quota(quota) => match quota.per {
                Apart::Customer(key, _) => Some(key),
                Apart::Together | Apart::Field(_) | Apart::Member => None,
            },
        }));
        facts.sort_unstable();
        facts.dedup();
        facts
    }

    /// Where an expression stands in [`Plan::facts`], of which `facts` is the answer.
    pub fn fact(facts: &[ExprId], expr: ExprId) -> Option<usize> {
        facts.binary_search(&expr).ok()
    }
}
