//! When an offer may be sent by a channel at a place, each worked out once.
//!
//! A place is a zone, whether it is known, and a jurisdiction. Nothing here depends on a customer's own events.

use opportune_plan::{Plan, Span};

use super::FURTHEST;
use super::ZoneIs;
use super::law::Law;
use super::rules::{OfChannel, Rules};
use super::steps::Steps;
use super::week::{DAY, Week};
use super::zones::{ZoneInRun, Zones};
use crate::time::{Clock, LAST_INSTANT, Zone, day};

/// So much longer than the horizon are offsets and holidays known: a span of the calendar ends at other instants, and an
/// instant is on another day, in another zone.
const MARGIN: i64 = 5 * DAY;

/// When something may be sent, by UTC.
#[derive(Debug)]
pub(super) struct Answer {
    /// Timing, quiet hours and law.
    pub(super) steps: Steps,
    /// Not before: `now`, later by the lead time.
    pub(super) lo: i64,
    /// Not after: the horizon.
    pub(super) hi: i64,
    /// The first moment of all.
    pub(super) first: Option<i64>,
}

/// Names a place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct PlaceId(usize);

/// Where a customer is, as far as it is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Place {
    zone: u32,
    is_known: bool,
    law: Option<Law>,
}

/// A place, and what is known of it so far.
#[derive(Debug)]
struct AtPlace {
    place: Place,
    /// By channel: quiet hours and law.
    protection: Vec<Option<Steps>>,
    /// By timing, channel and whether the customer asked.
    answers: Vec<Option<Box<Answer>>>,
}

/// All that has been worked out.
#[derive(Debug)]
pub(super) struct Answers {
    now: i64,
    horizon: Span,
    /// The days within which holidays are told.
    days: (i32, i32),
    channels: usize,
    zones: Zones,
    /// The last zone, which most often is the next as well.
    last: Option<(Zone, u32)>,
    places: Vec<AtPlace>,
    /// By zone: its places.
    by_zone: Vec<Vec<(Place, PlaceId)>>,
}

impl Answers {
    pub(super) fn new(plan: &Plan, clock: &Clock) -> Self {
        let (now, horizon) = (clock.now(), plan.delivery.horizon);
        let end = until(clock.zone(), now, horizon).saturating_add(MARGIN);
        let days = |at: i64, otherwise| day(at.div_euclid(DAY)).unwrap_or(otherwise);
        Self {
            now,
            horizon,
            days: (days(now - MARGIN, crate::time::FIRST_DATE), days(end, crate::time::LAST_DATE)),
            channels: plan.channels.len(),
            zones: Zones::new((now, end), plan.delivery.possible_zones.iter().map(|name| &**name)),
            last: None,
            places: Vec::new(),
            by_zone: Vec::new(),
        }
    }

    /// The place of a customer.
    pub(super) fn place(&mut self, zone: ZoneIs<'_>, law: Option<Law>) -> PlaceId {
        let number = match &self.last {
            Some((last, number)) if last == zone.zone() => *number,
            _ => {
                let number = self.zones.number(zone.zone());
                self.last = Some((zone.zone().clone(), number));
                number
            }
        };
        let place = Place { zone: number, is_known: matches!(zone, ZoneIs::Known(_)), law };
        let known =
            self.by_zone.get(number as usize).and_then(|places| places.iter().find(|(known, _)| *known == place));
        match known {
            Some((_, id)) => *id,
            None => self.new_place(place),
        }
    }

    fn new_place(&mut self, place: Place) -> PlaceId {
        let (id, at) = (PlaceId(self.places.len()), place.zone as usize);
        self.places.push(AtPlace { place, protection: Vec::new(), answers: Vec::new() });
        if self.by_zone.len() <= at {
            self.by_zone.resize_with(at + 1, Vec::new);
        }
        if let Some(places) = self.by_zone.get_mut(at) {
            places.push((place, id));
        }
        id
    }

    /// The zone of a place.
    pub(super) fn zone(&self, place: PlaceId) -> Option<&ZoneInRun> {
        self.places.get(place.0).and_then(|at| self.zones.get(at.place.zone))
    }

    /// What was worked out before.
    pub(super) fn known(&self, place: PlaceId, timing: usize, channel: usize, asked: bool) -> Option<&Answer> {
        self.places.get(place.0)?.answers.get(self.index(timing, channel, asked))?.as_deref()
    }

    /// Works out when an offer with a timing may be sent by a channel.
    pub(super) fn learn(
        &mut self,
        rules: &Rules,
        place: PlaceId,
        timing: usize,
        channel: usize,
        asked: bool,
    ) -> Option<()> {
        let (of_timing, of_channel) = (rules.timings.get(timing)?, rules.channels.get(channel)?);
        let zone = self.zone(place)?;
        let (lo, hi) = if asked { (self.now, self.now) } else { self.bounds(zone, of_channel.lead) };
        let mut steps = of_timing.told_by(&zone.offsets);
        if !asked {
            self.protect(place, channel, of_channel)?;
            let protection = self.places.get(place.0)?.protection.get(channel)?.as_ref()?;
            steps = steps.and(protection);
        }
        let first = steps.earliest(lo, hi);
        let index = self.index(timing, channel, asked);
        put(&mut self.places.get_mut(place.0)?.answers, index, Box::new(Answer { steps, lo, hi, first }));
        Some(())
    }

    /// Between which instants something is sent that is decided at `now`, both included; none: the end is before the
    /// beginning.
    fn bounds(&self, zone: &ZoneInRun, lead: Span) -> (i64, i64) {
        let lo = zone.calendar.shift(self.now, lead).unwrap_or(i64::MAX);
        (lo, until(zone.calendar.zone(), self.now, self.horizon))
    }

    /// Works out a channel's quiet hours and law at a place, if that has not been done.
    fn protect(&mut self, place: PlaceId, channel: usize, rules: &OfChannel) -> Option<()> {
        let at = self.places.get(place.0)?;
        if at.protection.get(channel).is_some_and(Option::is_some) {
            return Some(());
        }
        let law = at.place.law.map(|law| law.steps(self.days.0, self.days.1));
        let loud = Steps::always(rules.loud.clone());
        let local = law.map_or_else(|| loud.clone(), |law| loud.and(&law));
        let steps = if local.is_always_open() {
            local
        } else if at.place.is_known {
            local.told_by(&self.zones.get(at.place.zone)?.offsets)
        } else {
            let open = Steps::always(Week::always());
            self.zones.unknown().iter().fold(open, |all, offsets| all.and(&local.told_by(offsets)))
        };
        put(&mut self.places.get_mut(place.0)?.protection, channel, steps);
        Some(())
    }

    fn index(&self, timing: usize, channel: usize, asked: bool) -> usize {
        (timing * self.channels + channel) * 2 + usize::from(asked)
    }
}

/// The last instant of the horizon in a zone.
fn until(zone: &Zone, now: i64, horizon: Span) -> i64 {
    let furthest = now.saturating_add(i64::from(FURTHEST) * DAY).min(LAST_INSTANT);
    zone.shift(now, horizon).unwrap_or(LAST_INSTANT).min(furthest)
}

fn put<T>(all: &mut Vec<Option<T>>, at: usize, value: T) {
    if all.len() <= at {
        all.resize_with(at + 1, || None);
    }
    if let Some(slot) = all.get_mut(at) {
        *slot = Some(value);
    }
}
