//! Channels: who is reached, when, at which cost, with which offers.

use insta::assert_snapshot;

use super::check::{MANIFEST, plan, planned, project, told_alone, told_each, warned};

const SCHEMA: &str = r#"
customer c {
  key id: text
  state: text?
  region: one_of(north, south)
  zone: timezone?
  email_ok: bool? consent
  phone_cost: money(USD)?
}

events contact {
  at sent: instant
  channel: text
}

offer fields {
  complexity: int = 1
  topic: text?
}
"#;

fn project_of(text: &str) -> String {
    told_alone(&format!("{SCHEMA}\n{text}"))
}

fn channel(clauses: &str) -> String {
    format!("{clauses}\n{}", project_of(&format!("context {{ channel: text }}\n\nchannel x {{\n  {clauses}\n}}")))
}

#[test]
fn clauses() {
    let clauses = [
        "needs customer.email_ok",
        "needs customer.email_ok\n  needs customer.state is known",
        "needs state",
        "outbound",
        "outbound\n  inbound",
        "inbound and outbound\n  quiet 21:00 to 08:00\n  lead 2 hours",
        "inbound\n  quiet 21:00 to 08:00",
        "inbound\n  quiet by law of customer.state",
        "inbound\n  lead 2 days",
        "quiet 21:00 to 08:00\n  quiet on sunday\n  quiet 12:00 to 13:00 on weekdays",
        "quiet 21:00 to 21:00",
        "quiet 21:00:30 to 08:00",
        "quiet 9 to 17:00",
        "quiet 21:00 to 08:00 on satuday",
        "quiet on sunday, sunday",
        "quiet on weekdays, weekends",
        "quiet 08:00 to 20:00\n  quiet 19:00 to 09:00",
        "quiet by law of customer.state",
        "quiet by law of \"US-FL\"",
        "quiet by law of customer.region",
        "quiet by law of \"US\"\n  quiet by law of \"FR\"",
        "lead 2",
        "lead 2 months",
        "lead 7 days",
        "lead 8 days",
        "carries complexity <= 2",
        "carries offer.complexity <= 2 and topic in [\"garden\", \"home\"]",
        "carries complexity + 1 <= 2",
        "carries customer.email_ok",
        "carries complexty <= 2",
        "carries 1 = 1",
        "cost 0.002 USD",
        "cost 2",
        "cost -1 USD",
        "cost customer.phone_cost",
        "cost customer.phone_cost else 1 USD",
        "cost 1 USD\n  cost 2 USD",
        "capacity 50_000 per week",
        "capacity 50_000 per month",
        "capacity 0 per day",
    ];
    assert_snapshot!(clauses.map(channel).join("\n"), @r#"
    needs customer.email_ok
      fine

    needs customer.email_ok
      needs customer.state is known
      fine

    needs state
      E0303 at `state`: a condition is expected, and this is a text
        help: compare it with something: `state = "…"`, `… is known`

    outbound
      fine

    outbound
      inbound
      E0501 at `inbound`: who begins is said twice
        help: keep one of them

    inbound and outbound
      quiet 21:00 to 08:00
      lead 2 hours
      fine

    inbound
      quiet 21:00 to 08:00
      E0803 at `quiet`: an inbound channel answers whenever it is asked, so this would never be heeded
        help: leave it out; where the channel also calls, write `inbound and outbound`

    inbound
      quiet by law of customer.state
      E0803 at `quiet`: an inbound channel answers whenever it is asked, so this would never be heeded
        help: leave it out; where the channel also calls, write `inbound and outbound`

    inbound
      lead 2 days
      E0803 at `lead`: an inbound channel answers whenever it is asked, so this would never be heeded
        help: leave it out; where the channel also calls, write `inbound and outbound`

    quiet 21:00 to 08:00
      quiet on sunday
      quiet 12:00 to 13:00 on weekdays
      fine

    quiet 21:00 to 21:00
      E0806 at `21:00 to 21:00`: these hours end when they begin
        help: write two times; for whole days name only the days: `on sunday`

    quiet 21:00:30 to 08:00
      E0806 at `21:00:30`: hours begin and end on whole minutes
        help: leave the seconds out

    quiet 9 to 17:00
      E0125 at `9 to 17:00`: quiet hours are written `09:00 to 17:00`
        fix: write `09:00 to 17:00`

    quiet 21:00 to 08:00 on satuday
      E0126 at `satuday`: `satuday` is no day of the week
        help: did you mean `saturday`?
        fix: write `saturday`

    quiet on sunday, sunday
      E0501 at `sunday`: `sunday` is said twice
        help: keep one of them

    quiet on weekdays, weekends
      E0804 at `quiet`: `x` is quiet at every hour of every day
        help: leave some hours of some day in which it may speak

    quiet 08:00 to 20:00
      quiet 19:00 to 09:00
      E0804 at `quiet`: `x` is quiet at every hour of every day
        help: leave some hours of some day in which it may speak

    quiet by law of customer.state
      fine

    quiet by law of "US-FL"
      fine

    quiet by law of customer.region
      E0315 at `customer.region`: a jurisdiction is named by a text, and this is one of `north`, `south`
        help: write its code, `"US-FL"`, or name a field of type text that holds it

    quiet by law of "US"
      quiet by law of "FR"
      E0501 at `quiet`: `quiet by law` is said twice
        help: keep one of them

    lead 2
      E0115 at `2`: a lead is a length of time
        help: add a unit: `lead 2 days`

    lead 2 months
      E0312 at `2 months`: a lead time is given in days or hours
        help: write, for example, `lead 30 days`

    lead 7 days
      fine

    lead 8 days
      E0814 at `8 days`: this lead time is longer than decisions look ahead, so nothing would ever be sent
        help: look further ahead in the portfolio: `horizon 30 days`

    carries complexity <= 2
      fine

    carries offer.complexity <= 2 and topic in ["garden", "home"]
      fine

    carries complexity + 1 <= 2
      E0807 at `complexity + 1 <= 2`: what a channel carries is told by the fields of offers and written values alone
        help: compare fields of offers: `carries complexity <= 2`, `carries topic in ["garden", "home"]`; what depends on the customer belongs in `needs`

    carries customer.email_ok
      E0807 at `customer.email_ok`: what a channel carries is told by the fields of offers and written values alone
        help: compare fields of offers: `carries complexity <= 2`, `carries topic in ["garden", "home"]`; what depends on the customer belongs in `needs`

    carries complexty <= 2
      E0201 at `complexty`: nothing here is called `complexty`
        help: did you mean `complexity`?
        fix: replace `complexty` with `complexity`

    carries 1 = 1
      E0807 at `1 = 1`: what a channel carries is told by the fields of offers and written values alone
        help: compare fields of offers: `carries complexity <= 2`, `carries topic in ["garden", "home"]`; what depends on the customer belongs in `needs`

    cost 0.002 USD
      fine

    cost 2
      E0315 at `2`: a cost is an amount of money, and this is a whole number
        help: write the amount with its currency: `cost 0.002 USD`

    cost -1 USD
      E0505 at `-1 USD`: a cost is not below zero
        help: what it brings in belongs in the value of offers

    cost customer.phone_cost
      E0809 at `customer.phone_cost`: this cost may be missing
        help: say what it costs then: `cost (… else 0.55 USD)`

    cost customer.phone_cost else 1 USD
      fine

    cost 1 USD
      cost 2 USD
      E0501 at `cost`: `cost` is said twice
        help: keep one of them

    capacity 50_000 per week
      fine

    capacity 50_000 per month
      E0115 at `month`: a capacity is for a day or a week, not for a `month`
        help: write `per day` or `per week`, with what fits into it

    capacity 0 per day
      E0505 at `0`: a limit is a whole number from 1 to 4294967295
        help: write the number itself: `3`
    "#);
}

#[test]
fn whoever_asks_says_by_which_channel() {
    assert_snapshot!([
        "channel branch { inbound }",
        "context { reason: text }\n\nchannel branch { inbound }",
        "context { channel: bool }\n\nchannel branch { inbound and outbound }",
        "context { channel: one_of(branch, call) }\n\nchannel branch { inbound }",
        "context { channel: one_of(branch, call) }\n\nchannel brnch { inbound }",
        "context { channel: nothing }\n\nchannel branch { inbound }",
    ].map(|text| format!("{text}\n{}", project_of(text))).join("\n"), @"
    channel branch { inbound }
      E0802 at `inbound`: a customer asks by this channel, and no request says by which channel it came
        help: declare the field that names it: `context { channel: text }`

    context { reason: text }

    channel branch { inbound }
      E0802 at `inbound`: a customer asks by this channel, and no request says by which channel it came
        help: declare the field that names it: `context { channel: text }`

    context { channel: bool }

    channel branch { inbound and outbound }
      E0802 at `inbound`: a customer asks by this channel, and no request says by which channel it came
        help: declare the field that names it: `context { channel: text }`

    context { channel: one_of(branch, call) }

    channel branch { inbound }
      fine

    context { channel: one_of(branch, call) }

    channel brnch { inbound }
      E0305 at `brnch`: `brnch` is not one of the values here
        help: did you mean `branch`?
        fix: replace it with `branch`

    context { channel: nothing }

    channel branch { inbound }
      E0606 at `nothing`: `nothing` is not a type
        help: the types are bool, int, number, money(USD), text, one_of(a, b), ordered(a, b), date, time, instant, duration, days, months, timezone, place, distance and set of …
    ");
}

/// What is missing counts as no: a consent rule must be definitely true, so it stays in the plan as it is, nullable.
#[test]
fn consent_that_is_missing_is_no() {
    let text = format!("{SCHEMA}\nchannel email {{\n  needs customer.email_ok\n}}\n\noffer a {{ channel email }}\n");
    let plan = planned(&text);
    let needs = plan.exprs.get(plan.channels[0].needs.unwrap()).unwrap();
    assert!(needs.nullable, "no default may stand in for an answer that nobody gave");
}

#[test]
fn who_agreed() {
    let about = |channel: &str| format!("{SCHEMA}\n{channel}");
    assert_snapshot!([
        "channel x",
        "channel x { needs customer.email_ok }",
        "channel x { needs customer.state is known }",
        "channel x { needs region = north and customer.email_ok }",
        "segment agreed is customer.email_ok\n\nsegment reachable is agreed and region = north\n\nchannel x { needs reachable }",
        "segment here is region = north\n\nchannel x { needs here }",
        "context { channel: text }\n\nchannel x { inbound }",
        "context { channel: text }\n\nchannel x { inbound and outbound }",
    ].map(|channel| format!("{channel}\n{}", warned(&about(channel)))).join("\n"), @"
    channel x
      E0801 at `x`: `x` reaches customers without asking whether they agreed
        help: say what it needs: `needs customer.email_ok`; what is missing counts as no

    channel x { needs customer.email_ok }

    channel x { needs customer.state is known }
      E0801 at `needs`: what `x` needs reads no field of consent
        help: name the field that tells whether they agreed: `needs customer.email_ok`

    channel x { needs region = north and customer.email_ok }

    segment agreed is customer.email_ok

    segment reachable is agreed and region = north

    channel x { needs reachable }

    segment here is region = north

    channel x { needs here }
      E0801 at `needs`: what `x` needs reads no field of consent
        help: name the field that tells whether they agreed: `needs customer.email_ok`

    context { channel: text }

    channel x { inbound }

    context { channel: text }

    channel x { inbound and outbound }
      E0801 at `x`: `x` reaches customers without asking whether they agreed
        help: say what it needs: `needs customer.email_ok`; what is missing counts as no
    ");
    // Where no field tells of consent, any condition will do.
    let bare = "customer c {\n  key id: text\n  email: text?\n}\n\nchannel x { needs email is known }\n";
    assert_eq!(warned(bare), "");
}

#[test]
fn a_channel_that_no_offer_uses() {
    let channels = "channel x {\n  needs customer.email_ok\n  carries complexity <= 2\n}\n\nchannel y { needs customer.email_ok }\n";
    let about = |offers: &str| warned(&format!("{SCHEMA}\n{channels}\n{offers}"));
    assert_snapshot!([
        "",
        "offer a { channel x }",
        "offer a { channel x, else y }",
        "offer a {\n  complexity 3\n  channel x, else y\n}",
    ].map(|offers| format!("{offers}\n{}", about(offers))).join("\n"), @"
    offer a { channel x }
      E0810 at `y`: no offer goes by `y`
        help: name it in the `channel` line of an offer, or remove it

    offer a { channel x, else y }

    offer a {
      complexity 3
      channel x, else y
    }
      E0810 at `x`: no offer goes by `x`
        help: name it in the `channel` line of an offer, or remove it
    ");
}

#[test]
fn offers_go_by_channels_that_carry_them() {
    let channels = "channel brief {\n  needs customer.email_ok\n  carries complexity <= 2 and (topic else \"\") is not \"loan\"\n}\n\n\
                    channel long { needs customer.email_ok }\n";
    let told = |offer: &str| format!("{offer}\n{}", project_of(&format!("{channels}\n{offer}")));
    assert_snapshot!([
        "offer a { channel brief }",
        "offer a {\n  complexity 3\n  channel brief\n}",
        "offer a {\n  topic \"loan\"\n  channel brief, else long\n}",
        "offer a {\n  topic \"loan\"\n  channel brief, else long\n  message brief \"Hello\"\n}",
    ].map(told).join("\n"), @r#"
    offer a { channel brief }
      fine

    offer a {
      complexity 3
      channel brief
    }
      E0808 at `a`: no channel of `a` carries it
        help: `brief` will not, by what they say they carry; change the offer's fields, or add a channel

    offer a {
      topic "loan"
      channel brief, else long
    }
      fine

    offer a {
      topic "loan"
      channel brief, else long
      message brief "Hello"
    }
      E0515 at `brief`: this offer never goes by `brief`, so nobody would read this
        help: its channels are `long`; add `brief` to them, or leave this message out
    "#);
    let text = format!(
        "{SCHEMA}\n{channels}\noffer a {{\n  complexity 3\n  channel brief, else long when region = north\n}}\n"
    );
    let plan = project(MANIFEST, &text).plan.unwrap();
    let routes: Vec<&str> = plan.offers[0].channels().map(|id| &*plan.channels[id.0 as usize].name).collect();
    assert_eq!(routes, ["long"]);
}

#[test]
fn routes() {
    assert_snapshot!(told_each(&[
        "offer a {\n  channel email when persons > 2, else mail\n}",
        "offer a {\n  channel email when kids > 2, else mail when persons\n}",
        "offer a {\n  channel email when missing_word\n}",
        "offer a for each category c of product {\n  channel email when c = \"X\"\n}",
        "offer a for each category c of product {\n  channel email when exists(purchase where product.category = c)\n}",
        "offer a for each category c of product {\n  channel email when persons > 2, else mail\n}",
    ]), @r#"
    offer a {
      channel email when persons > 2, else mail
    }
      fine

    offer a {
      channel email when kids > 2, else mail when persons
    }
      E0303 at `persons`: a condition is expected, and this is a whole number
        help: compare it with something: `persons > 0`

    offer a {
      channel email when missing_word
    }
      E0201 at `missing_word`: nothing here is called `missing_word`
        help: a name is a field of the customer, a segment or a trait; in a `where`, a field of the event; a text stands in quotes

    offer a for each category c of product {
      channel email when c = "X"
    }
      E0517 at `c = "X"`: this is the same for all members, and speaks of `c`
        help: say what depends on `c` in `eligible when`

    offer a for each category c of product {
      channel email when exists(purchase where product.category = c)
    }
      E0517 at `exists(purchase where product.category = c)`: this is the same for all members, and speaks of `c`
        help: say what depends on `c` in `eligible when`

    offer a for each category c of product {
      channel email when persons > 2, else mail
    }
      fine
    "#);
}

#[test]
fn a_capacity_goes_on_from_past_contacts() {
    let bare = "customer c {\n  key id: int\n}";
    let tables = ["", "events contact {\n  at sent: date\n}", "events contact {\n  at sent: date\n  channel: text?\n}"];
    let told = tables.map(|table| {
        told_alone(&format!("{bare}\n\n{table}\n\nchannel x {{\n  needs customer.id > 0\n  capacity 5 per day\n}}"))
    });
    assert_snapshot!(told.join("\n"), @r"
    fine

    E0850 at `capacity`: this counts by `channel`, and `contact` has no field `channel`
      help: give `contact` the field: `channel: text`

    fine
    ");
}

#[test]
fn a_channel_in_the_plan() {
    let text = r#"
context { channel: one_of(call, desk) }

channel call {
  inbound and outbound
  needs customer.email_ok
  quiet 21:00 to 08:00
  quiet on sunday
  quiet by law of product("x").category
  lead 2 hours
  cost 0.5 USD
}

offer a { channel call when persons > 2, else mail }
"#;
    assert_snapshot!(plan(text), @r#"
    %0 = household.email_ok : bool?
    %1 = context.channel : one_of("call", "desk")?
    %2 = 'call' : one_of("call", "desk")
    %3 = %1 = %2 : bool?
    %4 = "x" : text
    %5 = product.category : text? over product
    %6 = %5 of product(%4) : text?
    %7 = 1.0 : number
    %8 = 2 : int
    %9 = household.persons : int
    %10 = %8 < %9 : bool
    channel call inbound and outbound needs %0 asked %3 law %6 lead 0 months 0 days 7200000000u s quiet 75600000000u to 28800000000u on 1111111 quiet 0u to 0u on 1000000
    channel email needs %0
    channel mail
    offer a
      topic "general"
      tier 1
      sells []
      channel call when %10
      channel mail
      priority %7
    portfolio
      slots 1
    "#);
}
