//! Whole runs: the same decisions on any number of threads, in blocks of any size, by every engine; no slot, cap or
//! channel ever violated; nothing lost when a sink fails.

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicU32, Ordering};

use opportune_plan::{Channel, ChannelId, Delivery, OfferId, OfferKind, Plan, Portfolio, Route, Slate, Timing};
use opportune_runtime::decide::{Decision, Outcome};
use opportune_runtime::evaluate::{Candidates, Evaluator};
use opportune_runtime::interpret::Interpreter;
use opportune_runtime::run::{Engine, Options, RunError, Summary, decide_all};

use crate::generate::{Case, Dice, Recipe};
use crate::search::for_all;

fn run(case: &Case, options: Options) -> (Vec<Decision>, Summary) {
    let mut all = Vec::new();
    let mut sink = |decisions: &[Decision]| {
        all.extend_from_slice(decisions);
        Ok(())
    };
    let summary = decide_all(&case.plan, &case.snapshot, &case.clock, &options, &mut sink).unwrap();
    (all, summary)
}

/// Decisions, and their numbers by their bits.
fn bits(decisions: &[Decision]) -> Vec<(Decision, [u64; 3])> {
    let numbers = |d: &Decision| [d.score, d.value, d.propensity].map(f64::to_bits);
    decisions.iter().map(|decision| (*decision, numbers(decision))).collect()
}

fn whole_block(case: &Case) -> Candidates {
    let mut candidates = Candidates::default();
    let size = case.snapshot.customers().next_multiple_of(64).max(64);
    Interpreter::new(&case.plan, &case.clock).evaluate(&case.snapshot.block(0, size), &mut candidates);
    candidates
}

/// The score of the candidate that a decision was.
fn score(candidates: &Candidates, decision: &Decision) -> Option<f64> {
    let Some(member) = decision.member else {
        let range = candidates.offers[decision.offer.0 as usize].clone();
        let at = candidates.rows[range.clone()].binary_search(&decision.customer).ok()?;
        return Some(candidates.scores[range][at]);
    };
    let family = candidates.families.iter().find(|family| family.offer == decision.offer)?;
    let is_it = |(row, of, _): &(u32, u32, f64)| (*row, *of) == (decision.customer, member);
    family.listed().into_iter().find(is_it).map(|(_, _, score)| score)
}

/// The rules of a portfolio, asked of what was decided, customer by customer.
fn check_rules(case: &Case, decisions: &[Decision]) {
    let candidates = whole_block(case);
    let portfolio = &case.plan.portfolio;
    let mut of_customers: BTreeMap<u32, Vec<&Decision>> = BTreeMap::new();
    for decision in decisions {
        of_customers.entry(decision.customer).or_default().push(decision);
    }
    assert!(decisions.is_sorted_by_key(|decision| decision.customer));
    for (customer, made) in of_customers {
        let default = if portfolio.slates.is_empty() { 1 } else { u32::MAX };
        assert!(made.len() <= portfolio.slots_in_all.unwrap_or(default) as usize);
        let mut channels: BTreeMap<u32, u32> = BTreeMap::new();
        let mut offers: Vec<(OfferId, Option<u32>)> = Vec::new();
        for decision in made {
            let slot = channels.entry(decision.channel.0).or_default();
            *slot += 1;
            assert_eq!(decision.slot, *slot);
            assert_eq!(decision.send_at, case.clock.now());
            assert!(case.plan.offers[decision.offer.0 as usize].channels().any(|channel| channel == decision.channel));
            let mask = &candidates.channels[decision.channel.0 as usize];
            assert!(mask.as_ref().is_none_or(|mask| mask.get(customer as usize)));
            let score = score(&candidates, decision).expect("a candidate");
            assert_eq!(score.to_bits(), decision.score.to_bits());
            offers.push((decision.offer, decision.member));
        }
        for (channel, used) in &channels {
            let slate = portfolio.slates.iter().find(|slate| slate.channel == ChannelId(*channel));
            assert!(*used <= slate.map_or(1, |slate| slate.size));
        }
        if let Some(room) = &candidates.contact_room {
            assert!(channels.len() <= room[customer as usize] as usize);
        }
        for family in &candidates.families {
            let of_family = offers.iter().filter(|(offer, _)| *offer == family.offer).count();
            let room = family.room.as_ref().map_or(u32::MAX, |room| room[customer as usize]);
            assert!(of_family <= room as usize, "all members of a family together");
        }
        let made = offers.len();
        offers.sort_unstable();
        offers.dedup();
        assert_eq!(offers.len(), made, "an offer is made once");
    }
}

