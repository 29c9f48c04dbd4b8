//! Caps that are counted at the time of sending, and those over all customers.

use crate::builtin::Unit;
use crate::channel::ChannelId;
use crate::expr::ExprId;
use crate::offer::{OfferFieldId, OfferId};
use crate::schema::{FieldId, TableId};
use crate::types::{Currency, Span};

/// Names a history of [`crate::Plan::histories`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct HistoryId(pub u32);

/// A customer's past events that a limit counts, none after `now`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct History {
    /// The event table.
    pub events: TableId,
    /// Which of its events: a condition over the event's row, not nullable; none: all. Where it is unknown all the same
    /// (arithmetic that does not fit), the event is one of them.
    pub filter: Option<ExprId>,
    /// The field that names the offer, where there is one: text or `one_of`.
    pub offer: Option<FieldId>,
    /// The field that names the member of a family, where there is one.
    pub member: Option<FieldId>,
    /// The field that names the channel, where there is one: text or `one_of`.
    pub channel: Option<FieldId>,
    /// When it was decided, where that is not the time of the event: an instant, not nullable.
    pub decided: Option<FieldId>,
    /// The field that holds the offer's field which a limit counts by, where the table has it itself.
    pub value: Option<FieldId>,
    /// The field that tells what a contact has cost: money; where it is missing, which only the ledger's contacts leave
    /// open, it has cost nothing.
    pub cost: Option<FieldId>,
}

impl History {
    /// All events of a table, of which nothing is known but their time.
    pub fn of(events: TableId) -> Self {
        Self { events, filter: None, offer: None, member: None, channel: None, decided: None, value: None, cost: None }
    }
}

/// At most so many for one customer, in every window that holds the new one: what `history` holds and what this run has
/// already given, at their times of sending.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Limit {
    /// As it is written, for reasons and reports: `3 per customer every 7 days`.
    pub text: Box<str>,
    /// How many.
    pub most: u32,
    /// In which stretch of time, on the customer's calendar.
    pub window: LimitWindow,
    /// What has been.
    pub history: HistoryId,
    /// What of this run counts too.
    pub counts: Counts,
    /// What is counted apart.
    pub per: Per,
    /// Only what this channel carries is counted and stopped; none: every channel.
    pub channel: Option<ChannelId>,
    /// Whether what answers a customer who asks is counted and stopped too. Otherwise past events of channels that are
    /// inbound only do not count; one of a channel that is both does.
    pub including_inbound: bool,
    /// Holds unless this condition over the customer is definitely false.
    pub when: Option<ExprId>,
}

/// A stretch of time of a limit.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum LimitWindow {
    /// So long: of contacts at `a` before `b`, both are in one window where `a` is after `b` moved back by it (by the
    /// customer's calendar for days and months), as `last 7 days` seen from `b` has them. Contacts at one moment are.
    Rolling(Span),
    /// A day, week (from Monday), month, quarter or year of the customer's calendar.
    Calendar(Unit),
}

/// What of this run counts towards a limit.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Counts {
    /// Messages: offers of this run by one channel at one time are one. Where the history tells the channel, rows of one
    /// channel and one time are one too; otherwise, and where a row does not tell it, each row is one.
    Contacts,
    /// Offers shown: each counts, also those in one message.
    Showings,
    /// As [`Self::Contacts`], but at the time of the decision (`now`), not of sending; rows that were decided at different
    /// times are not one.
    Decisions,
    /// Nothing: the history alone counts, as it is of what customers do (impressions, redemptions). There is room while
    /// it has fewer than the limit.
    Nothing,
}

/// What a limit counts apart.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Per {
    /// Nothing: all that it is about together. Of an offer: that offer, all members of a family together.
    Together,
    /// Each offer by itself.
    Offer,
    /// Each member of the family by itself; only in a family. A past event of the family without a member counts for
    /// every member.
    Member,
    /// Each value of this field by itself (of a set: each of its elements). Past events tell it by [`History::value`],
    /// else by their offer. An event that names no offer of the plan counts for every value.
    Field(OfferFieldId),
}

