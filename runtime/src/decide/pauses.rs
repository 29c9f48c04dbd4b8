//! Pauses: outbound contacts stop for a time where the last ones had no answer.
//!
//! What counts is what is known at `now`: a contact whose patience is not over yet is neither ignored nor, without a
//! response, answered, and leaves the row of ignored ones as it is.

use opportune_plan::{Direction, HistoryId, OfferKind, Pause, Plan, Span};

use super::limits::Asking;
use super::past::{Event, Named, Past};
use super::windows::longest_span;
use crate::time::Calendar;

/// The pauses of a plan.
#[derive(Debug)]
pub struct Pauses {
    all: Vec<Pause>,
    /// By offer.
    are_notices: Vec<bool>,
    /// By channel: whether it only answers.
    are_inbound: Vec<bool>,
    now: i64,
    /// Until when the customer at hand is not contacted, once it has been asked for.
    until: Option<i64>,
}

/// Since when a history's events can matter to the pauses that read it: the contacts since ever, since a row of ignored
/// ones may be as long as it will.
pub fn since(plan: &Plan, history: HistoryId, now: i64) -> i64 {
    let reads = |pause: &&Pause| pause.contacts == history || pause.responses == history;
    if plan.portfolio.pauses.iter().any(|pause| reads(&pause)) { i64::MIN } else { now }
}

impl Pauses {
    /// Those of a plan.
    pub fn new(plan: &Plan, now: i64) -> Self {
        Self {
            all: plan.portfolio.pauses.clone(),
            are_notices: plan.offers.iter().map(|offer| offer.kind == OfferKind::Notice).collect(),
            are_inbound: plan.channels.iter().map(|channel| channel.direction == Direction::Inbound).collect(),
            now,
            until: None,
        }
    }

    /// Goes to another customer.
    pub fn begin(&mut self) {
        self.until = None;
    }

    /// Whether an outbound contact is stopped at a time.
    pub fn stop(&mut self, past: &mut Past<'_>, asking: Asking<'_>, at: i64) -> bool {
        if self.all.is_empty() {
            return false;
        }
        let until = self.until.unwrap_or_else(|| self.until(past, asking));
        self.until = Some(until);
        at < until
    }

    fn until(&self, past: &mut Past<'_>, asking: Asking<'_>) -> i64 {
        let until = |pause: &Pause| {
            past.load(pause.contacts, asking.candidates, asking.row);
            past.load(pause.responses, asking.candidates, asking.row);
            self.ends(pause, past, asking.calendar)
        };
        self.all.iter().filter_map(until).max().unwrap_or(i64::MIN)
    }

    /// When the last pause ends, if there is one.
    fn ends(&self, pause: &Pause, past: &Past<'_>, calendar: &Calendar) -> Option<i64> {
        let (mut in_a_row, mut ends) = (0, None);
        let contacts = past.events(pause.contacts);
        for (at, contact) in contacts.iter().enumerate().filter(|(_, contact)| self.counts(contact)) {
            // Rows of one channel and one time are one message, told by the first; it is answered where one of them is.
            let is_with = |other: &&Event| {
                other.channel == contact.channel && contact.channel != Named::Untold && self.counts(other)
            };
            let same_time = |other: &&Event| other.at == contact.at;
            let before = contacts.get(..at).unwrap_or_default().iter().rev().take_while(same_time);
            if before.into_iter().any(|other| is_with(&other)) {
                continue;
            }
            let known = shift(calendar, contact.at, pause.patience);
            let after = contacts.get(at + 1..).unwrap_or_default().iter().take_while(same_time);
            let mut message = std::iter::once(contact).chain(after.filter(is_with));
            if message.any(|contact| is_answered(pause, past, contact, known)) {
                in_a_row = 0;
            } else if known <= self.now {
                in_a_row += 1;
                let end = (in_a_row >= pause.after).then(|| shift(calendar, known, pause.length));
                ends = ends.max(end);
            }
        }
        ends
    }

    fn counts(&self, contact: &Event) -> bool {
        !contact.channel.is_one_of(&self.are_inbound) && !contact.offer.is_one_of(&self.are_notices)
    }
}

/// Whether a response came from a contact's time on until its patience is over, naming the same offer where both name one.
fn is_answered(pause: &Pause, past: &Past<'_>, contact: &Event, until: i64) -> bool {
    let named = |history, row| past.history(history).and_then(|history| history.offer(row));
    let offer = named(pause.contacts, contact.row);
    let responses = past.events(pause.responses);
    let first = responses.partition_point(|response| response.at < contact.at);
    let mut in_time = responses.get(first..).unwrap_or_default().iter().take_while(|response| response.at <= until);
    in_time.any(|response| {
        let answered = named(pause.responses, response.row);
        offer.is_none() || answered.is_none() || offer == answered
    })
}

/// A time moved on; by at least as much where the calendar ends.
fn shift(calendar: &Calendar, at: i64, span: Span) -> i64 {
    calendar.shift(at, span).unwrap_or_else(|| at.saturating_add(longest_span(span)))
}
