//! What `eligible` compares is known in the offer's other clauses.

use insta::assert_snapshot;

use super::check::{plan, told};

fn offer(eligible: &str, priority: &str) -> String {
    told(&format!(
        "trait half = kids / 2\n\noffer a {{\n  channel mail\n  eligible when {eligible}\n  priority {priority}\n}}"
    ))
}

#[test]
fn compared_values_are_known() {
    for eligible in [
        "kids > 1",
        "persons > 1 and kids is known",
        "not (kids = 1)",
        "not (kids = 1 or loyalty is missing)",
        "kids in [1, 2]",
        "kids between 1 and 3",
        "kids not in [1]",
        "(kids + persons > 3) is true",
        "not (kids is missing)",
        "2 * kids - 1 > 3",
        "round(sqrt(kids)) > 1",
        "greatest(kids, persons) > 3",
        "quotient(kids, 2) = 1",
        "product(\"x\").price * kids > 3 USD",
    ] {
        assert_eq!(offer(eligible, "kids * 2"), "  fine\n", "{eligible}");
    }
    assert_eq!(offer("half > 1", "half"), "  fine\n");
}

#[test]
fn other_values_are_not() {
    for eligible in [
        "kids > 1 or persons > 1",
        "kids > 1 else true",
        "not (kids > 1 and persons > 1)",
        "kids is missing",
        "persons > 1",
        "loyalty > 1",
        "(if kids > 1 then true else false) else true",
    ] {
        assert!(offer(eligible, "kids * 2").contains("E0401"), "{eligible}");
    }
}

#[test]
fn each_eligible_line_counts_and_a_default_is_never_read() {
    let text = "offer a {\n  channel mail\n  eligible when persons > 1\n  eligible when kids > 1\n  \
                priority kids\n  except when kids = 7\n}";
    assert_snapshot!(plan(text), @r#"
    %0 = household.email_ok : bool?
    %1 = 1 : int
    %2 = household.persons : int
    %3 = %1 < %2 : bool
    %4 = household.kids : int?
    %5 = %1 < %4 : bool?
    %6 = %3 and %5 : bool?
    %7 = 0 : int
    %8 = %4 else %7 : int
    %9 = 7 : int
    %10 = %8 = %9 : bool
    %11 = number %8 : number
    channel email needs %0
    channel mail
    offer a
      topic "general"
      tier 1
      sells []
      eligible %6
      except %10
      channel mail
      priority %11
    portfolio
      slots 1
    "#);
}
