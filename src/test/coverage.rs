//! What the tests have looked at: offers made and not made, conditions true, false and unknown.
//!
//! What is counted are outcomes: two of each offer, and of each condition and each part of one those that it can have: mostly
//! two, or three where it can be unknown. A condition that is written as a constant is not counted.

use std::fmt;

use opportune_compiler::rehearsal::{Rehearsal, Role};
use opportune_compiler::{Place, SourceMap};
use opportune_plan::OfferId;

use super::play::Notes;

/// So many of so many outcomes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Covered {
    pub met: usize,
    pub all: usize,
}

impl Covered {
    /// Of nothing all is covered.
    pub fn percentage(self) -> f64 {
        if self.all == 0 { 100.0 } else { self.met as f64 / self.all as f64 * 100.0 }
    }

    pub fn add(&mut self, other: Self) {
        self.met += other.met;
        self.all += other.all;
    }
}

impl fmt::Display for Covered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Rounded down: 100% is all of it.
        write!(f, "{}% ({} of {} outcomes)", self.percentage().floor(), self.met, self.all)
    }
}

/// What is counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    Offer,
    Condition,
    Branch,
}

/// An offer or a condition with the outcomes that it can have.
#[derive(Clone, Debug)]
pub struct Watched {
    pub sort: Sort,
    pub place: Place,
    /// As it is written.
    pub text: Box<str>,
    /// Each outcome, and whether there was one.
    pub outcomes: Vec<(&'static str, bool)>,
}

impl Watched {
    pub fn covered(&self) -> Covered {
        Covered { met: self.outcomes.iter().filter(|(_, met)| *met).count(), all: self.outcomes.len() }
    }

    /// The outcomes that there never were.
    pub fn lacks(&self) -> Vec<&'static str> {
        self.outcomes.iter().filter(|(_, met)| !met).map(|(outcome, _)| *outcome).collect()
    }
}

/// All that is counted, in the order of the files.
#[derive(Clone, Debug)]
pub struct Coverage {
    pub watched: Vec<Watched>,
}

impl Coverage {
    pub fn new(rehearsal: &Rehearsal, sources: &SourceMap, notes: &Notes<'_>) -> Self {
        let mut watched = Vec::new();
        for ((id, offer), [made, not]) in (0..).map(OfferId).zip(&rehearsal.plan.offers).zip(&notes.offers) {
            let Some(place) = sources.offer(id) else { continue };
            let outcomes = vec![("made", *made), ("not made", *not)];
            watched.push(Watched { sort: Sort::Offer, place, text: offer.name.clone(), outcomes });
        }
        for (condition, truths) in rehearsal.conditions.iter().zip(&notes.truths) {
            let can_be = condition.outcomes;
            let all = [
                ("true", can_be.yes, truths.yes),
                ("false", can_be.no, truths.no),
                ("unknown", can_be.unknown, truths.unknown),
            ];
            let outcomes: Vec<_> =
                all.into_iter().filter(|(_, can_be, _)| *can_be).map(|(o, _, met)| (o, met)).collect();
            if outcomes.is_empty() {
                continue;
            }
            let sort = if condition.role == Role::Branch { Sort::Branch } else { Sort::Condition };
            watched.push(Watched { sort, place: condition.place.clone(), text: condition.text.clone(), outcomes });
        }
        watched.sort_by(|a, b| (&a.place.path, a.place.span.start).cmp(&(&b.place.path, b.place.span.start)));
        Self { watched }
    }

    /// Of everything.
    pub fn whole(&self) -> Covered {
        self.of(|_| true)
    }

    /// Of some of it.
    pub fn of(&self, is_it: impl Fn(&Watched) -> bool) -> Covered {
        let mut sum = Covered::default();
        self.watched.iter().filter(|watched| is_it(watched)).for_each(|watched| sum.add(watched.covered()));
        sum
    }

    /// The files, in their order.
    pub fn files(&self) -> Vec<&str> {
        let mut files: Vec<&str> = self.watched.iter().map(|watched| &*watched.place.path).collect();
        files.dedup();
        files
    }
}
