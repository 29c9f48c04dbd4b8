//! A plain cap is told at `now` where nothing can be sent later, and counted at the time of sending otherwise. Both forms
//! mean the same: over random contacts, windows and nights on which clocks are turned, the same is decided.
//!
//! What makes the second form of the first is a channel by which customers could ask and which no offer uses; or the plan
//! is asked for with every cap counted at the time of sending, as a run needs it that knows of contacts still to be sent.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail")]

use opportune_compiler::{ProjectFiles, compile};
use opportune_plan::VerifiedPlan;
use opportune_runtime::decide::Decision;
use opportune_runtime::run::{Engine, Options, decide_all};
use opportune_runtime::snapshot::Snapshot;
use opportune_runtime::snapshot::read::load;
use opportune_runtime::time::Clock;

const CUSTOMERS: u64 = 60;
const CASES: u64 = 150;

/// Nights on which the clocks of New York are turned, the days around them, the end of February, the turn of the year.
const MOMENTS: [&str; 8] = [
    "2026-11-01 01:30",
    "2026-11-08 01:15",
    "2026-11-01 18:00",
    "2026-03-08 03:00",
    "2026-03-15 02:40",
    "2028-02-29 00:00",
    "2026-03-31 12:00",
    "2027-01-01 00:10",
];

/// A small generator of numbers, the same on every machine.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }

    fn one_of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[usize::try_from(self.below(all.len() as u64)).unwrap()]
    }

    fn cap(&mut self, most: u64, over: &[&str]) -> String {
        let window =
            self.one_of(&["7 days", "1 days", "30 days", "1 months", "3 months", "36 hours", "1 hours", "1 years"]);
        let most = 1 + self.below(most);
        let over = self.one_of(over);
        format!("cap {most} per customer every {window}{over}")
    }
}

/// The policy; `later` with the channel that nobody uses.
fn policy(numbers: &mut Numbers) -> impl Fn(bool) -> String + use<> {
    let over_visits = ["", "", " over visit", " over visit where kind = \"b\""];
    let offers: Vec<String> = (0..3)
        .map(|at| {
            let priority = 1 + numbers.below(3);
            let channel = numbers.one_of(&["mail", "email", "mail, else email", "email, else mail"]);
            let (first, second) = (numbers.cap(3, &over_visits), numbers.cap(4, &over_visits));
            format!("offer o{at} {{\n  channel {channel}\n  priority {priority}\n  {first}\n  {second}\n}}\n")
        })
        .collect();
    let slate = numbers.one_of(&["slate 1", "slate 2", "slate mail 2", "slate email 1"]);
    let portfolio = format!("portfolio {{\n  {slate}\n  {}\n}}\n", numbers.cap(5, &["", " over visit"]));
    move |later| {
        let asked = "context {\n  channel: text\n}\n\nchannel desk {\n  inbound\n}\n";
        format!(
            "customer person {{\n  key id: int\n  agreed: bool   consent\n}}\n\nevents contact {{\n  at sent: instant\n  \
             offer: text\n}}\n\nevents visit {{\n  at day: instant\n  kind: text\n}}\n\nchannel mail {{\n  needs \
             customer.agreed\n}}\n\nchannel email {{\n  needs customer.agreed\n}}\n\n{}\n{}{portfolio}",
            if later { asked } else { "" },
            offers.concat()
        )
    }
}

/// The plan as it is, and with every cap counted at the time of sending.
fn plans(policy: String) -> (VerifiedPlan, VerifiedPlan) {
    let manifest = "name = \"caps\"\nedition = \"2026\"\nzone = \"America/New_York\"\n".to_owned();
    let files = ProjectFiles {
        manifest: ("opportune.toml".to_owned(), manifest),
        policies: vec![("caps.offer".to_owned(), policy)],
    };
    let compiled = compile(&files);
    let at_sending = compiled.plan_with_caps_at_sending(&files);
    let plan = compiled.plan.unwrap_or_else(|| panic!("{:#?}", compiled.diagnostics));
    (plan, at_sending.unwrap())
}

