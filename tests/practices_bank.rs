//! The practices that the bank's policies say, both sides of each: who gets the offer, by which channel and when, and who
//! does not and why. `now` is Wednesday 2026-11-18, 10:00 in New York.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

#[path = "support/decided.rs"]
mod decided;
#[path = "support/practice.rs"]
mod practice;
#[path = "support/project.rs"]
mod project;

use std::collections::BTreeMap;

use practice::{Layout, OTHERS, World};

const BANK: Layout = Layout {
    name: "bank",
    key: "client_id",
    customers: "clients",
    tables: &[
        (
            "clients",
            "first_name=Ada, birth=1986-05-05, gender, latitude=40.75, longitude=-73.99, protected_by=US, \
             zone=America/New_York, email_ok=true, phone_ok=true, adviser=alma, balance=100, card_expires, lifetime_value, leaving",
        ),
        ("holdings", "opened=2020-01-01, product_id"),
        ("visits", "visited_at=2026-11-10T12:00:00, channel=web, page=accounts"),
        ("requests", "asked_at=2026-11-10T12:00:00, channel=phone, reason=question, mood, rep=machine"),
        ("contacts", "sent_at=2026-11-10T12:00:00, offer=paperless, channel=email, rep=machine"),
        ("responses", "answered_at=2026-11-10T12:00:00, offer=paperless, channel=email, outcome=seen"),
    ],
    lookups: &["products.csv", "heard_today.csv"],
};

/// Nobody yet; but the rep and the machine had twenty conversations each with others, so that they may pitch in ten.
fn bank() -> World {
    let mut bank = World::of(&BANK);
    bank.is(OTHERS, "email_ok=false, phone_ok=false");
    for minute in 0..20 {
        for rep in ["ruth", "machine"] {
            bank.add("requests", OTHERS, &format!("asked_at=2026-11-10T12:{minute:02}:00, rep={rep}"));
        }
    }
    bank
}

/// Who could take a mortgage, and would.
fn house_hunter(bank: &mut World, client: &str) {
    bank.is(client, "balance=30000").add("visits", client, "page=mortgages");
    // Who answers us now and then is told things once a fortnight, not once a season.
    bank.add("responses", client, "");
}

#[test]
fn h14_a_mortgage_fits_a_branch_and_not_a_cash_machine() {
    let mut bank = bank();
    for client in ["at_branch", "at_atm", "at_home"] {
        house_hunter(&mut bank, client);
        bank.add("holdings", client, "product_id=current_account").add("holdings", client, "product_id=savings_plan");
    }
    bank.asks("at_branch", "channel=branch, rep=ruth").asks("at_atm", "channel=atm, rep=machine");
    assert_eq!(
        bank.gets("at_branch"),
        ["mortgage by branch at 2026-11-18 10:00", "cash_back_card by branch at 2026-11-18 10:00"]
    );
    // The machine has room for what needs one sentence; about the house an adviser calls, a day later.
    assert_eq!(
        bank.gets("at_atm"),
        ["mortgage by adviser at 2026-11-19 10:00", "cash_back_card by atm at 2026-11-18 10:00"]
    );
    assert_eq!(bank.gets("at_home"), ["mortgage by adviser at 2026-11-19 10:00"]);
    // An offer that only a cash machine could carry, and that it cannot, is no policy.
    bank.says("offers/home.offer", "channel branch, else adviser", "channel atm");
    assert_eq!(bank.errors(), ["E0808"]);
}

#[test]
fn h15_a_complaint_is_listened_to() {
    let mut bank = bank();
    for client in ["asks", "complains", "shouts"] {
        bank.is(client, "balance=2000").add("holdings", client, "product_id=savings_plan").add("responses", client, "");
        bank.add("holdings", client, "product_id=current_account");
    }
    bank.asks("asks", "channel=phone, rep=ruth, reason=question, mood=calm");
    bank.asks("complains", "channel=phone, rep=ruth, reason=complaint, mood=calm");
    bank.asks("shouts", "channel=phone, rep=ruth, reason=complaint, mood=upset");
    assert_eq!(bank.gets("asks"), ["cash_back_card by phone at 2026-11-18 10:00"]);
    // Not in that call; two hours later by mail, which one opens when one likes.
    assert_eq!(bank.gets("complains"), ["cash_back_card by email at 2026-11-18 12:00"]);
    assert_eq!(bank.gets("shouts"), [""; 0]);
    assert_eq!(bank.stops("shouts", "cash_back_card"), "forbidden");
    // Once it has cooled, the fee back: two days after the complaint, not after ten.
    let mut later = self::bank();
    for (client, day) in [("yesterday", "17"), ("a_week_ago", "11"), ("long_ago", "06")] {
        later.is(client, "").add("responses", client, "");
        later.add("requests", client, &format!("asked_at=2026-11-{day}T12:00:00, reason=complaint"));
    }
    assert_eq!(later.gets("yesterday"), ["fee_back by email at 2026-11-19 12:00"]);
    assert_eq!(later.gets("a_week_ago"), ["fee_back by email at 2026-11-18 12:00"]);
    assert_eq!(later.stops("long_ago", "fee_back"), "eligible");
}

