//! Which fields offers read, and what that costs in trust.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

use crate::data_use::{Reader, data_use};
use crate::project::ProjectFiles;

const MANIFEST: &str = "name = \"p\"\nedition = \"2026\"\nzone = \"UTC\"\n";

const POLICY: &str = r#"customer person {
  key id: int
  email_ok: bool consent
  age: int? private
  illness: text? sensitive
  city: text
}

events purchase {
  at bought: instant
  product_id: text -> product
  spend: money(USD) private
}

events visit {
  at seen: instant
}

table product {
  key product_id: text
  name: text
  is_medicine: bool sensitive
}

channel email {
  needs customer.email_ok
}

segment grown_up is age >= 18
segment rich is grown_up and sum(purchase.spend) > 100 USD
segment buys_medicine is exists(purchase where product.is_medicine)
journey habit = visit, then purchase within 3 days where product.name = "tea"

offer plain {
  channel email
}

offer wine {
  eligible when grown_up and rich
  except when illness is known
  channel email
  priority age else 1
  because "You live in {city}"
}

offer pills {
  eligible when buys_medicine and habit.step = 2
  channel email
}
"#;

fn readers(manifest: &str, more: &str) -> Vec<Reader> {
    let policy = format!("{POLICY}\n{more}");
    let files = ProjectFiles {
        manifest: ("opportune.toml".into(), manifest.into()),
        policies: vec![("p.offer".into(), policy)],
    };
    let compiled = crate::compile(&files);
    assert!(compiled.plan.is_some(), "{:#?}", compiled.diagnostics);
    data_use(&files)
}

fn shown(readers: &[Reader], name: &str) -> Vec<String> {
    let reader = readers.iter().find(|reader| reader.name.as_deref() == Some(name)).unwrap();
    let fields = reader.fields.iter().map(|field| {
        let uses = field.uses.iter().map(|found| match &found.through {
            None => found.clause.word().to_owned(),
            Some(through) => format!("{} by {through}", found.clause.word()),
        });
        let uses: Vec<String> = uses.collect();
        format!("{} {}.{}: {}", field.class.word(), field.table, field.field, uses.join(", "))
    });
    fields.collect()
}

fn cost(readers: &[Reader], name: &str) -> f64 {
    readers.iter().find(|reader| reader.name.as_deref() == Some(name)).unwrap().information_cost.unwrap()
}

#[test]
fn what_offers_read_is_told_by_clause_and_by_what_they_name() {
    let readers = readers(MANIFEST, "");
    assert_eq!(shown(&readers, "plain"), [""; 0]);
    assert_eq!(
        shown(&readers, "wine"),
        [
            "sensitive person.illness: except",
            "private person.age: eligible by grown_up, eligible by rich, priority",
            "private purchase.spend: eligible by rich",
            "none person.city: because",
            "none purchase.bought: eligible by rich",
        ]
    );
    // The catalogue is nobody's, but for what it tells of who buys.
    assert_eq!(
        shown(&readers, "pills"),
        [
            "sensitive product.is_medicine: eligible by buys_medicine",
            "none purchase.bought: eligible by buys_medicine, eligible by habit",
            "none purchase.product_id: eligible by buys_medicine, eligible by habit",
            "none visit.seen: eligible by habit",
        ]
    );
    assert_eq!(shown(&readers, "email"), ["consent person.email_ok: needs"]);
}

#[test]
fn each_field_costs_its_weight_once() {
    let usual = readers(MANIFEST, "");
    assert_eq!(["plain", "wine", "pills"].map(|name| cost(&usual, name)), [0.0, 7.0, 5.0]);
    let manifest = format!("{MANIFEST}[information]\nnone = 0.25\nprivate = 2\nsensitive = 10\n");
    let heavy = readers(&manifest, "");
    assert_eq!(["plain", "wine", "pills"].map(|name| cost(&heavy, name)), [0.0, 14.5, 10.75]);
}

#[test]
fn rules_over_all_offers_ask_what_an_offer_costs_in_trust() {
    let rules = r#"
guarantee "nobody pries" review by 2027-06-30 {
  never offer.information_cost >= 6 when not grown_up
}

portfolio {
  objective 1 USD * score - 0.10 USD * offer.information_cost
  lever discreet 2 where offer.information_cost < 1
}
"#;
    let policy = format!("{POLICY}\n{rules}");
    let files = ProjectFiles {
        manifest: ("opportune.toml".into(), MANIFEST.into()),
        policies: vec![("p.offer".into(), policy)],
    };
    let compiled = crate::compile(&files);
    let plan = compiled.plan.unwrap_or_else(|| panic!("{:#?}", compiled.diagnostics));
    let forbidden: Vec<&str> =
        plan.offers.iter().filter(|offer| !offer.forbidden.is_empty()).map(|offer| &*offer.name).collect();
    assert_eq!(forbidden, ["wine"]);
    let text = plan.to_string();
    assert!(text.contains("= 7.0 : number") && text.contains("= 5.0 : number"), "{text}");
}
