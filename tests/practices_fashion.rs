//! The practices that the fashion house's policies say, both sides of each: who gets the offer, by which channel and when,
//! and who does not and why. `now` is Sunday 2026-11-22, 14:00 in New York.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

#[path = "support/decided.rs"]
mod decided;
#[path = "support/practice.rs"]
mod practice;
#[path = "support/project.rs"]
mod project;

use practice::{Layout, World};

const FASHION: Layout = Layout {
    name: "fashion",
    key: "shopper_id",
    customers: "shoppers",
    tables: &[
        (
            "shoppers",
            "first_name=Ana, zone=America/New_York, email_ok=true, push_ok=false, social_ok=false, gold=false, moved, \
             interests=|, may_buy_shoes",
        ),
        ("views", "seen_at=2026-11-20T12:00:00, product_id=shirts 1"),
        ("visits", "came_at=2026-11-20T12:00:00, shop=Oak Street"),
        ("purchases", "bought_at=2026-06-01T12:00:00, product_id=shirts 2, spend=40, gift=false"),
        ("contacts", "sent_at=2026-11-01T12:00:00, offer=paisley, channel=email, cost=0"),
        ("responses", "answered_at=2026-11-01T12:00:00, offer=paisley, channel=email, outcome=seen"),
    ],
    lookups: &["products.csv"],
};

fn fashion() -> World {
    World::of(&FASHION)
}

/// Bought twice, so that they need not be asked who they are.
fn known(fashion: &mut World, shopper: &str, row: &str) {
    fashion.is(shopper, row).add("purchases", shopper, "").add("purchases", shopper, "bought_at=2026-05-01T12:00:00");
    fashion.add("responses", shopper, "");
}

#[test]
fn m1_a_reminder_comes_neither_too_soon_nor_too_late_nor_too_often() {
    let mut fashion = fashion();
    let seen = [("an_hour_ago", "22T13:00"), ("two_days_ago", "20T12:00"), ("six_days_ago", "16T12:00")];
    for (shopper, at) in seen {
        known(&mut fashion, shopper, "");
        fashion.add("views", shopper, &format!("seen_at=2026-11-{at}:00"));
    }
    let reminder = |fashion: &World, shopper: &str| {
        let told = fashion.decide();
        told.iter()
            .find(|told| told["customer"] == shopper && told["offer"] == "still_thinking")
            .map(|told| told.sent())
    };
    assert_eq!(reminder(&fashion, "an_hour_ago").unwrap(), "2026-11-23 13:00");
    assert_eq!(reminder(&fashion, "two_days_ago").unwrap(), "2026-11-22 14:00");
    assert_eq!(reminder(&fashion, "six_days_ago"), None);
    assert_eq!(fashion.stops("six_days_ago", "still_thinking"), "untimely");
    // Not to who bought since.
    known(&mut fashion, "bought", "");
    fashion.add("views", "bought", "").add("purchases", "bought", "bought_at=2026-11-21T12:00:00");
    assert_eq!(fashion.stops("bought", "still_thinking"), "eligible");
    // Twice a week for everybody; once a month for who has not answered in half a year; a rest after three ignored.
    for (shopper, days) in
        [("twice", &["17", "18"][..]), ("once", &["17"]), ("silent", &["01"]), ("ignores", &["01", "03", "05"])]
    {
        known(&mut fashion, shopper, "");
        fashion.add("views", shopper, "");
        days.iter().for_each(|day| {
            _ = fashion.add("contacts", shopper, &format!("sent_at=2026-11-{day}T12:00:00, offer=tell_us"))
        });
    }
    fashion.add("responses", "once", "answered_at=2026-11-18T12:00:00, offer=tell_us");
    assert!(reminder(&fashion, "once").is_some());
    assert_eq!(fashion.stops("twice", "still_thinking"), "capped");
    assert_eq!(fashion.stops("ignores", "still_thinking"), "capped");
    assert!(reminder(&fashion, "silent").is_some(), "has answered at the time");
    let mut never = self::fashion();
    for (shopper, day) in [("recent", "11-01"), ("long_ago", "10-01")] {
        never.is(shopper, "").add("views", shopper, "").add("purchases", shopper, "").add("purchases", shopper, "");
        never.add("contacts", shopper, &format!("sent_at=2026-{day}T12:00:00, offer=tell_us"));
    }
    assert_eq!(never.who_gets("still_thinking"), ["long_ago"]);
    assert_eq!(never.stops("recent", "still_thinking"), "capped");
}

