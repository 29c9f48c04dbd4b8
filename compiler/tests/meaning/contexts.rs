//! The context of a request: its fields, how they are reached, and what they cannot be.

use insta::assert_snapshot;
use opportune_compiler::hir::context as request;
use opportune_plan::Constant;

use super::check::{plan, told, told_each, with_schema};

const CONTEXT: &str = "context {
  reason: one_of(purchase, complaint)
  companion: bool?
  product_id: text
  mood: number from \"Mood Score\"
}
";

#[test]
fn fields_are_reached_everywhere_and_may_be_missing() {
    let fine = [
        "segment s is context.reason = complaint",
        "segment s is context.companion else false",
        "segment s is exists(purchase where product_id = context.product_id)",
        "segment s is product(context.product_id).department = \"X\"",
        "trait t = context.mood else 0",
    ];
    for text in fine {
        assert_eq!(told(&format!("{CONTEXT}\n{text}")), "  fine\n", "{text}");
    }
    let offer = |clause: &str| format!("{CONTEXT}\noffer x {{\n  channel mail\n  {clause}\n}}");
    assert_snapshot!(told_each(&[&offer("priority context.mood"), &offer("because \"{context.mood}\"")]), @r#"
    context {
      reason: one_of(purchase, complaint)
      companion: bool?
      product_id: text
      mood: number from "Mood Score"
    }

    offer x {
      channel mail
      priority context.mood
    }
      E0401 at `context.mood`: this priority may be missing
        help: say what it is then: `(…) else 0`; a condition in `if` becomes definite by `is true`; what `eligible` compares is known here

    context {
      reason: one_of(purchase, complaint)
      companion: bool?
      product_id: text
      mood: number from "Mood Score"
    }

    offer x {
      channel mail
      because "{context.mood}"
    }
      E0405 at `context.mood`: this hole may be missing, and the sentence would have a gap
        help: say what stands there then: `{… else …}`; what `eligible` compares, or says `is known` of, is known here
    "#);
}

#[test]
fn what_is_wrong_with_a_context() {
    let wrong = [
        "context {\n  key id: text\n}",
        "context {\n  at moment: instant\n}",
        "context {\n  product_id: text -> product\n}",
        "context {\n  starts: date from campaign.starts\n}",
        "context {\n  a: int\n  a: text\n}",
        "context {\n  a: int = 3\n}",
        "context {\n  a: integer\n}",
        "context {\n  a: int\n}\n\n// Another one.\ncontext {\n  b: int\n}",
        "context {\n  reason: text\n}\n\nsegment s is context.reson = \"x\"",
        "context {\n  reason: text\n}\n\nsegment s is context = \"x\"",
        "segment s is context.reason = \"x\"",
        "segment context is persons > 2",
        "table context {\n  key id: text\n}",
    ];
    assert_snapshot!(told_each(&wrong), @r#"
    context {
      key id: text
    }
      E0613 at `key`: a context has no `key` or `at`
        help: a request is one customer's, now: leave the word out

    context {
      at moment: instant
    }
      E0613 at `at`: a context has no `key` or `at`
        help: a request is one customer's, now: leave the word out

    context {
      product_id: text -> product
    }
      E0613 at `product`: a field of the context links to no table
        help: look the row up where it is needed: `product(context.product_id).…`

    context {
      starts: date from campaign.starts
    }
      E0613 at `starts`: a field of the context comes through no link
        help: name the one column that brings it: `from column`

    context {
      a: int
      a: text
    }
      E0607 at `a`: the field `a` is declared twice
        help: rename or remove one; a column may go by any name: `other_name: text from this_column`

    context {
      a: int = 3
    }
      E0613 at `3`: only offer fields and the customer's time zone have a default
        help: in data, write `?` and say `field else value` where it is used

    context {
      a: integer
    }
      E0606 at `integer`: `integer` is not a type
        help: did you mean `int`?
        fix: replace `integer` with `int`

    context {
      a: int
    }

    // Another one.
    context {
      b: int
    }
      E0616 at `context`: a project has one `context`
        help: put all its fields into one

    context {
      reason: text
    }

    segment s is context.reson = "x"
      E0203 at `reson`: `context` has no field `reson`
        help: did you mean `reason`?
        fix: replace `reson` with `reason`

    context {
      reason: text
    }

    segment s is context = "x"
      E0206 at `context`: `context` is all that a request brings
        help: name one of its fields: `context.…`

    segment s is context.reason = "x"
      E0206 at `context`: the project declares no context
        help: declare what a request may bring: `context { reason: text }`

    segment context is persons > 2
      E0204 at `context`: `context` means something else already
        help: give it another name

    table context {
      key id: text
    }
      E0204 at `context`: `context` means something else already
        help: give it another name
    "#);
}

#[test]
fn a_context_in_the_plan() {
    let text =
        format!("{CONTEXT}\noffer x {{\n  channel mail\n  except when context.reason = complaint else false\n}}");
    assert_snapshot!(plan(&text), @r#"
    %0 = household.email_ok : bool?
    %1 = context.reason : one_of("purchase", "complaint")?
    %2 = 'complaint' : one_of("purchase", "complaint")
    %3 = %1 = %2 : bool?
    %4 = false : bool
    %5 = %3 else %4 : bool
    %6 = 1.0 : number
    channel email needs %0
    channel mail
    offer x
      topic "general"
      tier 1
      sells []
      except %5
      channel mail
      priority %6
    portfolio
      slots 1
    "#);
}

#[test]
fn values_of_a_request_are_read_by_the_type_of_their_field() {
    let text = "context {
  yes: bool
  whole: int
  part: number
  price: money(USD)
  words: text
  reason: one_of(purchase, complaint)
  day: date
  hour: time
  moment: instant
  length: duration
  days: days
  months: months
  zone: timezone
  spot: place
  away: distance
  tags: set of text
  numbers: set of int
}";
    let compiled = with_schema(text);
    let plan = compiled.plan.unwrap_or_else(|| panic!("{:#?}", compiled.diagnostics));
    let read = |key: &str, value: &str| request::read(&plan, key, value).map(|(_, constant)| constant);
    let shown = |key: &str, value: &str| format!("{key}={value}: {:?}\n", read(key, value).unwrap());
    let good = [
        ("yes", "true"),
        ("whole", "-20_000"),
        ("part", "5%"),
        ("part", "3"),
        ("price", "20.50 USD"),
        ("words", "any; { text } // at all"),
        ("reason", "complaint"),
        ("day", "2026-11-01"),
        ("hour", "21:30"),
        ("moment", "2026-11-01 18:00"),
        ("moment", "2026-11-01T18:00:00Z"),
        ("length", "90 minutes"),
        ("days", "2 weeks"),
        ("months", "1 year"),
        ("zone", "Europe/London"),
        ("spot", "40.71, -74.00"),
        ("away", "5 km"),
        ("tags", "b|a|b"),
        ("numbers", "3|1"),
        ("whole", ""),
    ];
    assert_snapshot!(good.map(|(key, value)| shown(key, value)).concat(), @r#"
    yes=true: Some(Bool(true))
    whole=-20_000: Some(Int(-20000))
    part=5%: Some(Number(0.05))
    part=3: Some(Number(3.0))
    price=20.50 USD: Some(Money(USD, 20500000))
    words=any; { text } // at all: Some(Text("any; { text } // at all"))
    reason=complaint: Some(OneOf(DomainId(2), 1))
    day=2026-11-01: Some(Date(20758))
    hour=21:30: Some(Time(77400000000))
    moment=2026-11-01 18:00: Some(Instant(1793574000000000))
    moment=2026-11-01T18:00:00Z: Some(Instant(1793556000000000))
    length=90 minutes: Some(Duration(5400000000))
    days=2 weeks: Some(Days(14))
    months=1 year: Some(Months(12))
    zone=Europe/London: Some(Zone("Europe/London"))
    spot=40.71, -74.00: Some(Place(Place { latitude: 407100000, longitude: -740000000 }))
    away=5 km: Some(Distance(5000.0))
    tags=b|a|b: Some(Set(Text, [Text("a"), Text("b")]))
    numbers=3|1: Some(Set(Int, [Int(1), Int(3)]))
    whole=: None
    "#);
    assert_eq!(read("whole", ""), Ok(None::<Constant>));
    let bad = [
        ("yes", "ja"),
        ("whole", "1.5"),
        ("whole", "99999999999999999999"),
        ("price", "20"),
        ("price", "20 EUR"),
        ("reason", "complain"),
        ("day", "2026-02-30"),
        ("day", "today"),
        ("hour", "25:00"),
        ("moment", "yesterday"),
        ("length", "3 days"),
        ("zone", "Europe/Londn"),
        ("spot", "91,0"),
        ("spot", "here"),
        ("numbers", "1|x"),
        ("part", "1\n}\nsegment x is true"),
        ("words_", "x"),
        ("colour", "red"),
    ];
    let told = bad.map(|(key, value)| {
        let refused = read(key, value).unwrap_err();
        format!("{}\n  help: {}\n", refused.message, refused.help)
    });
    assert_snapshot!(told.concat(), @r#"
    `ja` is not a condition, which `context.yes` is
      help: write `true` or `false`
    `1.5` is not a whole number, which `context.whole` is
      help: write a whole number: `3`
    `99999999999999999999` is not a whole number, which `context.whole` is
      help: write a whole number: `3`
    `20` is not an amount in USD, which `context.price` is
      help: write an amount with its currency: `20 USD`
    `20 EUR` is not an amount in USD, which `context.price` is
      help: write an amount with its currency: `20 USD`
    `complain` is not one of `purchase`, `complaint`, which `context.reason` is
      help: did you mean `complaint`?
    `2026-02-30` is not a date, which `context.day` is
      help: write a date: `2026-11-01`
    `today` is not a date, which `context.day` is
      help: write a date: `2026-11-01`
    `25:00` is not a time of day, which `context.hour` is
      help: write a time of day: `18:30`
    `yesterday` is not a moment, which `context.moment` is
      help: write a local time of the project's zone, `2026-11-01 18:00`, or one with its offset
    `3 days` is not a length in hours, which `context.length` is
      help: write a length in hours or less: `90 minutes`
    `Europe/Londn` is not a time zone, which `context.zone` is
      help: write a name of the IANA time zone database: `America/New_York`
    `91,0` is not a place, which `context.spot` is
      help: write degrees north and east: `40.71,-74.00`
    `here` is not a place, which `context.spot` is
      help: write degrees north and east: `40.71,-74.00`
    `1|x` is not a set of whole numbers, which `context.numbers` is
      help: write a whole number: `3`
    `1\n}\nsegment x is true` is not a number, which `context.part` is
      help: write a number: `0.5`, or `5%`
    the context has no field `words_`
      help: did you mean `words`?
    the context has no field `colour`
      help: its fields are `yes`, `whole`, `part`, `price`, `words`, `reason`, `day`, `hour`, `moment`, `length`, `days`, `months`, `zone`, `spot`, `away`, `tags`, `numbers`
    "#);
    let plain = with_schema("").plan.unwrap();
    assert!(request::read(&plain, "reason", "x").is_err_and(|refused| refused.message.contains("no context")));
}
