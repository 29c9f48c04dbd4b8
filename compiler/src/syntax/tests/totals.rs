//! Caps and budgets over all customers: their trees, and what is told of other spellings.

use insta::assert_snapshot;

use super::{messages, parse_item, show};

/// The tree of an item without mistakes.
fn item(text: &str) -> String {
    assert_eq!(messages(text), "", "{text}");
    show::item(&parse_item(text).0.unwrap().kind)
}

fn offer(clauses: &[&str]) -> String {
    messages(&format!("offer x {{\n  {}\n}}", clauses.join("\n  ")))
}

#[test]
fn totals_say_when_by_what_and_by_which_channel() {
    let clauses = [
        "cap 20_000 in total",
        "cap 500 in total each day",
        "cap 40 in total each week per customer.store",
        "cap 40 in total per customer.store each week on sms",
        "cap 40 in total per context.rep on sms",
        "cap 40 in total each quarter per c",
        "budget 5_000 USD",
        "budget 5_000.50 USD each month",
        "budget 100 EUR each year per customer.home_store.region on sms",
        "budget 100 EUR per c on sms",
        "cost 2 USD",
        "cost if gift then 2 USD else customer.postage",
    ];
    assert_snapshot!(item(&format!("offer x for each category c of product {{\n  {}\n}}", clauses.join("\n  "))), @r"
    x each category of product as c
    cap Int(20000) in total
    cap Int(500) in total each day
    cap Int(40) in total each week per customer.store
    cap Int(40) in total each week per customer.store on sms
    cap Int(40) in total per context.rep on sms
    cap Int(40) in total each quarter per c
    budget Money(USD, 5000000000)
    budget Money(USD, 5000500000) each month
    budget Money(EUR, 100000000) each year per customer.home_store.region on sms
    budget Money(EUR, 100000000) per c on sms
    cost Money(USD, 2000000)
    cost (if gift then Money(USD, 2000000) else customer.postage)
    ");
    let clauses = ["cap 40 in total each day per offer.topic", "budget 5_000 USD each month per offer.topic on sms"];
    assert_snapshot!(item(&format!("portfolio {{\n  {}\n}}", clauses.join("\n  "))), @r"
    cap Int(40) in total each day per offer.topic
    budget Money(USD, 5000000000) each month per offer.topic on sms
    ");
}

#[test]
fn a_total_counts_in_the_calendar() {
    assert_snapshot!(offer(&[
        "cap 500 in total every 7 days",
        "cap 500 in total within 24 hours",
        "cap 500 in total per week",
        "cap 500 in total daily",
        "cap 500 in total each calendar month",
        "cap 500/week in total",
        "cap 500 / 7 days in total",
        "cap 500/week in total each day",
        "cap 500 in total each day each week",
        "cap 500 in total per customer.store per customer.region",
        "cap 500 in total each fortnight",
    ]), @r"
    E0136 [every 7 days] what holds over all customers counts in stretches of the calendar | a length that rolls
          help: write `each day`, `each week`, `each month`, `each quarter` or `each year`, by the project's calendar; without any of them it holds for good
    E0127 [within] `within` is written `every` here | write `every`
          fix: replace `within` with `every` -> [every]
    E0136 [within 24 hours] what holds over all customers counts in stretches of the calendar | a length that rolls
          help: write `each day`, `each week`, `each month`, `each quarter` or `each year`, by the project's calendar; without any of them it holds for good
    E0127 [per week] `per week` is written `each week` here | write `each week`
          fix: replace `per week` with `each week` -> [each week]
    E0127 [daily] `daily` is written `each day` here | write `each day`
          fix: replace `daily` with `each day` -> [each day]
    E0122 [calendar] leave out `calendar` | not part of the language
          fix: delete `calendar` -> []
    E0127 [/week] `/ week` is not how long this counts | counted over how long?
          help: write `each week` at the end
    E0127 [/ 7 days] `/ 7 days` is not how long this counts | counted over how long?
          help: write `each day`, `each week`, `each month`, `each quarter` or `each year` at the end
    E0127 [/week] `/ week` is not how long this counts | counted over how long?
          help: write how long it counts once, as `each week`
    E0131 [each week] this says twice how long it counts | said again here
          help: keep one of the two
    E0131 [per customer.region] this says twice what is counted apart | said again here
          help: keep one of the two
    E0101 [fortnight] `fortnight` does not fit after `each` | expected `day`, `week`, `month`, `quarter` or `year`
          help: write `day`, `week`, `month`, `quarter` or `year` here
    ");
}

#[test]
fn a_cap_over_many_customers_says_in_total() {
    assert_snapshot!(offer(&[
        "cap 40 per customer.store each day",
        "cap 40 each day per customer.store",
        "cap 40 per context.rep",
        "cap 40 per customer.store every 7 days on sms",
        "cap 40 for each customer.store each day",
    ]), @r"
    E0137 [per customer.store] `per customer.store` counts many customers together | without `in total`
          help: write `in total` before it; how often it comes to one customer is `per customer`
          fix: add `in total` -> [in total ]
    E0137 [each day per customer.store] `per customer.store` counts many customers together | without `in total`
          help: write `in total` before it; how often it comes to one customer is `per customer`
          fix: add `in total` -> [in total ]
    E0137 [per context.rep] `per context.rep` counts many customers together | without `in total`
          help: write `in total` before it; how often it comes to one customer is `per customer`
          fix: add `in total` -> [in total ]
    E0137 [per customer.store] `per customer.store` counts many customers together | without `in total`
          help: write `in total` before it; how often it comes to one customer is `per customer`
          fix: add `in total` -> [in total ]
    E0136 [7 days] what holds over all customers counts in stretches of the calendar | a length that rolls
          help: write `each day`, `each week`, `each month`, `each quarter` or `each year`, by the project's calendar; without any of them it holds for good
    E0122 [for each] `for each` is written `per` here | write `per`
          fix: replace `for each` with `per` -> [per]
    E0137 [for each customer.store] `per customer.store` counts many customers together | without `in total`
          help: write `in total` before it; how often it comes to one customer is `per customer`
          fix: add `in total` -> [in total ]
    ");
    assert_eq!(
        offer(&["cap 40 per customer per customer.store each day"]),
        "",
        "what a cap of one customer takes is told later"
    );
}

#[test]
fn budgets_in_other_words() {
    assert_snapshot!(offer(&[
        "budget: 5_000 USD",
        "budget max 5_000 USD each month",
        "budget 5_000 USD in total each month",
        "budget 5_000 USD overall",
        "budget 5_000 USD per month",
        "budget 5_000 USD/month",
        "budget 5_000 USD every 30 days",
        "budget 5_000 USD each month by sms",
        "budget 5_000 USD when rich",
        "budget $5_000",
        "budget",
        "cost: 2 USD",
        "cost = 2 USD",
        "cost",
    ]), @r"
    E0122 [:] leave out `:` | not part of the language
          fix: delete `:` -> []
    E0122 [max] leave out `max` | not part of the language
          help: a budget is the most there may be
          fix: delete `max` -> []
    E0122 [in total] leave out `in total` | not part of the language
          help: a budget is for all customers together
          fix: delete `in total` -> []
    E0122 [overall] leave out `overall` | not part of the language
          help: a budget is for all customers together
          fix: delete `overall` -> []
    E0127 [per month] `per month` is written `each month` here | write `each month`
          fix: replace `per month` with `each month` -> [each month]
    E0127 [/month] `/ month` is not how long this counts | counted over how long?
          help: write `each month` at the end
    E0136 [every 30 days] what holds over all customers counts in stretches of the calendar | a length that rolls
          help: write `each day`, `each week`, `each month`, `each quarter` or `each year`, by the project's calendar; without any of them it holds for good
    E0122 [by] `by` is written `on` here | write `on`
          fix: replace `by` with `on` -> [on]
    E0101 [when] `when` does not fit after `USD` | expected `per …`, `every …` or `each …` or the end of the clause
          help: write `per …` or `every …` or `each …` here, or end the clause before: with a new line or with `;`
    E0115 [$5_000] the currency's three letters stand after the amount | write `5_000 USD`
          fix: write `5_000 USD` -> [5_000 USD]
    E0101 [] the clause is not finished after `budget` | expected a value
          help: write a value after `budget`, or delete `budget`
    E0122 [:] leave out `:` | not part of the language
          fix: delete `:` -> []
    E0122 [=] leave out `=` | not part of the language
          fix: delete `=` -> []
    E0101 [] the clause is not finished after `cost` | expected a value
          help: write a value after `cost`, or delete `cost`
    ");
    assert_snapshot!(messages("channel sms {\n  budget 5 USD\n}\n\nguarantee \"x\" {\n  budget 5 USD\n}"), @r"
    E0106 [budget] `budget` begins no clause of a channel | a clause word is expected here
          help: the clauses of a channel begin with `inbound`, `outbound`, `needs`, `quiet`, `lead`, `carries`, `cost`, `capacity`
    E0106 [budget] `budget` begins no clause of a guarantee | a clause word is expected here
          help: the clauses of a guarantee begin with `never`
    ");
}

#[test]
fn every_fix_mends() {
    for clause in [
        "cap 500 in total per week",
        "cap 500 in total daily",
        "cap 500 in total each calendar month",
        "cap 40 per customer.store each day",
        "cap 40 each day per customer.store",
        "cap 40 per context.rep on sms",
        "budget: 5_000 USD",
        "budget max 5_000 USD each month",
        "budget 5_000 USD in total each month",
        "budget 5_000 USD per month",
        "budget 5_000 USD each month by sms",
        "cost: 2 USD",
    ] {
        let mut text = format!("offer x {{\n  {clause}\n}}");
        let (_, before) = parse_item(&text);
        let [one] = before.as_slice() else { panic!("{clause}: {before:?}") };
        let fix = one.fix.as_ref().unwrap();
        text.replace_range(fix.span.start as usize..fix.span.end as usize, &fix.replacement);
        assert_eq!(messages(&text), "", "{clause}: {text}");
    }
}
