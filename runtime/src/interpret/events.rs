//! What is computed from the events of one customer: aggregates and journeys.

use std::ops::Range;

use opportune_plan::{TableId, Type};

use super::aggregate::{self, aggregate};
use super::journey;
use super::row::{Row, World, all, condition, get};
use super::tape::{Folded, PerEvent, Step, Walked};
use crate::value::Value;

impl<'a: 'd, 'd> World<'a, 'd> {
    /// An aggregate of a customer, of whom all that it reads is evaluated.
    pub fn aggregate(
        &self,
        folded: &Folded<'a>,
        ty: Type,
        customer: usize,
        values: &Row<'d>,
        member: Option<Value<'d>>,
    ) -> Option<Value<'d>> {
        let bound = |step: Option<Step>| step.map(|step| get(values, step)?.to_int());
        let (after, until) = (bound(folded.after), bound(folded.until));
        if after == Some(None) || until == Some(None) {
            return None;
        }
        let (after, until) = (after.flatten(), until.flatten());
        let table = folded.aggregate.events;
        let in_window = |at: i64| after.is_none_or(|after| at > after) && until.is_none_or(|until| at <= until);
        let rows = self.events_of(table, customer).filter(|row| self.at(table, *row).is_some_and(in_window));
        let events: Vec<aggregate::Event<'d>> =
            rows.map(|row| self.folded_event(folded, row, values, member)).collect();
        aggregate(folded.aggregate.function, ty, &events, folded.of.and_then(|of| get(values, of)))
    }

    /// Whether an event counts, and its value.
    fn folded_event(
        &self,
        folded: &Folded<'a>,
        row: usize,
        customer: &Row<'d>,
        member: Option<Value<'d>>,
    ) -> aggregate::Event<'d> {
        let event = self.event(&folded.events, row, customer);
        let of_member = folded.aggregate.by.map(|by| {
            let key = folded.events.key.and_then(|key| get(&event, key));
            let missing = if by.missing_is_false { Some(false) } else { None };
            key.map_or(missing, |key| Some(Some(key) == member))
        });
        let counts = all([matches(&folded.events, &event), of_member.unwrap_or(Some(true))].into_iter());
        (counts, folded.events.value.and_then(|value| get(&event, value)))
    }

    /// A part of a journey of a customer, of whom all that it reads is evaluated.
    pub fn journey(&self, walked: &Walked<'a>, customer: usize, values: &Row<'d>) -> Option<Value<'d>> {
        let mut tables: Vec<TableId> = walked.steps.iter().map(|step| step.table).collect();
        tables.sort_unstable();
        tables.dedup();
        let mut events = Vec::new();
        for table in tables {
            for row in self.events_of(table, customer) {
                let matches = walked.steps.iter().map(|step| {
                    let is_here = step.table == table;
                    if is_here { matches(&step.events, &self.event(&step.events, row, values)) } else { Some(false) }
                });
                events.push(journey::Event { at: self.at(table, row)?, matches: matches.collect::<Option<_>>()? });
            }
        }
        // By time; those of one moment stay in the order of their tables, then of their rows.
        events.sort_by_key(|event| event.at);
        let within: Vec<_> = walked.steps.iter().map(|step| step.within).collect();
        journey::walk(walked.part, &within, get(values, walked.zone)?.to_zone()?, &events, self.clock.now())
    }

    /// The rows of a customer's events, in their order.
    pub fn events_of(&self, table: TableId, customer: usize) -> Range<usize> {
        let by_customer = self.tables.get(table.0 as usize).and_then(|table| table.by_customer.as_ref());
        let offset = |at: usize| by_customer.and_then(|by_customer| by_customer.offsets.get(at)).copied();
        let begin = offset(customer).unwrap_or(0);
        begin..offset(customer + 1).unwrap_or(begin)
    }

    /// When an event happened.
    pub fn at(&self, table: TableId, row: usize) -> Option<i64> {
        self.tables.get(table.0 as usize)?.by_customer.as_ref()?.at.get(row).copied()
    }
}

/// Whether an event is one that the filter lets through.
pub fn matches(events: &PerEvent<'_>, event: &Row<'_>) -> Option<bool> {
    events.filter.map_or(Some(true), |filter| condition(get(event, filter)))
}
