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
    %3 = now : instant
    %4 = -84 days : days
    %5 = zone "America/New_York" : timezone
    %6 = moved(%3, %4, %5) : instant
    %7 = instant -9223372036854775808u : instant
    %8 = %6 else %7 : instant
    %9 = product.category : text? over product
    %10 = %9 through purchase.product_id : text? over purchase
    %11 = "FOOD" : text
    %12 = %10 = %11 : bool? over purchase
    %13 = false : bool
    %14 = %12 else %13 : bool over purchase
    %15 = purchase.spend : money(USD) over purchase
    %16 = sum(purchase %15 after %8 where %14) : money(USD)
    %17 = 12.0 : number
    %18 = %16 / %17 : money(USD)
    %19 = household.email_ok : bool?
    %20 = 20000000u USD : money(USD)
    %21 = %20 < %18 : bool
    %22 = -60 days : days
    %23 = moved(%3, %22, %5) : instant
    %24 = purchase.bought_at : instant over purchase
    %25 = first(purchase %24) : instant?
    %26 = %23 < %25 : bool?
    %27 = %25 <= %3 : bool?
    %28 = %2 and %21 and %26 and %27 : bool?
    %29 = -14 days : days
    %30 = moved(%3, %29, %5) : instant
    %31 = %30 else %7 : instant
    %32 = exists(contact after %31) : bool
    %33 = 0.5 : number
    %34 = 100000000u USD : money(USD)
    %35 = %18 / %34 : number
    %36 = %33 + %35 : number
    %37 = -90 days : days
    %38 = moved(%3, %37, %5) : instant
    %39 = %38 else %7 : instant
    %40 = contact.offer : text over contact
    %41 = "bundle" : text
    %42 = %40 = %41 : bool over contact
    %43 = count(contact after %39 where %42) : int
    %44 = 1 : int
    %45 = %43 < %44 : bool
    %46 = -30 days : days
    %47 = moved(%3, %46, %5) : instant
    %48 = %47 else %7 : instant
    %49 = 2 : int
    %50 = purchase.quantity : int over purchase
    %51 = %49 < %50 : bool over purchase
    %52 = count(purchase after %48 where %51) : int
    %53 = 0 : int
    %54 = %52 < %53 : bool
    %55 = -7 days : days
    %56 = moved(%3, %55, %5) : instant
    %57 = %56 else %7 : instant
    %58 = count(contact after %57) : int
    %59 = 3 : int
    %60 = %58 < %59 : bool
    channel email needs %19
    channel mail
    offer bundle
      topic "baby"
      tier 1
      sells ["A", "B"]
      eligible %28
      except %32
      cap 1 of %43 where %45
      cap 0 of %52 where %54
      channel mail
      channel email
      timing day 20758 to day 20811
      priority %36
      because "You {like} it"
    portfolio
      slate email 3
      rank tier desc
      cap 3 of %58 where %60
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
  except when offer.ceiling is known
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