#[test]
fn h21_who_is_worth_keeping_is_asked_to_stay_and_others_may_go() {
    let mut bank = bank();
    for (client, worth, leaving) in
        [("dear", 2_000, "0.5"), ("cheap", 200, "0.5"), ("loyal", 2_000, "0.1"), ("who", 0, "")]
    {
        bank.is(client, &format!("lifetime_value={worth}, leaving={leaving}")).add("responses", client, "");
    }
    assert_eq!(bank.who_gets("stay_with_us"), ["dear"]);
    assert_eq!(bank.stops("cheap", "stay_with_us"), "withheld");
    assert_eq!(bank.stops("loyal", "stay_with_us"), "eligible");
    assert_eq!(bank.stops("who", "stay_with_us"), "eligible");
}

#[test]
fn h22_equal_offers_are_drawn_by_a_lot_that_falls_the_same_way() {
    let mut bank = bank();
    for number in 0..40 {
        bank.is(&format!("c{number}"), "balance=1500").add("responses", &format!("c{number}"), "");
    }
    let (rain, summer) = (bank.who_gets("rainy_day"), bank.who_gets("summer_plan"));
    assert_eq!(rain.len() + summer.len(), 40);
    assert!(rain.len() >= 8 && summer.len() >= 8, "{} and {}", rain.len(), summer.len());
    assert_eq!(bank.who_gets("rainy_day"), rain);
    assert_eq!(bank.stops(&rain[0], "summer_plan"), "outranked");
}

#[test]
fn h24_loyalty_goes_before_sales() {
    let mut bank = bank();
    // The mortgage would bring 160 USD on average, the year without fees 50.
    for (client, leaving) in [("leaving", "0.5"), ("staying", "0.1")] {
        bank.is(client, &format!("balance=30000, lifetime_value=400, leaving={leaving}"));
        bank.add("visits", client, "page=mortgages")
            .add("responses", client, "")
            .asks(client, "channel=branch, rep=ruth");
        bank.add("holdings", client, "product_id=savings_plan");
    }
    assert_eq!(
        bank.gets("leaving"),
        ["stay_with_us by branch at 2026-11-18 10:00", "mortgage by branch at 2026-11-18 10:00"]
    );
    assert_eq!(bank.gets("staying"), ["mortgage by branch at 2026-11-18 10:00"]);
}

#[test]
fn h29_a_rep_sees_a_slate_in_rank_order_with_what_to_say() {
    let mut bank = bank();
    bank.is("ann", "balance=30000, email_ok=false, phone_ok=false").add("visits", "ann", "page=mortgages");
    bank.add("holdings", "ann", "product_id=current_account")
        .add("responses", "ann", "")
        .asks("ann", "channel=branch, rep=ruth");
    let slate = bank.decide();
    let offers: Vec<&str> = slate.iter().map(|told| told["offer"].as_str()).collect();
    // Two savings plans are as good as each other, and the slate has room for one of a topic.
    assert_eq!(offers[..2], ["mortgage", "cash_back_card"]);
    assert!(["rainy_day", "summer_plan"].contains(&offers[2]) && offers.len() == 3, "{offers:?}");
    assert_eq!(slate.iter().map(|told| told["slot"].as_str()).collect::<Vec<_>>(), ["1", "2", "3"]);
    assert_eq!(slate[0]["reason"], "You looked at houses, and you have saved 30,000 USD");
    assert_eq!(slate[0]["message"], "Ada, shall we sit down for an hour about the house?");
    assert_eq!(slate[1]["reason"], "You pay with our account and get nothing back");
    // With room for four there is still one savings plan.
    bank.says("portfolio.offer", "slate branch 3", "slate branch 4").says("portfolio.offer", "slate 3", "slate 4");
    assert_eq!(bank.gets("ann").len(), 3);
    let other = if offers[2] == "rainy_day" { "summer_plan" } else { "rainy_day" };
    assert_eq!(bank.stops("ann", other), "excluded");
}

