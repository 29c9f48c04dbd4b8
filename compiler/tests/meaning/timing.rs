//! When offers are sent: days, hours, moments.

use insta::assert_snapshot;

use super::check::{MANIFEST, plan, project, told, told_alone};

fn timing(written: &str) -> String {
    format!("{written}\n{}", told(&format!("offer a {{\n  channel mail\n  timing {written}\n}}")))
}

#[test]
fn parts() {
    let written = [
        "from 2026-11-01 to 2026-12-24, on weekdays, between 18:00 and 21:00",
        "between 18:00 and 21:00, to 2026-12-24",
        "on friday, saturday, between 22:00 and 02:00",
        "right away",
        "from 2026-12-24 to 2026-11-01",
        "from 2026-11-01, from 2026-11-02",
        "from birth",
        "between 18:00 and 18:00",
        "between 18:00 and last(purchase).at",
        "on weekdays, on sunday",
        // 2026-11-20 is a Friday.
        "from 2026-11-20 to 2026-11-20, on friday",
        "from 2026-11-20 to 2026-11-20, on monday, tuesday",
        "from 2026-11-21 to 2026-11-21, on friday, between 22:00 and 02:00",
        "from 2026-11-21 to 2026-11-21, on friday, between 20:00 and 22:00",
    ];
    assert_snapshot!(written.map(timing).join("\n"), @"
    from 2026-11-01 to 2026-12-24, on weekdays, between 18:00 and 21:00
      fine

    between 18:00 and 21:00, to 2026-12-24
      fine

    on friday, saturday, between 22:00 and 02:00
      fine

    right away
      fine

    from 2026-12-24 to 2026-11-01
      E0504 at `timing from 2026-12-24 to 2026-11-01`: this timing ends before it begins
        help: exchange the two dates, or mend the year

    from 2026-11-01, from 2026-11-02
      E0131 at `from 2026-11-02`: `timing` says twice from when to when
        help: keep one of the two

    from birth
      E0512 at `birth`: a timing is written with dates
        help: write the date: `2026-11-01`; a date of the customer's goes with a delay, `within 5 days after …`, or belongs in `eligible when`

    between 18:00 and 18:00
      E0806 at `18:00 and 18:00`: these hours end when they begin
        help: write two times; for whole days name only the days: `on sunday`

    between 18:00 and last(purchase).at
      E0315 at `last(purchase).at`: a time of day is expected, and this is a moment
        help: write a time of day: `21:00`

    on weekdays, on sunday
      E0131 at `on sunday`: `timing` says twice on which days
        help: keep one of the two

    from 2026-11-20 to 2026-11-20, on friday
      fine

    from 2026-11-20 to 2026-11-20, on monday, tuesday
      E0504 at `monday, tuesday`: between these dates there is none of these days of the week
        help: add days of the week, or another week

    from 2026-11-21 to 2026-11-21, on friday, between 22:00 and 02:00
      fine

    from 2026-11-21 to 2026-11-21, on friday, between 20:00 and 22:00
      E0504 at `friday`: between these dates there is none of these days of the week
        help: add days of the week, or another week
    ");
}

#[test]
fn moments() {
    let written = [
        "1 day to 5 days after last(purchase).at",
        "1 day to 5 days after last(purchase)",
        "at least 1 day after birth",
        "within 5 days after first(contact)",
        "7 days after last(purchase).at",
        "2 hours after last(purchase).at",
        "at 18:00 on the day of last(purchase).at, else 7 days after last(purchase).at",
        "at 18:00 7 days after birth",
        "right away, else 1 day to 2 days after birth, on weekdays",
        "5 days to 1 day after last(purchase).at",
        "36 hours to 1 day after last(purchase).at",
        "24 hours to 1 day after last(purchase).at",
        "1 month to 30 days after birth",
        "0 days to 5 days after birth",
        "1 day after persons",
        "1 day after last(purchase).spend",
        "1 day after purchase",
        "at 18:00 on the day of birth, between 17:00 and 19:00",
        "at 19:00 on the day of birth, between 17:00 and 19:00",
        "at 01:00 on the day of birth, between 22:00 and 02:00",
        "at 18:00 on the day of persons",
        "at 18:00 3 hours after birth",
        "7 days after now",
        "8 days after now",
        "at least 8 days after today",
        "at 18:00 8 days after today",
        "8 days after birth",
    ];
    assert_snapshot!(written.map(timing).join("\n"), @"
    1 day to 5 days after last(purchase).at
      fine

    1 day to 5 days after last(purchase)
      fine

    at least 1 day after birth
      fine

    within 5 days after first(contact)
      fine

    7 days after last(purchase).at
      fine

    2 hours after last(purchase).at
      fine

    at 18:00 on the day of last(purchase).at, else 7 days after last(purchase).at
      fine

    at 18:00 7 days after birth
      fine

    right away, else 1 day to 2 days after birth, on weekdays
      fine

    5 days to 1 day after last(purchase).at
      E0813 at `5 days to 1 day after last(purchase).at`: this delay is at most shorter than it is at least
        help: exchange the two lengths of time

    36 hours to 1 day after last(purchase).at
      E0813 at `36 hours to 1 day after last(purchase).at`: this delay is at most shorter than it is at least
        help: exchange the two lengths of time

    24 hours to 1 day after last(purchase).at
      fine

    1 month to 30 days after birth
      fine

    0 days to 5 days after birth
      E0312 at `0 days`: this is not a length of time
        help: write a positive number with its unit: `30 days`, `12 weeks`, `6 hours`

    1 day after persons
      E0315 at `persons`: a delay counts from a date or a moment, and this is a whole number
        help: name when it happened: `1 day after last(visit).at`

    1 day after last(purchase).spend
      E0315 at `last(purchase).spend`: a delay counts from a date or a moment, and this is an amount in USD
        help: name when it happened: `1 day after last(visit).at`

    1 day after purchase
      E0206 at `purchase`: `purchase` are many events
        help: ask about them: `exists(purchase)`, `count(purchase)`, `last(purchase).…`

    at 18:00 on the day of birth, between 17:00 and 19:00
      fine

    at 19:00 on the day of birth, between 17:00 and 19:00
      E0812 at `at 19:00 on the day of birth`: this time of the clock is not within the hours of this timing
        help: move the one into the other, or leave the hours out

    at 01:00 on the day of birth, between 22:00 and 02:00
      fine

    at 18:00 on the day of persons
      E0315 at `persons`: a delay counts from a date or a moment, and this is a whole number
        help: name when it happened: `1 day after last(visit).at`

    at 18:00 3 hours after birth
      E0312 at `3 hours`: a time of the clock comes days or months later, not hours
        help: give the time itself: `at 18:00 on the day of …`

    7 days after now
      fine

    8 days after now
      E0814 at `8 days after now`: this is later than decisions look ahead, so it would never be sent
        help: shorten the delay, or look further ahead in the portfolio: `horizon 30 days`

    at least 8 days after today
      E0814 at `at least 8 days after today`: this is later than decisions look ahead, so it would never be sent
        help: shorten the delay, or look further ahead in the portfolio: `horizon 30 days`

    at 18:00 8 days after today
      E0814 at `at 18:00 8 days after today`: this is later than decisions look ahead, so it would never be sent
        help: shorten the delay, or look further ahead in the portfolio: `horizon 30 days`

    8 days after birth
      fine
    ");
}

#[test]
fn a_member_has_no_time_of_its_own() {
    assert_snapshot!(
        told("offer a for each category c of product {\n  channel mail\n  timing 1 day after last(purchase where product.category = c else false)\n}"),
        @"
    E0517 at `last(purchase where product.category = c else false)`: this is the same for all members, and speaks of `c`
      help: say what depends on `c` in `eligible when`
    "
    );
}

fn project_of(channel: &str, rest: &str) -> String {
    let text = format!(
        "customer c {{\n  key id: text\n  email_ok: bool consent\n}}\n\ncontext {{ channel: text }}\n\n\
         channel email {{\n  needs customer.email_ok\n  {channel}\n}}\n\n{rest}\n"
    );
    told_alone(&text)
}

/// Timing and quiet hours that leave each other nothing.
#[test]
fn what_is_quiet_when_it_would_be_sent() {
    let case = |(channel, timing): &(&str, &str)| {
        let told = project_of(channel, &format!("offer a {{\n  channel email\n  timing {timing}\n}}"));
        format!("{channel}; timing {timing}\n{told}")
    };
    let cases = [
        ("quiet 21:00 to 08:00", "between 20:00 and 22:00"),
        ("quiet 21:00 to 08:00", "between 21:00 and 08:00"),
        ("quiet 21:00 to 08:00", "between 21:00 and 08:01"),
        ("quiet 21:00 to 08:00", "between 22:00 and 02:00, on friday"),
        ("quiet on saturday, sunday", "on weekends"),
        ("quiet on saturday", "on weekends"),
        // Friday's hours reach into Saturday.
        ("quiet on friday", "on friday, between 22:00 and 02:00"),
        ("quiet on friday\n  quiet 00:00 to 08:00", "on friday, between 22:00 and 02:00"),
        ("quiet 21:00 to 08:00", "at 21:00 on the day of today"),
        ("quiet 21:00 to 08:00", "at 20:59 on the day of today"),
        ("quiet 21:00 to 08:00", "at 21:00 on the day of today, else 1 day after now"),
        ("inbound and outbound\n  quiet 21:00 to 08:00", "between 21:00 and 08:00"),
    ];
    assert_snapshot!(cases.iter().map(case).collect::<Vec<_>>().join("\n"), @"
    quiet 21:00 to 08:00; timing between 20:00 and 22:00
      fine

    quiet 21:00 to 08:00; timing between 21:00 and 08:00
      E0812 at `email`: `email` is quiet whenever this timing holds
        help: choose other hours, or another channel

    quiet 21:00 to 08:00; timing between 21:00 and 08:01
      fine

    quiet 21:00 to 08:00; timing between 22:00 and 02:00, on friday
      E0812 at `email`: `email` is quiet whenever this timing holds
        help: choose other hours, or another channel

    quiet on saturday, sunday; timing on weekends
      E0812 at `email`: `email` is quiet whenever this timing holds
        help: choose other hours, or another channel

    quiet on saturday; timing on weekends
      fine

    quiet on friday; timing on friday, between 22:00 and 02:00
      fine

    quiet on friday
      quiet 00:00 to 08:00; timing on friday, between 22:00 and 02:00
      E0812 at `email`: `email` is quiet whenever this timing holds
        help: choose other hours, or another channel

    quiet 21:00 to 08:00; timing at 21:00 on the day of today
      E0812 at `email`: `email` is quiet whenever this timing holds
        help: choose other hours, or another channel

    quiet 21:00 to 08:00; timing at 20:59 on the day of today
      fine

    quiet 21:00 to 08:00; timing at 21:00 on the day of today, else 1 day after now
      fine

    inbound and outbound
      quiet 21:00 to 08:00; timing between 21:00 and 08:00
      fine
    ");
}

#[test]
fn how_far_decisions_look_ahead() {
    let case = |(channel, timing, portfolio): &(&str, &str, &str)| {
        let offer = format!("offer a {{\n  channel email\n  timing {timing}\n}}\n\nportfolio {{\n  {portfolio}\n}}");
        format!("{channel}; timing {timing}; {portfolio}\n{}", project_of(channel, &offer))
    };
    let cases = [
        ("lead 10 days", "right away", "horizon 14 days"),
        ("lead 10 days", "right away", "horizon 9 days"),
        ("lead 2 hours", "10 days after now", "horizon 14 days"),
        ("lead 2 hours", "10 days after now", "horizon 1 week"),
        ("lead 40 hours", "right away", "horizon 24 hours"),
        ("lead 2_000_000_000 days", "right away", "horizon 2_000_000_000 days"),
        ("lead 2_000_000_000 days", "right away", "horizon 14 days"),
        ("lead 2 hours", "2_000_000_000 days to 100_000_000 months after now", "horizon 14 days"),
    ];
    assert_snapshot!(cases.iter().map(case).collect::<Vec<_>>().join("\n"), @"
    lead 10 days; timing right away; horizon 14 days
      fine

    lead 10 days; timing right away; horizon 9 days
      E0814 at `10 days`: this lead time is longer than decisions look ahead, so nothing would ever be sent
        help: look further ahead in the portfolio: `horizon 30 days`

    lead 2 hours; timing 10 days after now; horizon 14 days
      fine

    lead 2 hours; timing 10 days after now; horizon 1 week
      E0814 at `10 days after now`: this is later than decisions look ahead, so it would never be sent
        help: shorten the delay, or look further ahead in the portfolio: `horizon 30 days`

    lead 40 hours; timing right away; horizon 24 hours
      E0814 at `40 hours`: this lead time is longer than decisions look ahead, so nothing would ever be sent
        help: look further ahead in the portfolio: `horizon 30 days`

    lead 2_000_000_000 days; timing right away; horizon 2_000_000_000 days
      E0312 at `2_000_000_000 days`: a horizon is at most a year
        help: what is sent later is decided later, when more is known: `14 days`

    lead 2_000_000_000 days; timing right away; horizon 14 days
      E0814 at `2_000_000_000 days`: this lead time is longer than decisions look ahead, so nothing would ever be sent
        help: look further ahead in the portfolio: `horizon 30 days`

    lead 2 hours; timing 2_000_000_000 days to 100_000_000 months after now; horizon 14 days
      E0814 at `2_000_000_000 days to 100_000_000 months after now`: this is later than decisions look ahead, so it would never be sent
        help: shorten the delay, or look further ahead in the portfolio: `horizon 30 days`
    ");
}

#[test]
fn timing_in_the_plan() {
    let text = r#"
offer a {
  channel mail
  timing from 2026-11-01 to 2026-12-24, on friday, between 22:00 and 02:00, right away, else 1 day to 5 days after birth, else at 23:00 on the day of last(purchase).at, else 2 hours after last(purchase)
}
"#;
    assert_snapshot!(plan(text), @r#"
    %0 = household.email_ok : bool?
    %1 = 1.0 : number
    %2 = household.birth : date?
    %3 = time 0u : time
    %4 = zone "America/New_York" : timezone
    %5 = instant(%2, %3, %4) : instant?
    %6 = purchase.bought_at : instant over purchase
    %7 = last(purchase %6) : instant?
    %8 = date(%7, %4) : date?
    channel email needs %0
    channel mail
    offer a
      topic "general"
      tier 1
      sells []
      channel mail
      timing day 20758 to day 20811 on 0010000 within 79200000000u to 7200000000u on 1111111, right away, 0 months 1 days 0u s to 0 months 5 days 0u s after %5, at 82800000000u on %8 plus 0 months 0 days 0u s, 0 months 0 days 7200000000u s after %7
      priority %1
    portfolio
      slots 1
    "#);
}

/// A customer's zone that is missing or came from a default is not known; without such a field, the project's is.
#[test]
fn the_zone_of_a_sending() {
    let shown = ["", "  zone: timezone", "  zone: timezone?", "  zone: timezone = \"Asia/Kolkata\""].map(|field| {
        let text = format!(
            "customer c {{\n  key id: text\n  email_ok: bool consent\n{field}\n}}\n\n\
             channel email {{\n  needs customer.email_ok\n  quiet 21:00 to 08:00\n}}\n\noffer a {{ channel email }}\n"
        );
        let compiled = project(MANIFEST, &text);
        let shown = compiled.plan.unwrap_or_else(|| panic!("{:#?}", compiled.diagnostics)).to_string();
        let plan: Vec<&str> = shown.lines().skip_while(|line| !line.starts_with('%')).collect();
        let told: Vec<&str> =
            plan.into_iter().filter(|line| line.starts_with('%') || line.starts_with("delivery")).collect();
        format!("{field}\n{}", told.join("\n"))
    });
    assert_snapshot!(shown.join("\n\n"), @r#"
    %0 = c.email_ok : bool
    %1 = 1.0 : number

      zone: timezone
    %0 = c.email_ok : bool
    %1 = 1.0 : number
    %2 = c.zone : timezone
    delivery within 0 months 7 days 0u s zone %2

      zone: timezone?
    %0 = c.email_ok : bool
    %1 = 1.0 : number
    %2 = c.zone : timezone?
    %3 = zone "America/New_York" : timezone
    %4 = %2 else %3 : timezone
    %5 = %2 is missing : bool
    %6 = not %5 : bool
    delivery within 0 months 7 days 0u s zone %4 known %6

      zone: timezone = "Asia/Kolkata"
    %0 = c.email_ok : bool
    %1 = 1.0 : number
    %2 = c.zone : timezone?
    %3 = zone "Asia/Kolkata" : timezone
    %4 = %2 else %3 : timezone
    %5 = %2 is missing : bool
    %6 = not %5 : bool
    delivery within 0 months 7 days 0u s zone %4 known %6
    "#);
}
