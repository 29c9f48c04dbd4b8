//! Families: what may be said of a member, and what the offer becomes.

use insta::assert_snapshot;

use super::check::{plan, told, told_each};

fn family(clauses: &str) -> String {
    format!("offer x for each category c of product {{\n  channel mail\n  {clauses}\n}}")
}

fn told_of(clauses: &str) -> String {
    format!("{clauses}\n{}", told(&family(clauses)))
}

#[test]
fn a_member_is_what_events_are_grouped_by() {
    let fine = [
        "eligible when exists(purchase where product.category = c)",
        "eligible when none(purchase in last 365 days where product.category = c else false)",
        "eligible when count(purchase where (product.category = c) is true) > 2",
        "eligible when count(purchase where spend > 5 USD and product.category = c else false) > 2",
        "eligible when count(purchase where (c = product.category else false) and spend > 5 USD) > 2",
        "eligible when exists(purchase where product.department = c)",
        "priority count(purchase where product.category = c else false) / 10",
        "priority frequency_rank(c, purchase.product.department) else 99",
        "eligible when share(purchase where product.category = c else false) > 0.1",
        "cap 1 per customer every 30 days over purchase where product.category = c else false",
    ];
    for clauses in fine {
        assert_eq!(told(&family(clauses)), "  fine\n", "{clauses}");
    }
}

#[test]
fn a_member_is_compared_and_told() {
    let fine = [
        "eligible when c = \"A\"",
        "eligible when c is not \"A\" and c in [\"B\", \"C\"]",
        "except when c starts with \"B\" or c contains \"X\" or c ends with \"Y\"",
        "eligible when c = last(purchase).product.category",
        "eligible when c = most_frequent(purchase.product.department)",
        "priority if c = \"A\" then loyalty else 0.5 else 0.1",
        "because \"You like {c}\"",
        "message mail \"{c}, {count(purchase where product.category = c else false)} times\"",
    ];
    for clauses in fine {
        assert_eq!(told(&family(clauses)), "  fine\n", "{clauses}");
    }
}

