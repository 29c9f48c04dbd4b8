//! Guarantees: which offers they watch, what they forbid, and when they are kept anyway.

use insta::assert_snapshot;
use opportune_compiler::diagnostic::Severity;

use super::check::{plan, told, told_each, with_schema};

const OFFERS: &str = r#"
offer beer {
  channel mail
  topic "alcohol"
  sells ["BEER", "CRISPS"]
  ceiling 5 USD
}

offer wine {
  channel mail
  topic "alcohol"
  tier 3
  eligible when age >= "25-34"
}

offer soup {
  channel mail
  topic "food"
}
"#;

fn guarantee(clauses: &str) -> String {
    format!("guarantee \"g\" {{\n  {clauses}\n}}\n{OFFERS}")
}

/// The names of the offers that it watches, and whether it is kept anyway.
fn watched(clauses: &str) -> (Vec<String>, bool) {
    let compiled = with_schema(&guarantee(clauses));
    let plan = compiled.plan.unwrap_or_else(|| panic!("{clauses}: {:#?}", compiled.diagnostics));
    let watched = plan.offers.iter().filter(|offer| !offer.forbidden.is_empty()).map(|offer| offer.name.to_string());
    (watched.collect(), plan.guarantees[0].kept_anyway)
}

fn watches(clauses: &str, offers: &[&str]) {
    assert_eq!(watched(clauses).0, offers, "{clauses}");
}

#[test]
fn offers_are_matched_by_their_fields() {
    let young = "when age = \"19-24\"";
    watches(&format!("never offer.topic = \"alcohol\" {young}"), &["beer", "wine"]);
    watches(&format!("never offer.topic is not \"alcohol\" {young}"), &["soup"]);
    watches(&format!("never offer.topic in [\"food\", \"pets\"] {young}"), &["soup"]);
    watches(&format!("never offer.topic starts with \"alc\" and offer.tier > 2 {young}"), &["wine"]);
    watches(&format!("never offer.topic ends with \"od\" or offer.tier = 3 {young}"), &["soup", "wine"]);
    watches(&format!("never offer.sells contains \"BEER\" {young}"), &["beer"]);
    watches(&format!("never \"BEER\" in offer.sells {young}"), &["beer"]);
    watches(&format!("never offer.sells overlaps [\"CRISPS\", \"NUTS\"] {young}"), &["beer"]);
    watches(&format!("never offer.ceiling >= 5 USD else false {young}"), &["beer"]);
    watches(&format!("never offer.ceiling is missing {young}"), &["soup", "wine"]);
    // What is unknown of an offer forbids too, for whom the rest is not definitely false.
    watches(&format!("never offer.ceiling > 9 USD {young}"), &["soup", "wine"]);
    watches("never offer.tier between 2 and 4", &["wine"]);
    watches("never offer.topic = \"toys\" when age = \"19-24\"\n  never offer.tier = 3", &["wine"]);
}

#[test]
fn kept_anyway_is_claimed_only_where_it_is_sure() {
    let of_wine = |when: &str, holds: bool| {
        let (offers, kept) = watched(&format!("never offer.tier = 3 when {when}"));
        assert_eq!((offers, kept), (vec!["wine".to_owned()], holds), "{when}");
    };
    of_wine("age = \"19-24\"", true);
    of_wine("age < \"25-34\"", true);
    of_wine("not (age >= \"25-34\")", true);
    of_wine("age in [\"19-24\"]", true);
    of_wine("age = \"19-24\" and persons > 3", true);
    of_wine("age = \"19-24\" or persons > 3", false);
    of_wine("age <= \"25-34\"", false);
    of_wine("age is not \"65+\"", false);
    of_wine("age = \"65+\"", false);
    of_wine("kids > 2", false);
    assert!(watched("never offer.tier = 9 when kids > 2").1, "no offer matches");
    assert!(!watched("never offer.topic = \"alcohol\" when age = \"19-24\"").1, "beer asks for no age");
}

#[test]
fn an_except_keeps_a_guarantee() {
    let kept = |clauses: &str, when: &str| {
        let text = format!(
            "guarantee \"g\" {{\n  never offer.tier = 3 when {when}\n}}\n\nsegment young is age < \"25-34\"\n\noffer x {{\n  channel mail\n  tier 3\n  {clauses}\n}}"
        );
        let compiled = with_schema(&text);
        compiled.plan.unwrap_or_else(|| panic!("{:#?}", compiled.diagnostics)).guarantees[0].kept_anyway
    };
    assert!(kept("except when young", "young"));
    assert!(kept("except when young or kids > 2", "kids > 2"));
    assert!(kept("except when kids > 2", "kids > 3"));
    assert!(kept("eligible when not young and persons > 1", "young"));
    assert!(kept("eligible when (kids < 2) is true", "kids >= 2"));
    assert!(kept("except when birth > today - 21 years", "birth > today - 21 years"));
    assert!(kept("eligible when birth <= today - 21 years", "birth > today - 21 years"));
    // A cap, a channel or the timing keeps no promise, and what is unknown is not excluded by `else false`.
    assert!(!kept("except when young else false", "young"));
    assert!(kept("except when young else true", "young"));
    assert!(!kept("except when kids > 3", "kids > 2"));
    assert!(!kept("except when birth > today - 18 years", "birth > today - 21 years"));
    assert!(!kept("eligible when kids < 2 or persons > 1", "kids >= 2"));
    assert!(!kept("eligible when young else true", "not young"));
}

