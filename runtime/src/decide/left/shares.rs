//! How many more offers each of those who answer requests may make.

use std::collections::{HashMap, HashSet};

use opportune_plan::{BUCKETS, Direction, FieldId, HistoryId, OfferKind, SharedLimit, TableId};

use super::keys::Keys;
use super::{Event, Named, Source, Whose};
use crate::decide::windows::back;

/// What has been asked and answered, by who answers.
#[derive(Debug)]
pub struct Answered {
    /// Ten-thousandths of the requests.
    share: u32,
    contacts: HistoryId,
    /// What tells who made a contact.
    made_by: Option<(TableId, FieldId)>,
    /// What is not after this does not count.
    since: i64,
    keys: Keys,
    requests: HashMap<u32, u64>,
    messages: HashSet<(Option<u32>, Whose, i64, Named)>,
    /// None: by somebody who is not told, who may be anybody.
    answers: HashMap<Option<u32>, u64>,
}

impl Answered {
    /// The requests of a share, before any contact.
    pub fn new(source: Source<'_, '_>, limit: &SharedLimit) -> Self {
        let mut answered = Self {
            share: 0,
            contacts: HistoryId(u32::MAX),
            made_by: None,
            since: i64::MIN,
            keys: Keys::default(),
            requests: HashMap::new(),
            messages: HashSet::new(),
            answers: HashMap::new(),
        };
        let SharedLimit::Share { share, requests, key, contacts, contact_key, window, .. } = limit else {
            return answered;
        };
        let now = source.clock.now();
        let history = source.plan.histories.get(contacts.0 as usize);
        answered.share = *share;
        answered.contacts = *contacts;
        answered.made_by = history.map(|history| (history.events, *contact_key));
        answered.since = source.calendar.shift(now, back(*window)).unwrap_or(i64::MIN);
        let Some(table) = source.snapshot.table(*requests) else { return answered };
        let by = table.columns.get(key.0 as usize);
        let times = table.by_customer.as_ref().map_or(&[][..], |events| &events.at);
        let is_recent = |at: i64| at > answered.since && at <= now;
        for (row, _) in times.iter().enumerate().filter(|(_, at)| is_recent(**at)) {
            if let Some(who) = answered.keys.told(by.and_then(|by| by.tells(row))) {
                *answered.requests.entry(who).or_default() += 1;
            }
        }
        answered
    }

    /// The contacts that it counts.
    pub fn past(&self) -> HistoryId {
        self.contacts
    }

    /// Counts a contact that may have been an offer in answer to a request: not by a channel that only reaches out, nor a
    /// notice. Rows of one customer, one channel and one time are one message.
    pub fn count(&mut self, source: Source<'_, '_>, whose: Whose, event: &Event) {
        if event.at <= self.since || !may_answer(source, event) {
            return;
        }
        let column = |(table, field): (TableId, FieldId)| {
            source.snapshot.table(table).and_then(|table| table.columns.get(field.0 as usize))
        };
        let who = self.keys.told(self.made_by.and_then(column).and_then(|by| by.tells(event.row)));
        if event.channel == Named::Untold || self.messages.insert((who, whose, event.at, event.channel)) {
            *self.answers.entry(who).or_default() += 1;
        }
    }

    /// How many more offers one may make who answers: none where that is not known.
    pub fn left(&self, who: Option<&str>) -> u64 {
        let Some(who) = who.and_then(|who| self.keys.find(who)) else { return 0 };
        let answers = |who: Option<u32>| self.answers.get(&who).copied().unwrap_or(0);
        let requests = self.requests.get(&who).copied().unwrap_or(0);
        allowed(requests, self.share).saturating_sub(answers(Some(who)) + answers(None))
    }
}

fn may_answer(source: Source<'_, '_>, event: &Event) -> bool {
    let is_notice = |offer: &opportune_plan::Offer| offer.kind == OfferKind::Notice;
    if matches!(event.offer, Named::Known(at) if source.plan.offers.get(at as usize).is_some_and(is_notice)) {
        return false;
    }
    let Named::Known(channel) = event.channel else { return true };
    let channel = source.plan.channels.get(channel as usize);
    channel.is_none_or(|channel| channel.direction != Direction::Outbound)
}

/// Ten-thousandths of a number, rounded down.
fn allowed(requests: u64, share: u32) -> u64 {
    let allowed = u128::from(requests) * u128::from(share) / u128::from(BUCKETS);
    u64::try_from(allowed).unwrap_or(u64::MAX)
}
