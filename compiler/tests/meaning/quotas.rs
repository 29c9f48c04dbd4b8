//! What holds over all customers: caps in total, budgets, and what offers cost.

use insta::assert_snapshot;

use super::check::{MANIFEST, all, project};

const SCHEMA: &str = r#"
customer person {
  key id: int
  store: text?
  district: one_of(north, south)
  born: date?
  shop_id: text? -> shop
  postage: money(USD)
  gift: money(USD)?
  calls: int
}

table shop {
  key shop_id: text
  region: text
}

table product {
  key product_id: text
  category: text
}

context {
  rep: text
}

offer fields {
  topic: text = "general"
  mood: text?
  tags: set of text
  value: money(USD) = 9 USD
}

channel mail {
  cost 0.55 USD
}

channel sms {
  cost customer.postage
}

channel push
"#;

/// Contacts from the data that tell all that is counted.
const CONTACTS: &str = "events contact {\n  at sent: instant\n  offer: text\n  member: text?\n  channel: text\n  store: text?\n  \
                        district: text\n  rep: text?\n  cost: money(USD)\n}\n";

fn manifest() -> String {
    format!("{MANIFEST}currency = \"USD\"\n")
}

fn told(text: &str) -> String {
    let text = format!("{SCHEMA}{text}");
    all(&project(&manifest(), &text), &text)
}

fn offer(clause: &str) -> String {
    format!("offer a {{\n  channel mail, else push\n  {clause}\n}}")
}

fn family(clause: &str) -> String {
    format!("offer a for each category c of product {{\n  channel mail, else push\n  {clause}\n}}")
}

fn portfolio(clause: &str) -> String {
    format!("offer a {{\n  channel mail, else push\n  cost 2 USD\n}}\n\nportfolio {{\n  {clause}\n}}")
}

fn each(clauses: &[&str], text: fn(&str) -> String, before: &str) -> String {
    clauses
        .iter()
        .map(|clause| format!("{clause}\n{}", told(&format!("{before}{}", text(clause)))))
        .collect::<Vec<_>>()
        .join("\n")
}

/// What of the plan is over all customers, with the histories and the costs of routes.
fn planned(manifest: &str, text: &str) -> String {
    let text = format!("{SCHEMA}{text}");
    let compiled = project(manifest, &text);
    assert_eq!(all(&compiled, &text), "  fine\n", "{text}");
    let shown = compiled.plan.unwrap().to_string();
    let kept = |line: &&str| ["history", "quota", "share", "route", "cost"].iter().any(|word| line.contains(word));
    shown.lines().filter(kept).map(str::trim).collect::<Vec<_>>().join("\n")
}

