//! What policies become.

use insta::assert_snapshot;

use super::check::plan;

#[test]
fn an_offer_with_everything() {
    let text = r#"
trait weekly_spend = sum(purchase.spend in last 84 days where product.category = "FOOD" else false) / 12

segment young is age < "65+"

offer bundle {
  about "A bundle"
  topic "baby"
  sells ["B", "A"]
  eligible when young and weekly_spend > 20 USD
  eligible when first(purchase) in last 60 days
  except when exists(contact in last 2 weeks)
  priority 0.5 + weekly_spend / 100 USD
  channel mail, else email
  timing from 2026-11-01 to 2026-12-24
  cap 1 per customer every 90 days
  cap 0 per customer every 30 days over purchase where quantity > 2
  because "You {{like}} it"
}

portfolio {
  rank by offer.tier desc
  slate email 3
  cap 3 per customer every 7 days
}
"#;
    assert_snapshot!(plan(text), @r#"
    %0 = household.age : ordered("19-24", "25-34", "65+")?
    %1 = '65+' : ordered("19-24", "25-34", "65+")
    %2 = %0 < %1 : bool?
    %3 = product.category : text? over product
    %4 = %3 through purchase.product_id : text? over purchase
    %5 = "FOOD" : text
    %6 = %4 = %5 : bool? over purchase
    %7 = false : bool
    %8 = %6 else %7 : bool over purchase
    %9 = purchase.spend : money(USD) over purchase
    %10 = sum(purchase %9 in last 0 months 84 days 0u where %8) : money(USD)
    %11 = 12.0 : number
    %12 = %10 / %11 : money(USD)
    %13 = household.email_ok : bool?
    %14 = 20000000u USD : money(USD)
    %15 = %14 < %12 : bool
    %16 = now : instant
    %17 = %16 moved by 0 months -60 days 0u : instant
    %18 = purchase.bought_at : instant over purchase
    %19 = first(purchase %18) : instant?
    %20 = %17 < %19 : bool?
    %21 = %19 <= %16 : bool?
    %22 = %2 and %15 and %20 and %21 : bool?
    %23 = exists(contact in last 0 months 14 days 0u) : bool
    %24 = contact.offer : text over contact
    %25 = "bundle" : text
    %26 = %24 = %25 : bool over contact
    %27 = count(contact in last 0 months 90 days 0u where %26) : int
    %28 = 1 : int
    %29 = %27 < %28 : bool
    %30 = 2 : int
    %31 = purchase.quantity : int over purchase
    %32 = %30 < %31 : bool over purchase
    %33 = count(purchase in last 0 months 30 days 0u where %32) : int
    %34 = 0 : int
    %35 = %33 < %34 : bool
    %36 = 0.5 : number
    %37 = 100000000u USD : money(USD)
    %38 = %12 / %37 : number
    %39 = %36 + %38 : number
    %40 = count(contact in last 0 months 7 days 0u) : int
    %41 = 3 : int
    %42 = %40 < %41 : bool
    channel email needs %13
    channel mail
    offer bundle
      topic "baby"
      tier 1
      sells ["A", "B"]
      eligible %22
      except %23
      cap 1 of %27 where %29
      cap 0 of %33 where %35
      channel mail, email
      timing day 20758 to day 20811
      priority %39
      because "You {like} it"
    portfolio
      slate email 3
      rank tier desc
      cap 3 of %40 where %42
    "#);
}

#[test]
fn equal_conditions_are_one() {
    let text = r#"
segment a is persons > 2 and (home = owner or home is missing)

offer first {
  channel mail
  eligible when a and not (persons <= 2)
}

offer second {
  channel mail
  eligible when (not home is known or home in [owner]) and 2 < persons and not (not (persons > 2))
}
"#;
    let shown = plan(text);
    let eligible: Vec<&str> = shown.lines().filter(|line| line.trim().starts_with("eligible")).collect();
    assert_eq!(eligible.len(), 2);
    assert_eq!(eligible[0], eligible[1], "{shown}");
    assert_snapshot!(shown, @r#"
    %0 = 2 : int
    %1 = household.persons : int
    %2 = %0 < %1 : bool
    %3 = household.home : one_of("renter", "owner")?
    %4 = 'owner' : one_of("renter", "owner")
    %5 = %3 = %4 : bool?
    %6 = %3 is missing : bool
    %7 = %5 or %6 : bool?
    %8 = %2 and %7 : bool?
    %9 = household.email_ok : bool?
    %10 = 1.0 : number
    channel email needs %9
    channel mail
    offer first
      topic "general"
      tier 1
      sells []
      eligible %8
      channel mail
      priority %10
    offer second
      topic "general"
      tier 1
      sells []
      eligible %8
      channel mail
      priority %10
    portfolio
      slots 1
    "#);
}

#[test]
fn constants_fold() {
    let text = r#"
offer a {
  channel mail
  sells ["X"]
  eligible when ("X" in offer.sells or persons > 2) and (kids > 1 and 1 > 2 or persons = 2 * 2)
  except when offer.tier > 3
  except when offer.budget is known
  priority if "Y" in offer.sells then persons else 3
}
"#;
    assert_snapshot!(plan(text), @r#"
    %0 = household.email_ok : bool?
    %1 = household.persons : int
    %2 = false : bool
    %3 = 4 : int
    %4 = %1 = %3 : bool
    %5 = 3.0 : number
    channel email needs %0
    channel mail
    offer a
      topic "general"
      tier 1
      sells ["X"]
      eligible %4
      except %2
      except %2
      channel mail
      priority %5
    portfolio
      slots 1
    "#);
}
