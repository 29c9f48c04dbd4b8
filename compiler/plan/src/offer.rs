//! Offers, channels, the portfolio, and the plan that holds them all.

use crate::expr::{ExprId, Exprs};
use crate::journey::Journey;
use crate::schema::{FieldId, Schema, TableId};
use crate::template::Template;
use crate::types::{Constant, Type};

/// Names an offer of [`Plan::offers`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct OfferId(pub u32);

/// Names a channel of [`Plan::channels`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ChannelId(pub u32);

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

/// A way to reach a customer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Channel {
    /// The name.
    pub name: Box<str>,
    /// A condition over the customer that must be definitely true.
    pub needs: Option<ExprId>,
}

/// Something that may be offered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Offer {
    /// The name.
    pub name: Box<str>,
    /// What it is, for people.
    pub about: Option<Box<str>>,
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
    /// Limits on how often one customer gets it.
    pub caps: Vec<Cap>,
    /// The channels that may carry it, the preferred first; at least one.
    pub channels: Vec<ChannelId>,
    /// The days on which it may be made; without one, always.
    pub timing: Option<Timing>,
    /// The score: a number over the customer, not nullable.
    pub priority: ExprId,
    /// The reason, as the customer may read it.
    pub because: Option<Template>,
    /// What the customer is told, by channel; `None` for the channels that have no text of their own. At most one each.
    pub messages: Vec<(Option<ChannelId>, Template)>,
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

/// The days on which an offer may be made, both included, in the project's zone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Timing {
    /// The first day (days since 1970-01-01); none: from ever.
    pub from: Option<i32>,
    /// The last day; none: for ever.
    pub to: Option<i32>,
}

/// The rules that hold over all offers.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Portfolio {
    /// How many offers one customer gets on one channel, where that is not one. At most one entry a channel.
    pub slates: Vec<Slate>,
    /// How many offers one customer gets in all. Without a word in the portfolio: one.
    pub slots_in_all: Option<u32>,
    /// What ranks the offers of a customer, the strongest first; `score` and the lot always come last.
    pub rank: Vec<RankKey>,
    /// At most so many contacts for one customer, over all offers.
    pub contact_cap: Option<Cap>,
}

/// How many offers one customer gets on a channel in one run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Slate {
    /// The channel.
    pub channel: ChannelId,
    /// How many offers; at least one.
    pub size: u32,
}

/// A key of `rank by` that is the same for all customers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RankKey {
    /// The offer's field; not a set. Offers without a value come last.
    pub field: OfferFieldId,
    /// Whether the greatest value comes first.
    pub descending: bool,
}