/// Customers, contacts and visits; many of them within an hour of the ends of windows.
fn write(numbers: &mut Numbers, folder: &std::path::Path, clock: &Clock) {
    let mut person = "id,agreed\n".to_owned();
    let (mut contact, mut visit) = ("id,sent,offer\n".to_owned(), "id,day,kind\n".to_owned());
    let now = clock.now() / 1_000_000;
    let at = |numbers: &mut Numbers| {
        let days = [0, 1, 7, 28, 29, 30, 31, 89, 90, 91, 92, 365, 366][usize::try_from(numbers.below(13)).unwrap()];
        let near = i64::try_from(numbers.below(25)).unwrap() * 600 - 7_200;
        let second = (now - days * 86_400 + near).min(now);
        jiff::Timestamp::from_second(second).unwrap().to_string()
    };
    for id in 0..CUSTOMERS {
        person.push_str(&format!("{id},{}\n", numbers.below(10) > 0));
        for _ in 0..numbers.below(5) {
            let offer = numbers.one_of(&["o0", "o1", "o2", "other"]);
            contact.push_str(&format!("{id},{},{offer}\n", at(numbers)));
        }
        for _ in 0..numbers.below(4) {
            let kind = numbers.one_of(&["a", "b"]);
            visit.push_str(&format!("{id},{},{kind}\n", at(numbers)));
        }
    }
    for (name, text) in [("person", person), ("contact", contact), ("visit", visit)] {
        std::fs::write(folder.join(format!("{name}.csv")), text).unwrap();
    }
}

/// Who gets what, by which channel, in which slot.
fn decided(plan: &VerifiedPlan, snapshot: &Snapshot, clock: &Clock, engine: Engine) -> Vec<(u32, String, String, u32)> {
    let mut found = Vec::new();
    let name = |decision: &Decision| {
        let offer = plan.offers[decision.offer.0 as usize].name.to_string();
        let channel = plan.channels[decision.channel.0 as usize].name.to_string();
        (decision.customer, offer, channel, decision.slot)
    };
    let mut sink = |decisions: &[Decision]| {
        found.extend(decisions.iter().map(name));
        Ok(())
    };
    decide_all(plan, snapshot, clock, &Options { engine, ..Options::default() }, &mut sink).unwrap();
    found
}

#[test]
fn both_forms_decide_the_same() {
    let (mut made, mut capped) = (0, 0);
    for case in 0..CASES {
        let mut numbers = Numbers(case);
        let text = policy(&mut numbers);
        let ((now, at_sending), (later, still_later)) = (plans(text(false)), plans(text(true)));
        assert_eq!(later, still_later, "all is counted at sending already");
        assert!(at_sending.portfolio.contact_cap.is_none(), "counted when sent");
        assert!(at_sending.offers.iter().all(|offer| offer.caps.is_empty() && offer.limits.len() == 2));
        assert!(now.histories.is_empty() && now.portfolio.contact_cap.is_some(), "told at now");
        assert!(later.offers.iter().all(|offer| offer.caps.is_empty() && offer.limits.len() == 2), "counted when sent");
        let moment = numbers.one_of(&MOMENTS);
        let clock = Clock::parse(moment, &now.zone).unwrap();
        let folder = tempfile::tempdir().unwrap();
        write(&mut numbers, folder.path(), &clock);
        let snapshot = |plan| load(plan, folder.path(), &clock).unwrap_or_else(|found| panic!("{found:?}")).0;
        let (of_now, of_later) = (snapshot(&now), snapshot(&later));
        let wanted = decided(&now, &of_now, &clock, Engine::Interpreter);
        // The same data serves both, since both have the same schema.
        let found = decided(&at_sending, &of_now, &clock, Engine::Interpreter);
        assert_eq!(found, wanted, "case {case} at {moment}, counted at sending:\n{}", text(false));
        for engine in [Engine::Interpreter, Engine::Jit] {
            let found = decided(&later, &of_later, &clock, engine);
            assert_eq!(found, wanted, "case {case} at {moment}:\n{}", text(false));
        }
        made += wanted.len() as u64;
        capped += CUSTOMERS.saturating_sub(wanted.len() as u64);
    }
    assert!(made > 20 * CASES && capped > 5 * CASES, "{made} made, {capped} stopped: too little is told apart");
}
