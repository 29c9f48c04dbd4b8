//! Offers, channels and the portfolio.

use insta::assert_snapshot;

use super::check::{told, told_alone, told_each};

fn offer(clauses: &str) -> String {
    let told = told(&format!("offer a {{\n  channel mail\n  {clauses}\n}}"));
    format!("{clauses}\n{told}")
}

#[test]
fn clauses() {
    let clauses = [
        "priority kids",
        "priority 1 / persons",
        "priority sum(purchase.spend)",
        "priority persons > 2",
        "priority 2\n  priority 3",
        "channel email",
        "about \"x\"\n  about \"y\"",
        "topic \"x\"\n  topic \"y\"",
        "tier 1.5",
        "ceiling 3",
        "ceiling 3 USD",
        "sells \"x\"",
        "sells [\"x\", \"y\", \"x\"]",
        "tier [1]",
        "tier persons",
        "timing from 2026-12-01 to 2026-11-01",
        "timing from today",
        "cap 1 per customer every 30 days",
        "cap -1 per customer every 30 days",
        "cap 1.5 per customer every 30 days",
        "cap 1 per customer every 30",
        "cap 1 per customer every 3 hours",
        "cap 1 per customer every 3 hours over purchase where product.department = \"X\"",
        "cap 1 per customer every 3 days over purchase where coupon = \"X\"",
        "cap 1 per customer every 3 days over product",
        "because \"all {{is}} fine\"",
        "because \"{not} fine\"",
        "except when coupon = \"X\"",
        "except when kids > 2",
        "eligible when \"X\" in offer.sells",
        "eligible when last(purchase).product.category in offer.sells",
        "eligible when persons in offer.sells",
        "eligible when sum(purchase.spend) > offer.ceiling",
    ];
    assert_snapshot!(clauses.map(offer).join("\n"), @r#"
    priority kids
      E0401 at `kids`: this priority may be missing
        help: say what it is then: `(…) else 0`; a condition in `if` becomes definite by `is true`; what `eligible` compares is known here

    priority 1 / persons
      E0401 at `1 / persons`: this priority may be missing
        help: say what it is then: `(…) else 0`; a condition in `if` becomes definite by `is true`; what `eligible` compares is known here

    priority sum(purchase.spend)
      E0315 at `sum(purchase.spend)`: a number is expected, and this is an amount in USD
        help: divide by an amount to get a number: `… / 100 USD`

    priority persons > 2
      E0315 at `persons > 2`: a number is expected, and this is a condition
        help: choose by it: `if … then 1 else 0`

    priority 2
      priority 3
      E0501 at `priority`: `priority` is said twice
        help: keep one of them

    channel email
      E0501 at `channel`: `channel` is said twice
        help: keep one of them

    about "x"
      about "y"
      E0501 at `about`: `about` is said twice
        help: keep one of them

    topic "x"
      topic "y"
      E0501 at `topic`: `topic` is said twice
        help: keep one of them

    tier 1.5
      E0315 at `1.5`: a whole number is expected, and this is a number
        help: make it whole: `round(…)`, `floor(…)` or `ceil(…)`

    ceiling 3
      E0302 at `3`: an amount in USD is expected, and this number has no unit
        help: did you mean `3 USD`?
        fix: add `USD`

    ceiling 3 USD
      fine

    sells "x"
      E0315 at `"x"`: `sells` is a set of values
        help: write the values in brackets: `[…, …]`

    sells ["x", "y", "x"]
      fine

    tier [1]
      E0315 at `[1]`: `tier` is a single value
        help: write one value, without brackets

    tier persons
      E0512 at `persons`: an offer's field is the same for all customers
        help: write the value itself: a number, an amount, a date, a text in quotes or a word of the list

    timing from 2026-12-01 to 2026-11-01
      E0504 at `timing from 2026-12-01 to 2026-11-01`: this timing ends before it begins
        help: exchange the two dates, or mend the year

    timing from today
      E0512 at `today`: a timing is written with dates
        help: write the date: `2026-11-01`; a date of the customer's goes with a delay, `within 5 days after …`, or belongs in `eligible when`

    cap 1 per customer every 30 days
      fine

    cap -1 per customer every 30 days
      E0505 at `-1`: a limit is a whole number from 0 to 4294967295
        help: write the number itself: `3`

    cap 1.5 per customer every 30 days
      E0505 at `1.5`: a limit is a whole number from 0 to 4294967295
        help: write the number itself: `3`

    cap 1 per customer every 30
      E0115 at `30`: a cap is counted over a length of time
        help: add a unit: `every 30 days`

    cap 1 per customer every 3 hours
      E0312 at `3 hours`: `contact` happens on a date, which has no hours
        help: give the window in days, weeks, months or years

    cap 1 per customer every 3 hours over purchase where product.department = "X"
      fine

    cap 1 per customer every 3 days over purchase where coupon = "X"
      E0404 at `coupon = "X"`: this `where` may be unknown, and the cap would count too low without a word
        help: say what counts then: `else true` at its end counts such events, `else false` leaves them out

    cap 1 per customer every 3 days over product
      E0313 at `product`: `product` is not a table of events
        help: aggregates look at what happened to the customer: a table declared with `events`

    because "all {{is}} fine"
      fine

    because "{not} fine"
      E0101 at ``: the clause is not finished after `not`
        help: write a value after `not`, or delete `not`

    except when coupon = "X"
      E0201 at `coupon`: nothing here is called `coupon`
        help: `purchase` has a field `coupon`: reach it through an aggregate or a link

    except when kids > 2
      fine

    eligible when "X" in offer.sells
      fine

    eligible when last(purchase).product.category in offer.sells
      fine

    eligible when persons in offer.sells
      E0301 at `persons in offer.sells`: a whole number does not compare with a text
        help: write numbers without quotes, and texts with them

    eligible when sum(purchase.spend) > offer.ceiling
      fine
    "#);
}

#[test]
fn channels() {
    assert_snapshot!(told_each(&[
        "offer a {\n  priority 1\n}",
        "offer a {\n  channel mail, else mail\n}",
        "offer a {\n  channel sms\n}",
        "offer a {\n  channel 5\n}",
        "channel sms {\n  needs persons\n}",
    ]), @"
    offer a {
      priority 1
    }
      E0502 at `a`: `a` does not say its channel
        help: add a line `channel email, else mail`, the preferred first

    offer a {
      channel mail, else mail
    }
      E0501 at `mail`: the channel `mail` is said twice
        help: keep one of them

    offer a {
      channel sms
    }
      E0208 at `sms`: no channel `sms` is declared
        help: declare it: `channel sms`

    offer a {
      channel 5
    }
      E0101 at `5`: `5` does not fit after `channel`
        help: write a channel here

    channel sms {
      needs persons
    }
      E0303 at `persons`: a condition is expected, and this is a whole number
        help: compare it with something: `persons > 0`
    ");
}

#[test]
fn an_only_channel_need_not_be_named() {
    let text = "customer a {\n  key id: int\n}\n\nchannel mail\n\noffer b {\n  priority 2\n}";
    assert_eq!(told_alone(text), "  fine\n");
}

#[test]
fn portfolio() {
    assert_snapshot!(told_each(&[
        "portfolio {\n  rank by offer.tier desc, then offer.topic, then score, then by lot\n}",
        "portfolio {\n  rank by score, then offer.tier\n}",
        "portfolio {\n  rank by offer.teir\n}",
        "portfolio {\n  rank by offer.sells\n}",
        "portfolio {\n  rank by offer.tier, then offer.tier desc\n}",
        "portfolio {\n  slate mail 2\n  slate mail 3\n}",
        "portfolio {\n  slate mail 0\n}",
        "portfolio {\n  slate sms 1\n}",
        "portfolio {\n  slate 1\n  slate 2\n}",
        "portfolio {\n  cap 3 per customer every 7 days\n  cap 2 per customer every 3 days\n}",
        "portfolio {\n  slate 1\n}\n\nportfolio {\n  slate 2\n}",
    ]), @r"
    portfolio {
      rank by offer.tier desc, then offer.topic, then score, then by lot
    }
      fine

    portfolio {
      rank by score, then offer.tier
    }
      E0509 at `tier`: nothing is left to be ordered here
        help: the order is: fields of offers, then `score`, then `by lot`

    portfolio {
      rank by offer.teir
    }
      E0203 at `teir`: offers have no field `teir`
        help: did you mean `tier`?
        fix: replace `teir` with `tier`

    portfolio {
      rank by offer.sells
    }
      E0509 at `sells`: a set has no order
        help: rank by a field with a single value

    portfolio {
      rank by offer.tier, then offer.tier desc
    }
      E0509 at `tier`: offers are ordered by this field already
        help: leave it out

    portfolio {
      slate mail 2
      slate mail 3
    }
      E0501 at `mail`: the slate of `mail` is said twice
        help: keep one of them

    portfolio {
      slate mail 0
    }
      E0505 at `0`: a limit is a whole number from 1 to 4294967295
        help: write the number itself: `3`

    portfolio {
      slate sms 1
    }
      E0208 at `sms`: no channel `sms` is declared
        help: declare it: `channel sms`

    portfolio {
      slate 1
      slate 2
    }
      E0501 at `slate`: the slate over all channels is said twice
        help: keep one of them

    portfolio {
      cap 3 per customer every 7 days
      cap 2 per customer every 3 days
    }
      fine

    portfolio {
      slate 1
    }

    portfolio {
      slate 2
    }
      E0508 at `portfolio`: a project has one `portfolio`
        help: put all its lines into one
    ");
}

#[test]
fn contacts_must_be_there_to_be_counted() {
    let text = "customer a {\n  key id: int\n}\n\nevents contact {\n  at day: date\n  offer: text?\n}\n\nchannel mail\n\n\
                offer b {\n  cap 1 per customer every 3 days\n}\n\nportfolio {\n  cap 1 per customer every 3 days\n}";
    assert_snapshot!(told_alone(text), @r"
    E0851 at `cap`: `contact.offer` may be missing, and such events would not be counted
      help: declare `contact.offer` without `?`, so that data without it is refused; where it has no value, let the data say so by a word of its own
    ");
    let text = "customer a {\n  key id: int\n}\n\ntable contact {\n  key id: int\n}\n\ntable response {\n  key id: int\n}\n\n\
                portfolio {\n  cap 1 per customer every 3 days\n  cap 1 impressions per customer each week\n  stop after unsubscribed\n}";
    assert_snapshot!(told_alone(text), @r"
    E0507 at `cap`: a cap counts past contacts, and `contact` is something else in this project
      help: past contacts are the events `contact`, the ledger's where nothing is declared by that name: give the other thing another name, or say which events count: `… over redemption`
    E0852 at `impressions`: a cap on impressions counts the events `impression` or `response`; the first are not declared, and the second is something else in this project
      help: declare them, `events impression { at happened: instant  offer: text }`, or say which events count: `… over …`
    E0852 at `unsubscribed`: `stop` looks at responses, and `response` is something else in this project
      help: responses are the events `response`, the ledger's where nothing is declared by that name: give the other thing another name
    ");
}

#[test]
fn a_broken_offer_does_not_hide_the_mistakes_of_others() {
    let told = told("offer a {\n  channel mail\n  priority xyzzy\n}\n\noffer b {\n  channel mail\n  priority zyxxy\n}");
    assert_eq!(told.matches("E0201").count(), 2);
}
