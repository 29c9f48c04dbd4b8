//! Journeys: their steps, what is asked of them, and what they may not need.

use insta::assert_snapshot;

use super::check::{plan, told, told_each};

const SHOPPING: &str = "journey shopping = contact, then purchase within 30 days where spend > 5 USD, then purchase within 12 hours";

#[test]
fn steps_and_what_is_asked() {
    let fine = [
        "segment s is shopping.step >= 2",
        "segment s is shopping.since in last 30 days",
        "segment s is shopping.since is missing or shopping.step = 0",
        "trait t = shopping.since else now",
        "segment s is exists(purchase where bought_at > shopping.since)",
        "journey other = purchase where customer.persons > 2 and quantity > 1, then purchase within 2 months",
    ];
    for text in fine {
        assert_eq!(told(&format!("{SHOPPING}\n{text}")), "  fine\n", "{text}");
    }
}

#[test]
fn what_is_wrong_with_a_journey() {
    let wrong = [
        "journey j = purchase within 3 days, then purchase",
        "journey j = purchase, then contact within 3 hours",
        "journey j = purchase, then purchase within 0 days",
        "journey j = purchase, then purchase within 3",
        "journey j = purchase where coupon = \"A\", then contact",
        "journey j = purchas, then product, then household",
        "journey j = purchase where persons > 3",
        "journey j = purchase, then purchase where j.step = 1",
        "journey j = purchase where h.step = 1\n\njourney h = contact",
        "journey h = contact\n\nsegment s is h.step = 1\n\nsegment t is s or persons > 2\n\njourney j = purchase where t",
        "journey h = contact\n\nsegment s is h",
        "journey h = contact\n\nsegment s is h.steps = 1",
        "journey h = contact\n\nsegment s is h.step.since = 1",
        "journey h = contact\n\nsegment s is hh.step = 1",
        "journey h = contact\n\njourney h = purchase",
        "journey persons = contact",
        "journey email = contact",
    ];
    assert_snapshot!(told_each(&wrong), @"");
}

#[test]
fn a_journey_in_the_plan() {
    let text = format!("{SHOPPING}\n\noffer x {{\n  channel mail\n  eligible when shopping.step = 3 and shopping.since in last 5 days\n}}");
    assert_snapshot!(plan(&text), @"");
}
