//! Small Parquet files: what is read, how it is ordered, and what is left out.

use arrow::array::{Date32Array, Float64Array, Int32Array, StringArray, TimestampMicrosecondArray};

use super::*;

fn shop() -> VerifiedPlan {
    let household = customer(&[0, 1], vec![field("id", Type::Text), optional("age", one_of(0))]);
    let purchase = vec![
        field("at", Type::Instant),
        Field { nullable: true, ..link("product", 2, false) },
        field("quantity", Type::Int),
        through("aisle", Type::Text, true, 1, 1),
    ];
    let product = vec![field("product", Type::Text), field("aisle", Type::Text)];
    plan(vec![household, events("purchase", 0, purchase), lookup("product", product)], &[&["young", "old"]])
}

fn write_shop(folder: &TempDir) {
    let age = StringArray::from(vec![Some("old"), None]);
    let columns = vec![("id", array(StringArray::from(vec!["b", "a"]))), ("age", array(age))];
    parquet(folder, "customer.parquet", columns);
    let at = ["2026-11-20T11:00:00Z", "2026-01-01T00:00:00Z", "2026-11-20T12:00:00.000001Z", "2026-01-01T00:00:00Z"];
    let at: Vec<i64> = at.iter().map(|at| micros(at)).collect();
    let columns = vec![
        ("id", array(StringArray::from(vec!["c", "b", "d", "b"]))),
        ("at", array(TimestampMicrosecondArray::from(at).with_timezone("UTC"))),
        ("product", array(StringArray::from(vec![Some("p2"), Some("p9"), Some("p1"), None]))),
        ("quantity", array(Int32Array::from(vec![1, 2, 3, 4]))),
    ];
    parquet(folder, "purchase.parquet", columns);
    let columns = vec![
        ("product", array(StringArray::from(vec!["p2", "p1"]))),
        ("aisle", array(StringArray::from(vec!["toys", "bread"]))),
    ];
    parquet(folder, "product.parquet", columns);
}

#[test]
fn a_shop_is_read_from_parquet() {
    let folder = TempDir::new().unwrap();
    write_shop(&folder);
    let (snapshot, report) = read(&shop(), folder.path()).unwrap();
    assert_eq!(values(&snapshot, 0, 0), ["a", "b", "c"]);
    assert_eq!(values(&snapshot, 0, 1), ["-", "old", "-"]);
    let purchases = &snapshot.tables[1];
    let by_customer = purchases.by_customer.as_ref().unwrap();
    assert_eq!(by_customer.offsets, [0, 0, 2, 3]);
    let (new_year, today) = (micros("2026-01-01T00:00:00Z"), micros("2026-11-20T11:00:00Z"));
    assert_eq!(by_customer.at, [new_year, new_year, today]);
    // A missing product comes before one that is there.
    assert_eq!(values(&snapshot, 1, 2), ["4", "2", "1"]);
    assert_eq!(values(&snapshot, 1, 1), ["-", "p9", "p2"]);
    assert_eq!(values(&snapshot, 1, 3), ["-", "-", "toys"]);
    assert_eq!(purchases.links[1].as_ref().unwrap(), &[u32::MAX, u32::MAX, 0]);
    // `p1` was bought after now alone, and so leaves no trace.
    assert_eq!(snapshot.dictionary(TableId(1), FieldId(1)).unwrap().values, ["p2".into(), "p9".into()]);
    assert_eq!((report.customers, report.without_row), (3, 1));
    let read = &report.tables[1];
    assert_eq!((read.rows, read.kept, read.after_now.count, read.after_now.first_row), (4, 3, 1, 3));
    assert_eq!(
        (read.fields[1].missing.count, read.fields[1].dangling.count, read.fields[1].dangling.first_row),
        (1, 1, 2)
    );
    assert_eq!(read.fields[3].missing.count, 2);
}

#[test]
fn a_customer_without_a_row_needs_optional_fields() {
    let folder = TempDir::new().unwrap();
    let household = customer(&[0, 1], vec![field("id", Type::Text), field("score", Type::Number)]);
    let plan = plan(vec![household, events("visit", 0, vec![field("day", Type::Date)])], &[]);
    let columns = vec![("id", array(StringArray::from(vec!["a"]))), ("score", array(Float64Array::from(vec![1.5])))];
    parquet(&folder, "customer.parquet", columns);
    let days = Date32Array::from(vec![20_000, 20_001]);
    parquet(&folder, "visit.parquet", vec![("id", array(StringArray::from(vec!["a", "z"]))), ("day", array(days))]);
    let errors = read(&plan, folder.path()).unwrap_err();
    assert!(errors[0].is_schema_disagreement());
    assert_eq!(errors[0].schema_place(), Some((CUSTOMER, Some(FieldId(1)))));
    insta::assert_snapshot!(
        error(&plan, &folder),
        @"D0117 `customer.score` is not optional, but 1 of 2 customers have no row in `customer.parquet` (other tables introduce them)"
    );
}

#[test]
fn events_of_unknown_customers_are_counted() {
    let folder = TempDir::new().unwrap();
    let household = customer(&[0], vec![field("id", Type::Int)]);
    let plan = plan(vec![household, events("visit", 0, vec![field("day", Type::Date)])], &[]);
    parquet(&folder, "customer.parquet", vec![("id", array(Int32Array::from(vec![10, 9])))]);
    let days = Date32Array::from(vec![20_000, 20_001, 20_002, 20_000]);
    let ids = Int32Array::from(vec![Some(9), Some(7), None, Some(9)]);
    parquet(&folder, "visit.parquet", vec![("id", array(ids)), ("day", array(days))]);
    let (snapshot, report) = read(&plan, folder.path()).unwrap();
    assert_eq!(values(&snapshot, 0, 0), ["9", "10"]);
    assert_eq!(values(&snapshot, 1, 0), ["20000", "20000"]);
    let visits = &report.tables[1];
    assert_eq!((visits.of_unknown.count, visits.of_unknown.first_row), (1, 2));
    assert_eq!((visits.of_nobody.count, visits.of_nobody.first_row), (1, 3));
    assert_eq!(snapshot.tables[1].by_customer.as_ref().unwrap().offsets, [0, 2, 2]);
}