#[test]
fn m2_one_needs_only_one_jacket_and_what_goes_with_it() {
    let mut fashion = fashion();
    for (shopper, bought) in [("looks", ""), ("has_one", "2026-11-01"), ("had_one", "2026-03-01")] {
        known(&mut fashion, shopper, "");
        fashion.add("views", shopper, "product_id=jackets 1");
        if !bought.is_empty() {
            fashion.add("purchases", shopper, &format!("bought_at={bought}T12:00:00, product_id=jackets 2"));
        }
        fashion.asks(shopper, "channel=associate");
    }
    assert_eq!(fashion.who_gets("winter_jacket"), ["had_one", "looks"]);
    assert_eq!(fashion.stops("has_one", "winter_jacket"), "excepted");
    assert_eq!(fashion.who_gets("scarf_for_the_jacket"), ["has_one"]);
    // And one scarf is enough as well.
    fashion.add("purchases", "has_one", "bought_at=2026-11-10T12:00:00, product_id=scarves 1");
    assert_eq!(fashion.stops("has_one", "scarf_for_the_jacket"), "excepted");
}

#[test]
fn m5_the_evening_of_the_visit_or_a_week_after_it() {
    let mut fashion = fashion();
    let came = [("today", "22T11:00"), ("yesterday", "21T11:30"), ("monday", "16T10:15"), ("last_month", "01T10:00")];
    for (shopper, at) in came {
        known(&mut fashion, shopper, "");
        fashion.add("visits", shopper, &format!("came_at=2026-11-{at}:00"));
    }
    let evening = |shopper: &str| {
        let told = fashion.decide();
        told.iter()
            .find(|told| told["customer"] == shopper && told["offer"] == "lovely_to_see_you")
            .map(|told| told.sent())
    };
    assert_eq!(evening("today").unwrap(), "2026-11-22 18:00");
    assert_eq!(evening("yesterday").unwrap(), "2026-11-28 11:30");
    assert_eq!(evening("monday").unwrap(), "2026-11-23 10:15");
    assert_eq!(evening("last_month"), None);
    // In their own time: six in London is one in New York.
    fashion.is("london", "zone=Europe/London").add("visits", "london", "came_at=2026-11-22T04:00:00");
    fashion.add("responses", "london", "");
    fashion.at("2026-11-22 10:00");
    let told = fashion.decide();
    let london = told.iter().find(|told| told["customer"] == "london" && told["offer"] == "lovely_to_see_you");
    assert_eq!(london.unwrap().sent(), "2026-11-22 13:00");
}

#[test]
fn m7_who_moved_a_month_ago_is_too_late() {
    let mut fashion = fashion();
    for (shopper, moved) in
        [("just", "2026-11-20"), ("three_weeks", "2026-11-02"), ("a_month", "2026-10-22"), ("stays", "")]
    {
        known(&mut fashion, shopper, &format!("moved={moved}"));
    }
    assert_eq!(fashion.who_gets("new_in_town"), ["just", "three_weeks"]);
    assert_eq!(fashion.stops("a_month", "new_in_town"), "untimely");
    assert_eq!(fashion.stops("stays", "new_in_town"), "eligible");
}

