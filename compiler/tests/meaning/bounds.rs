//! Long and deep texts: they are compiled or refused, in time that grows with their length, and never end the process.

use super::check::{told, with_schema};

#[test]
fn long_and_deep_expressions() {
    let many = 20_000;
    for text in [
        format!("trait a = 1{}", " + 1".repeat(many)),
        format!("trait a = {}1{}", "(".repeat(many), ")".repeat(many)),
        format!("segment a is {}persons > 1", "not ".repeat(many)),
        format!("trait a = {}1", "-".repeat(many)),
        format!("segment a is persons > 1{}", " and persons > 1".repeat(many)),
        format!("segment a is persons > 1{}", " or persons > 1 and kids > 2".repeat(many)),
        format!("trait a = kids{}", " else kids".repeat(many)),
        format!("trait a = customer{}", ".persons".repeat(many)),
        format!("trait a = {}1", "if persons > 1 then 1 else ".repeat(many)),
        format!("segment a is persons in [1{}]", ", 1".repeat(many)),
        format!("segment a is {}persons > 1{}", "exists(purchase where ".repeat(many), ")".repeat(many)),
        format!("segment a is {}persons > 1", "persons > 1 and (".repeat(many)),
    ] {
        let compiled = with_schema(&text);
        assert_eq!(compiled.plan.is_some(), compiled.diagnostics.is_empty());
    }
}

#[test]
fn a_chain_of_definitions_ends_somewhere() {
    let chain = |length: usize| -> String {
        let links: String = (1..length).map(|n| format!("trait t{n} = t{} + 1\n", n - 1)).collect();
        format!("trait t0 = persons\n{links}")
    };
    assert_eq!(told(&chain(400)), "  fine\n");
    let told = told(&chain(3_000));
    assert_eq!(told.matches(" at `").count(), 2, "{told}");
    assert!(told.contains("E0212"), "{told}");
}

#[test]
fn a_long_circle_is_told_once() {
    let circle: String = (1..1_000).map(|n| format!("trait t{n} = t{} + 1\n", n - 1)).collect();
    let told = told(&format!("trait t0 = t999\n{circle}"));
    assert_eq!(told.matches("E0205").count(), 1, "{told}");
}

#[test]
fn thousands_of_offers_compile_in_seconds() {
    let mut text = String::new();
    for n in 0..3_000 {
        text.push_str(&format!(
            "offer o{n} {{\n  channel mail\n  eligible when persons > {} and sum(purchase.spend in last 30 days) > {} USD\n}}\n\n",
            n % 7,
            n % 11
        ));
    }
    let start = std::time::Instant::now();
    let plan = with_schema(&text).plan.unwrap();
    assert_eq!(plan.offers.len(), 3_000);
    assert!(plan.exprs.len() < 200, "{}", plan.exprs.len());
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}

#[test]
fn a_policy_that_doubles_at_every_step_stays_small() {
    let mut text = "segment s0 is persons > 2\n".to_owned();
    for n in 1..80 {
        text.push_str(&format!("segment s{n} is (s{0} and kids > {n}) or (not s{0} and kids < {n})\n", n - 1));
    }
    text.push_str("offer a {\n  channel mail\n  eligible when not s79\n}\n");
    let plan = with_schema(&text).plan.unwrap();
    assert!(plan.exprs.len() < 2_000, "{}", plan.exprs.len());
}