/// Clients who ask at the branch, and could be told about one savings plan each.
fn savers(bank: &mut World, clients: &[&str], rep: &str) {
    for client in clients {
        bank.is(client, "balance=1500, email_ok=false, phone_ok=false").add("responses", client, "");
        bank.asks(client, &format!("channel=branch, rep={rep}"));
    }
}

#[test]
fn h30_a_rep_pitches_in_half_of_the_conversations_at_most() {
    let pitched = |requests: usize, pitches: usize, day: &str| {
        let mut bank = World::of(&BANK);
        savers(&mut bank, &["ann", "bob", "cy"], "ruth");
        bank.is(OTHERS, "email_ok=false, phone_ok=false");
        for _ in 0..requests {
            bank.add("requests", OTHERS, &format!("asked_at=2026-{day}T12:00:00, rep=ruth"));
        }
        for hour in 0..pitches {
            bank.add("contacts", OTHERS, &format!("sent_at=2026-{day}T{hour:02}:00:00, channel=phone, rep=ruth"));
        }
        bank.decide().len()
    };
    // Half of eight is four, three are told already: one is left for three clients.
    assert_eq!(pitched(8, 3, "11-10"), 1);
    // Half of seven is three, rounded down.
    assert_eq!(pitched(7, 3, "11-10"), 0);
    assert_eq!(pitched(12, 3, "11-10"), 3);
    // Conversations of long ago count no more.
    assert_eq!(pitched(8, 3, "10-10"), 0);
    // Another rep's share is their own, and it stops whom it stops.
    let mut bank = World::of(&BANK);
    savers(&mut bank, &["ann"], "ruth");
    savers(&mut bank, &["bob"], "sam");
    (0..2).for_each(|hour| _ = bank.add("requests", "ann", &format!("asked_at=2026-11-10T{hour:02}:00:00, rep=sam")));
    let who = |bank: &World| bank.decide().iter().map(|told| told["customer"].clone()).collect::<Vec<_>>();
    assert_eq!(who(&bank), ["bob"]);
    assert_eq!(bank.stops("ann", "rainy_day"), "used_up");
}

#[test]
fn h29_a_rep_and_an_adviser_have_only_so_many_hours() {
    let at_branch = |cap: &str| {
        let mut bank = bank();
        bank.says("portfolio.offer", "cap 9 in total each day per context.rep", cap);
        savers(&mut bank, &["ann", "bob", "cy"], "ruth");
        bank
    };
    let talks = |bank: &World| bank.decide().iter().filter(|told| told["channel"] == "branch").count();
    let (nine, two) = (at_branch("cap 9 in total each day per context.rep"), "cap 2 in total each day per context.rep");
    assert!(talks(&nine) > 2, "{}", talks(&nine));
    assert_eq!(talks(&at_branch(two)), 2);
    // What another has explained today is theirs; what she has, is hers.
    let mut bank = at_branch(two);
    bank.add("contacts", OTHERS, "sent_at=2026-11-18T09:00:00, channel=branch, rep=sam");
    assert_eq!(talks(&bank), 2);
    bank.add("contacts", OTHERS, "sent_at=2026-11-18T09:00:00, channel=branch, rep=ruth");
    assert_eq!(talks(&bank), 1);
    // Four calls a week of each adviser, to those for whom they are worth most.
    let mut bank = self::bank();
    for (client, balance) in [("a", 6), ("b", 7), ("c", 8), ("d", 9), ("e", 10)] {
        bank.is(client, &format!("birth=1970-01-01, email_ok=false, balance={balance}000"));
        bank.add("responses", client, "");
    }
    bank.is("other", "birth=1970-01-01, email_ok=false, balance=6000, adviser=bert").add("responses", "other", "");
    let calls = |bank: &World| bank.decide().iter().filter(|told| told["channel"] == "adviser").count();
    assert_eq!(calls(&bank), 5, "four of one adviser, one of the other");
}

#[test]
fn m11_one_history_over_all_channels() {
    let mut bank = bank();
    for client in ["fresh", "phoned", "phoned_long_ago", "holder", "left_email"] {
        bank.is(client, "balance=1500, phone_ok=false").add("responses", client, "answered_at=2026-11-02T12:00:00");
    }
    bank.add("contacts", "phoned", "sent_at=2026-11-10T12:00:00, channel=phone");
    bank.add("contacts", "phoned_long_ago", "sent_at=2026-10-20T12:00:00, channel=phone");
    bank.add("holdings", "holder", "product_id=savings_plan, opened=2026-11-17");
    bank.add("responses", "left_email", "outcome=unsubscribed");
    let saves = |bank: &World, client: &str| {
        bank.gets(client).iter().any(|told| told.contains("rainy_day") || told.contains("summer_plan"))
    };
    assert!(saves(&bank, "fresh") && saves(&bank, "phoned_long_ago"));
    // What the phone said counts for the mail; what the branch sold is pitched by nobody.
    assert!(!saves(&bank, "phoned") && !saves(&bank, "holder") && !saves(&bank, "left_email"));
    assert_eq!(bank.stops("phoned", "rainy_day"), "capped");
    assert_eq!(bank.stops("holder", "rainy_day"), "excepted");
    assert_eq!(bank.stops("left_email", "rainy_day"), "unreachable");
    // Who comes to us is answered: that interrupts nobody. Who left the mail is still welcome at the branch.
    for client in ["phoned", "left_email", "holder"] {
        bank.asks(client, "channel=branch, rep=ruth");
    }
    assert!(saves(&bank, "phoned") && saves(&bank, "left_email") && !saves(&bank, "holder"));
}

