//! Types, units and missing data.

use insta::assert_snapshot;

use super::check::told_each;

#[test]
fn what_goes_together() {
    assert_snapshot!(told_each(&[
        "trait a = 2 * sum(purchase.spend) + sum(purchase.spend) * 0.5",
        "trait a = sum(purchase.spend) / 10 USD + persons / 2",
        "trait a = (today - customer.birth) / 365 days",
        "segment a is customer.birth <= today - 21 years",
        "segment a is today - customer.birth > 30 days",
        "segment a is now - last(purchase).bought_at < 48 hours",
        "segment a is first(purchase).bought_at > 2026-11-01 08:00",
        "segment a is last(purchase) in last 3 months and customer.birth in last 20 years",
        "segment a is age between \"19-24\" and \"25-34\"",
        "segment a is persons in [1, 2] and loyalty in [1, 0.5]",
        "segment a is 20 USD < sum(purchase.spend)",
        "trait a = if persons > 2 then 1 else 0.5",
        "trait a = -persons + 3",
        "segment a is exists(purchase where coupon starts with \"A\" or coupon contains \"B\")",
        "segment a is first(purchase) is missing or last(contact) is known",
    ]), @r#"
    trait a = 2 * sum(purchase.spend) + sum(purchase.spend) * 0.5
      fine

    trait a = sum(purchase.spend) / 10 USD + persons / 2
      fine

    trait a = (today - customer.birth) / 365 days
      fine

    segment a is customer.birth <= today - 21 years
      fine

    segment a is today - customer.birth > 30 days
      fine

    segment a is now - last(purchase).bought_at < 48 hours
      fine

    segment a is first(purchase).bought_at > 2026-11-01 08:00
      fine

    segment a is last(purchase) in last 3 months and customer.birth in last 20 years
      fine

    segment a is age between "19-24" and "25-34"
      fine

    segment a is persons in [1, 2] and loyalty in [1, 0.5]
      fine

    segment a is 20 USD < sum(purchase.spend)
      fine

    trait a = if persons > 2 then 1 else 0.5
      fine

    trait a = -persons + 3
      fine

    segment a is exists(purchase where coupon starts with "A" or coupon contains "B")
      fine

    segment a is first(purchase) is missing or last(contact) is known
      fine
    "#);
}

#[test]
fn what_does_not() {
    assert_snapshot!(told_each(&[
        "segment a is persons = \"2\"",
        "segment a is sum(purchase.spend) > 20",
        "segment a is sum(purchase.spend) > 20 EUR",
        "segment a is sum(purchase.spend) > 20 XYZ",
        "segment a is sum(purchase.spend) > persons",
        "segment a is today - customer.birth > 30",
        "segment a is today - customer.birth > 30 hours",
        "segment a is today - customer.birth > 3 months",
        "segment a is customer.birth < now",
        "segment a is last(purchase).bought_at = today",
        "segment a is persons",
        "segment a is home > renter",
        "segment a is age starts with \"19\"",
        "segment a is last(purchase).coupon contains home",
        "segment a is age = home",
        "segment a is persons in [1, \"x\"]",
        "segment a is persons in [1, kids]",
        "segment a is kids in last 3 days",
        "segment a is customer.birth in last 3 hours",
        "trait a = persons + \"x\"",
        "trait a = sum(purchase.spend) * sum(purchase.spend)",
        "trait a = (today - customer.birth) / 7",
        "trait a = age + 1",
        "trait a = persons else \"x\"",
        "trait a = if home then 1 else 2",
        "trait a = sum(purchase.spend) else 0",
        "trait a = -home",
        "trait a = today + 3 hours",
        "trait a = 3 months",
    ]), @r#"
    segment a is persons = "2"
      E0301 at `persons = "2"`: a whole number does not compare with a text
        help: write it without quotes: `2`
        fix: leave out the quotes

    segment a is sum(purchase.spend) > 20
      E0302 at `20`: an amount in USD is expected, and this number has no unit
        help: did you mean `20 USD`?
        fix: add `USD`

    segment a is sum(purchase.spend) > 20 EUR
      E0316 at `sum(purchase.spend) > 20 EUR`: USD and EUR do not mix
        help: amounts of different currencies neither compare nor add, since no rate of exchange is known; keep to one

    segment a is sum(purchase.spend) > 20 XYZ
      E0612 at `20 XYZ`: `XYZ` is not the code of a currency
        help: write the three letters of ISO 4217, for example `20 USD`

    segment a is sum(purchase.spend) > persons
      E0302 at `persons`: an amount in USD is expected, and this number has no unit
        help: multiply it by one unit: `persons * 1 USD`

    segment a is today - customer.birth > 30
      E0302 at `30`: a number of days is expected, and this number has no unit
        help: did you mean `30 days`?
        fix: add `days`

    segment a is today - customer.birth > 30 hours
      E0309 at `today - customer.birth > 30 hours`: days and hours do not mix
        help: between two dates count days, between two moments hours: write `48 hours`, or ask with `… in last 2 days`

    segment a is today - customer.birth > 3 months
      E0311 at `today - customer.birth > 3 months`: months mix neither with days nor with hours
        help: compare dates, `customer.birth <= today - 3 months` is that long ago or longer; or count whole months: `months_between(customer.birth, today) >= 3`

    segment a is customer.birth < now
      E0310 at `customer.birth < now`: a date and a moment do not mix
        help: a date is compared with `today`
        fix: replace `now` with `today`

    segment a is last(purchase).bought_at = today
      E0310 at `last(purchase).bought_at = today`: a date and a moment do not mix
        help: take the day of the moment, `date(…)`, or compare with `now`

    segment a is persons
      E0303 at `persons`: a condition is expected, and this is a whole number
        help: compare it with something: `persons > 0`

    segment a is home > renter
      E0306 at `home > renter`: `>` asks for an order, and one of `renter`, `owner` has none
        help: declare the field as `ordered(…)` if its values have an order, or use `=` and `in`

    segment a is age starts with "19"
      E0307 at `age`: `starts with` looks into texts, and this is one of `19-24`, `25-34`, `65+`
        help: list the values that count: `… in [a, b]`

    segment a is last(purchase).coupon contains home
      E0307 at `home`: `contains` looks for a text as it is written
        help: write the text in double quotes

    segment a is age = home
      E0301 at `age = home`: one of `19-24`, `25-34`, `65+` does not compare with one of `renter`, `owner`
        help: only values of the same list compare

    segment a is persons in [1, "x"]
      E0301 at `"x"`: a whole number does not compare with a text
        help: write numbers without quotes, and texts with them

    segment a is persons in [1, kids]
      E0301 at `kids`: a list holds values as they are written
        help: compare with it instead: `… = … or … = …`

    segment a is kids in last 3 days
      E0312 at `kids`: only dates and moments are in a window, and this is a whole number
        help: name a field of type `date` or `instant`

    segment a is customer.birth in last 3 hours
      E0312 at `last 3 hours`: a date has no hours
        help: give the window in days, weeks, months or years

    trait a = persons + "x"
      E0304 at `persons + "x"`: `+` does not take a whole number and a text
        help: texts are neither added nor joined

    trait a = sum(purchase.spend) * sum(purchase.spend)
      E0304 at `sum(purchase.spend) * sum(purchase.spend)`: `*` does not take an amount in USD and an amount in USD
        help: multiply an amount by a number

    trait a = (today - customer.birth) / 7
      E0304 at `(today - customer.birth) / 7`: `/` does not take a number of days and a whole number
        help: divide days by days: `… / 7 days` is a number of weeks

    trait a = age + 1
      E0304 at `age + 1`: `+` does not take one of `19-24`, `25-34`, `65+` and a whole number
        help: values of a list are no numbers: choose by them, `if … >= … then 1 else 0`

    trait a = persons else "x"
      E0308 at `persons`: one alternative is a whole number, the other a text
        help: both must be of one type

    trait a = if home then 1 else 2
      E0303 at `home`: a condition is expected, and this is one of `renter`, `owner`
        help: compare it with something: `home = renter`, `… is known`

    trait a = sum(purchase.spend) else 0
      E0302 at `0`: an amount in USD is expected, and this number has no unit
        help: did you mean `0 USD`?
        fix: add `USD`

    trait a = -home
      E0304 at `home`: `-` does not take one of `renter`, `owner`
        help: `-` takes numbers, amounts and lengths of time; for a condition say `not`

    trait a = today + 3 hours
      E0304 at `today + 3 hours`: a date has no hours to move by
        help: move a date by days, weeks, months or years

    trait a = 3 months
      fine
    "#);
}

#[test]
fn aggregates() {
    assert_snapshot!(told_each(&[
        "trait a = count(purchase where coupon = \"X\")",
        "trait a = count(purchase where (coupon = \"X\") is true)",
        "trait a = sum(purchase.product.price)",
        "trait a = sum(purchase.product.price where product.price is known)",
        "trait a = sum(purchase.product.price where not (product.price < 1 USD) else false)",
        "trait a = sum(purchase.product.price where not (product.price < 1 USD) else true)",
        "trait a = sum(purchase.product.price where product.price < 1 USD or product.price is known and spend > 1 USD else false)",
        "trait a = sum(purchase.product.price where product.price < 1 USD or spend > 1 USD else false)",
        "trait a = sum(purchase.product.department)",
        "trait a = max(purchase.product.department)",
        "trait a = sum(purchase)",
        "trait a = count(purchase.spend)",
        "trait a = first(purchase)",
        "trait a = first(purchase.spend)",
        "trait a = first(purchase where coupon = \"X\").spend",
        "trait a = count(contact in last 3 hours)",
        "trait a = medain(purchase.spend)",
        "segment a is exists(purchase where coupon = \"X\")",
    ]), @r#"
    trait a = count(purchase where coupon = "X")
      E0402 at `coupon = "X"`: this `where` may be unknown, and the result would leave such events out without a word
        help: say what counts then: `else false` at its end leaves such events out, `else true` takes them in

    trait a = count(purchase where (coupon = "X") is true)
      fine

    trait a = sum(purchase.product.price)
      E0403 at `purchase.product.price`: this value may be missing, and the result would leave it out quietly
        help: say that such events are left out: `where … is known`

    trait a = sum(purchase.product.price where product.price is known)
      fine

    trait a = sum(purchase.product.price where not (product.price < 1 USD) else false)
      fine

    trait a = sum(purchase.product.price where not (product.price < 1 USD) else true)
      E0403 at `purchase.product.price`: this value may be missing, and the result would leave it out quietly
        help: say that such events are left out: `where … is known`

    trait a = sum(purchase.product.price where product.price < 1 USD or product.price is known and spend > 1 USD else false)
      fine

    trait a = sum(purchase.product.price where product.price < 1 USD or spend > 1 USD else false)
      E0403 at `purchase.product.price`: this value may be missing, and the result would leave it out quietly
        help: say that such events are left out: `where … is known`

    trait a = sum(purchase.product.department)
      E0313 at `purchase.product.department`: `sum` does not take a text
        help: `sum` takes numbers, amounts, lengths of time and distances; to count different values say `distinct`

    trait a = max(purchase.product.department)
      E0313 at `purchase.product.department`: `max` does not take a text
        help: `min` and `max` need values with an order

    trait a = sum(purchase)
      E0313 at `purchase`: this needs a value of the events
        help: name the field: `purchase.…`; to count events say `count(purchase)`

    trait a = count(purchase.spend)
      E0313 at `spend`: this counts whole events, not a field of them
        help: leave out `.spend`; to count different values say `distinct`, to look for one say `where`

    trait a = first(purchase)
      E0314 at `first(purchase)`: a whole event is not a value
        help: name one of its fields, `first(…).field`, or ask when it was: `first(…) in last 30 days`

    trait a = first(purchase.spend)
      E0313 at `purchase.spend`: `first` and `last` are of whole events
        help: name the field behind the bracket: `first(…).spend`

    trait a = first(purchase where coupon = "X").spend
      E0402 at `coupon = "X"`: this `where` may be unknown, and the result would leave such events out without a word
        help: say what counts then: `else false` at its end leaves such events out, `else true` takes them in

    trait a = count(contact in last 3 hours)
      E0312 at `last 3 hours`: `contact` happens on a date, which has no hours
        help: give the window in days, weeks, months or years

    trait a = medain(purchase.spend)
      E0209 at `medain(purchase.spend)`: there is no function `medain`
        help: of events there are `exists`, `count`, `sum`, `avg` and others, of values `round`, `least`, `weekday`, `distance` and others: the page of this code lists all

    segment a is exists(purchase where coupon = "X")
      fine
    "#);
}

#[test]
fn ten_mistakes_are_ten() {
    let text = "offer a {\n  channel mial\n  eligible when person > 2\n  eligible when home > renter\n  \
                except when sum(purchase.spend) > 20\n  priority \"high\"\n  tier \"x\"\n  colour 3\n  \
                timing from 2026-02-01 to 2026-01-01\n  cap 1 per customer every 30 days over purchases\n  \
                because \"{x}\"\n}";
    let told = super::check::told(text);
    assert_eq!(told.matches(" at `").count(), 10, "{told}");
}
