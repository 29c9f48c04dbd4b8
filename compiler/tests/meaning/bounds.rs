//! Long and deep texts: they are compiled or refused, in time that grows with their length, and never end the process.

use super::check::{mistakes, told, with_schema};

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
        assert_eq!(compiled.plan.is_some(), mistakes(&compiled).is_empty());
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

/// Compiles in time that grows with the length of the text; gives what is told.
fn in_time(text: &str) -> Vec<&'static str> {
    let start = std::time::Instant::now();
    let compiled = with_schema(text);
    assert!(start.elapsed().as_secs() < 60, "{:?} for {} bytes", start.elapsed(), text.len());
    assert_eq!(compiled.plan.is_some(), mistakes(&compiled).is_empty());
    mistakes(&compiled)
}

#[test]
fn a_journey_of_ten_thousand_steps() {
    let step = ", then purchase within 3 days where quantity > 1";
    let journey = format!("journey j = contact{}\n\nsegment s is j.step > 9_000", step.repeat(10_000));
    assert_eq!(in_time(&journey), [""; 0]);
    let unknown = format!("journey j = contact{}", ", then purchas".repeat(2_000));
    assert_eq!(in_time(&unknown).len(), 2_000);
}

#[test]
fn ten_thousand_guarantees_over_a_hundred_offers() {
    let mut text = String::new();
    for n in 0..10_000 {
        text.push_str(&format!(
            "guarantee \"g{n}\" {{\n  never offer.topic = \"t{}\" when persons > {n}\n}}\n\n",
            n % 500
        ));
    }
    for n in 0..100 {
        text.push_str(&format!(
            "offer o{n} {{\n  channel mail\n  topic \"t{n}\"\n  eligible when persons <= 5_000\n}}\n\n"
        ));
    }
    let compiled = with_schema(&text);
    let plan = compiled.plan.unwrap();
    assert!(plan.offers.iter().all(|offer| offer.forbidden.len() == 20));
    let kept = plan.guarantees.iter().filter(|guarantee| guarantee.kept_anyway).count();
    // Of a hundred in each five hundred an offer has the topic; those over five thousand persons are kept.
    let kept_by_the_offer = (5_000..10_000).filter(|n| n % 500 < 100).count();
    assert_eq!(kept, 10_000 * 4 / 5 + kept_by_the_offer);
}

#[test]
fn a_guarantee_of_ten_thousand_clauses() {
    let clause = |n: usize| format!("  never offer.tier = {n} and offer.topic is not \"x\" when kids > {n}\n");
    let clauses: String = (0..10_000).map(clause).collect();
    assert_eq!(
        in_time(&format!("guarantee \"g\" {{\n{clauses}}}\n\noffer a {{\n  channel mail\n  tier 77\n}}")),
        [""; 0]
    );
}

#[test]
fn huge_texts() {
    let offer = |text: &str| format!("offer a {{\n  channel mail\n  because \"{text}\"\n}}");
    assert_eq!(in_time(&offer(&"word ".repeat(200_000))), [""; 0]);
    assert_eq!(in_time(&offer(&"{persons} ".repeat(10_000))), [""; 0]);
    assert_eq!(in_time(&offer(&"{{}}".repeat(100_000))), [""; 0]);
    let nested = format!("{{{}persons{}}}", "(".repeat(5_000), ")".repeat(5_000));
    assert!(!in_time(&offer(&nested)).is_empty());
    assert!(!in_time(&offer(&"{".repeat(50_001))).is_empty());
    assert!(!in_time(&offer(&"}".repeat(50_001))).is_empty());
    let messages = "  message mail \"x\"\n".repeat(2_000);
    assert_eq!(in_time(&format!("offer a {{\n  channel mail\n{messages}}}")).len(), 1_999);
}

#[test]
fn families_with_long_conditions() {
    let family = |clause: &str| format!("offer x for each category c of product {{\n  channel mail\n  {clause}\n}}");
    let parts = " and quantity > 1".repeat(5_000);
    assert_eq!(
        in_time(&family(&format!("eligible when exists(purchase where product.category = c{parts} else false)"))),
        [""; 0]
    );
    let all = format!("c = \"0\"{}", (1..5_000).map(|n| format!(" or c = \"{n}\"")).collect::<String>());
    assert_eq!(in_time(&family(&format!("eligible when {all}"))), [""; 0]);
    let twice = " and product.category = c".repeat(2_000);
    assert_eq!(
        in_time(&family(&format!("eligible when exists(purchase where product.category = c{twice})"))),
        ["E0517"]
    );
    let offers: String =
        (0..1_000).map(|n| family("priority 1").replace("offer x", &format!("offer x{n}")) + "\n\n").collect();
    assert_eq!(in_time(&offers), [""; 0]);
}
