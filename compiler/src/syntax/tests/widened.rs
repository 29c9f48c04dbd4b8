//! Trees of what looks beyond one row: templates, windows, sets, journeys, families, guarantees, contexts.

use insta::assert_snapshot;

use super::{ast::ItemKind, messages, parse_item, show};

/// The tree of a condition.
fn tree(condition: &str) -> String {
    let (item, diagnostics) = parse_item(&format!("segment s is {condition}"));
    assert_eq!(diagnostics, [], "{condition}");
    match item.map(|item| item.kind) {
        Some(ItemKind::Segment(definition)) => show::expr(&definition.value),
        other => panic!("{other:?}"),
    }
}

fn item(text: &str) -> String {
    let (item, diagnostics) = parse_item(text);
    assert_eq!(diagnostics, [], "{text}");
    show::item(&item.unwrap().kind)
}

/// The messages of an offer's clauses.
fn offer(clauses: &str) -> String {
    messages(&format!("offer x {{\n{clauses}\n}}"))
}

#[test]
fn windows() {
    assert_snapshot!(tree("count(a in next 2 weeks where b) > 1 and count(a in this month) > 1"), @r#"((Count<a in-next Span(Span { months: 0, days: 14, micros: 0 }) where b> Greater Int(1)) And (Count<a in-This-Month> Greater Int(1)))"#);
    assert_snapshot!(tree("d in previous week and d not in next quarter and d in next 3 months and d in this day"), @r#"((((d in-Previous-Week) And (d not-in-Next-Quarter)) And (d in-next Span(Span { months: 3, days: 0, micros: 0 }))) And (d in-This-Day))"#);
    assert_snapshot!(tree("count(a between 2026-01-01 and today - 3 days where b and c) > 1"), @r#"(Count<a in-between Date(20454) (today Subtract Span(Span { months: 0, days: 3, micros: 0 })) where (b And c)> Greater Int(1))"#);
    assert_snapshot!(tree("exists(a between 2026-01-01 08:00 and now) and d between 2026-01-01 and today"), @r#"(Exists<a in-between DateTime { local_seconds: 1767254400, zone: None } now> And (d between Date(20454) today))"#);
}

#[test]
fn sets_and_texts() {
    assert_snapshot!(tree("tags contains \"x\" and tags overlaps [\"a\", \"b\"] and tags overlaps other.tags"), @r#"(((tags Contains Text("x")) And (tags Overlaps [Text("a"), Text("b")])) And (tags Overlaps other.tags))"#);
    assert_snapshot!(tree("\"x\" in tags and x not in customer.tags and c in product(kind).labels and c not in offer.sells"), @r#"((((Text("x") in tags) And (x not-in customer.tags)) And (c in product(kind).labels)) And (c not-in offer.sells))"#);
    assert_snapshot!(tree("name ends with \"T\" or name contains [a] and not b overlaps c"), @r#"((name EndsWith Text("T")) Or ((name Contains [a]) And (not (b Overlaps c))))"#);
    assert_snapshot!(tree("name\n  ends with \"T\" and a ends with\n  \"b\""), @r#"((name EndsWith Text("T")) And (a EndsWith Text("b")))"#);
    assert_snapshot!(tree("size(tags) > 2 and if tags contains [1] then true else a overlaps [2]"), @r#"((size(tags) Greater Int(2)) And (if (tags Contains [Int(1)]) then Bool(true) else (a Overlaps [Int(2)])))"#);
}

#[test]
fn amounts_of_other_kinds() {
    assert_snapshot!(tree("x in [21:00, 08:30:15, 5 km, 2.3 km, 500 m, 3 miles, 1 mile, 0.5 miles]"), @r#"(x in [Time(75600000000), Time(30615000000), Distance(5000.0), Distance(2300.0), Distance(500.0), Distance(4828.032), Distance(1609.344), Distance(804.672)])"#);
    assert_snapshot!(tree("distance(home, store(home_store).location) < 5 km and hour(now) in [20, 21]"), @r#"((distance(home, store(home_store).location) Less Distance(5000.0)) And (hour(now) in [Int(20), Int(21)]))"#);
}

#[test]
fn functions_and_aggregates() {
    assert_snapshot!(tree("greatest(a, b, c) > round(x, 2) and weekday(now) = saturday"), @r#"((greatest(a, b, c) Greater round(x, Int(2))) And (weekday(now) Equal saturday))"#);
    assert_snapshot!(tree("frequency_rank(c, purchase.product.category in last 90 days where quantity > 0) <= 3"), @r#"(FrequencyRank<c, purchase.product.category in-last Span(Span { months: 0, days: 90, micros: 0 }) where (quantity Greater Int(0))> LessOrEqual Int(3))"#);
    assert_snapshot!(tree("share(purchase in last 90 days where product.own else false) > 5%"), @r#"(Share<purchase in-last Span(Span { months: 0, days: 90, micros: 0 }) where (product.own Else Bool(false))> Greater Number(0.05))"#);
    assert_snapshot!(tree("most_frequent(purchase.product.category) = c and typical_gap(purchase.at where a) < 9 days"), @r#"((MostFrequent<purchase.product.category> Equal c) And (TypicalGap<purchase.at where a> Less Span(Span { months: 0, days: 9, micros: 0 })))"#);
    assert_snapshot!(tree("product(\"123\").department = \"A\""), @r#"(product(Text("123")).department Equal Text("A"))"#);
}

#[test]
fn templates() {
    assert_snapshot!(item(r#"offer x {
  because "You bought {first(purchase where product.category = "A } {B" else false).at else now as day and month}."
  message "{{literal}} {a}{b as 2 decimals} \u{e9}\"{c}\"\n"
  message email ""; message sms "{price as whole}"
  because "no holes // here"   // {a remark}
  priority 1
}"#), @r#"
    x
    because "You bought " {(First<purchase where ((product.category Equal Text("A } {B")) Else Bool(false))>.at Else now) as day and month} "."
    message "{literal} " {a} {b as 2 decimals} " é\"" {c} "\"\n"
    message email 
    message sms {price as whole}
    because "no holes // here"
    priority Int(1)
    "#);
}

#[test]
fn holes_have_their_spans() {
    let text = "offer x { because \"é {a  and b as iso  date} {c}\" }";
    let Some(ItemKind::Offer(offer)) = parse_item(text).0.map(|item| item.kind) else { panic!() };
    let super::ast::OfferClauseKind::Because(template) = &offer.clauses[0].kind else { panic!() };
    let written = |span: super::ast::Span| &text[span.start as usize..span.end as usize];
    assert_eq!(written(template.span), "\"é {a  and b as iso  date} {c}\"");
    let holes: Vec<_> = template
        .parts
        .iter()
        .filter_map(|part| match part {
            super::ast::TemplatePart::Hole { span, value, format } => {
                Some((written(*span), written(value.span), format.as_ref().map(|format| &*format.node)))
            }
            super::ast::TemplatePart::Text(_) => None,
        })
        .collect();
    assert_eq!(holes, [("{a  and b as iso  date}", "a  and b", Some("iso date")), ("{c}", "c", None)]);
}

#[test]
fn items() {
    assert_snapshot!(item("context {\n  reason: one_of(purchase, complaint)\n  companion: bool\n}"), @r#"
    reason: one_of<purchase|complaint>
    companion: bool
    "#);
    assert_snapshot!(item("journey checkin = visit where store.kind = \"mall\" or a,\n  then scan within 2 days\n  where product.promoted, then visit"), @r#"
    checkin
    visit where ((store.kind Equal Text("mall")) Or a)
    scan within Span(Span { months: 0, days: 2, micros: 0 }) where product.promoted
    visit
    "#);
    assert_snapshot!(item("guarantee \"no alcohol to minors\" review by 2027-06-30 {\n  never offer.topic = \"alcohol\" when customer.birth > today - 21 years\n  never offer.banned\n}"), @r#"
    "no alcohol to minors" review by Date(20999)
    never (offer.topic Equal Text("alcohol")) when (customer.birth Greater (today Subtract Span(Span { months: 252, days: 0, micros: 0 })))
    never offer.banned
    "#);
    assert_snapshot!(item("guarantee \"g\"\n{\n  never a\n    when b\n}"), @r#"
    "g"
    never a when b
    "#);
    assert_snapshot!(item("offer try_a_new_aisle for each category c of product {\n  eligible when c in customer.interests\n  because \"You never tried {c}\"\n}"), @r#"
    try_a_new_aisle each category of product as c
    eligible (c in customer.interests)
    because "You never tried " {c}
    "#);
    assert_snapshot!(item("customer c {\n  key id: text\n  home: place? from home_latitude and \"Home Longitude\" private\n  zone: timezone? = \"America/New_York\"\n  opens: time\n  tags: set of one_of(a, b)\n  radius: distance = 5 km\n}"), @r#"
    c
    Key id: text
    home: place? from ["home_latitude"] and "Home Longitude" #private
    zone: timezone? = Text("America/New_York")
    opens: time
    tags: set<one_of<a|b>>
    radius: distance = Distance(5000.0)
    "#);
}

#[test]
fn mistakes_in_windows() {
    assert_snapshot!(offer("  eligible when d in last week and d in past month or d in last hour\n  eligible when count(a in between 2026-01-01 and 2026-02-01 where b) > 1\n  eligible when d in between 2026-01-01 and 2026-02-01\n  eligible when count(a from 2026-01-01 to 2026-02-01) > 1\n  eligible when count(a since 2026-01-01) > 1\n  eligible when count(a after 2026-01-01) > 1\n  eligible when count(a this month) > 1"), @r#"
    E0115 [last week] `last week` can mean two things | which one?
          help: the week of the calendar before this one is `previous week`; what ends now is `last 7 days`
    E0122 [past] `past` is written `last` here | write `last`
          fix: replace `past` with `last` -> [last]
    E0115 [past month] `last month` can mean two things | which one?
          help: the month of the calendar before this one is `previous month`; what ends now is `last 30 days`
    E0115 [last hour] `last hour` needs a number | how many?
          help: write `last 1 hour`
          fix: write `last 1 hour` -> [last 1 hour]
    E0122 [in] leave out `in` | not part of the language
          fix: delete `in` -> []
    E0122 [in] leave out `in` | not part of the language
          fix: delete `in` -> []
    E0122 [from] `from` is written `between` here | write `between`
          fix: replace `from` with `between` -> [between]
    E0122 [to] `to` is written `and` here | write `and`
          fix: replace `to` with `and` -> [and]
    E0122 [since] there is no window `since` | a window has both its ends
          help: write `between 2026-01-01 and now`
          fix: write `between 2026-01-01 and now` -> [between 2026-01-01 and now]
    E0122 [after] there is no window `after` | a window has both its ends
          help: write `between A and B`, or ask in the condition: `where at >= A`
    E0119 [] `in` is left out before the window | `in` is missing here
          fix: add `in` -> [in ]
    "#);
    assert_snapshot!(offer("  eligible when d in this months\n  eligible when d in this wek\n  eligible when d in next hour\n  eligible when d in current month and d in yesterday\n  eligible when d in last 5 m\n  eligible when d in next 5\n  eligible when d in this"), @r#"
    E0115 [months] `this months` is no stretch of the calendar | `day`, `week`, `month`, `quarter` or `year`
          fix: replace `months` with `month` -> [month]
    E0115 [wek] `this wek` is no stretch of the calendar | `day`, `week`, `month`, `quarter` or `year`
          fix: replace `wek` with `week` -> [week]
    E0115 [hour] `next hour` is no stretch of the calendar | `day`, `week`, `month`, `quarter` or `year`
          help: shorter ones are `last 24 hours`, `next 2 hours`; other stretches are written `between A and B`
    E0122 [current] `current` is written `this` here | write `this`
          fix: replace `current` with `this` -> [this]
    E0122 [yesterday] `yesterday` is written `previous day` here | write `previous day`
          fix: replace `yesterday` with `previous day` -> [previous day]
    E0115 [5 m] a window is a length of time | how long is this?
          help: `m` are metres; write `minutes` or `months`
    E0115 [5] a window is a length of time | how long is this?
          help: add a unit: `5 days`, `5 hours`
    E0101 [] the clause is not finished after `this` | expected `day`, `week`, `month`, `quarter` or `year`
          help: write `day`, `week`, `month`, `quarter` or `year` after `this`, or delete `this`
    "#);
}

#[test]
fn mistakes_in_amounts() {
    assert_snapshot!(offer("  eligible when x < 5 kilometers and x < 5 mi and x < 5km and x < 3 mile and x < 500 ft and x < 9 meters\n  eligible when t > 9pm and t > 9:30 am and t > 21h30 and t > 13 pm and t > 24:00\n  eligible when x < 5 kmm\n  eligible when d > today - 30 DAYS and d > today - 1 DAY"), @r#"
    E0115 [kilometers] the unit `kilometers` is written `km` | write `km`
          fix: replace `kilometers` with `km` -> [km]
    E0115 [mi] the unit `mi` is written `miles` | write `miles`
          fix: replace `mi` with `miles` -> [miles]
    E0115 [km] a space stands between a number and its unit | write ` km`
          fix: add a space -> [ km]
    E0115 [mile] the unit `mile` is written `miles` | write `miles`
          fix: replace `mile` with `miles` -> [miles]
    E0115 [500 ft] there is no unit `ft` | write `152.4 m`
          help: distances are written in `m`, `km` or `miles`
          fix: write `152.4 m` -> [152.4 m]
    E0115 [meters] the unit `meters` is written `m` | write `m`
          fix: replace `meters` with `m` -> [m]
    E0114 [9pm] `9pm` is not written as a time of day | hours go from 0 to 23: `21:00`
          fix: write `21:00` -> [21:00]
    E0114 [9:30 am] `9:30 am` is not written as a time of day | hours go from 0 to 23: `21:00`
          fix: write `09:30` -> [09:30]
    E0114 [21h30] `21h30` is not written as a time of day | hours go from 0 to 23: `21:00`
          fix: write `21:30` -> [21:30]
    E0114 [13 pm] `13 pm` is not written as a time of day | hours go from 0 to 23: `21:00`
          help: times go from `00:00` to `23:59`
    E0114 [24:00] there is no time `24:00` | not on the clock
          help: times go from `00:00` to `23:59`; midnight at the end of a day is `00:00` of the next
    E0115 [kmm] there is no unit `kmm` | did you mean `5 km`?
          fix: replace it with `km` -> [km]
    E0115 [DAYS] the unit `DAYS` is written `days` | write `days`
          fix: replace `DAYS` with `days` -> [days]
    E0115 [DAY] the unit `DAY` is written `day` | write `day`
          fix: replace `DAY` with `day` -> [day]
    "#);
}

#[test]
fn mistakes_in_sets() {
    assert_snapshot!(offer("  eligible when tags OVERLAPS [\"a\"] and tags contains any of [\"a\"] and name endswith \"x\" and name LIKE \"%x\"\n  eligible when [\"a\"] overlaps tags\n  eligible when x in \"a\"\n  eligible when x in (a, b)"), @r#"
    E0107 [OVERLAPS] `OVERLAPS` is written `overlaps` here | write `overlaps`
          fix: replace `OVERLAPS` with `overlaps` -> [overlaps]
    E0107 [contains any of] `contains any of` is written `overlaps` here | write `overlaps`
          fix: replace `contains any of` with `overlaps` -> [overlaps]
    E0107 [endswith] `endswith` is written `ends with` here | write `ends with`
          fix: replace `endswith` with `ends with` -> [ends with]
    E0107 [LIKE] `LIKE` is not an operator here | of another language
          help: write `ends with "x"`
          fix: replace it with `ends with "x"` -> [ends with "x"]
    E0101 [[] a list does not fit here | found `[`
          help: whether a value is one of several is asked with `x in [a, b]`
    E0101 ["a"] after `in` stands a list, a set or a window | one value
          help: write `= "a"` for one value, `in ["a", …]` for one of several, `in last 30 days` for a time
    E0107 [(a, b)] a list stands in square brackets | write `[…]`
          fix: write square brackets -> [[a, b]]
    "#);
    assert_snapshot!(messages("table t {\n  key id: text\n  a: list of text\n  b: set(int)\n  c: array<text>\n  d: set\n  e: place from lat, lon\n  f: place from (lat, lon)\n}"), @r#"
    E0122 [list of text] `list of text` is written `set of text` here | write `set of text`
          fix: write `set of text` -> [set of text]
    E0122 [set(int)] `set(int)` is written `set of int` here | write `set of int`
          fix: write `set of int` -> [set of int]
    E0122 [array<text>] `array<text>` is written `set of text` here | write `set of text`
          fix: write `set of text` -> [set of text]
    E0101 [] the clause is not finished after `set` | expected `of`
          help: write `of` after `set`, or delete `set`
    E0122 [,] `,` is written `and` here | write `and`
          fix: replace `,` with `and` -> [ and]
    E0107 [(lat, lon)] two columns are joined by `and` | write `lat and lon`
          fix: write `lat and lon` -> [lat and lon]
    "#);
}

#[test]
fn mistakes_in_templates() {
    assert_snapshot!(offer("  because \"You bought {name\"\n  because \"At {first(purchase where c = \"A\").at\"\n  because \"50 } off\"\n  because \"empty {} here\"\n  because \"{a b} and {c +}\"\n  because 'You {x}'\n  because \"open {a\n  priority 2"), @r#"
    E0124 [{] this hole is never closed | opened here
          help: write `}` where the value ends; a `{` that stands for itself is written `{{`
    E0124 [{] this hole is never closed | opened here
          help: write `}` where the value ends; a `{` that stands for itself is written `{{`
    E0124 [}] this `}` closes no hole | nothing is open here
          help: a `}` that stands for itself is written `}}`
          fix: write `}}` -> [}}]
    E0101 [{}] this hole is empty | a value is expected inside
          help: write the value that is to stand here, such as `{weekly_spend}`; braces that stand for themselves are written `{{` and `}}`
    E0101 [b] `b` does not fit after `a` | expected an operator such as `and` or the end of the clause
          help: join it with an operator such as `and` or `=`, or begin a new line: a clause ends with its line or with `;`
    E0101 [] the clause is not finished after `+` | expected a value
          help: write a value after `+`, or delete `+`
    E0109 ['You {x}'] a text stands in `"…"`, not in `'…'` | write `"You {x}"`
          fix: write it in straight double quotes -> ["You {x}"]
    E0102 ["open {a] this text is not closed | it ends with the line
          help: close it with `"` on the same line; a `"` inside a text is written `\"`
    "#);
    assert_snapshot!(offer("  message email: \"a\"\n  message for email \"{a}\"\n  message\n  message email\n  message email sms \"{b}\"\n  because \"{x:.2f} {x | upper} {x as %} {x as \"0.00\"} {x as}\"\n  because \"{{a}\"\n  because \"{a{b}c}\"\n  because \"{ a // b }\""), @r#"
    E0122 [:] leave out `:` | not part of the language
          fix: delete `:` -> []
    E0122 [for] leave out `for` | not part of the language
          fix: delete `for` -> []
    E0101 [] the clause is not finished after `message` | expected a name or a text in quotes
          help: write a name or a text in quotes after `message`, or delete `message`
    E0101 [] the clause is not finished after `email` | expected a text in quotes
          help: write a text in quotes after `email`, or delete `email`
    E0101 [sms] `sms` does not fit after `email` | expected a text in quotes
          help: write a text in quotes here
    E0122 [:.2f] `:.2f` is no format | a format stands after `as`
          help: write `{value as FORMAT}` with one of `whole`, `2 decimals`, `percent`, `date`, `iso date`, `time`, `weekday`, `month`, `day and month`
    E0122 [| upper] `| upper` is no format | a format stands after `as`
          help: write `{value as FORMAT}` with one of `whole`, `2 decimals`, `percent`, `date`, `iso date`, `time`, `weekday`, `month`, `day and month`
    E0122 [%] `%` is no format | a format stands after `as`
          help: write `{value as FORMAT}` with one of `whole`, `2 decimals`, `percent`, `date`, `iso date`, `time`, `weekday`, `month`, `day and month`
          fix: write `percent` -> [percent]
    E0122 ["0.00"] `"0.00"` is no format | a format stands after `as`
          help: write `{value as FORMAT}` with one of `whole`, `2 decimals`, `percent`, `date`, `iso date`, `time`, `weekday`, `month`, `day and month`
    E0101 [] the clause is not finished after `as` | expected a format such as `whole`
          help: write a format such as `whole` after `as`, or delete `as`
    E0124 [}] this `}` closes no hole | nothing is open here
          help: a `}` that stands for itself is written `}}`
          fix: write `}}` -> [}}]
    E0101 [{] braces do not belong inside a clause | this `{` is not expected
          help: write conditions without braces: `eligible when age >= "25-34" and email_ok`, or `if condition then a else b`
    E0101 [/] `/` does not fit after `/` | expected a value
          help: write a value here
    "#);
}

#[test]
fn mistakes_in_items() {
    assert_snapshot!(messages("context request {\n  a: bool\n}\njourney a is visit, scan then buy -> leave\njourney b = visit where x within 2 days\njourney c = visit within 2, then scan in 2 days if y\njourney d visit\njourney e =\n  visit\n  scan"), @r#"
    E0101 [request] `context` has no name | `{` is expected here
          help: leave it out
    E0107 [is] `is` is written `=` here | write `=`
          fix: replace `is` with `=` -> [=]
    E0122 [,] `,` is written `, then` here | write `, then`
          fix: replace `,` with `, then` -> [, then]
    E0122 [then] `then` is written `, then` here | write `, then`
          fix: replace `then` with `, then` -> [, then]
    E0122 [->] `->` is written `, then` here | write `, then`
          fix: replace `->` with `, then` -> [, then]
    E0101 [within 2 days] `within` stands before `where` | too late here
          help: write it right after the event: `scan within 2 days where …`
    E0115 [2] a step comes within a length of time | how long is this?
          help: add a unit: `within 2 days`
    E0122 [in] `in` is written `within` here | write `within`
          fix: replace `in` with `within` -> [within]
    E0122 [if] `if` is written `where` here | write `where`
          fix: replace `if` with `where` -> [where]
    E0119 [] `=` is left out after the journey's name | `=` is missing here
          fix: add `=` -> [= ]
    E0101 [scan] this line does not go on with the journey above | does not belong to it
          help: a line goes on where it begins with, or the one before ends in, an operator such as `and`; or put the whole in brackets
    "#);
    assert_snapshot!(messages("guarantee no_alcohol review on 2027-06-30 {\n  never: a if b\n  forbid c\n  never a unless b\n  always d\n  never\n}\nguarantee {\n}"), @r#"
    E0118 [no_alcohol] a guarantee says in a text what it promises | write `"no alcohol"`
          fix: write it in quotes -> ["no alcohol"]
    E0122 [on] `on` is written `by` here | write `by`
          fix: replace `on` with `by` -> [by]
    E0122 [:] leave out `:` | not part of the language
          fix: delete `:` -> []
    E0122 [if] `if` is written `when` here | write `when`
          fix: replace `if` with `when` -> [when]
    E0106 [forbid] `forbid` begins no clause of a guarantee | a clause word is expected here
          help: did you mean `never`?
          fix: replace `forbid` with `never` -> [never]
    E0122 [unless] `unless` is written with `when not` | not a word of the language
          help: write `when not (…)`: the offer is forbidden unless the condition is definitely false, so think of missing data too
    E0106 [always] `always` begins no clause of a guarantee | a clause word is expected here
          help: the clauses of a guarantee begin with `never`
    E0101 [] the clause is not finished after `never` | expected a value
          help: write a value after `never`, or delete `never`
    E0101 [] the clause is not finished after `guarantee` | expected a name or a text in quotes
          help: write a name or a text in quotes after `guarantee`, or delete `guarantee`
    "#);
    assert_snapshot!(messages("offer a for each category of product {\n}\noffer b for every category c of product {\n}\noffer c for each c in product.category {\n}\noffer d for each product.category c {\n}\noffer e for category c of product {\n}\noffer f for each category c {\n}"), @r#"
    E0119 [] what one `category` is called in this offer is left out | a name is missing here
          help: write `for each category c of …`, and `c` in the clauses
          fix: add `c` -> [c ]
    E0122 [every] `every` is written `each` here | write `each`
          fix: replace `every` with `each` -> [each]
    E0122 [c in product.category] the field stands first, then the name of one of its values | write `category c of product`
          fix: write `category c of product` -> [category c of product]
    E0122 [product.category c] the field stands first, then the name of one of its values | write `category c of product`
          fix: write `category c of product` -> [category c of product]
    E0101 [category] `category` does not fit after `for` | expected `each`
          help: write `each` here
    E0101 [] the clause is not finished after `c` | expected `of`
          help: write `of` after `c`, or delete `c`
    "#);
}

#[test]
fn mistakes_of_sql() {
    assert_snapshot!(offer("  eligible when d > CURRENT_DATE - INTERVAL '30 days' and d > DATE '2026-01-01'\n  eligible when EXTRACT(YEAR FROM d) = 2026 and date_trunc('month', d) = e\n  eligible when dateadd(day, -30, d) > e and datediff(day, a, b) > 3 days\n  priority CASE WHEN a THEN 1 WHEN b THEN 2 ELSE 3 END\n  priority CAST(a AS int) + count(*) + max(a, b) + min(a, b, c)\n  priority frequency_rank(purchase.x) + share(a, b, c)\n  priority concat(a, b) + pow(a, 2)\n  eligible when count(x between a else b and c) > 1\n  eligible when d between a else b and c"), @r#"
    E0122 [CURRENT_DATE] `CURRENT_DATE` is written `today` here | write `today`
          fix: replace `CURRENT_DATE` with `today` -> [today]
    E0122 [INTERVAL '30 days'] `INTERVAL` does not stand before a value | of another language
          help: write `30 days`, without quotes
          fix: write `30 days` -> [30 days]
    E0122 [DATE '2026-01-01'] `DATE` does not stand before a value | of another language
          help: write `2026-01-01`, without quotes
          fix: write `2026-01-01` -> [2026-01-01]
    E0122 [EXTRACT] there is no function `EXTRACT` | of another language
          help: write `year(d)`
          fix: write `year(d)` -> [year(d)]
    E0122 [date_trunc] there is no function `date_trunc` | of another language
          help: write `start_of_month(d)`
          fix: write `start_of_month(d)` -> [start_of_month(d)]
    E0122 [dateadd] there is no function `dateadd` | of another language
          help: write `d - 30 days`
          fix: write `d - 30 days` -> [d - 30 days]
    E0122 [datediff] there is no function `datediff` | of another language
          help: write `b - a`
          fix: write `b - a` -> [b - a]
    E0122 [CASE WHEN a THEN 1 WHEN b THEN 2 ELSE 3 END] a choice is written with `if` | of another language
          help: write `(if a then 1 else if b then 2 else 3)`
          fix: write it with `if` -> [(if a then 1 else if b then 2 else 3)]
    E0122 [CAST] values are not cast | of another language
          help: write `a`: a whole number stands wherever a number may; `round(x)` and `floor(x)` make whole numbers, `date(x)` the day of a moment
    E0122 [*] what is counted is named | which events?
          help: write the event table: `count(purchase)`
    E0122 [max] of several values, `max` is written `greatest` | write `greatest`
          help: `max(…)` looks at events: `max(purchase.spend in last 30 days)`
          fix: replace `max` with `greatest` -> [greatest]
    E0122 [min] of several values, `min` is written `least` | write `least`
          help: `min(…)` looks at events: `min(purchase.spend in last 30 days)`
          fix: replace `min` with `least` -> [least]
    E0119 [frequency_rank] what is ranked is left out | the rank of what?
          help: write the value first, then where it is counted: `frequency_rank(c, purchase.product.category in last 90 days)`
    E0101 [share] `share(…)` takes one path of the events | too much in the brackets
          help: write `share(purchase in last 30 days where condition)`
    E0122 [concat] there is no function `concat` | of another language
          help: texts are put together in a `message` or `because`: `"… {first_value} … {second_value} …"`
    E0122 [pow] there is no function `pow` | of another language
          help: write `power(a, 2)`
          fix: write `power(a, 2)` -> [power(a, 2)]
    E0101 [else] `else` needs brackets here | binds less than what is around it
          help: write `(x else y)`: `between (birth else 2000-01-01) and today`
    E0101 [else] `else` needs brackets here | binds less than what is around it
          help: write `(x else y)`: `between (birth else 2000-01-01) and today`
    "#);
}
