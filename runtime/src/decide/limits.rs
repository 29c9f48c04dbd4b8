//! Caps of one customer: what was before and what this run has given, at the times of sending.
//!
//! In doubt a past event counts: one that does not tell its offer counts for each, one that does not tell its channel
//! for each. Notices stand outside the portfolio's caps, on both sides.

use opportune_plan::{ChannelId, Counts, Direction, HistoryId, Limit, LimitWindow, OfferKind, Per, Plan};

use super::facts::{FactAt, FactIds, Facts};
use super::past::{Event, Named, Past};
use super::placed::Placed;
use super::slates::FieldValues;
use super::windows::{has_room, longest};
use crate::evaluate::Candidates;
use crate::families::{Member, Members};
use crate::snapshot::Snapshot;
use crate::time::Calendar;

/// The caps of a plan.
#[derive(Debug)]
pub struct Limits {
    of_all: Vec<Rule>,
    /// By offer.
    of_offers: Vec<Vec<Rule>>,
    /// By offer: its members, where a cap tells them apart.
    members: Vec<Option<Members>>,
    values: FieldValues,
    /// By offer.
    are_notices: Vec<bool>,
    /// By channel: whether it only answers.
    are_inbound: Vec<bool>,
    now: i64,
    times: Vec<Time>,
    moments: Vec<i64>,
}

#[derive(Debug)]
struct Rule {
    most: u32,
    window: LimitWindow,
    history: HistoryId,
    counts: Counts,
    per: Per,
    channel: Option<ChannelId>,
    including_inbound: bool,
    when: Option<FactAt>,
    /// None: of the portfolio.
    offer: Option<u32>,
}

/// When something that counts was, and what tells whether it is one with another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Time {
    counted: i64,
    message: Option<(i64, Named)>,
}

/// What a cap counts apart: those of one key are counted together.
#[derive(Clone, Copy)]
enum Key<'k> {
    All,
    Offer(u32),
    Member(u32, u32),
    Value(opportune_plan::OfferFieldId, &'k opportune_plan::Constant),
}

/// The customer for whom caps are asked.
#[derive(Clone, Copy)]
pub struct Asking<'c> {
    /// The block's candidates.
    pub candidates: &'c Candidates,
    /// The customer's position in the block.
    pub row: usize,
    /// The customer's calendar.
    pub calendar: &'c Calendar,
    /// What this run has given so far.
    pub placed: &'c [Placed],
}

/// Since when a history's events can matter to the caps that count it.
pub fn since(plan: &Plan, history: HistoryId, now: i64) -> i64 {
    let all = plan.portfolio.limits.iter().chain(plan.offers.iter().flat_map(|offer| &offer.limits));
    let spans = all.filter(|limit| limit.history == history).map(|limit| match limit.counts {
        // The time of the event says nothing of the time of the decision.
        Counts::Decisions => i64::MAX,
        _ => longest(limit.window),
    });
    now.saturating_sub(spans.max().unwrap_or(0))
}

impl Limits {
    /// Those of a plan.
    pub fn new(plan: &Plan, snapshot: &Snapshot, facts: &FactIds, now: i64) -> Self {
        let rules = |limits: &[Limit], offer| limits.iter().map(|limit| Rule::new(limit, facts, offer)).collect();
        let members = plan.offers.iter().map(|offer| {
            let told_apart = offer.limits.iter().any(|limit| limit.per == Per::Member);
            offer.family.filter(|_| told_apart).map(|family| Members::new(snapshot, family))
        });
        Self {
            of_all: rules(&plan.portfolio.limits, None),
            of_offers: (0..).zip(&plan.offers).map(|(at, offer)| rules(&offer.limits, Some(at))).collect(),
            members: members.collect(),
            values: FieldValues::new(plan),
            are_notices: plan.offers.iter().map(|offer| offer.kind == OfferKind::Notice).collect(),
            are_inbound: plan.channels.iter().map(|channel| channel.direction == Direction::Inbound).collect(),
            now,
            times: Vec::new(),
            moments: Vec::new(),
        }
    }

