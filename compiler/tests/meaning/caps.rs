//! Caps: what they count, which form they take, and what is told of those that would count too low.

use insta::assert_snapshot;
use opportune_plan::{Counts, Limit, LimitWindow, Per, Plan, Quota, SharedLimit, Span};

use super::check::{COUNTED, planned, told_alone, warned_of_limits};

/// Everything that caps may count.
const SCHEMA: &str = r#"
customer person {
  key id: int
  zone: timezone?
  vip: bool?
}

events contact {
  at sent: instant
  decided_at: instant
  offer: text
  member: text?
  channel: text
  topic: text
  rep: text
}

context {
  rep: text
  desk: text
}

offer fields {
  topic: text = "general"
  mood: text?
  tags: set of text
}

channel mail

channel sms {
  quiet 21:00 to 08:00
}
"#;

fn with_schema(text: &str) -> String {
    format!("{SCHEMA}{COUNTED}\n{text}")
}

fn plan(text: &str) -> Plan {
    planned(&with_schema(text))
}

fn offer(clauses: &str) -> String {
    format!("offer a {{\n  channel mail\n  {clauses}\n}}")
}

fn portfolio(clauses: &str) -> String {
    format!("{}\n\nportfolio {{\n  {clauses}\n}}", offer(""))
}

fn told(texts: &[String]) -> String {
    let one = |text: &String| {
        let clause = text.lines().rev().nth(1).unwrap_or_default();
        format!("{clause}\n{}", told_alone(&with_schema(text)))
    };
    texts.iter().map(one).collect::<Vec<_>>().join("\n")
}

