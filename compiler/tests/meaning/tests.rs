//! Tests of policies: what they come to, and what is said of those that are wrong.

use insta::assert_snapshot;
use opportune_compiler::ProjectFiles;
use opportune_compiler::rehearsal::{Meaning, Rehearsal, rehearse};

use super::check::MANIFEST;

const POLICY: &str = r#"
customer household {
  key household_id: text
  age: ordered("19-24", "25-34", "65+")?
  home: one_of(renter, owner)
  persons: int
  score: number?
  birth: date?
  zone: timezone = "America/Chicago"
  tags: set of text
  store_id: text -> store
  email_ok: bool consent
}

table store {
  key store_id: text
  city: text
}

events purchase {
  at bought_at: instant
  household_id: text -> household
  product_id: text -> product
  swap_id: text? -> product? as swap
  quantity: int
  spend: money(USD)
  delivered: date
}

events mailing {
  at sent: date from campaign.starts
  campaign_id: int -> campaign
}

table product {
  key product_id: text
  category: text?
  price: money(USD)
}

table campaign {
  key campaign_id: int
  starts: date
}

context {
  reason: one_of(complaint, question)
  spend: money(USD)
}

channel mail {
  needs email_ok
}
channel sms {
  needs email_ok
}

offer bundle {
  channel mail
  eligible when persons > 2
}

offer shelf for each category c of product {
  channel mail
  eligible when exists(purchase where product.category = c else false)
}

reminder renewal {
  channel mail
  because "It is time"
}
"#;

fn files(tests: &str) -> ProjectFiles {
    let policies = vec![("a.offer".to_owned(), POLICY.to_owned()), ("b.offer".to_owned(), tests.to_owned())];
    ProjectFiles { manifest: ("opportune.toml".to_owned(), MANIFEST.to_owned()), policies }
}

fn rehearsal(tests: &str) -> Rehearsal {
    let (compiled, found) = rehearse(&files(tests));
    assert_eq!(told(tests), "", "{:#?}", compiled.diagnostics);
    found.unwrap_or_else(|| panic!("{:#?}", compiled.diagnostics))
}

/// What is said of the second file, a line for each.
fn told(tests: &str) -> String {
    let (compiled, _) = rehearse(&files(tests));
    let of_tests = compiled.diagnostics.iter().filter(|found| &*found.path == "b.offer");
    let line = |found: &opportune_compiler::diagnostic::Located| {
        let found = &found.diagnostic;
        let label = &found.labels[0];
        let words = &tests[label.span.start as usize..label.span.end as usize];
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        let help = found.help.as_ref().map(|help| format!("\n      {help}")).unwrap_or_default();
        let fix = found.fix.as_ref().map(|fix| format!("\n      -> {}", fix.replacement)).unwrap_or_default();
        format!("{} [{words}] {} | {}{help}{fix}\n", found.code, found.message, label.message)
    };
    of_tests.map(line).collect()
}

/// The tests as data.
fn shown(tests: &str) -> String {
    let found = rehearsal(tests);
    let schema = &found.plan.schema;
    let mut lines = String::new();
    let values = |table, values: &[(opportune_plan::FieldId, Option<opportune_plan::Constant>)]| {
        let value = |(field, value): &(opportune_plan::FieldId, Option<opportune_plan::Constant>)| {
            let name = &schema.field(table, *field).unwrap().name;
            format!("{name}: {}", value.as_ref().map_or("missing".to_owned(), |value| format!("{value:?}")))
        };
        values.iter().map(value).collect::<Vec<_>>().join(", ")
    };
    for test in &found.tests {
        lines += &format!("{:?}\n", test.scenario.name);
        for step in &test.scenario.steps {
            lines += &format!("  at {}\n", jiff::Timestamp::from_microsecond(step.now).unwrap());
            lines += &format!("    customer {}\n", values(opportune_plan::Schema::CUSTOMER, &step.given.customer));
            for row in &step.given.rows {
                lines += &format!("    {} {}\n", schema.table(row.table).unwrap().name, values(row.table, &row.values));
            }
            if !step.context.is_empty() {
                lines += &format!("    context {:?}\n", step.context);
            }
            step.expected.iter().for_each(|expected| lines += &format!("    {expected:?}\n"));
        }
        test.scenario.always.iter().for_each(|always| lines += &format!("  always {always:?}\n"));
    }
    lines
}

