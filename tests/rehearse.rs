//! Tests of policies played from data that is written by hand: what is made, what becomes of it later, what stops the rest.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

use opportune_compiler::{ProjectFiles, compile};
use opportune_plan::{Constant, Currency, FieldId, Given, GivenRow, OfferId, Plan, Step, TableId, VerifiedPlan};
use opportune_runtime::rehearse::{Later, Scene, Stage, Stop, Watch};

const DAY: i64 = 86_400_000_000;
/// 2026-11-20 18:00 in UTC.
const NOW: i64 = 1_795_197_600_000_000;

const MANIFEST: &str = "name = \"p\"\nedition = \"2026\"\nzone = \"UTC\"\ncurrency = \"USD\"\n";

const PERSON: &str = r#"
customer person {
  key id: int
  email_ok: bool   consent
  age: int?
}

events purchase {
  at day: instant
  product_id: text -> product
  spend: money(USD)
}

table product {
  key product_id: text
  category: text
}

channel email {
  needs customer.email_ok
}
"#;

fn plan(policy: &str) -> VerifiedPlan {
    let policies = vec![("p.offer".to_owned(), format!("{PERSON}{policy}"))];
    let files = ProjectFiles { manifest: ("opportune.toml".to_owned(), MANIFEST.to_owned()), policies };
    let compiled = compile(&files);
    assert!(compiled.plan.is_some(), "{:?}", compiled.diagnostics);
    compiled.plan_with_caps_at_sending(&files).unwrap()
}

fn field(plan: &Plan, table: &str, name: &str) -> (TableId, FieldId) {
    let (id, declared) = plan.schema.tables().find(|(_, declared)| *declared.name == *table).unwrap();
    (id, declared.fields().find(|(_, field)| *field.name == *name).unwrap().0)
}

fn customer(plan: &Plan, email_ok: bool, age: Option<i64>) -> Vec<(FieldId, Option<Constant>)> {
    vec![
        (field(plan, "person", "email_ok").1, Some(Constant::Bool(email_ok))),
        (field(plan, "person", "age").1, age.map(Constant::Int)),
    ]
}

fn row(plan: &Plan, table: &str, values: &[(&str, Constant)]) -> GivenRow {
    let of = |(name, value): &(&str, Constant)| (field(plan, table, name).1, Some(value.clone()));
    GivenRow { table: field(plan, table, values[0].0).0, values: values.iter().map(of).collect() }
}

fn text(text: &str) -> Constant {
    Constant::Text(text.into())
}

fn product(plan: &Plan, id: &str, category: &str) -> GivenRow {
    row(plan, "product", &[("product_id", text(id)), ("category", text(category))])
}

fn purchase(plan: &Plan, days_ago: i64, id: &str, dollars: i64) -> GivenRow {
    let usd = Currency::new("USD").unwrap();
    let spend = Constant::Money(usd, dollars * 1_000_000);
    row(
        plan,
        "purchase",
        &[("day", Constant::Instant(NOW - days_ago * DAY)), ("product_id", text(id)), ("spend", spend)],
    )
}

fn step(now: i64, customer: Vec<(FieldId, Option<Constant>)>, rows: Vec<GivenRow>) -> Step {
    Step { now, given: Given { customer, rows }, context: Vec::new(), expected: Vec::new() }
}

fn offer(plan: &Plan, name: &str) -> OfferId {
    let at = plan.offers.iter().position(|offer| *offer.name == *name).unwrap();
    OfferId(u32::try_from(at).unwrap())
}

/// What is made, as `offer member`.
fn made(plan: &Plan, scene: &Scene<'_>) -> Vec<String> {
    let name = |made: &opportune_runtime::rehearse::Made| {
        let member =
            made.member.as_ref().map_or(String::new(), |member| format!(" {}", scene.writing().constant(member)));
        format!("{}{member}", plan.offers[made.offer.0 as usize].name)
    };
    scene.made().map(name).collect()
}

fn stop(scene: &Scene<'_>, offer: OfferId) -> Stop {
    scene.stops(offer)[0].stop.clone()
}

#[test]
fn what_is_sent_is_a_contact_later() {
    let plan =
        plan("offer hello {\n  cap 1 per customer every 7 days\n  because \"You are {customer.age else 0}\"\n}\n");
    let stage = Stage::new(&plan, None);
    let mut playing = stage.enter();
    let first = playing.go_to(&step(NOW, customer(&plan, true, Some(30)), Vec::new())).unwrap();
    assert_eq!(made(&plan, &first), ["hello"]);
    assert_eq!(first.decided()[0].reason.as_deref(), Some("You are 30"));
    let soon = playing.go_to(&step(NOW + 6 * DAY, Vec::new(), Vec::new())).unwrap();
    assert_eq!(stop(&soon, OfferId(0)), Stop::Later(vec![Later::Capped]));
    assert_eq!(soon.caps(OfferId(0)), ["cap 1 per customer every 7 days"]);
    let later = playing.go_to(&step(NOW + 7 * DAY, Vec::new(), Vec::new())).unwrap();
    assert_eq!(made(&plan, &later), ["hello"]);
}

