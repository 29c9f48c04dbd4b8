//! The trees of the clauses that decide when, how and how often: channels, timing, caps, experiments, picks, the portfolio.

use insta::assert_snapshot;

use super::{messages, parse_item, show};

/// The tree of an item without mistakes.
fn item(text: &str) -> String {
    assert_eq!(messages(text), "", "{text}");
    show::item(&parse_item(text).0.unwrap().kind)
}

#[test]
fn channels_say_when_and_how() {
    assert_snapshot!(item(r#"channel email {
  inbound and outbound
  inbound
  outbound
  needs customer.email_ok and not x is missing
  quiet 21:00 to 08:00
  quiet 12:00 to 13:30 on weekdays
  quiet on sunday
  quiet on saturday, sunday
  quiet 20:00 to 10:00 on friday, weekends
  quiet by law of customer.state
  quiet by law of "US-FL"
  lead 2 hours
  lead 1 day
  carries complexity <= 2 and offer.topic is not "alcohol"
  cost 0.002 USD
  cost if customer.zone is known then 1 USD else 2 USD
  capacity 50_000 per week
  capacity 500 per day
}"#), @r#"
    email
    Both
    Inbound
    Outbound
    needs (customer.email_ok And (not (x is Missing)))
    quiet Time(75600000000) to Time(28800000000)
    quiet Time(43200000000) to Time(48600000000) on weekdays
    quiet on sunday
    quiet on saturday, sunday
    quiet Time(72000000000) to Time(36000000000) on friday, weekends
    quiet by law of customer.state
    quiet by law of Text("US-FL")
    lead Span(Span { months: 0, days: 0, micros: 7200000000 })
    lead Span(Span { months: 0, days: 1, micros: 0 })
    carries ((complexity LessOrEqual Int(2)) And (offer.topic NotEqual Text("alcohol")))
    cost Money(USD, 2000)
    cost (if (customer.zone is Known) then Money(USD, 1000000) else Money(USD, 2000000))
    capacity Int(50000) per week
    capacity Int(500) per day
    "#);
}

#[test]
fn reminders_and_notices_are_offers() {
    assert_snapshot!(item("reminder basket {\n  because \"{x}\"\n}"), @r#"
    Reminder basket
    because {x}
    "#);
    assert_snapshot!(item("notice recall for each category c of product {\n  channel mail\n}"), @r#"
    Notice recall each category of product as c
    channel ["mail"]
    "#);
    assert_snapshot!(item("offer pays {\n  priority 1\n}"), @r#"
    pays
    priority Int(1)
    "#);
}

#[test]
fn routes_have_conditions() {
    assert_snapshot!(item(r#"offer x {
  channel branch, else email when not exists(visit in last 7 days), else sms
  channel branch, then email when a = b or (c else false),
    then sms when d
  channel a
  channel a, b when x, c
  channel a when if x then y else z, else b
}"#), @r#"
    x
    channel ["branch", "email when (not Exists<visit in-last Span(Span { months: 0, days: 7, micros: 0 })>)", "sms"]
    channel ["branch", "email when ((a Equal b) Or (c Else Bool(false)))", "sms when d"]
    channel ["a"]
    channel ["a", "b when x", "c"]
    channel ["a when (if x then y else z)", "b"]
    "#);
}

#[test]
fn timing_has_parts() {
    assert_snapshot!(item(r#"offer x {
  timing from 2026-11-01 to 2026-12-24, on weekdays, between 18:00 and 21:00
  timing on friday, saturday, between 22:00 and 02:00
  timing between 09:00 and 17:30, on monday, from 2026-11-01
  timing to 2026-12-24
  timing right away
  timing 1 day to 5 days after last(view).at
  timing at least 1 day after context.seen
  timing within 5 days after last(visit where store = "12").at
  timing 7 days after last(visit).at
  timing at 18:00 on the day of last(visit).at, else 7 days after last(visit).at
  timing on weekdays, at 18:00 7 days after (birth else 2000-01-01), else right away, to 2026-12-24
  timing 1 hour after anniversary(birth) - 7 days
  timing from 2026-11-01 to 2026-12-24,
    on weekdays,
    between 18:00 and 21:00,
    right away,
    else at 18:00 on the day of t,
    else within 5 days after t
  priority 1
}"#), @r#"
    x
    timing days from Date(20758) to Date(20811), on [weekdays], between Time(64800000000) and Time(75600000000)
    timing on [friday, saturday], between Time(79200000000) and Time(7200000000)
    timing between Time(32400000000) and Time(63000000000), on [monday], days from Date(20758)
    timing days to Date(20811)
    timing right away
    timing after Last<view>.at least Span(Span { months: 0, days: 1, micros: 0 }) most Span(Span { months: 0, days: 5, micros: 0 })
    timing after context.seen least Span(Span { months: 0, days: 1, micros: 0 })
    timing after Last<visit where (store Equal Text("12"))>.at most Span(Span { months: 0, days: 5, micros: 0 })
    timing exactly Span(Span { months: 0, days: 7, micros: 0 }) after Last<visit>.at
    timing at Time(64800000000) on the day of Last<visit>.at, exactly Span(Span { months: 0, days: 7, micros: 0 }) after Last<visit>.at
    timing on [weekdays], at Time(64800000000) on the day of (birth Else Date(10957)) plus Span(Span { months: 0, days: 7, micros: 0 }), right away, days to Date(20811)
    timing exactly Span(Span { months: 0, days: 0, micros: 3600000000 }) after (anniversary(birth) Subtract Span(Span { months: 0, days: 7, micros: 0 }))
    timing days from Date(20758) to Date(20811), on [weekdays], between Time(64800000000) and Time(75600000000), right away, at Time(64800000000) on the day of t, after t most Span(Span { months: 0, days: 5, micros: 0 })
    priority Int(1)
    "#);
}

#[test]
fn caps_say_over_whom_how_long_and_what() {
    assert_snapshot!(item(r#"offer x for each category c of product {
  cap 1 per customer every 90 days
  cap 2 impressions per customer every 7 days
  cap 1 per customer each month
  cap 1 per customer per c every 30 days
  cap 1 per customer per offer each day
  cap 20_000 in total
  cap 500 redemptions in total
  cap 2 decisions per customer per offer.topic each quarter on sms including inbound over response where outcome = seen and a when b
  cap 2 sends per customer each year over redemption when exists(purchase in last 3 days)
  cap 1 per customer per day every 7 days
  cap limit per customer every 24 hours on sms
  cap max per customer each week including inbound on sms
}"#), @r#"
    x each category of product as c
    cap Int(1) per customer every Span(Span { months: 0, days: 90, micros: 0 })
    cap Int(2) impressions per customer every Span(Span { months: 0, days: 7, micros: 0 })
    cap Int(1) per customer each month
    cap Int(1) per customer per c every Span(Span { months: 0, days: 30, micros: 0 })
    cap Int(1) per customer per offer each day
    cap Int(20000) in total
    cap Int(500) redemptions in total
    cap Int(2) decisions per customer per offer.topic each quarter on sms including inbound over response where ((outcome Equal seen) And a) when b
    cap Int(2) sends per customer each year over redemption when Exists<purchase in-last Span(Span { months: 0, days: 3, micros: 0 })>
    cap Int(1) per customer per day every Span(Span { months: 0, days: 7, micros: 0 })
    cap limit per customer every Span(Span { months: 0, days: 0, micros: 86400000000 }) on sms
    cap max per customer each week on sms including inbound
    "#);
    assert_snapshot!(item(r#"portfolio {
  cap 3 per customer every 7 days including inbound on sms when a
  cap 1 per customer per offer.topic each week
  cap 1 per customer every 30 days when none(response in last 180 days)
  cap 50% of requests per context.rep every 30 days
  cap 12.5% of request per context.rep every 12 hours
}"#), @r#"
    cap Int(3) per customer every Span(Span { months: 0, days: 7, micros: 0 }) on sms including inbound when a
    cap Int(1) per customer per offer.topic each week
    cap Int(1) per customer every Span(Span { months: 0, days: 30, micros: 0 }) when None<response in-last Span(Span { months: 0, days: 180, micros: 0 })>
    cap Number(0.5) of requests per context.rep every Span(Span { months: 0, days: 30, micros: 0 })
    cap Number(0.125) of request per context.rep every Span(Span { months: 0, days: 0, micros: 43200000000 })
    "#);
}

#[test]
fn experiments_have_shares_and_salts() {
    assert_snapshot!(item(r#"offer x {
  holdout 10% salted "2026-q4"
  holdout 0.5%
  arms plain 50%, big 50% salted "2026-q4"
  arms a 33.3%, b 33.3%,
    c 33.4%
  arm big value 2 USD
  arm big sells ["A", "B"]
}"#), @r#"
    x
    holdout Number(0.1) salted 2026-q4
    holdout Number(0.005)
    arms plain Number(0.5), big Number(0.5) salted 2026-q4
    arms a Number(0.33299999999999996), b Number(0.33299999999999996), c Number(0.33399999999999996)
    arm big field value Money(USD, 2000000)
    arm big field sells [Text("A"), Text("B")]
    "#);
}

#[test]
fn picks_name_what_they_pick() {
    assert_snapshot!(item(r#"offer x {
  pick a: product where exists(purchase in last 90 days where product_id = a) by count(purchase where product_id = a)
  pick b: category of product where b is not "X" and true by sum(purchase.spend where category = b) else 0 USD desc
  pick c: product by c.price
}"#), @r#"
    x
    pick a: product where Exists<purchase in-last Span(Span { months: 0, days: 90, micros: 0 }) where (product_id Equal a)> by Count<purchase where (product_id Equal a)>
    pick b: category of product where ((b NotEqual Text("X")) And Bool(true)) by (Sum<purchase.spend where (category Equal b)> Else Money(USD, 0))
    pick c: product by c.price
    "#);
}

#[test]
fn the_portfolio_has_its_rules() {
    assert_snapshot!(item(r#"portfolio {
  objective offer.value * score - channel.cost
  lever spring 1.2 where offer.topic = "garden" when weekly_spend > 20 USD
  lever autumn 0.5 when x
  lever off 0 where offer.tier > 3
  rank by offer.tier desc, then score, then by lot
  slate rep 3, at most 1 per offer.topic, at most 2 per offer.brand
  slate email 1
  slate 2
  slate app 5,
    at most 2 per offer.topic
  at most 2 per offer.topic
  at most 1 of diaper_bundle, formula_club
  at most 1 of a, b,
    c
  pause 30 days after 3 ignored
  stop after unsubscribed
  stop email after unsubscribed
  suppress for 180 days after purchase where offer.sells contains product.category
  suppress for 3 months after purchase
  holdout 5% salted "2026-q4"
  fallback newsletter
  horizon 14 days
  possible zones "America/New_York", "America/Los_Angeles"
}"#), @r#"
    objective ((offer.value Multiply score) Subtract channel.cost)
    lever spring Number(1.2) where (offer.topic Equal Text("garden")) when (weekly_spend Greater Money(USD, 20000000))
    lever autumn Number(0.5) when x
    lever off Int(0) where (offer.tier Greater Int(3))
    rank tier desc, score, lot
    slate Some("rep") Int(3), at most Int(1) per topic, at most Int(2) per brand
    slate Some("email") Int(1)
    slate None Int(2)
    slate Some("app") Int(5), at most Int(2) per topic
    at most Int(2) per topic
    at most Int(1) of [diaper_bundle, formula_club]
    at most Int(1) of [a, b, c]
    pause Span(Span { months: 0, days: 30, micros: 0 }) after Int(3)
    stop None after unsubscribed
    stop Some("email") after unsubscribed
    suppress Span(Span { months: 0, days: 180, micros: 0 }) after purchase where (offer.sells Contains product.category)
    suppress Span(Span { months: 3, days: 0, micros: 0 }) after purchase
    holdout Number(0.05) salted 2026-q4
    fallback newsletter
    horizon Span(Span { months: 0, days: 14, micros: 0 })
    possible zones America/New_York, America/Los_Angeles
    "#);
}
