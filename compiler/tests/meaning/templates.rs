//! Texts with holes: formats by type, holes that may be missing, messages by channel.

use insta::assert_snapshot;

use super::check::{plan, told};

fn offer(clauses: &str) -> String {
    format!("offer a {{\n  channel mail\n  {clauses}\n}}")
}

fn hole(hole: &str) -> String {
    let told = told(&offer(&format!("because \"x {{{hole}}} y\"")));
    format!("{hole}\n{told}")
}

#[test]
fn holes_and_their_formats() {
    let fine = [
        "persons",
        "persons as whole",
        "persons as 2 decimals",
        "count(purchase) / 2 as percent",
        "1 as percent",
        "0.05 as percent",
        "sum(purchase.spend)",
        "sum(purchase.spend) as whole",
        "sum(purchase.spend) as 0 decimals",
        "today",
        "today as weekday",
        "today as iso date",
        "now as time",
        "now as day and month",
        "last(purchase).bought_at else now as date",
        "birth else today as month",
        "\"a text with \\\"quotes\\\" and {{braces}}\"",
        "if persons > 2 then \"many\" else \"few\"",
        "first(purchase where product.category = \"A\" else false).bought_at else now",
        "age else \"19-24\"",
        "offer.topic",
        "offer.tier as whole",
        "5 km",
        "3 days",
    ];
    for text in fine {
        assert!(hole(text).ends_with("  fine\n"), "{}", hole(text));
    }
}

#[test]
fn what_is_wrong_with_a_hole() {
    let wrong = [
        "loyalty",
        "last(purchase).spend",
        "persons > 2",
        "purchase",
        "last(purchase)",
        "offer.budget",
        "persons as weekday",
        "today as whole",
        "today as time",
        "now as percent",
        "email_ok else false",
        "persons as hole",
        "persons as 7 decimals",
        "persons as many decimals",
        "persns",
        "sum(purchase.spend) as percent",
    ];
    assert_snapshot!(wrong.map(hole).join("\n"), @"");
}

#[test]
fn what_eligible_compares_is_known_in_texts() {
    assert_eq!(told(&offer("eligible when loyalty > 0.5\n  because \"{loyalty as percent}\"\n  message \"{loyalty}\"")), "  fine\n");
}

#[test]
fn messages_by_channel() {
    let both = |clauses: &str| format!("offer a {{\n  channel mail, else email\n  {clauses}\n}}");
    assert_eq!(told(&both("message \"x\"\n  message mail \"y\"\n  message email \"z\"")), "  fine\n");
    let wrong = [
        offer("message \"x\"\n  message \"y\""),
        both("message mail \"x\"\n  message mail \"y\""),
        both("message emial \"x\""),
        offer("message email \"x\""),
    ];
    assert_snapshot!(wrong.map(|text| told(&text)).join("\n"), @"");
}

#[test]
fn a_text_in_the_plan() {
    let text = offer("because \"{{Hello}}, {persons} of you bought for {sum(purchase.spend) as 2 decimals}, last on {last(purchase).bought_at else now as weekday}\"\n  message mail \"Plain\"");
    assert_snapshot!(plan(&text), @"");
}