#[test]
fn nothing_else_is_made_from_a_member() {
    let wrong = [
        "eligible when exists(purchase where product.category = c or spend > 5 USD)",
        "eligible when exists(purchase where product.category contains \"X\" and c = \"A\")",
        "eligible when exists(purchase where product.category = c and product.department = c)",
        "eligible when count(purchase where product.category = c) > 1",
        "eligible when count(purchase where product.category = c else true) > 1",
        "eligible when exists(purchase where quantity = c)",
        "eligible when exists(purchase where exists(contact where offer = c))",
        "priority length(c)",
        "priority if c = \"A\" then 1 else 2",
        "eligible when product(c).price > 3 USD",
        "eligible when c > \"A\"",
        "eligible when c.name = \"A\"",
        "eligible when d = \"A\"",
    ];
    assert_snapshot!(wrong.map(told_of).join("\n"), @r#"
    eligible when exists(purchase where product.category = c or spend > 5 USD)
      E0517 at `c`: in a `where`, `c` can only be compared by `=`, in a part joined by `and`
        help: write `PATH = c`, `PATH = c else false` or `(PATH = c) is true`, where PATH is a value of the event

    eligible when exists(purchase where product.category contains "X" and c = "A")
      E0517 at `"A"`: in a `where`, `c` can only be compared by `=`, in a part joined by `and`
        help: write `PATH = c`, `PATH = c else false` or `(PATH = c) is true`, where PATH is a value of the event

    eligible when exists(purchase where product.category = c and product.department = c)
      E0517 at `product.department`: this `where` takes the events of `c` twice
        help: keep one of them; events that have two such fields are told apart by two aggregates

    eligible when count(purchase where product.category = c) > 1
      E0402 at `product.category = c`: this `where` may be unknown, and the result would leave such events out without a word
        help: say what counts then: `else false` at its end leaves such events out, `else true` takes them in

    eligible when count(purchase where product.category = c else true) > 1
      E0517 at `c`: in a `where`, `c` can only be compared by `=`, in a part joined by `and`
        help: write `PATH = c`, `PATH = c else false` or `(PATH = c) is true`, where PATH is a value of the event

    eligible when exists(purchase where quantity = c)
      E0315 at `quantity`: a text is expected, and this is a whole number
        help: write a text in double quotes

    eligible when exists(purchase where exists(contact where offer = c))
      E0517 at `offer`: an aggregate inside a `where` is the same for all members
        help: take the aggregate with `c` out of the `where`

    priority length(c)
      E0517 at `length(c)`: this is made from `c` alone, so it would be computed anew for each member
        help: compare `c` with a value of the customer or a constant, count events `where PATH = c`, rank it by `frequency_rank(c, …)`, or name it in a text: `{c}`

    priority if c = "A" then 1 else 2
      E0517 at `if c = "A" then 1 else 2`: this is made from `c` alone, so it would be computed anew for each member
        help: compare `c` with a value of the customer or a constant, count events `where PATH = c`, rank it by `frequency_rank(c, …)`, or name it in a text: `{c}`

    eligible when product(c).price > 3 USD
      E0517 at `product(c).price`: this is made from `c` alone, so it would be computed anew for each member
        help: compare `c` with a value of the customer or a constant, count events `where PATH = c`, rank it by `frequency_rank(c, …)`, or name it in a text: `{c}`

    eligible when c > "A"
      E0306 at `c > "A"`: `>` asks for an order, and a text has none
        help: texts compare with `=`, `in [..]`, `starts with`, `ends with` and `contains`

    eligible when c.name = "A"
      E0203 at `c`: `c` is a single value and has no fields
        help: only rows have fields: the customer, linked rows, `first(…)` and `last(…)`

    eligible when d = "A"
      E0201 at `d`: nothing here is called `d`
        help: a name is a field of the customer, a segment or a trait; in a `where`, a field of the event; a text stands in quotes
    "#);
}

#[test]
fn of_what_there_are_families() {
    let offer = |each: &str| format!("offer x for each {each} {{\n  channel mail\n}}");
    assert_eq!(told(&offer("product_id p of product")), "  fine\n");
    let wrong = [
        "categry c of product",
        "price p of product",
        "starts s of campaign",
        "coupon c of purchase",
        "category c of produkt",
        "category c of household",
        "category persons of product",
        "category coupon of product",
        "category now of product",
        "category email of product",
    ]
    .map(offer);
    assert_snapshot!(told_each(&wrong.each_ref().map(String::as_str)), @r#"
    offer x for each categry c of product {
      channel mail
    }
      E0203 at `categry`: `product` has no field `categry`
        help: did you mean `category`?
        fix: replace `categry` with `category`

    offer x for each price p of product {
      channel mail
    }
      E0516 at `price`: the members of a family are names or whole numbers, and `price` is an amount in USD
        help: name a field of type text, int, one_of or ordered

    offer x for each starts s of campaign {
      channel mail
    }
      E0516 at `starts`: the members of a family are names or whole numbers, and `starts` is a date
        help: name a field of type text, int, one_of or ordered

    offer x for each coupon c of purchase {
      channel mail
    }
      E0516 at `purchase`: `purchase` is not a table of things to offer
        help: a family is of a field of a lookup table: `for each category c of product`

    offer x for each category c of produkt {
      channel mail
    }
      E0207 at `produkt`: no table `produkt` is declared
        help: did you mean `product`?
        fix: replace `produkt` with `product`

    offer x for each category c of household {
      channel mail
    }
      E0516 at `household`: `household` is not a table of things to offer
        help: a family is of a field of a lookup table: `for each category c of product`

    offer x for each category persons of product {
      channel mail
    }
      E0204 at `persons`: `persons` is a field of `household`
        help: give the member another name, and use that in the offer's clauses: `each category x of`

    offer x for each category coupon of product {
      channel mail
    }
      E0204 at `coupon`: `coupon` is a field of `purchase`
        help: give the member another name, and use that in the offer's clauses: `each category x of`

    offer x for each category now of product {
      channel mail
    }
      E0204 at `now`: `now` means something else already
        help: give the member another name, and use that in the offer's clauses: `each category x of`

    offer x for each category email of product {
      channel mail
    }
      E0204 at `email`: `email` is a channel
        help: give the member another name, and use that in the offer's clauses: `each category x of`
    "#);
}

#[test]
fn a_family_in_the_plan() {
    let text = "offer x for each category c of product {
  channel mail
  eligible when none(purchase in last 365 days where product.category = c and quantity > 1 else false)
  except when c in [\"B\", \"A\"]
  priority count(purchase where product.category = c else false)
  cap 1 per customer every 30 days
  because \"Never {c}\"
}";
    assert_snapshot!(plan(text), @r#"
    %0 = household.email_ok : bool?
    %1 = now : instant
    %2 = -365 days : days
    %3 = zone "America/New_York" : timezone
    %4 = moved(%1, %2, %3) : instant
    %5 = instant -9223372036854775808u : instant
    %6 = %4 else %5 : instant
    %7 = 1 : int
    %8 = purchase.quantity : int over purchase
    %9 = %7 < %8 : bool over purchase
    %10 = product.category : text? over product
    %11 = %10 through purchase.product_id : text? over purchase
    %12 = exists(purchase after %6 where %9 by %11 = product.category else false) : bool over customer and each product.category
    %13 = not %12 : bool over customer and each product.category
    %14 = each product.category : text over each product.category
    %15 = %14 in ["A", "B"] : bool over each product.category
    %16 = count(purchase by %11 = product.category else false) : int over customer and each product.category
    %17 = number %16 : number over customer and each product.category
    %18 = -30 days : days
    %19 = moved(%1, %18, %3) : instant
    %20 = %19 else %5 : instant
    %21 = contact.offer : text over contact
    %22 = "x" : text
    %23 = %21 = %22 : bool over contact
    %24 = count(contact after %20 where %23) : int
    %25 = %24 < %7 : bool
    channel email needs %0
    channel mail
    offer x for each product.category
      topic "general"
      tier 1
      sells []
      eligible %13
      except %15
      cap 1 of %24 where %25
      channel mail
      priority %17
      because "Never {%14}"
    portfolio
      slots 1
    "#);
}

#[test]
fn a_member_is_nothing_outside_its_offer() {
    let text = format!(
        "{}\n\nsegment s is c = \"A\"\n\noffer y {{\n  channel mail\n  eligible when c = \"A\"\n}}",
        family("priority 1")
    );
    assert_snapshot!(told(&text), @r#"
    E0201 at `c`: nothing here is called `c`
      help: a name is a field of the customer, a segment or a trait; in a `where`, a field of the event; a text stands in quotes
    E0201 at `c`: nothing here is called `c`
      help: a name is a field of the customer, a segment or a trait; in a `where`, a field of the event; a text stands in quotes
    "#);
}

#[test]
fn ten_mistakes_in_items_are_ten() {
    let text = "
context {
  key reason: text
}

context {
  mood: number
}

journey coming = purchase within 3 days, then purchase where coupon = \"A\"

guarantee \"young\" review by today {
  never age = \"19-24\"
}

offer x for each categry c of product {
  channel mail
}

offer y for each category c of product {
  channel mail
  priority length(c)
  because \"You like {c as percent}\"
  message email \"{loyalty}\"
}
";
    let told = told(text);
    let codes: Vec<&str> = told.lines().filter_map(|line| line.strip_prefix("  E")?.split(' ').next()).collect();
    let expected = ["0613", "0616", "0518", "0406", "0521", "0520", "0203", "0517", "0514", "0515", "0405"];
    assert_eq!(codes, expected, "{told}");
}
