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
        "offer.ceiling",
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
    assert_snapshot!(wrong.map(hole).join("\n"), @r#"
    loyalty
      E0405 at `loyalty`: this hole may be missing, and the sentence would have a gap
        help: say what stands there then: `{… else …}`; what `eligible` compares, or says `is known` of, is known here

    last(purchase).spend
      E0405 at `last(purchase).spend`: this hole may be missing, and the sentence would have a gap
        help: say what stands there then: `{… else …}`; what `eligible` compares, or says `is known` of, is known here

    persons > 2
      E0514 at `persons > 2`: a condition has no words of its own
        help: say what stands there: `{if … then "…" else "…"}`

    purchase
      E0206 at `purchase`: `purchase` are many events
        help: ask about them: `exists(purchase)`, `count(purchase)`, `last(purchase).…`

    last(purchase)
      E0314 at `last(purchase)`: a whole event is not a value
        help: name one of its fields, `first(…).field`, or ask when it was: `first(…) in last 30 days`

    offer.ceiling
      E0405 at `offer.ceiling`: this hole may be missing, and the sentence would have a gap
        help: say what stands there then: `{… else …}`; what `eligible` compares, or says `is known` of, is known here

    persons as weekday
      E0514 at `persons`: only dates and moments are written so, and this is a whole number
        help: leave the format out

    today as whole
      E0514 at `today`: only numbers and amounts have decimals, and this is a date
        help: leave the format out

    today as time
      E0514 at `today`: only a moment or a time of day has a time, and this is a date
        help: leave the format out

    now as percent
      E0514 at `now`: only a number is written as percent, and this is a moment
        help: leave the format out

    email_ok else false
      E0514 at `email_ok else false`: a condition has no words of its own
        help: say what stands there: `{if … then "…" else "…"}`

    persons as hole
      E0513 at `hole`: there is no format `hole`
        help: did you mean `whole`?
        fix: replace `hole` with `whole`

    persons as 7 decimals
      E0513 at `7 decimals`: a value is written with 0 to 6 decimals
        help: write, for example, `as 2 decimals`; without any: `as whole`

    persons as many decimals
      E0513 at `many decimals`: a value is written with 0 to 6 decimals
        help: write, for example, `as 2 decimals`; without any: `as whole`

    persns
      E0201 at `persns`: nothing here is called `persns`
        help: did you mean `persons`?
        fix: replace `persns` with `persons`

    sum(purchase.spend) as percent
      E0514 at `sum(purchase.spend)`: only a number is written as percent, and this is an amount in USD
        help: leave the format out
    "#);
}

#[test]
fn what_eligible_compares_is_known_in_texts() {
    assert_eq!(
        told(&offer("eligible when loyalty > 0.5\n  because \"{loyalty as percent}\"\n  message \"{loyalty}\"")),
        "  fine\n"
    );
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
    assert_snapshot!(wrong.map(|text| told(&text)).join("\n"), @r#"
    E0501 at `message`: the message is said twice
      help: keep one of them

    E0501 at `mail`: the message for `mail` is said twice
      help: keep one of them

    E0208 at `emial`: no channel `emial` is declared
      help: did you mean `email`?
      fix: replace `emial` with `email`

    E0515 at `email`: this offer never goes by `email`, so nobody would read this
      help: its channels are `mail`; add `email` to them, or leave this message out
    "#);
}

#[test]
fn a_text_in_the_plan() {
    let text = offer(
        "because \"{{Hello}}, {persons} of you bought for {sum(purchase.spend) as 2 decimals}, last on {last(purchase).bought_at else now as weekday}\"\n  message mail \"Plain\"",
    );
    assert_snapshot!(plan(&text), @r#"
    %0 = household.email_ok : bool?
    %1 = 1.0 : number
    %2 = household.persons : int
    %3 = purchase.spend : money(USD) over purchase
    %4 = sum(purchase %3) : money(USD)
    %5 = zone "America/New_York" : timezone
    %6 = purchase.bought_at : instant over purchase
    %7 = last(purchase %6) : instant?
    %8 = now : instant
    %9 = %7 else %8 : instant
    channel email needs %0
    channel mail
    offer a
      topic "general"
      tier 1
      sells []
      channel mail
      priority %1
      because "{Hello}, {%2} of you bought for {%4 as Decimals(2)}, last on {%9 as Weekday}"
      message mail "Plain"
    portfolio
      slots 1
    "#);
}
