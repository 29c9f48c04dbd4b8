//! Caps of each kind over real histories, by every engine, against DuckDB's answers: who still gets what by which channel.
//!
//! Each question of `tests/oracle/caps_*` is a policy of its own over the grocer's campaigns and the coupons that came back,
//! or over the interactions of a bank. DuckDB's answers, by window functions, are committed with the questions;
//! `tests/oracle/check_fresh.py` asks it again.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

#[path = "caps/histories.rs"]
mod histories;
#[path = "caps/kept.rs"]
mod kept;
#[path = "support/second_opinion.rs"]
mod second_opinion;

use std::fs;
use std::path::Path;

use kept::{Rule, Shown, Stretch};
use opportune_compiler::{Compiled, Manifest, ProjectFiles, compile};
use opportune_plan::{Schema, VerifiedPlan};
use opportune_runtime::run::Engine;
use opportune_runtime::snapshot::{Snapshot, read};
use opportune_runtime::time::Clock;
use second_opinion::{ENGINES, Row, decide, hash, home, public_data};
use serde::Deserialize;

#[derive(Deserialize)]
struct Page {
    question: Vec<Question>,
}

#[derive(Deserialize)]
struct Question {
    name: String,
    /// Local time in the project's zone.
    now: String,
    policy: String,
    count: usize,
    hash: String,
}

#[test]
fn the_grocers_campaigns_are_counted_as_duckdb_counts_them() {
    let Some(data) = public_data("caps of the grocer", &["complete_journey"]) else { return };
    let folder = tempfile::tempdir().unwrap();
    histories::of_the_grocer(&data.join("complete_journey"), folder.path());
    agree("caps_grocer", folder.path(), 22);
}

#[test]
fn what_a_bank_showed_is_counted_as_duckdb_counts_it() {
    let Some(data) = public_data("caps of the bank", &["pega_cdh_sample"]) else { return };
    let folder = tempfile::tempdir().unwrap();
    histories::of_the_bank(&data.join("pega_cdh_sample"), folder.path());
    agree("caps_bank", folder.path(), 11);
}

fn agree(world: &str, data: &Path, at_least: usize) {
    let (mut asked, mut wrong, mut last) = (0, Vec::new(), None);
    for entry in fs::read_dir(home(world).join("questions")).unwrap() {
        let page: Page = toml::from_str(&fs::read_to_string(entry.unwrap().path()).unwrap()).unwrap();
        for question in page.question {
            asked += 1;
            wrong.extend(ask(world, data, &question, &mut last));
        }
    }
    assert!(wrong.is_empty(), "{} answers of {asked} questions:\n{}", wrong.len(), wrong.join("\n"));
    assert!(asked >= at_least, "only {asked} questions");
}

/// Data as it was read last, for questions of one moment.
type Last = Option<(String, Schema, Snapshot)>;

/// Puts a question to all engines; what is wrong, in lines.
fn ask(world: &str, data: &Path, question: &Question, last: &mut Last) -> Vec<String> {
    let (manifest, plan) = match project(world, &question.now, &question.policy) {
        Ok(project) => project,
        Err(why) => return vec![format!("{} does not compile: {why}", question.name)],
    };
    let clock = Clock::new(manifest.now.unwrap(), &plan.zone).unwrap();
    if last.as_ref().is_none_or(|(now, schema, _)| *now != question.now || *schema != plan.schema) {
        *last = Some((question.now.clone(), plan.schema.clone(), read::load(&plan, data, &clock).unwrap().0));
    }
    let snapshot = &last.as_ref().unwrap().2;
    let mut wrong = Vec::new();
    for engine in ENGINES {
        let answers = answers(&plan, snapshot, &clock, engine);
        if (answers.len(), hash(&answers)) != (question.count, question.hash.clone()) {
            wrong.push(format!("{} by {engine:?}: {}, DuckDB {}", question.name, answers.len(), question.count));
        }
    }
    wrong
}

fn project(world: &str, now: &str, policy: &str) -> Result<(Manifest, VerifiedPlan), String> {
    let file = |name: &str| fs::read_to_string(home(world).join(name)).unwrap();
    let files = ProjectFiles {
        manifest: ("opportune.toml".to_owned(), format!("now = \"{now}\"\n{}", file("opportune.toml"))),
        policies: vec![
            ("question.offer".to_owned(), policy.to_owned()),
            ("schema.offer".to_owned(), file("schema.offer")),
        ],
    };
    let Compiled { manifest, plan, diagnostics, .. } = compile(&files);
    let told = diagnostics.iter().map(|found| format!("{} {}", found.diagnostic.code, found.diagnostic.message));
    manifest.zip(plan).ok_or_else(|| told.collect::<Vec<_>>().join("; "))
}

