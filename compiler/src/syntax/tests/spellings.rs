//! Spellings of other languages and slips of the pen: each is answered with the right form.

use insta::assert_snapshot;

use super::messages;

/// The messages of an offer's clauses, and of nothing else.
fn offer(clauses: &str) -> String {
    messages(&format!("offer x {{\n{clauses}\n}}"))
}

#[test]
fn operators() {
    assert_snapshot!(offer("  eligible when a == 1 && b != 2 || !c\n  eligible when a <> 1 AND NOT b OR c => 3 and d =< 4"), @"");
    assert_snapshot!(offer("  eligible when a LIKE 'X%' and b like \"%Y%\" and c like \"%Z\""), @"");
    assert_snapshot!(offer("  eligible when a % 2 = 0\n  eligible when a ^ 2 = 0\n  eligible when a ? b : c\n  eligible when a ?? b"), @"");
    assert_snapshot!(offer("  eligible when 1 < x < 3\n  eligible when 1 <= x <= 3\n  eligible when x = y = z"), @"");
    assert_snapshot!(offer("  eligible when x is \"a\" and y is false"), @"");
}

#[test]
fn missing_data() {
    assert_snapshot!(offer("  eligible when a IS NULL and b is not null and c = null and d != NULL\n  priority null"), @"");
}

#[test]
fn words() {
    assert_snapshot!(offer("  eligible if x\n  except x > 1\n  eligible where y\n  eligible when x IN ('a', \"b\") and y BETWEEN 1 AND 2"), @"");
    assert_snapshot!(offer("  eligible when IF a THEN TRUE ELSE False\n  eligible when if a then b\n  priority COUNT(purchase) + average(p.x)"), @"");
    assert_snapshot!(offer("  eligible when count(purchase product.department = \"X\") > 1\n  eligible when count(purchase last 3 days) > 1\n  eligible when count(distinct p.x) > 1"), @"");
    assert_snapshot!(offer("  priority coalesce(a, 0)\n  eligible when isnull(customer.age)"), @"");
    assert_snapshot!(offer("  eligable when a\n  exclude when b\n  Priority 3\n  chanel mail, else\n  where a"), @"");
    assert_snapshot!(offer("  channel mail or email\n  topic: \"a\"\n  priority = 3\n  eligible when x in the past 30 days and y in last month"), @"");
}

#[test]
fn texts_and_comments() {
    assert_snapshot!(offer("  about 'it'\n  because “so”\n  topic \"a\\qb\"\n  # one\n  -- two\n  /* three\n  four */\n  tier 1"), @"");
    assert_snapshot!(offer("  about \"open\n  sells [\"a\", \"b]\n  priority 3"), @"");
    assert_snapshot!(offer("  eligible\u{a0}when a\u{0}\u{200b} and b\n  about \"\u{1b}[31mred\""), @"");
}

#[test]
fn amounts() {
    assert_snapshot!(offer("  eligible when a > $20 and b > 20$ and c > 20 usd and d > 20USD and e > 20 dollars"), @"");
    assert_snapshot!(offer("  cap 1 per customer every 30 day\n  cap 1 per customer every 30days\n  cap 1 per customer every 30d\n  cap 1 per customer every 30\n  cap 1 per customer every 30 dayz"), @"");
    assert_snapshot!(offer("  eligible when a > 1,000\n  eligible when a > 99999999999999999999\n  eligible when a > 0.1234567 USD\n  eligible when a > 1e6\n  eligible when a > .5\n  eligible when a > 9_999_999_999_999 USD\n  eligible when d > today - 1.5 days"), @"");
}

#[test]
fn dates() {
    assert_snapshot!(offer("  timing from 11/01/2026 to 2026-02-30\n  timing from 13/01/2026 until 2026/1/5\n  eligible when a > 2026-11-01T08:00 and b > 2026-11-01 25:00 and c > 2026-11-01 08:00Z"), @"");
}

#[test]
fn names() {
    assert_snapshot!(offer("  eligible when customer.Age > 3 and marital = Married\n  eligible when when > 3\n  myField 3"), @"");
    assert_snapshot!(messages("Customer Household {\n  key householdId: text\n  in: text\n  size: one_of(Small, 5, large)\n  b: text from HH_ID\n}"), @"");
}

#[test]
fn items_and_braces() {
    assert_snapshot!(messages("offer a\n  priority 1\n}\noffer b {\n  priority 1\n}\n}\noffer c {\n}\n  priority 2\n}\n"), @"");
    assert_snapshot!(messages("hello\nworld {\n}\nsegmnt s is a\nsegment t = b\ntrait u is 3\ntrait v 3\nsegment w is a\n  b\n"), @"");
    assert_snapshot!(offer("  if (a > 3) {\n    priority 3\n  }\n  priority 4"), @"");
}

#[test]
fn merges() {
    assert_snapshot!(offer("  about \"a\"\n<<<<<<< HEAD\n  priority 1\n=======\n  priority 2\n>>>>>>> spring\n  tier 3"), @"");
}

#[test]
fn what_does_not_fit() {
    assert_snapshot!(offer("  eligible when a b\n  eligible when a and\n  priority 3 4\n  cap 1 per customer\n  channel\n  timing 2026-11-01\n  sells [\"a\" \"b\"]\n  topic\n  eligible when a and (b or)"), @"");
    assert_snapshot!(messages("portfolio {\n  rank by score, by lot\n  rank by value desc\n  rank by offer.tier asc, then score desc\n  slate\n  slat 3\n  slate mail\n}\nchannel mail {\n  need x\n}"), @"");
    assert_snapshot!(messages("events purchase {\n  at when: instant\n  a: money\n  b: one_of\n  c: int -> \n  d: text ?? \n  e text\n  f: int from x from y\n  g: place\n}"), @"");
}
