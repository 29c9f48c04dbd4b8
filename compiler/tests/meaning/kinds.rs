//! Reminders and notices, and what is left of an offer.

use insta::assert_snapshot;
use opportune_plan::OfferKind;

use super::check::{told_each, with_schema};

#[test]
fn reminders_and_notices() {
    assert_snapshot!(told_each(&[
        "reminder a { channel mail }",
        "reminder a {\n  channel mail\n  because \"Your birthday is near\"\n}",
        "notice a { channel mail }",
        "notice a {\n  channel mail\n  priority 2\n}",
    ]), @r#"
    reminder a { channel mail }
      E0822 at `a`: the reminder `a` does not say what it reminds of
        help: add a line `because "…"`, as the customer may read it

    reminder a {
      channel mail
      because "Your birthday is near"
    }
      fine

    notice a { channel mail }
      fine

    notice a {
      channel mail
      priority 2
    }
      E0823 at `priority`: a notice competes with nothing, so it has no priority
        help: leave it out; what competes with others is an `offer` or a `reminder`
    "#);
    let text =
        "offer a { channel mail }\n\nreminder b {\n  channel mail\n  because \"x\"\n}\n\nnotice c { channel mail }";
    let plan = with_schema(text).plan.unwrap();
    let kinds: Vec<OfferKind> = plan.offers.iter().map(|offer| offer.kind).collect();
    assert_eq!(kinds, [OfferKind::Offer, OfferKind::Reminder, OfferKind::Notice]);
}

#[test]
fn what_is_left_of_an_offer() {
    let with = |clause: &str| {
        format!(
            "offer sale {{\n  channel mail\n  timing to 2026-12-24\n  cap 100 in total\n  {clause}\n}}\n\noffer other {{ channel mail }}"
        )
    };
    let clauses = [
        "message \"{sale.remaining} left until {sale.ends_at as day and month}\"",
        "eligible when sale.remaining > 10 and sale.ends_at > today",
        "message \"{other.remaining}\"",
        "message \"{other.ends_at}\"",
        "message \"{sale.left}\"",
        "message \"{sale}\"",
        "message \"{sale.remaining.more}\"",
        "message \"{slae.remaining}\"",
        "eligible when count(purchase where quantity > sale.remaining) > 1",
    ];
    let all: Vec<String> = clauses.map(with).to_vec();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    assert_snapshot!(told_each(&all), @r#"
    offer sale {
      channel mail
      timing to 2026-12-24
      cap 100 in total
      message "{sale.remaining} left until {sale.ends_at as day and month}"
    }

    offer other { channel mail }
      fine

    offer sale {
      channel mail
      timing to 2026-12-24
      cap 100 in total
      eligible when sale.remaining > 10 and sale.ends_at > today
    }

    offer other { channel mail }
      fine

    offer sale {
      channel mail
      timing to 2026-12-24
      cap 100 in total
      message "{other.remaining}"
    }

    offer other { channel mail }
      E0824 at `other.remaining`: `other` has no limit over all customers and all time, so nothing of it can run out
        help: say how many there are, in `other`: `cap 20_000 in total`

    offer sale {
      channel mail
      timing to 2026-12-24
      cap 100 in total
      message "{other.ends_at}"
    }

    offer other { channel mail }
      E0825 at `other.ends_at`: `other` does not say when it ends
        help: give it a last day, in `other`: `timing to 2026-12-24`

    offer sale {
      channel mail
      timing to 2026-12-24
      cap 100 in total
      message "{sale.left}"
    }

    offer other { channel mail }
      E0203 at `left`: an offer is asked what is left of it, or when it ends, and not its `left`
        help: write `sale.remaining` or `sale.ends_at`

    offer sale {
      channel mail
      timing to 2026-12-24
      cap 100 in total
      message "{sale}"
    }

    offer other { channel mail }
      E0206 at `sale`: `sale` is an offer
        help: ask what is left of it, or when it ends: `sale.remaining`, `sale.ends_at`

    offer sale {
      channel mail
      timing to 2026-12-24
      cap 100 in total
      message "{sale.remaining.more}"
    }

    offer other { channel mail }
      E0203 at `remaining`: `sale.remaining` is a value and has no fields
        help: write `sale.remaining`

    offer sale {
      channel mail
      timing to 2026-12-24
      cap 100 in total
      message "{slae.remaining}"
    }

    offer other { channel mail }
      E0201 at `slae`: nothing here is called `slae`
        help: did you mean `sale`?
        fix: replace `slae` with `sale`

    offer sale {
      channel mail
      timing to 2026-12-24
      cap 100 in total
      eligible when count(purchase where quantity > sale.remaining) > 1
    }

    offer other { channel mail }
      fine
    "#);
}
