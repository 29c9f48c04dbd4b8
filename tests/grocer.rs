//! The practices that the grocer's policies say, both sides of each: who gets the offer, and who nearly does.
//!
//! A few invented households in CSV files of the grocer's layout, through the built program. `now` is the manifest's,
//! Monday 2017-11-20, 9:00 in New York.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

#[path = "support/decided.rs"]
mod decided;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use decided::{Decided, decided};

const PRODUCTS: &str = "product_id,manufacturer_id,department,brand,product_category,product_type,package_size
diapers,1,DRUG GM,National,DIAPERS & DISPOSABLES,BABY DIAPERS,
soup,1,GROCERY,National,SOUP,CONDENSED SOUP CANS,10 OZ
cat food,1,GROCERY,National,CAT FOOD,CAT TREATS,
dog food,1,GROCERY,National,DOG FOODS,DRY DOG FOOD SELECT,
litter,1,GROCERY,National,CAT LITTER,SCOOP LITTER,
beef,1,MEAT,National,BEEF,BEEF ROAST,
roses,1,FLORAL,National,ROSES,ROSES DOZEN,
gift card,1,MISCELLANEOUS,National,COUPON/MISC ITEMS,OUTSIDE VENDORS GIFT CARDS,
apples,1,PRODUCE,National,APPLES,APPLES LOOSE,
brie,1,DELI,National,CHEESES,SOFT CHEESE,
bread,1,BAKERY,National,BREAD,,
rolls,1,BAKERY,National,ROLLS,,
cake,1,BAKERY,National,CAKES,,
pie,1,BAKERY,National,PIES,,
donuts,1,BAKERY,National,DONUTS,,
bagels,1,BAKERY,National,BAGELS,,
tarts,1,BAKERY,National,TARTS,,
muffins,1,BAKERY,National,MUFFINS,,
";

/// What is known of some households.
#[derive(Default)]
struct Shop {
    purchases: String,
    contacts: String,
    redemptions: String,
    surveys: String,
}

impl Shop {
    /// A line of a receipt, on a day of 2017, for so many dollars, with so many off by the loyalty card.
    fn buys(&mut self, household: &str, day: &str, product: &str, spend: u32, card_saving: u32) -> &mut Self {
        writeln!(
            self.purchases,
            "{household},1,{household} {day},{product},1,{spend},{card_saving},0,0,1,2017-{day}T12:00:00-05:00"
        )
        .unwrap();
        self
    }

    /// Used a coupon on a day of 2017.
    fn redeems(&mut self, household: &str, day: &str) -> &mut Self {
        writeln!(self.redemptions, "{household},10000000000,1,2017-{day}").unwrap();
        self
    }

    /// Told their age in the survey.
    fn is_of_age(&mut self, household: &str, age: &str) -> &mut Self {
        writeln!(self.surveys, "{household},{age},,,,,,").unwrap();
        self
    }

    /// Was sent the campaign of January, so that there is an address and no recent contact.
    fn has_an_address(&mut self, household: &str) -> &mut Self {
        writeln!(self.contacts, "1,{household}").unwrap();
        self
    }

    /// Was sent a campaign of the last sixty days, 2 to 4.
    fn was_sent(&mut self, household: &str, campaign: u32) -> &mut Self {
        writeln!(self.contacts, "{campaign},{household}").unwrap();
        self
    }

    /// Who gets what by which channel: `household offer channel`.
    fn decide(&self, arguments: &[&str]) -> BTreeSet<String> {
        self.run(arguments)
            .iter()
            .map(|made| format!("{} {} {}", made["customer"], made["offer"], made["channel"]))
            .collect()
    }

    /// Who is told what: `household: reason`, of one offer.
    fn told(&self, offer: &str) -> BTreeSet<String> {
        let made = self.run(&[]);
        let of = made.iter().filter(|made| made["offer"] == offer);
        of.map(|made| format!("{}: {}", made["customer"], made["reason"])).collect()
    }

