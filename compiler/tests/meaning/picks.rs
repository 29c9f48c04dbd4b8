//! Items that are picked for each customer.

use insta::assert_snapshot;

use super::check::{plan, told_each};

#[test]
fn what_may_be_picked() {
    assert_snapshot!(told_each(&[
        "offer a {\n  channel mail\n  pick x: product where exists(purchase in last 90 days where product_id = x) by count(purchase where product_id = x)\n  message \"Take {x}\"\n}",
        "offer a {\n  channel mail\n  pick x: category of product by count(purchase where product.category = x else false)\n}",
        "offer a {\n  channel mail\n  pick x: product by 1\n  pick x: product by 2\n}",
        "offer a {\n  channel mail\n  pick x: price of product by 1\n}",
        "offer a {\n  channel mail\n  pick x: categry of product by 1\n}",
        "offer a {\n  channel mail\n  pick x: purchase by 1\n}",
        "offer a {\n  channel mail\n  pick x: prodct by 1\n}",
        "offer a {\n  channel mail\n  pick quantity: product by 1\n}",
        "offer a {\n  channel mail\n  pick x: product by kids\n}",
        "offer a {\n  channel mail\n  eligible when kids > 1\n  pick x: product by kids\n}",
        "offer a {\n  channel mail\n  pick x: product where kids > 1 by kids\n}",
        "offer a {\n  channel mail\n  pick x: product where persons by 1\n}",
        "offer a {\n  channel mail\n  pick x: product where exists(purchase where product_id starts with x) by 1\n}",
        "offer a for each category c of product {\n  channel mail\n  pick x: product by 1\n}",
        "offer a {\n  channel mail\n  pick p: product by 1\n  pick q: product by 1\n  pick r: product by 1\n  pick s: product by 1\n  pick t: product by 1\n}",
    ]), @r#"
    offer a {
      channel mail
      pick x: product where exists(purchase in last 90 days where product_id = x) by count(purchase where product_id = x)
      message "Take {x}"
    }
      fine

    offer a {
      channel mail
      pick x: category of product by count(purchase where product.category = x else false)
    }
      fine

    offer a {
      channel mail
      pick x: product by 1
      pick x: product by 2
    }
      E0501 at `x`: the pick `x` is said twice
        help: keep one of them

    offer a {
      channel mail
      pick x: price of product by 1
    }
      E0516 at `price`: items are picked by names or whole numbers, and `price` is an amount in USD
        help: name a field of type text, int, one_of or ordered

    offer a {
      channel mail
      pick x: categry of product by 1
    }
      E0203 at `categry`: `product` has no field `categry`
        help: did you mean `category`?
        fix: replace `categry` with `category`

    offer a {
      channel mail
      pick x: purchase by 1
    }
      E0516 at `purchase`: `purchase` is not a table of things to offer
        help: items are picked from a lookup table: `pick a: product where … by …`

    offer a {
      channel mail
      pick x: prodct by 1
    }
      E0207 at `prodct`: no table `prodct` is declared
        help: did you mean `product`?
        fix: replace `prodct` with `product`

    offer a {
      channel mail
      pick quantity: product by 1
    }
      E0204 at `quantity`: `quantity` is a field of `purchase`
        help: give what is picked another name, and use that in `where`, `by` and the offer's texts

    offer a {
      channel mail
      pick x: product by kids
    }
      E0401 at `kids`: what this pick goes by may be missing
        help: say what it is then: `(…) else 0`; a condition in `if` becomes definite by `is true`; what `eligible` compares is known here

    offer a {
      channel mail
      eligible when kids > 1
      pick x: product by kids
    }
      fine

    offer a {
      channel mail
      pick x: product where kids > 1 by kids
    }
      fine

    offer a {
      channel mail
      pick x: product where persons by 1
    }
      E0303 at `persons`: a condition is expected, and this is a whole number
        help: compare it with something: `persons > 0`

    offer a {
      channel mail
      pick x: product where exists(purchase where product_id starts with x) by 1
    }
      E0517 at `x`: in a `where`, `x` can only be compared by `=`, in a part joined by `and`
        help: write `PATH = x`, `PATH = x else false` or `(PATH = x) is true`, where PATH is a value of the event

    offer a for each category c of product {
      channel mail
      pick x: product by 1
    }
      E0821 at `pick x: product by 1`: a family is an offer of one item already, and picks none
        help: name the member in its texts, or write an offer that is no family

    offer a {
      channel mail
      pick p: product by 1
      pick q: product by 1
      pick r: product by 1
      pick s: product by 1
      pick t: product by 1
    }
      E0821 at `pick t: product by 1`: this offer picks more than 4 items
        help: leave this one out, or split the offer
    "#);
}

#[test]
fn where_a_pick_may_be_named() {
    let offer = |clause: &str| format!("offer a {{\n  channel mail\n  pick x: product by 1\n  {clause}\n}}");
    let clauses = [
        "because \"You like {x}\"",
        "message \"{x} and {persons}\"",
        "message \"{x as date}\"",
        "message \"{count(purchase where product_id = x)}\"",
        "eligible when x = \"A\"",
        "priority if x = \"A\" then 1 else 2",
        "message \"{x.category}\"",
        "pick y: product where x = \"A\" by 1",
    ];
    let all: Vec<String> = clauses.map(offer).to_vec();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    assert_snapshot!(told_each(&all), @r#"
    offer a {
      channel mail
      pick x: product by 1
      because "You like {x}"
    }
      fine

    offer a {
      channel mail
      pick x: product by 1
      message "{x} and {persons}"
    }
      fine

    offer a {
      channel mail
      pick x: product by 1
      message "{x as date}"
    }
      E0820 at `date`: `x` is told as it is
        help: write `{x}`

    offer a {
      channel mail
      pick x: product by 1
      message "{count(purchase where product_id = x)}"
    }
      E0820 at `x`: `x` is picked at the end, and only texts name it
        help: write `{x}` in `because` or `message`; what may be picked is said in `pick x: … where …`

    offer a {
      channel mail
      pick x: product by 1
      eligible when x = "A"
    }
      E0820 at `x`: `x` is picked at the end, and only texts name it
        help: write `{x}` in `because` or `message`; what may be picked is said in `pick x: … where …`

    offer a {
      channel mail
      pick x: product by 1
      priority if x = "A" then 1 else 2
    }
      E0820 at `x`: `x` is picked at the end, and only texts name it
        help: write `{x}` in `because` or `message`; what may be picked is said in `pick x: … where …`

    offer a {
      channel mail
      pick x: product by 1
      message "{x.category}"
    }
      E0820 at `x`: `x` is picked at the end, and only texts name it
        help: write `{x}` in `because` or `message`; what may be picked is said in `pick x: … where …`

    offer a {
      channel mail
      pick x: product by 1
      pick y: product where x = "A" by 1
    }
      E0820 at `x`: `x` is picked at the end, and only texts name it
        help: write `{x}` in `because` or `message`; what may be picked is said in `pick x: … where …`
    "#);
}

#[test]
fn picks_in_the_plan() {
    let text = r#"
offer bundle {
  channel mail
  eligible when kids > 0
  pick x: product where exists(purchase in last 90 days where product_id = x) by count(purchase where product_id = x) * kids
  pick y: department of product by 1
  message "Take {x} and {y}, {kids} of them"
}
"#;
    assert_snapshot!(plan(text), @r#"
    %0 = household.email_ok : bool?
    %1 = household.kids : int?
    %2 = 0 : int
    %3 = %1 else %2 : int
    %4 = %2 < %1 : bool?
    %5 = 1.0 : number
    %6 = now : instant
    %7 = -90 days : days
    %8 = zone "America/New_York" : timezone
    %9 = moved(%6, %7, %8) : instant
    %10 = instant -9223372036854775808u : instant
    %11 = %9 else %10 : instant
    %12 = purchase.product_id : text over purchase
    %13 = exists(purchase after %11 by %12 = product.product_id) : bool over customer and each product.product_id
    %14 = count(purchase by %12 = product.product_id) : int over customer and each product.product_id
    %15 = %14 * %3 : int over customer and each product.product_id
    %16 = number %15 : number over customer and each product.product_id
    channel email needs %0
    channel mail
    offer bundle
      topic "general"
      tier 1
      sells []
      eligible %4
      channel mail
      priority %5
      pick x: product.product_id where %13 by %16
      pick y: product.department by %5
      message "Take {pick 0} and {pick 1}, {%3} of them"
    portfolio
      slots 1
    "#);
}