fn check_counts(case: &Case, decisions: &[Decision], summary: &Summary) {
    assert_eq!(summary.customers, case.snapshot.customers() as u64);
    assert_eq!(summary.decisions, decisions.len() as u64);
    assert_eq!(summary.offers.len(), case.plan.offers.len());
    for (at, offer) in summary.offers.iter().enumerate() {
        let (tally, outcome) = (&offer.tally, &offer.outcome);
        let stopped =
            tally.excepted + tally.forbidden + tally.unreachable + tally.untimely + tally.capped + tally.withheld;
        let Outcome { capped, outranked, untimely, excluded, withheld, used_up, .. } = outcome;
        let Outcome { unreachable, left_out, held_out, made, .. } = outcome;
        let stopped = stopped + capped + outranked + untimely + excluded + withheld + used_up + unreachable + left_out;
        assert_eq!(tally.eligible, stopped + held_out + made);
        for (channel, count) in outcome.by_channel.iter().enumerate() {
            let is_here = |d: &&Decision| d.offer.0 as usize == at && d.channel.0 as usize == channel;
            assert_eq!(decisions.iter().filter(is_here).count() as u64, *count);
        }
        assert_eq!(outcome.by_channel.iter().sum::<u64>(), outcome.made);
        let of_family = case.plan.offers[at].family.is_some();
        if case.plan.portfolio.contact_cap.is_none() && !of_family {
            assert_eq!(outcome.capped, 0);
        }
    }
}

/// Whether a plan is decided at `now`, by masks and scores alone.
fn is_plain(plan: &Plan) -> bool {
    let mut plain = plan.clone();
    (plain.delivery, plain.histories) = (Delivery::default(), Vec::new());
    for channel in &mut plain.channels {
        *channel = Channel { needs: channel.needs, ..Channel::new(channel.name.clone()) };
    }
    for offer in &mut plain.offers {
        offer.timing = offer.timing.take().filter(Timing::is_days_only);
        offer.kind = OfferKind::Offer;
        offer.routes = offer.channels().map(Route::by).collect();
        (offer.limits, offer.picks, offer.holdout, offer.experiment) = (Vec::new(), Vec::new(), None, None);
    }
    let Portfolio { slates, slots_in_all, rank, contact_cap, .. } = std::mem::take(&mut plain.portfolio);
    let slates = slates.into_iter().map(|slate| Slate { at_most: Vec::new(), ..slate }).collect();
    plain.portfolio = Portfolio { slates, slots_in_all, rank, contact_cap, ..Portfolio::default() };
    plain == *plan
}

/// Of plans with rules of sending and deciding, more holds, and other things.
#[test]
fn decisions_keep_the_rules_and_the_counts_add_up() {
    let plain = AtomicU32::new(0);
    for_all(600, |case| {
        if !is_plain(&case.plan) {
            return;
        }
        plain.fetch_add(1, Ordering::Relaxed);
        let options = Options { threads: 1, engine: Engine::Interpreter, block_size: 64 };
        let (decisions, summary) = run(case, options);
        check_rules(case, &decisions);
        check_counts(case, &decisions, &summary);
    });
    assert!(plain.into_inner() > 0);
}