    /// Whether a cap tells the members of an offer apart.
    pub fn tell_members_apart(&self, offer: u32) -> bool {
        self.members.get(offer as usize).is_some_and(Option::is_some)
    }

    /// Whether the caps leave room for an offer, whichever member of a family it is.
    pub fn have_room(&mut self, past: &mut Past<'_>, asking: Asking<'_>, new: &Placed) -> bool {
        self.all_have_room(past, asking, new, false)
    }

    /// Whether the caps that count members apart leave room for this one.
    pub fn have_room_for_member(&mut self, past: &mut Past<'_>, asking: Asking<'_>, new: &Placed) -> bool {
        self.all_have_room(past, asking, new, true)
    }

    fn all_have_room(&mut self, past: &mut Past<'_>, asking: Asking<'_>, new: &Placed, per_member: bool) -> bool {
        let Self { of_all, of_offers, members, values, are_notices, are_inbound, now, times, moments } = self;
        let is_notice = are_notices.get(new.offer as usize).copied().unwrap_or(false);
        let of_all = of_all.iter().filter(|_| !is_notice && !per_member);
        let of_offer = of_offers.get(new.offer as usize).into_iter().flatten();
        let of_offer = of_offer.filter(|rule| (rule.per == Per::Member) == per_member);
        let members = members.get(new.offer as usize).and_then(Option::as_ref);
        let member = members.zip(new.member).and_then(|(members, member)| members.get(member));
        let mut counting = Counting { past, asking, values, are_notices, are_inbound, now: *now, times, moments };
        of_all.chain(of_offer).all(|rule| !rule.stops(asking, new) || counting.has_room(rule, new, member))
    }
}

impl Rule {
    fn new(limit: &Limit, facts: &FactIds, offer: Option<u32>) -> Self {
        let Limit { text: _, most, window, history, counts, per, channel, including_inbound, when } = limit;
        Self {
            most: *most,
            window: *window,
            history: *history,
            counts: *counts,
            per: *per,
            channel: *channel,
            including_inbound: *including_inbound,
            when: when.map(|when| facts.at(when)),
            offer,
        }
    }

    /// Whether it is about an offer by a channel at all.
    fn stops(&self, asking: Asking<'_>, new: &Placed) -> bool {
        self.is_about(new)
            && self.when.is_none_or(|when| Facts(&asking.candidates.facts).condition(when, asking.row) != Some(false))
    }

    fn is_about(&self, placed: &Placed) -> bool {
        self.channel.is_none_or(|channel| channel.0 == placed.channel) && (self.including_inbound || !placed.is_asked)
    }
}

/// Counts for one customer and one offer.
struct Counting<'c, 'p, 'a> {
    past: &'p mut Past<'a>,
    asking: Asking<'c>,
    values: &'c FieldValues,
    are_notices: &'c [bool],
    are_inbound: &'c [bool],
    now: i64,
    times: &'p mut Vec<Time>,
    moments: &'p mut Vec<i64>,
}