#[test]
fn totals_in_the_plan() {
    let text = format!(
        "{}\n\nnotice n {{\n  channel mail\n}}\n\nportfolio {{\n  cap 90_000 in total each month\n  cap 40 in total each day per offer.topic\n  \
         cap 30 in total per offer.tags\n  cap 9 in total per context.rep\n  cap 4 in total each week on push\n  budget 50 USD each month on mail\n}}",
        family(
            "cap 20_000 in total\n  cap 300 in total each day per customer.store\n  cap 30 in total per c\n  cap 7 in total per customer.district\n  \
                cap 5 in total per customer.shop.region\n  budget 900.50 USD each quarter\n  cost 2 USD"
        )
    );
    assert_snapshot!(planned(&manifest(), &format!("{}{text}", CONTACTS.replace("district: text", "district: one_of(north, south)"))), @r#"
    cost: money(USD) from "cost"
    history 0 of contact offer offer member member channel channel cost cost
    channel mail cost of the message %0 cost %7
    channel push cost %7
    quota "cap 20_000 in total": 20000 Showings of a with history 0
    quota "cap 300 in total each day per customer.store": 300 Showings of a each Day per %2 by field 4 with history 0
    quota "cap 30 in total per c": 30 Showings of a per member with history 0
    quota "cap 7 in total per customer.district": 7 Showings of a per %3 by field 5 with history 0
    quota "cap 5 in total per customer.shop.region": 5 Showings of a per %5 with history 0
    quota "budget 900.50 USD each quarter": 900500000 Cost(USD) of a each Quarter with history 0
    quota "cap 90_000 in total each month": 90000 Showings each Month with history 0
    quota "cap 40 in total each day per offer.topic": 40 Showings each Day per offer field 0 with history 0
    quota "cap 30 in total per offer.tags": 30 Showings per offer field 2 with history 0
    quota "cap 9 in total per context.rep": 9 Showings per %6 by field 6 with history 0
    quota "cap 4 in total each week on push": 4 Showings each Week on channel 1 with history 0
    quota "budget 50 USD each month on mail": 50000000 Cost(USD) each Month on channel 0 with history 0
    "#);
    assert_snapshot!(planned(&manifest(), &offer("cap 9 in total per customer.store\n  budget 5 USD")), @r#"
    cost: money(USD)? from "cost"
    history 0 of contact offer offer member member channel channel decided decided_at cost cost
    channel mail cost of the message %0
    quota "cap 9 in total per customer.store": 9 Showings of a per %2 with history 0
    quota "budget 5 USD": 5000000 Cost(USD) of a with history 0
    "#);
}

/// Only what a budget counts is told, and a notice stands outside those of the portfolio.
#[test]
fn costs_of_routes() {
    let offers = "offer a {\n  channel mail, else sms, else push\n}\n\noffer b {\n  channel push\n  cost customer.gift else 1 USD\n}\n\n\
                  notice n {\n  channel mail\n  cost 3 USD\n}\n\n";
    let costs = |rules: &str| planned(&manifest(), &format!("{offers}portfolio {{\n  slate 2\n  {rules}\n}}"));
    assert_snapshot!(costs(""), @"");
    assert_snapshot!(costs("budget 9 USD"), @r#"
    cost: money(USD)? from "cost"
    history 0 of contact offer offer member member channel channel decided decided_at cost cost
    channel mail cost of the message %0
    channel sms cost of the message %1
    channel push cost %5
    quota "budget 9 USD": 9000000 Cost(USD) with history 0
    "#);
    assert_snapshot!(costs("budget 9 USD on sms"), @r#"
    cost: money(USD)? from "cost"
    history 0 of contact offer offer member member channel channel decided decided_at cost cost
    channel sms cost of the message %0
    quota "budget 9 USD on sms": 9000000 Cost(USD) on channel 2 with history 0
    "#);
    let notice = "notice n {\n  channel mail\n  cost 3 USD\n  budget 9 USD\n}";
    assert_snapshot!(planned(&manifest(), notice), @r#"
    cost: money(USD)? from "cost"
    history 0 of contact offer offer member member channel channel decided decided_at cost cost
    channel mail cost of the message %0 cost %2
    quota "budget 9 USD": 9000000 Cost(USD) of n with history 0
    "#);
}

#[test]
fn parts_that_do_not_go_together() {
    assert_snapshot!(each(&[
        "cap 5 in total per customer",
        "cap 5 in total per store",
        "cap 5 in total per shop",
        "cap 5 in total per offer.topic",
        "cap 5 in total per c",
        "cap 5 in total per customer.born",
        "cap 5 in total per customer.stroe",
        "cap 5 in total per customer.shop.region",
        "cap 5 in total per context.rep",
        "cap 5 in total per context.desk",
        "cap 5 redemptions in total",
        "cap 5 in total over contact",
        "cap 5 in total on fax",
        "cap 5 in total when calls > 3",
        "cap 5.5 in total",
        "cap 5 in total each day\n  cap 6 in total each day",
        "cap 5 in total each day\n  cap 6 in total each day per customer.store\n  cap 7 in total\n  cap 8 in total each day on push",
        "cap 5 in total each week\n  priority a.remaining * 1.0",
        "cap 5 in total on mail\n  priority a.remaining * 1.0",
    ], offer, ""), @r"
    cap 5 in total per customer
      E0854 at `customer`: this counts all customers together and each by itself at once
        help: leave `per customer` out, or leave `in total` out: `cap 3 per customer every 7 days`

    cap 5 in total per store
      E0854 at `store`: a total counts apart by a field of the customer, with its owner
        help: write `per customer.store`
        fix: write `customer.store`

    cap 5 in total per shop
      E0854 at `shop`: a total of an offer counts apart by a field of customers or requests, or by the member of a family
        help: write `per customer.store`, `per context.rep` or, in a family, `per` and the member's name

    cap 5 in total per offer.topic
      E0854 at `offer.topic`: a total of an offer counts this offer alone
        help: leave it out here, or write it in the portfolio, where it holds for all offers

    cap 5 in total per c
      E0854 at `c`: a total of an offer counts apart by a field of customers or requests, or by the member of a family
        help: write `per customer.store`, `per context.rep` or, in a family, `per` and the member's name

    cap 5 in total per customer.born
      E0863 at `customer.born`: a total counts by names and whole numbers, and this is a date
        help: name a field of type text, int, one_of or ordered

    cap 5 in total per customer.stroe
      E0203 at `stroe`: `person` has no field `stroe`
        help: did you mean `store`?
        fix: replace `stroe` with `store`

    cap 5 in total per customer.shop.region
      fine

    cap 5 in total per context.rep
      E0850 at `context.rep`: nothing tells by which `rep` past contacts were made
        help: declare contacts that tell it: `events contact { at sent: instant  offer: text  channel: text  rep: …? }`

    cap 5 in total per context.desk
      E0203 at `desk`: `context` has no field `desk`
        help: the fields of `context` are `rep`

    cap 5 redemptions in total
      E0854 at `redemptions`: a cap in total counts what is sent, and nothing else
        help: leave this out, or say it in a cap `per customer`

    cap 5 in total over contact
      E0854 at `contact`: a cap in total counts what is sent, and nothing else
        help: leave this out, or say it in a cap `per customer`

    cap 5 in total on fax
      E0208 at `fax`: no channel `fax` is declared
        help: declare it: `channel fax`

    cap 5 in total when calls > 3
      E0854 at `calls > 3`: a cap in total counts what is sent, and nothing else
        help: leave this out, or say it in a cap `per customer`

    cap 5.5 in total
      E0505 at `5.5`: a limit is a whole number from 0 to 9223372036854775807
        help: write the number itself: `3`

    cap 5 in total each day
      cap 6 in total each day
      E0501 at `cap 6 in total each day`: a total of this kind is said twice
        help: keep one of them

    cap 5 in total each day
      cap 6 in total each day per customer.store
      cap 7 in total
      cap 8 in total each day on push
      fine

    cap 5 in total each week
      priority a.remaining * 1.0
      E0824 at `a.remaining`: `a` has no limit over all customers and all time, so nothing of it can run out
        help: say how many there are, in `a`: `cap 20_000 in total`

    cap 5 in total on mail
      priority a.remaining * 1.0
      E0824 at `a.remaining`: `a` has no limit over all customers and all time, so nothing of it can run out
        help: say how many there are, in `a`: `cap 20_000 in total`
    ");
    assert_snapshot!(each(&["cap 5 in total per c", "cap 5 in total per category", "cap 5 per customer per c each day"], family, ""), @r"
    cap 5 in total per c
      fine

    cap 5 in total per category
      E0854 at `category`: a total of an offer counts apart by a field of customers or requests, or by the member of a family
        help: write `per customer.store`, `per context.rep` or, in a family, `per` and the member's name

    cap 5 per customer per c each day
      fine
    ");
    assert_snapshot!(each(&[
        "cap 5 in total",
        "cap 5 in total per offer",
        "cap 5 in total per offer.mood",
        "cap 5 in total per offer.topc",
        "cap 5 in total per calls",
        "cap 5 in total\n  cap 5 in total",
    ], portfolio, ""), @r"
    cap 5 in total
      fine

    cap 5 in total per offer
      E0854 at `offer`: a total of the portfolio counts all offers together
        help: write `cap … in total` in each offer, or `per offer.topic` for a field of them

    cap 5 in total per offer.mood
      E0851 at `mood`: an offer may leave `mood` out, and no cap would count it
        help: declare it in `offer fields` with a default, or without `?`: `mood: … = …`

    cap 5 in total per offer.topc
      E0203 at `topc`: offers have no field `topc`
        help: did you mean `topic`?
        fix: replace `topc` with `topic`

    cap 5 in total per calls
      E0854 at `calls`: a total counts apart by a field of the customer, with its owner
        help: write `per customer.calls`
        fix: write `customer.calls`

    cap 5 in total
      cap 5 in total
      E0501 at `cap 5 in total`: a total of this kind is said twice
        help: keep one of them
    ");
}

#[test]
fn what_past_contacts_must_tell() {
    let without = |field: &str| {
        let kept: Vec<&str> = CONTACTS.lines().filter(|line| !line.contains(field)).collect();
        format!("{}\n", kept.join("\n"))
    };
    let told = |contacts: &str, clause: &str| told(&format!("{contacts}{}", portfolio(clause)));
    assert_snapshot!([
        told(&without("offer: text"), "cap 5 in total"),
        told(&without("offer: text"), "cap 5 in total per offer.topic"),
        told(&without("channel: text"), "cap 5 in total on mail"),
        told(CONTACTS, "cap 5 in total per customer.district"),
        told(&without("district: text"), "cap 5 in total per customer.district"),
        told(&without("rep: text"), "cap 5 in total per context.rep"),
        told(CONTACTS, "cap 5 in total per context.rep"),
        told(&without("cost: money"), "budget 5 USD"),
        told(&CONTACTS.replace("cost: money(USD)", "cost: money(USD)?"), "budget 5 USD"),
        told(&CONTACTS.replace("cost: money(USD)", "cost: money(EUR)"), "budget 5 USD"),
        told(&CONTACTS.replace("cost: money(USD)", "cost: number"), "budget 5 USD"),
        told("table contact {\n  key id: int\n}\n", "budget 5 USD"),
    ].join("\n"), @r#"
    fine

    E0507 at `cap`: the contacts do not say which offer they showed
      help: give `contact` a field `offer: text` that names the offer, or say which events count: `… over contact where campaign.kind = "TypeA"`

    E0850 at `mail`: this counts by `channel`, and `contact` has no field `channel`
      help: give `contact` the field: `channel: text`

    E0850 at `customer.district`: `contact.district` is a text
      help: `contact.district` is to be what `customer.district` is: one of `north`, `south`

    fine

    E0850 at `context.rep`: nothing tells by which `rep` past contacts were made
      help: declare contacts that tell it: `events contact { at sent: instant  offer: text  channel: text  rep: …? }`

    fine

    E0850 at `budget`: this counts by `cost`, and `contact` has no field `cost`
      help: give `contact` the field: `cost: money(USD)`

    E0851 at `budget`: `contact.cost` may be missing, and such events would not be counted
      help: declare `contact.cost` without `?`, so that data without it is refused; where it has no value, let the data say so by a word of its own

    E0850 at `budget`: `contact.cost` is an amount in EUR
      help: `contact.cost` is to be what the past has cost in the budget's currency: `money(USD)`

    E0850 at `budget`: `contact.cost` is a number
      help: `contact.cost` is to be what the past has cost in the budget's currency: `money(USD)`

    E0507 at `budget`: what holds over all customers goes on from past contacts, and `contact` is something else in this project
      help: past contacts are the events `contact`, the ledger's where nothing is declared by that name: give the other thing another name; without contacts each run would begin anew
    "#);
    let text = format!("{SCHEMA}{}", offer("cost 2 USD\n  budget 5 USD"));
    assert_snapshot!([MANIFEST.to_owned(), format!("{MANIFEST}currency = \"EUR\"\n")].map(|manifest| all(&project(&manifest, &text), &text)).join("\n"), @r#"
    E0865 at `budget`: the ledger tells what contacts have cost in the project's currency, and there is none
      help: say it in the manifest: `currency = "USD"`

    E0865 at `budget`: the ledger tells what contacts have cost in the project's currency, EUR
      help: say the budget in EUR, or declare `currency = "USD"` in the manifest
    "#);
}

#[test]
fn budgets_need_costs_in_their_currency() {
    let by_push = |clause: &str| format!("offer a {{\n  channel push\n  {clause}\n}}");
    assert_snapshot!(each(&[
        "budget 5 USD",
        "cost 2 USD\n  budget 5 USD",
        "cost 2 EUR\n  budget 5 USD",
        "cost 2 EUR\n  budget 5 EUR",
        "budget 5",
        "budget 5%",
        "budget -5 USD",
        "budget customer.postage",
        "budget 0 USD",
        "budget 5 USD on push",
        "cost 2 USD\n  budget 5 USD on push",
        "budget 5 USD\n  budget 5 USD",
    ], by_push, ""), @r#"
    budget 5 USD
      E0864 at `5 USD`: nothing that this budget pays for says its cost, so it would never be used up
        help: say what a message costs in its channel, `cost 0.002 USD`, or what an offer costs when it is given, in the offer: `cost 2 USD`

    cost 2 USD
      budget 5 USD
      fine

    cost 2 EUR
      budget 5 USD
      E0865 at `5 USD`: this budget is in USD, and would not count what `a` costs, in EUR
        help: say both in one currency: the budget in EUR, or the cost in USD

    cost 2 EUR
      budget 5 EUR
      E0865 at `budget`: the ledger tells what contacts have cost in the project's currency, USD
        help: say the budget in USD, or declare `currency = "EUR"` in the manifest

    budget 5
      E0867 at `5`: a budget is a written amount of money, and not below zero
        help: write it out with its currency: `budget 5_000 USD each month`

    budget 5%
      E0867 at `5%`: a budget is a written amount of money, and not below zero
        help: write it out with its currency: `budget 5_000 USD each month`

    budget -5 USD
      E0867 at `-5 USD`: a budget is a written amount of money, and not below zero
        help: write it out with its currency: `budget 5_000 USD each month`

    budget customer.postage
      E0867 at `customer.postage`: a budget is a written amount of money, and not below zero
        help: write it out with its currency: `budget 5_000 USD each month`

    budget 0 USD
      E0864 at `0 USD`: nothing that this budget pays for says its cost, so it would never be used up
        help: say what a message costs in its channel, `cost 0.002 USD`, or what an offer costs when it is given, in the offer: `cost 2 USD`

    budget 5 USD on push
      E0864 at `5 USD`: nothing that this budget pays for says its cost, so it would never be used up
        help: say what a message costs in its channel, `cost 0.002 USD`, or what an offer costs when it is given, in the offer: `cost 2 USD`

    cost 2 USD
      budget 5 USD on push
      fine

    budget 5 USD
      budget 5 USD
      E0864 at `5 USD`: nothing that this budget pays for says its cost, so it would never be used up
        help: say what a message costs in its channel, `cost 0.002 USD`, or what an offer costs when it is given, in the offer: `cost 2 USD`
      E0864 at `5 USD`: nothing that this budget pays for says its cost, so it would never be used up
        help: say what a message costs in its channel, `cost 0.002 USD`, or what an offer costs when it is given, in the offer: `cost 2 USD`
    "#);
    assert_snapshot!(each(&["budget 5 USD", "budget 5 EUR", "budget 5 USD on push", "budget 5 USD each week\n  budget 4 USD each month"], portfolio, ""), @r"
    budget 5 USD
      fine

    budget 5 EUR
      E0865 at `5 EUR`: this budget is in EUR, and would not count what `mail` costs, in USD
        help: say both in one currency: the budget in USD, or the cost in EUR

    budget 5 USD on push
      fine

    budget 5 USD each week
      budget 4 USD each month
      fine
    ");
    assert_snapshot!(told("offer a {\n  channel push\n}\n\nportfolio {\n  budget 5 USD on push\n}"), @r"
    E0864 at `5 USD`: nothing that this budget pays for says its cost, so it would never be used up
      help: say what a message costs in its channel, `cost 0.002 USD`, or what an offer costs when it is given, in the offer: `cost 2 USD`
    ");
    // What was not understood is told, and nothing follows from it.
    assert_snapshot!(told("offer a {\n  channel push\n  cost xyzzy\n  budget 5 USD\n}\n\nportfolio {\n  budget 5 USD on push\n}"), @r"
    E0201 at `xyzzy`: nothing here is called `xyzzy`
      help: a name is a field of the customer, a segment or a trait; in a `where`, a field of the event; a text stands in quotes
    ");
}

#[test]
fn what_an_offer_costs() {
    assert_snapshot!(each(&[
        "cost 2 USD",
        "cost customer.gift else 1 USD",
        "eligible when customer.gift > 1 USD\n  cost customer.gift",
        "cost customer.gift",
        "cost 2",
        "cost -2 USD",
        "cost 2 USD\n  cost 3 USD",
        "cost offer.value / 3",
        "eligible when xyzzy\n  cost customer.gift",
    ], offer, ""), @r"
    cost 2 USD
      fine

    cost customer.gift else 1 USD
      fine

    eligible when customer.gift > 1 USD
      cost customer.gift
      fine

    cost customer.gift
      E0809 at `customer.gift`: this cost may be missing
        help: say what it costs then: `cost (… else 0.55 USD)`

    cost 2
      E0315 at `2`: a cost is an amount of money, and this is a whole number
        help: write the amount with its currency: `cost 0.002 USD`

    cost -2 USD
      E0505 at `-2 USD`: a cost is not below zero
        help: what it brings in belongs in the value of offers

    cost 2 USD
      cost 3 USD
      E0501 at `cost`: `cost` is said twice
        help: keep one of them

    cost offer.value / 3
      fine

    eligible when xyzzy
      cost customer.gift
      E0201 at `xyzzy`: nothing here is called `xyzzy`
        help: a name is a field of the customer, a segment or a trait; in a `where`, a field of the event; a text stands in quotes
    ");
    assert_snapshot!(each(&["cost if c = \"x\" then 2 USD else 3 USD", "cost if (store = c) is true then 2 USD else 3 USD", "cost 2 USD"], family, ""), @r#"
    cost if c = "x" then 2 USD else 3 USD
      E0517 at `if c = "x" then 2 USD else 3 USD`: this is made from `c` alone, so it would be computed anew for each member
        help: compare `c` with a value of the customer or a constant, count events `where PATH = c`, rank it by `frequency_rank(c, …)`, or name it in a text: `{c}`

    cost if (store = c) is true then 2 USD else 3 USD
      E0517 at `if (store = c) is true then 2 USD else 3 USD`: what an offer costs is the same for all members of its family
        help: say what each costs at most, or write an offer of its own for those that cost more

    cost 2 USD
      fine
    "#);
    assert_snapshot!(told("offer fields {\n  cost: money(USD)\n  budget: money(USD)\n}"), @r"
    E0202 at `offer fields`: `offer fields` is declared twice
      help: it is declared in test.offer, line 27; give this one another name
    E0204 at `cost`: `cost` is a clause of every offer
      help: give the field another name
    E0204 at `budget`: `budget` is a clause of every offer
      help: give the field another name
    ");
}

#[test]
fn the_objective_and_levers_know_what_offers_cost() {
    let with = |rule: &str| {
        told(&format!(
            "offer a {{\n  channel mail\n  cost 2 USD\n}}\n\noffer b {{\n  channel mail\n}}\n\nportfolio {{\n  {rule}\n}}"
        ))
    };
    assert_snapshot!([
        "objective offer.value * score - channel.cost - offer.cost",
        "lever dear 0.5 where offer.cost > 1 USD",
        "lever dear 0.5 where offer.cost > 1 USD and offer.topic = \"general\" when calls > 3",
        "lever dear 0.5 when offer.cost > 1 USD",
        "suppress for 3 days after contact where offer.cost > 1 USD",
        "objective offer.value * score - offer.costs",
        "objective offer.value * score - offer.cost.usd",
    ].map(|rule| format!("{rule}\n{}", with(rule))).join("\n"), @r#"
    objective offer.value * score - channel.cost - offer.cost
      fine

    lever dear 0.5 where offer.cost > 1 USD
      fine

    lever dear 0.5 where offer.cost > 1 USD and offer.topic = "general" when calls > 3
      fine

    lever dear 0.5 when offer.cost > 1 USD
      E0211 at `offer.cost`: no offer is spoken of here
        help: `offer.field` stands in the clauses of an offer and of a guarantee, and in `rank by`

    suppress for 3 days after contact where offer.cost > 1 USD
      E0203 at `cost`: offers have no field `cost`
        help: what offers cost is asked in the objective and in the `where` of a lever alone

    objective offer.value * score - offer.costs
      E0203 at `costs`: offers have no field `costs`
        help: declare it in `offer fields`

    objective offer.value * score - offer.cost.usd
      E0203 at `cost`: offers have no field `cost`
        help: what offers cost is asked in the objective and in the `where` of a lever alone
    "#);
    assert_snapshot!([
        "offer a {\n  channel mail\n}\n\nportfolio {\n  objective offer.value * score - offer.cost\n}",
        "offer a {\n  channel mail\n  cost 2 USD\n}\n\noffer b {\n  channel mail\n  cost 2 EUR\n}\n\nportfolio {\n  objective offer.value * score - offer.cost\n}",
        "offer a {\n  channel mail\n  cost 2 EUR\n}\n\nportfolio {\n  objective offer.value * score - offer.cost\n}",
        "offer a {\n  channel mail\n  cost 2 USD\n  priority offer.cost / 1 USD\n}",
        "offer a {\n  channel mail\n  cost 2 USD\n}\n\nguarantee \"g\" {\n  never offer.cost > 1 USD\n}",
    ].map(told).join("\n"), @r"
    E0866 at `offer.cost`: no offer says its cost
      help: say it in the offers: `cost 2 USD`

    E0866 at `offer.cost`: the offers say their costs in different currencies
      help: say all costs in one currency

    E0316 at `offer.value * score - offer.cost`: USD and EUR do not mix
      help: amounts of different currencies neither compare nor add, since no rate of exchange is known; keep to one

    E0203 at `cost`: offers have no field `cost`
      help: what offers cost is asked in the objective and in the `where` of a lever alone

    E0203 at `cost`: offers have no field `cost`
      help: what offers cost is asked in the objective and in the `where` of a lever alone
    ");
    let text = format!(
        "{SCHEMA}offer a {{\n  channel mail\n  cost customer.gift else 1 USD\n}}\n\noffer b {{\n  channel mail\n}}\n\n\
                        portfolio {{\n  objective offer.value * score - offer.cost\n  lever dear 0.5 where offer.cost > 1 USD\n}}"
    );
    let shown = project(&manifest(), &text).plan.unwrap().to_string();
    assert_snapshot!(shown.split_inclusive('\n').skip_while(|line| !line.starts_with('%') && !line.trim().starts_with('%')).collect::<String>(), @r#"
    %0 = 1.0 : number
    %1 = person.gift : money(USD)?
    %2 = 1000000u USD : money(USD)
    %3 = %1 else %2 : money(USD)
    %4 = %2 < %3 : bool
    %5 = 0.5 : number
    %6 = %4 is true : bool
    %7 = if %6 then %5 else %0 : number
    %8 = %0 * %7 : number
    %9 = 9000000u USD : money(USD)
    %10 = -%3 : money(USD)
    %11 = 0u USD : money(USD)
    channel mail
    channel push
    channel sms
    offer a
      topic "general"
      tags []
      value 9000000u USD
      channel mail value %9 * score + %10
      priority %8
    offer b
      topic "general"
      tags []
      value 9000000u USD
      channel mail value %9 * score + %11
      priority %0
    portfolio
      slots 1
      objective in USD
    "#);
}
