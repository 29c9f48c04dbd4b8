//! Runs the entrants in turn, several rounds, and keeps each one's times and last answer.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

use crate::answer::Answer;

/// Something that decides for customers.
pub trait Entrant {
    /// As the report calls it.
    fn name(&self) -> &'static str;

    /// Decides for the first so many customers, into an answer that is empty.
    fn decide(&mut self, customers: usize, answer: &mut Answer);

    /// How long it took to get from the plan to something that can decide.
    fn preparation(&self) -> Option<Duration> {
        None
    }
}

/// An entrant and how it did.
pub struct Lane<'a> {
    /// Who.
    pub entrant: Box<dyn Entrant + 'a>,
    /// For how many customers it decides; zero: it does not decide at all.
    pub customers: usize,
    /// How long each round took.
    pub times: Vec<Duration>,
}

/// The entrants.
pub struct Contest<'a> {
    /// In the order of entry.
    pub lanes: Vec<Lane<'a>>,
    customers: usize,
    answers: Vec<Answer>,
}

impl<'a> Contest<'a> {
    /// Among so many customers.
    pub fn new(customers: usize) -> Self {
        Self { lanes: Vec::new(), customers, answers: Vec::new() }
    }

    /// Enters someone who decides for the first so many customers.
    pub fn enter(&mut self, entrant: impl Entrant + 'a, customers: usize) {
        self.lanes.push(Lane { entrant: Box::new(entrant), customers, times: Vec::new() });
        self.answers.push(Answer::new(self.customers));
    }

    /// Keeps those with this in their names, where it is given.
    pub fn keep(&mut self, only: Option<&str>) {
        if let Some(only) = only {
            self.lanes.retain(|lane| lane.entrant.name().starts_with(only));
            self.answers.truncate(self.lanes.len());
        }
    }

    /// Lets everybody decide in turn, so many times over.
    pub fn run(&mut self, rounds: usize) {
        for _ in 0..rounds {
            for (lane, answer) in self.lanes.iter_mut().zip(&mut self.answers) {
                answer.clear();
                let begun = processor_time();
                lane.entrant.decide(lane.customers, answer);
                lane.times.push(processor_time() - begun);
            }
        }
    }

    /// Stops unless all answers are the same.
    pub fn check(&self) {
        for (lane, answer) in self.lanes.iter().zip(&self.answers).filter(|(lane, _)| lane.customers > 0) {
            answer.agrees_with(self.answer(), lane.customers, lane.entrant.name());
        }
    }

    /// The answer of one who decided for all customers.
    pub fn answer(&self) -> &Answer {
        let whole = self.lanes.iter().position(|lane| lane.customers == self.customers);
        &self.answers[whole.unwrap_or(0)]
    }
}

/// How long this thread has been on a processor: what others do on the machine counts less than by the clock.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let (seconds, nanoseconds) = (u64::try_from(time.tv_sec), u32::try_from(time.tv_nsec));
    Duration::new(seconds.unwrap_or(0), nanoseconds.unwrap_or(0))
}

impl Lane<'_> {
    /// Nanoseconds a customer of the fastest round, and of the middle one.
    pub fn per_customer(&self, all: usize) -> (f64, f64) {
        let mut times = self.times.clone();
        times.sort_unstable();
        let customers = if self.customers == 0 { all } else { self.customers };
        let each = |time: Duration| time.as_nanos() as f64 / customers as f64;
        (times.first().map_or(0.0, |time| each(*time)), times.get(times.len() / 2).map_or(0.0, |time| each(*time)))
    }
}
