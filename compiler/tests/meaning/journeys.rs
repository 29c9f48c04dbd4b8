//! Journeys: their steps, what is asked of them, and what they may not need.

use insta::assert_snapshot;

use super::check::{plan, told, told_each};

const SHOPPING: &str =
    "journey shopping = contact, then purchase within 30 days where spend > 5 USD, then purchase within 12 hours";

#[test]
fn steps_and_what_is_asked() {
    let fine = [
        "segment s is shopping.step >= 2",
        "segment s is shopping.since in last 30 days",
        "segment s is shopping.since is missing or shopping.step = 0",
        "trait t = shopping.since else now",
        "segment s is exists(purchase where bought_at > shopping.since)",
        "journey other = purchase where customer.persons > 2 and quantity > 1, then purchase within 2 months",
    ];
    for text in fine {
        assert_eq!(told(&format!("{SHOPPING}\n{text}")), "  fine\n", "{text}");
    }
}

#[test]
fn what_is_wrong_with_a_journey() {
    let wrong = [
        "journey j = purchase within 3 days, then purchase",
        "journey j = purchase, then contact within 3 hours",
        "journey j = purchase, then purchase within 0 days",
        "journey j = purchase, then purchase within 3",
        "journey j = purchase where coupon = \"A\", then contact",
        "journey j = purchas, then product, then household",
        "journey j = purchase where persons > 3",
        "journey j = purchase, then purchase where j.step = 1",
        "journey j = purchase where h.step = 1\n\njourney h = contact",
        "journey h = contact\n\nsegment s is h.step = 1\n\nsegment t is s or persons > 2\n\njourney j = purchase where t",
        "journey h = contact\n\nsegment s is h",
        "journey h = contact\n\nsegment s is h.steps = 1",
        "journey h = contact\n\nsegment s is h.step.since = 1",
        "journey h = contact\n\nsegment s is hh.step = 1",
        "journey h = contact\n\njourney h = purchase",
        "journey persons = contact",
        "journey email = contact",
    ];
    assert_snapshot!(told_each(&wrong), @r#"
    journey j = purchase within 3 days, then purchase
      E0518 at `3 days`: the first step follows no other, so it has no limit
        help: leave `within …` out; to look at a stretch of time only, say so where the journey is used: `checkin.since in last 30 days`

    journey j = purchase, then contact within 3 hours
      E0312 at `3 hours`: these events happen on a date, which has no hours
        help: give the limit in days, weeks, months or years

    journey j = purchase, then purchase within 0 days
      E0312 at `0 days`: this is not a length of time
        help: write a positive number with its unit: `30 days`, `12 weeks`, `6 hours`

    journey j = purchase, then purchase within 3
      E0115 at `3`: a step comes within a length of time
        help: add a unit: `within 3 days`

    journey j = purchase where coupon = "A", then contact
      E0406 at `coupon = "A"`: this `where` may be unknown, and then nobody could say which step is reached
        help: say what counts then: `else false` at its end leaves such events out, `else true` takes them in

    journey j = purchas, then product, then household
      E0207 at `purchas`: no events `purchas` are declared
        help: did you mean `purchase`?
        fix: replace `purchas` with `purchase`
      E0313 at `product`: `product` is not a table of events
        help: aggregates look at what happened to the customer: a table declared with `events`
      E0313 at `household`: `household` is not a table of events
        help: aggregates look at what happened to the customer: a table declared with `events`

    journey j = purchase where persons > 3
      E0210 at `persons`: `persons` is the customer's, and this looks at events
        help: write `customer.persons`
        fix: write `customer.persons`

    journey j = purchase, then purchase where j.step = 1
      E0519 at `j.step = 1`: a journey cannot need a journey
        help: write the steps of both as one journey, or ask for both where they are used

    journey j = purchase where h.step = 1

    journey h = contact
      E0519 at `h.step = 1`: a journey cannot need a journey
        help: write the steps of both as one journey, or ask for both where they are used

    journey h = contact

    segment s is h.step = 1

    segment t is s or persons > 2

    journey j = purchase where t
      E0519 at `t`: a journey cannot need a journey
        help: write the steps of both as one journey, or ask for both where they are used

    journey h = contact

    segment s is h
      E0206 at `h`: `h` is a journey
        help: ask for its step, or since when: `h.step`, `h.since`

    journey h = contact

    segment s is h.steps = 1
      E0203 at `steps`: the journey `h` is asked for its step, or since when
        help: write `h.step` or `h.since`

    journey h = contact

    segment s is h.step.since = 1
      E0203 at `since`: the journey `h` is asked for its step, or since when
        help: write `h.step` or `h.since`

    journey h = contact

    segment s is hh.step = 1
      E0201 at `hh`: nothing here is called `hh`
        help: a name is a field of the customer, a segment or a trait; in a `where`, a field of the event; a text stands in quotes

    journey h = contact

    journey h = purchase
      E0202 at `h`: `h` is declared twice
        help: it is declared in test.offer, line 53; give this one another name

    journey persons = contact
      E0204 at `persons`: `persons` is a field of the customer already
        help: give it another name

    journey email = contact
      E0202 at `email`: `email` is declared twice
        help: it is declared in test.offer, line 47; give this one another name
    "#);
}

#[test]
fn a_journey_in_the_plan() {
    let text = format!(
        "{SHOPPING}\n\noffer x {{\n  channel mail\n  eligible when shopping.step = 3 and shopping.since in last 5 days\n}}"
    );
    assert_snapshot!(plan(&text), @r#"
    %0 = 5000000u USD : money(USD)
    %1 = purchase.spend : money(USD) over purchase
    %2 = %0 < %1 : bool over purchase
    %3 = zone "America/New_York" : timezone
    %4 = household.email_ok : bool?
    %5 = Step of journey 0 : int
    %6 = 3 : int
    %7 = %5 = %6 : bool
    %8 = now : instant
    %9 = -5 days : days
    %10 = moved(%8, %9, %3) : instant
    %11 = Since of journey 0 : instant?
    %12 = %10 < %11 : bool?
    %13 = %11 <= %8 : bool?
    %14 = %7 and %12 and %13 : bool?
    %15 = 1.0 : number
    journey shopping zone %3
      contact
      purchase within 30 days where %2
      purchase within 43200000000u s
    channel email needs %4
    channel mail
    offer x
      topic "general"
      tier 1
      sells []
      eligible %14
      channel mail
      priority %15
    portfolio
      slots 1
    "#);
}
