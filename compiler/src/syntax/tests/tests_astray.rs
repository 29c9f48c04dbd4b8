//! Personas and tests: what they say, and what is answered to other spellings.

use super::messages;
use super::show;
use crate::syntax::{parse_item, split};

/// All items of a file, a line for each clause.
fn shown(file: &str) -> String {
    split(file).iter().map(|item| show::item(&parse_item(&item.text).0.unwrap().kind) + "\n").collect()
}

#[test]
fn they_are_read() {
    let sample = include_str!("sample.offer");
    let from = sample.find("/// A household with a baby.").unwrap();
    insta::assert_snapshot!(shown(&sample[from..]), @r#"
    new_parent
    email_ok: Bool(true)
    age: Text("25-34")
    weekly_visits: Int(3)
    tags: [Text("a"), Text("b")]
    birth: MISSING
    purchase: [{at: (today Subtract Span(Span { months: 0, days: 10, micros: 0 })), product: {category: Text("DIAPERS & DISPOSABLES")}, spend: Money(USD, 20000000)}, {at: (now Subtract Span(Span { months: 0, days: 1, micros: 0 })), product: Text("P1"), quantity: (- Int(2))}]
    product: [{product_id: Text("P1"), category: Text("BEER")}]
    "a new parent gets the bundle by mail"
    at DateTime { local_seconds: 1795197600, zone: Some(Spanned { node: "America/New_York", span: 68..84 }) }
    given new_parent {weekly_visits: Int(4)}
    given {email_ok: Bool(false)}
    context {reason: complaint, companion: Bool(true)}
    expect Offer of diaper_bundle by mail at DateTime { local_seconds: 1795251600, zone: None } because first {diapers}
    expect Reminder of shelf_deal for Text("BEERS/ALES") by kiosk
    expect not of beer_deal because no alcohol to minors
    then after Span(Span { months: 0, days: 3, micros: 0 })
    given {response: [{at: (now Subtract Span(Span { months: 0, days: 1, micros: 0 })), outcome: complained}]}
    expect nothing
    then at DateTime { local_seconds: 1798135200, zone: None }
    expect Notice of recall
    expect not of beer_deal for Text("x")
    "nobody is pestered"
    always at most Int(3) contacts in Span(Span { months: 0, days: 7, micros: 0 })
    always at most Int(1) contact in Span(Span { months: 0, days: 7, micros: 0 }) by sms
    always at most Int(1) diaper_bundle in Span(Span { months: 0, days: 90, micros: 0 })
    always never any when (customer.age Less Int(18))
    always never beer_deal when (customer.birth Greater (today Subtract Span(Span { months: 252, days: 0, micros: 0 })))
    "#);
}

/// What is said of the lines of a test.
fn lines(lines: &str) -> String {
    messages(&format!("test \"x\" {{\n{lines}\n}}\n"))
}

#[test]
fn other_spellings_are_answered() {
    insta::assert_snapshot!(lines(
        "  at: 2026-11-20 18:00
  given { \"email_ok\": true, age = \"25-34\", spend == 3; birth: null }
  given { a: 1 b: 2 tags: [\"a\" \"b\"] }
  given new_parent { a 1 }
  given new_parent and { a: 1 }
  context { reason: complaint }
  expects offer x
  assert x
  expect x by mail
  expect x because \"y\"
  expect no x
  expect not offer x
  expect nothing
  expect no offers
  expect offer x via mail since \"y\"
  expect offer x by mail by sms
  expect offr x
  expect offer
  expect
  because \"y\"
  then 3 days
  after 3 days
  then after 3
  then wait 3 days
  then on 2026-11-23 18:00
  always max 3 contacts per 7 days
  always at most three contacts in any week
  always at most 3 contacts
  always no offer if a
  always no offer unless a
  always no offer"
    ), @r#"
    E0122 [:] leave out `:` | not part of the language
          fix: delete `:` -> []
    E0109 ["email_ok"] the name of a field stands without quotes | a text where a name is expected
          fix: delete the quotes -> [email_ok]
    E0107 [=] `=` is written `:` here | write `:`
          fix: replace `=` with `:` -> [:]
    E0107 [==] `==` is written `:` here | write `:`
          fix: replace `==` with `:` -> [:]
    E0107 [;] `;` is written `,` here | write `,`
          fix: replace `;` with `,` -> [ ,]
    E0108 [null] `null` is written `missing` here | write `missing`
          fix: replace `null` with `missing` -> [missing]
    E0119 [] a comma is left out between two fields | `,` is missing here
          fix: add `,` -> [,]
    E0119 [] a comma is left out between two fields | `,` is missing here
          fix: add `,` -> [,]
    E0119 [] a comma is left out between two values | `,` is missing here
          fix: add `,` -> [,]
    E0119 [] `with` is left out after the persona | `with` is missing here
          fix: add `with` -> [with ]
    E0119 [] `:` is left out after the field's name | `:` is missing here
          fix: add `:` -> [: ]
    E0122 [and] `and` is written `with` here | write `with`
          fix: replace `and` with `with` -> [with]
    E0119 [] `with` is left out before `context` | `with` is missing here
          fix: add `with` -> [with ]
    E0106 [expects] `expects` begins no clause of a test | a clause word is expected here
          help: what must come out is written `expect offer NAME`, `expect not NAME` or `expect no offer`
    E0106 [assert] `assert` begins no clause of a test | a clause word is expected here
          help: what must come out is written `expect offer NAME`, `expect not NAME` or `expect no offer`
    E0119 [] `offer` is left out after `expect` | `offer` is missing here
          fix: add `offer` -> [offer ]
    E0119 [] `offer` is left out after `expect` | `offer` is missing here
          fix: add `offer` -> [offer ]
    E0122 [no] `no` is written `not` here | write `not`
          fix: replace `no` with `not` -> [not]
    E0122 [offer] leave out `offer` | not part of the language
          fix: delete `offer` -> []
    E0122 [nothing] `nothing` is written `no offer` here | write `no offer`
          fix: replace `nothing` with `no offer` -> [no offer]
    E0122 [no offers] `no offers` is written `no offer` here | write `no offer`
          fix: replace `no offers` with `no offer` -> [no offer]
    E0122 [via] `via` is written `by` here | write `by`
          fix: replace `via` with `by` -> [by]
    E0122 [since] `since` is written `because` here | write `because`
          fix: replace `since` with `because` -> [because]
    E0101 [by sms] an `expect` line says each thing once | the second time
          help: write two `expect` lines, or leave one out
    E0101 [x] `x` does not fit after `offr` | expected `for`, `by`, `at` or `because` or the end of the clause
          help: did you mean `offer`?
          fix: write `offer` -> [offer]
    E0101 [] the clause is not finished after `offer` | expected a name
          help: write a name after `offer`, or delete `offer`
    E0101 [] the clause is not finished after `expect` | expected `no offer`, `not` or `offer`
          help: write `no offer`, `not` or `offer` after `expect`, or delete `expect`
    E0135 [because] `because` goes on with a clause, and this line begins a new one | a clause word is expected here
          help: write it on the line of its `expect`
    E0119 [] `after` is left out after `then` | `after` is missing here
          fix: add `after` -> [after ]
    E0119 [] `then` is left out before `after` | `then` is missing here
          fix: add `then` -> [then ]
    E0115 [3] the next step comes after a length of time | how long is this?
          help: add a unit: `then after 3 days`
    E0122 [wait] `wait` is written `after` here | write `after`
          fix: replace `wait` with `after` -> [after]
    E0122 [on] `on` is written `at` here | write `at`
          fix: replace `on` with `at` -> [at]
    E0122 [max] `max` is written `at most` here | write `at most`
          fix: replace `max` with `at most` -> [at most]
    E0122 [per] `per` is written `in any` here | write `in any`
          fix: replace `per` with `in any` -> [in any]
    E0113 [three] `three` is written in digits | write `3`
          fix: write `3` -> [3]
    E0115 [week] a limit of a test holds in any stretch of a length of time | how long is this?
          help: write a length of time, such as `in any 90 days`
    E0101 [] the clause is not finished after `contacts` | expected `in any …`
          help: write `in any …` after `contacts`, or delete `contacts`
    E0122 [if] `if` is written `when` here | write `when`
          fix: replace `if` with `when` -> [when]
    E0122 [unless] `unless` is written with `when not` | not a word of the language
          help: write `when not (…)`, or say the opposite: `when …`
    E0101 [] the clause is not finished after `offer` | expected `when`
          help: write `when` after `offer`, or delete `offer`
    "#);
}

#[test]
fn a_broken_clause_is_lost_alone() {
    let file = "test \"x\" {
  at 2026-11-20 18:00
  given { a: [1, { b: 2 }
  expect offer y
  then after 3 days
  given { a: 1, : 2 }
  expect not y
}

persona z {
  a: [
  b: 2
  c: {{}
}

segment s is true
";
    insta::assert_snapshot!(format!("{}{}", messages(file), shown(file)), @r#"
    E0103 [[] this `[` is never closed | opened here
          help: write `]` where it ends
    E0101 [:] `:` does not fit after `,` | expected `}` or a field such as `email_ok: true`
          help: write `}` or a field such as `email_ok: true` here
    E0103 [[] this `[` is never closed | opened here
          help: write `]` where it ends
    E0103 [{] this `{` is never closed | opened here
          help: write `}` where it ends
    "x"
    at DateTime { local_seconds: 1795197600, zone: None }
    expect Offer of y
    then after Span(Span { months: 0, days: 3, micros: 0 })
    expect not of y
    z
    b: Int(2)
    s := Bool(true)
    "#);
}

#[test]
fn the_head_is_explained() {
    insta::assert_snapshot!(messages(
        "test bundle_by_mail {\n}\ntest {\n}\npersona \"x\" {\n}\npersona {\n}\nscenario \"x\" {\n}\ntests \"x\" {\n}\n"
    ), @r#"
    E0118 [bundle_by_mail] a test says in a text what it shows | write `"bundle by mail"`
          fix: write it in quotes -> ["bundle by mail"]
    E0101 [] the clause is not finished after `test` | expected a name or a text in quotes
          help: write a name or a text in quotes after `test`, or delete `test`
    E0101 ["x"] `"x"` does not fit after `persona` | expected a name
          help: write a name here
    E0101 [] the clause is not finished after `persona` | expected a name
          help: write a name after `persona`, or delete `persona`
    E0105 [scenario] `scenario` begins no item | an item word is expected in column 0
          help: a test is written `test "what it shows" { … }`
    E0105 [tests] `tests` begins no item | an item word is expected in column 0
          help: did you mean `test`?
          fix: replace `tests` with `test` -> [test]
    "#);
}

#[test]
fn records_nest_so_deep() {
    let deep = |levels: usize| lines(&format!("  given {{ a: {}1{} }}", "[{ a: ".repeat(levels), "}]".repeat(levels)));
    assert_eq!(deep(30), "");
    assert!(deep(40).starts_with("E0117"), "{}", deep(40));
    assert!(deep(20_000).starts_with("E0117"));
}