/// What became of the candidates of a case with rules, and what its decisions tell.
fn outcomes(case: &Case) -> Vec<(&'static str, bool)> {
    let options = Options { threads: 1, engine: Engine::Vectorised, block_size: 64 };
    let (decisions, summary) = run(case, options);
    let any = |of: fn(&Outcome) -> u64| summary.offers.iter().any(|offer| of(&offer.outcome) > 0);
    let some = |of: &dyn Fn(&Decision) -> bool| decisions.iter().any(of);
    let kind = |d: &Decision| case.plan.offers[d.offer.0 as usize].kind;
    vec![
        ("capped", any(|outcome| outcome.capped)),
        ("outranked", any(|outcome| outcome.outranked)),
        ("untimely", any(|outcome| outcome.untimely)),
        ("excluded", any(|outcome| outcome.excluded)),
        ("withheld", any(|outcome| outcome.withheld)),
        ("used up", any(|outcome| outcome.used_up)),
        ("unreachable", any(|outcome| outcome.unreachable)),
        ("left out", any(|outcome| outcome.left_out)),
        ("held out", any(|outcome| outcome.held_out)),
        ("made", any(|outcome| outcome.made)),
        ("sent later", some(&|d| d.send_at > case.clock.now())),
        ("by another route", some(&|d| case.plan.offers[d.offer.0 as usize].routes[0].channel != d.channel)),
        ("worth more or less than its score", some(&|d| d.value != d.score)),
        ("in an arm", some(&|d| d.arm == Some(1))),
        ("with a pick", some(&|d| d.picks.get(0).is_some())),
        ("a notice", some(&|d| kind(d) == OfferKind::Notice)),
        ("a reminder", some(&|d| kind(d) == OfferKind::Reminder)),
        ("a fallback", some(&|d| case.plan.portfolio.fallback == Some(d.offer))),
        ("second on a slate", some(&|d| d.slot == 2)),
    ]
}

/// That engines agree on decisions with rules would say nothing if the rules never did anything.
#[test]
fn random_rules_reach_every_outcome() {
    let mut reached: BTreeMap<&str, u32> = BTreeMap::new();
    let cases = (0..4_000).map(|seed| Recipe::of(seed, |_| 40).build()).filter(|case| !is_plain(&case.plan));
    for (name, is_reached) in cases.flat_map(|case| outcomes(&case)) {
        *reached.entry(name).or_default() += u32::from(is_reached);
    }
    assert!(reached.values().all(|count| *count >= 4), "{reached:#?}");
}

#[test]
fn threads_blocks_and_engines_do_not_matter() {
    for_all(300, |case| {
        // Any choice, the same each time for a case.
        let dice = &mut Dice::endless(case.clock.now() as u64 ^ case.plan.exprs.len() as u64);
        let threads = dice.pick(&[1, 2, 3, 8]);
        let block_size = dice.pick(&[1, 64, 65, 128, 1_024, 4_096]);
        let engine = dice.pick(&[Engine::Jit, Engine::Vectorised, Engine::Interpreter]);
        let expected = run(case, Options { threads: 1, engine: Engine::Interpreter, block_size: 4_096 });
        let found = run(case, Options { threads, engine, block_size });
        assert_eq!(bits(&found.0), bits(&expected.0), "{threads} threads, blocks of {block_size}, {engine:?}");
        assert_eq!(found.1, expected.1, "{threads} threads, blocks of {block_size}, {engine:?}");
    });
}

/// Cases of many blocks, drawn until one makes decisions in plenty.
fn plentiful() -> Case {
    let options = Options { threads: 1, engine: Engine::Interpreter, block_size: 64 };
    let cases = (0..).map(|seed| Recipe::of(seed, |_| 2_000).build());
    cases.into_iter().find(|case| run(case, options).0.len() > 1_500).expect("there is one")
}

#[test]
fn a_sink_that_fails_stops_the_run() {
    let case = plentiful();
    for threads in [1, 2, 8] {
        let options = Options { threads, engine: Engine::Interpreter, block_size: 64 };
        let (all, _) = run(&case, options);
        let mut taken = Vec::new();
        let mut sink = |decisions: &[Decision]| {
            if taken.len() > 100 {
                return Err(io::Error::other("the disk is full"));
            }
            taken.extend_from_slice(decisions);
            Ok(())
        };
        let result = decide_all(&case.plan, &case.snapshot, &case.clock, &options, &mut sink);
        assert!(matches!(&result, Err(RunError::Sink(error)) if error.to_string() == "the disk is full"), "{result:?}");
        assert_eq!(bits(&taken), bits(&all[..taken.len()]), "what was taken is the beginning");
    }
}

#[test]
fn a_sink_that_panics_leaves_no_thread_behind() {
    let case = plentiful();
    for threads in [1, 8] {
        let options = Options { threads, engine: Engine::Interpreter, block_size: 64 };
        let run = std::panic::AssertUnwindSafe(|| {
            let mut sink = |_: &[Decision]| -> io::Result<()> { panic!("of the sink's own making") };
            decide_all(&case.plan, &case.snapshot, &case.clock, &options, &mut sink)
        });
        assert!(std::panic::catch_unwind(run).is_err());
    }
}
