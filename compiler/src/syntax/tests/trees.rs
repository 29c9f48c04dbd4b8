//! The trees of right policies: what binds to what, and where a clause ends.

use insta::assert_snapshot;

use super::{ast::ItemKind, parse_item, show};

/// The tree of a condition.
fn tree(condition: &str) -> String {
    let (item, diagnostics) = parse_item(&format!("segment s is {condition}"));
    assert_eq!(diagnostics, [], "{condition}");
    match item.map(|item| item.kind) {
        Some(ItemKind::Segment(definition)) => show::expr(&definition.value),
        other => panic!("{other:?}"),
    }
}

#[test]
fn operators_bind_as_the_reference_says() {
    assert_snapshot!(tree("a or b and not c = d + e * -f else g"), @r#"((a Or (b And (not (c Equal (d Add (e Multiply (- f))))))) Else g)"#);
    assert_snapshot!(tree("not a = b and c"), @r#"((not (a Equal b)) And c)"#);
    assert_snapshot!(tree("a - b - c / d / e"), @r#"((a Subtract b) Subtract ((c Divide d) Divide e))"#);
    assert_snapshot!(tree("x between 1 and 2 and y not between a + 1 and b * 2 or z"), @r#"(((x between Int(1) Int(2)) And (y not-between (a Add Int(1)) (b Multiply Int(2)))) Or z)"#);
    assert_snapshot!(tree("x is missing and y is not known or not z is true"), @r#"(((x is Missing) And (y not-is Known)) Or (not (z is True)))"#);
    assert_snapshot!(tree("x is not y and x not in [\"a\", b] and d in last 30 days"), @r#"(((x NotEqual y) And (x not-in [Text("a"), b])) And (d in-last Span(Span { months: 0, days: 30, micros: 0 })))"#);
    assert_snapshot!(tree("name starts with \"T\" and not name contains \"a\\\"b\""), @r#"((name StartsWith Text("T")) And (not (name Contains Text("a\"b"))))"#);
    assert_snapshot!(tree("(a or b) and (c else true)"), @r#"((a Or b) And (c Else Bool(true)))"#);
    assert_snapshot!(tree("if a then 1 else if b then 2 else 3 + 4 else 5"), @r#"((if a then Int(1) else (if b then Int(2) else (Int(3) Add Int(4)))) Else Int(5))"#);
    assert_snapshot!(tree("if a then if b then 1 else 2 else 3 > 4"), @r#"(if a then (if b then Int(1) else Int(2)) else (Int(3) Greater Int(4)))"#);
}

#[test]
fn aggregates_take_window_and_condition() {
    assert_snapshot!(tree("sum(purchase.spend in last 84 days where product.department = \"X\" else false) / 12 > 20 USD"), @r#"((Sum<purchase.spend in-last Span(Span { months: 0, days: 84, micros: 0 }) where ((product.department Equal Text("X")) Else Bool(false))> Divide Int(12)) Greater Money(USD, 20000000))"#);
    assert_snapshot!(tree("first(purchase where a).product.category = \"X\" and exists(contact) and none(a where b)"), @r#"(((First<purchase where a>.product.category Equal Text("X")) And Exists<contact>) And None<a where b>)"#);
    assert_snapshot!(tree("first(purchase where a) in last 60 days and last > 3"), @r#"((First<purchase where a> in-last Span(Span { months: 0, days: 60, micros: 0 })) And (last Greater Int(3)))"#);
}

#[test]
fn literals_have_their_values() {
    assert_snapshot!(tree("x in [20_000, 0.5, 5%, 12.5%, 20 USD, 0.002 USD, true, \"\\u{e9}\\n\", 2026-11-01, 1970-01-02 00:01]"), @r#"(x in [Int(20000), Number(0.5), Number(0.05), Number(0.125), Money(USD, 20000000), Money(USD, 2000), Bool(true), Text("é\n"), Date(20758), DateTime { local_seconds: 86460, zone: None }])"#);
    assert_snapshot!(tree("x in [30 days, 1 day, 2 weeks, 3 months, 1 year, 5 hours, 30 minutes, 2 seconds, 2026-11-27 18:00:30 Europe/London]"), @r#"(x in [Span(Span { months: 0, days: 30, micros: 0 }), Span(Span { months: 0, days: 1, micros: 0 }), Span(Span { months: 0, days: 14, micros: 0 }), Span(Span { months: 3, days: 0, micros: 0 }), Span(Span { months: 12, days: 0, micros: 0 }), Span(Span { months: 0, days: 0, micros: 18000000000 }), Span(Span { months: 0, days: 0, micros: 1800000000 }), Span(Span { months: 0, days: 0, micros: 2000000 }), DateTime { local_seconds: 1795802430, zone: Some(Spanned { node: "Europe/London", span: 114..127 }) }])"#);
}

#[test]
fn a_line_goes_on_with_an_operator() {
    let offer = r#"
offer x {
  eligible when a and
    b
    // a remark does not interrupt

    or c
  priority 1 +
    2
  topic "t"; tier 3
  sells [
    "a",
    "b",
  ]
  except when
    count(purchase
      in last 30 days
      where a
        = b)
      > 3
  eligible when name
    starts with "T"
  channel mail,
    else email
}"#;
    let (item, diagnostics) = parse_item(offer);
    assert_eq!(diagnostics, []);
    assert_snapshot!(show::item(&item.unwrap().kind), @r#"
    x
    eligible ((a And b) Or c)
    priority (Int(1) Add Int(2))
    field topic Text("t")
    field tier Int(3)
    field sells [Text("a"), Text("b")]
    except (Count<purchase in-last Span(Span { months: 0, days: 30, micros: 0 }) where (a Equal b)> Greater Int(3))
    eligible (name StartsWith Text("T"))
    channel ["mail", "email"]
    "#);
}

#[test]
fn the_sample_has_these_trees() {
    let trees: Vec<String> = super::split(include_str!("sample.offer"))
        .iter()
        .filter(|item| !matches!(item.word, super::ItemWord::Persona | super::ItemWord::Test))
        .map(|item| show::item(&parse_item(&item.text).0.unwrap().kind))
        .collect();
    assert_snapshot!(trees.join("\n\n"), @r#"
    household
    Key household_id: text
    age: ordered<19-24|25-34|35-44|45-54|55-64|65+>?
    birth: date? #private
    marital: one_of<single|married|in between>? #sensitive
    email_ok: bool #consent
    baby_propensity: number?
    home: place? from ["home_latitude"] and "home_longitude"
    zone: timezone? = Text("America/New_York")
    wakes: time?
    tags: set<text>

    reason: one_of<purchase|complaint>
    companion: bool

    purchase
    At purchased_at: instant from ["transaction_timestamp"]
    product_id: text -> product
    gift_for: text? -> household? as receiver
    quantity: int
    spend: money<USD> from ["Sales Value"]

    contact
    campaign_id: text -> campaign
    At sent: date from ["campaign", "start_date"]
    offer: text

    product
    Key product_id: text
    department: text
    category: text? from ["product_category"]

    visit
    At came: instant
    store: text -> shop
    quiet_hour: bool

    shop
    Key id: text
    location: place from ["latitude"] and "Longitude"

    topic: text = Text("general")
    tier: int = Int(1)
    value: money<USD> = Money(USD, 0)
    sells: set<text>
    brands: set<text> = [Text("own"), Text("national")]

    email
    needs customer.email_ok

    mail

    branch
    Both
    quiet Time(75600000000) to Time(28800000000) on weekdays
    quiet by law of customer.state
    lead Span(Span { months: 0, days: 0, micros: 7200000000 })
    carries (complexity LessOrEqual Int(2))
    cost Money(USD, 2000)
    capacity Int(50000) per week

    new_parents := (First<purchase where ((product.category Equal Text("DIAPERS & DISPOSABLES")) Else Bool(false))> in-last Span(Span { months: 0, days: 60, micros: 0 }))

    regular := ((Count<purchase in-last Span(Span { months: 0, days: 84, micros: 0 })> GreaterOrEqual Int(4)) And (weekly_spend Greater Money(USD, 20000000)))

    weekly_spend := (Sum<purchase.spend in-last Span(Span { months: 0, days: 84, micros: 0 }) where ((product.department not-in [Text("FUEL"), Text("FLORAL")]) And (quantity Greater Int(0)))> Divide Int(12))

    near := ((((distance(home, shop(Text("12")).location) Less Distance(5000.0)) And (hour(now) GreaterOrEqual Int(9))) And (wakes between Time(21600000000) Time(77400000000))) And (Text("vip") in tags))

    checkin
    visit where quiet_hour
    visit within Span(Span { months: 0, days: 2, micros: 0 }) where (store NotEqual Text("12"))
    purchase within Span(Span { months: 0, days: 0, micros: 21600000000 })

    diaper_bundle
    about "Wipes, toys and beer for new parents"
    field topic Text("baby")
    field sells [Text("BABY WIPES"), Text("TOYS"), Text("BEERS/ALES")]
    eligible ((new_parents And (weekly_spend Greater Money(USD, 20000000))) Or ((customer.age between Text("19-24") Text("35-44")) And (birth Greater (today Subtract Span(Span { months: 480, days: 0, micros: 0 })))))
    eligible ((marital NotEqual single) And (age is Known))
    except Exists<purchase in-last Span(Span { months: 0, days: 30, micros: 0 }) where ((product.department Equal Text("NURSERY")) And (spend Greater Money(USD, 2000500000)))>
    except (None<contact in-last Span(Span { months: 0, days: 14, micros: 0 })> And (not (email_ok is True)))
    priority ((Number(0.7) Multiply (customer.baby_propensity Else Number(0.1))) Add (Number(0.3) Multiply (weekly_spend Divide Money(USD, 100000000))))
    channel ["mail", "email"]
    timing days from Date(20758) to Date(20811)
    cap Int(1) per customer every Span(Span { months: 0, days: 90, micros: 0 })
    cap Int(2) per customer every Span(Span { months: 3, days: 0, micros: 0 }) over coupon where (campaign.kind Equal Text("TypeA"))
    because "You bought diapers for the first time."
    message "Hello, {you}: " {weekly_spend as 2 decimals} " a week, " {(First<purchase where ((category Equal Text("A }")) Else Bool(false))>.at Else now) as day and month}
    message email {(age Else Text("young"))} " and " {(baby_propensity Else Int(0)) as percent}

    try_a_new_aisle each category of product as c
    eligible (None<purchase in-last Span(Span { months: 0, days: 365, micros: 0 }) where ((product.category Equal c) Else Bool(false))> And (FrequencyRank<c, purchase.product.category in-Previous-Year> LessOrEqual Int(10)))
    eligible (((offer.sells Contains c) Or (tags Overlaps [Text("a"), Text("b")])) Or (c EndsWith Text("S")))
    except (Count<purchase in-between Date(20454) today where ((product.category Equal c) Else Bool(false))> Greater Int(3))
    except (((birth in-This-Month) And (anniversary(birth) in-next Span(Span { months: 0, days: 14, micros: 0 }))) And (context.reason Equal complaint))
    priority (Share<purchase in-This-Quarter where (spend Greater Money(USD, 3000000))> Else round(ln((weekly_spend Divide Money(USD, 1000000))), Int(2)))
    because "You never tried " {c}
    message {c}

    "nothing for minors" review by Date(20999)
    never (offer.topic Equal Text("alcohol")) when (birth Greater (today Subtract Span(Span { months: 252, days: 0, micros: 0 })))
    never (offer.tier Greater Int(3))

    small
    field topic Text("small")
    field tier Int(2)
    eligible (if regular then (baby_propensity Greater Number(0.05)) else (if new_parents then Bool(true) else Bool(false)))
    eligible ((Last<purchase>.product.category StartsWith Text("D")) Or (Last<purchase>.product.category Contains Text("WIPES")))
    eligible ((Last<purchase.purchased_at> Greater DateTime { local_seconds: 1767254400, zone: Some(Spanned { node: "Europe/London", span: 311..324 }) }) And ((now Subtract Last<purchase.purchased_at>) Less Span(Span { months: 0, days: 0, micros: 18000000000 })))
    priority ((- Int(1)) Multiply (- baby_propensity))
    channel ["mail"]

    Reminder basket
    timing at Time(64800000000) on the day of Last<visit>.at, exactly Span(Span { months: 0, days: 7, micros: 0 }) after Last<visit>.came, on [weekdays], between Time(64800000000) and Time(75600000000)
    channel ["branch", "email when (not Exists<visit in-last Span(Span { months: 0, days: 7, micros: 0 })>)", "mail"]
    arms plain Number(0.5), big Number(0.5) salted 2026-q4
    arm big field value Money(USD, 2000000)
    pick a: category of product where (c NotEqual Text("A")) by Count<purchase where (product.category Equal a)>
    because "You left " {a} "; " {basket.remaining} " are left until " {basket.ends_at as day and month}

    Notice recall
    timing right away
    cap Int(20000) in total
    holdout Number(0.1) salted x

    objective ((offer.value Multiply score) Subtract channel.cost)
    lever spring Number(1.2) where (offer.topic Equal Text("garden")) when (weekly_spend Greater Money(USD, 20000000))
    at most Int(2) per topic
    at most Int(1) of [small, diaper_bundle]
    cap Int(2) impressions per customer per offer.topic each week on email including inbound
    cap Number(0.5) of requests per context.rep every Span(Span { months: 0, days: 30, micros: 0 })
    pause Span(Span { months: 0, days: 30, micros: 0 }) after Int(3)
    stop Some("email") after unsubscribed
    suppress Span(Span { months: 0, days: 180, micros: 0 }) after purchase where (offer.sells Contains product.category)
    holdout Number(0.05) salted 2026-q4
    fallback small
    horizon Span(Span { months: 0, days: 14, micros: 0 })
    possible zones America/New_York, America/Los_Angeles
    slate Some("branch") Int(3), at most Int(1) per topic
    rank tier desc, score, lot
    slate Some("email") Int(3)
    slate None Int(2)
    cap Int(3) per customer every Span(Span { months: 0, days: 7, micros: 0 })
    "#);
}

#[test]
fn documentation_belongs_to_the_next_item() {
    let items =
        super::split("/// One.\noffer a {\n  priority 1\n}\n\n/// Two,\n/// three.\n// a remark\noffer b {\n}\n");
    let docs: Vec<_> = items.iter().map(|item| parse_item(&item.text).0.unwrap().doc).collect();
    assert_eq!(docs, [Some("One.".into()), Some("Two,\nthree.".into())]);
    assert_eq!(items[1].offset, 35);
}

#[test]
fn spans_are_the_words_themselves() {
    let text = "segment s is ( a  and b.c  ) or not d in [ 1 , 2 ]  // end";
    let Some(ItemKind::Segment(definition)) = parse_item(text).0.map(|item| item.kind) else { panic!() };
    let written = |expr: &super::ast::Expr| text[expr.span.start as usize..expr.span.end as usize].to_owned();
    assert_eq!(written(&definition.value), "( a  and b.c  ) or not d in [ 1 , 2 ]");
    let super::ast::ExprKind::Binary(op, left, right) = &definition.value.kind else { panic!() };
    assert_eq!(&text[op.span.start as usize..op.span.end as usize], "or");
    assert_eq!((written(left), written(right)), ("( a  and b.c  )".to_owned(), "not d in [ 1 , 2 ]".to_owned()));
}