    /// The decisions, in the order of the file.
    fn run(&self, arguments: &[&str]) -> Vec<Decided> {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        write("products.csv", PRODUCTS);
        let columns = "household_id,store_id,basket_id,product_id,quantity,sales_value,retail_disc,coupon_disc,coupon_match_disc,week,transaction_timestamp";
        write("transactions_sample.csv", &format!("{columns}\n{}", self.purchases));
        write("campaigns.csv", &format!("campaign_id,household_id\n{}", self.contacts));
        write(
            "campaign_descriptions.csv",
            "campaign_id,campaign_type,start_date,end_date\n1,Type B,2017-01-10,2017-02-20\n\
             2,Type B,2017-09-22,2017-10-20\n3,Type B,2017-10-10,2017-11-20\n4,Type A,2017-11-10,2017-12-20\n",
        );
        let survey = "age,income,home_ownership,marital_status,household_size,household_comp,kids_count";
        write("demographics.csv", &format!("household_id,{survey}\n{}", self.surveys));
        let columns = "household_id,coupon_upc,campaign_id,redemption_date";
        write("coupon_redemptions.csv", &format!("{columns}\n{}", self.redemptions));
        let out = folder.path().join("decisions.csv");
        let mut command = Command::new(env!("CARGO_BIN_EXE_opportune"));
        command.current_dir(env!("CARGO_MANIFEST_DIR")).args(["dry-run", "policies/grocer", "--data"]);
        let run = command.arg(folder.path()).arg("--out").arg(&out).args(arguments).output().unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        decided(&fs::read_to_string(out).unwrap())
    }
}

fn households_with(decisions: &BTreeSet<String>, offer: &str) -> Vec<String> {
    let words = decisions.iter().map(|line| line.split(' ').collect::<Vec<_>>());
    words.filter(|words| words[1] == offer).map(|words| words[0].to_owned()).collect()
}

#[test]
fn the_first_diapers_ever_bring_wipes_toys_and_beer_by_mail() {
    let mut shop = Shop::default();
    shop.has_an_address("first").buys("first", "11-10", "diapers", 10, 1);
    shop.has_an_address("second").buys("second", "06-10", "diapers", 10, 1).buys("second", "11-10", "diapers", 10, 1);
    shop.has_an_address("long_ago").buys("long_ago", "09-20", "diapers", 10, 1).buys("long_ago", "11-10", "soup", 2, 0);
    shop.has_an_address("tomorrow").buys("tomorrow", "11-21", "diapers", 10, 1).buys("tomorrow", "11-10", "soup", 2, 0);
    shop.has_an_address("none").buys("none", "11-10", "soup", 2, 0);
    shop.buys("no_address", "11-10", "diapers", 10, 1);
    let decisions = shop.decide(&[]);
    let bundles: Vec<&String> = decisions.iter().filter(|line| line.contains("diaper_bundle")).collect();
    assert_eq!(bundles, ["first diaper_bundle mail", "no_address diaper_bundle till"]);
}

#[test]
fn nobody_is_offered_what_they_have() {
    let mut shop = Shop::default();
    for household in ["stranger", "holder"] {
        for day in ["10-01", "10-15", "11-01"] {
            shop.buys(household, day, "soup", 2, 0);
        }
    }
    shop.buys("holder", "02-01", "soup", 2, 1);
    for household in ["cat", "cat_and_litter", "litter_long_ago"] {
        shop.buys(household, "08-01", "cat food", 1, 1).buys(household, "09-01", "cat food", 1, 0);
        shop.buys(household, "11-01", "soup", 2, 0);
    }
    shop.buys("cat_and_litter", "10-20", "litter", 5, 0).buys("litter_long_ago", "08-20", "litter", 5, 0);
    let decisions = shop.decide(&[]);
    assert_eq!(households_with(&decisions, "loyalty_card"), ["stranger"]);
    assert_eq!(households_with(&decisions, "litter_for_the_cat"), ["cat", "litter_long_ago"]);
}

#[test]
fn a_gift_for_a_friend_does_not_skew_what_comes_next() {
    let mut shop = Shop::default();
    for (household, dear) in [("eats_well", "beef"), ("gives_roses", "roses"), ("gives_cards", "gift card")] {
        shop.has_an_address(household).buys(household, "09-10", "soup", 2, 1);
        shop.buys(household, "10-10", "soup", 2, 0).buys(household, "11-01", dear, 60, 0);
    }
    let decisions = shop.decide(&[]);
    assert_eq!(households_with(&decisions, "thanksgiving_turkey"), ["eats_well"]);
    assert_eq!(households_with(&decisions, "flowers_for_a_friend"), ["gives_cards", "gives_roses"]);
}

