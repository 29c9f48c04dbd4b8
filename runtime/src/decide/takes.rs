//! What an option takes of what all customers share: of which resources, and how much.
//!
//! Which limits concern an offer by a route is told once. For a customer it depends on who they are (limits by a field of
//! theirs), on the time of sending (limits by day, week, …) and on the member of a family. Some of it an option takes for
//! itself; the rest is taken once by the message, however many offers go in it. In doubt an option takes for itself what a
//! message might take once: then less is given than could be, and never more than there is.

use std::sync::Arc;

use opportune_plan::{
    Apart, ChannelId, Counted, Currency, ExprId, OfferId, OfferKind, Plan, Quota, Route, SharedLimit, Type, Unit,
};

use super::facts::{FactAt, FactIds, Facts};
use super::left::key_of;
use super::placed::Placed;
use super::slates::FieldValues;
use super::windows::period;
use crate::allocate::{LimitOf, ResourceKey};
use crate::families::{Member, Members};
use crate::snapshot::Snapshot;
use crate::time::{Calendar, Clock};

/// What the options of a plan take.
#[derive(Debug)]
pub struct Takes {
    /// By offer, by route.
    offers: Vec<Vec<OfRoute>>,
    /// By offer: whether it has rules by any route.
    may_take: Vec<bool>,
    /// By offer: its members, where a limit tells them apart.
    members: Vec<Option<Members>>,
    /// The values of offers' fields that limits tell apart.
    texts: Vec<Arc<str>>,
    /// How many rules there are.
    rules: usize,
    /// The project's, which days and weeks of limits are of.
    calendar: Calendar,
}

#[derive(Debug)]
struct OfRoute {
    rules: Vec<Rule>,
    cost: Cost,
}

/// What a route costs in the currency that budgets count.
#[derive(Clone, Copy, Debug, Default)]
struct Cost {
    message: Option<FactAt>,
    offer: Option<FactAt>,
}

/// What a limit counts of an offer by a route.
#[derive(Clone, Copy, Debug)]
struct Rule {
    /// Its position among all rules of all routes.
    at: u32,
    limit: LimitOf,
    key: KeyOf,
    each: Option<Unit>,
    amount: Amount,
    of: Of,
}

#[derive(Clone, Copy, Debug)]
enum KeyOf {
    Nothing,
    /// A fact of the customer.
    Customer(FactAt),
    /// One of [`Takes::texts`].
    Text(u32),
    Member,
}

#[derive(Clone, Copy, Debug)]
enum Amount {
    One,
    Cost(FactAt),
}

/// What pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    /// The offer itself.
    Offer,
    /// The message, once.
    Message,
    /// The message, once, if it answers a customer who asks.
    Answer,
}

/// A resource, as it is told apart within a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Resource {
    limit: LimitOf,
    key: Key,
    period: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Key {
    Nothing,
    Int(i64),
    /// Of the dictionary of a fact.
    Code(FactAt, u32),
    Text(u32),
    Member(u32, u32),
}

/// So much of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The resource.
    pub resource: Resource,
    /// How much; above 0.
    pub amount: u64,
    /// Whether the message takes it, once.
    pub by_message: bool,
    /// By which rule, of [`Takes::rules`].
    pub rule: u32,
}

/// There is none of it for this customer: what tells which resource it would be is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unknown;

/// An option of a customer.
#[derive(Clone, Copy)]
pub struct Taking<'c> {
    /// The facts of the block.
    pub facts: Facts<'c>,
    /// The customer's position in the block.
    pub row: usize,
    /// The route, by its position among the offer's.
    pub route: u8,
    /// What would be placed.
    pub new: &'c Placed,
}

impl Takes {
    /// Those of a plan.
    pub fn new(plan: &Plan, snapshot: &Snapshot, clock: &Clock, facts: &FactIds) -> Self {
        let mut making = Making { plan, facts, values: FieldValues::new(plan), texts: Vec::new(), rules: 0 };
        let offers = (0..).map(OfferId).zip(&plan.offers);
        let offers = offers.map(|(id, offer)| offer.routes.iter().map(|route| making.route(id, route)).collect());
        let offers: Vec<Vec<OfRoute>> = offers.collect();
        let has_rules = |routes: &Vec<OfRoute>| routes.iter().any(|route| !route.rules.is_empty());
        let may_take = offers.iter().map(has_rules).collect();
        let members = (0..).map(OfferId).zip(&plan.offers).map(|(id, offer)| {
            let tells_apart = |limit: &SharedLimit| match limit {
                SharedLimit::Quota(quota) => quota.offer == Some(id) && quota.per == Apart::Member,
                SharedLimit::Share { .. } => false,
            };
            let apart = plan.portfolio.shared.iter().any(tells_apart);
            offer.family.filter(|_| apart).map(|family| Members::new(snapshot, family))
        });
        let Making { texts, rules, .. } = making;
        let calendar = Calendar::new(clock.zone().clone());
        Self { members: members.collect(), offers, may_take, texts, rules: rules as usize, calendar }
    }

