//! How closely the tests watch the policy: it is changed in one small way at a time, and some test should fail.
//!
//! A change that makes no policy is not counted, nor one after which the plan is the same. The tests that speak of what was
//! changed are played first, and only up to the first that fails: that alters how long it takes, never what comes out.

use std::collections::HashMap;
use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use opportune_compiler::ProjectFiles;
use opportune_compiler::db::Database;
use opportune_compiler::mutants::{self, Mutant};
use opportune_compiler::queries::{self, Project};
use opportune_compiler::rehearsal::{Rehearsal, Test};
use opportune_plan::{Currency, Expected};
use opportune_runtime::rehearse::Stage;
use opportune_runtime::sink::policy_hash;

use super::invariant::Trial;
use super::play::Theatre;
use super::rehearsed;

/// More threads share nothing but the work.
const MOST_THREADS: usize = 8;

/// What became of a mutant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// A test failed.
    Killed,
    /// All tests passed.
    Survived,
    /// It is no policy.
    NotValid,
    /// It means the same.
    Same,
}

/// All mutants that were tried, with what became of them, in the order of the files.
#[derive(Clone, Debug, Default)]
pub struct Mutation {
    pub tried: Vec<(Mutant, Fate)>,
    /// How many there are beside those.
    pub left_out: usize,
}

/// How many mutants came to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub killed: usize,
    pub survived: usize,
    pub not_valid: usize,
    pub same: usize,
}

impl Counts {
    /// Of those that are policies and mean something else, how many were killed; of none, all.
    pub fn percentage(self) -> f64 {
        match self.killed + self.survived {
            0 => 100.0,
            all => self.killed as f64 / all as f64 * 100.0,
        }
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Rounded down: 100% is all of them.
        write!(f, "{}% ({} of {} changes)", self.percentage().floor(), self.killed, self.killed + self.survived)
    }
}

impl Mutation {
    /// Of some of them.
    pub fn counts(&self, is_it: impl Fn(&Mutant) -> bool) -> Counts {
        let mut counts = Counts::default();
        for (_, fate) in self.tried.iter().filter(|(mutant, _)| is_it(mutant)) {
            match fate {
                Fate::Killed => counts.killed += 1,
                Fate::Survived => counts.survived += 1,
                Fate::NotValid => counts.not_valid += 1,
                Fate::Same => counts.same += 1,
            }
        }
        counts
    }

    /// The files, in their order.
    pub fn files(&self) -> Vec<&str> {
        let mut files: Vec<&str> = self.tried.iter().map(|(mutant, _)| &*mutant.place.path).collect();
        files.dedup();
        files
    }

    /// Those that no test noticed.
    pub fn survivors(&self) -> impl Iterator<Item = &Mutant> {
        self.tried.iter().filter(|(_, fate)| *fate == Fate::Survived).map(|(mutant, _)| mutant)
    }
}

/// What mutants are made of and tried on.
pub struct Trying<'a> {
    pub files: &'a ProjectFiles,
    pub currency: Option<Currency>,
    /// Around which moment customers are drawn, and how many for each test with invariants.
    pub base: i64,
    pub cases: usize,
    /// Which tests are played: by their place among all.
    pub tests: &'a [usize],
    /// How many mutants at most.
    pub most: usize,
    pub seed: u64,
}

impl Trying<'_> {
    /// Tries the mutants, those that are drawn where there are more than are asked for.
    pub fn run(&self) -> Mutation {
        let db = Database::default();
        let project = self.files.load(&db);
        let all = mutants::mutants(&db, project);
        drop(db);
        let chosen = self.draw(all.len());
        let left_out = all.len() - chosen.len();
        let all: Vec<Mutant> =
            all.into_iter().zip(0..).filter(|(_, at)| chosen.binary_search(at).is_ok()).map(|(m, _)| m).collect();
        let fates = self.fates(&all);
        Mutation { tried: all.into_iter().zip(fates).collect(), left_out }
    }

    /// Which of so many, ascending; the same for the same seed.
    fn draw(&self, all: usize) -> Vec<usize> {
        let mut chosen: Vec<usize> = (0..all).collect();
        if all > self.most {
            fastrand::Rng::with_seed(self.seed).shuffle(&mut chosen);
            chosen.truncate(self.most);
            chosen.sort_unstable();
        }
        chosen
    }

    fn fates(&self, all: &[Mutant]) -> Vec<Fate> {
        let (next, fates) = (AtomicUsize::new(0), Mutex::new(vec![Fate::NotValid; all.len()]));
        let threads = thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS);
        let work = || {
            let mut worker = Worker::new(self);
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(mutant) = all.get(at) else { break };
                let fate = worker.fate(mutant);
                let mut fates = fates.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                fates.get_mut(at).into_iter().for_each(|slot| *slot = fate);
            }
        };
        thread::scope(|scope| {
            for _ in 1..threads.min(all.len()) {
                scope.spawn(work);
            }
            work();
        });
        fates.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Tries one mutant after the other in a database of its own.