#[test]
fn m10_a_reminder_says_why_it_comes() {
    let mut fashion = fashion();
    known(&mut fashion, "looked", "");
    fashion.add("views", "looked", "");
    let told = fashion.decide();
    let reminder = told.iter().find(|told| told["offer"] == "still_thinking").unwrap();
    assert!(reminder["reason"].starts_with("You looked at "), "{}", reminder["reason"]);
    assert!(reminder["reason"].ends_with(" shirts on Friday"), "{}", reminder["reason"]);
    assert_eq!(fashion.errors(), [""; 0]);
    // Without its trigger it is only an advertisement, and no policy.
    fashion.says(
        "offers/reminders.offer",
        "  because \"You came to see us on {last(visit).came_at else now as weekday}\"\n",
        "",
    );
    assert_eq!(fashion.errors(), ["E0822"]);
}

#[test]
fn h12_who_often_bought_paisley_gets_paisley() {
    let mut fashion = fashion();
    let text = std::fs::read_to_string(practice::policy("fashion/data/products.csv")).unwrap();
    let of = |pattern: &str| {
        let line = text.lines().find(|line| line.contains(&format!(",{pattern},"))).unwrap();
        line.split(',').next().unwrap().to_owned()
    };
    let (paisley, plain) = (of("paisley"), of("plain"));
    for (shopper, with, without) in [("often", 2, 4), ("seldom", 1, 5), ("hardly_bought", 2, 1)] {
        fashion.is(shopper, "").add("responses", shopper, "").asks(shopper, "channel=web");
        for at in 0..with + without {
            let product = if at < with { &paisley } else { &plain };
            fashion.add("purchases", shopper, &format!("bought_at=2026-02-0{}T12:00:00, product_id={product}", at + 1));
        }
    }
    assert_eq!(fashion.who_gets("paisley"), ["often"]);
    let told = fashion.decide();
    assert_eq!(
        told.iter().find(|told| told["offer"] == "paisley").unwrap()["reason"],
        "33 per cent of what you bought is paisley"
    );
    assert_eq!(fashion.stops("seldom", "paisley"), "eligible");
    assert_eq!(fashion.stops("hardly_bought", "paisley"), "eligible");
}

#[test]
fn h16_sunday_evening_is_not_midday_midweek() {
    let mut fashion = fashion();
    known(&mut fashion, "by_mail", "");
    known(&mut fashion, "by_push", "email_ok=false, push_ok=true");
    for shopper in ["by_mail", "by_push"] {
        fashion.add("views", shopper, "seen_at=2026-10-01T12:00:00");
    }
    assert_eq!(fashion.gets("by_mail"), ["sunday_evening by email at 2026-11-22 18:00"]);
    assert_eq!(fashion.gets("by_push"), ["midweek_lunch by push at 2026-11-24 11:30"]);
    fashion.at("2026-11-25 12:10");
    assert_eq!(fashion.gets("by_mail"), ["sunday_evening by email at 2026-11-29 18:00"]);
    assert_eq!(fashion.gets("by_push"), ["midweek_lunch by push at 2026-11-25 12:10"]);
    fashion.at("2026-11-26 13:30");
    assert_eq!(fashion.gets("by_push"), ["midweek_lunch by push at 2026-12-01 11:30"]);
    // Nobody gets both.
    known(&mut fashion, "by_both", "push_ok=true");
    fashion.add("views", "by_both", "seen_at=2026-10-01T12:00:00");
    assert_eq!(fashion.gets("by_both").len(), 1);
    assert_eq!(fashion.stops("by_both", "midweek_lunch"), "excluded");
}

#[test]
fn h17_with_somebody_along_it_is_something_inexpensive() {
    let mut fashion = fashion();
    for shopper in ["alone", "together", "unseen"] {
        known(&mut fashion, shopper, "email_ok=false");
        fashion.add("views", shopper, "product_id=jackets 1");
    }
    fashion.asks("alone", "channel=associate, companion=nobody");
    fashion.asks("together", "channel=associate, companion=partner");
    fashion.asks("unseen", "channel=associate, companion=");
    assert_eq!(fashion.gets("alone")[0], "winter_jacket by associate at 2026-11-22 14:00");
    assert_eq!(fashion.gets("together")[0], "something_small by associate at 2026-11-22 14:00");
    assert_eq!(fashion.stops("together", "winter_jacket"), "forbidden");
    assert_eq!(fashion.stops("alone", "something_small"), "eligible");
    assert_eq!(fashion.who_gets("winter_jacket"), ["alone", "unseen"]);
}

