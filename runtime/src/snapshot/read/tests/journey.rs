//! The grocer's real data, where it is beside the checkout.

use std::io::Write;

use opportune_plan::Currency;

use super::*;

fn named(mut table: Table, source: &str, customer_column: Option<&str>) -> Table {
    table.source = source.into();
    if let (TableKind::Events { customer_column: column, .. }, Some(name)) = (&mut table.kind, customer_column) {
        *column = name.into();
    }
    table
}

fn from(column: &str, field: Field) -> Field {
    Field { source: Source::Column(column.into()), ..field }
}

fn grocer() -> VerifiedPlan {
    let age = Type::Ordered(DomainId(0));
    let household = customer(&[0, 1, 2], vec![from("household_id", field("id", Type::Text)), optional("age", age)]);
    let purchase = vec![
        from("transaction_timestamp", field("at", Type::Instant)),
        link("product_id", 3, false),
        field("quantity", Type::Int),
        from("sales_value", field("spend", Type::Money(Currency::new("USD").unwrap()))),
        through("department", Type::Text, true, 1, 1),
    ];
    let contact = vec![link("campaign_id", 4, true), through("sent", Type::Date, false, 0, 1)];
    let product = vec![
        field("product_id", Type::Text),
        field("department", Type::Text),
        from("product_category", optional("category", Type::Text)),
    ];
    let campaign = vec![
        field("campaign_id", Type::Text),
        from("start_date", field("start", Type::Date)),
        from("campaign_type", field("kind", one_of(1))),
    ];
    let tables = vec![
        named(household, "demographics", None),
        named(events("purchase", 0, purchase), "transactions_sample", Some("household_id")),
        named(events("contact", 1, contact), "campaigns", Some("household_id")),
        named(lookup("product", product), "products", None),
        named(lookup("campaign", campaign), "campaign_descriptions", None),
    ];
    let ages = ["19-24", "25-34", "35-44", "45-54", "55-64", "65+"];
    plan(tables, &[&ages, &["Type A", "Type B", "Type C"]])
}

#[test]
fn the_complete_journey_is_read() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/complete_journey"));
    if !folder.exists() {
        writeln!(std::io::stderr(), "SKIPPED: {} is not there", folder.display()).unwrap();
        return;
    }
    let (snapshot, report) = load(&grocer(), folder, &clock("2018-01-02T00:00:00Z")).unwrap();
    assert_eq!((report.customers, report.without_row), (2_406, 2_406 - 801));
    let [_, purchases, contacts, products, campaigns] = report.tables.as_slice() else { panic!("five tables") };
    assert_eq!((purchases.rows, purchases.kept, purchases.fields[1].dangling.count), (100_000, 100_000, 316));
    assert_eq!((contacts.kept, products.kept, campaigns.kept), (6_589, 92_331, 27));
    let by_customer = snapshot.tables[1].by_customer.as_ref().unwrap();
    for customer in 0..snapshot.customers() {
        let at = &by_customer.at[by_customer.offsets[customer]..by_customer.offsets[customer + 1]];
        assert!(at.is_sorted());
    }
    let spend = &snapshot.tables[1].columns[3].values;
    let Values::Int64(spend) = spend else { panic!("money") };
    assert_eq!(spend.iter().filter(|value| **value % 10_000 != 0).count(), 0);
}