#[test]
fn what_is_left_out_is_plain() {
    assert_snapshot!(shown("test \"a\" {\n  at 2026-11-20 18:00\n  expect no offer\n}\n"), @r#"
    "a"
      at 2026-11-20T23:00:00Z
        customer household_id: Text("customer"), age: missing, home: OneOf(DomainId(1), 0), persons: Int(0), score: missing, birth: missing, zone: Zone("America/Chicago"), tags: Set(Text, []), store_id: Text("store 1"), email_ok: Bool(false)
        store store_id: Text("store 1"), city: Text("")
        Nothing
    "#);
}

#[test]
fn layers_lie_over_each_other() {
    assert_snapshot!(shown(
        r#"
persona parent {
  persons: 3
  age: "25-34"
  tags: ["b", "a", "b"]
  purchase: [{ at: today - 10 days, product: { category: "BEER" }, spend: 20 USD }]
  store: { city: "York" }
}

test "a parent" {
  at 2026-11-20 18:00
  given parent with { persons: 4, home: owner, purchase: [{ at: now - 1 day, product: "P1", quantity: -1 }] }
  given { product: [{ product_id: "P1", price: 2.50 USD }], score: 3, zone: "Europe/London" }
  with context { reason: complaint, spend: 5 USD }
  expect offer bundle by mail at 2026-11-21 09:00 because "many"
  expect offer shelf for "BEER"
  expect not shelf
  then after 3 days
  given { persons: 2, purchase: [{ at: now, product: { category: "BEER" } }, { at: today, product: { category: "WINE" } }] }
  given { mailing: [{ at: 2026-11-01 }, { campaign: { campaign_id: 1, starts: today } }] }
  given { response: [{ at: now - 1 hour, outcome: complained, offer: bundle }] }
  expect reminder renewal
  then at 2026-12-24
  expect no offer
}
"#
    ), @r#"
    "a parent"
      at 2026-11-20T23:00:00Z
        customer household_id: Text("customer"), age: Ordered(DomainId(0), 1), home: OneOf(DomainId(1), 1), persons: Int(4), score: Number(3.0), birth: missing, zone: Zone("Europe/London"), tags: Set(Text, [Text("a"), Text("b")]), store_id: Text("store 1"), email_ok: Bool(false)
        product product_id: Text("product 1"), category: Text("BEER"), price: Money(USD, 0)
        product product_id: Text("P1"), category: missing, price: Money(USD, 2500000)
        store store_id: Text("store 1"), city: Text("York")
        purchase bought_at: Instant(1794286800000000), household_id: Text("customer"), product_id: Text("product 1"), swap_id: missing, quantity: Int(0), spend: Money(USD, 20000000), delivered: Date(20767)
        purchase bought_at: Instant(1795129200000000), household_id: Text("customer"), product_id: Text("P1"), swap_id: missing, quantity: Int(-1), spend: Money(USD, 0), delivered: Date(20776)
        context [(FieldId(0), OneOf(DomainId(2), 0)), (FieldId(1), Money(USD, 5000000))]
        Offer { offer: OfferId(0), member: None, channel: Some(ChannelId(0)), at: Some(1795269600000000), because: Some("many") }
        Offer { offer: OfferId(2), member: Some(Text("BEER")), channel: None, at: None, because: None }
        Not { offer: OfferId(2), member: None, because: None }
      at 2026-11-23T23:00:00Z
        customer persons: Int(2)
        product product_id: Text("product 2"), category: Text("WINE"), price: Money(USD, 0)
        campaign campaign_id: Int(2), starts: Date(20758)
        campaign campaign_id: Int(1), starts: Date(20780)
        purchase bought_at: Instant(1795474800000000), household_id: Text("customer"), product_id: Text("product 1"), swap_id: missing, quantity: Int(0), spend: Money(USD, 0), delivered: Date(20780)
        purchase bought_at: Instant(1795410000000000), household_id: Text("customer"), product_id: Text("product 2"), swap_id: missing, quantity: Int(0), spend: Money(USD, 0), delivered: Date(20780)
        mailing campaign_id: Int(2)
        mailing campaign_id: Int(1)
        response happened: Instant(1795471200000000), outcome: Text("complained"), offer: Text("bundle"), member: missing, channel: missing, decision: missing
        Offer { offer: OfferId(1), member: None, channel: None, at: None, because: None }
      at 2026-12-24T05:00:00Z
        customer 
        Nothing
    "#);
}

#[test]
fn what_always_holds() {
    assert_snapshot!(shown(
        r#"
test "nobody is pestered" {
  always at most 3 contacts in any 7 days
  always at most 1 contact in any 24 hours by mail
  always at most 1 bundle in any 90 days
  always no offer when persons < 1
  always not bundle when customer.birth > today - 21 years
}
"#
    ), @r#"
    "nobody is pestered"
      always AtMost { most: 3, offer: None, channel: None, within: Span { months: 0, days: 7, micros: 0 } }
      always AtMost { most: 1, offer: None, channel: Some(ChannelId(0)), within: Span { months: 0, days: 0, micros: 86400000000 } }
      always AtMost { most: 1, offer: Some(OfferId(0)), channel: None, within: Span { months: 0, days: 90, micros: 0 } }
      always Never { offer: None, when: ExprId(9) }
      always Never { offer: Some(OfferId(0)), when: ExprId(17) }
    "#);
}

#[test]
fn what_is_given_wrongly_is_told() {
    assert_snapshot!(told(
        r#"
persona parent {
  personz: 3
  persons: "three"
  age: 30
  home: tenant
  birth: missing
  email_ok: missing
  tags: "a"
  score: [1]
  store: 3
  store_id: { city: "York" }
  zone: "Europe/Londn"
  persons: 2
}

test "rows" {
  at 2026-11-20 18:00
  given {
    persons: kids
    birth: last(purchase).at
    score: persons + 1
    purchase: { at: now }
    product: "P1"
    household: { persons: 3 }
    context: { reason: complaint }
    visit: [{ at: now }]
  }
  given {
    purchase: [
      { product: "P1" },
      { at: now - 1 day, product: "P3", produkt: 1, quantity: 1.5 },
      { at: now - 1 month, at: today, product_id: "P1", product: "P1" },
      { at: now + 1 day, product: { product_id: "P1", category: "BEER", price: 1 EUR } },
      3,
    ]
    mailing: [{}, { campaign: 7, at: today }]
    product: [{ product_id: "P1", category: "WINE" }, { product_id: "P1", category: "ALE" }]
  }
  with context { reasn: complaint, reason: praise, reason: question, spend: missing }
  expect no offer
}
"#
    ), @r#"
    E1101 [personz] `personz` is nothing that a test gives | not in the data
          did you mean `persons`?
          -> persons
    E0315 ["three"] a whole number is expected, and this is a text | a text
          write a whole number: `3`
    E0315 [30] one of `19-24`, `25-34`, `65+` is expected, and this is a whole number | a whole number
          write one of `19-24`, `25-34`, `65+`
    E0305 [tenant] `tenant` is not one of the values here | not one of them
          the values are `renter`, `owner`
    E1113 [missing] `email_ok` is never missing | cannot be missing
          write a value, or leave the field out; where the data may lack it, the schema says so with `?`
    E1103 ["a"] `tags` is a set of values | one value
          write the values in brackets: `[…, …]`
    E1103 [[1]] `score` is a single value | a list
          write one value, without brackets
    E0315 [3] a text is expected, and this is a whole number | a whole number
          write a text in double quotes
    E1103 [{ city: "York" }] this field holds the key of a row | a row
          the row itself goes by its own name: `store: { … }`
    E0705 ["Europe/Londn"] `Europe/Londn` is not a time zone | no time zone
          did you mean `Europe/London`?
    E0501 [persons] `persons` is said twice | the second time
          keep one of them
    E1102 [kids] a whole number is expected, and `kids` is a bare word | not a written value
          write the value itself: a test looks nothing up
    E1102 [last(purchase).at] a test gives values that are written out | not a written value
          write the value itself, or a time such as `now - 1 day`, `today + 3 days`
    E1102 [persons] a test gives values that are written out | not a written value
          write the value itself, or a time such as `now - 1 day`, `today + 3 days`
    E1103 [{ at: now }] `purchase` is given as a list of rows | no list of rows
          write each row in braces, the rows in brackets: `purchase: [{ at: now - 1 day }]`
    E1103 ["P1"] `product` is given as a list of rows | no list of rows
          write each row in braces, the rows in brackets: `product: [{ … }]`
    E1101 [household] `household` is nothing that a test gives | not in the data
          the customer's fields stand by themselves: `given { age: …, purchase: [{ … }] }`
    E1101 [context] `context` is nothing that a test gives | not in the data
          write what a request brings on a line of its own: `with context { … }`
    E1101 [visit] `visit` is nothing that a test gives | not in the data
          a test gives fields of the customer, events and rows of tables, by their names in the schema
    E1104 [{ product: "P1" }] this purchase does not say when it happened | without `at`
          write its time: `at: now - 1 day`, `at: 2026-11-10 18:00`
    E1105 ["P3"] no row of `product` has this key | leads nowhere
          give the row: `product: [{ product_id: … }]`, or write it here: `{ … }`
    E0203 [produkt] `purchase` has no field `produkt` | no such field
          did you mean `product`?
          -> product
    E0315 [1.5] a whole number is expected, and this is a number | a number
          make it whole: `round(…)`, `floor(…)` or `ceil(…)`
    E0501 [at] `at` is said twice | the second time
          keep one of them
    E0501 [product] `product` is said twice | the second time
          keep one of them
    E1111 [at] this happens after the last moment of the test, so nothing sees it | too late
          write an earlier time, or a later moment: `then after 3 days`
    E0315 [1 EUR] an amount in USD is expected, and this is an amount in EUR | an amount in EUR
          write an amount: `20 USD`
    E1103 [3] `purchase` is given as a list of rows | no list of rows
          write each row in braces, the rows in brackets: `purchase: [{ at: now - 1 day }]`
    E1104 [{}] this mailing does not say when it happened | without `at`
          write its time: `at: now - 1 day`, `at: 2026-11-10 18:00`
    E1105 [7] no row of `campaign` has this key | leads nowhere
          give the row: `campaign: [{ campaign_id: … }]`, or write it here: `{ … }`
    E1103 [at] this belongs to the row that the key leads to | of another row
          give it there, or write the row in place of its key: `{ … }`
    E1106 [{ product_id: "P1", category: "WINE" }] two rows of `product` have this key | the second one
          give one of them another key, or leave it out
    E1106 [{ product_id: "P1", category: "ALE" }] two rows of `product` have this key | the second one
          give one of them another key, or leave it out
    E0203 [reasn] `context` has no field `reasn` | no such field
          did you mean `reason`?
          -> reason
    E0305 [praise] `praise` is not one of the values here | not one of them
          the values are `complaint`, `question`
    "#);
}

#[test]
fn what_is_expected_wrongly_is_told() {
    assert_snapshot!(told(
        r#"
test "moments" {
  at now
  at 2026-11-20 18:00
  given parnt
  expect no offer
  then at 2026-11-20 18:00
  expect no offer
  then after 9000 years
}

test "no moment" {
  given { persons: 3 }
  expect offer bundle
}

test "moments" {
}

test "nothing" {
  at 2026-11-20 18:00
}

test "offers" {
  at 2026-11-20 18:00
  expect offer bundel
  expect offer renewal
  expect reminder bundle by sms
  expect notice shelf for 3
  expect offer bundle for "BEER" by mial
  expect offer bundle at 2026-11-19 09:00
  expect not bundle by mail at 2026-11-21 09:00
  always at most -1 contacts in any 7 days
  always at most 3 contcts in any 0 days by email
  always at most 1 bundle in any 7 days by sms
  always no offer when persons
  always not bundel when agee > 3
}

persona bundle {
}

persona contact {
}
"#
    ), @r#"
    E1108 [now] the first moment of a test is written out | not known yet
          write it with its time: `at 2026-11-20 18:00`
    E1108 [at] this moment has its time already | the second time
          a later moment begins with `then`: `then at 2026-11-23 18:00`, `then after 3 days`
          -> then at
    E1107 [parnt] no persona `parnt` is declared | not declared
          declare it: `persona parnt { … }`
    E1102 [9000 years] this is outside the years that there are | out of range
          write a day or a moment of the years 2 to 9998
    E1108 ["no moment"] this test does not say when it is | without `at`
          write its moment on its first line: `at 2026-11-20 18:00`
    E0202 ["moments"] `moments` is declared twice | the second time
          it is declared in b.offer, line 2; give this one another name
    E1110 ["nothing"] this test expects nothing, so it never fails | without `expect`
          say what comes out: `expect offer NAME`, `expect not NAME` or `expect no offer`
    E0858 [bundel] no offer `bundel` is declared | not declared
          did you mean `bundle`?
          -> bundle
    E1109 [offer] `renewal` is a reminder | not an offer
          write `expect reminder renewal`
          -> reminder
    E1109 [reminder] `bundle` is an offer | not a reminder
          write `expect offer bundle`
          -> offer
    E1109 [sms] `bundle` never goes by `sms` | not one of its channels
          its channels are `mail`
    E1109 [notice] `shelf` is an offer | not a notice
          write `expect offer shelf`
          -> offer
    E0315 [3] a text is expected, and this is a whole number | a whole number
          write a text in double quotes
    E1109 ["BEER"] `bundle` is one offer, not one for each member | for whom?
          leave out `for …`
    E0208 [mial] no channel `mial` is declared | not declared
          did you mean `mail`?
          -> mail
    E1109 [2026-11-19 09:00] nothing is sent before the moment at which it is decided | too early
          write the moment of the test or a later one
    E1109 [mail] what is not made at all has no `by` | says nothing here
          leave out `by …`, or say what is made instead: `expect offer …`
    E1109 [2026-11-21 09:00] what is not made at all has no `at` | says nothing here
          leave out `at …`, or say what is made instead: `expect offer …`
    E0505 [-1] a limit is a whole number from 0 to 1000000 | not such a number
          write the number itself: `3`
    E0858 [contcts] `contcts` is neither `contacts` nor an offer | not declared
          did you mean `contacts`?
          -> contacts
    E1112 [0 days] in no time at all nothing happens | no length of time
          write how long: `in any 7 days`
    E0208 [email] no channel `email` is declared | not declared
          did you mean `mail`?
          -> mail
    E1109 [sms] `bundle` never goes by `sms` | not one of its channels
          its channels are `mail`
    E0303 [persons] a condition is expected, and this is a whole number | neither true nor false
          compare it with something: `persons > 0`
    E0858 [bundel] no offer `bundel` is declared | not declared
          did you mean `bundle`?
          -> bundle
    E0201 [agee] nothing here is called `agee` | not declared
          did you mean `age`?
          -> age
    E0202 [bundle] `bundle` is declared twice | the second time
          it is declared in a.offer, line 58; give this one another name
    E0204 [contact] `contact` means something else already | taken
          give it another name
    "#);
}

/// What a persona leaves to the tests that give it.
#[test]
fn what_a_persona_lacks_is_told_where_it_is_given() {
    let persona = r#"
persona shopper {
  persons: 3
  purchase: [
    { at: today - 9 days, product: "P1" },
    { at: today - 8 days, product: "P2" },
    { at: today - 7 days, product: "P3" },
    { at: today - 6 days, product: "P4" },
    { at: today - 5 days, product: "P1" },
  ]
}
"#;
    let whole = r#"
test "completed" {
  at 2026-11-20 18:00
  given shopper with { product: [{ product_id: "P1" }, { product_id: "P2" }] }
  given { product: [{ product_id: "P3" }, { product_id: "P4" }] }
  expect no offer
}
"#;
    let lacking = r#"
test "one is missing" {
  at 2026-11-20 18:00
  given shopper with { product: [{ product_id: "P1" }, { product_id: "Q2" }] }
  given { product: [{ product_id: "P3" }, { product_id: "P4" }] }
  expect no offer
}

test "all are missing, and one more" {
  at 2026-11-20 18:00
  given shopper
  given { purchase: [{ at: now - 1 day, product: "P7" }] }
  expect no offer
  then after 1 day
  given shopper with { product: [{ product_id: "P1" }, { product_id: "P2" }, { product_id: "P3" }] }
}
"#;
    assert_eq!(told(&format!("{persona}{whole}")), "");
    assert_snapshot!(told(&format!("{persona}{lacking}")), @r#"
    E1105 [shopper] `shopper` leads to the row "P2" of `product`, and nothing gives it | leads nowhere
          give it in the persona, or here: `given shopper with { product: [{ product_id: "P2", … }] }`
    E1105 [shopper] `shopper` leads to rows "P1", "P2", "P3" and 1 more of `product`, and nothing gives them | leads nowhere
          give them in the persona, or here: `given shopper with { product: [{ product_id: "P1", … }] }`
    E1105 ["P7"] no row of `product` has this key | leads nowhere
          give the row: `product: [{ product_id: … }]`, or write it here: `{ … }`
    E1105 [shopper] `shopper` leads to the row "P4" of `product`, and nothing gives it | leads nowhere
          give it in the persona, or here: `given shopper with { product: [{ product_id: "P4", … }] }`
    "#);
}

/// The conditions of the policy with the given items beside it, a line for each.
fn conditions(policy: &str) -> String {
    let (compiled, found) = rehearse(&files(policy));
    let found = found.unwrap_or_else(|| panic!("{:#?}", compiled.diagnostics));
    let of_file = found.conditions.iter().enumerate().filter(|(_, condition)| &*condition.place.path == "b.offer");
    let line = |(at, condition): (usize, &opportune_compiler::rehearsal::Condition)| {
        let words = &policy[condition.place.span.start as usize..condition.place.span.end as usize];
        assert_eq!(words.split_whitespace().collect::<Vec<_>>().join(" "), &*condition.text);
        assert!(condition.part_of.is_none_or(|of| of < at));
        let is_condition = |(_, expr)| found.plan.exprs.node(expr).ty == opportune_plan::Type::Bool;
        assert!(condition.meaning.all().all(is_condition));
        let of = condition.part_of.map(|of| format!(" of `{}`", found.conditions[of].text)).unwrap_or_default();
        let values = condition.values.iter().map(|(text, _)| format!(" <{text}>")).collect::<String>();
        let names = condition.names.as_ref().map(|name| format!(" names {name}")).unwrap_or_default();
        let can_be = condition.outcomes;
        let can_be = [(can_be.yes, "true"), (can_be.no, "false"), (can_be.unknown, "unknown")];
        let can_be: Vec<&str> = can_be.into_iter().filter(|(is, _)| *is).map(|(_, word)| word).collect();
        let meant = match &condition.meaning {
            Meaning::Alone(_) => String::new(),
            Meaning::OfOffers(all) => {
                format!(" of offers {:?}", all.iter().map(|(offer, _)| offer.0).collect::<Vec<_>>())
            }
        };
        let (owner, role, text) = (&condition.owner, condition.role, &condition.text);
        format!("{owner:?} {role:?} `{text}`{of}{values}{names}{meant}: {}\n", can_be.join(", "))
    };
    of_file.map(line).collect()
}

#[test]
fn conditions_are_taken_apart() {
    assert_snapshot!(conditions(
        r#"
segment big is persons > 4

trait old = age >= "65+" or not (persons between 1 and 3 and
  big)

trait weight = if old is true then 2 else if persons in [3, 4] then 1.5 else 0.5

offer first for each category c of product {
  channel mail when big, else sms
  eligible when big and exists(purchase in last 30 days where product.category = c else false) and score > weight
  except when birth > today - 18 years else false
  priority if big then (if home = owner then 3 else 2) else 1
  cap 1 per customer every 30 days when email_ok
}

channel other {
  needs email_ok and zone is not "UTC"
}

offer fields {
  risky: bool = false
  worth: int = 1
  floor: int?
}

channel rep {
  needs email_ok
  carries worth <= 2 or floor is known
  cost 5 USD
}

journey again = purchase where quantity > 1, then purchase where (if spend > 5 USD then quantity else 2) = 1

offer second {
  risky true
  worth 3
  channel other, else rep
  eligible when (persons > 1 and (home = owner and email_ok)) and count(purchase where product.price > 2 USD and
    (quantity > customer.persons or swap.category = "A") else false) > 2
  because "{if big then "a" else "b"}"
}

offer third {
  channel rep
}

guarantee "x" {
  never offer.risky when persons = 2 or birth is missing
  never offer.risky when offer.worth > persons and home = owner
}

portfolio {
  objective (if channel.cost > 1 USD and offer.worth > 1 then 2 USD else 1 USD) * score
  cap 3 per customer every 7 days when persons > 1
  lever a 1.2 where offer.worth > 2 when big
  suppress for 90 days after purchase where offer.worth > quantity
}
"#
    ), @r#"
    Definition("big") Segment `persons > 4` <persons>: true, false
    Definition("old") Segment `age >= "65+" or not (persons between 1 and 3 and big)`: true, false, unknown
    Definition("old") Segment `age >= "65+"` of `age >= "65+" or not (persons between 1 and 3 and big)` <age>: true, false, unknown
    Definition("old") Segment `not (persons between 1 and 3 and big)` of `age >= "65+" or not (persons between 1 and 3 and big)`: true, false
    Definition("old") Segment `(persons between 1 and 3 and big)` of `not (persons between 1 and 3 and big)`: true, false
    Definition("old") Segment `persons between 1 and 3` of `(persons between 1 and 3 and big)` <persons>: true, false
    Definition("old") Segment `big` of `(persons between 1 and 3 and big)` names big: true, false
    Definition("weight") Branch `old is true`: true, false
    Definition("weight") Branch `old` of `old is true` names old: true, false, unknown
    Definition("weight") Branch `persons in [3, 4]` <persons>: true, false
    Offer(OfferId(1)) Other `big` names big: true, false
    Offer(OfferId(1)) Eligible `big and exists(purchase in last 30 days where product.category = c else false) and score > weight`: true, false, unknown
    Offer(OfferId(1)) Eligible `big` of `big and exists(purchase in last 30 days where product.category = c else false) and score > weight` names big: true, false
    Offer(OfferId(1)) Eligible `exists(purchase in last 30 days where product.category = c else false)` of `big and exists(purchase in last 30 days where product.category = c else false) and score > weight`: true, false
    Offer(OfferId(1)) Eligible `score > weight` of `big and exists(purchase in last 30 days where product.category = c else false) and score > weight` <score> <weight>: true, false, unknown
    Offer(OfferId(1)) Except `birth > today - 18 years else false`: true, false
    Offer(OfferId(1)) Except `birth > today - 18 years` of `birth > today - 18 years else false` <birth> <today - 18 years>: true, false, unknown
    Offer(OfferId(1)) Branch `big` names big: true, false
    Offer(OfferId(1)) Branch `home = owner` <home>: true, false
    Offer(OfferId(1)) Other `email_ok`: true, false
    Channel("other") Needs `email_ok and zone is not "UTC"`: true, false
    Channel("other") Needs `email_ok` of `email_ok and zone is not "UTC"`: true, false
    Channel("other") Needs `zone is not "UTC"` of `email_ok and zone is not "UTC"` <zone>: true, false
    Channel("rep") Needs `email_ok`: true, false
    Channel("rep") Offers `worth <= 2 or floor is known` of offers [3, 5]: true, false
    Channel("rep") Offers `worth <= 2` of `worth <= 2 or floor is known` <worth> of offers [3, 5]: true, false
    Channel("rep") Offers `floor is known` of `worth <= 2 or floor is known` <floor> of offers [3, 5]: false
    Definition("again") Where `quantity > 1` <quantity>: true, false
    Definition("again") Where `(if spend > 5 USD then quantity else 2) = 1` <(if spend > 5 USD then quantity else 2)>: true, false
    Definition("again") Branch `spend > 5 USD` of `(if spend > 5 USD then quantity else 2) = 1` <spend>: true, false
    Offer(OfferId(3)) Eligible `(persons > 1 and (home = owner and email_ok)) and count(purchase where product.price > 2 USD and (quantity > customer.persons or swap.category = "A") else false) > 2`: true, false
    Offer(OfferId(3)) Eligible `persons > 1` of `(persons > 1 and (home = owner and email_ok)) and count(purchase where product.price > 2 USD and (quantity > customer.persons or swap.category = "A") else false) > 2` <persons>: true, false
    Offer(OfferId(3)) Eligible `home = owner` of `(persons > 1 and (home = owner and email_ok)) and count(purchase where product.price > 2 USD and (quantity > customer.persons or swap.category = "A") else false) > 2` <home>: true, false
    Offer(OfferId(3)) Eligible `email_ok` of `(persons > 1 and (home = owner and email_ok)) and count(purchase where product.price > 2 USD and (quantity > customer.persons or swap.category = "A") else false) > 2`: true, false
    Offer(OfferId(3)) Eligible `count(purchase where product.price > 2 USD and (quantity > customer.persons or swap.category = "A") else false) > 2` of `(persons > 1 and (home = owner and email_ok)) and count(purchase where product.price > 2 USD and (quantity > customer.persons or swap.category = "A") else false) > 2` <count(purchase where product.price > 2 USD and (quantity > customer.persons or swap.category = "A") else false)>: true, false
    Offer(OfferId(3)) Where `product.price > 2 USD and (quantity > customer.persons or swap.category = "A") else false`: true, false
    Offer(OfferId(3)) Where `product.price > 2 USD and (quantity > customer.persons or swap.category = "A")` of `product.price > 2 USD and (quantity > customer.persons or swap.category = "A") else false`: true, false, unknown
    Offer(OfferId(3)) Where `product.price > 2 USD` of `product.price > 2 USD and (quantity > customer.persons or swap.category = "A")` <product.price>: true, false
    Offer(OfferId(3)) Where `(quantity > customer.persons or swap.category = "A")` of `product.price > 2 USD and (quantity > customer.persons or swap.category = "A")`: true, false, unknown
    Offer(OfferId(3)) Where `quantity > customer.persons` of `(quantity > customer.persons or swap.category = "A")` <quantity> <customer.persons>: true, false
    Offer(OfferId(3)) Where `swap.category = "A"` of `(quantity > customer.persons or swap.category = "A")` <swap.category>: true, false, unknown
    Offer(OfferId(3)) Branch `big` names big: true, false
    Guarantee("x") Offers `offer.risky` of offers [0, 1, 2, 3, 4, 5]: true, false
    Guarantee("x") Never `persons = 2 or birth is missing`: true, false
    Guarantee("x") Never `persons = 2` of `persons = 2 or birth is missing` <persons>: true, false
    Guarantee("x") Never `birth is missing` of `persons = 2 or birth is missing` <birth>: true, false
    Guarantee("x") Offers `offer.risky` of offers [0, 1, 2, 3, 4, 5]: true, false
    Guarantee("x") Never `offer.worth > persons and home = owner` of offers [3]: true, false
    Guarantee("x") Never `offer.worth > persons` of `offer.worth > persons and home = owner` <offer.worth> <persons> of offers [3]: true, false
    Guarantee("x") Never `home = owner` of `offer.worth > persons and home = owner` <home>: true, false
    Portfolio Branch `channel.cost > 1 USD and offer.worth > 1` of offers [0, 1, 1, 2, 3, 4, 5]: true, false
    Portfolio Branch `channel.cost > 1 USD` of `channel.cost > 1 USD and offer.worth > 1` <channel.cost> of offers [0, 1, 1, 2, 3, 4, 5]: true, false
    Portfolio Branch `offer.worth > 1` of `channel.cost > 1 USD and offer.worth > 1` <offer.worth> of offers [0, 1, 2, 3, 4, 5]: true, false
    Portfolio Other `persons > 1` <persons>: true, false
    Portfolio Offers `offer.worth > 2` <offer.worth> of offers [0, 1, 2, 3, 4, 5]: true, false
    Portfolio Other `big` names big: true, false
    Portfolio Where `offer.worth > quantity` <offer.worth> <quantity> of offers [0, 1, 2, 3, 4, 5]: true, false
    "#);
}

/// A persona that is given at each of very many moments.
#[test]
fn a_test_gives_only_so_much() {
    let events = "{ at: now - 1 day, product: { category: \"BEER\" } }, ".repeat(400);
    let moments = "  then after 1 minute\n  given busy\n".repeat(1_000);
    let tests = format!(
        "persona busy {{\n  purchase: [{events}]\n}}\n\ntest \"a\" {{\n  at 2026-11-20 18:00\n  given busy\n{moments}  expect no offer\n}}\n"
    );
    let told = told(&tests);
    assert!(told.starts_with("E1114 [\"a\"]") && told.lines().count() == 2, "{told}");
}

/// Whatever becomes of the words of a test: every message has its place, and a test that is right has a rehearsal.
#[test]
fn damaged_tests_are_answered() {
    const SAMPLE: &str = r#"
persona parent {
  persons: 3, tags: ["b", "a"]
  purchase: [{ at: today - 10 days, product: { category: "BEER" }, spend: 20 USD }]
}

test "a parent" {
  at 2026-11-20 18:00
  given parent with { persons: 4, purchase: [{ at: now - 1 day, product: "P1" }] }
  given { product: [{ product_id: "P1", price: 2.50 USD }], zone: "Europe/London" }
  with context { reason: complaint }
  expect offer bundle by mail at 2026-11-21 09:00 because "many"
  expect offer shelf for "BEER"
  then after 3 days
  given { mailing: [{ at: 2026-11-01 }], response: [{ at: now, outcome: seen }] }
  expect not bundle
  always at most 3 contacts in any 7 days by mail
  always not bundle when persons > 3 or birth is missing
}
"#;
    let words: Vec<&str> = SAMPLE.split_inclusive([' ', '\n']).collect();
    let puts = ["", "missing ", "[ ", "{ ", "now ", "\"x\" ", "3 ", "at: "];
    // Each word goes once, and each that is put in comes at many places.
    for (at, put) in (0..words.len()).flat_map(|at| [(at, ""), (at, puts[at % puts.len()])]) {
        let all: Vec<&str> = words.iter().enumerate().map(|(n, word)| if n == at { put } else { *word }).collect();
        let text = all.concat();
        let (compiled, found) = rehearse(&files(&text));
        for found in compiled.diagnostics.iter().filter(|found| &*found.path == "b.offer") {
            let spans = found.diagnostic.labels.iter().map(|label| label.span);
            spans.for_each(|span| assert!(text.get(span.start as usize..span.end as usize).is_some(), "{text}"));
        }
        assert_eq!(compiled.plan.is_some(), found.is_some(), "{text}");
    }
}
