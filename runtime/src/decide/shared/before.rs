//! What all customers together had before this run, read once from whole tables, a block of customers at a time.

use std::collections::{BTreeMap, BTreeSet};

use opportune_plan::{BUCKETS, Direction, FieldId, HistoryId, OfferKind, SharedLimit, TableId, VerifiedPlan};

use super::Who;
use crate::bind::{Filtered, NodeId, bind_alone};
use crate::decide::past::{Event, Named, OfHistory};
use crate::decide::windows::back;
use crate::evaluate::Selected;
use crate::kernels::Kernels;
use crate::snapshot::{Snapshot, Told};
use crate::time::{Calendar, Clock};
use crate::vectorised::blocks::Columns;
use crate::vectorised::facts;
use crate::vectorised::schedule::schedule;

/// How many customers' events are looked through at once.
const BLOCK: usize = 4_096;

/// Reads the events of all customers.
#[derive(Clone, Copy)]
pub struct Before<'a> {
    plan: &'a VerifiedPlan,
    snapshot: &'a Snapshot,
    clock: &'a Clock,
}

/// What tells one message from another: the customer, the channel, and the time. Events that name no channel are
/// messages of their own.
#[derive(Default)]
struct Messages {
    named: BTreeSet<(usize, i64, bool, u32)>,
    unnamed: u64,
}

impl Messages {
    fn add(&mut self, customer: usize, event: &Event) {
        match event.channel {
            Named::Untold => self.unnamed += 1,
            Named::Known(channel) => _ = self.named.insert((customer, event.at, true, channel)),
            Named::Other(code) => _ = self.named.insert((customer, event.at, false, code)),
        }
    }

    fn count(&self) -> u64 {
        self.named.len() as u64 + self.unnamed
    }
}

impl<'a> Before<'a> {
    /// The events of a snapshot.
    pub fn new(plan: &'a VerifiedPlan, snapshot: &'a Snapshot, clock: &'a Clock) -> Self {
        Self { plan, snapshot, clock }
    }

    /// How many messages a channel carried at certain times; where an event names no channel it may have been this one.
    pub fn messages(self, history: HistoryId, channel: u32, is_then: impl Fn(i64) -> bool) -> u64 {
        let mut messages = Messages::default();
        self.each(history, |customer, event| {
            if event.channel.may_be(channel) && is_then(event.at) {
                messages.add(customer, event);
            }
        });
        messages.count()
    }

    /// By who answers: how many more offers a share of the requests allows.
    pub fn shares(self, limit: &SharedLimit, calendar: &Calendar) -> BTreeMap<Who, u64> {
        let SharedLimit::Share { share, requests, key, contacts, contact_key, window, .. } = limit else {
            return BTreeMap::new();
        };
        let now = self.clock.now();
        let since = calendar.shift(now, back(*window)).unwrap_or(i64::MIN);
        let is_recent = |at: i64| at > since && at <= now;
        let mut asked: BTreeMap<Who, u64> = BTreeMap::new();
        if let Some(events) = self.snapshot.table(*requests).and_then(|table| table.by_customer.as_ref()) {
            for (row, _) in events.at.iter().enumerate().filter(|(_, at)| is_recent(**at)) {
                self.who(*requests, *key, row).into_iter().for_each(|who| *asked.entry(who).or_default() += 1);
            }
        }
        let Some(table) = self.plan.histories.get(contacts.0 as usize).map(|history| history.events) else {
            return asked;
        };
        let mut answered: BTreeMap<Option<Who>, Messages> = BTreeMap::new();
        self.each(*contacts, |customer, event| {
            if is_recent(event.at) && self.may_answer(event) {
                answered.entry(self.who(table, *contact_key, event.row)).or_default().add(customer, event);
            }
        });
        // Where it is not told who answered, it may have been anybody.
        let used = |who: Option<Who>| answered.get(&who).map_or(0, Messages::count);
        let by_anybody = used(None);
        let left = |(who, requests): (Who, u64)| {
            let left = allowed(requests, *share).saturating_sub(used(Some(who.clone())) + by_anybody);
            (who, left)
        };
        asked.into_iter().map(left).collect()
    }

    /// Whether a contact may have been an offer in answer to a request: not by a channel that only reaches out, nor a
    /// notice.
    fn may_answer(self, event: &Event) -> bool {
        let is_notice = |offer: &opportune_plan::Offer| offer.kind == OfferKind::Notice;
        if matches!(event.offer, Named::Known(at) if self.plan.offers.get(at as usize).is_some_and(is_notice)) {
            return false;
        }
        let Named::Known(channel) = event.channel else { return true };
        let channel = self.plan.channels.get(channel as usize);
        channel.is_none_or(|channel| channel.direction != Direction::Outbound)
    }

    fn who(self, table: TableId, field: FieldId, row: usize) -> Option<Who> {
        match self.snapshot.table(table)?.columns.get(field.0 as usize)?.tells(row)? {
            Told::Int(value) => Some(Who::Int(value)),
            Told::Text(text) => Some(Who::Text(text.into())),
            _ => None,
        }
    }

    /// Calls `take` with each event of a history, and whose it is.
    fn each(self, history: HistoryId, mut take: impl FnMut(usize, &Event)) {
        let Some(of) = self.plan.histories.get(history.0 as usize) else { return };
        let told = OfHistory::new(self.plan, self.snapshot, self.clock.now(), history.0 as usize, i64::MIN);
        let Some(events) = told.table().and_then(|table| table.by_customer.as_ref()) else { return };
        let mut take = |customer: usize, row: usize| {
            let event = events.at.get(row).and_then(|at| told.event(row, *at));
            event.iter().for_each(|event| take(customer, event));
        };
        match of.filter {
            Some(filter) => self.each_selected(Filter { events: of.events, filter }, take),
            None => {
                for (customer, bounds) in events.offsets.windows(2).enumerate() {
                    let &[begin, end] = bounds else { continue };
                    (begin..end).for_each(|row| take(customer, row));
                }
            }
        }
    }

    /// Calls `take` with each event that passes a filter: whose it is, and its row.
    fn each_selected(self, filter: Filter, mut take: impl FnMut(usize, usize)) {
        let (program, bound) = bind_alone(self.plan, self.snapshot, self.clock, &[filter.filter]);
        let Some(id) = bound.first().map(|value| value.id) else { return };
        let mut columns = Columns::new(&program, schedule(&program, [id]));
        let (kernels, filtered) = (Kernels::best(), Filtered { events: filter.events, filter: id });
        let mut selected = Selected::default();
        for index in 0..self.snapshot.blocks(BLOCK) {
            let block = self.snapshot.block(index, BLOCK);
            columns.compute(&program, kernels, &block);
            let read = |id: NodeId| columns.operand(&program, kernels, &block, id);
            facts::select(&filtered, &block, read, self.clock.now(), &mut selected);
            for (row, bounds) in selected.begins.windows(2).enumerate() {
                let &[begin, end] = bounds else { continue };
                let rows = selected.rows.get(begin as usize..end as usize).unwrap_or_default();
                rows.iter().for_each(|of| take(block.first + row, *of as usize));
            }
        }
    }
}

/// Which events of a table count.
struct Filter {
    events: TableId,
    filter: opportune_plan::ExprId,
}

/// Ten-thousandths of a number, rounded down.
fn allowed(requests: u64, share: u32) -> u64 {
    let allowed = u128::from(requests) * u128::from(share) / u128::from(BUCKETS);
    u64::try_from(allowed).unwrap_or(u64::MAX)
}
