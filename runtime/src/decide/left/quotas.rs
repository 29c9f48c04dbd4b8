//! What has been spent of a quota, by key and period: showings or money.

use std::collections::HashMap;
use std::sync::Arc;

use opportune_plan::{Apart, Constant, Counted, HistoryId, OfferFieldId, OfferKind, Quota};

use super::keys::{Keys, key_of, of_customers};
use super::{Event, Named, OfHistory, Source, Whose, earliest, period};
use crate::decide::slates::FieldValues;
use crate::snapshot::{Column, Values};

/// What has been spent of a quota.
#[derive(Debug)]
pub struct Spent<'a> {
    quota: &'a Quota,
    apart: By<'a>,
    keys: Keys,
    cost: Option<&'a Column>,
    are_notices: Vec<bool>,
    /// By key, none for what counts for every key, and by period.
    amounts: HashMap<(Option<u32>, Option<i64>), u64>,
}

/// What tells the key of a contact.
#[derive(Debug)]
enum By<'a> {
    Nothing,
    /// Its own field, then what its customer has now.
    Customer {
        own: Option<&'a Column>,
        now: Vec<Option<u32>>,
    },
    /// Its own field, where the history has one; otherwise its offer.
    Field {
        field: OfferFieldId,
        values: FieldValues,
        all: Vec<(Constant, Arc<str>)>,
    },
    /// Its own field.
    Member(Option<&'a Column>),
}

impl<'a> Spent<'a> {
    /// Of a quota, before any contact.
    pub fn new(source: Source<'a, '_>, quota: &'a Quota) -> Self {
        let plan = source.plan;
        let history = quota.past.and_then(|past| plan.histories.get(past.0 as usize));
        let table = history.and_then(|history| source.snapshot.table(history.events));
        let column = |field: Option<opportune_plan::FieldId>| table?.columns.get(field?.0 as usize);
        let mut keys = Keys::default();
        let apart = match quota.per {
            Apart::Together => By::Nothing,
            Apart::Customer(expr, field) => {
                let now = if history.is_some() { of_customers(source, expr, &mut keys) } else { Vec::new() };
                By::Customer { own: column(field), now }
            }
            Apart::Field(field) => {
                let values = FieldValues::new(plan);
                let offers = (0..).take(plan.offers.len());
                let all = offers.flat_map(|offer| values.of(offer, field)).cloned();
                let all = all.map(|value| (value.clone(), key_of(&plan.schema, &value))).collect();
                By::Field { field, values, all }
            }
            Apart::Member => By::Member(column(history.and_then(|history| history.member))),
        };
        let cost = column(history.and_then(|history| history.cost));
        let are_notices = plan.offers.iter().map(|offer| offer.kind == OfferKind::Notice).collect();
        Self { quota, apart, keys, cost, are_notices, amounts: HashMap::new() }
    }

    /// The contacts that it counts.
    pub fn past(&self) -> Option<HistoryId> {
        self.quota.past
    }

    /// Counts a contact.
    pub fn count(&mut self, source: Source<'_, '_>, told: &OfHistory<'_>, whose: Whose, event: &Event) {
        let is_of_offer = match self.quota.offer {
            Some(offer) => event.offer.may_be(offer.0),
            None => !event.offer.is_one_of(&self.are_notices),
        };
        if !is_of_offer || self.quota.channel.is_some_and(|channel| !event.channel.may_be(channel.0)) {
            return;
        }
        let period = match self.quota.each {
            Some(each) if event.at < earliest(each, source.clock.now()) => return,
            Some(each) => match period(each, event.at, source.calendar) {
                Some(period) => Some(period),
                None => return,
            },
            None => None,
        };
        let amount = self.amount(event);
        if amount > 0 {
            self.add(told, whose, event, period, amount);
        }
    }

    /// What a contact has taken.
    fn amount(&self, event: &Event) -> u64 {
        if self.quota.counts == Counted::Showings {
            return 1;
        }
        let cost = match self.cost.map(|cost| (cost, &cost.values)) {
            Some((cost, Values::Int64(amounts))) if cost.is_valid(event.row) => amounts.get(event.row),
            _ => None,
        };
        cost.and_then(|cost| u64::try_from(*cost).ok()).unwrap_or(0)
    }

    fn add(&mut self, told: &OfHistory<'_>, whose: Whose, event: &Event, period: Option<i64>, amount: u64) {
        let Self { apart, keys, amounts, .. } = self;
        let mut add = |key: Option<u32>| {
            let sum = amounts.entry((key, period)).or_default();
            *sum = sum.saturating_add(amount);
        };
        match apart {
            By::Nothing => add(None),
            By::Customer { own, now } => {
                let has_now = || match whose {
                    Whose::Customer(row) => now.get(row).copied().flatten(),
                    Whose::Nobody(_) => None,
                };
                add(keys.told(own.and_then(|own| own.tells(event.row))).or_else(has_now));
            }
            By::Member(own) => add(keys.told(own.and_then(|own| own.tells(event.row)))),
            By::Field { all, .. } if told.tells_values() => {
                let of_event = all.iter().filter(|(value, _)| told.value_may_be(event.row, value));
                of_event.for_each(|(_, key)| add(Some(keys.text(key))));
            }
            By::Field { field, values, all } => match event.offer {
                Named::Known(offer) => {
                    let keys_of = values.of(offer, *field).iter();
                    let keys_of = keys_of.filter_map(|value| all.iter().find(|(of, _)| of == value));
                    keys_of.for_each(|(_, key)| add(Some(keys.text(key))));
                }
                Named::Other(_) | Named::Untold => add(None),
            },
        }
    }

    /// How much is left for a key in a period.
    pub fn left(&self, key: Option<&str>, period: Option<i64>) -> u64 {
        let spent = |key: Option<u32>| self.amounts.get(&(key, period)).copied().unwrap_or(0);
        let of_key = key.and_then(|key| self.keys.find(key)).map_or(0, |key| spent(Some(key)));
        self.quota.most.saturating_sub(of_key.saturating_add(spent(None)))
    }
}
