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
    assert_snapshot!(told_each(&[&offer("priority context.mood"), &offer("because \"{context.mood}\"")]), @"");
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
    assert_snapshot!(told_each(&wrong), @"");
}

#[test]
fn a_context_in_the_plan() {
    let text = format!("{CONTEXT}\noffer x {{\n  channel mail\n  except when context.reason = complaint else false\n}}");
    assert_snapshot!(plan(&text), @"");
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
    assert_snapshot!(good.map(|(key, value)| shown(key, value)).concat(), @"");
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
    assert_snapshot!(told.concat(), @"");
    let plain = with_schema("").plan.unwrap();
    assert!(request::read(&plain, "reason", "x").is_err_and(|refused| refused.message.contains("no context")));
}
