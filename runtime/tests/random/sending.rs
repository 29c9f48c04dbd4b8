//! Whatever else a plan says: what is sent, is sent at the first minute that its timing, quiet hours and law allow by what
//! is known of its customer, and at no other.

#[path = "../sending/oracle.rs"]
mod oracle;

use std::sync::atomic::{AtomicU32, Ordering};

use opportune_plan::{Constant, Direction, ExprId, Moment, Op, Plan, VerifiedPlan, verify};
use opportune_runtime::decide::Decision;
use opportune_runtime::evaluate::{Candidates, Evaluator};
use opportune_runtime::interpret::Interpreter;
use opportune_runtime::run::{Engine, Options, decide_all};
use opportune_runtime::snapshot::Told;

use crate::generate::Case;
use crate::search::for_all;
use oracle::{Answer, Customer, DAY, MINUTE};

/// So many decisions of a case are asked about.
const MOST: usize = 16;
/// Up to so many days ahead each minute is tried.
const AHEAD: i64 = 3 * DAY;

/// What is known of customers.
struct Known<'a> {
    plan: &'a Plan,
    now: i64,
    candidates: Candidates,
    facts: Vec<ExprId>,
}

impl<'a> Known<'a> {
    fn of(plan: &'a VerifiedPlan, case: &Case) -> Self {
        let mut candidates = Candidates::default();
        let size = case.snapshot.customers().next_multiple_of(64).max(64);
        Interpreter::new(plan, &case.clock).evaluate(&case.snapshot.block(0, size), &mut candidates);
        Self { plan, now: case.clock.now(), candidates, facts: plan.facts() }
    }

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
        let (plan, customer) = (self.plan, decision.customer);
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
            now: self.now,
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

/// The plan with channels that all have a law, each another one, and that nobody asks by.
fn by_laws(plan: &Plan) -> VerifiedPlan {
    let Plan { mut channels, mut exprs, .. } = plan.clone();
    for (channel, code) in channels.iter_mut().zip(["US-TX", "CA", "US-FL"].iter().cycle()) {
        (channel.direction, channel.asked) = (Direction::Outbound, None);
        channel.law = exprs.add(&plan.schema, Op::Constant(Constant::Text((*code).into()))).ok();
    }
    verify(Plan { channels, exprs, ..plan.clone() }).unwrap()
}

#[test]
fn what_is_sent_is_sent_at_the_first_allowed_minute() {
    let (at_once, later) = (AtomicU32::new(0), AtomicU32::new(0));
    let decided = |plan: &VerifiedPlan, case: &Case| {
        let mut decisions = Vec::new();
        let mut sink = |block: &[Decision]| {
            decisions.extend_from_slice(block);
            Ok(())
        };
        let options = Options { threads: 1, engine: Engine::Interpreter, block_size: 64 };
        decide_all(plan, &case.snapshot, &case.clock, &options, &mut sink).unwrap();
        if decisions.is_empty() {
            return;
        }
        let known = Known::of(plan, case);
        for decision in decisions.iter().step_by(decisions.len().div_ceil(MOST)) {
            let count = if check(&known, decision) { &later } else { &at_once };
            count.fetch_add(1, Ordering::Relaxed);
        }
    };
    for_all(500, |case| {
        decided(&case.plan, case);
        decided(&by_laws(&case.plan), case);
    });
    let (at_once, later) = (at_once.into_inner(), later.into_inner());
    assert!(at_once > 500 && later > 500, "{at_once} at once, {later} later");
}