#[test]
fn h18_weather_day_and_company_change_what_is_offered() {
    let mut fashion = fashion();
    for (shopper, asks) in [
        ("in_the_rain", "channel=associate, weather=rain, companion=nobody"),
        ("rain_for_two", "channel=associate, weather=rain, companion=friend"),
        ("in_the_sun", "channel=associate, weather=sun, companion=nobody"),
        ("who_knows", "channel=associate, weather=, companion="),
    ] {
        known(&mut fashion, shopper, "");
        fashion.asks(shopper, asks);
    }
    assert_eq!(fashion.gets("in_the_rain"), ["umbrella by associate at 2026-11-22 14:00"]);
    assert_eq!(fashion.who_gets("umbrella"), ["in_the_rain", "rain_for_two"]);
    assert_eq!(fashion.stops("in_the_sun", "umbrella"), "eligible");
    assert_eq!(fashion.stops("who_knows", "umbrella"), "eligible");
    // Alone one listens: the same umbrella is worth more to tell.
    let told = fashion.decide();
    let value = |weather: &str| {
        told.iter().find(|told| told["customer"] == weather && told["offer"] == "umbrella").unwrap()["value"].clone()
    };
    let rain = told.iter().find(|told| told["customer"] == "in_the_rain").unwrap();
    assert_eq!(rain["priority"], "0.5");
    assert_eq!((value("in_the_rain").as_str(), value("rain_for_two").as_str()), ("3.0", "1.2"));
}

#[test]
fn h28_dear_things_are_told_by_an_associate() {
    let mut fashion = fashion();
    for shopper in ["in_the_shop", "at_home", "silver", "stranger"] {
        let gold = format!("gold={}, push_ok=true, social_ok=true", shopper != "silver");
        fashion.is(shopper, &gold).add("responses", shopper, "");
        if shopper != "stranger" {
            ["01", "02", "03"]
                .iter()
                .for_each(|day| _ = fashion.add("purchases", shopper, &format!("bought_at=2026-05-{day}T12:00:00")));
        }
        fashion.asks(shopper, if shopper == "at_home" { "channel=web" } else { "channel=associate" });
    }
    assert_eq!(fashion.who_gets("evening_ring"), ["in_the_shop"]);
    assert_eq!(fashion.stops("at_home", "evening_ring"), "unreachable");
    assert_eq!(fashion.stops("silver", "evening_ring"), "eligible");
    assert_eq!(fashion.stops("stranger", "evening_ring"), "forbidden");
}

#[test]
fn h32_house_rules_bind_every_offer() {
    let mut fashion = fashion();
    known(&mut fashion, "follows", "interests=fashion, social_ok=true, push_ok=true");
    known(&mut fashion, "reads_mail", "interests=fashion, push_ok=true");
    assert_eq!(fashion.gets("follows"), ["bold_shoes by social at 2026-11-22 14:00"]);
    assert_eq!(fashion.stops("reads_mail", "bold_shoes"), "unreachable");
    // Whoever writes another channel to it finds that the house does not carry it there.
    fashion.says("offers/pieces.offer", "channel social", "channel social, else email");
    assert_eq!(fashion.who_gets("bold_shoes"), ["follows"]);
    fashion.says("offers/pieces.offer", "channel social, else email", "channel email");
    assert_eq!(fashion.errors(), ["E0808"]);
    // Both rules are to be looked at again by the end of March, and who does not is told.
    let mut late = self::fashion();
    assert_eq!(late.errors(), [""; 0]);
    late.says("opportune.toml", "2026-11-22 14:00", "2027-04-01 14:00");
    assert_eq!(late.errors(), ["E0522", "E0522"]);
}