#[test]
fn what_is_still_to_be_sent_counts() {
    let plan = plan(
        "channel sms {\n  needs customer.email_ok\n  quiet 20:00 to 10:00\n}\n\n\
         offer hello {\n  channel sms\n  timing between 10:00 and 12:00\n  cap 1 per customer every 7 days\n}\n",
    );
    let stage = Stage::new(&plan, None);
    let mut playing = stage.enter();
    let first = playing.go_to(&step(NOW, customer(&plan, true, None), Vec::new())).unwrap();
    assert_eq!(first.writing().moment(first.decided()[0].send_at), "2026-11-21 10:00");
    let before = playing.go_to(&step(NOW + DAY / 2, Vec::new(), Vec::new())).unwrap();
    assert_eq!(stop(&before, OfferId(0)), Stop::Later(vec![Later::Capped]));
}

#[test]
fn what_stops_an_offer() {
    let plan = plan(
        "segment spends is sum(purchase.spend in last 84 days) > 20 USD\n\n\
         offer adult {\n  eligible when age >= 18\n}\n\n\
         offer big {\n  eligible when spends\n  except when count(purchase) > 3\n}\n\n\
         offer small {\n  priority 0.5\n}\n",
    );
    let [adult, big, small] = ["adult", "big", "small"].map(|name| offer(&plan, name));
    let stage = Stage::new(&plan, None);
    let see = |email_ok, age, rows: Vec<GivenRow>| {
        stage.enter().go_to(&step(NOW, customer(&plan, email_ok, age), rows)).unwrap()
    };
    let scene = see(true, None, vec![product(&plan, "P1", "WINE"), purchase(&plan, 10, "P1", 5)]);
    assert_eq!(stop(&scene, adult), Stop::NotEligible);
    assert_eq!(stop(&scene, big), Stop::NotEligible);
    assert_eq!(stop(&scene, small), Stop::Made);
    let many = (1..5).map(|day| purchase(&plan, day, "P1", 50)).chain([product(&plan, "P1", "WINE")]).collect();
    let scene = see(true, Some(20), many);
    assert_eq!((stop(&scene, adult), stop(&scene, big)), (Stop::Made, Stop::Excepted(0)));
    assert_eq!(stop(&scene, small), Stop::Later(vec![Later::Outranked]));
    let scene = see(false, Some(20), Vec::new());
    assert_eq!(stop(&scene, adult), Stop::NoChannel);
}

#[test]
fn each_member_of_a_family_by_itself() {
    let plan = plan(
        "offer again for each category c of product {\n  eligible when exists(purchase where product.category = c)\n}\n",
    );
    let stage = Stage::new(&plan, None);
    let rows = vec![product(&plan, "P1", "WINE"), product(&plan, "P2", "BEER"), purchase(&plan, 1, "P2", 5)];
    let scene = stage.enter().go_to(&step(NOW, customer(&plan, true, None), rows)).unwrap();
    assert_eq!(made(&plan, &scene), ["again \"BEER\""]);
    let stops: Vec<Stop> = scene.stops(OfferId(0)).into_iter().map(|stopped| stopped.stop).collect();
    assert_eq!(stops, [Stop::Made, Stop::NotEligible]);
    let eligible = plan.offers[0].eligible.unwrap();
    let truths = scene.watch(&Watch::new(&plan, &[(None, eligible)]));
    assert!(truths[0].yes && truths[0].no && !truths[0].unknown);
}

#[test]
fn what_disagrees_with_the_schema_is_an_error() {
    let plan = plan("offer hello {\n  eligible when exists(purchase)\n}\n");
    let stage = Stage::new(&plan, None);
    let play = |step: Step| stage.enter().go_to(&step).err().unwrap().to_string();
    let dangling = play(step(NOW, customer(&plan, true, None), vec![purchase(&plan, 1, "P9", 5)]));
    assert!(dangling.contains("product"), "{dangling}");
    let missing = play(step(NOW, Vec::new(), Vec::new()));
    assert!(missing.contains("email_ok"), "{missing}");
    let never = play(step(i64::MAX, customer(&plan, true, None), Vec::new()));
    assert!(never.contains("`now`"), "{never}");
}
