//! Completion: what is offered where, mostly in texts that cannot be read yet.

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
    insta::assert_snapshot!(at("$0"), @"");
    insta::assert_snapshot!(at("offer a {\n}\n\nse$0\n"), @"");
}

#[test]
fn clause_words_of_each_item() {
    insta::assert_snapshot!(at("offer x {\n  $0\n}\n"), @"");
    insta::assert_snapshot!(at("offer x {\n  eligible when big\n  c$0\n"), @"");
    insta::assert_snapshot!(at("portfolio {\n  $0\n}\n"), @"");
    insta::assert_snapshot!(at("channel x {\n  qu$0"), @"");
    insta::assert_snapshot!(at("guarantee \"x\" {\n  $0\n}"), @"");
    insta::assert_snapshot!(at("test \"x\" {\n  $0\n}"), @"");
}

#[test]
fn names_in_a_condition() {
    insta::assert_snapshot!(condition("$0"), @"");
    insta::assert_snapshot!(condition("big and po$0"), @"");
    insta::assert_snapshot!(condition("big\n    and ha$0"), @"");
}

#[test]
fn what_follows_a_value() {
    insta::assert_snapshot!(condition("big $0"), @"");
    insta::assert_snapshot!(condition("age > 5 $0"), @"");
    insta::assert_snapshot!(condition("spent is $0"), @"");
}

#[test]
fn fields_behind_rows() {
    insta::assert_snapshot!(condition("customer.$0"), @"");
    insta::assert_snapshot!(condition("sum(purchase.$0"), @"");
    insta::assert_snapshot!(condition("sum(purchase.gift.$0"), @"");
    insta::assert_snapshot!(condition("exists(purchase where product.c$0"), @"");
    insta::assert_snapshot!(condition("last(purchase where spend > 5 GBP).$0"), @"");
    insta::assert_snapshot!(condition("product(\"x\").$0"), @"");
    insta::assert_snapshot!(condition("offer.$0"), @"");
    insta::assert_snapshot!(condition("context.$0"), @"");
    insta::assert_snapshot!(condition("habit.$0"), @"");
    insta::assert_snapshot!(condition("nothing.$0"), @"");
}

#[test]
fn in_aggregates() {
    insta::assert_snapshot!(condition("count($0"), @"");
    insta::assert_snapshot!(condition("count(purchase $0"), @"");
    insta::assert_snapshot!(condition("count(purchase in $0"), @"");
    insta::assert_snapshot!(condition("count(purchase in last 30 $0"), @"");
    insta::assert_snapshot!(condition("count(purchase in last 30 days $0"), @"");
    insta::assert_snapshot!(condition("count(purchase where $0"), @"");
}

#[test]
fn values_of_lists() {
    insta::assert_snapshot!(condition("home = $0"), @"");
    insta::assert_snapshot!(condition("home = \"b$0"), @"");
    insta::assert_snapshot!(condition("customer.home in [town, $0"), @"");
    insta::assert_snapshot!(condition("context.reason is not c$0"), @"");
    insta::assert_snapshot!(condition("exists(purchase where gift.size >= $0"), @"");
    insta::assert_snapshot!(at("offer x {\n  topic $0\n}"), @"");
    insta::assert_snapshot!(at("guarantee \"x\" {\n  never offer.topic = $0 when"), @"");
}

#[test]
fn texts_of_the_data() {
    let known = |text: &str| offered(&Fixture::new(&format!("offer x {{\n  eligible when {text}\n}}\n")).with_facts());
    insta::assert_snapshot!(known("exists(purchase where product.category = \"$0"), @"");
    insta::assert_snapshot!(known("exists(purchase where product.category = \"tar$0\")"), @"");
    insta::assert_snapshot!(known("exists(purchase where product.category in [\"BREAD\", \"$0"), @"");
    insta::assert_snapshot!(known("exists(purchase where product.category = $0"), @"");
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
    insta::assert_snapshot!(at("offer x {\n  channel $0\n}"), @"");
    insta::assert_snapshot!(at("offer x {\n  channel mail, $0\n}"), @"");
    insta::assert_snapshot!(at("offer x {\n  channel mail $0\n}"), @"");
    insta::assert_snapshot!(at("offer tea {\n}\nportfolio {\n  fallback $0\n}"), @"");
    insta::assert_snapshot!(at("portfolio {\n  cap 3 per customer every 7 days on $0\n}"), @"");
    insta::assert_snapshot!(at("portfolio {\n  suppress for 3 days after $0"), @"");
    insta::assert_snapshot!(at("journey j = $0"), @"");
    insta::assert_snapshot!(at("offer x for each category c of $0"), @"");
    insta::assert_snapshot!(at("events visit {\n  at day: date\n  shop_id: text -> $0"), @"");
}

#[test]
fn declarations_of_fields() {
    insta::assert_snapshot!(at("events visit {\n  $0\n}"), @"");
    insta::assert_snapshot!(at("events visit {\n  at day: $0\n}"), @"");
    insta::assert_snapshot!(at("events visit {\n  at day: date $0\n}"), @"");
}

#[test]
fn holes_of_texts() {
    insta::assert_snapshot!(at("offer x {\n  because \"You have {po$0\"\n}"), @"");
    insta::assert_snapshot!(at("offer x {\n  message mail \"At {{ {last(purchase).$0"), @"");
    insta::assert_snapshot!(at("offer x {\n  because \"You have $0\"\n}"), @"");
}

#[test]
fn members_picks_and_arms() {
    insta::assert_snapshot!(at("offer x for each category cat of product {\n  priority ca$0\n}"), @"");
    insta::assert_snapshot!(at("offer x {\n  pick gadget: product where size = large by 1 desc\n  because \"{gad$0\n}"), @"");
    insta::assert_snapshot!(at("offer x {\n  arms plain 50%, big 50% salted \"a\"\n  arm $0\n}"), @"");
}

#[test]
fn records_and_tests() {
    insta::assert_snapshot!(at("persona p {\n  $0\n}"), @"");
    insta::assert_snapshot!(at("persona p {\n  home: $0\n}"), @"");
    insta::assert_snapshot!(at("persona p {\n  purchase: [\n    { at: now, product: { $0"), @"");
    insta::assert_snapshot!(at("persona pia {\n}\ntest \"x\" {\n  given $0\n}"), @"");
    insta::assert_snapshot!(at("test \"x\" {\n  given { age: 3, ho$0\n}"), @"");
    insta::assert_snapshot!(at("test \"x\" {\n  with context { reason: $0\n}"), @"");
    insta::assert_snapshot!(at("offer tea {\n}\ntest \"x\" {\n  expect $0\n}"), @"");
    insta::assert_snapshot!(at("offer tea {\n}\ntest \"x\" {\n  expect not $0\n}"), @"");
    insta::assert_snapshot!(at("offer tea {\n}\ntest \"x\" {\n  expect offer tea by $0\n}"), @"");
    insta::assert_snapshot!(at("test \"x\" {\n  always no offer when customer.$0\n}"), @"");
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
    assert_eq!(labels, ["eligible"]);
}
