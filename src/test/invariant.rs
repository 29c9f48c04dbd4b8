//! What must hold for every customer: tried on many that are drawn, each over some days in a row.
//!
//! Every second customer has a history ([`super::history`]). Only a stretch of time counts that holds something which the
//! policy sends while it is played; what was sent before counts in it. A customer for whom something does not hold is made as
//! small as possible ([`super::shrink`]) and told as a test.

use fastrand::Rng;
use opportune_compiler::rehearsal::{Rehearsal, Test};
use opportune_plan::{ChannelId, Invariant, OfferId, OfferKind, Span, Step};
use opportune_runtime::rehearse::{Scene, Stage};

use super::judge::{Failure, Judge};
use super::random::Drawing;
use super::{given, history, shrink};

/// How an invariant was tried.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tried {
    /// How many customers were drawn.
    pub cases: usize,
    /// How many of them got something.
    pub got_something: usize,
    /// Why one could not be played to its end, where that was so.
    pub unplayed: Option<String>,
}

/// Tries invariants.
pub struct Trial<'a> {
    pub rehearsal: &'a Rehearsal,
    pub stage: &'a Stage<'a>,
    /// Around which moment customers are drawn.
    pub base: i64,
    pub cases: usize,
    pub seed: u64,
}

/// Where an invariant does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// Which, by its place.
    pub which: usize,
    /// At which moment.
    pub step: usize,
    /// What is the case instead.
    pub message: String,
}

/// What came of one customer.
#[derive(Default)]
struct Course {
    breaches: Vec<Breach>,
    got_something: bool,
    unplayed: Option<String>,
}

/// Something that was sent.
struct Sent {
    step: usize,
    offer: OfferId,
    channel: ChannelId,
    at: i64,
    /// The beginning of the stretch of time that ends with it, by invariant; of what was sent before, none.
    since: Vec<Option<i64>>,
    is_answer: bool,
}

impl From<history::Past> for Sent {
    fn from(history::Past { offer, channel, at }: history::Past) -> Self {
        Self { step: 0, offer, channel, at, since: Vec::new(), is_answer: false }
    }
}