/// Customer, offer, channel and, of a family, member of each decision, joined by `|`.
fn answers(plan: &VerifiedPlan, snapshot: &Snapshot, clock: &Clock, engine: Engine) -> Vec<String> {
    let told = |row: &Row| {
        let parts = ["customer", "offer", "channel", "member"].iter().filter_map(|name| row[*name].as_str());
        parts.collect::<Vec<_>>().join("|")
    };
    decide(plan, snapshot, clock, engine).iter().map(told).collect()
}

/// Several offers, places and caps at once, some sent at once and some in the days to come.
const PORTFOLIO: &str = r#"
offer campaign_16 {
  topic "type_b"
  priority 5
  channel email, else mail
  cap 1 per customer every 45 days
}

offer campaign_17 {
  topic "type_b"
  priority 4
  channel email, else till
  timing on weekdays, between 18:00 and 20:00
}

offer campaign_18 {
  topic "type_a"
  priority 3
  channel mail, else till
}

offer campaign_19 {
  topic "type_b"
  priority 2
  channel till
  timing from 2017-11-22, between 10:00 and 11:00
}

offer campaign_14 {
  topic "type_c"
  priority 1
  channel till, else mail, else email
}

portfolio {
  slate mail 2
  slate email 2
  slate till 2
CAPS
}
"#;

const CAPS: &str = "
  cap 3 per customer every 30 days
  cap 1 per customer per offer.topic every 14 days
  cap 1 per customer every 28 days on mail
  cap 1 per customer per offer each month
";

#[test]
fn no_cap_is_exceeded_by_history_and_decisions_together() {
    let Some(data) = public_data("caps kept", &["complete_journey"]) else { return };
    let folder = tempfile::tempdir().unwrap();
    histories::of_the_grocer(&data.join("complete_journey"), folder.path());
    let all = |caps: &str| {
        let (manifest, plan) = project("caps_grocer", "2017-11-20 09:00", &PORTFOLIO.replace("CAPS", caps)).unwrap();
        let clock = Clock::new(manifest.now.unwrap(), &plan.zone).unwrap();
        let (snapshot, _) = read::load(&plan, folder.path(), &clock).unwrap();
        let mut customers = kept::history(&folder.path().join("contact.csv"), &clock);
        let decisions = decide(&plan, &snapshot, &clock, Engine::Jit);
        for row in &decisions {
            let text = |name: &str| row[name].as_str().unwrap().to_owned();
            let of = plan.offers.iter().find(|offer| *offer.name == *text("offer")).unwrap();
            let opportune_plan::FieldValue::One(opportune_plan::Constant::Text(topic)) = &of.fields[0] else {
                panic!("no topic: {:?}", of.fields)
            };
            let at = Clock::parse(&text("send_at"), "UTC").unwrap().now();
            let (offer, channel, topic) = (text("offer"), text("channel"), topic.to_string());
            customers.entry(text("customer")).or_default().push(Shown { at, offer, channel, topic, is_new: true });
        }
        let rules = rules();
        let exceeded: Vec<Vec<String>> = rules.iter().map(|rule| kept::exceeded(&customers, rule, &clock)).collect();
        (decisions.len(), exceeded)
    };
    let (made, exceeded) = all(CAPS);
    assert!(made > 1_000, "{made} decisions");
    let first = exceeded.iter().flatten().take(5).collect::<Vec<_>>();
    assert!(first.is_empty(), "{} times: {first:#?}", exceeded.iter().flatten().count());
    // Without the caps each is exceeded: there is something to keep.
    let (more, exceeded) = all("");
    assert!(more > made);
    for (rule, exceeded) in rules().iter().zip(exceeded) {
        assert!(exceeded.len() > 10, "`{}` binds only {} customers", rule.name, exceeded.len());
    }
}

/// The caps of [`CAPS`] and that of `campaign_16`, as they are counted here; the last is in force in any case.
fn rules() -> Vec<Rule<'static>> {
    let all = |_: &Shown| true;
    let together = |_: &Shown| String::new();
    let rule = |name, most, stretch| Rule { name, most, messages: false, of: all, by: together, stretch };
    vec![
        Rule { messages: true, ..rule("3 every 30 days", 3, Stretch::Days(30)) },
        Rule { by: |shown| shown.topic.clone(), ..rule("1 per topic every 14 days", 1, Stretch::Days(14)) },
        Rule {
            messages: true,
            of: |shown| shown.channel == "mail",
            ..rule("1 every 28 days on mail", 1, Stretch::Days(28))
        },
        Rule { by: |shown| shown.offer.clone(), ..rule("1 per offer each month", 1, Stretch::Month) },
    ]
}