    /// How many rules there are: what one has been asked for last can be kept by [`Taken::rule`].
    pub fn rules(&self) -> usize {
        self.rules
    }

    /// Whether an offer may take anything at all.
    pub fn may_take(&self, offer: u32) -> bool {
        self.may_take.get(offer as usize).copied().unwrap_or(false)
    }

    /// What an option takes, into `taken`, which is emptied first.
    pub fn of(&self, taking: Taking<'_>, taken: &mut Vec<Taken>) -> Result<(), Unknown> {
        taken.clear();
        let Taking { facts, row, route, new } = taking;
        let Some(of) = self.route(new.offer, route) else { return Ok(()) };
        for rule in of.rules.iter().filter(|rule| rule.of != Of::Answer || new.is_asked) {
            let amount = match rule.amount {
                Amount::One => 1,
                Amount::Cost(at) => u64::try_from(facts.int(at, row).ok_or(Unknown)?).unwrap_or(0),
            };
            if amount == 0 {
                continue;
            }
            let period = rule.each.map(|unit| period(unit, new.at, &self.calendar).ok_or(Unknown)).transpose()?;
            let key = rule.key.of(facts, row, new).ok_or(Unknown)?;
            let (resource, by_message) = (Resource { limit: rule.limit, key, period }, rule.of != Of::Offer);
            // What a budget counts for the offer and for a message of its own is one amount.
            match taken.iter_mut().find(|other| (other.resource, other.by_message) == (resource, by_message)) {
                Some(other) => other.amount = other.amount.saturating_add(amount),
                None => taken.push(Taken { resource, amount, by_message, rule: rule.at }),
            }
        }
        Ok(())
    }

    /// The resource's name for people and other blocks.
    pub fn name(&self, resource: Resource, facts: Facts<'_>, row: usize) -> ResourceKey {
        let Resource { limit, key, period } = resource;
        let key = match key {
            Key::Nothing => None,
            Key::Int(value) => Some(value.to_string().into()),
            Key::Code(at, _) => facts.text(at, row).map(Arc::from),
            Key::Text(at) => self.texts.get(at as usize).cloned(),
            Key::Member(offer, member) => self.members.get(offer as usize).and_then(Option::as_ref).and_then(|all| {
                Some(match all.get(member)? {
                    Member::Int(value) => value.to_string().into(),
                    Member::Code(_, text) => text.into(),
                })
            }),
        };
        ResourceKey { limit, key, period }
    }

    /// What a message by a route costs, once; nothing where nothing is told.
    pub fn message_cost(&self, offer: u32, route: u8, facts: Facts<'_>, row: usize) -> u64 {
        let cost = self.route(offer, route).and_then(|route| route.cost.message);
        cost.and_then(|at| facts.int(at, row)).and_then(|cost| u64::try_from(cost).ok()).unwrap_or(0)
    }

    /// What an offer costs by a route, with the message if it is the first in it; `None` where nothing is told.
    pub fn cost(&self, taking: Taking<'_>, is_first: bool) -> Option<u64> {
        let Taking { facts, row, route, new } = taking;
        let cost = self.route(new.offer, route)?.cost;
        let amount = |at: FactAt| u64::try_from(facts.int(at, row).unwrap_or(0)).unwrap_or(0);
        let (message, offer) = (cost.message.filter(|_| is_first).map(amount), cost.offer.map(amount));
        let is_told = cost.message.is_some() || cost.offer.is_some();
        is_told.then(|| message.unwrap_or(0).saturating_add(offer.unwrap_or(0)))
    }

    fn route(&self, offer: u32, route: u8) -> Option<&OfRoute> {
        self.offers.get(offer as usize)?.get(route as usize)
    }
}

impl KeyOf {
    fn of(self, facts: Facts<'_>, row: usize, new: &Placed) -> Option<Key> {
        Some(match self {
            Self::Nothing => Key::Nothing,
            Self::Customer(at) => match facts.int(at, row) {
                Some(value) => Key::Int(value),
                None => Key::Code(at, facts.code(at, row)?.0),
            },
            Self::Text(at) => Key::Text(at),
            Self::Member => Key::Member(new.offer, new.member?),
        })
    }
}