#[test]
fn h1_the_letter_is_filled_when_it_is_opened() {
    let mut bank = bank();
    for client in ["travels", "at_home", "young", "old"] {
        let birth = if client == "young" { "2000-01-01" } else { "1986-05-05" };
        bank.is(client, &format!("balance=900, email_ok=false, phone_ok=false, birth={birth}"));
        bank.add("responses", client, "").add("holdings", client, "product_id=current_account");
        bank.add("visits", client, "page=travel");
    }
    bank.asks("travels", "channel=inbox, rep=machine, place=48.85,2.35")
        .asks("at_home", "channel=inbox, rep=machine, place=40.75,-73.99");
    bank.asks("young", "channel=inbox, rep=machine, page=travel")
        .asks("old", "channel=inbox, rep=machine, page=travel");
    // Where they are, how old they are, and what they looked at a moment ago.
    let shown = |bank: &World, client: &str| bank.gets(client)[0].split(' ').next().unwrap().to_owned();
    assert_eq!(shown(&bank, "travels"), "travel_card");
    assert_eq!(shown(&bank, "at_home"), "cash_back_card");
    assert_eq!(shown(&bank, "young"), "travel_card");
    assert_eq!(shown(&bank, "old"), "cash_back_card");
    assert_eq!(bank.gets("travels"), ["travel_card by inbox at 2026-11-18 10:00"]);
    // And how others have just answered: one in a hundred is too few, even for who travels.
    bank.says("data/heard_today.csv", "travel_card,0.03", "travel_card,0.01");
    assert_eq!(shown(&bank, "travels"), "cash_back_card");
    assert_eq!(bank.stops("travels", "travel_card"), "outranked");
}

#[test]
fn m4_each_channel_talks_in_its_own_way() {
    let mut bank = bank();
    for client in ["at_atm", "at_branch"] {
        bank.is(client, "balance=600").add("responses", client, "").add(
            "holdings",
            client,
            "product_id=current_account",
        );
    }
    bank.asks("at_atm", "channel=atm, rep=machine").asks("at_branch", "channel=branch, rep=ruth");
    let told = bank.decide();
    let message = |client: &str| told.iter().find(|told| told["customer"] == client).unwrap()["message"].clone();
    assert!(message("at_atm").ends_with("% back on all you buy? Press YES"), "{}", message("at_atm"));
    assert!(message("at_branch").ends_with("% back on all that you pay with the new card"), "{}", message("at_branch"));
    // A hole that the schema does not know, and one that may be empty, are no text.
    bank.says("offers/everyday.offer", "Press YES", "Press YES, {nickname}");
    assert_eq!(bank.errors(), ["E0201"]);
    bank.says("offers/everyday.offer", "{nickname}", "{card_expires}");
    assert_eq!(bank.errors(), ["E0405"]);
    bank.says("offers/everyday.offer", "{card_expires}", "{first_name}");
    assert_eq!(bank.errors(), [""; 0]);
}

#[test]
fn a_notice_is_no_pitch() {
    let mut bank = World::of(&BANK);
    bank.is("soon", "card_expires=2026-12-01")
        .is("later", "card_expires=2027-12-01")
        .is("told", "card_expires=2026-12-01");
    bank.add("contacts", "told", "sent_at=2026-11-12T12:00:00, offer=card_expires_soon");
    // Nobody knows who answers, so nothing may be pitched; and the fortnight's one letter is written already.
    ["soon", "later", "told"].iter().for_each(|client| {
        bank.asks(client, "channel=atm").add("contacts", client, "sent_at=2026-11-17T12:00:00");
    });
    assert_eq!(bank.gets("soon"), ["card_expires_soon by atm at 2026-11-18 10:00"]);
    assert_eq!(bank.decide()[0]["message"], "Your card is good until 1 December. A new one is on its way.");
    // Its own cap holds, also where they ask.
    assert_eq!(bank.who_gets("card_expires_soon"), ["soon"]);
    assert_eq!(bank.stops("told", "card_expires_soon"), "capped");
    bank.asks_nothing();
    assert_eq!(bank.gets("soon"), ["card_expires_soon by email at 2026-11-18 12:00"]);
    assert_eq!(bank.stops("later", "card_expires_soon"), "eligible");
}