struct Worker<'a> {
    trying: &'a Trying<'a>,
    db: Database,
    project: Project,
    original: Option<String>,
    /// Which tests last killed a mutant of an item.
    killers: HashMap<Option<Box<str>>, Vec<usize>>,
}

impl<'a> Worker<'a> {
    fn new(trying: &'a Trying<'a>) -> Self {
        let db = Database::default();
        let project = trying.files.load(&db);
        let original = hash(&db, project);
        Self { trying, db, project, original, killers: HashMap::new() }
    }

    fn fate(&mut self, mutant: &Mutant) -> Fate {
        let known = self.killers.get(&mutant.item).cloned().unwrap_or_default();
        let (trying, original) = (self.trying, self.original.as_deref());
        let tried = mutants::with(&mut self.db, self.project, mutant, |db, project| {
            let mutated = hash(db, project)?;
            if Some(mutated.as_str()) == original {
                return Some(Err(Fate::Same));
            }
            let rehearsal = rehearsed::of(db, project)?;
            Some(Ok(trying.killer(&rehearsal, mutant.item.as_deref(), &known)))
        });
        match tried.flatten() {
            None => Fate::NotValid,
            Some(Err(fate)) => fate,
            Some(Ok(None)) => Fate::Survived,
            Some(Ok(Some(killer))) => {
                let killers = self.killers.entry(mutant.item.clone()).or_default();
                killers.retain(|known| *known != killer);
                killers.insert(0, killer);
                Fate::Killed
            }
        }
    }
}

impl Trying<'_> {
    /// The first test found that fails.
    fn killer(&self, rehearsal: &Rehearsal, item: Option<&str>, known: &[usize]) -> Option<usize> {
        let stage = Stage::new(&rehearsal.plan, self.currency);
        let theatre = Theatre { rehearsal, stage: &stage };
        let speaks = |at: &usize| rehearsal.tests.get(*at).is_some_and(|test| speaks_of(rehearsal, test, item));
        let (near, far): (Vec<usize>, Vec<usize>) = self.tests.iter().copied().partition(speaks);
        let known = known.iter().filter(|at| self.tests.contains(at)).copied();
        let order =
            known.clone().chain(near.into_iter().chain(far).filter(|at| !known.clone().any(|known| known == *at)));
        // Invariants take a while, so they come when no moment that is written down has told.
        let fails = |at: &usize| rehearsal.tests.get(*at).is_some_and(|test| !theatre.passes(test));
        let (base, cases, seed) = (self.base, self.cases, self.seed);
        let trial = Trial { rehearsal, stage: &stage, base, cases, seed };
        let breaks = |at: &usize| rehearsal.tests.get(*at).is_some_and(|test| !trial.holds(test));
        order.clone().find(fails).or_else(|| order.clone().find(breaks))
    }
}

/// Whether a test expects something of the offer that an item is.
fn speaks_of(rehearsal: &Rehearsal, test: &Test, item: Option<&str>) -> bool {
    let expected = test.scenario.steps.iter().flat_map(|step| &step.expected);
    let mut offers = expected.filter_map(|expected| match expected {
        Expected::Offer { offer, .. } | Expected::Not { offer, .. } => rehearsal.plan.offers.get(offer.0 as usize),
        Expected::Nothing => None,
    });
    offers.any(|offer| Some(&*offer.name) == item)
}

/// The hash of the plan that a project comes to, where it comes to one.
fn hash(db: &Database, project: Project) -> Option<String> {
    queries::lowered(db, project).as_ref()?.as_ref().ok().map(policy_hash)
}
