//! Completion: what is offered where, mostly in texts that cannot be read yet.

use opportune_compiler::diagnostic::codes;
use opportune_compiler::lints::LINTS;
use opportune_compiler::syntax::Span;
use opportune_lsp::ide::completion::{CandidateKind, complete};

use crate::fixture::Fixture;

/// The labels that are offered, by what they are; many functions are told as `functions`.
fn offered(fixture: &Fixture) -> String {
    let found = complete(&fixture.db, Some(fixture.project), fixture.file, fixture.offset);
    let mut kinds: Vec<(CandidateKind, Vec<String>)> = Vec::new();
    for candidate in found.candidates {
        match kinds.iter_mut().find(|(kind, _)| *kind == candidate.kind) {
            Some((_, labels)) => labels.push(candidate.label),
            None => kinds.push((candidate.kind, vec![candidate.label])),
        }
    }
    let line = |(kind, labels): (CandidateKind, Vec<String>)| match kind {
        CandidateKind::Function if labels.len() > 30 => "Function: …".to_owned(),
        kind => format!("{kind:?}: {}", labels.join(", ")),
    };
    kinds.into_iter().map(line).collect::<Vec<_>>().join("\n")
}

fn at(text: &str) -> String {
    offered(&Fixture::new(text))
}

/// In the condition of an offer.
fn condition(text: &str) -> String {
    at(&format!("offer x {{\n  eligible when {text}\n}}\n"))
}

#[test]
fn item_words_in_column_0() {
    insta::assert_snapshot!(at("$0"), @"Item: customer, events, table, context, offer, reminder, notice, channel, segment, trait, journey, guarantee, persona, test, allow, portfolio");
    insta::assert_snapshot!(at("offer a {\n}\n\nse$0\n"), @"Item: segment");
}

