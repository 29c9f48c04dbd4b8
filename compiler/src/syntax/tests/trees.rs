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
    assert_snapshot!(tree("a or b and not c = d + e * -f else g"), @"");
    assert_snapshot!(tree("not a = b and c"), @"");
    assert_snapshot!(tree("a - b - c / d / e"), @"");
    assert_snapshot!(tree("x between 1 and 2 and y not between a + 1 and b * 2 or z"), @"");
    assert_snapshot!(tree("x is missing and y is not known or not z is true"), @"");
    assert_snapshot!(tree("x is not y and x not in [\"a\", b] and d in last 30 days"), @"");
    assert_snapshot!(tree("name starts with \"T\" and not name contains \"a\\\"b\""), @"");
    assert_snapshot!(tree("(a or b) and (c else true)"), @"");
    assert_snapshot!(tree("if a then 1 else if b then 2 else 3 + 4 else 5"), @"");
    assert_snapshot!(tree("if a then if b then 1 else 2 else 3 > 4"), @"");
}

#[test]
fn aggregates_take_window_and_condition() {
    assert_snapshot!(tree("sum(purchase.spend in last 84 days where product.department = \"X\" else false) / 12 > 20 USD"), @"");
    assert_snapshot!(tree("first(purchase where a).product.category = \"X\" and exists(contact) and none(a where b)"), @"");
    assert_snapshot!(tree("first(purchase where a) in last 60 days and last > 3"), @"");
}

#[test]
fn literals_have_their_values() {
    assert_snapshot!(tree("x in [20_000, 0.5, 5%, 12.5%, 20 USD, 0.002 USD, true, \"\\u{e9}\\n\", 2026-11-01, 1970-01-02 00:01]"), @"");
    assert_snapshot!(tree("x in [30 days, 1 day, 2 weeks, 3 months, 1 year, 5 hours, 30 minutes, 2 seconds, 2026-11-27 18:00:30 Europe/London]"), @"");
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
    assert_snapshot!(show::item(&item.unwrap().kind), @"");
}

#[test]
fn the_sample_has_these_trees() {
    let trees: Vec<String> = super::split(include_str!("sample.offer"))
        .iter()
        .map(|item| show::item(&parse_item(&item.text).0.unwrap().kind))
        .collect();
    assert_snapshot!(trees.join("\n\n"), @"");
}

#[test]
fn documentation_belongs_to_the_next_item() {
    let items =
        super::split("/// One.\noffer a {\n  priority 1\n}\n\n/// Two,\n/// three.\n// a remark\noffer b {\n}\n");
    let docs: Vec<_> = items.iter().map(|item| parse_item(&item.text).0.unwrap().doc).collect();
    assert_eq!(docs, [Some("One.".into()), Some("Two,\nthree.".into())]);
    assert_eq!(items[1].offset, 37);
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