#[test]
fn caps_of_the_portfolio() {
    let caps = [
        "cap 3 per customer every 7 days",
        "cap 3 sends per customer each week",
        "cap 3 decisions per customer every 7 days",
        "cap 3 impressions per customer every 7 days",
        "cap 3 redemptions per customer every 7 days",
        "cap 3 per customer per offer every 7 days",
        "cap 3 per customer per offer.topic each month",
        "cap 3 per customer per offer.tags each quarter",
        "cap 3 per customer every 7 days on sms",
        "cap 3 per customer every 7 days on sms including inbound",
        "cap 3 per customer every 7 days when vip",
        "cap 3 per customer every 7 days over purchase where category = \"TOYS\"",
        "cap 50% of requests per context.rep every 30 days",
    ];
    let text = portfolio(&caps.join("\n  "));
    let shown = plan(&text).to_string();
    let kept: Vec<&str> = shown
        .lines()
        .filter(|line| {
            line.starts_with("history") || line.contains("limit ") || line.contains(" cap ") || line.contains("share ")
        })
        .collect();
    assert_snapshot!(kept.join("\n"), @r#"
    history 0 of contact offer offer member member channel channel decided decided_at
    history 1 of response where %3 offer offer
    history 2 of response where %5 offer offer
    history 3 of contact offer offer member member channel channel decided decided_at value topic
      cap 3 of %18 where %20
      limit "3 per customer every 7 days": 3 of history 0 Contacts every 0 months 7 days 0u s per Together
      limit "3 sends per customer each week": 3 of history 0 Contacts each Week per Together
      limit "3 decisions per customer every 7 days": 3 of history 0 Decisions every 0 months 7 days 0u s per Together
      limit "3 impressions per customer every 7 days": 3 of history 1 Nothing every 0 months 7 days 0u s per Together
      limit "3 redemptions per customer every 7 days": 3 of history 2 Nothing every 0 months 7 days 0u s per Together
      limit "3 per customer per offer every 7 days": 3 of history 0 Showings every 0 months 7 days 0u s per Offer
      limit "3 per customer per offer.topic each month": 3 of history 3 Showings each Month per Field(OfferFieldId(0))
      limit "3 per customer per offer.tags each quarter": 3 of history 0 Showings each Quarter per Field(OfferFieldId(2))
      limit "3 per customer every 7 days on sms": 3 of history 0 Contacts every 0 months 7 days 0u s per Together on channel 1
      limit "3 per customer every 7 days on sms including inbound": 3 of history 0 Contacts every 0 months 7 days 0u s per Together on channel 1 including inbound
      limit "3 per customer every 7 days when vip": 3 of history 0 Contacts every 0 months 7 days 0u s per Together when %6
      share 5000 of table 3 by field 1 of history 0 by field 6 for %21 every 0 months 30 days 0u s
    "#);
}

#[test]
fn caps_of_an_offer() {
    let text = "offer a {\n  channel sms\n  cap 1 per customer every 90 days\n  cap 2 impressions per customer each year\n  \
                cap 5 per customer every 3 days over purchase\n  cap 20_000 in total\n}\n\n\
                offer b for each category c of product {\n  channel sms\n  cap 2 per customer every 30 days\n  \
                cap 1 per customer per c every 30 days\n  \
                cap 1 per customer every 30 days over purchase where category = c\n}";
    let shown = plan(text).to_string();
    let kept: Vec<&str> = shown
        .lines()
        .filter(|line| {
            line.starts_with("history") || line.contains("limit ") || line.contains(" cap ") || line.contains("quota ")
        })
        .collect();
    assert_snapshot!(kept.join("\n"), @r#"
    history 0 of contact offer offer member member channel channel decided decided_at
    history 1 of response where %3 offer offer
    history 2 of purchase
      limit "1 per customer every 90 days": 1 of history 0 Showings every 0 months 90 days 0u s per Together including inbound
      limit "2 impressions per customer each year": 2 of history 1 Nothing each Year per Together including inbound
      limit "5 per customer every 3 days over purchase": 5 of history 2 Showings every 0 months 3 days 0u s per Together including inbound
      cap 1 of %13 where %15
      limit "2 per customer every 30 days": 2 of history 0 Showings every 0 months 30 days 0u s per Together including inbound
      limit "1 per customer per c every 30 days": 1 of history 0 Showings every 0 months 30 days 0u s per Member including inbound
      quota "cap 20_000 in total": 20000 Showings of a with history 0
    "#);
}

#[test]
fn what_is_not_there_or_may_be_missing_does_not_compile() {
    let bare =
        "customer a {\n  key id: int\n}\n\nchannel mail\n\nchannel sms\n\noffer fields {\n  topic: text = \"x\"\n}";
    let cases = [
        ("events contact {\n  at sent: date\n}", "cap 1 per customer every 7 days on sms"),
        ("events contact {\n  at sent: date\n  channel: text?\n}", "cap 1 per customer every 7 days on sms"),
        ("events contact {\n  at sent: date\n  channel: int\n}", "cap 1 per customer every 7 days on sms"),
        ("events contact {\n  at sent: date\n  channel: one_of(mail)\n}", "cap 1 per customer every 7 days on sms"),
        ("events contact {\n  at sent: date\n}", "cap 1 per customer every 7 days on fax"),
        ("events contact {\n  at sent: date\n}", "cap 1 per customer per offer every 7 days"),
        ("events contact {\n  at sent: date\n  offer: text?\n}", "cap 1 per customer per offer.topic every 7 days"),
        ("events contact {\n  at sent: date\n  topic: int\n}", "cap 1 per customer per offer.topic every 7 days"),
        ("events contact {\n  at sent: date\n  topic: text?\n}", "cap 1 per customer per offer.topic every 7 days"),
        ("events contact {\n  at sent: date\n}", "cap 1 decisions per customer every 7 days"),
        ("events contact {\n  at sent: date\n  decided_at: date\n}", "cap 1 decisions per customer every 7 days"),
        ("", "cap 1 impressions per customer every 7 days"),
        ("events response {\n  at t: date\n}", "cap 1 impressions per customer every 7 days"),
        ("events response {\n  at t: date\n  outcome: text?\n}", "cap 1 impressions per customer every 7 days"),
        ("events response {\n  at t: date\n  outcome: one_of(saw)\n}", "cap 1 impressions per customer every 7 days"),
        ("", "cap 1 per customer every 7 days over redemption"),
        ("events contact {\n  at sent: date\n}", "cap 50% of requests per context.rep every 30 days"),
        ("events contact {\n  at sent: date\n}", "cap 1 per customer every 5 hours"),
        ("", "pause 30 days after 3 ignored"),
        ("events contact {\n  at sent: date\n}", "pause 30 days after 3 ignored"),
        ("", "stop after unsubscribed"),
        ("events response {\n  at t: date\n  outcome: one_of(unsubscribe)\n}", "stop after unsubscribed"),
        ("events response {\n  at t: date\n  outcome: text\n}", "stop fax after unsubscribed"),
    ];
    let one = |(schema, clause): (&str, &str)| {
        let text = format!("{bare}\n\n{schema}\n\nportfolio {{\n  {clause}\n}}");
        format!("{}: {clause}\n{}", schema.replace('\n', " "), told_alone(&text))
    };
    assert_snapshot!(cases.map(one).join("\n"), @r#"
    events contact {   at sent: date }: cap 1 per customer every 7 days on sms
      E0850 at `sms`: this counts by `channel`, and `contact` has no field `channel`
        help: give `contact` the field: `channel: text`

    events contact {   at sent: date   channel: text? }: cap 1 per customer every 7 days on sms
      E0851 at `sms`: `contact.channel` may be missing, and such events would not be counted
        help: declare `contact.channel` without `?`, so that data without it is refused; where it has no value, let the data say so by a word of its own

    events contact {   at sent: date   channel: int }: cap 1 per customer every 7 days on sms
      E0850 at `sms`: `contact.channel` is a whole number
        help: `contact.channel` is to be a name: declare it as text or `one_of(…)`

    events contact {   at sent: date   channel: one_of(mail) }: cap 1 per customer every 7 days on sms
      E0850 at `sms`: `contact.channel` never says `sms`: it is one of `mail`
        help: add `sms` to the values of `contact.channel`, or declare it as text

    events contact {   at sent: date }: cap 1 per customer every 7 days on fax
      E0208 at `fax`: no channel `fax` is declared
        help: declare it: `channel fax`

    events contact {   at sent: date }: cap 1 per customer per offer every 7 days
      E0507 at `cap`: the contacts do not say which offer they showed
        help: give `contact` a field `offer: text` that names the offer, or say which events count: `… over contact where campaign.kind = "TypeA"`

    events contact {   at sent: date   offer: text? }: cap 1 per customer per offer.topic every 7 days
      E0851 at `cap`: `contact.offer` may be missing, and such events would not be counted
        help: declare `contact.offer` without `?`, so that data without it is refused; where it has no value, let the data say so by a word of its own

    events contact {   at sent: date   topic: int }: cap 1 per customer per offer.topic every 7 days
      E0850 at `cap`: `contact.topic` is a whole number
        help: `contact.topic` is to be what `offer.topic` is: a text

    events contact {   at sent: date   topic: text? }: cap 1 per customer per offer.topic every 7 days
      E0851 at `cap`: `contact.topic` may be missing, and such events would not be counted
        help: declare `contact.topic` without `?`, so that data without it is refused; where it has no value, let the data say so by a word of its own

    events contact {   at sent: date }: cap 1 decisions per customer every 7 days
      E0850 at `decisions`: this counts by `decided_at`, and `contact` has no field `decided_at`
        help: give `contact` the field: `decided_at: instant`

    events contact {   at sent: date   decided_at: date }: cap 1 decisions per customer every 7 days
      E0850 at `decisions`: `contact.decided_at` is a date
        help: `contact.decided_at` is to be an instant

    : cap 1 impressions per customer every 7 days
      fine

    events response {   at t: date }: cap 1 impressions per customer every 7 days
      E0853 at `impressions`: this counts by `outcome`, and `response` has no field `outcome`
        help: give `response` the field: `outcome: text`

    events response {   at t: date   outcome: text? }: cap 1 impressions per customer every 7 days
      E0851 at `impressions`: `response.outcome` may be missing, and such events would not be counted
        help: declare `response.outcome` without `?`, so that data without it is refused; where it has no value, let the data say so by a word of its own

    events response {   at t: date   outcome: one_of(saw) }: cap 1 impressions per customer every 7 days
      E0853 at `impressions`: no response has the outcome `seen`: `response.outcome` is one of `saw`
        help: add `seen` to the values of `response.outcome`, or name one of them

    : cap 1 per customer every 7 days over redemption
      E0207 at `redemption`: no events `redemption` are declared
        help: declare them: `events redemption { at happened: instant }`

    events contact {   at sent: date }: cap 50% of requests per context.rep every 30 days
      E0852 at `requests`: a share counts the events `request`, and none are declared
        help: declare what customers asked: `events request { at asked: instant  rep: text }`
      E0206 at `context`: the project declares no context
        help: declare what a request may bring: `context { reason: text }`

    events contact {   at sent: date }: cap 1 per customer every 5 hours
      E0312 at `5 hours`: `contact` happens on a date, which has no hours
        help: give the window in days, weeks, months or years

    : pause 30 days after 3 ignored
      fine

    events contact {   at sent: date }: pause 30 days after 3 ignored
      fine

    : stop after unsubscribed
      fine

    events response {   at t: date   outcome: one_of(unsubscribe) }: stop after unsubscribed
      E0853 at `unsubscribed`: no response has the outcome `unsubscribed`: `response.outcome` is one of `unsubscribe`
        help: did you mean `unsubscribe`?

    events response {   at t: date   outcome: text }: stop fax after unsubscribed
      E0208 at `fax`: no channel `fax` is declared
        help: declare it: `channel fax`
    "#);
}

#[test]
fn parts_that_do_not_go_together() {
    let texts = [
        portfolio("cap 3 per customer per offer.mood every 7 days"),
        portfolio("cap 3 per customer per offer.topik every 7 days"),
        portfolio("cap 3 per customer per vip every 7 days"),
        portfolio("cap 20_000 in total"),
        portfolio("cap 150% of requests per context.rep every 30 days"),
        portfolio("cap 50% of requests per vip every 30 days"),
        portfolio("cap 50% of requests per context.desk every 30 days"),
        portfolio("cap 3 per customer every 7 days over purchase where coupon = \"x\""),
        offer("cap 1 per customer per offer every 7 days"),
        offer("cap 1 per customer per offer.topic every 7 days"),
        offer("cap 1 per customer per c every 7 days"),
        offer("cap 50% of requests per context.rep every 30 days"),
        offer("cap 5 in total\n  cap 6 in total"),
        "offer b for each category c of product {\n  channel mail\n  cap 1 per customer per offer every 7 days\n}".to_owned(),
        "offer b for each category c of product {\n  channel mail\n  cap 1 per customer every 7 days when c = \"x\"\n}".to_owned(),
        "offer b for each category c of product {\n  channel mail\n  cap 1 per customer each week over purchase where category = c\n}".to_owned(),
    ];
    assert_snapshot!(told(&texts), @r#"
    cap 3 per customer per offer.mood every 7 days
    E0851 at `mood`: an offer may leave `mood` out, and no cap would count it
      help: declare it in `offer fields` with a default, or without `?`: `mood: … = …`

    cap 3 per customer per offer.topik every 7 days
    E0203 at `topik`: offers have no field `topik`
      help: did you mean `topic`?
      fix: replace `topik` with `topic`

    cap 3 per customer per vip every 7 days
    E0854 at `vip`: a cap of the portfolio counts apart by offer or by a field of offers
      help: write `per customer per offer` or `per customer per offer.topic`

    cap 20_000 in total
    fine

    cap 150% of requests per context.rep every 30 days
    E0816 at `150%`: a share is a percentage from 0.01% to 100%, in hundredths of a percent
      help: write it out: `5%`

    cap 50% of requests per vip every 30 days
    E0854 at `vip`: who answers is told by a field of the context
      help: write `per context.rep`; `request` and `contact` have a field of the same name

    cap 50% of requests per context.desk every 30 days
    E0850 at `context.desk`: this counts by `desk`, and `request` has no field `desk`
      help: give `request` the field: `desk: text`

    cap 3 per customer every 7 days over purchase where coupon = "x"
    E0404 at `coupon = "x"`: this `where` may be unknown, and the cap would count too low without a word
      help: say what counts then: `else true` at its end counts such events, `else false` leaves them out

    cap 1 per customer per offer every 7 days
    E0854 at `offer`: a cap of an offer counts this offer alone
      help: leave it out here, or write the cap in the portfolio, where it holds for all offers

    cap 1 per customer per offer.topic every 7 days
    E0854 at `offer.topic`: a cap of an offer counts this offer alone
      help: leave it out here, or write the cap in the portfolio, where it holds for all offers

    cap 1 per customer per c every 7 days
    E0854 at `c`: only a family has members to count apart
      help: leave it out, or declare a family: `offer … for each category c of product`

    cap 50% of requests per context.rep every 30 days
    E0854 at `cap`: a share of requests is one of all offers together
      help: write it in the portfolio

    cap 6 in total
    E0501 at `cap 6 in total`: a total of this kind is said twice
      help: keep one of them

    cap 1 per customer per offer every 7 days
    E0854 at `offer`: a cap of an offer counts this offer alone
      help: leave it out here, or write the cap in the portfolio, where it holds for all offers

    cap 1 per customer every 7 days when c = "x"
    E0201 at `c`: nothing here is called `c`
      help: a name is a field of the customer, a segment or a trait; in a `where`, a field of the event; a text stands in quotes

    cap 1 per customer each week over purchase where category = c
    E0854 at `category = c`: this cap takes contacts of one member, or says more than how many events in which time
      help: a cap of this kind is `cap N per customer every SPAN over EVENTS where …`; to count contacts of one member, say `per customer per` and its name
    "#);
}

#[test]
fn limits_that_never_bind_are_warned_of() {
    let texts = [
        "cap 5 per customer every 7 days\n  cap 3 per customer every 7 days",
        "cap 3 per customer every 7 days\n  cap 3 per customer every 7 days",
        "cap 3 per customer every 7 days\n  cap 3 per customer each week",
        "cap 3 per customer every 30 days\n  cap 3 per customer every 1 months",
        "cap 3 per customer every 7 days\n  cap 4 per customer every 7 days on sms",
        "cap 3 per customer per offer every 30 days\n  cap 3 per customer per offer every 7 days when vip",
        // Each of these says something.
        "cap 5 per customer every 30 days\n  cap 3 per customer every 7 days",
        "cap 3 per customer every 7 days on sms\n  cap 5 per customer every 7 days",
        "cap 3 per customer every 7 days when vip\n  cap 5 per customer every 7 days",
        "cap 3 per customer every 7 days\n  cap 5 impressions per customer every 7 days",
        "cap 3 per customer every 7 days\n  cap 3 per customer every 7 days including inbound",
        "cap 3 per customer every 28 days\n  cap 3 per customer each month",
        "cap 0 per customer every 7 days",
        "cap 0 per customer every 7 days when vip",
        "cap 0 per customer every 7 days over purchase",
    ];
    let one = |text: &str| format!("{text}\n{}", warned_of_limits(&with_schema(&portfolio(text))));
    assert_snapshot!(texts.map(one).join("\n"), @r"
    cap 5 per customer every 7 days
      cap 3 per customer every 7 days
      E0861 at `cap 5 per customer every 7 days`: this cap can never bind: `cap 3 per customer every 7 days` stops before it
        help: leave it out, or lower its number
        fix: remove `cap 5 per customer every 7 days`

    cap 3 per customer every 7 days
      cap 3 per customer every 7 days
      E0861 at `cap 3 per customer every 7 days`: this cap can never bind: `cap 3 per customer every 7 days` stops before it
        help: leave it out, or lower its number
        fix: remove `cap 3 per customer every 7 days`

    cap 3 per customer every 7 days
      cap 3 per customer each week
      E0861 at `cap 3 per customer each week`: this cap can never bind: `cap 3 per customer every 7 days` stops before it
        help: leave it out, or lower its number
        fix: remove `cap 3 per customer each week`

    cap 3 per customer every 30 days
      cap 3 per customer every 1 months

    cap 3 per customer every 7 days
      cap 4 per customer every 7 days on sms
      E0861 at `cap 4 per customer every 7 days on sms`: this cap can never bind: `cap 3 per customer every 7 days` stops before it
        help: leave it out, or lower its number
        fix: remove `cap 4 per customer every 7 days on sms`

    cap 3 per customer per offer every 30 days
      cap 3 per customer per offer every 7 days when vip
      E0861 at `cap 3 per customer per offer every 7 days when vip`: this cap can never bind: `cap 3 per customer per offer every 30 days` stops before it
        help: leave it out, or lower its number
        fix: remove `cap 3 per customer per offer every 7 days when vip`

    cap 5 per customer every 30 days
      cap 3 per customer every 7 days

    cap 3 per customer every 7 days on sms
      cap 5 per customer every 7 days

    cap 3 per customer every 7 days when vip
      cap 5 per customer every 7 days

    cap 3 per customer every 7 days
      cap 5 impressions per customer every 7 days

    cap 3 per customer every 7 days
      cap 3 per customer every 7 days including inbound
      E0861 at `cap 3 per customer every 7 days`: this cap can never bind: `cap 3 per customer every 7 days including inbound` stops before it
        help: leave it out, or lower its number
        fix: remove `cap 3 per customer every 7 days`

    cap 3 per customer every 28 days
      cap 3 per customer each month

    cap 0 per customer every 7 days
      E0862 at `cap 0 per customer every 7 days`: a cap of none lets nothing through
        help: leave the offer or the channel out instead; to leave out those who had any of these events, write `cap 1`

    cap 0 per customer every 7 days when vip

    cap 0 per customer every 7 days over purchase
      E0862 at `cap 0 per customer every 7 days over purchase`: a cap of none lets nothing through
        help: leave the offer or the channel out instead; to leave out those who had any of these events, write `cap 1`
    ");
}

/// A cap that is told at `now` and the limit that it would be if something could be sent later.
#[test]
fn both_forms_of_a_plain_cap_say_the_same() {
    let contact = "events contact {\n  at sent: instant\n  offer: text\n}";
    let text = |channel: &str| {
        format!(
            "customer a {{\n  key id: int\n}}\n\n{contact}\n\nchannel mail\n\n{channel}\n\noffer x {{\n  channel mail\n  \
             cap 2 per customer every 3 months\n}}\n\nportfolio {{\n  cap 3 per customer every 7 days\n}}"
        )
    };
    let later = text("context {\n  channel: text\n}\n\nchannel desk {\n  inbound\n}");
    let (now, later) = (planned(&text("")), planned(&later));
    assert!(now.offers[0].limits.is_empty() && now.portfolio.limits.is_empty() && now.histories.is_empty());
    assert!(later.offers[0].caps.is_empty() && later.portfolio.contact_cap.is_none());
    let shown = now.to_string();
    let counted = |cap: opportune_plan::Cap| {
        let line = shown.lines().find(|line| line.starts_with(&format!("%{} =", cap.counted.0))).unwrap();
        line.to_owned()
    };
    // The offer's: of those that showed it, in the window before now.
    let cap = now.offers[0].caps[0];
    assert!(counted(cap).contains("count(contact after") && counted(cap).contains("where"), "{shown}");
    assert!(shown.contains("-3 months") && shown.contains("-7 days"));
    let [
        Limit {
            most: 2, window, counts: Counts::Showings, per: Per::Together, channel: None, when: None, history, ..
        },
    ] = later.offers[0].limits.as_slice()
    else {
        panic!("{later}");
    };
    assert_eq!((cap.limit, *window), (2, LimitWindow::Rolling(Span { months: 3, days: 0, micros: 0 })));
    let shared = &later.histories[history.0 as usize];
    assert!(shared.filter.is_none() && shared.offer.is_some());
    // The portfolio's: all of them.
    let cap = now.portfolio.contact_cap.unwrap();
    assert!(!counted(cap).contains("where"), "{shown}");
    let [Limit { most: 3, window, counts: Counts::Contacts, per: Per::Together, history: of_all, .. }] =
        later.portfolio.limits.as_slice()
    else {
        panic!("{later}");
    };
    assert_eq!((cap.limit, *window), (3, LimitWindow::Rolling(Span::days(7))));
    assert_eq!(history, of_all, "one history for both");
    assert_eq!(later.histories.len(), 1);
}

#[test]
fn what_could_be_sent_later_is_counted_then() {
    let now = |plan: &Plan| plan.offers[0].limits.is_empty();
    let offer = |clauses: &str| format!("offer a {{\n  {clauses}\n  cap 1 per customer every 90 days\n}}");
    assert!(now(&plan(&offer("channel mail"))));
    assert!(now(&plan(&offer("channel mail\n  timing from 2026-11-01 to 2026-12-24"))));
    assert!(!now(&plan(&offer("channel mail, else sms"))), "sms has quiet hours");
    assert!(!now(&plan(&offer("channel mail\n  timing on weekdays"))));
    // Members of a family beside each other are more than one.
    let family = |slots: &str| {
        let text = "offer b for each category c of product {\n  channel mail\n  cap 1 per customer every 90 days\n}";
        format!("{text}\n\nportfolio {{\n  {slots}\n}}")
    };
    assert!(now(&plan(&family("slate 1"))));
    assert!(!now(&plan(&family("slate 2"))));
    // Contacts that tell their channel make one of several rows.
    let cap = plan(&portfolio("cap 3 per customer every 7 days"));
    assert!(cap.portfolio.contact_cap.is_none() && cap.portfolio.limits.len() == 1);
}

#[test]
fn beside_notices_the_cap_of_the_portfolio_tells_contacts_apart() {
    let text = |more: &str| {
        format!(
            "customer a {{\n  key id: int\n}}\n\nevents contact {{\n  at sent: instant\n  offer: text\n}}\n\nchannel mail\n\n\
             offer x {{\n  priority 1\n}}\n\n{more}\n\nportfolio {{\n  cap 3 per customer every 7 days\n}}"
        )
    };
    let at_now = |more: &str| planned(&text(more)).portfolio.contact_cap.is_some();
    assert!(at_now(""));
    assert!(!at_now("notice closing {\n  message \"We close.\"\n}"));
}

#[test]
fn totals_come_in_the_order_of_the_offers() {
    let text = "offer a {\n  channel mail\n  cap 5 in total\n  message \"{b.remaining} left\"\n}\n\noffer b {\n  channel \
                mail\n  cap 7 in total\n}\n\nportfolio {\n  cap 50% of requests per context.rep every 30 days\n}";
    let plan = plan(text);
    let most = |shared: &SharedLimit| match shared {
        SharedLimit::Quota(Quota { most, past, .. }) => (*most, past.is_some()),
        SharedLimit::Share { share, .. } => (u64::from(*share), true),
    };
    assert_eq!(plan.portfolio.shared.iter().map(most).collect::<Vec<_>>(), [(5, true), (7, true), (5_000, true)]);
    assert!(plan.to_string().contains("remaining"), "{plan}");
}

#[test]
fn past_contacts_have_used_some_of_a_capacity() {
    let used = |channel: &str| {
        let text = format!(
            "customer a {{\n  key id: int\n}}\n\nevents contact {{\n  at sent: date\n{channel}}}\n\nchannel mail {{\n  \
             capacity 5 per week\n}}\n\noffer x {{\n  channel mail\n}}"
        );
        planned(&text).channels[0].capacity.unwrap().past.is_some()
    };
    assert!(used("  channel: text\n") && used("  channel: text?\n"));
}

#[test]
fn a_limit_is_told_as_it_is_written() {
    let text = "cap 3   per customer every 7 days over purchase // \"often\"\n    where category = \"a//b\"  // both\n    when vip";
    let plan = plan(&portfolio(text));
    let told = "3 per customer every 7 days over purchase where category = \"a//b\" when vip";
    assert_eq!(&*plan.portfolio.limits[0].text, told);
}

#[test]
fn the_bound_counts_histories_facts_and_limits() {
    let plan = plan(
        "offer a {\n  channel mail, else sms\n  cap 1 per customer every 90 days\n}\n\noffer b {\n  channel sms\n}\n\n\
         portfolio {\n  cap 3 per customer every 7 days when vip\n  cap 2 impressions per customer every 7 days\n}",
    );
    let cost = opportune_compiler::cost::cost(&plan);
    let histories = |name: &str| {
        let table = plan.schema.tables().find(|(_, table)| &*table.name == name).unwrap().0;
        let events = cost.events.iter().find(|events| events.table == table).unwrap();
        (events.histories, events.for_each() - events.operations)
    };
    assert_eq!((histories("contact"), histories("response")), ((1, 1), (1, 1)));
    // Of the caps one is the offer's; the zone, whether it is known, and `vip` are read.
    assert_eq!((cost.tries, cost.limits, cost.facts), (3, 3, 3));
}