#[test]
fn clause_words_of_each_item() {
    insta::assert_snapshot!(at("offer x {\n  $0\n}\n"), @r"
    Word: about, eligible, except, priority, channel, timing, cap, budget, cost, holdout, arms, arm, pick, because, message
    Field: topic, tier
    ");
    insta::assert_snapshot!(at("offer x {\n  eligible when big\n  c$0\n"), @r"
    Word: channel, cap, cost, except, pick, because
    Field: topic
    ");
    insta::assert_snapshot!(at("portfolio {\n  $0\n}\n"), @"Word: objective, lever, rank, slate, at most, cap, budget, pause, stop, suppress, holdout, fallback, horizon, possible");
    insta::assert_snapshot!(at("channel x {\n  qu$0"), @"Word: quiet");
    insta::assert_snapshot!(at("guarantee \"x\" {\n  $0\n}"), @"Word: never");
    insta::assert_snapshot!(at("test \"x\" {\n  $0\n}"), @"Word: at, given, with, expect, then, always");
}

#[test]
fn names_in_a_condition() {
    insta::assert_snapshot!(condition("$0"), @r"
    Field: person_id, age, home, mail_ok, points
    Definition: big, spent
    Journey: habit
    Row: customer, offer, context
    Table: product
    Function: …
    Word: now, today, true, false, not, if
    ");
    insta::assert_snapshot!(condition("big and po$0"), @r"
    Field: points
    Function: power
    ");
    insta::assert_snapshot!(condition("big\n    and ha$0"), @r"
    Journey: habit
    Function: share
    ");
}

#[test]
fn what_follows_a_value() {
    insta::assert_snapshot!(condition("big $0"), @"Word: and, or, else, is missing, is known, is true, is not, in, not in, between, contains, overlaps, starts with, ends with, then, when");
    insta::assert_snapshot!(condition("age > 5 $0"), @r"
    Unit: GBP, seconds, minutes, hours, days, weeks, months, years, km, m, miles
    Word: and, or, else, is missing, is known, is true, is not, in, not in, between, contains, overlaps, starts with, ends with, then, when
    ");
    insta::assert_snapshot!(condition("spent is $0"), @"Word: missing, known, true, not");
}

#[test]
fn fields_behind_rows() {
    insta::assert_snapshot!(condition("customer.$0"), @"Field: person_id, age, home, mail_ok, points");
    insta::assert_snapshot!(condition("sum(purchase.$0"), @r"
    Field: bought, product_id, gift_id, spend, at
    Row: product, gift
    ");
    insta::assert_snapshot!(condition("sum(purchase.gift.$0"), @"Field: product_id, category, size");
    insta::assert_snapshot!(condition("exists(purchase where product.c$0"), @"Field: category, product_id");
    insta::assert_snapshot!(condition("last(purchase where spend > 5 GBP).$0"), @r"
    Field: bought, product_id, gift_id, spend, at
    Row: product, gift
    ");
    insta::assert_snapshot!(condition("product(\"x\").$0"), @"Field: product_id, category, size");
    insta::assert_snapshot!(condition("offer.$0"), @"Field: topic, tier");
    insta::assert_snapshot!(condition("context.$0"), @"Field: reason");
    insta::assert_snapshot!(condition("habit.$0"), @"Word: step, since");
    insta::assert_snapshot!(condition("nothing.$0"), @"");
}

#[test]
fn in_aggregates() {
    insta::assert_snapshot!(condition("count($0"), @"Events: purchase, contact, response");
    insta::assert_snapshot!(condition("count(purchase $0"), @"Word: where, in last, in");
    insta::assert_snapshot!(condition("count(purchase in $0"), @r"
    Word: last, next, this, previous, between, now, today, true, false, not, if
    Field: person_id, age, home, mail_ok, points
    Definition: big, spent
    Journey: habit
    Row: customer, offer, context
    Table: product
    Function: …
    ");
    insta::assert_snapshot!(condition("count(purchase in last 30 $0"), @"Unit: GBP, seconds, minutes, hours, days, weeks, months, years, km, m, miles");
    insta::assert_snapshot!(condition("count(purchase in last 30 days $0"), @"Word: where");
    insta::assert_snapshot!(condition("count(purchase where $0"), @r"
    Field: bought, product_id, gift_id, spend, at
    Row: product, gift, customer, offer, context
    Definition: big, spent
    Journey: habit
    Function: …
    Word: now, today, true, false, not, if
    ");
}

#[test]
fn values_of_lists() {
    insta::assert_snapshot!(condition("home = $0"), @r#"
    Value: town, country, "by the sea"
    Field: person_id, age, home, mail_ok, points
    Definition: big, spent
    Journey: habit
    Row: customer, offer, context
    Table: product
    Function: …
    Word: now, today, true, false, not, if
    "#);
    insta::assert_snapshot!(condition("home = \"b$0"), @"Value: by the sea");
    insta::assert_snapshot!(condition("customer.home in [town, $0"), @r#"
    Value: town, country, "by the sea"
    Field: person_id, age, home, mail_ok, points
    Definition: big, spent
    Journey: habit
    Row: customer, offer, context
    Table: product
    Function: …
    Word: now, today, true, false, not, if
    "#);
    insta::assert_snapshot!(condition("context.reason is not c$0"), @r"
    Value: complaint
    Row: customer, context
    Function: ceil, count, second, place, distance, distinct, frequency_rank, typical_gap
    Table: product
    ");
    insta::assert_snapshot!(condition("exists(purchase where gift.size >= $0"), @r"
    Value: small, large
    Field: bought, product_id, gift_id, spend, at
    Row: product, gift, customer, offer, context
    Definition: big, spent
    Journey: habit
    Function: …
    Word: now, today, true, false, not, if
    ");
    insta::assert_snapshot!(at("offer x {\n  topic $0\n}"), @"Value: tea, cake");
    insta::assert_snapshot!(at("guarantee \"x\" {\n  never offer.topic = $0 when"), @r"
    Value: tea, cake
    Field: person_id, age, home, mail_ok, points
    Definition: big, spent
    Journey: habit
    Row: customer, offer, context
    Table: product
    Function: …
    Word: now, today, true, false, not, if
    ");
}

#[test]
fn texts_of_the_data() {
    let known = |text: &str| offered(&Fixture::new(&format!("offer x {{\n  eligible when {text}\n}}\n")).with_facts());
    insta::assert_snapshot!(known("exists(purchase where product.category = \"$0"), @r#"Value: CAKES & TARTS, BREAD, TEA "GREEN""#);
    insta::assert_snapshot!(known("exists(purchase where product.category = \"tar$0\")"), @"Value: CAKES & TARTS");
    insta::assert_snapshot!(known("exists(purchase where product.category in [\"BREAD\", \"$0"), @r#"Value: CAKES & TARTS, BREAD, TEA "GREEN""#);
    insta::assert_snapshot!(known("exists(purchase where product.category = $0"), @r#"
    Value: "CAKES & TARTS", "BREAD", "TEA \"GREEN\""
    Field: bought, product_id, gift_id, spend, at
    Row: product, gift, customer, offer, context
    Definition: big, spent
    Journey: habit
    Function: …
    Word: now, today, true, false, not, if
    "#);
    insta::assert_snapshot!(condition("exists(purchase where product.category = \"$0"), @"");
}

#[test]
fn what_is_typed_of_a_text_is_replaced() {
    let fixture = Fixture::new("offer x {\n  eligible when home = \"by t$0\n}\n");
    let found = complete(&fixture.db, Some(fixture.project), fixture.file, fixture.offset);
    assert_eq!(found.replaced, Span { start: fixture.offset - 4, end: fixture.offset });
    assert_eq!(found.candidates[0].label, "by the sea");
}

#[test]
fn channels_offers_events_and_tables() {
    insta::assert_snapshot!(at("offer x {\n  channel $0\n}"), @"Channel: mail, shop");
    insta::assert_snapshot!(at("offer x {\n  channel mail, $0\n}"), @r"
    Word: else
    Channel: mail, shop
    ");
    insta::assert_snapshot!(at("offer x {\n  channel mail $0\n}"), @"Word: else, when");
    insta::assert_snapshot!(at("offer tea {\n}\nportfolio {\n  fallback $0\n}"), @"Offer: tea");
    insta::assert_snapshot!(at("portfolio {\n  cap 3 per customer every 7 days on $0\n}"), @"Channel: mail, shop");
    insta::assert_snapshot!(at("portfolio {\n  suppress for 3 days after $0"), @"Events: purchase, contact, response");
    insta::assert_snapshot!(at("journey j = $0"), @"Events: purchase, contact, response");
    insta::assert_snapshot!(at("offer x for each category c of $0"), @"Table: product");
    insta::assert_snapshot!(at("events visit {\n  at day: date\n  shop_id: text -> $0"), @"Table: product");
}

#[test]
fn declarations_of_fields() {
    insta::assert_snapshot!(at("events visit {\n  $0\n}"), @"Word: key, at");
    insta::assert_snapshot!(at("events visit {\n  at day: $0\n}"), @"Type: bool, int, number, text, date, instant, duration, days, months, time, timezone, place, distance, money, one_of, ordered, set of");
    insta::assert_snapshot!(at("events visit {\n  at day: date $0\n}"), @"Word: from, private, sensitive, consent");
}

#[test]
fn holes_of_texts() {
    insta::assert_snapshot!(at("offer x {\n  because \"You have {po$0\"\n}"), @r"
    Field: points
    Function: power
    ");
    insta::assert_snapshot!(at("offer x {\n  message mail \"At {{ {last(purchase).$0"), @r"
    Field: bought, product_id, gift_id, spend, at
    Row: product, gift
    ");
    insta::assert_snapshot!(at("offer x {\n  because \"You have $0\"\n}"), @"");
}

#[test]
fn members_picks_and_arms() {
    insta::assert_snapshot!(at("offer x for each category cat of product {\n  priority ca$0\n}"), @r"
    Local: cat
    Function: typical_gap
    ");
    insta::assert_snapshot!(at("offer x {\n  pick gadget: product where size = large by 1 desc\n  because \"{gad$0\n}"), @"Local: gadget");
    insta::assert_snapshot!(at("offer x {\n  arms plain 50%, big 50% salted \"a\"\n  arm $0\n}"), @"Local: plain, big");
}

#[test]
fn records_and_tests() {
    insta::assert_snapshot!(at("persona p {\n  $0\n}"), @r"
    Field: person_id, age, home, mail_ok, points
    Table: purchase, product, contact, response
    ");
    insta::assert_snapshot!(at("persona p {\n  home: $0\n}"), @r#"
    Value: town, country, "by the sea"
    Word: missing, now, today
    "#);
    insta::assert_snapshot!(at("persona p {\n  purchase: [\n    { at: now, product: { $0"), @"Field: product_id, category, size");
    insta::assert_snapshot!(at("persona pia {\n}\ntest \"x\" {\n  given $0\n}"), @"Persona: pia");
    insta::assert_snapshot!(at("test \"x\" {\n  given { age: 3, ho$0\n}"), @"Field: home");
    insta::assert_snapshot!(at("test \"x\" {\n  with context { reason: $0\n}"), @r"
    Value: question, complaint
    Word: missing, now, today
    ");
    insta::assert_snapshot!(at("offer tea {\n}\ntest \"x\" {\n  expect $0\n}"), @"Word: offer, reminder, notice, not, no offer");
    insta::assert_snapshot!(at("offer tea {\n}\ntest \"x\" {\n  expect not $0\n}"), @"Offer: tea");
    insta::assert_snapshot!(at("offer tea {\n}\ntest \"x\" {\n  expect offer tea by $0\n}"), @"Channel: mail, shop");
    insta::assert_snapshot!(at("test \"x\" {\n  always no offer when customer.$0\n}"), @"Field: person_id, age, home, mail_ok, points");
}

#[test]
fn nothing_in_comments_and_names() {
    insta::assert_snapshot!(at("offer x {\n  // cap$0\n}"), @"");
    insta::assert_snapshot!(at("offer x {\n  about \"cap$0\"\n}"), @"");
    insta::assert_snapshot!(condition("customer.age.$0"), @"");
}

#[test]
fn without_a_project_the_words_are_there() {
    let fixture = Fixture::new("offer x {\n  el$0\n}\n");
    let found = complete(&fixture.db, None, fixture.file, fixture.offset);
    let labels: Vec<&str> = found.candidates.iter().map(|candidate| candidate.label.as_str()).collect();
    assert_eq!(labels, ["eligible", "channel"]);
}

#[test]
fn codes_behind_allow() {
    let all = at("allow $0\noffer x {\n}\n");
    assert!(LINTS.iter().all(|(code, _)| all.contains(code)), "{all}");
    let fixture =
        Fixture::new("offer y {\n}\n\nallow E100$0\noffer x {\n  channel mail\n  eligible when big and true\n}\n");
    let found = complete(&fixture.db, Some(fixture.project), fixture.file, fixture.offset);
    // Each with its title.
    let labels: Vec<&str> = found.candidates.iter().map(|found| found.label.as_str()).collect();
    assert!(labels.contains(&"E1001") && labels.iter().all(|label| label.starts_with("E100")), "{labels:?}");
    let has_title = |code: &str, told: &str| codes::ALL.iter().any(|(known, title)| *known == code && *title == told);
    assert!(found.candidates.iter().all(|found| has_title(&found.label, found.detail.as_deref().unwrap())));
    assert_eq!(at("allow E1005 $0\n"), "");
    assert_eq!(at("allow E1005 \"a $0\noffer x {\n}\n"), "");
}

/// Clauses end where the compiler ends them: two words in a row begin one, though the line before ends in an operator.
#[test]
fn clauses_end_as_the_compiler_ends_them() {
    insta::assert_snapshot!(at("offer x {\n  eligible when age >\n  channel mail, else $0\n}\n"), @"Channel: mail, shop");
    insta::assert_snapshot!(at("offer x {\n  eligible when big &&\n    ha$0\n}\n"), @r"
    Journey: habit
    Function: share
    ");
    insta::assert_snapshot!(at("test \"x\" {\n  expect no offer\n  then $0\n}\n"), @"Word: after, at");
    insta::assert_snapshot!(at("test \"x\" {\n  given { age: 3\n    home: $0 }\n}\n"), @r#"
    Value: town, country, "by the sea"
    Word: missing, now, today
    "#);
}
