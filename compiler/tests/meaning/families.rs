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
    assert_snapshot!(wrong.map(told_of).join("\n"), @"");
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
    assert_snapshot!(told_each(&wrong.each_ref().map(String::as_str)), @"");
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
    assert_snapshot!(plan(text), @"");
}

#[test]
fn a_member_is_nothing_outside_its_offer() {
    let text = format!("{}\n\nsegment s is c = \"A\"\n\noffer y {{\n  channel mail\n  eligible when c = \"A\"\n}}", family("priority 1"));
    assert_snapshot!(told(&text), @"");
}