#[test]
fn equally_good_offers_are_drawn_by_a_lot_that_falls_the_same_way() {
    let mut shop = Shop::default();
    for number in 0..40 {
        let household = format!("h{number}");
        for product in ["cat food", "dog food"] {
            shop.buys(&household, "08-01", product, 1, 1).buys(&household, "09-01", product, 1, 0);
        }
        shop.buys(&household, "10-25", "soup", 2, 0);
    }
    let decisions = shop.decide(&[]);
    let (cats, dogs) = (households_with(&decisions, "litter_for_the_cat"), households_with(&decisions, "dog_treats"));
    assert_eq!(cats.len() + dogs.len(), 40, "{decisions:?}");
    assert!(cats.len() >= 8 && dogs.len() >= 8, "{} cats, {} dogs", cats.len(), dogs.len());
    // The lot depends on neither the order of the rows nor the engine nor the threads.
    let mut lines: Vec<&str> = shop.purchases.lines().collect();
    lines.reverse();
    let reversed = Shop { purchases: lines.join("\n") + "\n", ..Shop::default() };
    assert_eq!(reversed.decide(&["--threads", "1", "--engine", "interpreter"]), decisions);
}

#[test]
fn each_household_gets_a_little_off_what_it_always_takes() {
    let mut shop = Shop::default();
    for (household, soups, apples) in [("soup", 3, 1), ("apples", 3, 4), ("neither", 2, 2)] {
        for (product, times) in [("soup", soups), ("apples", apples)] {
            for day in ["10-12", "10-20", "10-28", "11-05"].iter().take(times) {
                shop.buys(household, day, product, 1, 1);
            }
        }
    }
    let told = shop.told("usual_shelf");
    let expected = ["apples: You took APPLES 4 times in twelve weeks", "soup: You took SOUP 3 times in twelve weeks"];
    assert_eq!(told.iter().collect::<Vec<_>>(), expected);
}

#[test]
fn a_curious_household_is_offered_a_shelf_that_it_has_never_been_to() {
    let baked = ["bread", "rolls", "cake", "pie", "donuts", "bagels", "tarts", "muffins"];
    let mut shop = Shop::default();
    for number in 0..30 {
        let household = format!("h{number}");
        shop.buys(&household, "10-25", "apples", 1, 1).buys(&household, "10-25", "brie", 1, 0);
        shop.buys(&household, "10-26", "apples", 1, 0);
        baked.iter().for_each(|product| {
            shop.buys(&household, "10-25", product, 1, 0);
        });
    }
    // Nine shelves are one too few.
    shop.buys("narrow", "10-25", "apples", 1, 1).buys("narrow", "10-25", "apples", 1, 0);
    baked.iter().for_each(|product| {
        shop.buys("narrow", "10-25", product, 1, 0);
    });
    let made = shop.run(&[]);
    let new: Vec<_> = made.iter().filter(|made| made["offer"] == "new_shelf").collect();
    assert_eq!(new.len(), 30, "{made:?}");
    assert!(new.iter().all(|made| made["customer"] != "narrow"));
    // Never one that they have been to, nor litter, pet food, diapers or gift cards; and the lot picks them all.
    let members: BTreeSet<&str> = new.iter().map(|made| made["member"].as_str()).collect();
    assert_eq!(members, BTreeSet::from(["BEEF", "ROSES", "SOUP"]));
    assert!(new.iter().all(|made| made["reason"] == format!("You have been to 10 of our shelves and never to {}", made["member"])));
}

#[test]
fn coupons_in_a_row_unlock_the_next() {
    let mut shop = Shop::default();
    let days: [(&str, &[&str]); 5] = [
        ("three", &["09-05", "09-30", "10-28"]),
        ("two", &["10-15", "11-05"]),
        ("slow", &["08-01", "09-10", "10-20"]),
        ("long_ago", &["06-01", "06-20", "07-10"]),
        ("one", &["11-05"]),
    ];
    for (household, days) in days {
        shop.buys(household, "11-10", "bread", 1, 1).buys(household, "11-10", "apples", 1, 0);
        days.iter().for_each(|day| {
            shop.redeems(household, day);
        });
    }
    let told = |offer: &str| shop.told(offer).into_iter().collect::<Vec<_>>();
    assert_eq!(told("three_in_a_row"), ["three: You used three coupons in a row, the last on 28 October"]);
    assert_eq!(told("one_to_go"), ["two: One more coupon by 5 December makes three in a row"]);
}