/// Tells what limits count of each offer by each route.
struct Making<'a> {
    plan: &'a Plan,
    facts: &'a FactIds,
    values: FieldValues,
    texts: Vec<Arc<str>>,
    rules: u32,
}

impl Making<'_> {
    fn route(&mut self, offer: OfferId, route: &Route) -> OfRoute {
        let mut rules = Vec::new();
        for (at, limit) in (0..).zip(&self.plan.portfolio.shared) {
            let limit_of = LimitOf::Shared(at);
            match limit {
                SharedLimit::Quota(quota) => self.quota(limit_of, quota, offer, route, &mut rules),
                SharedLimit::Share { answers, .. } if !self.is_notice(offer) => {
                    let key = KeyOf::Customer(self.facts.at(*answers));
                    rules.push(Rule { at: 0, limit: limit_of, key, each: None, amount: Amount::One, of: Of::Answer });
                }
                SharedLimit::Share { .. } => {}
            }
        }
        let channel = self.plan.channels.get(route.channel.0 as usize);
        if let Some(capacity) = channel.and_then(|channel| channel.capacity) {
            let limit = LimitOf::Channel(route.channel.0);
            let each = Some(capacity.each);
            rules.push(Rule { at: 0, limit, key: KeyOf::Nothing, each, amount: Amount::One, of: Of::Message });
        }
        for rule in &mut rules {
            rule.at = self.rules;
            self.rules += 1;
        }
        OfRoute { rules, cost: self.cost(route, budgeted(self.plan)) }
    }

    fn quota(&mut self, limit: LimitOf, quota: &Quota, offer: OfferId, route: &Route, rules: &mut Vec<Rule>) {
        let is_about = quota.offer.map_or(!self.is_notice(offer), |of| of == offer);
        if !is_about || quota.channel.is_some_and(|channel: ChannelId| channel != route.channel) {
            return;
        }
        let amounts: Vec<(Amount, Of)> = match quota.counts {
            Counted::Showings => vec![(Amount::One, Of::Offer)],
            Counted::Cost(currency) => {
                // All offers of a message share its cost only where all of them count together.
                let together = quota.offer.is_none() && matches!(quota.per, Apart::Together | Apart::Customer(..));
                let message = if together { Of::Message } else { Of::Offer };
                let cost = self.cost(route, Some(currency));
                let amounts = [(cost.message, message), (cost.offer, Of::Offer)];
                amounts.into_iter().filter_map(|(at, of)| Some((Amount::Cost(at?), of))).collect()
            }
        };
        for key in self.keys(quota.per, offer) {
            let rule = |(amount, of)| Rule { at: 0, limit, key, each: quota.each, amount, of };
            rules.extend(amounts.iter().copied().map(rule));
        }
    }

    fn keys(&mut self, per: Apart, offer: OfferId) -> Vec<KeyOf> {
        match per {
            Apart::Together => vec![KeyOf::Nothing],
            Apart::Customer(key, _) => vec![KeyOf::Customer(self.facts.at(key))],
            Apart::Member => vec![KeyOf::Member],
            Apart::Field(field) => {
                let (values, plan, texts) = (&self.values, self.plan, &mut self.texts);
                let texts = values.of(offer.0, field).iter().map(|value| {
                    let text = key_of(&plan.schema, value);
                    let at = texts.iter().position(|other| *other == text).unwrap_or_else(|| {
                        texts.push(text);
                        texts.len() - 1
                    });
                    KeyOf::Text(u32::try_from(at).unwrap_or(u32::MAX))
                });
                texts.collect()
            }
        }
    }

    fn is_notice(&self, offer: OfferId) -> bool {
        self.plan.offers.get(offer.0 as usize).is_some_and(|offer| offer.kind == OfferKind::Notice)
    }

    /// What a route costs in a currency.
    fn cost(&self, route: &Route, currency: Option<Currency>) -> Cost {
        let Some(cost) = route.cost else { return Cost::default() };
        let counts = |expr: &ExprId| {
            let ty = self.plan.exprs.get(*expr).map(|node| node.ty);
            currency.is_none_or(|currency| ty == Some(Type::Money(currency)))
        };
        let fact = |expr: Option<ExprId>| expr.filter(counts).map(|expr| self.facts.at(expr));
        Cost { message: fact(cost.message), offer: fact(cost.offer) }
    }
}

/// The currency that budgets count.
fn budgeted(plan: &Plan) -> Option<Currency> {
    plan.portfolio.shared.iter().find_map(|limit| match limit {
        SharedLimit::Quota(Quota { counts: Counted::Cost(currency), .. }) => Some(*currency),
        _ => None,
    })
}
