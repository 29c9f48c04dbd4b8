//! What must hold for lints: what they tell is so for every customer, by the reference evaluator, and what they mend
//! changes no decision. Policies are drawn so that lints often have something to tell ([`policy`]), customers so that they
//! stand where the policies' numbers are ([`customer`]).

mod claims;
mod condition;
pub mod constant;
mod customer;
mod dice;
mod policy;

use std::collections::{BTreeMap, BTreeSet};

use opportune_compiler::diagnostic::{Located, Severity};
use opportune_compiler::mend::{mend, with};
use opportune_compiler::rehearsal::{Owner, Rehearsal, rehearse};
use opportune_compiler::{ProjectFiles, compile, syntax};
use opportune_plan::{ExprId, OfferId, Step};
use opportune_runtime::rehearse::{Scene, Stage, Watch};

use crate::run::drawn;
use claims::{Claim, claim};

/// How many customers each policy is shown to.
const CUSTOMERS: u64 = 24;

/// What lints tell of a policy is so for every customer; whether one told anything about behaviour.
pub fn what_lints_tell_is_so(bytes: &[u8]) -> bool {
    let text = policy::policy(bytes);
    let told = told(&text);
    if told.iter().any(|found| found.diagnostic.severity == Severity::Error) {
        return false;
    }
    let claims: Vec<(&Located, Claim)> = told.iter().filter_map(|found| Some((found, claim(&text, found)?))).collect();
    if claims.is_empty() {
        return false;
    }
    let idle = claims.iter().filter_map(|(found, claim)| match claim {
        Claim::Idle(without) => Some((*found, without)),
        _ => None,
    });
    for (found, without) in idle {
        if let Some(difference) = difference(&text, without, bytes) {
            panic!("{}: {difference}\n{text}", about(&text, found));
        }
    }
    refuted(&text, &claims, bytes);
    true
}

/// What the fixes of lints leave is a policy with fewer lints, in canonical form, that decides the same; whether there was
/// a fix.
pub fn what_lints_mend_decides_the_same(bytes: &[u8]) -> bool {
    let text = syntax::format(&policy::policy(bytes)).text;
    let told = told(&text);
    if told.iter().any(|found| found.diagnostic.severity == Severity::Error) {
        return false;
    }
    let files = policy::files(&text, None);
    let fixes: Vec<&Located> = told.iter().filter(|found| found.diagnostic.fix.is_some()).collect();
    for found in &fixes {
        let after = only(&with(&files, &[(*found).clone()]).expect("a fix within its text"));
        let left = self::told(&after);
        let is_same = |other: &Located| {
            (other.diagnostic.code, &other.diagnostic.message) == (found.diagnostic.code, &found.diagnostic.message)
        };
        let count = |told: &[Located]| told.iter().filter(|other| is_same(other)).count();
        assert!(count(&left) < count(&told), "{} is still told of\n{after}", about(&text, found));
        if let Some(difference) = difference(&text, &after, bytes) {
            panic!("the fix of {}: {difference}\n{text}", about(&text, found));
        }
    }
    let mended = mend(&files, |files| compile(files).diagnostics);
    let after = only(&mended.files);
    assert_eq!(syntax::format(&after).text, after, "what was in canonical form is not:\n{text}");
    if let Some(difference) = difference(&text, &after, bytes) {
        panic!("all fixes: {difference}\n{text}");
    }
    !fixes.is_empty()
}

/// The text of the policy among the files.
fn only(files: &ProjectFiles) -> String {
    files.policies.iter().find(|(path, _)| path == policy::PATH).map(|(_, text)| text.clone()).expect("the policy")
}

/// All that is told of a policy.
fn told(text: &str) -> Vec<Located> {
    compile(&policy::files(text, None)).diagnostics
}

/// A lint with the words that it points at.
fn about(text: &str, found: &Located) -> String {
    let found = &found.diagnostic;
    let words = found.labels.first().and_then(|label| text.get(label.span.start as usize..label.span.end as usize));
    format!("{} of `{}`, {}", found.code, words.unwrap_or_default(), found.message)
}

/// Customers, the same for the same bytes.
fn customers<'p>(rehearsal: &'p Rehearsal, bytes: &'p [u8]) -> impl Iterator<Item = Vec<Step>> + 'p {
    let seed = bytes.iter().fold(17_u64, |seed, byte| seed.wrapping_mul(257).wrapping_add(u64::from(*byte)));
    (0..number("OPPORTUNE_CUSTOMERS").unwrap_or(CUSTOMERS))
        .map(move |at| customer::drawn(&rehearsal.plan, seed.wrapping_add(at)))
}

