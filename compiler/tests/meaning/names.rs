//! Names and paths.

use insta::assert_snapshot;

use super::check::{MANIFEST, all, project, told_after_fixes, told_each};

#[test]
fn names_are_found_where_they_stand() {
    assert_snapshot!(told_each(&[
        "segment a is persons > 2",
        "segment a is customer.persons > 2 and household.persons > 2",
        "segment a is exists(purchase where quantity > 1 and purchase.quantity > 1)",
        "segment a is exists(purchase where product.department = \"X\" and quantity > customer.persons)",
        "segment a is exists(purchase where swap.department = \"X\")",
        "segment a is exists(purchase where quantity > b)\n\ntrait b = persons",
        "trait a = distinct(purchase.product.department)",
        "segment a is home = owner",
        "segment a is home in [owner, \"renter\"]",
        "segment a is last(purchase).product.department = \"X\"",
    ]), @r#"
    segment a is persons > 2
      fine

    segment a is customer.persons > 2 and household.persons > 2
      fine

    segment a is exists(purchase where quantity > 1 and purchase.quantity > 1)
      fine

    segment a is exists(purchase where product.department = "X" and quantity > customer.persons)
      fine

    segment a is exists(purchase where swap.department = "X")
      fine

    segment a is exists(purchase where quantity > b)

    trait b = persons
      fine

    trait a = distinct(purchase.product.department)
      fine

    segment a is home = owner
      fine

    segment a is home in [owner, "renter"]
      fine

    segment a is last(purchase).product.department = "X"
      fine
    "#);
}

#[test]
fn names_that_are_not_there() {
    assert_snapshot!(told_each(&[
        "segment a is person > 2",
        "segment a is xyzzy > 2",
        "segment a is quantity > 2",
        "segment a is customer.person > 2",
        "segment a is customer.xyzzy > 2",
        "segment a is exists(purchases)",
        "segment a is exists(spend)",
        "segment a is exists(product)",
        "segment a is exists(household)",
        "segment a is exists(purchase where product.deparment = \"X\")",
        "segment a is exists(purchase where persons > 2)",
        "segment a is purchase",
        "segment a is product.department = \"X\"",
        "segment a is customer",
        "segment a is mail",
        "segment a is exists(purchase where product)",
        "segment a is persons.x > 2",
        "segment a is exists(purchase where quantity.x > 2)",
        "segment a is (persons + 1).x > 2",
        "segment a is home = ownr",
        "segment a is home = lodger",
        "segment owner is persons > 2\n\nsegment a is home = owner",
        "segment a is offer.tier > 1",
        "offer a {\n  channel mail\n  priority offer.teir\n}",
        "offer a {\n  channel mail\n  priority offer.sells\n}",
        "trait a = product(\"x\").price",
    ]), @r#"
    segment a is person > 2
      E0201 at `person`: nothing here is called `person`
        help: did you mean `persons`?
        fix: replace `person` with `persons`

    segment a is xyzzy > 2
      E0201 at `xyzzy`: nothing here is called `xyzzy`
        help: a name is a field of the customer, a segment or a trait; in a `where`, a field of the event; a text stands in quotes

    segment a is quantity > 2
      E0201 at `quantity`: nothing here is called `quantity`
        help: `purchase` has a field `quantity`: reach it through an aggregate or a link

    segment a is customer.person > 2
      E0203 at `person`: `household` has no field `person`
        help: did you mean `persons`?
        fix: replace `person` with `persons`

    segment a is customer.xyzzy > 2
      E0203 at `xyzzy`: `household` has no field `xyzzy`
        help: the fields of `household` are `household_id`, `age`, `home`, `persons`, `kids`, `birth`, `loyalty`, `email_ok`

    segment a is exists(purchases)
      E0207 at `purchases`: no events `purchases` are declared
        help: did you mean `purchase`?
        fix: replace `purchases` with `purchase`

    segment a is exists(spend)
      E0207 at `spend`: no events `spend` are declared
        help: name the events first: `purchase.spend`

    segment a is exists(product)
      E0313 at `product`: `product` is not a table of events
        help: aggregates look at what happened to the customer: a table declared with `events`

    segment a is exists(household)
      E0313 at `household`: `household` is not a table of events
        help: aggregates look at what happened to the customer: a table declared with `events`

    segment a is exists(purchase where product.deparment = "X")
      E0203 at `deparment`: `product` has no field `deparment`
        help: did you mean `department`?
        fix: replace `deparment` with `department`

    segment a is exists(purchase where persons > 2)
      E0210 at `persons`: `persons` is the customer's, and this looks at events
        help: write `customer.persons`
        fix: write `customer.persons`

    segment a is purchase
      E0206 at `purchase`: `purchase` are many events
        help: ask about them: `exists(purchase)`, `count(purchase)`, `last(purchase).…`

    segment a is product.department = "X"
      E0206 at `product`: `product` is a table, and no link leads there from here
        help: reach it from `purchase`: `exists(purchase where product.… = …)`

    segment a is customer
      E0206 at `customer`: `customer` is a whole row
        help: name one of its fields: `customer.…`

    segment a is mail
      E0206 at `mail`: `mail` is a channel
        help: name a field, segment or trait

    segment a is exists(purchase where product)
      E0206 at `product`: `product` is a whole row
        help: name one of its fields: `product.…`

    segment a is persons.x > 2
      E0203 at `persons`: `persons` is a single value and has no fields
        help: only rows have fields: the customer, linked rows, `first(…)` and `last(…)`

    segment a is exists(purchase where quantity.x > 2)
      E0203 at `quantity`: `quantity` is a single value and has no fields
        help: only rows have fields: the customer, linked rows, `first(…)` and `last(…)`

    segment a is (persons + 1).x > 2
      E0203 at `(persons + 1)`: this has no fields
        help: only rows have fields: the customer, linked rows, `first(…)` and `last(…)`

    segment a is home = ownr
      E0305 at `ownr`: `ownr` is not one of the values here
        help: did you mean `owner`?
        fix: replace it with `owner`

    segment a is home = lodger
      E0305 at `lodger`: `lodger` is not one of the values here
        help: the values are `renter`, `owner`

    segment owner is persons > 2

    segment a is home = owner
      E0301 at `home = owner`: one of `renter`, `owner` does not compare with a condition
        help: `owner` means something else by itself; the value is written in quotes
        fix: write `"owner"`

    segment a is offer.tier > 1
      E0211 at `offer.tier`: no offer is spoken of here
        help: `offer.field` stands in the clauses of an offer and of a guarantee, and in `rank by`

    offer a {
      channel mail
      priority offer.teir
    }
      E0203 at `teir`: offers have no field `teir`
        help: did you mean `tier`?
        fix: replace `teir` with `tier`

    offer a {
      channel mail
      priority offer.sells
    }
      E0315 at `offer.sells`: a number is expected, and this is a set of texts
        help: count its values: `size(…)`

    trait a = product("x").price
      fine
    "#);
}

#[test]
fn declarations_that_clash() {
    assert_snapshot!(told_each(&[
        "segment purchase is persons > 2",
        "segment age is persons > 2",
        "segment today is persons > 2",
        "channel mail",
        "offer a {\n  channel mail\n}\n\nsegment a is persons > 2",
        "segment a is b\n\nsegment b is c\n\nsegment c is a",
        "trait a = a + 1",
        "trait a = b + 1\n\ntrait b = \"x\" + 1",
    ]), @r#"
    segment purchase is persons > 2
      E0202 at `purchase`: `purchase` is declared twice
        help: it is declared in test.offer, line 13; give this one another name

    segment age is persons > 2
      E0204 at `age`: `age` is a field of the customer already
        help: give it another name

    segment today is persons > 2
      E0204 at `today`: `today` means something else already
        help: give it another name

    channel mail
      E0202 at `mail`: `mail` is declared twice
        help: it is declared in test.offer, line 51; give this one another name

    offer a {
      channel mail
    }

    segment a is persons > 2
      E0202 at `a`: `a` is declared twice
        help: it is declared in test.offer, line 53; give this one another name

    segment a is b

    segment b is c

    segment c is a
      E0205 at `a`: `a` needs itself
        help: break the circle: write one of them without the others

    trait a = a + 1
      E0205 at `a`: `a` needs itself
        help: break the circle: write one of them without the others

    trait a = b + 1

    trait b = "x" + 1
      E0304 at `"x" + 1`: `+` does not take a text and a whole number
        help: texts are neither added nor joined
    "#);
}

#[test]
fn fixes_mend() {
    for text in [
        "segment a is person > 2",
        "segment a is customer.person > 2",
        "segment a is exists(purchase where product.deparment = \"X\")",
        "segment a is exists(purchase where quantity > persons)",
        "segment a is home = ownr",
        "segment a is age = \"25-35\"",
        "segment owner is persons > 2\n\nsegment a is home = owner",
        "segment a is sum(purchase.spend) > 20",
        "segment a is today - customer.birth > 30",
        "offer a {\n  channel mial\n}",
        "offer a {\n  channel mail\n  teir 2\n}",
    ] {
        assert_eq!(told_after_fixes(text), "  fine\n", "{text}");
    }
}

#[test]
fn links_lead_on_and_from_the_customer() {
    let policy = r"
customer household {
  key id: int
  shop_id: text -> shop
  spare_id: text? -> shop? as spare
}

events visit {
  at day: date
  shop_id: text -> shop
  owner: int -> household
}

table shop {
  key id: text
  town_id: int -> town
}

table town {
  key id: int
  people: int
}

segment a is shop.town.people > 1000 and customer.shop.town.people > 1000

segment b is exists(visit where shop.town.people > customer.shop.town.people and household.shop_id = shop_id)

trait c = sum(visit.shop.town.people)

trait d = spare.town.people else 0
";
    let compiled = project(MANIFEST, policy);
    assert_eq!(all(&compiled, policy), "  fine\n");
    assert!(compiled.plan.unwrap().to_string().contains("of the customer in \"owner\""));
}
