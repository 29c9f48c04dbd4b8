//! On whose calendar a customer's days are told: each zone that customers have is made ready once for each thread.

use std::collections::HashMap;
use std::sync::Arc;

use opportune_plan::Delivery;

use super::facts::{FactAt, FactIds, Facts};
use crate::sending::ZoneIs;
use crate::snapshot::Dictionary;
use crate::time::{Calendar, Zone};

/// The calendars of customers' zones.
#[derive(Debug)]
pub struct Calendars {
    zone: Option<FactAt>,
    is_known: Option<FactAt>,
    /// The project's first.
    all: Vec<Calendar>,
    by_name: HashMap<Box<str>, usize>,
    /// By code of the dictionary at hand: the calendar, once it has been asked for.
    by_code: Vec<Option<usize>>,
    dictionary: Option<Arc<Dictionary>>,
}

/// A customer's calendar, and whether it was given and did not come from a default.
#[derive(Clone, Copy, Debug)]
pub struct Whose {
    calendar: usize,
    is_known: bool,
}

impl Calendars {
    /// Those of a plan's customers, where the project's zone is `zone`.
    pub fn new(delivery: &Delivery, zone: &Zone, facts: &FactIds) -> Self {
        Self {
            zone: delivery.zone.map(|zone| facts.at(zone)),
            is_known: delivery.zone_known.map(|known| facts.at(known)),
            all: vec![Calendar::new(zone.clone())],
            by_name: HashMap::from([(zone.name().into(), 0)]),
            by_code: Vec::new(),
            dictionary: None,
        }
    }

    /// Whose calendar a customer's is. What is no zone is not known, and the project's stands in.
    pub fn of(&mut self, facts: Facts<'_>, row: usize) -> Whose {
        let Some(zone) = self.zone else { return Whose { calendar: 0, is_known: true } };
        let found = facts.code(zone, row).and_then(|(code, dictionary)| self.by_code(code, dictionary));
        let is_known = self.is_known.is_none_or(|known| facts.condition(known, row) == Some(true));
        Whose { calendar: found.unwrap_or(0), is_known: is_known && found.is_some() }
    }

    fn by_code(&mut self, code: u32, dictionary: &Arc<Dictionary>) -> Option<usize> {
        if !self.dictionary.as_ref().is_some_and(|last| Arc::ptr_eq(last, dictionary)) {
            self.by_code.clear();
            self.by_code.resize(dictionary.values.len(), None);
            self.dictionary = Some(Arc::clone(dictionary));
        }
        let known = self.by_code.get(code as usize).copied()?;
        known.or_else(|| {
            let calendar = self.by_name(dictionary.get(code)?)?;
            *self.by_code.get_mut(code as usize)? = Some(calendar);
            Some(calendar)
        })
    }

    fn by_name(&mut self, name: &str) -> Option<usize> {
        if let Some(calendar) = self.by_name.get(name) {
            return Some(*calendar);
        }
        self.all.push(Calendar::new(Zone::get(name)?));
        self.by_name.insert(name.into(), self.all.len() - 1);
        Some(self.all.len() - 1)
    }

    /// A customer's calendar.
    #[allow(clippy::indexing_slicing, reason = "the first is always there, and others are named once they are")]
    pub fn of_customer(&self, whose: Whose) -> &Calendar {
        &self.all[whose.calendar]
    }

    /// The zone as the time of sending depends on it.
    pub fn zone(&self, whose: Whose) -> ZoneIs<'_> {
        let zone = self.of_customer(whose).zone();
        if whose.is_known { ZoneIs::Known(zone) } else { ZoneIs::Default(zone) }
    }
}
