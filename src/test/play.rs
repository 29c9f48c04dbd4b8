//! Plays a test from its first moment to its last.

use opportune_compiler::rehearsal::{Rehearsal, Test};
use opportune_runtime::rehearse::{Scene, Stage, Truths, Watch};

use super::judge::{Failure, Judge};

/// What tests are played on.
pub struct Theatre<'a> {
    /// The tests and conditions.
    pub rehearsal: &'a Rehearsal,
    /// Where they are played.
    pub stage: &'a Stage<'a>,
}

/// What is noted while tests are played.
pub struct Notes<'a> {
    watch: Watch<'a>,
    /// By what is watched: the condition that it belongs to.
    conditions: Vec<usize>,
    /// By condition of the rehearsal.
    pub truths: Vec<Truths>,
    /// By offer: whether it was ever made, and ever not.
    pub offers: Vec<[bool; 2]>,
}

impl<'a> Notes<'a> {
    /// Nothing yet.
    pub fn new(rehearsal: &'a Rehearsal) -> Self {
        let all = rehearsal.conditions.iter().enumerate();
        let meant = all.flat_map(|(at, condition)| condition.meaning.all().map(move |meant| (at, meant)));
        let (conditions, watched): (Vec<usize>, Vec<_>) = meant.unzip();
        Self {
            watch: Watch::new(&rehearsal.plan, &watched),
            conditions,
            truths: vec![Truths::default(); rehearsal.conditions.len()],
            offers: vec![[false; 2]; rehearsal.plan.offers.len()],
        }
    }

    fn take(&mut self, scene: &Scene<'a>) {
        for (condition, seen) in self.conditions.iter().zip(scene.watch(&self.watch)) {
            if let Some(known) = self.truths.get_mut(*condition) {
                known.add(seen);
            }
        }
        for (at, [made, not]) in (0..).zip(&mut self.offers) {
            match scene.made().any(|one| one.offer.0 == at) {
                true => *made = true,
                false => *not = true,
            }
        }
    }
}

impl<'a> Theatre<'a> {
    /// What of a test's expectations does not hold; notes what is seen where it is asked for.
    pub fn play(&self, test: &Test, mut notes: Option<&mut Notes<'a>>) -> Vec<Failure> {
        let mut failures = Vec::new();
        let mut playing = self.stage.enter();
        for (at, step) in test.scenario.steps.iter().enumerate() {
            let places = test.expected.get(at).map(Vec::as_slice).unwrap_or_default();
            let scene = match playing.go_to(step) {
                Ok(scene) => scene,
                Err(error) => {
                    let message = format!("the test cannot be played: {error}");
                    failures.push(Failure { place: test.place.clone(), message, causes: Vec::new(), example: None });
                    break;
                }
            };
            let judge = Judge::new(self.rehearsal, &scene);
            for (expected, place) in step.expected.iter().zip(places) {
                if let Some((message, causes)) = judge.judge(expected) {
                    let message = match test.scenario.steps.len() {
                        1 => message,
                        _ => format!("at {}: {message}", scene.writing().moment(step.now)),
                    };
                    failures.push(Failure { place: place.clone(), message, causes, example: None });
                }
            }
            if let Some(notes) = notes.as_deref_mut() {
                notes.take(&scene);
            }
        }
        failures
    }

    /// Whether a test passes; nothing is explained, and it ends at the first expectation that does not hold.
    pub fn passes(&self, test: &Test) -> bool {
        let mut playing = self.stage.enter();
        test.scenario.steps.iter().all(|step| {
            let Ok(scene) = playing.go_to(step) else { return false };
            let judge = Judge::new(self.rehearsal, &scene);
            step.expected.iter().all(|expected| judge.holds(expected))
        })
    }
}