/// The day of the flash sale, half an hour into it.
fn on_sale() -> World {
    let mut fashion = fashion();
    fashion.at("2026-11-27 17:30");
    for (shopper, row) in
        [("gold", "gold=true, push_ok=true"), ("silver", "push_ok=true"), ("newcomer", "push_ok=true"), ("mail", "")]
    {
        fashion.is(shopper, row).add("views", shopper, "seen_at=2026-11-10T12:00:00").add("responses", shopper, "");
        if shopper != "newcomer" {
            ["01", "02"]
                .iter()
                .for_each(|day| _ = fashion.add("purchases", shopper, &format!("bought_at=2026-05-{day}T12:00:00")));
        }
    }
    fashion
}

#[test]
fn h4_a_short_window_a_limited_quantity_and_both_are_shown() {
    let mut fashion = on_sale();
    let sale = |fashion: &World| -> Vec<(String, String)> {
        let told = fashion.decide();
        let of = told.iter().filter(|told| told["offer"] == "flash_sale");
        of.map(|told| (told["customer"].clone(), told["message"].clone())).collect()
    };
    let told = sale(&fashion);
    let (who, what): (Vec<&str>, Vec<&str>) = told.iter().map(|(who, what)| (who.as_str(), what.as_str())).unzip();
    assert_eq!(who, ["gold", "newcomer", "silver"]);
    assert_eq!(fashion.stops("mail", "flash_sale"), "unreachable");
    // Three times as much off for who is dear, and the number runs down.
    assert_eq!(what[0], "30 USD off for you. 200 left, until nine on Friday.");
    assert!(what[1].starts_with("10 USD off") && what[2].starts_with("20 USD off"), "{what:?}");
    // Of three, one is gone already.
    fashion.says("offers/moments.offer", "cap 200 in total", "cap 3 in total");
    fashion.is("early", "").add("contacts", "early", "sent_at=2026-11-27T17:05:00, offer=flash_sale, channel=push");
    assert_eq!(sale(&fashion).len(), 2);
    assert!(sale(&fashion)[0].1.contains("2 left"), "{:?}", sale(&fashion));
    // They go to those who make most of them, whoever comes first; and what all get off together has an end as well.
    let who = |fashion: &World| sale(fashion).into_iter().map(|(who, _)| who).collect::<Vec<_>>();
    assert_eq!(who(&fashion), ["gold", "silver"]);
    let within = |budget: u32| {
        let mut fashion = on_sale();
        fashion.says("offers/moments.offer", "budget 1_000 USD", &format!("budget {budget} USD"));
        who(&fashion)
    };
    assert_eq!(within(60), ["gold", "newcomer", "silver"]);
    assert_eq!(within(59), ["gold", "silver"]);
    // Thirty and twenty are more than 45, and twenty and ten more than 29.
    assert_eq!((within(45).len(), within(29).len(), within(9).len()), (2, 1, 0));
    // Too late.
    fashion.at("2026-11-27 21:00");
    assert_eq!(sale(&fashion).len(), 0);
    assert_eq!(fashion.stops("gold", "flash_sale"), "untimely");
    // Five days before it is known when it comes.
    fashion.at("2026-11-22 14:00");
    let before = fashion.decide();
    let sale = before.iter().find(|told| told["offer"] == "flash_sale").unwrap();
    assert_eq!(sale.sent(), "2026-11-27 17:00");
}

#[test]
fn h6_h7_the_goal_is_one_line() {
    let mut fashion = fashion();
    fashion.is("new", "push_ok=true").add("views", "new", "seen_at=2026-10-01T12:00:00").add("responses", "new", "");
    let first = |fashion: &World| fashion.gets("new")[0].split(' ').next().unwrap().to_owned();
    // Selling: the collection brings 2.50 USD on average, three questions ten cents.
    assert_eq!(first(&fashion), "sunday_evening");
    // Getting to know shoppers: the same offers, another line.
    let sells = "  objective offer.value * score - channel.cost";
    fashion.says("portfolio.offer", sells, "  objective offer.learns * score - channel.cost");
    assert_eq!(first(&fashion), "tell_us");
    assert_eq!(fashion.stops("new", "evening_ring"), "eligible");
}