#[test]
fn a_clock_that_is_not_known_is_each_that_it_may_be() {
    let mut bank = bank();
    for (client, zone) in [("in_new_york", "America/New_York"), ("on_hawaii", "Pacific/Honolulu"), ("who_knows", "")] {
        bank.is(client, &format!("balance=1500, phone_ok=false, zone={zone}")).add("responses", client, "");
    }
    let sent = |bank: &World, client: &str| {
        let told = bank.decide();
        told.iter().find(|told| told["customer"] == client).unwrap().sent()
    };
    // Eight in the morning on Hawaii is one in New York.
    assert_eq!(sent(&bank, "in_new_york"), "2026-11-18 12:00");
    assert_eq!(sent(&bank, "on_hawaii"), "2026-11-18 13:00");
    assert_eq!(sent(&bank, "who_knows"), "2026-11-18 13:00");
    // Nine at night in New York is still afternoon there, and a letter to who knows where waits for the next day.
    bank.at("2026-11-18 20:00");
    assert_eq!(sent(&bank, "in_new_york"), "2026-11-19 08:00");
    assert_eq!(sent(&bank, "on_hawaii"), "2026-11-18 22:00");
    assert_eq!(sent(&bank, "who_knows"), "2026-11-19 13:00");
}

#[test]
fn the_law_that_protects_them_says_when_we_may_call() {
    let mut bank = bank();
    for (client, law) in [("new_york", "US"), ("florida", "US-FL"), ("texas", "US-TX"), ("who_knows", "")] {
        let row = format!("lifetime_value=2000, leaving=0.5, email_ok=false, protected_by={law}");
        bank.is(client, &row).add("responses", client, "");
    }
    let called = |bank: &World, client: &str| bank.gets(client)[0].replace("stay_with_us by phone at ", "");
    // Half past eight in the morning: Texas begins at nine; where the state is not known the strictest hour counts.
    bank.at("2026-11-18 08:30");
    assert_eq!(called(&bank, "new_york"), "2026-11-18 08:30");
    assert_eq!(called(&bank, "florida"), "2026-11-18 08:30");
    assert_eq!(called(&bank, "texas"), "2026-11-18 09:00");
    assert_eq!(called(&bank, "who_knows"), "2026-11-18 10:00");
    // Half past eight at night: Florida ended at eight.
    bank.at("2026-11-18 20:30");
    assert_eq!(called(&bank, "new_york"), "2026-11-18 20:30");
    assert_eq!(called(&bank, "florida"), "2026-11-19 08:00");
    // Never on a Sunday, by our own rule.
    bank.at("2026-11-22 12:00");
    assert_eq!(called(&bank, "new_york"), "2026-11-23 08:00");
}

#[test]
fn h31_half_are_told_one_per_cent_and_half_two() {
    let mut bank = bank();
    for number in 0..60 {
        let client = format!("c{number:02}");
        bank.is(&client, "balance=600, phone_ok=false").add("responses", &client, "");
        bank.add("holdings", &client, "product_id=current_account");
    }
    let told = bank.decide();
    let mut by_arm = BTreeMap::new();
    for told in told.iter().filter(|told| told["offer"] == "cash_back_card") {
        let percent = if told["arm"] == "one" { "1%" } else { "2%" };
        assert_eq!(told["message"], format!("{percent} back on all that you pay with the new card"));
        assert_eq!(told["propensity"], "0.5");
        *by_arm.entry(told["arm"].clone()).or_insert(0) += 1;
    }
    assert_eq!(by_arm.values().sum::<i32>(), 60);
    assert!(by_arm.len() == 2 && by_arm["one"] >= 15 && by_arm["two"] >= 15, "{by_arm:?}");
    // Who is in which arm changes with the salt, and with nothing else.
    let arms = |bank: &World| bank.decide().iter().map(|told| told["arm"].clone()).collect::<Vec<_>>();
    let before = arms(&bank);
    bank.says("offers/everyday.offer", "priority 8%", "priority 9%");
    assert_eq!(arms(&bank), before);
    bank.says("offers/everyday.offer", "cash back 2026-q4", "cash back 2027-q1");
    assert_ne!(arms(&bank), before);
}
