//! What becomes of local times, windows, sets and places: the plans of conditions.

use insta::assert_snapshot;

use super::check::planned;
use super::values::SCHEMA;

/// The plan of an offer with this condition: its expressions alone.
fn plan(condition: &str) -> String {
    let shown = planned(&format!("{SCHEMA}\noffer o {{\n  eligible when {condition}\n}}\n")).to_string();
    let shown = shown.lines().filter(|line| line.starts_with('%') || line.trim().starts_with("eligible"));
    format!("{condition}\n{}\n", shown.collect::<Vec<_>>().join("\n"))
}

fn plans(conditions: &[&str]) -> String {
    conditions.iter().map(|condition| plan(condition)).collect::<Vec<_>>().join("\n")
}

/// Every local day, hour and shift is told in the customer's zone.
#[test]
fn days_are_the_customers() {
    assert_snapshot!(plans(&[
        "joined < today - 1 month",
        "seen + 3 days < now",
        "hour(seen) >= 21 and weekday(now) in [saturday, sunday]",
        "instant(joined, 18:00) < seen + 2 hours",
        "seen between joined and joined + 3 days",
        "seen between joined and now",
        "seen in this month",
        "anniversary(birth) in next 7 days",
        "exists(purchase where date(at) = today)",
        "member.zone is known and month(seen) = 12",
    ]), @r#"
    joined < today - 1 month
    %0 = member.joined : date
    %1 = member.zone : timezone?
    %2 = zone "America/New_York" : timezone
    %3 = %1 else %2 : timezone
    %4 = today(%3) : date
    %5 = -1 months : months
    %6 = moved(%4, %5) : date
    %7 = %0 < %6 : bool
    %8 = 1.0 : number
      eligible %7

    seen + 3 days < now
    %0 = member.seen : instant
    %1 = 3 days : days
    %2 = member.zone : timezone?
    %3 = zone "America/New_York" : timezone
    %4 = %2 else %3 : timezone
    %5 = moved(%0, %1, %4) : instant
    %6 = now : instant
    %7 = %5 < %6 : bool
    %8 = 1.0 : number
      eligible %7

    hour(seen) >= 21 and weekday(now) in [saturday, sunday]
    %0 = 21 : int
    %1 = member.seen : instant
    %2 = member.zone : timezone?
    %3 = zone "America/New_York" : timezone
    %4 = %2 else %3 : timezone
    %5 = hour(%1, %4) : int
    %6 = %0 <= %5 : bool
    %7 = now : instant
    %8 = weekday(%7, %4) : ordered("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    %9 = %8 in ['saturday', 'sunday'] : bool
    %10 = %6 and %9 : bool
    %11 = 1.0 : number
      eligible %10

    instant(joined, 18:00) < seen + 2 hours
    %0 = member.joined : date
    %1 = time 64800000000u : time
    %2 = member.zone : timezone?
    %3 = zone "America/New_York" : timezone
    %4 = %2 else %3 : timezone
    %5 = instant(%0, %1, %4) : instant
    %6 = member.seen : instant
    %7 = 7200000000u s : duration
    %8 = %6 + %7 : instant
    %9 = %5 < %8 : bool
    %10 = 1.0 : number
      eligible %9

    seen between joined and joined + 3 days
    %0 = member.joined : date
    %1 = time 0u : time
    %2 = member.zone : timezone?
    %3 = zone "America/New_York" : timezone
    %4 = %2 else %3 : timezone
    %5 = instant(%0, %1, %4) : instant
    %6 = member.seen : instant
    %7 = %5 <= %6 : bool
    %8 = 3 days : days
    %9 = moved(%0, %8) : date
    %10 = 1 days : days
    %11 = moved(%9, %10) : date
    %12 = instant(%11, %1, %4) : instant
    %13 = %6 < %12 : bool
    %14 = %7 and %13 : bool
    %15 = 1.0 : number
      eligible %14

    seen between joined and now
    %0 = member.joined : date
    %1 = time 0u : time
    %2 = member.zone : timezone?
    %3 = zone "America/New_York" : timezone
    %4 = %2 else %3 : timezone
    %5 = instant(%0, %1, %4) : instant
    %6 = member.seen : instant
    %7 = %5 <= %6 : bool
    %8 = now : instant
    %9 = %6 <= %8 : bool
    %10 = %7 and %9 : bool
    %11 = 1.0 : number
      eligible %10

    seen in this month
    %0 = member.zone : timezone?
    %1 = zone "America/New_York" : timezone
    %2 = %0 else %1 : timezone
    %3 = today(%2) : date
    %4 = start_of_month(%3) : date
    %5 = time 0u : time
    %6 = instant(%4, %5, %2) : instant
    %7 = member.seen : instant
    %8 = %6 <= %7 : bool
    %9 = 1 months : months
    %10 = moved(%4, %9) : date
    %11 = instant(%10, %5, %2) : instant
    %12 = %7 < %11 : bool
    %13 = %8 and %12 : bool
    %14 = 1.0 : number
      eligible %13

    anniversary(birth) in next 7 days
    %0 = member.zone : timezone?
    %1 = zone "America/New_York" : timezone
    %2 = %0 else %1 : timezone
    %3 = today(%2) : date
    %4 = member.birth : date?
    %5 = anniversary(%4, %3) : date?
    %6 = %3 < %5 : bool?
    %7 = 7 days : days
    %8 = moved(%3, %7) : date
    %9 = %5 <= %8 : bool?
    %10 = %6 and %9 : bool?
    %11 = 1.0 : number
      eligible %10

    exists(purchase where date(at) = today)
    %0 = purchase.bought_at : instant over purchase
    %1 = member.zone : timezone?
    %2 = zone "America/New_York" : timezone
    %3 = %1 else %2 : timezone
    %4 = %3 of the customer : timezone over purchase
    %5 = date(%0, %4) : date over purchase
    %6 = today(%3) : date
    %7 = %6 of the customer : date over purchase
    %8 = %5 = %7 : bool over purchase
    %9 = exists(purchase where %8) : bool
    %10 = 1.0 : number
      eligible %9

    member.zone is known and month(seen) = 12
    %0 = member.zone : timezone?
    %1 = %0 is missing : bool
    %2 = not %1 : bool
    %3 = member.seen : instant
    %4 = zone "America/New_York" : timezone
    %5 = %0 else %4 : timezone
    %6 = month(%3, %5) : int
    %7 = 12 : int
    %8 = %6 = %7 : bool
    %9 = %2 and %8 : bool
    %10 = 1.0 : number
      eligible %9
    "#);
}

#[test]
fn windows_are_between_two_moments() {
    assert_snapshot!(plans(&[
        "count(purchase in last 3 months) > 0",
        "count(purchase in last 5 hours) > 0",
        "count(purchase in this week) > 0",
        "count(purchase in previous quarter) > 0",
        "count(visit in previous month) > 0",
        "count(purchase between joined and 2026-02-28) > 0",
        "count(purchase between seen and now) > 0",
        "exists(purchase where count(purchase in this month) > 2)",
    ]), @r#"
    count(purchase in last 3 months) > 0
    %0 = 0 : int
    %1 = now : instant
    %2 = -3 months : months
    %3 = member.zone : timezone?
    %4 = zone "America/New_York" : timezone
    %5 = %3 else %4 : timezone
    %6 = moved(%1, %2, %5) : instant
    %7 = instant -9223372036854775808u : instant
    %8 = %6 else %7 : instant
    %9 = count(purchase after %8) : int
    %10 = %0 < %9 : bool
    %11 = 1.0 : number
      eligible %10

    count(purchase in last 5 hours) > 0
    %0 = 0 : int
    %1 = now : instant
    %2 = 18000000000u s : duration
    %3 = %1 - %2 : instant
    %4 = instant -9223372036854775808u : instant
    %5 = %3 else %4 : instant
    %6 = count(purchase after %5) : int
    %7 = %0 < %6 : bool
    %8 = 1.0 : number
      eligible %7

    count(purchase in this week) > 0
    %0 = 0 : int
    %1 = member.zone : timezone?
    %2 = zone "America/New_York" : timezone
    %3 = %1 else %2 : timezone
    %4 = today(%3) : date
    %5 = start_of_week(%4) : date
    %6 = time 0u : time
    %7 = instant(%5, %6, %3) : instant
    %8 = 1u s : duration
    %9 = %7 - %8 : instant
    %10 = instant -9223372036854775808u : instant
    %11 = %9 else %10 : instant
    %12 = count(purchase after %11) : int
    %13 = %0 < %12 : bool
    %14 = 1.0 : number
      eligible %13

    count(purchase in previous quarter) > 0
    %0 = 0 : int
    %1 = member.zone : timezone?
    %2 = zone "America/New_York" : timezone
    %3 = %1 else %2 : timezone
    %4 = today(%3) : date
    %5 = start_of_quarter(%4) : date
    %6 = -3 months : months
    %7 = moved(%5, %6) : date
    %8 = time 0u : time
    %9 = instant(%7, %8, %3) : instant
    %10 = 1u s : duration
    %11 = %9 - %10 : instant
    %12 = instant -9223372036854775808u : instant
    %13 = %11 else %12 : instant
    %14 = instant(%5, %8, %3) : instant
    %15 = %14 - %10 : instant
    %16 = now : instant
    %17 = %15 else %16 : instant
    %18 = count(purchase after %13 until %17) : int
    %19 = %0 < %18 : bool
    %20 = 1.0 : number
      eligible %19

    count(visit in previous month) > 0
    %0 = 0 : int
    %1 = member.zone : timezone?
    %2 = zone "America/New_York" : timezone
    %3 = %1 else %2 : timezone
    %4 = today(%3) : date
    %5 = start_of_month(%4) : date
    %6 = -1 months : months
    %7 = moved(%5, %6) : date
    %8 = time 0u : time
    %9 = instant(%7, %8, %2) : instant
    %10 = 1u s : duration
    %11 = %9 - %10 : instant
    %12 = instant -9223372036854775808u : instant
    %13 = %11 else %12 : instant
    %14 = instant(%5, %8, %2) : instant
    %15 = %14 - %10 : instant
    %16 = now : instant
    %17 = %15 else %16 : instant
    %18 = count(visit after %13 until %17) : int
    %19 = %0 < %18 : bool
    %20 = 1.0 : number
      eligible %19

    count(purchase between joined and 2026-02-28) > 0
    %0 = 0 : int
    %1 = member.joined : date
    %2 = time 0u : time
    %3 = member.zone : timezone?
    %4 = zone "America/New_York" : timezone
    %5 = %3 else %4 : timezone
    %6 = instant(%1, %2, %5) : instant
    %7 = 1u s : duration
    %8 = %6 - %7 : instant
    %9 = day 20513 : date
    %10 = instant(%9, %2, %5) : instant
    %11 = %10 - %7 : instant
    %12 = count(purchase after %8 until %11) : int
    %13 = %0 < %12 : bool
    %14 = 1.0 : number
      eligible %13

    count(purchase between seen and now) > 0
    %0 = 0 : int
    %1 = member.seen : instant
    %2 = 1u s : duration
    %3 = %1 - %2 : instant
    %4 = now : instant
    %5 = count(purchase after %3 until %4) : int
    %6 = %0 < %5 : bool
    %7 = 1.0 : number
      eligible %6

    exists(purchase where count(purchase in this month) > 2)
    %0 = 2 : int
    %1 = member.zone : timezone?
    %2 = zone "America/New_York" : timezone
    %3 = %1 else %2 : timezone
    %4 = today(%3) : date
    %5 = start_of_month(%4) : date
    %6 = time 0u : time
    %7 = instant(%5, %6, %3) : instant
    %8 = 1u s : duration
    %9 = %7 - %8 : instant
    %10 = instant -9223372036854775808u : instant
    %11 = %9 else %10 : instant
    %12 = count(purchase after %11) : int
    %13 = %12 of the customer : int over purchase
    %14 = %0 < %13 : bool over purchase
    %15 = exists(purchase where %14) : bool
    %16 = 1.0 : number
      eligible %15
    "#);
}

#[test]
fn sets_places_and_look_ups_become_calls() {
    assert_snapshot!(plans(&[
        "tags contains \"a\" and not tags overlaps [\"b\", \"c\"] and size(sizes) > 2",
        "distance(home, place(40.7, -74)) < 5 km",
        "exists(purchase where distance(store.location, customer.home) < 500 m)",
        "product(\"x\").sold_until >= today",
        "exists(purchase where product(customer.usual).category = product.category)",
        "context.reason = complaint and (context.companion else false)",
        "share(purchase in last 90 days where spend > 5 USD) > 50%",
        "frequency_rank(\"A\", purchase.product.category) <= 3",
        "kids / (2 * 6) > 1 and quotient(kids, 2) = 1",
    ]), @r#"
    tags contains "a" and not tags overlaps ["b", "c"] and size(sizes) > 2
    %0 = member.tags : set of text?
    %1 = "a" : text
    %2 = contains(%0, %1) : bool?
    %3 = ["b", "c"] : set of text
    %4 = overlaps(%0, %3) : bool?
    %5 = not %4 : bool?
    %6 = 2 : int
    %7 = member.sizes : set of int
    %8 = size(%7) : int
    %9 = %6 < %8 : bool
    %10 = %2 and %5 and %9 : bool?
    %11 = 1.0 : number
      eligible %10

    distance(home, place(40.7, -74)) < 5 km
    %0 = member.home : place?
    %1 = place 40.7 -74.0 : place
    %2 = distance(%0, %1) : distance?
    %3 = 5000.0 m : distance
    %4 = %2 < %3 : bool?
    %5 = 1.0 : number
      eligible %4

    exists(purchase where distance(store.location, customer.home) < 500 m)
    %0 = store.location : place over store
    %1 = %0 through purchase.store_id : place over purchase
    %2 = member.home : place?
    %3 = %2 of the customer : place? over purchase
    %4 = distance(%1, %3) : distance? over purchase
    %5 = 500.0 m : distance
    %6 = %4 < %5 : bool? over purchase
    %7 = exists(purchase where %6) : bool?
    %8 = 1.0 : number
      eligible %7

    product("x").sold_until >= today
    %0 = member.zone : timezone?
    %1 = zone "America/New_York" : timezone
    %2 = %0 else %1 : timezone
    %3 = today(%2) : date
    %4 = "x" : text
    %5 = product.sold_until : date? over product
    %6 = %5 of product(%4) : date?
    %7 = %3 <= %6 : bool?
    %8 = 1.0 : number
      eligible %7

    exists(purchase where product(customer.usual).category = product.category)
    %0 = member.usual : text?
    %1 = %0 of the customer : text? over purchase
    %2 = product.category : text over product
    %3 = %2 of product(%1) : text? over purchase
    %4 = %2 through purchase.product_id : text over purchase
    %5 = %3 = %4 : bool? over purchase
    %6 = exists(purchase where %5) : bool?
    %7 = 1.0 : number
      eligible %6

    context.reason = complaint and (context.companion else false)
    %0 = context.reason : one_of("purchase", "complaint")?
    %1 = 'complaint' : one_of("purchase", "complaint")
    %2 = %0 = %1 : bool?
    %3 = context.companion : bool?
    %4 = false : bool
    %5 = %3 else %4 : bool
    %6 = %2 and %5 : bool?
    %7 = 1.0 : number
      eligible %6

    share(purchase in last 90 days where spend > 5 USD) > 50%
    %0 = 0.5 : number
    %1 = now : instant
    %2 = -90 days : days
    %3 = member.zone : timezone?
    %4 = zone "America/New_York" : timezone
    %5 = %3 else %4 : timezone
    %6 = moved(%1, %2, %5) : instant
    %7 = instant -9223372036854775808u : instant
    %8 = %6 else %7 : instant
    %9 = 5000000u USD : money(USD)
    %10 = purchase.spend : money(USD) over purchase
    %11 = %9 < %10 : bool over purchase
    %12 = count(purchase after %8 where %11) : int
    %13 = count(purchase after %8) : int
    %14 = %12 / %13 : number?
    %15 = %0 < %14 : bool?
    %16 = 1.0 : number
      eligible %15

    frequency_rank("A", purchase.product.category) <= 3
    %0 = product.category : text over product
    %1 = %0 through purchase.product_id : text over purchase
    %2 = "A" : text
    %3 = frequency_rank(purchase %1 of %2) : int?
    %4 = 3 : int
    %5 = %3 <= %4 : bool?
    %6 = 1.0 : number
      eligible %5

    kids / (2 * 6) > 1 and quotient(kids, 2) = 1
    %0 = 1.0 : number
    %1 = member.kids : int
    %2 = 12 : int
    %3 = %1 / %2 : number
    %4 = %0 < %3 : bool
    %5 = 2 : int
    %6 = quotient(%1, %5) : int
    %7 = 1 : int
    %8 = %6 = %7 : bool
    %9 = %4 and %8 : bool
      eligible %9
    "#);
}

/// Without a field of type timezone, the project's zone is everybody's; where it is always there, no default is needed.
#[test]
fn the_zone_is_the_fields_its_default_or_the_projects() {
    let of = |field: &str| {
        let text = format!(
            "customer c {{\n  key id: text\n  d: date\n{field}}}\n\nchannel m\n\noffer o {{\n  eligible when d = today\n}}\n"
        );
        let shown = planned(&text).to_string();
        let lines = shown.lines().filter(|line| line.starts_with('%') || line.contains("z: timezone"));
        lines.collect::<Vec<_>>().join("\n")
    };
    let shown = [
        of(""),
        of("  z: timezone\n"),
        of("  z: timezone?\n"),
        of("  z: timezone = \"Europe/Paris\"\n"),
        of("  z: timezone? = \"Europe/Paris\"\n"),
    ];
    assert_snapshot!(shown.join("\n\n"), @r#"
    %0 = c.d : date
    %1 = zone "America/New_York" : timezone
    %2 = today(%1) : date
    %3 = %0 = %2 : bool
    %4 = 1.0 : number

      z: timezone from "z"
    %0 = c.d : date
    %1 = c.z : timezone
    %2 = today(%1) : date
    %3 = %0 = %2 : bool
    %4 = 1.0 : number

      z: timezone? from "z"
    %0 = c.d : date
    %1 = c.z : timezone?
    %2 = zone "America/New_York" : timezone
    %3 = %1 else %2 : timezone
    %4 = today(%3) : date
    %5 = %0 = %4 : bool
    %6 = 1.0 : number

      z: timezone? from "z"
    %0 = c.d : date
    %1 = c.z : timezone?
    %2 = zone "Europe/Paris" : timezone
    %3 = %1 else %2 : timezone
    %4 = today(%3) : date
    %5 = %0 = %4 : bool
    %6 = 1.0 : number

      z: timezone? from "z"
    %0 = c.d : date
    %1 = c.z : timezone?
    %2 = zone "Europe/Paris" : timezone
    %3 = %1 else %2 : timezone
    %4 = today(%3) : date
    %5 = %0 = %4 : bool
    %6 = 1.0 : number
    "#);
}