#[test]
fn h9_interests_and_a_model_point_to_shoes() {
    let mut fashion = fashion();
    for (shopper, row) in [
        ("runs", "interests=running|films, may_buy_shoes=0.6"),
        ("may_run", "interests=running, may_buy_shoes=0.001"),
        ("cooks", "interests=cooking, may_buy_shoes=0.9"),
        ("no_score", "interests=marathon"),
    ] {
        known(&mut fashion, shopper, row);
        fashion.add("views", shopper, "seen_at=2026-10-01T12:00:00");
    }
    // Whoever is hardly likely to buy gets the collection first.
    assert_eq!(fashion.who_gets("running_shoes"), ["runs"]);
    assert_eq!(fashion.stops("may_run", "running_shoes"), "outranked");
    assert_eq!(fashion.stops("cooks", "running_shoes"), "eligible");
    assert_eq!(fashion.stops("no_score", "running_shoes"), "eligible");
}

#[test]
fn m6_a_gift_of_last_year_is_remembered() {
    let mut fashion = fashion();
    for (shopper, bought) in [
        ("in_time", "bought_at=2025-12-01T12:00:00, product_id=scarves 1, gift=true"),
        ("for_herself", "bought_at=2025-12-01T12:00:00, product_id=scarves 1"),
        ("in_spring", "bought_at=2026-05-01T12:00:00, product_id=scarves 1, gift=true"),
        ("just_passed", "bought_at=2025-11-20T12:00:00, product_id=scarves 1, gift=true"),
        ("last_week", "bought_at=2026-11-20T12:00:00, product_id=scarves 1, gift=true"),
    ] {
        known(&mut fashion, shopper, "");
        fashion.add("purchases", shopper, bought);
    }
    assert_eq!(fashion.who_gets("their_day"), ["in_time"]);
    let told = fashion.decide();
    assert_eq!(told.iter().find(|told| told["offer"] == "their_day").unwrap()["reason"], "A year ago you gave scarves");
    for shopper in ["for_herself", "in_spring", "just_passed", "last_week"] {
        assert_eq!(fashion.stops(shopper, "their_day"), "eligible");
    }
}

#[test]
fn m9_what_was_gone_is_back() {
    let mut fashion = fashion();
    let text = std::fs::read_to_string(practice::policy("fashion/data/products.csv")).unwrap();
    let back = |days: std::ops::RangeInclusive<u32>| {
        let day = |line: &str| line.rsplit("2026-11-").next()?.parse::<u32>().ok();
        let line =
            text.lines().find(|line| line.contains(",2026-11-") && day(line).is_some_and(|day| days.contains(&day)));
        line.unwrap().split(',').next().unwrap().to_owned()
    };
    let (fresh, old) = (back(20..=22), back(10..=18));
    for (shopper, wanted) in [("wanted", &fresh), ("wanted_other", &old), ("has_it", &fresh)] {
        known(&mut fashion, shopper, "");
        fashion.add("views", shopper, &format!("seen_at=2026-10-10T12:00:00, product_id={wanted}"));
    }
    fashion.add("purchases", "has_it", &format!("bought_at=2026-11-21T12:00:00, product_id={fresh}"));
    fashion.is("stranger", "");
    assert_eq!(fashion.who_gets("back_again"), ["wanted"]);
    let told = fashion.decide();
    let back = told.iter().find(|told| told["offer"] == "back_again").unwrap();
    assert_eq!((back["reason"].clone(), back.sent()), (format!("It is back: {fresh}"), "2026-11-22 14:00".into()));
    assert_eq!(fashion.stops("has_it", "back_again"), "excepted");
    assert_eq!(fashion.stops("wanted_other", "back_again"), "eligible");
}
