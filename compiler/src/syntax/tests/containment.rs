//! Many mistakes in one file: each is reported, none hides another.

use super::messages;

/// The codes of a file's messages.
fn codes(file: &str) -> Vec<String> {
    messages(file).lines().filter(|line| line.starts_with('E')).map(|line| line[..5].to_owned()).collect()
}

#[test]
fn ten_mistakes_make_ten_errors() {
    let file = r#"
customer household {
  key household_id text
  age: ordered("19-24" "25-34")?
}
offer one {
  about "one
  eligible when age == "19-24"
  except when (age is missing
  priority 3 4
}
offer two {
  eligable when age is null
  cap 1 per customer every 30 day
  timing from 2026-02-30
offer three {
  channel mail
}
"#;
    assert_eq!(
        codes(file),
        ["E0119", "E0119", "E0102", "E0107", "E0103", "E0101", "E0104", "E0106", "E0108", "E0115", "E0114"],
        "{}",
        messages(file)
    );
}

#[test]
fn each_offer_stands_for_itself() {
    for damage in [
        "offer broken {",
        "offer broken",
        "offer {",
        "offer broken {{{",
        "offer broken { eligible when ((((",
        "offer broken {\n  about \"",
        "offer broken { /*",
        "}",
        "]",
        "ofer broken {",
        "<<<<<<< HEAD",
        "guarantee \"x\" {",
    ] {
        let file = format!("offer before {{\n  priority 1\n}}\n{damage}\noffer after {{\n  priority 2\n}}\n");
        let names: Vec<String> = super::split(&file)
            .iter()
            .filter_map(|item| match super::parse_item(&item.text).0?.kind {
                super::ast::ItemKind::Offer(offer) if offer.clauses.len() == 1 && &*offer.name.node != "broken" => {
                    Some(offer.name.node.into())
                }
                _ => None,
            })
            .collect();
        assert_eq!(names, ["before", "after"], "{damage}");
        assert_ne!(codes(&file), Vec::<String>::new(), "{damage}");
    }
}

#[test]
fn an_edit_leaves_other_items_equal() {
    let file = include_str!("sample.offer");
    let edited = file.replace("priority 0.7", "priority 0.8 + 0.1").replace("// not for the car", "// fuel");
    let texts = |file: &str| super::split(file).into_iter().map(|item| item.text).collect::<Vec<_>>();
    let (before, after) = (texts(file), texts(&edited));
    let changed = before.iter().zip(&after).filter(|(before, after)| before != after).count();
    assert_eq!((before.len(), changed), (after.len(), 2));
}

#[test]
fn what_comes_later_is_one_error() {
    for item in [
        "events restock of product {\n  at day: date\n}",
        "affinity of purchase.product.category together by purchase.basket_id",
        "offer x {\n  reward 20 USD\n}",
        "offer x {\n  even if owned\n}",
        "offer x {\n  priority affinity(c)\n}",
        "offer x {\n  eligible when reached(checkin)\n}",
        "customer c {\n  key id: text\n  off: percent?   private\n}",
    ] {
        assert_eq!(codes(item), ["E0120"], "{item}\n{}", messages(item));
    }
}