#[test]
fn a_guarantee_binds_an_offer_that_does_not_think_of_it() {
    let mut shop = Shop::default();
    for household in ["grown_up", "with_baby", "young"] {
        shop.has_an_address(household).buys(household, "10-20", "brie", 4, 1).buys(household, "10-20", "apples", 1, 0);
    }
    shop.is_of_age("grown_up", "35-44").is_of_age("with_baby", "35-44").is_of_age("young", "19-24");
    shop.buys("with_baby", "08-01", "diapers", 10, 0);
    assert_eq!(households_with(&shop.decide(&[]), "wine_with_cheese"), ["grown_up"]);
}

#[test]
fn what_a_conversation_tells_changes_what_is_offered() {
    let mut shop = Shop::default();
    shop.has_an_address("eats_well").buys("eats_well", "09-10", "soup", 2, 1);
    shop.buys("eats_well", "10-10", "soup", 2, 0).buys("eats_well", "11-01", "beef", 60, 0);
    let offers = |arguments: &[&str]| -> Vec<String> {
        shop.decide(arguments).iter().map(|made| made.split(' ').nth(1).unwrap().to_owned()).collect()
    };
    let batch = offers(&[]);
    assert!(batch.iter().any(|offer| offer == "butchers_choice"), "{batch:?}");
    // Who complains is sold nothing; what keeps or serves them stays.
    let complaint = offers(&["--context", "reason=complaint"]);
    assert_eq!(complaint, ["thanksgiving_turkey"]);
    assert_eq!(offers(&["--context", "reason=question"]), batch);
    let together = offers(&["--context", "companion=true", "--context", "reason=purchase"]);
    assert!(together.iter().any(|offer| offer == "for_your_companion"), "{together:?}");
    assert!(!offers(&["--context", "companion=false"]).iter().any(|offer| offer == "for_your_companion"));
}

#[test]
fn three_contacts_in_sixty_days_whoever_sent_them() {
    let mut shop = Shop::default();
    for (household, campaigns) in [("none", 0), ("two", 2), ("three", 3)] {
        shop.has_an_address(household).buys(household, "11-10", "diapers", 10, 1);
        (0..campaigns).for_each(|number| _ = shop.was_sent(household, 2 + number));
    }
    let decisions = shop.decide(&[]);
    assert_eq!(households_with(&decisions, "diaper_bundle"), ["none", "two"], "{decisions:?}");
    assert!(decisions.iter().all(|line| !line.starts_with("three ")), "{decisions:?}");
}

#[test]
fn who_scans_the_card_at_the_kiosk_gets_coupons_there_and_then() {
    let mut shop = Shop::default();
    for household in ["buys_three", "buys_one"] {
        for day in ["10-12", "10-20", "10-28", "11-05"] {
            shop.buys(household, day, "soup", 1, 1);
            if household == "buys_three" {
                shop.buys(household, day, "apples", 1, 0).buys(household, day, "brie", 1, 0);
            }
        }
    }
    let printed = |arguments: &[&str], household: &str| -> BTreeSet<String> {
        let made = shop.run(arguments);
        let of = made.iter().filter(|made| made["customer"] == household && made["channel"] == "kiosk");
        of.map(|made| format!("{} {}", made["offer"], made["member"])).collect()
    };
    let kiosk = ["--context", "channel=kiosk"];
    // What they bought before, three coupons in one answer.
    let three = ["usual_shelf APPLES", "usual_shelf CHEESES", "usual_shelf SOUP"];
    assert_eq!(printed(&kiosk, "buys_three").iter().collect::<Vec<_>>(), three);
    assert_eq!(printed(&kiosk, "buys_one").iter().collect::<Vec<_>>(), ["usual_shelf SOUP"]);
    // Who does not stand there gets nothing printed there; one of them comes with the next receipt.
    assert!(printed(&[], "buys_three").is_empty());
    let batch = shop.decide(&[]);
    assert_eq!(batch.iter().filter(|line| line.starts_with("buys_three usual_shelf till")).count(), 1, "{batch:?}");
    // Nor does who was sent three campaigns go away without: they came to us.
    (2..5).for_each(|campaign| _ = shop.was_sent("buys_one", campaign));
    assert!(shop.decide(&kiosk).contains("buys_one usual_shelf kiosk"));
}