/// `pause 30 days after 3 ignored`: outbound contacts stop for a time where the last ones had no answer.
///
/// A contact is ignored when no response (naming the same offer, where both name one) came from its time to `patience`
/// after it, and that time is over. The pause begins when the last of `after` ignored contacts in a row is known to be
/// ignored, and again with each further one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pause {
    /// How long.
    pub length: Span,
    /// How many in a row.
    pub after: u32,
    /// How long an answer may take.
    pub patience: Span,
    /// The contacts.
    pub contacts: HistoryId,
    /// The responses.
    pub responses: HistoryId,
}

/// A limit over all customers together; it is never exceeded.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SharedLimit {
    /// `cap 20_000 in total`, `budget 5_000 USD each month`.
    Quota(Quota),
    /// `cap 50% of requests per context.rep every 30 days`: offers in answer to requests, by who answers.
    Share {
        /// Ten-thousandths of the requests, rounded down to whole ones.
        share: u32,
        /// The requests: an event table.
        requests: TableId,
        /// Its field that tells who answered.
        key: FieldId,
        /// The past contacts.
        contacts: HistoryId,
        /// The field of the contacts that tells who made it; one that does not tell it counts for each who answers.
        contact_key: FieldId,
        /// Who answers now: over the customer, of the type of the keys.
        answers: ExprId,
        /// How far back.
        window: Span,
    },
}

/// So much for all customers together, past contacts included.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Quota {
    /// As it is written, for reasons and reports: `cap 20_000 in total per customer.store`.
    pub text: Box<str>,
    /// Of which offer; none: of all offers but notices.
    pub offer: Option<OfferId>,
    /// How many showings, or how many millionths of the currency.
    pub most: u64,
    /// What is counted.
    pub counts: Counted,
    /// Of each day, week, month, quarter or year of the project's calendar, by the times of sending; none: for good.
    pub each: Option<Unit>,
    /// What is counted apart.
    pub per: Apart,
    /// Only what this channel carries is counted and stopped; none: every channel.
    pub channel: Option<ChannelId>,
    /// The past contacts; none: there were none.
    pub past: Option<HistoryId>,
}

/// What a quota counts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Counted {
    /// Offers shown: each counts, also those in one message. What an offer's holdout holds back does not.
    Showings,
    /// What they cost ([`crate::Route::cost`]), in this currency; a past contact by [`History::cost`].
    Cost(Currency),
}

/// What a quota counts apart.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Apart {
    /// Nothing.
    Together,
    /// Each value of this expression over the customer by itself: a text, an int or a value of a list. Where it is
    /// missing, there is no room. A past contact counts for the value in this field of its own, where it has one and
    /// that is not missing; else for the value that its customer has now; where that is not known either, for every value.
    Customer(ExprId, Option<FieldId>),
    /// Each value of this field of offers by itself (of a set: each of its elements); offers without a value are not
    /// counted. A past contact that names no offer of the plan counts for every value. Not of one offer.
    Field(OfferFieldId),
    /// Each member of the family by itself; only of a family. A past contact without a member counts for every member.
    Member,
}

impl Quota {
    /// `cap MOST in total` of an offer.
    pub fn total(offer: OfferId, most: u64, past: Option<HistoryId>) -> Self {
        Self {
            text: format!("cap {most} in total").into(),
            offer: Some(offer),
            most,
            counts: Counted::Showings,
            each: None,
            per: Apart::Together,
            channel: None,
            past,
        }
    }

    /// The offer whose showings it counts together, for good and by any channel: what `X.remaining` tells.
    pub fn total_of(&self) -> Option<OfferId> {
        let plain =
            (self.counts, self.each, self.per, self.channel) == (Counted::Showings, None, Apart::Together, None);
        self.offer.filter(|_| plain)
    }
}