impl Trial<'_> {
    /// What does not hold, each invariant at most once, and how it was tried.
    pub fn run(&self, test: &Test) -> (Vec<Failure>, Tried) {
        let drawing = self.drawing(test);
        let (mut tried, mut found): (Tried, Vec<(Breach, Vec<Step>)>) = Default::default();
        for steps in self.customers(&drawing) {
            let course = self.course(test, &steps);
            tried.cases += 1;
            tried.got_something += usize::from(course.got_something);
            tried.unplayed = tried.unplayed.take().or(course.unplayed);
            for breach in course.breaches {
                if !found.iter().any(|(known, _)| known.which == breach.which) {
                    found.push((breach, steps.clone()));
                }
            }
        }
        found.sort_by_key(|(breach, _)| breach.which);
        (found.into_iter().map(|(breach, steps)| self.failure(test, breach, steps)).collect(), tried)
    }

    /// Whether all invariants hold for all customers drawn.
    pub fn holds(&self, test: &Test) -> bool {
        let is_fine = |steps: Vec<Step>| self.course(test, &steps).breaches.is_empty();
        test.scenario.always.is_empty() || self.customers(&self.drawing(test)).all(is_fine)
    }

    fn drawing(&self, test: &Test) -> Drawing<'_> {
        let lengths = test.scenario.always.iter().filter_map(|invariant| match invariant {
            Invariant::AtMost { within, .. } => Some(*within),
            Invariant::Never { .. } => None,
        });
        Drawing::new(&self.rehearsal.plan, self.base, lengths)
    }

    /// Customers, every second with a history. Whatever a history takes of its own draws, the next customer is the same.
    fn customers<'d>(&'d self, drawing: &'d Drawing<'d>) -> impl Iterator<Item = Vec<Step>> + 'd {
        let mut rng = Rng::with_seed(self.seed);
        (0..self.cases).filter_map(move |_| {
            let mut steps = drawing.customer(&mut rng)?;
            let mut of_history = rng.fork();
            if rng.bool() {
                history::put(self.stage, drawing, &mut of_history, &mut steps);
            }
            Some(steps)
        })
    }

    /// The smallest customer found, as a test.
    fn failure(&self, test: &Test, breach: Breach, steps: Vec<Step>) -> Failure {
        let which = breach.which;
        let still = |steps: &[Step]| {
            let course = self.course(test, steps);
            course.breaches.into_iter().find(|breach| breach.which == which && course.unplayed.is_none())
        };
        let (steps, breach) = shrink::smallest(&self.rehearsal.plan, steps, breach, &still);
        let invariant = test.scenario.always.get(which);
        let example = given::test(&self.rehearsal.plan, &steps, breach.step, invariant);
        let place = test.always.get(which).cloned().unwrap_or_else(|| test.place.clone());
        Failure { place, message: breach.message, causes: Vec::new(), example: Some(example) }
    }

    /// Plays a customer to the end, or as far as it goes.
    fn course(&self, test: &Test, steps: &[Step]) -> Course {
        let mut course = Course::default();
        let mut sent: Vec<Sent> = history::past(&self.rehearsal.plan, steps).into_iter().map(Sent::from).collect();
        let before = sent.len();
        let mut playing = self.stage.enter();
        for (at, step) in steps.iter().enumerate() {
            let scene = match playing.go_to(step) {
                Ok(scene) => scene,
                Err(error) => {
                    course.unplayed = Some(error.to_string());
                    break;
                }
            };
            for (which, invariant) in test.scenario.always.iter().enumerate() {
                if let Some(message) = self.never(invariant, &scene) {
                    course.breaches.push(Breach { which, step: at, message });
                }
            }
            sent.extend(scene.made().map(|made| Sent {
                step: at,
                offer: made.offer,
                channel: made.channel,
                at: made.send_at,
                since: test.scenario.always.iter().map(|invariant| since(invariant, &scene, made.send_at)).collect(),
                is_answer: made.is_answer,
            }));
        }
        for (which, invariant) in test.scenario.always.iter().enumerate() {
            course.breaches.extend(self.at_most(which, invariant, &sent));
        }
        course.got_something = sent.len() > before;
        course
    }

    fn never(&self, invariant: &Invariant, scene: &Scene<'_>) -> Option<String> {
        let Invariant::Never { offer, when } = invariant else { return None };
        let made = scene.made().find(|made| offer.is_none_or(|offer| made.offer == offer))?;
        let holds = scene.see(*when, None).truth() == Some(true);
        holds.then(|| format!("{}, and the condition is true", Judge::new(self.rehearsal, scene).told(made)))
    }

    fn at_most(&self, which: usize, invariant: &Invariant, sent: &[Sent]) -> Option<Breach> {
        let Invariant::AtMost { most, offer, channel, within } = invariant else { return None };
        let counts = |sent: &&Sent| match offer {
            Some(offer) => sent.offer == *offer && channel.is_none_or(|channel| channel == sent.channel),
            None => self.is_contact(sent, *channel),
        };
        let all: Vec<&Sent> = sent.iter().filter(counts).collect();
        for last in &all {
            let Some(since) = last.since.get(which).copied().flatten() else { continue };
            let near = all.iter().filter(|other| other.at > since && other.at <= last.at);
            let count = match offer {
                Some(_) => near.count(),
                None => {
                    // All that goes by one channel at one time is one message.
                    let mut messages: Vec<(ChannelId, i64)> = near.map(|other| (other.channel, other.at)).collect();
                    messages.sort_unstable();
                    messages.dedup();
                    messages.len()
                }
            };
            if count as u64 > *most {
                let step = all.iter().filter(|other| other.at <= last.at).map(|other| other.step).max().unwrap_or(0);
                let what = match offer.and_then(|offer| self.rehearsal.plan.offers.get(offer.0 as usize)) {
                    Some(offer) => format!("`{}` is made {count} times", offer.name),
                    None => format!("there are {count} contacts"),
                };
                let message = format!("{what} within {}, and at most {most} may be", length(*within));
                return Some(Breach { which, step, message });
            }
        }
        None
    }

    /// Whether something sent counts as a contact, as it does for the portfolio's caps: no notice, and no answer to a
    /// customer who asks unless their channel is meant.
    fn is_contact(&self, sent: &Sent, channel: Option<ChannelId>) -> bool {
        let kind = self.rehearsal.plan.offers.get(sent.offer.0 as usize).map(|offer| offer.kind);
        let is_meant = channel.map_or(!sent.is_answer, |channel| channel == sent.channel);
        kind != Some(OfferKind::Notice) && is_meant
    }
}

/// The beginning of the stretch of time of an invariant that ends at a moment.
fn since(invariant: &Invariant, scene: &Scene<'_>, at: i64) -> Option<i64> {
    let Invariant::AtMost { within, .. } = invariant else { return None };
    let back = Span {
        months: within.months.checked_neg()?,
        days: within.days.checked_neg()?,
        micros: within.micros.checked_neg()?,
    };
    scene.shifted(at, back)
}

/// `7 days`, `1 month`: as a test writes it.
fn length(span: Span) -> String {
    let hour = 3_600_000_000;
    let parts = [
        (i64::from(span.months), "month"),
        (i64::from(span.days), "day"),
        (span.micros / hour, "hour"),
        (span.micros % hour / 60_000_000, "minute"),
    ];
    let told = parts.iter().filter(|(count, _)| *count != 0);
    let told = told.map(|(count, unit)| format!("{count} {unit}{}", if *count == 1 { "" } else { "s" }));
    told.collect::<Vec<_>>().join(" and ")
}
