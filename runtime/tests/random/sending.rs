//! Whatever else a plan says: what is sent, is sent at the first minute that its timing, quiet hours and law allow by what
//! is known of its customer, and at no other.

#[path = "../sending/oracle.rs"]
mod oracle;

use std::sync::atomic::{AtomicU32, Ordering};

use opportune_plan::{ExprId, Moment, Plan};
use opportune_runtime::decide::Decision;
use opportune_runtime::evaluate::Candidates;
use opportune_runtime::run::{Engine, Options};
use opportune_runtime::snapshot::Told;

use crate::generate::Case;
use crate::run::{run, whole_block};
use crate::search::for_all;
use oracle::{Answer, Customer, DAY, MINUTE};

/// So many decisions of a case are asked about.
const MOST: usize = 8;
/// Up to so many days ahead each minute is tried.
const AHEAD: i64 = 3 * DAY;

/// What is known of customers.
struct Known<'a> {
    case: &'a Case,
    candidates: Candidates,
    facts: Vec<ExprId>,
}

impl Known<'_> {
    fn told(&self, expr: ExprId, customer: u32) -> Option<Told<'_>> {
        let at = Plan::fact(&self.facts, expr).expect("deciding asks for it");
        self.candidates.facts[at].0.tells(customer as usize)
    }

    fn text(&self, expr: ExprId, customer: u32) -> Option<String> {
        match self.told(expr, customer)? {
            Told::Text(text) => Some(text.to_owned()),
            other => panic!("{other:?} is no text"),
        }
    }

    /// What a decision's time of sending was asked for.
    fn question(&self, decision: &Decision) -> (oracle::Case, Customer) {
        let (plan, customer) = (&self.case.plan, decision.customer);
        let (channel, offer) = (&plan.channels[decision.channel.0 as usize], &plan.offers[decision.offer.0 as usize]);
        let is_true = |expr: ExprId| self.told(expr, customer) == Some(Told::Bool(true));
        let moments = offer.timing.iter().flat_map(|timing| &timing.moments).filter_map(|moment| match moment {
            Moment::RightAway => None,
            Moment::After { event, .. } | Moment::Exactly { event, .. } => Some(*event),
            Moment::At { day, .. } => Some(*day),
        });
        let events = moments.filter_map(|event| match self.told(event, customer)? {
            Told::Int(value) => Some((event, value)),
            other => panic!("{other:?} is no time"),
        });
        let of_customer = Customer {
            zone: plan.delivery.zone.map_or(plan.zone.to_string(), |zone| self.text(zone, customer).expect("a zone")),
            is_known: plan.delivery.zone_known.is_none_or(is_true),
            law: channel.law.and_then(|law| self.text(law, customer)),
            asked: channel.asked.is_some_and(is_true),
            events: events.collect(),
        };
        let asked = oracle::Case {
            now: self.case.clock.now(),
            channel: channel.clone(),
            timing: offer.timing.clone(),
            horizon: plan.delivery.horizon,
            possible_zones: plan.delivery.possible_zones.clone(),
        };
        (asked, of_customer)
    }
}

/// Whether it was sent later than at once.
fn check(known: &Known<'_>, decision: &Decision) -> bool {
    let (case, customer) = known.question(decision);
    let told = || format!("{decision:?}\n{customer:#?}\n{case:#?}");
    let answer = Answer::of(&case, &customer).unwrap_or_else(|| panic!("nothing may be sent: {}", told()));
    assert!(answer.is_allowed(decision.send_at), "sent when it must not be: {}", told());
    let is_anywhere = !customer.is_known && case.possible_zones.is_empty();
    if !is_anywhere && decision.send_at - case.now < AHEAD {
        let tried = answer.earliest().map(|tried| tried - decision.send_at);
        // The last zone whose minutes are not those of UTC is Monrovia's before 1972.
        let is_first = if case.now < 2 * 366 * DAY {
            tried.is_some_and(|late| (0..MINUTE).contains(&late))
        } else {
            tried == Some(0)
        };
        assert!(is_first, "the first moment is {:?}: {}", answer.earliest(), told());
    }
    decision.send_at > case.now
}

#[test]
fn what_is_sent_is_sent_at_the_first_allowed_minute() {
    let (at_once, later) = (AtomicU32::new(0), AtomicU32::new(0));
    for_all(800, |case| {
        let (decisions, _) = run(case, Options { threads: 1, engine: Engine::Interpreter, block_size: 64 });
        if decisions.is_empty() {
            return;
        }
        let known = Known { case, candidates: whole_block(case), facts: case.plan.facts() };
        for decision in decisions.iter().step_by(decisions.len().div_ceil(MOST)) {
            let count = if check(&known, decision) { &later } else { &at_once };
            count.fetch_add(1, Ordering::Relaxed);
        }
    });
    let (at_once, later) = (at_once.into_inner(), later.into_inner());
    assert!(at_once > 100 && later > 100, "{at_once} at once, {later} later");
}