/// How many of so many policies are none, how many are told something, and of which codes: whether the policies are any good.
pub fn survey(cases: u64) -> BTreeMap<String, u64> {
    let mut counted: BTreeMap<String, u64> = BTreeMap::new();
    for at in 0..cases {
        let told = told(&policy::policy(&drawn(at)));
        let codes: BTreeSet<&str> = told.iter().map(|found| found.diagnostic.code).collect();
        let mut count = |name: &str| *counted.entry(name.to_owned()).or_default() += 1;
        if told.iter().any(|found| found.diagnostic.severity == Severity::Error) {
            count("none");
        } else if codes.iter().any(|code| *code != "E1009" && *code != "E0810" && *code != "E1006") {
            count("told");
        }
        codes.iter().for_each(|code| count(code));
    }
    counted
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// The conditions that are probed, as segments; of members, as offers that are worth nothing.
fn probes(claims: &[(&Located, Claim)]) -> String {
    let texts = claims.iter().enumerate().filter_map(|(at, (_, claim))| match claim {
        Claim::NeverTrue(probe) if probe.of_member => Some(format!(
            "offer probe_{at} for each town that_town of shop {{\n  channel mail\n  priority 0\n  eligible when {}\n}}\n",
            probe.text
        )),
        Claim::NeverTrue(probe) => Some(format!("segment probe_{at} is {}\n", probe.text)),
        _ => None,
    });
    texts.collect()
}

/// Looks for a customer who refutes a claim, and fails where there is one.
fn refuted(text: &str, claims: &[(&Located, Claim)], bytes: &[u8]) {
    let (compiled, rehearsal) = rehearse(&policy::files(text, Some(&probes(claims))));
    let Some(rehearsal) = rehearsal else {
        let errors = compiled.diagnostics.iter().filter(|found| found.diagnostic.severity == Severity::Error);
        panic!("the probes are wrong: {:?}\n{}\n{text}", errors.collect::<Vec<_>>(), probes(claims));
    };
    let (places, exprs): (Vec<usize>, Vec<ExprId>) =
        (0..claims.len()).filter_map(|at| Some((at, probed(&rehearsal, &format!("probe_{at}"))?))).unzip();
    let wanted = claims.iter().filter(|(_, claim)| matches!(claim, Claim::NeverTrue(_))).count();
    assert_eq!(places.len(), wanted, "a probe is not there: {}\n{text}", probes(claims));
    let (watch, stage) = (Watch::new(&rehearsal.plan, &asked(&exprs)), Stage::new(&rehearsal.plan, None));
    for steps in customers(&rehearsal, bytes) {
        let mut playing = stage.enter();
        for step in &steps {
            let Ok(scene) = playing.go_to(step) else { break };
            let is_batch = step.context.is_empty();
            let truths = scene.watch(&watch);
            let wrong = places.iter().zip(&truths).find_map(|(at, truths)| {
                let Claim::NeverTrue(probe) = &claims[*at].1 else { return None };
                (truths.yes && (is_batch || !probe.in_batch)).then(|| &claims[*at])
            });
            let made = claims.iter().find(|(_, claim)| match claim {
                Claim::NeverMade(name) => is_made(&rehearsal, &scene, name),
                Claim::NeverMadeInBatch(name) => is_batch && is_made(&rehearsal, &scene, name),
                _ => false,
            });
            if let Some((found, claim)) = wrong.or(made) {
                let shown = customer::shown(&rehearsal.plan, &steps);
                panic!("{} is not so ({claim:?}) at {} for\n{shown}\n{text}", about(text, found), step.now);
            }
        }
    }
}

/// Conditions as they are, whoever is asked.
fn asked(exprs: &[ExprId]) -> Vec<(Option<OfferId>, ExprId)> {
    exprs.iter().map(|expr| (None, *expr)).collect()
}

/// The whole condition of a probe.
fn probed(rehearsal: &Rehearsal, name: &str) -> Option<ExprId> {
    let is_this = |owner: &Owner| match owner {
        Owner::Definition(found) => **found == *name,
        Owner::Offer(offer) => *rehearsal.plan.offers[offer.0 as usize].name == *name,
        _ => false,
    };
    rehearsal
        .conditions
        .iter()
        .find(|found| is_this(&found.owner) && found.part_of.is_none())?
        .meaning
        .all()
        .next()
        .map(|(_, expr)| expr)
}

fn is_made(rehearsal: &Rehearsal, scene: &Scene<'_>, name: &str) -> bool {
    scene.decided().iter().any(|made| *rehearsal.plan.offers[made.offer.0 as usize].name == *name)
}

/// All that is decided of a customer over all moments, by names.
fn decided(rehearsal: &Rehearsal, stage: &Stage<'_>, steps: &[Step]) -> Vec<String> {
    let mut playing = stage.enter();
    let mut all = Vec::new();
    for step in steps {
        let Ok(scene) = playing.go_to(step) else { break };
        all.extend(scene.decided().iter().map(|made| {
            let offer = &rehearsal.plan.offers[made.offer.0 as usize].name;
            let channel = &rehearsal.plan.channels[made.channel.0 as usize].name;
            format!(
                "{offer} {:?} {channel} {} {} {} {}",
                made.member, made.slot, made.send_at, made.value, made.is_held_out
            )
        }));
    }
    all
}

/// Where two policies decide differently.
fn difference(before: &str, after: &str, bytes: &[u8]) -> Option<String> {
    let (_, Some(one)) = rehearse(&policy::files(before, None)) else { return None };
    let (compiled, Some(other)) = rehearse(&policy::files(after, None)) else {
        return Some(format!("it is none after it:\n{after}"));
    };
    drop(compiled);
    let stages = (Stage::new(&one.plan, None), Stage::new(&other.plan, None));
    customers(&one, bytes).find_map(|steps| {
        let (was, is) = (decided(&one, &stages.0, &steps), decided(&other, &stages.1, &steps));
        (was != is)
            .then(|| format!("{was:?} becomes {is:?} for\n{}\nwith\n{after}", customer::shown(&one.plan, &steps)))
    })
}
