//! Functions, windows, zones, sets, places, look-ups and the context: what is told of them, and what they become.

use insta::assert_snapshot;

use super::check::told_alone;

/// Declarations with a value of each newer type.
pub const SCHEMA: &str = r#"
customer member {
  key id: text
  birth: date?
  joined: date
  seen: instant
  zone: timezone? = "America/New_York"
  home: place? from home_lat and home_lon
  tags: set of text?
  sizes: set of int
  opens: time
  usual: text?
  kids: int
  score: number
}

events purchase {
  at bought_at: instant
  product_id: text -> product
  store_id: int -> store
  spend: money(USD)
  labels: set of text
}

events visit {
  at day: date
  store_id: int -> store
}

table product {
  key product_id: text
  category: text
  sold_until: date?
}

table store {
  key store_id: int
  location: place
}

context {
  reason: one_of(purchase, complaint)
  companion: bool
}

offer fields {
  sells: set of text
}

channel mail
"#;

fn told(text: &str) -> String {
    told_alone(&format!("{SCHEMA}\n{text}\n"))
}

fn told_each(texts: &[&str]) -> String {
    texts.iter().map(|text| format!("{text}\n{}", told(text))).collect()
}

#[test]
fn functions_that_are_not_called_right() {
    assert_snapshot!(told_each(&[
        "trait a = power(2)",
        "trait a = date()",
        "trait a = least(1)",
        "trait a = round(score, kids)",
        "trait a = round(score, 10)",
        "trait a = place(95, 0)",
        "trait a = date(birth)",
        "trait a = hour(birth)",
        "trait a = start_of_month(now)",
        "trait a = weekday(birth) = 6",
        "trait a = weekday(birth) = saterday",
        "trait a = opens > 21",
        "trait a = opens > now",
        "trait a = length(tags)",
        "trait a = size(usual)",
        "trait a = least(birth, kids)",
        "trait a = least(3 days, kids)",
        "trait a = months_between(birth, now)",
        "trait a = distance(home, 5)",
        "trait a = datee(now)",
        "trait a = age(birth)",
        "trait a = kids(3)",
        "trait a = floor(now)",
    ]), @"
    trait a = power(2)
      E0213 at `power(2)`: `power` takes 2 values, and here is one
        help: it takes two numbers: `power(x, 2)`
    trait a = date()
      E0213 at `date()`: `date` takes one value, and here there are none
        help: it is the day of a moment: `date(last(purchase).at)`
    trait a = least(1)
      E0213 at `least(1)`: `least` takes 2 values or more, and here is one
        help: it takes two or more values of one type with an order: `least(a, b)`
    trait a = round(score, kids)
      E0213 at `round(score, kids)`: the decimals of `round` are written as a number from 0 to 9
        help: write it out: `round(x, 2)`
    trait a = round(score, 10)
      E0213 at `round(score, 10)`: the decimals of `round` are written as a number from 0 to 9
        help: write it out: `round(x, 2)`
    trait a = place(95, 0)
      E0213 at `place(95, 0)`: there is no such place on the earth
        help: degrees north, from -90 to 90, then degrees east, from -180 to 180
    trait a = date(birth)
      E0315 at `birth`: `date` takes a moment here, and this is a date
        help: it is a date already: leave `date(…)` out
    trait a = hour(birth)
      E0315 at `birth`: `hour` takes a time of day or a moment here, and this is a date
        help: a date has no hours; a moment has: `hour(now)`
    trait a = start_of_month(now)
      E0315 at `now`: `start_of_month` takes a date here, and this is a moment
        help: take the day of the moment: `start_of_month(date(…))`
    trait a = weekday(birth) = 6
      E0301 at `weekday(birth) = 6`: a day of the week does not compare with a whole number
        help: days of the week go by their names: `weekday(birth) = saturday`
    trait a = weekday(birth) = saterday
      E0305 at `saterday`: `saterday` is not one of the values here
        help: did you mean `saturday`?
        fix: replace it with `saturday`
    trait a = opens > 21
      E0301 at `opens > 21`: a time of day does not compare with a whole number
        help: compare with a time of day, `opens >= 21:00`, or take its hour: `hour(opens) >= 21`
    trait a = opens > now
      E0301 at `opens > now`: a time of day does not compare with a moment
        help: take the time of day of the moment: `time(now) >= 21:00`
    trait a = length(tags)
      E0315 at `tags`: `length` takes a text here, and this is a set of texts
        help: it counts the characters of a text: `length(name)`; of a set say `size(…)`
    trait a = size(usual)
      E0315 at `usual`: `size` takes a set here, and this is a text
        help: it counts the values of a set: `size(tags)`; of a text say `length(…)`
    trait a = least(birth, kids)
      E0315 at `kids`: `least` takes a value of the same type as the first here, and this is a whole number
        help: it takes two or more values of one type with an order: `least(a, b)`
    trait a = least(3 days, kids)
      E0302 at `kids`: a number of days is expected, and this number has no unit
        help: multiply it by one unit: `kids * 1 day`
    trait a = months_between(birth, now)
      E0315 at `now`: `months_between` takes a date here, and this is a moment
        help: take the day of the moment: `months_between(date(…))`
    trait a = distance(home, 5)
      E0315 at `5`: `distance` takes a place here, and this is a whole number
        help: it takes two places: `distance(home, store.location) < 5 km`
    trait a = datee(now)
      E0209 at `datee(now)`: there is no function `datee`
        help: did you mean `date`?
        fix: replace `datee` with `date`
    trait a = age(birth)
      E0209 at `age(birth)`: there is no function `age`
        help: compare dates: `birth <= today - 21 years`; a number of years is `quotient(months_between(birth, today), 12)`
    trait a = kids(3)
      E0209 at `kids(3)`: there is no function `kids`
        help: `kids` is a field: write `kids` without brackets
    trait a = floor(now)
      E0315 at `now`: `floor` takes a number here, and this is a moment
        help: it takes a number: `floor(x)` is the whole number below
    ");
}

#[test]
fn units_and_zones_that_do_not_mix() {
    assert_snapshot!(told_each(&[
        "segment a is distance(home, home) < 5",
        "segment a is distance(home, home) < 5 days",
        "segment a is home = home",
        "segment a is tags = tags",
        "segment a is member.zone = \"Europe/Londn\"",
        "segment a is member.zone = \"Europe/London\"",
        "segment a is member.zone < \"Europe/London\"",
        "trait a = joined + 5 km",
        "trait a = 3 months + 3 days",
        "trait a = 3 months / 3 days",
        "trait a = seen + joined",
        "trait a = opens + 2 hours",
        "trait a = tags + tags",
        "trait a = 1.5 * 3 days",
        "segment a is seen > joined",
        "segment a is 3 months > 90 days",
        "segment a is joined between now and seen",
    ]), @r#"
    segment a is distance(home, home) < 5
      E0302 at `5`: a distance is expected, and this number has no unit
        help: did you mean `5 km` or `5 m`?
    segment a is distance(home, home) < 5 days
      E0301 at `distance(home, home) < 5 days`: a distance does not compare with a number of days
        help: write a distance: `5 km`
    segment a is home = home
      E0306 at `home = home`: `=` does not compare places
        help: ask how far apart they are: `distance(…, …) < 500 m`
    segment a is tags = tags
      E0306 at `tags = tags`: `=` does not compare sets
        help: ask what is in it: `… contains …`, `… overlaps […]`, or how many: `size(…)`
    segment a is member.zone = "Europe/Londn"
      E0705 at `"Europe/Londn"`: `Europe/Londn` is not a time zone
        help: did you mean `Europe/London`?
    segment a is member.zone = "Europe/London"
      fine
    segment a is member.zone < "Europe/London"
      E0306 at `member.zone < "Europe/London"`: `<` asks for an order, and a time zone has none
        help: time zones compare with `=` and `in [..]`
    trait a = joined + 5 km
      E0304 at `joined + 5 km`: `+` does not take a date and a distance
        help: arithmetic takes numbers, amounts, dates, moments, lengths of time and distances
    trait a = 3 months + 3 days
      E0311 at `3 months + 3 days`: months mix neither with days nor with hours
        help: compare dates, `birth <= today - 21 years`; count whole months, `months_between(birth, today)`; or write days: `90 days`
    trait a = 3 months / 3 days
      E0311 at `3 months / 3 days`: months mix neither with days nor with hours
        help: compare dates, `birth <= today - 21 years`; count whole months, `months_between(birth, today)`; or write days: `90 days`
    trait a = seen + joined
      E0310 at `seen + joined`: a date and a moment do not mix
        help: take the day of the moment: `date(seen)`
    trait a = opens + 2 hours
      E0304 at `opens + 2 hours`: `+` does not take a time of day and a length in hours
        help: times of day compare; to move one, give it a day: `instant(today, …) + 2 hours`
    trait a = tags + tags
      E0304 at `tags + tags`: `+` does not take a set of texts and a set of texts
        help: sets are not joined; ask what is in them, or count: `size(…)`
    trait a = 1.5 * 3 days
      E0304 at `1.5 * 3 days`: `*` does not take a number and a number of days
        help: days and months are whole: multiply them by a whole number, `round(…) * 1 days`
    segment a is seen > joined
      E0310 at `seen > joined`: a date and a moment do not mix
        help: take the day of the moment: `date(seen)`
    segment a is 3 months > 90 days
      E0311 at `3 months > 90 days`: months mix neither with days nor with hours
        help: compare dates, `birth <= today - 21 years`; count whole months, `months_between(birth, today)`; or write days: `90 days`
    segment a is joined between now and seen
      E0310 at `joined between now`: a date and a moment do not mix
        help: a date is compared with `today`
        fix: replace `now` with `today`
      E0310 at `joined between now and seen`: a date and a moment do not mix
        help: take the day of the moment: `date(seen)`
    "#);
}

#[test]
fn sets_and_lists() {
    assert_snapshot!(told_each(&[
        "segment a is tags contains 3",
        "segment a is sizes contains \"x\"",
        "segment a is tags contains [\"a\", \"b\"]",
        "segment a is tags overlaps \"a\"",
        "segment a is tags overlaps sizes",
        "segment a is tags overlaps [1]",
        "segment a is tags overlaps [usual]",
        "segment a is tags overlaps []",
        "segment a is usual overlaps [\"a\"]",
        "segment a is tags in [\"a\"]",
        "segment a is kids in sizes",
        "segment a is usual in sizes",
        "segment a is kids in score",
        "segment a is tags starts with \"a\"",
        "segment a is usual in tags and usual not in member.tags",
        "trait a = count(purchase where labels overlaps customer.tags else false)",
        "trait a = distinct(purchase.labels)",
    ]), @r#"
    segment a is tags contains 3
      E0301 at `tags contains 3`: a whole number does not compare with a text
        help: a text stands in quotes: `"3"`
        fix: add quotes
    segment a is sizes contains "x"
      E0301 at `sizes contains "x"`: a text does not compare with a whole number
        help: write numbers without quotes, and texts with them
    segment a is tags contains ["a", "b"]
      E0318 at `["a", "b"]`: `contains` looks for one value, and this is a list
        help: for any of them say `… overlaps […]`; for each of them `… contains … and … contains …`
    segment a is tags overlaps "a"
      E0318 at `"a"`: `overlaps` looks at two sets, and this is a text
        help: for one value say `… in …`; declare a set as `tags: set of text`
    segment a is tags overlaps sizes
      E0301 at `tags overlaps sizes`: a set of texts does not compare with a set of whole numbers
        help: ask what is in a set: `… contains …`, `… in …`, `… overlaps […]`
    segment a is tags overlaps [1]
      E0301 at `1`: a text does not compare with a whole number
        help: a text stands in quotes: `"1"`
        fix: add quotes
    segment a is tags overlaps [usual]
      E0301 at `usual`: a list holds values as they are written
        help: ask for it by itself: `… contains …`
    segment a is tags overlaps []
      E0318 at `[]`: this list is empty
        help: write at least one value
    segment a is usual overlaps ["a"]
      E0318 at `usual`: `overlaps` looks at two sets, and this is a text
        help: for one value say `… in …`; declare a set as `tags: set of text`
    segment a is tags in ["a"]
      E0318 at `tags`: `in` looks for one value, and this is a set of texts
        help: ask whether the set has any of them: `… overlaps […]`
    segment a is kids in sizes
      fine
    segment a is usual in sizes
      E0301 at `usual in sizes`: a text does not compare with a whole number
        help: write numbers without quotes, and texts with them
    segment a is kids in score
      E0318 at `score`: `in` looks into a list or a set, and this is a number
        help: list the values, `… in [a, b]`, or compare with `=`
    segment a is tags starts with "a"
      E0307 at `tags`: `starts with` looks into texts, and this is a set of texts
        help: ask what is in the set: `… contains "…"`, `… overlaps ["…"]`
    segment a is usual in tags and usual not in member.tags
      fine
    trait a = count(purchase where labels overlaps customer.tags else false)
      fine
    trait a = distinct(purchase.labels)
      E0313 at `purchase.labels`: `distinct` does not take a set of texts
        help: different values are counted of single values: texts, numbers, dates and so on
    "#);
}

#[test]
fn windows_that_do_not_fit() {
    assert_snapshot!(told_each(&[
        "trait a = count(purchase in next 3 days)",
        "trait a = count(purchase in next month)",
        "trait a = count(purchase between birth and today)",
        "trait a = count(purchase between kids and today)",
        "trait a = count(visit in last 3 hours)",
        "segment a is joined in last 3 hours",
        "segment a is kids in this month",
        "segment a is opens in this week",
        "segment a is joined in next 0 days",
    ]), @"
    trait a = count(purchase in next 3 days)
      E0317 at `next 3 days`: nothing after `now` has happened, so no event lies in this window
        help: look back, `in last 30 days` or `in this month`; `next` asks of a date or moment: `renewal in next 30 days`
    trait a = count(purchase in next month)
      E0317 at `next month`: nothing after `now` has happened, so no event lies in this window
        help: look back, `in last 30 days` or `in this month`; `next` asks of a date or moment: `renewal in next 30 days`
    trait a = count(purchase between birth and today)
      E0407 at `birth`: this end of the window may be missing
        help: say where the window ends then: `(… else today)`
    trait a = count(purchase between kids and today)
      E0312 at `kids`: a window lies between dates or moments, and this is a whole number
        help: write a date, `2026-11-01`, or a moment, `2026-11-01 18:00`
    trait a = count(visit in last 3 hours)
      E0312 at `last 3 hours`: `visit` happens on a date, which has no hours
        help: give the window in days, weeks, months or years
    segment a is joined in last 3 hours
      E0312 at `last 3 hours`: a date has no hours
        help: give the window in days, weeks, months or years
    segment a is kids in this month
      E0312 at `kids`: only dates and moments are in a window, and this is a whole number
        help: name a field of type `date` or `instant`
    segment a is opens in this week
      E0312 at `opens`: only dates and moments are in a window, and this is a time of day
        help: name a field of type `date` or `instant`
    segment a is joined in next 0 days
      E0312 at `0 days`: this is not a length of time
        help: write a positive number with its unit: `30 days`, `12 weeks`, `6 hours`
    ");
}

#[test]
fn look_ups_and_the_context() {
    assert_snapshot!(told_each(&[
        "trait a = product(\"x\")",
        "trait a = product(3).category",
        "trait a = product(\"x\", \"y\").category",
        "trait a = product(\"x\").categry",
        "trait a = purchase(\"x\").spend",
        "trait a = member(\"x\").kids",
        "trait a = context(\"x\").reason",
        "trait a = prodct(\"x\").category",
        "trait a = floor(1.5).category",
        "trait a = product(usual).category",
        "trait a = context.reason",
        "trait a = context.mood",
        "segment a is context.reason = complaint and not context.companion",
        "segment a is context.reason = complain",
        "trait a = context",
    ]), @r#"
    trait a = product("x")
      E0206 at `product("x")`: `product(…)` is a whole row
        help: name one of its fields: `product(…).…`
    trait a = product(3).category
      E0315 at `3`: a text is expected, and this is a whole number
        help: write a text in double quotes
    trait a = product("x", "y").category
      E0213 at `product("x", "y")`: `product` is looked up by one key, and here are 2
        help: write its key: `product(…).…`
    trait a = product("x").categry
      E0203 at `categry`: `product` has no field `categry`
        help: did you mean `category`?
        fix: replace `categry` with `category`
    trait a = purchase("x").spend
      E0214 at `purchase("x")`: `purchase` are events, which have no key
        help: find the one that is meant: `last(purchase where …).…`
    trait a = member("x").kids
      E0214 at `member("x")`: a policy looks at one customer, and never at another
        help: name a field of the customer at hand: `customer.…`
    trait a = context("x").reason
      E0214 at `context("x")`: `context` has no key
        help: name its fields: `context.…`
    trait a = prodct("x").category
      E0209 at `prodct("x")`: there is no function `prodct`
        help: did you mean `product`?
        fix: replace `prodct` with `product`
    trait a = floor(1.5).category
      E0203 at `floor(1.5)`: `floor(…)` is a single value and has no fields
        help: only rows have fields: the customer, linked rows, `first(…)` and `last(…)`
    trait a = product(usual).category
      fine
    trait a = context.reason
      fine
    trait a = context.mood
      E0203 at `mood`: `context` has no field `mood`
        help: the fields of `context` are `reason`, `companion`
    segment a is context.reason = complaint and not context.companion
      fine
    segment a is context.reason = complain
      E0305 at `complain`: `complain` is not one of the values here
        help: did you mean `complaint`?
        fix: replace it with `complaint`
    trait a = context
      E0206 at `context`: `context` is all that a request brings
        help: name one of its fields: `context.…`
    "#);
}

#[test]
fn aggregates_of_how_often_and_how_long() {
    assert_snapshot!(told_each(&[
        "trait a = most_frequent(purchase.product.category in last 90 days)",
        "trait a = most_frequent(purchase.spend)",
        "trait a = most_frequent(purchase.product.sold_until)",
        "trait a = frequency_rank(usual, purchase.product.category)",
        "trait a = frequency_rank(kids, purchase.product.category)",
        "trait a = typical_gap(purchase.at where spend > 5 USD)",
        "trait a = typical_gap(visit.at)",
        "trait a = typical_gap(purchase.spend)",
        "trait a = share(purchase in last 90 days where product.category = \"A\")",
        "trait a = share(purchase in last 90 days)",
        "trait a = share(purchase.spend where spend > 5 USD)",
        "trait a = share(purchase where product.sold_until < today)",
        "trait a = count(purchase where at > 2026-01-01 00:00)",
        "trait a = last(purchase).at",
        "trait a = typical_gap(purchase.at) else 0 hours",
        "segment a is 0 hours < now - last(purchase).at and last(purchase).at - now = 0 hours",
        "segment a is 0 days <= today - joined",
    ]), @r#"
    trait a = most_frequent(purchase.product.category in last 90 days)
      fine
    trait a = most_frequent(purchase.spend)
      E0313 at `purchase.spend`: `most_frequent` does not take an amount in USD
        help: how often a value occurs is told of texts, whole numbers and values of a list
    trait a = most_frequent(purchase.product.sold_until)
      E0403 at `purchase.product.sold_until`: this value may be missing, and the result would leave it out quietly
        help: say that such events are left out: `where … is known`
    trait a = frequency_rank(usual, purchase.product.category)
      fine
    trait a = frequency_rank(kids, purchase.product.category)
      E0315 at `kids`: a text is expected, and this is a whole number
        help: write a text in double quotes
    trait a = typical_gap(purchase.at where spend > 5 USD)
      fine
    trait a = typical_gap(visit.at)
      fine
    trait a = typical_gap(purchase.spend)
      E0313 at `purchase.spend`: `typical_gap` does not take an amount in USD
        help: a gap lies between times: `typical_gap(purchase.at)`
    trait a = share(purchase in last 90 days where product.category = "A")
      fine
    trait a = share(purchase in last 90 days)
      E0313 at `share(purchase in last 90 days)`: a share of all events is always all of them
        help: say which events are looked for: `share(purchase where …)`
    trait a = share(purchase.spend where spend > 5 USD)
      E0313 at `spend`: a share is one of whole events
        help: leave out the field, and ask about it in `where`
    trait a = share(purchase where product.sold_until < today)
      E0402 at `product.sold_until < today`: this `where` may be unknown, and the result would leave such events out without a word
        help: say what counts then: `else false` at its end leaves such events out, `else true` takes them in
    trait a = count(purchase where at > 2026-01-01 00:00)
      fine
    trait a = last(purchase).at
      fine
    trait a = typical_gap(purchase.at) else 0 hours
      fine
    segment a is 0 hours < now - last(purchase).at and last(purchase).at - now = 0 hours
      fine
    segment a is 0 days <= today - joined
      fine
    "#);
}

/// Keys, times of events and what comes through a link keep to the types that they may have.
#[test]
fn keys_times_and_links_of_newer_types() {
    let of = |text: &str| {
        let whole = format!("customer c {{\n  key id: text\n}}\n\n{text}\n");
        format!("{text}\n{}", told_alone(&whole))
    };
    let shown: String = [
        "table t {\n  key id: timezone\n}",
        "table t {\n  key id: set of text\n}",
        "table t {\n  key id: place from x and y\n}",
        "events e {\n  at when_seen: time\n}",
        "events e {\n  at when_seen: set of text\n}",
        "events e {\n  at when_seen: date\n  zone: timezone\n  other: timezone?\n}",
        "table t {\n  key id: text\n  spot: place from x and y\n}\n\nevents e {\n  at d: date\n  t_id: text -> t\n  spot: place from t.spot\n}",
        "table t {\n  key id: text\n  open: time\n}\n\nevents e {\n  at d: date\n  t_id: text -> t\n  opens: time from t.open\n}",
        "table t {\n  key id: text\n  z: timezone = \"Europe/Paris\"\n}",
        "context {\n  zone: timezone\n  spot: place from x and y\n  tags: set of text\n}",
    ]
    .into_iter()
    .map(of)
    .collect();
    assert_snapshot!(shown, @r#"
    table t {
      key id: timezone
    }
      E0605 at `key id: timezone`: `id` cannot be a key
        help: a key is a `text` or an `int`
    table t {
      key id: set of text
    }
      E0605 at `key id: set of text`: `id` cannot be a key
        help: a key is a `text` or an `int`
    table t {
      key id: place from x and y
    }
      E0605 at `key id: place from x and y`: `id` cannot be a key
        help: a key is a `text` or an `int`
    events e {
      at when_seen: time
    }
      E0605 at `at when_seen: time`: `when_seen` cannot be the time of events
        help: a time is a `date` or an `instant`
    events e {
      at when_seen: set of text
    }
      E0605 at `at when_seen: set of text`: `when_seen` cannot be the time of events
        help: a time is a `date` or an `instant`
    events e {
      at when_seen: date
      zone: timezone
      other: timezone?
    }
      fine
    table t {
      key id: text
      spot: place from x and y
    }

    events e {
      at d: date
      t_id: text -> t
      spot: place from t.spot
    }
      E0610 at `t.spot`: `t.spot` does not fit this field
        help: it must have the same type, and be a column of the linked table itself
    table t {
      key id: text
      open: time
    }

    events e {
      at d: date
      t_id: text -> t
      opens: time from t.open
    }
      fine
    table t {
      key id: text
      z: timezone = "Europe/Paris"
    }
      E0613 at `"Europe/Paris"`: only offer fields and the customer's time zone have a default
        help: in data, write `?` and say `field else value` where it is used
    context {
      zone: timezone
      spot: place from x and y
      tags: set of text
    }
      fine
    "#);
}

#[test]
fn declarations_of_zones_places_and_sets() {
    let of = |fields: &str| {
        let shop = "table shop {\n  key id: text\n  spot: place from north and east\n}";
        let text = format!("customer c {{\n  key id: text\n  t: text\n{fields}}}\n\n{shop}\n");
        format!("{fields}{}", told_alone(&text))
    };
    let shown: String = [
        "  a: timezone\n  b: timezone\n",
        "  a: timezone = \"Mars\"\n",
        "  a: timezone = \"Europe/Pari\"\n",
        "  a: timezone = 3\n",
        "  a: timezone = t\n",
        "  a: text = \"x\"\n",
        "  a: place from x and y\n",
        "  a: number from x and y\n",
        "  a: place\n",
        "  a: set of date\n",
        "  a: set of set of text\n",
        "  a: set of one_of(x, y)?\n",
        "  a: set\n",
        "  a: enum\n",
        "  a: point\n",
        "  a: tz\n",
        "  a: months\n  b: distance\n  c: time\n",
        "  a: set of text -> shop\n",
        "  a: place -> shop\n",
    ]
    .into_iter()
    .map(of)
    .collect();
    assert_snapshot!(shown, @r#"
    a: timezone
    b: timezone
    E0617 at `b`: a customer has one time zone, in which their days and hours are told
      help: keep the one that counts; declare the other as `text`
    a: timezone = "Mars"
    E0705 at `"Mars"`: `Mars` is not a time zone
      help: write the name of a place in the IANA list, like `Europe/London`
    a: timezone = "Europe/Pari"
    E0705 at `"Europe/Pari"`: `Europe/Pari` is not a time zone
      help: did you mean `Europe/Paris`?
    a: timezone = 3
    E0705 at `3`: a time zone is a name in quotes
      help: write a name like `"America/New_York"`
    a: timezone = t
    E0705 at `t`: a time zone is a name in quotes
      help: write a name like `"America/New_York"`
    a: text = "x"
    E0613 at `"x"`: only offer fields and the customer's time zone have a default
      help: in data, write `?` and say `field else value` where it is used
    a: place from x and y
    fine
    a: number from x and y
    E0613 at `y`: two columns of what is no place
      help: a place has two, `home: place from latitude and longitude`; other values have one column each
    a: place
    fine
    a: set of date
    E0613 at `date`: a set of such values
      help: sets hold texts, whole numbers or values of a list: `set of text`, `set of one_of(a, b)`
    a: set of set of text
    E0613 at `set of text`: a set of sets
      help: sets hold texts, whole numbers or values of a list: `set of text`, `set of one_of(a, b)`
    a: set of one_of(x, y)?
    fine
    a: set
    E0101 at ``: the clause is not finished after `set`
      help: write `of` after `set`, or delete `set`
    a: enum
    E0606 at `enum`: `enum` is not a type
      help: list the values: `one_of(a, b)`, or `ordered(a, b)` if they have an order
    a: point
    E0606 at `point`: `point` is not a type
      help: did you mean `place`?
      fix: replace `point` with `place`
    a: tz
    E0606 at `tz`: `tz` is not a type
      help: did you mean `timezone`?
      fix: replace `tz` with `timezone`
    a: months
    b: distance
    c: time
    fine
    a: set of text -> shop
    E0608 at `shop`: the key of `shop` has another type
      help: give this field the type of the key that it holds
    a: place -> shop
    E0608 at `shop`: the key of `shop` has another type
      help: give this field the type of the key that it holds
    "#);
}
