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
        "test \"mail\" {\n  at 2026-11-20 18:00\n  given { email_ok: true, purchase: [{ at: 2026-11-10 }] }\n  expect offer x by mail\n}",
        "events restock of product {\n  at day: date\n}",
        "offer x {\n  timing right away\n}",
        "offer x {\n  timing 1 day to 5 days after purchase.at\n}",
        "offer x {\n  timing from 2026-11-01 to 2026-12-24, on weekdays\n}",
        "offer x {\n  cap 20_000 in total\n}",
        "offer x {\n  cap 1 per customer each week\n}",
        "offer x {\n  pick a: product where price > 3 by price desc\n}",
        "reminder x {\n  about \"a\"\n}",
        "notice x {\n  about \"a\"\n}",
        "offer x {\n  reward 20 USD\n}",
        "offer x {\n  eligible when journey.reached\n  holdout 5%\n}",
        "channel x {\n  carries complexity <= 2\n}",
        "channel x {\n  cost 0.002 USD\n}",
        "portfolio {\n  pause 30 days after 3 ignored\n}",
        "portfolio {\n  fallback newsletter\n}",
        "offer x {\n  priority affinity(c)\n}",
        "channel x {\n  quiet 21:00 to 08:00\n}",
        "channel x {\n  capacity 50_000 per week\n}",
        "portfolio {\n  objective offer.value * score - channel.cost\n}",
        "portfolio {\n  slate rep 3, at most 1 per offer.topic\n}",
        "portfolio {\n  cap 1 per customer every 7 days on sms\n}",
        "portfolio {\n  holdout 5% salted \"2026-q4\"\n}",
        "customer c {\n  key id: text\n  off: percent?   private\n}",
    ] {
        assert_eq!(codes(item), ["E0120"], "{item}\n{}", messages(item));
    }
}