impl Counting<'_, '_, '_> {
    fn has_room(&mut self, rule: &Rule, new: &Placed, member: Option<Member<'_>>) -> bool {
        self.past.load(rule.history, self.asking.candidates, self.asking.row);
        let of_key = |counting: &mut Self, key| counting.has_room_for(rule, new, key, member);
        match (rule.per, rule.offer, new.member) {
            (Per::Field(field), _, _) => {
                let values = self.values;
                values.of(new.offer, field).iter().all(|value| of_key(self, Key::Value(field, value)))
            }
            (Per::Member, _, Some(member)) => of_key(self, Key::Member(new.offer, member)),
            (Per::Together, None, _) => of_key(self, Key::All),
            (Per::Offer | Per::Together | Per::Member, _, _) => of_key(self, Key::Offer(new.offer)),
        }
    }

    fn has_room_for(&mut self, rule: &Rule, new: &Placed, key: Key<'_>, member: Option<Member<'_>>) -> bool {
        let is_message = matches!(rule.counts, Counts::Contacts | Counts::Decisions);
        if is_message && self.given(rule, key).any(|placed| placed.is_with(new)) {
            return true;
        }
        self.count_past(rule, key, member, is_message);
        self.count_given(rule, key, is_message);
        let at = if rule.counts == Counts::Decisions { self.now } else { new.at };
        self.moments.clear();
        self.moments.extend(self.times.iter().map(|time| time.counted));
        has_room(rule.window, rule.most, self.moments, at, self.asking.calendar)
    }

    /// What this run has given that a rule counts.
    fn given(&self, rule: &Rule, key: Key<'_>) -> impl Iterator<Item = &Placed> {
        let notices = self.are_notices;
        let is_notice = move |offer: u32| notices.get(offer as usize).copied().unwrap_or(false);
        let values = self.values;
        self.asking.placed.iter().filter(move |placed| {
            let counts = placed.is_sent && rule.is_about(placed) && (rule.offer.is_some() || !is_notice(placed.offer));
            counts
                && match key {
                    Key::All => true,
                    Key::Offer(offer) => placed.offer == offer,
                    Key::Member(offer, member) => (placed.offer, placed.member) == (offer, Some(member)),
                    Key::Value(field, value) => values.of(placed.offer, field).contains(value),
                }
        })
    }

    fn count_given(&mut self, rule: &Rule, key: Key<'_>, is_message: bool) {
        let mut times = std::mem::take(self.times);
        let first = times.len();
        if rule.counts != Counts::Nothing {
            for placed in self.given(rule, key) {
                let counted = if rule.counts == Counts::Decisions { self.now } else { placed.at };
                let message = is_message.then_some((placed.at, Named::Known(placed.channel)));
                let time = Time { counted, message };
                let known = times.get(first..).unwrap_or_default().contains(&time);
                if !(is_message && known) {
                    times.push(time);
                }
            }
        }
        *self.times = times;
    }

    fn count_past(&mut self, rule: &Rule, key: Key<'_>, member: Option<Member<'_>>, is_message: bool) {
        self.times.clear();
        for event in self.past.events(rule.history) {
            if !self.is_counted(rule, event) || !self.is_of_key(rule, event, key, member) {
                continue;
            }
            let counted = if rule.counts == Counts::Decisions { event.decided } else { event.at };
            // Rows of one channel and one time are one message; where decisions count, those that were made at one time.
            let message = Some((event.at, event.channel)).filter(|_| is_message && event.channel != Named::Untold);
            let mut of_same_time =
                self.times.iter().rev().take_while(|time| time.message.is_none_or(|of| of.0 == event.at));
            let time = Time { counted, message };
            if message.is_some() && of_same_time.any(|other| *other == time) {
                continue;
            }
            self.times.push(time);
        }
    }

    fn is_counted(&self, rule: &Rule, event: &Event) -> bool {
        rule.channel.is_none_or(|channel| event.channel.may_be(channel.0))
            && (rule.including_inbound || !event.channel.is_one_of(self.are_inbound))
            && (rule.offer.is_some() || !event.offer.is_one_of(self.are_notices))
    }

    fn is_of_key(&self, rule: &Rule, event: &Event, key: Key<'_>, member: Option<Member<'_>>) -> bool {
        let Some(history) = self.past.history(rule.history) else { return true };
        match key {
            Key::All => true,
            Key::Offer(offer) => event.offer.may_be(offer),
            Key::Member(offer, _) => event.offer.may_be(offer) && history.member_may_be(event.row, member),
            Key::Value(_, value) if history.tells_values() => history.value_may_be(event.row, value),
            Key::Value(field, value) => match event.offer {
                Named::Known(offer) => self.values.of(offer, field).contains(value),
                Named::Other(_) | Named::Untold => true,
            },
        }
    }
}