#[test]
fn what_is_wrong_with_a_guarantee() {
    let wrong = [
        "never age = \"19-24\"",
        "never offer.topic = \"alcohol\" and age = \"19-24\"",
        "never age = \"19-24\" when persons > 2",
        "never true when persons > 2",
        "never offer.topc = \"alcohol\" when persons > 2",
        "never offer.tier when persons > 2",
        "never offer.tier = \"x\" when persons",
        "never offer.topic = \"alcohol\" when persns > 2",
    ]
    .map(guarantee);
    assert_snapshot!(told_each(&wrong.each_ref().map(String::as_str)).replace(OFFERS, ""), @r#"
    guarantee "g" {
      never age = "19-24"
    }

      E0520 at `age = "19-24"`: `never` says which offers, and this looks at the customer
        help: say of which offers first, then for whom: `never offer.topic = "alcohol" when …`

    guarantee "g" {
      never offer.topic = "alcohol" and age = "19-24"
    }

      E0520 at `offer.topic = "alcohol" and age = "19-24"`: `never` says which offers, and this looks at the customer
        help: say of which offers first, then for whom: `never offer.topic = "alcohol" when …`

    guarantee "g" {
      never age = "19-24" when persons > 2
    }

      E0520 at `age = "19-24"`: `never` says which offers, and this looks at the customer
        help: move what looks at the customer behind `when`: `never offer.… = … when … and …`

    guarantee "g" {
      never true when persons > 2
    }

      E0520 at `true`: `never` says which offers, and this says nothing of them
        help: name a field of the offers: `never offer.topic = "alcohol" when …`

    guarantee "g" {
      never offer.topc = "alcohol" when persons > 2
    }

      E0203 at `topc`: offers have no field `topc`
        help: did you mean `topic`?
        fix: replace `topc` with `topic`

    guarantee "g" {
      never offer.tier when persons > 2
    }

      E0303 at `offer.tier`: a condition is expected, and this is a whole number
        help: compare it with something: `offer.tier > 0`

    guarantee "g" {
      never offer.tier = "x" when persons
    }

      E0301 at `offer.tier = "x"`: a whole number does not compare with a text
        help: write numbers without quotes, and texts with them
      E0303 at `persons`: a condition is expected, and this is a whole number
        help: compare it with something: `persons > 0`

    guarantee "g" {
      never offer.topic = "alcohol" when persns > 2
    }

      E0201 at `persns`: nothing here is called `persns`
        help: did you mean `persons`?
        fix: replace `persns` with `persons`
    "#);
    let two = "guarantee \"g\" {\n  never offer.tier = 3\n}\n\nguarantee \"g\" {\n  never offer.tier = 2\n}";
    let review = "guarantee \"g\" review by today {\n  never offer.tier = 3\n}";
    assert_snapshot!(told_each(&[two, review]), @r#"
    guarantee "g" {
      never offer.tier = 3
    }

    guarantee "g" {
      never offer.tier = 2
    }
      E0202 at `"g"`: `g` is declared twice
        help: it is declared in test.offer, line 53; give this one another name

    guarantee "g" review by today {
      never offer.tier = 3
    }
      E0521 at `today`: the day of a review is written with a date
        help: write the date: `review by 2027-06-30`
    "#);
}

#[test]
fn a_guarantee_takes_no_name_from_others() {
    let text = "guarantee \"beer\" {\n  never offer.tier = 3 when offer.ceiling > 2 USD else true\n}";
    assert_eq!(told(&format!("{text}\n{OFFERS}")), "  fine\n");
}

#[test]
fn reviews_that_are_past_are_warned_of() {
    let text = "guarantee \"old\" review by 2026-11-20 {\n  never offer.tier = 3\n}";
    let compiled = with_schema(text);
    let day = 20_777; // 2026-11-20
    assert_eq!(compiled.past_review(day), []);
    let late = compiled.past_review(day + 1);
    assert_eq!(late.len(), 1);
    assert_eq!(late[0].diagnostic.severity, Severity::Warning);
    assert_snapshot!(late[0].diagnostic.message, @r#"the guarantee "old" was due for review yesterday"#);
    assert_snapshot!(compiled.past_review(day + 40)[0].diagnostic.message, @r#"the guarantee "old" was due for review 40 days ago"#);
}

#[test]
fn what_is_forbidden_in_the_plan() {
    let text = guarantee(
        "never offer.topic = \"alcohol\" when birth > today - 21 years\n  never offer.ceiling > 3 USD when age = \"19-24\"",
    );
    assert_snapshot!(plan(&text), @r#"
    %0 = household.email_ok : bool?
    %1 = 1.0 : number
    %2 = zone "America/New_York" : timezone
    %3 = today(%2) : date
    %4 = -252 months : months
    %5 = moved(%3, %4) : date
    %6 = household.birth : date?
    %7 = %5 < %6 : bool?
    %8 = household.age : ordered("19-24", "25-34", "65+")?
    %9 = '19-24' : ordered("19-24", "25-34", "65+")
    %10 = %8 = %9 : bool?
    %11 = %7 or %10 : bool?
    %12 = 3000000u USD : money(USD)
    %13 = missing : money(USD)?
    %14 = %12 < %13 : bool?
    %15 = %10 and %14 : bool?
    %16 = '25-34' : ordered("19-24", "25-34", "65+")
    %17 = %16 <= %8 : bool?
    %18 = %7 or %15 : bool?
    guarantee "g"
    channel email needs %0
    channel mail
    offer beer
      topic "alcohol"
      tier 1
      ceiling 5000000u USD
      sells ["BEER", "CRISPS"]
      forbidden %11 by "g"
      channel mail
      priority %1
    offer soup
      topic "food"
      tier 1
      sells []
      forbidden %15 by "g"
      channel mail
      priority %1
    offer wine
      topic "alcohol"
      tier 3
      sells []
      eligible %17
      forbidden %18 by "g"
      channel mail
      priority %1
    portfolio
      slots 1
    "#);
}
